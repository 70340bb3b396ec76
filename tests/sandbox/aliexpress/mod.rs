//! AliExpress's Drop Shipping API as its documents and captured bodies describe it. Orders are found by AliExpress's own
//! number alone, and no answer ever holds an address.

mod catalogue;
mod check;
mod orders;
mod shape;
mod state;

use std::sync::{Arc, Mutex, MutexGuard};

use super::http::{Called, Reply};
use super::iop::{SECRET, error};
use super::{Sandbox, Service};
#[allow(unused_imports)]
pub use state::{Order, State};

pub const KEY: &str = "510000";
pub const APP_SECRET: &str = SECRET;
/// Two variants of one product, and the only variant of another, of another store.
pub const BLACK_M: &str = "1005006000000001:14:193#Black;5:361386";
pub const WHITE_M: &str = "1005006000000001:14:29#White Tee;5:361386";
pub const SINGLE: &str = "1005006000000002:";
pub const METHOD: &str = "CAINIAO_FULFILLMENT_STD";
pub const ORDER_CREATE: &str = "/aliexpress.ds.order.create";

#[derive(Clone, Default)]
pub struct AliExpress {
    state: Arc<Mutex<State>>,
}

impl AliExpress {
    pub fn start() -> (Self, Sandbox) {
        let aliexpress = Self::default();
        let sandbox = Sandbox::start(vec![Box::new(aliexpress.clone())]);
        (aliexpress, sandbox)
    }

    pub fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap()
    }
}

impl Service for AliExpress {
    fn owns(&self, path: &str) -> bool {
        path == "/sync" || path.starts_with("/rest/auth/") || path == "/oauth/authorize"
    }

    fn answer(&self, called: &Called) -> Option<Reply> {
        if !self.owns(&called.path) {
            return None;
        }
        let mut state = self.state();
        if called.path == "/oauth/authorize" {
            return Some(state.gateway.page(called));
        }
        let path = called.path.strip_prefix("/rest").unwrap_or_default();
        let params = match state.gateway.pass(called, path, "session") {
            Ok(params) => params,
            Err(reply) => return Some(reply),
        };
        if path.starts_with("/auth/") {
            return Some(state.gateway.auth(path, &params));
        }
        Some(orders::answer(&mut state, &params).or_else(|| catalogue::answer(&mut state, &params)).unwrap_or_else(
            || {
                state.gateway.wrong.push("no method of AliExpress's".to_owned());
                error("ISV", "InvalidApiPath", "The specified API path is invalid")
            },
        ))
    }

    fn too_many(&self) -> Reply {
        error("ISV", "ApiCallLimit", "Api access frequency exceeds the limit. this ban will last 1 seconds")
    }

    fn wrong(&self) -> Vec<String> {
        self.state().gateway.wrong.clone()
    }

    fn orders(&self) -> Vec<(String, String)> {
        self.state().orders.iter().map(|o| (o.reference.clone(), o.id.to_string())).collect()
    }
}
