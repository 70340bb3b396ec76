//! How a purchase order is sent: what a supplier offers for a parcel, and the person's rule that chooses among it.
//!
//! Quotes come in as values with their age; asking for them is `flow`'s business.

use std::collections::{BTreeMap, HashMap};

use jiff::Timestamp;

use super::address::Address;
use super::listing::ListingKey;
use super::sending::Freight;

/// What the config says under `[supplier.NAME.shipping]`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ShippingRule {
    pub pick: Option<Pick>,
    /// Offers that take longer, or do not say how long, are passed over.
    pub within_days: Option<u32>,
    /// By name, for every country that has none of its own.
    pub method: Option<String>,
    /// Alpha-2 of the destination with the name of its method.
    pub by_country: BTreeMap<String, String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pick {
    Cheapest,
    Fastest,
}

impl ShippingRule {
    /// Nothing is chosen by it: the listings name their method.
    pub fn is_empty(&self) -> bool {
        self.pick.is_none() && self.method.is_none() && self.by_country.is_empty()
    }

    /// The offer that goes to `country`.
    ///
    /// # Errors
    /// Why none does, in words.
    pub fn choose<'a>(&self, country: &str, offers: &'a [Freight]) -> Result<&'a Freight, String> {
        if offers.is_empty() {
            return Err("nothing is offered for it".to_owned());
        }
        let names = || offers.iter().map(|o| o.method.as_str()).collect::<Vec<_>>().join(", ");
        if let Some(name) = self.by_country.get(country).or(self.method.as_ref().filter(|_| self.pick.is_none())) {
            let named = offers.iter().find(|o| o.method == *name);
            return named.ok_or_else(|| format!("\"{name}\" is not offered for it; there are {}", names()));
        }
        let slowest = |offer: &Freight| offer.days.1.or(offer.days.0);
        let in_time = |offer: &&Freight| self.within_days.is_none_or(|most| slowest(offer).is_some_and(|d| d <= most));
        let currency = offers[0].cost.currency;
        let fitting = offers.iter().filter(in_time).filter(|o| o.cost.currency == currency);
        let days = |offer: &Freight| slowest(offer).unwrap_or(u32::MAX);
        let best = match self.pick {
            Some(Pick::Fastest) => fitting.min_by_key(|o| (days(o), o.cost.minor, o.method.as_str())),
            _ => fitting.min_by_key(|o| (o.cost.minor, days(o), o.method.as_str())),
        };
        best.ok_or_else(|| match self.within_days {
            Some(most) => format!("nothing arrives within {most} days; there are {}", names()),
            None => "nothing fits the rule".to_owned(),
        })
    }
}

/// What is sent where, as far as its freight depends on it.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub struct ParcelKey {
    pub supplier: String,
    /// Alpha-2.
    pub country: String,
    /// The warehouse and the listing ids with their packs, as one text.
    pub contents: String,
}

/// A parcel whose freight the plan needs to know.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Parcel {
    pub key: ParcelKey,
    pub ships_from: String,
    /// The place alone: no name, no street, no phone.
    pub place: Address,
    /// Listing ids with packs.
    pub lines: Vec<(String, u32)>,
}

impl Parcel {
    /// Lines of one listing are added up; their order does not matter.
    pub fn new<'a>(
        supplier: &str,
        ships_from: &str,
        ship_to: &Address,
        lines: impl Iterator<Item = (&'a ListingKey, u32)>,
    ) -> Self {
        let mut packs: BTreeMap<&str, u32> = BTreeMap::new();
        for (key, quantity) in lines {
            let sum = packs.entry(&key.listing_id).or_default();
            *sum = sum.saturating_add(quantity);
        }
        let mut contents = ships_from.to_owned();
        for (id, quantity) in &packs {
            contents += &format!("\u{1f}{quantity} x {id}");
        }
        let place = Address {
            city: ship_to.city.clone(),
            region: ship_to.region.clone(),
            postcode: ship_to.postcode.clone(),
            country: ship_to.country.clone(),
            ..Address::default()
        };
        let key = ParcelKey { supplier: supplier.to_owned(), country: ship_to.country.clone(), contents };
        let lines = packs.into_iter().map(|(id, n)| (id.to_owned(), n)).collect();
        Self { key, ships_from: ships_from.to_owned(), place, lines }
    }
}

/// What a supplier offered for a parcel, and when. No offer: it cannot be sent there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Quoted {
    pub offers: Vec<Freight>,
    pub checked_at: Timestamp,
}

pub type FreightBook = HashMap<ParcelKey, Quoted>;

#[cfg(test)]
mod tests {
    use super::*;

    fn offer(method: &str, cost: &str, days: (Option<u32>, Option<u32>)) -> Freight {
        Freight { method: method.into(), cost: cost.parse().unwrap(), days }
    }

    fn offers() -> Vec<Freight> {
        vec![
            offer("Slow", "2.00 USD", (Some(20), Some(40))),
            offer("Ordinary", "7.81 USD", (Some(7), Some(12))),
            offer("Express", "21.40 USD", (Some(5), None)),
            offer("Nobody knows", "1.00 USD", (None, None)),
        ]
    }

    #[test]
    fn the_cheapest_in_time_the_fastest_and_the_named() {
        let offers = offers();
        let chosen = |rule: &ShippingRule, country| rule.choose(country, &offers).map(|o| o.method.clone());
        let cheapest = ShippingRule { pick: Some(Pick::Cheapest), within_days: Some(15), ..ShippingRule::default() };
        assert_eq!(chosen(&cheapest, "US").unwrap(), "Ordinary");
        let any = ShippingRule { within_days: None, ..cheapest.clone() };
        assert_eq!(chosen(&any, "US").unwrap(), "Nobody knows");
        let fastest = ShippingRule { pick: Some(Pick::Fastest), ..any.clone() };
        assert_eq!(chosen(&fastest, "US").unwrap(), "Express");
        let late = ShippingRule { within_days: Some(3), ..cheapest.clone() };
        assert!(chosen(&late, "US").unwrap_err().contains("within 3 days; there are Slow, Ordinary"));
        let mut named = ShippingRule { method: Some("Express".into()), ..ShippingRule::default() };
        assert_eq!(chosen(&named, "DE").unwrap(), "Express");
        named.by_country.insert("US".into(), "Slow".into());
        assert_eq!((chosen(&named, "US").unwrap(), chosen(&named, "DE").unwrap()), ("Slow".into(), "Express".into()));
        named.by_country.insert("US".into(), "Dragon".into());
        assert!(chosen(&named, "US").unwrap_err().starts_with("\"Dragon\" is not offered"));
        assert_eq!(cheapest.choose("AQ", &[]).unwrap_err(), "nothing is offered for it");
    }

    #[test]
    fn a_parcel_is_the_same_whatever_the_order_of_its_lines() {
        let key = |id: &str| ListingKey { supplier: "cj".into(), listing_id: id.into() };
        let (a, b) = (key("A"), key("B"));
        let to = Address { name: "Ada".into(), line1: "1 X".into(), country: "US".into(), ..Address::default() };
        let one = Parcel::new("cj", "CN", &to, [(&a, 1), (&b, 2), (&a, 1)].into_iter());
        let other = Parcel::new("cj", "CN", &to, [(&b, 2), (&a, 2)].into_iter());
        assert_eq!(one.key, other.key);
        assert_eq!(one.lines, [("A".to_owned(), 2), ("B".to_owned(), 2)]);
        assert!(one.place.name.is_empty() && one.place.line1.is_empty());
    }
}
