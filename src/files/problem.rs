//! Why a file's bytes cannot be read. What its columns lack is said in `store::problem`.

use std::io;

use thiserror::Error;

/// Every text names the file; those that can also name the line.
#[derive(Debug, Error)]
pub enum Unreadable {
    #[error("{file} does not exist")]
    Missing { file: String },
    #[error("{file} is a folder, not a file")]
    Folder { file: String },
    #[error("{file} is empty")]
    Empty { file: String },
    #[error("{file} is not a table of text or an XLSX workbook ({found})")]
    Binary { file: String, found: &'static str },
    #[error("{file} line {line}: bytes that are not {encoding}")]
    Undecodable { file: String, line: u64, encoding: &'static str },
    #[error("\"{name}\" is not an encoding that dsf knows")]
    UnknownEncoding { name: String },
    #[error("{file} line {line}: a quoted cell that begins here never ends")]
    OpenQuote { file: String, line: u64 },
    #[error("{file} line {line}: a row longer than {limit} bytes")]
    RowTooLong { file: String, line: u64, limit: usize },
    #[error("{file} cannot be read as a workbook: {reason}")]
    BadWorkbook { file: String, reason: String },
    #[error("{file}: {source}")]
    Io { file: String, source: io::Error },
}

impl Unreadable {
    /// What to do next, in words that can be typed where a command helps.
    pub fn hint(&self) -> String {
        match self {
            Self::Missing { .. } => "look at the name: ls".into(),
            Self::Folder { file } => format!("name the file inside: dsf import {file}/orders.csv"),
            Self::Empty { .. } => "download the export again; the file has no bytes".into(),
            Self::Binary { found: "a zip archive", file } => format!("unpack it first: unzip {file}"),
            Self::Binary { .. } | Self::BadWorkbook { .. } => {
                "download the export again, or open it and save it as CSV UTF-8 or XLSX".into()
            }
            Self::Undecodable { file, .. } => format!("name the encoding: dsf import {file} --encoding windows-1252"),
            Self::UnknownEncoding { .. } => {
                "use utf-8, utf-16le, utf-16be, windows-1252, gbk or shift_jis with --encoding".into()
            }
            Self::OpenQuote { line, .. } | Self::RowTooLong { line, .. } => {
                format!("look at the \" on line {line}, one is missing or one too many; or download the export again")
            }
            Self::Io { .. } => "see whether the file may be read: ls -l".into(),
        }
    }
}
