//! Reading a file into the database: one thread reads, one merges and saves; one transaction, committed at the end or not at all.

use std::collections::HashSet;
use std::ops::ControlFlow;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread::Builder;

use jiff::Timestamp;

use super::error::ApplyError;
use super::inspect::Inspected;
use super::outcome::{FileOutcome, Outcome, Rejected};
use super::place::{Place, place};
use super::told::{Seen, Told};
use crate::core::change::{NotTaken, Why, merge};
use crate::core::hold::{Hold, HoldCode};
use crate::core::incoming::Incoming;
use crate::core::order::Order;
use crate::core::plan::{changed_after_purchase, standing_problems};
use crate::db::{Applied, Db, ImportWriter, NewSource, Stored};
use crate::store::{FileProblem, Item, Refusal, Tally, read};

/// What a person said about applying.
#[derive(Clone, Copy, Debug)]
pub struct Settings<'a> {
    pub partial: bool,
    pub accept_older: bool,
    pub command: &'a str,
    pub now: Timestamp,
}

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
    let stores = db.stores()?;
    // Ids that are not global cannot tell one store under two names from two stores; buying for both would buy twice.
    if !file.kind.ids_global
        && !stores.iter().any(|(slug, _)| slug == file.store.as_str())
        && let Some((was, _)) = stores
            .iter()
            .find(|(slug, kind)| kind == file.kind.name && !file.configured.iter().any(|known| known.as_str() == slug))
    {
        let (name, store, was) = (file.input.name().to_owned(), file.store.clone(), was.clone());
        return Err(ApplyError::PerhapsRenamed { file: name, store, was, kind: file.kind.name });
    }
    if let Some((_, was)) = stores.into_iter().find(|(slug, _)| slug == file.store.as_str())
        && ![was.as_str(), file.kind.name].contains(&"file")
        && was != file.kind.name
    {
        let (file, store, is) = (file.input.name().to_owned(), file.store.clone(), file.kind.name);
        return Err(ApplyError::KindChanged { file, store, was, is });
    }
    let refused = if settings.partial { refused_orders(file)? } else { HashSet::new() };
    let writer = db.begin_import(&source, settings.command, settings.now)?;
    let mut application = Application {
        file,
        settings,
        writer,
        told: Told::after(seen),
        result: file_outcome(file, 0),
        refused,
        stopped: false,
    };
    let tally = application.read_and_save(progress)?;
    application.finish(tally, seen, outcome)
}

struct Application<'a, 'db> {
    file: &'a Inspected,
    settings: Settings<'a>,
    writer: ImportWriter<'db>,
    told: Told,
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
                        Outcome::keep(&mut self.result.notes, &mut self.told.cut, note);
                    }
                }
            }
        }
        Ok(())
    }

    fn rejected(&mut self, refusal: Refusal) {
        self.stopped |= !self.settings.partial;
        for problem in refusal.problems {
            let rejected = Rejected { file: self.file.input.name().to_owned(), problem };
            Outcome::keep(&mut self.told.rejected, &mut self.told.cut, rejected);
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
        let place = place(&mut self.writer, &self.file.store, self.file.kind, &said)
            .map_err(|source| ApplyError::Place { file: self.file.input.name().to_owned(), source })?;
        match place {
            Place::New(..) if self.file.is_status() => {
                *self.result.skipped.entry(NOT_KNOWN.to_owned()).or_default() += said.rows;
                return Ok(());
            }
            Place::Known(stored) => self.known(*stored, &said)?,
            Place::New(id, hold) => self.new_order(Order::first(id, said, self.file.as_of, self.settings.now), hold)?,
        }
        self.result.lines += lines;
        Ok(())
    }

    fn new_order(&mut self, order: Order, hold: Option<Hold>) -> Result<(), ApplyError> {
        let row = self.writer.insert(&order)?;
        if let Some(hold) = &hold {
            self.writer.hold(row, hold, self.settings.now)?;
        }
        let problems = standing_problems(&order, &self.file.terms);
        self.told.new_order(row, &order, hold.is_some() || !problems.is_empty());
        Ok(())
    }

    fn known(&mut self, stored: Stored, said: &Incoming) -> Result<(), ApplyError> {
        let writer = &self.writer;
        // A history that cannot be read must not let an old value back in.
        let was_replaced = |field: &str, value: &str| writer.was_replaced(stored.row, field, value).unwrap_or(true);
        let merged = merge(&stored.order, said, self.file.as_of, self.settings.accept_older, &was_replaced);
        if merged.not_taken.is_empty() && !merged.touched {
            self.told.unchanged(stored.row);
            return Ok(());
        }
        let terms = &self.file.terms;
        let suspect = !merged.not_taken.is_empty()
            || standing_problems(&stored.order, terms) != standing_problems(&merged.order, terms);
        let purchases = self.writer.purchases(stored.row, &stored.order.id)?;
        let after_purchase = changed_after_purchase(&merged.order, &purchases);
        let suspect = suspect || after_purchase.is_some();
        let before = if suspect { Some(self.holds(stored.row, &stored.order)?) } else { None };
        if let Some(hold) = &after_purchase {
            self.writer.hold(stored.row, hold, self.settings.now)?;
        }
        for not_taken in &merged.not_taken {
            if let Some(hold) = conflict(&merged.order, not_taken, self.file.input.name()) {
                self.writer.hold(stored.row, &hold, self.settings.now)?;
            }
        }
        if self.settings.accept_older {
            for change in &merged.changes {
                let taken = NotTaken { change: change.clone(), why: Why::Tie };
                if let Some(hold) = conflict(&merged.order, &taken, "") {
                    self.writer.settle(stored.row, &hold)?;
                }
            }
        }
        let order = Order { imported_at: self.settings.now, ..merged.order };
        if merged.touched {
            self.writer.update(&stored, &order, &merged.changes, self.settings.now)?;
        }
        self.told.known_order(stored.row, &order, before, merged.changes, merged.not_taken, self.file.input.name());
        Ok(())
    }

    /// All that holds an order apart from listings and suppliers.
    fn holds(&mut self, row: i64, order: &Order) -> Result<Vec<Hold>, ApplyError> {
        let mut holds = self.writer.standing_holds(row, &order.id)?;
        holds.extend(standing_problems(order, &self.file.terms));
        Ok(holds)
    }

    fn finish(mut self, tally: Tally, seen: &mut Seen, outcome: &mut Outcome) -> Result<(), ApplyError> {
        self.result.orders = self.told.orders();
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
            self.told.reject_all(outcome);
            outcome.files.push(self.result);
            return Ok(());
        }
        // Rows of one order may stand apart in a file: only now is an order what the file makes of it.
        for (row, before) in self.told.take_suspects() {
            let stored = self.writer.by_row(row)?;
            let now = self.holds(row, &stored.order)?;
            self.told.hold(now.into_iter().filter(|hold| !before.contains(hold)));
        }
        for row in self.told.take_waiting() {
            let stored = self.writer.by_row(row)?;
            self.told.waits(&stored.order);
        }
        let applied = Applied {
            rows: tally.rows,
            orders: self.result.orders,
            lines: self.result.lines,
            rejected: self.result.rejected,
        };
        self.writer.commit(applied)?;
        seen.is_first(&source_of(self.file));
        self.told.tell(seen, outcome);
        outcome.files.push(self.result);
        Ok(())
    }
}

const NO_ROWS: &str = "headers and no orders; if there should be some, export again with all orders and a longer time";
/// Why rows of a status file were skipped.
const NOT_KNOWN: &str = "order not known";
/// Why clean rows of a file that is kept out were skipped.
const NOT_APPLIED: &str = "file not applied";

/// A tie, or a value that came back, holds the order until a person decides.
fn conflict(order: &Order, not_taken: &NotTaken, file: &str) -> Option<Hold> {
    let NotTaken { change, why } = not_taken;
    let why = match why {
        Why::Older => return None,
        Why::Tie => "is as new as what is known",
        Why::CameBack => "brings back what was replaced",
    };
    let message = format!("{}: \"{}\" is known, {file} says \"{}\" and {why}", change.field, change.from, change.to);
    let hint = format!(
        "dsf release {} CONFLICTING_EXPORTS --reason \"…\" keeps \"{}\"; dsf import {file} --accept-older takes the other",
        order.id, change.from
    );
    let evidence = format!("{} {} {}", change.field, change.from, change.to);
    Some(Hold::new(&order.id, HoldCode::ConflictingExports, message, hint).resting_on(evidence))
}

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
