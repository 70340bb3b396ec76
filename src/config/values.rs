//! How single values of the config are read, for serde.

use std::collections::BTreeMap;

use jiff::tz::TimeZone;
use serde::{Deserialize, Deserializer, de};

use crate::core::address::check::{CHECKS, Profile, Severity};
use crate::core::store_kind::StoreKind;

pub fn store_kind<'de, D: Deserializer<'de>>(from: D) -> Result<&'static StoreKind, D::Error> {
    let text = String::deserialize(from)?;
    text.parse().map_err(|names: Vec<_>| {
        de::Error::custom(format!("\"{text}\" is not a kind of store; there are {}", names.join(" ")))
    })
}

pub fn parsed<'de, D: Deserializer<'de>, T: std::str::FromStr<Err: std::fmt::Display>>(
    from: D,
) -> Result<Option<T>, D::Error> {
    String::deserialize(from)?.parse().map(Some).map_err(de::Error::custom)
}

pub fn checks<'de, D: Deserializer<'de>>(from: D) -> Result<Profile, D::Error> {
    let mut profile = Profile::default();
    for (name, severity) in BTreeMap::<String, String>::deserialize(from)? {
        let severity = Severity::from_name(&severity)
            .ok_or_else(|| de::Error::custom(format!("checks.{name}: \"{severity}\" is not off, warn or error")))?;
        if !profile.set(&name, severity) {
            let nearest = CHECKS.iter().map(|c| c.name).min_by_key(|known| strsim::levenshtein(&name, known));
            let nearest = nearest.unwrap_or_default();
            return Err(de::Error::custom(format!(
                "checks.{name} is not a check of addresses; the nearest is {nearest}"
            )));
        }
    }
    Ok(profile)
}

pub fn zone<'de, D: Deserializer<'de>>(from: D) -> Result<Option<TimeZone>, D::Error> {
    let text = String::deserialize(from)?;
    TimeZone::get(&text)
        .map(Some)
        .map_err(|_| de::Error::custom(format!("\"{text}\" is not a time zone; write it like Europe/Berlin")))
}
