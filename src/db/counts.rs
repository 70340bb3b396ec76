//! How many orders stand in each state: kept in step by whoever changes a state, so that nothing counts history.

use std::collections::HashMap;

use rusqlite::{Connection, params};

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
