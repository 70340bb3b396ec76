//! The requests to eBay. Pure.

use jiff::Timestamp;
use serde_json::json;

use crate::core::push::Push;
use crate::store::rest::ask::{Ask, piece};
use crate::store::rest::look::bare;

const ROOT: &str = "/sell/fulfillment/v1/order";
/// More is an error.
pub const AT_ONCE: usize = 200;
/// For a carrier that eBay has no code for.
const OTHER_CARRIER: &str = "OTHER";

/// `to` absent: up to now. eBay answers a time in the future with an error, so no end is better than one by our clock.
pub fn orders(from: Timestamp, to: Option<Timestamp>, offset: usize) -> Ask {
    let to = to.map(time).unwrap_or_default();
    let query = vec![
        ("filter", format!("lastmodifieddate:[{}..{to}]", time(from))),
        ("limit", AT_ONCE.to_string()),
        ("offset", offset.to_string()),
    ];
    Ask::get(ROOT.to_owned(), query)
}

pub fn one() -> Ask {
    Ask::get(ROOT.to_owned(), vec![("limit", "1".to_owned())])
}

pub fn order(id: &str) -> Ask {
    Ask::get(format!("{ROOT}/{}", piece(id)), vec![])
}

pub fn parcels(order: &str) -> Ask {
    Ask::get(format!("{ROOT}/{}/shipping_fulfillment", piece(order)), vec![])
}

/// Letters and digits only in the number; carrier and number go together.
pub fn ship(push: &Push, lines: &[(String, u32)]) -> Ask {
    let line = |(id, quantity): &(String, u32)| json!({ "lineItemId": id, "quantity": quantity });
    let body = json!({
        "lineItems": lines.iter().map(line).collect::<Vec<_>>(),
        "shippedDate": time(push.shipped_at),
        "shippingCarrierCode": push.carrier.as_deref().unwrap_or(OTHER_CARRIER),
        "trackingNumber": bare(&push.tracking),
    });
    Ask::ship(format!("{ROOT}/{}/shipping_fulfillment", piece(&push.order)), &body)
}

/// Milliseconds and Z, as eBay writes it.
fn time(at: Timestamp) -> String {
    at.strftime("%Y-%m-%dT%H:%M:%S.%3fZ").to_string()
}
