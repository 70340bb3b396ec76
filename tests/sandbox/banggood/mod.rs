//! Banggood as its documents and its clients describe it. Where they disagree it takes the harder side: numbers come as
//! text, an accepted order is not named, postcode and phone are not echoed, and HTTP is 200 whatever went wrong.

mod catalogue;
mod orders;
mod state;

use std::sync::{Arc, Mutex, MutexGuard};

use serde_json::{Value, json};

use super::http::{Called, Reply};
use super::{Fault, Sandbox, Service};
#[allow(unused_imports)]
pub use state::State;

pub const APP_ID: &str = "bg1000";
pub const SECRET: &str = "9f8e7d6c5b4a39281706f5e4d3c2b1a0";

/// A handle; the service and the test share the state.
#[derive(Clone, Default)]
pub struct Banggood {
    state: Arc<Mutex<State>>,
}

impl Banggood {
    pub fn start() -> (Self, Sandbox) {
        let banggood = Self::default();
        let sandbox = Sandbox::start(vec![Box::new(banggood.clone())]);
        (banggood, sandbox)
    }

    pub fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap()
    }

    /// An error of Banggood's inside a 200; `done` says whether the order was made all the same.
    pub fn error(code: &str, message: &str, done: bool) -> Fault {
        let body = format!(r#"{{"code":{code},"msg":"{message}","lang":"en"}}"#);
        if done { Fault::After(200, body) } else { Fault::Instead(200, body) }
    }
}

/// The fields of `data` beside the code.
fn success(mut data: Value) -> Reply {
    data["code"] = json!(0);
    data["lang"] = json!("en");
    Reply::json(200, &data)
}

fn error(code: u32, message: &str) -> Reply {
    Reply::json(200, &json!({ "code": code, "msg": message, "lang": "en" }))
}

impl Service for Banggood {
    fn owns(&self, path: &str) -> bool {
        path == "/getAccessToken" || ["/product/", "/order/", "/common/"].iter().any(|root| path.starts_with(root))
    }

    fn answer(&self, called: &Called) -> Option<Reply> {
        if !self.owns(&called.path) {
            return None;
        }
        let mut state = self.state();
        if !state.registered {
            return Some(error(31010, "Illegal request"));
        }
        if called.path == "/getAccessToken" {
            return Some(state.log_in(called));
        }
        if let Some(reply) = state.turned_away(called) {
            return Some(reply);
        }
        let known = orders::answer(&mut state, called).or_else(|| catalogue::answer(&mut state, called));
        if known.is_none() {
            state.wrong.push(format!("{} {} is no call of Banggood's", called.method, called.path));
        }
        Some(known.unwrap_or_else(|| Reply::json(404, &Value::Null)))
    }

    fn too_many(&self) -> Reply {
        error(41010, "Access restrictions")
    }

    fn wrong(&self) -> Vec<String> {
        self.state().wrong.clone()
    }

    fn orders(&self) -> Vec<(String, String)> {
        self.state().orders.iter().map(|o| (o.reference.clone(), o.id.clone())).collect()
    }
}
