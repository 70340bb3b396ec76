//! Fulfilments of WooCommerce itself, the tracking list of a plugin, and notes. None of them asks whether it was told before.

use serde_json::{Value, json};

use super::super::http::{Called, Reply};
use super::{State, error};

pub fn answer(state: &mut State, route: &str, called: &Called) -> Option<Reply> {
    if let Some(rest) = route.strip_prefix("/wc-shipment-tracking/v3/orders/") {
        let id = rest.strip_suffix("/shipment-trackings")?.parse().ok()?;
        return state.has_tracking_list.then(|| tracking(state, id, called));
    }
    let (id, of) = route.strip_prefix("/wc/v3/orders/")?.split_once('/')?;
    let id = id.parse().ok()?;
    let known = state.orders.iter().any(|o| o.order["id"] == id);
    match of {
        "fulfillments" if state.has_fulfillments && !known => {
            let data = json!({ "status": "404" });
            let body =
                json!({ "code": "woocommerce_rest_order_invalid_id", "message": "Invalid order ID.", "data": data });
            Some(Reply::json(404, &body))
        }
        "fulfillments" if state.has_fulfillments => Some(fulfillments(state, id, called)),
        "notes" if known => Some(notes(state, id, called)),
        _ => None,
    }
}

fn bad(message: &str) -> Reply {
    Reply::json(400, &json!({ "code": 0, "message": message, "data": { "status": 400 } }))
}

fn fulfillments(state: &mut State, id: u64, called: &Called) -> Reply {
    if called.method == "GET" {
        return Reply::json(200, &json!(state.get(id).fulfillments));
    }
    let sent = &called.json;
    let Some(meta) = sent["meta_data"].as_array() else {
        return error(400, "rest_missing_callback_param", "Missing parameter(s): meta_data");
    };
    // Without the id 0 an entry is left out.
    let kept: Vec<&Value> = meta.iter().filter(|m| m["id"] == 0).collect();
    let value = |key: &str| kept.iter().find(|m| m["key"] == key).map(|m| m["value"].clone()).unwrap_or_default();
    let items = value("_items").as_array().cloned().unwrap_or_default();
    if items.is_empty() {
        return bad("The fulfillment should contain at least one item.");
    }
    if items.iter().any(|i| !i["item_id"].is_u64() || i["qty"].as_u64().unwrap_or(0) == 0) {
        return bad("Invalid item.");
    }
    over(state, id, &items);
    let key = state.next();
    let meta: Vec<Value> =
        kept.iter().enumerate().map(|(i, m)| json!({ "id": i + 1, "key": m["key"], "value": m["value"] })).collect();
    let fulfilled = sent["status"] == "fulfilled";
    let made = json!({ "id": key, "is_fulfilled": fulfilled, "status": sent["status"], "entity_type": "WC_Order",
                       "entity_id": id.to_string(), "date_updated": "2026-11-22 05:35:40", "meta_data": meta });
    state.get(id).fulfillments.push(made.clone());
    state.change(id, |o| {
        o["meta_data"] = json!([{ "id": 9, "key": "_fulfillment_status", "value": "partially_fulfilled" }])
    });
    if sent["notify_customer"] == true {
        state.mails.push(value("_tracking_number").as_str().unwrap_or_default().to_owned());
    }
    Reply::json(201, &made)
}

/// A real one takes any line and any number of pieces; who does that has not counted.
fn over(state: &mut State, id: u64, items: &[Value]) {
    for item in items {
        let order = state.get(id).order.clone();
        let line = order["line_items"].as_array().unwrap().iter().find(|l| l["id"] == item["item_id"]).cloned();
        let ordered = line.map_or(0, |l| l["quantity"].as_u64().unwrap());
        if item["qty"].as_u64().unwrap() > ordered {
            state.wrong.push(format!("{} of {ordered} pieces of a line", item["qty"]));
        }
    }
}

fn tracking(state: &mut State, id: u64, called: &Called) -> Reply {
    if !state.orders.iter().any(|o| o.order["id"] == id) {
        return error(404, "woocommerce_rest_order_invalid_id", "Invalid order ID.");
    }
    if called.method == "GET" {
        return Reply::json(200, &json!(state.get(id).tracking));
    }
    let sent = &called.json;
    if sent["tracking_number"].as_str().is_none_or(str::is_empty) {
        return error(400, "rest_missing_callback_param", "Missing parameter(s): tracking_number");
    }
    let key = format!("{:032x}", state.next());
    let made = json!({ "tracking_id": key, "tracking_provider": "", "tracking_number": sent["tracking_number"],
                       "tracking_link": sent["custom_tracking_link"].as_str().unwrap_or_default(),
                       "date_shipped": sent["date_shipped"] });
    state.get(id).tracking.push(made.clone());
    state.touch(id, 1);
    Reply::json(201, &made)
}

/// A note changes no order, and writes to the customer each time that it is for him.
fn notes(state: &mut State, id: u64, called: &Called) -> Reply {
    if called.method == "GET" {
        return Reply::json(200, &json!(state.get(id).notes));
    }
    let key = state.next();
    let note = called.json["note"].as_str().unwrap_or_default();
    let made = json!({ "id": key, "author": "admin", "date_created_gmt": "2026-11-22T10:36:55", "note": note,
                       "customer_note": called.json["customer_note"] });
    state.get(id).notes.push(made.clone());
    if called.json["customer_note"] == true {
        state.mails.push(format!("note {key}"));
    }
    Reply::json(201, &made)
}
