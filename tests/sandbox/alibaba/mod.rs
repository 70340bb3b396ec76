//! Alibaba.com's platform for buyers as its reference and notes of real calls describe it: every scalar may be text,
//! what is missing is `"null"`, what was sent as the telephone comes back as the mobile.

mod catalogue;
mod orders;

use std::sync::{Arc, Mutex, MutexGuard};

use serde_json::{Value, json};

use super::http::{Called, Reply};
use super::iop::{Gateway, SECRET, rest_error};
use super::{Sandbox, Service};

pub const KEY: &str = "600100";
pub const APP_SECRET: &str = SECRET;
const CODE_SECONDS: i64 = 1800;
/// Sold one by one, and from fifty on.
pub const LAMP: &str = "1600000000001:100000000001";
pub const CUPS: &str = "1600000000001:100000000002";
pub const METHOD: &str = "EX_ASP_JYC_FEDEX";
pub const ORDER_CREATE: &str = "/buynow/order/create";

#[derive(Clone, Debug)]
pub struct Trade {
    pub id: String,
    pub reference: String,
    pub logistics: Value,
    pub products: Value,
    pub clearance: Value,
    pub cents: u64,
    pub status: &'static str,
    pub parcels: Vec<(String, &'static str)>,
}

pub struct Sku {
    pub id: &'static str,
    pub stock: u64,
    /// Least quantity, price in cents from there on.
    pub ladder: Vec<(u64, u64)>,
}

pub struct State {
    pub gateway: Gateway,
    pub trades: Vec<Trade>,
    pub skus: Vec<Sku>,
    pub online: bool,
    /// Fields of the recorded address that are told otherwise, or no longer.
    pub echo: Vec<(&'static str, Option<Value>)>,
    /// Nobody has ever paid by hand with this account.
    pub never_paid: bool,
    pub paid: usize,
}

impl Default for State {
    fn default() -> Self {
        Self {
            gateway: Gateway::of(KEY, CODE_SECONDS),
            trades: vec![],
            skus: vec![
                Sku { id: "100000000001", stock: 900, ladder: vec![(1, 1250), (100, 990)] },
                Sku { id: "100000000002", stock: 9000, ladder: vec![(50, 40), (500, 32)] },
            ],
            online: true,
            echo: vec![],
            never_paid: false,
            paid: 0,
        }
    }
}

#[derive(Clone, Default)]
pub struct Alibaba {
    state: Arc<Mutex<State>>,
}

impl Alibaba {
    pub fn start() -> (Self, Sandbox) {
        let alibaba = Self::default();
        let sandbox = Sandbox::start(vec![Box::new(alibaba.clone())]);
        (alibaba, sandbox)
    }

    pub fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap()
    }
}

/// Success with a value.
fn value_of(value: Value) -> Reply {
    Reply::json(200, &json!({ "code": "0", "value": value, "request_id": "212a000000000000001" }))
}

/// Below `/eco`: success outside, and a code of its own inside.
fn result_of(code: &str, data: Value) -> Reply {
    let result = json!({ "result_code": code, "result_msg": if code == "200" { "success" } else { "Parameter format is error!" }, "result_data": data });
    Reply::json(200, &json!({ "code": "0", "result": result, "request_id": "212a000000000000002" }))
}

const PATHS: [&str; 8] =
    ["/eco/", "/order/", "/shipping/", "/buynow/", "/alibaba/", "/auth/", "/oauth/authorize", "/warehouse/"];

impl Service for Alibaba {
    fn owns(&self, path: &str) -> bool {
        let path = path.strip_prefix("/rest").unwrap_or(path);
        PATHS.iter().any(|own| path.starts_with(own))
    }

    fn answer(&self, called: &Called) -> Option<Reply> {
        let mut state = self.state();
        let shared = called.path == "/oauth/authorize" || called.path.starts_with("/rest/auth/");
        // AliExpress has the same paths; whose app it is decides.
        if shared && !state.gateway.is_of(called) {
            return None;
        }
        if called.path == "/oauth/authorize" {
            return Some(state.gateway.page(called));
        }
        let path = called.path.strip_prefix("/rest")?;
        if !self.owns(path) {
            return None;
        }
        let params = match state.gateway.pass(called, path, "access_token") {
            Ok(params) => params,
            Err(reply) => return Some(reply),
        };
        if path.starts_with("/auth/") {
            return Some(state.gateway.auth(path, &params));
        }
        let known = orders::answer(&mut state, path, &params).or_else(|| catalogue::answer(&mut state, path, &params));
        Some(known.unwrap_or_else(|| {
            state.gateway.wrong.push(format!("{path} is no call of Alibaba.com's"));
            rest_error("InvalidApiPath", "The specified API path is invalid")
        }))
    }

    fn too_many(&self) -> Reply {
        rest_error("7", "App call limited")
    }

    fn wrong(&self) -> Vec<String> {
        self.state().gateway.wrong.clone()
    }

    fn orders(&self) -> Vec<(String, String)> {
        self.state().trades.iter().map(|t| (t.reference.clone(), t.id.clone())).collect()
    }
}
