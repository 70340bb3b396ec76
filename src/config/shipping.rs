//! `[supplier.NAME.shipping]`: a rule or a name, and names by country.

use std::collections::BTreeMap;

use serde::{Deserialize, Deserializer, de};

use crate::core::address::country;
use crate::core::shipping::{Pick, ShippingRule};

const KEYS: &[&str] = &["rule", "within_days", "method"];

pub fn rule<'de, D: Deserializer<'de>>(from: D) -> Result<ShippingRule, D::Error> {
    let mut rule = ShippingRule::default();
    for (key, value) in BTreeMap::<String, toml::Value>::deserialize(from)? {
        let text = || {
            let text = value.as_str().map(str::trim).filter(|text| !text.is_empty());
            text.map(str::to_owned).ok_or_else(|| de::Error::custom(format!("shipping.{key} must be a name in quotes")))
        };
        match key.as_str() {
            "rule" => rule.pick = Some(pick(&text()?).map_err(de::Error::custom)?),
            "within_days" => {
                let days = value.as_integer().and_then(|n| u32::try_from(n).ok()).filter(|n| *n > 0);
                let wrong = || de::Error::custom("shipping.within_days must be a whole number of days");
                rule.within_days = Some(days.ok_or_else(wrong)?);
            }
            "method" => rule.method = Some(text()?),
            code if code.len() == 2 && code.bytes().all(|b| b.is_ascii_uppercase()) => {
                if country::code(code) != Some(code) {
                    return Err(de::Error::custom(format!("shipping.{code} is not a country that dsf knows")));
                }
                rule.by_country.insert(code.to_owned(), text()?);
            }
            unknown => return Err(de::Error::unknown_field(unknown, KEYS)),
        }
    }
    if rule.pick.is_some() && rule.method.is_some() {
        return Err(de::Error::custom(
            "shipping has a rule and method: keep one of them, and name countries beside it",
        ));
    }
    if rule.within_days.is_some() && rule.pick.is_none() {
        return Err(de::Error::custom("shipping.within_days needs rule = \"cheapest\" or \"fastest\""));
    }
    Ok(rule)
}

fn pick(word: &str) -> Result<Pick, String> {
    match word {
        "cheapest" => Ok(Pick::Cheapest),
        "fastest" => Ok(Pick::Fastest),
        other => Err(format!("shipping.rule = \"{other}\": there are cheapest or fastest")),
    }
}
