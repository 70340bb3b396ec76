//! Purchase orders that the journal outside the database knows, and those that this database would tell it.

use rusqlite::{OptionalExtension, params};

use super::purchases::log;
use super::{Cause, Db, DbError, Kept, Result, counts};
use crate::core::ids::{OrderId, OrderName, PurchaseOrderId};
use crate::core::journal::Entry;
use crate::core::money::Price;
use crate::core::purchase::{PurchaseState, ship_to_hash};
use crate::core::sending::{Dispatch, DispatchLine};

impl Db {
    /// Takes in a purchase order of the journal as `unknown`. False when its order is not here.
    pub fn adopt(&mut self, entry: &Entry, cause: Cause) -> Result<bool> {
        let damaged = || DbError::Damaged { what: "purchase order id", value: entry.id.clone() };
        let name: OrderName = entry.id.parse().map_err(|_| damaged())?;
        let (store, counter) = name.store.zip(name.purchase_order).ok_or_else(damaged)?;
        let ship_to = self.ship_to_of(&OrderId { store: store.clone(), key: name.key.clone() }, &entry.ship_to_hash)?;
        let change = self.sql.transaction()?;
        let order: Option<i64> = change
            .query_row(
                "SELECT o.id FROM orders o JOIN store s ON s.id = o.store WHERE s.slug = ?1 AND o.key = ?2",
                params![store.as_str(), name.key],
                |r| r.get(0),
            )
            .optional()?;
        let Some(order) = order else { return Ok(false) };
        change.execute(
            "INSERT INTO purchase_order (order_id, counter, reference, supplier, state, batch, ship_to, ship_to_hash, method, \
             expected, currency, made_at, ships_from) VALUES (?1, ?2, ?3, ?4, 'unknown', ?3, ?7, ?5, '', 0, 'USD', ?6, '')",
            params![order, counter, entry.reference, entry.supplier, entry.ship_to_hash, entry.at, ship_to],
        )?;
        let id = change.last_insert_rowid();
        for (position, listing, packs, units) in &entry.lines {
            change.execute(
                "INSERT INTO purchase_line (purchase_order, position, sku, listing_id, title, options, packs, units, unit_cost) \
                 VALUES (?1, ?2, '', ?3, '', '', ?4, ?5, 0)",
                params![id, position, listing, packs, units],
            )?;
        }
        log(&change, id, PurchaseState::Draft, PurchaseState::Unknown, cause)?;
        counts::recount(&change, order)?;
        change.commit()?;
        Ok(true)
    }

    /// The order's ship-to, where it is the very one that went out; otherwise nothing, which agrees with nothing.
    fn ship_to_of(&self, order: &OrderId, hash: &str) -> Result<String> {
        let found = self.order(order)?;
        let ship_to = found.and_then(|f| f.order.head?.ship_to).filter(|ship_to| ship_to_hash(ship_to) == hash);
        serde_json::to_string(&ship_to.unwrap_or_default())
            .map_err(|e| DbError::Damaged { what: "ship-to", value: e.to_string() })
    }

    /// What this database would write into a journal that is lost.
    pub fn journal_entries(&self) -> Result<Vec<Entry>> {
        let mut entries = vec![];
        for kept in self.all_kept()? {
            entries.push(Entry {
                reference: kept.reference.to_string(),
                id: kept.id.to_string(),
                supplier: kept.supplier.clone(),
                ship_to_hash: kept.ship_to_hash.clone(),
                at: kept.made_at.to_string(),
                lines: self.journal_lines(&kept)?,
            });
        }
        Ok(entries)
    }

    fn journal_lines(&self, kept: &Kept) -> Result<Vec<(u32, String, u32, u32)>> {
        let mut query = self
            .sql
            .prepare_cached("SELECT position, listing_id, packs, units FROM purchase_line WHERE purchase_order = ?1")?;
        let rows = query.query_map([kept.row], |r| Ok((r.get(0)?, r.get(1)?, r.get(2)?, r.get(3)?)))?;
        Ok(rows.collect::<std::result::Result<_, _>>()?)
    }

    /// A purchase order as it went out, from its frozen copy.
    pub fn dispatch(&self, kept: &Kept) -> Result<Dispatch> {
        let mut query = self.sql.prepare_cached(
            "SELECT position, sku, listing_id, title, options, packs, unit_cost FROM purchase_line WHERE purchase_order = ?1 \
             ORDER BY position, listing_id",
        )?;
        let currency = kept.expected.currency;
        let ships_from =
            self.sql.query_row("SELECT ships_from FROM purchase_order WHERE id = ?1", [kept.row], |r| r.get(0))?;
        let rows = query.query_map([kept.row], |r| {
            Ok(DispatchLine {
                position: r.get(0)?,
                sku: r.get(1)?,
                listing_id: r.get(2)?,
                title: r.get(3)?,
                options: r.get(4)?,
                quantity: r.get(5)?,
                unit_cost: Price { ten_thousandths: r.get(6)?, currency },
            })
        })?;
        let lines = rows.collect::<std::result::Result<_, _>>()?;
        let order = self.order(&kept.id.order)?.map(|found| found.order);
        let head = order.as_ref().and_then(|o| o.head.as_ref());
        Ok(Dispatch {
            id: PurchaseOrderId { order: kept.id.order.clone(), counter: kept.id.counter },
            reference: kept.reference.clone(),
            supplier: kept.supplier.clone(),
            ship_to: kept.ship_to.clone(),
            ship_to_hash: kept.ship_to_hash.clone(),
            lines,
            method: kept.method.clone(),
            ships_from,
            order_number: order.as_ref().map(|o| o.number.clone()).unwrap_or_default(),
            note: head.and_then(|h| h.note.clone()),
            gift_message: head.and_then(|h| h.gift_message.clone()),
            tax_id: head.and_then(|h| h.tax_id.clone()),
            expected: kept.expected,
        })
    }

    /// Notes something about a purchase order without changing its state.
    pub fn note(&mut self, kept: &Kept, why: &str, cause: Cause) -> Result<()> {
        let change = self.sql.transaction()?;
        log(&change, kept.row, kept.state, kept.state, Cause { why, ..cause })?;
        change.commit()?;
        Ok(())
    }
}
