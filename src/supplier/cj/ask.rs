//! The requests to CJ, as values. Pure.

use serde_json::{Value, json};

use super::answer::Call;
use crate::core::sending::Shipment;
use crate::net::Effect;
use crate::net::Method;
use crate::supplier::loose::{count, text};

/// A request but for the host and the token.
#[derive(Clone, PartialEq, Debug)]
pub struct Ask {
    pub call: Call,
    pub method: Method,
    pub effect: Effect,
    /// Behind `/api2.0/v1`.
    pub path: &'static str,
    pub query: Vec<(&'static str, String)>,
    pub body: Option<Vec<u8>>,
}

impl Ask {
    fn get(path: &'static str, query: Vec<(&'static str, String)>) -> Self {
        Self { call: Call::Asking, method: Method::Get, effect: Effect::Reads, path, query, body: None }
    }

    /// A question that is put by POST.
    fn post(path: &'static str, body: &Value) -> Self {
        let body = Some(body.to_string().into_bytes());
        Self { call: Call::Asking, method: Method::Post, effect: Effect::Reads, path, query: vec![], body }
    }

    fn writing(self, call: Call) -> Self {
        Self { call, effect: Effect::Writes, ..self }
    }
}

pub fn login(key: &str) -> Ask {
    Ask::post("/authentication/getAccessToken", &json!({ "apiKey": key }))
}

pub fn refresh(token: &str) -> Ask {
    Ask::post("/authentication/refreshAccessToken", &json!({ "refreshToken": token }))
}

pub fn create(body: &[u8]) -> Ask {
    let ask = Ask { body: Some(body.to_vec()), ..Ask::post("/shopping/order/createOrderV2", &Value::Null) };
    ask.writing(Call::Create)
}

/// By our number or one of CJ's.
pub fn detail(order: &str) -> Ask {
    Ask::get("/shopping/order/getOrderDetail", vec![("orderId", order.to_owned())])
}

pub fn details(orders: &[String]) -> Ask {
    Ask::post("/shopping/order/getOrderDetailBatch", &json!({ "orderIds": orders }))
}

pub fn confirm(order: &str) -> Ask {
    let ask = Ask::post("/shopping/order/confirmOrder", &json!({ "orderId": order }));
    Ask { method: Method::Patch, ..ask }.writing(Call::Confirm)
}

pub fn pay(order: &str) -> Ask {
    Ask::post("/shopping/pay/payBalance", &json!({ "orderId": order })).writing(Call::Pay)
}

pub fn cancel(order: &str) -> Ask {
    let ask = Ask::get("/shopping/order/deleteOrder", vec![("orderId", order.to_owned())]);
    Ask { method: Method::Delete, ..ask }.writing(Call::Cancel)
}

pub fn balance() -> Ask {
    Ask::get("/shopping/pay/getBalance", vec![])
}

pub fn variant(vid: &str) -> Ask {
    let query = vec![("vid", vid.to_owned()), ("features", "enable_inventory".to_owned())];
    Ask::get("/product/variant/queryByVid", query)
}

pub fn stock(vid: &str) -> Ask {
    Ask::get("/product/stock/queryByVid", vec![("vid", vid.to_owned())])
}

pub fn track(numbers: &[String]) -> Ask {
    Ask::get("/logistic/trackInfo", numbers.iter().map(|n| ("trackNumber", n.clone())).collect())
}

/// Where to and what; nothing that says who.
pub fn freight(shipment: &Shipment<'_>, ships_from: &str, country: &str) -> Ask {
    let mut body = json!({ "startCountryCode": ships_from, "endCountryCode": country });
    for (key, value) in [("zip", shipment.ship_to.postcode.as_str()), ("taxId", shipment.tax_id.unwrap_or(""))] {
        if !value.is_empty() {
            body[key] = value.into();
        }
    }
    let product = |(vid, packs): &(String, u32)| json!({ "quantity": packs, "vid": vid });
    body["products"] = shipment.lines.iter().map(product).collect();
    Ask::post("/logistic/freightCalculate", &body)
}

/// For the rules of the routes: the variants with their packs, as CJ describes them. Nothing that says who.
pub fn route(ships_from: &str, country: &str, zip: &str, variants: &[(Value, u32)]) -> Ask {
    let skus = variants.iter().map(|(v, packs)| (text(v, "variantSku"), *packs));
    let trial = |(sku, packs): (String, u32)| json!({ "sku": sku, "skuQuantity": packs });
    // Grams; a weight with a fraction is rounded up, since only the choice of routes hangs on it.
    let whole = |v: &Value, key: &str| {
        let text = text(v, key);
        let (whole, rest) = text.split_once('.').unwrap_or((&text, ""));
        let up = u32::from(rest.bytes().any(|b| b != b'0'));
        whole.parse::<u32>().map_or(0, |n| n.saturating_add(up))
    };
    let total = |key: &str| {
        variants.iter().fold(0_u32, |sum, (v, packs)| sum.saturating_add(whole(v, key).saturating_mul(*packs)))
    };
    let weight = total("variantWeight");
    // Cubic millimetres there, cubic centimetres here.
    let volume = variants
        .iter()
        .fold(0_u32, |sum, (v, packs)| {
            sum.saturating_add(count(v, "variantVolume").unwrap_or(0).saturating_mul(*packs))
        })
        .div_ceil(1000);
    let request = json!({
        "srcAreaCode": ships_from,
        "destAreaCode": country,
        "zip": zip,
        "skuList": skus.clone().map(|(sku, _)| sku).collect::<Vec<_>>(),
        "freightTrialSkuList": skus.map(trial).collect::<Vec<_>>(),
        "weight": weight,
        "wrapWeight": weight,
        "volume": volume,
        "productProp": ["COMMON"],
        "platforms": ["Api"],
    });
    Ask::post("/logistic/freightCalculateTip", &json!({ "reqDTOS": [request] }))
}
