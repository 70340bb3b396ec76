//! What eBay knows of an order's parcels. Pure.

use serde_json::Value;

use super::order::WORDS;
use crate::core::incoming::Payment;
use crate::core::push::{StoreParcel, StoreParcels};
use crate::store::rest::look::remaining;
use crate::store::rest::value::{at, count, list, text};

pub fn list_of(fulfilments: &Value) -> Vec<StoreParcel> {
    let line = |l: &Value| (text(l, "lineItemId"), count(l, "quantity").unwrap_or(1));
    let parcel = |f: &Value| StoreParcel {
        id: text(f, "fulfillmentId"),
        tracking: text(f, "shipmentTrackingNumber"),
        carrier: text(f, "shippingCarrierCode"),
        lines: list(f, "lineItems").iter().map(line).collect(),
    };
    list(fulfilments, "fulfillments").iter().map(parcel).collect()
}

pub fn shipped(parcels: &[StoreParcel]) -> Vec<(String, u32)> {
    parcels.iter().flat_map(|p| p.lines.iter().cloned()).collect()
}

/// A line that eBay calls fulfilled without a parcel for it (marked as shipped by hand) has nothing left.
pub fn known(order: &Value, parcels: Vec<StoreParcel>) -> StoreParcels {
    let ordered = list(order, "lineItems").iter().map(|line| {
        let done = WORDS.meaning("line", &text(line, "lineItemFulfillmentStatus")) == Some("shipped");
        (text(line, "lineItemId"), if done { 0 } else { count(line, "quantity").unwrap_or(0) })
    });
    let ordered: Vec<_> = ordered.collect();
    let remaining = remaining(&ordered, shipped(&parcels).into_iter());
    StoreParcels { parcels, remaining: Some(remaining), closed: closed(order) }
}

fn closed(order: &Value) -> Option<String> {
    let cancel = text(at(order, &["cancelStatus"]), "cancelState");
    if !cancel.is_empty() && WORDS.meaning("cancel", &cancel) != Some("no") {
        return Some(cancel);
    }
    let payment = text(order, "orderPaymentStatus");
    match WORDS.payment("payment", &payment) {
        Payment::Paid | Payment::PartlyRefunded => None,
        _ => Some(payment),
    }
}
