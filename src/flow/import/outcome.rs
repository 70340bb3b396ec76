//! What an import did, in numbers and lists, for `cmd` to show.

use std::collections::BTreeMap;

use jiff::Timestamp;

use crate::core::change::{Change, Why};
use crate::core::hold::Hold;
use crate::core::ids::{OrderId, Slug};
use crate::core::incoming::RowProblem;

/// Lists longer than this are cut, with a count of the rest: memory must not grow with the file.
pub const LONGEST_LIST: usize = 10_000;

#[derive(Debug, Default)]
pub struct Outcome {
    pub files: Vec<FileOutcome>,
    pub new: u64,
    pub changed: u64,
    pub unchanged: u64,
    /// Why orders of this run are not open, with a few of their ids.
    pub waiting: BTreeMap<String, Vec<OrderId>>,
    pub changes: Vec<OrderChange>,
    pub not_applied: Vec<NotApplied>,
    pub rejected: Vec<Rejected>,
    /// New or changed orders that are held for a reason that was not there before.
    pub held: Vec<Hold>,
    /// What did not fit into the lists.
    pub cut: u64,
}

impl Outcome {
    pub fn rejected_rows(&self) -> u64 {
        self.files.iter().map(|f| f.rejected).sum()
    }

    /// Adds to a list, unless it is full.
    pub fn keep<T>(list: &mut Vec<T>, cut: &mut u64, item: T) {
        if list.len() < LONGEST_LIST { list.push(item) } else { *cut += 1 }
    }
}

#[derive(Debug)]
pub struct FileOutcome {
    pub path: String,
    pub format: String,
    pub store: Slug,
    pub encoding: String,
    /// The encoding is a guess.
    pub guessed: bool,
    /// Times without a zone were read in the store's.
    pub zoneless: bool,
    pub zone: String,
    pub rows: u64,
    pub orders: u64,
    pub lines: u64,
    pub rejected: u64,
    pub skipped: BTreeMap<String, u64>,
    pub notes: Vec<String>,
    /// False when a rejected row kept the whole file out.
    pub applied: bool,
    /// The same bytes were applied then, so there was nothing to read.
    pub applied_before: Option<Timestamp>,
}

impl FileOutcome {
    /// Rows that became orders.
    pub fn imported(&self) -> u64 {
        self.rows - self.rejected - self.skipped.values().sum::<u64>()
    }
}

#[derive(Debug)]
pub struct OrderChange {
    pub order: OrderId,
    pub change: Change,
}

#[derive(Debug)]
pub struct NotApplied {
    pub order: OrderId,
    pub change: Change,
    pub why: Why,
    pub file: String,
}

#[derive(Debug)]
pub struct Rejected {
    pub file: String,
    pub problem: RowProblem,
}
