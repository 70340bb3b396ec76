//! Why a template cannot be used, or a sheet that came back cannot be read.

use thiserror::Error;

use crate::files::Unreadable;

#[derive(Debug, Error)]
pub enum SheetProblem {
    #[error("{file}:{line}: {message}")]
    Wrong { file: String, line: usize, message: String, hint: Option<String> },
    #[error("there is no sheet \"{wanted}\"")]
    Unknown { wanted: String, looked_at: String, nearest: String },
    #[error("{file}: {why}")]
    NotReadable { file: String, why: String },
    #[error(transparent)]
    Unreadable(#[from] Unreadable),
    #[error("{file}: no row with the headers of the sheet {sheet}: the column \"{reference}\" is missing")]
    NoHeader { file: String, sheet: String, reference: String },
    #[error("{file} line {line}: two columns say \"{header}\"")]
    TwiceColumn { file: String, line: u64, header: String },
}

impl SheetProblem {
    /// What to do next.
    pub fn hint(&self) -> Option<String> {
        match self {
            Self::Wrong { hint, .. } => hint.clone(),
            Self::Unknown { looked_at, nearest, .. } => {
                Some(format!("did you mean \"{nearest}\"? A sheet of your own lies in {looked_at}"))
            }
            Self::NotReadable { .. } => Some("check that the file can be read: ls -l".to_owned()),
            Self::Unreadable(why) => Some(why.hint()),
            Self::NoHeader { .. } => {
                Some("send back the sheet as it went out, with its headers, and only the tracking filled in".to_owned())
            }
            Self::TwiceColumn { .. } => Some("remove or rename one of the two".to_owned()),
        }
    }
}
