//! Products, stock and freight.

use serde_json::{Value, json};

use super::super::http::Reply;
use super::super::iop::{Params, object, rest_error, value};
use super::{METHOD, State, result_of, value_of};

pub fn answer(state: &mut State, path: &str, params: &Params) -> Option<Reply> {
    Some(match path {
        "/eco/buyer/product/description" => description(state, params),
        "/eco/buyer/product/inventory" => inventory(state, params),
        "/order/freight/calculate" => freight(state, params),
        _ => return None,
    })
}

fn money(cents: u64) -> String {
    format!("{}.{:02}", cents / 100, cents % 100)
}

/// The country is in no document, and without it the call fails inside of a success.
fn description(state: &mut State, params: &Params) -> Reply {
    let asked = object(params, "query_req");
    if asked["country"].as_str().is_none_or(|c| c.len() != 2) {
        state.gateway.wrong.push("a description without a country".to_owned());
        return result_of("400", Value::Null);
    }
    if asked["product_id"] != "1600000000001" {
        return rest_error("10005", "SKU not found");
    }
    let step = |(least, cents): &(u64, u64)| json!({ "min_quantity": least.to_string(), "max_quantity": "null", "price": money(*cents), "currency": "USD" });
    let skus: Vec<_> = state
        .skus
        .iter()
        .map(|sku| {
            json!({ "sku_id": sku.id, "seller_sku_id": "null", "status": "NORMAL", "unit": "piece",
                "ladder_price": sku.ladder.iter().map(step).collect::<Vec<_>>() })
        })
        .collect();
    result_of(
        "200",
        json!({ "product_id": "1600000000001", "title": "Desk lamp", "eCompanyId": "cVmhg7/xG8q3UQgcH/5Fag==",
        "supplier": "Test Works", "currency": "USD", "min_order_quantity": "1",
        "status": if state.online { "PRODUCT_ONLINE" } else { "PRODUCT_OFFLINE" }, "skus": skus }),
    )
}

fn inventory(state: &mut State, params: &Params) -> Reply {
    if object(params, "query_req")["product_id"] != "1600000000001" {
        return result_of("400", Value::Null);
    }
    let skus: Vec<_> =
        state.skus.iter().map(|s| json!({ "sku_id": s.id, "inventory_count": s.stock.to_string() })).collect();
    result_of("200", json!({ "inventory_list": [{ "shipping_from": "CN", "inventory_list": skus }] }))
}

fn freight(state: &mut State, params: &Params) -> Reply {
    let products = object(params, "logistics_product_list");
    let whole = products.as_array().is_some_and(|list| {
        !list.is_empty()
            && list.iter().all(|p| ["product_id", "sku_id", "country_code"].iter().all(|k| p[k].is_string()))
    });
    if value(params, "e_company_id").is_empty() || value(params, "destination_country").len() != 2 || !whole {
        state.gateway.wrong.push("freight without company, country or products".to_owned());
        return rest_error("MissingParameter", "MissingParameter: e_company_id");
    }
    if value(params, "destination_country") == "AQ" {
        return value_of(json!([]));
    }
    value_of(json!([
        { "vendor_code": METHOD, "vendor_name": "FedEx", "fee": { "amount": "18.40", "currency": "USD" },
          "delivery_time": "10~15", "shipping_type": "EXPRESS", "dispatch_country": "CN", "trade_term": "DAP" },
    ]))
}
