//! What Alibaba.com says it recorded, where an order stands, and its parcels. Pure.

use serde_json::{Value, json};

use crate::core::address::Address;
use crate::core::address::compare::Echo;
use crate::core::money::{Amount, DecimalMark, Money};
use crate::core::sending::{ParcelNotice, Recorded, Step, SupplierStatus};
use crate::net::Effect;
use crate::supplier::iop::answer::list;
use crate::supplier::iop::ask::{Ask, Call};
use crate::supplier::iop::listing;
use crate::supplier::loose::{count, said, summed, text};

/// Their field, our field.
const ECHOED: [(&str, &str); 6] = [
    ("contact_person", "name"),
    ("address", "line1"),
    ("alternate_address", "line2"),
    ("city", "city"),
    ("province", "region"),
    ("zip", "postcode"),
];

pub fn ask(trade: &str) -> Ask {
    Ask::question("/alibaba/order/get", &[("e_trade_id", trade.to_owned()), ("language", "en_US".to_owned())])
}

pub fn parcels_ask(trade: &str) -> Ask {
    let params = [("trade_id", trade.to_owned()), ("data_select", "logistic_order".to_owned())];
    Ask::question("/order/logistics/query", &params)
}

pub fn cancel(trade: &str) -> Ask {
    Ask::question("/alibaba/order/cancel", &[("trade_id", trade.to_owned())]).writing(Call::Cancel)
}

/// What a browser would tell of a person is left out: there is none.
pub fn pay(trade: &str) -> Ask {
    let request = json!({
        "order_id_list": [trade],
        "payment_method": "CREDIT_CARD",
        "user_agent": concat!("dsf/", env!("CARGO_PKG_VERSION")),
        "accept_language": "en-US",
        "is_pc": true,
    });
    let ask = Ask::question("/alibaba/dropshipping/order/pay", &[("param_order_pay_request", request.to_string())]);
    Ask { effect: Effect::Writes, call: Call::Pay, ..ask }
}

/// `None` when the answer has no trade.
pub fn recorded(answer: &Value) -> Option<Recorded> {
    let value = answer.get("value").or_else(|| answer.get("result"))?;
    let trade = Some(text(value, "trade_id")).filter(|id| !id.is_empty())?;
    let (ship_to, echo) = address(value.get("shipping_address").unwrap_or(&Value::Null));
    let lines = list(value, "order_products", &[]);
    let line = |l: &Value| (listing::id(&text(l, "product_id"), &text(l, "sku_id")), count(l, "quantity").unwrap_or(0));
    Some(Recorded {
        supplier_order: trade,
        status: status(&text(value, "trade_status")),
        ship_to,
        echo,
        lines: summed(lines.into_iter().map(line)),
        asks: money(value.get("total_amount")),
        parcels: vec![],
    })
}

/// A field that is there and holds null or `"null"` was recorded as empty: were it "not said", a lost unit would pass.
fn address(of: &Value) -> (Address, Echo) {
    let mut ship_to = Address::default();
    let mut echoed = vec![];
    for (theirs, ours) in ECHOED {
        if let (Some(_), Some(field)) = (of.get(theirs), ship_to.field_mut(ours)) {
            *field = said(of, theirs).unwrap_or_default();
            echoed.push(ours);
        }
    }
    let country = ["country_code", "country"].iter().find_map(|key| said(of, key).filter(|c| !c.is_empty()));
    if let Some(country) = country {
        ship_to.country = country;
        echoed.push("country");
    }
    // Sent as the telephone, it may come back as the mobile.
    if let Some(phone) = ["mobile", "telephone"].iter().find_map(|key| phone(of.get(key)?)) {
        ship_to.phone = phone;
        echoed.push("phone");
    }
    // The company was sent inside of the second line.
    if echoed.contains(&"line2") {
        echoed.push("company");
    }
    (ship_to, Echo::only(&echoed))
}

fn phone(of: &Value) -> Option<String> {
    let number = Some(text(of, "number")).filter(|n| !n.is_empty())?;
    Some(format!("{}{}{number}", text(of, "country"), text(of, "area")))
}

/// The currency has two names.
pub fn money(of: Option<&Value>) -> Option<Money> {
    let of = of?;
    let currency = ["currency", "currency_code"].iter().map(|key| text(of, key)).find(|c| !c.is_empty())?;
    let amount = Amount::parse(&text(of, "amount"), DecimalMark::Point).ok()?;
    amount.price(currency.parse().ok()?).times(1).rounded().ok()
}

fn status(raw: &str) -> SupplierStatus {
    let row = |line: &'static str| line.split_once('\t').filter(|(known, _)| *known == raw).map(|(_, means)| means);
    match include_str!("statuses.tsv").lines().filter(|l| !l.starts_with('#')).find_map(row) {
        Some("unpaid") => SupplierStatus::Unpaid,
        Some("paid") => SupplierStatus::Paid,
        Some("shipped") => SupplierStatus::Shipped,
        Some("delivered") => SupplierStatus::Delivered,
        Some("cancelled") => SupplierStatus::Cancelled,
        _ => SupplierStatus::Unknown(raw.to_owned()),
    }
}

pub fn parcels(answer: &Value) -> Vec<ParcelNotice> {
    let Some(value) = answer.get("value").or_else(|| answer.get("result")) else { return vec![] };
    let notice = |order: &Value| {
        let voucher = order.get("voucher").unwrap_or(order);
        ParcelNotice { number: text(voucher, "tracking_number"), carrier: text(voucher, "service_provider") }
    };
    list(value, "shipping_order_list", &[]).into_iter().map(notice).filter(|p| !p.number.is_empty()).collect()
}

/// The money moved only where the status says so; an order that was paid before is paid.
pub fn paid(answer: &Value) -> Step {
    let value = answer.get("value").or_else(|| answer.get("result")).unwrap_or(&Value::Null);
    let (status, code) = (text(value, "status"), text(value, "reason_code"));
    match (status.as_str(), code.as_str()) {
        ("PAY_SUCCESS", _) | ("PAY_FAILED", "ORDER_HAVE_PAID") => Step::Done,
        ("PAY_FAILED", "NEVER_PAY_SUCCESS_IN_DROPSHIPER") => {
            let message = "the first payment of an account is made by hand, on the order's page".to_owned();
            Step::Refused { code, message }
        }
        ("PAY_FAILED", _) => Step::Refused { code, message: text(value, "reason_message") },
        _ => Step::Unknown { why: format!("the answer to the payment says \"{status}\"") },
    }
}
