//! What the site remembers, and what a test does to it.

use std::collections::HashSet;

use jiff::Timestamp;
use serde_json::{Value, json};

pub const KEY: &str = "ck_0123456789abcdef0123456789abcdef01234567";
pub const SECRET: &str = "cs_fedcba9876543210fedcba9876543210fedcba98";
/// The first change of a site, in seconds.
const START: i64 = 1_795_446_000;

/// An order with the lists that are its own.
#[derive(Clone)]
pub struct Order {
    pub order: Value,
    pub refunds: Vec<Value>,
    pub fulfillments: Vec<Value>,
    pub tracking: Vec<Value>,
    pub notes: Vec<Value>,
}

pub struct State {
    pub secret: String,
    pub read_only: bool,
    pub orders: Vec<Order>,
    pub wrong: Vec<String>,
    /// WooCommerce's own fulfilments are switched on.
    pub has_fulfillments: bool,
    /// A plugin keeps a list of tracking numbers.
    pub has_tracking_list: bool,
    pub plain: bool,
    /// The site takes each request for encrypted, as behind a proxy.
    pub thinks_encrypted: bool,
    /// The folder in which the site lies.
    pub folder: &'static str,
    pub moved_to: Option<String>,
    /// The site's own time, for those who sign; any time is right without.
    pub clock: Option<Timestamp>,
    pub nonces: HashSet<String>,
    /// What customers were written about: a number, or an order that was completed.
    pub mails: Vec<String>,
    next: u64,
    seconds: i64,
}

impl Default for State {
    fn default() -> Self {
        Self {
            secret: SECRET.to_owned(),
            read_only: false,
            orders: vec![],
            wrong: vec![],
            has_fulfillments: false,
            has_tracking_list: false,
            plain: false,
            thinks_encrypted: false,
            folder: "",
            moved_to: None,
            clock: None,
            nonces: HashSet::new(),
            mails: vec![],
            next: 100,
            seconds: START,
        }
    }
}

/// SKU, name, pieces, what one costs in cents.
pub fn item(sku: &str, name: &str, quantity: u64, cents: u64) -> Value {
    let total = quantity * cents;
    let total = format!("{}.{:02}", total / 100, total % 100);
    let price: serde_json::Number = format!("{}.{:02}", cents / 100, cents % 100).parse().unwrap();
    json!({ "id": 0, "name": name, "product_id": 10, "variation_id": 0, "quantity": quantity, "tax_class": "",
            "subtotal": total, "subtotal_tax": "0.00", "total": total, "total_tax": "0.00", "taxes": [],
            "meta_data": [], "sku": sku, "price": price, "image": { "id": "", "src": "" }, "parent_name": null })
}

/// A paid order to an invented person. Its number is its id.
pub fn order(id: u64, items: Vec<Value>) -> Value {
    let cents: u64 = items.iter().map(|i| i["total"].as_str().unwrap().replace('.', "").parse::<u64>().unwrap()).sum();
    json!({
        "id": id, "parent_id": 0, "status": "processing", "currency": "EUR", "version": "10.5.2",
        "total": format!("{}.{:02}", cents / 100, cents % 100), "number": id.to_string(),
        "date_created": "2026-11-23T03:00:00", "date_created_gmt": "2026-11-23T08:00:00",
        "date_modified": "", "date_modified_gmt": "", "date_paid_gmt": "2026-11-23T08:01:00", "customer_note": "",
        "billing": { "first_name": "Bill", "last_name": "Payer", "company": "", "address_1": "9 Billing Rd",
            "address_2": "", "city": "Paytown", "state": "", "postcode": "10001", "country": "DE",
            "email": "kunde@example.com", "phone": "+49301234567" },
        "shipping": { "first_name": "Nora", "last_name": "Testwell", "company": "", "address_1": "Musterweg 1",
            "address_2": "", "city": "Berlin", "state": "", "postcode": "10115", "country": "DE", "phone": "+49301234567" },
        "meta_data": [], "line_items": items, "refunds": [],
        "shipping_lines": [{ "id": 6, "method_title": "DHL", "method_id": "flat_rate", "total": "0.00" }],
    })
}

impl State {
    pub fn next(&mut self) -> u64 {
        self.next += 1;
        self.next
    }

    pub fn add(&mut self, mut order: Value) {
        for line in order["line_items"].as_array_mut().unwrap() {
            if line["id"] == 0 {
                line["id"] = json!(self.next());
            }
        }
        self.seconds += 1;
        stamp(&mut order, self.seconds);
        self.orders.push(Order { order, refunds: vec![], fulfillments: vec![], tracking: vec![], notes: vec![] });
    }

    /// Changed so many seconds after the last change; zero is within the same second.
    pub fn touch(&mut self, id: u64, later: i64) {
        self.seconds += later;
        let seconds = self.seconds;
        stamp(&mut self.get(id).order, seconds);
    }

    #[track_caller]
    pub fn get(&mut self, id: u64) -> &mut Order {
        self.orders.iter_mut().find(|o| o.order["id"] == id).unwrap()
    }

    pub fn change(&mut self, id: u64, change: impl FnOnce(&mut Value)) {
        change(&mut self.get(id).order);
        self.touch(id, 1);
    }

    /// Lowers no quantity of the order: it is a list of its own.
    pub fn refund(&mut self, id: u64, at: usize, pieces: i64, amount: &str) {
        let key = self.next();
        let order = self.get(id);
        let line = order.order["line_items"][at]["id"].to_string();
        order.order["refunds"]
            .as_array_mut()
            .unwrap()
            .push(json!({ "id": key, "reason": "", "total": format!("-{amount}") }));
        let meta = json!([{ "id": 1, "key": "_refunded_item_id", "value": line }]);
        order.refunds.push(json!({ "id": key, "amount": amount,
            "line_items": [{ "id": key + 1, "quantity": -pieces, "total": format!("-{amount}"), "meta_data": meta }] }));
        self.touch(id, 1);
    }
}

fn stamp(order: &mut Value, seconds: i64) {
    let at = Timestamp::from_second(seconds).unwrap();
    order["date_modified_gmt"] = json!(at.strftime("%Y-%m-%dT%H:%M:%S").to_string());
    let local = at - jiff::SignedDuration::from_hours(5);
    order["date_modified"] = json!(local.strftime("%Y-%m-%dT%H:%M:%S").to_string());
}

impl Order {
    /// Tracking number, key and pieces of all that the store was told, whichever way.
    pub fn told(&self) -> Vec<(String, String, u64)> {
        let meta = |f: &Value, key: &str| -> Value {
            let list = f["meta_data"].as_array().unwrap();
            list.iter().find(|m| m["key"] == key).map(|m| m["value"].clone()).unwrap_or_default()
        };
        let text = |v: &Value| v.as_str().map_or_else(|| v.to_string(), str::to_owned);
        let mut all = vec![];
        for one in &self.fulfillments {
            let items = meta(one, "_items");
            let pieces = items.as_array().unwrap().iter().map(|i| i["qty"].as_u64().unwrap()).sum();
            all.push((text(&meta(one, "_tracking_number")), text(&one["id"]), pieces));
        }
        all.extend(self.tracking.iter().map(|t| (text(&t["tracking_number"]), text(&t["tracking_id"]), 0)));
        for note in &self.notes {
            if let Some(rest) = note["note"].as_str().unwrap().split("Tracking number: ").nth(1) {
                let number = rest.split_whitespace().next().unwrap().trim_end_matches('.');
                all.push((number.to_owned(), text(&note["id"]), 0));
            }
        }
        all
    }

    pub fn told_times(&self, number: &str) -> usize {
        self.told().iter().filter(|(told, ..)| told == number).count()
    }
}
