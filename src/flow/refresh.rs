//! Price, stock and freight asked of suppliers with an API: what to ask about, in batches, each saved as it comes.
//!
//! The lock is the caller's: it is taken to save, not while a supplier thinks.

use std::collections::{BTreeMap, BTreeSet};

use crate::config::{Config, SupplierKind};
use crate::core::listing::ListingKey;
use crate::core::sending::{AskError, Asked, Freight, Quote, Shipment};
use crate::core::shipping::Parcel;
use crate::db::{Db, Result};
use crate::supplier::api::SupplierApi;

/// Listings in one question. What was answered is saved before the next, so that a run cut off keeps most of it.
const AT_ONCE: usize = 20;

/// Listings to ask about, by supplier with an API: those that rules name, or all that are known.
///
/// # Errors
/// The database cannot be read.
pub fn wanted(db: &Db, config: &Config, only: Option<&str>, all: bool) -> Result<BTreeMap<String, Vec<Asked>>> {
    let catalogue = db.catalogue()?;
    let mut keys: BTreeSet<ListingKey> = db.rules()?.into_iter().map(|rule| rule.listing).collect();
    if all {
        keys.extend(catalogue.keys().cloned());
    }
    let has_api = |name: &str| config.suppliers.get(name).is_some_and(|s| s.kind != SupplierKind::Sheet);
    let mut wanted: BTreeMap<String, Vec<Asked>> = BTreeMap::new();
    for key in keys.into_iter().filter(|k| has_api(&k.supplier) && only.is_none_or(|name| name == k.supplier)) {
        let listing = catalogue.get(&key);
        let ships_from = listing.map(|l| l.ships_from.clone()).unwrap_or_default();
        // Some suppliers have a price for each country; a listing for one country alone says which.
        let ships_to = match listing.map(|l| l.ships_to.as_slice()) {
            Some([one]) => one.clone(),
            _ => String::new(),
        };
        wanted.entry(key.supplier).or_default().push(Asked { listing_id: key.listing_id, ships_from, ships_to });
    }
    Ok(wanted)
}

/// Listings that the supplier would not speak about, and why the rest was not asked.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Unanswered {
    pub listings: Vec<(String, String)>,
    pub ended: Option<AskError>,
}

/// Asks in batches and hands each answer on. One listing that the supplier cannot answer does not cost the others.
///
/// # Errors
/// What `save` says.
pub fn quotes<E>(
    api: &dyn SupplierApi,
    asked: &[Asked],
    mut save: impl FnMut(&[Quote]) -> std::result::Result<(), E>,
) -> std::result::Result<Unanswered, E> {
    let mut unanswered = Unanswered::default();
    for some in asked.chunks(AT_ONCE) {
        match api.quotes(some) {
            Ok(quotes) => save(&quotes)?,
            Err(AskError::Answer { .. }) => {
                for one in some {
                    match api.quotes(std::slice::from_ref(one)) {
                        Ok(quotes) => save(&quotes)?,
                        Err(error @ AskError::Answer { .. }) => {
                            unanswered.listings.push((one.listing_id.clone(), error.to_string()));
                        }
                        Err(error) => return Ok(Unanswered { ended: Some(error), ..unanswered }),
                    }
                }
            }
            Err(error) => return Ok(Unanswered { ended: Some(error), ..unanswered }),
        }
    }
    Ok(unanswered)
}

/// What a supplier offers for a parcel.
///
/// # Errors
/// No answer that can be read.
pub fn freight(api: &dyn SupplierApi, parcel: &Parcel) -> std::result::Result<Vec<Freight>, AskError> {
    api.freight(&Shipment {
        ships_from: &parcel.ships_from,
        ship_to: &parcel.place,
        tax_id: None,
        lines: parcel.lines.clone(),
    })
}
