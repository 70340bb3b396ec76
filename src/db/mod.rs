//! SQLite: the only place that knows rusqlite. One file per family of tables; migrations are numbered and never edited.
//!
//! Nothing is decided here: values of `core` go in and come out.

mod adoption;
mod awaited;
mod cancelling;
mod counts;
mod decisions;
mod listings;
mod migrate;
mod open;
mod orders;
mod out;
mod parcel_news;
mod parcels;
mod proofs;
mod pulls;
mod purchases;
mod pushes;
mod quotes;
mod read;
mod row;
mod rules;
mod sheets;
mod sources;
mod supplier_orders;
mod sync;
mod uploads;

use rusqlite::Connection;
use thiserror::Error;

pub use decisions::{Decision, Past, Word};
pub use listings::CatalogueChange;
pub use orders::{Applied, ImportWriter, Stored};
pub use out::{Out, OutLine, OutParcel};
pub use parcel_news::{News, Taken};
pub use parcels::{Content, KeptParcel, Left, NewParcel};
pub use purchases::{Cause, Kept, Step};
pub use pushes::{KeptPush, PushStep};
pub use quotes::QuoteChange;
pub use read::{Found, OrderFilter};
pub use sheets::NewSheet;
pub use sources::{API, NewSource, SourceRecord};
pub use sync::{Registration, Synced};
pub use uploads::NewUpload;

#[derive(Debug, Error)]
pub enum DbError {
    #[error("no database at {0}")]
    Missing(String),
    #[error("{path}: made by a newer dsf (schema {found}; this one knows {known})")]
    Newer { path: String, found: i64, known: i64 },
    #[error("{path}: not a dsf database: {why}")]
    NotOurs { path: String, why: String },
    #[error("{path}: {why}")]
    File { path: String, why: String },
    #[error("database: {0}")]
    Sql(String),
    #[error("the database holds a {what} that dsf cannot read: \"{value}\"")]
    Damaged { what: &'static str, value: String },
}

impl DbError {
    pub fn hint(&self) -> Option<String> {
        Some(match self {
            Self::Missing(_) => "dsf init --store us=shopify".to_owned(),
            Self::Newer { .. } => "use the newer dsf, or name another database with --db FILE".to_owned(),
            Self::NotOurs { .. } => "name the database with --db FILE".to_owned(),
            Self::File { .. } => "look at the folder and its rights, or name another with --db FILE".to_owned(),
            Self::Sql(_) => "look at the disk and its room, then try again".to_owned(),
            Self::Damaged { .. } => "restore a backup of the database, or name another with --db FILE".to_owned(),
        })
    }
}

impl From<rusqlite::Error> for DbError {
    /// As text, so that the same words are not said once more for every cause below it.
    fn from(error: rusqlite::Error) -> Self {
        Self::Sql(error.to_string())
    }
}

pub type Result<T> = std::result::Result<T, DbError>;

/// An open database.
pub struct Db {
    sql: Connection,
}

impl Db {
    /// Everything that `work` changes is committed at once: for many small steps that nothing outside waits for.
    ///
    /// # Errors
    /// Those of `work`; then nothing of it remains.
    pub fn together<T, E: From<DbError>>(
        &mut self,
        work: impl FnOnce(&mut Self) -> std::result::Result<T, E>,
    ) -> std::result::Result<T, E> {
        self.sql.execute_batch("BEGIN IMMEDIATE").map_err(DbError::from)?;
        let done = work(self);
        let end = if done.is_ok() { "COMMIT" } else { "ROLLBACK" };
        self.sql.execute_batch(end).map_err(DbError::from)?;
        done
    }
}
