//! What the sandbox CJ remembers, and who may talk to it.

use std::time::{Duration, Instant};

use serde_json::{Value, json};

use super::super::http::{Called, Reply};
use super::{KEY, error, success};

/// A rule tip of a shipping route.
#[derive(Clone, Debug)]
pub struct Rule {
    pub kind: &'static str,
    pub expression: &'static str,
    pub strong: bool,
}

#[derive(Clone, Debug)]
pub struct Order {
    /// `SD…`, what create answers with.
    pub code: String,
    /// What detail calls `orderId`.
    pub id: u64,
    pub sent: Value,
    pub status: &'static str,
    pub track_number: Option<String>,
    /// Index of the products that this part of a split order holds; all when it was not split.
    pub parts: Option<Vec<usize>>,
}

impl Order {
    pub fn number(&self) -> &str {
        self.sent["orderNumber"].as_str().unwrap_or_default()
    }
}

pub struct State {
    pub key: String,
    pub orders: Vec<Order>,
    /// vid, variant SKU, price in cents, stock in CN.
    pub variants: Vec<(String, String, u64, u64)>,
    pub balance_cents: u64,
    pub rules: Vec<Rule>,
    /// Fields that detail says otherwise, or no longer.
    pub echo: Vec<(&'static str, Option<Value>)>,
    /// Both lines of the address come back as one.
    pub joins_lines: bool,
    /// One request a second, as CJ really does.
    pub limited: bool,
    pub throttled: usize,
    pub log_ins: usize,
    pub refreshes: usize,
    /// False: the refresh token is dead too.
    pub refreshable: bool,
    pub token_days: i64,
    pub wrong: Vec<String>,
    token: Option<String>,
    last_call: Option<Instant>,
    next: u64,
}

impl Default for State {
    fn default() -> Self {
        let variant = |vid: &str, sku: &str, cents, stock| (vid.to_owned(), sku.to_owned(), cents, stock);
        Self {
            key: KEY.to_owned(),
            orders: vec![],
            variants: vec![
                variant("1790000000000000001", "CJYD000000101AZ", 1000, 120),
                variant("AAAAAAAA-1111-4222-8333-BBBBBBBBBBBB", "CJJSBGDY00002-Grey", 435, 3),
            ],
            balance_cents: 8732,
            rules: vec![],
            echo: vec![],
            joins_lines: false,
            limited: false,
            throttled: 0,
            log_ins: 0,
            refreshes: 0,
            refreshable: true,
            token_days: 15,
            wrong: vec![],
            token: None,
            last_call: None,
            next: 0,
        }
    }
}

impl State {
    pub fn next(&mut self) -> u64 {
        self.next += 1;
        self.next
    }

    /// As after a log-out elsewhere: the next log-in gives another one.
    pub fn expire_token(&mut self) {
        self.token = None;
    }

    /// The same token for a whole day, whoever asks.
    pub fn log_in(&mut self, called: &Called) -> Reply {
        self.log_ins += 1;
        if called.method != "POST" || called.json.get("apiKey").is_none() {
            self.wrong.push("getAccessToken without apiKey".to_owned());
        }
        if called.json["apiKey"] != self.key.as_str() {
            return error(200, 1600005, "APIkey is wrong, please check and try again");
        }
        if self.token.is_none() {
            let next = self.next();
            self.token = Some(format!("API@CJ1234567@CJ:token-{next}"));
        }
        let mut pair = self.pair();
        pair["openId"] = json!(123_456_789);
        success(pair)
    }

    /// Another access token for a refresh token that still lives.
    pub fn refresh(&mut self, called: &Called) -> Reply {
        self.refreshes += 1;
        if called.method != "POST" || called.json["refreshToken"] != "API@CJ1234567@CJ:refresh" {
            self.wrong.push("refreshAccessToken without the refresh token".to_owned());
        }
        if !self.refreshable {
            return error(200, 1600003, "Refresh token is failure");
        }
        let next = self.next();
        self.token = Some(format!("API@CJ1234567@CJ:token-{next}"));
        success(self.pair())
    }

    fn pair(&self) -> Value {
        let ends = |days: i64| {
            let ends = jiff::Timestamp::now() + jiff::SignedDuration::from_hours(24 * days + 8);
            ends.strftime("%Y-%m-%dT%H:%M:%S+08:00").to_string()
        };
        json!({
            "accessToken": self.token, "accessTokenExpiryDate": ends(self.token_days),
            "refreshToken": "API@CJ1234567@CJ:refresh", "refreshTokenExpiryDate": ends(180), "createDate": ends(0),
        })
    }

    /// No token, a dead one, or too soon after the last call.
    pub fn turned_away(&mut self, called: &Called) -> Option<Reply> {
        match called.header("CJ-Access-Token") {
            None => {
                self.wrong.push(format!("{} without a token", called.path));
                return Some(error(401, 1600002, "Access token is empty"));
            }
            Some(token) if Some(token) != self.token.as_deref() => {
                return Some(error(401, 1600001, "Invalid API key or access token"));
            }
            Some(_) => {}
        }
        let now = Instant::now();
        let soon = self.last_call.is_some_and(|last| now - last < Duration::from_secs(1));
        if self.limited && soon {
            self.throttled += 1;
            return Some(error(429, 1600200, "Too Many Requests, QPS limit is 1 time/1second"));
        }
        self.last_call = Some(now);
        None
    }

    /// By our number, CJ's number or CJ's code. A split order is found in all its parts.
    pub fn found(&self, id: &str) -> Vec<usize> {
        let fits = |o: &Order| o.number() == id || o.code == id || o.id.to_string() == id;
        (0..self.orders.len()).filter(|i| fits(&self.orders[*i])).collect()
    }

    /// CJ divides an order into one for each product: `SD…-1`, `SD…-2`.
    pub fn split(&mut self, number: &str) {
        let at = self.found(number)[0];
        let whole = self.orders.remove(at);
        for part in 0..whole.sent["products"].as_array().unwrap().len() {
            let id = whole.id + 1 + part as u64;
            let code = format!("{}-{}", whole.code, part + 1);
            self.orders.push(Order { code, id, parts: Some(vec![part]), ..whole.clone() });
        }
    }

    pub fn ship(&mut self, number: &str, track_number: &str) {
        for at in self.found(number) {
            self.orders[at].status = "SHIPPED";
            self.orders[at].track_number = Some(track_number.to_owned());
        }
    }
}

/// Cents as a JSON number with two decimals.
pub fn dollars(cents: u64) -> Value {
    serde_json::from_str(&format!("{}.{:02}", cents / 100, cents % 100)).unwrap()
}
