//! `/wc/v3/orders`: the list with its filter, one order, its refunds and its status.

use serde_json::{Value, json};

use super::super::http::{Called, Reply};
use super::{State, error, fields};

const STATUSES: [&str; 9] = [
    "auto-draft",
    "pending",
    "processing",
    "on-hold",
    "completed",
    "cancelled",
    "refunded",
    "failed",
    "checkout-draft",
];

pub fn answer(state: &mut State, route: &str, called: &Called) -> Option<Reply> {
    let rest = route.strip_prefix("/wc/v3/orders")?;
    if rest.is_empty() && called.method == "GET" {
        return Some(list(state, called));
    }
    let mut parts = rest.trim_start_matches('/').split('/');
    let id = parts.next()?.parse::<u64>().ok()?;
    let (of, more) = (parts.next(), parts.next());
    if more.is_some() {
        return None;
    }
    let known = state.orders.iter().any(|o| o.order["id"] == id);
    match (called.method.as_str(), of) {
        (_, None) if !known => Some(error(404, "woocommerce_rest_shop_order_invalid_id", "Invalid ID.")),
        ("GET", None) => Some(Reply::json(200, &fields(&state.get(id).order, called))),
        ("PUT", None) => Some(put(state, id, &called.json)),
        ("GET", Some("refunds")) if known => Some(Reply::json(200, &json!(page(&state.get(id).refunds, called)))),
        _ => None,
    }
}

fn put(state: &mut State, id: u64, sent: &Value) -> Reply {
    let status = sent["status"].as_str().unwrap_or_default();
    if !STATUSES.contains(&status) {
        let message = format!("status is not one of {}.", STATUSES.join(", "));
        let body = json!({ "code": "rest_invalid_param", "message": "Invalid parameter(s): status",
                           "data": { "status": 400, "params": { "status": message }, "details": {} } });
        return Reply::json(400, &body);
    }
    if state.get(id).order["status"] != status {
        state.change(id, |order| order["status"] = json!(status));
        state.mails.push(format!("{status} {id}"));
    }
    Reply::json(200, &state.get(id).order)
}

fn number(called: &Called, name: &str, otherwise: usize) -> usize {
    called.query(name).map_or(otherwise, |text| text.parse().unwrap_or(0))
}

pub fn page<T: Clone>(all: &[T], called: &Called) -> Vec<T> {
    let (size, at) = (number(called, "per_page", 10), number(called, "page", 1));
    all.iter().skip(size * (at - 1)).take(size).cloned().collect()
}

fn list(state: &mut State, called: &Called) -> Reply {
    if !(1..=100).contains(&number(called, "per_page", 10)) {
        state.wrong.push("a page of more than a hundred".to_owned());
        return error(400, "rest_invalid_param", "Invalid parameter(s): per_page");
    }
    let zoneless = called.query("dates_are_gmt") == Some("true");
    let after = called.query("modified_after");
    if zoneless && after.is_some_and(|at| at.ends_with('Z') || at.contains('.')) {
        state.wrong.push("a filter that is off: dates_are_gmt with a zone".to_owned());
    }
    let mut found: Vec<&Value> = state.orders.iter().map(|o| &o.order).filter(|o| o["status"] != "trash").collect();
    if let Some(after) = after {
        let after = after.trim_end_matches('Z');
        found.retain(|o| o["date_modified_gmt"].as_str().unwrap() > after);
    }
    match called.query("orderby") {
        Some("modified") => {
            found.sort_by_cached_key(|o| (o["date_modified_gmt"].as_str().unwrap().to_owned(), o["id"].as_u64()))
        }
        _ => found.sort_by_key(|o| o["id"].as_u64()),
    }
    if called.query("order") != Some("asc") {
        found.reverse();
    }
    let total = found.len();
    let shown: Vec<Value> = page(&found, called).into_iter().map(|o| fields(o, called)).collect();
    let mut reply = Reply::json(200, &json!(shown));
    // Past the end the count is nothing, with the tables of its own.
    let total = if shown.is_empty() { 0 } else { total };
    reply.headers.push(("X-WP-Total", total.to_string()));
    reply
}
