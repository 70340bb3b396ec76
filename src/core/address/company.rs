//! The company: its legal form may be written short or left out; the name itself may not change.

use super::align;
use super::item::{self, Item};
use super::lexicon::{Class, Langs};
use super::text::squash;
use super::token::Kind;
use super::verdict::{FieldVerdict, Verdict};

const FIELD: &str = "company";

/// `elsewhere`: the missing one was found in a line or in the name of its side.
pub(super) fn compare(a: &str, b: &str, langs: Langs, country: &str, elsewhere: bool) -> Option<FieldVerdict> {
    let (blank_a, blank_b) = (a.trim().is_empty(), b.trim().is_empty());
    if blank_a && blank_b {
        return None;
    }
    if a == b {
        return Some(FieldVerdict::identical(FIELD, a, b));
    }
    if blank_a || blank_b {
        if elsewhere {
            return Some(FieldVerdict::equivalent(FIELD, "found_in_other_field", a, b));
        }
        let reason = format!("company {} is missing", if blank_a { b } else { a });
        return Some(FieldVerdict::new(FIELD, Verdict::Missing, None, a, b, reason));
    }
    if squash(a) == squash(b) {
        return Some(FieldVerdict::equivalent(FIELD, "spacing", a, b));
    }
    let (x, y) = (read(a, langs, country), read(b, langs, country));
    if let Some(rule) = align::flows(&x, &y) {
        return Some(FieldVerdict::equivalent(FIELD, rule.name(), a, b));
    }
    let (bare_x, bare_y) = (without_form(&x), without_form(&y));
    if !bare_x.is_empty() && align::flows(&bare_x, &bare_y).is_some() {
        return Some(FieldVerdict::equivalent(FIELD, "company_form", a, b));
    }
    let reason = format!("company {a} became {b}");
    Some(FieldVerdict::new(FIELD, Verdict::Suspicious, Some("company_differs"), a, b, reason))
}

fn read(text: &str, langs: Langs, country: &str) -> Vec<Item> {
    item::read(std::iter::once(text), langs, country)
}

/// Without the words of the legal form at the end (`Ltd`) or, for East Asian ones, at either end.
fn without_form(items: &[Item]) -> Vec<Item> {
    let mut items = items.to_vec();
    while items.len() > 1 && items.last().is_some_and(|i| i.is(Class::Legal) || i.text() == "&") {
        items.pop();
    }
    if items.len() > 1 && items.first().is_some_and(|i| i.is(Class::Legal)) {
        items.remove(0);
    }
    const EAST_ASIA: [&str; 8] =
        ["株式会社", "有限会社", "合同会社", "주식회사", "유한회사", "有限责任公司", "股份有限公司", "有限公司"];
    for item in items.iter_mut().filter(|i| i.token.kind == Kind::Cjk) {
        for form in EAST_ASIA {
            if item.token.text.len() > form.len() {
                item.token.text = item.token.text.replace(form, "");
            }
        }
    }
    items
}
