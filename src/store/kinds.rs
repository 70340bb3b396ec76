//! The table of stores with an API: adding one is a file, its `mod` line and its row here.

use super::api::{BuildError, StoreApi};
use super::{amazon, bigcommerce, ebay, etsy, shopify, squarespace, woocommerce};
use crate::config::Store;
use crate::core::ids::Slug;
use crate::net::Net;
use crate::token::Consent;

pub struct Kind {
    /// As in `core::store_kind`.
    pub name: &'static str,
    /// Whether the config says enough to speak to the API; a store without works from exports.
    pub is_set_up: fn(&Store) -> bool,
    pub build: Build,
    /// For stores that a person must allow in a browser.
    pub consent: Option<ConsentOf>,
}

pub type Build = fn(&Slug, &Store, &Net) -> Result<Box<dyn StoreApi>, BuildError>;
pub type ConsentOf = fn(&Slug, &Store, &Net) -> Result<Box<dyn Consent>, BuildError>;

pub const KINDS: &[Kind] =
    &[shopify::KIND, woocommerce::KIND, ebay::KIND, etsy::KIND, bigcommerce::KIND, squarespace::KIND, amazon::KIND];

/// The row of a store that its config sets up for the API; `None` where it works from exports.
pub fn api_of(store: &Store) -> Option<&'static Kind> {
    KINDS.iter().find(|kind| kind.name == store.kind.name && (kind.is_set_up)(store))
}

/// # Errors
/// The key is not where the config says, the base URL cannot be meant, or that kind has no API.
pub fn build(slug: &Slug, store: &Store, net: &Net) -> Result<Box<dyn StoreApi>, BuildError> {
    match KINDS.iter().find(|kind| kind.name == store.kind.name) {
        Some(kind) => (kind.build)(slug, store, net),
        None => Err(BuildError::NoApi { name: slug.to_string(), kind: store.kind.title }),
    }
}
