//! The *recorded* proof: what a supplier says it recorded, against the ship-to that was frozen when the order was sent; and
//! what it asks, against what was planned.

use crate::core::address::recorded::compare_recorded;
use crate::core::address::verdict::{Comparison, Overall};
use crate::core::hold::{Hold, HoldCode, release_hint};
use crate::core::listing::rose_beyond;
use crate::core::money::{Money, Price};
use crate::core::rates::Rates;
use crate::core::sending::{Recorded, SupplierStatus};
use crate::db::Kept;

/// What came of comparing.
pub struct Record {
    pub verdict: &'static str,
    pub comparison: Option<Comparison>,
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
            return Self { verdict: "unavailable", comparison: None, fields: "[]".to_owned(), hold: None };
        };
        Self::from_comparison(kept, worst)
    }

    pub fn from_comparison(kept: &Kept, compared: Comparison) -> Self {
        let fields = serde_json::to_string(&compared.fields).unwrap_or_else(|_| "[]".to_owned());
        let hold = matches!(compared.verdict, Overall::Different | Overall::Review).then(|| mismatch(kept, &compared));
        Self { verdict: word(compared.verdict), comparison: Some(compared), fields, hold }
    }
}

fn mismatch(kept: &Kept, compared: &Comparison) -> Hold {
    let message = format!("{} recorded another address: {}", kept.supplier, compared.reasons().join("; "));
    let hint = format!("dsf verify {} shows both; tell the supplier before anything ships", kept.id);
    Hold::new(&kept.id.order, HoldCode::RecordedMismatch, message, hint).resting_on(kept.reference.as_str())
}

/// What all orders of a purchase order together are charged; `None` where one does not say, or two currencies do.
pub fn asked(recorded: &[Recorded]) -> Option<Money> {
    let mut sums = recorded.iter().map(|r| r.asks);
    let first = sums.next()??;
    sums.try_fold(first, |sum, next| sum.plus(next?).ok()).filter(|sum| sum.minor > 0)
}

/// A charge beyond the plan and its guard: nothing is paid before a person has looked. In the plan's currency, by the rates of
/// the config where the supplier asks in another.
pub fn beyond_plan(kept: &Kept, asks: Money, max_rise: u32, rates: &Rates) -> Option<Hold> {
    let planned = kept.expected;
    let id = &kept.id.order;
    let why = match rates.convert(asks, planned.currency) {
        None => format!("no rate between {} and {} is in the config", asks.currency, planned.currency),
        Some(sum) => {
            // Minor units of one currency, so their size does not matter to the comparison.
            let price = |money: Money| Price { ten_thousandths: money.minor, currency: money.currency };
            if !rose_beyond(price(planned), price(sum), max_rise) {
                return None;
            }
            format!("more than {max_rise} % above")
        }
    };
    let message = format!("{} asks {asks} for {}, planned were {planned}: {why}", kept.supplier, kept.reference);
    let hint =
        format!("look at the order over there; {} takes the sum as it is", release_hint(id, HoldCode::ChargeDiffers));
    Some(Hold::new(id, HoldCode::ChargeDiffers, message, hint).resting_on(format!("{} {asks}", kept.reference)))
}

/// Why it is not to be paid, whatever it costs: another address, or not all of it is waiting for money.
pub fn not_payable(kept: &Kept, recorded: &[Recorded]) -> Option<String> {
    let verdict = Record::of(kept, recorded).verdict;
    if recorded.is_empty() || verdict != "same" {
        return Some(format!("the recorded address is {verdict}"));
    }
    let other = recorded.iter().find(|r| r.status != SupplierStatus::Unpaid)?;
    Some(format!("{} is {} over there", other.supplier_order, status_word(&other.status)))
}

pub fn status_word(status: &SupplierStatus) -> String {
    match status {
        SupplierStatus::Unpaid => "not paid".to_owned(),
        SupplierStatus::Paid => "paid".to_owned(),
        SupplierStatus::Shipped => "shipped".to_owned(),
        SupplierStatus::Delivered => "delivered".to_owned(),
        SupplierStatus::Cancelled => "cancelled".to_owned(),
        SupplierStatus::Unknown(raw) => format!("\"{raw}\""),
    }
}

/// To find the worst of several.
pub fn badness(verdict: Overall) -> u8 {
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
