//! References that may have reached a supplier, in a small file outside the database: written and synced before anything
//! leaves. A database that does not know one of them is an old copy, and buying from it would buy twice.

use std::collections::HashSet;
use std::fs::{File, OpenOptions};
use std::io::{self, BufRead, BufReader, Write};
use std::path::{Path, PathBuf};

use thiserror::Error;

pub use crate::core::journal::Entry;

#[derive(Debug, Error)]
pub enum JournalError {
    #[error("the database is behind its journal: {} of {known} purchase orders are not in it, the first is {first}", .missing)]
    Behind { missing: usize, known: usize, first: String },
    #[error("the database has {0} purchase orders and there is no journal of them here: it came from another machine")]
    Elsewhere(usize),
    #[error("{path}:{line}: not a line of the journal: {why}")]
    Damaged { path: String, line: u64, why: String },
    #[error("{path}: {source}")]
    Io { path: String, source: io::Error },
}

impl JournalError {
    pub fn hint(&self) -> String {
        match self {
            Self::Behind { .. } | Self::Elsewhere(_) => {
                "dsf adopt shows what is missing and takes it in; nothing is sent before".to_owned()
            }
            Self::Damaged { .. } => "mend the line from a backup of the file; nothing is sent before".to_owned(),
            Self::Io { .. } => "look at the folder and its rights".to_owned(),
        }
    }
}

/// The journal of one database.
pub struct Journal {
    path: PathBuf,
}

impl Journal {
    /// `word` names the database; each has a file of its own.
    pub fn of(folder: &Path, word: &str) -> Self {
        Self { path: folder.join(format!("references-{word}.jsonl")) }
    }

    /// # Errors
    /// A line that cannot be read, or the file itself.
    pub fn entries(&self) -> Result<Vec<Entry>, JournalError> {
        let file = match File::open(&self.path) {
            Ok(file) => file,
            Err(e) if e.kind() == io::ErrorKind::NotFound => return Ok(vec![]),
            Err(source) => return Err(self.io(source)),
        };
        let mut entries = vec![];
        let mut lines = BufReader::new(file).lines().zip(1..).peekable();
        while let Some((line, number)) = lines.next() {
            let line = line.map_err(|source| self.io(source))?;
            match serde_json::from_str(&line) {
                Ok(entry) => entries.push(entry),
                // A line cut off by a power failure: its purchase order was not sent, for the line was not synced yet.
                Err(_) if lines.peek().is_none() => {}
                Err(why) => {
                    let path = self.path.display().to_string();
                    return Err(JournalError::Damaged { path, line: number, why: why.to_string() });
                }
            }
        }
        Ok(entries)
    }

    /// Writes entries and waits until they are on the disk.
    ///
    /// # Errors
    /// The disk says no; then nothing may be sent.
    pub fn append(&self, entries: &[Entry]) -> Result<(), JournalError> {
        let io = |source| self.io(source);
        if let Some(folder) = self.path.parent() {
            std::fs::create_dir_all(folder).map_err(io)?;
        }
        self.drop_cut_line()?;
        let mut options = OpenOptions::new();
        options.create(true).append(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let mut file = options.open(&self.path).map_err(io)?;
        let mut text = String::new();
        for entry in entries {
            let line = serde_json::to_string(entry).map_err(|e| self.io(io::Error::other(e)))?;
            text += &line;
            text.push('\n');
        }
        file.write_all(text.as_bytes()).and_then(|()| file.sync_all()).map_err(io)
    }

    /// A last line without its end would swallow the next one.
    fn drop_cut_line(&self) -> Result<(), JournalError> {
        let Ok(bytes) = std::fs::read(&self.path) else { return Ok(()) };
        if bytes.last().is_none_or(|b| *b == b'\n') {
            return Ok(());
        }
        let whole = bytes.iter().rposition(|b| *b == b'\n').map_or(0, |at| at + 1);
        let file = OpenOptions::new().write(true).open(&self.path).map_err(|source| self.io(source))?;
        file.set_len(whole as u64).and_then(|()| file.sync_all()).map_err(|source| self.io(source))
    }

    /// Entries that a database with these references does not know.
    ///
    /// # Errors
    /// As [`Journal::entries`].
    pub fn missing(&self, references: &[String]) -> Result<Vec<Entry>, JournalError> {
        let known: HashSet<&str> = references.iter().map(String::as_str).collect();
        Ok(self.entries()?.into_iter().filter(|e| !known.contains(e.reference.as_str())).collect())
    }

    /// Refuses to go on when the database is an old or a moved copy; begins the journal of a new one.
    ///
    /// A database may be ahead: it commits first, and a power cut may come before the journal is written. Then nothing was sent.
    ///
    /// # Errors
    /// [`JournalError::Behind`] or [`JournalError::Elsewhere`].
    pub fn check(&self, references: &[String]) -> Result<(), JournalError> {
        if !self.path.exists() {
            if !references.is_empty() {
                return Err(JournalError::Elsewhere(references.len()));
            }
            return self.append(&[]);
        }
        let known = self.entries()?;
        let missing = self.missing(references)?;
        match missing.first() {
            Some(first) => {
                Err(JournalError::Behind { missing: missing.len(), known: known.len(), first: first.reference.clone() })
            }
            None => Ok(()),
        }
    }

    fn io(&self, source: io::Error) -> JournalError {
        JournalError::Io { path: self.path.display().to_string(), source }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(reference: &str) -> Entry {
        Entry {
            reference: reference.into(),
            id: "us/1/1".into(),
            supplier: "li".into(),
            ship_to_hash: "h".into(),
            at: "2026-11-24T09:00:00Z".into(),
            lines: vec![(1, "L".into(), 1, 1)],
        }
    }

    #[test]
    fn an_old_or_a_moved_database_is_known_by_its_journal() {
        let folder = tempfile::tempdir().unwrap();
        let journal = Journal::of(folder.path(), "abc");
        assert!(matches!(journal.check(&["US-1-1".into()]), Err(JournalError::Elsewhere(1))));
        journal.check(&[]).unwrap();
        journal.check(&["US-1-1".into()]).unwrap();
        journal.append(&[entry("US-1-1")]).unwrap();
        journal.append(&[entry("US-2-1")]).unwrap();
        journal.check(&["US-1-1".into(), "US-2-1".into()]).unwrap();
        let behind = journal.check(&["US-1-1".into()]).unwrap_err();
        assert!(behind.to_string().contains("1 of 2 purchase orders are not in it, the first is US-2-1"));
        Journal::of(folder.path(), "other").check(&[]).unwrap();
    }

    #[test]
    fn a_line_cut_off_by_a_power_failure_is_dropped_and_a_damaged_one_is_not() {
        let folder = tempfile::tempdir().unwrap();
        let journal = Journal::of(folder.path(), "abc");
        journal.append(&[entry("US-1-1")]).unwrap();
        let path = folder.path().join("references-abc.jsonl");
        let mut text = std::fs::read_to_string(&path).unwrap();
        text += "{\"reference\":\"US-2";
        std::fs::write(&path, &text).unwrap();
        assert_eq!(journal.entries().unwrap().len(), 1);
        journal.append(&[entry("US-3-1")]).unwrap();
        assert_eq!(journal.entries().unwrap().len(), 2);
        std::fs::write(&path, format!("nonsense\n{}", std::fs::read_to_string(&path).unwrap())).unwrap();
        assert!(matches!(journal.entries(), Err(JournalError::Damaged { line: 1, .. })));
    }
}
