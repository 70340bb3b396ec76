//! Why a file is not applied, each with what to type next.

use thiserror::Error;

use super::place::PlaceError;
use crate::core::ids::Slug;
use crate::db::DbError;
use crate::store::FileProblem;

#[derive(Debug, Error)]
pub enum ApplyError {
    #[error("{file}: {source}")]
    Place { file: String, source: PlaceError },
    #[error(transparent)]
    Db(#[from] DbError),
    #[error(transparent)]
    File(#[from] FileProblem),
    #[error("no second thread to read with: {0}")]
    Thread(std::io::Error),
    #[error("{file}: store {store} has orders of {was}, and the config says that it is {is}")]
    KindChanged { file: String, store: Slug, was: String, is: &'static str },
    #[error("{file}: store {store} is new, and {was}, which has orders of {kind}, is not in the config any more")]
    PerhapsRenamed { file: String, store: Slug, was: String, kind: &'static str },
    #[error("{file}: none of its orders is known, and {about} brings only their status")]
    StatusAlone { file: String, about: String, instead: Option<String> },
}

impl ApplyError {
    pub fn hint(&self) -> Option<String> {
        match self {
            Self::Place { source, .. } => source.hint(),
            Self::Db(error) => error.hint(),
            Self::File(error) => Some(error.hint()),
            Self::Thread(_) => None,
            Self::KindChanged { is, .. } => {
                Some(format!("give the other store a name of its own: [store.NAME] kind = \"{is}\""))
            }
            Self::PerhapsRenamed { store, was, kind, .. } => Some(format!(
                "if {store} is its new name: dsf store rename {was} {store}; if not, put it back: [store.{was}] kind = \"{kind}\""
            )),
            Self::StatusAlone { instead, .. } => instead
                .clone()
                .or_else(|| Some("import the file that has the items first, or both in one call".to_owned())),
        }
    }
}
