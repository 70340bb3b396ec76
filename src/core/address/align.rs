//! Two flows of items laid beside each other: equal in order, or equal part by part in another order.
//!
//! Every item of both sides must find its place; what is left over on either side is an answer of "no". Numbers keep
//! their order, and a part that moves takes its number along.

use std::ops::Range;

use super::item::{Agree, Item, agree};
use super::lexicon::Class;
use super::rule::Rule;
use super::token::Kind;

/// The rule that was needed to lay one flow on the other; `None` when they do not match.
pub(super) fn flows(a: &[Item], b: &[Item]) -> Option<Rule> {
    let rule = in_row(a, b);
    if rule.is_some() || digits_differ(a, b) {
        return rule;
    }
    parts(a, b).or_else(|| parts(b, a))
}

/// As `flows`, in the given order only.
pub(super) fn in_row(a: &[Item], b: &[Item]) -> Option<Rule> {
    prefix(a, b).filter(|(used, _)| *used == b.len()).map(|(_, rule)| rule)
}

/// Other digits can never be laid on one another, in whatever order. Number words make this undecided.
fn digits_differ(a: &[Item], b: &[Item]) -> bool {
    let count = |flow: &[Item]| {
        let mut counts = [0_u16; 10];
        for byte in flow.iter().filter(|i| i.is_number()).flat_map(|i| i.text().bytes()) {
            if byte.is_ascii_digit() {
                counts[usize::from(byte - b'0')] += 1;
            }
        }
        counts
    };
    !a.iter().chain(b).any(|i| i.is_word() && i.number.is_some()) && count(a) != count(b)
}

/// Lays all of `a` on the beginning of `b`: how many items of `b` that took.
pub(super) fn prefix(a: &[Item], b: &[Item]) -> Option<(usize, Rule)> {
    let (mut i, mut j) = (0, 0);
    let mut rule = Rule::Case;
    while i < a.len() {
        if let Some(agreed) = b.get(j).and_then(|y| agree_here(a, i, b, j, y)) {
            rule = rule.max(Rule::of(agreed));
            (i, j) = (i + 1, j + 1);
        } else if let Some(step) = glued(&a[i..], &b[j..]) {
            rule = rule.max(Rule::Spacing);
            (i, j) = (i + step.0, j + step.1);
        } else if left_out(a, i) || particle(a, i) {
            rule = rule.max(Rule::LeftOutType);
            i += 1;
        } else if left_out(b, j) || particle(b, j) {
            rule = rule.max(Rule::LeftOutType);
            j += 1;
        } else {
            return None;
        }
    }
    while j + 1 == b.len() && left_out(b, j) {
        rule = rule.max(Rule::LeftOutType);
        j += 1;
    }
    Some((j, rule))
}

/// Plain words for street, colonia or bairro that the post does not need. A letter behind a number is a house letter.
fn left_out(flow: &[Item], at: usize) -> bool {
    let Some(item) = flow.get(at) else { return false };
    let house_letter = item.is_letter() && at.checked_sub(1).and_then(|b| flow.get(b)).is_some_and(Item::is_number);
    (item.is(Class::Optional) || item.is(Class::Label)) && !house_letter
}

/// Calle de los Reyes is Calle Reyes; only between a street type and its name.
fn particle(flow: &[Item], at: usize) -> bool {
    let in_part = |i: &&Item| i.segment() == flow[at].segment();
    flow.get(at).is_some_and(|i| i.is(Class::Particle))
        && at.checked_sub(1).and_then(|b| flow.get(b)).filter(in_part).is_some_and(|b| b.is(Class::Type))
        && flow.get(at + 1).filter(in_part).is_some_and(Item::is_word)
}

/// Two items in their places. A single letter that is itself the name of a street (N Street) is no direction.
fn agree_here(a: &[Item], i: usize, b: &[Item], j: usize, y: &Item) -> Option<Agree> {
    let x = &a[i];
    let agreed = agree(x, y)?;
    if agreed == Agree::Abbreviation(Class::Direction) && (x.is_letter() != y.is_letter()) {
        let (flow, at) = if x.is_letter() { (a, i) } else { (b, j) };
        if is_lettered_street(flow, at) {
            return None;
        }
    }
    Some(agreed)
}

/// `12 N St NW`: the letter stands where the name should be.
fn is_lettered_street(flow: &[Item], at: usize) -> bool {
    let same_part = |i: &&Item| i.segment() == flow[at].segment();
    let type_next = flow.get(at + 1).filter(same_part).is_some_and(|n| n.is(Class::Type) && !n.is_number());
    let last = flow.get(at + 2).filter(same_part).is_none_or(|n| n.is(Class::Direction));
    let before = at.checked_sub(1).and_then(|b| flow.get(b)).filter(same_part);
    let alone_behind_type = before.is_some_and(|b| b.is(Class::Type) && b.text().len() > 2)
        && !flow.iter().any(|i| i.segment() == flow[at].segment() && (i.is_name() || i.number.is_some()));
    type_next && last && before.is_none_or(Item::is_number) || alone_behind_type
}

/// Words written apart on one side and together on the other; a number and its letter likewise.
fn glued(a: &[Item], b: &[Item]) -> Option<(usize, usize)> {
    let (Some(x), Some(y)) = (a.first(), b.first()) else { return None };
    for (p, q) in [(2, 1), (1, 2), (3, 1), (1, 3), (2, 3), (3, 2)] {
        let fits = a.len() >= p && b.len() >= q;
        if fits && !direction_ahead(a, p) && !direction_ahead(b, q) && together(&a[..p], &b[..q]) {
            return Some((p, q));
        }
    }
    // A run of CJK words may be cut anywhere.
    if x.token.kind == Kind::Cjk && y.token.kind == Kind::Cjk {
        return cjk_runs(a, b);
    }
    None
}

/// `12 E Park Ave` may be house 12 on East Park or house 12E on Park: nobody can say, so they are not joined.
fn direction_ahead(flow: &[Item], taken: usize) -> bool {
    let (Some(last), Some(next)) = (taken.checked_sub(1).and_then(|at| flow.get(at)), flow.get(taken)) else {
        return false;
    };
    taken == 2
        && flow[0].is_number()
        && last.is_letter()
        && last.is(Class::Direction)
        && next.is_word()
        && next.segment() == last.segment()
}

fn together(a: &[Item], b: &[Item]) -> bool {
    let (many, one) = if a.len() > b.len() { (a, b) } else { (b, a) };
    let numbers = many.iter().filter(|i| i.is_number()).count();
    if many.iter().chain(one).any(|i| i.token.kind == Kind::Sign) {
        return false;
    }
    if numbers > 1 {
        // `12 - 14` is `12-14`, and only with its dash.
        return one.len() == 1
            && many.len() == 2
            && many[1].token.after_dash
            && one[0].text() == format!("{}-{}", many[0].text(), many[1].text());
    }
    if numbers == 1 && !number_with_letter(many) {
        return false;
    }
    let lens: usize = many.iter().map(|i| spelled(i).len()).sum();
    if lens != one.iter().map(|i| spelled(i).len()).sum::<usize>() {
        return long_together(many, one);
    }
    let joined = |items: &[Item]| items.iter().map(spelled).collect::<String>();
    joined(many) == joined(one) || long_together(many, one)
}

fn long_together(many: &[Item], one: &[Item]) -> bool {
    let has_long = many.iter().chain(one).any(|i| i.token.long.is_some());
    let long = |items: &[Item]| items.iter().map(|i| i.token.long.as_deref().unwrap_or(spelled(i))).collect::<String>();
    let plain = |items: &[Item]| items.iter().map(spelled).collect::<String>();
    has_long && (long(many) == long(one) || long(many) == plain(one) || plain(many) == long(one))
}

/// A type that stands apart is read in full, so that `Schul-Str.` is `Schulstrasse`.
fn spelled(item: &Item) -> &str {
    match item.text() {
        "str" if item.is(Class::Type) => {
            if item.senses().any(|s| super::lexicon::LEXICON.name(s.id) == "straat") {
                "straat"
            } else {
                "strasse"
            }
        }
        text => text,
    }
}

/// `12 a`, `7 bis`, `a 12`: one number and what belongs to it. A direction before the name of a street does not.
fn number_with_letter(many: &[Item]) -> bool {
    let [first, second] = many else { return false };
    let word = if first.is_number() { second } else { first };
    let small = word.text().chars().count() <= 1 || matches!(word.text(), "bis" | "ter" | "quater");
    small && word.token.kind == Kind::Word
}

/// CJK text is compared as a run without its spaces; takes whole items on both sides.
fn cjk_runs(a: &[Item], b: &[Item]) -> Option<(usize, usize)> {
    let (mut p, mut q) = (1, 1);
    let mut x = a[0].text().to_owned();
    let mut y = b[0].text().to_owned();
    loop {
        if x == y {
            return Some((p, q));
        }
        if x.len() < y.len() {
            let next = a.get(p).filter(|i| i.token.kind == Kind::Cjk)?;
            x.push_str(next.text());
            p += 1;
        } else {
            let next = b.get(q).filter(|i| i.token.kind == Kind::Cjk)?;
            y.push_str(next.text());
            q += 1;
        }
    }
}

/// Parts of `a` between commas and lines, found in `b` in any order so that nothing of `b` is left.
fn parts(a: &[Item], b: &[Item]) -> Option<Rule> {
    if a.is_empty() || b.is_empty() {
        return None;
    }
    let next = split(a, true);
    let before = split(a, false);
    tile(a, &next, b).or_else(|| (before != next).then(|| tile(a, &before, b)).flatten())
}

/// Cuts at segment borders. A bare number is no part of its own: it belongs to the words beside it.
fn split(flow: &[Item], with_next: bool) -> Vec<Range<usize>> {
    let mut parts: Vec<Range<usize>> = Vec::with_capacity(4);
    for (at, item) in flow.iter().enumerate() {
        match parts.last_mut() {
            Some(last) if flow[last.start].segment() == item.segment() => last.end = at + 1,
            _ => parts.push(at..at + 1),
        }
    }
    let bare = |part: &Range<usize>| flow[part.clone()].iter().all(|i| !i.is_word());
    while parts.len() > 1 {
        let Some(at) = parts.iter().position(bare) else { break };
        let part = parts.remove(at);
        if at == 0 || with_next && at < parts.len() {
            parts[at].start = part.start;
        } else {
            parts[at - 1].end = part.end;
        }
    }
    parts
}

fn tile(a: &[Item], parts: &[Range<usize>], b: &[Item]) -> Option<Rule> {
    let mut parts = parts.to_vec();
    parts.sort_by_key(|p| std::cmp::Reverse(p.len()));
    let mut used = vec![false; b.len()];
    let mut rule = Rule::Order;
    for part in parts {
        let (start, taken, needed) = place(&a[part], b, &used)?;
        used[start..start + taken].fill(true);
        rule = rule.max(needed);
    }
    let all_used = used.iter().enumerate().all(|(at, used)| *used || left_out(b, at));
    all_used.then_some(rule)
}

/// Where a part lies in `b`, as it is or with its house number on the other side of the name.
fn place(part: &[Item], b: &[Item], used: &[bool]) -> Option<(usize, usize, Rule)> {
    place_so(part, b, used).or_else(|| place_so(&turned(part)?, b, used))
}

fn place_so(part: &[Item], b: &[Item], used: &[bool]) -> Option<(usize, usize, Rule)> {
    (0..b.len()).filter(|start| !used[*start]).find_map(|start| {
        let free = used[start..].iter().position(|u| *u).unwrap_or(b.len() - start);
        let (taken, rule) = prefix(part, &b[start..start + free])?;
        (taken > 0).then_some((start, taken, rule))
    })
}

/// The house number (with its letter) moved to the other end; only when one end has it and the other has none.
fn turned(part: &[Item]) -> Option<Vec<Item>> {
    let (first, last) = (part.first()?, part.last()?);
    if part.len() < 2 || !part.iter().any(Item::is_word) {
        return None;
    }
    let mut turned = part.to_vec();
    if first.is_number() && !last.is_number() {
        turned.rotate_left(1);
        return Some(turned);
    }
    if last.is_number() && !first.is_number() {
        turned.rotate_right(1);
        return Some(turned);
    }
    // 126 b behind the name.
    let with_letter = part.len() > 2 && last.is_letter() && part[part.len() - 2].is_number() && !first.is_number();
    with_letter.then(|| {
        turned.rotate_right(2);
        turned
    })
}
