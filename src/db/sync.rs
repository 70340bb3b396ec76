//! When each source was last asked, when that last worked, and which numbers a tracker knows.

use jiff::Timestamp;
use rusqlite::{OptionalExtension, params};

use super::{Db, Result, row};

/// How a source did when it was last asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Synced {
    /// `supplier.cj`, `tracker.main`, `store.us`, `upload.us`.
    pub what: String,
    pub tried: Timestamp,
    pub worked: Option<Timestamp>,
    /// Empty: the last time worked.
    pub error: String,
}

/// A number as a tracker knows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Registration {
    pub registered: bool,
    /// The tracker's own key of the carrier.
    pub carrier: String,
    pub why: String,
}

impl Db {
    /// An empty error is a success.
    pub fn note_sync(&mut self, what: &str, error: &str, now: Timestamp) -> Result<()> {
        let worked = error.is_empty().then(|| now.to_string());
        self.sql.execute(
            "INSERT INTO sync (what, tried, worked, error) VALUES (?1, ?2, ?3, ?4) ON CONFLICT (what) DO UPDATE SET \
             tried = excluded.tried, worked = coalesce(excluded.worked, worked), error = excluded.error",
            params![what, now.to_string(), worked, error],
        )?;
        Ok(())
    }

    pub fn synced(&self) -> Result<Vec<Synced>> {
        let mut query = self.sql.prepare_cached("SELECT what, tried, worked, error FROM sync ORDER BY what")?;
        let mut rows = query.query([])?;
        let mut found = vec![];
        while let Some(r) = rows.next()? {
            let (tried, worked): (String, Option<String>) = (r.get(1)?, r.get(2)?);
            let worked = worked.map(|at| row::timestamp(&at)).transpose()?;
            found.push(Synced { what: r.get(0)?, tried: row::timestamp(&tried)?, worked, error: r.get(3)? });
        }
        Ok(found)
    }

    pub fn registration(&self, tracker: &str, parcel: i64) -> Result<Option<Registration>> {
        Ok(self
            .sql
            .prepare_cached("SELECT state, carrier, why FROM registration WHERE tracker = ?1 AND parcel = ?2")?
            .query_row(params![tracker, parcel], |r| {
                let state: String = r.get(0)?;
                Ok(Registration { registered: state == "registered", carrier: r.get(1)?, why: r.get(2)? })
            })
            .optional()?)
    }

    pub fn register(&mut self, tracker: &str, parcel: i64, as_known: &Registration, now: Timestamp) -> Result<()> {
        self.sql
            .prepare_cached(
                "INSERT INTO registration (tracker, parcel, state, carrier, why, at) VALUES (?1, ?2, ?3, ?4, ?5, ?6) \
                 ON CONFLICT DO UPDATE SET state = excluded.state, carrier = excluded.carrier, why = excluded.why, at = excluded.at",
            )?
            .execute(params![
                tracker,
                parcel,
                if as_known.registered { "registered" } else { "refused" },
                as_known.carrier,
                as_known.why,
                now.to_string()
            ])?;
        Ok(())
    }

    /// The tracker does not know the number after all.
    pub fn forget_registration(&mut self, tracker: &str, parcel: i64) -> Result<()> {
        self.sql.execute("DELETE FROM registration WHERE tracker = ?1 AND parcel = ?2", params![tracker, parcel])?;
        Ok(())
    }
}
