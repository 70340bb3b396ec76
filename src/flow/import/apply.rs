//! Reading a file into the database: one thread reads, one merges and saves; one transaction, committed at the end or not at all.

use std::collections::HashSet;
use std::ops::ControlFlow;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread::Builder;

use super::error::ApplyError;
use super::inspect::Inspected;
use super::outcome::{FileOutcome, Outcome, Rejected};
use super::save::{Origin, Saver, Settings};
use super::told::{Seen, Told};
use crate::core::incoming::Incoming;
use crate::db::{Applied, Db, NewSource};
use crate::store::{FileProblem, Item, Refusal, Tally, read};

/// Orders per message between the two threads, and messages that may wait.
const BATCH: usize = 256;
const WAITING: usize = 8;

/// Applies one file. `seen` is shared by the files of one call; `progress` is told the row that was reached.
///
/// # Errors
/// What makes the whole file unusable; rejected rows are in the outcome.
pub fn apply(
    db: &mut Db,
    file: &Inspected,
    settings: Settings,
    seen: &mut Seen,
    outcome: &mut Outcome,
    progress: &dyn Fn(u64),
) -> Result<(), ApplyError> {
    let source = source_of(file);
    // A file of statuses says more once more orders are known.
    if !settings.accept_older
        && !file.is_status()
        && let Some(before) = db.source_applied(&source)?
    {
        let known = FileOutcome { applied_before: Some(before.imported_at), ..file_outcome(file, before.rows) };
        if seen.is_first(&source) {
            outcome.unchanged += before.orders;
        }
        outcome.files.push(FileOutcome { orders: before.orders, lines: before.lines, ..known });
        return Ok(());
    }
    let from = origin(file);
    from.check_store(db, &file.configured)?;
    let refused = if settings.partial { refused_orders(file)? } else { HashSet::new() };
    let writer = db.begin_import(&source, settings.command, settings.now)?;
    let saver = Saver { from, settings, writer, told: Told::after(seen) };
    let mut application = Application { file, saver, result: file_outcome(file, 0), refused, stopped: false };
    let tally = application.read_and_save(progress)?;
    application.finish(tally, seen, outcome)
}

struct Application<'a, 'db> {
    file: &'a Inspected,
    saver: Saver<'a, 'db>,
    result: FileOutcome,
    /// With `--partial`: orders of which some row is rejected.
    refused: HashSet<String>,
    /// A rejected row keeps the file out: the rest is read only to be told.
    stopped: bool,
}

impl Application<'_, '_> {
    /// Runs the two threads; returns where every row went.
    fn read_and_save(&mut self, progress: &dyn Fn(u64)) -> Result<Tally, ApplyError> {
        let file = self.file;
        let (send, receive) = sync_channel::<Vec<Item>>(WAITING);
        std::thread::scope(|scope| {
            let reader =
                Builder::new().name("read".to_owned()).spawn_scoped(scope, move || read_in_batches(file, &send));
            let reader = reader.map_err(ApplyError::Thread)?;
            let saved = self.save_all(receive, progress);
            let tally = match reader.join() {
                Ok(tally) => tally,
                Err(panic) => std::panic::resume_unwind(panic),
            };
            saved?;
            Ok(tally?)
        })
    }

    fn save_all(&mut self, receive: Receiver<Vec<Item>>, progress: &dyn Fn(u64)) -> Result<(), ApplyError> {
        for batch in receive {
            if let Some(row) = batch.iter().rev().find_map(row_of) {
                progress(row);
            }
            for item in batch {
                match item {
                    Item::Order(said) => self.order(said)?,
                    Item::Rejected(refusal) => self.rejected(refusal),
                    Item::Note { row, message } => {
                        let note = if row == 0 { message } else { format!("line {row}: {message}") };
                        Outcome::keep(&mut self.result.notes, &mut self.saver.told.cut, note);
                    }
                }
            }
        }
        Ok(())
    }

    fn rejected(&mut self, refusal: Refusal) {
        self.stopped |= !self.saver.settings.partial;
        for problem in refusal.problems {
            let rejected = Rejected { file: self.file.input.name().to_owned(), problem };
            Outcome::keep(&mut self.saver.told.rejected, &mut self.saver.told.cut, rejected);
        }
    }

    fn order(&mut self, said: Incoming) -> Result<(), ApplyError> {
        if self.stopped {
            return Ok(());
        }
        if self.refused.contains(&said.number) {
            self.result.rejected += said.rows;
            return Ok(());
        }
        let lines = u64::try_from(said.lines.len()).unwrap_or(0);
        let rows = said.rows;
        if self.saver.order(said)? {
            self.result.lines += lines;
        } else {
            *self.result.skipped.entry(NOT_KNOWN.to_owned()).or_default() += rows;
        }
        Ok(())
    }

    fn finish(mut self, tally: Tally, seen: &mut Seen, outcome: &mut Outcome) -> Result<(), ApplyError> {
        self.result.orders = self.saver.told.orders();
        if self.file.is_status() && !self.stopped && self.result.orders == 0 && tally.orders > 0 {
            let format = &self.file.detected.format;
            let (file, about) = (self.file.input.name().to_owned(), format.about.clone());
            return Err(ApplyError::StatusAlone { file, about, instead: format.instead.clone() });
        }
        self.result.rows = tally.rows;
        if tally.rows == 0 {
            self.result.notes.push(NO_ROWS.to_owned());
        }
        self.result.rejected += tally.rejected;
        for (reason, rows) in tally.skipped {
            *self.result.skipped.entry(reason).or_default() += rows;
        }
        self.result.applied = !self.stopped;
        if self.stopped {
            (self.result.orders, self.result.lines) = (0, 0);
            let rest = self.result.imported();
            self.result.skipped.insert(NOT_APPLIED.to_owned(), rest);
            self.saver.told.reject_all(outcome);
            outcome.files.push(self.result);
            return Ok(());
        }
        self.saver.look_back()?;
        let applied = Applied {
            rows: tally.rows,
            orders: self.result.orders,
            lines: self.result.lines,
            rejected: self.result.rejected,
        };
        self.saver.writer.commit(applied)?;
        seen.is_first(&source_of(self.file));
        self.saver.told.tell(seen, outcome);
        outcome.files.push(self.result);
        Ok(())
    }
}

const NO_ROWS: &str = "headers and no orders; if there should be some, export again with all orders and a longer time";
/// Why rows of a status file were skipped.
const NOT_KNOWN: &str = "order not known";
/// Why clean rows of a file that is kept out were skipped.
const NOT_APPLIED: &str = "file not applied";

/// With `--partial` a rejected row refuses its whole order, wherever the order's other rows stand: so they are found first.
fn refused_orders(file: &Inspected) -> Result<HashSet<String>, FileProblem> {
    let mut refused = HashSet::new();
    read(&file.input, &file.detected, &file.survey, &file.facts, &mut |item| {
        if let Item::Rejected(refusal) = item {
            refused.insert(refusal.number);
        }
        ControlFlow::Continue(())
    })?;
    Ok(refused)
}

fn read_in_batches(file: &Inspected, send: &SyncSender<Vec<Item>>) -> Result<Tally, FileProblem> {
    let mut batch = Vec::with_capacity(BATCH);
    let tally = read(&file.input, &file.detected, &file.survey, &file.facts, &mut |item| {
        batch.push(item);
        if batch.len() < BATCH {
            return ControlFlow::Continue(());
        }
        // The other side is gone only when it failed; then there is nobody to read for.
        match send.send(std::mem::replace(&mut batch, Vec::with_capacity(BATCH))) {
            Ok(()) => ControlFlow::Continue(()),
            Err(_) => ControlFlow::Break(()),
        }
    })?;
    let _ = send.send(batch);
    Ok(tally)
}

fn row_of(item: &Item) -> Option<u64> {
    match item {
        Item::Order(said) => Some(said.row),
        Item::Rejected(refusal) => refusal.problems.first().map(|p| p.row),
        Item::Note { .. } => None,
    }
}

fn origin(file: &Inspected) -> Origin<'_> {
    Origin {
        name: file.input.name(),
        store: &file.store,
        kind: file.kind,
        terms: &file.terms,
        as_of: file.as_of,
        status_only: file.is_status(),
        api: false,
    }
}

fn source_of(file: &Inspected) -> NewSource {
    NewSource {
        store: file.store.clone(),
        kind: file.kind.name,
        name: file.input.name().to_owned(),
        format: file.detected.format.name.clone(),
        sha256: file.sha256.clone(),
        as_of: file.as_of,
    }
}

fn file_outcome(file: &Inspected, rows: u64) -> FileOutcome {
    FileOutcome {
        path: file.input.name().to_owned(),
        format: file.detected.format.name.clone(),
        store: file.store.clone(),
        encoding: file.detected.encoding().to_owned(),
        guessed: file.detected.encoding_guessed(),
        zoneless: file.survey.zoneless,
        zone: file.facts.zone.iana_name().unwrap_or("UTC").to_owned(),
        rows,
        orders: 0,
        lines: 0,
        rejected: 0,
        skipped: std::collections::BTreeMap::new(),
        notes: vec![],
        applied: false,
        applied_before: None,
    }
}
