//! The table of carriers, and what a store is told of one.

use std::collections::HashMap;
use std::sync::LazyLock;

const TABLE: &str = include_str!("carriers.tsv");

/// The kinds of stores that have a list of their own, in the order of the table's columns.
const STORES: [&str; 6] = ["shopify", "ebay", "etsy", "amazon", "woocommerce", "walmart"];

#[derive(Debug, PartialEq, Eq)]
pub struct Carrier {
    pub id: &'static str,
    /// What people call it.
    pub title: &'static str,
    link: &'static str,
    at: [&'static str; STORES.len()],
    /// 17TRACK's key of the carrier.
    pub seventeen_track: Option<u32>,
    pub aftership: &'static str,
}

static CARRIERS: LazyLock<Vec<Carrier>> =
    LazyLock::new(|| TABLE.lines().filter(|l| !l.starts_with('#')).filter_map(row).collect());

static BY_ID: LazyLock<HashMap<&'static str, &'static Carrier>> =
    LazyLock::new(|| CARRIERS.iter().map(|c| (c.id, c)).collect());

/// A row that cannot be read is no carrier; a test sees to it that there is none.
fn row(line: &'static str) -> Option<Carrier> {
    let cells: Vec<&'static str> = line.split('\t').collect();
    let [id, title, link, names @ .., key, aftership] = cells.as_slice() else { return None };
    Some(Carrier {
        id,
        title,
        link,
        at: names.try_into().ok()?,
        seventeen_track: if key.is_empty() { None } else { Some(key.parse().ok()?) },
        aftership,
    })
}

/// All carriers, in the order of the table.
pub fn carriers() -> &'static [Carrier] {
    &CARRIERS
}

pub fn by_id(id: &str) -> Option<&'static Carrier> {
    BY_ID.get(id).copied()
}

/// By 17TRACK's key; where carriers share one, the first of the table.
pub fn by_seventeen_track(key: u32) -> Option<&'static Carrier> {
    CARRIERS.iter().find(|c| c.seventeen_track == Some(key))
}

impl Carrier {
    /// The exact name at a kind of store, letter for letter; `None` where the store has no list or no name for it: tell it
    /// the title and the link instead.
    pub fn name_at(&self, store_kind: &str) -> Option<&'static str> {
        let at = STORES.iter().position(|s| *s == store_kind)?;
        Some(self.at[at]).filter(|name| !name.is_empty())
    }

    /// All names at stores, for those who write them.
    pub(super) fn names(&self) -> impl Iterator<Item = &'static str> {
        self.at.iter().copied().filter(|n| !n.is_empty())
    }

    /// Where the parcel can be followed. Postcode and country only where the carrier's own page asks for them.
    pub fn link(&self, number: &str, postcode: &str, country: &str) -> String {
        let put = |text: &str| text.bytes().map(escaped).collect::<String>();
        self.link
            .replace("{number}", &put(number))
            .replace("{postcode}", &put(&postcode.replace(' ', "")))
            .replace("{country}", &put(country))
    }
}

fn escaped(byte: u8) -> String {
    if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~') {
        char::from(byte).to_string()
    } else {
        format!("%{byte:02X}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_row_is_a_carrier() {
        assert_eq!(CARRIERS.len(), TABLE.lines().filter(|l| !l.starts_with('#')).count());
        assert_eq!(BY_ID.len(), CARRIERS.len(), "an id stands twice");
        for carrier in carriers() {
            let id = carrier.id;
            assert!(id.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_'), "{id}");
            assert!(carrier.link.contains("{number}") && carrier.link.starts_with("http"), "{id}");
            assert!(!carrier.title.is_empty() && carrier.title.trim() == carrier.title, "{id}");
            assert!(carrier.names().all(|n| n.trim() == n), "{id}");
        }
    }

    #[test]
    fn names_and_links_are_exact() {
        let at = |id: &str, store: &str| by_id(id).unwrap().name_at(store);
        assert_eq!(at("lasership", "ebay"), Some("Prestige"));
        assert_eq!(at("yunexpress", "amazon"), Some("Yun Express"));
        assert_eq!(at("yunexpress", "etsy"), None);
        assert_eq!(at("4px", "etsy"), Some("4px"));
        assert_eq!(at("austrian_post", "shopify"), Some("Österreichische Post"));
        assert_eq!(at("usps", "wix"), None);
        let link = by_id("postnl").unwrap().link("3SOVAC7567398", "1234 AB", "NL");
        assert_eq!(link, "https://postnl.nl/tracktrace/?B=3SOVAC7567398&P=1234AB&D=NL&T=C");
        assert_eq!(by_id("jnet").unwrap().link("A&b", "", ""), "https://t.17track.net/en#nums=A%26b");
        assert_eq!(by_seventeen_track(190_008).unwrap().id, "yunexpress");
        assert!(by_id("nobody").is_none());
    }
}
