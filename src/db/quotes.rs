//! What suppliers with an API say now of price, stock and freight: kept with the time at which it was true.

use jiff::Timestamp;
use rusqlite::params;

use super::listings::{accepted_price, differences, one, save};
use super::{Db, Result, row, sources};
use crate::core::listing::{Listing, ListingKey, rose_beyond};
use crate::core::money::Money;
use crate::core::sending::{Freight, Quote};
use crate::core::shipping::{FreightBook, ParcelKey, Quoted};

/// Quotes of parcels that nobody asked about for so long are dropped.
const FREIGHT_KEPT_DAYS: i64 = 60;

/// What a quote did to a listing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct QuoteChange {
    pub key: ListingKey,
    /// `price 4.10 USD -> 4.60 USD, stock 12 -> 3`; empty when it says the same.
    pub said: String,
    /// Not known before.
    pub new: bool,
    pub gone: bool,
    /// `10.00 USD -> 14.00 USD is more than 15 %`: the guard objects.
    pub jump: Option<String>,
}

impl Db {
    /// Takes in price, stock and absence of listings, as one change. A rise within `max_rise` percent becomes the price that
    /// later rises are measured from; a steeper one does not.
    pub fn take_quotes(
        &mut self,
        supplier: &str,
        quotes: &[Quote],
        max_rise: u32,
        now: Timestamp,
    ) -> Result<Vec<QuoteChange>> {
        let change = self.sql.transaction()?;
        sources::log_run(&change, &format!("quotes of {supplier}"), now)?;
        let mut changes = vec![];
        for quote in quotes {
            let key = ListingKey { supplier: supplier.to_owned(), listing_id: quote.listing_id.clone() };
            let was = one(&change, &key)?;
            let said = quoted(was.as_ref(), key, quote, now);
            let said = Listing { accepted_price: accepted_price(was.as_ref(), &said, max_rise), ..said };
            let new = was.is_none();
            if new && quote.gone {
                continue;
            }
            let mut words = was.as_ref().map(|was| differences(was, &said)).unwrap_or_default();
            if quote.gone {
                words = was.filter(|was| !was.gone).map_or(String::new(), |_| "no longer sold".to_owned());
            }
            if new {
                words = said.price.map_or("no price".to_owned(), |p| p.to_string());
            }
            save(&change, &said)?;
            let jump = jump(&said, max_rise);
            changes.push(QuoteChange { key: said.key.clone(), said: words, new, gone: quote.gone, jump });
        }
        if changes.iter().any(|c: &QuoteChange| c.new) {
            super::rules::remember_fingerprints(&change)?;
        }
        change.commit()?;
        Ok(changes)
    }

    /// Puts what is offered for a parcel in place of what was.
    pub fn take_freight(&mut self, key: &ParcelKey, offers: &[Freight], now: Timestamp) -> Result<()> {
        let change = self.sql.transaction()?;
        change.execute(
            "DELETE FROM freight WHERE supplier = ?1 AND country = ?2 AND contents = ?3",
            params![key.supplier, key.country, key.contents],
        )?;
        let insert = |method: &str, cost: i64, currency: &str, days: (Option<u32>, Option<u32>)| {
            change
                .prepare_cached(
                    "INSERT OR REPLACE INTO freight (supplier, country, contents, method, cost, currency, days_min, days_max, \
                     checked_at) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
                )?
                .execute(params![
                    key.supplier,
                    key.country,
                    key.contents,
                    method,
                    cost,
                    currency,
                    days.0,
                    days.1,
                    now.to_string()
                ])
        };
        for offer in offers {
            insert(&offer.method, offer.cost.minor, offer.cost.currency.code(), offer.days)?;
        }
        if offers.is_empty() {
            insert("", 0, "", (None, None))?;
        }
        let long_ago = now.saturating_sub(jiff::SignedDuration::from_hours(24 * FREIGHT_KEPT_DAYS)).unwrap_or(now);
        change.execute("DELETE FROM freight WHERE checked_at < ?1", [long_ago.to_string()])?;
        change.commit()?;
        Ok(())
    }

    pub fn freight(&self) -> Result<FreightBook> {
        let mut query = self.sql.prepare_cached(
            "SELECT supplier, country, contents, method, cost, currency, days_min, days_max, checked_at FROM freight",
        )?;
        let mut rows = query.query([])?;
        let mut book = FreightBook::new();
        while let Some(r) = rows.next()? {
            let key = ParcelKey { supplier: r.get(0)?, country: r.get(1)?, contents: r.get(2)? };
            let checked_at = row::timestamp(&r.get::<_, String>(8)?)?;
            let quoted = book.entry(key).or_insert_with(|| Quoted { offers: vec![], checked_at });
            let method: String = r.get(3)?;
            if method.is_empty() {
                continue;
            }
            let cost = Money { minor: r.get(4)?, currency: row::currency(&r.get::<_, String>(5)?)? };
            quoted.offers.push(Freight { method, cost, days: (r.get(6)?, r.get(7)?) });
        }
        Ok(book)
    }
}

/// The listing as the supplier says it now. What a quote does not speak of stays.
fn quoted(was: Option<&Listing>, key: ListingKey, quote: &Quote, now: Timestamp) -> Listing {
    let known = was.cloned().unwrap_or_else(|| Listing::bare(key));
    if quote.gone {
        return Listing { gone: true, checked_at: Some(now), ..known };
    }
    let price = quote.price.or(known.price);
    // Shipping is kept in the listing's one currency; an amount of another would be read as that.
    let shipping = known.shipping.filter(|s| price.is_none_or(|p| p.currency == s.currency));
    Listing { price, shipping, stock: quote.stock, checked_at: Some(now), gone: false, ..known }
}

fn jump(listing: &Listing, max_rise: u32) -> Option<String> {
    let (old, new) = (listing.accepted_price?, listing.price?);
    rose_beyond(old, new, max_rise).then(|| format!("{old} -> {new} is more than {max_rise} %"))
}
