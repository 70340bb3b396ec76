//! What holds an order as a whole, before any supplier is looked at.

use jiff::Timestamp;

use super::{OpenOrder, StoreTerms, Terms};
use crate::core::address::Address;
use crate::core::address::check::{Finding, Profile, Severity, check};
use crate::core::hold::{Hold, HoldCode, address_hint, release_hint};
use crate::core::ids::OrderId;
use crate::core::incoming::Payment;
use crate::core::money::Sum;
use crate::core::order::{Line, LineKey, Order};
use crate::core::purchase::{Purchase, ship_to_hash};

/// An earlier order of the same store, same buyer, within 24 hours.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Twin {
    pub id: OrderId,
    pub placed_at: Timestamp,
    pub skus: Vec<String>,
    /// `e-mail` or `address`: what the two have in common.
    pub same: &'static str,
}

pub fn order_holds(open: &OpenOrder, terms: &Terms) -> Vec<Hold> {
    let mut holds = open.standing.clone();
    // What is not to be bought any more can be neither too old to buy nor bought twice.
    if open.order.state().is_open() {
        holds.extend(standing_problems(&open.order, &open.store));
        holds.extend(stale(open, terms));
        holds.extend(twin(open));
    }
    let changed = changed_after_purchase(&open.order, &open.purchases);
    holds.extend(changed.filter(|hold| !open.standing.contains(hold)));
    holds
}

/// What the order's own facts say against it. Shown by `import` at once, and again by every plan.
///
/// An order of which nothing may be bought needs no decision: it has none.
pub fn standing_problems(order: &Order, store: &StoreTerms) -> Vec<Hold> {
    let mut holds = vec![];
    if !order.state().is_open() {
        return holds;
    }
    let id = &order.id;
    let hold = |code, message: String| Hold::new(id, code, message, release_hint(id, code));
    let head = order.head.as_ref();
    let ship_to = head.and_then(|h| h.ship_to.as_ref()).filter(|a| !a.is_blank());
    if let Some(ship_to) = ship_to {
        let tax_id = head.and_then(|h| h.tax_id.clone());
        holds.extend(address_holds(id, ship_to, &store.address.with_tax_id(tax_id)));
    } else {
        let billing =
            if head.is_some_and(|h| h.has_billing) { "; a billing address exists and is not used" } else { "" };
        let message = format!("no shipping address{billing}");
        holds.push(Hold::new(id, HoldCode::ShipToMissing, message, address_hint(id)));
    }
    if let Some(message) = lines_disagree(order, store.edits) {
        holds.push(hold(HoldCode::LinesDisagree, message));
    }
    if let Some(message) = partial_refund(order) {
        holds.push(hold(HoldCode::PartialRefund, message));
    }
    if let Some(risk) = head.and_then(|h| h.risk.as_deref()).filter(|r| r.eq_ignore_ascii_case("high")) {
        holds.push(hold(HoldCode::HighRisk, format!("the store calls the risk \"{risk}\"")));
    }
    holds
}

/// What is wrong with an address by its form, as holds. What passes is format-checked, not deliverable.
pub fn address_holds(id: &OrderId, ship_to: &Address, profile: &Profile) -> Vec<Hold> {
    let errors = check(ship_to, profile).into_iter().filter(|f| f.severity == Severity::Error);
    errors.map(|finding| address_hold(id, &finding)).collect()
}

fn address_hold(id: &OrderId, finding: &Finding) -> Hold {
    let code = finding.code.parse().unwrap_or(HoldCode::AddressProblem);
    let hint = format!("{}; {}, or {}", finding.fix, address_hint(id), release_hint(id, code));
    Hold::new(id, code, format!("{}: {}", finding.field, finding.message), hint)
}

/// Money went back, and no line says for what.
fn partial_refund(order: &Order) -> Option<String> {
    let head = order.head.as_ref()?;
    let refunded = head.refunded.filter(|r| r.minor > 0);
    let partly = head.payment == Some(Payment::PartlyRefunded) || refunded.is_some();
    let lines_tell = order.lines.iter().any(|l| l.said.removed.unwrap_or(0) > 0);
    if !partly || lines_tell || head.payment == Some(Payment::Refunded) {
        return None;
    }
    let amount = refunded.map_or_else(|| "some money".to_owned(), |r| r.to_string());
    Some(format!("{amount} went back to the customer, and the export does not say for which line"))
}

/// The lines against the store's own subtotal or number of pieces; where there is neither, a line that vanished beside
/// a new one. Size M edited to L must not buy both.
pub fn lines_disagree(order: &Order, store_edits: bool) -> Option<String> {
    let head = order.head.as_ref()?;
    if let Some(pieces) = head.pieces {
        let counted: u64 = order.lines.iter().map(|l| u64::from(l.said.quantity)).sum();
        return (counted != u64::from(pieces))
            .then(|| format!("the lines have {counted} pieces, the store says {pieces}"));
    }
    if let Some(verdict) = against_subtotal(order) {
        return verdict.err();
    }
    // A line of which nothing is wanted any more, as an API tells it, is settled.
    let counted = |line: &&Line| line.wanted() > 0 && matches!(line.key, LineKey::Ordinal(..));
    let with_id = |line: &Line| order.lines.iter().any(|l| l.wanted() > 0 && !counted(&l) && l.name() == line.name());
    if let Some(twice) = order.lines.iter().filter(counted).find(|l| with_id(l)) {
        return Some(format!("{} stands in it with the store's line id and without, perhaps twice", twice.name()));
    }
    let newest = order.lines.iter().max_by_key(|l| l.first_seen).filter(|_| store_edits)?;
    let vanished = order.lines.iter().find(|l| l.wanted() > 0 && l.last_seen < newest.first_seen)?;
    Some(format!("{} is new and {} is no longer in the newest export", newest.name(), vanished.name()))
}

/// `None` when it cannot be decided: no subtotal, or a line without a price or free of charge.
fn against_subtotal(order: &Order) -> Option<Result<(), String>> {
    let head = order.head.as_ref()?;
    let subtotal = head.subtotal?;
    let add = |pieces: &dyn Fn(&Line) -> u32| -> Option<i64> {
        let sum = order.lines.iter().try_fold(Sum::zero(subtotal.currency), |sum, line| {
            let price = line.said.unit_price.filter(|p| p.ten_thousandths != 0)?;
            sum.plus(price.times(pieces(line))).ok()
        })?;
        Some(sum.rounded().ok()?.minor)
    };
    let sold = add(&|l| l.said.quantity)?;
    let wanted = add(&Line::wanted)?;
    let discount = head.discount.filter(|d| d.currency == subtotal.currency).map_or(0, |d| d.minor);
    // One minor unit a line: stores round each line on its own.
    let slack = i64::try_from(order.lines.len()).unwrap_or(0);
    let fits = [sold, sold.saturating_sub(discount), wanted, wanted.saturating_sub(discount)]
        .iter()
        .any(|sum| sum.saturating_sub(subtotal.minor).saturating_abs() <= slack);
    let say = |minor| crate::core::money::Money { minor, ..subtotal };
    Some(if fits {
        Ok(())
    } else {
        Err(format!("the lines add up to {}, the store's subtotal is {subtotal}", say(sold.saturating_sub(discount))))
    })
}

/// What a shipping route says against an address, found when the purchase order was about to leave. It stands until it is
/// released or the order has another ship-to.
pub fn route_hold(id: &OrderId, ship_to_hash: &str, code: HoldCode, message: String) -> Hold {
    let evidence = format!("{ROUTE}{ship_to_hash} {message}");
    let hint = format!("{}, or {}", address_hint(id), release_hint(id, code));
    Hold::new(id, code, message, hint).resting_on(evidence)
}

const ROUTE: &str = "route ";

/// Of a route to a ship-to that the order has no more.
pub fn is_outdated(hold: &Hold, ship_to_hash: Option<&str>) -> bool {
    let about = hold.evidence.strip_prefix(ROUTE).and_then(|rest| rest.split(' ').next());
    about.is_some_and(|hash| Some(hash) != ship_to_hash)
}

/// What of an order, as it is now, speaks against sending something that was planned: `None` when all that was planned is
/// still wanted. `bought` is what the plan saw as bought of each line; `units` what is about to be.
pub fn no_longer_wanted(now: &Order, hash: &str, bought: &dyn Fn(u32) -> u32, units: &[(u32, u32)]) -> Option<String> {
    if let Some(why) = now.stopped() {
        return Some(why);
    }
    let ship_to = now.head.as_ref().and_then(|h| h.ship_to.as_ref()).map(ship_to_hash);
    if ship_to.as_deref() != Some(hash) {
        return Some("the ship-to is another one now".to_owned());
    }
    units.iter().find_map(|(position, units)| {
        let Some(line) = now.lines.iter().find(|l| l.position == *position) else {
            return Some(format!("line {position} is not in the order any more"));
        };
        let left = now.orderable(&Line { bought: bought(*position), ..line.clone() });
        (left < *units).then(|| format!("{left} of {} are wanted now, {units} were planned", line.name()))
    })
}

fn stale(open: &OpenOrder, terms: &Terms) -> Option<Hold> {
    let days = terms.now.duration_since(open.order.imported_at).as_hours() / 24;
    let limit = terms.guard.max_order_age_days;
    (days > i64::from(limit)).then(|| {
        let message = format!("last imported {days} days ago, the limit is {limit}");
        Hold::new(&open.order.id, HoldCode::StaleOrder, message, "dsf import a fresh export")
            .resting_on(open.order.imported_at.to_string())
    })
}

fn twin(open: &OpenOrder) -> Option<Hold> {
    let mine: Vec<&str> = open.order.lines.iter().map(Line::name).collect();
    let twin = open.twins.iter().find(|t| t.skus.iter().any(|s| mine.contains(&s.as_str())))?;
    let sku = twin.skus.iter().find(|s| mine.contains(&s.as_str()))?;
    let message = format!("{} has the same {} and {sku}, placed within 24 hours", twin.id, twin.same);
    let id = &open.order.id;
    Some(Hold::new(id, HoldCode::PossibleDuplicate, message, release_hint(id, HoldCode::PossibleDuplicate)))
}

/// A purchase order is out, and the order was cancelled, has another ship-to now, or fewer pieces than were bought.
pub fn changed_after_purchase(order: &Order, purchases: &[Purchase]) -> Option<Hold> {
    let id = &order.id;
    let out = || purchases.iter().filter(|p| p.state.counts_as_bought());
    let ship_to = order.head.as_ref().and_then(|h| h.ship_to.as_ref()).map(ship_to_hash);
    let message = if let Some(po) = out().next().filter(|_| order.is_cancelled() || order.is_refunded()) {
        format!("{} in the store, and {} is out", if order.is_cancelled() { "cancelled" } else { "refunded" }, po.id)
    } else if let Some(po) = out().find(|p| ship_to.as_deref() != Some(&p.ship_to_hash)) {
        format!("the ship-to is not the one of {} any more", po.id)
    } else {
        let line = order.lines.iter().find(|l| l.bought > l.wanted())?;
        format!("{} of {} were bought, the customer wants {}", line.bought, line.name(), line.wanted())
    };
    let code = HoldCode::ChangedAfterPo;
    let hint = format!("tell the supplier (dsf show {id}), then {}", release_hint(id, code));
    Some(Hold::new(id, code, message, hint))
}
