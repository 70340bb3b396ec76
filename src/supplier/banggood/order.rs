//! The bytes of importOrder: made from a purchase order, read back for the proof, and what Banggood answers to them. Pure.
//!
//! The token is not among them: it is put in front when they are sent, so what is kept holds no secret.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use serde_json::Value;

use super::form;
use super::listing::{Listing, id_of};
use crate::core::address::Address;
use crate::core::address::check::{postcode_needed, region_needed, tax_id_wanted};
use crate::core::address::compare::Echo;
use crate::core::address::country;
use crate::core::hold::HoldCode;
use crate::core::sending::{Dispatch, Outcome, Placed};
use crate::supplier::api::{Problem, Written};
use crate::supplier::heard::{Heard, code, not_placed, quoted};
use crate::supplier::loose::{count, list, summed, text};

/// Banggood's home warehouse, for a listing that does not say which.
pub const HOME: &str = "CN";

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Needed {
    Yes,
    No,
    /// Where the post of the country has one.
    Post,
}

/// A row of the table of fields.
#[derive(Debug)]
struct Field {
    key: &'static str,
    ours: &'static str,
    /// Characters; `None` where no limit is known.
    longest: Option<usize>,
    needed: Needed,
    hold: HoldCode,
}

static FIELDS: LazyLock<Vec<Field>> = LazyLock::new(|| fields(include_str!("fields.tsv")));

fn fields(table: &'static str) -> Vec<Field> {
    let field = |line: &'static str| {
        let mut cells = line.split('\t');
        let mut cell = || cells.next();
        let (key, ours, longest, needed, hold) = (cell()?, cell()?, cell()?, cell()?, cell()?);
        let needed = match needed {
            "yes" => Needed::Yes,
            "no" => Needed::No,
            "post" => Needed::Post,
            _ => return None,
        };
        Some(Field { key, ours, longest: longest.parse().ok(), needed, hold: hold.parse().ok()? })
    };
    table.lines().filter(|l| !l.starts_with('#')).filter_map(field).collect()
}

static COUNTRIES: LazyLock<Vec<(&'static str, &'static str)>> = LazyLock::new(|| {
    include_str!("countries.tsv").lines().filter(|l| !l.starts_with('#')).filter_map(|l| l.split_once('\t')).collect()
});

/// Banggood's name of a country; empty when no table knows it.
pub fn country_name(of: &str) -> &'static str {
    let code = country::code(of).unwrap_or_default();
    let own = COUNTRIES.iter().find(|(c, _)| *c == code).map(|(_, name)| *name);
    own.or_else(|| country::english_name(code)).unwrap_or_default()
}

/// # Errors
/// Every field that is missing or does not fit.
pub fn body(dispatch: &Dispatch) -> Result<Vec<u8>, Vec<Problem>> {
    let values = values(dispatch);
    let mut problems = problems(&FIELDS, &values, &dispatch.ship_to.country);
    problems.extend(other_problems(dispatch));
    if !problems.is_empty() {
        return Err(problems);
    }
    let mut pairs: Vec<(String, String)> = vec![];
    for field in FIELDS.iter() {
        let value = values.get(field.ours).cloned().unwrap_or_default();
        if !value.is_empty() || field.needed != Needed::No {
            pairs.push((field.key.to_owned(), value));
        }
    }
    pairs.push(("product_total".to_owned(), dispatch.lines.len().to_string()));
    let warehouse = if dispatch.ships_from.is_empty() { HOME } else { &dispatch.ships_from };
    for (i, line) in dispatch.lines.iter().enumerate() {
        let Some(listing) = Listing::of(&line.listing_id) else { continue };
        let mut push = |key: &str, value: &str| pairs.push((format!("product_list[{i}][{key}]"), value.to_owned()));
        push("product_id", listing.product);
        if !listing.poa.is_empty() {
            push("poa_id", listing.poa);
        }
        push("quantity", &line.quantity.to_string());
        push("warehouse", warehouse);
        push("shipmethod_code", &dispatch.method);
    }
    pairs.extend([("currency", "USD"), ("lang", "en")].map(|(k, v)| (k.to_owned(), v.to_owned())));
    Ok(form::encoded(pairs))
}

/// The values by our field. What is written otherwise than the order has it:
/// - the company stands before line 2, since Banggood has no field for it;
/// - the city stands for a state where the post of the country knows none and Banggood still asks for one.
fn values(dispatch: &Dispatch) -> BTreeMap<&'static str, String> {
    let to = &dispatch.ship_to;
    let no_region = to.region.trim().is_empty() && !region_needed(&to.country);
    let region = if no_region { &to.city } else { &to.region };
    let line2 = [to.company.as_str(), to.line2.as_str()];
    let line2 = line2.into_iter().filter(|p| !p.trim().is_empty()).collect::<Vec<_>>().join(", ");
    let all = [
        ("reference", dispatch.reference.as_str()),
        ("name", &to.name),
        ("country", country_name(&to.country)),
        ("region", region),
        ("city", &to.city),
        ("line1", &to.line1),
        ("line2", &line2),
        ("postcode", &to.postcode),
        ("phone", &to.phone),
    ];
    all.into_iter().map(|(field, value)| (field, value.to_owned())).collect()
}

fn problems(fields: &[Field], values: &BTreeMap<&'static str, String>, country: &str) -> Vec<Problem> {
    let mut found = vec![];
    for field in fields {
        let value = values.get(field.ours).map_or("", String::as_str);
        let length = value.chars().count();
        let needed = match field.needed {
            Needed::Yes => true,
            Needed::No => false,
            Needed::Post => postcode_needed(country),
        };
        if let Some(longest) = field.longest.filter(|longest| length > *longest) {
            let message = format!("Banggood's {} holds {longest} characters; this has {length}", field.key);
            found.push(Problem { field: field.ours, code: HoldCode::FieldTooLong, message });
        } else if needed && value.trim().is_empty() {
            let message = format!("Banggood's {} must not be empty", field.key);
            found.push(Problem { field: field.ours, code: field.hold, message });
        }
    }
    found
}

/// Lines, the method, and what customs need and Banggood has no field for.
fn other_problems(dispatch: &Dispatch) -> Vec<Problem> {
    let problem = |field, code, message: String| Problem { field, code, message };
    let mut found = vec![];
    if dispatch.method.trim().is_empty() {
        let message = "Banggood's shipmethod_code must not be empty".to_owned();
        found.push(problem("method", HoldCode::NoMethod, message));
    }
    if dispatch.lines.is_empty() || dispatch.lines.iter().any(|line| line.quantity == 0) {
        let message = "Banggood needs a product and a quantity for each line".to_owned();
        found.push(problem("lines", HoldCode::ListingChanged, message));
    }
    for line in dispatch.lines.iter().filter(|line| Listing::of(&line.listing_id).is_none()) {
        let message = format!("a listing of Banggood is product_id:poa_id, or product_id alone: {}", line.sku);
        found.push(problem("lines", HoldCode::ListingChanged, message));
    }
    if let Some(wanted) = tax_id_wanted(&dispatch.ship_to.country) {
        let message = format!("customs want a {wanted}, and Banggood has no field for it");
        found.push(problem("tax_id", HoldCode::TaxIdRequired, message));
    }
    found
}

/// What an order has that Banggood has no field for.
pub fn left_out(dispatch: &Dispatch) -> Vec<&'static str> {
    let present = |text: &Option<String>| text.as_ref().is_some_and(|t| !t.trim().is_empty());
    let all = [("note", &dispatch.note), ("gift message", &dispatch.gift_message), ("tax id", &dispatch.tax_id)];
    all.into_iter().filter(|(_, value)| present(value)).map(|(name, _)| name).collect()
}

/// # Errors
/// The bytes are not such a form.
pub fn written(body: &[u8]) -> Result<Written, String> {
    let pairs = form::decoded(body)?;
    let raw = |key: &str| pairs.iter().find(|(k, _)| k == key).map(|(_, v)| v.clone()).unwrap_or_default();
    let mut ship_to = Address::default();
    for field in FIELDS.iter() {
        if let Some(ours) = ship_to.field_mut(field.ours) {
            *ours = raw(field.key);
        }
    }
    let total = raw("product_total");
    let mut lines = vec![];
    while let Some(line) = line(&raw, lines.len()) {
        lines.push(line);
    }
    if lines.is_empty() || total != lines.len().to_string() {
        return Err("its lines are not as many as it says, or one has no product or quantity".to_owned());
    }
    // The company is in line 2, so the bytes carry all but the e-mail, which Banggood does not get.
    Ok(Written { reference: raw("sale_record_id"), ship_to, echo: Echo::without(&["email"]), lines: summed(lines) })
}

/// How many lines such bytes have: Banggood counts lines, not listings.
pub fn lines(body: &[u8]) -> u32 {
    let pairs = form::decoded(body).unwrap_or_default();
    let total = pairs.iter().find(|(key, _)| key == "product_total");
    total.and_then(|(_, value)| value.parse().ok()).unwrap_or(0)
}

fn line(raw: &impl Fn(&str) -> String, at: usize) -> Option<(String, u32)> {
    let part = |key: &str| raw(&format!("product_list[{at}][{key}]"));
    let (product, poa) = (part("product_id"), part("poa_id"));
    let packs = part("quantity").parse().ok().filter(|n| *n > 0)?;
    let id = if poa.is_empty() { product } else { format!("{product}:{poa}") };
    Listing::of(&id)?;
    Some((id, packs))
}

/// What importOrder answered.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Imported {
    /// What it proves by itself.
    Settled(Outcome),
    /// No line was taken, as the answer counts them: refused, unless a look-up finds an order all the same.
    Nothing { why: String },
}

/// Placed only when every line of ours was taken. The answer names no order of Banggood's; the look-up does.
pub fn imported(heard: Heard, sent: &Written, lines: u32) -> Imported {
    let Heard::Yes(data) = heard else { return Imported::Settled(not_placed(heard)) };
    let unknown = |why: String| Imported::Settled(Outcome::Unknown { why });
    if text(&data, "sale_record_id") != sent.reference {
        return unknown("the answer does not bear our sale_record_id".to_owned());
    }
    let failures = list(&data, "failure_list");
    let (taken, failed) = (count(&data, "success_total"), count(&data, "failure_total"));
    match (taken, failed) {
        (Some(taken), None | Some(0)) if taken == lines && failures.is_empty() => {
            Imported::Settled(Outcome::Placed(Placed::default()))
        }
        (Some(0), Some(failed)) if failed == lines && !failures.is_empty() => {
            Imported::Nothing { why: described(&failures, &sent.ship_to) }
        }
        (Some(taken), _) => unknown(format!(
            "Banggood took {taken} of {lines} lines; not taken: {}; look at the order there, then settle it",
            described(&failures, &sent.ship_to)
        )),
        (None, _) => unknown("a success that does not say how many lines were taken".to_owned()),
    }
}

/// Products and reasons, without what we said of the customer.
fn described(failures: &[&Value], ship_to: &Address) -> String {
    let told = || ship_to.fields().into_iter().map(|(_, value)| value.to_owned()).filter(|v| !v.is_empty()).collect();
    let product = |failure: &Value| match id_of(failure).split_once(':') {
        Some((product, poa)) => format!("{}:{}", code(product), poa.split(',').map(code).collect::<Vec<_>>().join(",")),
        None => code(&id_of(failure)),
    };
    let one = |failure: &&Value| {
        let reason = quoted(&text(failure, "error_desc"), told(), std::iter::empty());
        format!("{} {reason}", product(failure)).trim().to_owned()
    };
    failures.iter().map(one).collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_tables_read_whole_and_a_limit_holds() {
        let rows = |table: &'static str| table.lines().filter(|l| !l.starts_with('#')).count();
        assert_eq!(FIELDS.len(), rows(include_str!("fields.tsv")));
        assert_eq!(COUNTRIES.len(), rows(include_str!("countries.tsv")));
        for (code, name) in COUNTRIES.iter() {
            assert_eq!(country::code(name), Some(*code), "{name} is not read back as its country");
        }
        let limited = fields("delivery_city\tcity\t5\tyes\tADDRESS_PROBLEM\n");
        let held = |city: &str| {
            let values = BTreeMap::from([("city", city.to_owned())]);
            problems(&limited, &values, "US").into_iter().map(|p| p.code).collect::<Vec<_>>()
        };
        assert_eq!(held("Übach"), []);
        assert_eq!(held("Aachen"), [HoldCode::FieldTooLong]);
        assert_eq!(held(" "), [HoldCode::AddressProblem]);
    }
}
