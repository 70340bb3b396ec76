//! How answers look: under the method's name, lists under one more key, one element perhaps as itself.

use serde_json::{Value, json};

use super::super::http::Reply;
use super::super::iop::{Params, value};
use super::state::State;

/// The body under the method's name.
pub fn answer(state: &State, params: &Params, mut body: Value) -> Reply {
    body["request_id"] = "2101000000000000001".into();
    body["_trace_id_"] = "2140000000000000001".into();
    if state.as_text {
        body = swapped(body);
    }
    let name = format!("{}_response", value(params, "method").replace('.', "_"));
    Reply::json(200, &json!({ name: body }))
}

pub fn list(state: &State, params: &Params, wrapper: &str, items: Vec<Value>) -> Value {
    if value(params, "simplify") == "true" {
        return items.into();
    }
    match (state.flattens, items.len()) {
        (true, 1) => json!({ wrapper: items[0] }),
        _ => json!({ wrapper: items }),
    }
}

/// Numbers and truth as text.
fn swapped(value: Value) -> Value {
    match value {
        Value::Number(number) => number.to_string().into(),
        Value::Bool(flag) => flag.to_string().into(),
        Value::Array(list) => list.into_iter().map(swapped).collect(),
        Value::Object(fields) => fields.into_iter().map(|(k, v)| (k, swapped(v))).collect(),
        other => other,
    }
}

pub fn dollars(cents: u64) -> String {
    format!("{}.{:02}", cents / 100, cents % 100)
}
