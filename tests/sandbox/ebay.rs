//! eBay Sell Fulfillment v1 as its description and its answers have it.

use std::sync::{Arc, Mutex, MutexGuard};

use jiff::Timestamp;
use serde_json::{Value, json};

use super::facts::Facts;
use super::http::{Called, Reply};
use super::oauth::Tokens;
use super::shop::{CITY, LINE1, LINE2, NAME, PHONE, POSTCODE, REGION, Sale, Shop, Told, amount};
use super::{Sandbox, Service};

pub const CLIENT: &str = "Example-dsf-PRD-1";
pub const SECRET: &str = "PRD-secret";
const ROOT: &str = "/sell/fulfillment/v1/order";

pub struct State {
    pub orders: Vec<Value>,
    /// Order id and fulfilment.
    pub fulfilments: Vec<(String, Value)>,
    pub tokens: Tokens,
    pub wrong: Vec<String>,
    facts: Facts,
}

#[derive(Clone)]
pub struct Ebay {
    state: Arc<Mutex<State>>,
}

impl Default for Ebay {
    fn default() -> Self {
        let mut tokens = Tokens::new(CLIENT, SECRET);
        (tokens.basic, tokens.lives) = (true, 7200);
        let facts = Facts::of("ebay");
        let state = State { orders: vec![], fulfilments: vec![], tokens, wrong: vec![], facts };
        Self { state: Arc::new(Mutex::new(state)) }
    }
}

impl Ebay {
    pub fn start() -> (Self, Sandbox) {
        let ebay = Self::default();
        let sandbox = Sandbox::start(vec![Box::new(ebay.clone())]);
        (ebay, sandbox)
    }

    pub fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap()
    }

    pub fn change(&self, id: &str, change: impl FnOnce(&mut Value)) {
        let mut state = self.state();
        change(state.orders.iter_mut().find(|o| o["orderId"] == id).unwrap());
    }
}

fn refused(status: u16, id: u32, message: &str) -> Reply {
    let error = json!({ "errorId": id, "domain": "API_FULFILLMENT", "category": "REQUEST", "message": message });
    Reply::json(status, &json!({ "errors": [error] }))
}

impl Service for Ebay {
    fn owns(&self, path: &str) -> bool {
        ["/sell/fulfillment/v1", "/identity/v1", "/oauth2/"].iter().any(|root| path.starts_with(root))
    }

    fn answer(&self, called: &Called) -> Option<Reply> {
        if !self.owns(&called.path) {
            return None;
        }
        let state = &mut *self.state();
        if called.path == "/oauth2/authorize" {
            return Some(state.tokens.door(called));
        }
        if called.path == "/identity/v1/oauth2/token" {
            return Some(state.tokens.answer(called, &mut state.wrong));
        }
        if !state.tokens.knows(called.header("Authorization")) {
            return Some(refused(401, 1001, "Invalid access token"));
        }
        let reply = state.reply(called);
        let wrong = state.facts.wrong(called, &reply);
        state.wrong.extend(wrong);
        Some(reply)
    }

    fn too_many(&self) -> Reply {
        refused(429, 2001, "Too many requests")
    }

    fn wrong(&self) -> Vec<String> {
        self.state().wrong.clone()
    }

    fn orders(&self) -> Vec<(String, String)> {
        let told = |(order, f): &(String, Value)| (order.clone(), f["fulfillmentId"].as_str().unwrap().to_owned());
        self.state().fulfilments.iter().map(told).collect()
    }
}

impl State {
    fn reply(&mut self, called: &Called) -> Reply {
        let rest = called.path.strip_prefix(ROOT).unwrap_or_default();
        let parts: Vec<&str> = rest.split('/').skip(1).collect();
        match (called.method.as_str(), parts.as_slice()) {
            ("GET", []) => self.list(called),
            (method, [id, ..]) => {
                let Some(at) = self.orders.iter().position(|o| o["orderId"] == *id) else {
                    return refused(404, 32100, "Invalid order ID");
                };
                match (method, parts.len()) {
                    ("GET", 1) => Reply::json(200, &self.orders[at]),
                    ("GET", _) => {
                        let mine = self.fulfilments.iter().filter(|(o, _)| o == id).map(|(_, f)| f.clone());
                        let mine: Vec<Value> = mine.collect();
                        Reply::json(200, &json!({ "total": mine.len(), "fulfillments": mine }))
                    }
                    _ => self.ship(at, called),
                }
            }
            _ => refused(404, 0, "no such call"),
        }
    }

    fn list(&mut self, called: &Called) -> Reply {
        let limit: usize = called.query("limit").map_or(50, |l| l.parse().unwrap());
        let offset: usize = called.query("offset").map_or(0, |o| o.parse().unwrap());
        if limit > 200 {
            return refused(400, 30810, "Invalid limit");
        }
        let range = called.query("filter").map(|f| {
            let inner = f.strip_prefix("lastmodifieddate:[").and_then(|f| f.strip_suffix(']')).expect("a filter");
            let (from, to) = inner.split_once("..").unwrap();
            (from.parse::<Timestamp>().unwrap(), to.parse::<Timestamp>().ok())
        });
        if range.is_some_and(|(from, to)| to.is_some_and(|to| to < from)) {
            return refused(400, 30830, "Invalid date range");
        }
        let at = |o: &&Value| o["lastModifiedDate"].as_str().unwrap().parse::<Timestamp>().unwrap();
        let fits = |o: &&Value| range.is_none_or(|(from, to)| at(o) >= from && to.is_none_or(|to| at(o) <= to));
        // Newest first, and not by the time that was asked for: a client must not lean on the order.
        let mut found: Vec<&Value> = self.orders.iter().filter(fits).collect();
        found.reverse();
        let total = found.len();
        let orders: Vec<&Value> = found.into_iter().skip(offset).take(limit).collect();
        Reply::json(200, &json!({ "total": total, "limit": limit, "offset": offset, "orders": orders, "href": "x" }))
    }

    fn ship(&mut self, at: usize, called: &Called) -> Reply {
        let sent = &called.json;
        let id = self.orders[at]["orderId"].as_str().unwrap().to_owned();
        let tracking = sent["trackingNumber"].as_str().unwrap_or_default().to_owned();
        if tracking.is_empty()
            || !tracking.bytes().all(|b| b.is_ascii_alphanumeric())
            || sent["shippingCarrierCode"] == ""
        {
            self.wrong.push(format!("tracking number {tracking}"));
            return refused(400, 32300, "Invalid shipment tracking number or carrier");
        }
        if sent["shippingCarrierCode"] == "No Such Carrier" {
            return refused(400, 32300, &format!("Invalid carrier for {tracking}"));
        }
        if self.fulfilments.iter().any(|(o, f)| *o == id && f["fulfillmentId"] == tracking.as_str()) {
            return refused(400, 34500, "Please use PUT operation for updating shipping fulfillment");
        }
        for line in sent["lineItems"].as_array().unwrap() {
            if !self.orders[at]["lineItems"].as_array().unwrap().iter().any(|l| l["lineItemId"] == line["lineItemId"]) {
                return refused(400, 32200, "Invalid line item id");
            }
        }
        let fulfilment = json!({
            "fulfillmentId": tracking, "shipmentTrackingNumber": tracking, "lineItems": sent["lineItems"],
            "shippingCarrierCode": sent["shippingCarrierCode"], "shippedDate": sent["shippedDate"],
        });
        self.fulfilments.push((id.clone(), fulfilment));
        self.restate(at);
        let place = format!("https://api.ebay.com{ROOT}/{id}/shipping_fulfillment/{tracking}");
        Reply { status: 201, headers: vec![("Location", place)], body: vec![], sent: None }
    }

    /// The statuses that follow from the fulfilments.
    fn restate(&mut self, at: usize) {
        let order = &mut self.orders[at];
        let id = order["orderId"].as_str().unwrap().to_owned();
        let mine: Vec<&Value> = self.fulfilments.iter().filter(|(o, _)| *o == id).map(|(_, f)| f).collect();
        let mut all = true;
        for line in order["lineItems"].as_array_mut().unwrap() {
            let of = |f: &&Value| f["lineItems"].as_array().unwrap().clone();
            let sent: u64 = mine
                .iter()
                .flat_map(of)
                .filter(|l| l["lineItemId"] == line["lineItemId"])
                .map(|l| l["quantity"].as_u64().unwrap_or(1))
                .sum();
            let status = match sent {
                0 => "NOT_STARTED",
                sent if sent < line["quantity"].as_u64().unwrap() => "IN_PROGRESS",
                _ => "FULFILLED",
            };
            all &= status == "FULFILLED";
            line["lineItemFulfillmentStatus"] = status.into();
        }
        order["orderFulfillmentStatus"] = if all { "FULFILLED" } else { "IN_PROGRESS" }.into();
    }
}

impl Shop for Ebay {
    fn sell(&self, sale: &Sale) {
        let money = |cents| json!({ "value": amount(cents), "currency": "USD" });
        let line = |l: &super::shop::Sold| {
            json!({
                "lineItemId": l.id, "legacyItemId": "310000022512", "title": l.title, "sku": l.sku, "quantity": l.quantity,
                "lineItemCost": money(l.cents * l.quantity), "total": money(l.cents * l.quantity), "refunds": [],
                "lineItemFulfillmentStatus": "NOT_STARTED", "variationAspects": [],
                "lineItemFulfillmentInstructions": { "shipByDate": "2026-11-27T07:59:59.000Z" },
            })
        };
        let time = sale.changed_at.strftime("%Y-%m-%dT%H:%M:%S.%3fZ").to_string();
        let order = json!({
            "orderId": sale.id, "creationDate": "2026-11-20T10:00:00.000Z", "lastModifiedDate": time,
            "orderFulfillmentStatus": "NOT_STARTED",
            "orderPaymentStatus": if sale.paid { "PAID" } else { "PENDING" },
            "cancelStatus": { "cancelState": "NONE_REQUESTED" }, "buyer": { "username": "made_up_1" },
            "pricingSummary": { "priceSubtotal": money(sale.cents()), "total": money(sale.cents()) },
            "paymentSummary": { "refunds": [] },
            "fulfillmentStartInstructions": [{
                "fulfillmentInstructionsType": "SHIP_TO",
                "shippingStep": {
                    "shippingServiceCode": "USPSParcel",
                    "shipTo": {
                        "fullName": NAME, "primaryPhone": { "phoneNumber": PHONE }, "email": "n@buyer.example",
                        "contactAddress": {
                            "addressLine1": LINE1, "addressLine2": LINE2, "city": CITY, "stateOrProvince": REGION,
                            "postalCode": POSTCODE, "countryCode": "US",
                        },
                    },
                },
            }],
            "lineItems": sale.lines.iter().map(line).collect::<Vec<_>>(),
        });
        self.state().orders.push(order);
    }

    /// As after 90 days.
    fn withhold(&self, id: &str) {
        self.change(id, |order| {
            let to = &mut order["fulfillmentStartInstructions"][0]["shippingStep"]["shipTo"];
            for key in ["fullName", "primaryPhone", "email"] {
                to.as_object_mut().unwrap().remove(key);
            }
            to["contactAddress"].as_object_mut().unwrap().remove("addressLine1");
        });
    }

    fn cancel(&self, id: &str) {
        self.change(id, |order| order["cancelStatus"] = json!({ "cancelState": "CANCELED" }));
    }

    fn refund(&self, id: &str) {
        self.change(id, |order| order["orderPaymentStatus"] = "FULLY_REFUNDED".into());
    }

    fn told(&self, id: &str) -> Vec<Told> {
        let text = |v: &Value| v.as_str().unwrap_or_default().to_owned();
        let line = |l: &Value| (text(&l["lineItemId"]), u32::try_from(l["quantity"].as_u64().unwrap()).unwrap());
        let told = |f: &Value| Told {
            tracking: text(&f["shipmentTrackingNumber"]),
            carrier: text(&f["shippingCarrierCode"]),
            lines: f["lineItems"].as_array().unwrap().iter().map(line).collect(),
        };
        self.state().fulfilments.iter().filter(|(o, _)| o == id).map(|(_, f)| told(f)).collect()
    }

    fn expire_tokens(&self) {
        self.state().tokens.access.clear();
    }
}
