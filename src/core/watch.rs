//! Parcels and purchase orders that a person must look at because time has passed: each a code, days and the next step.
//!
//! Default times are from what DSers, AutoDS and shippers' help pages use: 48 hours to the first scan, 72 to a number, 7 days
//! without news, 25 days on the way where nothing is known of the road, and the 30 days within which US law asks to ship.

use jiff::{SignedDuration, Timestamp};

use super::delivery::Transit;
use super::hold::{Hold, HoldCode, release_hint};
use super::ids::PurchaseOrderId;
use super::parcel::Status;
use super::purchase::PurchaseState;

/// The `[tracking]` part of the config.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Watch {
    pub no_confirm_hours: u32,
    pub no_tracking_hours: u32,
    pub no_scan_hours: u32,
    pub no_news_days: u32,
    /// Where too few parcels took the road to say what is usual.
    pub late_days: u32,
    /// After the customer's order: the duty to ship is near.
    pub ship_duty_days: u32,
}

impl Default for Watch {
    fn default() -> Self {
        Self {
            no_confirm_hours: 24,
            no_tracking_hours: 72,
            no_scan_hours: 48,
            no_news_days: 7,
            late_days: 25,
            ship_duty_days: 25,
        }
    }
}

/// A parcel on its way.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Underway {
    /// The first of its purchase orders.
    pub purchase_order: PurchaseOrderId,
    pub supplier: String,
    pub number: String,
    pub status: Status,
    pub status_at: Option<Timestamp>,
    pub first_scan: Option<Timestamp>,
    pub shipped_at: Option<Timestamp>,
    pub added_at: Timestamp,
    /// Somebody tells its status: otherwise silence means nothing.
    pub asked: bool,
    /// What is usual on its road.
    pub usual: Option<Transit>,
}

/// A purchase order that is out, with what of it is in parcels.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Outstanding {
    pub id: PurchaseOrderId,
    pub supplier: String,
    pub state: PurchaseState,
    pub made_at: Timestamp,
    pub ordered_at: Option<Timestamp>,
    /// Units that are in no parcel.
    pub missing: u32,
}

/// What waits, and since when.
pub type Waiting = (Hold, Timestamp);

impl Watch {
    /// The first that applies: it comes back, somebody must act, late, never scanned, silent.
    pub fn parcel(&self, p: &Underway, now: Timestamp) -> Option<Waiting> {
        if p.status.is_lost() {
            let message =
                format!("{} is {} since {}", p.number, p.status, days(p.status_at.unwrap_or(p.added_at), now));
            return Some(p.hold(
                HoldCode::Returned,
                message,
                "decide with the supplier and tell the customer",
                p.status_at,
            ));
        }
        if matches!(
            p.status,
            Status::CustomsHold | Status::AttemptFailed | Status::AvailableForPickup | Status::Exception
        ) {
            let message =
                format!("{} is {} since {}", p.number, p.status, days(p.status_at.unwrap_or(p.added_at), now));
            let next = "tell the customer what the carrier waits for";
            return Some(p.hold(HoldCode::DeliveryProblem, message, next, p.status_at));
        }
        if !p.asked || p.status == Status::Delivered {
            return None;
        }
        self.late(p, now).or_else(|| self.silent(p, now))
    }

    fn late(&self, p: &Underway, now: Timestamp) -> Option<Waiting> {
        let since = p.shipped_at.or(p.first_scan).unwrap_or(p.added_at);
        let limit = p.usual.map_or(self.late_days, |usual| usual.p90);
        if now.duration_since(since) <= whole_days(limit) {
            return None;
        }
        let basis = match p.usual {
            Some(usual) => format!("nine of ten take at most {} (n = {})", usual.p90, usual.sample),
            None => format!("the limit is {limit}; too few have arrived to know better"),
        };
        let heard = match p.status_at {
            Some(at) => format!("last heard of {} ago", days(at, now)),
            None => "never scanned".to_owned(),
        };
        let message = format!("{} is {} on its way, {basis}; {heard}", p.number, days(since, now));
        Some(p.hold(HoldCode::Late, message, "ask for a trace", Some(since)))
    }

    fn silent(&self, p: &Underway, now: Timestamp) -> Option<Waiting> {
        let Some(heard) = p.status_at.filter(|_| p.first_scan.is_some()) else {
            let waits = now.duration_since(p.added_at) >= SignedDuration::from_hours(self.no_scan_hours.into());
            let message = format!("{} was given {} ago and no carrier has scanned it", p.number, days(p.added_at, now));
            return waits.then(|| p.hold(HoldCode::NoScan, message, "ask whether it has left", Some(p.added_at)));
        };
        let silent = now.duration_since(heard) >= whole_days(self.no_news_days) || p.status == Status::Expired;
        let message = format!("{} is {}, and nothing was heard of it for {}", p.number, p.status, days(heard, now));
        silent.then(|| p.hold(HoldCode::NoNews, message, "ask for a trace", Some(heard)))
    }

    pub fn purchase_order(&self, po: &Outstanding, now: Timestamp) -> Option<Waiting> {
        let waited = now.duration_since(po.made_at);
        let late = |hours: u32| waited >= SignedDuration::from_hours(hours.into());
        let hold = |code, message: String, hint: String| {
            let hold = Hold::new(&po.id, code, message, hint).resting_on(format!("{} {code}", po.id));
            Some((hold, po.made_at))
        };
        let (id, ago) = (&po.id, days(po.made_at, now));
        if po.missing > 0 && late(self.no_tracking_hours) {
            let duty = po.ordered_at.filter(|at| now.duration_since(*at) >= whole_days(self.ship_duty_days));
            let duty = duty.map_or(String::new(), |at| {
                format!("; the customer ordered {} ago, and 30 days are the limit without asking", days(at, now))
            });
            let message = format!("{ago} out, and {} of its pieces have no tracking number{duty}", po.missing);
            let hint = format!("ask {} for the number: dsf track add {id} NUMBER", po.supplier);
            return hold(HoldCode::NoTracking, message, hint);
        }
        if po.state == PurchaseState::HandedOff && po.missing > 0 && late(self.no_confirm_hours) {
            let message = format!("handed off {ago} ago, and {} has not confirmed it", po.supplier);
            return hold(HoldCode::NotConfirmed, message, format!("dsf confirm {id} --order-no N"));
        }
        None
    }
}

impl Underway {
    /// A release covers this number in this status, not the next one.
    fn hold(&self, code: HoldCode, message: String, next: &str, since: Option<Timestamp>) -> Waiting {
        let hint = format!("{next} ({}), then {}", self.supplier, release_hint(&self.purchase_order, code));
        let hold = Hold::new(&self.purchase_order, code, message, hint);
        let evidence =
            if code == HoldCode::Late { self.number.clone() } else { format!("{} {}", self.number, self.status) };
        (hold.resting_on(evidence), since.unwrap_or(self.added_at))
    }
}

fn whole_days(days: u32) -> SignedDuration {
    SignedDuration::from_hours(24 * i64::from(days))
}

/// `0 days`, `1 day`, `17 days`.
fn days(since: Timestamp, now: Timestamp) -> String {
    let n = now.duration_since(since).as_hours().max(0) / 24;
    if n == 1 { "1 day".to_owned() } else { format!("{n} days") }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::core::ids::OrderId;

    fn at(day: i64) -> Timestamp {
        Timestamp::from_second(1_790_000_000 + day * 86_400).unwrap()
    }

    fn id() -> PurchaseOrderId {
        PurchaseOrderId { order: OrderId::new("us".parse().unwrap(), "1040", 1), counter: 1 }
    }

    fn underway(status: Status, heard: Option<i64>) -> Underway {
        Underway {
            purchase_order: id(),
            supplier: "cj".into(),
            number: "YT1".into(),
            status,
            status_at: heard.map(at),
            first_scan: heard.map(|_| at(1)),
            shipped_at: None,
            added_at: at(0),
            asked: true,
            usual: None,
        }
    }

    fn code(p: &Underway, day: i64) -> Option<&'static str> {
        Watch::default().parcel(p, at(day)).map(|(hold, _)| hold.code.as_str())
    }

    #[test]
    fn a_parcel_by_its_age() {
        let moving = underway(Status::InTransit, Some(9));
        assert_eq!(code(&moving, 15), None);
        assert_eq!(code(&moving, 16), Some("NO_NEWS"));
        assert_eq!(code(&moving, 26), Some("NO_NEWS"));
        assert_eq!(code(&moving, 27), Some("LATE"));
        let usual = Underway { usual: Some(Transit { median: 11, p90: 17, sample: 212 }), ..moving.clone() };
        let (hold, since) = Watch::default().parcel(&usual, at(26)).unwrap();
        assert_eq!((hold.code, since), (HoldCode::Late, at(1)));
        assert_eq!(
            hold.message,
            "YT1 is 25 days on its way, nine of ten take at most 17 (n = 212); last heard of 17 days ago"
        );
        assert_eq!(code(&underway(Status::NotFound, None), 1), None);
        assert_eq!(code(&underway(Status::PreTransit, None), 2), Some("NO_SCAN"));
        assert_eq!(code(&underway(Status::Returning, Some(3)), 3), Some("RETURNED"));
        assert_eq!(code(&underway(Status::CustomsHold, Some(3)), 3), Some("DELIVERY_PROBLEM"));
        assert_eq!(code(&underway(Status::Delivered, Some(3)), 90), None);
        assert_eq!(code(&underway(Status::Unknown("odd".into()), None), 3), Some("NO_SCAN"));
        assert_eq!(code(&Underway { asked: false, ..underway(Status::New, None) }, 90), None);
    }

    #[test]
    fn a_purchase_order_by_its_age() {
        let po = |state, missing| Outstanding {
            id: id(),
            supplier: "li".into(),
            state,
            made_at: at(0),
            ordered_at: Some(at(-24)),
            missing,
        };
        let code = |po: &Outstanding, day| {
            Watch::default().purchase_order(po, at(day)).map(|(hold, _)| (hold.code.as_str(), hold.message))
        };
        assert_eq!(code(&po(PurchaseState::HandedOff, 1), 0), None);
        assert_eq!(code(&po(PurchaseState::HandedOff, 1), 1).unwrap().0, "NOT_CONFIRMED");
        let (word, message) = code(&po(PurchaseState::Placed, 2), 3).unwrap();
        assert_eq!(word, "NO_TRACKING");
        assert!(message.contains("30 days are the limit"), "{message}");
        assert_eq!(code(&po(PurchaseState::Placed, 2), 2), None);
        assert_eq!(code(&po(PurchaseState::Shipped, 0), 30), None);
    }
}
