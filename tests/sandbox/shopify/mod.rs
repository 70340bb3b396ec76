//! A Shopify shop behind its GraphQL Admin API. Documents are held against the schema's facts and answered field by field;
//! calls cost points of a bucket; fulfilment orders count what remains.

mod execute;
mod fulfil;
mod shop;
mod state;

use std::collections::HashMap;
use std::sync::{Arc, LazyLock, Mutex, MutexGuard};

use apollo_compiler::validation::Valid;
use apollo_compiler::{ExecutableDocument, Schema};
use serde_json::{Value, json};

use super::http::{Called, Reply};
use super::{Sandbox, Service};
pub use state::{CLIENT, State, TOKEN, line, order};

pub const FACTS: &str = include_str!("../../shopify_schema/facts.graphql");

static SCHEMA: LazyLock<Valid<Schema>> = LazyLock::new(|| Schema::parse_and_validate(FACTS, "facts.graphql").unwrap());
/// Documents that were read before: validating costs more than answering.
static READ: LazyLock<Mutex<HashMap<String, Arc<Valid<ExecutableDocument>>>>> = LazyLock::new(Mutex::default);

/// A handle; the service and the test share the state.
#[derive(Clone, Default)]
pub struct Shopify {
    state: Arc<Mutex<State>>,
}

impl Shopify {
    pub fn start() -> (Self, Sandbox) {
        let shop = Self::default();
        let sandbox = Sandbox::start(vec![Box::new(shop.clone())]);
        (shop, sandbox)
    }

    pub fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap()
    }
}

/// The document, if the schema allows it.
pub fn document(text: &str) -> Result<Arc<Valid<ExecutableDocument>>, String> {
    if let Some(known) = READ.lock().unwrap().get(text) {
        return Ok(known.clone());
    }
    let read = ExecutableDocument::parse_and_validate(&SCHEMA, text, "document.graphql");
    let read = Arc::new(read.map_err(|e| e.to_string())?);
    READ.lock().unwrap().insert(text.to_owned(), read.clone());
    Ok(read)
}

fn error(code: &str, message: &str, state: &State, cost: u64) -> Reply {
    let errors = json!([{ "message": message, "extensions": { "code": code,
                          "documentation": "https://shopify.dev/api/usage/rate-limits" } }]);
    Reply::json(200, &json!({ "errors": errors, "extensions": { "cost": state.cost(cost, None) } }))
}

impl Shopify {
    fn graphql(&self, called: &Called) -> Reply {
        let mut state = self.state();
        if called.header("Content-Type") != Some("application/json") {
            state.wrong.push("no content type".to_owned());
        }
        if let Some(reply) = state.turned_away(called) {
            return reply;
        }
        let text = called.json["query"].as_str().unwrap_or_default();
        if let Some(field) = state.lacks.iter().find(|field| text.contains(**field)) {
            let message = format!("Field '{field}' doesn't exist on type 'Order'");
            return error("undefinedField", &message, &state, 0);
        }
        let document = match document(text) {
            Ok(document) => document,
            Err(why) => {
                state.wrong.push(why.clone());
                return error("GRAPHQL_VALIDATION_FAILED", &why, &state, 0);
            }
        };
        let cost = execute::cost(&document, &called.json["variables"]);
        if cost > state.most_for_one {
            return error("MAX_COST_EXCEEDED", "The query cost exceeds the limit", &state, cost);
        }
        if !state.pay(cost) {
            return error("THROTTLED", "Throttled", &state, cost);
        }
        if state.denies {
            let message = "This app is not approved to access the Order object";
            return error("ACCESS_DENIED", message, &state, cost);
        }
        let data = execute::execute(&mut state, &document, &called.json["variables"]);
        Reply::json(200, &json!({ "data": data, "extensions": { "cost": state.cost(cost, Some(cost)) } }))
    }
}

impl Service for Shopify {
    fn owns(&self, path: &str) -> bool {
        path.starts_with("/admin/")
    }

    fn answer(&self, called: &Called) -> Option<Reply> {
        match called.path.as_str() {
            "/admin/oauth/access_token" => Some(self.state().grant(called)),
            "/admin/api/2026-10/graphql.json" if called.method == "POST" => Some(self.graphql(called)),
            path if path.starts_with("/admin/") => {
                self.state().wrong.push(format!("{} {path} is no call of Shopify's", called.method));
                Some(Reply::json(404, &json!({ "errors": "Not Found" })))
            }
            _ => None,
        }
    }

    fn too_many(&self) -> Reply {
        let body = json!({ "errors": [{ "message": "Throttled", "extensions": { "code": "THROTTLED" } }] });
        Reply::json(429, &body)
    }

    fn wrong(&self) -> Vec<String> {
        self.state().wrong.clone()
    }

    fn orders(&self) -> Vec<(String, String)> {
        let state = self.state();
        let told = state.orders.iter().flat_map(|o| o["fulfillments"].as_array().unwrap());
        told.map(|f| {
            let number = f["trackingInfo"][0]["number"].as_str().unwrap_or_default();
            (number.to_owned(), f["id"].as_str().unwrap_or_default().to_owned())
        })
        .collect()
    }
}

/// The end of a global id.
pub fn tail(id: &Value) -> &str {
    id.as_str().unwrap_or_default().rsplit('/').next().unwrap_or_default()
}
