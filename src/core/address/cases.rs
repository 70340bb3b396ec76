//! Invented pairs of many countries, as tables: what must be the same, what must not, what is for a person.

use super::Address;
use super::compare::compare;
use super::lexicon::rows;
use super::verdict::Overall;

pub(super) const CASES: [&str; 2] = [include_str!("cases/lines.tsv"), include_str!("cases/more.tsv")];

fn address(country: &str, cells: &str, other: &[&str]) -> Address {
    let given: Vec<&str> = cells.split('|').map(str::trim).collect();
    let cell = |at: usize| given.get(at).or(other.get(at)).copied().unwrap_or("").to_owned();
    let name = cell(5);
    Address {
        name: if name.is_empty() { "Jane Roe".to_owned() } else { name },
        company: cell(6),
        line1: cell(0),
        line2: cell(1),
        city: cell(2),
        region: cell(3),
        postcode: cell(4),
        country: country.to_owned(),
        ..Address::default()
    }
}

fn fits(want: &str, verdict: Overall) -> bool {
    match want {
        "=" => verdict == Overall::Same,
        "~" => verdict == Overall::Review,
        _ => verdict != Overall::Same,
    }
}

fn wrong(want: &str, a: &Address, b: &Address) -> Option<String> {
    let there = compare(a, b);
    let back = compare(b, a);
    let ok = fits(want, there.verdict) && there.verdict == back.verdict;
    (!ok).then(|| {
        let what = |c: &super::verdict::Comparison| format!("{:?}: {}", c.verdict, c.reasons().join("; "));
        let turned =
            if there.verdict == back.verdict { String::new() } else { format!("\n      turned {}", what(&back)) };
        format!("{want} {} / {} <> {} / {}\n      {}{turned}", a.line1, a.line2, b.line1, b.line2, what(&there))
    })
}

#[test]
fn lines_of_many_countries() {
    let mut failed = Vec::new();
    for row in CASES.into_iter().flat_map(rows) {
        let [want, country, a, b] = row[..] else { panic!("four cells: {row:?}") };
        let (cells_a, cells_b): (Vec<&str>, Vec<&str>) =
            (a.split('|').map(str::trim).collect(), b.split('|').map(str::trim).collect());
        let (a, b) = (address(country, a, &cells_b), address(country, b, &cells_a));
        failed.extend(wrong(want, &a, &b).map(|w| format!("{country} {w}")));
        // Every address is itself.
        failed.extend(wrong("=", &a, &a.clone()));
    }
    assert!(failed.is_empty(), "{} failed:\n{}", failed.len(), failed.join("\n"));
}

#[test]
fn names_of_many_countries() {
    let mut failed = Vec::new();
    for row in rows(include_str!("cases/names.tsv")) {
        let [want, country, a, b] = row[..] else { panic!("four cells: {row:?}") };
        let named = |name: &str| Address {
            name: name.to_owned(),
            line1: "12 Foo".to_owned(),
            city: "Bar".to_owned(),
            country: country.to_owned(),
            ..Address::default()
        };
        let (x, y) = (named(a), named(b));
        let want_overall = if want == "!" {
            Overall::Different
        } else if want == "~" {
            Overall::Review
        } else {
            Overall::Same
        };
        for (p, q) in [(&x, &y), (&y, &x)] {
            let got = compare(p, q);
            if got.verdict != want_overall {
                failed.push(format!("{want} {} <> {}: {:?} {}", p.name, q.name, got.verdict, got.reasons().join("; ")));
            }
        }
    }
    assert!(failed.is_empty(), "{} failed:\n{}", failed.len(), failed.join("\n"));
}

/// Both sides of every row, as addresses.
pub(super) fn all_addresses() -> Vec<Address> {
    CASES.into_iter().flat_map(addresses).collect()
}

pub(super) fn addresses(table: &'static str) -> Vec<Address> {
    let mut all = Vec::new();
    for row in rows(table) {
        let [_, country, a, b] = row[..] else { continue };
        all.push(address(country, a, &[]));
        all.push(address(country, b, &[]));
    }
    all
}

/// Two street types that share no row are never one, in whatever abbreviation, in any language of the table.
#[test]
fn no_street_type_becomes_another() {
    let countries = [
        ("en", "US"),
        ("fr", "FR"),
        ("de", "DE"),
        ("nl", "NL"),
        ("es", "ES"),
        ("pt", "BR"),
        ("it", "IT"),
        ("pl", "PL"),
        ("cs", "CZ"),
        ("hu", "HU"),
        ("ro", "RO"),
        ("tr", "TR"),
        ("sv", "SE"),
        ("ru", "RU"),
        ("uk", "UA"),
        ("ms", "MY"),
    ];
    let mut failed = Vec::new();
    for (lang, country) in countries {
        let table: Vec<Vec<&str>> =
            rows(include_str!("tables/street-types.tsv")).filter(|row| row[1].split(',').any(|l| l == lang)).collect();
        for (at, x) in table.iter().enumerate() {
            for y in &table[at + 1..] {
                // The full names; abbreviations that both rows list are ambiguous and agree with either.
                for s in &x[2..] {
                    let bare = s.trim_end_matches('/');
                    if table.iter().any(|r| r[2..].contains(&bare) && r[2..].contains(&y[2])) {
                        continue;
                    }
                    let with = |word: &str| Address {
                        name: "Jane Roe".into(),
                        line1: format!("12 Oak {word}"),
                        city: "Foo".into(),
                        country: country.into(),
                        ..Address::default()
                    };
                    if compare(&with(s), &with(y[2])).verdict == Overall::Same {
                        failed.push(format!("{country} {s} {}", y[2]));
                    }
                }
            }
        }
    }
    assert!(failed.is_empty(), "{}:\n{}", failed.len(), failed.join("\n"));
}

/// What the checks hold of addresses that are well formed; the regions that the tables leave out are given.
#[test]
fn few_clean_addresses_are_held() {
    use super::check::{Profile, Severity, check};
    let (mut held, mut count) = (Vec::new(), 0);
    for address in all_addresses() {
        count += 1;
        for finding in check(&address, &Profile::default()) {
            let given = matches!(finding.check, "region_missing" | "postcode_missing" | "city_missing");
            if finding.severity == Severity::Error && !given {
                held.push(format!(
                    "{} {}: {} / {} / {} / {}",
                    address.country, finding.check, finding.message, address.line1, address.region, address.postcode
                ));
            }
        }
    }
    held.dedup();
    assert!(held.len() * 100 < count * 3, "{} of {count}:\n{}", held.len(), held.join("\n"));
}
