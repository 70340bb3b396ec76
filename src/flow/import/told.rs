//! What one file did, kept apart until it is committed: a file that is kept out leaves no trace in the outcome.

use std::collections::{BTreeMap, BTreeSet};

use super::outcome::{NotApplied, OrderChange, Outcome, Rejected};
use crate::core::change::{Change, NotTaken};
use crate::core::hold::Hold;
use crate::core::ids::OrderId;
use crate::core::order::{Order, State};
use crate::db::NewSource;

/// Orders of this run by their row in the database, one bit each, so that each counts once at any size of file.
#[derive(Clone, Default)]
pub struct Seen {
    seen: Bits,
    changed: Bits,
    /// Files of this run, by what is in them and whose they are.
    files: BTreeSet<(String, String)>,
}

impl Seen {
    /// False for a file that this run has met before.
    pub fn is_first(&mut self, source: &NewSource) -> bool {
        self.files.insert((source.store.to_string(), source.sha256.clone()))
    }
}

/// The tally of one file.
#[derive(Default)]
pub struct Told {
    seen: Seen,
    /// Orders of this file, each once however its rows stand.
    here: Bits,
    orders: u64,
    new: u64,
    changed: u64,
    unchanged: i64,
    changes: Vec<OrderChange>,
    not_applied: Vec<NotApplied>,
    pub rejected: Vec<Rejected>,
    held: Vec<Hold>,
    pub cut: u64,
    /// Orders that may be held, with the holds from before this file.
    suspects: BTreeMap<i64, Vec<Hold>>,
    /// A few orders of each state that waits for nobody's decision.
    waiting: BTreeMap<State, Vec<i64>>,
    reasons: BTreeMap<String, Vec<OrderId>>,
}

const EXAMPLES: usize = 5;
/// More suspects than this are not told one by one.
const MOST_SUSPECTS: usize = super::outcome::LONGEST_LIST;

impl Told {
    pub fn after(seen: &Seen) -> Self {
        Self { seen: seen.clone(), ..Self::default() }
    }

    pub fn orders(&self) -> u64 {
        self.orders
    }

    fn meet(&mut self, row: i64) {
        if !self.here.get(row) {
            self.here.set(row);
            self.orders += 1;
        }
    }

    pub fn new_order(&mut self, row: i64, order: &Order, suspect: bool) {
        self.meet(row);
        self.new += 1;
        self.seen.seen.set(row);
        self.seen.changed.set(row);
        if suspect {
            self.suspect(row, vec![]);
        }
        self.may_wait(row, order);
    }

    pub fn unchanged(&mut self, row: i64) {
        self.meet(row);
        if !self.seen.seen.get(row) {
            self.unchanged += 1;
            self.seen.seen.set(row);
        }
    }

    pub fn known_order(
        &mut self,
        row: i64,
        order: &Order,
        before: Option<Vec<Hold>>,
        changes: Vec<Change>,
        not_taken: Vec<NotTaken>,
        file: &str,
    ) {
        self.unchanged(row);
        if !changes.is_empty() && !self.seen.changed.get(row) {
            self.seen.changed.set(row);
            self.changed += 1;
            self.unchanged -= 1;
        }
        if let Some(before) = before {
            self.suspect(row, before);
        }
        self.may_wait(row, order);
        for change in changes {
            let change = OrderChange { order: order.id.clone(), change };
            Outcome::keep(&mut self.changes, &mut self.cut, change);
        }
        for NotTaken { change, why } in not_taken {
            let not_applied = NotApplied { order: order.id.clone(), change, why, file: file.to_owned() };
            Outcome::keep(&mut self.not_applied, &mut self.cut, not_applied);
        }
    }

    /// The first holds noted for an order are those from before the file.
    fn suspect(&mut self, row: i64, before: Vec<Hold>) {
        if self.suspects.len() < MOST_SUSPECTS {
            self.suspects.entry(row).or_insert(before);
        } else {
            self.cut += 1;
        }
    }

    fn may_wait(&mut self, row: i64, order: &Order) {
        let state = order.state();
        if matches!(state, State::NotPaid | State::Cancelled | State::TestOrder | State::NothingToOrder) {
            let examples = self.waiting.entry(state).or_default();
            if examples.len() < EXAMPLES {
                examples.push(row);
            }
        }
    }

    pub fn take_suspects(&mut self) -> BTreeMap<i64, Vec<Hold>> {
        std::mem::take(&mut self.suspects)
    }

    pub fn take_waiting(&mut self) -> Vec<i64> {
        std::mem::take(&mut self.waiting).into_values().flatten().collect()
    }

    pub fn hold(&mut self, holds: impl Iterator<Item = Hold>) {
        for hold in holds {
            Outcome::keep(&mut self.held, &mut self.cut, hold);
        }
    }

    pub fn waits(&mut self, order: &Order) {
        if let Some(reason) = order.state_reason() {
            self.reasons.entry(reason).or_default().push(order.id.clone());
        }
    }

    /// The file is committed: what it did is now true.
    pub fn tell(self, seen: &mut Seen, outcome: &mut Outcome) {
        *seen = Seen { files: std::mem::take(&mut seen.files), ..self.seen };
        outcome.new += self.new;
        outcome.changed += self.changed;
        outcome.unchanged = outcome.unchanged.saturating_add_signed(self.unchanged);
        outcome.changes.extend(self.changes);
        outcome.not_applied.extend(self.not_applied);
        outcome.rejected.extend(self.rejected);
        outcome.held.extend(self.held);
        outcome.cut += self.cut;
        for (reason, orders) in self.reasons {
            outcome.waiting.entry(reason).or_default().extend(orders);
        }
    }

    /// The file is kept out: only its rejected rows are told.
    pub fn reject_all(self, outcome: &mut Outcome) {
        outcome.rejected.extend(self.rejected);
        outcome.cut += self.cut;
    }
}

#[derive(Clone, Default)]
struct Bits(Vec<u64>);

impl Bits {
    fn place(row: i64) -> (usize, u64) {
        let row = usize::try_from(row).unwrap_or(0);
        (row / 64, 1 << (row % 64))
    }

    fn set(&mut self, row: i64) {
        let (word, bit) = Self::place(row);
        if self.0.len() <= word {
            self.0.resize(word + 1, 0);
        }
        self.0[word] |= bit;
    }

    fn get(&self, row: i64) -> bool {
        let (word, bit) = Self::place(row);
        self.0.get(word).is_some_and(|w| w & bit != 0)
    }
}
