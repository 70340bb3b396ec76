//! Fulfilment orders: what of an order may still be told, and the calls that tell a parcel. Pure.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::order::tail;
use crate::core::push::{Push, PushLine, Pushed, StoreParcel, StoreParcels};
use crate::store::loose::{count, list, same_number, text, words};

/// An order as far as its parcels go.
#[derive(Debug, Default)]
pub struct Look {
    pub parcels: StoreParcels,
    lines: Vec<Line>,
    fulfillment_orders: Vec<FulfillmentOrder>,
}

#[derive(Debug)]
struct Line {
    id: String,
    sku: String,
    title: String,
}

#[derive(Debug)]
struct FulfillmentOrder {
    id: String,
    location: String,
    takes_parcels: bool,
    /// Its own line key, the order's, and what remains.
    lines: Vec<(String, String, u32)>,
    /// Why it takes none.
    hold: Option<String>,
}

/// `None` where a list is longer than what was asked for.
pub fn look(order: &Value) -> Option<Look> {
    let whole = |of: &Value| of.get("pageInfo").and_then(|i| i.get("hasNextPage")) != Some(&Value::Bool(true));
    let nodes = |of: &Value, key: &str| -> Option<Vec<Value>> {
        let connection = of.get(key)?;
        whole(connection).then(|| list(connection, "nodes").to_vec())
    };
    let line = |l: &Value| Line { id: tail(&text(l, "id")), sku: text(l, "sku"), title: text(l, "name") };
    let mut fulfillment_orders = vec![];
    for one in nodes(order, "fulfillmentOrders")? {
        fulfillment_orders.push(fulfillment_order(&one, &nodes(&one, "lineItems")?));
    }
    let items = nodes(order, "lineItems")?;
    let parcels = list(order, "fulfillments").iter().flat_map(parcels_of).collect();
    let closed = closed(order, &items, &fulfillment_orders);
    let mut remaining: BTreeMap<String, u32> = BTreeMap::new();
    for (_, line, pieces) in fulfillment_orders.iter().filter(|f| f.takes_parcels).flat_map(|f| &f.lines) {
        *remaining.entry(line.clone()).or_default() += pieces;
    }
    let parcels = StoreParcels { parcels, remaining: Some(remaining.into_iter().collect()), closed };
    Some(Look { parcels, lines: items.iter().map(line).collect(), fulfillment_orders })
}

fn fulfillment_order(one: &Value, lines: &[Value]) -> FulfillmentOrder {
    let status = text(one, "status");
    let may = list(one, "supportedActions").iter().any(|a| text(a, "action") == "CREATE_FULFILLMENT");
    let holds = list(one, "fulfillmentHolds").iter().map(|hold| {
        let notes = text(hold, "reasonNotes");
        let reason = text(hold, "reason");
        if notes.is_empty() { reason } else { format!("{reason} ({notes})") }
    });
    let reasons: Vec<String> = holds.collect();
    let hold = match status.as_str() {
        "ON_HOLD" => Some(words(&format!("on hold: {}", reasons.join(", ")))),
        "SCHEDULED" => Some("scheduled for a later day".to_owned()),
        _ => None,
    };
    let location = one.get("assignedLocation");
    let id = |of: Option<&Value>| of.map(|l| text(l, "id")).filter(|id| !id.is_empty());
    FulfillmentOrder {
        id: text(one, "id"),
        location: id(location.and_then(|l| l.get("location")))
            .unwrap_or_else(|| location.map(|l| text(l, "name")).unwrap_or_default()),
        takes_parcels: may && ["OPEN", "IN_PROGRESS"].contains(&status.as_str()),
        lines: lines
            .iter()
            .map(|l| {
                let line = l.get("lineItem").map(|line| tail(&text(line, "id"))).unwrap_or_default();
                (text(l, "id"), line, count(l, "remainingQuantity").unwrap_or(0))
            })
            .collect(),
        hold,
    }
}

/// One for each tracking number. Two numbers in one fulfilment do not say which piece is where.
fn parcels_of(fulfillment: &Value) -> Vec<StoreParcel> {
    if ["CANCELLED", "ERROR", "FAILURE"].contains(&text(fulfillment, "status").as_str()) {
        return vec![];
    }
    let tracking = list(fulfillment, "trackingInfo");
    let items = fulfillment.get("fulfillmentLineItems").map(|c| list(c, "nodes")).unwrap_or_default();
    let lines: Vec<(String, u32)> = items
        .iter()
        .filter_map(|item| Some((tail(&text(item.get("lineItem")?, "id")), count(item, "quantity")?)))
        .collect();
    tracking
        .iter()
        .filter(|info| !text(info, "number").is_empty())
        .map(|info| StoreParcel {
            id: tail(&text(fulfillment, "id")),
            tracking: text(info, "number"),
            carrier: text(info, "company"),
            lines: if tracking.len() == 1 { lines.clone() } else { vec![] },
        })
        .collect()
}

fn closed(order: &Value, lines: &[Value], fulfillment_orders: &[FulfillmentOrder]) -> Option<String> {
    if !text(order, "cancelledAt").is_empty() {
        return Some("cancelled".to_owned());
    }
    let money = text(order, "displayFinancialStatus");
    if ["REFUNDED", "VOIDED"].contains(&money.as_str()) {
        return Some(money.to_lowercase());
    }
    let remains = |f: &&FulfillmentOrder| f.lines.iter().any(|(_, _, pieces)| *pieces > 0);
    if fulfillment_orders.iter().filter(remains).any(|f| f.takes_parcels) {
        return None;
    }
    if let Some(why) = fulfillment_orders.iter().find_map(|f| f.hold.clone()) {
        return Some(why);
    }
    let open = lines.iter().any(|l| {
        count(l, "unfulfilledQuantity").unwrap_or(0) > 0 && l.get("requiresShipping") != Some(&Value::Bool(false))
    });
    (open && fulfillment_orders.is_empty()).then(|| {
        "its fulfilment orders are hidden from the app: scope write_merchant_managed_fulfillment_orders or \
         write_third_party_fulfillment_orders"
            .to_owned()
    })
}

/// What is to be done for a parcel.
pub enum Plan {
    /// The store knows it with all its pieces, under this key.
    Known(String),
    /// One input of `fulfillmentCreate` for each location.
    Calls(Vec<Value>),
    Never(Pushed),
}

pub fn plan(push: &Push, look: &Look) -> Plan {
    let known: Vec<&StoreParcel> =
        look.parcels.parcels.iter().filter(|p| same_number(&p.tracking, &push.tracking)).collect();
    if let Some(whole) = known.iter().find(|p| p.lines.is_empty()) {
        return Plan::Known(whole.id.clone());
    }
    let mut wanted: Vec<(String, u32)> = vec![];
    for line in &push.lines {
        let Some(id) = line_of(line, &look.lines) else {
            return refused("line", format!("the store's order has no line for {} {}", line.sku, line.ordinal));
        };
        let told: u32 = known.iter().flat_map(|p| &p.lines).filter(|(l, _)| *l == id).map(|(_, pieces)| *pieces).sum();
        wanted.push((id, line.quantity.saturating_sub(told)));
    }
    wanted.retain(|(_, pieces)| *pieces > 0);
    if let (Some(parcel), true) = (known.first(), wanted.is_empty()) {
        return Plan::Known(parcel.id.clone());
    }
    if wanted.is_empty() {
        return refused("empty", "the parcel has no pieces".to_owned());
    }
    if let Some(why) = &look.parcels.closed {
        return refused("closed", why.clone());
    }
    match shares(&wanted, &look.fulfillment_orders) {
        Ok(shares) => Plan::Calls(shares.into_values().map(|by_order| input(push, &by_order)).collect()),
        Err(why) if known.is_empty() => refused("remaining", why),
        Err(why) => refused("known", format!("the store has this number with other pieces, and {why}")),
    }
}

fn refused(code: &str, message: String) -> Plan {
    Plan::Never(Pushed::Refused { code: code.to_owned(), message })
}

/// By the store's key, else by SKU (title where there is none) and place among its like.
fn line_of(wanted: &PushLine, lines: &[Line]) -> Option<String> {
    if let Some(id) = &wanted.line {
        return lines.iter().find(|l| l.id == tail(id)).map(|l| l.id.clone());
    }
    let like = |l: &&Line| if wanted.sku.is_empty() { l.title == wanted.title } else { l.sku == wanted.sku };
    let place = usize::try_from(wanted.ordinal.saturating_sub(1)).ok()?;
    lines.iter().filter(like).nth(place).map(|l| l.id.clone())
}

/// Pieces by location, by fulfilment order, by its line.
type Shares = BTreeMap<String, BTreeMap<String, Vec<(String, u32)>>>;

/// One call is for one location; a line may be spread over several.
fn shares(wanted: &[(String, u32)], fulfillment_orders: &[FulfillmentOrder]) -> Result<Shares, String> {
    let mut shares = Shares::new();
    let mut left: BTreeMap<&str, u32> = BTreeMap::new();
    for (line, pieces) in wanted {
        let mut missing = *pieces;
        for from in fulfillment_orders.iter().filter(|f| f.takes_parcels) {
            for (own, _, remaining) in from.lines.iter().filter(|(_, of, _)| of == line) {
                let free = left.entry(own).or_insert(*remaining);
                let taken = missing.min(*free);
                if taken > 0 {
                    *free -= taken;
                    missing -= taken;
                    let by_order = shares.entry(from.location.clone()).or_default();
                    by_order.entry(from.id.clone()).or_default().push((own.clone(), taken));
                }
            }
        }
        if missing > 0 {
            let held = fulfillment_orders.iter().filter(|f| f.lines.iter().any(|(_, of, n)| of == line && *n > 0));
            let why = held.filter_map(|f| f.hold.clone()).next();
            let why = why.map(|why| format!("; {why}")).unwrap_or_default();
            return Err(format!("{missing} of {pieces} pieces of line {line} can no longer be told as shipped{why}"));
        }
    }
    Ok(shares)
}

fn input(push: &Push, by_order: &BTreeMap<String, Vec<(String, u32)>>) -> Value {
    let lines: Vec<Value> = by_order
        .iter()
        .map(|(order, lines)| {
            let lines: Vec<Value> = lines.iter().map(|(id, n)| json!({ "id": id, "quantity": n })).collect();
            json!({ "fulfillmentOrderId": order, "fulfillmentOrderLineItems": lines })
        })
        .collect();
    let mut tracking = json!({ "number": push.tracking });
    match &push.carrier {
        // A listed carrier has its own page there.
        Some(listed) => tracking["company"] = listed.as_str().into(),
        None => {
            if !push.carrier_title.is_empty() {
                tracking["company"] = push.carrier_title.as_str().into();
            }
            if let Some(url) = &push.url {
                tracking["url"] = url.as_str().into();
            }
        }
    }
    json!({ "notifyCustomer": push.notify, "lineItemsByFulfillmentOrder": lines, "trackingInfo": tracking })
}

/// The key of the new fulfilment, or the store's own reason.
pub fn told(data: &Value) -> Pushed {
    let Some(payload) = data.get("fulfillmentCreate").filter(|p| p.is_object()) else {
        return Pushed::Unknown { why: "the answer says nothing of the fulfilment".to_owned() };
    };
    let id = payload.get("fulfillment").map(|f| tail(&text(f, "id"))).unwrap_or_default();
    let errors = list(payload, "userErrors");
    match (id.is_empty(), errors.is_empty()) {
        (false, _) => Pushed::Done { id },
        (true, false) => {
            let all: Vec<String> = errors.iter().map(|e| text(e, "message")).collect();
            Pushed::Refused { code: "userErrors".to_owned(), message: words(&all.join("; ")) }
        }
        (true, true) => Pushed::Unknown { why: "neither a fulfilment nor a reason".to_owned() },
    }
}
