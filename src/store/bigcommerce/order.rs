//! An order as BigCommerce tells it, with its products and shipping addresses. Pure.

use serde_json::Value;

use crate::core::address::Address;
use crate::core::incoming::{Head, Incoming, IncomingLine, Payment};
use crate::core::money::{Currency, Price};
use crate::core::push::{StoreParcel, StoreParcels};
use crate::store::api::{PullError, Pulled};
use crate::store::rest::look::StoreLine;
use crate::store::rest::value::{amount, at, count, filled, joined, list, rounded, said, stamp, text, yes};
use crate::store::rest::words::Words;
use crate::store::text::unescape_html;

pub const WORDS: Words = Words(include_str!("statuses.tsv"));
const PERMISSION: &str = "Orders (store_v2_orders)";

/// An order with what lies in addresses of its own.
pub struct Whole {
    pub order: Value,
    pub products: Vec<Value>,
    pub addresses: Vec<Value>,
}

impl Whole {
    /// Out of an order that came with its consignments. `None` where they are not all there: then they are asked for.
    pub fn embedded(order: &Value) -> Option<Self> {
        let mut products = vec![];
        let consignments = at(order, &["consignments"]);
        let addresses = consignments.get("shipping")?.as_array()?.clone();
        let gifts = list(at(consignments, &["email"]), "gift_certificates");
        let others = [list(consignments, "pickups"), list(consignments, "downloads"), gifts];
        for consignment in addresses.iter().chain(others.into_iter().flatten()) {
            products.extend(consignment.get("line_items")?.as_array()?.iter().cloned());
        }
        products.sort_by_key(|p| (text(p, "id").len(), text(p, "id")));
        let pieces: u32 = products.iter().filter_map(|p| count(p, "quantity")).fold(0, u32::saturating_add);
        let whole = count(order, "items_total") == Some(pieces);
        whole.then(|| Self { order: order.clone(), products, addresses })
    }
}

/// # Errors
/// Without a number, a time or a line it is no order; one that waits for a parcel and has no address is withheld.
pub fn pulled(whole: &Whole) -> Result<Pulled, PullError> {
    let order = &whole.order;
    let id = text(order, "id");
    let wrong = |field: &str, value: String| PullError::Order { order: id.clone(), field: field.into(), value };
    let changed_at = changed_at(order).ok_or_else(|| wrong("date_modified", text(order, "date_modified")))?;
    let currency = currency(order);
    let inclusive = yes(order, "is_tax_inclusive_pricing");
    let mut doubt = yes(order, "is_deleted").then(|| "deleted".to_owned());
    let lines = whole.products.iter().map(|p| {
        let quantity = count(p, "quantity").ok_or_else(|| wrong("quantity", format!("\"{}\"", text(p, "quantity"))))?;
        Ok(line(p, quantity, currency, inclusive, &mut doubt))
    });
    let lines = lines.collect::<Result<Vec<_>, PullError>>()?;
    if id.is_empty() || lines.is_empty() {
        return Err(wrong(if id.is_empty() { "id" } else { "products" }, "missing".into()));
    }
    let mut head = head(whole, currency);
    if let Some(word) = doubt {
        head.payment = Some(Payment::Unknown(word));
    }
    let places = places(whole);
    if let [place] = places.as_slice() {
        head.ship_to = Some(ship_to(place)).filter(|a| !a.is_blank());
    }
    // Two addresses are two customers' parcels: such an order has no ship-to, and is held until a person decides.
    let nameless = |a: &Address| a.name.is_empty() || a.line1.is_empty();
    if places.len() < 2 && head.ship_to.as_ref().is_none_or(nameless) {
        if waits(&head, &lines) {
            let what = "the name or the street".to_owned();
            return Err(PullError::Withheld { order: id, what, permission: PERMISSION.into() });
        }
        head.ship_to = None;
    }
    let said = Incoming { number: id.clone(), external_id: Some(id), head: Some(head), lines, ..Incoming::default() };
    Ok(Pulled { said, changed_at })
}

pub fn changed_at(order: &Value) -> Option<jiff::Timestamp> {
    stamp(order, "date_modified").or_else(|| stamp(order, "date_created"))
}

fn waits(head: &Head, lines: &[IncomingLine]) -> bool {
    let paid = matches!(head.payment, Some(Payment::Paid | Payment::PartlyRefunded));
    let left = |l: &IncomingLine| {
        l.requires_shipping != Some(false) && l.quantity > l.shipped.unwrap_or(0).saturating_add(l.removed.unwrap_or(0))
    };
    paid && head.fulfilled != Some(true) && lines.iter().any(left)
}

/// What the shopper pays in; the other code is only what prices were shown in.
fn currency(order: &Value) -> Option<Currency> {
    text(order, "default_currency_code").parse().or_else(|_| text(order, "currency_code").parse()).ok()
}

fn meaning(order: &Value) -> Option<&'static str> {
    WORDS.meaning("status", &text(order, "status_id"))
}

fn payment(order: &Value) -> Option<Payment> {
    let word = filled(text(order, "status")).unwrap_or_else(|| text(order, "status_id"));
    match meaning(order) {
        Some("paid" | "shipped") => Some(Payment::Paid),
        Some("partly_refunded") => Some(Payment::PartlyRefunded),
        Some("refunded") => Some(Payment::Refunded),
        Some("not_paid") => Some(Payment::NotPaid(word)),
        // Says nothing of the money.
        Some(_) => None,
        None => Some(Payment::Unknown(word)),
    }
}

fn head(whole: &Whole, currency: Option<Currency>) -> Head {
    let order = &whole.order;
    let total = |key: &str| rounded(amount(order, key)?, currency?);
    let back: i64 = whole.products.iter().filter_map(|p| amount(p, "refund_amount")).sum();
    let billing = at(order, &["billing_address"]);
    Head {
        placed_at: stamp(order, "date_created"),
        payment: payment(order),
        cancelled: Some(meaning(order) == Some("cancelled")),
        fulfilled: Some(meaning(order) == Some("shipped")),
        currency,
        total: total("total_inc_tax"),
        discount: total("discount_amount"),
        refunded: currency.filter(|_| back > 0).and_then(|currency| rounded(back, currency)),
        pieces: count(order, "items_total"),
        has_billing: !text(billing, "street_1").is_empty(),
        email: said(billing, "email"),
        note: said(order, "customer_message"),
        method: whole.addresses.first().and_then(|a| said(a, "shipping_method")),
        ..Head::default()
    }
}

/// The addresses that physical products go to.
fn places(whole: &Whole) -> Vec<&Value> {
    let sent = whole.products.iter().filter(|p| WORDS.meaning("type", &text(p, "type")) != Some("none"));
    let mut ids: Vec<String> = sent.map(|p| text(p, "order_address_id")).collect();
    ids.sort();
    ids.dedup();
    whole.addresses.iter().filter(|a| ids.contains(&text(a, "id"))).collect()
}

fn ship_to(place: &Value) -> Address {
    Address {
        name: joined(&[&text(place, "first_name"), &text(place, "last_name")], " "),
        company: text(place, "company"),
        line1: text(place, "street_1"),
        line2: text(place, "street_2"),
        city: text(place, "city"),
        region: text(place, "state"),
        postcode: text(place, "zip"),
        country: text(place, "country_iso2").to_uppercase(),
        phone: text(place, "phone"),
        // The export has a column for it, and it is the recipient's own.
        email: text(place, "email"),
    }
}

fn line(
    product: &Value,
    quantity: u32,
    currency: Option<Currency>,
    inclusive: bool,
    doubt: &mut Option<String>,
) -> IncomingLine {
    let kind = text(product, "type");
    let is_fetched = count(product, "order_pickup_method_id").unwrap_or(0) > 0;
    let requires_shipping = match WORDS.meaning("type", &kind) {
        Some("none") => Some(false),
        // The customer comes for it.
        Some(_) => Some(!is_fetched),
        None => {
            *doubt = Some(kind);
            None
        }
    };
    let price = amount(product, if inclusive { "price_inc_tax" } else { "price_ex_tax" });
    IncomingLine {
        external_id: filled(text(product, "id")),
        sku: text(product, "sku"),
        title: unescape_html(&text(product, "name")),
        variant: variant(product),
        quantity,
        removed: Some(count(product, "quantity_refunded").unwrap_or(0)),
        shipped: Some(count(product, "quantity_shipped").unwrap_or(0)),
        unit_price: price.zip(currency).map(|(ten_thousandths, currency)| Price { ten_thousandths, currency }),
        requires_shipping,
        ..IncomingLine::default()
    }
}

/// `Size: S, Height: 5' 9"`, as the export has it: what the customer typed stands there too.
fn variant(product: &Value) -> String {
    let option = |o: &Value| {
        let value = filled(text(o, "display_value"))?;
        Some(format!("{}: {}", unescape_html(&text(o, "display_name")), unescape_html(&value)))
    };
    list(product, "product_options").iter().filter_map(option).collect::<Vec<_>>().join(", ")
}

pub fn parcels(order: &Value, products: &[Value], shipments: &[Value]) -> StoreParcels {
    let item = |i: &Value| (text(i, "order_product_id"), count(i, "quantity").unwrap_or(0));
    let parcel = |s: &Value| StoreParcel {
        id: text(s, "id"),
        tracking: text(s, "tracking_number"),
        carrier: filled(text(s, "shipping_provider")).unwrap_or_else(|| text(s, "tracking_carrier")),
        lines: list(s, "items").iter().map(item).collect(),
    };
    let left = |p: &Value| {
        let of = |key: &str| count(p, key).unwrap_or(0);
        let gone = of("quantity_shipped").saturating_add(of("quantity_refunded"));
        (text(p, "id"), of("quantity").saturating_sub(gone))
    };
    let closed = match payment(order) {
        Some(Payment::Paid | Payment::PartlyRefunded) => None,
        _ => Some(filled(text(order, "status")).unwrap_or_else(|| text(order, "status_id"))),
    };
    StoreParcels {
        parcels: shipments.iter().map(parcel).collect(),
        remaining: Some(products.iter().map(left).collect()),
        closed,
    }
}

pub fn store_line(product: &Value) -> StoreLine {
    StoreLine { id: text(product, "id"), sku: text(product, "sku"), title: unescape_html(&text(product, "name")) }
}

/// The one address that these lines go to.
pub fn address_of(products: &[Value], lines: &[(String, u32)]) -> Option<String> {
    let named = |p: &&Value| lines.iter().any(|(id, _)| *id == text(p, "id"));
    let mut ids: Vec<String> = products.iter().filter(named).map(|p| text(p, "order_address_id")).collect();
    ids.sort();
    ids.dedup();
    match ids.as_slice() {
        [one] => Some(one.clone()),
        _ => None,
    }
}
