//! The bytes of order.create: made from a purchase order, read back for the proof, and what AliExpress answers. Pure.
//!
//! The bytes are the business parameters as a form; the line puts app, time, token and signature behind them.

use serde_json::{Map, Value, json};

use super::rules;
use crate::core::address::Address;
use crate::core::address::check::LengthUnit;
use crate::core::address::compare::Echo;
use crate::core::address::country;
use crate::core::address::dial::Dial;
use crate::core::address::transform::{Change, Transform};
use crate::core::hold::HoldCode;
use crate::core::sending::{Dispatch, Outcome, Placed};
use crate::supplier::api::{Problem, Written};
use crate::supplier::heard::{self, Codes, Heard, Means, not_placed};
use crate::supplier::iop::answer::{flag, list, plain};
use crate::supplier::iop::fit::Fit;
use crate::supplier::iop::form::{decode, encode, value};
use crate::supplier::iop::listing;
use crate::supplier::loose::{count, items, summed, text};

pub const METHOD: &str = "aliexpress.ds.order.create";
const ORDER: &str = "param_place_order_request4_open_api_d_t_o";
const EXTEND: &str = "ds_extend_request";
/// Of the parameters, those that stand beside the address.
const BESIDE_THE_ADDRESS: [&str; 1] = ["nat_addr"];

/// # Errors
/// Every field that is missing, does not fit or breaks a rule of the country.
pub fn body(dispatch: &Dispatch) -> Result<Vec<u8>, Vec<Problem>> {
    let made = Made::of(dispatch);
    let mut problems = made.fit.problems.clone();
    let broken = rules::problems(&made.alpha2, |parameter| made.value(parameter));
    let known =
        |p: &Problem| !problems.iter().any(|q| q.field == p.field || q.code == HoldCode::NotLatin && q.code == p.code);
    let broken: Vec<Problem> = broken.into_iter().filter(known).collect();
    problems.extend(broken);
    problems.extend(beside(dispatch, &made));
    if !problems.is_empty() {
        return Err(problems);
    }
    let mut extend = json!({ "payment": { "pay_currency": "USD", "try_to_pay": "false" } });
    let mut address = Map::new();
    for (parameter, value) in &made.values {
        if BESIDE_THE_ADDRESS.contains(parameter) {
            extend["trade_extra_param"][*parameter] = value.as_str().into();
        } else if !value.is_empty() {
            address.insert((*parameter).to_owned(), value.as_str().into());
        }
    }
    let order = json!({
        "out_order_id": dispatch.reference.as_str(),
        "logistics_address": address,
        "product_items": items_of(dispatch),
    });
    Ok(encode(&[(EXTEND.to_owned(), extend.to_string()), (ORDER.to_owned(), order.to_string())]))
}

/// What the rules of AliExpress change in this purchase order's address.
pub fn changes(dispatch: &Dispatch) -> Vec<Change> {
    Made::of(dispatch).fit.changes
}

/// Characters of the street line in the United States; what is longer is divided over both lines at a word.
const US_LINE: usize = 35;

fn fit(ship_to: &Address, alpha2: &str) -> Fit {
    let mut fit = Fit::of(ship_to);
    fit.region_by_name(alpha2);
    if alpha2 != "SA" {
        fit.apply(Transform::Latin, HoldCode::NotLatin, "letters that have no Latin spelling here");
        fit.apply(Transform::Ascii, HoldCode::NotLatin, "letters that AliExpress does not take");
    }
    if alpha2 == "US" && LengthUnit::Characters.length(&fit.address.line1) > US_LINE {
        let wrap = Transform::Wrap { longest: US_LINE, unit: LengthUnit::Characters };
        fit.apply(wrap, HoldCode::FieldTooLong, "lines that do not fit into two of 35 characters");
    }
    fit.company_in_line2();
    fit
}

struct Made {
    alpha2: String,
    fit: Fit,
    values: Vec<(&'static str, String)>,
}

impl Made {
    fn of(dispatch: &Dispatch) -> Self {
        let alpha2 = country::code(&dispatch.ship_to.country).unwrap_or_default();
        let mut fit = fit(&dispatch.ship_to, alpha2);
        let code = rules::country_code(alpha2).to_owned();
        if code != alpha2 {
            let (from, to) = (dispatch.ship_to.country.clone(), code.clone());
            fit.changes.push(Change { rule: "aliexpress_country_code", field: "country", from, to });
        }
        let to = &fit.address;
        let dial = Dial::of(&to.phone, alpha2);
        let (calling, number) = dial.map(|d| (format!("+{}", d.calling_code), d.number)).unwrap_or_default();
        let mut values = vec![
            ("country", code),
            ("province", to.region.clone()),
            ("city", to.city.clone()),
            ("address", to.line1.clone()),
            ("address2", to.line2.clone()),
            ("zip", to.postcode.clone()),
            ("contact_person", to.name.clone()),
            ("full_name", to.name.clone()),
            ("phone_country", calling),
            ("mobile_no", number),
            ("locale", "en_US".to_owned()),
        ];
        let id = dispatch.tax_id.as_deref().unwrap_or_default();
        if let Some(tax_id) = rules::tax_id(alpha2).filter(|_| !id.trim().is_empty()) {
            values.extend(tax_id.parameters.iter().map(|p| (*p, tax_id.written(id))));
            values.extend(tax_id.is_foreigner.map(|foreigner| ("is_foreigner", foreigner.to_owned())));
        }
        Self { alpha2: alpha2.to_owned(), fit, values }
    }

    fn value(&self, parameter: &str) -> &str {
        self.values.iter().find(|(p, _)| *p == parameter).map_or("", |(_, value)| value)
    }
}

/// What stands in the way beside the address.
fn beside(dispatch: &Dispatch, made: &Made) -> Vec<Problem> {
    let problem = |field, code, message: &str| Problem { field, code, message: message.to_owned() };
    let mut found = vec![];
    if made.alpha2.is_empty() {
        found.push(problem("country", HoldCode::AddressProblem, "no table knows this country"));
    }
    if dispatch.method.trim().is_empty() {
        found.push(problem("method", HoldCode::NoMethod, "AliExpress's logistics_service_name is not chosen"));
    }
    if dispatch.lines.is_empty() || dispatch.lines.iter().any(|l| l.quantity == 0) {
        found.push(problem("lines", HoldCode::ListingChanged, "AliExpress needs a quantity for each line"));
    }
    for line in dispatch.lines.iter().filter(|l| listing::parts(&l.listing_id).is_none()) {
        let message = format!(
            "{} is no listing of AliExpress: write product_id:sku_attr, or product_id: where there is one variant",
            line.listing_id
        );
        found.push(problem("lines", HoldCode::ListingChanged, &message));
    }
    found
}

/// The note goes to the seller with the first item, once. A product id is a number there, kept digit for digit.
fn items_of(dispatch: &Dispatch) -> Value {
    let gift = dispatch.gift_message.as_ref().map(|m| format!("Gift message: {m}"));
    let note: Vec<&str> = [dispatch.note.as_deref(), gift.as_deref()].into_iter().flatten().collect();
    let mut memo = note.join("\n");
    let item = |line: &crate::core::sending::DispatchLine| {
        let (product, sku_attr) = listing::parts(&line.listing_id)?;
        Some(json!({
            "product_count": line.quantity,
            "product_id": serde_json::from_str::<Value>(product).ok().filter(Value::is_number)?,
            "sku_attr": sku_attr,
            "logistics_service_name": dispatch.method,
            "order_memo": std::mem::take(&mut memo),
        }))
    };
    dispatch.lines.iter().filter_map(item).collect()
}

/// # Errors
/// The bytes are not such a body.
pub fn written(body: &[u8]) -> Result<Written, String> {
    let params = decode(body).ok_or("not a form as dsf writes it")?;
    let order: Value = serde_json::from_str(value(&params, ORDER)).map_err(|e| format!("{ORDER}: {e}"))?;
    let to = &order["logistics_address"];
    // Letter for letter: what was not trimmed when it was written must show.
    let raw = |key: &str| to.get(key).and_then(Value::as_str).unwrap_or_default().to_owned();
    if raw("full_name") != raw("contact_person") {
        return Err("two names".to_owned());
    }
    let ship_to = Address {
        name: raw("full_name"),
        company: String::new(),
        line1: raw("address"),
        line2: raw("address2"),
        city: raw("city"),
        region: raw("province"),
        postcode: raw("zip"),
        country: rules::alpha2(&raw("country")).to_owned(),
        phone: format!("{}{}", raw("phone_country"), raw("mobile_no")),
        email: String::new(),
    };
    let products = items(&order["product_items"]);
    let line = |p: &&Value| {
        let sku_attr = p.get("sku_attr")?.as_str()?;
        Some((listing::id(&plain(p.get("product_id")?)?, sku_attr), count(p, "product_count")?))
    };
    let lines: Vec<_> = products.iter().filter_map(line).collect();
    if lines.len() != products.len() || lines.is_empty() {
        return Err("a line has no product, variant or quantity".to_owned());
    }
    // The company is in the second line, so the bytes carry all but the e-mail, which AliExpress does not get.
    Ok(Written {
        reference: text(&order, "out_order_id"),
        ship_to,
        echo: Echo::without(&["email"]),
        lines: summed(lines),
    })
}

/// Placed only when AliExpress says so and names its orders. Paid is another matter: "autoPay fail" is placed too.
/// `quoted` takes out of its words what we said to it.
pub fn outcome(codes: &Codes, heard: Heard, quoted: &dyn Fn(&str) -> String) -> Outcome {
    let Heard::Yes(answer) = heard else { return not_placed(heard) };
    let result = answer.get("result").unwrap_or(&answer);
    let orders: Vec<String> = list(result, "order_list", &["number"]).into_iter().filter_map(plain).collect();
    let unknown = |why: &str| Outcome::Unknown { why: why.to_owned() };
    match (flag(result, "is_success"), orders.is_empty()) {
        (Some(true), false) => Outcome::Placed(Placed { supplier_orders: orders, asks: None }),
        (Some(true), true) => unknown("a success without an order number"),
        (_, false) => unknown("order numbers without a success"),
        (Some(false), true) => {
            let (code, message) = (text(result, "error_code"), text(result, "error_msg"));
            let means = if code.is_empty() { Means::Nothing } else { codes.means("create", &code) };
            not_placed(Heard::No { code: heard::code(&code), message: quoted(&message), means })
        }
        (None, true) => unknown("an answer that says neither yes nor no"),
    }
}
