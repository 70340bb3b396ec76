//! The tracking cell of a row: its numbers, whose they are, and what is wrong with them.

use super::{Order, Row, Stop, stop};
use crate::core::tracking::{Context, Damage, Detection, Problem, detect, normalise};

/// One number of a cell.
pub(super) struct Read {
    /// What the carrier tracks by; empty when there is none.
    pub number: String,
    pub carrier: Option<String>,
    /// Something to know about a row that applies.
    pub note: String,
    pub wrong: Option<Stop>,
    /// The postcode inside the number, where it is not the ship-to's.
    pub other_postcode: Option<String>,
}

pub(super) fn read(row: &Row, order: Option<&Order>) -> Vec<Read> {
    let context = Context {
        to: order.map_or("", |o| &o.ship_to.country),
        postcode: order.map_or("", |o| &o.ship_to.postcode),
        from: order.map_or("", |o| &o.ships_from),
        named: &row.named,
    };
    let pieces = normalise(&row.tracking);
    let one = |(number, damage): (Option<String>, Option<Damage>)| {
        let found = detect(number.as_deref().unwrap_or(""), &context);
        let problem = match damage {
            Some(Damage::Exponent) => Some(Problem::DamagedNumber),
            Some(Damage::Rounded) => Some(Problem::RoundedNumber),
            None => found.problems.first().copied(),
        };
        let used = order.is_some_and(|o| is_our_own(&found.number, o));
        let wrong = match problem {
            Some(Problem::NoNumber) if row.tracking.contains("://") => Some(stop(
                "NO_NUMBER",
                "this is the shop's own link, no carrier's: open it and record the number with dsf track add",
            )),
            Some(problem) => Some(stop(problem.as_str(), problem.words())),
            None if used => Some(stop("NOT_A_TRACKING_NUMBER", "this is the number of the order, not of a parcel")),
            None => None,
        };
        let (carrier, note) = carrier(row, &found);
        let tracked =
            found.candidates.iter().find(|c| Some(&c.carrier) == carrier.as_ref()).or(found.candidates.first());
        let inside = found.candidates.first().and_then(|c| c.destination.as_ref()).map(|d| d.postcode.clone());
        let other_postcode = inside.filter(|_| problem == Some(Problem::WrongDestination));
        Read {
            number: tracked.map_or(found.number.clone(), |c| c.number.clone()),
            carrier,
            note,
            wrong,
            other_postcode,
        }
    };
    pieces.into_iter().map(|p| one((p.number, p.damage))).collect()
}

/// An order number typed where the tracking number belongs.
fn is_our_own(number: &str, order: &Order) -> bool {
    let bare = |text: &str| {
        text.chars().filter(char::is_ascii_alphanumeric).map(|c| c.to_ascii_uppercase()).collect::<String>()
    };
    let own =
        order.supplier_orders.iter().map(String::as_str).chain([order.reference.as_str(), order.order_number.as_str()]);
    own.map(bare).any(|o| o == number)
}

/// The supplier's word and the number together; neither alone where they leave a doubt.
fn carrier(row: &Row, found: &Detection) -> (Option<String>, String) {
    let mended = found.mended_from.as_ref().map_or(String::new(), |from| format!("read so from {from}"));
    let named = found.candidates.iter().find(|c| row.named.contains(&c.carrier.as_str()));
    if let ([_], Some(own)) = (row.named.as_slice(), named) {
        return (Some(own.carrier.clone()), mended);
    }
    if let Some(certain) = found.certain() {
        let said = row.carrier.trim();
        let unknown = if row.named.is_empty() && !said.is_empty() {
            format!("\"{said}\" is no carrier known here; by its number it is {}", certain.carrier)
        } else {
            mended
        };
        return (Some(certain.carrier.clone()), unknown);
    }
    // A word that can mean several (DHL), and a number that fits one of them best.
    let best = |ids: &[&str]| {
        found.candidates.first().filter(|c| ids.contains(&c.carrier.as_str())).map(|c| (c.score, c.carrier.clone()))
    };
    if let Some((score, own)) = best(&row.named) {
        let next = found.candidates.get(1).map_or(i32::MIN / 2, |c| c.score);
        if score - next >= 20 {
            return (Some(own), mended);
        }
    }
    let likely: Vec<&str> = found.candidates.iter().take(3).map(|c| c.carrier.as_str()).collect();
    (None, format!("the carrier is not certain: {}", likely.join(" or ")))
}
