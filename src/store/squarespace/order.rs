//! An order as Squarespace tells it, and what it knows of its parcels. Pure.

use jiff::Timestamp;
use serde_json::Value;

use crate::core::address::Address;
use crate::core::incoming::{Head, Incoming, IncomingLine, Payment};
use crate::core::money::{Money, Price};
use crate::core::push::{StoreParcel, StoreParcels};
use crate::store::api::{PullError, Pulled};
use crate::store::rest::value::{amount, at, count, filled, joined, list, money, said, stamp, text, yes};
use crate::store::rest::words::Words;

const WORDS: Words = Words(include_str!("statuses.tsv"));
const PERMISSION: &str = "Orders: read and write";

/// # Errors
/// Without a number, a time or a line it is no order; one that waits for a parcel and has no address is withheld.
pub fn pulled(order: &Value) -> Result<Pulled, PullError> {
    let number = number(order);
    let wrong = |field: &str, value: String| PullError::Order { order: number.clone(), field: field.into(), value };
    let changed_at =
        changed_at(order).ok_or_else(|| wrong("modifiedOn", format!("\"{}\"", text(order, "modifiedOn"))))?;
    let mut doubt = None;
    let lines = list(order, "lineItems").iter().map(|l| {
        let quantity = count(l, "quantity").ok_or_else(|| wrong("quantity", format!("\"{}\"", text(l, "quantity"))))?;
        Ok(line(l, quantity, &mut doubt))
    });
    let lines = lines.collect::<Result<Vec<_>, PullError>>()?;
    let id = text(order, "id");
    if id.is_empty() || number.is_empty() || lines.is_empty() {
        let field = if id.is_empty() {
            "id"
        } else if number.is_empty() {
            "orderNumber"
        } else {
            "lineItems"
        };
        return Err(wrong(field, "missing".into()));
    }
    let mut head = head(order, &mut doubt);
    if let Some(word) = doubt {
        head.payment = Some(Payment::Unknown(word));
    }
    if head.ship_to.as_ref().is_none_or(|a| a.name.is_empty() || a.line1.is_empty()) {
        if waits(&head, &lines) {
            let what = "the name or the street".to_owned();
            return Err(PullError::Withheld { order: number, what, permission: PERMISSION.into() });
        }
        head.ship_to = None;
    }
    let said = Incoming { number, external_id: Some(id), head: Some(head), lines, ..Incoming::default() };
    Ok(Pulled { said, changed_at })
}

pub fn changed_at(order: &Value) -> Option<Timestamp> {
    stamp(order, "modifiedOn")
}

/// The export writes at least five digits, and both are one order.
fn number(order: &Value) -> String {
    let number = text(order, "orderNumber");
    let digits = !number.is_empty() && number.bytes().all(|b| b.is_ascii_digit());
    if digits { format!("{number:0>5}") } else { number }
}

fn waits(head: &Head, lines: &[IncomingLine]) -> bool {
    let paid = matches!(head.payment, Some(Payment::Paid | Payment::PartlyRefunded));
    let open = head.cancelled != Some(true) && head.fulfilled != Some(true);
    paid && open && lines.iter().any(|l| l.requires_shipping != Some(false))
}

fn price(of: &Value, key: &str) -> Option<Money> {
    money(at(of, &[key]), "value", "currency")
}

/// Orders come into being with their payment, so only what went back is left to say.
fn payment(order: &Value) -> Payment {
    let back = price(order, "refundedTotal").filter(|back| back.minor > 0);
    match (back, price(order, "grandTotal")) {
        (None, _) => Payment::Paid,
        (Some(back), Some(total)) if back.currency == total.currency && back.minor >= total.minor => Payment::Refunded,
        (Some(_), _) => Payment::PartlyRefunded,
    }
}

fn head(order: &Value, doubt: &mut Option<String>) -> Head {
    let status = text(order, "fulfillmentStatus");
    let meaning = WORDS.meaning("status", &status);
    if meaning.is_none() {
        *doubt = Some(status);
    }
    let notes: Vec<String> = list(order, "internalNotes").iter().map(|n| text(n, "content")).collect();
    let notes: Vec<&str> = notes.iter().map(String::as_str).collect();
    Head {
        placed_at: stamp(order, "createdOn"),
        payment: Some(payment(order)),
        cancelled: Some(meaning == Some("cancelled")),
        test: Some(yes(order, "testmode")),
        fulfilled: Some(meaning == Some("shipped")),
        currency: text(at(order, &["grandTotal"]), "currency").parse().ok(),
        subtotal: price(order, "subtotal"),
        discount: price(order, "discountTotal"),
        total: price(order, "grandTotal"),
        refunded: price(order, "refundedTotal").filter(|back| back.minor > 0),
        ship_to: ship_to(order),
        has_billing: !text(at(order, &["billingAddress"]), "address1").is_empty(),
        email: said(order, "customerEmail"),
        note: filled(joined(&notes, "\n")),
        method: list(order, "shippingLines").first().and_then(|l| said(l, "method")),
        ..Head::default()
    }
}

fn ship_to(order: &Value) -> Option<Address> {
    let place = at(order, &["shippingAddress"]);
    let address = Address {
        name: joined(&[&text(place, "firstName"), &text(place, "lastName")], " "),
        line1: text(place, "address1"),
        line2: text(place, "address2"),
        city: text(place, "city"),
        region: text(place, "state"),
        postcode: text(place, "postalCode"),
        country: text(place, "countryCode").to_uppercase(),
        phone: text(place, "phone"),
        ..Address::default()
    };
    (!address.is_blank()).then_some(address)
}

fn line(item: &Value, quantity: u32, doubt: &mut Option<String>) -> IncomingLine {
    let kind = text(item, "lineItemType");
    let requires_shipping = match WORDS.meaning("type", &kind) {
        Some(meaning) => Some(meaning == "parcel"),
        None if kind.is_empty() => None,
        None => {
            *doubt = Some(kind);
            None
        }
    };
    let paid = at(item, &["unitPricePaid"]);
    let values = list(item, "variantOptions").iter().map(|o| text(o, "value"));
    let answer = |c: &Value| Some(format!("{}: {}", text(c, "label"), filled(text(c, "value"))?));
    let answers: Vec<String> = list(item, "customizations").iter().filter_map(answer).collect();
    IncomingLine {
        external_id: filled(text(item, "id")),
        sku: text(item, "sku"),
        title: text(item, "productName"),
        variant: values.collect::<Vec<_>>().join(" / "),
        personalisation: filled(answers.join("\n")),
        quantity,
        unit_price: amount(paid, "value")
            .zip(text(paid, "currency").parse().ok())
            .map(|(ten_thousandths, currency)| Price { ten_thousandths, currency }),
        requires_shipping,
        ..IncomingLine::default()
    }
}

/// A shipment has no key of its own but its number.
pub fn parcels(order: &Value) -> StoreParcels {
    let parcel = |f: &Value| StoreParcel {
        id: text(f, "trackingNumber"),
        tracking: text(f, "trackingNumber"),
        carrier: text(f, "carrierName"),
        lines: vec![],
    };
    let status = text(order, "fulfillmentStatus");
    let closed = match (WORDS.meaning("status", &status), payment(order)) {
        (Some("open" | "shipped"), Payment::Refunded) => Some("refunded".to_owned()),
        (Some("open" | "shipped"), _) => None,
        _ => Some(status),
    };
    StoreParcels { parcels: list(order, "fulfillments").iter().map(parcel).collect(), remaining: None, closed }
}
