//! BigCommerce Orders v2: lists that are empty come as 204, dates by RFC 2822, amounts as text with four decimals.

use std::sync::{Arc, Mutex, MutexGuard};

use jiff::Timestamp;
use serde_json::{Value, json};

use super::Service;
use super::facts::Facts;
use super::http::{Called, Reply};
use super::shop::{CITY, LINE1, LINE2, PHONE, POSTCODE, Sale, Shop, Sold, Told, amount};

pub const TOKEN: &str = "bc-token-1";
pub const HASH: &str = "abc123";
const ROOT: &str = "/stores/abc123/v2/orders";

pub struct Order {
    pub order: Value,
    pub products: Vec<Value>,
    pub addresses: Vec<Value>,
    pub shipments: Vec<Value>,
}

pub struct State {
    pub orders: Vec<Order>,
    pub token: String,
    pub mails: usize,
    /// Gives no consignments with a list.
    pub is_old: bool,
    pub wrong: Vec<String>,
    facts: Facts,
}

#[derive(Clone)]
pub struct Bigcommerce {
    state: Arc<Mutex<State>>,
}

impl Default for Bigcommerce {
    fn default() -> Self {
        let facts = Facts::of("bigcommerce");
        let state = State { orders: vec![], token: TOKEN.into(), mails: 0, is_old: false, wrong: vec![], facts };
        Self { state: Arc::new(Mutex::new(state)) }
    }
}

impl Bigcommerce {
    pub fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap()
    }

    pub fn change(&self, id: &str, change: impl FnOnce(&mut Order)) {
        let mut state = self.state();
        change(state.orders.iter_mut().find(|o| is(o, id)).unwrap());
    }
}

fn is(order: &Order, id: &str) -> bool {
    order.order["id"].as_u64().map(|n| n.to_string()).as_deref() == Some(id)
}

fn error(status: u16, message: &str) -> Reply {
    Reply::json(status, &json!([{ "status": status, "message": message }]))
}

/// Where the page that was asked for begins, and how long it is.
fn page(called: &Called) -> (usize, usize) {
    let number = |name: &str, or: usize| called.query(name).map_or(or, |n| n.parse().unwrap());
    let limit = number("limit", 50);
    ((number("page", 1) - 1) * limit, limit)
}

fn listed(list: &[Value], called: &Called) -> Reply {
    let (skip, limit) = page(called);
    answered(&list.iter().skip(skip).take(limit).cloned().collect::<Vec<_>>())
}

fn answered(some: &[Value]) -> Reply {
    match some.is_empty() {
        true => Reply { status: 204, headers: vec![], body: vec![], sent: None },
        false => Reply::json(200, &json!(some)),
    }
}

fn date(at: Timestamp) -> String {
    at.strftime("%a, %d %b %Y %H:%M:%S +0000").to_string()
}

impl Service for Bigcommerce {
    fn owns(&self, path: &str) -> bool {
        path.starts_with("/stores/")
    }

    fn answer(&self, called: &Called) -> Option<Reply> {
        if !self.owns(&called.path) {
            return None;
        }
        let state = &mut *self.state();
        if called.header("Accept") != Some("application/json") {
            state.wrong.push("without Accept it answers XML".into());
        }
        if called.header("X-Auth-Token") != Some(&state.token) {
            return Some(Reply::json(401, &json!({ "status": 401, "title": "Unauthorized" })));
        }
        let mut reply = state.reply(called);
        let wrong = state.facts.wrong(called, &reply);
        state.wrong.extend(wrong);
        reply
            .headers
            .extend([("X-Rate-Limit-Requests-Left", "149".into()), ("X-Rate-Limit-Time-Reset-Ms", "9000".into())]);
        Some(reply)
    }

    fn too_many(&self) -> Reply {
        let mut reply = error(429, "Too many requests");
        reply
            .headers
            .extend([("X-Rate-Limit-Requests-Left", "0".into()), ("X-Rate-Limit-Time-Reset-Ms", "9000".into())]);
        reply
    }

    fn wrong(&self) -> Vec<String> {
        self.state().wrong.clone()
    }

    fn orders(&self) -> Vec<(String, String)> {
        let state = self.state();
        let told = |o: &Order| {
            let id = o.order["id"].to_string();
            o.shipments
                .iter()
                .map(|s| (id.clone(), s["tracking_number"].as_str().unwrap().to_owned()))
                .collect::<Vec<_>>()
        };
        state.orders.iter().flat_map(told).collect()
    }
}

impl State {
    fn reply(&mut self, called: &Called) -> Reply {
        let rest = called.path.strip_prefix(ROOT).unwrap_or("/no");
        let parts: Vec<&str> = rest.split('/').skip(1).collect();
        if parts.is_empty() {
            return self.list(called);
        }
        let Some(order) = self.orders.iter_mut().find(|o| is(o, parts[0])) else {
            return error(404, "The requested resource was not found.");
        };
        match (called.method.as_str(), parts.get(1).copied()) {
            ("GET", None) => Reply::json(200, &order.order),
            ("GET", Some("products")) => listed(&order.products, called),
            ("GET", Some("shipping_addresses")) => listed(&order.addresses, called),
            ("GET", Some("shipments")) => listed(&order.shipments, called),
            ("POST", Some("shipments")) => {
                let reply = ship(order, called, self.mails + 1);
                self.mails += usize::from(reply.status == 201);
                reply
            }
            _ => error(404, "The requested resource was not found."),
        }
    }

    fn list(&self, called: &Called) -> Reply {
        let at =
            |o: &&Order| jiff::fmt::rfc2822::parse(o.order["date_modified"].as_str().unwrap()).unwrap().timestamp();
        let from = called.query("min_date_modified").map(|t| t.parse::<Timestamp>().unwrap());
        let mut found: Vec<&Order> = self.orders.iter().filter(|o| from.is_none_or(|from| at(o) >= from)).collect();
        match called.query("sort") {
            Some("date_modified:asc") => found.sort_by_key(at),
            _ => found.reverse(),
        }
        let embeds = called.query("include") == Some("consignments.line_items")
            && called.query("consignment_structure") == Some("object")
            && !self.is_old;
        let shown = |o: &Order| {
            let mut order = o.order.clone();
            if embeds {
                let mut place = o.addresses[0].clone();
                place.as_object_mut().unwrap().remove("order_id");
                place["line_items"] = json!(o.products);
                order["consignments"] = json!({ "shipping": [place], "pickups": [], "downloads": [] });
            }
            order
        };
        let (skip, limit) = page(called);
        answered(&found.into_iter().skip(skip).take(limit).map(shown).collect::<Vec<_>>())
    }
}

/// It looks for no double; only the pieces that remain stop it.
fn ship(order: &mut Order, called: &Called, next: usize) -> Reply {
    let sent = &called.json;
    let (Some(items), true) = (sent["items"].as_array(), sent["order_address_id"].is_number()) else {
        return error(400, "The required field 'order_address_id' or 'items' was not supplied.");
    };
    if sent["tracking_carrier"] == "No Such Carrier" {
        return error(422, &format!("tracking_carrier of {} is invalid", sent["tracking_number"].as_str().unwrap()));
    }
    if !order.addresses.iter().any(|a| a["id"] == sent["order_address_id"]) {
        return error(400, "The field 'order_address_id' is invalid.");
    }
    let find = |products: &[Value], item: &Value| products.iter().position(|p| p["id"] == item["order_product_id"]);
    for item in items {
        let Some(at) = find(&order.products, item) else { return error(400, "The field 'items' is invalid.") };
        let of = |key: &str| order.products[at][key].as_u64().unwrap();
        if of("quantity_shipped") + item["quantity"].as_u64().unwrap() > of("quantity") {
            return error(400, "The quantity to ship is more than the quantity that remains.");
        }
    }
    for item in items {
        let at = find(&order.products, item).unwrap();
        let shipped = order.products[at]["quantity_shipped"].as_u64().unwrap() + item["quantity"].as_u64().unwrap();
        order.products[at]["quantity_shipped"] = shipped.into();
    }
    let all = order.products.iter().all(|p| p["quantity_shipped"] == p["quantity"]);
    (order.order["status_id"], order.order["status"]) =
        if all { (2.into(), "Shipped".into()) } else { (3.into(), "Partially Shipped".into()) };
    let shipment = json!({
        "id": 9000 + next, "order_id": order.order["id"], "order_address_id": sent["order_address_id"], "items": items,
        "tracking_number": sent["tracking_number"], "shipping_provider": sent["shipping_provider"],
        "tracking_carrier": sent["tracking_carrier"], "tracking_link": sent["tracking_link"].as_str().unwrap_or(""),
        "date_created": "Tue, 24 Nov 2026 09:00:00 +0000",
    });
    order.shipments.push(shipment.clone());
    Reply::json(201, &shipment)
}

impl Shop for Bigcommerce {
    fn sell(&self, sale: &Sale) {
        let number = |id: &str| id.parse::<u64>().unwrap();
        let money = |cents: u32| format!("{}00", amount(cents));
        let id = number(&sale.id);
        let line = |l: &Sold| {
            json!({
                "id": number(&l.id), "order_id": id, "product_id": 77, "order_address_id": id + 50, "name": l.title,
                "sku": l.sku, "type": "physical", "price_ex_tax": money(l.cents), "price_inc_tax": money(l.cents),
                "quantity": l.quantity, "quantity_shipped": 0, "quantity_refunded": 0, "refund_amount": "0.0000",
                "product_options": [],
            })
        };
        let order = json!({
            "id": id, "status_id": if sale.paid { 11 } else { 7 },
            "status": if sale.paid { "Awaiting Fulfillment" } else { "Awaiting Payment" },
            "date_created": "Fri, 20 Nov 2026 10:00:00 +0000", "date_modified": date(sale.changed_at),
            "currency_code": "USD", "default_currency_code": "USD", "total_inc_tax": money(sale.cents()),
            "discount_amount": "0.0000", "refunded_amount": "0.0000", "is_tax_inclusive_pricing": false,
            "items_total": sale.lines.iter().map(|l| l.quantity).sum::<u32>(), "is_deleted": false,
            "customer_message": "", "billing_address": {
                "first_name": "Bill", "last_name": "Payer", "street_1": "9 Billing Rd", "email": "b@payer.example",
            },
        });
        let address = json!({
            "id": id + 50, "order_id": id, "first_name": "Nora", "last_name": "Testwell", "company": "", "street_1": LINE1,
            "street_2": LINE2, "city": CITY, "zip": POSTCODE, "country": "United States", "country_iso2": "US",
            "state": "MA", "phone": PHONE, "email": "", "shipping_method": "Flat Rate",
        });
        let products = sale.lines.iter().map(line).collect();
        self.state().orders.push(Order { order, products, addresses: vec![address], shipments: vec![] });
    }

    fn withhold(&self, id: &str) {
        self.change(id, |o| {
            for key in ["first_name", "last_name", "street_1", "street_2", "phone"] {
                o.addresses[0][key] = Value::Null;
            }
        });
    }

    fn cancel(&self, id: &str) {
        self.change(id, |o| (o.order["status_id"], o.order["status"]) = (5.into(), "Cancelled".into()));
    }

    fn refund(&self, id: &str) {
        self.change(id, |o| {
            (o.order["status_id"], o.order["status"]) = (4.into(), "Refunded".into());
            for p in &mut o.products {
                p["quantity_refunded"] = p["quantity"].clone();
            }
        });
    }

    fn told(&self, id: &str) -> Vec<Told> {
        let state = self.state();
        let order = state.orders.iter().find(|o| is(o, id)).unwrap();
        let text = |v: &Value| v.as_str().unwrap_or_default().to_owned();
        let item =
            |i: &Value| (i["order_product_id"].to_string(), u32::try_from(i["quantity"].as_u64().unwrap()).unwrap());
        let told = |s: &Value| Told {
            tracking: text(&s["tracking_number"]),
            carrier: text(&s["shipping_provider"]) + &text(&s["tracking_carrier"]),
            lines: s["items"].as_array().unwrap().iter().map(item).collect(),
        };
        order.shipments.iter().map(told).collect()
    }

    fn expire_tokens(&self) {
        self.state().token = "another".into();
    }
}
