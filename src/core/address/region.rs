//! Regions (states, provinces, prefectures): code and names of one region are one key, by exact table.
//! Also which postcodes begin how in a region; whether an address may leave the region out is in `rules`.

use std::collections::HashMap;
use std::sync::{LazyLock, OnceLock};

use super::lexicon::{Table, rows};
use super::text::{squash, squash_long};

#[derive(Debug)]
pub(super) struct Region {
    pub code: &'static str,
    /// First the official names, then what people write.
    pub names: Vec<&'static str>,
    pub postcode_starts: Vec<&'static str>,
}

#[derive(Default)]
struct Regions {
    list: Vec<Region>,
    by_name: Table<usize>,
}

/// A country's rows, and what is made of them when the country is first asked for.
#[derive(Default)]
struct Country {
    rows: Vec<Vec<&'static str>>,
    regions: OnceLock<Regions>,
}

static COUNTRIES: LazyLock<HashMap<&'static str, Country>> = LazyLock::new(|| {
    let mut countries: HashMap<&'static str, Country> = HashMap::new();
    for table in [include_str!("tables/regions.tsv"), include_str!("tables/regions-own.tsv")] {
        for row in rows(table) {
            let Some(country) = row.first() else { continue };
            countries.entry(country).or_default().rows.push(row);
        }
    }
    countries
});

fn regions_of(country: &str) -> Option<&'static Regions> {
    COUNTRIES.get(country).map(|c| c.regions.get_or_init(|| Regions::of_rows(&c.rows)))
}

impl Regions {
    fn of_rows(rows: &[Vec<&'static str>]) -> Self {
        let mut regions = Self::default();
        for row in rows {
            let [_, starts, code, names @ ..] = row.as_slice() else { continue };
            let at = regions.list.iter().position(|r| r.code == *code).unwrap_or_else(|| {
                let postcode_starts = starts.split(' ').filter(|s| !s.is_empty()).collect();
                regions.list.push(Region { code, names: Vec::new(), postcode_starts });
                regions.list.len() - 1
            });
            regions.list[at].names.extend(names.iter().filter(|n| !n.is_empty()));
            for name in std::iter::once(code).chain(names) {
                for key in [squash(name), squash_long(name)].into_iter().filter(|k| !k.is_empty()) {
                    regions.by_name.entry(key).or_insert(at);
                }
            }
        }
        regions.add_short_names();
        regions
    }

    /// Names without "state" or "oblast", where no region has that name in full and only one has it short: México is
    /// a state and Mexico City is not it.
    fn add_short_names(&mut self) {
        let mut short: HashMap<String, Option<usize>> = HashMap::new();
        for (at, region) in self.list.iter().enumerate() {
            for key in region.names.iter().map(|n| without_kind(n)).filter(|k| !k.is_empty()) {
                short.entry(key).and_modify(|seen| *seen = seen.filter(|s| *s == at)).or_insert(Some(at));
            }
        }
        for (key, at) in short {
            if let Some(at) = at {
                self.by_name.entry(key).or_insert(at);
            }
        }
    }
}

/// Words that say what kind of region it is and not which.
const KINDS: [&str; 50] = [
    "county",
    "co",
    "co.",
    "province",
    "provincia",
    "province of",
    "provincia di",
    "provincia de",
    "state",
    "estado",
    "estado de",
    "region",
    "région",
    "department",
    "departamento",
    "oblast",
    "oblast'",
    "область",
    "обл",
    "обл.",
    "край",
    "kray",
    "krai",
    "республика",
    "respublika",
    "респ",
    "prefecture",
    "-ken",
    "-fu",
    "-to",
    "-do",
    "-si",
    "emirate",
    "voivodeship",
    "woj.",
    "województwo",
    "judet",
    "județ",
    "jud.",
    "megye",
    "kraj",
    "governorate",
    "city",
    "di",
    "shi",
    "sheng",
    "municipality",
    "zizhiqu",
    "autonomous region",
    "emirate of",
];

fn without_kind(name: &str) -> String {
    let lower = name.to_lowercase();
    let mut rest = lower.trim();
    for kind in KINDS {
        if let Some(r) = rest.strip_prefix(kind)
            && (r.starts_with([' ', '.']))
        {
            rest = r.trim_start_matches(['.', ' ']);
        }
        if let Some(r) = rest.strip_suffix(kind)
            && (r.ends_with(' ') || kind.starts_with('-'))
        {
            rest = r.trim_end();
        }
    }
    let mut key = squash(rest);
    for kanji in ['県', '府', '都', '省', '市'] {
        if key.ends_with(kanji) && key.chars().count() > 2 {
            key.pop();
        }
    }
    key
}

/// The region that this text names in this country, by exact table.
pub(super) fn find(country: &str, text: &str) -> Option<&'static Region> {
    let regions = regions_of(country)?;
    let key = squash(text);
    if key.is_empty() {
        return None;
    }
    let at = regions.by_name.get(&key).copied().or_else(|| regions.by_name.get(&without_kind(text)).copied());
    at.and_then(|at| regions.list.get(at))
}

/// As `find`, by whole names only: for pieces of text that may be anything.
pub(super) fn find_whole(country: &str, key: &str) -> Option<&'static Region> {
    let regions = regions_of(country)?;
    regions.by_name.get(key).and_then(|at| regions.list.get(*at))
}

/// Two names that differ only in the word for the kind of region: Co. Antrim, County Antrim.
pub(super) fn same_but_kind(a: &str, b: &str) -> bool {
    let (x, y) = (without_kind(a), without_kind(b));
    !x.is_empty() && x == y
}

/// True where the table lists the country's regions.
pub(super) fn has_table(country: &str) -> bool {
    COUNTRIES.contains_key(country)
}

/// Regions whose postcodes may begin so. Empty: no data, or no region.
pub(super) fn of_postcode(country: &str, postcode: &str) -> Vec<&'static Region> {
    regions_of(country).map_or_else(Vec::new, |r| r.list.iter().filter(|r| r.holds(postcode)).collect())
}

/// The nearest name, to word a suggestion; never to accept one.
pub(super) fn nearest(country: &str, text: &str) -> Option<&'static Region> {
    let key = squash(text);
    let regions = regions_of(country)?;
    let (distance, at) = regions
        .by_name
        .iter()
        .filter(|(name, _)| name.chars().count() > 3)
        .map(|(name, at)| (strsim::osa_distance(name, &key), *at))
        .min()?;
    (distance <= 2 && key.chars().count() > 3).then(|| regions.list.get(at)).flatten()
}

impl Region {
    /// Whether a postcode of this region may begin so; `true` where there are no data to say no.
    pub fn holds(&self, postcode: &str) -> bool {
        self.postcode_starts.iter().any(|start| postcode.starts_with(start))
    }

    /// The first name in Latin letters that is not a code.
    pub fn latin_name(&self) -> Option<&'static str> {
        let latin = |n: &&&str| n.chars().all(|c| (c as u32) < 0x250);
        self.names
            .iter()
            .filter(latin)
            .find(|n| n.chars().count() > 3)
            .or_else(|| self.names.iter().find(latin))
            .copied()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn code_and_names_are_one_region() {
        for (country, a, b) in [
            ("US", "CA", "California"),
            ("US", "D.C.", "District of Columbia"),
            ("CA", "QC", "Québec"),
            ("JP", "東京都", "Tokyo"),
            ("IE", "Co. Cork", "County Cork"),
            ("ES", "V", "Valencia"),
            ("IT", "MI", "Milano"),
            ("MX", "CDMX", "Ciudad de México"),
            ("DE", "Bavaria", "Bayern"),
            ("RU", "Московская обл.", "Московская область"),
        ] {
            let (a, b) = (find(country, a), find(country, b));
            assert!(a.is_some(), "{country} {a:?}");
            assert_eq!(a.map(|r| r.code), b.map(|r| r.code), "{country}");
        }
        assert!(find("US", "Ontario").is_none());
    }
}
