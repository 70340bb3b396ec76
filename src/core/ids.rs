//! The names of things: store slug, order id `us/1001`, purchase order id `us/1001/1`, reference `US-1001-1`.
//!
//! All are text. None is ever parsed as a number, but for the counter at the end of a purchase order id.

use std::fmt;
use std::str::FromStr;

use serde::{Serialize, Serializer};
use sha2::{Digest, Sha256};
use thiserror::Error;

#[derive(Debug, Error, PartialEq, Eq, Clone)]
pub enum IdError {
    #[error("\"{0}\" is not a store name: small letters and digits only, such as \"us\"")]
    NotASlug(String),
    #[error("\"{0}\" is not an order: write us/1001, us#1001 or 1001")]
    NotAnOrder(String),
}

impl IdError {
    pub fn hint(&self) -> &'static str {
        match self {
            Self::NotASlug(_) => "write it like us or shop2",
            Self::NotAnOrder(_) => "dsf orders",
        }
    }
}

/// A store's short name, `[a-z0-9]+`.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Debug, Serialize)]
#[serde(transparent)]
pub struct Slug(String);

impl Slug {
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for Slug {
    type Err = IdError;

    fn from_str(text: &str) -> Result<Self, IdError> {
        let fits = !text.is_empty() && text.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit());
        fits.then(|| Self(text.to_owned())).ok_or_else(|| IdError::NotASlug(text.to_owned()))
    }
}

impl fmt::Display for Slug {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

/// An order's number as people say it: no `#`, no spaces around, nothing that would break an id.
pub fn order_number(raw: &str) -> String {
    let bare = raw.trim().trim_start_matches('#').trim();
    bare.chars().map(|c| if matches!(c, '/' | '~') || c.is_whitespace() || c.is_control() { '-' } else { c }).collect()
}

/// `us/1001`; a second order of that store with the same number is `us/1001~2`. Never changes once given.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub struct OrderId {
    pub store: Slug,
    /// The number, with `~2` and so on where an earlier order has it already.
    pub key: String,
}

impl OrderId {
    pub fn new(store: Slug, number: &str, ordinal: u32) -> Self {
        let key = if ordinal <= 1 { number.to_owned() } else { format!("{number}~{ordinal}") };
        Self { store, key }
    }
}

impl fmt::Display for OrderId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&format!("{}/{}", self.store, self.key))
    }
}

impl Serialize for OrderId {
    fn serialize<S: Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        s.collect_str(self)
    }
}

/// An order as a person names it: `us/1001`, `us#1001`, or `1001` where only one store has it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct OrderName {
    pub store: Option<Slug>,
    pub key: String,
    /// Set when a purchase order was named: `us/1001/2`.
    pub purchase_order: Option<u32>,
}

impl FromStr for OrderName {
    type Err = IdError;

    fn from_str(text: &str) -> Result<Self, IdError> {
        let bad = || IdError::NotAnOrder(text.to_owned());
        let text = text.trim();
        let (store, rest) = match text.split_once(['/', '#']) {
            Some(("", rest)) => (None, rest),
            Some((store, rest)) => (Some(store.parse::<Slug>().map_err(|_| bad())?), rest),
            None => (None, text),
        };
        let (key, counter) = match rest.split_once('/') {
            Some((key, counter)) => (key, Some(counter.parse().map_err(|_| bad())?)),
            None => (rest, None),
        };
        let key = key.trim().trim_start_matches('#');
        if key.is_empty() || (counter.is_some() && store.is_none()) {
            return Err(bad());
        }
        Ok(Self { store, key: key.to_owned(), purchase_order: counter })
    }
}

impl fmt::Display for OrderName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(store) = &self.store {
            write!(f, "{store}/")?;
        }
        f.write_str(&self.key)?;
        self.purchase_order.map_or(Ok(()), |n| write!(f, "/{n}"))
    }
}

/// `us/1001/1`: the first purchase order made for `us/1001`.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub struct PurchaseOrderId {
    pub order: OrderId,
    pub counter: u32,
}

impl PurchaseOrderId {
    /// The number that goes to the supplier: letters, digits and hyphens, at most 40.
    ///
    /// Store and counter hold no hyphen, so two ids never share a reference; a number that does not fit is
    /// shortened and carries eight digits of its hash.
    pub fn reference(&self) -> Reference {
        let store = self.order.store.as_str().to_ascii_uppercase();
        let key = &self.order.key;
        let plain = key.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-');
        let whole = format!("{store}-{key}-{}", self.counter);
        if plain && whole.len() <= Reference::MAX_LENGTH {
            return Reference(whole);
        }
        let hash = hex(&Sha256::digest(self.order.to_string().as_bytes())[..4]);
        let tail = format!("-{hash}-{}", self.counter);
        let kept: String = key.chars().filter(|c| c.is_ascii_alphanumeric() || *c == '-').collect();
        let head = format!("{store}-{kept}");
        let room = Reference::MAX_LENGTH - tail.len();
        Reference(format!("{}{tail}", &head[..head.len().min(room)]))
    }
}

impl fmt::Display for PurchaseOrderId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&format!("{}/{}", self.order, self.counter))
    }
}

impl Serialize for PurchaseOrderId {
    fn serialize<S: Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        s.collect_str(self)
    }
}

/// Our own purchase order number, made before anything is sent; unique, never reused.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Debug, Serialize)]
#[serde(transparent)]
pub struct Reference(String);

impl Reference {
    pub const MAX_LENGTH: usize = 40;

    /// One that was made and kept; what a supplier knows is never made anew.
    pub fn kept(text: String) -> Self {
        Self(text)
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Reference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

/// Lower-case hexadecimal.
pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|b| format!("{b:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn po(store: &str, key: &str, counter: u32) -> String {
        let order = OrderId { store: store.parse().unwrap(), key: key.into() };
        PurchaseOrderId { order, counter }.reference().to_string()
    }

    #[test]
    fn references_are_plain_short_and_distinct() {
        assert_eq!(po("us", "1001", 1), "US-1001-1");
        assert_eq!(po("us", "113-4521987-1234501", 2), "US-113-4521987-1234501-2");
        assert_ne!(po("us", "1001~2", 1), po("us", "1001", 1));
        let long = po("us", &"9".repeat(80), 12);
        assert!(long.len() <= 40 && long.ends_with("-12"), "{long}");
        assert_ne!(long, po("us", &"9".repeat(81), 12));
        assert!(po("jp", "注文1", 1).bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-'));
    }

    #[test]
    fn orders_are_named_in_three_ways() {
        let name = |t: &str| t.parse::<OrderName>().map(|n| n.to_string());
        assert_eq!(name("us/1001").unwrap(), "us/1001");
        assert_eq!(name("us#1001").unwrap(), "us/1001");
        assert_eq!(name("#1001").unwrap(), "1001");
        assert_eq!(name("us/1001~2/3").unwrap(), "us/1001~2/3");
        assert!(name("US/1001").is_err() && name("us/").is_err() && name("us/1/x").is_err());
    }

    #[test]
    fn a_number_loses_its_hash_and_nothing_else() {
        assert_eq!(order_number(" #1001 "), "1001");
        assert_eq!(order_number("GZ1001-US"), "GZ1001-US");
        assert_eq!(order_number("2026/17"), "2026-17");
        assert_eq!(order_number("0007"), "0007");
        assert_eq!(order_number("1001~2"), "1001-2", "the mark of a second order is ours");
    }
}
