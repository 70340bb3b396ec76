//! Country names to ISO 3166-1 alpha-2, by exact table. No guess: an unknown spelling is `None`.

use std::collections::HashMap;
use std::sync::LazyLock;

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

/// The alpha-2 code of a code or name in any spelling of the table; case, dots and spaces do not matter.
pub fn code(text: &str) -> Option<&'static str> {
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
        ] {
            assert_eq!(code(text), Some(want), "{text}");
        }
        assert_eq!(code("Atlantis"), None);
        assert_eq!(code(""), None);
        assert_eq!(english_name("DE"), Some("Germany"));
    }
}
