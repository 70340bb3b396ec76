//! Sending to suppliers with an API: save, send, save. What may have left is looked up, never sent again blindly.
//!
//! Sheets go out by `hand_off`; what a plan is and whether it is still the one that was seen is settled before.

use std::collections::BTreeMap;

use jiff::Timestamp;

use super::crash::may_crash;
use super::journal::{Entry, Journal};
use super::record::{self, Record};
use super::send_error::SendError;
use crate::config::{Config, Pay, SupplierKind};
use crate::core::ids::{PurchaseOrderId, Reference};
use crate::core::plan::PlannedOrder;
use crate::core::purchase::PurchaseState;
use crate::core::sending::{Dispatch, Lookup, Outcome, Placed, Recorded, Step, SupplierStatus};
use crate::db::{Cause, Db, Kept};
use crate::net::Net;
use crate::supplier::api::SupplierApi;
use crate::supplier::kinds::build;

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
    /// The key was refused: nothing else can go to this supplier now.
    pub key_refused: bool,
    /// What the supplier recorded is not what the customer typed.
    pub mismatch: bool,
}

/// What holds for a whole run of sending.
#[derive(Clone, Copy)]
pub struct Round<'a> {
    pub journal: &'a Journal,
    pub config: &'a Config,
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

pub struct Sender<'a> {
    pub db: &'a mut Db,
    round: Round<'a>,
    apis: BTreeMap<String, Box<dyn SupplierApi>>,
}

impl<'a> Sender<'a> {
    /// Builds a client for each supplier named; keys are read now, before anything is marked as sending.
    ///
    /// # Errors
    /// A key that is not where the config says.
    pub fn new(db: &'a mut Db, round: Round<'a>, net: &Net, suppliers: &[String]) -> Result<Self> {
        let mut apis = BTreeMap::new();
        for name in suppliers {
            if let Some(supplier) = round.config.suppliers.get(name).filter(|s| s.kind != SupplierKind::Sheet) {
                apis.insert(name.clone(), build(name, supplier, net)?);
            }
        }
        Ok(Self { db, round, apis })
    }

    fn cause<'w>(&self, why: &'w str) -> Cause<'w>
    where
        'a: 'w,
    {
        Cause { why, actor: self.round.actor, now: self.round.now }
    }

    /// Settles what an earlier run left open: looks up unknown outcomes, sends drafts again as they were.
    ///
    /// # Errors
    /// The database.
    pub fn settle_open(&mut self) -> Result<Vec<Event>> {
        let mut events = vec![];
        for kept in self.db.undecided()? {
            if (self.round.stop)() {
                return Ok(events);
            }
            events.extend(self.look_up(&kept)?);
        }
        for kept in self.db.drafts()? {
            if (self.round.stop)() {
                return Ok(events);
            }
            events.extend(self.send_draft(&kept)?);
        }
        Ok(events)
    }

    fn look_up(&mut self, kept: &Kept) -> Result<Option<Event>> {
        let Some(api) = self.apis.get(&kept.supplier) else { return Ok(None) };
        if !api.abilities().finds_by_reference {
            return Ok(Some(event(kept, PurchaseState::Unknown, "the supplier cannot be asked by reference".into())));
        }
        let attempted = self.db.last_attempt(kept.row)?.map(|(_, at)| at);
        match api.find(&kept.reference) {
            Lookup::Found(found) => self.found(kept, &found).map(Some),
            Lookup::NotFound => {
                let waited =
                    attempted.is_none_or(|at| self.round.now.duration_since(at).unsigned_abs() >= api.settle_after());
                if !waited {
                    let why = "not found yet, and too soon after sending for that to count".to_owned();
                    return Ok(Some(event(kept, PurchaseState::Unknown, why)));
                }
                let why = "looked up by reference: the supplier does not have it";
                self.db.settle(kept, kept.state.found_missing()?, None, self.cause(why))?;
                Ok(None)
            }
            Lookup::Unclear { why } => Ok(Some(event(kept, PurchaseState::Unknown, why))),
        }
    }

    /// A found order with other lines is not ours to adopt.
    fn found(&mut self, kept: &Kept, found: &[Recorded]) -> Result<Event> {
        let mut lines: BTreeMap<&str, u32> = BTreeMap::new();
        for (listing, packs) in found.iter().flat_map(|r| &r.lines) {
            *lines.entry(listing).or_default() += packs;
        }
        let ours = self.db.packs(kept.row)?;
        if !lines.iter().map(|(l, n)| (*l, *n)).eq(ours.iter().map(|(l, n)| (l.as_str(), *n))) {
            let why = "the supplier has an order with this reference and other lines; nothing was adopted".to_owned();
            return Ok(event(kept, PurchaseState::Unknown, why));
        }
        let placed = Placed {
            supplier_orders: found.iter().map(|r| r.supplier_order.clone()).collect(),
            asks: found.first().and_then(|r| r.asks).filter(|_| found.len() == 1),
        };
        let why = format!("accepted earlier as {}; no new order", placed.supplier_orders.join(", "));
        self.db.settle(kept, kept.state.placed()?, Some(&placed), self.cause(&why))?;
        let event = event(kept, PurchaseState::Placed, why);
        self.record(kept, event, &placed)
    }

    fn send_draft(&mut self, kept: &Kept) -> Result<Option<Event>> {
        let Some((body, _)) = self.db.last_attempt(kept.row)? else { return Ok(None) };
        if !self.apis.contains_key(&kept.supplier) {
            return Ok(None);
        }
        let order = self.db.order(&kept.id.order)?;
        let ship_to = order.as_ref().and_then(|f| f.order.head.as_ref()?.ship_to.as_ref());
        let changed = ship_to.map(crate::core::purchase::ship_to_hash).as_deref() != Some(kept.ship_to_hash.as_str());
        let stopped = order.as_ref().is_none_or(|f| {
            f.order.is_cancelled() || f.order.is_refunded() || f.order.lines.iter().any(|l| l.bought > l.wanted())
        });
        if changed || stopped {
            let why = "the order changed before this was sent";
            self.db.settle(kept, kept.state.dropped()?, None, self.cause(why))?;
            return Ok(Some(event(kept, PurchaseState::Cancelled, why.to_owned())));
        }
        self.db.intend_again(
            kept,
            kept.state.sending()?,
            &body,
            self.cause("sent again: it certainly had not left"),
        )?;
        let sending = Kept { state: PurchaseState::Sending, ..kept.clone() };
        self.place(&sending, &body).map(Some)
    }

    /// Sends purchase orders one by one. Ends early when asked to stop or when a key is refused.
    ///
    /// # Errors
    /// The database, or a purchase order that cannot be put into bytes (it was proved before, so nothing was sent).
    pub fn send(&mut self, planned: &[(&PlannedOrder, &Dispatch)], batch: &str) -> Result<Vec<Event>> {
        let mut events: Vec<Event> = vec![];
        for (po, dispatch) in planned {
            let dead = events.iter().any(|e| e.key_refused && e.supplier == po.supplier);
            if (self.round.stop)() || dead {
                break;
            }
            let Some(api) = self.apis.get(&po.supplier) else { continue };
            let body = api.body(dispatch).map_err(|problems| {
                let why: Vec<&str> = problems.iter().map(|p| p.message.as_str()).collect();
                SendError::Unfit { what: po.id.to_string(), why: why.join("; ") }
            })?;
            api.ready().map_err(|source| SendError::Ask { supplier: po.supplier.clone(), source })?;
            let cause = self.round.cause("sending");
            self.db.intend(po, batch, &body, PurchaseState::Draft.sending()?, cause)?;
            may_crash("intent committed");
            self.round.journal.append(&[Entry::of(po, self.round.now)])?;
            may_crash("intent in journal");
            if let Some(kept) = self.db.purchase_order(&po.id)? {
                events.push(self.place(&kept, &body)?);
            }
        }
        Ok(events)
    }

    fn place(&mut self, kept: &Kept, body: &[u8]) -> Result<Event> {
        let outcome = match self.apis.get(&kept.supplier) {
            Some(api) => api.place(body),
            None => Outcome::NotSent { why: format!("there is no client for {}", kept.supplier) },
        };
        may_crash("answer read");
        let (to, why, placed) = match outcome {
            Outcome::Placed(placed) => (kept.state.placed()?, placed_as(&placed), Some(placed)),
            Outcome::Refused { code, message } => (kept.state.refused()?, format!("refused: {code} {message}"), None),
            Outcome::NotSent { why } => (kept.state.not_sent()?, format!("not sent: {why}"), None),
            Outcome::KeyRefused { why } => (kept.state.not_sent()?, format!("the key was refused: {why}"), None),
            Outcome::Unknown { why } => (kept.state.lost_sight()?, format!("unknown: {why}"), None),
        };
        let key_refused = why.starts_with("the key was refused");
        self.db.settle(kept, to, placed.as_ref(), self.cause(&why))?;
        may_crash("outcome committed");
        let event = Event { key_refused, ..event(kept, to, why) };
        match placed {
            Some(placed) => self.record(kept, event, &placed),
            None => Ok(event),
        }
    }

    /// Asks what the supplier recorded, keeps the proof, and pays where the config says so and the proof holds.
    fn record(&mut self, kept: &Kept, mut event: Event, placed: &Placed) -> Result<Event> {
        let Some(api) = self.apis.get(&kept.supplier) else { return Ok(event) };
        if !api.abilities().echoes_address {
            return Ok(event);
        }
        let recorded = match Self::recorded(api.as_ref(), kept, &placed.supplier_orders) {
            Ok(recorded) => recorded,
            Err(why) => {
                event.why += &format!("; what it recorded is not known yet: {why}");
                return Ok(event);
            }
        };
        self.db.keep_supplier_orders(kept, &recorded)?;
        if placed.supplier_orders.is_empty() {
            let named: Vec<&str> = recorded.iter().map(|r| r.supplier_order.as_str()).collect();
            event.why += &format!(" as {}", named.join(", "));
        }
        let record = Record::of(kept, &recorded);
        event.mismatch = record.hold.is_some();
        self.db.keep_proof(kept, record.verdict, &record.fields, record.hold.as_ref(), self.round.now)?;
        event.why += &format!("; recorded address: {}", record.verdict);
        let pays = self.round.config.suppliers.get(&kept.supplier).is_some_and(|s| s.pay == Pay::AfterProof);
        if pays && !api.abilities().pays {
            event.why += "; pay for it on the supplier's site, for its API cannot";
        } else if pays && record.verdict == "same" {
            self.pay(kept, &mut event, &recorded)?;
        }
        Ok(event)
    }

    /// By the supplier's own ids; after it split an order those may be gone, and our reference finds what became of it.
    fn recorded(api: &dyn SupplierApi, kept: &Kept, ids: &[String]) -> std::result::Result<Vec<Recorded>, String> {
        match api.progress(ids) {
            Ok(recorded) if !recorded.is_empty() => Ok(recorded),
            Ok(_) => match api.find(&kept.reference) {
                Lookup::Found(recorded) => Ok(recorded),
                Lookup::NotFound => Err("the supplier does not find it".to_owned()),
                Lookup::Unclear { why } => Err(why),
            },
            Err(why) => Err(why.to_string()),
        }
    }

    /// Confirms, reads again what was confirmed and what it costs, and only then pays. Anything unexpected ends it unpaid.
    fn pay(&mut self, kept: &Kept, event: &mut Event, recorded: &[Recorded]) -> Result<()> {
        let Some(api) = self.apis.get(&kept.supplier) else { return Ok(()) };
        let orders: Vec<String> = recorded.iter().map(|r| r.supplier_order.clone()).collect();
        for order in recorded.iter().filter(|r| r.status == SupplierStatus::Unpaid) {
            if let Some(why) = not_done(api.confirm(&order.supplier_order)) {
                event.why += &format!("; not confirmed and not paid: {why}");
                return Ok(());
            }
        }
        let now = match Self::recorded(api.as_ref(), kept, &orders) {
            Ok(now) => now,
            Err(why) => {
                event.why += &format!("; confirmed and not paid, for it cannot be read again: {why}");
                return Ok(());
            }
        };
        if !record::may_pay(kept, &now, self.round.config.guard.max_price_rise_percent) {
            event.why += "; confirmed and not paid: the address or the amount is not the planned one";
            return Ok(());
        }
        for order in &now {
            if let Some(why) = not_done(api.pay(&order.supplier_order)) {
                event.why +=
                    &format!("; {} is not known to be paid: {why}; look before paying by hand", order.supplier_order);
                return Ok(());
            }
        }
        let placed = Kept { state: PurchaseState::Placed, ..kept.clone() };
        self.db.settle(
            &placed,
            placed.state.paid()?,
            None,
            self.cause("paid from the balance after the recorded proof"),
        )?;
        event.state = PurchaseState::Paid;
        event.why += "; paid";
        Ok(())
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

/// Why a step was not taken, or is not known to be.
fn not_done(step: Step) -> Option<String> {
    match step {
        Step::Done => None,
        Step::Refused { code, message } => Some(format!("{code} {message}")),
        Step::NotSent { why } | Step::KeyRefused { why } | Step::Unknown { why } => Some(why),
    }
}

fn event(kept: &Kept, state: PurchaseState, why: String) -> Event {
    Event {
        id: kept.id.clone(),
        reference: kept.reference.clone(),
        supplier: kept.supplier.clone(),
        state,
        why,
        key_refused: false,
        mismatch: false,
    }
}
