//! What CJ says of variants, stock, freight, balance and parcels. Pure.

use serde_json::Value;

use crate::core::money::Money;
use crate::core::sending::{Asked, Freight, ParcelNotice, Quote, Tracked};
use crate::supplier::loose::{count, days, items, list, money, price, text};

/// Codes for a variant or product that is no longer sold.
pub const GONE: [&str; 5] = ["1602000", "1602001", "1602002", "1602003", "1602004"];

pub fn gone(asked: &Asked) -> Quote {
    Quote { listing_id: asked.listing_id.clone(), price: None, stock: Some(0), gone: true }
}

/// `stock` is `None` when this answer does not count it; then the call for stock is asked.
pub fn quote(asked: &Asked, variant: &Value) -> Quote {
    Quote {
        listing_id: asked.listing_id.clone(),
        price: price(variant, "variantSellPrice"),
        stock: stock(&list(variant, "inventories"), &asked.ships_from),
        gone: false,
    }
}

/// The total of one country, or of all; what is at CJ and what its supplier claims. The field has two names.
pub fn stock(rows: &[&Value], ships_from: &str) -> Option<u32> {
    if rows.is_empty() {
        return None;
    }
    let here = rows.iter().filter(|row| ships_from.is_empty() || text(row, "countryCode") == ships_from);
    let total =
        |row: &&&Value| ["totalInventory", "totalInventoryNum", "storageNum"].iter().find_map(|key| count(row, key));
    here.map(|row| total(&row)).try_fold(0_u32, |sum, n| Some(sum.saturating_add(n?)))
}

/// The whole price where CJ says it, since the lowest postage is not always the lowest price.
pub fn freight(data: &Value) -> Vec<Freight> {
    let option = |row: &&Value| {
        Some(Freight {
            method: Some(text(row, "logisticName")).filter(|m| !m.is_empty())?,
            cost: money(row, "totalPostageFee").or_else(|| money(row, "logisticPrice"))?,
            days: days(&text(row, "logisticAging")),
        })
    };
    items(data).iter().filter_map(option).collect()
}

pub fn balance(data: &Value) -> Option<Money> {
    money(data, "amount")
}

pub fn tracked(data: &Value) -> Vec<Tracked> {
    let one = |row: &&Value| {
        let last = ParcelNotice { number: text(row, "lastTrackNumber"), carrier: text(row, "lastMileCarrier") };
        Some(Tracked {
            number: Some(text(row, "trackingNumber")).filter(|n| !n.is_empty())?,
            status: text(row, "trackingStatus"),
            last_mile: Some(last).filter(|last| !last.number.is_empty()),
            to: text(row, "trackingTo"),
        })
    };
    items(data).iter().filter_map(one).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stock_in_every_spelling() {
        let rows: Value = serde_json::from_str(
            r#"[{"countryCode":"CN","totalInventory":"120"},{"countryCode":"US","totalInventoryNum":3}]"#,
        )
        .unwrap();
        assert_eq!(stock(&items(&rows), "US"), Some(3));
        assert_eq!(stock(&items(&rows), ""), Some(123));
        assert_eq!(stock(&items(&rows), "DE"), Some(0));
        assert_eq!(stock(&[], "DE"), None);
    }
}
