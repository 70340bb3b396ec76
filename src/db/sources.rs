//! Files and API pulls that orders came from, and the stores they belong to.

use std::collections::HashMap;

use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension, params};

use super::{Db, Result, row};
use crate::core::ids::Slug;
use crate::core::order::AsOf;

/// The format of a source that is a store's API.
pub const API: &str = "api";

/// A source about to be read.
#[derive(Clone, Debug)]
pub struct NewSource {
    pub store: Slug,
    pub kind: &'static str,
    pub name: String,
    pub format: String,
    pub sha256: String,
    pub as_of: AsOf,
}

/// What a source brought, once it is applied.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SourceRecord {
    pub imported_at: Timestamp,
    pub rows: u64,
    pub orders: u64,
    pub lines: u64,
}

impl Db {
    /// The same bytes, read the same way into the same store with the same modification time, applied without a rejection.
    pub fn source_applied(&self, source: &NewSource) -> Result<Option<SourceRecord>> {
        let found = self
            .sql
            .query_row(
                "SELECT f.imported_at, f.rows, f.orders, f.lines FROM source f JOIN store s ON s.id = f.store \
                 WHERE f.sha256 = ?1 AND s.slug = ?2 AND f.modified = ?3 AND f.rejected = 0",
                params![source.sha256, source.store.as_str(), nanoseconds(source.as_of.modified)],
                |r| Ok((r.get::<_, String>(0)?, r.get(1)?, r.get(2)?, r.get(3)?)),
            )
            .optional()?;
        found
            .map(|(at, rows, orders, lines)| {
                Ok(SourceRecord { imported_at: row::timestamp(&at)?, rows, orders, lines })
            })
            .transpose()
    }

    /// Slugs that have orders, with their kinds.
    pub fn stores(&self) -> Result<Vec<(String, String)>> {
        let mut query = self.sql.prepare_cached(
            "SELECT slug, kind FROM store s WHERE EXISTS (SELECT 1 FROM orders o WHERE o.store = s.id) ORDER BY slug",
        )?;
        let rows = query.query_map([], |r| Ok((r.get(0)?, r.get(1)?)))?;
        Ok(rows.collect::<std::result::Result<_, _>>()?)
    }

    /// Gives a store another slug, which no store with orders may have; every order id changes with it.
    ///
    /// Returns false when no store has the old one.
    pub fn rename_store(&mut self, from: &Slug, to: &Slug, now: Timestamp) -> Result<bool> {
        let change = self.sql.transaction()?;
        log_run(&change, &format!("store rename {from} {to}"), now)?;
        // Files without orders may have brought the new name already.
        change.execute(
            "UPDATE source SET store = (SELECT id FROM store WHERE slug = ?1) WHERE store = (SELECT id FROM store WHERE slug = ?2)",
            params![from.as_str(), to.as_str()],
        )?;
        change.execute("DELETE FROM pull WHERE store = (SELECT id FROM store WHERE slug = ?1)", [to.as_str()])?;
        change.execute("DELETE FROM store WHERE slug = ?1", [to.as_str()])?;
        let renamed =
            change.execute("UPDATE store SET slug = ?2 WHERE slug = ?1", params![from.as_str(), to.as_str()])?;
        if renamed == 1 {
            // Rules for this store go with it, but for SKUs that have rules under the new name already.
            change.execute(
                "UPDATE match_rule SET store = ?2 WHERE store = ?1 \
                 AND sku NOT IN (SELECT sku FROM match_rule WHERE store = ?2)",
                params![from.as_str(), to.as_str()],
            )?;
            change.execute(
                "UPDATE standing_hold SET hint = replace(hint, ?1, ?2) WHERE order_id IN \
                 (SELECT o.id FROM orders o JOIN store s ON s.id = o.store WHERE s.slug = ?3)",
                params![format!(" {from}/"), format!(" {to}/"), to.as_str()],
            )?;
        }
        change.commit()?;
        Ok(renamed == 1)
    }
}

pub fn log_run(sql: &Connection, command: &str, now: Timestamp) -> Result<i64> {
    // The pages of one pull are one run.
    let same = sql
        .prepare_cached("SELECT id FROM run WHERE id = (SELECT max(id) FROM run) AND command = ?1 AND at = ?2")?
        .query_row(params![command, now.to_string()], |r| r.get(0))
        .optional()?;
    if let Some(run) = same {
        return Ok(run);
    }
    sql.prepare_cached("INSERT INTO run (command, at) VALUES (?1, ?2)")?.execute(params![command, now.to_string()])?;
    Ok(sql.last_insert_rowid())
}

pub fn store_row(sql: &Connection, slug: &Slug, kind: &str) -> Result<i64> {
    sql.prepare_cached("INSERT INTO store (slug, kind) VALUES (?1, ?2) ON CONFLICT (slug) DO NOTHING")?
        .execute(params![slug.as_str(), kind])?;
    Ok(sql.query_row("SELECT id FROM store WHERE slug = ?1", [slug.as_str()], |r| r.get(0))?)
}

pub fn insert(sql: &Connection, source: &NewSource, store: i64, run: i64, now: Timestamp) -> Result<i64> {
    sql.execute(
        "INSERT INTO source (run, store, name, format, sha256, newest, modified, imported_at, rows, orders, lines, rejected) \
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, 0, 0, 0, 0)",
        params![
            run,
            store,
            source.name,
            source.format,
            source.sha256,
            source.as_of.newest.map(Timestamp::as_second),
            nanoseconds(source.as_of.modified),
            now.to_string()
        ],
    )?;
    Ok(sql.last_insert_rowid())
}

fn nanoseconds(at: Timestamp) -> i64 {
    i64::try_from(at.as_nanosecond()).unwrap_or(i64::MAX)
}

/// Freshness of sources, each looked up once.
#[derive(Default)]
pub struct Freshness {
    known: HashMap<i64, AsOf>,
}

impl Freshness {
    pub fn of(&mut self, sql: &Connection, source: i64) -> Result<AsOf> {
        if let Some(as_of) = self.known.get(&source) {
            return Ok(*as_of);
        }
        let (newest, modified) = sql
            .prepare_cached("SELECT newest, modified FROM source WHERE id = ?1")?
            .query_row([source], |r| Ok((r.get(0)?, r.get(1)?)))?;
        let as_of = row::as_of(newest, modified)?;
        self.known.insert(source, as_of);
        Ok(as_of)
    }
}
