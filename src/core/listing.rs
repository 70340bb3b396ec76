//! One thing a supplier sells, at variant level, with price, stock and pack size, and how old that knowledge is.

use std::collections::HashMap;

use jiff::Timestamp;

use super::money::Price;

/// Which listing: a supplier's name in the config and the supplier's own id. Written `li:LAMP-L`.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub struct ListingKey {
    pub supplier: String,
    pub listing_id: String,
}

impl std::fmt::Display for ListingKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.pad(&format!("{}:{}", self.supplier, self.listing_id))
    }
}

/// A row of `listings.csv`. Price, stock and minimum are per pack.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Listing {
    pub key: ListingKey,
    pub title: String,
    /// Variant as the supplier names it: `Black / EU plug`.
    pub options: String,
    pub price: Option<Price>,
    /// Cost of sending one pack, where the supplier says so.
    pub shipping: Option<Price>,
    pub pack_size: u32,
    pub min_quantity: u32,
    /// `None`: the supplier does not count, or did not say.
    pub stock: Option<u32>,
    pub ships_from: String,
    /// Alpha-2 codes; empty means anywhere.
    pub ships_to: Vec<String>,
    pub method: String,
    pub processing_days: Option<u32>,
    pub transit_days: (Option<u32>, Option<u32>),
    pub url: String,
    /// When price and stock were true.
    pub checked_at: Option<Timestamp>,
    /// The last price that no guard objected to: a rise is measured from here.
    pub accepted_price: Option<Price>,
    /// Set when a newer catalogue of this supplier no longer has it.
    pub gone: bool,
}

impl Listing {
    /// One of which only the id is known.
    pub fn bare(key: ListingKey) -> Self {
        Self {
            key,
            title: String::new(),
            options: String::new(),
            price: None,
            shipping: None,
            pack_size: 1,
            min_quantity: 1,
            stock: None,
            ships_from: String::new(),
            ships_to: vec![],
            method: String::new(),
            processing_days: None,
            transit_days: (None, None),
            url: String::new(),
            checked_at: None,
            accepted_price: None,
            gone: false,
        }
    }

    pub fn serves(&self, country: &str) -> bool {
        self.ships_to.is_empty() || self.ships_to.iter().any(|c| c == country)
    }

    /// Price and shipping of one pack.
    pub fn landed_price(&self) -> Option<Price> {
        let price = self.price?;
        match self.shipping {
            Some(shipping) if shipping.currency == price.currency => {
                Some(Price { ten_thousandths: price.ten_thousandths.checked_add(shipping.ten_thousandths)?, ..price })
            }
            Some(_) => None,
            None => Some(price),
        }
    }

    /// What a match remembers, to see later that the same id is another thing.
    pub fn fingerprint(&self) -> String {
        Self::fingerprint_of(&self.options, self.pack_size)
    }

    pub fn fingerprint_of(options: &str, pack_size: u32) -> String {
        format!("{}\u{1f}{pack_size}", options.trim().to_lowercase())
    }
}

/// True when `new` is more than `percent` above `old`. Another currency is a rise that no percentage covers.
pub fn rose_beyond(old: Price, new: Price, percent: u32) -> bool {
    old.currency != new.currency
        || i128::from(new.ten_thousandths) * 100
            > i128::from(old.ten_thousandths) * i128::from(100 + u64::from(percent))
}

/// All listings that a plan looks at.
pub type Catalogue = HashMap<ListingKey, Listing>;

#[cfg(test)]
pub mod tests {
    use super::*;
    use crate::core::money::{Amount, DecimalMark};

    pub fn price(text: &str, currency: &str) -> Price {
        Amount::parse(text, DecimalMark::Point).unwrap().price(currency.parse().unwrap())
    }

    pub fn listing(supplier: &str, id: &str, cost: &str) -> Listing {
        Listing {
            title: format!("Thing {id}"),
            price: Some(price(cost, "USD")),
            accepted_price: Some(price(cost, "USD")),
            ..Listing::bare(ListingKey { supplier: supplier.into(), listing_id: id.into() })
        }
    }

    #[test]
    fn a_rise_is_measured_exactly() {
        assert!(!rose_beyond(price("10.00", "USD"), price("11.50", "USD"), 15));
        assert!(rose_beyond(price("10.00", "USD"), price("11.5001", "USD"), 15));
        assert!(rose_beyond(price("10.00", "USD"), price("1.00", "EUR"), 15));
    }
}
