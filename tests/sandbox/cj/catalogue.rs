//! Variants, stock, freight with its rules, tracking.

use serde_json::{Value, json};

use super::super::http::{Called, Reply};
use super::state::{State, dollars};
use super::{error, success};

pub const METHOD: &str = "CJPacket Ordinary";

pub fn answer(state: &mut State, method: &str, path: &str, called: &Called) -> Option<Reply> {
    Some(match (method, path) {
        ("GET", "/product/variant/queryByVid") => variant(state, called),
        ("GET", "/product/stock/queryByVid") => stock(state, called),
        ("POST", "/logistic/freightCalculate") => freight(state, &called.json),
        ("POST", "/logistic/freightCalculateTip") => tips(state, &called.json),
        ("GET", "/logistic/trackInfo") => tracking(state, called),
        _ => return None,
    })
}

fn variant(state: &State, called: &Called) -> Reply {
    let vid = called.query("vid").unwrap_or_default();
    let Some((vid, sku, cents, stock)) = state.variants.iter().find(|v| v.0 == vid) else {
        return error(200, 1_602_000, "Variant not found");
    };
    let counted = called.query("features") == Some("enable_inventory");
    let inventories = json!([{ "countryCode": "CN", "totalInventory": stock, "cjInventory": 0, "factoryInventory": stock,
        "verifiedWarehouse": 2, "stock": [{ "stockId": "{11111111-2222-3333-4444-555555555555}", "inventory": 0 }] }]);
    success(json!({
        "vid": vid, "pid": "1790000000000000000", "variantNameEn": "Lamp", "variantSku": sku, "variantWeight": 150.50,
        "variantVolume": 900_500, "variantSellPrice": dollars(*cents).to_string(), "variantKey": "Black",
        "inventories": if counted { inventories } else { Value::Null },
    }))
}

fn stock(state: &State, called: &Called) -> Reply {
    let vid = called.query("vid").unwrap_or_default();
    let row = |v: &(String, String, u64, u64)| {
        json!({ "vid": v.0, "areaId": "1", "areaEn": "China Warehouse", "countryCode": "CN", "storageNum": v.3,
                "totalInventoryNum": v.3, "cjInventoryNum": 0, "factoryInventoryNum": v.3, "stock": [] })
    };
    success(state.variants.iter().filter(|v| v.0 == vid).map(row).collect())
}

fn freight(state: &mut State, sent: &Value) -> Reply {
    let products = sent["products"].as_array().cloned().unwrap_or_default();
    let whole = products.iter().all(|p| p["vid"].is_string() && p["quantity"].is_u64());
    if !sent["startCountryCode"].is_string() || !sent["endCountryCode"].is_string() || products.is_empty() || !whole {
        state.wrong.push("freightCalculate without countries or products".to_owned());
        return error(200, 1_600_100, "Param error");
    }
    if sent["endCountryCode"] == "AQ" {
        return success(json!([]));
    }
    success(json!([
        { "logisticName": METHOD, "logisticPrice": 6.10, "logisticPriceCn": 43.92, "logisticAging": "7-12",
          "taxesFee": 1.21, "clearanceOperationFee": 0.50, "totalPostageFee": 7.81 },
        { "logisticName": "DHL Official", "logisticPrice": "21.40", "logisticAging": "5", "taxesFee": null,
          "totalPostageFee": null },
    ]))
}

fn tips(state: &mut State, sent: &Value) -> Reply {
    let asked = &sent["reqDTOS"][0];
    let needed = ["srcAreaCode", "destAreaCode", "skuList", "wrapWeight", "volume", "weight", "productProp"];
    let missing = needed.iter().find(|field| asked.get(**field).is_none());
    if missing.is_some() || asked["freightTrialSkuList"].as_array().is_none_or(Vec::is_empty) {
        state.wrong.push(format!("freightCalculateTip without {missing:?}"));
        return error(200, 1_600_100, "Param error");
    }
    let rules: Vec<_> = state
        .rules
        .iter()
        .map(|r| {
            json!({ "type": r.kind, "expression": r.expression, "interceptType": u8::from(!r.strong), "min": null,
                    "max": null, "msgCode": "1", "msgEn": format!("check the {}", r.kind) })
        })
        .collect();
    success(json!([{ "arrivalTime": "7-12", "option": { "id": 1, "enName": METHOD, "arrivalTime": "7-12" },
        "postage": 6.10, "totalPostageFee": 7.81, "ruleTips": [], "allRuleTips": rules, "error": null }]))
}

/// A status and the last mile, no events.
fn tracking(state: &State, called: &Called) -> Reply {
    let numbers = called.query.iter().filter(|(key, _)| key == "trackNumber").map(|(_, value)| value.as_str());
    let shipped = |n: &&str| state.orders.iter().any(|o| o.track_number.as_deref() == Some(*n));
    let row = |n: &str| {
        json!({ "trackingNumber": n, "logisticName": METHOD, "trackingFrom": "CN", "trackingTo": "US",
                "deliveryDay": "13", "deliveryTime": null, "trackingStatus": "In transit", "lastMileCarrier": "USPS",
                "lastTrackNumber": "900000000000001" })
    };
    success(numbers.filter(shipped).map(row).collect())
}
