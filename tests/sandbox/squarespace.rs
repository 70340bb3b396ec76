//! Squarespace Orders API 1.0 as its documentation has it: newest first, fifty to a page, a cursor that stands alone.

use std::sync::{Arc, Mutex, MutexGuard};

use jiff::Timestamp;
use serde_json::{Value, json};

use super::Service;
use super::http::{Called, Reply};
use super::shop::{CITY, LINE1, LINE2, PHONE, POSTCODE, REGION, Sale, Shop, Sold, Told, amount};

pub const KEY: &str = "sq-key-1";
const ROOT: &str = "/1.0/commerce/orders";

#[derive(Default)]
pub struct State {
    pub orders: Vec<Value>,
    pub mails: usize,
    pub is_closed: bool,
    pub wrong: Vec<String>,
}

#[derive(Clone, Default)]
pub struct Squarespace {
    state: Arc<Mutex<State>>,
}

impl Squarespace {
    pub fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap()
    }

    pub fn change(&self, id: &str, change: impl FnOnce(&mut Value)) {
        let mut state = self.state();
        change(state.orders.iter_mut().find(|o| o["id"] == id).unwrap());
    }
}

fn error(status: u16, kind: &str, message: &str) -> Reply {
    Reply::json(status, &json!({ "type": kind, "subtype": null, "message": message, "details": null }))
}

impl Service for Squarespace {
    fn owns(&self, path: &str) -> bool {
        path.starts_with("/1.0/commerce")
    }

    fn answer(&self, called: &Called) -> Option<Reply> {
        if !self.owns(&called.path) {
            return None;
        }
        let state = &mut *self.state();
        if called.header("User-Agent").is_none_or(str::is_empty) {
            state.wrong.push("without a User-Agent it refuses".into());
        }
        if state.is_closed || called.header("Authorization") != Some(&format!("Bearer {KEY}")) {
            return Some(error(401, "AUTHORIZATION_ERROR", "You are not authorized to do that."));
        }
        Some(state.reply(called))
    }

    fn too_many(&self) -> Reply {
        error(429, "TOO_MANY_REQUESTS", "Too many requests")
    }

    fn wrong(&self) -> Vec<String> {
        self.state().wrong.clone()
    }

    fn orders(&self) -> Vec<(String, String)> {
        let text = |v: &Value| v.as_str().unwrap().to_owned();
        let told = |o: &Value| {
            let list = o["fulfillments"].as_array().unwrap();
            list.iter().map(|f| (text(&o["id"]), text(&f["trackingNumber"]))).collect::<Vec<_>>()
        };
        self.state().orders.iter().flat_map(told).collect()
    }
}

impl State {
    fn reply(&mut self, called: &Called) -> Reply {
        let rest = called.path.strip_prefix(ROOT).unwrap_or("/no/no/no");
        let parts: Vec<&str> = rest.split('/').skip(1).collect();
        let at = parts.first().and_then(|id| self.orders.iter().position(|o| o["id"] == *id));
        match (called.method.as_str(), parts.len(), at) {
            ("GET", 0, _) => self.list(called),
            ("GET", 1, Some(at)) => Reply::json(200, &self.orders[at]),
            ("POST", 2, Some(at)) => self.ship(at, called),
            _ => error(404, "INVALID_REQUEST_ERROR", "Not found"),
        }
    }

    fn list(&mut self, called: &Called) -> Reply {
        let time = |text: &str| text.parse::<Timestamp>().unwrap();
        let range = |text: &str| text.split_once(' ').map(|(a, b)| (time(a), time(b)));
        let (range, skip) =
            match (called.query("cursor"), called.query("modifiedAfter"), called.query("modifiedBefore")) {
                (Some(cursor), None, None) => {
                    let (skip, rest) = cursor.split_once(' ').unwrap();
                    (range(rest), skip.parse::<usize>().unwrap())
                }
                (None, Some(after), Some(before)) => (Some((time(after), time(before))), 0),
                (None, None, None) => (None, 0),
                _ => {
                    self.wrong.push("cursor or both dates, never more".into());
                    return error(400, "INVALID_REQUEST_ERROR", "cursor cannot be combined with a date range");
                }
            };
        let at = |o: &&Value| time(o["modifiedOn"].as_str().unwrap());
        let inside = |o: &&Value| range.is_none_or(|(after, before)| at(o) > after && at(o) < before);
        let mut found: Vec<&Value> = self.orders.iter().filter(inside).collect();
        found.sort_by_key(|o| std::cmp::Reverse(at(o)));
        let more = found.len() > skip + 50;
        let rest = range.map_or(String::new(), |(a, b)| format!("{a} {b}"));
        let page: Vec<&Value> = found.into_iter().skip(skip).take(50).collect();
        let cursor = more.then(|| format!("{} {rest}", skip + 50));
        let pagination = json!({ "hasNextPage": more, "nextPageCursor": cursor, "nextPageUrl": null });
        Reply::json(200, &json!({ "result": page, "pagination": pagination }))
    }

    /// Another shipment for each call, and the whole order is fulfilled.
    fn ship(&mut self, at: usize, called: &Called) -> Reply {
        let sent = &called.json;
        let shipments = sent["shipments"].as_array().cloned().unwrap_or_default();
        let missing = |s: &Value| {
            ["shipDate", "carrierName", "service", "trackingNumber"]
                .iter()
                .any(|k| s[*k].as_str().is_none_or(str::is_empty))
        };
        if !sent["shouldSendNotification"].is_boolean() || shipments.iter().any(missing) {
            self.wrong.push("a shipment lacks a field".into());
            return error(400, "INVALID_REQUEST_ERROR", "shipments is invalid");
        }
        if shipments.iter().any(|s| s["carrierName"] == "No Such Carrier") {
            return error(400, "INVALID_REQUEST_ERROR", "carrierName is invalid");
        }
        self.mails += usize::from(sent["shouldSendNotification"] == true);
        self.orders[at]["fulfillments"].as_array_mut().unwrap().extend(shipments);
        self.orders[at]["fulfillmentStatus"] = "FULFILLED".into();
        Reply { status: 204, headers: vec![], body: vec![], sent: None }
    }
}

impl Shop for Squarespace {
    fn sell(&self, sale: &Sale) {
        let money = |cents: u32| json!({ "value": amount(cents), "currency": "USD" });
        let line = |l: &Sold| {
            json!({
                "id": l.id, "sku": l.sku, "productName": l.title, "quantity": l.quantity, "unitPricePaid": money(l.cents),
                "lineItemType": "PHYSICAL_PRODUCT", "variantOptions": [], "customizations": null,
            })
        };
        let order = json!({
            "id": sale.id, "orderNumber": sale.id, "createdOn": "2026-11-20T10:00:00.000Z", "testmode": false,
            "modifiedOn": sale.changed_at.strftime("%Y-%m-%dT%H:%M:%S.%3fZ").to_string(),
            "customerEmail": "n@buyer.example", "fulfillmentStatus": "PENDING", "fulfillments": [],
            "billingAddress": { "firstName": "Bill", "lastName": "Payer", "address1": "9 Billing Rd" },
            "shippingAddress": {
                "firstName": "Nora", "lastName": "Testwell", "address1": LINE1, "address2": LINE2, "city": CITY,
                "state": REGION, "countryCode": "US", "postalCode": POSTCODE, "phone": PHONE,
            },
            "lineItems": sale.lines.iter().map(line).collect::<Vec<_>>(), "shippingLines": [{ "method": "Flat" }],
            "subtotal": money(sale.cents()), "grandTotal": money(sale.cents()), "refundedTotal": money(0),
            "discountTotal": money(0), "internalNotes": [],
        });
        self.state().orders.push(order);
    }

    fn withhold(&self, id: &str) {
        self.change(id, |o| o["shippingAddress"] = Value::Null);
    }

    fn cancel(&self, id: &str) {
        self.change(id, |o| o["fulfillmentStatus"] = "CANCELED".into());
    }

    fn refund(&self, id: &str) {
        self.change(id, |o| o["refundedTotal"] = o["grandTotal"].clone());
    }

    fn told(&self, id: &str) -> Vec<Told> {
        let state = self.state();
        let order = state.orders.iter().find(|o| o["id"] == id).unwrap();
        let text = |v: &Value| v.as_str().unwrap().to_owned();
        let told =
            |f: &Value| Told { tracking: text(&f["trackingNumber"]), carrier: text(&f["carrierName"]), lines: vec![] };
        order["fulfillments"].as_array().unwrap().iter().map(told).collect()
    }

    fn expire_tokens(&self) {
        self.state().is_closed = true;
    }
}
