//! What each country's addresses are like, from `tables/country-rules.tsv`: languages, required fields, form of the
//! postcode, calling code. Facts only; what is done with them stands in `postcode`, `phone`, `check`.

use std::collections::HashMap;
use std::sync::LazyLock;

use super::lexicon::{LEXICON, Langs, rows};

#[derive(Debug)]
pub(super) struct Country {
    pub langs: Langs,
    /// Letters of A street, C city, S region, Z postcode.
    required: &'static str,
    pub house_numbers: bool,
    pub calling_code: &'static str,
    pub trunk: &'static str,
    /// Least and most digits of a national number; zero when not known.
    pub phone_digits: (usize, usize),
    pub postcodes: Vec<&'static str>,
}

impl Country {
    pub fn needs_street(&self) -> bool {
        self.required.contains('A')
    }
    pub fn needs_city(&self) -> bool {
        self.required.contains('C')
    }
    pub fn needs_region(&self) -> bool {
        self.required.contains('S')
    }
    pub fn needs_postcode(&self) -> bool {
        self.required.contains('Z')
    }
}

static COUNTRIES: LazyLock<HashMap<&'static str, Country>> = LazyLock::new(|| {
    rows(include_str!("tables/country-rules.tsv"))
        .filter_map(|row| {
            let [code, langs, required, house, calling_code, trunk, digits, forms] = row.as_slice() else {
                return None;
            };
            let (least, most) = digits.split_once('-').unwrap_or(("0", "0"));
            let names = std::iter::once("en").chain(langs.split(',')).chain(std::iter::once(*code));
            Some((
                *code,
                Country {
                    langs: LEXICON.bits(names),
                    required,
                    house_numbers: *house == "yes",
                    calling_code,
                    trunk,
                    phone_digits: (least.parse().unwrap_or(0), most.parse().unwrap_or(0)),
                    postcodes: forms.split(' ').filter(|f| !f.is_empty()).collect(),
                },
            ))
        })
        .collect()
});

/// A country nobody described: English, French and Spanish words, nothing required.
static UNKNOWN: LazyLock<Country> = LazyLock::new(|| Country {
    langs: LEXICON.bits(["en", "fr", "es"].iter()),
    required: "",
    house_numbers: false,
    calling_code: "",
    trunk: "",
    phone_digits: (0, 0),
    postcodes: Vec::new(),
});

pub(super) fn of(code: &str) -> &'static Country {
    COUNTRIES.get(code).unwrap_or(&UNKNOWN)
}

pub(super) fn known(code: &str) -> Option<&'static Country> {
    COUNTRIES.get(code)
}

/// The calling code with which such digits begin. No code of a country is the beginning of another's.
pub(super) fn calling_code_of(digits: &str) -> Option<&'static str> {
    let codes = COUNTRIES.values().map(|c| c.calling_code).filter(|code| !code.is_empty());
    codes.filter(|code| digits.starts_with(code)).max_by_key(|code| code.len())
}

/// Whether a zero behind this calling code belongs to the number: no country of that code has 0 as its trunk prefix.
pub(super) fn keeps_zero(calling_code: &str) -> bool {
    !COUNTRIES.values().any(|c| c.calling_code == calling_code && c.trunk == "0")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_country_has_rules() {
        for row in rows(include_str!("countries.tsv")) {
            assert!(known(row[0]).is_some(), "{}", row[0]);
        }
        assert!(of("US").needs_region() && of("US").needs_postcode());
        assert!(!of("GB").needs_region());
        assert_eq!(of("DE").calling_code, "49");
    }
}
