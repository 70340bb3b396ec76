//! Orders: create, detail, batch, list, confirm, pay, delete.

use serde_json::{Value, json};

use super::super::http::{Called, Reply};
use super::state::{Order, State, dollars};
use super::{error, success};

const POSTAGE_CENTS: u64 = 781;

/// Field, longest value, required: CJ's table.
const FIELDS: [(&str, usize, bool); 14] = [
    ("orderNumber", 50, true),
    ("shippingCountryCode", 20, true),
    ("shippingCountry", 50, true),
    ("shippingProvince", 50, true),
    ("shippingCity", 50, true),
    ("shippingAddress", 200, true),
    ("shippingAddress2", 200, false),
    ("shippingZip", 20, false),
    ("shippingCustomerName", 50, true),
    ("shippingPhone", 20, false),
    ("taxId", 20, false),
    ("remark", 500, false),
    ("logisticName", 50, true),
    ("fromCountryCode", 20, true),
];

pub fn answer(state: &mut State, method: &str, path: &str, called: &Called) -> Option<Reply> {
    let named = called.json["orderId"].as_str().or_else(|| called.query("orderId")).unwrap_or_default().to_owned();
    Some(match (method, path) {
        ("POST", "/shopping/order/createOrderV2") => create(state, &called.json),
        ("GET", "/shopping/order/getOrderDetail") => detail(state, &named),
        ("POST", "/shopping/order/getOrderDetailBatch") => batch(state, &called.json["orderIds"]),
        ("PATCH", "/shopping/order/confirmOrder") => confirm(state, &named),
        ("POST", "/shopping/pay/payBalance") => pay(state, &named),
        ("DELETE", "/shopping/order/deleteOrder") => delete(state, &named),
        ("GET", "/shopping/pay/getBalance") => success(json!({
            "amount": dollars(state.balance_cents), "noWithdrawalAmount": null, "freezeAmount": null,
        })),
        _ => return None,
    })
}

fn create(state: &mut State, sent: &Value) -> Reply {
    if let Some((code, message)) = refusal(state, sent) {
        return error(200, code, &message);
    }
    let number = sent["orderNumber"].as_str().unwrap_or_default();
    if !state.found(number).is_empty() {
        return error(200, 1603003, "Order exist, please do not duplicate create");
    }
    let next = state.next();
    let order = Order {
        code: format!("SD2611240000000{next:06}"),
        id: 261_124_000_000_000_000 + next * 100,
        sent: sent.clone(),
        status: "CREATED",
        track_number: None,
        parts: None,
    };
    let products = products(&order);
    let goods = cost(state, &order);
    let info: Vec<_> = products
        .iter()
        .enumerate()
        .map(|(i, p)| {
            json!({ "storeLineItemId": p["storeLineItemId"], "lineItemId": format!("{}{i}", order.id),
                    "variantId": p["vid"], "isGroup": false, "quantity": p["quantity"], "subOrderProducts": [] })
        })
        .collect();
    let answer = json!({
        "orderNumber": number, "orderId": order.code, "shipmentOrderId": "", "iossAmount": 0, "iossTaxHandlingFee": 0,
        "postageAmount": dollars(POSTAGE_CENTS), "productAmount": dollars(goods), "totalDiscountAmount": 0,
        "actualPayment": dollars(goods + POSTAGE_CENTS), "orderAmount": dollars(goods + POSTAGE_CENTS),
        "cjPayUrl": "", "logisticsMiss": false, "orderStatus": "", "productInfoList": info, "interceptOrderReasons": [],
    });
    state.orders.push(order);
    success(answer)
}

/// A client of ours never earns one of these: it is noted as wrong use, but for a variant that is gone.
fn refusal(state: &mut State, sent: &Value) -> Option<(u32, String)> {
    let mut wrong = None;
    for (field, longest, required) in FIELDS {
        let value = sent[field].as_str().unwrap_or_default();
        if required && value.trim().is_empty() {
            wrong = Some((16_900_403, format!("{field} can not be empty")));
        } else if value.encode_utf16().count() > longest {
            wrong = Some((1_600_300, format!("Param error: {field} {value}")));
        }
    }
    if sent["payType"] != 3 {
        wrong = Some((1_600_300, "this would charge the wallet".to_owned()));
    }
    if sent.get("email").is_some_and(|e| e != "") {
        wrong = Some((1_600_300, "the customer's e-mail is none of CJ's business".to_owned()));
    }
    if let Some((_, message)) = &wrong {
        state.wrong.push(format!("createOrderV2: {message}"));
        return wrong;
    }
    let unknown = |p: &&Value| !state.variants.iter().any(|v| p["vid"] == v.0.as_str());
    let products = sent["products"].as_array().cloned().unwrap_or_default();
    if products.is_empty() || products.iter().any(|p| unknown(&p)) {
        return Some((1_602_000, "Variant not found".to_owned()));
    }
    (sent["logisticName"] == "No Such Method").then(|| (1_605_001, "Logistic invalid".to_owned()))
}

fn products(order: &Order) -> Vec<&Value> {
    let all = order.sent["products"].as_array().unwrap().iter().enumerate();
    all.filter(|(i, _)| order.parts.as_ref().is_none_or(|parts| parts.contains(i))).map(|(_, p)| p).collect()
}

fn cost(state: &State, order: &Order) -> u64 {
    let price = |p: &Value| state.variants.iter().find(|v| p["vid"] == v.0.as_str()).map_or(0, |v| v.2);
    products(order).iter().map(|p| price(p) * p["quantity"].as_u64().unwrap_or(0)).sum()
}

fn detail(state: &State, id: &str) -> Reply {
    if id.is_empty() {
        return error(200, 1_600_300, "orderId must be not empty");
    }
    match state.found(id).as_slice() {
        [] => error(200, 1_600_300, "order not found"),
        [one] => success(shown(state, &state.orders[*one])),
        parts => success(parts.iter().map(|at| shown(state, &state.orders[*at])).collect()),
    }
}

/// Orders that are not there are left out without a word.
fn batch(state: &State, ids: &Value) -> Reply {
    let ids = ids.as_array().map_or(&[][..], Vec::as_slice);
    let found = ids.iter().filter_map(Value::as_str).flat_map(|id| state.found(id));
    success(found.map(|at| shown(state, &state.orders[at])).collect())
}

/// Never the postcode, line 2 or the e-mail; a space behind the name; amounts null at first and text later.
fn shown(state: &State, order: &Order) -> Value {
    let sent = &order.sent;
    let confirmed = !["CREATED", "IN_CART"].contains(&order.status);
    let amount = |cents: u64| if confirmed { json!(dollars(cents).to_string()) } else { Value::Null };
    let mut address = sent["shippingAddress"].as_str().unwrap().to_owned();
    if state.joins_lines && sent["shippingAddress2"].is_string() {
        address += &format!(", {}", sent["shippingAddress2"].as_str().unwrap());
    }
    let lines: Vec<_> = products(order)
        .iter()
        .map(|p| {
            json!({ "vid": p["vid"], "quantity": p["quantity"].to_string(), "sellPrice": null,
                    "storeLineItemId": p["storeLineItemId"], "podPropertiesInfo": null })
        })
        .collect();
    let goods = cost(state, order);
    let mut shown = json!({
        "orderId": order.id.to_string(), "orderNum": order.number(), "platformOrderId": null,
        "cjOrderId": if confirmed { json!(order.id) } else { Value::Null }, "cjOrderCode": order.code,
        "shippingCountryCode": sent["shippingCountryCode"], "shippingProvince": sent["shippingProvince"],
        "shippingCity": sent["shippingCity"], "shippingPhone": sent["shippingPhone"], "shippingAddress": address,
        "shippingCustomerName": format!("{} ", sent["shippingCustomerName"].as_str().unwrap()),
        "remark": sent["remark"], "orderStatus": order.status, "subStatus": null,
        "orderAmount": amount(goods + POSTAGE_CENTS), "productAmount": amount(goods),
        "logisticName": sent["logisticName"], "trackNumber": order.track_number, "trackingUrl": null,
        "trackingProvider": null, "fromCountryCode": sent["fromCountryCode"], "isSandbox": 0, "productList": lines,
    });
    for (field, value) in &state.echo {
        match value {
            Some(value) => shown[*field] = value.clone(),
            None => _ = shown.as_object_mut().unwrap().remove(*field),
        }
    }
    shown
}

fn confirm(state: &mut State, id: &str) -> Reply {
    let Some(at) = state.found(id).first().copied() else { return error(200, 1_603_100, "Order not found") };
    let order = &mut state.orders[at];
    if order.status != "CREATED" {
        return error(200, 1_603_001, "order confirm fail");
    }
    order.status = "UNPAID";
    success(json!(order.id.to_string()))
}

fn pay(state: &mut State, id: &str) -> Reply {
    let Some(at) = state.found(id).first().copied() else { return error(200, 1_603_100, "Order not found") };
    if state.orders[at].status != "UNPAID" {
        return error(200, 1_603_101, "pay order fail, order status is not unpaid");
    }
    let due = cost(state, &state.orders[at]) + POSTAGE_CENTS;
    let Some(left) = state.balance_cents.checked_sub(due) else {
        return error(200, 1_604_000, "Balance is insufficient");
    };
    state.balance_cents = left;
    state.orders[at].status = "UNSHIPPED";
    success(Value::Null)
}

fn delete(state: &mut State, id: &str) -> Reply {
    let Some(at) = state.found(id).first().copied() else { return error(200, 1_603_100, "Order not found") };
    if !["CREATED", "IN_CART"].contains(&state.orders[at].status) {
        return error(200, 1_603_002, "order delete fail");
    }
    let order = state.orders.remove(at);
    success(json!(order.id.to_string()))
}
