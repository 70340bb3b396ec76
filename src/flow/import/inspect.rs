//! What each file is, whose it is and how new it is. Nothing is written; one bad file stops all.

use std::collections::BTreeMap;
use std::io;
use std::path::Path;

use jiff::Timestamp;
use jiff::tz::TimeZone;
use sha2::{Digest, Sha256};
use thiserror::Error;

use crate::config;
use crate::core::ids::{Slug, hex};
use crate::core::order::AsOf;
use crate::core::plan::StoreTerms;
use crate::core::store_kind::{KINDS, StoreKind};
use crate::files::{Input, TemporaryFolder, Unreadable};
use crate::store::{Detected, FileProblem, Formats, Role, StoreFacts, Survey, survey};

/// The stores of the config.
pub type Stores = BTreeMap<Slug, config::Store>;

#[derive(Debug, Error)]
pub enum InspectError {
    #[error(transparent)]
    File(#[from] FileProblem),
    #[error(transparent)]
    Unreadable(#[from] Unreadable),
    #[error("{file} is {about}, and the config has no {kind} store")]
    NoStore { file: String, about: String, kind: String },
    #[error("{file} fits several stores: {}", .stores.join(", "))]
    SeveralStores { file: String, stores: Vec<String> },
    #[error("{file} is {about}, and {store} is a store of {kind}")]
    OtherKind { file: String, about: String, store: Slug, kind: &'static str },
    #[error("there is no [store.{store}] in the config")]
    UnknownStore { store: Slug },
    #[error("{file}: {source}")]
    Io { file: String, source: io::Error },
}

impl InspectError {
    pub fn hint(&self) -> String {
        match self {
            Self::File(problem) => problem.hint(),
            Self::Unreadable(problem) => problem.hint(),
            Self::NoStore { kind, .. } => {
                format!("add to the config: [store.NAME] kind = \"{kind}\", or name a store with --store")
            }
            Self::SeveralStores { file, stores } => {
                format!("dsf import {file} --store {}", stores.first().map_or("NAME", String::as_str))
            }
            Self::OtherKind { .. } => "name another store with --store, or leave --store out".to_owned(),
            Self::UnknownStore { .. } => "look at the names in the config".to_owned(),
            Self::Io { .. } => "look at the file and its rights".to_owned(),
        }
    }
}

/// A file of which all is known but its orders.
pub struct Inspected {
    pub input: Input,
    pub detected: Detected,
    pub survey: Survey,
    pub facts: StoreFacts,
    pub store: Slug,
    /// All stores of the config.
    pub configured: Vec<Slug>,
    pub kind: &'static StoreKind,
    pub terms: StoreTerms,
    pub as_of: AsOf,
    /// Of bytes, format and settings together.
    pub sha256: String,
    /// Where a stream was put; goes with this value.
    _spool: Option<TemporaryFolder>,
}

impl Inspected {
    /// Brings only the status of orders that are known: read after the files that bring orders.
    pub fn is_status(&self) -> bool {
        self.detected.format.role == Role::Status
    }
}

/// What a person said about the files.
pub struct Said<'a> {
    pub store: Option<&'a Slug>,
    pub format: Option<&'a str>,
    pub encoding: Option<&'a str>,
}

/// # Errors
/// The file cannot be read, is of no or several formats, or is of no or several stores.
pub fn inspect(
    path: &Path,
    formats: &Formats,
    stores: &Stores,
    said: &Said,
    now: Timestamp,
) -> Result<Inspected, InspectError> {
    let (input, spool) = open(path)?;
    let detected = formats.detect(&input, said.format, said.encoding)?;
    let (store, config) = store_of(&input, &detected, stores, said.store)?;
    let facts = StoreFacts {
        zone: config.time_zone.clone().unwrap_or(TimeZone::UTC),
        currency: config.currency,
        date_order: config.date_order,
        now,
    };
    // Two passes over a file that may be large, each on a core of its own.
    let (survey, sha256) = std::thread::scope(|scope| {
        let hashing = scope.spawn(|| fingerprint(&input, &detected, &facts));
        let survey = survey(&input, &detected, &facts);
        (survey, hashing.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)))
    });
    let (survey, sha256) = (survey?, sha256?);
    let as_of = AsOf { newest: survey.newest, modified: input.modified().unwrap_or(now) };
    let (store, kind) = (store.clone(), config.kind);
    let configured = stores.keys().cloned().collect();
    let terms = StoreTerms { currency: config.currency, edits: kind.edits, address: config.checks.clone() };
    Ok(Inspected { input, detected, survey, facts, store, configured, kind, terms, as_of, sha256, _spool: spool })
}

fn open(path: &Path) -> Result<(Input, Option<TemporaryFolder>), InspectError> {
    if path != Path::new("-") {
        return Ok((Input::open(path)?, None));
    }
    let io = |source| InspectError::Io { file: "stdin".to_owned(), source };
    let folder = TemporaryFolder::new("stdin").map_err(io)?;
    let input = Input::spool("stdin", &mut io::stdin().lock(), folder.path())?;
    Ok((input, Some(folder)))
}

fn store_of<'a>(
    input: &Input,
    detected: &Detected,
    stores: &'a Stores,
    wanted: Option<&Slug>,
) -> Result<(&'a Slug, &'a config::Store), InspectError> {
    let format = &detected.format;
    let file = || input.name().to_owned();
    if let Some(wanted) = wanted {
        let (slug, store) =
            stores.get_key_value(wanted).ok_or_else(|| InspectError::UnknownStore { store: wanted.clone() })?;
        let takes_any = store.kind.name == "file" || format.kind == "file";
        if store.kind.name != format.kind && !takes_any {
            let (about, kind) = (format.about.clone(), store.kind.title);
            return Err(InspectError::OtherKind { file: file(), about, store: wanted.clone(), kind });
        }
        return Ok((slug, store));
    }
    let fitting: Vec<_> = stores.iter().filter(|(_, store)| store.kind.name == format.kind).collect();
    match fitting.as_slice() {
        [one] => Ok(*one),
        [] => {
            let title = KINDS.iter().find(|k| k.name == format.kind).map_or(format.kind.as_str(), |k| k.name);
            Err(InspectError::NoStore { file: file(), about: format.about.clone(), kind: title.to_owned() })
        }
        several => {
            let stores = several.iter().map(|(slug, _)| slug.to_string()).collect();
            Err(InspectError::SeveralStores { file: file(), stores })
        }
    }
}

/// The same again: same bytes, read in the same way.
fn fingerprint(input: &Input, detected: &Detected, facts: &StoreFacts) -> Result<String, InspectError> {
    let mut hash = Sha256::new();
    let mut reader = input.reader()?;
    io::copy(&mut reader, &mut Hashing(&mut hash))
        .map_err(|source| InspectError::Io { file: input.name().to_owned(), source })?;
    let zone = facts.zone.iana_name().unwrap_or("UTC");
    let settings =
        format!("{:?} {} {zone} {:?} {:?}", detected.format, detected.encoding(), facts.currency, facts.date_order);
    hash.update(settings.as_bytes());
    Ok(hex(&hash.finalize()))
}

struct Hashing<'a>(&'a mut Sha256);

impl io::Write for Hashing<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.update(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
