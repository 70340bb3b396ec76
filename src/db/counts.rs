//! How many orders stand in each state: kept in step by whoever changes a state, so that nothing counts history.

use std::collections::HashMap;

use rusqlite::{Connection, params};

use super::orders::load_lines;
use super::row::{self, ORDER_COLUMNS, ORDER_FROM};
use super::sources::Freshness;
use super::{Db, DbError, Result};
use crate::core::order::State;

/// Keeps `order_count` in step with `orders`.
pub fn add(sql: &Connection, store: i64, state: State, gained: i64) -> Result<()> {
    sql.prepare_cached(
        "INSERT INTO order_count (store, state, n) VALUES (?1, ?2, ?3) \
         ON CONFLICT (store, state) DO UPDATE SET n = n + excluded.n",
    )?
    .execute(params![store, state.as_str(), gained])?;
    Ok(())
}

/// Works the state of an order out anew, after something that it follows from has changed.
pub fn follow(sql: &Connection, order: i64) -> Result<()> {
    let mut query = sql.prepare_cached(&format!("SELECT {ORDER_COLUMNS} {ORDER_FROM} WHERE o.id = ?1"))?;
    let mut rows = query.query([order])?;
    let first = rows.next()?.ok_or(rusqlite::Error::QueryReturnedNoRows)?;
    let (_, _, mut now) = row::order(first)?;
    now.lines = load_lines(sql, order, &mut Freshness::default())?;
    let (store, was): (i64, String) =
        sql.query_row("SELECT store, state FROM orders WHERE id = ?1", [order], |r| Ok((r.get(0)?, r.get(1)?)))?;
    let was: State = was.parse().map_err(|value| DbError::Damaged { what: "order state", value })?;
    let is = now.state();
    if was != is {
        sql.execute("UPDATE orders SET state = ?2 WHERE id = ?1", params![order, is.as_str()])?;
        add(sql, store, was, -1)?;
        add(sql, store, is, 1)?;
    }
    Ok(())
}

/// What of each line is bought, in parcels, delivered and told, and the state that follows. Parts of one batch are bought together:
/// the most of any counts.
pub fn recount(sql: &Connection, order: i64) -> Result<()> {
    sql.execute(
        "UPDATE line SET bought = coalesce((SELECT sum(most) FROM (SELECT max(l.units) AS most FROM purchase_line l \
         JOIN purchase_order p ON p.id = l.purchase_order WHERE p.order_id = ?1 AND l.position = line.position \
         AND p.state NOT IN ('refused', 'cancelled') GROUP BY p.batch)), 0) WHERE order_id = ?1",
        [order],
    )?;
    for (column, counts) in [("shipped", "k.superseded_by IS NULL"), ("delivered", "k.delivered = 1")] {
        // A part that has not come keeps the whole unit open: the least of the parts of a batch counts.
        sql.execute(
            &format!(
                "UPDATE line SET {column} = coalesce((SELECT sum(least) FROM (SELECT min((SELECT coalesce(sum(x.units), 0) \
                 FROM parcel_line x JOIN parcel k ON k.id = x.parcel WHERE x.purchase_order = p.id \
                 AND x.position = line.position AND {counts})) AS least FROM purchase_order p WHERE p.order_id = ?1 \
                 AND p.state NOT IN ('refused', 'cancelled') AND EXISTS (SELECT 1 FROM purchase_line l \
                 WHERE l.purchase_order = p.id AND l.position = line.position) GROUP BY p.batch)), 0) WHERE order_id = ?1"
            ),
            [order],
        )?;
    }
    sql.execute(
        "UPDATE line SET told = coalesce((SELECT sum(l.units) FROM push t JOIN push_line l ON l.push = t.id \
         WHERE t.order_id = ?1 AND l.position = line.position AND t.state IN ('sent', 'done', 'unknown')), 0) \
         WHERE order_id = ?1",
        [order],
    )?;
    follow(sql, order)
}

impl Db {
    /// Orders in each state, of all stores together.
    pub fn counts(&self) -> Result<Vec<(State, u64)>> {
        let mut query = self.sql.prepare_cached("SELECT state, sum(n) FROM order_count GROUP BY state")?;
        let mut rows = query.query([])?;
        let mut counts: HashMap<State, u64> = HashMap::new();
        while let Some(r) = rows.next()? {
            let state: String = r.get(0)?;
            let state = state.parse().map_err(|value| DbError::Damaged { what: "order state", value })?;
            counts.insert(state, r.get(1)?);
        }
        Ok(State::ALL.into_iter().map(|s| (s, counts.get(&s).copied().unwrap_or(0))).collect())
    }
}
