//! One writer at a time: an OS lock on a file beside the database, which dies with its process. No stale locks.

use std::fs::{File, OpenOptions, TryLockError};
use std::io::{Read, Seek, Write};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use jiff::Timestamp;
use thiserror::Error;

#[derive(Debug, Error)]
pub enum LockError {
    #[error("another dsf is running: {holder}")]
    Busy { holder: String },
    #[error("{path}: {why}")]
    File { path: String, why: String },
}

impl LockError {
    pub fn hint(&self) -> Option<String> {
        match self {
            Self::Busy { .. } => Some("try again when it is done, or add --wait 60".to_owned()),
            Self::File { .. } => {
                Some("look at the folder and its rights, or name another database with --db FILE".to_owned())
            }
        }
    }
}

/// Held until dropped.
#[derive(Debug)]
pub struct Lock {
    _file: File,
}

impl Lock {
    /// Takes the lock of the database at `db`, waiting at most `wait`.
    ///
    /// # Errors
    /// [`LockError::Busy`] names the process that holds it, its command and its start.
    pub fn take(db: &Path, command: &str, now: Timestamp, wait: Duration) -> Result<Self, LockError> {
        let path = beside(db);
        let failed = |why: std::io::Error| LockError::File { path: path.display().to_string(), why: why.to_string() };
        if let Some(folder) = path.parent() {
            std::fs::create_dir_all(folder).map_err(failed)?;
        }
        let mut options = OpenOptions::new();
        options.read(true).write(true).create(true).truncate(false);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let mut file = options.open(&path).map_err(failed)?;
        let give_up = Instant::now() + wait;
        loop {
            match file.try_lock() {
                Ok(()) => break,
                Err(TryLockError::WouldBlock) if Instant::now() < give_up => {
                    std::thread::sleep(Duration::from_millis(50))
                }
                Err(TryLockError::WouldBlock) => return Err(LockError::Busy { holder: holder(&mut file) }),
                Err(TryLockError::Error(why)) => return Err(failed(why)),
            }
        }
        let line = format!("pid {}, `{command}`, since {now}\n", std::process::id());
        file.set_len(0).and_then(|()| file.rewind()).and_then(|()| file.write_all(line.as_bytes())).map_err(failed)?;
        Ok(Self { _file: file })
    }
}

fn beside(db: &Path) -> PathBuf {
    let mut name = db.as_os_str().to_owned();
    name.push(".lock");
    PathBuf::from(name)
}

fn holder(file: &mut File) -> String {
    let mut text = String::new();
    match file.rewind().and_then(|()| file.read_to_string(&mut text)) {
        Ok(_) if !text.trim().is_empty() => text.trim().to_owned(),
        _ => "it has not said which".to_owned(),
    }
}
