//! The bytes of buynow/order/create: made from a purchase order, read back for the proof, and what Alibaba.com answers.
//! Pure.
//!
//! The bytes are the business parameters as a form; the line puts app, time, token and signature behind them.

use serde_json::{Value, json};

use crate::core::address::Address;
use crate::core::address::compare::Echo;
use crate::core::address::country;
use crate::core::address::dial::Dial;
use crate::core::address::transform::{Change, Transform};
use crate::core::hold::HoldCode;
use crate::core::sending::{Dispatch, Outcome, Placed};
use crate::supplier::api::{Problem, Written};
use crate::supplier::heard::{Heard, not_placed};
use crate::supplier::iop::answer::plain;
use crate::supplier::iop::fit::Fit;
use crate::supplier::iop::form::{decode, encode, value};
use crate::supplier::iop::listing;
use crate::supplier::loose::{count, items, summed, text};

pub const PATH: &str = "/buynow/order/create";
/// Where most goods are, for a listing that does not say.
pub const HOME: &str = "CN";
/// Limits of one order in cents of a dollar.
const LEAST_CENTS: i64 = 30;
const MOST_CENTS: i64 = 500_000;

/// # Errors
/// Every field that is missing or does not fit.
pub fn body(dispatch: &Dispatch) -> Result<Vec<u8>, Vec<Problem>> {
    let alpha2 = country::code(&dispatch.ship_to.country).unwrap_or_default();
    let fit = fit(&dispatch.ship_to, alpha2);
    let dial = Dial::of(&fit.address.phone, alpha2);
    let mut problems = fit.problems.clone();
    problems.extend(address_problems(&fit.address, alpha2, dial.as_ref()));
    problems.extend(beside(dispatch, alpha2));
    if !problems.is_empty() {
        return Err(problems);
    }
    let ships_from = if dispatch.ships_from.is_empty() { HOME } else { &dispatch.ships_from };
    let logistics = json!({
        "shipment_address": shipment_address(&fit.address, alpha2, dial.as_ref()),
        "dispatch_location": ships_from,
        "carrier_code": dispatch.method,
    });
    let product = |line: &crate::core::sending::DispatchLine| {
        let (product, sku) = listing::parts(&line.listing_id)?;
        Some(json!({ "product_id": product, "sku_id": sku, "quantity": line.quantity.to_string() }))
    };
    let products: Value = dispatch.lines.iter().filter_map(product).collect();
    let gift = dispatch.gift_message.as_ref().map(|m| format!("Gift message: {m}"));
    let note: Vec<&str> = [dispatch.note.as_deref(), gift.as_deref()].into_iter().flatten().collect();
    let named = |name: &str, value: String| (name.to_owned(), value);
    let mut params = vec![
        named("channel_refer_id", dispatch.reference.to_string()),
        named("logistics_detail", logistics.to_string()),
        named("product_list", products.to_string()),
        named("remark", note.join("\n")),
    ];
    if alpha2 == "KR" {
        params.push(named("clearance_detail", clearance(dispatch, dial.as_ref()).to_string()));
    }
    Ok(encode(&params))
}

/// What the rules of Alibaba.com change in this purchase order's address.
pub fn changes(dispatch: &Dispatch) -> Vec<Change> {
    fit(&dispatch.ship_to, country::code(&dispatch.ship_to.country).unwrap_or_default()).changes
}

fn fit(ship_to: &Address, alpha2: &str) -> Fit {
    let mut fit = Fit::of(ship_to);
    fit.region_by_name(alpha2);
    fit.company_in_line2();
    fit
}

fn shipment_address(to: &Address, alpha2: &str, dial: Option<&Dial>) -> Value {
    let code = Transform::RegionCode.apply(to).map(|(coded, _)| coded.region).filter(|code| *code != to.region);
    let mut address = json!({
        "contact_person": to.name,
        "address": to.line1,
        "alternate_address": to.line2,
        "city": to.city,
        "province": to.region,
        "province_code": code.unwrap_or_default(),
        "zip": to.postcode,
        "country": country::english_name(alpha2).unwrap_or(alpha2),
        "country_code": alpha2,
    });
    if let Some(dial) = dial {
        address["telephone"] =
            json!({ "country": format!("+{}", dial.calling_code), "area": "", "number": dial.number });
    }
    address
}

/// For South Korea's customs.
fn clearance(dispatch: &Dispatch, dial: Option<&Dial>) -> Value {
    json!({
        "clearance_type": "PERSONAL",
        "clearancer": dispatch.ship_to.name,
        "clearance_code": dispatch.tax_id.as_deref().unwrap_or_default().trim().to_uppercase(),
        "clearance_mobile_number": dial.map(|d| d.number.as_str()).unwrap_or_default(),
    })
}

fn address_problems(to: &Address, alpha2: &str, dial: Option<&Dial>) -> Vec<Problem> {
    let mut found = vec![];
    let mut problem = |field, code, message: &str| found.push(Problem { field, code, message: message.to_owned() });
    for (field, value) in [("name", &to.name), ("line1", &to.line1), ("city", &to.city)] {
        if value.trim().is_empty() {
            problem(field, HoldCode::AddressProblem, "Alibaba.com needs it");
        }
    }
    if alpha2.is_empty() {
        problem("country", HoldCode::AddressProblem, "no table knows this country");
    }
    if !to.phone.trim().is_empty() && dial.is_none() {
        problem("phone", HoldCode::PhoneRequired, "it does not read as one number of one country");
    }
    found
}

/// What stands in the way beside the address.
fn beside(dispatch: &Dispatch, alpha2: &str) -> Vec<Problem> {
    let mut found = vec![];
    let mut problem = |field, code, message: String| found.push(Problem { field, code, message });
    if dispatch.method.trim().is_empty() {
        problem("method", HoldCode::NoMethod, "Alibaba.com's carrier_code is not chosen".to_owned());
    }
    if dispatch.lines.is_empty() || dispatch.lines.iter().any(|l| l.quantity == 0) {
        problem("lines", HoldCode::ListingChanged, "Alibaba.com needs a quantity for each line".to_owned());
    }
    let is_listing = |id: &str| listing::parts(id).is_some_and(|(_, sku)| !sku.is_empty());
    for line in dispatch.lines.iter().filter(|l| !is_listing(&l.listing_id)) {
        let message = format!("{} is no listing of Alibaba.com: write product_id:sku_id", line.listing_id);
        problem("lines", HoldCode::ListingChanged, message);
    }
    let expected = dispatch.expected;
    if expected.currency.code() == "USD" && !(LEAST_CENTS..=MOST_CENTS).contains(&expected.minor) {
        problem(
            "lines",
            HoldCode::CostLimit,
            format!("Alibaba.com takes orders of 0.30 to 5,000 USD; this is {expected}"),
        );
    }
    let code = dispatch.tax_id.as_deref().unwrap_or_default().trim();
    let digits = code.strip_prefix(['P', 'p']).filter(|d| d.len() == 12 && d.bytes().all(|b| b.is_ascii_digit()));
    if alpha2 == "KR" && digits.is_none() {
        problem("tax_id", HoldCode::TaxIdRequired, "South Korea's customs code is P and 12 digits".to_owned());
    }
    found
}

/// # Errors
/// The bytes are not such a body.
pub fn written(body: &[u8]) -> Result<Written, String> {
    let params = decode(body).ok_or("not a form as dsf writes it")?;
    let object = |name: &str| serde_json::from_str::<Value>(value(&params, name)).map_err(|e| format!("{name}: {e}"));
    let (logistics, products) = (object("logistics_detail")?, object("product_list")?);
    let to = &logistics["shipment_address"];
    let of = |from: &Value, key: &str| from.get(key).and_then(Value::as_str).unwrap_or_default().to_owned();
    let raw = |key: &str| of(to, key);
    let phone = &to["telephone"];
    let ship_to = Address {
        name: raw("contact_person"),
        company: String::new(),
        line1: raw("address"),
        line2: raw("alternate_address"),
        city: raw("city"),
        region: raw("province"),
        postcode: raw("zip"),
        country: raw("country_code"),
        phone: format!("{}{}{}", of(phone, "country"), of(phone, "area"), of(phone, "number")),
        email: String::new(),
    };
    let products = items(&products);
    let line = |p: &&Value| {
        let id = |key: &str| plain(p.get(key)?);
        Some((listing::id(&id("product_id")?, &id("sku_id")?), count(p, "quantity")?))
    };
    let lines: Vec<_> = products.iter().filter_map(line).collect();
    if lines.len() != products.len() || lines.is_empty() {
        return Err("a line has no product, variant or quantity".to_owned());
    }
    let reference = value(&params, "channel_refer_id").to_owned();
    // The company is in the second line, so the bytes carry all but the e-mail, which Alibaba.com does not get.
    Ok(Written { reference, ship_to, echo: Echo::without(&["email"]), lines: summed(lines) })
}

/// Placed only when Alibaba.com names its trade.
pub fn outcome(heard: Heard) -> Outcome {
    let Heard::Yes(answer) = heard else { return not_placed(heard) };
    // The platform's envelope has two names for what is inside.
    let inside = answer.get("value").or_else(|| answer.get("result"));
    let trade = inside.map(|inside| text(inside, "trade_id")).unwrap_or_default();
    if trade.is_empty() {
        return Outcome::Unknown { why: "a success without a trade id".to_owned() };
    }
    Outcome::Placed(Placed { supplier_orders: vec![trade], asks: None })
}
