//! Orders: import, info, history, tracking.

use serde_json::{Value, json};

use super::super::http::{Called, Reply};
use super::state::{Line, Order, State, dollars};
use super::{error, success};
use crate::sandbox::banggood::catalogue::{FEE_CENTS, methods};

const WHO: [&str; 9] = [
    "sale_record_id",
    "delivery_name",
    "delivery_country",
    "delivery_state",
    "delivery_city",
    "delivery_street_address",
    "delivery_street_address2",
    "delivery_postcode",
    "delivery_telephone",
];
/// What getOrderInfo says again: neither postcode nor telephone.
const ECHOED: std::ops::Range<usize> = 1..7;

pub fn answer(state: &mut State, called: &Called) -> Option<Reply> {
    Some(match (called.method.as_str(), called.path.as_str()) {
        ("POST", "/order/importOrder") => import(state, called),
        ("GET", "/order/getOrderInfo") => info(state, called),
        ("GET", "/order/getOrderHistory") => history(state, called),
        ("GET", "/order/getTrackInfo") => track(state, called),
        _ => return None,
    })
}

fn import(state: &mut State, called: &Called) -> Reply {
    if called.header("Content-Type") != Some("application/x-www-form-urlencoded") {
        state.wrong.push("importOrder is no form".to_owned());
    }
    let field = |key: &str| called.form(key).unwrap_or_default();
    for (i, key) in WHO.iter().enumerate().filter(|(i, _)| *i != 6) {
        if field(key).trim().is_empty() {
            state.wrong.push(format!("importOrder without {key} ({i})"));
        }
    }
    if called.body.windows(5).any(|w| w == b"email" || w == b"price") {
        state.wrong.push("neither e-mail nor prices are Banggood's business".to_owned());
    }
    let reference = field("sale_record_id");
    let lines: Vec<Line> = (0..).map_while(|i| line(called, i)).collect();
    if field("product_total") != lines.len().to_string() || lines.is_empty() {
        state.wrong.push("product_total does not agree with product_list".to_owned());
        return error(12063, "The number of prod");
    }
    if !state.is_country(&field("delivery_country")) {
        return error(12032, "Error country field");
    }
    if state.orders.iter().any(|o| o.reference == reference) {
        return error(12062, "Duplicate Sale_record_id");
    }
    let sent: Vec<(String, String)> = WHO.iter().map(|key| ((*key).to_owned(), field(key))).collect();
    let failures: Vec<Value> = lines.iter().filter_map(|l| Some(failure(l, wrong_with(state, l)?))).collect();
    let taken: Vec<Line> = lines.iter().filter(|l| wrong_with(state, l).is_none()).cloned().collect();
    keep(state, &reference, &sent, &taken);
    let mut answer = json!({ "sale_record_id": reference, "product_total": lines.len(),
        "success_total": taken.len().to_string(), "failure_total": failures.len() });
    if !failures.is_empty() {
        answer["failure_list"] = failures.into();
    }
    success(answer)
}

/// One order for each warehouse.
fn keep(state: &mut State, reference: &str, sent: &[(String, String)], lines: &[Line]) {
    let mut warehouses: Vec<&String> = lines.iter().map(|l| &l.warehouse).collect();
    warehouses.sort();
    warehouses.dedup();
    for warehouse in warehouses {
        let id = (45_678_900 + state.next()).to_string();
        state.orders.push(Order {
            id,
            reference: reference.to_owned(),
            sent: sent.to_vec(),
            lines: lines.iter().filter(|l| l.warehouse == *warehouse).cloned().collect(),
            status: "Payment Pending".to_owned(),
            track_number: String::new(),
        });
    }
}

fn line(called: &Called, at: usize) -> Option<Line> {
    let part = |key: &str| called.form(&format!("product_list[{at}][{key}]"));
    Some(Line {
        product: part("product_id")?,
        poa: part("poa_id").unwrap_or_default(),
        quantity: part("quantity")?.parse().ok()?,
        warehouse: part("warehouse").unwrap_or_default(),
        method: part("shipmethod_code").unwrap_or_default(),
    })
}

fn wrong_with(state: &State, line: &Line) -> Option<String> {
    let listing = if line.poa.is_empty() { line.product.clone() } else { format!("{}:{}", line.product, line.poa) };
    if let Some((_, reason)) = state.failing.iter().find(|(failing, _)| *failing == listing) {
        return Some((*reason).to_owned());
    }
    let Some(product) = state.product(&line.product) else { return Some("Error product_id".to_owned()) };
    if !product.options.iter().any(|(poa, _)| *poa == line.poa) {
        return Some("Error poa".to_owned());
    }
    if !product.warehouses.iter().any(|(warehouse, ..)| *warehouse == line.warehouse) {
        return Some("Error warehouse".to_owned());
    }
    (!methods(&line.warehouse).contains(&line.method.as_str())).then(|| "Error shipmethod_code".to_owned())
}

fn failure(line: &Line, reason: String) -> Value {
    json!({ "product_id": line.product, "quantity": line.quantity.to_string(), "warehouse": line.warehouse,
        "poa_id": line.poa, "shipmethod_code": line.method, "error_desc": reason })
}

/// No order is a success with an empty list.
fn info(state: &State, called: &Called) -> Reply {
    let reference = called.query("sale_record_id").unwrap_or_default();
    let orders: Vec<&Order> = state.orders.iter().filter(|o| o.reference == reference).collect();
    let Some(first) = orders.first() else { return success(json!({ "sale_record_id_list": [] })) };
    let mut user = json!({});
    for (key, value) in &first.sent[ECHOED] {
        user[key] = value.clone().into();
    }
    for (key, value) in &state.echo {
        match value {
            Some(value) => user[*key] = value.clone(),
            None => _ = user.as_object_mut().unwrap().remove(*key),
        }
    }
    let shown: Vec<Value> = orders.iter().map(|o| order(state, o)).collect();
    let user = if state.old_names { json!([user]) } else { user };
    success(json!({ "sale_record_id_list": [
        { "sale_record_id": reference, "order_list": shown, "user_info": user }] }))
}

fn order(state: &State, order: &Order) -> Value {
    let price = |line: &Line| {
        let product = state.product(&line.product).unwrap();
        let base = product.warehouses.iter().find(|(w, ..)| *w == line.warehouse).map_or(0, |w| w.1);
        let extra = product.options.iter().find(|(poa, _)| *poa == line.poa).map_or(0, |o| o.1);
        (base + extra) * line.quantity
    };
    let goods: u64 = order.lines.iter().map(price).sum();
    let fee = FEE_CENTS * order.lines.len() as u64;
    let lines: Vec<Value> = order
        .lines
        .iter()
        .map(|l| {
            json!({ "product_id": l.product, "warehouse": l.warehouse, "quantity": l.quantity.to_string(), "poa_id": l.poa })
        })
        .collect();
    json!({ "order_id": order.id, "status": order.status, "currency": "USD", "shipmethod_code": order.lines[0].method,
        "total_amount": dollars(goods + fee), "sub_amount": dollars(goods), "ds_discount": "0.00",
        "shipfee": dollars(fee), "ship_insurance": "0.00", "tariff_insurance": "0.00", "product_list": lines })
}

fn history(state: &mut State, called: &Called) -> Reply {
    let (reference, id) = (called.query("sale_record_id"), called.query("order_id"));
    let found = state.orders.iter().find(|o| Some(o.id.as_str()) == id && Some(o.reference.as_str()) == reference);
    let Some(order) = found else {
        state.wrong.push("getOrderHistory for no order".to_owned());
        return error(21010, "System error");
    };
    success(json!({ "track_number": order.track_number,
        "order_history": [{ "status": order.status, "date_add": "2026-11-24 03:29:30" }] }))
}

/// Events, the newest first, and no carrier.
fn track(state: &State, called: &Called) -> Reply {
    let found = state.orders.iter().find(|o| Some(o.id.as_str()) == called.query("order_id"));
    let events = match found {
        Some(order) if !order.track_number.is_empty() => json!([
            { "event": "Departed from the country of origin", "time": "2026-11-26 04:00:00" },
            { "event": "Shipment picked up", "time": "2026-11-25 08:00:00" }]),
        _ => json!([]),
    };
    success(json!({ "track_info": events }))
}
