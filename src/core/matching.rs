//! Which listings a store's SKU is: rules with store, country, priority and parts, and how the one that counts is found.
//!
//! Exact SKUs only. Suggestions live in `suggest`; choosing between listings by stock and price lives in `plan`.

use std::collections::{BTreeMap, HashMap};

use super::ids::Slug;
use super::listing::ListingKey;

/// A row of `matches.csv`.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Rule {
    pub store: Option<Slug>,
    pub sku: String,
    pub listing: ListingKey,
    /// Pieces of the listing for one of the SKU.
    pub quantity: u32,
    /// Alpha-2; `None` for any.
    pub country: Option<String>,
    /// 1 is tried first; higher numbers are fallbacks.
    pub priority: u32,
    /// Rows of a bundle are numbered; 0 where the listing is the whole.
    pub part: u32,
    /// What the listing was when the rule was made; `None` while it is not in the catalogue.
    pub fingerprint: Option<String>,
}

impl Rule {
    /// Rows that share this describe one thing.
    fn scope(&self) -> (Option<&Slug>, Option<&str>) {
        (self.store.as_ref(), self.country.as_deref())
    }

    /// For messages: `store us, sku LAMP, country any, priority 1`.
    pub fn describe(&self) -> String {
        let store = self.store.as_ref().map_or("any", Slug::as_str);
        let country = self.country.as_deref().unwrap_or("any");
        format!("store {store}, sku {}, country {country}, priority {}", self.sku, self.priority)
    }
}

/// Two rows that cannot both be right.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Clash {
    /// Indexes of the two rows.
    pub rows: (usize, usize),
    pub why: String,
}

/// Finds the first two rows with equal keys: same store, SKU, country and priority without a part, or with the same part.
pub fn clash(rules: &[Rule]) -> Option<Clash> {
    let mut seen: HashMap<_, Vec<usize>> = HashMap::new();
    for (i, rule) in rules.iter().enumerate() {
        let key = (rule.store.clone(), rule.sku.clone(), rule.country.clone(), rule.priority);
        let group = seen.entry(key).or_default();
        for &other in group.iter() {
            let parts = (rules[other].part, rule.part);
            let why = match parts {
                (0, 0) => "have the same key; give one of them another priority, or number both in part",
                (a, b) if a == b => "have the same key and the same part",
                (0, _) | (_, 0) => "have the same key, and only one of them has a part",
                _ => continue,
            };
            return Some(Clash { rows: (other, i), why: why.to_owned() });
        }
        group.push(i);
    }
    None
}

/// All rules, by SKU.
#[derive(Clone, Debug, Default)]
pub struct RuleBook {
    by_sku: HashMap<String, Vec<Rule>>,
}

/// One way to fill a line: a single listing, or every part of a bundle.
pub type Way<'a> = Vec<&'a Rule>;

#[derive(Debug, PartialEq, Eq)]
pub enum Found<'a> {
    /// Ways in the order of their priority: the first is the rule, the rest are fallbacks.
    Ways(Vec<Way<'a>>),
    /// Two scopes fit equally well, as with one rule for the store and one for the country.
    Ambiguous(Vec<&'a Rule>),
    Nothing,
}

impl RuleBook {
    pub fn new(rules: Vec<Rule>) -> Self {
        let mut by_sku: HashMap<String, Vec<Rule>> = HashMap::new();
        for rule in rules {
            by_sku.entry(rule.sku.clone()).or_default().push(rule);
        }
        Self { by_sku }
    }

    /// The most specific scope that fits wins as a whole; priority orders what is inside it.
    pub fn find(&self, store: &Slug, sku: &str, country: &str) -> Found<'_> {
        let Some(rules) = self.by_sku.get(sku).filter(|_| !sku.is_empty()) else { return Found::Nothing };
        let fits = |r: &&Rule| {
            r.store.as_ref().is_none_or(|s| s == store) && r.country.as_deref().is_none_or(|c| c == country)
        };
        let fitting: Vec<&Rule> = rules.iter().filter(fits).collect();
        let weight = |r: &Rule| u8::from(r.store.is_some()) + u8::from(r.country.is_some());
        let Some(best) = fitting.iter().map(|r| weight(r)).max() else { return Found::Nothing };
        let best: Vec<&Rule> = fitting.into_iter().filter(|r| weight(r) == best).collect();
        if best.iter().any(|r| r.scope() != best[0].scope()) {
            return Found::Ambiguous(best);
        }
        Found::Ways(ways(best))
    }

    pub fn knows(&self, sku: &str) -> bool {
        self.by_sku.contains_key(sku)
    }
}

/// A fallback that numbers only some parts of a bundle replaces those and keeps the rest: never half a kit.
fn ways(rules: Vec<&Rule>) -> Vec<Way<'_>> {
    let mut by_priority: BTreeMap<u32, Way> = BTreeMap::new();
    for rule in rules {
        by_priority.entry(rule.priority).or_default().push(rule);
    }
    let mut found: Vec<Way> = vec![];
    for mut way in by_priority.into_values() {
        let is_bundle = way.iter().all(|r| r.part > 0);
        if let Some(earlier) = found.last().filter(|w| is_bundle && w.iter().all(|r| r.part > 0)) {
            let kept = earlier.iter().filter(|r| way.iter().all(|w| w.part != r.part));
            let kept: Vec<&Rule> = kept.copied().collect();
            way.extend(kept);
        }
        way.sort_by_key(|r| r.part);
        found.push(way);
    }
    found
}

#[cfg(test)]
pub mod tests {
    use super::*;

    /// `store|sku|supplier:listing|quantity|country|priority|part`
    pub fn rule(text: &str) -> Rule {
        let cells: Vec<&str> = text.split('|').collect();
        let (supplier, listing_id) = cells[2].split_once(':').unwrap();
        let some = |t: &str| (!t.is_empty()).then(|| t.to_owned());
        Rule {
            store: some(cells[0]).map(|s| s.parse().unwrap()),
            sku: cells[1].into(),
            listing: ListingKey { supplier: supplier.into(), listing_id: listing_id.into() },
            quantity: cells[3].parse().unwrap(),
            country: some(cells[4]),
            priority: cells[5].parse().unwrap(),
            part: cells[6].parse().unwrap(),
            fingerprint: None,
        }
    }

    fn found(rules: &[&str], store: &str, sku: &str, country: &str) -> String {
        let book = RuleBook::new(rules.iter().map(|t| rule(t)).collect());
        match book.find(&store.parse().unwrap(), sku, country) {
            Found::Nothing => "nothing".into(),
            Found::Ambiguous(rules) => format!("ambiguous {}", rules.len()),
            Found::Ways(ways) => {
                let way = |w: &Way| w.iter().map(|r| r.listing.to_string()).collect::<Vec<_>>().join("+");
                ways.iter().map(way).collect::<Vec<_>>().join(" or ")
            }
        }
    }

    #[test]
    fn the_most_specific_rule_wins_and_priority_orders_inside_it() {
        let rules = ["|A|cj:1|1||1|0", "|A|li:2|1||2|0", "|A|ae:3|1|US|1|0", "eu|A|bg:4|1||1|0"];
        assert_eq!(found(&rules, "us", "A", "DE"), "cj:1 or li:2");
        assert_eq!(found(&rules, "us", "A", "US"), "ae:3");
        assert_eq!(found(&rules, "eu", "A", "DE"), "bg:4");
        assert_eq!(found(&rules, "eu", "A", "US"), "ambiguous 2");
        assert_eq!(found(&rules, "us", "B", "US"), "nothing");
        assert_eq!(found(&["|A|cj:1|1|US|1|0"], "us", "A", "DE"), "nothing");
    }

    #[test]
    fn a_bundle_is_one_way_with_its_parts_in_order() {
        let rules = ["|KIT|cj:BAG|1||1|2", "|KIT|cj:LAMP|2||1|1", "|KIT|li:KIT|1||2|0"];
        assert_eq!(found(&rules, "us", "KIT", "US"), "cj:LAMP+cj:BAG or li:KIT");
    }

    #[test]
    fn a_fallback_for_one_part_keeps_the_rest_of_the_kit() {
        let rules = ["|KIT|cj:LAMP|2||1|1", "|KIT|cj:BAG|1||1|2", "|KIT|li:BAG-2|1||2|2"];
        assert_eq!(found(&rules, "us", "KIT", "US"), "cj:LAMP+cj:BAG or cj:LAMP+li:BAG-2");
    }

    #[test]
    fn equal_keys_without_a_part_clash_and_both_are_named() {
        let rules = |texts: &[&str]| texts.iter().map(|t| rule(t)).collect::<Vec<_>>();
        assert_eq!(clash(&rules(&["|A|cj:1|1||1|0", "|B|cj:1|1||1|0", "|A|li:2|1||1|0"])).unwrap().rows, (0, 2));
        assert!(clash(&rules(&["|A|cj:1|1||1|1", "|A|li:2|1||1|1"])).is_some());
        assert!(clash(&rules(&["|A|cj:1|1||1|0", "|A|li:2|1||1|2"])).is_some());
        assert!(clash(&rules(&["|A|cj:1|1||1|1", "|A|li:2|1||1|2", "|A|li:2|1||2|0"])).is_none());
    }
}
