//! The requests to Amazon. Pure.

use jiff::Timestamp;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use crate::core::push::Push;
use crate::store::rest::ask::{Ask, piece};
use crate::store::rest::look::bare;

const READ: &str = "/orders/2026-01-01/orders";
/// For a carrier that Amazon has no code for; its name goes beside it.
const OTHER_CARRIER: &str = "Other";
/// With RECIPIENT the address comes without a token of its own.
const INCLUDED: &str = "BUYER,RECIPIENT,FULFILLMENT,CANCELLATION,PACKAGES";

/// Only what the seller sends; the rest is Amazon's own business.
pub fn orders(marketplace: &str, since: Timestamp, token: Option<&str>) -> Ask {
    let mut query = vec![
        ("lastUpdatedAfter", time(since)),
        ("marketplaceIds", marketplace.to_owned()),
        ("fulfilledBy", "MERCHANT".to_owned()),
        ("includedData", INCLUDED.to_owned()),
        ("maxResultsPerPage", "100".to_owned()),
    ];
    query.extend(token.map(|token| ("paginationToken", token.to_owned())));
    Ask::get(READ.to_owned(), query)
}

pub fn order(id: &str) -> Ask {
    Ask::get(format!("{READ}/{}", piece(id)), vec![("includedData", INCLUDED.to_owned())])
}

pub fn ship(marketplace: &str, push: &Push, lines: &[(String, u32)]) -> Ask {
    let item = |(id, quantity): &(String, u32)| json!({ "orderItemId": id, "quantity": quantity });
    let mut detail = json!({
        "packageReferenceId": reference(&push.tracking),
        "carrierCode": push.carrier.as_deref().unwrap_or(OTHER_CARRIER),
        "trackingNumber": push.tracking,
        "shipDate": time(push.shipped_at),
        "orderItems": lines.iter().map(item).collect::<Vec<_>>(),
    });
    if push.carrier.is_none() {
        detail["carrierName"] = push.carrier_title.as_str().into();
    }
    let body: Value = json!({ "marketplaceId": marketplace, "packageDetail": detail });
    Ask::ship(format!("/orders/v0/orders/{}/shipmentConfirmation", piece(&push.order)), &body)
}

/// Ours for this parcel, the same at every try: Amazon takes a second confirmation with it as a correction of the first.
/// Text of a positive number, as Amazon wants it.
pub fn reference(tracking: &str) -> String {
    let hash = Sha256::digest(bare(tracking).as_bytes());
    let number = hash.iter().take(4).fold(0_u64, |number, byte| number << 8 | u64::from(*byte));
    (number + 1).to_string()
}

fn time(at: Timestamp) -> String {
    at.strftime("%Y-%m-%dT%H:%M:%SZ").to_string()
}
