//! What the sandbox shop remembers, and what a test does to it.

use std::time::Instant;

use serde_json::{Value, json};

use super::super::http::{Called, Reply};

/// A token that does not end.
pub const TOKEN: &str = "shpat_0123456789abcdef0123456789abcdef";
/// An app's id and secret.
pub const CLIENT: (&str, &str) = ("0123456789abcdef", "shpss_fedcba9876543210");
/// The first change of a shop, in seconds.
const START: i64 = 1_795_446_000;

pub struct State {
    pub token: String,
    /// Whole orders, as the schema has them.
    pub orders: Vec<Value>,
    pub wrong: Vec<String>,
    /// Points in a full bucket, points a second, and the most for one call.
    pub bucket: (u64, u64),
    pub most_for_one: u64,
    pub throttled: usize,
    /// Names and streets come as null.
    pub withholds: bool,
    pub denies: bool,
    /// Fields that this version of the API does not have.
    pub lacks: Vec<&'static str>,
    pub scopes: Vec<&'static str>,
    pub grants: usize,
    /// Numbers that a customer was written about.
    pub mails: Vec<String>,
    granted: Option<String>,
    points: u64,
    filled_at: Option<Instant>,
    next: u64,
    clock: i64,
}

impl Default for State {
    fn default() -> Self {
        Self {
            token: TOKEN.to_owned(),
            orders: vec![],
            wrong: vec![],
            bucket: (20_000, 400_000),
            most_for_one: 1000,
            throttled: 0,
            withholds: false,
            denies: false,
            lacks: vec![],
            scopes: vec![
                "read_orders",
                "write_merchant_managed_fulfillment_orders",
                "write_third_party_fulfillment_orders",
            ],
            grants: 0,
            mails: vec![],
            granted: None,
            points: 20_000,
            filled_at: None,
            next: 9000,
            clock: START,
        }
    }
}

/// SKU, title, pieces, price.
pub fn line(sku: &str, title: &str, quantity: u32, price: &str) -> Value {
    let money = json!({ "shopMoney": { "amount": price, "currencyCode": "USD" } });
    json!({ "id": "", "sku": sku, "name": title, "quantity": quantity, "currentQuantity": quantity,
            "unfulfilledQuantity": quantity, "requiresShipping": true, "originalUnitPriceSet": money,
            "customAttributes": [] })
}

/// A paid order to an invented person; `add` gives it its keys.
pub fn order(number: &str, lines: Vec<Value>) -> Value {
    let cents = |line: &Value| -> u64 {
        let amount = line["originalUnitPriceSet"]["shopMoney"]["amount"].as_str().unwrap();
        amount.replace('.', "").parse::<u64>().unwrap() * line["quantity"].as_u64().unwrap()
    };
    let total: u64 = lines.iter().map(cents).sum();
    let money = |cents: u64| json!({ "shopMoney": { "amount": format!("{}.{:02}", cents / 100, cents % 100), "currencyCode": "USD" } });
    json!({
        "id": "", "legacyResourceId": "", "name": format!("#{number}"), "createdAt": "2026-11-23T15:00:00Z",
        "updatedAt": "", "cancelledAt": null, "test": false, "edited": false, "displayFinancialStatus": "PAID",
        "displayFulfillmentStatus": "UNFULFILLED", "currencyCode": "USD", "note": null,
        "email": format!("buyer{number}@example.com"), "riskLevel": "LOW", "customAttributes": [],
        "subtotalPriceSet": money(total), "totalDiscountsSet": money(0), "totalPriceSet": money(total),
        "totalRefundedSet": money(0),
        "shippingAddress": { "name": format!("Nora Testwell {number}"), "company": null,
            "address1": format!("{} Sample Ln", number.len() * 3 + 10), "address2": null, "city": "Jersey City",
            "provinceCode": "NJ", "zip": "07307", "countryCodeV2": "US", "phone": "+12015550142" },
        "billingAddress": { "countryCodeV2": "US" }, "shippingLine": { "title": "Standard" },
        "lineItems": { "nodes": lines }, "fulfillments": [], "fulfillmentOrders": { "nodes": [] },
    })
}

impl State {
    pub fn next(&mut self) -> u64 {
        self.next += 1;
        self.next
    }

    fn now(&mut self) -> String {
        self.clock += 1;
        jiff::Timestamp::from_second(self.clock).unwrap().to_string()
    }

    /// The id is the one that exports give: 62010000 and the number.
    pub fn add(&mut self, mut order: Value) -> &mut Value {
        let number = order["name"].as_str().unwrap().trim_start_matches('#').to_owned();
        if order["legacyResourceId"] == "" {
            order["legacyResourceId"] = json!(format!("62010000{number}"));
        }
        order["id"] = json!(format!("gid://shopify/Order/{}", order["legacyResourceId"].as_str().unwrap()));
        if order["updatedAt"] == "" {
            order["updatedAt"] = json!(self.now());
        }
        let mut lines = order["lineItems"]["nodes"].take();
        for line in lines.as_array_mut().unwrap().iter_mut().filter(|l| l["id"] == "") {
            line["id"] = json!(format!("gid://shopify/LineItem/{}", self.next()));
        }
        order["fulfillmentOrders"]["nodes"] = json!([self.fulfillment_order("Shop location", &lines)]);
        order["lineItems"]["nodes"] = lines;
        self.orders.push(order);
        self.orders.last_mut().unwrap()
    }

    fn fulfillment_order(&mut self, location: &str, lines: &Value) -> Value {
        let nodes: Vec<Value> = lines
            .as_array()
            .unwrap()
            .iter()
            .map(|line| {
                json!({ "id": format!("gid://shopify/FulfillmentOrderLineItem/{}", self.next()),
                        "remainingQuantity": line["unfulfilledQuantity"], "lineItem": { "id": line["id"] } })
            })
            .collect();
        json!({
            "id": format!("gid://shopify/FulfillmentOrder/{}", self.next()), "status": "OPEN",
            "supportedActions": [{ "action": "CREATE_FULFILLMENT", "externalUrl": null }, { "action": "HOLD" }],
            "assignedLocation": { "name": location, "location": { "id": format!("gid://shopify/Location/{location}") } },
            "fulfillmentHolds": [], "lineItems": { "nodes": nodes },
        })
    }

    #[track_caller]
    pub fn get(&mut self, number: &str) -> &mut Value {
        let name = format!("#{number}");
        self.orders.iter_mut().find(|o| o["name"] == name.as_str()).unwrap()
    }

    /// Something of the order changes.
    pub fn change(&mut self, number: &str, change: impl FnOnce(&mut Value)) {
        let now = self.now();
        let order = self.get(number);
        change(order);
        order["updatedAt"] = json!(now);
    }

    /// The order's last line leaves from elsewhere.
    pub fn split_locations(&mut self, number: &str) {
        let mut lines = self.get(number)["lineItems"]["nodes"].clone();
        let last = json!([lines.as_array_mut().unwrap().pop().unwrap()]);
        let parts = [self.fulfillment_order("A", &lines), self.fulfillment_order("B", &last)];
        self.change(number, |order| order["fulfillmentOrders"]["nodes"] = json!(parts));
    }

    /// A refund of so many pieces of the line at that place, before they were shipped.
    pub fn refund(&mut self, number: &str, at: usize, pieces: u64) {
        self.change(number, |order| {
            let line = &mut order["lineItems"]["nodes"][at];
            for key in ["currentQuantity", "unfulfilledQuantity"] {
                line[key] = json!(line[key].as_u64().unwrap() - pieces);
            }
            let remaining = &mut order["fulfillmentOrders"]["nodes"][0]["lineItems"]["nodes"][at]["remainingQuantity"];
            *remaining = json!(remaining.as_u64().unwrap() - pieces);
            order["displayFinancialStatus"] = json!("PARTIALLY_REFUNDED");
            order["totalRefundedSet"]["shopMoney"]["amount"] = json!("20.00");
        });
    }

    pub fn hold(&mut self, number: &str, reason: &str) {
        self.change(number, |order| {
            order["displayFulfillmentStatus"] = json!("ON_HOLD");
            let of = &mut order["fulfillmentOrders"]["nodes"][0];
            of["status"] = json!("ON_HOLD");
            of["fulfillmentHolds"] = json!([{ "reason": reason, "reasonNotes": null }]);
            of["supportedActions"] = json!([{ "action": "RELEASE_HOLD" }]);
        });
    }

    /// How often a tracking number stands in the shop, with its pieces.
    pub fn told(&self, number: &str) -> (usize, u64) {
        let all = self.orders.iter().flat_map(|o| o["fulfillments"].as_array().unwrap());
        let with: Vec<&Value> = all.filter(|f| f["trackingInfo"][0]["number"] == number).collect();
        let pieces = |f: &&Value| -> u64 {
            let lines = f["fulfillmentLineItems"]["nodes"].as_array().unwrap();
            lines.iter().map(|l| l["quantity"].as_u64().unwrap()).sum()
        };
        (with.len(), with.iter().map(pieces).sum())
    }

    /// As after a day: the token of the app is dead.
    pub fn expire_token(&mut self) {
        self.granted = None;
    }

    pub fn grant(&mut self, called: &Called) -> Reply {
        self.grants += 1;
        let asked = &called.json;
        if asked["grant_type"] != "client_credentials" {
            self.wrong.push("a grant of another type".to_owned());
        }
        if asked["client_id"] != CLIENT.0 || asked["client_secret"] != CLIENT.1 {
            let body = json!({ "error": "invalid_client", "error_description": "Client authentication failed" });
            return Reply::json(400, &body);
        }
        let token = format!("shpat_granted{}", self.next());
        self.granted = Some(token.clone());
        Reply::json(200, &json!({ "access_token": token, "scope": self.scopes.join(","), "expires_in": 86399 }))
    }

    pub fn turned_away(&mut self, called: &Called) -> Option<Reply> {
        let Some(token) = called.header("X-Shopify-Access-Token") else {
            self.wrong.push("a call without a token".to_owned());
            return Some(Reply::json(401, &json!({ "errors": "[API] Invalid API key or access token" })));
        };
        let known = token == self.token || Some(token) == self.granted.as_deref();
        let message = "[API] Invalid API key or access token (unrecognized login or wrong password)";
        (!known).then(|| Reply::json(401, &json!({ "errors": message })))
    }

    /// False when there are too few points.
    pub fn pay(&mut self, cost: u64) -> bool {
        let now = Instant::now();
        let waited = self.filled_at.map_or(u128::MAX, |at| (now - at).as_micros());
        let restored = waited.saturating_mul(self.bucket.1.into()) / 1_000_000;
        self.points = u64::try_from(restored).unwrap_or(u64::MAX).saturating_add(self.points).min(self.bucket.0);
        self.filled_at = Some(now);
        let enough = self.points >= cost;
        if enough {
            self.points -= cost;
        } else {
            self.throttled += 1;
        }
        enough
    }

    pub fn cost(&self, requested: u64, actual: Option<u64>) -> Value {
        let (maximum, rate) = self.bucket;
        let status = json!({ "maximumAvailable": format!("{maximum}.0").parse::<serde_json::Number>().unwrap(),
                             "currentlyAvailable": self.points, "restoreRate": rate });
        json!({ "requestedQueryCost": requested, "actualQueryCost": actual, "throttleStatus": status })
    }
}
