//! What a tracker's report makes of a parcel: events, status, the delivered proof, and the holds that only a person can decide.

use std::collections::HashSet;

use jiff::{SignedDuration, Timestamp};

use crate::core::address::arrival::{Place, arrival, other_country};
use crate::core::address::country;
use crate::core::address::verdict::Overall;
use crate::core::delivery::Road;
use crate::core::hold::{Hold, HoldCode, release_hint};
use crate::core::parcel::{Event, Reading, Report, Status, is_early, may_become, read};
use crate::db::{Content, Db, DbError, Kept, KeptParcel, News};
use crate::flow::push::Run;
use crate::flow::record::word;

/// A parcel with the purchase order that its proofs are made against: all of its purchase orders have one ship-to.
pub struct Subject {
    pub parcel: KeptParcel,
    pub contents: Vec<Content>,
    pub purchase_order: Kept,
    made: Timestamp,
}

/// What was new, for the counts of a run.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Heard {
    pub news: bool,
    /// Newly held in this run.
    pub held: Vec<Hold>,
}

impl Subject {
    /// `None`: the parcel holds nothing.
    pub fn read(db: &Db, parcel: KeptParcel) -> Result<Option<Self>, DbError> {
        let contents = db.contents(parcel.row)?;
        let Some(first) = contents.first() else { return Ok(None) };
        let Some(purchase_order) = db.purchase_order(&first.id)? else { return Ok(None) };
        let made = contents.iter().map(|c| c.made_at).min().unwrap_or(first.made_at);
        Ok(Some(Self { parcel, contents, purchase_order, made }))
    }

    /// Each order that is in the parcel, once.
    fn orders(&self) -> Vec<i64> {
        let mut orders: Vec<i64> = self.contents.iter().map(|c| c.order).collect();
        orders.sort_unstable();
        orders.dedup();
        orders
    }

    pub fn road(&self) -> Road {
        let country = &self.purchase_order.ship_to.country;
        Road {
            supplier: self.parcel.supplier.clone(),
            country: country::code(country).unwrap_or(country).to_owned(),
            method: self.purchase_order.method.clone(),
        }
    }

    fn days(&self, until: Timestamp, first_scan: Option<Timestamp>) -> u32 {
        let since = self.parcel.shipped_at.or(first_scan).or(self.parcel.first_scan).unwrap_or(self.parcel.added_at);
        u32::try_from(until.duration_since(since).as_hours() / 24).unwrap_or(0)
    }

    /// Puts a hold on every order of the parcel; what a person has released for this number is not put again.
    fn hold(
        &self,
        db: &mut Db,
        now: Timestamp,
        code: HoldCode,
        message: &str,
        next: &str,
    ) -> Result<Vec<Hold>, DbError> {
        let mut put = vec![];
        for order in self.orders() {
            let Some(content) = self.contents.iter().find(|c| c.order == order) else { continue };
            let id = &content.id.order;
            let hint = format!("{next}, then {}", release_hint(id, code));
            let hold = Hold::new(id, code, message, hint).resting_on(&self.parcel.number);
            if db.put_standing(order, &hold, now)? {
                put.push(hold);
            }
        }
        Ok(put)
    }

    /// A person has decided that this code is all right for this number.
    fn is_released(&self, db: &Db, code: HoldCode) -> Result<bool, DbError> {
        for order in self.orders() {
            let Some(content) = self.contents.iter().find(|c| c.order == order) else { continue };
            let hold = Hold::new(&content.id.order, code, "", "").resting_on(&self.parcel.number);
            let mut released = HashSet::new();
            db.add_released(order, &mut released)?;
            if !released.contains(&hold.release_key()) {
                return Ok(false);
            }
        }
        Ok(true)
    }
}

/// Takes in a report. `last_mile` is the number at the door with our id of its carrier.
///
/// # Errors
/// The database.
pub fn take(
    db: &mut Db,
    run: Run,
    subject: &Subject,
    report: &Report,
    last_mile: Option<(&str, &str)>,
) -> Result<Heard, DbError> {
    let parcel = &subject.parcel;
    let reading = read(report, subject.made);
    let moves = may_become(&parcel.status, parcel.status_at, &reading.status, reading.at);
    let stays = parcel.status == reading.status;
    let status = if moves { &reading.status } else { &parcel.status };
    let events: Vec<(Event, bool)> = report.events.iter().map(|e| (e.clone(), is_early(e.at, subject.made))).collect();
    let mut heard = Heard::default();
    if let Some(at) = reading.early {
        let message = format!(
            "{} was scanned on {}, before {} was made: an old or a made-up number",
            parcel.number,
            at.strftime("%Y-%m-%d"),
            subject.purchase_order.id
        );
        heard.held.extend(subject.hold(
            db,
            run.now,
            HoldCode::ScannedBeforeOrder,
            &message,
            "ask the supplier for the number",
        )?);
    }
    let goes_to = report.goes_to.as_ref().map(|p| p.country.as_str()).filter(|c| !c.is_empty());
    heard.held.extend(goes_elsewhere(db, run, subject, goes_to)?);
    let arrived =
        if *status == Status::Delivered { Some(delivered(db, run, subject, &reading, &mut heard)?) } else { None };
    let is_delivered = arrived.as_ref().is_some_and(|a| a.counts);
    let at = reading.at.or(parcel.status_at).unwrap_or(run.now);
    let road = subject.road();
    // One look after the end, for a delivery that is taken back; then it is left alone.
    let ended = status.is_end() && stays && (*status != Status::Delivered || is_delivered);
    let why = match reading.at {
        Some(at) => format!("the carrier, {}", at.strftime("%Y-%m-%d %H:%M")),
        None => "the tracker".to_owned(),
    };
    let news = News {
        status: (moves || stays).then_some((status, reading.at)),
        first_scan: reading.first_scan,
        events: &events,
        last_mile: last_mile.filter(|(number, _)| *number != parcel.number),
        goes_to,
        arrival: arrived.as_ref().map(|a| (a.verdict, a.fields.as_str())),
        delivered: Some(is_delivered),
        watched: ended.then_some(false),
        transit: Some((&road, subject.days(at, reading.first_scan))),
        asked: true,
    };
    let taken = db.take_news(parcel, &news, run.cause(&why))?;
    heard.news = taken.status || taken.events > 0;
    Ok(heard)
}

/// The carrier names another country as the destination.
///
/// # Errors
/// The database.
pub fn goes_elsewhere(db: &mut Db, run: Run, subject: &Subject, goes_to: Option<&str>) -> Result<Vec<Hold>, DbError> {
    let ours = &subject.purchase_order.ship_to.country;
    let Some(theirs) = goes_to.filter(|theirs| other_country(ours, theirs)) else { return Ok(vec![]) };
    let message = format!("{} goes to {theirs}, the order to {ours}", subject.parcel.number);
    subject.hold(db, run.now, HoldCode::GoesElsewhere, &message, "ask the supplier whose parcel it is")
}

struct Arrived {
    verdict: &'static str,
    fields: String,
    /// It counts as delivered: not elsewhere, or a person has looked.
    counts: bool,
}

/// The *delivered* proof. What cannot be compared is no proof, and no alarm either.
fn delivered(
    db: &mut Db,
    run: Run,
    subject: &Subject,
    reading: &Reading,
    heard: &mut Heard,
) -> Result<Arrived, DbError> {
    let place = reading.delivered_in.clone().unwrap_or_default();
    let compared = arrival(&subject.purchase_order.ship_to, &place);
    let (verdict, mut counts) = (word(compared.verdict), true);
    if compared.verdict == Overall::Different {
        let message = format!("{} was delivered elsewhere: {}", subject.parcel.number, compared.reasons().join("; "));
        let next = "ask the carrier for its proof of delivery";
        heard.held.extend(subject.hold(db, run.now, HoldCode::DeliveredElsewhere, &message, next)?);
        counts = subject.is_released(db, HoldCode::DeliveredElsewhere)?;
    }
    let fields = serde_json::to_string(&compared.fields).unwrap_or_else(|_| "[]".to_owned());
    Ok(Arrived { verdict, fields, counts })
}

/// The supplier's own word that it was delivered, where no tracker knows the number. No place, so no proof.
///
/// # Errors
/// The database.
pub fn supplier_says_delivered(db: &mut Db, run: Run, subject: &Subject) -> Result<Heard, DbError> {
    let event = Event {
        at: run.now,
        status: Status::Delivered,
        words: "the supplier says so".to_owned(),
        place: Place::default(),
    };
    let report = Report { status: Status::Delivered, events: vec![event], last_mile: None, goes_to: None };
    take(db, run, subject, &report, None)
}

/// Deliveries elsewhere that a person has decided are all right now count as delivered.
///
/// # Errors
/// The database.
pub fn settle_released(db: &mut Db, run: Run) -> Result<(), DbError> {
    for parcel in db.watched_parcels()? {
        let elsewhere = parcel.status == Status::Delivered
            && !parcel.delivered
            && parcel.arrival.as_ref().is_some_and(|a| a.0 == "different");
        if !elsewhere {
            continue;
        }
        let Some(subject) = Subject::read(db, parcel)? else { continue };
        if subject.is_released(db, HoldCode::DeliveredElsewhere)? {
            let road = subject.road();
            let until = subject.parcel.status_at.unwrap_or(run.now);
            let news =
                News { delivered: Some(true), transit: Some((&road, subject.days(until, None))), ..News::default() };
            db.take_news(&subject.parcel, &news, run.cause("a person decided that the place is all right"))?;
        }
    }
    Ok(())
}

/// How long a parcel whose end is not known is asked about: after that carriers and trackers forget it.
pub const LONGEST: SignedDuration = SignedDuration::from_hours(180 * 24);
