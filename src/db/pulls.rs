//! How far the API of each store has been read. The orders themselves are in `orders`.

use std::collections::BTreeMap;

use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension, params};

use super::{Db, ImportWriter, Result, row, sources};
use crate::core::ids::Slug;

impl Db {
    /// When the newest order that was applied was changed, by the store's clock; `None` for a store, or an account of it,
    /// that was never read.
    pub fn pulled_to(&self, store: &Slug, account: &str) -> Result<Option<Timestamp>> {
        let newest: Option<Option<String>> = self
            .sql
            .query_row(
                "SELECT p.newest FROM pull p JOIN store s ON s.id = p.store WHERE s.slug = ?1 AND p.account = ?2",
                params![store.as_str(), account],
                |r| r.get(0),
            )
            .optional()?;
        newest.flatten().map(|at| row::timestamp(&at)).transpose()
    }

    /// All that the store has was read: orders that it did not name are as they were.
    pub fn pull_complete(&mut self, store: &Slug, kind: &str, account: &str, now: Timestamp) -> Result<()> {
        let change = self.sql.transaction()?;
        let store = sources::store_row(&change, store, kind)?;
        begin(&change, store, account)?;
        change.execute("UPDATE pull SET complete_at = ?2 WHERE store = ?1", params![store, now.to_string()])?;
        change.commit()?;
        Ok(())
    }
}

impl ImportWriter<'_> {
    /// Pieces by position of the line that the store has from dsf, or may have.
    pub fn told_units(&self, order: i64) -> Result<BTreeMap<u32, u32>> {
        let mut query = self.sql.prepare_cached(
            "SELECT l.position, sum(l.units) FROM push t JOIN push_line l ON l.push = t.id \
             WHERE t.order_id = ?1 AND t.state IN ('sent', 'done', 'unknown') GROUP BY l.position",
        )?;
        let rows = query.query_map([order], |r| Ok((r.get(0)?, r.get(1)?)))?;
        Ok(rows.collect::<std::result::Result<_, _>>()?)
    }

    /// With the orders of a page: the next run begins here.
    pub fn pulled_to(&self, account: &str, newest: Timestamp) -> Result<()> {
        begin(&self.sql, self.store, account)?;
        self.sql.execute("UPDATE pull SET newest = ?2 WHERE store = ?1", params![self.store, newest.to_string()])?;
        Ok(())
    }
}

fn begin(sql: &Connection, store: i64, account: &str) -> Result<()> {
    sql.execute(
        "INSERT INTO pull (store, account) VALUES (?1, ?2) ON CONFLICT (store) DO UPDATE SET \
         account = ?2, newest = NULL, complete_at = NULL WHERE account <> ?2",
        params![store, account],
    )?;
    Ok(())
}
