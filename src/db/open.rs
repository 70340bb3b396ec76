//! Opening the file: waiting for others first, then the settings that make a commit survive a power cut.

use std::path::Path;
use std::time::Duration;

use rusqlite::config::DbConfig;
use rusqlite::{Connection, ErrorCode, OpenFlags};

use super::{Db, DbError, Result, migrate};

/// Pages kept in memory; building an index may take as much again.
const CACHE_KIB: i64 = 16_000;

/// Of a new file. A large import writes long rows and four indexes: with fewer, larger pages it is a tenth faster.
const PAGE_BYTES: i64 = 16_384;

/// How long a statement waits for another process's write.
const BUSY: Duration = Duration::from_secs(10);

impl Db {
    /// Opens for writing; makes the file (mode 0600) when there is none, and brings its schema up to date.
    ///
    /// # Errors
    /// No access, another program's file, a newer dsf's file.
    pub fn open(path: &Path) -> Result<Self> {
        let name = path.display().to_string();
        make_private(path).map_err(|why| DbError::File { path: name.clone(), why: why.to_string() })?;
        let mut sql = connect(path, OpenFlags::SQLITE_OPEN_READ_WRITE)?;
        migrate::check(&sql, &name)?;
        sql.pragma_update_and_check(None, "journal_mode", "WAL", |_| Ok(()))?;
        migrate::migrate(&mut sql, &name)?;
        Ok(Self { sql })
    }

    /// Opens for reading; makes nothing, and changes nothing but the schema of an older dsf.
    ///
    /// # Errors
    /// [`DbError::Missing`] when there is no file yet.
    pub fn open_to_read(path: &Path) -> Result<Self> {
        let name = path.display().to_string();
        if !path.exists() {
            return Err(DbError::Missing(name));
        }
        let mut sql = connect(path, OpenFlags::SQLITE_OPEN_READ_ONLY)?;
        let version = migrate::check(&sql, &name)?;
        if version == 0 {
            return Err(DbError::Missing(name));
        }
        if version < migrate::known() {
            // Made by an older dsf: its tables are brought up to date once, then read.
            drop(Self::open(path)?);
            sql = connect(path, OpenFlags::SQLITE_OPEN_READ_ONLY)?;
        }
        // All that a command reads is of one moment, and the file is locked once, not once for each of its orders.
        sql.execute_batch("BEGIN")?;
        Ok(Self { sql })
    }

    /// A copy in a folder of its own, for a dry run that takes the real path.
    ///
    /// # Errors
    /// No room, or a file that cannot be read.
    pub fn copy_to(&self, path: &Path) -> Result<()> {
        let name = path.display().to_string();
        make_private(path).map_err(|why| DbError::File { path: name, why: why.to_string() })?;
        let mut target = Connection::open(path)?;
        rusqlite::backup::Backup::new(&self.sql, &mut target)?.run_to_completion(4096, Duration::ZERO, None)?;
        Ok(())
    }
}

fn connect(path: &Path, mode: OpenFlags) -> Result<Connection> {
    let name = path.display().to_string();
    if path.is_dir() {
        return Err(DbError::File { path: name, why: "is a folder".to_owned() });
    }
    open_connection(path, mode).map_err(|error| match error.sqlite_error_code() {
        Some(ErrorCode::NotADatabase) => DbError::NotOurs { path: name, why: "SQLite cannot read it".to_owned() },
        Some(ErrorCode::CannotOpen) => DbError::File { path: name, why: error.to_string() },
        _ => error.into(),
    })
}

fn open_connection(path: &Path, mode: OpenFlags) -> rusqlite::Result<Connection> {
    let sql = Connection::open_with_flags(path, mode | OpenFlags::SQLITE_OPEN_NO_MUTEX)?;
    sql.busy_timeout(BUSY)?;
    sql.pragma_update(None, "foreign_keys", true)?;
    sql.pragma_update(None, "synchronous", "FULL")?;
    sql.pragma_update(None, "page_size", PAGE_BYTES)?;
    sql.pragma_update(None, "cache_size", -CACHE_KIB)?;
    // A plan that depends on bound values would be made anew for every row of an import.
    sql.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)?;
    sql.set_prepared_statement_cache_capacity(64);
    Ok(sql)
}

/// An empty file that only its owner can read, before SQLite puts a customer's address in it.
fn make_private(path: &Path) -> std::io::Result<()> {
    if let Some(folder) = path.parent().filter(|f| !f.as_os_str().is_empty()) {
        std::fs::create_dir_all(folder)?;
    }
    let mut options = std::fs::OpenOptions::new();
    options.create(true).append(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path).map(drop)
}
