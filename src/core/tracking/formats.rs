//! The formats of `formats.tsv` as values, and what one format says about one number.

use std::collections::HashMap;
use std::sync::LazyLock;

use super::check_digit::Rule;
use super::pattern::Pattern;
use super::{Check, Destination};

const TABLE: &str = include_str!("formats.tsv");
const POSTS: &str = include_str!("posts.tsv");

/// Carriers of one row: those that are about as likely, then those that are much less.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) enum Carriers {
    Named(Vec<(&'static str, i32)>),
    /// By the last two letters.
    Post,
}

#[derive(Clone, PartialEq, Eq, Debug)]
struct Checked {
    rule: Rule,
    put_before: &'static str,
    from: i32,
    to: i32,
}

#[derive(Clone, PartialEq, Eq, Debug)]
enum PlaceCountry {
    Code(&'static str),
    Numeric(usize, usize),
}

#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Format {
    pub id: &'static str,
    pub carriers: Carriers,
    patterns: Vec<Pattern>,
    pub base: i32,
    checked: Option<Checked>,
    origin: &'static str,
    zip: Option<(usize, usize, PlaceCountry)>,
    number: Option<(usize, usize)>,
}

pub(super) static FORMATS: LazyLock<Vec<Format>> = LazyLock::new(|| rows(TABLE).filter_map(Format::parse).collect());

static POST_OF: LazyLock<HashMap<&'static str, Vec<(&'static str, i32)>>> = LazyLock::new(|| {
    rows(POSTS).filter_map(|l| l.split_once('\t')).map(|(country, ids)| (country, ranked(ids))).collect()
});

fn rows(table: &'static str) -> impl Iterator<Item = &'static str> {
    table.lines().filter(|l| !l.starts_with('#') && !l.is_empty())
}

/// `a,b>c`: how much less than the first each is, in points.
fn ranked(ids: &'static str) -> Vec<(&'static str, i32)> {
    let tiers = ids.split('>').zip([0, 25, 50]);
    tiers.flat_map(|(tier, less)| tier.split(',').zip(0..).map(move |(id, place)| (id, less + place))).collect()
}

fn span<T: std::str::FromStr>(text: &str) -> Option<(T, T)> {
    let (from, to) = text.split_once("..")?;
    Some((from.parse().ok()?, to.parse().ok()?))
}

impl Format {
    /// A row that cannot be read is no format; a test sees to it that there is none.
    fn parse(row: &'static str) -> Option<Self> {
        let cells: Vec<&'static str> = row.split('\t').collect();
        let &[id, carriers, pattern, base, check, serial, origin, zip, number] = cells.as_slice() else { return None };
        let checked = if check == "-" {
            None
        } else {
            let (put_before, range) = serial.split_once('+').unwrap_or(("", serial));
            let (from, to) = span(range)?;
            Some(Checked { rule: Rule::parse(check)?, put_before, from, to })
        };
        let zip = match zip.split_once(':') {
            None => None,
            Some((place, country)) => {
                let (from, to) = span(place)?;
                let country = match span(country) {
                    Some((a, b)) => PlaceCountry::Numeric(a, b),
                    None => PlaceCountry::Code(country),
                };
                Some((from, to, country))
            }
        };
        Some(Self {
            id,
            carriers: if carriers == "=" { Carriers::Post } else { Carriers::Named(ranked(carriers)) },
            patterns: alternatives(pattern).iter().map(|p| Pattern::parse(p)).collect::<Option<_>>()?,
            base: base.parse().ok()?,
            checked,
            origin: if origin == "-" { "" } else { origin },
            zip,
            number: if number == "-" { None } else { Some(span(number)?) },
        })
    }

    pub(super) fn fits(&self, number: &[char]) -> bool {
        self.patterns.iter().any(|p| p.fits(number)) && self.country_exists(number)
    }

    /// As [`Format::fits`] after letters were read as the digits that must stand there.
    pub(super) fn mended(&self, number: &[char]) -> Option<String> {
        let mended = self.patterns.iter().find_map(|p| p.mended(number))?;
        let chars: Vec<char> = mended.chars().collect();
        self.country_exists(&chars).then_some(mended)
    }

    /// S10 ends in a country: what is none was issued by no post.
    fn country_exists(&self, number: &[char]) -> bool {
        self.carriers != Carriers::Post || self.country(number).len() == 2 && is_country(&self.country(number))
    }

    /// Country of the carrier that made the number; empty where the format does not say.
    pub(super) fn country(&self, number: &[char]) -> String {
        match self.origin {
            "=" => number[number.len().saturating_sub(2)..].iter().collect(),
            fixed => fixed.to_owned(),
        }
    }

    pub(super) fn check(&self, number: &[char]) -> Check {
        let Some(checked) = &self.checked else { return Check::None };
        let place =
            |at: i32| if at < 0 { number.len().checked_sub(at.unsigned_abs() as usize) } else { Some(at as usize) };
        let (Some(from), Some(to)) = (place(checked.from), place(checked.to)) else { return Check::Fail };
        let (Some(own), Some(digit)) = (number.get(from..to), number.get(to)) else { return Check::Fail };
        let own: String = own.iter().collect();
        let before = if own.starts_with(checked.put_before) { "" } else { checked.put_before };
        let serial = format!("{before}{own}");
        if checked.rule.digit(&serial) == Some(*digit) { Check::Pass } else { Check::Fail }
    }

    pub(super) fn is_checked(&self) -> bool {
        self.checked.is_some()
    }

    /// The carriers with what each is less likely than the first.
    pub(super) fn ranked(&self, number: &[char]) -> Vec<(&'static str, i32)> {
        match &self.carriers {
            Carriers::Named(ids) => ids.clone(),
            Carriers::Post => POST_OF.get(self.country(number).as_str()).cloned().unwrap_or_else(|| vec![("other", 0)]),
        }
    }

    /// The part that the carrier tracks by.
    pub(super) fn tracked(&self, number: &[char]) -> String {
        let part = self.number.and_then(|(from, to)| number.get(from..to)).unwrap_or(number);
        let text: String = part.iter().collect();
        // The last fourteen digits of a FedEx label are a number of twelve when two zeros stand in front.
        if self.id.starts_with("fedex") && text.len() == 14 {
            return text.strip_prefix("00").map_or(text.clone(), str::to_owned);
        }
        text
    }

    /// The destination that the number itself carries.
    pub(super) fn destination(&self, number: &[char]) -> Option<Destination> {
        let (from, to, country) = self.zip.as_ref()?;
        let postcode: String = number.get(*from..*to)?.iter().collect();
        let country = match country {
            PlaceCountry::Code(code) => (*code).to_owned(),
            PlaceCountry::Numeric(a, b) => {
                let digits: String = number.get(*a..*b)?.iter().collect();
                numeric_country(&digits)?.to_owned()
            }
        };
        Some(Destination { country, postcode, domestic: false })
    }
}

/// `(A|B)rest` as `Arest` and `Brest`.
fn alternatives(pattern: &str) -> Vec<String> {
    let Some((options, rest)) = pattern.strip_prefix('(').and_then(|p| p.split_once(')')) else {
        return vec![pattern.to_owned()];
    };
    options.split('|').map(|option| format!("{option}{rest}")).collect()
}

fn is_country(code: &str) -> bool {
    // The islands have posts of their own, and the table of addresses knows all of ISO 3166-1.
    crate::core::address::country::english_name(code).is_some() || matches!(code, "JE" | "GG" | "IM" | "XK")
}

/// ISO 3166-1 numeric, for the countries of DPD's network.
fn numeric_country(digits: &str) -> Option<&'static str> {
    Some(match digits {
        "040" => "AT",
        "056" => "BE",
        "100" => "BG",
        "191" => "HR",
        "203" => "CZ",
        "208" => "DK",
        "233" => "EE",
        "246" => "FI",
        "250" => "FR",
        "276" => "DE",
        "300" => "GR",
        "348" => "HU",
        "372" => "IE",
        "380" => "IT",
        "428" => "LV",
        "440" => "LT",
        "442" => "LU",
        "528" => "NL",
        "578" => "NO",
        "616" => "PL",
        "620" => "PT",
        "642" => "RO",
        "703" => "SK",
        "705" => "SI",
        "724" => "ES",
        "752" => "SE",
        "756" => "CH",
        "826" => "GB",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_row_is_a_format_and_every_post_a_country() {
        assert_eq!(FORMATS.len(), rows(TABLE).count());
        for row in rows(TABLE) {
            let id = row.split('\t').next().unwrap();
            assert_eq!(FORMATS.iter().filter(|f| f.id == id).count(), 1, "{id}");
        }
        assert_eq!(POST_OF.len(), rows(POSTS).count());
        assert!(POST_OF.keys().all(|c| is_country(c)));
    }

    #[test]
    fn a_label_of_dpd_carries_postcode_and_country() {
        let number: Vec<char> = "008182709980000020033350276C".chars().collect();
        let format = FORMATS.iter().find(|f| f.id == "dpd_28").unwrap();
        assert!(format.fits(&number) && format.check(&number) == Check::Pass);
        let place = format.destination(&number).unwrap();
        assert_eq!((place.country.as_str(), place.postcode.as_str()), ("DE", "0081827"));
        assert_eq!(format.tracked(&number), "09980000020033");
    }
}
