//! One order as its store tells it now, taken in as a pull would: for the look before something of it leaves.

use jiff::Timestamp;

use super::error::ApplyError;
use super::save::{Origin, Saver, Settings};
use super::told::{Seen, Told};
use crate::config;
use crate::core::ids::OrderId;
use crate::core::order::{AsOf, Order};
use crate::core::plan::StoreTerms;
use crate::db::{API, Applied, Db, NewSource};
use crate::store::api::Pulled;

/// Nothing is written where the store says the same as is known.
///
/// # Errors
/// An order that is another store's, or the database.
pub fn take_one(
    db: &mut Db,
    id: &OrderId,
    config: &config::Store,
    pulled: Pulled,
    now: Timestamp,
) -> Result<(), ApplyError> {
    let store = &id.store;
    let terms = StoreTerms { currency: config.currency, edits: config.kind.edits, address: config.checks.clone() };
    let as_of = AsOf { newest: Some(pulled.changed_at), modified: now };
    let from =
        Origin { name: store.as_str(), store, kind: config.kind, terms: &terms, as_of, status_only: false, api: true };
    let source = NewSource {
        store: store.clone(),
        kind: config.kind.name,
        name: store.to_string(),
        format: API.to_owned(),
        sha256: String::new(),
        as_of,
    };
    let settings = Settings { partial: false, accept_older: false, command: "look before sending", now };
    let writer = db.begin_import(&source, settings.command, now)?;
    let mut saver = Saver { from, settings, writer, told: Told::after(&Seen::default()) };
    let Some(before) = saver.writer.by_key(&id.key)? else { return Ok(()) };
    let held = saver.writer.standing_holds(before.row, id)?;
    let lines = u64::try_from(pulled.said.lines.len()).unwrap_or(0);
    saver.order(pulled.said)?;
    let after = saver.writer.by_row(before.row)?;
    // That it was said once more is no news: only what it says.
    let said = |order: &Order| order.lines.iter().map(|l| (l.key.clone(), l.said.clone())).collect::<Vec<_>>();
    let same = before.order.head == after.order.head && said(&before.order) == said(&after.order);
    if same && held == saver.writer.standing_holds(before.row, id)? {
        return Ok(());
    }
    saver.writer.commit(Applied { rows: 1, orders: 1, lines, rejected: 0 })?;
    Ok(())
}
