//! The config file: its keys as types. `read` turns the text into them, with errors that name the line.
//!
//! Where the file lies is `ctx`'s business.

mod read;
mod shipping;
mod values;

use std::collections::BTreeMap;

use jiff::tz::TimeZone;
use serde::Deserialize;
use thiserror::Error;

use self::values::{checks, parsed, store_kind, zone};
use crate::core::address::check::Profile;
use crate::core::date_order::DateOrder;
use crate::core::ids::Slug;
use crate::core::money::{Currency, Money};
use crate::core::plan::{Guard, StoreTerms, SupplierTerms};
use crate::core::rates::Rates;
use crate::core::shipping::ShippingRule;
use crate::core::store_kind::StoreKind;
use crate::core::watch::Watch;

#[derive(Debug, Error)]
pub enum ConfigError {
    #[error("no config at {0}")]
    Missing(String),
    #[error("{path}:{line}: {message}")]
    Wrong { path: String, line: usize, message: String, hint: Option<String> },
    #[error("{path}: {why}")]
    File { path: String, why: String },
}

impl ConfigError {
    pub fn hint(&self) -> Option<String> {
        match self {
            Self::Missing(_) => Some("dsf init --store us=shopify".to_owned()),
            Self::Wrong { path, line, hint, .. } => {
                hint.clone().or_else(|| Some(format!("mend line {line} of {path}")))
            }
            Self::File { .. } => Some("name another config with --config FILE".to_owned()),
        }
    }
}

/// What a person set. Every key stands, with its default, in `.config-example.toml`.
#[derive(Debug, Default)]
pub struct Config {
    pub stores: BTreeMap<Slug, Store>,
    pub suppliers: BTreeMap<String, Supplier>,
    pub guard: Guard,
    pub rates: Rates,
    pub trackers: BTreeMap<String, Tracker>,
    pub tracking: Tracking,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Store {
    #[serde(deserialize_with = "store_kind")]
    pub kind: &'static StoreKind,
    /// For exports that do not say which.
    #[serde(default, deserialize_with = "parsed")]
    pub currency: Option<Currency>,
    /// Of times that an export writes without a zone; UTC when not set.
    #[serde(default, deserialize_with = "zone")]
    pub time_zone: Option<TimeZone>,
    /// What `03/04/2026` means where an export can mean either: `mdy` or `dmy`.
    pub date_order: Option<DateOrder>,
    /// For the store's API; what it names differs by kind. A store without works from exports.
    pub shop: Option<String>,
    pub token_env: Option<String>,
    pub token_file: Option<String>,
    pub token_command: Option<String>,
    /// The app's own id, for kinds that give a token for it.
    pub client_id: Option<String>,
    pub client_secret_env: Option<String>,
    pub client_secret_file: Option<String>,
    pub client_secret_command: Option<String>,
    /// Where the browser is sent after consent: as it stands in the app's settings; for eBay the RuName.
    pub redirect_uri: Option<String>,
    pub consumer_key_env: Option<String>,
    pub consumer_key_file: Option<String>,
    pub consumer_key_command: Option<String>,
    pub consumer_secret_env: Option<String>,
    pub consumer_secret_file: Option<String>,
    pub consumer_secret_command: Option<String>,
    /// Of the API, where it has several; the newest that dsf knows when not set.
    pub api_version: Option<String>,
    pub requests_per_second: Option<u32>,
    /// Whether the store writes to the customer when a parcel is told.
    pub notify: Option<bool>,
    /// Whether the store's order is completed with its last parcel, where that is a step of its own; as `notify` when not
    /// set, since the store writes to the customer then.
    pub complete: Option<bool>,
    pub base_url: Option<String>,
    /// Severities of address checks by name, where they are not the table's.
    #[serde(default, deserialize_with = "checks")]
    pub checks: Profile,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Supplier {
    pub kind: SupplierKind,
    /// What the supplier takes for each purchase order beside goods and shipping.
    #[serde(default, deserialize_with = "parsed")]
    pub fee_per_order: Option<Money>,
    /// Where the browser is sent after consent: as it stands in the app's settings.
    pub redirect_uri: Option<String>,
    pub api_key_env: Option<String>,
    pub api_key_file: Option<String>,
    pub api_key_command: Option<String>,
    pub app_id: Option<String>,
    pub app_key: Option<String>,
    pub app_secret_env: Option<String>,
    pub app_secret_file: Option<String>,
    pub app_secret_command: Option<String>,
    pub access_token_env: Option<String>,
    pub access_token_file: Option<String>,
    pub access_token_command: Option<String>,
    pub base_url: Option<String>,
    #[serde(default)]
    pub pay: Pay,
    pub requests_per_second: Option<u32>,
    pub settle_after_seconds: Option<u32>,
    pub sheet: Option<String>,
    #[serde(default)]
    pub format: SheetFormat,
    pub outbox: Option<String>,
    /// How a shipping method is chosen where the listing names none.
    #[serde(default, deserialize_with = "shipping::rule")]
    pub shipping: ShippingRule,
    /// As for a store.
    #[serde(default, deserialize_with = "checks")]
    pub checks: Profile,
}

/// Who tells where parcels are.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Tracker {
    /// As in the table of trackers: 17track.
    pub kind: String,
    pub api_key_env: Option<String>,
    pub api_key_file: Option<String>,
    pub api_key_command: Option<String>,
    pub base_url: Option<String>,
    pub requests_per_second: Option<u32>,
}

/// When a parcel needs a person, and how stores are told.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Tracking {
    pub no_confirm_hours: u32,
    pub no_tracking_hours: u32,
    pub no_scan_hours: u32,
    pub no_news_days: u32,
    pub late_days: u32,
    pub ship_duty_days: u32,
    /// How long after telling a store "not there" counts.
    pub settle_after_seconds: u32,
    /// Where upload files for stores without an API go.
    pub uploads: Option<String>,
}

impl Default for Tracking {
    fn default() -> Self {
        let watch = Watch::default();
        Self {
            no_confirm_hours: watch.no_confirm_hours,
            no_tracking_hours: watch.no_tracking_hours,
            no_scan_hours: watch.no_scan_hours,
            no_news_days: watch.no_news_days,
            late_days: watch.late_days,
            ship_duty_days: watch.ship_duty_days,
            settle_after_seconds: 120,
            uploads: None,
        }
    }
}

impl Tracking {
    pub fn watch(&self) -> Watch {
        Watch {
            no_confirm_hours: self.no_confirm_hours,
            no_tracking_hours: self.no_tracking_hours,
            no_scan_hours: self.no_scan_hours,
            no_news_days: self.no_news_days,
            late_days: self.late_days,
            ship_duty_days: self.ship_duty_days,
        }
    }
}

impl Supplier {
    pub fn terms(&self) -> SupplierTerms {
        // A person with a spreadsheet is not asked what sending costs.
        let shipping = (self.kind != SupplierKind::Sheet).then(|| self.shipping.clone());
        SupplierTerms { fee: self.fee_per_order, address: self.checks.clone(), shipping }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum SupplierKind {
    Cj,
    Aliexpress,
    Alibaba,
    Banggood,
    Sheet,
}

impl SupplierKind {
    pub fn name(self) -> &'static str {
        match self {
            Self::Cj => "cj",
            Self::Aliexpress => "aliexpress",
            Self::Alibaba => "alibaba",
            Self::Banggood => "banggood",
            Self::Sheet => "sheet",
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Pay {
    #[default]
    Never,
    AfterProof,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum SheetFormat {
    #[default]
    Xlsx,
    Csv,
}

impl Config {
    /// What the config says of a store; of one that it no longer has, only what its kind is.
    pub fn store_terms(&self, slug: &Slug, kind: Option<&StoreKind>) -> StoreTerms {
        let store = self.stores.get(slug);
        StoreTerms {
            currency: store.and_then(|s| s.currency),
            edits: kind.is_none_or(|k| k.edits),
            address: store.map(|s| s.checks.clone()).unwrap_or_default(),
        }
    }
}
