//! Everything a plan looks at, read from the database: open orders with their past, listings, rules, releases.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::Arc;

use jiff::Timestamp;

use crate::config::Config;
use crate::core::hold::{Hold, HoldCode};
use crate::core::ids::OrderId;
use crate::core::listing::Catalogue;
use crate::core::matching::RuleBook;
use crate::core::plan::{Choice, OpenOrder, Plan, SupplierTerms, Terms, plan};
use crate::core::shipping::FreightBook;
use crate::core::store_kind::StoreKind;
use crate::db::{Db, Found, Result};

/// What a plan needs, read once.
pub struct Desk {
    pub orders: Vec<OpenOrder>,
    pub catalogue: Catalogue,
    pub freight: FreightBook,
    pub rules: RuleBook,
    released: HashSet<String>,
    suppliers: BTreeMap<String, SupplierTerms>,
}

impl Desk {
    /// `only` names the orders to look at; empty is all that are open.
    ///
    /// # Errors
    /// The database cannot be read.
    pub fn read(db: &Db, config: &Config, only: &[OrderId]) -> Result<Self> {
        let found = if only.is_empty() { db.open_orders()? } else { named(db, only)? };
        let mut released = HashSet::new();
        let mut orders = vec![];
        let mut stores = HashMap::new();
        for found in found {
            let twins = db.twins(&found)?;
            let Found { row, store_kind, order } = found;
            db.add_released(row, &mut released)?;
            let store = stores.entry(order.id.store.clone()).or_insert_with(|| {
                let kind: Option<&'static StoreKind> = store_kind.parse().ok();
                Arc::new(config.store_terms(&order.id.store, kind))
            });
            let mut standing = db.standing_holds(row, &order.id)?;
            if order.state().is_open() && !config.stores.contains_key(&order.id.store) {
                standing.push(no_store(&order.id));
            }
            orders.push(OpenOrder {
                store: store.clone(),
                purchases: db.purchases(row, &order.id)?,
                standing,
                twins,
                order,
            });
        }
        Ok(Self {
            orders,
            catalogue: db.catalogue()?,
            freight: db.freight()?,
            rules: RuleBook::new(db.rules()?),
            released,
            suppliers: config.suppliers.iter().map(|(name, s)| (name.clone(), s.terms())).collect(),
        })
    }

    /// A person decided this hold away.
    pub fn is_released(&self, hold: &Hold) -> bool {
        hold.releasable && self.released.contains(&hold.release_key())
    }

    pub fn plan(&self, config: &Config, choice: &Choice, now: Timestamp) -> Plan {
        let terms = Terms {
            rules: &self.rules,
            catalogue: &self.catalogue,
            freight: &self.freight,
            suppliers: &self.suppliers,
            guard: &config.guard,
            rates: &config.rates,
            released: &self.released,
            choice,
            spent: None,
            now,
        };
        plan(&self.orders, terms)
    }
}

fn named(db: &Db, only: &[OrderId]) -> Result<Vec<Found>> {
    let mut found = vec![];
    for id in only {
        found.extend(db.order(id)?);
    }
    Ok(found)
}

/// The checks that its store asks for went with the store's section.
fn no_store(order: &OrderId) -> Hold {
    let store = &order.store;
    let hint = format!("put [store.{store}] back into the config, or dsf store rename {store} NEW");
    Hold::new(order, HoldCode::NoStore, format!("there is no [store.{store}] in the config"), hint)
}
