//! Invented pairs of many countries, as tables: what must be the same, what must not, what is for a person.

use super::Address;
use super::compare::compare;
use super::lexicon::rows;
use super::verdict::Overall;

const CASES: [&str; 2] = [include_str!("cases/lines.tsv"), include_str!("cases/more.tsv")];

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
fn all_addresses() -> Vec<Address> {
    CASES.into_iter().flat_map(addresses).collect()
}

fn addresses(table: &'static str) -> Vec<Address> {
    let mut all = Vec::new();
    for row in rows(table) {
        let [_, country, a, b] = row[..] else { continue };
        all.push(address(country, a, &[]));
        all.push(address(country, b, &[]));
    }
    all
}

/// A text with one change at a digit: another digit, a lost one, a doubled one, two that changed places.
fn digit_changes(text: &str) -> Vec<String> {
    let chars: Vec<char> = text.chars().collect();
    let mut changed = Vec::new();
    for (at, c) in chars.iter().enumerate() {
        let Some(digit) = c.to_digit(10) else { continue };
        let mut make = |edit: &dyn Fn(&mut Vec<char>)| {
            let mut copy = chars.clone();
            edit(&mut copy);
            changed.push(copy.into_iter().collect::<String>());
        };
        make(&|t| t[at] = char::from_digit((digit + 1) % 10, 10).unwrap());
        make(&|t| t[at] = char::from_digit((digit + 7) % 10, 10).unwrap());
        make(&|t| {
            t.remove(at);
        });
        make(&|t| t.insert(at, '4'));
        if let Some(next) = chars.get(at + 1).filter(|n| n.is_ascii_digit() && *n != c) {
            let next = *next;
            make(&|t| (t[at], t[at + 1]) = (next, *c));
        }
    }
    changed
}

#[test]
fn no_change_of_a_digit_is_the_same() {
    let mut failed = Vec::new();
    let mut count = 0;
    for whole in all_addresses() {
        for field in ["line1", "line2", "postcode"] {
            let mut copy = whole.clone();
            let text = copy.field_mut(field).unwrap().clone();
            for changed in digit_changes(&text) {
                copy.field_mut(field).unwrap().clone_from(&changed);
                count += 1;
                // ZIP+4: the four digits behind are a finer place in the same ZIP, and lost ones are allowed.
                if compare(&whole, &copy).verdict == Overall::Same {
                    failed.push(format!("{} {text} -> {changed}", whole.country));
                }
            }
        }
    }
    assert!(failed.is_empty(), "{} of {count} failed:\n{}", failed.len(), failed.join("\n"));
}

/// A letter that stands alone or beside a number is a unit, a house letter or a direction: another one is another door.
#[test]
fn no_other_single_letter_is_the_same() {
    let mut failed = Vec::new();
    let mut count = 0;
    for whole in all_addresses() {
        for field in ["line1", "line2"] {
            let mut copy = whole.clone();
            let chars: Vec<char> = copy.field_mut(field).unwrap().chars().collect();
            for (at, c) in chars.iter().enumerate().filter(|(_, c)| c.is_ascii_alphabetic()) {
                let before = at.checked_sub(1).and_then(|b| chars.get(b)).copied().unwrap_or(' ');
                let after = chars.get(at + 1).copied().unwrap_or(' ');
                let alone = |x: char| !x.is_alphabetic() && !matches!(x, '.' | '/' | '\'' | '’' | 'º' | '&');
                // `H No` and `D No` are both words for "house number".
                if !alone(before) || !alone(after) || chars[at + 1..].starts_with(&[' ', 'N', 'o']) {
                    continue;
                }
                for other in ('A'..='Z').filter(|o| !o.eq_ignore_ascii_case(c)) {
                    let mut changed = chars.clone();
                    changed[at] = other;
                    *copy.field_mut(field).unwrap() = changed.iter().collect();
                    count += 1;
                    if compare(&whole, &copy).verdict == Overall::Same {
                        failed.push(format!(
                            "{} {} -> {}",
                            whole.country,
                            chars.iter().collect::<String>(),
                            changed.iter().collect::<String>()
                        ));
                    }
                }
            }
        }
    }
    assert!(failed.is_empty(), "{} of {count} failed:\n{}", failed.len(), failed.join("\n"));
}

#[test]
fn no_two_numbers_change_places() {
    let mut failed = Vec::new();
    for whole in all_addresses() {
        let text = format!("{}\n{}", whole.line1, whole.line2);
        let mut runs: Vec<std::ops::Range<usize>> = Vec::new();
        for (at, c) in text.char_indices().filter(|(_, c)| c.is_ascii_digit()) {
            match runs.last_mut() {
                Some(run) if run.end == at => run.end = at + c.len_utf8(),
                _ => runs.push(at..at + c.len_utf8()),
            }
        }
        for (i, x) in runs.iter().enumerate() {
            for y in runs[i + 1..].iter().filter(|y| text[(*y).clone()] != text[x.clone()]) {
                let swapped = format!(
                    "{}{}{}{}{}",
                    &text[..x.start],
                    &text[y.clone()],
                    &text[x.end..y.start],
                    &text[x.clone()],
                    &text[y.end..]
                );
                let (one, two) = swapped.split_once('\n').unwrap();
                let copy = Address { line1: one.to_owned(), line2: two.to_owned(), ..whole.clone() };
                if compare(&whole, &copy).verdict == Overall::Same {
                    failed.push(format!("{} {text} -> {swapped}", whole.country));
                }
            }
        }
    }
    assert!(failed.is_empty(), "{} failed:\n{}", failed.len(), failed.join("\n"));
}

#[test]
fn no_lost_word_is_the_same() {
    // Plain types, labels, words for "number" and particles behind a type, kinds of places, a unit's word where the
    // national form says it, and what a line only repeats.
    const MAY_GO: &str = "ul ул улица вул вулиця ulica iela Οδός רחוב Ulica Col Colonia No no nr nº n č буд д дом d \
        House H de du des la das da Les Floor CEDEX sal as г м Hwy Highway U Shop Dpto PO Springfield IL 62701 am Main \
        City C los";
    let mut failed = Vec::new();
    for whole in addresses(CASES[0]) {
        for field in ["line1", "line2", "city"] {
            let mut copy = whole.clone();
            let text = copy.field_mut(field).unwrap().clone();
            let words: Vec<&str> = text.split(' ').collect();
            for at in 0..words.len() {
                let mut left = words.clone();
                let lost = left.remove(at);
                let bare = lost.trim_end_matches(['.', ',', ':']);
                if MAY_GO.split_whitespace().any(|w| w == bare)
                    || lost == "H.No."
                    || !lost.chars().any(char::is_alphanumeric)
                {
                    continue;
                }
                *copy.field_mut(field).unwrap() = left.join(" ");
                let got = compare(&whole, &copy);
                if got.verdict == Overall::Same {
                    failed.push(format!("{} [{lost}] {text} -> {}", whole.country, left.join(" ")));
                }
            }
        }
    }
    assert!(failed.is_empty(), "{} failed:\n{}", failed.len(), failed.join("\n"));
}

/// Changes of form only, each named.
fn formatting(whole: &Address) -> Vec<(&'static str, Address)> {
    use unicode_normalization::UnicodeNormalization;
    let every = |edit: &dyn Fn(&str) -> String| {
        let mut copy = whole.clone();
        for field in ["name", "line1", "line2", "city", "region", "postcode"] {
            let slot = copy.field_mut(field).unwrap();
            *slot = edit(slot);
        }
        copy
    };
    let lines = |one: String, two: String| Address { line1: one, line2: two, ..whole.clone() };
    let joined = |between: &str| match whole.line2.as_str() {
        "" => whole.line1.clone(),
        two => format!("{}{between}{two}", whole.line1),
    };
    let plain = |text: &str| text.nfd().filter(|c| !('\u{300}'..='\u{36f}').contains(c)).nfc().collect::<String>();
    let wide = |text: &str| {
        text.chars().map(|c| if c.is_ascii_digit() { char::from_u32(c as u32 + 0xfee0).unwrap() } else { c }).collect()
    };
    let mut changes = vec![
        ("upper", every(&|t| t.to_uppercase())),
        ("lower", every(&|t| t.to_lowercase())),
        ("spaces", every(&|t| format!(" {} ", t.replace(' ', "  ")))),
        ("nfd", every(&|t| t.nfd().collect())),
        ("plain", every(&plain)),
        ("wide", every(&wide)),
        ("no commas", every(&|t| t.replace(',', ""))),
        ("no dots", every(&|t| t.replace(". ", " ").trim_end_matches('.').to_owned())),
        ("no-break spaces", every(&|t| t.replace(' ', "\u{a0}"))),
        ("zero width", every(&|t| t.replace(' ', " \u{200b}"))),
        ("curly", every(&|t| t.replace('\'', "’"))),
        ("entities", every(&|t| t.replace('&', "&amp;").replace('\'', "&#39;"))),
        ("semicolons", every(&|t| t.replace(',', ";"))),
        ("newline", lines(joined("\n"), String::new())),
        ("end comma", lines(format!("{},", whole.line1), whole.line2.clone())),
        ("swapped", lines(whole.line2.clone(), whole.line1.clone())),
        ("joined", lines(joined(", "), String::new())),
        ("joined by space", lines(joined(" "), String::new())),
    ];
    let wrapped = joined(", ");
    if let Some(cut) =
        wrapped.char_indices().filter(|(_, c)| *c == ' ').map(|(at, _)| at).take_while(|at| *at <= 35).last()
    {
        changes.push(("wrapped", lines(wrapped[..cut].to_owned(), wrapped[cut + 1..].to_owned())));
    }
    let code = super::country::english_name(&whole.country).unwrap_or("");
    changes.push(("country", Address { country: code.to_owned(), ..whole.clone() }));
    changes
}

#[test]
fn no_change_of_form_is_different() {
    let (mut different, mut review, mut count) = (Vec::new(), Vec::new(), 0);
    for whole in all_addresses() {
        for (change, copy) in formatting(&whole) {
            count += 1;
            let got = compare(&whole, &copy);
            let line = || {
                format!(
                    "{} {change}: {} / {} -> {} / {}\n      {}",
                    whole.country,
                    whole.line1,
                    whole.line2,
                    copy.line1,
                    copy.line2,
                    got.reasons().join("; ")
                )
            };
            match got.verdict {
                Overall::Same => {}
                Overall::Different => different.push(line()),
                _ => review.push(line()),
            }
        }
    }
    assert!(
        different.is_empty() && review.len() * 100 < count,
        "{} different, {} review of {count}:\n{}\n--\n{}",
        different.len(),
        review.len(),
        different.join("\n"),
        review.join("\n")
    );
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

/// Each word of a line in each other spelling that its row of a table has, in that country's languages.
fn respelled(whole: &Address) -> Vec<(String, Address)> {
    let rules = rows(include_str!("tables/country-rules.tsv")).find(|r| r[0] == whole.country).unwrap();
    let speaks = |list: &str| {
        list == "*" || list.split(',').any(|l| l == "en" || l == whole.country || rules[1].split(',').any(|r| r == l))
    };
    let tables = [
        include_str!("tables/street-types.tsv"),
        include_str!("tables/directions.tsv"),
        include_str!("tables/units.tsv"),
    ];
    let mut changed = Vec::new();
    for field in ["line1", "line2"] {
        let mut copy = whole.clone();
        let text = copy.field_mut(field).unwrap().clone();
        for word in text.split(' ') {
            let bare = word.trim_matches(['.', ',', ':']);
            if bare.chars().count() < 3 {
                continue;
            }
            for row in tables.into_iter().flat_map(rows).filter(|r| speaks(r[1])) {
                // The full name only: an abbreviation may stand for another row.
                if !row[2].eq_ignore_ascii_case(bare) {
                    continue;
                }
                for other in row[3..].iter().filter(|o| !o.contains([' ', '/'])) {
                    *copy.field_mut(field).unwrap() = text.replacen(bare, other, 1);
                    changed.push((format!("{bare} -> {other}"), copy.clone()));
                }
            }
        }
    }
    changed
}

#[test]
fn every_spelling_of_a_row_is_read_in_its_place() {
    let (mut failed, mut count) = (Vec::new(), 0);
    for whole in all_addresses() {
        for (change, copy) in respelled(&whole) {
            count += 1;
            let got = compare(&whole, &copy);
            if got.verdict != Overall::Same {
                failed.push(format!(
                    "{} {change}: {} / {} -> {} / {}: {:?} {}",
                    whole.country,
                    whole.line1,
                    whole.line2,
                    copy.line1,
                    copy.line2,
                    got.verdict,
                    got.reasons().join("; ")
                ));
            }
        }
    }
    assert!(failed.len() * 50 < count, "{} of {count}:\n{}", failed.len(), failed.join("\n"));
}
