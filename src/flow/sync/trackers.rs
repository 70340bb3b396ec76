//! Statuses from a tracker: new numbers are registered as far as the quota goes, all that are due are read, both in as many numbers a
//! request as it takes. What it refuses is said once and left alone until a person changes number or carrier.

use std::collections::BTreeMap;

use super::report::{LONGEST, Subject, take};
use super::{Failed, Outcome};
use crate::carrier::named;
use crate::carrier::trackers::{Heard, Number, Registered, Tracker};
use crate::core::address::country;
use crate::core::parcel::{Report, bare, is_due};
use crate::core::sending::AskError;
use crate::db::{Db, DbError, Registration};
use crate::flow::push::Run;

/// One tracker of the config in a run.
pub struct Watching<'a> {
    pub name: &'a str,
    pub tracker: &'a dyn Tracker,
    pub run: Run<'a>,
}

/// By number; a number that is in use again belongs to its newest parcel.
type Due = BTreeMap<String, (Subject, Option<Registration>)>;

impl Watching<'_> {
    /// # Errors
    /// The database, or a tracker that cannot be asked any further; what was heard before is kept.
    pub fn sync(&self, db: &mut Db, outcome: &mut Outcome) -> Result<Result<(), AskError>, DbError> {
        let mut due = self.due(db)?;
        let fresh: Vec<String> = due.iter().filter(|(_, (_, known))| known.is_none()).map(|(n, _)| n.clone()).collect();
        if let Err(why) = self.register(db, &fresh, &mut due, outcome)? {
            return Ok(Err(why));
        }
        let known: Vec<String> = due
            .iter()
            .filter(|(_, (_, known))| known.as_ref().is_some_and(|k| k.registered))
            .map(|(number, _)| number.clone())
            .collect();
        for some in known.chunks(self.tracker.batch()) {
            if (self.run.stop)() {
                break;
            }
            if let Err(why) = self.read(db, some, &due, outcome)? {
                return Ok(Err(why));
            }
        }
        Ok(Ok(()))
    }

    /// How many numbers would be registered and read, for a dry run.
    ///
    /// # Errors
    /// The database.
    pub fn would(&self, db: &Db) -> Result<(usize, usize), DbError> {
        let due = self.due(db)?;
        let fresh = due.values().filter(|(_, known)| known.is_none()).count();
        let refused = due.values().filter(|(_, known)| known.as_ref().is_some_and(|k| !k.registered)).count();
        Ok((fresh, due.len() - refused))
    }

    fn due(&self, db: &Db) -> Result<Due, DbError> {
        let mut due = Due::new();
        for parcel in db.watched_parcels()? {
            let now = self.run.now;
            let old = now.duration_since(parcel.added_at) > LONGEST;
            if old || !is_due(&parcel.status, parcel.asked_at, parcel.added_at, now) {
                continue;
            }
            let known = db.registration(self.name, parcel.row)?;
            if let Some(subject) = Subject::read(db, parcel)? {
                due.insert(subject.parcel.number.clone(), (subject, known));
            }
        }
        Ok(due)
    }

    fn register(
        &self,
        db: &mut Db,
        fresh: &[String],
        due: &mut Due,
        outcome: &mut Outcome,
    ) -> Result<Result<(), AskError>, DbError> {
        if fresh.is_empty() {
            return Ok(Ok(()));
        }
        let room = match self.tracker.quota() {
            Ok(quota) => quota.map_or(fresh.len(), |n| usize::try_from(n).unwrap_or(usize::MAX)).min(fresh.len()),
            Err(why) => return Ok(Err(why)),
        };
        let (now, later) = fresh.split_at(room);
        for number in later {
            outcome.failed.push(self.failed(
                due,
                number,
                "NO_QUOTA",
                "the tracker's quota is used up; it is registered when there is more",
            ));
        }
        for some in now.chunks(self.tracker.batch()) {
            if (self.run.stop)() {
                break;
            }
            let asked: Vec<Number> = some.iter().filter_map(|n| due.get(n)).map(|(s, _)| self.number(s, "")).collect();
            let said = match self.tracker.register(&asked) {
                Ok(said) => said,
                Err(why) => return Ok(Err(why)),
            };
            db.together(|db| {
                some.iter().try_for_each(|number| self.registered(db, number, said.get(number), due, outcome))
            })?;
        }
        Ok(Ok(()))
    }

    fn registered(
        &self,
        db: &mut Db,
        number: &str,
        said: Option<&Registered>,
        due: &mut Due,
        outcome: &mut Outcome,
    ) -> Result<(), DbError> {
        let known = match said {
            Some(Registered::Yes { carrier }) => {
                Registration { registered: true, carrier: carrier.clone(), why: String::new() }
            }
            Some(Registered::No { code, message }) => {
                outcome.failed.push(self.failed(due, number, code, message));
                Registration { registered: false, carrier: String::new(), why: format!("{code} {message}") }
            }
            Some(Registered::Later { code, message }) => {
                outcome.failed.push(self.failed(due, number, code, message));
                return Ok(());
            }
            None => {
                outcome.failed.push(self.failed(due, number, "NO_ANSWER", "the tracker says nothing of it"));
                return Ok(());
            }
        };
        if let Some((subject, slot)) = due.get_mut(number) {
            db.register(self.name, subject.parcel.row, &known, self.run.now)?;
            *slot = Some(known);
        }
        Ok(())
    }

    fn read(
        &self,
        db: &mut Db,
        some: &[String],
        due: &Due,
        outcome: &mut Outcome,
    ) -> Result<Result<(), AskError>, DbError> {
        let asked: Vec<Number> = some
            .iter()
            .filter_map(|n| due.get(n))
            .map(|(s, known)| self.number(s, known.as_ref().map_or("", |k| &k.carrier)))
            .collect();
        let said = match self.tracker.read(&asked) {
            Ok(said) => said,
            Err(why) => return Ok(Err(why)),
        };
        db.together(|db| {
            for number in some {
                let Some((subject, _)) = due.get(number) else { continue };
                match said.get(number) {
                    Some(Heard::Report(report)) => self.report(db, subject, report, outcome)?,
                    // It forgot the number: registered again in the next run.
                    Some(Heard::NotRegistered) => db.forget_registration(self.name, subject.parcel.row)?,
                    Some(Heard::No { code, message }) => outcome.failed.push(self.failed(due, number, code, message)),
                    None => {
                        outcome.failed.push(self.failed(due, number, "NO_ANSWER", "the tracker says nothing of it"))
                    }
                }
            }
            Ok::<(), DbError>(())
        })?;
        Ok(Ok(()))
    }

    fn report(&self, db: &mut Db, subject: &Subject, report: &Report, outcome: &mut Outcome) -> Result<(), DbError> {
        let last = report.last_mile.as_ref().map(|(number, key)| {
            let by_word = || named(key).ids().first().map(|id| (*id).to_owned());
            (bare(number), self.tracker.carrier_of(key).or_else(by_word).unwrap_or_default())
        });
        let last = last.as_ref().map(|(number, carrier)| (number.as_str(), carrier.as_str()));
        let heard = take(db, self.run, subject, report, last)?;
        outcome.fetched += usize::from(heard.news);
        outcome.held.extend(heard.held);
        Ok(())
    }

    /// Country and postcode help the tracker to choose the carrier; nothing else of the customer goes out.
    fn number(&self, subject: &Subject, carrier: &str) -> Number {
        let (parcel, po) = (&subject.parcel, &subject.purchase_order);
        let ours = || parcel.carrier.as_deref().and_then(|id| self.tracker.key_of(id)).unwrap_or_default();
        Number {
            number: parcel.number.clone(),
            carrier: if carrier.is_empty() { ours() } else { carrier.to_owned() },
            tag: po.reference.to_string(),
            country: country::code(&po.ship_to.country).unwrap_or_default().to_owned(),
            postcode: po.ship_to.postcode.clone(),
        }
    }

    fn failed(&self, due: &Due, number: &str, code: &str, message: &str) -> Failed {
        let subject = due.get(number).map(|(subject, _)| subject);
        Failed {
            order: subject.map(|s| s.purchase_order.id.order.clone()),
            purchase_order: subject.map(|s| s.purchase_order.id.clone()),
            number: number.to_owned(),
            code: code.to_owned(),
            message: format!("tracker.{}: {message}", self.name),
        }
    }
}
