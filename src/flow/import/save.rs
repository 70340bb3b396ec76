//! Orders of a source into the database, one after the other: what an export's rows and a page of an API have in common.

use jiff::Timestamp;

use super::error::ApplyError;
use super::place::{Place, place};
use super::told::Told;
use crate::core::change::{NotTaken, Why, merge, merge_whole};
use crate::core::hold::{Hold, HoldCode};
use crate::core::ids::Slug;
use crate::core::incoming::Incoming;
use crate::core::order::{AsOf, Order};
use crate::core::plan::{StoreTerms, changed_after_purchase, standing_problems};
use crate::core::store_kind::StoreKind;
use crate::db::{Db, ImportWriter, Stored};

/// What a person said about applying.
#[derive(Clone, Copy, Debug)]
pub struct Settings<'a> {
    pub partial: bool,
    pub accept_older: bool,
    pub command: &'a str,
    pub now: Timestamp,
}

/// Where orders come from, and how far it can be believed.
#[derive(Clone, Copy)]
pub struct Origin<'a> {
    /// What a person calls it: the file, or the store.
    pub name: &'a str,
    pub store: &'a Slug,
    pub kind: &'static StoreKind,
    pub terms: &'a StoreTerms,
    pub as_of: AsOf,
    /// Brings only the status of orders that are known.
    pub status_only: bool,
    /// The store's API: every order is whole.
    pub api: bool,
}

impl Origin<'_> {
    /// # Errors
    /// The store has orders of another kind, or is perhaps a store of another name.
    pub fn check_store(&self, db: &Db, configured: &[Slug]) -> Result<(), ApplyError> {
        let stores = db.stores()?;
        let name = || self.name.to_owned();
        // Ids that are not global cannot tell one store under two names from two stores; buying for both would buy twice.
        if !self.kind.ids_global
            && !stores.iter().any(|(slug, _)| slug == self.store.as_str())
            && let Some((was, _)) = stores
                .iter()
                .find(|(slug, kind)| kind == self.kind.name && !configured.iter().any(|known| known.as_str() == slug))
        {
            let (store, was) = (self.store.clone(), was.clone());
            return Err(ApplyError::PerhapsRenamed { file: name(), store, was, kind: self.kind.name });
        }
        if let Some((_, was)) = stores.into_iter().find(|(slug, _)| slug == self.store.as_str())
            && ![was.as_str(), self.kind.name].contains(&"file")
            && was != self.kind.name
        {
            let (store, is) = (self.store.clone(), self.kind.name);
            return Err(ApplyError::KindChanged { file: name(), store, was, is });
        }
        Ok(())
    }

    /// What takes the other value of a conflict.
    fn accept_older_hint(&self) -> String {
        let what = if self.api { format!("--store {}", self.store) } else { self.name.to_owned() };
        format!("dsf import {what} --accept-older")
    }
}

/// A source being saved, in one transaction of the writer.
pub struct Saver<'a, 'db> {
    pub from: Origin<'a>,
    pub settings: Settings<'a>,
    pub writer: ImportWriter<'db>,
    pub told: Told,
}

impl Saver<'_, '_> {
    /// False for the status of an order that is not known.
    ///
    /// # Errors
    /// An order of another store, or the database.
    pub fn order(&mut self, said: Incoming) -> Result<bool, ApplyError> {
        let place = place(&mut self.writer, self.from.store, self.from.kind, &said)
            .map_err(|source| ApplyError::Place { file: self.from.name.to_owned(), source })?;
        match place {
            Place::New(..) if self.from.status_only => return Ok(false),
            Place::Known(stored) => self.known(*stored, &said)?,
            Place::New(id, hold) => self.new_order(Order::first(id, said, self.from.as_of, self.settings.now), hold)?,
        }
        Ok(true)
    }

    fn new_order(&mut self, order: Order, hold: Option<Hold>) -> Result<(), ApplyError> {
        let row = self.writer.insert(&order)?;
        if let Some(hold) = &hold {
            self.writer.hold(row, hold, self.settings.now)?;
        }
        let problems = standing_problems(&order, self.from.terms);
        self.told.new_order(row, &order, hold.is_some() || !problems.is_empty());
        Ok(())
    }

    fn known(&mut self, stored: Stored, said: &Incoming) -> Result<(), ApplyError> {
        let writer = &self.writer;
        // A history that cannot be read must not let an old value back in.
        let was_replaced = |field: &str, value: &str| writer.was_replaced(stored.row, field, value).unwrap_or(true);
        let (known, as_of, older) = (&stored.order, self.from.as_of, self.settings.accept_older);
        let merged = if self.from.api {
            merge_whole(known, said, as_of, older, &was_replaced, &writer.told_units(stored.row)?)
        } else {
            merge(known, said, as_of, older, &was_replaced)
        };
        // The end of a pull vouches for all that an API said before.
        let nothing_new = !merged.touched || (self.from.api && stored.from_api && merged.changes.is_empty());
        if merged.not_taken.is_empty() && nothing_new {
            self.told.unchanged(stored.row);
            return Ok(());
        }
        let terms = self.from.terms;
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
            if let Some(hold) = conflict(&merged.order, not_taken, &self.from) {
                self.writer.hold(stored.row, &hold, self.settings.now)?;
            }
        }
        if self.settings.accept_older {
            for change in &merged.changes {
                let taken = NotTaken { change: change.clone(), why: Why::Tie };
                if let Some(hold) = conflict(&merged.order, &taken, &self.from) {
                    self.writer.settle(stored.row, &hold)?;
                }
            }
        }
        let order = Order { imported_at: self.settings.now, ..merged.order };
        if merged.touched {
            self.writer.update(&stored, &order, &merged.changes, self.settings.now)?;
        }
        self.told.known_order(stored.row, &order, before, merged.changes, merged.not_taken, self.from.name);
        Ok(())
    }

    /// All that holds an order apart from listings and suppliers.
    fn holds(&mut self, row: i64, order: &Order) -> Result<Vec<Hold>, ApplyError> {
        let mut holds = self.writer.standing_holds(row, &order.id)?;
        holds.extend(standing_problems(order, self.from.terms));
        Ok(holds)
    }

    /// Rows of one order may stand apart in a source: only at its end is an order what the source makes of it.
    ///
    /// # Errors
    /// The database.
    pub fn look_back(&mut self) -> Result<(), ApplyError> {
        for (row, before) in self.told.take_suspects() {
            let stored = self.writer.by_row(row)?;
            let now = self.holds(row, &stored.order)?;
            self.told.hold(now.into_iter().filter(|hold| !before.contains(hold)));
        }
        for row in self.told.take_waiting() {
            let stored = self.writer.by_row(row)?;
            self.told.waits(&stored.order);
        }
        Ok(())
    }
}

/// A tie, or a value that came back, holds the order until a person decides.
fn conflict(order: &Order, not_taken: &NotTaken, from: &Origin) -> Option<Hold> {
    let NotTaken { change, why } = not_taken;
    let why = match why {
        Why::Older => return None,
        Why::Tie => "is as new as what is known",
        Why::CameBack => "brings back what was replaced",
    };
    let message =
        format!("{}: \"{}\" is known, {} says \"{}\" and {why}", change.field, change.from, from.name, change.to);
    let hint = format!(
        "dsf release {} CONFLICTING_EXPORTS --reason \"…\" keeps \"{}\"; {} takes the other",
        order.id,
        change.from,
        from.accept_older_hint()
    );
    let evidence = format!("{} {} {}", change.field, change.from, change.to);
    Some(Hold::new(&order.id, HoldCode::ConflictingExports, message, hint).resting_on(evidence))
}
