//! What people decided: holds put, holds released, addresses set. Append-only, each with its reason.

use std::collections::HashSet;

use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension, params};

use super::{Db, DbError, Result, counts, row, sources};
use crate::core::change::Change;
use crate::core::hold::Hold;
use crate::core::ids::OrderId;
use crate::core::order::Order;

/// One decision as `show` tells it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Decision {
    pub what: String,
    pub code: String,
    pub reason: String,
    pub message: String,
    pub at: Timestamp,
    pub actor: String,
}

/// One change as `show` tells it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Past {
    pub change: Change,
    pub at: Timestamp,
    /// Name of the file or API, or the person's command.
    pub from: String,
}

/// What a person says about a hold.
pub struct Word<'a> {
    pub what: &'a str,
    pub hold: &'a Hold,
    pub reason: &'a str,
    pub actor: &'a str,
    pub now: Timestamp,
}

impl Db {
    /// Puts a hold that stays until it is released. False when it stood already.
    pub fn put_on_hold(&mut self, order: i64, word: &Word) -> Result<bool> {
        let change = self.sql.transaction()?;
        sources::log_run(&change, &format!("hold {}", word.hold.order), word.now)?;
        let put = put_hold(&change, order, word.hold, word.now)?;
        log(&change, order, word)?;
        change.commit()?;
        Ok(put)
    }

    /// Leaves a hold on an order that dsf itself found. False when it stood already, or was released before.
    pub fn leave_hold(&mut self, id: &OrderId, hold: &Hold, now: Timestamp) -> Result<bool> {
        let change = self.sql.transaction()?;
        let order: i64 = change.query_row(
            "SELECT o.id FROM orders o JOIN store s ON s.id = o.store WHERE s.slug = ?1 AND o.key = ?2",
            params![id.store.as_str(), id.key],
            |r| r.get(0),
        )?;
        let put = put_hold(&change, order, hold, now)?;
        change.commit()?;
        Ok(put)
    }

    /// Takes a hold away whose reason is gone.
    pub fn lift_hold(&mut self, id: &OrderId, hold: &Hold) -> Result<bool> {
        let lifted = self.sql.execute(
            "DELETE FROM standing_hold WHERE code = ?3 AND evidence = ?4 AND order_id = \
             (SELECT o.id FROM orders o JOIN store s ON s.id = o.store WHERE s.slug = ?1 AND o.key = ?2)",
            params![id.store.as_str(), id.key, hold.code.as_str(), hold.evidence],
        )?;
        Ok(lifted > 0)
    }

    /// Releases holds: standing ones are taken away, and the decision is remembered for what a plan would find again.
    pub fn release(&mut self, order: i64, words: &[Word]) -> Result<()> {
        let change = self.sql.transaction()?;
        for word in words {
            sources::log_run(&change, &format!("release {}", word.hold.order), word.now)?;
            remove_hold(&change, order, word.hold)?;
            log(&change, order, word)?;
        }
        change.commit()?;
        Ok(())
    }

    /// Leaves a hold that stays until a person decides; false when it stood already, or was decided before.
    pub fn put_standing(&mut self, order: i64, hold: &Hold, now: Timestamp) -> Result<bool> {
        put_hold(&self.sql, order, hold, now)
    }

    /// What the hold rests on is no longer so.
    pub fn settle_hold(&mut self, order: i64, hold: &Hold) -> Result<()> {
        remove_hold(&self.sql, order, hold)
    }

    pub fn standing_holds(&self, order: i64, id: &OrderId) -> Result<Vec<Hold>> {
        standing_holds(&self.sql, order, id)
    }

    /// Keys of the holds that were released for this order.
    pub fn add_released(&self, order: i64, keys: &mut HashSet<String>) -> Result<()> {
        let mut query =
            self.sql.prepare_cached("SELECT release_key FROM decision WHERE order_id = ?1 AND what = 'release'")?;
        let mut rows = query.query([order])?;
        while let Some(found) = rows.next()? {
            keys.insert(found.get(0)?);
        }
        Ok(())
    }

    pub fn decisions(&self, order: i64) -> Result<Vec<Decision>> {
        let mut query = self.sql.prepare_cached(
            "SELECT what, code, reason, message, at, actor FROM decision WHERE order_id = ?1 ORDER BY id",
        )?;
        let mut rows = query.query([order])?;
        let mut found = vec![];
        while let Some(r) = rows.next()? {
            let at: String = r.get(4)?;
            found.push(Decision {
                what: r.get(0)?,
                code: r.get(1)?,
                reason: r.get(2)?,
                message: r.get(3)?,
                at: row::timestamp(&at)?,
                actor: r.get(5)?,
            });
        }
        Ok(found)
    }

    pub fn past(&self, order: i64) -> Result<Vec<Past>> {
        let mut query = self.sql.prepare_cached(
            "SELECT h.field, h.old, h.new, h.at, coalesce(f.name, h.cause) FROM history h LEFT JOIN source f ON f.id = h.source \
             WHERE h.order_id = ?1 ORDER BY h.id",
        )?;
        let mut rows = query.query([order])?;
        let mut found = vec![];
        while let Some(r) = rows.next()? {
            let at: String = r.get(3)?;
            let change = Change { field: r.get(0)?, from: r.get(1)?, to: r.get(2)? };
            found.push(Past { change, at: row::timestamp(&at)?, from: r.get(4)? });
        }
        Ok(found)
    }

    /// Sets the ship-to that a person wrote, with history and reason; the state follows.
    pub fn set_ship_to(
        &mut self,
        order: i64,
        before: &Order,
        after: &Order,
        changes: &[Change],
        word: &Word,
    ) -> Result<()> {
        let change = self.sql.transaction()?;
        sources::log_run(&change, &format!("address set {}", word.hold.order), word.now)?;
        let address = after.head.as_ref().and_then(|h| h.ship_to.clone()).unwrap_or_default();
        let f = address.fields().map(|(_, value)| value);
        change.execute(
            "UPDATE orders SET ship_name = ?2, ship_company = ?3, ship_line1 = ?4, ship_line2 = ?5, ship_city = ?6, \
             ship_region = ?7, ship_postcode = ?8, ship_country = ?9, ship_phone = ?10, ship_email = ?11, ship_hash = ?12, \
             state = ?13 WHERE id = ?1",
            params![
                order, f[0], f[1], f[2], f[3], f[4], f[5], f[6], f[7], f[8], f[9],
                row::ship_hash(Some(&address)), after.state().as_str()
            ],
        )?;
        for past in changes {
            change.execute(
                "INSERT INTO history (order_id, field, old, new, at, cause) VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
                params![
                    order,
                    past.field,
                    past.from,
                    past.to,
                    word.now.to_string(),
                    format!("address set: {}", word.reason)
                ],
            )?;
        }
        log(&change, order, word)?;
        let store: i64 = change.query_row("SELECT store FROM orders WHERE id = ?1", [order], |r| r.get(0))?;
        if before.state() != after.state() {
            counts::add(&change, store, before.state(), -1)?;
            counts::add(&change, store, after.state(), 1)?;
        }
        change.commit()?;
        Ok(())
    }
}

pub fn standing_holds(sql: &Connection, order: i64, id: &OrderId) -> Result<Vec<Hold>> {
    let mut query = sql.prepare_cached(
        "SELECT code, message, hint, evidence FROM standing_hold WHERE order_id = ?1 ORDER BY at, code",
    )?;
    let mut rows = query.query([order])?;
    let mut holds = vec![];
    while let Some(found) = rows.next()? {
        let code: String = found.get(0)?;
        let code = code.parse().map_err(|value| DbError::Damaged { what: "hold code", value })?;
        let evidence: String = found.get(3)?;
        holds.push(Hold::new(id, code, found.get::<_, String>(1)?, found.get::<_, String>(2)?).resting_on(evidence));
    }
    Ok(holds)
}

pub fn remove_hold(sql: &Connection, order: i64, hold: &Hold) -> Result<()> {
    sql.execute(
        "DELETE FROM standing_hold WHERE order_id = ?1 AND code = ?2 AND evidence = ?3",
        params![order, hold.code.as_str(), hold.evidence],
    )?;
    Ok(())
}

/// False when it stood already.
pub fn put_hold(sql: &Connection, order: i64, hold: &Hold, now: Timestamp) -> Result<bool> {
    let released = sql
        .prepare_cached("SELECT 1 FROM decision WHERE order_id = ?1 AND release_key = ?2 AND what = 'release'")?
        .query_row(params![order, hold.release_key()], |_| Ok(()))
        .optional()?;
    if released.is_some() && hold.code != crate::core::hold::HoldCode::Manual {
        return Ok(false);
    }
    let put = sql
        .prepare_cached(
            "INSERT INTO standing_hold (order_id, code, message, hint, evidence, at) VALUES (?1, ?2, ?3, ?4, ?5, ?6) \
             ON CONFLICT DO NOTHING",
        )?
        .execute(params![order, hold.code.as_str(), hold.message, hold.hint, hold.evidence, now.to_string()])?;
    Ok(put == 1)
}

fn log(sql: &Connection, order: i64, word: &Word) -> Result<()> {
    sql.prepare_cached(
        "INSERT INTO decision (order_id, what, code, release_key, reason, message, at, actor) \
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
    )?
    .execute(params![
        order,
        word.what,
        word.hold.code.as_str(),
        word.hold.release_key(),
        word.reason,
        word.hold.message,
        word.now.to_string(),
        word.actor
    ])?;
    Ok(())
}
