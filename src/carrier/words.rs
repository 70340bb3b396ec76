//! A carrier by what people and suppliers write for it, in English and Chinese. Exact words only: what is not in the tables
//! stays unknown, and a similar word is at most suggested.

use std::collections::HashMap;
use std::sync::LazyLock;

use super::table::{by_id, carriers};

const ALIASES: &str = include_str!("aliases.tsv");

/// What a supplier's word for a carrier means.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Words {
    /// Nothing was written.
    Silent,
    /// Ids that it can mean, the likeliest first.
    Known(Vec<&'static str>),
    Unknown {
        raw: String,
        /// The title that is most like it, for a person to decide.
        like: Option<&'static str>,
    },
}

impl Words {
    pub fn ids(&self) -> &[&'static str] {
        match self {
            Self::Known(ids) => ids,
            _ => &[],
        }
    }
}

static BY_WORD: LazyLock<HashMap<String, Vec<&'static str>>> = LazyLock::new(|| {
    let mut words: HashMap<String, Vec<&'static str>> = HashMap::new();
    for line in ALIASES.lines().filter(|l| !l.starts_with('#')) {
        let Some((names, ids)) = line.split_once('\t') else { continue };
        for name in names.split('|') {
            words.insert(folded(name), ids.split(',').collect());
        }
    }
    // A name that stores share (eBay's DHL) means each of its carriers, unless the table of words says it better.
    let mut shared: HashMap<String, Vec<&'static str>> = HashMap::new();
    for carrier in carriers().iter().filter(|c| c.id != "other") {
        for name in [carrier.id, carrier.title, carrier.aftership].into_iter().chain(carrier.names()) {
            let ids = shared.entry(folded(name)).or_default();
            if !ids.contains(&carrier.id) {
                ids.push(carrier.id);
            }
        }
    }
    for (name, ids) in shared {
        words.entry(name).or_insert(ids);
    }
    // An id is exact, whatever else it reads like.
    for carrier in carriers() {
        if carrier.id.contains('_') {
            words.insert(folded(carrier.id), vec![carrier.id]);
        }
    }
    words.remove("");
    words
});

/// Case, spaces and signs do not matter.
fn folded(text: &str) -> String {
    text.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

/// The carriers that a text names.
pub fn named(text: &str) -> Words {
    let text = text.trim();
    if let Some(carrier) = by_id(&text.to_lowercase()).filter(|c| c.id != "other" && c.id.contains('_')) {
        return Words::Known(vec![carrier.id]);
    }
    let key = folded(text);
    if key.is_empty() || matches!(key.as_str(), "other" | "na" | "none" | "其他") {
        return Words::Silent;
    }
    if let Some(ids) = BY_WORD.get(&key) {
        return Words::Known(ids.clone());
    }
    // A service behind or before the name: `USPS First-Class Mail`, `云途挂号`. The longest known beginning must be a whole word.
    if let Some(ids) = beginning(text) {
        return Words::Known(ids);
    }
    let like = carriers()
        .iter()
        .filter(|c| c.id != "other")
        .map(|c| (strsim::normalized_damerau_levenshtein(&folded(c.title), &key), c.title));
    let like = like.filter(|(score, _)| *score > 0.75).max_by(|a, b| a.0.total_cmp(&b.0)).map(|(_, title)| title);
    Words::Unknown { raw: text.to_owned(), like }
}

fn beginning(text: &str) -> Option<Vec<&'static str>> {
    let words: Vec<&str> = text.split(|c: char| !c.is_alphanumeric()).filter(|w| !w.is_empty()).collect();
    let by_words = (1..words.len()).rev().find_map(|n| BY_WORD.get(&folded(&words.get(..n)?.concat())));
    let cjk = |c: char| ('\u{4e00}'..='\u{9fff}').contains(&c);
    let name: Vec<char> = folded(text).chars().collect();
    let by_letters = || {
        (2..name.len())
            .rev()
            .filter(|n| cjk(name[*n - 1]))
            .find_map(|n| BY_WORD.get(&name[..n].iter().collect::<String>()))
    };
    by_words.or_else(by_letters).cloned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_id_of_the_words_is_a_carrier() {
        for line in ALIASES.lines().filter(|l| !l.starts_with('#')) {
            let (names, ids) = line.split_once('\t').unwrap();
            assert!(ids.split(',').all(|id| by_id(id).is_some()), "{line}");
            assert!(names.split('|').all(|n| !folded(n).is_empty()), "{line}");
        }
    }

    #[test]
    fn words_of_people() {
        for (text, first) in [
            ("USPS", "usps"),
            ("U.S.P.S.", "usps"),
            ("USPS First-Class Mail", "usps"),
            ("云途", "yunexpress"),
            ("云途挂号专线", "yunexpress"),
            ("Yun Express", "yunexpress"),
            ("顺丰速运", "sf_express_intl"),
            ("DHL", "dhl_express"),
            ("dpd_uk", "dpd_uk"),
            ("china-post", "china_post"),
            ("E邮宝", "china_ems"),
            ("Österreichische Post", "austrian_post"),
            ("J&T", "jt_intl"),
            ("royal mail tracked 48", "royal_mail"),
        ] {
            assert_eq!(named(text).ids().first(), Some(&first), "{text}");
        }
        assert_eq!(named(" "), Words::Silent);
        assert_eq!(named("YunExpres"), Words::Unknown { raw: "YunExpres".into(), like: Some("YunExpress") });
        assert_eq!(named("my cousin"), Words::Unknown { raw: "my cousin".into(), like: None });
        assert!(named("DHL").ids().len() > 3);
    }
}
