//! What a supplier recorded and what it asks, compared with the plan; and paying from the balance, where the config says so,
//! only after both hold.

use super::{Event, Result, Sender, event};
use crate::config::Pay;
use crate::core::hold::Hold;
use crate::core::money::Money;
use crate::core::purchase::PurchaseState;
use crate::core::sending::{Lookup, Placed, Recorded, Step, SupplierStatus};
use crate::db::Kept;
use crate::flow::record::{Record, asked, beyond_plan, not_payable};
use crate::supplier::api::SupplierApi;

impl Sender<'_> {
    /// Asks what the supplier recorded, keeps the proof, compares the charge, and pays where the config says so and both hold.
    pub(super) fn record(&mut self, kept: &Kept, mut event: Event, placed: &Placed) -> Result<Event> {
        let Some(api) = self.partners.suppliers.get(&kept.supplier) else { return Ok(event) };
        if !api.abilities().echoes_address {
            self.compare_charge(kept, &mut event, placed.asks)?;
            return Ok(event);
        }
        let recorded = match recorded(api.as_ref(), kept, &placed.supplier_orders) {
            Ok(recorded) => recorded,
            Err(why) => {
                event.why += &format!("; what it recorded is not known yet: {why}");
                self.compare_charge(kept, &mut event, placed.asks)?;
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
        let affordable = self.compare_charge(kept, &mut event, asked(&recorded).or(placed.asks))?;
        let api_pays = self.partners.suppliers.get(&kept.supplier).is_some_and(|api| api.abilities().pays);
        if self.pays(kept) && !api_pays {
            event.why += "; pay for it on the supplier's site, for its API cannot";
        } else if affordable && record.verdict == "same" && self.pays(kept) {
            self.pay(kept, &mut event, &recorded, false)?;
        }
        Ok(event)
    }

    fn pays(&self, kept: &Kept) -> bool {
        self.round.config.suppliers.get(&kept.supplier).is_some_and(|s| s.pay == Pay::AfterProof)
    }

    /// Shows both sums where they differ. False, with a hold that stands, when the charge is beyond the guard.
    fn compare_charge(&mut self, kept: &Kept, event: &mut Event, asks: Option<Money>) -> Result<bool> {
        let Some(asks) = asks else { return Ok(true) };
        event.asks = Some(asks);
        let config = self.round.config;
        if let Some(hold) = beyond_plan(kept, asks, config.guard.max_price_rise_percent, &config.rates)
            && !self.desk.is_released(&hold)
        {
            self.db.leave_hold(&kept.id.order, &hold, self.round.now)?;
            event.mismatch = true;
            event.why += &format!("; {}: {}", hold.code, hold.message);
            return Ok(false);
        }
        if asks != kept.expected {
            event.why += &format!("; asks {asks}, planned were {}", kept.expected);
        }
        Ok(true)
    }

    /// A purchase order of an earlier run that waits for money: paid now if everything holds that had to hold then.
    pub(super) fn pay_later(&mut self, kept: &Kept) -> Result<Option<Event>> {
        let proved = self.db.recorded_proof(kept.row)?.is_some_and(|(verdict, _)| verdict == "same");
        let Some(api) =
            self.partners.suppliers.get(&kept.supplier).filter(|api| self.pays(kept) && proved && api.abilities().pays)
        else {
            return Ok(None);
        };
        let orders = self.db.supplier_orders(kept.row)?;
        let recorded = match recorded(api.as_ref(), kept, &orders) {
            Ok(recorded) => recorded,
            Err(why) => {
                let why = format!("not paid yet, and it cannot be read: {why}");
                return Ok(Some(Event { mismatch: true, ..event(kept, PurchaseState::Placed, why) }));
            }
        };
        let mut event = event(kept, PurchaseState::Placed, "placed earlier, not paid yet".to_owned());
        let settled = |r: &Recorded| {
            matches!(r.status, SupplierStatus::Paid | SupplierStatus::Shipped | SupplierStatus::Delivered)
        };
        if recorded.iter().all(settled) {
            return self.paid(kept, event, "the supplier says that it is paid").map(Some);
        }
        let standing = self.standing(kept)?;
        if let Some(hold) = standing.first() {
            event.why += &format!("; held {}: {}", hold.code, hold.message);
            event.mismatch = true;
            return Ok(Some(event));
        }
        if self.compare_charge(kept, &mut event, asked(&recorded))? {
            self.pay(kept, &mut event, &recorded, true)?;
        }
        Ok(Some(event))
    }

    fn standing(&mut self, kept: &Kept) -> Result<Vec<Hold>> {
        let open = self.desk.read_again(self.db, self.round.config, &kept.id.order)?;
        let standing = open.map(|open| open.standing).unwrap_or_default();
        Ok(standing.into_iter().filter(|hold| !self.desk.is_released(hold)).collect())
    }

    /// Confirms, reads again what was confirmed and what it costs, and only then pays. Anything unexpected ends it unpaid.
    /// `again`: an earlier run may have confirmed already, so a refused confirmation decides nothing.
    fn pay(&mut self, kept: &Kept, event: &mut Event, recorded_before: &[Recorded], again: bool) -> Result<()> {
        let due = event.asks.unwrap_or(kept.expected);
        if let Some(why) = self.too_little(&kept.supplier, due) {
            event.why += &format!("; not paid: {why}");
            event.mismatch = true;
            return Ok(());
        }
        let Some(api) = self.partners.suppliers.get(&kept.supplier) else { return Ok(()) };
        let orders: Vec<String> = recorded_before.iter().map(|r| r.supplier_order.clone()).collect();
        for order in recorded_before.iter().filter(|r| r.status == SupplierStatus::Unpaid) {
            if let Some(why) = not_done(api.confirm(&order.supplier_order))
                && !again
            {
                event.why += &format!("; not confirmed and not paid: {why}");
                event.mismatch = true;
                return Ok(());
            }
        }
        let now = match recorded(api.as_ref(), kept, &orders) {
            Ok(now) => now,
            Err(why) => {
                event.why += &format!("; confirmed and not paid, for it cannot be read again: {why}");
                event.mismatch = true;
                return Ok(());
            }
        };
        let unsaid = asked(&now).is_none().then(|| "it does not say what it costs".to_owned());
        if let Some(why) = not_payable(kept, &now).or(unsaid) {
            event.why += &format!("; confirmed and not paid: {why}");
            event.mismatch = true;
            return Ok(());
        }
        if !self.compare_charge(kept, event, asked(&now))? {
            event.why += "; confirmed and not paid";
            return Ok(());
        }
        let Some(api) = self.partners.suppliers.get(&kept.supplier) else { return Ok(()) };
        for order in &now {
            if let Some(why) = not_done(api.pay(&order.supplier_order)) {
                event.why +=
                    &format!("; {} is not known to be paid: {why}; look before paying by hand", order.supplier_order);
                event.mismatch = true;
                return Ok(());
            }
        }
        if let (Some(left), Some(paid)) = (self.balances.get_mut(&kept.supplier), asked(&now)) {
            left.minor = left.minor.saturating_sub(paid.minor);
        }
        *event = self.paid(kept, event.clone(), "paid from the balance after the recorded proof")?;
        event.why += "; paid";
        Ok(())
    }

    fn paid(&mut self, kept: &Kept, event: Event, why: &str) -> Result<Event> {
        let placed = Kept { state: PurchaseState::Placed, ..kept.clone() };
        self.db.settle(&placed, placed.state.paid()?, None, self.cause(why))?;
        Ok(Event { state: PurchaseState::Paid, ..event })
    }

    /// Why paying is not begun: the balance, asked once in a run, is less than what is due.
    fn too_little(&mut self, supplier: &str, due: Money) -> Option<String> {
        let api = self.partners.suppliers.get(supplier).filter(|api| api.abilities().tells_balance)?;
        let balance = match self.balances.get(supplier) {
            Some(known) => *known,
            None => match api.balance() {
                Ok(balance) => *self.balances.entry(supplier.to_owned()).or_insert(balance),
                Err(why) => return Some(format!("the balance cannot be asked: {why}")),
            },
        };
        if balance.currency != due.currency {
            return None;
        }
        (balance.minor < due.minor).then(|| format!("the balance is {balance}, {due} are asked"))
    }
}

/// By the supplier's own ids; after it split an order those may be gone, and our reference finds what became of it.
pub fn recorded(api: &dyn SupplierApi, kept: &Kept, ids: &[String]) -> std::result::Result<Vec<Recorded>, String> {
    let asked = if ids.is_empty() { Ok(vec![]) } else { api.progress(ids) };
    match asked {
        Ok(recorded) if !recorded.is_empty() => Ok(recorded),
        Ok(_) => match api.find(&kept.reference) {
            Lookup::Found(recorded) => Ok(recorded),
            Lookup::NotFound => Err("the supplier does not find it".to_owned()),
            Lookup::Unclear { why } => Err(why),
        },
        Err(why) => Err(why.to_string()),
    }
}

/// Why a step was not taken, or is not known to be.
pub fn not_done(step: Step) -> Option<String> {
    match step {
        Step::Done => None,
        Step::Refused { code, message } => Some(format!("{code} {message}")),
        Step::NotSent { why } | Step::KeyRefused { why } | Step::Unknown { why } => Some(why),
    }
}
