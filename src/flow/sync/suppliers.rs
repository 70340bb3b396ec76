//! Numbers and statuses from suppliers with an API, for every purchase order that is out: found by the supplier's own ids, and by our
//! reference where it split one. A number that is another customer's, or another than was known, is not taken: it holds the order.

use std::collections::{BTreeMap, HashSet};

use jiff::Timestamp;

use super::report::{LONGEST, Subject, goes_elsewhere, supplier_says_delivered};
use super::{Failed, Outcome};
use crate::carrier::named;
use crate::core::hold::{Hold, HoldCode, release_hint};
use crate::core::parcel::{Source, Status, bare, is_due, may_become};
use crate::core::purchase::PurchaseState;
use crate::core::sending::{AskError, Lookup, Recorded, SupplierStatus};
use crate::core::split::units;
use crate::db::{Db, DbError, Kept, News};
use crate::flow::number::numbers;
use crate::flow::parcels::{Admitted, Claim, ClaimError, admit};
use crate::flow::push::Run;
use crate::flow::record::Record;
use crate::flow::sync_error::SyncError;
use crate::supplier::api::SupplierApi;

type Result<T> = std::result::Result<T, SyncError>;

/// So many purchase orders are asked for between two looks at whether to stop.
const AT_ONCE: usize = 50;

/// One supplier of the config in a run.
pub struct Asking<'a> {
    pub name: &'a str,
    pub api: &'a dyn SupplierApi,
    pub run: Run<'a>,
    /// Numbers that a tracker watches are not asked for here.
    pub has_tracker: bool,
}

impl Asking<'_> {
    /// # Errors
    /// The database, or (inside) a supplier that cannot be asked any further; what was heard before is kept.
    pub fn sync(&self, db: &mut Db, outcome: &mut Outcome) -> Result<std::result::Result<(), AskError>> {
        let out = outstanding(db, self.name, self.run.now)?;
        for some in out.chunks(AT_ONCE) {
            if (self.run.stop)() {
                return Ok(Ok(()));
            }
            if let Err(why) = self.some(db, some, outcome)? {
                return Ok(Err(why));
            }
        }
        self.statuses(db, outcome)
    }

    fn some(&self, db: &mut Db, out: &[Kept], outcome: &mut Outcome) -> Result<std::result::Result<(), AskError>> {
        let mut owners: BTreeMap<String, usize> = BTreeMap::new();
        for (index, kept) in out.iter().enumerate() {
            for id in db.supplier_orders(kept.row)? {
                owners.insert(id, index);
            }
        }
        let ids: Vec<String> = owners.keys().cloned().collect();
        let recorded = if ids.is_empty() { Ok(vec![]) } else { self.api.progress(&ids) };
        let recorded = match recorded {
            Ok(recorded) => recorded,
            Err(why) => return Ok(Err(why)),
        };
        let mut found: BTreeMap<usize, Vec<Recorded>> = BTreeMap::new();
        for one in recorded {
            if let Some(index) = owners.get(&one.supplier_order) {
                found.entry(*index).or_default().push(one);
            }
        }
        let mut told = vec![];
        for (index, kept) in out.iter().enumerate() {
            let known = owners.values().filter(|i| **i == index).count();
            let heard = found.remove(&index).unwrap_or_default();
            // A supplier that split an order may know its parts by our reference alone.
            let heard = if heard.len() < known.max(1) { self.by_reference(db, kept, heard)? } else { heard };
            told.push((kept, heard));
        }
        db.together(|db| told.iter().try_for_each(|(kept, heard)| self.take(db, kept, heard, outcome)))?;
        Ok(Ok(()))
    }

    fn by_reference(&self, db: &mut Db, kept: &Kept, heard: Vec<Recorded>) -> Result<Vec<Recorded>> {
        if !self.api.abilities().finds_by_reference {
            return Ok(heard);
        }
        let Lookup::Found(found) = self.api.find(&kept.reference) else { return Ok(heard) };
        let mut ours: BTreeMap<String, u32> = BTreeMap::new();
        found.iter().flat_map(|r| &r.lines).for_each(|(l, n)| *ours.entry(l.clone()).or_default() += n);
        // An order with other lines is not ours to adopt.
        if ours.into_iter().ne(db.packs(kept.row)?) {
            return Ok(heard);
        }
        db.keep_supplier_orders(kept, &found)?;
        Ok(found)
    }

    fn take(&self, db: &mut Db, kept: &Kept, recorded: &[Recorded], outcome: &mut Outcome) -> Result<()> {
        if recorded.is_empty() {
            return Ok(());
        }
        self.prove(db, kept, recorded, outcome)?;
        let kept = &self.paid(db, kept, recorded)?;
        if recorded.iter().all(|r| r.status == SupplierStatus::Cancelled) {
            return self.cancelled(db, kept, outcome);
        }
        let lines: Vec<Vec<(String, u32)>> = recorded.iter().map(|r| r.lines.clone()).collect();
        let inside = units(&db.bought_lines(kept.row)?, &lines);
        for (one, inside) in recorded.iter().zip(inside) {
            let mut inside: Vec<(u32, u32)> = inside.into_iter().collect();
            for notice in &one.parcels {
                for number in numbers(&notice.number, &notice.carrier, &kept.method, &kept.ship_to) {
                    if let Some(problem) = number.refused() {
                        outcome.failed.push(failed(kept, &notice.number, problem.as_str(), problem.words()));
                        continue;
                    }
                    let claim = Claim {
                        purchase_order: kept,
                        number: &number.number,
                        as_said: &notice.number,
                        carrier: number.carrier.as_deref(),
                        carrier_said: &notice.carrier,
                        source: Source::Api,
                        shipped_at: None,
                        lines: Some(inside.clone()),
                        replaces: None,
                        shared: self.is_released(db, kept, HoldCode::NumberTwice, &number.number)?,
                    };
                    self.claim(db, &claim, outcome)?;
                    // What is in the second number of one order nobody says: it is a parcel of it, with nothing counted.
                    inside.iter_mut().for_each(|line| line.1 = 0);
                }
                self.delivered(db, kept, one, &bare(&notice.number), outcome)?;
            }
        }
        Ok(())
    }

    /// Done where it was asked for; else a person decides whether it is bought again.
    fn cancelled(&self, db: &mut Db, kept: &Kept, outcome: &mut Outcome) -> Result<()> {
        if let Ok(to) = kept.state.cancelled() {
            db.take_step(kept, to, self.run.cause("the supplier says that it is cancelled"))?;
            return Ok(db.lift_holds_of(kept)?);
        }
        let code = HoldCode::CancelledBySupplier;
        let message = format!("{} cancelled {}; nothing will come", self.name, kept.reference);
        if kept.state.cancel_asked().is_err() {
            outcome.failed.push(failed(kept, "", code.as_str(), &message));
            return Ok(());
        }
        let hint = format!("dsf cancel {} --reason \"…\", then it can be bought again", kept.id);
        let hold = Hold::new(&kept.id.order, code, message, hint).resting_on(kept.reference.as_str());
        if let Some(found) = db.order(&kept.id.order)?
            && db.put_standing(found.row, &hold, self.run.now)?
        {
            outcome.held.push(hold);
        }
        Ok(())
    }

    fn claim(&self, db: &mut Db, claim: &Claim, outcome: &mut Outcome) -> Result<()> {
        let kept = claim.purchase_order;
        let cause = self.run.cause("the supplier's API");
        match admit(db, claim, cause) {
            Ok(Admitted::New(_) | Admitted::Joined(_)) => outcome.fetched += 1,
            Ok(Admitted::Known(row)) => self.top_up(db, kept, row, claim.lines.as_deref().unwrap_or_default())?,
            Err(ClaimError::Db(error)) => return Err(error.into()),
            Err(ClaimError::NumberTwice { number, other }) => {
                let message =
                    format!("{} gives {number}, which is the number of {other}, another customer's", self.name);
                let next = "ask the supplier whose it is";
                self.hold(db, claim, HoldCode::NumberTwice, message, next, outcome)?;
            }
            Err(ClaimError::TooMany { .. } | ClaimError::NothingLeft { .. }) => {
                let message = format!("{} gives {} for pieces that have another number", self.name, claim.number);
                let next = format!("dsf track add {} {} --replaces OLD", kept.id, claim.number);
                self.hold(db, claim, HoldCode::NumberChanged, message, &next, outcome)?;
            }
            // It was replaced by a person's word; the supplier still says the old one.
            Err(ClaimError::Replaced { .. }) => {}
            Err(error) => outcome.failed.push(failed(kept, claim.number, "NOT_TAKEN", &error.to_string())),
        }
        Ok(())
    }

    /// The supplier says now what is in a parcel of which only the number was known.
    fn top_up(&self, db: &mut Db, kept: &Kept, parcel: i64, lines: &[(u32, u32)]) -> Result<()> {
        let contents = db.contents(parcel)?;
        let left = db.left_to_ship(kept.row)?;
        let more: Vec<(i64, u32, u32)> = lines
            .iter()
            .filter_map(|(position, units)| {
                let has = contents.iter().find(|c| c.purchase_order == kept.row && c.position == *position);
                let room = left.iter().find(|l| l.position == *position).map_or(0, |l| l.remaining());
                let more = units.saturating_sub(has.map_or(0, |c| c.units)).min(room);
                (more > 0).then_some((kept.row, *position, more))
            })
            .collect();
        if !more.is_empty() {
            db.add_to_parcel(parcel, &more, self.run.cause("the supplier's API"))?;
        }
        Ok(())
    }

    /// The recorded proof, where it could not be made when the order was placed.
    fn prove(&self, db: &mut Db, kept: &Kept, recorded: &[Recorded], outcome: &mut Outcome) -> Result<()> {
        if !self.api.abilities().echoes_address || db.recorded_proof(kept.row)?.is_some() {
            return Ok(());
        }
        let record = Record::of(kept, recorded);
        db.keep_proof(kept, record.verdict, &record.fields, record.hold.as_ref(), self.run.now)?;
        outcome.held.extend(record.hold);
        Ok(())
    }

    fn paid(&self, db: &mut Db, kept: &Kept, recorded: &[Recorded]) -> Result<Kept> {
        let paid = |r: &Recorded| {
            matches!(r.status, SupplierStatus::Paid | SupplierStatus::Shipped | SupplierStatus::Delivered)
        };
        if kept.state != PurchaseState::Placed || !recorded.iter().all(paid) {
            return Ok(kept.clone());
        }
        let Ok(to) = kept.state.paid() else { return Ok(kept.clone()) };
        db.settle(kept, to, None, self.run.cause("the supplier has the money"))?;
        Ok(Kept { state: to, ..kept.clone() })
    }

    fn delivered(&self, db: &mut Db, kept: &Kept, one: &Recorded, number: &str, outcome: &mut Outcome) -> Result<()> {
        if self.has_tracker || one.status != SupplierStatus::Delivered {
            return Ok(());
        }
        for parcel in db.parcels_numbered(number)?.into_iter().filter(|p| p.superseded_by.is_none() && p.watched) {
            if let Some(subject) = Subject::read(db, parcel)?.filter(|s| s.purchase_order.row == kept.row) {
                let heard = supplier_says_delivered(db, self.run, &subject)?;
                outcome.fetched += usize::from(heard.news);
                outcome.held.extend(heard.held);
            }
        }
        Ok(())
    }

    /// Last mile and destination from the supplier's own tracking. Its words for a status are in no table, so they stay unknown.
    fn statuses(&self, db: &mut Db, outcome: &mut Outcome) -> Result<std::result::Result<(), AskError>> {
        if !self.api.abilities().tells_tracking {
            return Ok(Ok(()));
        }
        let mut due = BTreeMap::new();
        for parcel in db.watched_parcels()?.into_iter().filter(|p| p.supplier == self.name && p.last_mile.is_none()) {
            if is_due(&parcel.status, parcel.asked_at, parcel.added_at, self.run.now) {
                due.insert(parcel.number.clone(), parcel);
            }
        }
        let asked: Vec<String> = due.keys().cloned().collect();
        for some in asked.chunks(AT_ONCE) {
            if (self.run.stop)() {
                break;
            }
            let tracked = match self.api.track(some) {
                Ok(tracked) => tracked,
                Err(why) => return Ok(Err(why)),
            };
            for one in tracked {
                let Some(subject) = due.remove(&one.number).map(|p| Subject::read(db, p)).transpose()?.flatten() else {
                    continue;
                };
                let last = one.last_mile.as_ref().map(|l| (bare(&l.number), named(&l.carrier).ids().first().copied()));
                let goes_to = Some(one.to.as_str()).filter(|to| !to.is_empty());
                outcome.held.extend(goes_elsewhere(db, self.run, &subject, goes_to)?);
                let raw = Status::Unknown(one.status.clone());
                let parcel = &subject.parcel;
                let says = !one.status.is_empty() && may_become(&parcel.status, parcel.status_at, &raw, None);
                let news = News {
                    status: says.then_some((&raw, None)),
                    last_mile: last.as_ref().map(|(number, id)| (number.as_str(), id.unwrap_or_default())),
                    goes_to,
                    ..News::default()
                };
                db.take_news(parcel, &news, self.run.cause("the supplier's own tracking"))?;
            }
        }
        Ok(Ok(()))
    }

    fn hold(
        &self,
        db: &mut Db,
        claim: &Claim,
        code: HoldCode,
        message: String,
        next: &str,
        outcome: &mut Outcome,
    ) -> Result<()> {
        let order = &claim.purchase_order.id.order;
        let Some(found) = db.order(order)? else { return Ok(()) };
        let hint = format!("{next}, or {}", release_hint(order, code));
        let hold = Hold::new(order, code, message, hint).resting_on(claim.number);
        if db.put_standing(found.row, &hold, self.run.now)? {
            outcome.held.push(hold);
        }
        Ok(())
    }

    fn is_released(&self, db: &Db, kept: &Kept, code: HoldCode, evidence: &str) -> Result<bool> {
        let Some(found) = db.order(&kept.id.order)? else { return Ok(false) };
        let mut released = HashSet::new();
        db.add_released(found.row, &mut released)?;
        let hold = Hold::new(&kept.id.order, code, "", "").resting_on(evidence);
        Ok(released.contains(&hold.release_key()))
    }
}

/// Purchase orders at a supplier that are out and not delivered; of the very old ones nothing more is expected.
///
/// # Errors
/// The database.
pub fn outstanding(db: &Db, supplier: &str, now: Timestamp) -> std::result::Result<Vec<Kept>, DbError> {
    let mut out = db.outstanding()?;
    out.retain(|k| k.supplier == supplier && now.duration_since(k.made_at) <= LONGEST);
    Ok(out)
}

fn failed(kept: &Kept, number: &str, code: &str, message: &str) -> Failed {
    Failed {
        order: Some(kept.id.order.clone()),
        purchase_order: Some(kept.id.clone()),
        number: number.to_owned(),
        code: code.to_owned(),
        message: message.to_owned(),
    }
}
