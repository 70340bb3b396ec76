//! From the text of the file to [`Config`]: errors name the line and the nearest key.

use std::collections::BTreeMap;
use std::path::Path;

use jiff::civil::Date;
use rust_decimal::Decimal;
use serde::Deserialize;

use super::values::parsed;
use super::{Config, ConfigError, Store, Supplier, SupplierKind, Tracker, Tracking};
use crate::core::ids::Slug;
use crate::core::money::{Currency, Money};
use crate::core::plan::Guard;
use crate::core::rates::Rates;

/// The file as it is written; checks that need two keys are made on the way to [`Config`].
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    #[serde(default)]
    store: BTreeMap<String, toml::Spanned<Store>>,
    #[serde(default)]
    supplier: BTreeMap<String, Supplier>,
    #[serde(default)]
    guard: WrittenGuard,
    #[serde(default)]
    tracker: BTreeMap<String, Tracker>,
    #[serde(default)]
    tracking: Tracking,
    #[serde(default)]
    rates: BTreeMap<String, toml::Spanned<toml::Value>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenGuard {
    min_margin_percent: Option<toml::Value>,
    #[serde(default, deserialize_with = "parsed")]
    max_order_cost: Option<Money>,
    #[serde(default, deserialize_with = "parsed")]
    max_run_cost: Option<Money>,
    max_price_rise_percent: Option<u32>,
    max_order_age_days: Option<u32>,
    max_listing_age_days: Option<u32>,
    #[serde(default)]
    fallback: Fallback,
}

#[derive(Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Fallback {
    #[default]
    Offer,
    Auto,
}

impl Config {
    /// # Errors
    /// A missing file, or a line that cannot be meant.
    pub fn load(path: &Path) -> Result<Self, ConfigError> {
        let name = path.display().to_string();
        match std::fs::read_to_string(path) {
            Ok(text) => Self::parse(&text, &name),
            Err(e) if e.kind() == std::io::ErrorKind::NotFound => Err(ConfigError::Missing(name)),
            Err(e) => Err(ConfigError::File { path: name, why: e.to_string() }),
        }
    }

    /// # Errors
    /// The first line that cannot be meant, with the nearest key.
    pub fn parse(text: &str, path: &str) -> Result<Self, ConfigError> {
        let at = |offset: usize, message: String, hint: Option<String>| {
            let line = text[..offset.min(text.len())].matches('\n').count() + 1;
            ConfigError::Wrong { path: path.to_owned(), line, message, hint }
        };
        let written: Written = toml::from_str(text).map_err(|error| {
            let message = error.message().trim().to_owned();
            let (message, hint) = explain(&message);
            at(error.span().map_or(0, |s| s.start), message, hint)
        })?;
        let mut stores = BTreeMap::new();
        for (slug, store) in written.store {
            let offset = store.span().start;
            let slug = slug.parse::<Slug>().map_err(|e| at(offset, e.to_string(), None))?;
            stores.insert(slug, store.into_inner());
        }
        let mut rates = Rates::default();
        for (pair, value) in written.rates {
            let offset = value.span().start;
            set_rate(&mut rates, &pair, value.get_ref())
                .map_err(|why| at(offset, format!("rates.{pair}: {why}"), Some("EUR_USD = \"1.0835\"".to_owned())))?;
        }
        let guard = guard(written.guard).map_err(|why| at(0, why, Some("min_margin_percent = 5".to_owned())))?;
        if let Some((name, _)) =
            written.supplier.iter().find(|(_, s)| s.kind == SupplierKind::Sheet && !s.shipping.is_empty())
        {
            let message = format!("supplier.{name} is a sheet: it quotes no freight, so no rule can choose a method");
            let header = format!("[supplier.{name}.shipping]");
            let hint = "write the method into the listings".to_owned();
            return Err(at(text.find(&header).unwrap_or(0), message, Some(hint)));
        }
        let (trackers, tracking) = (written.tracker, written.tracking);
        Ok(Self { stores, suppliers: written.supplier, guard, rates, trackers, tracking })
    }
}

fn guard(written: WrittenGuard) -> Result<Guard, String> {
    let default = Guard::default();
    let min_margin_percent = written
        .min_margin_percent
        .map(|value| decimal(&value).ok_or_else(|| format!("guard.min_margin_percent: {value} is not a number")))
        .transpose()?;
    Ok(Guard {
        min_margin_percent,
        max_order_cost: written.max_order_cost,
        max_run_cost: written.max_run_cost,
        max_price_rise_percent: written.max_price_rise_percent.unwrap_or(default.max_price_rise_percent),
        max_order_age_days: written.max_order_age_days.unwrap_or(default.max_order_age_days),
        max_listing_age_days: written.max_listing_age_days,
        auto_fallback: written.fallback == Fallback::Auto,
    })
}

fn set_rate(rates: &mut Rates, pair: &str, value: &toml::Value) -> Result<(), String> {
    if pair == "date" {
        let text = value.to_string();
        let date: Date = text.trim_matches('"').parse().map_err(|_| format!("{text} is not a date"))?;
        rates.date = Some(date);
        return Ok(());
    }
    let (from, to) = pair.split_once('_').ok_or("a rate is named by two currencies")?;
    let (from, to) = (currency(from)?, currency(to)?);
    let rate = decimal(value).ok_or_else(|| format!("{value} is not a number"))?;
    rates.set(from, to, rate)
}

fn currency(code: &str) -> Result<Currency, String> {
    code.parse().map_err(|e: crate::core::money::MoneyError| e.to_string())
}

/// A number however it is written: `5`, `5.5`, `"1.0835"`.
fn decimal(value: &toml::Value) -> Option<Decimal> {
    match value {
        toml::Value::String(text) => text.parse().ok(),
        toml::Value::Integer(n) => Some(Decimal::from(*n)),
        toml::Value::Float(_) => value.to_string().parse().ok(),
        _ => None,
    }
}

/// Secrets written into the file, for which serde knows no key on purpose.
const LITERAL_SECRETS: [&str; 7] =
    ["token", "api_key", "app_secret", "access_token", "client_secret", "consumer_key", "consumer_secret"];

/// Turns the parser's words into ours, with the nearest key.
fn explain(message: &str) -> (String, Option<String>) {
    let Some(rest) = message.strip_prefix("unknown field `") else {
        return (message.lines().collect::<Vec<_>>().join(" "), None);
    };
    let mut names = rest.split('`').step_by(2);
    let unknown = names.next().unwrap_or_default();
    if LITERAL_SECRETS.contains(&unknown) {
        let hint = format!("{unknown}_env = \"NAME\", {unknown}_file = \"PATH\" or {unknown}_command = \"COMMAND\"");
        return (format!("\"{unknown}\" would put a secret into this file"), Some(hint));
    }
    let nearest = names.min_by_key(|name| strsim::levenshtein(unknown, name));
    (format!("\"{unknown}\" is not a key here"), nearest.map(|name| format!("did you mean \"{name}\"?")))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wrong(text: &str) -> (usize, String, String) {
        match Config::parse(text, "c.toml") {
            Err(ConfigError::Wrong { line, message, hint, .. }) => (line, message, hint.unwrap_or_default()),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn an_unknown_key_names_its_line_and_the_nearest() {
        let (line, message, hint) = wrong("[store.us]\nkind = \"shopify\"\ncurency = \"USD\"\n");
        assert_eq!((line, message.as_str()), (3, "\"curency\" is not a key here"));
        assert_eq!(hint, "did you mean \"currency\"?");
        assert_eq!(wrong("[guard]\nmax_cost = 1\n").0, 2);
        assert_eq!(wrong("[stores.us]\n").2, "did you mean \"store\"?");
    }

    #[test]
    fn a_literal_secret_is_refused_without_repeating_it() {
        let (_, message, hint) = wrong("[store.us]\nkind = \"shopify\"\ntoken = \"shpat_1\"\n");
        assert!(message.contains("secret") && hint.contains("token_env"), "{message} {hint}");
        assert!(!message.contains("shpat"));
    }

    #[test]
    fn values_that_cannot_be_meant() {
        assert!(wrong("[store.us]\nkind = \"shopfy\"\n").1.contains("shopify"));
        assert!(wrong("[store.US]\nkind = \"shopify\"\n").1.contains("small letters"));
        assert!(wrong("[store.us]\nkind = \"ebay\"\ncurrency = \"DOL\"\n").1.contains("ISO 4217"));
        assert!(wrong("[store.us]\nkind = \"ebay\"\ntime_zone = \"Moon\"\n").1.contains("time zone"));
        assert_eq!(wrong("[rates]\ndate = 2026-11-20\nEUR_USD = \"0\"\n").0, 3);
        assert!(wrong("[rates]\nEURUSD = \"1\"\n").1.contains("two currencies"));
        assert!(wrong("[guard]\nmin_margin_percent = \"much\"\n").1.contains("not a number"));
        assert!(wrong("[guard]\nmax_run_cost = \"200\"\n").1.contains("not an amount"));
        assert!(wrong("[supplier.a]\nkind = \"cj\"\npay = \"always\"\n").1.contains("never"));
        let rule = |text: &str| wrong(&format!("[supplier.a]\nkind = \"cj\"\n[supplier.a.shipping]\n{text}\n"));
        assert_eq!(rule("within_day = 3").2, "did you mean \"within_days\"?");
        assert!(rule("rule = \"best\"").1.contains("cheapest or fastest"));
        assert!(rule("rule = \"cheapest\"\nmethod = \"X\"").1.contains("rule and method"));
        assert!(rule("method = 3").1.contains("shipping.method"));
        assert!(rule("within_days = 9").1.contains("within_days needs"));
        assert!(rule("XX = \"Y\"").1.contains("XX is not a country"));
        let sheet = wrong("[supplier.a]\nkind = \"sheet\"\n[supplier.a.shipping]\nrule = \"cheapest\"\n");
        assert!(sheet.0 == 3 && sheet.1.contains("quotes no freight"), "{sheet:?}");
        let check = wrong("[store.us]\nkind = \"ebay\"\nchecks = { house_number = \"error\" }\n").1;
        assert!(check.contains("house_number_missing"), "{check}");
        assert!(wrong("[store.us]\nkind = \"ebay\"\nchecks = { po_box = \"no\" }\n").1.contains("off, warn or error"));
    }

    #[test]
    fn the_example_holds_every_key_and_loads() {
        let text = include_str!("../../.config-example.toml");
        let config = Config::parse(text, ".config-example.toml").unwrap();
        assert_eq!(config.guard, Guard::default(), "the example shows the defaults");
        assert_eq!(config.tracking.watch(), crate::core::watch::Watch::default());
        assert!(config.trackers.contains_key("main"));
        // Every key stands there, set or behind a comment mark.
        for key in [
            "time_zone",
            "date_order",
            "shop",
            "token_env",
            "token_file",
            "token_command",
            "base_url",
            "client_id",
            "client_secret_env",
            "client_secret_file",
            "client_secret_command",
            "redirect_uri",
            "consumer_key_env",
            "consumer_key_file",
            "consumer_key_command",
            "consumer_secret_env",
            "consumer_secret_file",
            "consumer_secret_command",
            "api_version",
            "notify",
            "complete",
            "fee_per_order",
            "api_key_env",
            "api_key_file",
            "api_key_command",
            "app_id",
            "app_key",
            "app_secret_env",
            "app_secret_file",
            "app_secret_command",
            "access_token_env",
            "access_token_file",
            "access_token_command",
            "pay",
            "requests_per_second",
            "settle_after_seconds",
            "sheet",
            "format",
            "outbox",
            "rule",
            "within_days",
            "method",
            "min_margin_percent",
            "max_order_cost",
            "max_run_cost",
            "max_price_rise_percent",
            "max_order_age_days",
            "max_listing_age_days",
            "fallback",
            "date",
            "checks",
            "no_confirm_hours",
            "no_tracking_hours",
            "no_scan_hours",
            "no_news_days",
            "late_days",
            "ship_duty_days",
            "uploads",
        ] {
            let stands = text.lines().any(|l| l.trim_start_matches(['#', ' ']).starts_with(&format!("{key} =")));
            assert!(stands, "{key}");
        }
        let uncommented: String = text
            .lines()
            .map(|l| {
                l.strip_prefix("# ").filter(|r| r.contains(" = ") || r.starts_with('[')).unwrap_or(l).to_owned() + "\n"
            })
            .collect();
        Config::parse(&uncommented, "uncommented").unwrap();
    }
}
