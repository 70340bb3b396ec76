//! An order as eBay tells it. Pure.

use serde_json::Value;

use crate::core::address::Address;
use crate::core::incoming::{Head, Incoming, IncomingLine, Payment};
use crate::core::money::Money;
use crate::store::api::{PullError, Pulled};
use crate::store::rest::value::{amount, at, count, each, filled, joined, list, money, said, stamp, text};
use crate::store::rest::words::{Words, asked_to_cancel};

pub const WORDS: Words = Words(include_str!("statuses.tsv"));
/// Whoever may read orders gets the addresses, but for 90 days only.
const PERMISSION: &str = "sell.fulfillment (what eBay no longer gives after 90 days can be had from no app)";

/// Pieces that were shipped are not said of a line in part: `shipped` has them, by line, as the fulfilments tell.
///
/// # Errors
/// Without a number, a time or a line it is no order; one that waits for a parcel and has no address is withheld.
pub fn pulled(order: &Value, shipped: &[(String, u32)]) -> Result<Pulled, PullError> {
    let id = text(order, "orderId");
    let wrong = |field: &str, value: String| PullError::Order { order: id.clone(), field: field.into(), value };
    let changed_at = stamp(order, "lastModifiedDate")
        .ok_or_else(|| wrong("lastModifiedDate", format!("\"{}\"", text(order, "lastModifiedDate"))))?;
    let mut doubt = None;
    let whole = lines_explain_refunds(order);
    let lines = list(order, "lineItems").iter().map(|line| {
        let quantity = count(line, "quantity").ok_or_else(|| wrong("quantity", text(line, "quantity")))?;
        Ok(self::line(line, quantity, shipped, whole, &mut doubt))
    });
    let mut lines = lines.collect::<Result<Vec<_>, PullError>>()?;
    if id.is_empty() || lines.is_empty() {
        return Err(wrong(if id.is_empty() { "orderId" } else { "lineItems" }, "missing".into()));
    }
    let mut head = head(order, &mut doubt);
    if at_pickup(order, &mut doubt) {
        lines.iter_mut().for_each(|l| l.requires_shipping = Some(false));
    }
    if let Some(word) = doubt {
        head.payment = Some(Payment::Unknown(word));
    }
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

/// Lines that are shipped in part: only the fulfilments say how many pieces.
pub fn is_shipped_in_part(order: &Value) -> bool {
    let part = |line: &Value| WORDS.meaning("line", &text(line, "lineItemFulfillmentStatus")) == Some("part");
    list(order, "lineItems").iter().any(part)
}

/// Paid, not cancelled, and something is still to be sent.
fn waits(head: &Head, lines: &[IncomingLine]) -> bool {
    let paid = matches!(head.payment, Some(Payment::Paid | Payment::PartlyRefunded));
    let left = |l: &IncomingLine| {
        l.requires_shipping != Some(false) && l.quantity > l.shipped.unwrap_or(0).max(l.removed.unwrap_or(0))
    };
    paid && head.cancelled != Some(true) && lines.iter().any(left)
}

fn head(order: &Value, doubt: &mut Option<String>) -> Head {
    let pricing = at(order, &["pricingSummary"]);
    let cancel = text(at(order, &["cancelStatus"]), "cancelState");
    let mut payment = WORDS.payment("payment", &text(order, "orderPaymentStatus"));
    let cancelled = match WORDS.meaning("cancel", &cancel) {
        Some("yes") => true,
        Some("asked") => {
            payment = asked_to_cancel();
            false
        }
        Some(_) => false,
        None if cancel.is_empty() => false,
        None => {
            *doubt = Some(cancel);
            false
        }
    };
    let to = ship_to(order);
    let step = step(order);
    let ship_by = |line: &Value| stamp(at(line, &["lineItemFulfillmentInstructions"]), "shipByDate");
    Head {
        placed_at: stamp(order, "creationDate"),
        payment: Some(payment),
        cancelled: Some(cancelled),
        currency: text(at(pricing, &["total"]), "currency").parse().ok(),
        total: money(at(pricing, &["total"]), "value", "currency"),
        refunded: refunded(order),
        email: said(at(step, &["shipTo"]), "email"),
        ship_to: to,
        note: said(order, "buyerCheckoutNotes"),
        method: said(step, "shippingServiceCode"),
        ship_by: list(order, "lineItems").iter().filter_map(ship_by).min(),
        tax_id: filled(text(at(order, &["buyer", "taxIdentifier"]), "taxpayerId")),
        ..Head::default()
    }
}

/// The first way of shipping; eBay has one for all lines of an order.
fn step(order: &Value) -> &Value {
    list(order, "fulfillmentStartInstructions").first().map_or(&Value::Null, |i| at(i, &["shippingStep"]))
}

fn at_pickup(order: &Value, doubt: &mut Option<String>) -> bool {
    let kinds = list(order, "fulfillmentStartInstructions").iter().map(|i| text(i, "fulfillmentInstructionsType"));
    let mut none = false;
    for kind in kinds.filter(|k| !k.is_empty()) {
        match WORDS.meaning("instructions", &kind) {
            Some("none") => none = true,
            Some(_) => {}
            None => *doubt = Some(kind),
        }
    }
    none
}

/// eBay's `ebay:…` stands in the second line. The reference of a parcel to eBay's hub must be on the label above the
/// street, so it stands with the company.
fn ship_to(order: &Value) -> Option<Address> {
    let step = step(order);
    let to = at(step, &["shipTo"]);
    let place = at(to, &["contactAddress"]);
    let reference = filled(text(step, "shipToReferenceId")).map(|r| format!("Reference #{r}")).unwrap_or_default();
    let address = Address {
        name: text(to, "fullName"),
        company: joined(&[&text(to, "companyName"), &reference], ", "),
        line1: text(place, "addressLine1"),
        line2: text(place, "addressLine2"),
        city: text(place, "city"),
        region: filled(text(place, "stateOrProvince")).unwrap_or_else(|| text(place, "county")),
        postcode: text(place, "postalCode"),
        country: text(place, "countryCode").to_uppercase(),
        phone: text(at(to, &["primaryPhone"]), "phoneNumber"),
        email: String::new(),
    };
    (!address.is_blank()).then_some(address)
}

fn line(
    line: &Value,
    quantity: u32,
    fulfilled: &[(String, u32)],
    whole: bool,
    doubt: &mut Option<String>,
) -> IncomingLine {
    let id = text(line, "lineItemId");
    let status = text(line, "lineItemFulfillmentStatus");
    let parts = fulfilled.iter().filter(|(of, _)| *of == id).map(|(_, pieces)| *pieces);
    let shipped = match WORDS.meaning("line", &status) {
        Some("shipped") => quantity,
        Some("part") => parts.fold(0, u32::saturating_add).min(quantity),
        Some(_) => 0,
        None => {
            *doubt = Some(status);
            0
        }
    };
    let cost = at(line, &["lineItemCost"]);
    let price = text(cost, "currency").parse().ok().zip(amount(cost, "value"));
    IncomingLine {
        sku: text(line, "sku"),
        title: text(line, "title"),
        variant: variant(line),
        quantity,
        removed: Some(if whole && refunds(line) > 0 { quantity } else { 0 }),
        shipped: Some(shipped),
        unit_price: price.and_then(|(currency, cost)| each(cost, quantity, currency)),
        external_id: filled(id),
        ..IncomingLine::default()
    }
}

/// `[Colour:Red,Size:M]`, as the export has it.
fn variant(line: &Value) -> String {
    let aspects = list(line, "variationAspects").iter().map(|a| format!("{}:{}", text(a, "name"), text(a, "value")));
    let aspects: Vec<String> = aspects.collect();
    if aspects.is_empty() { String::new() } else { format!("[{}]", aspects.join(",")) }
}

/// Ten-thousandths.
fn refunds(line: &Value) -> i64 {
    list(line, "refunds").iter().filter_map(|r| amount(at(r, &["amount"]), "value")).sum()
}

fn order_refunds(order: &Value) -> impl Iterator<Item = &Value> {
    let back = |r: &&Value| WORDS.meaning("refund", &text(r, "refundStatus")) != Some("no");
    list(at(order, &["paymentSummary"]), "refunds").iter().filter(back)
}

fn refunded(order: &Value) -> Option<Money> {
    let mut all = order_refunds(order).filter_map(|r| money(at(r, &["amount"]), "value", "currency"));
    let first = all.next()?;
    all.try_fold(first, |sum, next| sum.plus(next).ok())
}

/// eBay says how much went back for a line, not for how many pieces. Only where every line with a refund got all of its
/// price back, and no money went back beside, is it certain which lines are off.
fn lines_explain_refunds(order: &Value) -> bool {
    let lines = list(order, "lineItems");
    let price = |line: &Value| {
        let cost = at(line, &["discountedLineItemCost"]);
        amount(if cost.is_null() { at(line, &["lineItemCost"]) } else { cost }, "value").unwrap_or(i64::MAX)
    };
    let all_or_nothing = lines.iter().all(|line| refunds(line) == 0 || refunds(line) >= price(line));
    let by_line: i64 = lines.iter().map(refunds).sum();
    let in_all: i64 = order_refunds(order).filter_map(|r| amount(at(r, &["amount"]), "value")).sum();
    all_or_nothing && in_all <= by_line
}
