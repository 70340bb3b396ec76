//! Everything a plan looks at, read from the database: open orders with their past, listings, rules, releases.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::Arc;

use jiff::Timestamp;

use crate::config::Config;
use crate::core::hold::{Hold, HoldCode};
use crate::core::ids::{OrderId, Slug};
use crate::core::listing::Catalogue;
use crate::core::matching::RuleBook;
use crate::core::money::Money;
use crate::core::plan::{Choice, OpenOrder, Plan, StoreTerms, SupplierTerms, Terms, is_outdated, plan};
use crate::core::purchase::ship_to_hash;
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
    stores: HashMap<Slug, Arc<StoreTerms>>,
}

impl Desk {
    /// `only` names the orders to look at; empty is all that are open.
    ///
    /// # Errors
    /// The database cannot be read.
    pub fn read(db: &Db, config: &Config, only: &[OrderId]) -> Result<Self> {
        let found = if only.is_empty() { db.open_orders()? } else { named(db, only)? };
        let mut desk = Self {
            orders: vec![],
            catalogue: db.catalogue()?,
            freight: db.freight()?,
            rules: RuleBook::new(db.rules()?),
            released: HashSet::new(),
            suppliers: config.suppliers.iter().map(|(name, s)| (name.clone(), s.terms())).collect(),
            stores: HashMap::new(),
        };
        for found in found {
            let open = desk.open(db, config, found)?;
            desk.orders.push(open);
        }
        Ok(desk)
    }

    fn open(&mut self, db: &Db, config: &Config, found: Found) -> Result<OpenOrder> {
        let twins = db.twins(&found)?;
        let Found { row, store_kind, order } = found;
        db.add_released(row, &mut self.released)?;
        let store = self.stores.entry(order.id.store.clone()).or_insert_with(|| {
            let kind: Option<&'static StoreKind> = store_kind.parse().ok();
            Arc::new(config.store_terms(&order.id.store, kind))
        });
        let mut standing = db.standing_holds(row, &order.id)?;
        if !standing.is_empty() {
            let ship_to = order.head.as_ref().and_then(|h| h.ship_to.as_ref()).map(ship_to_hash);
            standing.retain(|hold| !is_outdated(hold, ship_to.as_deref()));
        }
        if order.state().is_open() && !config.stores.contains_key(&order.id.store) {
            standing.push(no_store(&order.id));
        }
        Ok(OpenOrder { store: store.clone(), purchases: db.purchases(row, &order.id)?, standing, twins, order })
    }

    /// One order as the database has it now; rules and suppliers as they were read.
    ///
    /// # Errors
    /// The database cannot be read.
    pub fn read_again(&mut self, db: &Db, config: &Config, id: &OrderId) -> Result<Option<OpenOrder>> {
        db.order(id)?.map(|found| self.open(db, config, found)).transpose()
    }

    /// What a plan makes of one order now, `spent` having been spent.
    pub fn plan_one(
        &self,
        open: &OpenOrder,
        config: &Config,
        choice: &Choice,
        spent: Option<Money>,
        now: Timestamp,
    ) -> Plan {
        plan(std::slice::from_ref(open), Terms { spent, ..self.terms(config, choice, now) })
    }

    /// A person decided this hold away.
    pub fn is_released(&self, hold: &Hold) -> bool {
        hold.releasable && self.released.contains(&hold.release_key())
    }

    pub fn plan(&self, config: &Config, choice: &Choice, now: Timestamp) -> Plan {
        plan(&self.orders, self.terms(config, choice, now))
    }

    fn terms<'a>(&'a self, config: &'a Config, choice: &'a Choice, now: Timestamp) -> Terms<'a> {
        Terms {
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
        }
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
