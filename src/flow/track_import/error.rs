//! Why a sheet or mail with tracking cannot be read.

use thiserror::Error;

use super::field::Field;
use crate::core::hold::typed;
use crate::db::DbError;
use crate::files::Unreadable;
use crate::flow::parcels::ClaimError;
use crate::supplier::sheet::SheetProblem;

#[derive(Debug, Error)]
pub enum ImportError {
    #[error(transparent)]
    Db(#[from] DbError),
    #[error(transparent)]
    Unreadable(#[from] Unreadable),
    #[error(transparent)]
    Sheet(#[from] SheetProblem),
    #[error(transparent)]
    Claim(#[from] ClaimError),
    #[error("{file}: no row of headers with a tracking number and a reference or order number; it has {}", words(seen))]
    NoHeader { file: String, seen: Vec<String> },
    #[error("{file} line {line}: there is no column \"{header}\"; it has {}", words(seen))]
    NoSuchColumn { file: String, line: u64, header: String, field: Field, seen: Vec<String> },
    #[error("{file} line {line}: \"{first}\" and \"{second}\" can both be the {}", field.as_str())]
    TwiceColumn { file: String, line: u64, field: Field, first: String, second: String },
    #[error("--map {text}: write FIELD=HEADER")]
    BadMap { text: String },
    #[error("--map: there is no field \"{text}\"")]
    NoField { text: String, like: &'static str },
    #[error("{file}: no mail in it tells of a parcel: known are shipping mails of {known}")]
    NoNews { file: String, known: String },
}

fn words(seen: &[String]) -> String {
    if seen.is_empty() { "none".to_owned() } else { seen.join(", ") }
}

impl ImportError {
    pub fn hint(&self) -> Option<String> {
        Some(match self {
            Self::Db(error) => return error.hint(),
            Self::Unreadable(error) => error.hint(),
            Self::Sheet(error) => return error.hint(),
            Self::Claim(error) => return error.hint(),
            Self::NoHeader { seen, .. } => {
                let example = seen.last().map_or("Tracking", String::as_str);
                format!(
                    "say which is which: --map reference=HEADER --map {}",
                    typed(&format!("tracking_number={example}"))
                )
            }
            Self::NoSuchColumn { field, .. } => {
                format!("--map {}=HEADER maps it anew, --map {}= forgets it", field.as_str(), field.as_str())
            }
            Self::TwiceColumn { field, first, .. } => {
                format!("--map {}", typed(&format!("{}={first}", field.as_str())))
            }
            Self::BadMap { .. } => "--map tracking_number=单号".to_owned(),
            Self::NoField { like, .. } => format!("did you mean {like}?"),
            Self::NoNews { .. } => "record it by hand: dsf track add PO NUMBER".to_owned(),
        })
    }
}
