//! Prices, stock, freight, countries.

use serde_json::{Value, json};

use super::super::http::{Called, Reply};
use super::state::{State, dollars};
use super::{error, success};

pub const METHOD: &str = "airmail_airmail";
pub const FEE_CENTS: u64 = 265;

pub fn methods(warehouse: &str) -> &'static [&'static str] {
    if warehouse == "US" { &["usps1_usps1"] } else { &[METHOD, "dhl_dhl"] }
}

pub fn answer(state: &mut State, called: &Called) -> Option<Reply> {
    if called.method != "GET" {
        return None;
    }
    Some(match called.path.as_str() {
        "/product/getProductPrice" => price(state, called),
        "/product/getStocks" => stocks(state, called),
        "/product/getShipments" => shipments(state, called),
        "/common/getCountries" => countries(state),
        _ => return None,
    })
}

fn price(state: &State, called: &Called) -> Reply {
    let Some(product) = called.query("product_id").and_then(|id| state.product(id)) else {
        return error(12034, "Error product_id field");
    };
    let Some((_, base, _)) = product.warehouses.iter().find(|(w, ..)| Some(*w) == called.query("warehouse")) else {
        return error(12031, "Error warehouse field");
    };
    let poa = called.query("poa_id").unwrap_or_default();
    let Some((_, extra)) = product.options.iter().find(|(known, _)| *known == poa) else {
        return error(12033, "Error poa_id field");
    };
    success(json!({ "currency": "USD", "productPrice": [{ "poa_id": poa, "price": dollars(base + extra) }] }))
}

fn stocks(state: &State, called: &Called) -> Reply {
    let Some(product) = called.query("product_id").and_then(|id| state.product(id)) else {
        return error(12034, "Error product_id field");
    };
    let (list, message) = if state.old_names { ("stocks_list", "stocks_msg") } else { ("stock_list", "stock_msg") };
    let row = |(warehouse, _, stock): &(&str, u64, u64)| {
        let rows: Vec<Value> = product
            .options
            .iter()
            .map(|(poa, _)| {
                json!({ "poa_id": poa, "poa": "POA1072154", "stock": stock.to_string(), message: "LC_STOCK_MSG_1" })
            })
            .collect();
        json!({ "warehouse": warehouse, list: rows })
    };
    success(json!({ "stocks": product.warehouses.iter().map(row).collect::<Vec<_>>() }))
}

fn shipments(state: &State, called: &Called) -> Reply {
    let Some(product) = called.query("product_id").and_then(|id| state.product(id)) else {
        return error(12034, "Error product_id field");
    };
    let warehouse = called.query("warehouse").unwrap_or_default();
    if !product.warehouses.iter().any(|(w, ..)| *w == warehouse) {
        return error(12031, "Error warehouse field");
    }
    if !state.is_country(called.query("country").unwrap_or_default()) {
        return error(12032, "Error country field");
    }
    let poa = called.query("poa_id").unwrap_or_default();
    if !product.options.iter().any(|(known, _)| *known == poa) {
        return error(12033, "Error poa_id field");
    }
    let row = |(at, code): (usize, &&str)| {
        let fee = if at == 0 { json!(dollars(FEE_CENTS)) } else { json!(21.4) };
        json!({ "shipmethod_code": code, "shipmethod_name": code, "shipfee": fee, "shipday": "7-20" })
    };
    let rows: Vec<Value> = methods(warehouse).iter().enumerate().map(row).collect();
    success(json!({ if state.old_names { "shipmethod_list" } else { "shipment_list" }: rows }))
}

fn countries(state: &State) -> Reply {
    let row = |(id, name): &(&str, &str)| json!({ "country_id": id, "country_name": name });
    success(json!({ "countries": state.countries.iter().map(row).collect::<Vec<_>>() }))
}
