//! Brings a database file to this program's schema, one numbered step at a time, each in a transaction of its own.

use rusqlite::Connection;

use super::{DbError, Result};

const STEPS: &[&str] = &[
    include_str!("sql/0001_start.sql"),
    include_str!("sql/0002_parcels.sql"),
    include_str!("sql/0003_pull.sql"),
    include_str!("sql/0004_freight.sql"),
    include_str!("sql/0005_sheet_columns.sql"),
];

/// The schema of this program.
pub fn known() -> i64 {
    i64::try_from(STEPS.len()).unwrap_or(i64::MAX)
}

/// "dsf1" in the file's header: tells our databases from other people's.
const APPLICATION_ID: i64 = 0x6473_6631;

/// # Errors
/// A file of a newer dsf, or of another program.
pub fn migrate(sql: &mut Connection, path: &str) -> Result<()> {
    let known = known();
    let mut version = check(sql, path)?;
    while version < known {
        let step = usize::try_from(version).unwrap_or(0);
        let change = sql.transaction_with_behavior(rusqlite::TransactionBehavior::Immediate)?;
        // Another process may have taken the step while this one waited.
        let now: i64 = change.query_row("PRAGMA user_version", [], |r| r.get(0))?;
        if now == version {
            change.execute_batch(STEPS[step])?;
            change.pragma_update(None, "application_id", APPLICATION_ID)?;
            change.pragma_update(None, "user_version", version + 1)?;
        }
        change.commit()?;
        version += 1;
    }
    Ok(())
}

/// The schema version of a file, refusing what this program must not touch.
pub fn check(sql: &Connection, path: &str) -> Result<i64> {
    let not_ours = |why: String| DbError::NotOurs { path: path.to_owned(), why };
    let version: i64 = sql.query_row("PRAGMA user_version", [], |r| r.get(0)).map_err(|e| not_ours(e.to_string()))?;
    let application: i64 = sql.query_row("PRAGMA application_id", [], |r| r.get(0))?;
    let tables: i64 = sql.query_row("SELECT count(*) FROM sqlite_schema", [], |r| r.get(0))?;
    if application != APPLICATION_ID && (tables > 0 || version > 0) {
        return Err(not_ours("its tables are another program's".to_owned()));
    }
    let known = known();
    if version > known {
        return Err(DbError::Newer { path: path.to_owned(), found: version, known });
    }
    Ok(version)
}
