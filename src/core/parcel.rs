//! Parcels: where one can stand, what a carrier reports of it, and which report may change what.
//!
//! What a parcel's age means for a person lives in `watch`; where it arrived, in `address::arrival`.

use std::fmt;
use std::str::FromStr;

use jiff::{SignedDuration, Timestamp};

use super::address::arrival::Place;

macro_rules! statuses {
    ($($variant:ident $text:literal),* $(,)?) => {
        /// Where a parcel stands, in one vocabulary for all carriers and trackers. A word that no table knows stays itself.
        #[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
        pub enum Status { $($variant,)* Unknown(String) }

        impl FromStr for Status {
            type Err = std::convert::Infallible;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                Ok(match text {
                    $($text => Self::$variant,)*
                    other => Self::Unknown(other.strip_prefix("unknown:").unwrap_or(other).to_owned()),
                })
            }
        }

        impl fmt::Display for Status {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                match self {
                    $(Self::$variant => f.pad($text),)*
                    Self::Unknown(word) => f.pad(&format!("unknown:{word}")),
                }
            }
        }
    };
}

statuses! {
    // Nobody was asked yet.
    New "new",
    NotFound "not_found", PreTransit "pre_transit", InTransit "in_transit", CustomsHold "customs_hold",
    OutForDelivery "out_for_delivery", AvailableForPickup "available_for_pickup", AttemptFailed "attempt_failed",
    Delivered "delivered", Returning "returning", Returned "returned", Exception "exception", Delayed "delayed",
    Lost "lost", Destroyed "destroyed", Expired "expired",
}

impl Status {
    pub fn read(text: &str) -> Self {
        match text.parse() {
            Ok(status) => status,
        }
    }

    /// Says that a carrier has had it in its hands. What is unknown says nothing.
    pub fn is_scan(&self) -> bool {
        !matches!(self, Self::New | Self::NotFound | Self::PreTransit | Self::Expired | Self::Unknown(_))
    }

    /// Nothing more comes after it.
    pub fn is_end(&self) -> bool {
        matches!(self, Self::Delivered | Self::Returned | Self::Lost | Self::Destroyed)
    }

    /// It comes back or is gone: the customer does not get it.
    pub fn is_lost(&self) -> bool {
        matches!(self, Self::Returning | Self::Returned | Self::Lost | Self::Destroyed)
    }

    /// How long after asking it is worth asking again.
    fn pause(&self) -> SignedDuration {
        SignedDuration::from_hours(match self {
            Self::OutForDelivery => 2,
            Self::InTransit | Self::CustomsHold => 12,
            // One look a day later, for a delivery that is taken back.
            Self::Delivered => 24,
            _ => 6,
        })
    }
}

/// Whether a parcel's status is to be asked for now: by its state, and less often the longer it is on its way.
pub fn is_due(status: &Status, asked: Option<Timestamp>, added: Timestamp, now: Timestamp) -> bool {
    let Some(asked) = asked else { return true };
    let old = now.duration_since(added) > SignedDuration::from_hours(30 * 24);
    let pause = if old { status.pause() * 2 } else { status.pause() };
    now.duration_since(asked) >= pause
}

/// One thing that a carrier says happened.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Event {
    pub at: Timestamp,
    pub status: Status,
    /// The carrier's own words.
    pub words: String,
    pub place: Place,
}

/// What a tracker says of one number, now.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Report {
    pub status: Status,
    /// Any order; the newest decides.
    pub events: Vec<Event>,
    /// Who brings it to the door, under which number: (number, carrier in the tracker's own key or word).
    pub last_mile: Option<(String, String)>,
    /// Where the carrier says it goes.
    pub goes_to: Option<Place>,
}

/// What a report makes of a parcel.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Reading {
    pub status: Status,
    pub at: Option<Timestamp>,
    pub first_scan: Option<Timestamp>,
    /// There are events from before the purchase order was made: the number was another parcel's, or is somebody else's.
    pub early: Option<Timestamp>,
    /// Of the delivery, where the carrier says it.
    pub delivered_in: Option<Place>,
}

/// Carriers print labels before they are told of orders, and clocks differ: so long before the purchase order an event counts.
const GRACE: SignedDuration = SignedDuration::from_hours(48);

/// True for an event of an earlier parcel with the same number.
pub fn is_early(at: Timestamp, made: Timestamp) -> bool {
    at.duration_since(made) < -GRACE
}

/// Reads a report of a parcel whose purchase order was made at `made`. Events from before that decide nothing.
pub fn read(report: &Report, made: Timestamp) -> Reading {
    let counts = |e: &&Event| !is_early(e.at, made);
    let newest = report.events.iter().filter(counts).max_by_key(|e| e.at);
    let early = report.events.iter().filter(|e| is_early(e.at, made)).map(|e| e.at).min();
    let status = match (newest, early) {
        // All that is known of the number happened before the order: of this parcel nothing is known.
        (None, Some(_)) => Status::NotFound,
        _ => report.status.clone(),
    };
    let delivered = || report.events.iter().filter(counts).filter(|e| e.status == Status::Delivered);
    Reading {
        first_scan: report.events.iter().filter(counts).filter(|e| e.status.is_scan()).map(|e| e.at).min(),
        at: newest.map(|e| e.at),
        delivered_in: (status == Status::Delivered)
            .then(|| delivered().max_by_key(|e| e.at).map(|e| e.place.clone()))
            .flatten(),
        status,
        early,
    }
}

/// Whether a parcel that stands at `was` (known since `was_at`) may become `is` (of `is_at`).
///
/// A tracker that forgets says nothing: from news nothing goes back to none. A delivery is taken back only by an event after it.
pub fn may_become(was: &Status, was_at: Option<Timestamp>, is: &Status, is_at: Option<Timestamp>) -> bool {
    if was == is {
        return false;
    }
    let says_nothing = matches!(is, Status::New | Status::NotFound | Status::Unknown(_));
    let after = match (was_at, is_at) {
        (Some(was), Some(is)) => is > was,
        (None, _) => true,
        (Some(_), None) => false,
    };
    match was {
        Status::Delivered => !says_nothing && !matches!(is, Status::PreTransit | Status::Expired) && after,
        Status::New | Status::NotFound | Status::Unknown(_) => *is != Status::New,
        _ if says_nothing => false,
        _ => true,
    }
}

/// Who first gave dsf the number.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Source {
    Api,
    Sheet,
    Hand,
    Email,
}

impl Source {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Api => "api",
            Self::Sheet => "sheet",
            Self::Hand => "hand",
            Self::Email => "email",
        }
    }
}

/// Letters and digits alone, in upper case: how two spellings of a number are told to be one.
pub fn bare(number: &str) -> String {
    number.chars().filter(|c| c.is_ascii_alphanumeric()).map(|c| c.to_ascii_uppercase()).collect()
}

/// A carrier's words as they are kept: one line, not longer than a label.
pub fn words(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ").chars().take(200).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(day: i64) -> Timestamp {
        Timestamp::from_second(1_790_000_000 + day * 86_400).unwrap()
    }

    fn event(day: i64, status: Status) -> Event {
        let place = Place { country: "US".into(), city: format!("City {day}"), ..Place::default() };
        Event { at: at(day), status, words: String::new(), place }
    }

    fn report(status: Status, events: Vec<Event>) -> Report {
        Report { status, events, last_mile: None, goes_to: None }
    }

    #[test]
    fn an_unknown_word_stays_itself_and_is_no_news() {
        let status = Status::read("Exception_Damaged");
        assert_eq!(status, Status::Unknown("Exception_Damaged".into()));
        assert_eq!(Status::read(&status.to_string()), status);
        assert!(!status.is_scan() && !status.is_end());
        assert_eq!(Status::read("delivered"), Status::Delivered);
        assert!(!may_become(&Status::InTransit, Some(at(1)), &status, Some(at(2))));
    }

    #[test]
    fn a_number_that_was_delivered_before_the_order_says_nothing_of_this_parcel() {
        let old = report(Status::Delivered, vec![event(-60, Status::InTransit), event(-50, Status::Delivered)]);
        let reading = read(&old, at(0));
        assert_eq!((&reading.status, reading.at, reading.early), (&Status::NotFound, None, Some(at(-60))));
        assert_eq!((reading.delivered_in, reading.first_scan), (None, None));
        let both = report(Status::InTransit, vec![event(-60, Status::Delivered), event(3, Status::InTransit)]);
        let reading = read(&both, at(0));
        assert_eq!(
            (reading.status, reading.first_scan, reading.early),
            (Status::InTransit, Some(at(3)), Some(at(-60)))
        );
    }

    #[test]
    fn a_delivery_is_taken_back_only_by_something_after_it() {
        let delivered = Some(at(9));
        for (is, when, may) in [
            (Status::NotFound, Some(at(10)), false),
            (Status::Unknown("?".into()), Some(at(10)), false),
            (Status::InTransit, Some(at(8)), false),
            (Status::InTransit, None, false),
            (Status::Returning, Some(at(10)), true),
            (Status::AttemptFailed, Some(at(10)), true),
        ] {
            assert_eq!(may_become(&Status::Delivered, delivered, &is, when), may, "{is}");
        }
        assert!(!may_become(&Status::InTransit, Some(at(3)), &Status::NotFound, None));
        assert!(may_become(&Status::NotFound, None, &Status::PreTransit, None));
    }

    #[test]
    fn it_is_asked_by_state_and_age() {
        let hours = |n| at(0) + SignedDuration::from_hours(n);
        let due = |status: Status, after, added| is_due(&status, Some(at(0)), added, hours(after));
        assert!(is_due(&Status::New, None, at(0), at(0)));
        assert!(due(Status::OutForDelivery, 2, at(0)) && !due(Status::OutForDelivery, 1, at(0)));
        assert!(due(Status::InTransit, 12, at(0)) && !due(Status::InTransit, 11, at(0)));
        assert!(!due(Status::InTransit, 12, at(-40)) && due(Status::InTransit, 24, at(-40)));
    }

    #[test]
    fn two_spellings_of_a_number_are_one() {
        assert_eq!(bare("1z 999-aa1"), "1Z999AA1");
        assert_eq!(words(" left \n at  door "), "left at door");
    }
}
