//! Those whom a run of sending speaks to: suppliers that orders go to, and stores that are asked once more before.

use std::collections::{BTreeMap, BTreeSet};

use crate::config::{Config, SupplierKind};
use crate::core::ids::Slug;
use crate::flow::send_error::SendError;
use crate::net::Net;
use crate::store::api::StoreApi;
use crate::supplier::api::SupplierApi;

#[derive(Default)]
pub struct Partners {
    /// Suppliers with an API, by their name in the config.
    pub suppliers: BTreeMap<String, Box<dyn SupplierApi>>,
    /// Stores with an API.
    pub stores: BTreeMap<Slug, Box<dyn StoreApi>>,
}

impl Partners {
    /// Builds a client for each that is named; keys are read now, before anything is marked as sending.
    ///
    /// # Errors
    /// A key that is not where the config says.
    pub fn build(
        config: &Config,
        net: &Net,
        suppliers: &BTreeSet<String>,
        stores: &BTreeSet<Slug>,
    ) -> Result<Self, SendError> {
        let mut partners = Self::default();
        for name in suppliers {
            if let Some(supplier) = config.suppliers.get(name).filter(|s| s.kind != SupplierKind::Sheet) {
                partners.suppliers.insert(name.clone(), crate::supplier::kinds::build(name, supplier, net)?);
            }
        }
        for slug in stores {
            if let Some(store) = config.stores.get(slug)
                && let Some(kind) = crate::store::kinds::api_of(store)
            {
                partners.stores.insert(slug.clone(), (kind.build)(slug, store, net)?);
            }
        }
        Ok(partners)
    }
}
