//! What carriers say of parcels: events once each, the status that follows, deliveries, and how long they took.

use jiff::Timestamp;
use rusqlite::{Connection, params};

use super::parcels::{advance, log, seconds};
use super::{Cause, Db, KeptParcel, Result};
use crate::core::address::arrival::Place;
use crate::core::delivery::{Road, Transits};
use crate::core::parcel::{Event, Status};

/// What a look at a parcel found, decided by the caller. `None` changes nothing.
#[derive(Clone, Debug, Default)]
pub struct News<'a> {
    pub status: Option<(&'a Status, Option<Timestamp>)>,
    pub first_scan: Option<Timestamp>,
    /// With whether each is of an earlier parcel.
    pub events: &'a [(Event, bool)],
    pub last_mile: Option<(&'a str, &'a str)>,
    pub goes_to: Option<&'a str>,
    /// Verdict and fields (JSON) of the delivered proof.
    pub arrival: Option<(&'a str, &'a str)>,
    pub delivered: Option<bool>,
    /// False: its end is known.
    pub watched: Option<bool>,
    /// Its road and whole days, to be counted once it is delivered.
    pub transit: Option<(&'a Road, u32)>,
    /// Somebody was asked for its status.
    pub asked: bool,
}

/// What of it was new.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub struct Taken {
    pub events: usize,
    pub status: bool,
}

impl Db {
    /// Takes in what a look at a parcel found, with every step that follows, in one transaction.
    pub fn take_news(&mut self, parcel: &KeptParcel, news: &News, cause: Cause) -> Result<Taken> {
        let change = self.sql.savepoint()?;
        let mut taken = Taken::default();
        for (event, early) in news.events {
            taken.events += put_event(&change, parcel.row, event, *early, cause.now)?;
        }
        if let Some((status, at)) = news.status.filter(|(status, _)| **status != parcel.status) {
            taken.status = true;
            log(&change, parcel.row, &parcel.status.to_string(), &status.to_string(), cause)?;
            change.execute(
                "UPDATE parcel SET status = ?2, status_at = coalesce(?3, status_at) WHERE id = ?1",
                params![parcel.row, status.to_string(), at.map(Timestamp::as_second)],
            )?;
        } else if let Some((_, Some(at))) = news.status {
            change.execute("UPDATE parcel SET status_at = ?2 WHERE id = ?1", params![parcel.row, at.as_second()])?;
        }
        change.execute(
            "UPDATE parcel SET first_scan = coalesce(?2, first_scan), last_number = coalesce(?3, last_number), \
             last_carrier = coalesce(?4, last_carrier), goes_to = coalesce(?5, goes_to), arrival = coalesce(?6, arrival), \
             arrival_fields = coalesce(?7, arrival_fields), watched = coalesce(?8, watched), \
             asked_at = CASE WHEN ?9 THEN ?10 ELSE asked_at END WHERE id = ?1",
            params![
                parcel.row,
                news.first_scan.map(Timestamp::as_second),
                news.last_mile.map(|l| l.0),
                news.last_mile.map(|l| l.1),
                news.goes_to,
                news.arrival.map(|a| a.0),
                news.arrival.map(|a| a.1),
                news.watched,
                news.asked,
                cause.now.as_second()
            ],
        )?;
        if let Some(delivered) = news.delivered.filter(|d| *d != parcel.delivered) {
            deliver(&change, parcel.row, delivered, news.transit, cause)?;
        }
        change.commit()?;
        Ok(taken)
    }

    /// Early events are those of an earlier parcel with the number.
    pub fn events(&self, parcel: i64) -> Result<Vec<(Event, bool)>> {
        let mut query = self.sql.prepare_cached(
            "SELECT at, status, words, country, region, city, postcode, early FROM parcel_event WHERE parcel = ?1 ORDER BY at, id",
        )?;
        let mut rows = query.query([parcel])?;
        let mut found = vec![];
        while let Some(r) = rows.next()? {
            let place = Place { country: r.get(3)?, region: r.get(4)?, city: r.get(5)?, postcode: r.get(6)? };
            let status = Status::read(&r.get::<_, String>(1)?);
            found.push((Event { at: seconds(r.get(0)?)?, status, words: r.get(2)?, place }, r.get(7)?));
        }
        Ok(found)
    }

    /// How long parcels took, by road.
    pub fn transits(&self) -> Result<Transits> {
        let mut query = self
            .sql
            .prepare_cached("SELECT supplier, country, method, days, parcels FROM transit WHERE parcels > 0")?;
        let mut rows = query.query([])?;
        let mut transits = Transits::default();
        while let Some(r) = rows.next()? {
            let road = Road { supplier: r.get(0)?, country: r.get(1)?, method: r.get(2)? };
            transits.add(road, r.get(3)?, r.get(4)?);
        }
        Ok(transits)
    }
}

fn put_event(sql: &Connection, parcel: i64, event: &Event, early: bool, now: Timestamp) -> Result<usize> {
    let place = &event.place;
    Ok(sql
        .prepare_cached(
            "INSERT INTO parcel_event (parcel, at, status, words, country, region, city, postcode, early, seen_at) \
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10) ON CONFLICT DO NOTHING",
        )?
        .execute(params![
            parcel,
            event.at.as_second(),
            event.status.to_string(),
            event.words,
            place.country,
            place.region,
            place.city,
            place.postcode,
            early,
            now.to_string()
        ])?)
}

/// Its purchase orders follow, and the days it took are counted, or no longer.
fn deliver(sql: &Connection, parcel: i64, delivered: bool, road: Option<(&Road, u32)>, cause: Cause) -> Result<()> {
    sql.execute("UPDATE parcel SET delivered = ?2 WHERE id = ?1", params![parcel, delivered])?;
    if let Some((road, days)) = road {
        let counted: Option<u32> =
            sql.query_row("SELECT transit_days FROM parcel WHERE id = ?1", [parcel], |r| r.get(0))?;
        let (days, parcels) = match (delivered, counted) {
            (true, _) => (days, 1),
            (false, Some(days)) => (days, -1),
            (false, None) => (0, 0),
        };
        sql.execute(
            "INSERT INTO transit (supplier, country, method, days, parcels) VALUES (?1, ?2, ?3, ?4, ?5) \
             ON CONFLICT DO UPDATE SET parcels = max(0, parcels + excluded.parcels)",
            params![road.supplier, road.country, road.method, days, parcels],
        )?;
        let counted = delivered.then_some(days);
        sql.execute("UPDATE parcel SET transit_days = ?2 WHERE id = ?1", params![parcel, counted])?;
    }
    let mut query = sql.prepare_cached("SELECT DISTINCT purchase_order FROM parcel_line WHERE parcel = ?1")?;
    let purchase_orders: Vec<i64> = query.query_map([parcel], |r| r.get(0))?.collect::<std::result::Result<_, _>>()?;
    purchase_orders.into_iter().try_for_each(|purchase_order| advance(sql, purchase_order, cause))
}
