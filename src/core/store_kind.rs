//! What dsf must know about each kind of store, as a table. Reading their exports and APIs lives in `store/`.

use std::str::FromStr;

/// One kind of store.
#[derive(Debug, PartialEq, Eq)]
pub struct StoreKind {
    pub name: &'static str,
    /// How a person would say it.
    pub title: &'static str,
    /// An external order id exists once in the whole world, so the same id under two slugs is one store named twice.
    pub ids_global: bool,
    /// The lines of an order can be edited after the sale, so a line that vanished beside a new one may be a swap.
    pub edits: bool,
}

const fn kind(name: &'static str, title: &'static str, ids_global: bool, edits: bool) -> StoreKind {
    StoreKind { name, title, ids_global, edits }
}

/// Every kind, in the order in which a person is offered them.
pub const KINDS: &[StoreKind] = &[
    kind("shopify", "Shopify", true, true),
    kind("woocommerce", "WooCommerce", false, true),
    kind("ebay", "eBay", true, false),
    kind("etsy", "Etsy", true, false),
    kind("amazon", "Amazon", true, false),
    kind("bigcommerce", "BigCommerce", false, true),
    kind("squarespace", "Squarespace", false, true),
    kind("wix", "Wix", false, true),
    kind("tiktok", "TikTok Shop", true, false),
    kind("walmart", "Walmart", true, false),
    kind("file", "any file", false, true),
];

impl FromStr for &'static StoreKind {
    /// The names that would have been understood.
    type Err = Vec<&'static str>;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        KINDS.iter().find(|k| k.name == text).ok_or_else(|| KINDS.iter().map(|k| k.name).collect())
    }
}
