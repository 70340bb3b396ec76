//! Telling stores of parcels: saved as sent, looked for, told, and what became of it saved. What may have been told is looked up
//! before anything else; nothing is told twice, and never more than the store still waits for.
//!
//! `plan` says what would be told; files for stores without an API are written by `uploads`.

mod counted;
mod fix;
pub mod plan;
mod spoken;

use std::collections::{BTreeMap, HashMap, VecDeque};
use std::sync::{Mutex, MutexGuard, PoisonError};

use jiff::{SignedDuration, Timestamp};

use self::counted::{above_remaining, covered, together, units_of};
pub use self::fix::fix;
use self::plan::{Matter, Planned, Telling, plan, retold};
use self::spoken::Store;
use super::crash::may_crash;
use super::sync_error::SyncError;
use crate::config::Config;
use crate::core::ids::{OrderId, PurchaseOrderId, Slug};
use crate::core::parcel::bare;
use crate::core::push::{Push, Pushed, StoreParcels};
use crate::core::push_state::PushState;
use crate::core::sending::AskError;
use crate::db::{Cause, Db, KeptPush, PushStep};
use crate::store::api::StoreApi;

type Result<T> = std::result::Result<T, SyncError>;

/// What became of one push in this run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Told {
    pub order: OrderId,
    pub purchase_order: Option<PurchaseOrderId>,
    pub number: String,
    pub state: PushState,
    pub code: String,
    pub why: String,
    /// It stands where it stood before this run, for the same reason.
    pub same: bool,
    /// It was told in this run.
    pub pushed: bool,
}

/// What holds for a whole run.
#[derive(Clone, Copy)]
pub struct Run<'a> {
    pub config: &'a Config,
    pub actor: &'a str,
    pub now: Timestamp,
    /// True when a person asked to stop: the parcel at hand is finished, and no other begun.
    pub stop: &'a (dyn Fn() -> bool + Sync),
    /// Numbers that a person wants told once more, though the store refused them or a file has them.
    pub again: &'a [String],
}

impl<'a> Run<'a> {
    pub fn cause(&self, why: &'a str) -> Cause<'a> {
        Cause { why, actor: self.actor, now: self.now }
    }

    pub fn wants_again(&self, number: &str) -> bool {
        self.again.iter().any(|wanted| bare(wanted) == bare(number))
    }
}

/// Orders that are told at the same time: an answer takes longer than the gap that most limits ask for.
const LANES: usize = 6;

/// The database is held for single steps, never while a store is waited for.
pub struct Teller<'a> {
    db: Mutex<&'a mut Db>,
    run: Run<'a>,
    stores: BTreeMap<Slug, Store>,
}

impl<'a> Teller<'a> {
    pub fn new(db: &'a mut Db, run: Run<'a>, apis: BTreeMap<Slug, Box<dyn StoreApi>>) -> Self {
        let stores = apis.into_iter().map(|(slug, api)| (slug, Store::of(api))).collect();
        Self { db: Mutex::new(db), run, stores }
    }

    fn db(&self) -> MutexGuard<'_, &'a mut Db> {
        self.db.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Tells every store with an API of what it has not been told. The parcels of one order follow one another.
    ///
    /// # Errors
    /// The database.
    pub fn tell(&self) -> Result<Vec<Told>> {
        self.db().recover_pushes(self.run.cause("the run that told the store was cut off"))?;
        let mut orders: Vec<Vec<KeptPush>> = vec![];
        let mut places: HashMap<i64, usize> = HashMap::new();
        for push in self.db().open_pushes()?.into_iter().filter(|p| self.stores.contains_key(&p.order_id.store)) {
            let place = *places.entry(push.order).or_insert(orders.len());
            match orders.get_mut(place) {
                Some(order) => order.push(push),
                None => orders.push(vec![push]),
            }
        }
        let lanes = LANES.min(orders.len());
        let waiting = Mutex::new(orders.into_iter().enumerate().collect());
        let lane = || self.lane(&waiting);
        let done: Vec<_> = std::thread::scope(|scope| {
            let lanes: Vec<_> = (0..lanes).map(|_| scope.spawn(lane)).collect();
            lanes.into_iter().map(|l| l.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))).collect()
        });
        let mut told = vec![];
        for lane in done {
            told.extend(lane?);
        }
        told.sort_by_key(|(place, _)| *place);
        Ok(told.into_iter().map(|(_, told)| told).collect())
    }

    /// Takes one order after the other, until none waits or a person asks to stop.
    fn lane(&self, waiting: &Mutex<VecDeque<(usize, Vec<KeptPush>)>>) -> Result<Vec<(usize, Told)>> {
        let mut told = vec![];
        loop {
            let next = waiting.lock().unwrap_or_else(PoisonError::into_inner).pop_front();
            let Some((place, pushes)) = next else { return Ok(told) };
            for push in pushes {
                if (self.run.stop)() {
                    return Ok(told);
                }
                told.extend(self.one(push)?.map(|t| (place, t)));
            }
        }
    }

    /// Stores that could not be spoken to, with why; and those that could.
    pub fn spoken_to(&self) -> Vec<(&Slug, Option<AskError>)> {
        self.stores.iter().filter_map(|(slug, store)| Some((slug, store.spoken_to()?))).collect()
    }

    fn one(&self, push: KeptPush) -> Result<Option<Told>> {
        let Some(matter) = Matter::read(&self.db(), &push)? else { return Ok(None) };
        let planned = plan(&self.db(), self.run.config, &push, &matter)?;
        match push.state {
            // Nobody knows: the look comes first, whatever the plan says now.
            PushState::Unknown => self.look_first(push, &matter, planned),
            PushState::Refused => self.refused(push, &matter, planned),
            _ => self.planned(push, &matter, planned),
        }
    }

    fn look_first(&self, push: KeptPush, matter: &Matter, planned: Planned) -> Result<Option<Told>> {
        let seen = match self.look(&push, matter) {
            Ok(seen) => seen,
            Err(why) => {
                return self.stay(&push, matter, "UNKNOWN", &format!("nobody knows whether the store has it: {why}"));
            }
        };
        let lines = self.db().push_lines(push.row)?;
        if let Some(told) = self.has_it(&push, matter, &seen, &lines)? {
            return Ok(Some(told));
        }
        let settle = SignedDuration::from_secs(self.run.config.tracking.settle_after_seconds.into());
        if push.sent_at.is_some_and(|sent| self.run.now.duration_since(sent) < settle) {
            let why = "the store does not show it yet, and too soon after sending for that to count";
            return self.stay(&push, matter, "UNKNOWN", why);
        }
        let why = "looked: the store does not have it";
        let step = PushStep { why, lines: Some(&[]), ..PushStep::default() };
        let to = push.state.planned_again()?;
        self.db().step_push(&push, to, &step, self.run.cause(why))?;
        let push = KeptPush { state: to, why: why.to_owned(), code: String::new(), ..push };
        let planned = if matches!(planned, Planned::Nothing { .. }) {
            plan(&self.db(), self.run.config, &push, matter)?
        } else {
            planned
        };
        self.planned(push, matter, planned)
    }

    /// Stays refused until what would be told is another thing, or a person asks for it.
    fn refused(&self, push: KeptPush, matter: &Matter, planned: Planned) -> Result<Option<Told>> {
        let other = matches!(&planned, Planned::Tell(telling) if !telling.is(&push.frozen));
        let changed = matches!(planned, Planned::Changed { .. });
        if !other && !changed && !self.run.wants_again(&matter.parcel.number) {
            return Ok(None);
        }
        if changed {
            return self.planned(push, matter, planned);
        }
        let step = PushStep { why: "to be told again", ..PushStep::default() };
        let to = push.state.planned_again()?;
        self.db().step_push(&push, to, &step, self.run.cause("to be told again"))?;
        self.planned(KeptPush { state: to, ..push }, matter, planned)
    }

    fn planned(&self, push: KeptPush, matter: &Matter, planned: Planned) -> Result<Option<Told>> {
        match planned {
            Planned::Wait { code, why } => self.stay(&push, matter, &code, &why),
            Planned::Nothing { why } => {
                self.step(&push, matter, push.state.done()?, &PushStep { why: &why, ..PushStep::default() }).map(Some)
            }
            Planned::Changed { why } => self.changed(&push, matter, &why),
            Planned::Tell(telling) => self.told(push, matter, &telling),
        }
    }

    /// Only a person can change a number over there; once it is there, it is done.
    fn changed(&self, push: &KeptPush, matter: &Matter, why: &str) -> Result<Option<Told>> {
        if let Ok(seen) = self.look(push, matter)
            && let Some(told) = self.has_it(push, matter, &seen, &[])?
        {
            return Ok(Some(told));
        }
        if push.state == PushState::Refused && push.why == why {
            return Ok(None);
        }
        let step = PushStep { code: "NUMBER_CHANGED", why, channel: Some("api"), ..PushStep::default() };
        let to = if push.state == PushState::Planned { push.state.refused()? } else { push.state };
        self.step(push, matter, to, &step).map(Some)
    }

    fn told(&self, push: KeptPush, matter: &Matter, telling: &Telling) -> Result<Option<Told>> {
        let seen = match self.look(&push, matter) {
            Ok(seen) => seen,
            Err(AskError::KeyRefused(why)) => return self.stay(&push, matter, "KEY_REFUSED", &why),
            Err(why) => return self.stay(&push, matter, "NO_ANSWER", &why.to_string()),
        };
        if let Some(told) = self.has_it(&push, matter, &seen, &telling.lines)? {
            return Ok(Some(told));
        }
        if let Some(word) = &seen.closed {
            return self.stay(
                &push,
                matter,
                "CLOSED_AT_STORE",
                &format!("the store takes no parcel: the order is {word}"),
            );
        }
        let whole = self.whole(&push, matter, telling, &seen)?;
        if let Some(why) = above_remaining(&whole, &seen) {
            let step =
                PushStep { code: "ABOVE_REMAINING", why: &why, frozen: Some(&telling.frozen()), ..PushStep::default() };
            return self.step(&push, matter, push.state.refused()?, &step).map(Some);
        }
        let frozen = telling.frozen();
        let step = PushStep {
            why: "being told",
            channel: Some("api"),
            frozen: Some(&frozen),
            lines: Some(&telling.lines),
            ..PushStep::default()
        };
        let sent = push.state.sent()?;
        self.db().step_push(&push, sent, &step, self.run.cause("being told"))?;
        may_crash("push committed");
        let push = KeptPush { state: sent, why: "being told".to_owned(), ..push };
        let Some(store) = self.stores.get(&push.order_id.store) else { return Ok(None) };
        let outcome = store.api.push(&whole, &seen);
        may_crash("push answered");
        self.outcome(&push, matter, outcome).map(Some)
    }

    fn outcome(&self, push: &KeptPush, matter: &Matter, outcome: Pushed) -> Result<Told> {
        let (to, code, why, id) = match outcome {
            Pushed::Done { id } => (push.state.done()?, String::new(), "told".to_owned(), id),
            Pushed::Refused { code, message } => {
                let code = if code.is_empty() { "REFUSED".to_owned() } else { code };
                (push.state.refused()?, code, message, String::new())
            }
            Pushed::NotSent { why } => (push.state.planned_again()?, "NOT_SENT".to_owned(), why, String::new()),
            Pushed::KeyRefused { why } => {
                if let Some(store) = self.stores.get(&push.order_id.store) {
                    store.give_up(AskError::KeyRefused(why.clone()));
                }
                (push.state.planned_again()?, "KEY_REFUSED".to_owned(), why, String::new())
            }
            Pushed::Unknown { why } => (push.state.lost_sight()?, "UNKNOWN".to_owned(), why, String::new()),
        };
        // What certainly is not over there gives its units back.
        let lines: Option<&[(u32, u32)]> = matches!(to, PushState::Planned | PushState::Refused).then_some(&[]);
        let id = if to == PushState::Done && id.is_empty() { "told".to_owned() } else { id };
        let step = PushStep { code: &code, why: &why, store_id: Some(&id), lines, ..PushStep::default() };
        let told = self.step(push, matter, to, &step)?;
        may_crash("push outcome committed");
        Ok(Told { pushed: to == PushState::Done, ..told })
    }

    /// What the store knows of the order's parcels.
    fn look(&self, push: &KeptPush, matter: &Matter) -> std::result::Result<StoreParcels, AskError> {
        let Some(store) = self.stores.get(&push.order_id.store) else {
            return Err(AskError::Unreachable("the store has no client".to_owned()));
        };
        store.parcels(&matter.order_key())
    }

    /// The number is there with these pieces, besides what it was told with before: by an earlier run that did not hear the
    /// answer, or by a person. A store that takes a parcel in several calls may have heard only the first of them.
    fn has_it(
        &self,
        push: &KeptPush,
        matter: &Matter,
        seen: &StoreParcels,
        lines: &[(u32, u32)],
    ) -> Result<Option<Told>> {
        let parcel = &matter.parcel;
        let last = parcel.last_mile.as_ref().map(|l| bare(&l.0));
        let ours = |number: &str| bare(number) == bare(&parcel.number) || last.as_deref() == Some(&bare(number));
        let Some(there) = seen.parcels.iter().find(|p| ours(&p.tracking)) else { return Ok(None) };
        if !covered(matter, &together(&self.told_before(push)?, lines), seen, &ours) {
            return Ok(None);
        }
        let units = if lines.is_empty() { units_of(matter) } else { lines.to_vec() };
        let id = if there.id.is_empty() { "there" } else { &there.id };
        let step = PushStep {
            why: "the store has it already",
            channel: Some("api"),
            store_id: Some(id),
            lines: Some(&units),
            ..PushStep::default()
        };
        self.step(push, matter, push.state.done()?, &step).map(Some)
    }

    /// What the store was told of this number before.
    fn told_before(&self, push: &KeptPush) -> Result<Vec<(u32, u32)>> {
        let told = |p: &&KeptPush| p.order == push.order && p.row != push.row && !p.store_id.is_empty();
        let mut units = vec![];
        let before = self.db().pushes_of_parcel(push.parcel)?;
        for before in before.iter().filter(told) {
            units = together(&units, &self.db().push_lines(before.row)?);
        }
        Ok(units)
    }

    /// The parcel as the store is to have it: clients take away what it has under the number, so that is in it too.
    fn whole(&self, push: &KeptPush, matter: &Matter, telling: &Telling, seen: &StoreParcels) -> Result<Push> {
        let there = seen.parcels.iter().any(|p| bare(&p.tracking) == bare(&telling.push.tracking));
        let lines = together(&self.told_before(push)?, &telling.lines);
        Ok(match retold(self.run.config, matter, lines) {
            Some(whole) if there => Push { completes: telling.push.completes, ..whole.push },
            _ => telling.push.clone(),
        })
    }

    fn stay(&self, push: &KeptPush, matter: &Matter, code: &str, why: &str) -> Result<Option<Told>> {
        let step = PushStep { code, why, ..PushStep::default() };
        self.step(push, matter, push.state, &step).map(Some)
    }

    fn step(&self, push: &KeptPush, matter: &Matter, to: PushState, step: &PushStep) -> Result<Told> {
        let same = push.state == to && push.code == step.code;
        if !same || push.why != step.why {
            self.db().step_push(push, to, step, self.run.cause(""))?;
        }
        Ok(Told {
            order: push.order_id.clone(),
            purchase_order: matter.contents.first().map(|c| c.id.clone()),
            number: matter.parcel.number.clone(),
            state: to,
            code: step.code.to_owned(),
            why: step.why.to_owned(),
            same,
            pushed: false,
        })
    }
}
