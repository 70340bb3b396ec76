//! What AliExpress says of a product, its variants and the ways of shipping them. Pure.

use serde_json::{Value, json};

use crate::core::money::{Amount, Currency, DecimalMark, Money, Price};
use crate::core::sending::{AskError, Asked, Freight, Quote};
use crate::supplier::iop::answer::{FINE, flag, list, plain};
use crate::supplier::iop::ask::Ask;
use crate::supplier::iop::listing;
use crate::supplier::loose::{count, text};

/// Prices, stock and freight hang on the country they are for; this one where nobody says.
pub const USUAL_COUNTRY: &str = "US";
/// Orders are made and paid in it.
pub const CURRENCY: &str = "USD";

/// `rsp_code` that means: not sold, or not to that country.
const GONE: [&str; 3] = ["602", "604", "605"];
/// Freight codes that mean: not to that address, or no such variant.
const NO_WAY: [&str; 2] = ["505", "501"];

/// DELIVERY_SERVICE_EXCEPTION, which passes.
pub const AWAY: &str = "506";

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Variant {
    /// What order.create wants, letter for letter.
    pub sku_attr: String,
    /// What the freight query wants.
    pub sku_id: String,
    pub price: Option<Price>,
    pub stock: Option<u32>,
}

pub fn ask(product: &str, ships_to: &str) -> Ask {
    let ships_to = if ships_to.is_empty() { USUAL_COUNTRY } else { ships_to };
    Ask::question(
        "aliexpress.ds.product.get",
        &[
            ("product_id", product.to_owned()),
            ("ship_to_country", super::rules::country_code(ships_to).to_owned()),
            ("target_currency", CURRENCY.to_owned()),
            ("target_language", "en_US".to_owned()),
        ],
    )
}

/// The variants that can be ordered; none when the product is gone or not sold to that country.
///
/// # Errors
/// An error of AliExpress that says neither.
pub fn variants(answer: &Value) -> Result<Vec<Variant>, AskError> {
    let Some(result) = answer.get("result").filter(|r| r.is_object()) else {
        let (code, message) = (text(answer, "rsp_code"), text(answer, "rsp_msg"));
        return if GONE.contains(&code.as_str()) { Ok(vec![]) } else { Err(AskError::Answer { code, message }) };
    };
    let base = result.get("ae_item_base_info_dto");
    let status = base.map(|base| text(base, "product_status_type")).unwrap_or_default();
    if !["", "onSelling"].contains(&status.as_str()) {
        return Ok(vec![]);
    }
    Ok(list(result, "ae_item_sku_info_dtos", &["ae_item_sku_info_d_t_o"]).into_iter().map(variant).collect())
}

/// The base info has the seller's currency; the price is in the variant's own.
fn variant(sku: &Value) -> Variant {
    let currency = text(sku, "currency_code").parse::<Currency>().ok();
    let price = ["offer_sale_price", "sku_price"].iter().map(|key| text(sku, key)).find(|p| !p.is_empty());
    Variant {
        sku_attr: sku.get("sku_attr").and_then(Value::as_str).map_or_else(|| rebuilt(sku), str::to_owned),
        sku_id: text(sku, "sku_id"),
        price: price.zip(currency).and_then(|(price, currency)| amount(&price, currency)),
        stock: count(sku, "sku_available_stock"),
    }
}

fn amount(text: &str, currency: Currency) -> Option<Price> {
    Some(Amount::parse(text, DecimalMark::Point).ok()?.price(currency))
}

/// Where `sku_attr` is not said at all: the pairs of ids, never the words.
fn rebuilt(sku: &Value) -> String {
    let pair = |p: &Value| {
        let id = |key: &str| plain(p.get(key)?);
        Some(format!("{}:{}", id("sku_property_id")?, id("property_value_id")?))
    };
    let pairs: Vec<String> =
        list(sku, "ae_sku_property_dtos", &["ae_sku_property_d_t_o"]).into_iter().filter_map(pair).collect();
    pairs.join(";")
}

pub fn quote(asked: &Asked, variants: &[Variant]) -> Quote {
    let wanted = listing::parts(&asked.listing_id).map(|(_, sku_attr)| sku_attr);
    match variants.iter().find(|v| Some(v.sku_attr.as_str()) == wanted) {
        Some(v) => Quote { listing_id: asked.listing_id.clone(), price: v.price, stock: v.stock, gone: false },
        None => Quote { listing_id: asked.listing_id.clone(), price: None, stock: Some(0), gone: true },
    }
}

/// Its inner names are camelCase, unlike every other call's, and the quantity is text.
pub fn freight_ask(product: &str, sku_id: &str, packs: u32, alpha2: &str) -> Ask {
    let query = json!({
        "quantity": packs.to_string(),
        "shipToCountry": super::rules::country_code(alpha2),
        "productId": product,
        "language": "en_US",
        "locale": "en_US",
        "selectedSkuId": sku_id,
        "currency": CURRENCY,
    });
    Ask::question("aliexpress.ds.freight.query", &[("queryDeliveryReq", query.to_string())])
}

/// # Errors
/// An error that does not say "cannot be shipped there".
pub fn freight(answer: &Value) -> Result<Vec<Freight>, AskError> {
    let result = answer.get("result").unwrap_or(answer);
    let code = text(result, "code");
    if NO_WAY.contains(&code.as_str()) {
        return Ok(vec![]);
    }
    if !FINE.contains(&code.as_str()) {
        return Err(AskError::Answer { code, message: text(result, "msg") });
    }
    Ok(list(result, "delivery_options", &["delivery_option_d_t_o"]).into_iter().filter_map(option).collect())
}

/// `shipping_fee_cent` is in whole units of the currency, whatever its name says, and is absent where shipping is free.
fn option(of: &Value) -> Option<Freight> {
    let currency: Currency =
        Some(text(of, "shipping_fee_currency")).filter(|c| !c.is_empty()).unwrap_or(CURRENCY.into()).parse().ok()?;
    let free = flag(of, "free_shipping") == Some(true);
    let fee = text(of, "shipping_fee_cent");
    let cost = match (fee.is_empty(), free) {
        (false, _) => amount(&fee, currency)?.times(1).rounded().ok()?,
        (true, true) => Money::zero(currency),
        (true, false) => return None,
    };
    let days = (count(of, "min_delivery_days"), count(of, "max_delivery_days"));
    Some(Freight { method: Some(text(of, "code")).filter(|m| !m.is_empty())?, cost, days })
}

/// The methods that ship every line, with the fees added up and the slowest of the days.
pub fn for_all(lines: Vec<Vec<Freight>>) -> Vec<Freight> {
    let later = |a: Option<u32>, b: Option<u32>| a.zip(b).map(|(a, b)| a.max(b));
    let together = |a: &Freight, b: &Freight| {
        let days = (later(a.days.0, b.days.0), later(a.days.1, b.days.1));
        Some(Freight { method: a.method.clone(), cost: a.cost.plus(b.cost).ok()?, days })
    };
    let both = |all: Vec<Freight>, next: Vec<Freight>| {
        all.iter().filter_map(|a| together(a, next.iter().find(|b| b.method == a.method)?)).collect()
    };
    lines.into_iter().reduce(both).unwrap_or_default()
}
