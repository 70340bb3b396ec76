//! Orders in from the API of a store, page by page, each page with its cursor in one transaction: a run that is killed
//! goes on where it was.
//!
//! A date alone decides nothing: each run begins before the newest change that it knows, and an order that comes again
//! changes nothing. What a store no longer lists stays as it was.

use std::collections::BTreeSet;

use jiff::Timestamp;
use sha2::{Digest, Sha256};
use thiserror::Error;

use super::error::ApplyError;
use super::outcome::{FileOutcome, Outcome, Rejected};
use super::save::{Origin, Saver, Settings};
use super::told::{Seen, Told};
use crate::config;
use crate::core::ids::{Slug, hex};
use crate::core::incoming::RowProblem;
use crate::core::order::AsOf;
use crate::core::plan::StoreTerms;
use crate::db::{API, Applied, Db, DbError, NewSource};
use crate::flow::crash::may_crash;
use crate::store::api::{BuildError, Page, PullError, StoreApi, Unread};

#[derive(Debug, Error)]
pub enum PullFailure {
    #[error(transparent)]
    Build(#[from] BuildError),
    #[error("store.{store}: {why}")]
    Store { store: Slug, why: PullError },
    #[error("store.{store}: its pages do not end: {page} came twice")]
    Endless { store: Slug, page: String },
    #[error(transparent)]
    Apply(#[from] ApplyError),
    #[error(transparent)]
    Db(#[from] DbError),
}

impl PullFailure {
    pub fn hint(&self) -> Option<String> {
        match self {
            Self::Build(error) => error.hint(),
            Self::Store { store, why } => why.hint(store),
            Self::Endless { store, .. } => Some(format!("dsf import --store {store} later; what was read is kept")),
            Self::Apply(error) => error.hint(),
            Self::Db(error) => error.hint(),
        }
    }
}

/// A store to be read.
pub struct Pulling<'a> {
    pub store: &'a Slug,
    pub config: &'a config::Store,
    pub api: &'a dyn StoreApi,
    /// All stores of the config.
    pub configured: &'a [Slug],
}

/// Reads what is new or changed. `progress` is told how many orders came.
///
/// # Errors
/// What ends the reading of this store; the pages before it are applied and in the outcome.
pub fn pull(
    db: &mut Db,
    from: &Pulling,
    settings: Settings,
    seen: &mut Seen,
    outcome: &mut Outcome,
    progress: &dyn Fn(u64),
) -> Result<(), PullFailure> {
    let config = from.config;
    let terms = StoreTerms { currency: config.currency, edits: config.kind.edits, address: config.checks.clone() };
    let mut run = Run {
        from,
        terms,
        settings,
        account: account(config),
        result: file_outcome(from.store),
        newest: None,
        unread: BTreeSet::new(),
    };
    let done = run.all(db, seen, outcome, progress);
    outcome.files.push(run.result);
    done
}

struct Run<'a> {
    from: &'a Pulling<'a>,
    terms: StoreTerms,
    settings: Settings<'a>,
    account: String,
    result: FileOutcome,
    /// The newest change that was applied.
    newest: Option<Timestamp>,
    /// Orders that cannot be read. From the first of them on, the next run begins where this one did not come further.
    unread: BTreeSet<String>,
}

impl Run<'_> {
    fn all(
        &mut self,
        db: &mut Db,
        seen: &mut Seen,
        outcome: &mut Outcome,
        progress: &dyn Fn(u64),
    ) -> Result<(), PullFailure> {
        self.origin(None).check_store(db, self.from.configured)?;
        let api = self.from.api;
        let in_store = |why: PullError| PullFailure::Store { store: self.from.store.clone(), why };
        api.ready().map_err(|error| in_store(error.into()))?;
        self.newest = match self.settings.accept_older {
            // Who asks for older values means all of them.
            true => None,
            false => db.pulled_to(self.from.store, &self.account)?,
        };
        if self.newest.is_none() {
            self.result.notes.extend(api.reach());
        }
        let since = self.newest.and_then(|newest| newest.checked_sub(api.overlap()).ok());
        let mut next: Option<String> = None;
        loop {
            let page = api.orders(since, next.as_deref()).map_err(in_store_of(self.from.store))?;
            let after = page.next.clone();
            self.page(db, page, seen, outcome)?;
            progress(self.result.rows);
            if after.is_some() && after == next {
                let page = after.unwrap_or_default();
                return Err(PullFailure::Endless { store: self.from.store.clone(), page });
            }
            next = after;
            if next.is_none() {
                break;
            }
        }
        // What cannot be read may be news of an order that is known: a pull with such a hole vouches for nothing.
        if !self.unread.is_empty() {
            return Ok(());
        }
        Ok(db.pull_complete(self.from.store, self.from.config.kind.name, &self.account, self.settings.now)?)
    }

    /// A page and how far it brings the cursor, or nothing of it.
    fn page(&mut self, db: &mut Db, page: Page, seen: &mut Seen, outcome: &mut Outcome) -> Result<(), PullFailure> {
        self.reject(page.unread, outcome);
        let Some(newest) = page.orders.iter().map(|o| o.changed_at).max() else { return Ok(()) };
        let from = self.origin(Some(newest));
        let writer = db.begin_import(&self.source(from.as_of), self.settings.command, self.settings.now)?;
        let mut saver = Saver { from, settings: self.settings, writer, told: Told::after(seen) };
        let (mut applied, lines) = (Applied::default(), |n: usize| u64::try_from(n).unwrap_or(0));
        for pulled in page.orders {
            applied.rows += 1;
            applied.lines += lines(pulled.said.lines.len());
            saver.order(pulled.said)?;
        }
        saver.look_back()?;
        applied.orders = saver.told.orders();
        let reached = match self.unread.is_empty() {
            true => Some(self.newest.map_or(newest, |known| known.max(newest))),
            false => self.newest,
        };
        if let Some(reached) = reached {
            saver.writer.pulled_to(&self.account, reached)?;
        }
        may_crash("page");
        saver.writer.commit(applied)?;
        saver.told.tell(seen, outcome);
        may_crash("page-after");
        self.newest = reached;
        self.result.rows += applied.rows;
        self.result.orders += applied.orders;
        self.result.lines += applied.lines;
        self.result.applied = true;
        Ok(())
    }

    /// Each is counted once, however often its page comes.
    fn reject(&mut self, unread: Vec<Unread>, outcome: &mut Outcome) {
        for Unread { order, field, value } in unread {
            if !self.unread.insert(order.clone()) {
                continue;
            }
            self.result.rows += 1;
            self.result.rejected += 1;
            let message = format!("order {order}: {field} is {value}; look at that order in the store");
            let problem = RowProblem { row: 0, column: field, value, code: "UNREADABLE_ORDER", message };
            let rejected = Rejected { file: self.from.store.to_string(), problem };
            Outcome::keep(&mut outcome.rejected, &mut outcome.cut, rejected);
        }
    }

    /// At the moment of reading every order of a page is as it was when the newest of them was changed.
    fn origin(&self, newest: Option<Timestamp>) -> Origin<'_> {
        Origin {
            name: self.from.store.as_str(),
            store: self.from.store,
            kind: self.from.config.kind,
            terms: &self.terms,
            as_of: AsOf { newest, modified: self.settings.now },
            status_only: false,
            api: true,
        }
    }

    fn source(&self, as_of: AsOf) -> NewSource {
        NewSource {
            store: self.from.store.clone(),
            kind: self.from.config.kind.name,
            name: self.from.store.to_string(),
            format: API.to_owned(),
            sha256: String::new(),
            as_of,
        }
    }
}

fn in_store_of(store: &Slug) -> impl Fn(PullError) -> PullFailure + '_ {
    |why| PullFailure::Store { store: store.clone(), why }
}

/// Another shop under the same name is another account, and is read from its beginning.
fn account(config: &config::Store) -> String {
    let text = |text: &Option<String>| text.clone().unwrap_or_default();
    let named = format!("{} {} {}", config.kind.name, text(&config.shop), text(&config.base_url));
    hex(&Sha256::digest(named.as_bytes())[..16])
}

fn file_outcome(store: &Slug) -> FileOutcome {
    FileOutcome {
        path: store.to_string(),
        format: API.to_owned(),
        store: store.clone(),
        encoding: "utf-8".to_owned(),
        guessed: false,
        zoneless: false,
        zone: "UTC".to_owned(),
        rows: 0,
        orders: 0,
        lines: 0,
        rejected: 0,
        skipped: std::collections::BTreeMap::new(),
        notes: vec![],
        applied: true,
        applied_before: None,
    }
}
