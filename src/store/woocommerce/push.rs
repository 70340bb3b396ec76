//! What a WooCommerce order knows of parcels, and the requests that tell one, by what the site has: fulfilments of
//! WooCommerce itself, the tracking list of a plugin, or a note. Pure.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::line::Ask;
use super::order::{fulfilled, items, meta, refunded, status};
use crate::core::push::{Push, PushLine, Pushed, StoreParcel, StoreParcels};
use crate::net::Method;
use crate::net::url::escaped;
use crate::store::loose::{count, list, same_number, text};

/// Where a parcel is told.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Way {
    /// Counts lines.
    Fulfillments,
    /// Shipment Tracking or Advanced Shipment Tracking.
    TrackingList,
    Note,
}

/// In a note, before the number.
const MARK: &str = "Tracking number: ";
/// Carriers that WooCommerce's fulfilments know under this name; all others go by name and link.
const PROVIDERS: [&str; 4] = ["ups", "usps", "fedex", "dhl"];

/// An order as far as its parcels go.
pub struct Look {
    pub way: Way,
    pub order: Value,
    pub refunds: Vec<Value>,
    pub fulfillments: Vec<Value>,
    pub tracking: Vec<Value>,
    pub notes: Vec<Value>,
}

impl Look {
    pub fn parcels(&self) -> StoreParcels {
        let mut parcels: Vec<StoreParcel> = self.fulfillments.iter().filter_map(by_fulfillment).collect();
        parcels.extend(self.tracking.iter().map(by_list));
        parcels.extend(self.notes.iter().filter_map(by_note));
        let remaining = (self.way == Way::Fulfillments).then(|| self.remaining().into_iter().collect());
        let word = text(&self.order, "status");
        let closed = status(&word).is_some_and(|s| !s.takes_parcels).then_some(word);
        StoreParcels { parcels, remaining, closed }
    }

    pub fn is_completed(&self) -> bool {
        text(&self.order, "status") == "completed"
    }

    fn remaining(&self) -> BTreeMap<String, u32> {
        let (removed, sent) = (refunded(&self.refunds), fulfilled(&self.fulfillments));
        let of = |pieces: &BTreeMap<String, u32>, id: &str| pieces.get(id).copied().unwrap_or(0);
        let lines = list(&self.order, "line_items").iter();
        lines
            .map(|l| {
                let id = text(l, "id");
                let ordered = count(l, "quantity").unwrap_or(0);
                let left = ordered.saturating_sub(of(&removed, &id)).saturating_sub(of(&sent, &id));
                (id, left)
            })
            .collect()
    }

    /// A person may have written the number into a note in other words.
    fn is_noted(&self, tracking: &str) -> bool {
        let is_part = |c: char| c.is_alphanumeric() || c == '-';
        self.notes.iter().any(|note| {
            let note = text(note, "note");
            note.split(|c| !is_part(c)).any(|word| same_number(word, tracking))
        })
    }
}

fn by_fulfillment(one: &Value) -> Option<StoreParcel> {
    let tracking = meta(one, "_tracking_number")?.as_str()?.to_owned();
    let carrier = |key: &str| meta(one, key).and_then(Value::as_str).map(str::to_owned);
    Some(StoreParcel {
        id: text(one, "id"),
        tracking,
        carrier: carrier("_provider_name").or_else(|| carrier("_shipment_provider")).unwrap_or_default(),
        lines: items(one),
    })
}

fn by_list(one: &Value) -> StoreParcel {
    let custom = text(one, "custom_tracking_provider");
    let carrier = if custom.is_empty() { text(one, "tracking_provider") } else { custom };
    StoreParcel { id: text(one, "tracking_id"), tracking: text(one, "tracking_number"), carrier, lines: vec![] }
}

fn by_note(one: &Value) -> Option<StoreParcel> {
    let note = text(one, "note");
    let tracking = note.split(MARK).nth(1)?.split_whitespace().next()?.trim_end_matches('.').to_owned();
    Some(StoreParcel { id: text(one, "id"), tracking, carrier: String::new(), lines: vec![] })
}

/// What is to be done for a parcel.
pub enum Plan {
    Known(String),
    /// With the key under which the answer names what was made.
    Tell(Ask, &'static str),
    Never(Pushed),
}

pub fn plan(push: &Push, look: &Look) -> Plan {
    let seen = look.parcels();
    let known: Vec<&StoreParcel> = seen.parcels.iter().filter(|p| same_number(&p.tracking, &push.tracking)).collect();
    if let Some(whole) = known.iter().find(|p| p.lines.is_empty()) {
        return Plan::Known(whole.id.clone());
    }
    if look.is_noted(&push.tracking) {
        return Plan::Known(String::new());
    }
    let mut wanted: Vec<(String, u32)> = vec![];
    for line in &push.lines {
        let Some(id) = line_of(line, list(&look.order, "line_items")) else {
            return refused("line", format!("the store's order has no line for {} {}", line.sku, line.ordinal));
        };
        let told: u32 = known.iter().flat_map(|p| &p.lines).filter(|(l, _)| *l == id).map(|(_, n)| *n).sum();
        wanted.push((id, line.quantity.saturating_sub(told)));
    }
    wanted.retain(|(_, pieces)| *pieces > 0);
    match known.first() {
        Some(parcel) if wanted.is_empty() => return Plan::Known(parcel.id.clone()),
        None if wanted.is_empty() => return refused("empty", "the parcel has no pieces".to_owned()),
        _ => {}
    }
    if let Some(why) = seen.closed {
        return refused("closed", format!("the order is {why}"));
    }
    match look.way {
        Way::TrackingList => Plan::Tell(by_tracking_list(push), "tracking_id"),
        Way::Note => Plan::Tell(by_customer_note(push), "id"),
        Way::Fulfillments => {
            // WooCommerce takes any quantity and any line: it is counted here.
            let remaining = look.remaining();
            let mut needed: BTreeMap<&str, u32> = BTreeMap::new();
            for (id, pieces) in &wanted {
                *needed.entry(id).or_default() += pieces;
            }
            let over = needed.iter().find(|(id, pieces)| remaining.get(**id).copied().unwrap_or(0) < **pieces);
            match over {
                Some((id, pieces)) => {
                    let left = remaining.get(*id).copied().unwrap_or(0);
                    refused("remaining", format!("{pieces} pieces of line {id} were to be told, {left} remain"))
                }
                None => Plan::Tell(by_fulfillments(push, &wanted), "id"),
            }
        }
    }
}

fn refused(code: &str, message: String) -> Plan {
    Plan::Never(Pushed::Refused { code: code.to_owned(), message })
}

fn line_of(wanted: &PushLine, lines: &[Value]) -> Option<String> {
    if let Some(id) = &wanted.line {
        return lines.iter().map(|l| text(l, "id")).find(|known| known == id);
    }
    let like = |l: &&Value| {
        if wanted.sku.is_empty() { text(l, "name") == wanted.title } else { text(l, "sku") == wanted.sku }
    };
    let place = usize::try_from(wanted.ordinal.saturating_sub(1)).ok()?;
    lines.iter().filter(like).nth(place).map(|l| text(l, "id"))
}

pub fn route(order: &str, rest: &str) -> String {
    format!("/wc/v3/orders/{}{rest}", escaped(order))
}

pub fn tracking_route(order: &str) -> String {
    format!("/wc-shipment-tracking/v3/orders/{}/shipment-trackings", escaped(order))
}

/// The store's ids of lines are numbers in JSON, digit by digit as they came.
fn number(id: &str) -> Value {
    serde_json::from_str::<serde_json::Number>(id).map_or_else(|_| Value::from(id), Value::Number)
}

/// Each entry needs the id 0, or WooCommerce 10.5.2 leaves it out.
fn by_fulfillments(push: &Push, lines: &[(String, u32)]) -> Ask {
    let entry = |key: &str, value: Value| json!({ "id": 0, "key": key, "value": value });
    let listed = push.carrier.as_deref().map(str::to_lowercase).filter(|c| PROVIDERS.contains(&c.as_str()));
    let mut meta = vec![entry("_tracking_number", push.tracking.as_str().into())];
    match listed {
        Some(provider) => meta.push(entry("_shipment_provider", provider.into())),
        None => {
            meta.push(entry("_shipment_provider", "other".into()));
            meta.push(entry("_provider_name", push.carrier.as_ref().unwrap_or(&push.carrier_title).as_str().into()));
        }
    }
    meta.extend(push.url.as_deref().map(|url| entry("_tracking_url", url.into())));
    let items: Value = lines.iter().map(|(id, n)| json!({ "item_id": number(id), "qty": n })).collect();
    meta.push(entry("_items", items));
    let body =
        json!({ "status": "fulfilled", "is_fulfilled": true, "notify_customer": push.notify, "meta_data": meta });
    Ask::write(Method::Post, route(&push.order, "/fulfillments"), &body)
}

fn by_tracking_list(push: &Push) -> Ask {
    let date = push.shipped_at.strftime("%Y-%m-%d").to_string();
    let mut body = json!({ "tracking_number": push.tracking, "date_shipped": date });
    match &push.carrier {
        Some(listed) => body["tracking_provider"] = listed.as_str().into(),
        None => {
            body["custom_tracking_provider"] = push.carrier_title.as_str().into();
            if let Some(url) = &push.url {
                body["custom_tracking_link"] = url.as_str().into();
            }
        }
    }
    Ask::write(Method::Post, tracking_route(&push.order), &body)
}

fn by_customer_note(push: &Push) -> Ask {
    let carrier = push.carrier.as_ref().unwrap_or(&push.carrier_title);
    let mut note = format!("Shipped with {carrier}. {MARK}{}.", push.tracking);
    if let Some(url) = &push.url {
        note += &format!(" {url}");
    }
    if !push.completes {
        let name = |l: &PushLine| if l.title.is_empty() { l.sku.clone() } else { l.title.clone() };
        let lines: Vec<String> = push.lines.iter().map(|l| format!("{} × {}", l.quantity, name(l))).collect();
        note += &format!(" In this parcel: {}", lines.join(", "));
    }
    Ask::write(Method::Post, route(&push.order, "/notes"), &json!({ "note": note, "customer_note": push.notify }))
}

pub fn completion(order: &str) -> Ask {
    Ask::write(Method::Put, route(order, ""), &json!({ "status": "completed" }))
}
