//! The requests to Squarespace. Pure.

use jiff::{SignedDuration, Timestamp};
use serde_json::json;

use crate::core::push::Push;
use crate::store::rest::ask::{Ask, piece};

const ROOT: &str = "/1.0/commerce/orders";
/// Squarespace wants a name for the service, and nobody reads it.
const SERVICE: &str = "Standard";
/// "After" and "before" may leave out the very moment.
const A_MOMENT: SignedDuration = SignedDuration::from_millis(1);

/// The first page of a slice. Both times are needed; the pages behind it are asked for by cursor alone.
pub fn orders(from: Timestamp, to: Timestamp) -> Ask {
    let time = |at: Timestamp| at.strftime("%Y-%m-%dT%H:%M:%S.%3fZ").to_string();
    let after = from.checked_sub(A_MOMENT).unwrap_or(from);
    let before = to.checked_add(A_MOMENT).unwrap_or(to);
    Ask::get(ROOT.to_owned(), vec![("modifiedAfter", time(after)), ("modifiedBefore", time(before))])
}

pub fn more(cursor: &str) -> Ask {
    Ask::get(ROOT.to_owned(), vec![("cursor", cursor.to_owned())])
}

pub fn order(id: &str) -> Ask {
    Ask::get(format!("{ROOT}/{}", piece(id)), vec![])
}

/// The whole order: Squarespace counts no lines.
pub fn ship(push: &Push) -> Ask {
    let mut shipment = json!({
        "shipDate": push.shipped_at.strftime("%Y-%m-%dT%H:%M:%SZ").to_string(),
        "carrierName": push.carrier.as_deref().unwrap_or(&push.carrier_title),
        "service": SERVICE,
        "trackingNumber": push.tracking,
    });
    if let Some(url) = &push.url {
        shipment["trackingUrl"] = url.as_str().into();
    }
    let body = json!({ "shouldSendNotification": push.notify, "shipments": [shipment] });
    Ask::ship(format!("{ROOT}/{}/fulfillments", piece(&push.order)), &body)
}
