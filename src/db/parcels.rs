//! Parcels: numbers with what is in them, many to many with purchase orders and lines. Nothing is deleted; a number that another
//! took the place of stays. What carriers say of them lies in `parcel_news`.

use jiff::Timestamp;
use rusqlite::{Connection, Row, params};

use super::{Cause, Db, DbError, Result, Step, counts, purchases, row, sources};
use crate::core::ids::{OrderId, PurchaseOrderId, Slug};
use crate::core::parcel::{Source, Status};
use crate::core::purchase::PurchaseState;

/// A parcel about to be recorded.
#[derive(Clone, Debug)]
pub struct NewParcel<'a> {
    pub supplier: &'a str,
    /// Normalised.
    pub number: &'a str,
    pub as_said: &'a str,
    /// Id in the table of carriers.
    pub carrier: Option<&'a str>,
    pub carrier_said: &'a str,
    pub source: Source,
    pub shipped_at: Option<Timestamp>,
    /// Purchase order (its row), position of the order line, units of that line.
    pub lines: Vec<(i64, u32, u32)>,
    /// The row of the parcel whose place this number takes.
    pub replaces: Option<i64>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeptParcel {
    pub row: i64,
    pub supplier: String,
    pub number: String,
    pub as_said: String,
    pub carrier: Option<String>,
    pub carrier_said: String,
    pub source: String,
    pub shipped_at: Option<Timestamp>,
    pub added_at: Timestamp,
    pub status: Status,
    pub status_at: Option<Timestamp>,
    pub first_scan: Option<Timestamp>,
    /// Number and carrier of the last mile.
    pub last_mile: Option<(String, String)>,
    pub goes_to: Option<String>,
    /// Verdict and fields (JSON) of the delivered proof.
    pub arrival: Option<(String, String)>,
    pub delivered: bool,
    pub asked_at: Option<Timestamp>,
    pub watched: bool,
    pub superseded_by: Option<i64>,
}

/// One line of one purchase order in a parcel.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Content {
    pub purchase_order: i64,
    pub id: PurchaseOrderId,
    pub order: i64,
    pub ship_to_hash: String,
    pub made_at: Timestamp,
    pub position: u32,
    pub sku: String,
    pub units: u32,
}

/// One line of a purchase order, and how much of it is in parcels.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Left {
    pub position: u32,
    pub sku: String,
    pub units: u32,
    pub in_parcels: u32,
}

impl Left {
    pub fn remaining(&self) -> u32 {
        self.units.saturating_sub(self.in_parcels)
    }
}

const COLUMNS: &str = "k.id, k.supplier, k.number, k.as_said, k.carrier, k.carrier_said, k.source, k.shipped_at, k.added_at, \
     k.status, k.status_at, k.first_scan, k.last_number, k.last_carrier, k.goes_to, k.arrival, k.arrival_fields, k.delivered, \
     k.asked_at, k.watched, k.superseded_by";

impl Db {
    /// Records a parcel; purchase orders and orders take the steps that follow, and each order gets the intent to tell its store.
    ///
    /// # Errors
    /// A purchase order that can have no parcel.
    pub fn add_parcel(&mut self, new: &NewParcel, cause: Cause) -> Result<i64> {
        let change = self.sql.savepoint()?;
        sources::log_run(&change, &format!("parcel {}", new.number), cause.now)?;
        change.execute(
            "INSERT INTO parcel (supplier, number, as_said, carrier, carrier_said, source, shipped_at, added_at, status) \
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, 'new')",
            params![
                new.supplier,
                new.number,
                new.as_said,
                new.carrier,
                new.carrier_said,
                new.source.as_str(),
                new.shipped_at.map(|at| at.to_string()),
                cause.now.as_second()
            ],
        )?;
        let parcel = change.last_insert_rowid();
        log(&change, parcel, "", "new", cause)?;
        if let Some(old) = new.replaces {
            replace(&change, old, parcel, cause)?;
        }
        put_lines(&change, parcel, &new.lines, cause)?;
        change.commit()?;
        Ok(parcel)
    }

    /// Adds what is in a parcel that is known already: combined orders of one customer, or a source that says more.
    ///
    /// # Errors
    /// As [`Db::add_parcel`].
    pub fn add_to_parcel(&mut self, parcel: i64, lines: &[(i64, u32, u32)], cause: Cause) -> Result<()> {
        let change = self.sql.savepoint()?;
        put_lines(&change, parcel, lines, cause)?;
        change.commit()?;
        Ok(())
    }

    /// Another carrier than was known; what a tracker was told is forgotten.
    pub fn set_carrier(&mut self, parcel: &KeptParcel, carrier: Option<&str>, said: &str, cause: Cause) -> Result<()> {
        let change = self.sql.savepoint()?;
        change.execute(
            "UPDATE parcel SET carrier = ?2, carrier_said = ?3 WHERE id = ?1",
            params![parcel.row, carrier, said],
        )?;
        change.execute("DELETE FROM registration WHERE parcel = ?1", [parcel.row])?;
        log(
            &change,
            parcel.row,
            parcel.carrier.as_deref().unwrap_or(&parcel.carrier_said),
            carrier.unwrap_or(said),
            cause,
        )?;
        change.commit()?;
        Ok(())
    }

    pub fn parcel(&self, row: i64) -> Result<Option<KeptParcel>> {
        Ok(self.parcels("WHERE k.id = ?1", &[&row])?.into_iter().next())
    }

    /// Every parcel with this number, of any supplier and any time.
    pub fn parcels_numbered(&self, number: &str) -> Result<Vec<KeptParcel>> {
        self.parcels("WHERE k.number = ?1", &[&number])
    }

    pub fn parcels_of(&self, order: i64) -> Result<Vec<KeptParcel>> {
        self.parcels(
            "WHERE k.id IN (SELECT l.parcel FROM parcel_line l JOIN purchase_order p ON p.id = l.purchase_order \
             WHERE p.order_id = ?1)",
            &[&order],
        )
    }

    /// Parcels whose end is not known.
    pub fn watched_parcels(&self) -> Result<Vec<KeptParcel>> {
        self.parcels("INDEXED BY parcel_watched WHERE k.watched = 1", &[])
    }

    /// Of these, those whose status somebody tells.
    pub fn asked_parcels(&self) -> Result<Vec<KeptParcel>> {
        self.parcels("INDEXED BY parcel_asked WHERE k.watched = 1 AND k.asked_at IS NOT NULL", &[])
    }

    /// How many parcels whose end is not known stand in each status.
    pub fn parcel_counts(&self) -> Result<Vec<(Status, u64)>> {
        let mut query = self.sql.prepare_cached(
            "SELECT status, count(*) FROM parcel INDEXED BY parcel_watched WHERE watched = 1 GROUP BY status ORDER BY status",
        )?;
        let mut rows = query.query([])?;
        let mut counts = vec![];
        while let Some(r) = rows.next()? {
            counts.push((Status::read(&r.get::<_, String>(0)?), r.get(1)?));
        }
        Ok(counts)
    }

    fn parcels(&self, filter: &str, values: &[&dyn rusqlite::ToSql]) -> Result<Vec<KeptParcel>> {
        let mut query = self.sql.prepare_cached(&format!("SELECT {COLUMNS} FROM parcel k {filter} ORDER BY k.id"))?;
        let mut rows = query.query(values)?;
        let mut found = vec![];
        while let Some(r) = rows.next()? {
            found.push(kept(r)?);
        }
        Ok(found)
    }

    pub fn contents(&self, parcel: i64) -> Result<Vec<Content>> {
        let mut query = self.sql.prepare_cached(
            "SELECT l.purchase_order, s.slug, o.key, p.counter, p.order_id, p.ship_to_hash, p.made_at, l.position, \
             coalesce((SELECT x.sku FROM purchase_line x WHERE x.purchase_order = p.id AND x.position = l.position), ''), \
             l.units FROM parcel_line l JOIN purchase_order p ON p.id = l.purchase_order JOIN orders o ON o.id = p.order_id \
             JOIN store s ON s.id = o.store WHERE l.parcel = ?1 ORDER BY l.purchase_order, l.position",
        )?;
        let mut rows = query.query([parcel])?;
        let mut found = vec![];
        while let Some(r) = rows.next()? {
            let made_at: String = r.get(6)?;
            let order = OrderId { store: slug(r.get(1)?)?, key: r.get(2)? };
            found.push(Content {
                purchase_order: r.get(0)?,
                id: PurchaseOrderId { order, counter: r.get(3)? },
                order: r.get(4)?,
                ship_to_hash: r.get(5)?,
                made_at: row::timestamp(&made_at)?,
                position: r.get(7)?,
                sku: r.get(8)?,
                units: r.get(9)?,
            });
        }
        Ok(found)
    }

    /// The lines of a purchase order, with what of them is in parcels.
    pub fn left_to_ship(&self, purchase_order: i64) -> Result<Vec<Left>> {
        left(&self.sql, purchase_order)
    }

    /// Position, listing, packs and units of each line of a purchase order.
    pub fn bought_lines(&self, purchase_order: i64) -> Result<Vec<(u32, String, u32, u32)>> {
        let mut query = self.sql.prepare_cached(
            "SELECT position, listing_id, packs, units FROM purchase_line WHERE purchase_order = ?1 ORDER BY position, listing_id",
        )?;
        let rows = query.query_map([purchase_order], |r| Ok((r.get(0)?, r.get(1)?, r.get(2)?, r.get(3)?)))?;
        Ok(rows.collect::<std::result::Result<_, _>>()?)
    }

    pub fn parcel_steps(&self, parcel: i64) -> Result<Vec<Step>> {
        let mut query = self
            .sql
            .prepare_cached("SELECT old, new, at, cause, actor FROM parcel_step WHERE parcel = ?1 ORDER BY id")?;
        let mut rows = query.query([parcel])?;
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
}

pub fn left(sql: &Connection, purchase_order: i64) -> Result<Vec<Left>> {
    let mut query = sql.prepare_cached(
        "SELECT l.position, min(l.sku), max(l.units), coalesce((SELECT sum(x.units) FROM parcel_line x \
         JOIN parcel k ON k.id = x.parcel WHERE x.purchase_order = ?1 AND x.position = l.position \
         AND k.superseded_by IS NULL), 0) FROM purchase_line l WHERE l.purchase_order = ?1 GROUP BY l.position",
    )?;
    let rows = query.query_map([purchase_order], |r| {
        Ok(Left { position: r.get(0)?, sku: r.get(1)?, units: r.get(2)?, in_parcels: r.get(3)? })
    })?;
    Ok(rows.collect::<std::result::Result<_, _>>()?)
}

/// The old number stays, counts nothing and is not watched; what was only planned to be told of it is not told.
fn replace(sql: &Connection, old: i64, new: i64, cause: Cause) -> Result<()> {
    let (status, number): (String, String) = sql.query_row(
        "SELECT status, (SELECT number FROM parcel WHERE id = ?2) FROM parcel WHERE id = ?1",
        [old, new],
        |r| Ok((r.get(0)?, r.get(1)?)),
    )?;
    sql.execute("UPDATE parcel SET superseded_by = ?2, watched = 0, delivered = 0 WHERE id = ?1", [old, new])?;
    log(sql, old, &status, &format!("replaced by {number}"), cause)?;
    super::pushes::withdraw(sql, old, "another number took its place", cause)
}

fn put_lines(sql: &Connection, parcel: i64, lines: &[(i64, u32, u32)], cause: Cause) -> Result<()> {
    for (purchase_order, position, units) in lines {
        sql.execute(
            "INSERT INTO parcel_line (parcel, purchase_order, position, units) VALUES (?1, ?2, ?3, ?4) \
             ON CONFLICT (parcel, purchase_order, position) DO UPDATE SET units = units + excluded.units",
            params![parcel, purchase_order, position, units],
        )?;
    }
    let mut orders: Vec<i64> = vec![];
    let mut purchase_orders: Vec<i64> = lines.iter().map(|l| l.0).collect();
    purchase_orders.sort_unstable();
    purchase_orders.dedup();
    for purchase_order in purchase_orders {
        advance(sql, purchase_order, cause)?;
        orders
            .push(sql.query_row("SELECT order_id FROM purchase_order WHERE id = ?1", [purchase_order], |r| r.get(0))?);
    }
    orders.sort_unstable();
    orders.dedup();
    for order in orders {
        super::pushes::intend(sql, parcel, order, cause)?;
    }
    Ok(())
}

/// The state of a purchase order after its parcels changed, each step logged; then the order that it is of.
pub fn advance(sql: &Connection, purchase_order: i64, cause: Cause) -> Result<()> {
    let (order, state): (i64, String) =
        sql.query_row("SELECT order_id, state FROM purchase_order WHERE id = ?1", [purchase_order], |r| {
            Ok((r.get(0)?, r.get(1)?))
        })?;
    let mut state: PurchaseState =
        state.parse().map_err(|value| DbError::Damaged { what: "purchase order state", value })?;
    if !state.may_ship() {
        return Err(DbError::Damaged { what: "purchase order with a parcel", value: state.to_string() });
    }
    let lines = left(sql, purchase_order)?;
    let shipped = !lines.is_empty() && lines.iter().all(|l| l.remaining() == 0);
    let on_its_way: bool = sql.query_row(
        "SELECT EXISTS (SELECT 1 FROM parcel_line x JOIN parcel k ON k.id = x.parcel WHERE x.purchase_order = ?1 \
         AND k.superseded_by IS NULL AND k.delivered = 0)",
        [purchase_order],
        |r| r.get(0),
    )?;
    if shipped && let Ok(next) = state.shipped() {
        state = take(sql, purchase_order, state, next, cause)?;
    }
    if shipped
        && !on_its_way
        && let Ok(next) = state.delivered()
    {
        take(sql, purchase_order, state, next, cause)?;
    } else if on_its_way && let Ok(next) = state.taken_back() {
        take(sql, purchase_order, state, next, cause)?;
    }
    counts::recount(sql, order)
}

fn take(sql: &Connection, row: i64, from: PurchaseState, to: PurchaseState, cause: Cause) -> Result<PurchaseState> {
    sql.execute("UPDATE purchase_order SET state = ?2 WHERE id = ?1", params![row, to.as_str()])?;
    purchases::log(sql, row, from, to, cause)?;
    Ok(to)
}

pub fn log(sql: &Connection, parcel: i64, old: &str, new: &str, cause: Cause) -> Result<()> {
    sql.execute(
        "INSERT INTO parcel_step (parcel, old, new, at, cause, actor) VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
        params![parcel, old, new, cause.now.to_string(), cause.why, cause.actor],
    )?;
    Ok(())
}

pub fn seconds(value: i64) -> Result<Timestamp> {
    Timestamp::from_second(value).map_err(|_| DbError::Damaged { what: "time", value: value.to_string() })
}

pub fn slug(text: String) -> Result<Slug> {
    text.parse().map_err(|_| DbError::Damaged { what: "store name", value: text })
}

fn kept(r: &Row) -> Result<KeptParcel> {
    let time = |value: Option<i64>| value.map(seconds).transpose();
    let shipped_at: Option<String> = r.get(7)?;
    let last_number: Option<String> = r.get(12)?;
    let last_carrier: Option<String> = r.get(13)?;
    let arrival: Option<String> = r.get(15)?;
    let fields: Option<String> = r.get(16)?;
    Ok(KeptParcel {
        row: r.get(0)?,
        supplier: r.get(1)?,
        number: r.get(2)?,
        as_said: r.get(3)?,
        carrier: r.get(4)?,
        carrier_said: r.get(5)?,
        source: r.get(6)?,
        shipped_at: shipped_at.map(|at| row::timestamp(&at)).transpose()?,
        added_at: seconds(r.get(8)?)?,
        status: Status::read(&r.get::<_, String>(9)?),
        status_at: time(r.get(10)?)?,
        first_scan: time(r.get(11)?)?,
        last_mile: last_number.map(|number| (number, last_carrier.unwrap_or_default())),
        goes_to: r.get(14)?,
        arrival: arrival.map(|verdict| (verdict, fields.unwrap_or_default())),
        delivered: r.get(17)?,
        asked_at: time(r.get(18)?)?,
        watched: r.get(19)?,
        superseded_by: r.get(20)?,
    })
}
