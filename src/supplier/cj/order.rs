//! The bytes of createOrderV2: made from a purchase order, read back for the proof, and what CJ answers to them. Pure.

use serde_json::{Map, Value, json};

use crate::core::address::Address;
use crate::core::address::check::{LengthUnit, region_needed};
use crate::core::address::compare::Echo;
use crate::core::address::country;
use crate::core::hold::HoldCode;
use crate::core::sending::{Dispatch, Outcome, Placed};
use crate::supplier::api::{Problem, Written};
use crate::supplier::heard::{Heard, code, not_placed};
use crate::supplier::loose::{count, list, money, summed, text};

/// Creates only: nothing is confirmed and nothing is charged before the recorded proof.
const PAY_TYPE_CREATE_ONLY: u8 = 3;
/// Seller logistics, the normal case.
const SHOP_LOGISTICS: u8 = 2;
/// CJ's home warehouse, for a listing that does not say which.
pub const HOME: &str = "CN";
/// "Length 20" in CJ's table of fields.
const MOST_LINES: usize = 20;

/// Field of the request, field of ours, longest value, required. From CJ's table of fields.
const FIELDS: [(&str, &str, usize, bool); 14] = [
    ("orderNumber", "reference", 50, true),
    ("shippingCountryCode", "country", 20, true),
    ("shippingCountry", "country", 50, true),
    ("shippingProvince", "region", 50, true),
    ("shippingCity", "city", 50, true),
    ("shippingAddress", "line1", 200, true),
    ("shippingAddress2", "line2", 200, false),
    ("shippingZip", "postcode", 20, false),
    ("shippingCustomerName", "name", 50, true),
    ("shippingPhone", "phone", 20, false),
    ("taxId", "tax_id", 20, false),
    ("remark", "note", 500, false),
    ("logisticName", "method", 50, true),
    ("fromCountryCode", "ships_from", 20, true),
];
const LONGEST_VID: usize = 50;

/// # Errors
/// Every field that is missing or does not fit.
pub fn body(dispatch: &Dispatch) -> Result<Vec<u8>, Vec<Problem>> {
    let values = values(dispatch);
    let mut problems = problems(&values);
    problems.extend(line_problems(dispatch));
    if !problems.is_empty() {
        return Err(problems);
    }
    let mut body = Map::new();
    for (key, value) in values {
        if !value.is_empty() {
            body.insert(key.to_owned(), value.into());
        }
    }
    body.insert("payType".to_owned(), PAY_TYPE_CREATE_ONLY.into());
    body.insert("shopLogisticsType".to_owned(), SHOP_LOGISTICS.into());
    let products = dispatch.lines.iter().map(|line| {
        json!({ "vid": line.listing_id, "quantity": line.quantity, "storeLineItemId": line.position.to_string() })
    });
    body.insert("products".to_owned(), products.collect());
    Ok(Value::Object(body).to_string().into_bytes())
}

/// The values in the order of [`FIELDS`]. What is written otherwise than the order has it:
/// - the company stands before line 2, since CJ has no field for it;
/// - the city stands for a province where the post of the country knows none and CJ still asks for one.
fn values(dispatch: &Dispatch) -> Vec<(&'static str, String)> {
    let to = &dispatch.ship_to;
    let code = country::code(&to.country).unwrap_or_default();
    let name = country::english_name(code).unwrap_or_default();
    let no_region = to.region.trim().is_empty() && !region_needed(code);
    let region = if no_region { &to.city } else { &to.region };
    let line2 = joined(&[&to.company, &to.line2], ", ");
    let gift = dispatch.gift_message.as_ref().map(|m| format!("Gift message: {m}"));
    let note = joined(&[dispatch.note.as_deref().unwrap_or(""), gift.as_deref().unwrap_or("")], "\n");
    let ships_from = if dispatch.ships_from.is_empty() { HOME } else { &dispatch.ships_from };
    let all = [
        dispatch.reference.as_str(),
        code,
        name,
        region,
        &to.city,
        &to.line1,
        &line2,
        &to.postcode,
        &to.name,
        &to.phone,
        dispatch.tax_id.as_deref().unwrap_or(""),
        &note,
        &dispatch.method,
        ships_from,
    ];
    FIELDS.iter().zip(all).map(|((key, ..), value)| (*key, value.to_owned())).collect()
}

fn joined(parts: &[&str], with: &str) -> String {
    parts.iter().filter(|p| !p.trim().is_empty()).copied().collect::<Vec<_>>().join(with)
}

fn problems(values: &[(&'static str, String)]) -> Vec<Problem> {
    let mut found = vec![];
    for ((key, field, longest, required), (_, value)) in FIELDS.into_iter().zip(values) {
        let length = LengthUnit::Utf16.length(value);
        if length > longest {
            let message = format!("CJ's {key} holds {longest} characters; this has {length}");
            found.push(Problem { field, code: HoldCode::FieldTooLong, message });
        } else if required && value.trim().is_empty() {
            let code = match field {
                "region" => HoldCode::RegionUnknown,
                "method" => HoldCode::NoMethod,
                _ => HoldCode::AddressProblem,
            };
            found.push(Problem { field, code, message: format!("CJ's {key} must not be empty") });
        }
    }
    // Code and name of a country are one field of ours.
    found.dedup_by(|a, b| a.field == b.field);
    found
}

fn line_problems(dispatch: &Dispatch) -> Vec<Problem> {
    let problem = |code, message| Problem { field: "lines", code, message };
    let mut found = vec![];
    if dispatch.lines.is_empty() || dispatch.lines.iter().any(|l| l.quantity == 0 || l.listing_id.trim().is_empty()) {
        let message = "CJ needs a vid and a quantity for each line".to_owned();
        found.push(problem(HoldCode::ListingChanged, message));
    }
    if dispatch.lines.len() > MOST_LINES {
        let message = format!("CJ takes {MOST_LINES} lines; this has {}", dispatch.lines.len());
        found.push(problem(HoldCode::FieldTooLong, message));
    }
    for line in dispatch.lines.iter().filter(|l| LengthUnit::Utf16.length(&l.listing_id) > LONGEST_VID) {
        found.push(problem(HoldCode::FieldTooLong, format!("CJ's vid holds {LONGEST_VID} characters: {}", line.sku)));
    }
    found
}

/// # Errors
/// The bytes are not such a body.
pub fn written(body: &[u8]) -> Result<Written, String> {
    let body: Value = serde_json::from_slice(body).map_err(|e| format!("not JSON: {e}"))?;
    let raw = |key: &str| body.get(key).and_then(Value::as_str).unwrap_or_default().to_owned();
    let ship_to = Address {
        name: raw("shippingCustomerName"),
        company: String::new(),
        line1: raw("shippingAddress"),
        line2: raw("shippingAddress2"),
        city: raw("shippingCity"),
        region: raw("shippingProvince"),
        postcode: raw("shippingZip"),
        country: raw("shippingCountryCode"),
        phone: raw("shippingPhone"),
        email: String::new(),
    };
    let products = list(&body, "products");
    let line = |p: &&Value| Some((p.get("vid")?.as_str()?.to_owned(), count(p, "quantity")?));
    let lines: Vec<_> = products.iter().filter_map(line).collect();
    if lines.len() != products.len() || lines.is_empty() {
        return Err("a line has no vid or no quantity".to_owned());
    }
    // The company is in line 2, so the bytes carry all but the e-mail, which CJ does not get.
    Ok(Written { reference: raw("orderNumber"), ship_to, echo: Echo::without(&["email"]), lines: summed(lines) })
}

/// Placed only when CJ names an order of its own for our number.
pub fn outcome(heard: Heard, reference: &str) -> Outcome {
    let Heard::Yes(data) = heard else { return not_placed(heard) };
    let answered = text(&data, "orderNumber");
    if !answered.is_empty() && answered != reference {
        return Outcome::Unknown { why: "the answer is about another order number".to_owned() };
    }
    // The oldest form answers with the bare id.
    let order = data.as_str().map_or_else(|| text(&data, "orderId"), |id| id.trim().to_owned());
    if order.is_empty() {
        let codes: Vec<String> = list(&data, "interceptOrderReasons").iter().map(|r| code(&text(r, "code"))).collect();
        let why = if codes.is_empty() { String::new() } else { format!("; intercepted: {}", codes.join(" ")) };
        return Outcome::Unknown { why: format!("a success without an order id{why}") };
    }
    let asks = money(&data, "orderAmount").or_else(|| money(&data, "actualPayment"));
    Outcome::Placed(Placed { supplier_orders: vec![order], asks })
}
