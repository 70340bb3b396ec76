//! Orders as WooCommerce tells them, with refunds and fulfilments, which are lists of their own. Pure.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde_json::Value;

use crate::core::address::Address;
use crate::core::ids::order_number;
use crate::core::incoming::{Head, Incoming, IncomingLine, Payment};
use crate::core::money::{Amount, Currency, DecimalMark, Money, Price};
use crate::store::api::{PullError, Pulled};
use crate::store::loose::{count, list, money, text};

/// What a list of orders is asked for: less than half of what a site would send.
pub const FIELDS: &str = "id,number,status,currency,date_created_gmt,date_modified_gmt,total,billing,shipping,customer_note,\
     line_items,shipping_lines,refunds,meta_data";

/// What a status says; `None` for one that is a plugin's.
pub struct Status {
    pub money: &'static str,
    pub sent: Option<bool>,
    pub takes_parcels: bool,
}

pub fn status(word: &str) -> Option<Status> {
    let rows = include_str!("statuses.tsv").lines().filter(|l| !l.starts_with('#'));
    let cells = rows.map(|row| row.split('\t').collect::<Vec<_>>()).find(|cells| cells[0] == word)?;
    let [_, money, sent, parcels] = cells.as_slice() else { return None };
    let sent = match *sent {
        "yes" => Some(true),
        "no" => Some(false),
        _ => None,
    };
    Some(Status { money, sent, takes_parcels: *parcels == "yes" })
}

/// The `_gmt` times have no zone and are UTC.
pub fn time(of: &Value, key: &str) -> Option<Timestamp> {
    let text = text(of, key);
    let zoned = if text.ends_with('Z') || text.contains('+') { text } else { format!("{text}Z") };
    zoned.parse().ok()
}

/// Pieces by line that refunds took back. `None` where a refund names no line.
pub fn refunded(refunds: &[Value]) -> BTreeMap<String, u32> {
    let mut pieces = BTreeMap::new();
    for item in refunds.iter().flat_map(|r| list(r, "line_items")) {
        let of = list(item, "meta_data").iter().find(|m| text(m, "key") == "_refunded_item_id");
        let taken = text(item, "quantity");
        let taken: u32 = taken.trim_start_matches('-').parse().unwrap_or(0);
        if let Some(line) = of.map(|m| text(m, "value")) {
            let sum: &mut u32 = pieces.entry(line).or_default();
            *sum = sum.saturating_add(taken);
        }
    }
    pieces
}

/// Pieces by line that the store's fulfilments say were sent.
pub fn fulfilled(fulfillments: &[Value]) -> BTreeMap<String, u32> {
    let mut pieces = BTreeMap::new();
    for one in fulfillments.iter().filter(|f| f.get("is_fulfilled") == Some(&Value::Bool(true))) {
        for (line, sent) in items(one) {
            let sum: &mut u32 = pieces.entry(line).or_default();
            *sum = sum.saturating_add(sent);
        }
    }
    pieces
}

/// Lines with pieces of a fulfilment.
pub fn items(fulfillment: &Value) -> Vec<(String, u32)> {
    let items = meta(fulfillment, "_items").and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
    items.iter().filter_map(|item| Some((text(item, "item_id"), count(item, "qty")?))).collect()
}

/// The value of a key in `meta_data`.
pub fn meta<'a>(of: &'a Value, key: &str) -> Option<&'a Value> {
    list(of, "meta_data").iter().find(|m| text(m, "key") == key)?.get("value")
}

/// What an order is read with: the lists that are its own.
#[derive(Default)]
pub struct Beside {
    pub refunds: Vec<Value>,
    /// `None` where the store keeps none.
    pub fulfillments: Option<Vec<Value>>,
}

/// # Errors
/// An order without what it cannot be without.
pub fn pulled(order: &Value, beside: &Beside) -> Result<Pulled, PullError> {
    let number = order_number(&text(order, "number"));
    let external_id = text(order, "id");
    let missing = |field: &str| PullError::Order {
        order: if number.is_empty() { external_id.clone() } else { number.clone() },
        field: field.to_owned(),
        value: "not said".to_owned(),
    };
    if number.is_empty() || external_id.is_empty() {
        return Err(missing("number"));
    }
    let changed_at = time(order, "date_modified_gmt").ok_or_else(|| missing("date_modified_gmt"))?;
    let currency = text(order, "currency").parse::<Currency>().ok().ok_or_else(|| missing("currency"))?;
    let (removed, sent) = (refunded(&beside.refunds), beside.fulfillments.as_deref().map(fulfilled));
    let lines = list(order, "line_items")
        .iter()
        .map(|l| line(l, currency, &removed, sent.as_ref()).ok_or_else(|| missing("quantity of a line")))
        .collect::<Result<Vec<_>, _>>()?;
    let head = head(order, currency);
    let waits = matches!(head.payment, Some(Payment::Paid)) && head.cancelled == Some(false);
    let withheld = ["first_name", "address_1"]
        .iter()
        .any(|key| order.get("shipping").is_some_and(|s| s.get(*key) == Some(&Value::Null)));
    if withheld && waits {
        let (what, permission) =
            ("the customer's name or street".to_owned(), "a key of a user who may see customers".to_owned());
        return Err(PullError::Withheld { order: number, what, permission });
    }
    let head = Some(head);
    Ok(Pulled { said: Incoming { number, external_id: Some(external_id), head, lines, row: 0, rows: 1 }, changed_at })
}

fn head(order: &Value, currency: Currency) -> Head {
    let word = text(order, "status");
    let known = status(&word);
    let payment = match known.as_ref().map(|s| s.money) {
        Some("paid") => Some(Payment::Paid),
        Some("refunded") => Some(Payment::Refunded),
        Some("not_paid") => Some(Payment::NotPaid(word)),
        // Whether the money came is of no interest any more.
        Some(_) => None,
        None => Some(Payment::Unknown(word)),
    };
    let block = |key: &str| order.get(key).cloned().unwrap_or_default();
    let (billing, shipping) = (block("billing"), block("shipping"));
    Head {
        placed_at: time(order, "date_created_gmt"),
        payment,
        cancelled: Some(known.as_ref().is_some_and(|s| s.money == "cancelled")),
        test: None,
        fulfilled: known.and_then(|s| s.sent),
        currency: Some(currency),
        // As in exports: what lines cost is after discounts, a subtotal before them.
        subtotal: None,
        discount: None,
        total: money(order, "total", currency),
        refunded: refunded_money(order, currency),
        pieces: None,
        ship_to: address(&shipping),
        has_billing: ["first_name", "last_name", "address_1", "city"].iter().any(|key| !text(&billing, key).is_empty()),
        email: Some(text(&billing, "email")),
        note: Some(text(order, "customer_note")),
        gift_message: None,
        method: Some(list(order, "shipping_lines").first().map(|l| text(l, "method_title")).unwrap_or_default()),
        ship_by: None,
        risk: None,
        tax_id: None,
    }
}

fn refunded_money(order: &Value, currency: Currency) -> Option<Money> {
    list(order, "refunds").iter().try_fold(Money::zero(currency), |sum, refund| {
        let back = money(refund, "total", currency)?;
        sum.plus(Money { minor: back.minor.abs(), ..back }).ok()
    })
}

/// The shipping block alone. A country that a shop fills in by itself makes no address.
fn address(block: &Value) -> Option<Address> {
    let name = format!("{} {}", text(block, "first_name"), text(block, "last_name")).trim().to_owned();
    let address = Address {
        name,
        company: text(block, "company"),
        line1: text(block, "address_1"),
        line2: text(block, "address_2"),
        city: text(block, "city"),
        region: text(block, "state"),
        postcode: text(block, "postcode"),
        country: text(block, "country"),
        phone: text(block, "phone"),
        email: String::new(),
    };
    let place = [&address.name, &address.company, &address.line1, &address.line2, &address.city, &address.postcode];
    place.iter().any(|part| !part.is_empty()).then_some(address)
}

fn line(
    line: &Value,
    currency: Currency,
    removed: &BTreeMap<String, u32>,
    sent: Option<&BTreeMap<String, u32>>,
) -> Option<IncomingLine> {
    let id = text(line, "id");
    let quantity = count(line, "quantity")?;
    Some(IncomingLine {
        sku: text(line, "sku"),
        title: text(line, "name"),
        variant: variant(line),
        personalisation: None,
        quantity,
        removed: Some(removed.get(&id).copied().unwrap_or(0).min(quantity)),
        shipped: sent.map(|sent| sent.get(&id).copied().unwrap_or(0).min(quantity)),
        unit_price: for_one(line, quantity, currency),
        bare_price: None,
        requires_shipping: None,
        cancelled: None,
        row: 0,
        external_id: Some(id).filter(|id| !id.is_empty()),
    })
}

/// What all pieces cost, divided where that is exact, as exports are read.
fn for_one(line: &Value, quantity: u32, currency: Currency) -> Option<Price> {
    let total = Amount::parse(&text(line, "total"), DecimalMark::Point).ok()?.ten_thousandths;
    let pieces = i64::from(quantity);
    (pieces != 0 && total % pieces == 0).then(|| Price { ten_thousandths: total / pieces, currency })
}

/// `color=Red`, as the exports of the common plugins write it. A key that begins with `_` is a plugin's note to itself.
fn variant(line: &Value) -> String {
    let pairs = list(line, "meta_data").iter().filter(|m| {
        let key = text(m, "key");
        !key.is_empty() && !key.starts_with('_')
    });
    let pair = |m: &Value| {
        let key = text(m, "key");
        let key = key.trim_start_matches("attribute_").trim_start_matches("pa_").to_owned();
        let shown = text(m, "display_value");
        format!("{key}={}", if shown.is_empty() { text(m, "value") } else { shown })
    };
    pairs.map(pair).collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_plugins_status_is_never_paid() {
        let of = |word: &str| head(&serde_json::json!({ "status": word }), "USD".parse().unwrap());
        assert_eq!(of("processing").payment, Some(Payment::Paid));
        assert_eq!((of("completed").payment, of("completed").fulfilled), (Some(Payment::Paid), Some(true)));
        assert_eq!(of("partial-shipped").payment, Some(Payment::Unknown("partial-shipped".into())));
        assert_eq!(of("on-hold").payment, Some(Payment::NotPaid("on-hold".into())));
        assert_eq!((of("trash").cancelled, of("trash").payment), (Some(true), None));
    }

    #[test]
    fn a_shipping_block_with_a_country_alone_is_none_and_billing_is_never_used() {
        let order = serde_json::json!({ "status": "processing",
            "shipping": { "first_name": "", "country": "US", "state": "CA" }, "billing": { "first_name": "Ann", "city": "Boise" } });
        let head = head(&order, "USD".parse().unwrap());
        assert_eq!((head.ship_to, head.has_billing), (None, true));
    }

    #[test]
    fn refunds_name_the_line_they_take_from() {
        let refund: Value = serde_json::from_str(
            r#"{"line_items":[{"id":22,"quantity":-1,"meta_data":[{"key":"_refunded_item_id","value":"10"}]}]}"#,
        )
        .unwrap();
        assert_eq!(refunded(&[refund.clone(), refund]), BTreeMap::from([("10".to_owned(), 2)]));
    }
}
