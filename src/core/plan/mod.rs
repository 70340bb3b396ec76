//! From open orders to purchase orders: one for each order, supplier and ship-to, with everything that holds one back.
//!
//! `pick` finds listings for a line, `guard` looks at the order as a whole, `cost` does the money, `identity` names the plan.
//! Nothing is sent from here, and nothing is read but what comes in.

mod cost;
mod guard;
mod identity;
mod pick;
mod way;

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::sync::Arc;

use jiff::Timestamp;
use rust_decimal::Decimal;

use super::address::Address;
use super::address::check::{Finding, Profile, Severity, check};
use super::hold::{Hold, HoldCode};
use super::ids::{OrderId, PurchaseOrderId, Reference};
use super::listing::{Catalogue, ListingKey};
use super::matching::RuleBook;
use super::money::{Currency, Money, Price};
use super::order::{Line, Order};
use super::purchase::{Purchase, ship_to_hash};
use super::rates::Rates;
use super::sending::Freight;
use super::shipping::{FreightBook, Parcel, ShippingRule};

pub use cost::spent_with;
pub use guard::{Twin, changed_after_purchase, is_outdated, no_longer_wanted, route_hold, standing_problems};
pub use pick::age_words;

/// Limits that the person set. `None` is no limit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Guard {
    pub min_margin_percent: Option<Decimal>,
    pub max_order_cost: Option<Money>,
    pub max_run_cost: Option<Money>,
    pub max_price_rise_percent: u32,
    pub max_order_age_days: u32,
    pub max_listing_age_days: Option<u32>,
    /// Take fallbacks without asking.
    pub auto_fallback: bool,
}

impl Default for Guard {
    fn default() -> Self {
        Self {
            min_margin_percent: None,
            max_order_cost: None,
            max_run_cost: None,
            max_price_rise_percent: 15,
            max_order_age_days: 7,
            max_listing_age_days: None,
            auto_fallback: false,
        }
    }
}

/// What the person asked of this run.
#[derive(Clone, Debug, Default)]
pub struct Choice {
    /// Order the lines that can be ordered, though others of the order are held.
    pub partial_order: bool,
    /// Fallback listings that may be taken in this run.
    pub fallbacks: Vec<ListingKey>,
    /// Only purchase orders for this supplier.
    pub supplier: Option<String>,
}

/// All that a plan rests on beside the orders.
#[derive(Clone, Copy)]
pub struct Terms<'a> {
    pub rules: &'a RuleBook,
    pub catalogue: &'a Catalogue,
    /// What suppliers offered for parcels, as last asked.
    pub freight: &'a FreightBook,
    /// Suppliers of the config.
    pub suppliers: &'a BTreeMap<String, SupplierTerms>,
    pub guard: &'a Guard,
    pub rates: &'a Rates,
    /// Release keys of holds that a person decided.
    pub released: &'a HashSet<String>,
    pub choice: &'a Choice,
    /// What this run has cost before the plan, in the currency of its limit.
    pub spent: Option<Money>,
    pub now: Timestamp,
}

/// What is known of a store beside its orders.
#[derive(Clone, Debug, Default)]
pub struct StoreTerms {
    /// For orders whose source names none.
    pub currency: Option<Currency>,
    /// Lines of an order can be edited after the sale in this kind of store.
    pub edits: bool,
    /// What the store's config asks of an address.
    pub address: Profile,
}

/// What is known of a supplier beside its listings.
#[derive(Clone, Debug, Default)]
pub struct SupplierTerms {
    /// Taken for each purchase order beside goods and shipping.
    pub fee: Option<Money>,
    /// What the supplier asks of an address.
    pub address: Profile,
    /// How a shipping method is chosen; `None` for a supplier that quotes no freight.
    pub shipping: Option<ShippingRule>,
}

/// An order that may be bought, with its past.
#[derive(Clone, Debug)]
pub struct OpenOrder {
    pub order: Order,
    pub store: Arc<StoreTerms>,
    pub purchases: Vec<Purchase>,
    /// Holds that stand in the database: put by a person, or left by an import.
    pub standing: Vec<Hold>,
    /// Earlier orders of the same buyer within a day.
    pub twins: Vec<Twin>,
}

impl OpenOrder {
    fn currency(&self) -> Option<Currency> {
        self.order.head.as_ref().and_then(|h| h.currency).or(self.store.currency)
    }

    fn promised(&self) -> (Timestamp, Timestamp, &OrderId) {
        let head = self.order.head.as_ref();
        let placed = head.and_then(|h| h.placed_at).unwrap_or(self.order.imported_at);
        (head.and_then(|h| h.ship_by).unwrap_or(Timestamp::MAX), placed, &self.order.id)
    }
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PlannedLine {
    /// Position of the order line that this fills.
    pub position: u32,
    pub sku: String,
    pub listing: ListingKey,
    pub title: String,
    pub options: String,
    /// Packs to buy.
    pub quantity: u32,
    /// Pieces that the customer gets of this listing, and what is left over because packs are whole.
    pub pieces: u32,
    pub surplus: u32,
    /// Of one pack, without shipping.
    pub unit_cost: Price,
    /// Of one order line, in whole units of the SKU.
    pub units: u32,
    pub stock: Option<u32>,
    pub checked_at: Option<Timestamp>,
    pub landed: Price,
    /// Why this listing and not the first choice.
    pub fallback_because: Option<String>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PlannedOrder {
    pub id: PurchaseOrderId,
    pub reference: Reference,
    pub supplier: String,
    pub ship_to: Address,
    pub ship_to_hash: String,
    pub method: String,
    /// The offer that the rule took or that the method's cost is known from; `None` where the listings say what sending costs.
    pub freight: Option<Freight>,
    /// Alpha-2 of the warehouse, where the listings say it.
    pub ships_from: String,
    pub lines: Vec<PlannedLine>,
    /// Listings alone.
    pub goods: Money,
    /// With shipping and fee.
    pub cost: Money,
    /// What the customer paid for these lines, after discounts; unknown where the source has no prices.
    pub revenue: Option<Money>,
    pub margin_percent: Option<Decimal>,
    /// What is doubtful about the address and does not hold it.
    pub doubts: Vec<Finding>,
}

/// A line that no rule covers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unmatched {
    pub order: OrderId,
    pub sku: String,
    pub title: String,
    pub quantity: u32,
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Plan {
    /// Hash of everything that would be sent: same input, same id.
    pub id: String,
    pub purchase_orders: Vec<PlannedOrder>,
    pub held: Vec<Hold>,
    pub unmatched: Vec<Unmatched>,
    /// Cost of all purchase orders, one sum a currency.
    pub totals: Vec<Money>,
    /// Parcels whose freight decides about a method or a cost: what a refresh asks for.
    pub parcels: Vec<Parcel>,
}

/// Makes the plan. Orders with the earliest promise come first and so get the last pieces in stock and the budget.
pub fn plan(orders: &[OpenOrder], terms: Terms) -> Plan {
    let mut sorted: Vec<&OpenOrder> = orders.iter().collect();
    sorted.sort_by(|a, b| a.promised().cmp(&b.promised()));
    let mut run = Run { terms, stock_taken: HashMap::new(), spent: terms.spent, plan: Plan::default() };
    for order in sorted {
        run.order(order);
    }
    let mut plan = run.plan;
    if let Some(wanted) = &terms.choice.supplier {
        plan.purchase_orders.retain(|po| po.supplier == *wanted);
    }
    plan.purchase_orders.sort_by(|a, b| a.id.cmp(&b.id));
    plan.totals = cost::totals(&plan.purchase_orders);
    plan.id = identity::plan_id(&plan.purchase_orders);
    plan
}

impl PlannedOrder {
    /// The same things from the same supplier to the same place in the same way. What they cost may differ.
    pub fn buys_the_same(&self, other: &Self) -> bool {
        let lines = |po: &Self| -> Vec<(u32, ListingKey, u32, u32)> {
            po.lines.iter().map(|l| (l.position, l.listing.clone(), l.quantity, l.units)).collect()
        };
        self.id == other.id
            && self.supplier == other.supplier
            && self.ship_to_hash == other.ship_to_hash
            && self.method == other.method
            && self.ships_from == other.ships_from
            && lines(self) == lines(other)
    }
}

impl Plan {
    /// The plan without the orders of these holds, which were found after it was made.
    #[must_use]
    pub fn holding(mut self, holds: Vec<Hold>, partial_order: bool) -> Self {
        if holds.is_empty() {
            return self;
        }
        let subjects: BTreeSet<&str> = holds.iter().map(|h| h.order.as_str()).collect();
        let held: BTreeSet<OrderId> = self
            .purchase_orders
            .iter()
            .filter(|po| {
                subjects.contains(po.id.to_string().as_str()) || subjects.contains(po.id.order.to_string().as_str())
            })
            .map(|po| po.id.order.clone())
            .collect();
        self.purchase_orders.retain(|po| {
            if partial_order { !subjects.contains(po.id.to_string().as_str()) } else { !held.contains(&po.id.order) }
        });
        self.held.extend(holds);
        self.totals = cost::totals(&self.purchase_orders);
        self.id = identity::plan_id(&self.purchase_orders);
        self
    }
}

struct Run<'a> {
    terms: Terms<'a>,
    /// Packs that earlier orders of this plan take.
    stock_taken: HashMap<ListingKey, u32>,
    spent: Option<Money>,
    plan: Plan,
}

/// A hold on one line of an order, or (without a line) on all of it.
struct LineHold {
    position: Option<u32>,
    hold: Hold,
}

impl Run<'_> {
    fn order(&mut self, open: &OpenOrder) {
        let mut holds: Vec<LineHold> = guard::order_holds(open, &self.terms)
            .into_iter()
            .filter(|hold| !self.terms.is_released(hold))
            .map(|hold| LineHold { position: None, hold })
            .collect();
        let mut picks: Vec<PlannedLine> = vec![];
        for line in &open.order.lines {
            if open.order.orderable(line) > 0 {
                self.line(open, line, &mut picks, &mut holds);
            }
        }
        let stopped: BTreeSet<u32> = holds.iter().filter_map(|h| h.position).collect();
        let whole_order_held = holds.iter().any(|h| h.position.is_none());
        let mut planned = vec![];
        if !whole_order_held && (stopped.is_empty() || self.terms.choice.partial_order) {
            picks.retain(|p| !stopped.contains(&p.position));
            planned = self.purchase_orders(open, picks, &mut holds);
        }
        self.plan.held.extend(holds.into_iter().map(|h| h.hold));
        for po in &planned {
            for line in &po.lines {
                *self.stock_taken.entry(line.listing.clone()).or_default() += line.quantity;
            }
        }
        self.plan.purchase_orders.extend(planned);
    }

    fn line(&mut self, open: &OpenOrder, line: &Line, picks: &mut Vec<PlannedLine>, holds: &mut Vec<LineHold>) {
        match pick::pick(open, line, &self.terms, &self.stock_taken, picks) {
            Ok(found) => {
                picks.extend(found.lines);
                // Of no position: what there is of the line is still ordered.
                self.plan.held.extend(found.left_out);
            }
            Err(refused) => {
                if refused.iter().any(|h| h.code == HoldCode::Unmatched) {
                    self.plan.unmatched.push(Unmatched {
                        order: open.order.id.clone(),
                        sku: line.said.sku.clone(),
                        title: line.said.title.clone(),
                        quantity: open.order.orderable(line),
                    });
                }
                holds.extend(refused.into_iter().map(|hold| LineHold { position: Some(line.position), hold }));
            }
        }
    }

    /// One purchase order a supplier, costed and guarded; empty when a guard holds the order.
    fn purchase_orders(
        &mut self,
        open: &OpenOrder,
        picks: Vec<PlannedLine>,
        holds: &mut Vec<LineHold>,
    ) -> Vec<PlannedOrder> {
        let Some(ship_to) = open.order.head.as_ref().and_then(|h| h.ship_to.clone()) else { return vec![] };
        let mut by_supplier: BTreeMap<String, Vec<PlannedLine>> = BTreeMap::new();
        for pick in picks {
            by_supplier.entry(pick.listing.supplier.clone()).or_default().push(pick);
        }
        let first = open.purchases.iter().map(|p| p.id.counter).max().unwrap_or(0) + 1;
        let drafts: Vec<(PurchaseOrderId, String, Vec<PlannedLine>)> = (first..)
            .zip(by_supplier)
            .map(|(counter, (supplier, lines))| {
                (PurchaseOrderId { order: open.order.id.clone(), counter }, supplier, lines)
            })
            .collect();
        let hash = ship_to_hash(&ship_to);
        for (_, supplier, lines) in &drafts {
            self.plan.parcels.extend(way::quoted(supplier, lines, &ship_to, &self.terms));
        }
        match cost::costed(open, drafts, &ship_to, &hash, &self.terms) {
            Ok(mut planned) => {
                let mut found = cost::guards(open, &planned, &self.terms, self.spent);
                for po in &mut planned {
                    found.extend(self.address_of(open, po));
                }
                let found: Vec<Hold> = found.into_iter().filter(|h| !self.terms.is_released(h)).collect();
                if found.is_empty() {
                    self.spent = cost::spent_after(self.spent, &planned, &self.terms);
                    return planned;
                }
                holds.extend(found.into_iter().map(|hold| LineHold { position: None, hold }));
            }
            Err(hold) => holds.push(LineHold { position: None, hold }),
        }
        vec![]
    }
}

impl Run<'_> {
    /// What the supplier asks of the address beyond what the store does; doubts are kept with the purchase order.
    fn address_of(&self, open: &OpenOrder, po: &mut PlannedOrder) -> Vec<Hold> {
        let Some(supplier) = self.terms.suppliers.get(&po.supplier) else { return vec![] };
        let tax_id = open.order.head.as_ref().and_then(|h| h.tax_id.clone());
        let profile = supplier.address.with_tax_id(tax_id);
        po.doubts = check(&po.ship_to, &profile).into_iter().filter(|f| f.severity == Severity::Warn).collect();
        let by_store = guard::address_holds(&open.order.id, &po.ship_to, &open.store.address);
        guard::address_holds(&open.order.id, &po.ship_to, &profile)
            .into_iter()
            .filter(|hold| !by_store.iter().any(|known| known.message == hold.message))
            .collect()
    }
}

impl Terms<'_> {
    fn is_released(&self, hold: &Hold) -> bool {
        hold.releasable && self.released.contains(&hold.release_key())
    }
}
