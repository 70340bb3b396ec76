//! Supplier listings and what a new catalogue changes in them.

use std::collections::HashSet;

use jiff::Timestamp;
use rusqlite::{Connection, Row, params};

use super::{Db, Result, row, sources};
use crate::core::listing::{Catalogue, Listing, ListingKey, rose_beyond};
use crate::core::money::Price;

/// What a catalogue brought.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CatalogueChange {
    pub new: Vec<ListingKey>,
    /// What changed, field by field: `price 4.10 USD -> 4.60 USD`.
    pub changed: Vec<(ListingKey, String)>,
    pub unchanged: u64,
    /// In an earlier catalogue of the supplier, not in this one.
    pub gone: Vec<ListingKey>,
}

impl Db {
    /// Takes a catalogue: everything that the suppliers named in it sell now.
    ///
    /// A rise within `max_rise` percent becomes the price that later rises are measured from; a steeper one does not.
    pub fn take_catalogue(&mut self, listings: &[Listing], max_rise: u32, now: Timestamp) -> Result<CatalogueChange> {
        let change = self.sql.transaction()?;
        sources::log_run(&change, "listings import", now)?;
        let mut brought = CatalogueChange::default();
        let suppliers: HashSet<&str> = listings.iter().map(|l| l.key.supplier.as_str()).collect();
        let mut known: Catalogue = Catalogue::new();
        for supplier in suppliers {
            known.extend(load(&change, Some(supplier))?);
        }
        for listing in listings {
            let was = known.remove(&listing.key);
            let accepted = accepted_price(was.as_ref(), listing, max_rise);
            match was {
                None => brought.new.push(listing.key.clone()),
                Some(was) => match differences(&was, listing) {
                    said if said.is_empty() => brought.unchanged += 1,
                    said => brought.changed.push((listing.key.clone(), said)),
                },
            }
            save(&change, &Listing { accepted_price: accepted, gone: false, ..listing.clone() })?;
        }
        for (key, was) in known {
            if !was.gone {
                change.execute(
                    "UPDATE listing SET gone = 1 WHERE supplier = ?1 AND listing_id = ?2",
                    params![key.supplier, key.listing_id],
                )?;
                brought.gone.push(key);
            }
        }
        brought.gone.sort();
        super::rules::remember_fingerprints(&change)?;
        change.commit()?;
        Ok(brought)
    }

    pub fn catalogue(&self) -> Result<Catalogue> {
        load(&self.sql, None)
    }

    pub fn listing(&self, key: &ListingKey) -> Result<Option<Listing>> {
        one(&self.sql, key)
    }
}

pub fn one(sql: &Connection, key: &ListingKey) -> Result<Option<Listing>> {
    let mut query =
        sql.prepare_cached(&format!("SELECT {COLUMNS} FROM listing WHERE supplier = ?1 AND listing_id = ?2"))?;
    let mut rows = query.query(params![key.supplier, key.listing_id])?;
    rows.next()?.map(listing).transpose()
}

const COLUMNS: &str = "supplier, listing_id, title, options, price, shipping, currency, pack_size, min_quantity, stock, \
     ships_from, ships_to, method, processing_days, transit_days_min, transit_days_max, url, checked_at, accepted_price, \
     accepted_currency, gone";

fn load(sql: &Connection, supplier: Option<&str>) -> Result<Catalogue> {
    let mut query = sql.prepare_cached(&format!("SELECT {COLUMNS} FROM listing WHERE ?1 IS NULL OR supplier = ?1"))?;
    let mut rows = query.query([supplier])?;
    let mut found = Catalogue::new();
    while let Some(r) = rows.next()? {
        let listing = listing(r)?;
        found.insert(listing.key.clone(), listing);
    }
    Ok(found)
}

fn listing(r: &Row) -> Result<Listing> {
    let currency: Option<String> = r.get(6)?;
    let price = |amount: Option<i64>, code: &Option<String>| -> Result<Option<Price>> {
        match (amount, code) {
            (Some(ten_thousandths), Some(code)) => Ok(Some(Price { ten_thousandths, currency: row::currency(code)? })),
            _ => Ok(None),
        }
    };
    let ships_to: String = r.get(11)?;
    let checked_at: Option<String> = r.get(17)?;
    Ok(Listing {
        key: ListingKey { supplier: r.get(0)?, listing_id: r.get(1)? },
        title: r.get(2)?,
        options: r.get(3)?,
        price: price(r.get(4)?, &currency)?,
        shipping: price(r.get(5)?, &currency)?,
        pack_size: r.get(7)?,
        min_quantity: r.get(8)?,
        stock: r.get(9)?,
        ships_from: r.get(10)?,
        ships_to: ships_to.split_whitespace().map(str::to_owned).collect(),
        method: r.get(12)?,
        processing_days: r.get(13)?,
        transit_days: (r.get(14)?, r.get(15)?),
        url: r.get(16)?,
        checked_at: checked_at.map(|at| row::timestamp(&at)).transpose()?,
        accepted_price: price(r.get(18)?, &r.get(19)?)?,
        gone: r.get(20)?,
    })
}

pub fn save(sql: &Connection, listing: &Listing) -> Result<()> {
    sql.prepare_cached(&format!(
        "INSERT OR REPLACE INTO listing ({COLUMNS}) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, \
         ?16, ?17, ?18, ?19, ?20, ?21)"
    ))?
    .execute(params![
        listing.key.supplier,
        listing.key.listing_id,
        listing.title,
        listing.options,
        listing.price.map(|p| p.ten_thousandths),
        listing.shipping.map(|p| p.ten_thousandths),
        listing.price.as_ref().map(|p| p.currency.code()),
        listing.pack_size,
        listing.min_quantity,
        listing.stock,
        listing.ships_from,
        listing.ships_to.join(" "),
        listing.method,
        listing.processing_days,
        listing.transit_days.0,
        listing.transit_days.1,
        listing.url,
        listing.checked_at.map(|at| at.to_string()),
        listing.accepted_price.map(|p| p.ten_thousandths),
        listing.accepted_price.as_ref().map(|p| p.currency.code()),
        listing.gone
    ])?;
    Ok(())
}

pub fn accepted_price(was: Option<&Listing>, now: &Listing, max_rise: u32) -> Option<Price> {
    match (was.and_then(|w| w.accepted_price), now.price) {
        (Some(old), Some(new)) if rose_beyond(old, new, max_rise) => Some(old),
        (old, new) => new.or(old),
    }
}

pub fn differences(was: &Listing, now: &Listing) -> String {
    let text = |price: Option<Price>| price.map_or("none".to_owned(), |p| p.to_string());
    let number = |n: Option<u32>| n.map_or("unknown".to_owned(), |n| n.to_string());
    let fields = [
        ("title", was.title.clone(), now.title.clone()),
        ("options", was.options.clone(), now.options.clone()),
        ("price", text(was.price), text(now.price)),
        ("shipping", text(was.shipping), text(now.shipping)),
        ("pack_size", was.pack_size.to_string(), now.pack_size.to_string()),
        ("min_quantity", was.min_quantity.to_string(), now.min_quantity.to_string()),
        ("stock", number(was.stock), number(now.stock)),
        ("ships_to", was.ships_to.join(" "), now.ships_to.join(" ")),
        ("method", was.method.clone(), now.method.clone()),
    ];
    let changed = fields.iter().filter(|(_, old, new)| old != new);
    let mut said: Vec<String> = changed.map(|(field, old, new)| format!("{field} {old} -> {new}")).collect();
    if was.gone {
        said.push("back in the catalogue".to_owned());
    }
    said.join(", ")
}
