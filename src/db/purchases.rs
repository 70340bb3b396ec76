//! Purchase orders: intent first, outcome after, every step logged, nothing deleted.

use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension, Row, params};

use super::{Db, DbError, Result, counts, row, sources};
use crate::core::address::Address;
use crate::core::ids::{OrderId, PurchaseOrderId, Reference, Slug};
use crate::core::money::Money;
use crate::core::plan::PlannedOrder;
use crate::core::purchase::{Purchase, PurchaseState};
use crate::core::sending::Placed;

/// A purchase order as it is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Kept {
    pub row: i64,
    pub id: PurchaseOrderId,
    pub reference: Reference,
    pub supplier: String,
    pub state: PurchaseState,
    pub ship_to: Address,
    pub ship_to_hash: String,
    pub method: String,
    pub expected: Money,
    pub check_code: String,
    pub made_at: Timestamp,
    /// Path of the sheet that it went out in.
    pub sheet: Option<String>,
}

/// Why a purchase order takes a step, and who says so.
#[derive(Clone, Copy, Debug)]
pub struct Cause<'a> {
    pub why: &'a str,
    pub actor: &'a str,
    pub now: Timestamp,
}

/// One step as `show` tells it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    pub old: String,
    pub new: String,
    pub at: Timestamp,
    pub cause: String,
    pub actor: String,
}

impl Db {
    /// Commits the intent to send: the purchase order in `state`, its lines and the exact bytes. Returns its row.
    ///
    /// # Errors
    /// The reference is known already: it is never reused.
    pub fn intend(
        &mut self,
        planned: &PlannedOrder,
        batch: &str,
        body: &[u8],
        state: PurchaseState,
        cause: Cause,
    ) -> Result<i64> {
        let change = self.sql.transaction()?;
        let row = insert(&change, planned, batch, state, "", cause)?;
        attempt(&change, row, body, cause.now)?;
        change.commit()?;
        Ok(row)
    }

    /// Commits purchase orders of one order together, each with the exact bytes that will be sent: a crash between the first
    /// and the last leaves drafts, and not half of a bundle.
    ///
    /// # Errors
    /// As [`Db::intend`].
    pub fn intend_together(&mut self, all: &[(&PlannedOrder, &[u8])], batch: &str, cause: Cause) -> Result<()> {
        let change = self.sql.transaction()?;
        for (planned, body) in all {
            let row = insert(&change, planned, batch, PurchaseState::Draft, "", cause)?;
            attempt(&change, row, body, cause.now)?;
        }
        change.commit()?;
        Ok(())
    }

    /// Commits that a purchase order made earlier is sent once more, with these bytes.
    pub fn intend_again(&mut self, kept: &Kept, to: PurchaseState, body: &[u8], cause: Cause) -> Result<()> {
        let change = self.sql.transaction()?;
        step(&change, kept.row, kept.state, to, cause)?;
        attempt(&change, kept.row, body, cause.now)?;
        change.commit()?;
        Ok(())
    }

    /// Takes one step and says what became of the last attempt.
    pub fn settle(&mut self, kept: &Kept, to: PurchaseState, placed: Option<&Placed>, cause: Cause) -> Result<()> {
        let change = self.sql.savepoint()?;
        step(&change, kept.row, kept.state, to, cause)?;
        change.execute(
            "UPDATE attempt SET outcome = ?2, why = ?3 WHERE id = (SELECT max(id) FROM attempt WHERE purchase_order = ?1)",
            params![kept.row, to.as_str(), cause.why],
        )?;
        for supplier_id in placed.iter().flat_map(|p| &p.supplier_orders) {
            let asks = placed.and_then(|p| p.asks);
            change.execute(
                "INSERT INTO supplier_order (purchase_order, supplier_id, asks, asks_currency) VALUES (?1, ?2, ?3, ?4) \
                 ON CONFLICT DO NOTHING",
                params![kept.row, supplier_id, asks.map(|a| a.minor), asks.as_ref().map(|a| a.currency.code())],
            )?;
        }
        change.commit()?;
        Ok(())
    }

    /// Purchase orders whose sending was cut off: whether they left is unknown from now on.
    pub fn recover(&mut self, cause: Cause) -> Result<u64> {
        let cut_off = self.sending()?;
        for kept in &cut_off {
            self.settle(kept, PurchaseState::Unknown, None, cause)?;
        }
        Ok(cut_off.len() as u64)
    }

    pub fn undecided(&self) -> Result<Vec<Kept>> {
        self.kept("p.state = 'unknown'", &[])
    }

    /// Being sent by another run, or cut off by a crash.
    pub fn sending(&self) -> Result<Vec<Kept>> {
        self.kept("p.state = 'sending'", &[])
    }

    /// Made, and certainly not with the supplier: to be sent again as they are, or dropped.
    pub fn drafts(&self) -> Result<Vec<Kept>> {
        self.kept("p.state = 'draft'", &[])
    }

    /// The supplier has them, and nobody is known to have paid.
    pub fn placed(&self) -> Result<Vec<Kept>> {
        self.kept("p.state = 'placed'", &[])
    }

    pub fn handed_off(&self) -> Result<Vec<Kept>> {
        self.kept("p.state = 'handed_off'", &[])
    }

    pub fn purchase_orders(&self, order: i64) -> Result<Vec<Kept>> {
        self.kept("p.order_id = ?1", &[&order])
    }

    pub fn purchase_order(&self, id: &PurchaseOrderId) -> Result<Option<Kept>> {
        let found = self.kept(
            "s.slug = ?1 AND o.key = ?2 AND p.counter = ?3",
            &[&id.order.store.as_str(), &id.order.key, &id.counter],
        )?;
        Ok(found.into_iter().next())
    }

    pub fn all_kept(&self) -> Result<Vec<Kept>> {
        self.kept("1", &[])
    }

    pub(super) fn kept_where(&self, filter: &str) -> Result<Vec<Kept>> {
        self.kept(filter, &[])
    }

    pub(super) fn kept(&self, filter: &str, values: &[&dyn rusqlite::ToSql]) -> Result<Vec<Kept>> {
        let mut query = self.sql.prepare_cached(&format!(
            "SELECT p.id, s.slug, o.key, p.counter, p.supplier, p.state, p.ship_to, p.ship_to_hash, p.method, p.expected, \
             p.currency, p.check_code, p.made_at, f.path, p.reference FROM purchase_order p JOIN orders o ON o.id = p.order_id \
             JOIN store s ON s.id = o.store LEFT JOIN sheet f ON f.id = p.sheet WHERE {filter} ORDER BY p.id"
        ))?;
        let mut rows = query.query(values)?;
        let mut found = vec![];
        while let Some(r) = rows.next()? {
            found.push(kept(r)?);
        }
        Ok(found)
    }

    /// What a plan must know of earlier purchase orders.
    pub fn purchases(&self, order: i64, id: &OrderId) -> Result<Vec<Purchase>> {
        purchases(&self.sql, order, id)
    }

    pub fn steps(&self, purchase_order: i64) -> Result<Vec<Step>> {
        let mut query = self.sql.prepare_cached(
            "SELECT old, new, at, cause, actor FROM purchase_step WHERE purchase_order = ?1 ORDER BY id",
        )?;
        let mut rows = query.query([purchase_order])?;
        let mut found = vec![];
        while let Some(r) = rows.next()? {
            let at: String = r.get(2)?;
            found.push(Step {
                old: r.get(0)?,
                new: r.get(1)?,
                at: row::timestamp(&at)?,
                cause: r.get(3)?,
                actor: r.get(4)?,
            });
        }
        Ok(found)
    }

    /// Bytes and time of the last attempt.
    pub fn last_attempt(&self, purchase_order: i64) -> Result<Option<(Vec<u8>, Timestamp)>> {
        let found = self
            .sql
            .prepare_cached("SELECT body, at FROM attempt WHERE purchase_order = ?1 ORDER BY id DESC LIMIT 1")?
            .query_row([purchase_order], |r| Ok((r.get(0)?, r.get::<_, String>(1)?)))
            .optional()?;
        found.map(|(body, at)| Ok((body, row::timestamp(&at)?))).transpose()
    }

    /// Listing ids with packs.
    pub fn packs(&self, purchase_order: i64) -> Result<Vec<(String, u32)>> {
        let mut query = self.sql.prepare_cached(
            "SELECT listing_id, sum(packs) FROM purchase_line WHERE purchase_order = ?1 GROUP BY listing_id ORDER BY listing_id",
        )?;
        let rows = query.query_map([purchase_order], |r| Ok((r.get(0)?, r.get(1)?)))?;
        Ok(rows.collect::<std::result::Result<_, _>>()?)
    }

    /// Time of the newest thing that happened: a clock far behind it is wrong.
    pub fn last_event(&self) -> Result<Option<Timestamp>> {
        let at: Option<String> = self.sql.query_row("SELECT max(at) FROM run", [], |r| r.get(0))?;
        at.map(|at| row::timestamp(&at)).transpose()
    }

    /// Every reference that may have reached a supplier, and the word that names this database.
    pub fn references(&self) -> Result<(String, Vec<String>)> {
        let word = self.sql.query_row("SELECT word FROM identity", [], |r| r.get(0))?;
        let mut query = self.sql.prepare_cached("SELECT reference FROM purchase_order ORDER BY id")?;
        let rows = query.query_map([], |r| r.get(0))?;
        Ok((word, rows.collect::<std::result::Result<_, _>>()?))
    }
}

pub fn purchases(sql: &Connection, order: i64, id: &OrderId) -> Result<Vec<Purchase>> {
    let mut query = sql.prepare_cached(
        "SELECT counter, supplier, state, ship_to_hash FROM purchase_order WHERE order_id = ?1 ORDER BY counter",
    )?;
    let mut rows = query.query([order])?;
    let mut found = vec![];
    while let Some(r) = rows.next()? {
        found.push(Purchase {
            id: PurchaseOrderId { order: id.clone(), counter: r.get(0)? },
            supplier: r.get(1)?,
            state: state(r.get(2)?)?,
            ship_to_hash: r.get(3)?,
        });
    }
    Ok(found)
}

pub fn insert(
    sql: &Connection,
    po: &PlannedOrder,
    batch: &str,
    state: PurchaseState,
    check_code: &str,
    cause: Cause,
) -> Result<i64> {
    let order: i64 = sql.query_row(
        "SELECT o.id FROM orders o JOIN store s ON s.id = o.store WHERE s.slug = ?1 AND o.key = ?2",
        params![po.id.order.store.as_str(), po.id.order.key],
        |r| r.get(0),
    )?;
    let ship_to =
        serde_json::to_string(&po.ship_to).map_err(|e| DbError::Damaged { what: "ship-to", value: e.to_string() })?;
    sql.execute(
        "INSERT INTO purchase_order (order_id, counter, reference, supplier, state, batch, ship_to, ship_to_hash, method, \
         expected, currency, check_code, made_at, ships_from) \
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14)",
        params![
            order,
            po.id.counter,
            po.reference.as_str(),
            po.supplier,
            state.as_str(),
            batch,
            ship_to,
            po.ship_to_hash,
            po.method,
            po.cost.minor,
            po.cost.currency.code(),
            check_code,
            cause.now.to_string(),
            po.ships_from
        ],
    )?;
    let id = sql.last_insert_rowid();
    for line in &po.lines {
        sql.execute(
            "INSERT INTO purchase_line (purchase_order, position, sku, listing_id, title, options, packs, units, unit_cost) \
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
            params![
                id,
                line.position,
                line.sku,
                line.listing.listing_id,
                line.title,
                line.options,
                line.quantity,
                line.units,
                line.unit_cost.ten_thousandths
            ],
        )?;
    }
    log(sql, id, PurchaseState::Draft, state, cause)?;
    counts::recount(sql, order)?;
    Ok(id)
}

pub fn attempt(sql: &Connection, purchase_order: i64, body: &[u8], now: Timestamp) -> Result<()> {
    sql.execute(
        "INSERT INTO attempt (purchase_order, body, at) VALUES (?1, ?2, ?3)",
        params![purchase_order, body, now.to_string()],
    )?;
    Ok(())
}

pub fn step(sql: &Connection, purchase_order: i64, from: PurchaseState, to: PurchaseState, cause: Cause) -> Result<()> {
    // The state that the caller decided on must still be the one in the file.
    let changed = sql.execute(
        "UPDATE purchase_order SET state = ?3 WHERE id = ?1 AND state = ?2",
        params![purchase_order, from.as_str(), to.as_str()],
    )?;
    if changed != 1 {
        return Err(DbError::Damaged { what: "purchase order state", value: format!("not {from} any more") });
    }
    log(sql, purchase_order, from, to, cause)?;
    let order: i64 =
        sql.query_row("SELECT order_id FROM purchase_order WHERE id = ?1", [purchase_order], |r| r.get(0))?;
    counts::recount(sql, order)
}

pub fn log(sql: &Connection, purchase_order: i64, from: PurchaseState, to: PurchaseState, cause: Cause) -> Result<()> {
    sources::log_run(sql, &format!("purchase order {purchase_order} {from} to {to}"), cause.now)?;
    sql.execute(
        "INSERT INTO purchase_step (purchase_order, old, new, at, cause, actor) VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
        params![purchase_order, from.as_str(), to.as_str(), cause.now.to_string(), cause.why, cause.actor],
    )?;
    Ok(())
}

fn kept(r: &Row) -> Result<Kept> {
    let slug: String = r.get(1)?;
    let store: Slug = slug.parse().map_err(|_| DbError::Damaged { what: "store name", value: slug })?;
    let id = PurchaseOrderId { order: OrderId { store, key: r.get(2)? }, counter: r.get(3)? };
    let ship_to: String = r.get(6)?;
    let currency: String = r.get(10)?;
    let made_at: String = r.get(12)?;
    Ok(Kept {
        row: r.get(0)?,
        // As it was sent: another name of the store since then would make another reference of the id.
        reference: Reference::kept(r.get(14)?),
        id,
        supplier: r.get(4)?,
        state: state(r.get(5)?)?,
        ship_to: serde_json::from_str(&ship_to)
            .map_err(|e| DbError::Damaged { what: "ship-to", value: e.to_string() })?,
        ship_to_hash: r.get(7)?,
        method: r.get(8)?,
        expected: Money { minor: r.get(9)?, currency: row::currency(&currency)? },
        check_code: r.get(11)?,
        made_at: row::timestamp(&made_at)?,
        sheet: r.get(13)?,
    })
}

fn state(text: String) -> Result<PurchaseState> {
    text.parse().map_err(|value| DbError::Damaged { what: "purchase order state", value })
}
