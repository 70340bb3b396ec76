//! Orders: create and read.

use serde_json::{Value, json};

use super::super::http::Reply;
use super::super::iop::{Params, error, object, value};
use super::shape::{answer as told, dollars, list};
use super::state::{Order, State};
use super::{METHOD, check};

const A_DAY: i64 = 86_400;
const ORDER: &str = "param_place_order_request4_open_api_d_t_o";

pub fn answer(state: &mut State, params: &Params) -> Option<Reply> {
    Some(match value(params, "method") {
        "aliexpress.ds.order.create" => create(state, params),
        "aliexpress.trade.ds.order.get" => get(state, params),
        _ => return None,
    })
}

fn refused(state: &State, params: &Params, code: &str, message: &str) -> Reply {
    told(state, params, json!({ "result": { "is_success": false, "error_code": code, "error_msg": message } }))
}

fn placed(state: &State, params: &Params, ids: &[u64], message: Option<&str>) -> Reply {
    let numbers = ids.iter().map(|id| json!(id)).collect();
    let mut result = json!({ "is_success": true, "order_list": list(state, params, "number", numbers) });
    if let Some(message) = message {
        result["error_msg"] = message.into();
    }
    told(state, params, json!({ "result": result }))
}

fn create(state: &mut State, params: &Params) -> Reply {
    let (sent, extend) = (object(params, ORDER), object(params, "ds_extend_request"));
    if !sent.is_object() {
        state.gateway.wrong.push("order.create without an order".to_owned());
        return error("ISV", "MissingParameter", &format!("MissingParameter: {ORDER}"));
    }
    let reference = sent["out_order_id"].as_str().unwrap_or_default().to_owned();
    let now = state.gateway.now();
    let known: Vec<u64> = state
        .orders
        .iter()
        .filter(|o| o.reference == reference && (now - o.at).as_secs() < A_DAY)
        .map(|o| o.id)
        .collect();
    if !known.is_empty() && state.repeats_answer {
        return placed(state, params, &known, None);
    }
    if !known.is_empty() {
        return refused(state, params, "REPEATED_ORDER_ERROR", "request already been handled successfully");
    }
    if let Some((code, message)) = check::address(&sent["logistics_address"], &extend) {
        state.gateway.wrong.push(format!("order.create: {message}"));
        return refused(state, params, code, message);
    }
    if reference.is_empty() || extend["payment"]["pay_currency"] != "USD" {
        state.gateway.wrong.push("order.create without out_order_id or currency".to_owned());
    }
    let items = sent["product_items"].as_array().cloned().unwrap_or_default();
    match stores(state, &items) {
        Err((code, message)) => refused(state, params, code, message),
        Ok(stores) => {
            let ids: Vec<u64> = stores
                .into_iter()
                .map(|items| {
                    let id = 8_190_000_000_000_000 + state.gateway.next();
                    let (address, extend) = (sent["logistics_address"].clone(), extend.clone());
                    let order = Order {
                        id,
                        reference: reference.clone(),
                        at: now,
                        items,
                        address,
                        extend,
                        status: "PLACE_ORDER_SUCCESS",
                        logistics: "NO_LOGISTICS",
                        cancelled: false,
                        parcels: vec![],
                    };
                    state.orders.push(order);
                    id
                })
                .collect();
            let pays = extend["payment"]["try_to_pay"] == "true";
            placed(state, params, &ids, pays.then_some("OrderCreated, autoPay fail:APIPayFail"))
        }
    }
}

/// The items by store: AliExpress makes an order for each.
fn stores(state: &State, items: &[Value]) -> Result<Vec<Vec<Value>>, (&'static str, &'static str)> {
    let mut stores: Vec<(u64, Vec<Value>)> = vec![];
    if items.is_empty() {
        return Err(("ITEM_ID_NOT_FOUND", "ITEM_ID_NOT_FOUND"));
    }
    for item in items {
        // A number, as the documents say.
        let id = item["product_id"].as_u64().map(|id| id.to_string()).unwrap_or_default();
        let product = state.product(&id).ok_or(("ITEM_ID_NOT_FOUND", "ITEM_ID_NOT_FOUND"))?;
        let sku = product.skus.iter().find(|s| item["sku_attr"] == s.attr).ok_or(("SKU_NOT_EXIST", "SKU_NOT_EXIST"))?;
        if ![METHOD, "CAINIAO_ECONOMY", ""].contains(&item["logistics_service_name"].as_str().unwrap_or("?")) {
            return Err(("DELIVERY_METHOD_NOT_EXIST", "DELIVERY_METHOD_NOT_EXIST"));
        }
        if item["product_count"].as_u64().unwrap_or(0) > sku.stock {
            return Err(("INVENTORY_HOLD_ERROR", "INVENTORY_HOLD_ERROR"));
        }
        match stores.iter_mut().find(|(store, _)| *store == product.store) {
            Some((_, items)) => items.push(item.clone()),
            None => stores.push((product.store, vec![item.clone()])),
        }
    }
    Ok(stores.into_iter().map(|(_, items)| items).collect())
}

fn get(state: &mut State, params: &Params) -> Reply {
    let (now, hidden) = (state.gateway.now(), state.hidden_seconds);
    let asked = &object(params, "single_order_query")["order_id"];
    let id = asked.as_str().map_or_else(|| asked.to_string(), str::to_owned);
    let order = state.order(&id).map(|order| order.clone()).filter(|o| (now - o.at).as_secs() >= hidden);
    let Some(order) = order else {
        let body = json!({ "error_response": { "code": "15", "type": "ISP", "sub_code": "isv.insufficient-permission",
            "sub_msg": "Insufficient permission.", "msg": "Remote service error", "request_id": "2101000000000000002" } });
        return Reply::json(200, &body);
    };
    let state = &*state;
    let money = |cents: u64| json!({ "amount": dollars(cents), "currency_code": "USD" });
    let mut goods = 199;
    let lines = order.items.iter().map(|item| {
        let product = state.product(&item["product_id"].to_string()).unwrap();
        let sku = product.skus.iter().find(|s| item["sku_attr"] == s.attr).unwrap();
        goods += sku.cents * item["product_count"].as_u64().unwrap();
        let mut line = json!({ "product_count": item["product_count"], "sku_id": sku.id.to_string(),
            "product_id": product.id, "product_name": "Test tee", "product_price": money(sku.cents) });
        if order.cancelled {
            line["end_reason"] = "CANCELED".into();
        }
        line
    });
    let lines = list(state, params, "aeop_child_order_info", lines.collect());
    let parcels = order.parcels.iter().filter(|p| p.2);
    let parcels = parcels.map(|p| json!({ "logistics_no": p.0, "logistics_service": METHOD })).collect();
    let result = json!({ "gmt_create": "2026-11-20 21:00:03", "order_status": order.status,
        "logistics_status": order.logistics, "pay_timeout_second": "86400", "user_order_amount": money(goods),
        "order_amount": money(goods), "logistics_info_list": list(state, params, "aeop_order_logistics_info", parcels),
        "store_info": { "store_name": "Test Store" }, "child_order_list": lines });
    told(state, params, json!({ "result": result }))
}
