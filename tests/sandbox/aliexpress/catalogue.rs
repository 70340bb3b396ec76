//! Products, freight, tracking.

use serde_json::{Value, json};

use super::super::http::Reply;
use super::super::iop::{Params, error, object, value};
use super::METHOD;
use super::shape::{answer as told, dollars, list};
use super::state::State;

pub fn answer(state: &mut State, params: &Params) -> Option<Reply> {
    Some(match value(params, "method") {
        "aliexpress.ds.product.get" => product(state, params),
        "aliexpress.ds.freight.query" => freight(state, params),
        "aliexpress.ds.order.tracking.get" => tracking(state, params),
        _ => return None,
    })
}

fn missing(state: &mut State, what: &str) -> Reply {
    state.gateway.wrong.push(format!("without {what}"));
    error("ISV", "MissingParameter", &format!("MissingParameter: {what}"))
}

fn product(state: &mut State, params: &Params) -> Reply {
    for needed in ["product_id", "ship_to_country"] {
        if value(params, needed).is_empty() {
            return missing(state, needed);
        }
    }
    let country = value(params, "ship_to_country");
    let state = &*state;
    let no = |code: u32, message: &str| told(state, params, json!({ "rsp_code": code, "rsp_msg": message }));
    let Some(product) = state.product(value(params, "product_id")) else { return no(605, "ITEM_ID_NOT_FOUND") };
    if product.barred.contains(&country) {
        return no(602, "Item is not allowed to this country");
    }
    let currency = Some(value(params, "target_currency")).filter(|c| !c.is_empty()).unwrap_or("USD");
    let skus = product.skus.iter().map(|sku| {
        let pair = json!({ "sku_property_id": 14, "sku_property_name": "Color", "property_value_id": 193,
            "property_value_definition_name": "Black", "sku_property_value": "black" });
        json!({ "sku_attr": sku.attr, "sku_id": sku.id.to_string(), "id": sku.attr, "sku_price": "22.23",
            "offer_sale_price": dollars(sku.cents), "offer_bulk_sale_price": dollars(sku.cents), "currency_code": currency,
            "price_include_tax": true, "sku_available_stock": sku.stock,
            "ae_sku_property_dtos": list(state, params, "ae_sku_property_d_t_o", vec![pair]) })
    });
    let skus = list(state, params, "ae_item_sku_info_d_t_o", skus.collect());
    let base = json!({ "product_id": product.id, "subject": "Test tee", "currency_code": "CNY", "sales_count": "500+",
        "product_status_type": if product.selling { "onSelling" } else { "offline" } });
    let result = json!({ "ae_item_sku_info_dtos": skus, "ae_item_base_info_dto": base,
        "logistics_info_dto": { "delivery_time": 7, "ship_to_country": country },
        "ae_store_info": { "store_id": product.store, "store_name": "Test Store", "store_country_code": "CN" },
        "product_id_converter_result": { "main_product_id": product.id, "sub_product_id": "{\"US\":3256800000000001}" },
        "has_whole_sale": false });
    told(state, params, json!({ "result": result, "rsp_code": 200, "rsp_msg": "Call succeeds" }))
}

fn freight(state: &mut State, params: &Params) -> Reply {
    let asked = object(params, "queryDeliveryReq");
    for needed in ["productId", "selectedSkuId", "quantity", "shipToCountry", "language", "locale", "currency"] {
        if !asked[needed].is_string() {
            return missing(state, needed);
        }
    }
    let no = |state: &State, code: u32, message: &str| {
        told(state, params, json!({ "result": { "msg": message, "code": code, "success": false } }))
    };
    if state.freight_busy > 0 {
        state.freight_busy -= 1;
        return no(state, 506, "DELIVERY_SERVICE_EXCEPTION");
    }
    let product = state.product(asked["productId"].as_str().unwrap());
    let sku = product.and_then(|p| p.skus.iter().find(|s| asked["selectedSkuId"] == s.id.to_string()));
    let Some(sku) = sku else { return no(state, 501, "DELIVERY_INFO_EMPTY") };
    if asked["shipToCountry"] == "AQ" {
        return no(state, 505, "DELIVERY_NOT_AVAILABLE_TO_YOUR_ADDRESS");
    }
    let paid = json!({ "code": METHOD, "company": "AliExpress Selection Standard", "ship_from_country": "CN",
        "shipping_fee_currency": "USD", "shipping_fee_cent": "1.99", "shipping_fee_format": "US $1.99",
        "free_shipping": false, "min_delivery_days": 6, "max_delivery_days": 8, "tracking": true,
        "available_stock": sku.stock.to_string(), "ddpIncludeVATTax": "true" });
    let free = json!({ "code": "CAINIAO_ECONOMY", "company": "Cainiao Economy", "ship_from_country": "CN",
        "shipping_fee_currency": "USD", "free_shipping": true, "min_delivery_days": 20, "max_delivery_days": 40 });
    let options = list(state, params, "delivery_option_d_t_o", vec![paid, free]);
    let result = json!({ "msg": "Call succeeds", "code": 200, "success": true, "delivery_options": options });
    told(state, params, json!({ "result": result }))
}

fn tracking(state: &mut State, params: &Params) -> Reply {
    for needed in ["ae_order_id", "language"] {
        if value(params, needed).is_empty() {
            return missing(state, needed);
        }
    }
    let parcels: Vec<_> = state.order(value(params, "ae_order_id")).map(|o| o.parcels.clone()).unwrap_or_default();
    let state = &*state;
    let parcel = |(number, carrier, ..): &(String, &str, bool, bool)| {
        json!({ "mail_no": number, "carrier_name": "AliExpress standard shipping", "cp_name": carrier,
            "eta_time_stamps": 1_740_273_780_000_u64,
            "package_item_list": list(state, params, "package_item", vec![json!({ "quantity": 1 })]),
            "detail_node_list": list(state, params, "detail_node", vec![json!({ "time_stamp": "1739928180000" })]) })
    };
    let told_of: Vec<Value> = parcels.iter().filter(|p| p.3).map(parcel).collect();
    if told_of.is_empty() {
        return told(
            state,
            params,
            json!({ "result": { "ret": false, "msg": "TRACKING DATA NOT FOUND", "code": "1001" } }),
        );
    }
    let lines = list(state, params, "tracking_detail", told_of);
    let data = json!({ "tracking_detail_line_list": lines });
    told(state, params, json!({ "result": { "ret": true, "msg": "", "code": "", "data": data } }))
}
