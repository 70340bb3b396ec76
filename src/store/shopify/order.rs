//! Orders as Shopify tells them. What its own export says of an order is said here in the same words. Pure.

use jiff::Timestamp;
use serde_json::Value;

use crate::core::address::Address;
use crate::core::ids::order_number;
use crate::core::incoming::{Head, Incoming, IncomingLine, Payment};
use crate::core::money::{Currency, Money, Sum};
use crate::store::api::{PullError, Pulled};
use crate::store::loose::{count, list, money, price, said, text};

/// What an app needs for a customer's name and street.
pub const PERMISSION: &str = "protected customer data with name, address, phone and email, and the scope read_orders";

/// The end of `gid://shopify/Order/6201000001042`: the same key as in exports.
pub fn tail(id: &str) -> String {
    id.split('?').next().unwrap_or(id).rsplit('/').next().unwrap_or(id).to_owned()
}

pub fn gid(kind: &str, id: &str) -> String {
    format!("gid://shopify/{kind}/{}", tail(id))
}

/// Where the lines of an order go on, when not all of them came with it.
pub fn more_lines(of: &Value) -> Option<String> {
    let info = of.get("lineItems")?.get("pageInfo")?;
    (info.get("hasNextPage") == Some(&Value::Bool(true))).then(|| text(info, "endCursor"))
}

/// An order with all its lines; the first of them came with it.
///
/// # Errors
/// A customer without name or street, or an order without what it cannot be without.
pub fn pulled(order: &Value, lines: &[Value]) -> Result<Pulled, PullError> {
    let name = order_number(&text(order, "name"));
    let missing =
        |field: &str| PullError::Order { order: name.clone(), field: field.to_owned(), value: "not said".to_owned() };
    let time = |key: &str| text(order, key).parse::<Timestamp>().ok();
    let legacy = text(order, "legacyResourceId");
    let external_id = if legacy.is_empty() { tail(&text(order, "id")) } else { legacy };
    if name.is_empty() || external_id.is_empty() {
        return Err(missing("name"));
    }
    let currency = text(order, "currencyCode").parse::<Currency>().ok().ok_or_else(|| missing("currencyCode"))?;
    let restocked = text(order, "displayFulfillmentStatus") == "RESTOCKED";
    let lines = lines
        .iter()
        .map(|l| line(l, currency, restocked).ok_or_else(|| missing("quantity of a line")))
        .collect::<Result<Vec<_>, _>>()?;
    let head = head(order, &name, currency, &lines)?;
    Ok(Pulled {
        changed_at: time("updatedAt").ok_or_else(|| missing("updatedAt"))?,
        said: Incoming { number: name, external_id: Some(external_id), head: Some(head), lines, row: 0, rows: 1 },
    })
}

fn head(order: &Value, name: &str, currency: Currency, lines: &[IncomingLine]) -> Result<Head, PullError> {
    let sum = |key: &str| money(order.get(key)?.get("shopMoney")?, "amount", currency);
    let cancelled = !text(order, "cancelledAt").is_empty();
    let payment = Some(payment(order));
    let edited = order.get("edited") == Some(&Value::Bool(true));
    Ok(Head {
        placed_at: text(order, "createdAt").parse().ok(),
        payment: payment.clone(),
        cancelled: Some(cancelled),
        test: order.get("test").and_then(Value::as_bool),
        fulfilled: None,
        currency: Some(currency),
        // Before an edit the store's subtotal is of the lines as they were bought.
        subtotal: if edited { now_wanted(lines, currency) } else { sum("subtotalPriceSet") },
        discount: if edited { Some(Money::zero(currency)) } else { sum("totalDiscountsSet") },
        total: sum("totalPriceSet"),
        refunded: sum("totalRefundedSet"),
        pieces: None,
        ship_to: match (ship_to(order.get("shippingAddress"), name), payment.is_some_and(|p| is_paid(&p)) && !cancelled)
        {
            // Nothing is sent for an order that nobody pays.
            (Err(_), false) => None,
            (said, _) => said?,
        },
        has_billing: order.get("billingAddress").is_some_and(Value::is_object),
        email: Some(text(order, "email")),
        note: Some(note(order)),
        gift_message: None,
        method: Some(order.get("shippingLine").map(|l| text(l, "title")).unwrap_or_default()),
        ship_by: None,
        risk: said(order, "riskLevel").map(|word| capitalised(&word)),
        tax_id: None,
    })
}

fn is_paid(payment: &Payment) -> bool {
    matches!(payment, Payment::Paid | Payment::PartlyRefunded)
}

/// An edited order is told line by line; an export from before the edit had another subtotal.
fn now_wanted(lines: &[IncomingLine], currency: Currency) -> Option<Money> {
    let sum = lines.iter().try_fold(Sum::zero(currency), |sum, line| {
        sum.plus(line.unit_price?.times(line.quantity.saturating_sub(line.removed?))).ok()
    })?;
    sum.rounded().ok()
}

/// Whether the money came, and whether the person has put the order on hold.
fn payment(order: &Value) -> Payment {
    let status = text(order, "displayFinancialStatus");
    let word = status.to_lowercase();
    let rows = include_str!("statuses.tsv").lines().filter(|l| !l.starts_with('#'));
    let known = rows.filter_map(|row| row.split_once('\t')).find(|(known, _)| *known == status).map(|(_, means)| means);
    let on_hold = text(order, "displayFulfillmentStatus") == "ON_HOLD";
    match known {
        Some("refunded") => Payment::Refunded,
        Some("paid" | "partly_refunded") if on_hold => Payment::NotPaid("fulfilment on hold".to_owned()),
        Some("paid") => Payment::Paid,
        Some("partly_refunded") => Payment::PartlyRefunded,
        Some("not_paid") => Payment::NotPaid(word),
        _ => Payment::Unknown(word),
    }
}

/// A null name or street is one that the store keeps back; a label must never be empty.
fn ship_to(block: Option<&Value>, order: &str) -> Result<Option<Address>, PullError> {
    let Some(block) = block.filter(|b| b.is_object()) else { return Ok(None) };
    let withheld: Vec<&str> = [("name", "name"), ("address1", "street")]
        .into_iter()
        .filter(|(key, _)| said(block, key).is_none())
        .map(|(_, what)| what)
        .collect();
    if !withheld.is_empty() {
        let what = format!("the customer's {}", withheld.join(" and "));
        return Err(PullError::Withheld { order: order.to_owned(), what, permission: PERMISSION.to_owned() });
    }
    let address = Address {
        name: text(block, "name"),
        company: text(block, "company"),
        line1: text(block, "address1"),
        line2: text(block, "address2"),
        city: text(block, "city"),
        region: text(block, "provinceCode"),
        postcode: text(block, "zip"),
        country: text(block, "countryCodeV2"),
        phone: text(block, "phone"),
        email: String::new(),
    };
    Ok(Some(address).filter(|a| !a.is_blank()))
}

/// Note and attributes, as the export joins them.
fn note(order: &Value) -> String {
    let note = text(order, "note");
    let attributes = attributes(order).join("\n");
    match (note.is_empty(), attributes.is_empty()) {
        (_, true) => note,
        (true, false) => attributes,
        (false, false) => format!("{note}\n{attributes}"),
    }
}

/// `key: value`; a key that begins with `_` is a note of some app to itself.
fn attributes(of: &Value) -> Vec<String> {
    let pairs = list(of, "customAttributes").iter().map(|pair| (text(pair, "key"), text(pair, "value")));
    pairs.filter(|(key, _)| !key.starts_with('_')).map(|(key, value)| format!("{key}: {value}")).collect()
}

fn capitalised(word: &str) -> String {
    let lower = word.to_lowercase();
    let mut letters = lower.chars();
    letters.next().map_or(String::new(), |first| first.to_uppercase().chain(letters).collect())
}

fn line(line: &Value, currency: Currency, restocked: bool) -> Option<IncomingLine> {
    let quantity = count(line, "quantity")?;
    let current = if restocked { 0 } else { count(line, "currentQuantity")?.min(quantity) };
    let open = count(line, "unfulfilledQuantity")?;
    let personalisation = attributes(line).join("\n");
    Some(IncomingLine {
        external_id: Some(tail(&text(line, "id"))).filter(|id| !id.is_empty()),
        sku: text(line, "sku"),
        title: text(line, "name"),
        variant: String::new(),
        personalisation: Some(personalisation).filter(|words| !words.is_empty()),
        quantity,
        removed: Some(quantity - current),
        shipped: Some(current.saturating_sub(open)),
        unit_price: line.get("originalUnitPriceSet")?.get("shopMoney").and_then(|m| price(m, "amount", currency)),
        bare_price: None,
        requires_shipping: line.get("requiresShipping").and_then(Value::as_bool),
        cancelled: Some(false),
        row: 0,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn order(change: &str) -> Result<Pulled, PullError> {
        let mut order: Value = serde_json::from_str(
            r##"{"id":"gid://shopify/Order/6201","legacyResourceId":"6201","name":"#1042","createdAt":"2026-11-23T15:00:00Z",
            "updatedAt":"2026-11-23T15:00:01Z","cancelledAt":null,"test":false,"edited":false,"displayFinancialStatus":"PAID",
            "displayFulfillmentStatus":"UNFULFILLED","currencyCode":"USD","shippingAddress":{"name":"Nora Testwell",
            "address1":"12 Sample Ln","city":"Exampleton","zip":"02139","countryCodeV2":"US","provinceCode":"MA"}}"##,
        )
        .unwrap();
        let change: Value = serde_json::from_str(change).unwrap();
        for (key, value) in change.as_object().unwrap() {
            order[key] = value.clone();
        }
        pulled(&order, &[])
    }

    fn paid(change: &str) -> Payment {
        order(change).unwrap().said.head.unwrap().payment.unwrap()
    }

    #[test]
    fn only_paid_is_paid() {
        assert_eq!(paid("{}"), Payment::Paid);
        assert_eq!(paid(r#"{"displayFinancialStatus":"AUTHORIZED"}"#), Payment::NotPaid("authorized".into()));
        assert_eq!(paid(r#"{"displayFinancialStatus":"NEW_WORD"}"#), Payment::Unknown("new_word".into()));
        assert_eq!(paid(r#"{"displayFinancialStatus":null}"#), Payment::Unknown(String::new()));
        assert_eq!(paid(r#"{"displayFulfillmentStatus":"ON_HOLD"}"#), Payment::NotPaid("fulfilment on hold".into()));
    }

    #[test]
    fn a_null_name_or_street_is_withheld_and_a_blank_one_is_not() {
        let withheld = order(r#"{"shippingAddress":{"name":null,"address1":null,"city":"Exampleton"}}"#).unwrap_err();
        assert!(
            matches!(&withheld, PullError::Withheld { order, what, .. } if order == "1042" && what.contains("street"))
        );
        assert_eq!(order(r#"{"shippingAddress":null}"#).unwrap().said.head.unwrap().ship_to, None);
        assert!(order(r#"{"shippingAddress":{"name":"N","address1":"","zip":null}}"#).is_ok());
    }

    #[test]
    fn what_was_removed_and_shipped_is_counted() {
        let told = |json: &str| line(&serde_json::from_str(json).unwrap(), "USD".parse().unwrap(), false).unwrap();
        let price = r#""originalUnitPriceSet":{"shopMoney":{"amount":"20.0"}}"#;
        let one = told(&format!(
            r#"{{"id":"gid://shopify/LineItem/7","quantity":3,"currentQuantity":2,"unfulfilledQuantity":1,{price}}}"#
        ));
        assert_eq!((one.external_id.as_deref(), one.removed, one.shipped), (Some("7"), Some(1), Some(1)));
        assert_eq!(one.unit_price.unwrap().amount(), "20.00");
    }
}
