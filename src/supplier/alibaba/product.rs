//! What Alibaba.com says of a product, its variants, stock and freight. Pure.

use serde_json::{Value, json};

use super::detail::money;
use crate::core::address::Address;
use crate::core::address::country;
use crate::core::money::{Amount, Currency, DecimalMark, Price};
use crate::core::sending::{AskError, Asked, Freight, Quote};
use crate::supplier::heard;
use crate::supplier::iop::answer::{FINE, list};
use crate::supplier::iop::ask::Ask;
use crate::supplier::loose::{count, days, text};

/// Prices hang on the country they are for; this one where nobody says.
const USUAL_COUNTRY: &str = "US";
/// Not sold, or no longer.
const GONE: [&str; 2] = ["10005", "130106"];

/// A variant with its steps of price.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Variant {
    pub sku_id: String,
    /// Least quantity with the price from there on, the smallest first.
    pub ladder: Vec<(u32, Price)>,
}

impl Variant {
    /// Fewer cannot be bought.
    pub fn least(&self) -> Option<u32> {
        self.ladder.first().map(|(least, _)| *least)
    }
}

#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct Product {
    /// Of the seller; freight is asked for with it.
    pub company: String,
    /// None when the product is off line.
    pub variants: Vec<Variant>,
}

pub fn ask(product: &str, ships_to: &str) -> Ask {
    let country = if ships_to.is_empty() { USUAL_COUNTRY } else { ships_to };
    let query = json!({ "product_id": product, "country": country });
    Ask::question("/eco/buyer/product/description", &[("query_req", query.to_string())])
}

pub fn stock_ask(product: &str) -> Ask {
    Ask::question("/eco/buyer/product/inventory", &[("query_req", json!({ "product_id": product }).to_string())])
}

/// Below `/eco`, a code of success outside may hide an error inside.
fn inside(answer: &Value) -> Result<&Value, AskError> {
    let result = answer.get("result").or_else(|| answer.get("value")).unwrap_or(answer);
    let code = text(result, "result_code");
    if !FINE.contains(&code.as_str()) {
        return Err(AskError::Answer { code: heard::code(&code), message: text(result, "result_msg") });
    }
    Ok(result.get("result_data").unwrap_or(result))
}

/// # Errors
/// No answer about this product; one that is no longer sold has no variants.
pub fn product(answer: Result<Value, AskError>) -> Result<Product, AskError> {
    let read = |answer: Value| inside(&answer).cloned();
    let of = match answer.and_then(read) {
        Err(AskError::Answer { code, .. }) if GONE.contains(&code.as_str()) => return Ok(Product::default()),
        other => other?,
    };
    let online = ["", "PRODUCT_ONLINE"].contains(&text(&of, "status").as_str());
    let normal = |sku: &&Value| online && ["", "NORMAL"].contains(&text(sku, "status").as_str());
    let variants = list(&of, "skus", &[]).into_iter().filter(normal).map(|sku| variant(sku, &of)).collect();
    Ok(Product { company: text(&of, "eCompanyId"), variants })
}

fn variant(sku: &Value, product: &Value) -> Variant {
    let step = |step: &Value| {
        let currency = [text(step, "currency"), text(product, "currency")].into_iter().find(|c| !c.is_empty())?;
        let currency: Currency = currency.parse().ok()?;
        let price = Amount::parse(&text(step, "price"), DecimalMark::Point).ok()?.price(currency);
        Some((count(step, "min_quantity").unwrap_or(1), price))
    };
    let mut ladder: Vec<_> = list(sku, "ladder_price", &[]).into_iter().filter_map(step).collect();
    ladder.sort_by_key(|(least, _)| *least);
    Variant { sku_id: text(sku, "sku_id"), ladder }
}

/// The price of the smallest quantity: never less than what a larger one costs.
pub fn quote(asked: &Asked, variant: Option<&Variant>, stock: Option<u32>) -> Quote {
    let listing_id = asked.listing_id.clone();
    match variant {
        Some(variant) => {
            Quote { listing_id, price: variant.ladder.first().map(|(_, price)| *price), stock, gone: false }
        }
        None => Quote { listing_id, price: None, stock: Some(0), gone: true },
    }
}

/// Of one warehouse, or of all; `None` where the answer does not count this variant.
///
/// # Errors
/// An error inside of a success.
pub fn stock(answer: &Value, sku_id: &str, ships_from: &str) -> Result<Option<u32>, AskError> {
    let places = list(inside(answer)?, "inventory_list", &[]);
    let here = places.into_iter().filter(|p| ships_from.is_empty() || text(p, "shipping_from") == ships_from);
    let counts: Vec<u32> = here
        .flat_map(|place| list(place, "inventory_list", &[]))
        .filter(|sku| text(sku, "sku_id") == sku_id)
        .filter_map(|sku| count(sku, "inventory_count"))
        .collect();
    Ok((!counts.is_empty()).then(|| counts.into_iter().fold(0, u32::saturating_add)))
}

/// For this very order: the carrier codes of the general quote do not fit an order. Where to and what, not who.
pub fn freight_ask(
    company: &str,
    to: &Address,
    alpha2: &str,
    ships_from: &str,
    lines: &[(String, String, u32)],
) -> Ask {
    let product = |(product, sku, packs): &(String, String, u32)| json!({ "product_id": product, "sku_id": sku, "quantity": packs.to_string(), "country_code": alpha2 });
    let products: Value = lines.iter().map(product).collect();
    let address = json!({
        "zip": to.postcode,
        "country": { "code": alpha2, "name": country::english_name(alpha2).unwrap_or(alpha2) },
        "province": { "code": "", "name": to.region },
        "city": { "code": "", "name": to.city },
    });
    Ask::question(
        "/order/freight/calculate",
        &[
            ("e_company_id", company.to_owned()),
            ("destination_country", alpha2.to_owned()),
            ("logistics_product_list", products.to_string()),
            ("address", address.to_string()),
            ("dispatch_location", ships_from.to_owned()),
        ],
    )
}

pub fn freight(answer: &Value) -> Vec<Freight> {
    let option = |of: &Value| {
        Some(Freight {
            method: Some(text(of, "vendor_code")).filter(|m| !m.is_empty())?,
            cost: money(of.get("fee"))?,
            days: days(&text(of, "delivery_time")),
        })
    };
    let of = if answer.get("value").is_some() { "value" } else { "result" };
    list(answer, of, &[]).into_iter().filter_map(option).collect()
}
