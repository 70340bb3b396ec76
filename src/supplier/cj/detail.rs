//! What CJ says it recorded: one order of getOrderDetail, and what a look-up by our number proves. Pure.

use std::sync::LazyLock;

use serde_json::Value;

use crate::core::address::Address;
use crate::core::address::compare::Echo;
use crate::core::sending::{Lookup, ParcelNotice, Recorded};
use crate::supplier::heard::{Heard, Means};
use crate::supplier::loose::{count, items, list, money, said, summed, text};
use crate::supplier::statuses::Statuses;

static STATUSES: LazyLock<Statuses> = LazyLock::new(|| Statuses::read(include_str!("statuses.tsv")));

/// CJ's field, our field. The last two are in no documented answer; should they come, they are proved too.
const ECHOED: [(&str, &str); 8] = [
    ("shippingCustomerName", "name"),
    ("shippingPhone", "phone"),
    ("shippingCountryCode", "country"),
    ("shippingProvince", "region"),
    ("shippingCity", "city"),
    ("shippingAddress", "line1"),
    ("shippingZip", "postcode"),
    ("shippingAddress2", "line2"),
];

/// Codes that mean "no such order" by themselves. 1600300 also means any wrong parameter, so its message must say it.
const NO_SUCH_ORDER: [&str; 2] = ["1603100", "803"];
const NO_SUCH_ORDER_BY_MESSAGE: &str = "1600300";

pub fn lookup(heard: Heard, reference: &str) -> Lookup {
    match heard {
        Heard::Yes(data) => found(&data, reference),
        Heard::No { code, message, means }
            if !matches!(means, Means::Token | Means::Key) && no_such(&code, &message) =>
        {
            Lookup::NotFound
        }
        Heard::No { code, message, .. } => Lookup::Unclear { why: format!("{code}: {message}") },
        Heard::NotSent(why) | Heard::Unknown(why) => Lookup::Unclear { why },
    }
}

pub fn no_such(code: &str, message: &str) -> bool {
    NO_SUCH_ORDER.contains(&code)
        || (code == NO_SUCH_ORDER_BY_MESSAGE && message.to_ascii_lowercase().contains("order not found"))
}

/// Every order in the answer must bear our number; one that does not is another customer's.
fn found(data: &Value, reference: &str) -> Lookup {
    let orders = items(data);
    if orders.is_empty() {
        return Lookup::Unclear { why: "a success without an order".to_owned() };
    }
    if orders.iter().any(|order| text(order, "orderNum") != reference) {
        return Lookup::Unclear { why: "the answer does not bear our order number".to_owned() };
    }
    match orders.into_iter().map(recorded).collect::<Option<Vec<_>>>() {
        Some(orders) => Lookup::Found(orders),
        None => Lookup::Unclear { why: "an order without an id of CJ's".to_owned() },
    }
}

/// `None` when the order has no id. The code that begins with SD is the one that create answers with.
pub fn recorded(order: &Value) -> Option<Recorded> {
    let id = ["cjOrderCode", "orderId", "cjOrderId"].iter().map(|key| text(order, key)).find(|id| !id.is_empty())?;
    let mut ship_to = Address::default();
    let mut echoed = vec![];
    for (theirs, ours) in ECHOED {
        if let (Some(value), Some(field)) = (said(order, theirs), ship_to.field_mut(ours)) {
            *field = value;
            echoed.push(ours);
        }
    }
    let lines = list(order, "productList");
    let lines = lines.iter().map(|line| (text(line, "vid"), count(line, "quantity").unwrap_or(0)));
    Some(Recorded {
        supplier_order: id,
        status: STATUSES.of(&text(order, "orderStatus")),
        ship_to,
        echo: Echo::only(&echoed),
        lines: summed(lines),
        asks: money(order, "orderAmount"),
        parcels: parcels(order),
    })
}

/// The provider is CJ's internal word; the method's name says more to a person, and is there more often.
fn parcels(order: &Value) -> Vec<ParcelNotice> {
    let number = text(order, "trackNumber");
    if number.is_empty() {
        return vec![];
    }
    let provider = text(order, "trackingProvider");
    let carrier = if provider.is_empty() { text(order, "logisticName") } else { provider };
    vec![ParcelNotice { number, carrier }]
}
