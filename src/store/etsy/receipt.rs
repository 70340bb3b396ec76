//! An order as Etsy tells it, and what it knows of its parcels. Pure.

use jiff::Timestamp;
use serde_json::Value;

use crate::core::address::Address;
use crate::core::incoming::{Head, Incoming, IncomingLine, Payment};
use crate::core::money::{Currency, Money, Price};
use crate::core::push::{StoreParcel, StoreParcels};
use crate::store::api::{PullError, Pulled};
use crate::store::rest::value::{at, count, filled, list, rounded, said, seconds, text, yes};
use crate::store::rest::words::Words;
use crate::store::text::unescape_html;

const WORDS: Words = Words(include_str!("statuses.tsv"));
const PERMISSION: &str = "access to buyers' addresses (transactions_r of a key that Etsy has approved for it)";

/// # Errors
/// Without a number, a time or a line it is no order; one that waits for a parcel and has no address is withheld.
pub fn pulled(receipt: &Value) -> Result<Pulled, PullError> {
    let id = text(receipt, "receipt_id");
    let wrong = |field: &str, value: String| PullError::Order { order: id.clone(), field: field.into(), value };
    let changed_at = either(receipt, "updated_timestamp", "update_timestamp")
        .ok_or_else(|| wrong("updated_timestamp", "missing".into()))?;
    let lines = list(receipt, "transactions").iter().map(|t| {
        let quantity = count(t, "quantity").ok_or_else(|| wrong("quantity", format!("\"{}\"", text(t, "quantity"))))?;
        Ok(line(t, quantity))
    });
    let lines = lines.collect::<Result<Vec<_>, PullError>>()?;
    if id.is_empty() || lines.is_empty() {
        return Err(wrong(if id.is_empty() { "receipt_id" } else { "transactions" }, "missing".into()));
    }
    let mut head = head(receipt);
    if head.ship_to.as_ref().is_none_or(|a| a.name.is_empty() || a.line1.is_empty()) {
        if waits(&head, &lines) {
            let what = "the name or the street".to_owned();
            return Err(PullError::Withheld { order: id, what, permission: PERMISSION.into() });
        }
        head.ship_to = None;
    }
    let said = Incoming { number: id.clone(), external_id: Some(id), head: Some(head), lines, ..Incoming::default() };
    Ok(Pulled { said, changed_at })
}

/// Paid, not cancelled, not shipped, and something in it is no download.
fn waits(head: &Head, lines: &[IncomingLine]) -> bool {
    let paid = matches!(head.payment, Some(Payment::Paid | Payment::PartlyRefunded));
    let open = head.cancelled != Some(true) && head.fulfilled != Some(true);
    paid && open && lines.iter().any(|l| l.requires_shipping != Some(false))
}

/// Older answers have the names without the `d`.
fn either(of: &Value, key: &str, older: &str) -> Option<Timestamp> {
    seconds(of, key).or_else(|| seconds(of, older))
}

fn payment(receipt: &Value) -> Payment {
    let status = text(receipt, "status");
    match WORDS.payment("status", &status) {
        // The word alone says "open" before the money has come, too.
        Payment::Paid if !yes(receipt, "is_paid") => Payment::NotPaid(status),
        Payment::Unknown(_) if is_cancelled(receipt) && yes(receipt, "is_paid") => Payment::Paid,
        Payment::Unknown(_) if is_cancelled(receipt) => Payment::NotPaid(status),
        other => other,
    }
}

fn is_cancelled(receipt: &Value) -> bool {
    WORDS.meaning("status", &text(receipt, "status")) == Some("cancelled")
}

fn head(receipt: &Value) -> Head {
    let promised = |t: &Value| seconds(t, "expected_ship_date");
    let sum = |sum: Money, next| sum.plus(next).ok();
    let mut refunds = list(receipt, "refunds").iter().filter_map(|r| money(r, "amount"));
    Head {
        placed_at: either(receipt, "created_timestamp", "create_timestamp"),
        payment: Some(payment(receipt)),
        cancelled: Some(is_cancelled(receipt)),
        fulfilled: Some(yes(receipt, "is_shipped")),
        currency: currency(at(receipt, &["grandtotal"])),
        discount: money(receipt, "discount_amt"),
        total: money(receipt, "grandtotal"),
        refunded: refunds.next().and_then(|first| refunds.try_fold(first, sum)),
        ship_to: ship_to(receipt),
        email: said(receipt, "buyer_email"),
        note: filled(unescape_html(&text(receipt, "message_from_buyer"))),
        gift_message: filled(unescape_html(&text(receipt, "gift_message"))),
        method: list(receipt, "transactions").iter().find_map(|t| filled(text(t, "shipping_upgrade"))),
        ship_by: list(receipt, "transactions").iter().filter_map(promised).min(),
        ..Head::default()
    }
}

fn ship_to(receipt: &Value) -> Option<Address> {
    let text = |key: &str| unescape_html(&text(receipt, key));
    let address = Address {
        name: text("name"),
        line1: text("first_line"),
        line2: text("second_line"),
        city: text("city"),
        region: text("state"),
        postcode: text("zip"),
        country: text("country_iso").to_uppercase(),
        ..Address::default()
    };
    (!address.is_blank()).then_some(address)
}

/// `{"amount":3150,"divisor":100,"currency_code":"USD"}`, where it comes out even.
fn price(of: &Value) -> Option<Price> {
    let amount: i64 = text(of, "amount").parse().ok()?;
    let divisor: i64 = text(of, "divisor").parse().ok().filter(|d| *d > 0)?;
    let scaled = amount.checked_mul(10_000)?;
    (scaled % divisor == 0).then(|| Some(Price { ten_thousandths: scaled / divisor, currency: currency(of)? }))?
}

fn currency(of: &Value) -> Option<Currency> {
    text(of, "currency_code").parse().ok()
}

fn money(of: &Value, key: &str) -> Option<Money> {
    let price = price(at(of, &[key]))?;
    rounded(price.ten_thousandths, price.currency)
}

fn line(transaction: &Value, quantity: u32) -> IncomingLine {
    let (mut variant, mut words) = (vec![], vec![]);
    for variation in list(transaction, "variations") {
        let name = unescape_html(&text(variation, "formatted_name"));
        let value = unescape_html(&text(variation, "formatted_value"));
        match is_own_words(variation, &name) {
            true if WORDS.meaning("answer", &value).is_none() && !value.is_empty() => words.push(value),
            true => {}
            false => variant.push(format!("{name}:{value}")),
        }
    }
    IncomingLine {
        external_id: filled(text(transaction, "transaction_id")),
        sku: text(transaction, "sku"),
        title: unescape_html(&text(transaction, "title")),
        variant: variant.join(","),
        personalisation: Some(words.join("\n")),
        quantity,
        unit_price: price(at(transaction, &["price"])),
        requires_shipping: transaction.get("is_digital").and_then(Value::as_bool).map(|digital| !digital),
        ..IncomingLine::default()
    }
}

/// `Personalization`, `Personalization 2`, or the answer to a question of the listing.
fn is_own_words(variation: &Value, name: &str) -> bool {
    let label = name.trim_end_matches([' ', '0', '1', '2', '3', '4', '5', '6', '7', '8', '9']);
    !at(variation, &["question_id"]).is_null() || WORDS.meaning("label", label).is_some()
}

pub fn parcels(receipt: &Value) -> StoreParcels {
    let parcel = |s: &Value| StoreParcel {
        id: text(s, "receipt_shipping_id"),
        tracking: text(s, "tracking_code"),
        carrier: text(s, "carrier_name"),
        lines: vec![],
    };
    let closed = match payment(receipt) {
        Payment::Paid | Payment::PartlyRefunded if !is_cancelled(receipt) => None,
        _ => Some(text(receipt, "status")),
    };
    StoreParcels { parcels: list(receipt, "shipments").iter().map(parcel).collect(), remaining: None, closed }
}
