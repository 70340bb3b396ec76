//! What stores are told of parcels: intent first, outcome after, every step logged, nothing deleted.

use jiff::Timestamp;
use rusqlite::{Connection, Row, params};

use super::parcels::{seconds, slug};
use super::{Cause, Db, DbError, Result, counts, row};
use crate::core::ids::OrderId;
use crate::core::push_state::PushState;

/// One parcel for one order of a store.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeptPush {
    pub row: i64,
    pub parcel: i64,
    pub order: i64,
    pub order_id: OrderId,
    /// `api`, the name of an upload file's template, or empty while nobody has looked.
    pub channel: String,
    pub state: PushState,
    /// Why it is not done: a word for scripts, and words for people.
    pub code: String,
    pub why: String,
    /// JSON, as it was sent.
    pub frozen: String,
    /// The store's own key of the parcel, or the path of the upload file.
    pub store_id: String,
    pub sent_at: Option<Timestamp>,
    pub planned_at: Timestamp,
}

/// One step of a push, with what it leaves.
#[derive(Clone, Copy, Debug, Default)]
pub struct PushStep<'a> {
    pub code: &'a str,
    pub why: &'a str,
    /// `None` keeps what stands there.
    pub channel: Option<&'a str>,
    pub frozen: Option<&'a str>,
    pub store_id: Option<&'a str>,
    /// Position of the order line and units that are told with it; `None` keeps them.
    pub lines: Option<&'a [(u32, u32)]>,
}

const COLUMNS: &str = "t.id, t.parcel, t.order_id, s.slug, o.key, t.channel, t.state, t.code, t.why, t.frozen, t.store_id, \
     t.sent_at, t.planned_at FROM push t JOIN orders o ON o.id = t.order_id JOIN store s ON s.id = o.store";

impl Db {
    /// Everything that is not done, the longest waiting first.
    pub fn open_pushes(&self) -> Result<Vec<KeptPush>> {
        self.pushes("WHERE t.state <> 'done'", &[])
    }

    /// Of these, those that do not go by themselves.
    pub fn stuck_pushes(&self) -> Result<Vec<KeptPush>> {
        self.pushes("WHERE t.state <> 'done' AND t.code <> ''", &[])
    }

    pub fn pushes_of(&self, order: i64) -> Result<Vec<KeptPush>> {
        self.pushes("WHERE t.order_id = ?1", &[&order])
    }

    pub fn pushes_of_parcel(&self, parcel: i64) -> Result<Vec<KeptPush>> {
        self.pushes("WHERE t.parcel = ?1", &[&parcel])
    }

    fn pushes(&self, filter: &str, values: &[&dyn rusqlite::ToSql]) -> Result<Vec<KeptPush>> {
        let mut query = self.sql.prepare_cached(&format!("SELECT {COLUMNS} {filter} ORDER BY t.id"))?;
        let mut rows = query.query(values)?;
        let mut found = vec![];
        while let Some(r) = rows.next()? {
            found.push(kept(r)?);
        }
        Ok(found)
    }

    /// Position of the order line, and units.
    pub fn push_lines(&self, push: i64) -> Result<Vec<(u32, u32)>> {
        let mut query = self.sql.prepare_cached("SELECT position, units FROM push_line WHERE push = ?1")?;
        let rows = query.query_map([push], |r| Ok((r.get(0)?, r.get(1)?)))?;
        Ok(rows.collect::<std::result::Result<_, _>>()?)
    }

    /// Units of each line of an order that are given to other pushes than this one: told, being told, or planned before it.
    pub fn units_given(&self, order: i64, push: i64) -> Result<Vec<(u32, u32)>> {
        let mut query = self.sql.prepare_cached(
            "SELECT l.position, sum(l.units) FROM push t JOIN push_line l ON l.push = t.id \
             WHERE t.order_id = ?1 AND t.id <> ?2 AND (t.state IN ('sent', 'done', 'unknown') OR t.id < ?2) GROUP BY l.position",
        )?;
        let rows = query.query_map([order, push], |r| Ok((r.get(0)?, r.get(1)?)))?;
        Ok(rows.collect::<std::result::Result<_, _>>()?)
    }

    /// Takes one step, or says anew why the push stands where it does.
    pub fn step_push(&mut self, push: &KeptPush, to: PushState, step: &PushStep, cause: Cause) -> Result<()> {
        let change = self.sql.savepoint()?;
        step_push(&change, push, to, step, cause)?;
        change.commit()?;
        Ok(())
    }

    /// Pushes that were being sent when the run was cut off: whether they left is unknown from now on.
    pub fn recover_pushes(&mut self, cause: Cause) -> Result<u64> {
        let cut_off = self.pushes("WHERE t.state = 'sent' AND t.channel = 'api'", &[])?;
        let step = PushStep { code: "CUT_OFF", why: "the run that told the store was cut off", ..PushStep::default() };
        for push in &cut_off {
            self.step_push(push, PushState::Unknown, &step, cause)?;
        }
        Ok(cut_off.len() as u64)
    }
}

/// The intent to tell a store; one that is not done covers what is added.
pub fn intend(sql: &Connection, parcel: i64, order: i64, cause: Cause) -> Result<()> {
    let now = cause.now.to_string();
    let put = sql.execute(
        "INSERT INTO push (parcel, order_id, channel, state, planned_at, changed_at) SELECT ?1, ?2, '', 'planned', ?3, ?3 \
         WHERE NOT EXISTS (SELECT 1 FROM push WHERE parcel = ?1 AND order_id = ?2 AND state <> 'done')",
        params![parcel, order, now],
    )?;
    if put == 1 {
        log(sql, sql.last_insert_rowid(), "", "planned", cause.now, cause.why)?;
    }
    Ok(())
}

/// What was only planned for this parcel is not told.
pub fn withdraw(sql: &Connection, parcel: i64, why: &str, cause: Cause) -> Result<()> {
    let mut query =
        sql.prepare_cached("SELECT id, order_id FROM push WHERE parcel = ?1 AND state IN ('planned', 'refused')")?;
    let planned: Vec<(i64, i64)> =
        query.query_map([parcel], |r| Ok((r.get(0)?, r.get(1)?)))?.collect::<std::result::Result<_, _>>()?;
    for (push, order) in planned {
        sql.execute("DELETE FROM push_line WHERE push = ?1", [push])?;
        sql.execute(
            "UPDATE push SET state = 'done', code = '', why = ?2, changed_at = ?3 WHERE id = ?1",
            params![push, why, cause.now.to_string()],
        )?;
        log(sql, push, "planned", "done", cause.now, why)?;
        counts::recount(sql, order)?;
    }
    Ok(())
}

pub fn step_push(sql: &Connection, push: &KeptPush, to: PushState, step: &PushStep, cause: Cause) -> Result<()> {
    // The state that the caller decided on must still be the one in the file.
    let changed = sql.execute(
        "UPDATE push SET state = ?3, code = ?4, why = ?5, channel = coalesce(?6, channel), frozen = coalesce(?7, frozen), \
         store_id = coalesce(?8, store_id), changed_at = ?9, sent_at = CASE WHEN ?3 = 'sent' THEN ?10 ELSE sent_at END \
         WHERE id = ?1 AND state = ?2",
        params![
            push.row,
            push.state.as_str(),
            to.as_str(),
            step.code,
            step.why,
            step.channel,
            step.frozen,
            step.store_id,
            cause.now.to_string(),
            cause.now.as_second()
        ],
    )?;
    if changed != 1 {
        return Err(DbError::Damaged { what: "push state", value: format!("not {} any more", push.state) });
    }
    if let Some(lines) = step.lines {
        sql.execute("DELETE FROM push_line WHERE push = ?1", [push.row])?;
        for (position, units) in lines {
            sql.execute(
                "INSERT INTO push_line (push, position, units) VALUES (?1, ?2, ?3)",
                params![push.row, position, units],
            )?;
        }
    }
    if push.state != to || push.why != step.why {
        log(sql, push.row, push.state.as_str(), to.as_str(), cause.now, step.why)?;
    }
    counts::recount(sql, push.order)
}

fn log(sql: &Connection, push: i64, old: &str, new: &str, now: Timestamp, cause: &str) -> Result<()> {
    sql.execute(
        "INSERT INTO push_step (push, old, new, at, cause) VALUES (?1, ?2, ?3, ?4, ?5)",
        params![push, old, new, now.to_string(), cause],
    )?;
    Ok(())
}

fn kept(r: &Row) -> Result<KeptPush> {
    let state: String = r.get(6)?;
    let sent_at: Option<i64> = r.get(11)?;
    Ok(KeptPush {
        row: r.get(0)?,
        parcel: r.get(1)?,
        order: r.get(2)?,
        order_id: OrderId { store: slug(r.get(3)?)?, key: r.get(4)? },
        channel: r.get(5)?,
        state: state.parse().map_err(|value| DbError::Damaged { what: "push state", value })?,
        code: r.get(7)?,
        why: r.get(8)?,
        frozen: r.get(9)?,
        store_id: r.get(10)?,
        sent_at: sent_at.map(seconds).transpose()?,
        planned_at: row::timestamp(&r.get::<_, String>(12)?)?,
    })
}
