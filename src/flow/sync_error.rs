//! Why a sync stops as a whole. What becomes of one parcel is a result, not an error.

use std::io;

use thiserror::Error;

use crate::core::push_state::IllegalPush;
use crate::db::DbError;
use crate::flow::parcels::ClaimError;

#[derive(Debug, Error)]
pub enum SyncError {
    #[error(transparent)]
    Db(#[from] DbError),
    #[error(transparent)]
    Step(#[from] IllegalPush),
    #[error(transparent)]
    Claim(#[from] ClaimError),
    #[error(transparent)]
    Supplier(#[from] crate::supplier::api::BuildError),
    #[error(transparent)]
    Store(#[from] crate::store::api::BuildError),
    #[error(transparent)]
    Tracker(#[from] crate::carrier::trackers::BuildError),
    #[error(transparent)]
    Template(#[from] crate::store::uploads::TemplateError),
    #[error("{path}: {source}")]
    Io { path: String, source: io::Error },
}

impl SyncError {
    pub fn hint(&self) -> Option<String> {
        Some(match self {
            Self::Db(error) => return error.hint(),
            Self::Claim(error) => return error.hint(),
            Self::Supplier(crate::supplier::api::BuildError::Secret(error))
            | Self::Store(crate::store::api::BuildError::Secret(error))
            | Self::Tracker(crate::carrier::trackers::BuildError::Secret(error)) => error.hint(),
            Self::Supplier(_) => "look at this supplier in the config".to_owned(),
            Self::Store(_) => "look at this store in the config".to_owned(),
            Self::Tracker(_) => "look at this tracker in the config".to_owned(),
            Self::Template(error) => error.hint(),
            Self::Step(_) => "dsf status".to_owned(),
            Self::Io { .. } => "look at the folder and its rights".to_owned(),
        })
    }

    /// A key that is not where the config says.
    pub fn is_key(&self) -> bool {
        matches!(
            self,
            Self::Supplier(crate::supplier::api::BuildError::Secret(_))
                | Self::Store(crate::store::api::BuildError::Secret(_))
                | Self::Tracker(crate::carrier::trackers::BuildError::Secret(_))
        )
    }

    /// For `map_err` beside a path.
    pub fn io(path: &std::path::Path) -> impl FnOnce(io::Error) -> Self {
        let path = path.display().to_string();
        move |source| Self::Io { path, source }
    }
}
