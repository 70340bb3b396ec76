//! Suppliers and stores on loopback that remember what they were told, break where a test says so, and complain when
//! they are used wrongly. A service is one file (or folder) beside this one that implements [`Service`].
#![allow(clippy::cmp_owned, dead_code, unused_imports, clippy::unwrap_used, clippy::panic, clippy::expect_used)]

pub mod alibaba;
pub mod aliexpress;
pub mod amazon;
pub mod banggood;
pub mod bigcommerce;
pub mod cj;
pub mod ebay;
pub mod etsy;
pub mod facts;
pub mod fault;
pub mod http;
pub mod iop;
pub mod oauth;
mod server;
pub mod shop;
pub mod shopify;
pub mod squarespace;
pub mod track17;

use std::sync::{Arc, Mutex, MutexGuard};

use serde_json::{Value, json};

pub use self::fault::Fault;
pub use self::http::{Called, Reply};
use self::server::Server;

/// One supplier or store. State lies behind a handle that the test keeps.
pub trait Service: Send + Sync {
    /// `None` when the path is not its.
    fn answer(&self, called: &Called) -> Option<Reply>;
    /// What it says when there were too many calls.
    fn too_many(&self) -> Reply;
    /// True for its paths.
    fn owns(&self, path: &str) -> bool;
    /// How it was called wrongly so far.
    fn wrong(&self) -> Vec<String>;
    /// Orders that it holds, one `(reference, its own id)` each.
    fn orders(&self) -> Vec<(String, String)>;
}

pub struct Sandbox {
    inner: Arc<Inner>,
    server: Server,
    /// A test may mean to call it wrongly, or not at all.
    pub strict: bool,
}

struct Inner {
    services: Vec<Box<dyn Service>>,
    told: Mutex<Told>,
}

#[derive(Default)]
struct Told {
    /// Path, and path with what tells the calls of one path apart.
    calls: Vec<(String, String)>,
    urls: Vec<String>,
    faults: Vec<(String, Fault)>,
    wrong: Vec<String>,
}

impl Sandbox {
    pub fn start(services: Vec<Box<dyn Service>>) -> Self {
        Self::start_on("127.0.0.1:0", services)
    }

    pub fn start_on(address: &str, services: Vec<Box<dyn Service>>) -> Self {
        let inner = Arc::new(Inner { services, told: Mutex::default() });
        let server = Server::start(address, inner.clone());
        Self { inner, server, strict: true }
    }

    /// For `base_url`.
    pub fn url(&self) -> String {
        format!("http://{}", self.server.address)
    }

    /// The next call whose path, or method or operation behind it, ends so meets this fault; several are met one after the other.
    pub fn fault(&self, path_end: &str, fault: Fault) {
        self.told().faults.push((path_end.to_owned(), fault));
    }

    /// How often a path that ends so was called, faults included.
    pub fn calls(&self, path_end: &str) -> usize {
        self.told().calls.iter().filter(|(path, name)| path.ends_with(path_end) || name.ends_with(path_end)).count()
    }

    /// How many orders of the supplier bear this reference: the number that must never be two.
    pub fn orders_of(&self, reference: &str) -> usize {
        self.inner.services.iter().flat_map(|s| s.orders()).filter(|(r, _)| r == reference).count()
    }

    /// Every path with its query as it arrived, decoded: for a test of what may not stand there.
    pub fn urls(&self) -> Vec<String> {
        self.told().urls.clone()
    }

    /// How it was called wrongly so far.
    pub fn wrong(&self) -> Vec<String> {
        let unanswered = self.told().wrong.clone();
        unanswered.into_iter().chain(self.inner.services.iter().flat_map(|s| s.wrong())).collect()
    }

    fn told(&self) -> MutexGuard<'_, Told> {
        self.inner.told.lock().unwrap()
    }
}

impl Inner {
    fn told(&self) -> MutexGuard<'_, Told> {
        self.told.lock().unwrap()
    }

    fn note(&self, called: &Called) -> Option<Fault> {
        let mut told = self.told();
        let query: Vec<String> = called.query.iter().map(|(key, value)| format!("{key}={value}")).collect();
        told.urls.push(format!("{}?{}", called.path, query.join("&")));
        let (path, name) = (called.path.clone(), called.name());
        let at = told.faults.iter().position(|(end, _)| path.ends_with(end.as_str()) || name.ends_with(end.as_str()));
        told.calls.push((path, name));
        let at = at?;
        Some(told.faults.remove(at).1)
    }

    fn answer(&self, called: &Called) -> Reply {
        if called.path.starts_with("/_sandbox/") {
            return self.control(called);
        }
        if let Some(reply) = self.services.iter().find_map(|service| service.answer(called)) {
            return reply;
        }
        self.told().wrong.push(format!("nobody answers {} {}", called.method, called.path));
        Reply::json(404, &json!({ "message": "not found" }))
    }

    fn too_many(&self, called: &Called) -> Reply {
        let owner = self.services.iter().find(|service| service.owns(&called.path));
        owner.map_or(Reply::json(429, &Value::Null), |service| service.too_many())
    }

    /// For another process: `GET /_sandbox/orders`, `POST /_sandbox/fault {"path","fault","times"}`.
    fn control(&self, called: &Called) -> Reply {
        if called.path.ends_with("/fault") {
            let text = |key: &str| called.json[key].as_str().unwrap_or_default().to_owned();
            for _ in 0..called.json["times"].as_u64().unwrap_or(1) {
                match Fault::named(&text("fault")) {
                    Some(fault) => self.told().faults.push((text("path"), fault)),
                    None => return Reply::json(400, &json!({ "faults": fault::NAMES })),
                }
            }
        }
        let orders: Vec<_> = self.services.iter().flat_map(|s| s.orders()).collect();
        let wrong: Vec<_> = self.services.iter().flat_map(|s| s.wrong()).collect();
        Reply::json(200, &json!({ "orders": orders, "calls": self.told().calls.len(), "wrong": wrong }))
    }
}

impl Drop for Sandbox {
    fn drop(&mut self) {
        self.server.stop();
        if std::thread::panicking() || !self.strict {
            return;
        }
        let told = self.told();
        assert!(!told.calls.is_empty(), "the sandbox was never called");
        let wrong: Vec<_> =
            told.wrong.iter().cloned().chain(self.inner.services.iter().flat_map(|s| s.wrong())).collect();
        assert!(wrong.is_empty(), "the sandbox was called wrongly: {wrong:#?}");
        assert!(told.faults.is_empty(), "faults that no call met: {:?}", told.faults);
    }
}
