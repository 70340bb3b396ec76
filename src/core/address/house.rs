//! National ways of writing house and unit in one number: 3/12 in Australia, 12/3 in Poland, 12/2/7 in Austria,
//! 112-105 in Korea. Also the words for "number" before a number, which say nothing.

use super::item::Item;
use super::lexicon::Class;
use super::lexicon::LEXICON;
use super::token::Kind;
use super::unit::{Unit, UnitClass};

/// Which part of a compound number is the unit.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Form {
    UnitFirst(char),
    UnitsBehind(char),
}

fn form(country: &str) -> Option<Form> {
    Some(match country {
        "AU" | "NZ" => Form::UnitFirst('/'),
        "CA" => Form::UnitFirst('-'),
        "PL" | "TR" | "IL" | "BE" | "HU" | "UA" | "AT" => Form::UnitsBehind('/'),
        "EE" | "LV" | "LT" => Form::UnitsBehind('-'),
        _ => return None,
    })
}

pub(super) fn settle(units: &mut Vec<Unit>, flow: &mut Vec<Item>, country: &str) {
    drop_number_words(flow);
    join_dashed(flow);
    match form(country) {
        Some(form) => {
            split_unit_ids(units, flow, form);
            split_numbers(units, flow, form);
        }
        None if country == "KR" => korean(units, flow),
        None if country == "FI" => finnish(units, flow),
        None if matches!(country, "ES" | "PT") => iberian(units, flow),
        None => {}
    }
}

/// `No.`, `nº`, `#`, `Hausnr.` before a number.
fn drop_number_words(flow: &mut Vec<Item>) {
    let mut at = 0;
    while at + 1 < flow.len() {
        let number = &flow[at + 1];
        let word = flow[at].is(Class::Noise) && (!flow[at].is(Class::Direction) || behind_street(flow, at));
        // 10 Б, 5: a letter behind a number is the house's letter, not a word for "number".
        let house_letter = flow[at].is_letter() && at.checked_sub(1).is_some_and(|before| flow[before].is_number());
        if word && !house_letter && number.is_number() && number.number.is_none() {
            flow.remove(at);
        } else {
            at += 1;
        }
    }
}

/// `12 - 14` is `12-14`.
fn join_dashed(flow: &mut Vec<Item>) {
    let mut at = 1;
    while at < flow.len() {
        let dashed = flow[at].token.after_dash && flow[at].is_number() && flow[at - 1].is_number();
        if dashed && flow[at].segment() == flow[at - 1].segment() {
            let behind = flow.remove(at);
            let text = format!("{}-{}", flow[at - 1].text(), behind.text());
            flow[at - 1].token.text = text;
            flow[at - 1].forget_meanings();
        } else {
            at += 1;
        }
    }
}

/// `Via Trento n. 143`: there `n` is "number". In `6617 N 64 Avenue` it is north.
fn behind_street(flow: &[Item], at: usize) -> bool {
    let part = |i: &Item| i.segment() == flow[at].segment();
    let first_number = !flow[..at].iter().any(|i| i.is_number() && part(i));
    let words_before = flow[..at].iter().any(|i| i.is_word() && part(i));
    first_number && words_before && flow.get(at + 2).is_none_or(|i| !part(i) || !i.is_word())
}

/// `Unit 3/12 Foo Street`, `#304-1200 King Street`: the designator took both numbers.
fn split_unit_ids(units: &mut [Unit], flow: &mut Vec<Item>, form: Form) {
    let Form::UnitFirst(sign) = form else { return };
    for unit in units.iter_mut().filter(|u| !matches!(u.class, UnitClass::Box(_))) {
        let Some((id, house)) = unit.id.split_once(sign).map(|(i, h)| (i.to_owned(), h.to_owned())) else { continue };
        let Some(first) = flow.first().filter(|f| f.is_word()) else { continue };
        let mut number = first.clone();
        number.token.text = house;
        number.token.kind = Kind::Number;
        number.token.long = None;
        number.forget_meanings();
        flow.insert(0, number);
        unit.id = id;
    }
}

fn split_numbers(units: &mut Vec<Unit>, flow: &mut [Item], form: Form) {
    let door_known = units.iter().any(|u| {
        !matches!(u.class, UnitClass::Box(_))
            && !matches!(u.class.name(), "building" | "floor" | "stair" | "level" | "tower" | "block")
    });
    if door_known {
        return;
    }
    let sign = match form {
        Form::UnitFirst(sign) | Form::UnitsBehind(sign) => sign,
    };
    let Some(at) = flow.iter().position(|i| i.is_number() && i.text().contains(sign)) else { return };
    let words_follow = flow.get(at + 1).is_some_and(|n| n.is_word() && n.segment() == flow[at].segment());
    let text = flow[at].text().to_owned();
    if form == Form::UnitFirst('-') && !text.starts_with(|c: char| c.is_ascii_digit()) {
        // A postcode in the line: S7N-4G1.
        return;
    }
    let mut parts: Vec<&str> = text.split(sign).collect();
    let house = match form {
        // 3-12 Main St, but not Main St 3-12: that is a range.
        Form::UnitFirst('-') if !words_follow || parts.len() != 2 => return,
        Form::UnitFirst(_) if parts.len() != 2 => return,
        Form::UnitFirst(_) => parts.remove(1),
        Form::UnitsBehind(_) => parts.remove(0),
    };
    flow[at].token.text = house.to_owned();
    units.extend(parts.iter().map(|id| Unit { class: UnitClass::Any, id: (*id).to_owned() }));
}

/// 306, 112-105: a number pair behind another number, or alone in its part, is building and flat.
fn korean(units: &mut Vec<Unit>, flow: &mut Vec<Item>) {
    if !units.is_empty() || flow.iter().filter(|i| i.is_number()).count() < 2 {
        return;
    }
    let alone = |at: usize| flow.iter().filter(|i| i.segment() == flow[at].segment()).count() == 1;
    let pair = |at: usize| flow[at].is_number() && flow[at].text().matches('-').count() == 1;
    let behind = |at: usize| at > 0 && flow[at - 1].is_number();
    let Some(at) = (0..flow.len()).find(|at| pair(*at) && (behind(*at) || alone(*at))) else { return };
    let number = flow.remove(at);
    for id in number.text().split('-') {
        units.push(Unit { class: UnitClass::Any, id: id.to_owned() });
    }
}

/// Mannerheimintie 12 A 3: house, staircase, flat.
fn finnish(units: &mut Vec<Unit>, flow: &mut Vec<Item>) {
    let Some(at) = (0..flow.len().saturating_sub(2))
        .find(|at| flow[*at].is_number() && flow[at + 1].is_letter() && flow[at + 2].is_number())
    else {
        return;
    };
    if units.is_empty() {
        let flat = flow.remove(at + 2);
        units.push(Unit { class: UnitClass::Any, id: flat.token.text });
    }
}

/// Calle Mayor 10, 1A: behind the house number a number with a letter is floor and door, as 1º A.
fn iberian(units: &mut Vec<Unit>, flow: &mut Vec<Item>) {
    if !units.is_empty() {
        return;
    }
    let Some(at) = (1..flow.len()).find(|at| flow[*at].is_number() && flow[at - 1].is_number()) else { return };
    let text = flow[at].text();
    let digits = text.trim_end_matches(|c: char| c.is_ascii_lowercase());
    let plain = digits.len() <= 2 && digits.bytes().all(|b| b.is_ascii_digit());
    let (floor, door, taken) = match text[digits.len()..].len() {
        1 if plain => (digits.to_owned(), text[digits.len()..].to_owned(), 1),
        0 if plain && flow.get(at + 1).is_some_and(Item::is_letter) => {
            (digits.to_owned(), flow[at + 1].text().to_owned(), 2)
        }
        _ => return,
    };
    flow.drain(at..at + taken);
    for (class, id) in [("floor", floor), ("door", door)] {
        units.push(Unit { class: UnitClass::Unit(LEXICON.unit_value(class)), id });
    }
}
