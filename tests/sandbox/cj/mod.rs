//! CJ Dropshipping as its documents and its clients describe it. Where they disagree it takes the harder side: names
//! come back with a space behind them, amounts are null before confirmation and text after it, ids have three forms.

mod catalogue;
mod orders;
mod state;

use std::sync::{Arc, Mutex, MutexGuard};

use serde_json::{Value, json};

use super::http::{Called, Reply};
use super::{Sandbox, Service};
#[allow(unused_imports)]
pub use state::{Rule, State};

pub const KEY: &str = "CJ1234567@api@0123456789abcdef0123456789abcdef";
const ROOT: &str = "/api2.0/v1";

/// A handle; the service and the test share the state.
#[derive(Clone, Default)]
pub struct Cj {
    state: Arc<Mutex<State>>,
}

impl Cj {
    pub fn start() -> (Self, Sandbox) {
        let cj = Self::default();
        let sandbox = Sandbox::start(vec![Box::new(cj.clone())]);
        (cj, sandbox)
    }

    pub fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap()
    }
}

fn success(data: Value) -> Reply {
    Reply::json(
        200,
        &json!({ "code": 200, "result": true, "message": "Success", "data": data,
                 "requestId": "00000000-1111-2222-3333-444444444444", "success": true }),
    )
}

fn error(status: u16, code: u32, message: &str) -> Reply {
    let body = json!({ "code": code, "result": false, "message": message, "data": null,
                       "requestId": "00000000-1111-2222-3333-555555555555", "success": false });
    Reply::json(status, &body)
}

impl Service for Cj {
    fn owns(&self, path: &str) -> bool {
        path.starts_with(ROOT)
    }

    fn answer(&self, called: &Called) -> Option<Reply> {
        let path = called.path.strip_prefix(ROOT)?;
        let mut state = self.state();
        if called.header("Content-Type") != Some("application/json") {
            state.wrong.push(format!("{path}: no content type"));
            return Some(error(200, 16900203, "content type not supported"));
        }
        if !called.body.is_empty() && called.json.is_null() {
            state.wrong.push(format!("{path}: the body is not JSON"));
            return Some(error(200, 16900205, "request body is not JSON"));
        }
        if path == "/authentication/getAccessToken" {
            return Some(state.log_in(called));
        }
        if path == "/authentication/refreshAccessToken" {
            return Some(state.refresh(called));
        }
        if let Some(reply) = state.turned_away(called) {
            return Some(reply);
        }
        let known = orders::answer(&mut state, &called.method, path, called)
            .or_else(|| catalogue::answer(&mut state, &called.method, path, called));
        if known.is_none() {
            state.wrong.push(format!("{} {path} is no call of CJ's", called.method));
        }
        Some(known.unwrap_or_else(|| error(200, 16900202, "Request method not supported")))
    }

    fn too_many(&self) -> Reply {
        error(429, 1600200, "Too Many Requests, QPS limit is 1 time/1second")
    }

    fn wrong(&self) -> Vec<String> {
        self.state().wrong.clone()
    }

    fn orders(&self) -> Vec<(String, String)> {
        self.state().orders.iter().map(|o| (o.number().to_owned(), o.code.clone())).collect()
    }
}
