//! What Banggood says of prices, stock, freight, countries and parcels. Pure.

use std::collections::BTreeMap;

use serde_json::Value;

use super::listing::Listing;
use crate::core::address::country;
use crate::core::money::{Amount, Currency, DecimalMark, Price};
use crate::core::sending::{Asked, Freight, Quote, Tracked};
use crate::supplier::loose::{count, days, list, text};

/// Codes for a product or an option that is not sold (any more).
pub const GONE: [&str; 2] = ["12033", "12034"];

pub fn gone(asked: &Asked) -> Quote {
    Quote { listing_id: asked.listing_id.clone(), price: None, stock: Some(0), gone: true }
}

/// Only the row of these very options counts.
pub fn price(data: &Value, listing: &Listing<'_>) -> Option<Price> {
    let rows = list(data, "productPrice");
    let row = rows.into_iter().find(|row| listing.has_options(&text(row, "poa_id")))?;
    let currency = text(data, "currency");
    amount(&text(row, "price"), if currency.is_empty() { "USD" } else { &currency })
}

/// Prices may come with a sign of their currency; one of another currency is no price.
fn amount(text: &str, currency: &str) -> Option<Price> {
    let currency: Currency = currency.parse().ok()?;
    let bare = text.trim_matches(|c: char| "£€$¥ ".contains(c) || c.is_whitespace());
    let sign_of = |sign: char, code: &str| !text.contains(sign) || currency.code() == code;
    if !sign_of('£', "GBP") || !sign_of('€', "EUR") {
        return None;
    }
    Some(Amount::parse(bare, DecimalMark::Point).ok()?.price(currency))
}

/// In one warehouse, or in all. `None` when no row counts these options.
pub fn stock(data: &Value, listing: &Listing<'_>, ships_from: &str) -> Option<u32> {
    let warehouses = rows(data, "stocks", "stocks_list");
    let here = warehouses.iter().filter(|w| ships_from.is_empty() || text(w, "warehouse") == ships_from);
    let mut sum = None;
    for row in here.flat_map(|w| rows(w, "stock_list", "stocks_list")) {
        if listing.has_options(&text(row, "poa_id")) {
            sum = Some(sum.unwrap_or(0_u32).saturating_add(count(row, "stock")?));
        }
    }
    // The product is counted, and not in this warehouse.
    sum.or_else(|| (!warehouses.is_empty() && !counts_here(&warehouses, ships_from)).then_some(0))
}

fn counts_here(warehouses: &[&Value], ships_from: &str) -> bool {
    ships_from.is_empty() || warehouses.iter().any(|w| text(w, "warehouse") == ships_from)
}

/// A list that goes by two names.
fn rows<'a>(of: &'a Value, name: &str, other: &str) -> Vec<&'a Value> {
    let found = list(of, name);
    if found.is_empty() { list(of, other) } else { found }
}

/// The methods that carry every line, with the fees of all lines together.
pub fn freight(lines: &[Value]) -> Vec<Freight> {
    let mut all: Option<BTreeMap<String, Freight>> = None;
    for data in lines {
        let offered = offers(data);
        all = Some(match all {
            None => offered,
            Some(known) => known.into_values().filter_map(|one| together(one, &offered)).collect(),
        });
    }
    all.unwrap_or_default().into_values().collect()
}

fn together(one: Freight, offered: &BTreeMap<String, Freight>) -> Option<(String, Freight)> {
    let other = offered.get(&one.method)?;
    let later = |a: Option<u32>, b: Option<u32>| a.zip(b).map(|(a, b)| a.max(b));
    let days = (later(one.days.0, other.days.0), later(one.days.1, other.days.1));
    let cost = one.cost.plus(other.cost).ok()?;
    Some((one.method.clone(), Freight { cost, days, ..one }))
}

fn offers(data: &Value) -> BTreeMap<String, Freight> {
    let option = |row: &&Value| {
        let method = Some(text(row, "shipmethod_code")).filter(|m| !m.is_empty())?;
        let cost = amount(&text(row, "shipfee"), "USD")?.times(1).rounded().ok()?;
        Some((method.clone(), Freight { method, cost, days: days(&text(row, "shipday")) }))
    };
    rows(data, "shipment_list", "shipmethod_list").iter().filter_map(option).collect()
}

/// The method codes of one line, priced or not.
pub fn offered(data: &Value) -> Vec<String> {
    let rows = rows(data, "shipment_list", "shipmethod_list");
    rows.into_iter().map(|row| text(row, "shipmethod_code")).collect()
}

/// Banggood's own spelling of each country it knows, by alpha-2.
pub fn countries(data: &Value) -> BTreeMap<&'static str, String> {
    let names = list(data, "countries").into_iter().map(|row| text(row, "country_name"));
    names.filter_map(|name| Some((country::code(&name)?, name))).collect()
}

/// The newest event; the times are text that sorts. `None` when nothing has happened.
pub fn tracked(data: &Value, number: &str) -> Option<Tracked> {
    let events = list(data, "track_info");
    let newest = events.into_iter().max_by_key(|event| text(event, "time"))?;
    Some(Tracked { number: number.to_owned(), status: text(newest, "event"), ..Tracked::default() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prices_with_signs_and_stock_by_warehouse() {
        let told = |text: &str, currency: &str| amount(text, currency).map(|p| p.to_string());
        assert_eq!(told("8.62", "EUR"), Some("8.62 EUR".to_owned()));
        assert_eq!(told("€ 8.62", "EUR"), Some("8.62 EUR".to_owned()));
        assert_eq!(told("$0", "USD"), Some("0.00 USD".to_owned()));
        assert_eq!((told("€8.62", "USD"), told("8.62", "euro"), told("8,62", "EUR")), (None, None, None));
        let data: Value = serde_json::from_str(
            r#"{"stocks":[{"warehouse":"CN","stock_list":[{"poa_id":"45,2","stock":"556"},{"poa_id":"45,3","stock":1}]},
                {"warehouse":"US","stocks_list":[{"poa_id":"2,45","stock":4}]}]}"#,
        )
        .unwrap();
        let listing = Listing::of("1:45,2").unwrap();
        assert_eq!(stock(&data, &listing, "CN"), Some(556));
        assert_eq!(stock(&data, &listing, "US"), Some(4));
        assert_eq!(stock(&data, &listing, ""), Some(560));
        assert_eq!(stock(&data, &listing, "UK"), Some(0));
        assert_eq!(stock(&data, &Listing::of("1:45").unwrap(), "CN"), None, "these options are not counted");
    }
}
