//! Orders: create, read, pay, cancel, parcels.

use serde_json::{Value, json};

use super::super::http::Reply;
use super::super::iop::{Params, object, rest_error, value};
use super::{METHOD, State, Trade, value_of};

const FREIGHT_CENTS: u64 = 1840;

pub fn answer(state: &mut State, path: &str, params: &Params) -> Option<Reply> {
    Some(match path {
        super::ORDER_CREATE => create(state, params),
        "/alibaba/order/get" => get(state, value(params, "e_trade_id")),
        "/alibaba/dropshipping/order/pay" => pay(state, &object(params, "param_order_pay_request")),
        "/alibaba/order/cancel" => cancel(state, value(params, "trade_id")),
        "/order/logistics/query" => parcels(state, value(params, "trade_id")),
        _ => return None,
    })
}

fn create(state: &mut State, params: &Params) -> Reply {
    let (logistics, products) = (object(params, "logistics_detail"), object(params, "product_list"));
    let address = &logistics["shipment_address"];
    let of = |key: &str| address[key].as_str().unwrap_or_default();
    for needed in ["contact_person", "address", "city", "country", "country_code"] {
        if of(needed).is_empty() {
            state.gateway.wrong.push(format!("create without {needed}"));
            return rest_error("800022", "tariff needs full address");
        }
    }
    if of("country_code").len() != 2 || of("country_code") == "UK" {
        state.gateway.wrong.push("create to a country that is not ISO".to_owned());
        return rest_error("4015", "cannot ship");
    }
    let reference = value(params, "channel_refer_id").to_owned();
    let clearance = object(params, "clearance_detail");
    if reference.is_empty() || of("country_code") == "KR" && clearance["clearance_code"].as_str().is_none() {
        state.gateway.wrong.push("create without channel_refer_id or clearance".to_owned());
        return rest_error("MissingParameter", "MissingParameter: channel_refer_id");
    }
    if logistics["carrier_code"] != METHOD {
        return rest_error("4028", "order vendor code not match");
    }
    let mut cents = FREIGHT_CENTS;
    for line in products.as_array().into_iter().flatten() {
        let Some(sku) = state.skus.iter().find(|s| line["sku_id"] == s.id) else {
            return rest_error("10005", "SKU not found");
        };
        let quantity: u64 = line["quantity"].as_str().unwrap_or_default().parse().unwrap_or(0);
        if quantity > sku.stock {
            return rest_error("130703", "stock not enough");
        }
        let Some((_, price)) = sku.ladder.iter().rev().find(|(least, _)| quantity >= *least) else {
            return rest_error("4027", "find sku cost error");
        };
        cents += price * quantity;
    }
    if cents > 500_000 {
        return rest_error("480006", "over 5000 USD");
    }
    // 18 digits: more than a double holds.
    let id = format!("2341934100{:08}", 1_028_800 + state.gateway.next());
    let trade =
        Trade { id: id.clone(), reference, logistics, products, clearance, cents, status: "unpay", parcels: vec![] };
    state.trades.push(trade);
    value_of(json!({ "trade_id": id, "pay_url": "https://example.invalid/pay" }))
}

fn get(state: &State, id: &str) -> Reply {
    let Some(trade) = state.trades.iter().find(|t| t.id == id) else {
        return rest_error("20002", "order not exist");
    };
    let sent = &trade.logistics["shipment_address"];
    let phone = &sent["telephone"];
    let number = |p: &Value| if p["number"].is_string() { p["number"].clone() } else { "null".into() };
    let or_null = |v: &Value| if v.as_str().is_none_or(str::is_empty) { json!("null") } else { v.clone() };
    let mut address = json!({
        "contact_person": sent["contact_person"], "address": sent["address"],
        "alternate_address": or_null(&sent["alternate_address"]), "city": sent["city"], "province": or_null(&sent["province"]),
        "zip": or_null(&sent["zip"]), "country": sent["country"], "country_code": sent["country_code"],
        "mobile": { "country": or_null(&phone["country"]), "area": "null", "number": number(phone) },
        "telephone": { "country": or_null(&phone["country"]), "area": "null", "number": "null" }, "port": "null",
    });
    for (field, value) in &state.echo {
        match value {
            Some(value) => address[*field] = value.clone(),
            None => _ = address.as_object_mut().unwrap().remove(*field),
        }
    }
    let products: Vec<_> = trade
        .products
        .as_array()
        .unwrap()
        .iter()
        .map(|p| {
            json!({ "product_id": p["product_id"], "sku_id": p["sku_id"], "name": "Desk lamp",
                "quantity": format!("{}.0000", p["quantity"].as_str().unwrap()), "unit": "piece" })
        })
        .collect();
    let total = json!({ "amount": format!("{}.{:02}", trade.cents / 100, trade.cents % 100), "currency": "USD" });
    value_of(json!({ "trade_id": trade.id, "trade_status": trade.status, "shipping_address": address,
        "order_products": products, "total_amount": total, "carrier": { "code": METHOD, "name": "FedEx" } }))
}

fn pay(state: &mut State, request: &Value) -> Reply {
    let said = |status: &str, code: &str| {
        value_of(
            json!({ "status": status, "reason_code": code, "reason_message": code, "pay_url": "https://example.invalid/pay" }),
        )
    };
    if request["payment_method"] != "CREDIT_CARD" {
        state.gateway.wrong.push("pay without a payment method".to_owned());
        return rest_error("MissingParameter", "MissingParameter: payment_method");
    }
    let never = state.never_paid;
    let wanted =
        |t: &&mut Trade| request["order_id_list"].as_array().is_some_and(|ids| ids.iter().any(|id| *id == t.id));
    let Some(trade) = state.trades.iter_mut().find(wanted) else { return rest_error("20002", "order not exist") };
    if trade.status != "unpay" {
        return said("PAY_FAILED", "ORDER_HAVE_PAID");
    }
    if never {
        return said("PAY_FAILED", "NEVER_PAY_SUCCESS_IN_DROPSHIPER");
    }
    trade.status = "paid";
    state.paid += 1;
    said("PAY_SUCCESS", "null")
}

fn cancel(state: &mut State, id: &str) -> Reply {
    match state.trades.iter_mut().find(|t| t.id == id && t.status == "unpay") {
        Some(trade) => {
            trade.status = "trade_close";
            value_of(json!({}))
        }
        None => rest_error("20003", "order cannot be cancelled"),
    }
}

fn parcels(state: &State, id: &str) -> Reply {
    let Some(trade) = state.trades.iter().find(|t| t.id == id) else {
        return rest_error("20002", "order not exist");
    };
    let parcel = |(number, carrier): &(String, &str)| json!({ "voucher": { "tracking_number": number, "service_provider": carrier, "logistics_type": "EXPRESS" } });
    value_of(json!({ "logistic_status": "SHIPPED", "shipment_date": "null",
        "shipping_order_list": trade.parcels.iter().map(parcel).collect::<Vec<_>>() }))
}
