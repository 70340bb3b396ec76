//! What every command gets: where things lie, the clock, and how to speak. Built once in `main`, passed down.

use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context, Result};
use etcetera::AppStrategy;
use jiff::Timestamp;

use crate::cli::Global;
use crate::config::Config;
use crate::db::{Db, DbError};
use crate::exit::{Exit, Failure};
use crate::files::TemporaryFolder;
use crate::lock::Lock;
use crate::net::Net;
use crate::net::trace::Trace;
use crate::ui::Ui;

pub struct Ctx {
    pub config_path: PathBuf,
    pub db_path: PathBuf,
    /// Tokens, pacing and the journal of references.
    pub state_folder: PathBuf,
    /// The time of this run: one for all of it.
    pub now: Timestamp,
    /// Yes to "send this plan" and "apply the clean rows"; to nothing else.
    pub yes: bool,
    /// How long to wait for another run.
    pub wait: Duration,
    /// The words of the command, for the log and the lock.
    pub command: String,
    pub ui: Ui,
}

/// The words of a command for the log, the lock and the errors of others: a reason may speak of a customer, so it is left out.
pub fn words(arguments: impl Iterator<Item = String>) -> String {
    let mut words: Vec<String> = vec![];
    for word in arguments {
        let hidden = words.last().is_some_and(|before| before == "--reason");
        words.push(match word.strip_prefix("--reason=") {
            Some(_) => "--reason=…".to_owned(),
            None if hidden => "…".to_owned(),
            None => word,
        });
    }
    words.join(" ")
}

impl Ctx {
    /// Flag before environment before default; clap has merged the first two.
    ///
    /// # Errors
    /// No home folder, or a `DSF_NOW` that is no time.
    pub fn new(global: &Global, command: String) -> Result<Self> {
        let home = || {
            etcetera::app_strategy::Xdg::new(etcetera::AppStrategyArgs {
                top_level_domain: String::new(),
                author: String::new(),
                app_name: "dsf".to_owned(),
            })
            .map_err(|e| Failure::new(Exit::Failed, e.to_string(), "name the files: --config FILE --db FILE"))
        };
        let config_path = match &global.config {
            Some(path) => path.clone(),
            None => home()?.config_dir().join("config.toml"),
        };
        let db_path = match &global.db {
            Some(path) => path.clone(),
            None => home()?.data_dir().join("dsf.db"),
        };
        let state_folder = match std::env::var_os("DSF_STATE") {
            Some(folder) => PathBuf::from(folder),
            None => home()?.state_dir().unwrap_or_else(|| db_path.with_extension("state")),
        };
        let now = match std::env::var("DSF_NOW") {
            Ok(text) => text.parse().map_err(|_| {
                let message = format!("DSF_NOW=\"{text}\" is not a time");
                Failure::new(Exit::Usage, message, "DSF_NOW=2026-11-24T09:00:00Z")
            })?,
            Err(_) => Timestamp::now(),
        };
        let wait = Duration::from_secs(global.wait.unwrap_or(0));
        Ok(Self { config_path, db_path, state_folder, now, yes: global.yes, wait, command, ui: Ui::new(global) })
    }

    /// # Errors
    /// No config yet (exit 10), or a line in it that cannot be meant.
    pub fn config(&self) -> Result<Config> {
        Ok(Config::load(&self.config_path)?)
    }

    /// Where the person's own sheets and formats lie.
    pub fn config_folder(&self) -> PathBuf {
        self.config_path.parent().unwrap_or(Path::new(".")).to_owned()
    }

    /// The way to suppliers and stores. Nothing is connected before the first request.
    ///
    /// # Errors
    /// The system gives no TLS, or the file that `DSF_TRACE` names cannot be written.
    pub fn net(&self) -> Result<Net> {
        let trace = match std::env::var_os("DSF_TRACE").filter(|path| !path.is_empty()) {
            Some(path) => {
                let path = PathBuf::from(path);
                let trace = Trace::append_to(&path).with_context(|| format!("DSF_TRACE={}", path.display()))?;
                Some(trace)
            }
            None => self.ui.trace().map(Trace::to),
        };
        Net::new(&self.state_folder, trace).map_err(anyhow::Error::msg)
    }

    /// A way to nowhere, for runs that may not open a socket.
    pub fn offline(&self) -> Net {
        Net::offline(&self.state_folder)
    }

    /// A file that stops a run after the purchase order at hand.
    pub fn stop_file(&self) -> PathBuf {
        self.db_path.with_file_name("dsf.stop")
    }

    /// Export formats of the person's own.
    pub fn formats_folder(&self) -> PathBuf {
        self.config_folder().join("formats")
    }

    /// # Errors
    /// No database yet: exit 10.
    pub fn db_to_read(&self) -> Result<Db> {
        Ok(Db::open_to_read(&self.db_path)?)
    }

    /// For dry runs, which take the real path: a copy that goes away with its folder, new where there is no database yet.
    ///
    /// # Errors
    /// A database that cannot be read, or no room for the copy.
    pub fn db_to_try(&self) -> Result<(TemporaryFolder, Db)> {
        let folder = TemporaryFolder::new("dry-run").context("the folder for temporary files")?;
        let path = folder.path().join("dsf.db");
        match Db::open_to_read(&self.db_path) {
            Ok(db) => db.copy_to(&path)?,
            Err(DbError::Missing(_)) => {}
            Err(error) => return Err(error.into()),
        }
        let db = Db::open(&path)?;
        Ok((folder, db))
    }

    /// # Errors
    /// Another dsf is running: exit 11.
    pub fn lock(&self) -> Result<Lock> {
        Ok(Lock::take(&self.db_path, &self.command, self.now, self.wait)?)
    }

    /// For commands that change something: the lock first, then the database.
    ///
    /// # Errors
    /// As [`Ctx::lock`], or a database that cannot be opened.
    pub fn db_to_write(&self) -> Result<(Lock, Db)> {
        let lock = self.lock()?;
        Ok((lock, Db::open(&self.db_path)?))
    }

    /// For a command that saves now and then and waits for its turn at least so long.
    ///
    /// # Errors
    /// As [`Ctx::db_to_write`].
    pub fn db_to_write_waiting(&self, at_least: Duration) -> Result<(Lock, Db)> {
        let lock = Lock::take(&self.db_path, &self.command, self.now, self.wait.max(at_least))?;
        Ok((lock, Db::open(&self.db_path)?))
    }
}
