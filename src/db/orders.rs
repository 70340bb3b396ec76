//! Writing orders: one transaction a source, so that a kill in the middle leaves the old state.

use std::collections::HashMap;

use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension, ToSql, Transaction, TransactionBehavior, params};

use super::row::{self, LINE_COLUMNS, ORDER_COLUMNS, ORDER_FROM};
use super::sources::{self, Freshness, NewSource};
use super::{Db, Result, counts};
use crate::core::address::Address;
use crate::core::change::Change;
use crate::core::hold::Hold;
use crate::core::ids::OrderId;
use crate::core::incoming::Head;
use crate::core::money::Currency;
use crate::core::order::{Line, Order, State};
use crate::core::purchase::Purchase;

/// What a source brought, to be kept with it.
#[derive(Clone, Copy, Debug, Default)]
pub struct Applied {
    pub rows: u64,
    pub orders: u64,
    pub lines: u64,
    pub rejected: u64,
}

/// An import in progress. Dropped without [`ImportWriter::commit`], nothing of it remains.
pub struct ImportWriter<'a> {
    pub(super) sql: Transaction<'a>,
    pub(super) store: i64,
    source: i64,
    /// What the counts of states will have gained.
    gained: HashMap<State, i64>,
    freshness: Freshness,
    /// Another store of this kind has orders, so an id may be one of its.
    has_sisters: bool,
    /// The first import fills an empty table: indexes made at its end cost less than grown row by row.
    index_at_end: bool,
}

/// An order in the database, with its row.
pub struct Stored {
    pub row: i64,
    pub order: Order,
    /// The newest that is known of it came from the store's API.
    pub from_api: bool,
}

impl Db {
    pub fn begin_import(&mut self, source: &NewSource, command: &str, now: Timestamp) -> Result<ImportWriter<'_>> {
        let sql = self.sql.transaction_with_behavior(TransactionBehavior::Immediate)?;
        let run = sources::log_run(&sql, command, now)?;
        let store = sources::store_row(&sql, &source.store, source.kind)?;
        let has_sisters = sql.query_row(
            "SELECT EXISTS (SELECT 1 FROM store WHERE kind = ?1 AND id <> ?2)",
            params![source.kind, store],
            |r| r.get(0),
        )?;
        let source = sources::insert(&sql, source, store, run, now)?;
        let index_at_end = sql.query_row("SELECT NOT EXISTS (SELECT 1 FROM orders)", [], |r| r.get(0))?;
        if index_at_end {
            sql.execute_batch("DROP INDEX orders_email; DROP INDEX orders_ship")?;
        }
        let (gained, freshness) = (HashMap::new(), Freshness::default());
        Ok(ImportWriter { sql, store, source, gained, freshness, has_sisters, index_at_end })
    }
}

impl ImportWriter<'_> {
    pub fn by_external_id(&mut self, id: &str) -> Result<Option<Stored>> {
        let row = self
            .sql
            .prepare_cached("SELECT id FROM orders WHERE external_id = ?1 AND store = ?2")?
            .query_row(params![id, self.store], |r| r.get(0))
            .optional()?;
        row.map(|row| self.load(row)).transpose()
    }

    /// The slug of another store of the same kind that has this external id.
    pub fn other_store_with(&self, id: &str) -> Result<Option<String>> {
        if !self.has_sisters {
            return Ok(None);
        }
        let found = self
            .sql
            .prepare_cached(
                "SELECT s.slug FROM orders o JOIN store s ON s.id = o.store WHERE o.external_id = ?1 AND o.store <> ?2 \
                 AND s.kind = (SELECT kind FROM store WHERE id = ?2)",
            )?
            .query_row(params![id, self.store], |r| r.get(0))
            .optional()?;
        Ok(found)
    }

    pub fn by_key(&mut self, key: &str) -> Result<Option<Stored>> {
        let row = self
            .sql
            .prepare_cached("SELECT id FROM orders WHERE store = ?1 AND key = ?2")?
            .query_row(params![self.store, key], |r| r.get(0))
            .optional()?;
        row.map(|row| self.load(row)).transpose()
    }

    pub fn by_row(&mut self, row: i64) -> Result<Stored> {
        self.load(row)
    }

    /// Purchase orders that were made for an order.
    pub fn purchases(&self, row: i64, id: &OrderId) -> Result<Vec<Purchase>> {
        super::purchases::purchases(&self.sql, row, id)
    }

    pub fn standing_holds(&self, row: i64, id: &OrderId) -> Result<Vec<Hold>> {
        super::decisions::standing_holds(&self.sql, row, id)
    }

    fn load(&mut self, row: i64) -> Result<Stored> {
        let mut query = self.sql.prepare_cached(&format!("SELECT {ORDER_COLUMNS} {ORDER_FROM} WHERE o.id = ?1"))?;
        let mut rows = query.query([row])?;
        let first = rows.next()?.ok_or(rusqlite::Error::QueryReturnedNoRows)?;
        let (_, _, mut order) = row::order(first)?;
        let from_api = first.get(row::FROM_API)?;
        order.lines = load_lines(&self.sql, row, &mut self.freshness)?;
        Ok(Stored { row, order, from_api })
    }

    /// The new row.
    pub fn insert(&mut self, order: &Order) -> Result<i64> {
        let row = {
            let mut insert = self.sql.prepare_cached(INSERT_ORDER)?;
            bind_order(&mut insert, order, self.store, Some(self.source))?;
            insert.raw_execute()?;
            self.sql.last_insert_rowid()
        };
        for line in &order.lines {
            insert_line(&self.sql, row, line, self.source)?;
        }
        *self.gained.entry(order.state()).or_default() += 1;
        Ok(row)
    }

    /// Saves what a merge made of an order that was there.
    pub fn update(&mut self, before: &Stored, after: &Order, changes: &[Change], now: Timestamp) -> Result<()> {
        let fresher = before.order.as_of != after.as_of;
        {
            let mut update = self.sql.prepare_cached(UPDATE_ORDER)?;
            bind_order(&mut update, after, self.store, fresher.then_some(self.source))?;
            update.raw_bind_parameter(ORDER_PARAMETERS + 1, before.row)?;
            update.raw_execute()?;
        }
        for line in &after.lines {
            match before.order.lines.iter().find(|l| l.position == line.position) {
                None => insert_line(&self.sql, before.row, line, self.source)?,
                Some(was) if was != line => update_line(&self.sql, before.row, was, line, self.source)?,
                Some(_) => {}
            }
        }
        for change in changes {
            self.sql
                .prepare_cached(
                    "INSERT INTO history (order_id, field, old, new, at, source) VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
                )?
                .execute(params![before.row, change.field, change.from, change.to, now.to_string(), self.source])?;
        }
        let (was, is) = (before.order.state(), after.state());
        if was != is {
            *self.gained.entry(was).or_default() -= 1;
            *self.gained.entry(is).or_default() += 1;
        }
        Ok(())
    }

    /// True when history has replaced `value` of `field` before.
    pub fn was_replaced(&self, row: i64, field: &str, value: &str) -> Result<bool> {
        let found = self
            .sql
            .prepare_cached("SELECT 1 FROM history WHERE order_id = ?1 AND field = ?2 AND old = ?3")?
            .exists(params![row, field, value])?;
        Ok(found)
    }

    /// Leaves a hold that only a person can take away.
    pub fn hold(&self, row: i64, hold: &Hold, now: Timestamp) -> Result<bool> {
        super::decisions::put_hold(&self.sql, row, hold, now)
    }

    /// Takes a hold away that a person has decided by naming the other value.
    pub fn settle(&self, row: i64, hold: &Hold) -> Result<()> {
        super::decisions::remove_hold(&self.sql, row, hold)
    }

    pub fn commit(self, applied: Applied) -> Result<()> {
        self.sql.execute(
            "UPDATE source SET rows = ?2, orders = ?3, lines = ?4, rejected = ?5 WHERE id = ?1",
            params![self.source, applied.rows, applied.orders, applied.lines, applied.rejected],
        )?;
        for (state, gained) in &self.gained {
            counts::add(&self.sql, self.store, *state, *gained)?;
        }
        if self.index_at_end {
            self.sql.execute_batch(INDEXES)?;
        }
        self.sql.commit()?;
        Ok(())
    }
}

/// As in `sql/0001_start.sql`.
const INDEXES: &str =
    "CREATE INDEX orders_email ON orders (email_hash); CREATE INDEX orders_ship ON orders (ship_hash)";

pub fn load_lines(sql: &Connection, row: i64, freshness: &mut Freshness) -> Result<Vec<Line>> {
    let mut query =
        sql.prepare_cached(&format!("SELECT {LINE_COLUMNS} FROM line l WHERE l.order_id = ?1 ORDER BY l.position"))?;
    let mut rows = query.query([row])?;
    let mut lines = vec![];
    while let Some(found) = rows.next()? {
        lines.push(row::line(found, &mut |source| freshness.of(sql, source))?);
    }
    Ok(lines)
}

/// Columns that [`bind_order`] fills, `?1` to `?38`; `source` keeps its value where none is given.
const ORDER_PARAMETERS: usize = 38;
const INSERT_ORDER: &str = "INSERT INTO orders (store, key, number, external_id, state, has_head, source, placed_at, payment, \
    cancelled, test, fulfilled, currency, subtotal, discount, total, refunded, pieces, ship_name, ship_company, ship_line1, \
    ship_line2, ship_city, ship_region, ship_postcode, ship_country, ship_phone, ship_email, has_billing, email, note, \
    gift_message, method, ship_by, risk, tax_id, email_hash, ship_hash) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, \
    ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19, ?20, ?21, ?22, ?23, ?24, ?25, ?26, ?27, ?28, ?29, ?30, ?31, ?32, ?33, ?34, ?35, \
    ?36, ?37, ?38)";
const UPDATE_ORDER: &str = "UPDATE orders SET external_id = ?4, state = ?5, has_head = ?6, source = coalesce(?7, source), \
    placed_at = ?8, payment = ?9, cancelled = ?10, test = ?11, fulfilled = ?12, currency = ?13, subtotal = ?14, \
    discount = ?15, total = ?16, refunded = ?17, pieces = ?18, ship_name = ?19, ship_company = ?20, ship_line1 = ?21, \
    ship_line2 = ?22, ship_city = ?23, ship_region = ?24, ship_postcode = ?25, ship_country = ?26, ship_phone = ?27, \
    ship_email = ?28, has_billing = ?29, email = ?30, note = ?31, gift_message = ?32, method = ?33, ship_by = ?34, \
    risk = ?35, tax_id = ?36, email_hash = ?37, ship_hash = ?38 WHERE id = ?39 AND store = ?1 AND key = ?2 AND number = ?3";

/// Binds `?1` to `?38`. What is not bound is NULL: a cached statement comes back with its bindings cleared.
fn bind_order(statement: &mut rusqlite::CachedStatement, order: &Order, store: i64, source: Option<i64>) -> Result<()> {
    let none = Head::default();
    let head = order.head.as_ref().unwrap_or(&none);
    let payment = head.payment.as_ref().map(row::payment_text);
    let mut next = Binder { statement, at: 0 };
    next.some(store)?;
    next.some(order.id.key.as_str())?;
    next.some(order.number.as_str())?;
    next.bind(order.external_id.as_deref())?;
    next.some(order.state().as_str())?;
    next.some(order.head.is_some())?;
    next.bind(source)?;
    next.bind(head.placed_at.map(Timestamp::as_second))?;
    next.bind(payment.as_deref())?;
    next.bind(head.cancelled)?;
    next.bind(head.test)?;
    next.bind(head.fulfilled)?;
    next.bind(head.currency.as_ref().map(Currency::code))?;
    for money in [head.subtotal, head.discount, head.total, head.refunded] {
        next.bind(money.map(|m| m.minor))?;
    }
    next.bind(head.pieces)?;
    let ship_to = head.ship_to.as_ref();
    match ship_to.map(Address::fields) {
        Some(fields) => fields.into_iter().try_for_each(|(_, value)| next.some(value))?,
        None => next.at += Address::FIELDS.len(),
    }
    next.some(head.has_billing)?;
    for text in [&head.email, &head.note, &head.gift_message, &head.method] {
        next.bind(text.as_deref())?;
    }
    next.bind(head.ship_by.map(Timestamp::as_second))?;
    next.bind(head.risk.as_deref())?;
    next.bind(head.tax_id.as_deref())?;
    next.bind(row::email_hash(head.email.as_deref()))?;
    next.bind(row::ship_hash(ship_to))
}

/// Binds one parameter after the other.
struct Binder<'a, 'b> {
    statement: &'a mut rusqlite::CachedStatement<'b>,
    at: usize,
}

impl Binder<'_, '_> {
    fn some(&mut self, value: impl ToSql) -> Result<()> {
        self.at += 1;
        Ok(self.statement.raw_bind_parameter(self.at, value)?)
    }

    fn bind(&mut self, value: Option<impl ToSql>) -> Result<()> {
        match value {
            Some(value) => self.some(value),
            None => {
                self.at += 1;
                Ok(())
            }
        }
    }
}

fn insert_line(sql: &Connection, order: i64, line: &Line, source: i64) -> Result<()> {
    let said = &line.said;
    sql.prepare_cached(
        "INSERT INTO line (order_id, position, key, sku, title, variant, personalisation, ordered, removed, \
         shipped_elsewhere, unit_price, price_currency, requires_shipping, cancelled, first_source, last_source) \
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?15)",
    )?
    .execute(params![
        order,
        line.position,
        line.key.to_text(),
        said.sku,
        said.title,
        said.variant,
        said.personalisation,
        said.quantity,
        said.removed,
        said.shipped,
        said.unit_price.map(|p| p.ten_thousandths).or(said.bare_price),
        said.unit_price.as_ref().map(|p| p.currency.code()),
        said.requires_shipping,
        said.cancelled,
        source
    ])?;
    Ok(())
}

fn update_line(sql: &Connection, order: i64, was: &Line, line: &Line, source: i64) -> Result<()> {
    let said = &line.said;
    let first = (was.first_seen != line.first_seen).then_some(source);
    let last = (was.last_seen != line.last_seen).then_some(source);
    sql.prepare_cached(
        "UPDATE line SET sku = ?3, title = ?4, variant = ?5, personalisation = ?6, ordered = ?7, removed = ?8, \
         shipped_elsewhere = ?9, unit_price = ?10, price_currency = ?11, requires_shipping = ?12, cancelled = ?13, \
         first_source = coalesce(?14, first_source), last_source = coalesce(?15, last_source), key = ?2 \
         WHERE order_id = ?1 AND key = ?16",
    )?
    .execute(params![
        order,
        line.key.to_text(),
        said.sku,
        said.title,
        said.variant,
        said.personalisation,
        said.quantity,
        said.removed,
        said.shipped,
        said.unit_price.map(|p| p.ten_thousandths).or(said.bare_price),
        said.unit_price.as_ref().map(|p| p.currency.code()),
        said.requires_shipping,
        said.cancelled,
        first,
        last,
        was.key.to_text()
    ])?;
    Ok(())
}
