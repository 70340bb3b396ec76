//! What Banggood says it recorded: getOrderInfo by our reference, and the history of one order. Pure.

use std::sync::LazyLock;

use serde_json::Value;

use super::listing::id_of;
use crate::core::address::Address;
use crate::core::address::compare::Echo;
use crate::core::money::{Amount, Currency, DecimalMark, Money};
use crate::core::sending::{Lookup, ParcelNotice, Recorded};
use crate::supplier::heard::Heard;
use crate::supplier::loose::{count, items, list, said, summed, text};
use crate::supplier::statuses::Statuses;

/// Banggood's field, our field. One client knows line 2 without an R. The last two are in no documented answer; should
/// they come, they are proved too.
const ECHOED: [(&str, &str); 9] = [
    ("delivery_name", "name"),
    ("delivery_country", "country"),
    ("delivery_state", "region"),
    ("delivery_city", "city"),
    ("delivery_street_address", "line1"),
    ("delivery_street_address2", "line2"),
    ("delivery_steet_address2", "line2"),
    ("delivery_postcode", "postcode"),
    ("delivery_telephone", "phone"),
];

static STATUSES: LazyLock<Statuses> = LazyLock::new(|| Statuses::read(include_str!("statuses.tsv")));

/// Not found is a success whose list is there and empty, the form that a public client relies on. No code for it is
/// known, so every error leaves it open.
pub fn lookup(heard: Heard, reference: &str) -> Lookup {
    let unclear = |why: &str| Lookup::Unclear { why: why.to_owned() };
    let data = match heard {
        Heard::Yes(data) => data,
        Heard::No { code, message, .. } => return Lookup::Unclear { why: format!("{code}: {message}") },
        Heard::NotSent(why) | Heard::Unknown(why) => return Lookup::Unclear { why },
    };
    let records = match data.get("sale_record_id_list") {
        Some(Value::Array(list)) if list.is_empty() => return Lookup::NotFound,
        Some(list) => items(list),
        None => return unclear("a success without a list of orders"),
    };
    // Every record must bear our number; one that does not is another customer's.
    if records.is_empty() || records.iter().any(|record| text(record, "sale_record_id") != reference) {
        return unclear("the answer does not bear our sale_record_id");
    }
    let orders = records.iter().flat_map(|record| list(record, "order_list").into_iter().map(|o| recorded(record, o)));
    match orders.collect::<Option<Vec<_>>>() {
        Some(orders) if !orders.is_empty() => Lookup::Found(orders),
        Some(_) => unclear("Banggood knows our number and names no order for it"),
        None => unclear("an order without an id of Banggood's"),
    }
}

/// `None` when the order has no id.
fn recorded(record: &Value, order: &Value) -> Option<Recorded> {
    let id = Some(text(order, "order_id")).filter(|id| !id.is_empty())?;
    let mut ship_to = Address::default();
    let mut echoed = vec![];
    let user = list(record, "user_info").into_iter().next();
    for (theirs, ours) in ECHOED {
        if let (Some(value), Some(field)) = (user.and_then(|u| said(u, theirs)), ship_to.field_mut(ours)) {
            *field = value;
            echoed.push(ours);
        }
    }
    let lines = list(order, "product_list");
    let lines = lines.iter().map(|line| (id_of(line), count(line, "quantity").unwrap_or(0)));
    Some(Recorded {
        supplier_order: id,
        status: STATUSES.of(&text(order, "status")),
        ship_to,
        echo: Echo::only(&echoed),
        lines: summed(lines),
        asks: money(order, "total_amount"),
        parcels: vec![],
    })
}

/// In the currency that the order says.
fn money(order: &Value, key: &str) -> Option<Money> {
    let currency: Currency = text(order, "currency").parse().ok()?;
    let amount = Amount::parse(&text(order, key), DecimalMark::Point).ok()?;
    amount.price(currency).times(1).rounded().ok()
}

/// From the history of an order. Banggood names no carrier; the method says most.
pub fn parcel(history: &Value, method: &str) -> Option<ParcelNotice> {
    let number = Some(text(history, "track_number")).filter(|number| !number.is_empty())?;
    Some(ParcelNotice { number, carrier: method.to_owned() })
}

/// The shipping methods of the orders in an answer of getOrderInfo, by Banggood's order id.
pub fn methods(data: &Value) -> Vec<(String, String)> {
    let records = list(data, "sale_record_id_list");
    let orders = records.into_iter().flat_map(|record| list(record, "order_list"));
    orders.map(|order| (text(order, "order_id"), text(order, "shipmethod_code"))).collect()
}
