//! Every address of the invented pairs, changed in every place: what must never be the same, and what must never be
//! different.

use super::Address;
use super::cases::{CASES, addresses, all_addresses};
use super::compare::compare;
use super::lexicon::rows;
use super::verdict::Overall;

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
