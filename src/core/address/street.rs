//! The lines of two addresses beside each other: units, house number, street. When they do not lay on one another,
//! what is left over on each side says what changed, in the words a postman would use.

use super::align;
use super::country;
use super::item::{Item, agree};
use super::lexicon::Class;
use super::reason::{became, cut_at, nearly, swapped};
use super::rule::Rule;
use super::side::{Repeats, Side};
use super::text::{digits, squash};
use super::token::Kind;
use super::unit::{Unit, UnitClass, unpaired};
use super::verdict::{FieldVerdict, Verdict};

/// Verdicts for house number, unit and street, and what the lines of each side repeated.
pub(super) struct Lines {
    pub fields: Vec<FieldVerdict>,
    pub repeats: [Repeats; 2],
}

pub(super) fn compare(a: &Side<'_>, b: &Side<'_>) -> Lines {
    if a.address.line1 == b.address.line1 && a.address.line2 == b.address.line2 {
        return Lines { fields: all_identical(a), repeats: Default::default() };
    }
    let (flat_a, flat_b) = (unpaired(&a.units, &b.units), align::flows(&a.flow, &b.flow));
    if let (true, Some(rule)) = (flat_a.0.is_empty() && flat_a.1.is_empty(), flat_b) {
        return Lines { fields: equivalent(a, b, rule), repeats: Default::default() };
    }
    if let Some(lines) = said_twice(a, b).or_else(|| unbroken(a, b)) {
        return lines;
    }
    let ((short_a, repeats_a), (short_b, repeats_b)) = if may_repeat(a, b) {
        (a.without_repeats(b), b.without_repeats(a))
    } else {
        ((a.clone(), Repeats::default()), (b.clone(), Repeats::default()))
    };
    let repeats = [repeats_a, repeats_b];
    let rule = align::flows(&short_a.flow, &short_b.flow)
        .map(|r| if repeats.iter().any(|r| r.any()) { Rule::Repeated } else { r });
    let mut diff = Differences::new(&short_a, &short_b);
    Lines { fields: diff.fields(rule), repeats }
}

/// Some exports repeat line 2 at the end of line 1 (Shopify's "Shipping Street").
fn said_twice(a: &Side<'_>, b: &Side<'_>) -> Option<Lines> {
    let langs = a.rules().langs | b.rules().langs;
    let (once_a, once_b) = (a.said_once(langs), b.said_once(langs));
    if once_a.is_none() && once_b.is_none() {
        return None;
    }
    let (x, y) = (once_a.as_ref().unwrap_or(a), once_b.as_ref().unwrap_or(b));
    let (left_x, left_y) = unpaired(&x.units, &y.units);
    let laid = left_x.is_empty() && left_y.is_empty() && align::flows(&x.flow, &y.flow).is_some();
    laid.then(|| Lines { fields: equivalent(x, y, Rule::Repeated), repeats: Default::default() })
}

/// A line cut in the middle of a unit (`3º` / `izq.`) reads otherwise. Tried only where the digits are the same ones.
fn unbroken(a: &Side<'_>, b: &Side<'_>) -> Option<Lines> {
    let both_one_line = a.address.line2.trim().is_empty() && b.address.line2.trim().is_empty();
    let all_digits = |side: &Side<'_>| digits(&side.address.line1) + &digits(&side.address.line2);
    if both_one_line || all_digits(a) != all_digits(b) {
        return None;
    }
    let langs = a.rules().langs | b.rules().langs;
    let (whole_a, whole_b) = (a.unbroken(langs), b.unbroken(langs));
    [(&whole_a, &whole_b), (a, &whole_b), (&whole_a, b)].into_iter().find_map(|(x, y)| {
        let (left_x, left_y) = unpaired(&x.units, &y.units);
        let laid = left_x.is_empty() && left_y.is_empty() && align::flows(&x.flow, &y.flow).is_some();
        laid.then(|| Lines { fields: equivalent(x, y, Rule::LineBreak), repeats: Default::default() })
    })
}

/// Whether something is left over on a side that one of the other fields may explain.
fn may_repeat(a: &Side<'_>, b: &Side<'_>) -> bool {
    let lonely = |x: &[Item], y: &[Item]| -> Vec<String> {
        x.iter().filter(|i| !y.iter().any(|j| agree(i, j).is_some())).map(|i| squash(i.text())).collect()
    };
    // 東京都渋谷区神宮前 may hold its region and city in one run.
    if a.flow.iter().chain(&b.flow).any(|i| i.token.kind == Kind::Cjk) {
        return true;
    }
    let left = [lonely(&a.flow, &b.flow), lonely(&b.flow, &a.flow)].concat();
    if left.is_empty() {
        return true;
    }
    let fields = |side: &Side<'_>| {
        let x = side.address;
        [&x.name, &x.company, &x.city, &x.region, &x.postcode, &x.country].map(|f| squash(f)).concat()
    };
    let said = fields(a) + &fields(b);
    left.iter().any(|text| {
        // A digit or two is in every postcode and explains nothing.
        let short = text.len() < 2 || text.len() < 3 && text.bytes().all(|b| b.is_ascii_digit());
        !short && said.contains(text.as_str()) || text.len() <= 3 && country::exact(text).is_some()
    })
}

fn lines(side: &Side<'_>) -> String {
    let address = side.address;
    match (address.line1.trim(), address.line2.trim()) {
        (one, "") => one.to_owned(),
        ("", two) => two.to_owned(),
        (one, two) => format!("{one}, {two}"),
    }
}

fn numbers(side: &Side<'_>) -> String {
    let mut text = String::new();
    for number in side.numbers() {
        text.push_str(if text.is_empty() { "" } else { ", " });
        text.push_str(number.text());
    }
    text
}

fn units(side: &Side<'_>) -> String {
    let mut text = String::new();
    for unit in &side.units {
        text.push_str(if text.is_empty() { "" } else { ", " });
        unit.write_to(&mut text);
    }
    text
}

fn all_identical(a: &Side<'_>) -> Vec<FieldVerdict> {
    let mut fields = Vec::with_capacity(3);
    for (field, text) in [("house_number", numbers(a)), ("unit", units(a)), ("street", lines(a))] {
        if !text.is_empty() {
            fields.push(FieldVerdict::identical(field, &text, &text));
        }
    }
    fields
}

fn equivalent(a: &Side<'_>, b: &Side<'_>, rule: Rule) -> Vec<FieldVerdict> {
    let mut fields = Vec::with_capacity(3);
    // The flows are one; what differs in the lines is how the units are written.
    let rule = if rule == Rule::Case && a.units.len() + b.units.len() > 0 && squash(&lines(a)) != squash(&lines(b)) {
        Rule::UnitForm
    } else {
        rule
    };
    let parts = [
        ("house_number", numbers(a), numbers(b), Rule::Spacing),
        ("unit", units(a), units(b), Rule::UnitForm),
        ("street", lines(a), lines(b), rule),
    ];
    for (field, x, y, rule) in parts {
        if x == y && !x.is_empty() {
            fields.push(FieldVerdict::identical(field, &x, &y));
        } else if !x.is_empty() || !y.is_empty() {
            fields.push(FieldVerdict::equivalent(field, rule.name(), &x, &y));
        }
    }
    fields
}

/// What each side has and the other has not.
struct Differences<'s> {
    a: &'s Side<'s>,
    b: &'s Side<'s>,
    units_a: Vec<&'s Unit>,
    units_b: Vec<&'s Unit>,
    left_a: Vec<Item>,
    left_b: Vec<Item>,
    /// A unit met its number without its word.
    loose_unit: bool,
}

impl<'s> Differences<'s> {
    fn new(a: &'s Side<'s>, b: &'s Side<'s>) -> Self {
        let (units_a, units_b) = unpaired(&a.units, &b.units);
        let (left_a, left_b) = leftovers(&a.flow, &b.flow);
        let mut diff = Self { a, b, units_a, units_b, left_a, left_b, loose_unit: false };
        diff.loose_unit = pair_loose(&mut diff.units_a, &mut diff.left_b);
        diff.loose_unit |= pair_loose(&mut diff.units_b, &mut diff.left_a);
        diff
    }

    fn fields(&mut self, rule: Option<Rule>) -> Vec<FieldVerdict> {
        let (x, y) = (lines(self.a), lines(self.b));
        let mut fields = Vec::with_capacity(3);
        let cut = cut_at(&x, &y).map_or(String::new(), |n| format!(" (line cut at {n} characters)"));
        fields.extend(self.house_number(rule, &cut));
        fields.extend(self.unit(&cut));
        let street = match rule {
            Some(rule) => FieldVerdict::equivalent("street", rule.name(), &x, &y),
            None => self.street(&x, &y, &cut),
        };
        fields.push(street);
        fields
    }

    fn house_number(&self, rule: Option<Rule>, cut: &str) -> Option<FieldVerdict> {
        let (x, y) = (numbers(self.a), numbers(self.b));
        if x.is_empty() && y.is_empty() {
            return None;
        }
        let only =
            |left: &[Item]| left.iter().filter(|i| i.is_number()).map(|i| i.text().to_owned()).collect::<Vec<_>>();
        let (p, q) = (only(&self.left_a), only(&self.left_b));
        let made = |verdict, rule, reason: String| FieldVerdict::new("house_number", verdict, rule, &x, &y, reason);
        Some(match (p.first(), q.first()) {
            (None, None) if rule.is_some() || x == y || self.loose_unit => {
                same_text("house_number", &x, &y, Rule::Spacing)
            }
            (None, None) if numbers_turned(self.a, self.b) => {
                made(Verdict::Different, None, format!("the numbers stand in another order: {x} against {y}"))
            }
            (None, None) => same_text("house_number", &x, &y, Rule::Spacing),
            (Some(_), Some(_)) => {
                let (p, q) = (p.join(", "), q.join(", "));
                if zeros_apart(&p, &q) {
                    made(Verdict::Suspicious, Some("leading_zero"), format!("number {p} against {q}"))
                } else {
                    made(Verdict::Different, None, became("house number", &p, &q))
                }
            }
            (Some(lost), None) | (None, Some(lost)) => {
                let text = self.left_a.iter().chain(&self.left_b).find(|i| i.text() == lost);
                let what = if text.is_some_and(|i| i.number.is_some()) { "street number" } else { "house number" };
                made(Verdict::Missing, None, format!("{what} {} is missing{cut}", lost.to_uppercase()))
            }
        })
    }

    fn unit(&self, cut: &str) -> Option<FieldVerdict> {
        let (x, y) = (units(self.a), units(self.b));
        if x.is_empty() && y.is_empty() {
            return None;
        }
        let made = |verdict, rule, reason: String| FieldVerdict::new("unit", verdict, rule, &x, &y, reason);
        Some(match (self.units_a.first(), self.units_b.first()) {
            (None, None) if self.loose_unit => {
                made(Verdict::Suspicious, Some("unit_without_word"), format!("unit as a bare number: {x} against {y}"))
            }
            (None, None) => same_text("unit", &x, &y, Rule::UnitForm),
            (Some(lost), None) | (None, Some(lost)) => made(Verdict::Missing, None, format!("{lost} is missing{cut}")),
            (Some(p), Some(q)) => {
                let (verdict, rule, reason) = changed_unit(p, q);
                made(verdict, rule, format!("{reason}{cut}"))
            }
        })
    }

    fn street(&self, x: &str, y: &str, cut: &str) -> FieldVerdict {
        let made = |verdict, rule, reason: String| FieldVerdict::new("street", verdict, rule, x, y, reason);
        let words = |left: &[Item]| left.iter().filter(|i| !i.is_number()).cloned().collect::<Vec<_>>();
        let (p, q) = (words(&self.left_a), words(&self.left_b));
        if p.is_empty() && q.is_empty() {
            if self.left_a.is_empty() && self.left_b.is_empty() && !self.loose_unit {
                return made(Verdict::Suspicious, Some("word_order"), "the same words in another order".to_owned());
            }
            // Only numbers differ: the house number says so.
            return same_text("street", x, y, Rule::Order);
        }
        if let Some(sign) = p.iter().chain(&q).find(|i| i.token.kind == Kind::Sign) {
            let reason = format!("letters are masked or lost ({})", sign.text());
            return made(Verdict::Different, Some("masked"), reason);
        }
        if p.is_empty() || q.is_empty() {
            let (verdict, rule, reason) = lost_words(if p.is_empty() { &q } else { &p });
            return made(verdict, rule, format!("{reason}{cut}"));
        }
        let (verdict, rule, reason) = changed_words(&p, &q);
        made(verdict, rule, format!("{reason}{cut}"))
    }
}

fn same_text(field: &'static str, x: &str, y: &str, rule: Rule) -> FieldVerdict {
    if x == y { FieldVerdict::identical(field, x, y) } else { FieldVerdict::equivalent(field, rule.name(), x, y) }
}

/// `Apt 4` against a bare 4 that the other side has too many: for a person to say.
fn pair_loose(units: &mut Vec<&Unit>, left: &mut Vec<Item>) -> bool {
    let before = units.len();
    units.retain(|unit| {
        let at = left.iter().position(|i| i.text() == unit.id && !matches!(unit.class, UnitClass::Box(_)));
        at.is_none_or(|at| {
            left.remove(at);
            false
        })
    });
    units.len() < before
}

/// Items without a partner: first in their order, then anywhere.
fn leftovers(a: &[Item], b: &[Item]) -> (Vec<Item>, Vec<Item>) {
    let mut left_b: Vec<Item> = b.to_vec();
    let mut left_a = Vec::new();
    for item in a {
        match left_b.iter().position(|other| agree(item, other).is_some()) {
            Some(at) => {
                left_b.remove(at);
            }
            None => left_a.push(item.clone()),
        }
    }
    if !left_a.is_empty() && align::flows(&left_a, &left_b).is_some() {
        return (Vec::new(), Vec::new());
    }
    let optional = |i: &Item| !i.is(Class::Optional) && !i.is(Class::Label);
    left_a.retain(optional);
    left_b.retain(optional);
    (left_a, left_b)
}

fn numbers_turned(a: &Side<'_>, b: &Side<'_>) -> bool {
    let (mut p, mut q) = (a.numbers(), b.numbers());
    loop {
        match (p.next(), q.next()) {
            (Some(x), Some(y)) if agree(x, y).is_some() => {}
            (None, None) => return false,
            _ => return true,
        }
    }
}

fn zeros_apart(p: &str, q: &str) -> bool {
    p != q && p.trim_start_matches('0') == q.trim_start_matches('0')
}

fn changed_unit(p: &Unit, q: &Unit) -> (Verdict, Option<&'static str>, String) {
    if p.id == q.id && !matches!((p.class, q.class), (UnitClass::Box(_), _) | (_, UnitClass::Box(_))) {
        return (
            Verdict::Suspicious,
            Some("unit_kind"),
            format!("{p} against {q}: the same number of another kind of unit"),
        );
    }
    if zeros_apart(&p.id, &q.id) && p.class.meets(q.class) {
        return (Verdict::Suspicious, Some("leading_zero"), format!("{p} against {q}: a zero in front"));
    }
    let how = if swapped(&p.id, &q.id) { " (digits swapped)" } else { "" };
    (Verdict::Different, None, format!("{p} became {q}{how}"))
}

fn list(items: &[Item]) -> String {
    items.iter().map(Item::text).collect::<Vec<_>>().join(" ")
}

/// Words on one side only. A type or a direction is often left out; a name or c/o means something.
fn lost_words(lost: &[Item]) -> (Verdict, Option<&'static str>, String) {
    let all = |class| lost.iter().all(|i| i.is(class));
    let said = list(lost);
    if all(Class::Type) {
        (Verdict::Suspicious, Some("street_type_missing"), format!("street type {said} is missing"))
    } else if all(Class::Direction) {
        (Verdict::Suspicious, Some("direction_missing"), format!("direction {said} is missing"))
    } else if lost.iter().any(|i| i.is(Class::Care)) {
        (Verdict::Suspicious, Some("care_of"), format!("{said} is missing (c/o says whose door it is)"))
    } else {
        (Verdict::Suspicious, Some("words_missing"), format!("{said} is on one side only"))
    }
}

fn changed_words(p: &[Item], q: &[Item]) -> (Verdict, Option<&'static str>, String) {
    let (x, y) = (list(p), list(q));
    let pair = |class| p.iter().any(|i| i.is(class)) && q.iter().any(|i| i.is(class));
    let alike = p.len() == q.len() && p.iter().zip(q).all(|(s, t)| nearly(s.text(), t.text()));
    let cjk = |items: &[Item]| items.iter().any(|i| i.token.kind == Kind::Cjk);
    let foreign = |items: &[Item]| {
        items.iter().any(|i| i.text().chars().next().is_some_and(|c| c.is_alphabetic() && u32::from(c) > 0x24f))
    };
    if cjk(p) != cjk(q) || foreign(p) != foreign(q) {
        let reason = format!("two scripts, and no table says that they are one: {x} against {y}");
        return (Verdict::Suspicious, Some("other_script"), reason);
    }
    if pair(Class::Type) && p.len() == 1 && q.len() == 1 {
        return (Verdict::Different, None, format!("street type {x} became {y}"));
    }
    if pair(Class::Direction) && p.len() == 1 && q.len() == 1 {
        return (Verdict::Different, None, format!("direction {x} became {y}"));
    }
    if alike {
        return (Verdict::Suspicious, Some("word_nearly"), format!("a letter differs: {x} against {y}"));
    }
    (Verdict::Different, None, format!("{x} became {y}"))
}
