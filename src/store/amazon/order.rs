//! An order as Amazon tells it, and what it knows of its packages. Pure.

use serde_json::Value;

use crate::core::address::Address;
use crate::core::incoming::{Head, Incoming, IncomingLine, Payment};
use crate::core::money::Price;
use crate::core::push::{StoreParcel, StoreParcels};
use crate::store::api::{PullError, Pulled};
use crate::store::rest::look::StoreLine;
use crate::store::rest::value::{amount, at, count, filled, joined, list, said, stamp, text};
use crate::store::rest::words::{Words, asked_to_cancel};

const WORDS: Words = Words(include_str!("statuses.tsv"));
const PERMISSION: &str = "the restricted role Direct-to-Consumer Shipping";

/// # Errors
/// Without a number, a time or a line it is no order; one that waits for a parcel and has no address is withheld.
pub fn pulled(order: &Value) -> Result<Pulled, PullError> {
    let id = text(order, "orderId");
    let wrong = |field: &str, value: String| PullError::Order { order: id.clone(), field: field.into(), value };
    let changed_at = stamp(order, "lastUpdatedTime")
        .ok_or_else(|| wrong("lastUpdatedTime", format!("\"{}\"", text(order, "lastUpdatedTime"))))?;
    let lines = list(order, "orderItems").iter().map(|item| {
        let asked = count(item, "quantityOrdered");
        let quantity =
            asked.ok_or_else(|| wrong("quantityOrdered", format!("\"{}\"", text(item, "quantityOrdered"))))?;
        Ok(line(item, quantity))
    });
    let mut lines = lines.collect::<Result<Vec<_>, PullError>>()?;
    if id.is_empty() || lines.is_empty() {
        return Err(wrong(if id.is_empty() { "orderId" } else { "orderItems" }, "missing".into()));
    }
    let mut head = head(order);
    let by = text(at(order, &["fulfillment"]), "fulfilledBy");
    match WORDS.meaning("by", &by) {
        Some("none") => lines.iter_mut().for_each(|l| l.requires_shipping = Some(false)),
        Some(_) => {}
        None => head.payment = Some(Payment::Unknown(by)),
    }
    if head.ship_to.as_ref().is_none_or(|a| a.name.is_empty() || (a.line1.is_empty() && a.line2.is_empty())) {
        if waits(&head, &lines) {
            let what = "the name or the street".to_owned();
            return Err(PullError::Withheld { order: id, what, permission: PERMISSION.into() });
        }
        head.ship_to = None;
    }
    let said = Incoming { number: id.clone(), external_id: Some(id), head: Some(head), lines, ..Incoming::default() };
    Ok(Pulled { said, changed_at })
}

fn waits(head: &Head, lines: &[IncomingLine]) -> bool {
    let left = |l: &IncomingLine| {
        l.requires_shipping != Some(false) && l.quantity > l.shipped.unwrap_or(0).saturating_add(l.removed.unwrap_or(0))
    };
    head.payment == Some(Payment::Paid) && head.cancelled != Some(true) && lines.iter().any(left)
}

fn status(order: &Value) -> String {
    text(at(order, &["fulfillment"]), "fulfillmentStatus")
}

fn payment(order: &Value) -> Option<Payment> {
    let word = status(order);
    match WORDS.meaning("status", &word) {
        // Says nothing of the money.
        Some("cancelled") => None,
        Some(_) if has_asked_to_cancel(order) => Some(asked_to_cancel()),
        _ => Some(WORDS.payment("status", &word)),
    }
}

/// Asked, and nobody has done it.
fn has_asked_to_cancel(order: &Value) -> bool {
    let asked = |item: &Value| {
        let cancellation = at(item, &["cancellation"]);
        !at(cancellation, &["cancellationRequest"]).is_null() && at(cancellation, &["cancellationExecution"]).is_null()
    };
    list(order, "orderItems").iter().any(asked)
}

fn head(order: &Value) -> Head {
    let fulfilment = at(order, &["fulfillment"]);
    let items = list(order, "orderItems");
    let gift = |item: &Value| filled(text(at(item, &["fulfillment", "packing", "giftOption"]), "giftMessage"));
    let price = |item: &Value| text(at(item, &["product", "price", "unitPrice"]), "currencyCode").parse().ok();
    Head {
        placed_at: stamp(order, "createdTime"),
        payment: payment(order),
        cancelled: Some(WORDS.meaning("status", &status(order)) == Some("cancelled")),
        currency: items.iter().find_map(price),
        ship_to: ship_to(order),
        email: said(at(order, &["buyer"]), "buyerEmail"),
        note: filled(text(at(order, &["recipient", "deliveryPreference"]), "addressInstruction")),
        gift_message: items.iter().find_map(gift),
        method: said(fulfilment, "fulfillmentServiceLevel"),
        ship_by: stamp(at(fulfilment, &["shipByWindow"]), "latestDateTime"),
        ..Head::default()
    }
}

/// A third line and a district have no field of their own; they are kept behind the second line.
fn ship_to(order: &Value) -> Option<Address> {
    let place = at(order, &["recipient", "deliveryAddress"]);
    let of = |key: &str| text(place, key);
    let address = Address {
        name: of("name"),
        company: of("companyName"),
        line1: of("addressLine1"),
        line2: joined(&[&of("addressLine2"), &of("addressLine3"), &of("districtOrCounty")], ", "),
        city: filled(of("city")).unwrap_or_else(|| of("municipality")),
        region: of("stateOrRegion"),
        postcode: of("postalCode"),
        country: of("countryCode").to_uppercase(),
        phone: of("phone"),
        email: String::new(),
    };
    (!address.is_blank()).then_some(address)
}

fn line(item: &Value, quantity: u32) -> IncomingLine {
    let fulfilment = at(item, &["fulfillment"]);
    let shipped = count(fulfilment, "quantityFulfilled").unwrap_or(0);
    let open = quantity.saturating_sub(shipped);
    let product = at(item, &["product"]);
    let price = at(product, &["price", "unitPrice"]);
    IncomingLine {
        external_id: filled(text(item, "orderItemId")),
        sku: text(product, "sellerSku"),
        title: text(product, "title"),
        personalisation: filled(text(at(product, &["customization"]), "customizedUrl")),
        quantity,
        // What is no longer to ship although nobody has shipped it was removed.
        removed: Some(count(fulfilment, "quantityUnfulfilled").map_or(0, |left| open.saturating_sub(left))),
        shipped: Some(shipped),
        unit_price: amount(price, "amount")
            .zip(text(price, "currencyCode").parse().ok())
            .map(|(ten_thousandths, currency)| Price { ten_thousandths, currency }),
        ..IncomingLine::default()
    }
}

pub fn parcels(order: &Value) -> StoreParcels {
    let item = |i: &Value| (text(i, "orderItemId"), count(i, "quantity").unwrap_or(0));
    let parcel = |p: &Value| StoreParcel {
        id: text(p, "packageReferenceId"),
        tracking: text(p, "trackingNumber"),
        carrier: text(p, "carrier"),
        lines: list(p, "packageItems").iter().map(item).collect(),
    };
    let left = |i: &Value| (text(i, "orderItemId"), count(at(i, &["fulfillment"]), "quantityUnfulfilled").unwrap_or(0));
    let closed = match payment(order) {
        Some(Payment::Paid) => None,
        _ => Some(status(order)),
    };
    StoreParcels {
        parcels: list(order, "packages").iter().map(parcel).collect(),
        remaining: Some(list(order, "orderItems").iter().map(left).collect()),
        closed,
    }
}

pub fn store_line(item: &Value) -> StoreLine {
    let product = at(item, &["product"]);
    StoreLine { id: text(item, "orderItemId"), sku: text(product, "sellerSku"), title: text(product, "title") }
}
