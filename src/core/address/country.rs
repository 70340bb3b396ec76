//! Country names to ISO 3166-1 alpha-2, by exact table. No guess: an unknown spelling is `None`.

use std::collections::HashMap;
use std::sync::LazyLock;

use super::text::{squash, squash_long};

/// `code, code3, names…`: one country a row, English first. A person can read and extend it.
const TABLE: &str = include_str!("countries.tsv");

static BY_NAME: LazyLock<HashMap<String, &'static str>> = LazyLock::new(|| {
    let mut names = HashMap::new();
    for line in TABLE.lines().filter(|l| !l.starts_with('#')) {
        let mut cells = line.split('\t');
        let Some(code) = cells.next() else { continue };
        names.insert(code.to_lowercase(), code);
        for name in cells {
            names.insert(fold(name), code);
        }
    }
    names
});

/// The same names without accents and signs (Osterreich, Oesterreich), where only one country has that spelling.
static BY_PLAIN_NAME: LazyLock<HashMap<String, Option<&'static str>>> = LazyLock::new(|| {
    let mut names: HashMap<String, Option<&'static str>> = HashMap::new();
    let latin = |name: &str| name.chars().next().is_some_and(|c| u32::from(c) < 0x250);
    for (name, code) in BY_NAME.iter().filter(|(name, _)| latin(name)) {
        for key in [squash(name), squash_long(name)].into_iter().filter(|k| k.chars().count() > 3) {
            names.entry(key).and_modify(|seen| *seen = seen.filter(|s| s == code)).or_insert(Some(code));
        }
    }
    names
});

/// The alpha-2 code of a code or name in any spelling of the table; case, dots, spaces and accents do not matter.
pub fn code(text: &str) -> Option<&'static str> {
    exact(text).or_else(|| BY_PLAIN_NAME.get(&squash(text)).copied().flatten())
}

/// As `code`, with the accents of the table: for pieces of text that may be anything.
pub(super) fn exact(text: &str) -> Option<&'static str> {
    if text.len() <= 3
        && let Some(code) = BY_NAME.get(text.to_ascii_lowercase().as_str())
    {
        return Some(code);
    }
    BY_NAME.get(&fold(text)).copied()
}

/// English name of an alpha-2 code.
pub fn english_name(code: &str) -> Option<&'static str> {
    TABLE.lines().filter(|l| !l.starts_with('#')).find_map(|line| {
        let mut cells = line.split('\t');
        (cells.next() == Some(code)).then(|| cells.nth(1)).flatten()
    })
}

fn fold(text: &str) -> String {
    let kept: String = text.chars().filter(|c| *c != '.').collect();
    kept.split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_codes_of_many_languages() {
        for (text, want) in [
            ("US", "US"),
            ("usa", "US"),
            ("U.S.A.", "US"),
            ("United States", "US"),
            ("UNITED  STATES of America", "US"),
            ("Deutschland", "DE"),
            ("DEU", "DE"),
            ("UK", "GB"),
            ("The Netherlands", "NL"),
            ("Österreich", "AT"),
            ("日本", "JP"),
            ("Osterreich", "AT"),
            ("OESTERREICH", "AT"),
            ("Turkiye", "TR"),
            ("Cote d Ivoire", "CI"),
        ] {
            assert_eq!(code(text), Some(want), "{text}");
        }
        assert_eq!(code("Atlantis"), None);
        assert_eq!(code(""), None);
        assert_eq!(english_name("DE"), Some("Germany"));
    }
}
