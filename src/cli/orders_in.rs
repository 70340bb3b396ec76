//! `dsf import`.

use std::path::PathBuf;

use clap::Args;

use crate::core::ids::Slug;

#[derive(Debug, Args)]
pub struct Import {
    /// Exports, in any order; - is stdin [default: every store of the config that has an API]
    #[arg(value_name = "FILE")]
    pub files: Vec<PathBuf>,
    /// The store that the files belong to [default: the only one of the kind that the header shows]; without files, the
    /// store to read
    #[arg(long, value_name = "STORE")]
    pub store: Option<Slug>,
    /// Read the files as this format instead of finding it by the header
    #[arg(long, value_name = "FORMAT", requires = "files")]
    pub format: Option<String>,
    /// Read the files in this encoding: utf-8 utf-16 windows-1252 gbk shift-jis
    #[arg(long, value_name = "ENCODING", requires = "files")]
    pub encoding: Option<String>,
    /// Show what would happen and change nothing
    #[arg(long)]
    pub dry_run: bool,
    /// Apply the orders whose rows are all clean, though others are rejected
    #[arg(long, requires = "files")]
    pub partial: bool,
    /// Take values that are older than what is known; without files, read all orders of the store again
    #[arg(long)]
    pub accept_older: bool,
}
