//! The *recorded* proof: what a supplier says it recorded, against the ship-to that was frozen when the order was sent.

use crate::core::address::recorded::compare_recorded;
use crate::core::address::verdict::{Comparison, Overall};
use crate::core::hold::{Hold, HoldCode};
use crate::core::listing::rose_beyond;
use crate::core::money::{Money, Price};
use crate::core::sending::{Recorded, SupplierStatus};
use crate::db::Kept;

/// What came of comparing.
pub struct Record {
    pub verdict: &'static str,
    /// JSON, as it is kept.
    pub fields: String,
    /// Holds the purchase order: no payment, no tracking push, until a person has looked.
    pub hold: Option<Hold>,
}

impl Record {
    /// The worst of all orders into which the supplier split the purchase order.
    pub fn of(kept: &Kept, recorded: &[Recorded]) -> Self {
        let compared = recorded.iter().map(|r| compare_recorded(&kept.ship_to, &r.ship_to, r.echo));
        let worst = compared.max_by_key(|c| badness(c.verdict));
        let Some(worst) = worst else {
            return Self { verdict: "unavailable", fields: "[]".to_owned(), hold: None };
        };
        let fields = serde_json::to_string(&worst.fields).unwrap_or_else(|_| "[]".to_owned());
        let hold = matches!(worst.verdict, Overall::Different | Overall::Review).then(|| mismatch(kept, &worst));
        Self { verdict: word(worst.verdict), fields, hold }
    }
}

fn mismatch(kept: &Kept, compared: &Comparison) -> Hold {
    let message = format!("{} recorded another address: {}", kept.supplier, compared.reasons().join("; "));
    let hint = format!("dsf verify {} shows both; tell the supplier before anything ships", kept.id);
    Hold::new(&kept.id.order, HoldCode::RecordedMismatch, message, hint).resting_on(kept.reference.as_str())
}

/// Paying needs the same address, every order unpaid, and a sum in the plan's currency that did not rise beyond the guard.
pub fn may_pay(kept: &Kept, recorded: &[Recorded], max_rise: u32) -> bool {
    let asked: Option<Vec<Money>> = recorded.iter().map(|r| r.asks).collect();
    let none = Money::zero(kept.expected.currency);
    let sum = asked.and_then(|asked| asked.into_iter().try_fold(none, |a, b| a.plus(b).ok()));
    // Minor units of one currency, so their size does not matter to the comparison.
    let price = |money: Money| Price { ten_thousandths: money.minor, currency: money.currency };
    let affordable = sum.is_some_and(|sum| sum.minor > 0 && !rose_beyond(price(kept.expected), price(sum), max_rise));
    let unpaid = recorded.iter().all(|r| r.status == SupplierStatus::Unpaid);
    affordable && unpaid && !recorded.is_empty() && Record::of(kept, recorded).verdict == "same"
}

fn badness(verdict: Overall) -> u8 {
    match verdict {
        Overall::Same => 0,
        Overall::Unavailable => 1,
        Overall::Review => 2,
        Overall::Different => 3,
    }
}

pub fn word(verdict: Overall) -> &'static str {
    match verdict {
        Overall::Same => "same",
        Overall::Review => "review",
        Overall::Different => "different",
        Overall::Unavailable => "unavailable",
    }
}
