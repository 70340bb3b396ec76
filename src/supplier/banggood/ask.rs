//! The requests to Banggood, as values. Pure.

use super::answer::Call;
use super::listing::Listing;
use crate::net::{Effect, Method};

/// A request but for the host and the token.
#[derive(Clone, PartialEq, Debug)]
pub struct Ask {
    pub call: Call,
    pub method: Method,
    pub effect: Effect,
    pub path: &'static str,
    pub query: Vec<(&'static str, String)>,
    /// A form, for the one call that writes.
    pub form: Vec<u8>,
}

/// Prices in dollars, words in English: said on every call, though both are the default.
const DOLLARS: (&str, &str) = ("currency", "USD");
const ENGLISH: (&str, &str) = ("lang", "en");

impl Ask {
    fn get(path: &'static str, query: &[(&'static str, &str)]) -> Self {
        let query = query.iter().map(|(key, value)| (*key, (*value).to_owned())).collect();
        Self { call: Call::Asking, method: Method::Get, effect: Effect::Reads, path, query, form: vec![] }
    }
}

/// Banggood wants id and secret in the query; no other call has the secret.
pub fn login(app_id: &str, app_secret: &str) -> Ask {
    Ask::get("/getAccessToken", &[("app_id", app_id), ("app_secret", app_secret)])
}

pub fn price(listing: &Listing<'_>, warehouse: &str) -> Ask {
    let query = [("product_id", listing.product), ("poa_id", listing.poa), ("warehouse", warehouse), DOLLARS, ENGLISH];
    Ask::get("/product/getProductPrice", &query)
}

/// Of a whole product.
pub fn stocks(product: &str) -> Ask {
    Ask::get("/product/getStocks", &[("product_id", product), ENGLISH])
}

/// For one line: Banggood quotes freight for each.
pub fn shipments(listing: &Listing<'_>, packs: u32, warehouse: &str, country: &str) -> Ask {
    let packs = packs.to_string();
    let mut query = vec![("product_id", listing.product), ("warehouse", warehouse), ("country", country)];
    if !listing.poa.is_empty() {
        query.push(("poa_id", listing.poa));
    }
    query.extend([("quantity", packs.as_str()), DOLLARS, ENGLISH]);
    Ask::get("/product/getShipments", &query)
}

pub fn countries() -> Ask {
    Ask::get("/common/getCountries", &[ENGLISH])
}

pub fn import(form: &[u8]) -> Ask {
    Ask {
        call: Call::Import,
        method: Method::Post,
        effect: Effect::Writes,
        form: form.to_vec(),
        ..Ask::get("/order/importOrder", &[])
    }
}

pub fn info(reference: &str) -> Ask {
    Ask::get("/order/getOrderInfo", &[("sale_record_id", reference), ENGLISH])
}

/// The one call that tells a tracking number.
pub fn history(reference: &str, order: &str) -> Ask {
    Ask::get("/order/getOrderHistory", &[("sale_record_id", reference), ("order_id", order), ENGLISH])
}

pub fn track(order: &str) -> Ask {
    Ask::get("/order/getTrackInfo", &[("order_id", order), ENGLISH])
}
