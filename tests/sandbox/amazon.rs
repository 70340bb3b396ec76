//! Amazon's Selling Partner API, Orders: a seller with the role for addresses.

use std::sync::{Arc, Mutex, MutexGuard};

use jiff::Timestamp;
use serde_json::{Value, json};

use super::Service;
use super::facts::Facts;
use super::http::{Called, Reply};
use super::oauth::Tokens;
use super::shop::{CITY, LINE1, LINE2, NAME, PHONE, POSTCODE, REGION, Sale, Shop, Sold, Told, amount};

pub const CLIENT: &str = "amzn1.application-oa2-client.example";
pub const SECRET: &str = "amzn-secret";
pub const REFRESH: &str = "Atzr-refresh-1";
pub const MARKETPLACE: &str = "ATVPDKIKX0DER";
const READ: &str = "/orders/2026-01-01/orders";
const CONFIRM: &str = "/orders/v0/orders/";

pub struct State {
    pub orders: Vec<Value>,
    pub tokens: Tokens,
    pub wrong: Vec<String>,
    facts: Facts,
}

#[derive(Clone)]
pub struct Amazon {
    state: Arc<Mutex<State>>,
}

impl Default for Amazon {
    fn default() -> Self {
        let tokens = Tokens { refresh: REFRESH.into(), ..Tokens::new(CLIENT, SECRET) };
        let state = State { orders: vec![], tokens, wrong: vec![], facts: Facts::of("amazon") };
        Self { state: Arc::new(Mutex::new(state)) }
    }
}

impl Amazon {
    pub fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap()
    }

    pub fn change(&self, id: &str, change: impl FnOnce(&mut Value)) {
        let mut state = self.state();
        change(state.orders.iter_mut().find(|o| o["orderId"] == id).unwrap());
    }
}

fn error(status: u16, code: &str, message: &str) -> Reply {
    Reply::json(status, &json!({ "errors": [{ "code": code, "message": message, "details": "" }] }))
}

impl Service for Amazon {
    fn owns(&self, path: &str) -> bool {
        path.starts_with("/orders/") || path == "/auth/o2/token"
    }

    fn answer(&self, called: &Called) -> Option<Reply> {
        if !self.owns(&called.path) {
            return None;
        }
        let state = &mut *self.state();
        if called.path == "/auth/o2/token" {
            return Some(state.tokens.answer(called, &mut state.wrong));
        }
        if !state.tokens.knows(called.header("x-amz-access-token")) {
            return Some(error(403, "Unauthorized", "The access token you provided has expired."));
        }
        let reply = state.reply(called);
        let wrong = state.facts.wrong(called, &reply);
        state.wrong.extend(wrong);
        Some(reply)
    }

    fn too_many(&self) -> Reply {
        let mut reply = error(429, "QuotaExceeded", "You exceeded your quota for the requested resource.");
        reply.headers.push(("x-amzn-RateLimit-Limit", "0.0056".into()));
        reply
    }

    fn wrong(&self) -> Vec<String> {
        self.state().wrong.clone()
    }

    fn orders(&self) -> Vec<(String, String)> {
        let text = |v: &Value| v.as_str().unwrap().to_owned();
        let told = |o: &Value| {
            let list = o["packages"].as_array().unwrap();
            list.iter().map(|p| (text(&o["orderId"]), text(&p["trackingNumber"]))).collect::<Vec<_>>()
        };
        self.state().orders.iter().flat_map(told).collect()
    }
}

/// Without RECIPIENT there is no address, as with all other sets of data.
fn shown(order: &Value, called: &Called) -> Value {
    let asked = called.query("includedData").unwrap_or_default().to_owned();
    let mut shown = order.clone();
    for (set, field) in
        [("RECIPIENT", "recipient"), ("BUYER", "buyer"), ("PACKAGES", "packages"), ("FULFILLMENT", "fulfillment")]
    {
        if !asked.split(',').any(|a| a == set) {
            shown.as_object_mut().unwrap().remove(field);
        }
    }
    shown
}

impl State {
    fn reply(&mut self, called: &Called) -> Reply {
        if let Some(rest) = called.path.strip_prefix(CONFIRM) {
            let id = rest.strip_suffix("/shipmentConfirmation").unwrap_or_default();
            return match self.orders.iter().position(|o| o["orderId"] == id) {
                Some(at) => self.confirm(at, called),
                None => error(404, "NotFound", "No such order."),
            };
        }
        let id = called.path.strip_prefix(READ).unwrap_or_default().trim_start_matches('/');
        if id.is_empty() {
            return self.list(called);
        }
        match self.orders.iter().find(|o| o["orderId"] == id) {
            Some(order) => Reply::json(200, &json!({ "order": shown(order, called) })),
            None => error(404, "NotFound", "No such order."),
        }
    }

    fn list(&self, called: &Called) -> Reply {
        let Some(since) = called.query("lastUpdatedAfter").map(|t| t.parse::<Timestamp>().unwrap()) else {
            return error(400, "InvalidInput", "createdAfter or lastUpdatedAfter is required.");
        };
        let at = |o: &&Value| o["lastUpdatedTime"].as_str().unwrap().parse::<Timestamp>().unwrap();
        let skip: usize =
            called.query("paginationToken").map_or(0, |t| t.strip_prefix("page ").unwrap().parse().unwrap());
        let most: usize = called.query("maxResultsPerPage").map_or(100, |m| m.parse().unwrap());
        let mut found: Vec<&Value> = self.orders.iter().filter(|o| at(o) >= since).collect();
        found.reverse();
        let next = (found.len() > skip + most).then(|| format!("page {}", skip + most));
        let orders: Vec<Value> = found.into_iter().skip(skip).take(most).map(|o| shown(o, called)).collect();
        Reply::json(200, &json!({ "orders": orders, "pagination": { "nextToken": next } }))
    }

    fn confirm(&mut self, at: usize, called: &Called) -> Reply {
        let sent = &called.json["packageDetail"];
        let order = &mut self.orders[at];
        let reference = sent["packageReferenceId"].as_str().unwrap_or_default();
        if called.json["marketplaceId"] != MARKETPLACE
            || reference.parse::<u64>().is_err()
            || sent["carrierCode"] == "No Such Carrier"
        {
            return error(
                400,
                "InvalidInput",
                &format!("Invalid package {}", sent["trackingNumber"].as_str().unwrap()),
            );
        }
        let package = json!({
            "packageReferenceId": reference, "carrier": sent["carrierCode"], "trackingNumber": sent["trackingNumber"],
            "shipTime": sent["shipDate"], "packageItems": sent["orderItems"],
        });
        let is_shipped = order["fulfillment"]["fulfillmentStatus"] == "SHIPPED";
        let packages = order["packages"].as_array_mut().unwrap();
        if let Some(known) = packages.iter_mut().find(|p| p["packageReferenceId"] == reference) {
            *known = package;
            return Reply { status: 204, headers: vec![], body: vec![], sent: None };
        }
        if is_shipped {
            return error(400, "InvalidInput", "Unable to find package to update. PackageToUpdateNotFound");
        }
        packages.push(package);
        restate(order);
        Reply { status: 204, headers: vec![], body: vec![], sent: None }
    }
}

fn restate(order: &mut Value) {
    let packages = order["packages"].as_array().unwrap().clone();
    let mut left = 0;
    for item in order["orderItems"].as_array_mut().unwrap() {
        let of = |p: &Value| p["packageItems"].as_array().unwrap().clone();
        let items = packages.iter().flat_map(of).filter(|i| i["orderItemId"] == item["orderItemId"]);
        let sent: u64 = items.map(|i| i["quantity"].as_u64().unwrap()).sum();
        let open = item["quantityOrdered"].as_u64().unwrap().saturating_sub(sent);
        item["fulfillment"] = json!({ "quantityFulfilled": sent, "quantityUnfulfilled": open });
        left += open;
    }
    order["fulfillment"]["fulfillmentStatus"] = if left == 0 { "SHIPPED" } else { "PARTIALLY_SHIPPED" }.into();
}

impl Shop for Amazon {
    fn sell(&self, sale: &Sale) {
        let line = |l: &Sold| {
            json!({
                "orderItemId": l.id, "quantityOrdered": l.quantity,
                "product": { "asin": "B000000000", "title": l.title, "sellerSku": l.sku,
                    "price": { "unitPrice": { "amount": amount(l.cents), "currencyCode": "USD" } } },
                "fulfillment": { "quantityFulfilled": 0, "quantityUnfulfilled": l.quantity },
            })
        };
        let order = json!({
            "orderId": sale.id, "createdTime": "2026-11-20T10:00:00Z",
            "lastUpdatedTime": sale.changed_at.strftime("%Y-%m-%dT%H:%M:%SZ").to_string(),
            "salesChannel": { "marketplaceId": MARKETPLACE }, "buyer": { "buyerEmail": "n@marketplace.example" },
            "recipient": { "deliveryAddress": {
                "name": NAME, "addressLine1": LINE1, "addressLine2": LINE2, "city": CITY, "stateOrRegion": REGION,
                "postalCode": POSTCODE, "countryCode": "US", "phone": PHONE,
            } },
            "fulfillment": {
                "fulfillmentStatus": if sale.paid { "UNSHIPPED" } else { "PENDING" }, "fulfilledBy": "MERCHANT",
                "fulfillmentServiceLevel": "STANDARD", "shipByWindow": { "latestDateTime": "2026-11-27T07:59:59Z" },
            },
            "orderItems": sale.lines.iter().map(line).collect::<Vec<_>>(), "packages": [],
        });
        self.state().orders.push(order);
    }

    fn withhold(&self, id: &str) {
        self.change(id, |o| _ = o.as_object_mut().unwrap().remove("recipient"));
    }

    fn cancel(&self, id: &str) {
        self.change(id, |o| {
            o["fulfillment"]["fulfillmentStatus"] = "CANCELLED".into();
            for item in o["orderItems"].as_array_mut().unwrap() {
                item["fulfillment"] = json!({ "quantityFulfilled": 0, "quantityUnfulfilled": 0 });
            }
        });
    }

    /// Orders say nothing of refunds: what is refunded before it is sent is cancelled.
    fn refund(&self, id: &str) {
        self.cancel(id);
    }

    fn told(&self, id: &str) -> Vec<Told> {
        let state = self.state();
        let order = state.orders.iter().find(|o| o["orderId"] == id).unwrap();
        let text = |v: &Value| v.as_str().unwrap().to_owned();
        let item = |i: &Value| (text(&i["orderItemId"]), u32::try_from(i["quantity"].as_u64().unwrap()).unwrap());
        let told = |p: &Value| Told {
            tracking: text(&p["trackingNumber"]),
            carrier: text(&p["carrier"]),
            lines: p["packageItems"].as_array().unwrap().iter().map(item).collect(),
        };
        order["packages"].as_array().unwrap().iter().map(told).collect()
    }

    fn expire_tokens(&self) {
        self.state().tokens.access.clear();
    }
}
