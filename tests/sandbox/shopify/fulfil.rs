//! `fulfillmentCreate`: quantities are counted, tracking numbers are not looked at.

use serde_json::{Value, json};

use super::{State, tail};

/// Of the names that Shopify knows, some.
const COMPANIES: [&str; 8] = ["USPS", "UPS", "FedEx", "DHL Express", "YunExpress", "4PX", "China Post", "Royal Mail"];
const FIELDS: [&str; 4] = ["notifyCustomer", "lineItemsByFulfillmentOrder", "trackingInfo", "originAddress"];

fn refused(message: &str) -> Value {
    json!({ "fulfillment": null, "userErrors": [{ "field": ["fulfillment"], "message": message }] })
}

pub fn create(state: &mut State, input: &Value) -> Value {
    for key in input.as_object().unwrap().keys().filter(|k| !FIELDS.contains(&k.as_str())) {
        state.wrong.push(format!("{key} is no field of FulfillmentInput"));
    }
    let info = &input["trackingInfo"];
    let company = info["company"].as_str().unwrap_or_default();
    if !COMPANIES.contains(&company) && info["url"].is_null() {
        state.wrong.push(format!("a parcel of \"{company}\" that nobody can follow"));
    }
    let parts = input["lineItemsByFulfillmentOrder"].as_array().cloned().unwrap_or_default();
    let Some(number) = parts.first().and_then(|p| order_of(state, &p["fulfillmentOrderId"])) else {
        return refused("Fulfillment order does not exist.");
    };
    if let Some(message) = problem(state.get(&number), &parts) {
        return refused(&message);
    }
    let id = format!("gid://shopify/Fulfillment/{}", state.next());
    let mut made = Value::Null;
    state.change(&number, |order| made = apply(order, &parts, info, &id));
    if input["notifyCustomer"] == true {
        state.mails.push(info["number"].as_str().unwrap_or_default().to_owned());
    }
    json!({ "fulfillment": made, "userErrors": [] })
}

fn order_of(state: &State, fulfillment_order: &Value) -> Option<String> {
    let has =
        |o: &&Value| o["fulfillmentOrders"]["nodes"].as_array().unwrap().iter().any(|f| f["id"] == *fulfillment_order);
    state.orders.iter().find(has).map(|o| o["name"].as_str().unwrap().trim_start_matches('#').to_owned())
}

fn problem(order: &Value, parts: &[Value]) -> Option<String> {
    let all = order["fulfillmentOrders"]["nodes"].as_array().unwrap();
    let mut locations = vec![];
    for part in parts {
        let Some(of) = all.iter().find(|f| f["id"] == part["fulfillmentOrderId"]) else {
            return Some("All fulfillment orders must belong to the same order.".to_owned());
        };
        locations.push(&of["assignedLocation"]["location"]["id"]);
        let status = of["status"].as_str().unwrap();
        if !["OPEN", "IN_PROGRESS"].contains(&status) {
            let (id, status) = (tail(&of["id"]), status.to_lowercase());
            return Some(format!("Fulfillment order {id} has an unfulfillable status= {status}."));
        }
        for wanted in part["fulfillmentOrderLineItems"].as_array().unwrap() {
            let line = of["lineItems"]["nodes"].as_array().unwrap().iter().find(|l| l["id"] == wanted["id"]);
            let remaining = line.map_or(0, |l| l["remainingQuantity"].as_u64().unwrap());
            let quantity = wanted["quantity"].as_u64().unwrap();
            if quantity == 0 || quantity > remaining {
                return Some("Invalid fulfillment order line item quantity requested.".to_owned());
            }
        }
    }
    let same = locations.windows(2).all(|pair| pair[0] == pair[1]);
    (!same).then(|| "All fulfillment orders must be assigned to the same location.".to_owned())
}

fn apply(order: &mut Value, parts: &[Value], info: &Value, id: &str) -> Value {
    let mut shipped = vec![];
    for part in parts {
        let all = order["fulfillmentOrders"]["nodes"].as_array_mut().unwrap();
        let of = all.iter_mut().find(|f| f["id"] == part["fulfillmentOrderId"]).unwrap();
        for wanted in part["fulfillmentOrderLineItems"].as_array().unwrap() {
            let lines = of["lineItems"]["nodes"].as_array_mut().unwrap();
            let line = lines.iter_mut().find(|l| l["id"] == wanted["id"]).unwrap();
            let quantity = wanted["quantity"].as_u64().unwrap();
            line["remainingQuantity"] = json!(line["remainingQuantity"].as_u64().unwrap() - quantity);
            shipped.push((line["lineItem"]["id"].clone(), quantity));
        }
        let left = of["lineItems"]["nodes"].as_array().unwrap().iter().any(|l| l["remainingQuantity"] != 0);
        of["status"] = json!(if left { "IN_PROGRESS" } else { "CLOSED" });
    }
    for (id, quantity) in &shipped {
        let lines = order["lineItems"]["nodes"].as_array_mut().unwrap();
        let line = lines.iter_mut().find(|l| l["id"] == *id).unwrap();
        line["unfulfilledQuantity"] = json!(line["unfulfilledQuantity"].as_u64().unwrap() - quantity);
    }
    let open = order["lineItems"]["nodes"].as_array().unwrap().iter().any(|l| l["unfulfilledQuantity"] != 0);
    order["displayFulfillmentStatus"] = json!(if open { "PARTIALLY_FULFILLED" } else { "FULFILLED" });
    let nodes: Vec<Value> = shipped.iter().map(|(id, n)| json!({ "quantity": n, "lineItem": { "id": id } })).collect();
    let made =
        json!({ "id": id, "status": "SUCCESS", "trackingInfo": [info], "fulfillmentLineItems": { "nodes": nodes } });
    order["fulfillments"].as_array_mut().unwrap().push(made.clone());
    made
}
