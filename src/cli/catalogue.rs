//! `dsf listings` and `dsf match`: what suppliers sell, and which store SKU is which of it.

use std::path::PathBuf;

use clap::{Args, Subcommand};

use crate::core::ids::Slug;

#[derive(Debug, Args)]
#[command(args_conflicts_with_subcommands = true)]
pub struct Listings {
    #[command(subcommand)]
    pub command: Option<ListingsCommand>,
    /// Only this supplier
    #[arg(long, value_name = "SUPPLIER")]
    pub supplier: Option<String>,
}

#[derive(Debug, Subcommand)]
pub enum ListingsCommand {
    /// Bring in a catalogue, CSV or XLSX: everything that the suppliers named in it sell now
    Import {
        file: PathBuf,
        /// Show what would happen and change nothing
        #[arg(long)]
        dry_run: bool,
    },
    /// Ask suppliers with an API for price, stock and freight of what rules and open orders name
    Refresh {
        /// Only this supplier
        #[arg(long, value_name = "SUPPLIER")]
        supplier: Option<String>,
        /// All listings that are known, whether a rule names them or not
        #[arg(long)]
        all: bool,
    },
}

#[derive(Debug, Args)]
#[command(args_conflicts_with_subcommands = true)]
pub struct Match {
    #[command(subcommand)]
    pub command: Option<MatchCommand>,
}

#[derive(Debug, Subcommand)]
pub enum MatchCommand {
    /// Bring rules in, CSV or XLSX: for each store and SKU in the file they replace what was there
    Import {
        file: PathBuf,
        /// Show what would happen and change nothing
        #[arg(long)]
        dry_run: bool,
    },
    /// Write all rules as CSV (or XLSX, by the ending)
    Export {
        #[arg(default_value = "-")]
        file: PathBuf,
    },
    /// Set one rule
    Set(MatchSet),
    /// Listings that unmatched SKUs might be, with reasons; nothing is applied
    Suggest {
        /// Only this SKU
        sku: Option<String>,
    },
}

#[derive(Debug, Args)]
pub struct MatchSet {
    pub sku: String,
    /// The listing as SUPPLIER:ID
    pub listing: String,
    /// Pieces of the listing for one of the SKU
    #[arg(long, default_value_t = 1)]
    pub quantity: u32,
    /// Only for this store
    #[arg(long)]
    pub store: Option<Slug>,
    /// Only for this country, as two letters
    #[arg(long)]
    pub country: Option<String>,
    /// 1 is tried first; higher numbers are fallbacks
    #[arg(long, default_value_t = 1)]
    pub priority: u32,
    /// Number of this part in a bundle
    #[arg(long, default_value_t = 0)]
    pub part: u32,
}
