//! Why sending stops as a whole. What becomes of one purchase order is an event, not an error.

use std::io;

use thiserror::Error;

use super::journal::JournalError;
use crate::core::purchase::IllegalStep;
use crate::db::DbError;
use crate::files::Unreadable;
use crate::store::api::BuildError as StoreBuildError;
use crate::supplier::api::BuildError;
use crate::supplier::sheet::SheetProblem;

#[derive(Debug, Error)]
pub enum SendError {
    #[error(transparent)]
    Db(#[from] DbError),
    #[error(transparent)]
    Journal(#[from] JournalError),
    #[error(transparent)]
    Sheet(#[from] SheetProblem),
    #[error(transparent)]
    File(#[from] Unreadable),
    #[error(transparent)]
    Build(#[from] BuildError),
    #[error(transparent)]
    Store(#[from] StoreBuildError),
    #[error(transparent)]
    Step(#[from] IllegalStep),
    #[error("{what} cannot go out as it is: {why}")]
    Unfit { what: String, why: String },
    #[error("{path}: {source}")]
    Io { path: String, source: io::Error },
    #[error("the clock says {now}, and something already happened at {last}")]
    Clock { now: String, last: String },
}

impl SendError {
    pub fn hint(&self) -> Option<String> {
        Some(match self {
            Self::Db(error) => return error.hint(),
            Self::Journal(error) => error.hint(),
            Self::Sheet(error) => return error.hint(),
            Self::File(error) => error.hint(),
            Self::Build(error) => error.hint(),
            Self::Step(_) => "dsf status".to_owned(),
            Self::Store(error) => return error.hint(),
            Self::Unfit { .. } => "dsf fulfill --dry-run".to_owned(),
            Self::Io { .. } => "look at the folder and its rights".to_owned(),
            Self::Clock { .. } => "set the clock of this computer".to_owned(),
        })
    }

    /// For `map_err` beside a path.
    pub fn io(path: &std::path::Path) -> impl FnOnce(io::Error) -> Self {
        let path = path.display().to_string();
        move |source| Self::Io { path, source }
    }
}
