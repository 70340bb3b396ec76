//! Sending to suppliers with an API: save, send, save. What may have left is looked up, never sent again blindly.
//!
//! `open` settles what earlier runs left, `look` and `reread` ask supplier and store once more before anything of an order
//! leaves, `pay` proves what was recorded and pays. Sheets go out by `hand_off`; what a plan is is settled before.

mod look;
mod open;
mod partners;
mod pay;
mod reread;

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;

use super::crash::may_crash;
use super::journal::{Entry, Journal};
use super::open_orders::Desk;
use super::send_error::SendError;
use crate::config::Config;
use crate::core::hold::{Hold, HoldCode, release_hint};
use crate::core::ids::{OrderId, PurchaseOrderId, Reference};
use crate::core::money::Money;
use crate::core::order::Order;
use crate::core::plan::{Choice, PlannedOrder, no_longer_wanted, spent_with};
use crate::core::purchase::PurchaseState;
use crate::core::sending::{Outcome, Placed};
use crate::db::{Cause, Db, Kept};

pub use partners::Partners;
pub use pay::{not_done, recorded};

type Result<T> = std::result::Result<T, SendError>;

/// What became of one purchase order in this run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Event {
    pub id: PurchaseOrderId,
    pub reference: Reference,
    pub supplier: String,
    pub state: PurchaseState,
    /// In words for a person: the supplier's order, its refusal, why nobody knows.
    pub why: String,
    /// What the plan says it costs, and what the supplier asks for it.
    pub expected: Money,
    pub asks: Option<Money>,
    /// Found before anything was sent: nothing was.
    pub holds: Vec<Hold>,
    /// The key was refused: nothing else can go to this supplier now.
    pub key_refused: bool,
    /// What the supplier recorded or asks is not what was planned: a person must look.
    pub mismatch: bool,
    /// As it was asked for, and not because it could not be sent.
    pub cancelled: bool,
}

/// What holds for a whole run of sending.
#[derive(Clone, Copy)]
pub struct Round<'a> {
    pub journal: &'a Journal,
    pub config: &'a Config,
    pub choice: &'a Choice,
    pub actor: &'a str,
    pub now: Timestamp,
    /// True when a person asked to stop: the purchase order at hand is finished, and no other begun.
    pub stop: &'a dyn Fn() -> bool,
}

impl<'a> Round<'a> {
    pub fn cause(&self, why: &'a str) -> Cause<'a> {
        Cause { why, actor: self.actor, now: self.now }
    }
}

/// Why a purchase order does not leave now.
enum Stop {
    Held(Vec<Hold>),
    NotSent { why: String, key_refused: bool },
}

impl Stop {
    fn not_sent(why: String) -> Self {
        Self::NotSent { why, key_refused: false }
    }
}

pub struct Sender<'a> {
    pub db: &'a mut Db,
    pub desk: &'a mut Desk,
    round: Round<'a>,
    partners: Partners,
    /// What this run has cost so far, in the currency of its limit.
    spent: Option<Money>,
    /// Suppliers and stores that nobody answers for in this run, each with why.
    out_of_reach: BTreeMap<String, String>,
    /// Orders that were looked at before their sheets went out, as they were planned anew.
    looked: BTreeMap<OrderId, Vec<PlannedOrder>>,
    balances: BTreeMap<String, Money>,
    /// Purchase orders that were not begun: asked to stop, or nobody answers.
    pub waiting: usize,
}

impl<'a> Sender<'a> {
    pub fn new(db: &'a mut Db, desk: &'a mut Desk, round: Round<'a>, partners: Partners) -> Self {
        Self {
            db,
            desk,
            round,
            partners,
            spent: None,
            out_of_reach: BTreeMap::new(),
            looked: BTreeMap::new(),
            balances: BTreeMap::new(),
            waiting: 0,
        }
    }

    fn cause<'w>(&self, why: &'w str) -> Cause<'w>
    where
        'a: 'w,
    {
        Cause { why, actor: self.round.actor, now: self.round.now }
    }

    /// Looks at orders of which a sheet is about to be written: those that a store with an API can be asked about, and those
    /// of which another part goes to a supplier with an API. What is held goes nowhere.
    ///
    /// # Errors
    /// The database.
    pub fn look_ahead(&mut self, planned: &[PlannedOrder]) -> Result<Vec<Event>> {
        let mut events = vec![];
        for group in planned.chunk_by(|a, b| a.id.order == b.id.order) {
            let by_sheet = |po: &PlannedOrder| !self.partners.suppliers.contains_key(&po.supplier);
            let store_asked = self.partners.stores.contains_key(&group[0].id.order.store);
            let concerns = group.iter().any(by_sheet) && (store_asked || !group.iter().all(by_sheet));
            if !concerns || (self.round.stop)() {
                continue;
            }
            match self.look(group)? {
                Ok(now) => _ = self.looked.insert(group[0].id.order.clone(), now),
                Err(stop) => events.extend(stopped(group, &stop)),
            }
        }
        Ok(events)
    }

    /// Purchase orders for suppliers with an API whose orders have a part in a sheet, with their bytes: saved together with
    /// the sheet, so that a crash loses neither.
    ///
    /// # Errors
    /// What was proved before cannot be put into bytes now.
    pub fn drafts_beside_sheets(&self, going: &[PlannedOrder]) -> Result<Vec<(PlannedOrder, Vec<u8>)>> {
        let mut drafts = vec![];
        for po in going.iter().filter(|po| self.partners.suppliers.contains_key(&po.supplier)) {
            let Some(looked) = self.looked.get(&po.id.order) else { continue };
            let planned = looked.iter().find(|now| now.id == po.id).unwrap_or(po);
            let Some(open) = self.desk.orders.iter().find(|open| open.order.id == po.id.order) else { continue };
            let body = self.body(planned, &open.order).map_err(|stop| SendError::Unfit {
                what: po.id.to_string(),
                why: stop_event(&planned_event(po), &stop).why,
            })?;
            drafts.push((planned.clone(), body));
        }
        Ok(drafts)
    }

    /// Counts what was handed off against the limit of the run.
    pub fn count(&mut self, cost: Money) {
        self.spent = spent_with(self.spent, cost, &self.round.config.guard, &self.round.config.rates);
    }

    /// The hold of a purchase order that no longer fits the limit of the run.
    pub fn beyond_limit(&self, order: &OrderId, cost: Money) -> Option<Hold> {
        let config = self.round.config;
        let limit = config.guard.max_run_cost?;
        let sum = spent_with(self.spent, cost, &config.guard, &config.rates)?;
        let message = format!("the run would cost {sum}, over max_run_cost = {limit}");
        let hold = Hold::new(order, HoldCode::CostLimit, message, release_hint(order, HoldCode::CostLimit))
            .resting_on(format!("run {limit} {cost}"));
        (sum.minor > limit.minor && !self.desk.is_released(&hold)).then_some(hold)
    }

    /// A purchase order that a hold found now keeps back.
    pub fn held(&self, po: &PlannedOrder, hold: Hold) -> Event {
        stop_event(&planned_event(po), &Stop::Held(vec![hold]))
    }

    /// Sends purchase orders, order by order. Ends early when asked to stop; leaves out who cannot be reached.
    ///
    /// # Errors
    /// The database, or the journal.
    pub fn send(&mut self, planned: &[PlannedOrder], batch: &str) -> Result<Vec<Event>> {
        let mut events: Vec<Event> = vec![];
        for group in planned.chunk_by(|a, b| a.id.order == b.id.order) {
            if (self.round.stop)() || group.iter().any(|po| self.out_of_reach.contains_key(&po.supplier)) {
                self.waiting += group.len();
                continue;
            }
            events.extend(self.send_order(group, batch)?);
        }
        Ok(events)
    }

    /// All purchase orders of one order: looked at together, saved together, sent one by one.
    fn send_order(&mut self, group: &[PlannedOrder], batch: &str) -> Result<Vec<Event>> {
        let id = &group[0].id.order;
        if self.looked.contains_key(id) {
            // Saved with its sheet. What was bought before that is what the plan saw.
            let before = self.desk.orders.iter().find(|open| open.order.id == *id).map(|open| open.order.clone());
            return before.map_or(Ok(vec![]), |before| self.send_saved(group, &before, 0));
        }
        let planned = match self.look(group)? {
            Ok(planned) => planned,
            Err(stop) => return Ok(stopped(group, &stop)),
        };
        let Some(before) = self.db.order(id)?.map(|found| found.order) else { return Ok(vec![]) };
        let mut bodies = vec![];
        for po in &planned {
            match self.body(po, &before) {
                Ok(body) => bodies.push(body),
                Err(stop) => return Ok(stopped(group, &stop)),
            }
        }
        let cause = self.round.cause("sending");
        let all: Vec<(&PlannedOrder, &[u8])> = planned.iter().zip(bodies.iter().map(Vec::as_slice)).collect();
        match all.as_slice() {
            [(po, body)] => _ = self.db.intend(po, batch, body, PurchaseState::Draft.sending()?, cause)?,
            _ => self.db.intend_together(&all, batch, cause)?,
        }
        may_crash("intent committed");
        let entries: Vec<Entry> = planned.iter().map(|po| Entry::of(po, self.round.now)).collect();
        self.round.journal.append(&entries)?;
        may_crash("intent in journal");
        self.send_saved(&planned, &before, 1)
    }

    /// Sends what is saved. The first `fresh` of them were looked at just now; what came between may have changed the rest.
    fn send_saved(&mut self, planned: &[PlannedOrder], before: &Order, fresh: usize) -> Result<Vec<Event>> {
        let mut events = vec![];
        for (n, po) in planned.iter().enumerate() {
            let Some(kept) = self.db.purchase_order(&po.id)? else { continue };
            let Some((body, _)) = self.db.last_attempt(kept.row)? else { continue };
            if n >= fresh
                && let Err(stop) = self.still_wanted(po, before)?
            {
                events.push(stop_event(&kept_event(&kept), &stop));
                continue;
            }
            let kept = self.as_sending(kept, &body)?;
            events.push(self.place(&kept, &body)?);
        }
        Ok(events)
    }

    /// A draft that was saved together with others becomes the one that is being sent.
    fn as_sending(&mut self, kept: Kept, body: &[u8]) -> Result<Kept> {
        if kept.state == PurchaseState::Sending {
            return Ok(kept);
        }
        self.db.intend_again(&kept, kept.state.sending()?, body, self.cause("sending"))?;
        Ok(Kept { state: PurchaseState::Sending, ..kept })
    }

    /// The order read once more, from its store where that has an API.
    fn still_wanted(&mut self, po: &PlannedOrder, before: &Order) -> Result<std::result::Result<(), Stop>> {
        if let Err(stop) = self.ask_store(&po.id.order)? {
            return Ok(Err(stop));
        }
        let Some(open) = self.desk.read_again(self.db, self.round.config, &po.id.order)? else {
            return Ok(Err(Stop::not_sent("the order is not there any more".to_owned())));
        };
        let standing: Vec<Hold> = open.standing.into_iter().filter(|hold| !self.desk.is_released(hold)).collect();
        if !standing.is_empty() {
            return Ok(Err(Stop::Held(standing)));
        }
        let bought = |position| before.lines.iter().find(|l| l.position == position).map_or(0, |l| l.bought);
        let units: Vec<(u32, u32)> = po.lines.iter().map(|l| (l.position, l.units)).collect();
        let changed = no_longer_wanted(&open.order, &po.ship_to_hash, &bought, &units);
        Ok(changed.map_or(Ok(()), |why| Err(Stop::Held(vec![look::changed(&po.id.order, &why)]))))
    }

    fn place(&mut self, kept: &Kept, body: &[u8]) -> Result<Event> {
        let outcome = match self.partners.suppliers.get(&kept.supplier) {
            Some(api) => api.place(body),
            None => Outcome::NotSent { why: format!("there is no client for {}", kept.supplier) },
        };
        may_crash("answer read");
        let key_refused = matches!(outcome, Outcome::KeyRefused { .. });
        let (to, why, placed) = match outcome {
            Outcome::Placed(placed) => (kept.state.placed()?, placed_as(&placed), Some(placed)),
            Outcome::Refused { code, message } => (kept.state.refused()?, format!("refused: {code} {message}"), None),
            Outcome::NotSent { why } => (kept.state.not_sent()?, format!("not sent: {why}"), None),
            Outcome::KeyRefused { why } => (kept.state.not_sent()?, format!("the key was refused: {why}"), None),
            Outcome::Unknown { why } => (kept.state.lost_sight()?, format!("unknown: {why}"), None),
        };
        self.db.settle(kept, to, placed.as_ref(), self.cause(&why))?;
        may_crash("outcome committed");
        if key_refused {
            self.out_of_reach.insert(kept.supplier.clone(), why.clone());
        }
        if to.counts_as_bought() && to != PurchaseState::Draft {
            self.count(kept.expected);
        }
        let event = Event { key_refused, ..event(kept, to, why) };
        match placed {
            Some(placed) => self.record(kept, event, &placed),
            None => Ok(event),
        }
    }

    /// What the accounts hold to which this run sent something, where the supplier tells it; with why not.
    pub fn balances(&mut self, events: &[Event]) -> Vec<(String, std::result::Result<Money, String>)> {
        let sent = |e: &&Event| matches!(e.state, PurchaseState::Placed | PurchaseState::Paid);
        let suppliers: BTreeSet<&String> = events.iter().filter(sent).map(|e| &e.supplier).collect();
        let mut told = vec![];
        for name in suppliers {
            let Some(api) = self.partners.suppliers.get(name).filter(|api| api.abilities().tells_balance) else {
                continue;
            };
            told.push((name.clone(), api.balance().map_err(|why| why.to_string())));
        }
        told
    }
}

/// Some suppliers accept without naming an order of their own; the look-up that follows names it.
fn placed_as(placed: &Placed) -> String {
    if placed.supplier_orders.is_empty() {
        "placed".to_owned()
    } else {
        format!("placed as {}", placed.supplier_orders.join(", "))
    }
}

fn event(kept: &Kept, state: PurchaseState, why: String) -> Event {
    Event { state, why, ..kept_event(kept) }
}

fn kept_event(kept: &Kept) -> Event {
    Event {
        id: kept.id.clone(),
        reference: kept.reference.clone(),
        supplier: kept.supplier.clone(),
        state: kept.state,
        why: String::new(),
        expected: kept.expected,
        asks: None,
        holds: vec![],
        key_refused: false,
        mismatch: false,
        cancelled: false,
    }
}

fn planned_event(po: &PlannedOrder) -> Event {
    Event {
        id: po.id.clone(),
        reference: po.reference.clone(),
        supplier: po.supplier.clone(),
        state: PurchaseState::Draft,
        why: String::new(),
        expected: po.cost,
        asks: None,
        holds: vec![],
        key_refused: false,
        mismatch: false,
        cancelled: false,
    }
}

/// One event for each purchase order of an order that does not leave.
fn stopped(group: &[PlannedOrder], stop: &Stop) -> Vec<Event> {
    group.iter().map(|po| stop_event(&planned_event(po), stop)).collect()
}

fn stop_event(event: &Event, stop: &Stop) -> Event {
    match stop {
        Stop::Held(holds) => {
            let why: Vec<String> = holds.iter().map(|h| format!("{}: {}", h.code, h.message)).collect();
            Event { why: format!("not sent: {}", why.join("; ")), holds: holds.clone(), ..event.clone() }
        }
        Stop::NotSent { why, key_refused } => {
            Event { why: format!("not sent: {why}"), key_refused: *key_refused, ..event.clone() }
        }
    }
}
