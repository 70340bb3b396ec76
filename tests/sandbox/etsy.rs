//! Etsy Open API v3, receipts: as its declarations have it, for a key that may see addresses and send tracking.

use std::sync::{Arc, Mutex, MutexGuard};

use serde_json::{Value, json};

use super::Service;
use super::facts::Facts;
use super::http::{Called, Reply};
use super::oauth::Tokens;
use super::shop::{CITY, LINE1, LINE2, NAME, POSTCODE, REGION, Sale, Shop, Sold, Told};

pub const KEY: &str = "keystring123";
pub const SHARED: &str = "shared456";
pub const SHOP: &str = "12345678";
const ROOT: &str = "/v3/application/shops/12345678/receipts";

pub struct State {
    pub receipts: Vec<Value>,
    pub tokens: Tokens,
    /// Letters to buyers: one for each success.
    pub mails: usize,
    /// A key of today: no addresses, no tracking.
    pub is_new_key: bool,
    pub wrong: Vec<String>,
    facts: Facts,
}

#[derive(Clone)]
pub struct Etsy {
    state: Arc<Mutex<State>>,
}

impl Default for Etsy {
    fn default() -> Self {
        // Public clients with PKCE: no secret in the form.
        let tokens = Tokens { rotates: true, ..Tokens::new(KEY, "") };
        let facts = Facts::of("etsy");
        let state = State { receipts: vec![], tokens, mails: 0, is_new_key: false, wrong: vec![], facts };
        Self { state: Arc::new(Mutex::new(state)) }
    }
}

impl Etsy {
    pub fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap()
    }

    pub fn change(&self, id: &str, change: impl FnOnce(&mut Value)) {
        let mut state = self.state();
        change(state.receipts.iter_mut().find(|r| is(r, id)).unwrap());
    }
}

fn is(receipt: &Value, id: &str) -> bool {
    receipt["receipt_id"].as_u64().map(|n| n.to_string()).as_deref() == Some(id)
}

fn error(status: u16, message: &str) -> Reply {
    Reply::json(status, &json!({ "error": message }))
}

impl Service for Etsy {
    fn owns(&self, path: &str) -> bool {
        ["/v3/application/shops", "/v3/public/oauth", "/oauth/connect"].iter().any(|root| path.starts_with(root))
    }

    fn answer(&self, called: &Called) -> Option<Reply> {
        if !self.owns(&called.path) {
            return None;
        }
        let state = &mut *self.state();
        if called.path == "/oauth/connect" {
            return Some(state.tokens.door(called));
        }
        if called.path == "/v3/public/oauth/token" {
            return Some(state.tokens.answer(called, &mut state.wrong));
        }
        if called.header("x-api-key") != Some(&format!("{KEY}:{SHARED}")) {
            return Some(error(403, "Shared secret is required in x-api-key header."));
        }
        if !state.tokens.knows(called.header("Authorization")) {
            return Some(error(401, "invalid_token"));
        }
        let mut reply = state.reply(called);
        let wrong = state.facts.wrong(called, &reply);
        state.wrong.extend(wrong);
        reply.headers.push(("x-remaining-this-second", "9".into()));
        Some(reply)
    }

    fn too_many(&self) -> Reply {
        error(429, "Exceeded the rate limit.")
    }

    fn wrong(&self) -> Vec<String> {
        self.state().wrong.clone()
    }

    fn orders(&self) -> Vec<(String, String)> {
        let state = self.state();
        let told = |r: &Value| {
            let id = r["receipt_id"].to_string();
            let codes =
                r["shipments"].as_array().unwrap().iter().map(|s| s["tracking_code"].as_str().unwrap().to_owned());
            codes.map(|code| (id.clone(), code)).collect::<Vec<_>>()
        };
        state.receipts.iter().flat_map(told).collect()
    }
}

impl State {
    fn reply(&mut self, called: &Called) -> Reply {
        let rest = called.path.strip_prefix(ROOT).unwrap_or("/no/no/no");
        let parts: Vec<&str> = rest.split('/').skip(1).collect();
        let at = parts.first().and_then(|id| self.receipts.iter().position(|r| is(r, id)));
        match (called.method.as_str(), parts.len(), at) {
            ("GET", 0, _) => self.list(called),
            ("GET", 1, Some(at)) => Reply::json(200, &self.shown(&self.receipts[at])),
            ("POST", 2, Some(at)) => self.ship(at, called),
            _ => error(404, "Resource not found"),
        }
    }

    fn shown(&self, receipt: &Value) -> Value {
        let mut shown = receipt.clone();
        if self.is_new_key {
            for key in ["first_line", "second_line", "city", "state", "zip", "country_iso", "formatted_address"] {
                shown[key] = Value::Null;
            }
        }
        shown
    }

    fn list(&self, called: &Called) -> Reply {
        let number = |name: &str| called.query(name).map(|n| n.parse::<i64>().unwrap());
        let (limit, offset) = (number("limit").unwrap_or(25), number("offset").unwrap_or(0));
        if limit > 100 {
            return error(400, "limit: must be at most 100");
        }
        let updated = |r: &&Value| r["updated_timestamp"].as_i64().unwrap();
        let from = number("min_last_modified").unwrap_or(0);
        let mut found: Vec<&Value> = self.receipts.iter().filter(|r| updated(r) >= from).collect();
        match (called.query("sort_on"), called.query("sort_order")) {
            (Some("updated"), Some("asc")) => found.sort_by_key(updated),
            _ => found.reverse(),
        }
        let count = found.len();
        let some = found.into_iter().skip(usize::try_from(offset).unwrap()).take(usize::try_from(limit).unwrap());
        let results: Vec<Value> = some.map(|r| self.shown(r)).collect();
        Reply::json(200, &json!({ "count": count, "results": results }))
    }

    fn ship(&mut self, at: usize, called: &Called) -> Reply {
        if self.is_new_key {
            return error(403, "Unauthorized");
        }
        let text = |key: &str| called.json[key].as_str().unwrap_or_default().to_owned();
        let (code, carrier) = (text("tracking_code"), text("carrier_name"));
        if code.is_empty() || carrier.is_empty() || carrier == "No Such Carrier" {
            return error(400, &format!("A valid carrier name is required for {code}"));
        }
        // It looks for no double: another shipment, another letter.
        self.mails += 1;
        let shipment = json!({
            "receipt_shipping_id": 700_000 + self.mails, "shipment_notification_timestamp": 1_795_500_000,
            "carrier_name": carrier.to_lowercase(), "tracking_code": code,
        });
        let receipt = &mut self.receipts[at];
        receipt["shipments"].as_array_mut().unwrap().push(shipment);
        receipt["is_shipped"] = true.into();
        receipt["status"] = "completed".into();
        Reply::json(200, &self.receipts[at])
    }
}

impl Shop for Etsy {
    fn sell(&self, sale: &Sale) {
        let money = |cents: u32| json!({ "amount": cents, "divisor": 100, "currency_code": "USD" });
        let number = |id: &str| id.parse::<u64>().unwrap();
        let line = |l: &Sold| {
            json!({
                "transaction_id": number(&l.id), "title": l.title, "sku": l.sku, "quantity": l.quantity,
                "price": money(l.cents), "is_digital": false, "variations": [], "listing_id": 1_400_000_009,
                "expected_ship_date": 1_795_700_000,
            })
        };
        let receipt = json!({
            "receipt_id": number(&sale.id), "name": NAME, "first_line": LINE1, "second_line": LINE2, "city": CITY,
            "state": REGION, "zip": POSTCODE, "country_iso": "US", "buyer_email": "n@buyer.example",
            "status": if sale.paid { "paid" } else { "payment processing" }, "is_paid": sale.paid, "is_shipped": false,
            "created_timestamp": 1_795_200_000, "updated_timestamp": sale.changed_at.as_second(), "is_gift": false,
            "gift_message": "", "message_from_buyer": null, "grandtotal": money(sale.cents()), "shipments": [],
            "refunds": [], "transactions": sale.lines.iter().map(line).collect::<Vec<_>>(),
        });
        self.state().receipts.push(receipt);
    }

    fn withhold(&self, id: &str) {
        self.change(id, |r| {
            for key in ["first_line", "second_line", "city", "state", "zip", "country_iso"] {
                r[key] = Value::Null;
            }
        });
    }

    fn cancel(&self, id: &str) {
        self.change(id, |r| r["status"] = "canceled".into());
    }

    fn refund(&self, id: &str) {
        self.change(id, |r| {
            r["status"] = "fully refunded".into();
            r["refunds"] = json!([{ "amount": r["grandtotal"], "created_timestamp": 1_795_300_000, "reason": null }]);
        });
    }

    fn told(&self, id: &str) -> Vec<Told> {
        let state = self.state();
        let receipt = state.receipts.iter().find(|r| is(r, id)).unwrap();
        let text = |v: &Value| v.as_str().unwrap().to_owned();
        let told =
            |s: &Value| Told { tracking: text(&s["tracking_code"]), carrier: text(&s["carrier_name"]), lines: vec![] };
        receipt["shipments"].as_array().unwrap().iter().map(told).collect()
    }

    fn expire_tokens(&self) {
        self.state().tokens.access.clear();
    }
}
