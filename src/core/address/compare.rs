//! Two addresses, field by field, and one verdict for the whole. The rules of each field stand in its own file; here
//! is only what crosses fields and what the verdicts add up to.

use std::borrow::Cow;

use super::Address;
use super::city;
use super::company;
use super::country;
use super::mojibake;
use super::name;
use super::phone;
use super::postcode;
use super::region;
use super::rules;
use super::side::{Repeats, Side};
use super::street;
use super::text::squash;
use super::verdict::{Comparison, FieldVerdict, Overall, Verdict};

/// Which fields a side says at all. A supplier's echo often lacks some: such a field is unavailable, not missing.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Echo {
    present: [bool; Address::FIELDS.len()],
}

impl Echo {
    pub const ALL: Self = Self { present: [true; Address::FIELDS.len()] };

    pub fn without(fields: &[&str]) -> Self {
        Self { present: Address::FIELDS.map(|field| !fields.contains(&field)) }
    }

    pub fn only(fields: &[&str]) -> Self {
        Self { present: Address::FIELDS.map(|field| fields.contains(&field)) }
    }

    pub fn has(&self, field: &str) -> bool {
        Address::FIELDS.iter().zip(self.present).any(|(name, present)| *name == field && present)
    }
}

/// Compares two addresses that both say every field they have.
pub fn compare(a: &Address, b: &Address) -> Comparison {
    compare_echo(a, b, Echo::ALL)
}

/// Compares an address with what the other side echoes; `echo` says which fields that side has.
pub fn compare_echo(a: &Address, b: &Address, echo: Echo) -> Comparison {
    compare_sides(a, Echo::ALL, b, echo)
}

/// Compares where either side may lack fields.
pub fn compare_sides(a: &Address, echo_a: Echo, b: &Address, echo_b: Echo) -> Comparison {
    let codes = countries(a, b);
    let langs = rules::of(&codes[0]).langs | rules::of(&codes[1]).langs;
    let side_a = Side::read(a, &codes[0], langs);
    let side_b = side_a.same_lines(b, &codes[1]).unwrap_or_else(|| Side::read(b, &codes[1], langs));
    let mut fields = Fields { a, b, echo: [echo_a, echo_b], list: Vec::with_capacity(12) };
    let lines = if fields.said("line1") { Some(street::compare(&side_a, &side_b)) } else { None };
    let repeats = lines.as_ref().map_or_else(Default::default, |l| l.repeats);
    let found = |pick: fn(&Repeats) -> bool| repeats.iter().any(pick);
    let code = &codes[0];

    fields.add("name", || name::compare(&a.name, &b.name, langs, code, [&a.company, &b.company]));
    let company_elsewhere = found(|r| r.company) || name_holds_company(a, b);
    fields.add("company", || company::compare(&a.company, &b.company, langs, code, company_elsewhere));
    match lines {
        Some(lines) => fields.list.extend(lines.fields.into_iter().map(guarded)),
        None => fields.list.push(unavailable("street", &a.line1, &b.line1)),
    }
    let (city, held) = city::compare(&side_a, &side_b, found(|r| r.city));
    let held = |pick: fn(&city::Held) -> bool| held.iter().any(pick);
    fields.add("city", || city);
    let region_elsewhere = found(|r| r.region) || held(|h| h.region);
    fields.add("region", || regions(a, b, code, region_elsewhere));
    let postcode_elsewhere = found(|r| r.postcode) || held(|h| h.postcode);
    fields.add("postcode", || postcode::compare(&a.postcode, &b.postcode, code, postcode_elsewhere));
    fields.add("country", || country_field(a, b, &codes));
    fields.add("phone", || phone::compare(&a.phone, &b.phone, [&codes[0], &codes[1]]));
    fields.add("email", || email(&a.email, &b.email));
    Comparison { verdict: overall(&fields.list), fields: fields.list }
}

/// The verdicts so far, and which fields both sides say.
struct Fields<'a> {
    a: &'a Address,
    b: &'a Address,
    echo: [Echo; 2],
    list: Vec<FieldVerdict>,
}

impl Fields<'_> {
    fn said(&self, field: &str) -> bool {
        self.echo.iter().all(|e| e.has(field))
    }

    /// The verdict of a field, or that one side does not say it. Empty on both sides is no field.
    fn add(&mut self, field: &'static str, verdict: impl FnOnce() -> Option<FieldVerdict>) {
        if self.said(field) {
            self.list.extend(verdict().map(guarded));
            return;
        }
        let text = |address: &Address| {
            address
                .fields()
                .iter()
                .find(|(name, _)| *name == field)
                .map_or(String::new(), |(_, text)| (*text).to_owned())
        };
        let (x, y) = (text(self.a), text(self.b));
        if !x.is_empty() || !y.is_empty() {
            self.list.push(unavailable(field, &x, &y));
        }
    }
}

/// The codes of both countries; where one side is silent or unknown, the other's rules are used for both.
fn countries<'a>(a: &'a Address, b: &'a Address) -> [Cow<'a, str>; 2] {
    let code = |text: &'a str| country::code(text).map_or(Cow::Borrowed(text.trim()), Cow::Borrowed);
    if a.country == b.country {
        let x = code(&a.country);
        return [x.clone(), x];
    }
    let (x, y) = (code(&a.country), code(&b.country));
    match (rules::known(&x).is_some(), rules::known(&y).is_some()) {
        (true, false) => [x.clone(), x],
        (false, true) => [y.clone(), y],
        _ => [x, y],
    }
}

fn unavailable(field: &'static str, a: &str, b: &str) -> FieldVerdict {
    FieldVerdict::new(field, Verdict::Unavailable, None, a, b, "the other side does not say this field")
}

fn name_holds_company(a: &Address, b: &Address) -> bool {
    if a.company.trim().is_empty() == b.company.trim().is_empty() {
        return false;
    }
    let company = squash(if a.company.trim().is_empty() { &b.company } else { &a.company });
    company.len() > 2 && (squash(&a.name).contains(&company) || squash(&b.name).contains(&company))
}

/// Damaged letters on one side are never "the same", whatever folding makes of them.
fn guarded(mut field: FieldVerdict) -> FieldVerdict {
    if field.a == field.b || field.verdict == Verdict::Identical || field.a.is_ascii() && field.b.is_ascii() {
        return field;
    }
    if mojibake::damaged(&field.a) == mojibake::damaged(&field.b) {
        return field;
    }
    let fixed = |text: &str| mojibake::undone(text).unwrap_or_else(|| text.to_owned());
    let mended = squash(&fixed(&field.a)) == squash(&fixed(&field.b));
    if mended || field.verdict < Verdict::Suspicious {
        field.verdict = Verdict::Suspicious;
        field.rule = Some("mojibake");
        field.reason = format!("letters were read in a wrong encoding: {} against {}", field.a, field.b).into();
    }
    field
}

fn regions(a: &Address, b: &Address, country: &str, elsewhere: bool) -> Option<FieldVerdict> {
    const FIELD: &str = "region";
    let (x, y) = (a.region.as_str(), b.region.as_str());
    let (blank_x, blank_y) = (x.trim().is_empty(), y.trim().is_empty());
    if blank_x && blank_y {
        return None;
    }
    if x == y {
        return Some(FieldVerdict::identical(FIELD, x, y));
    }
    let made = |verdict, rule, reason: String| Some(FieldVerdict::new(FIELD, verdict, rule, x, y, reason));
    let needed = rules::of(country).needs_region();
    if blank_x || blank_y {
        let said = if blank_x { y } else { x };
        return match (elsewhere, needed) {
            (true, _) => Some(FieldVerdict::equivalent(FIELD, "found_in_other_field", x, y)),
            (false, true) if city_is_region(a, b, said) => {
                made(Verdict::Note, Some("region_is_city"), format!("{said} is the city too"))
            }
            (false, false) => {
                made(Verdict::Note, Some("region_not_needed"), format!("{said}: the post needs no region there"))
            }
            (false, true) => made(Verdict::Missing, None, format!("region {said} is missing")),
        };
    }
    if squash(x) == squash(y) {
        return Some(FieldVerdict::equivalent(FIELD, "case_or_accents", x, y));
    }
    match (region::find(country, x), region::find(country, y)) {
        (Some(p), Some(q)) if p.code == q.code => Some(FieldVerdict::equivalent(FIELD, "region_name", x, y)),
        (Some(p), Some(q)) => {
            let name = |r: &region::Region| r.latin_name().unwrap_or(r.code).to_owned();
            made(Verdict::Different, None, format!("region {} became {}", name(p), name(q)))
        }
        (None, None) if region::same_but_kind(x, y) => Some(FieldVerdict::equivalent(FIELD, "region_kind", x, y)),
        _ if city::one_city(country, x, y) => Some(FieldVerdict::equivalent(FIELD, "region_name", x, y)),
        _ if squash(x).contains(&squash(y)) || squash(y).contains(&squash(x)) => {
            made(Verdict::Suspicious, Some("region_part"), format!("region {x} against {y}"))
        }
        _ => made(Verdict::Suspicious, Some("region_unknown"), format!("no table says whether {x} is {y}")),
    }
}

/// Dubai in Dubai: the region says nothing that the city does not.
fn city_is_region(a: &Address, b: &Address, region: &str) -> bool {
    squash(&a.city) == squash(region) && squash(&b.city) == squash(region)
}

fn country_field(a: &Address, b: &Address, codes: &[Cow<'_, str>; 2]) -> Option<FieldVerdict> {
    const FIELD: &str = "country";
    let (x, y) = (a.country.as_str(), b.country.as_str());
    if x.trim().is_empty() && y.trim().is_empty() {
        return None;
    }
    if x == y {
        return Some(FieldVerdict::identical(FIELD, x, y));
    }
    if x.trim().is_empty() || y.trim().is_empty() {
        return Some(FieldVerdict::new(FIELD, Verdict::Missing, None, x, y, "the country is missing"));
    }
    let known = [country::code(x), country::code(y)];
    match known {
        [Some(p), Some(q)] if p == q => Some(FieldVerdict::equivalent(FIELD, "country_name", x, y)),
        [Some(p), Some(q)] => {
            let name = |code| country::english_name(code).unwrap_or(code).to_owned();
            let reason = format!("country {} became {}", name(p), name(q));
            Some(FieldVerdict::new(FIELD, Verdict::Different, None, x, y, reason))
        }
        _ if squash(x) == squash(y) => Some(FieldVerdict::equivalent(FIELD, "case_or_accents", x, y)),
        _ => {
            let reason = format!("no table knows the country {}", if known[0].is_none() { &codes[0] } else { y });
            Some(FieldVerdict::new(FIELD, Verdict::Suspicious, Some("country_unknown"), x, y, reason))
        }
    }
}

fn email(a: &str, b: &str) -> Option<FieldVerdict> {
    const FIELD: &str = "email";
    if a.trim().is_empty() && b.trim().is_empty() {
        return None;
    }
    Some(if a == b {
        FieldVerdict::identical(FIELD, a, b)
    } else if a.trim().eq_ignore_ascii_case(b.trim()) {
        FieldVerdict::equivalent(FIELD, "case_or_accents", a, b)
    } else {
        FieldVerdict::new(FIELD, Verdict::Note, Some("email_differs"), a, b, "the e-mail addresses differ")
    })
}

fn overall(fields: &[FieldVerdict]) -> Overall {
    const PLACE: [&str; 4] = ["name", "street", "city", "country"];
    let lost = |f: &FieldVerdict| f.verdict == Verdict::Missing && matches!(f.field, "unit" | "house_number");
    if fields.iter().any(|f| f.verdict == Verdict::Different || lost(f)) {
        Overall::Different
    } else if fields.iter().any(|f| f.verdict == Verdict::Unavailable && PLACE.contains(&f.field)) {
        Overall::Unavailable
    } else if fields.iter().any(|f| f.verdict >= Verdict::Suspicious) {
        Overall::Review
    } else {
        Overall::Same
    }
}
