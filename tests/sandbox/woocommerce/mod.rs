//! WooCommerce 10.5.2 behind its REST API, as a real one answered: times without a zone, a filter that is strict and easily
//! switched off, fulfilments that take anything twice, keys that count only where the address says so.

mod auth;
mod orders;
mod parcels;
mod shop;
mod state;

use std::sync::{Arc, Mutex, MutexGuard};

use serde_json::{Value, json};

use super::http::{Called, Reply};
use super::{Sandbox, Service};
pub use state::{KEY, Order, SECRET, State, item, order};

/// A handle; the service and the test share the state.
#[derive(Clone, Default)]
pub struct WooCommerce {
    state: Arc<Mutex<State>>,
}

impl WooCommerce {
    pub fn start() -> (Self, Sandbox) {
        let site = Self::default();
        let sandbox = Sandbox::start(vec![Box::new(site.clone())]);
        (site, sandbox)
    }

    pub fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap()
    }
}

/// WordPress's own form of an error.
pub fn error(status: u16, code: &str, message: &str) -> Reply {
    Reply::json(status, &json!({ "code": code, "message": message, "data": { "status": status } }))
}

fn no_route() -> Reply {
    error(404, "rest_no_route", "No route was found matching the URL and request method.")
}

fn index(state: &State, called: &Called) -> Reply {
    let mut namespaces = vec!["oembed/1.0", "wp/v2", "wc/v3", "wc/store/v1"];
    if state.has_tracking_list {
        namespaces.push("wc-shipment-tracking/v3");
    }
    let scheme = if state.thinks_encrypted { "https" } else { "http" };
    let home = format!("{scheme}://{}{}", called.header("Host").unwrap_or_default(), state.folder);
    Reply::json(200, &json!({ "name": "Sample", "home": home, "url": home, "namespaces": namespaces }))
}

impl WooCommerce {
    fn route(&self, called: &Called) -> Option<String> {
        let state = self.state();
        let path = called.path.strip_prefix(state.folder)?;
        match path.strip_prefix("/wp-json") {
            Some(route) if !state.plain => Some(route.to_owned()),
            _ if path == "/index.php" => called.query("rest_route").map(str::to_owned),
            _ => None,
        }
    }
}

impl Service for WooCommerce {
    fn owns(&self, path: &str) -> bool {
        path.contains("/wp-json") || path.ends_with("/index.php")
    }

    fn answer(&self, called: &Called) -> Option<Reply> {
        if !self.owns(&called.path) {
            return None;
        }
        let Some(route) = self.route(called) else {
            let headers = vec![("Content-Type", "text/html".to_owned())];
            return Some(Reply { status: 404, headers, body: b"<html>Page not found</html>".to_vec(), sent: None });
        };
        let mut state = self.state();
        if let Some(to) = &state.moved_to {
            let headers = vec![("Location", format!("{to}/wp-json{route}"))];
            return Some(Reply { status: 301, headers, body: vec![], sent: None });
        }
        if route == "/" {
            return Some(index(&state, called));
        }
        let mut reply = match auth::turned_away(&mut state, called) {
            Some(reply) => reply,
            None => orders::answer(&mut state, &route, called)
                .or_else(|| parcels::answer(&mut state, &route, called))
                .unwrap_or_else(no_route),
        };
        let now = state.clock.unwrap_or_else(jiff::Timestamp::now);
        reply.headers.push(("Date", now.strftime("%a, %d %b %Y %H:%M:%S GMT").to_string()));
        Some(reply)
    }

    fn too_many(&self) -> Reply {
        Reply { status: 429, headers: vec![], body: b"<html>Slow down</html>".to_vec(), sent: None }
    }

    fn wrong(&self) -> Vec<String> {
        self.state().wrong.clone()
    }

    fn orders(&self) -> Vec<(String, String)> {
        let state = self.state();
        let told = state.orders.iter().flat_map(|o| o.told());
        told.map(|(number, id, _)| (number, id)).collect()
    }
}

/// Only the fields that were asked for; `_links` come all the same.
pub fn fields(value: &Value, called: &Called) -> Value {
    let Some(wanted) = called.query("_fields") else { return value.clone() };
    let mut kept = serde_json::Map::new();
    for name in wanted.split(',') {
        if let Some(found) = value.get(name) {
            kept.insert(name.to_owned(), found.clone());
        }
    }
    kept.insert("_links".to_owned(), json!({ "self": [] }));
    Value::Object(kept)
}
