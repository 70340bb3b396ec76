//! What a purchase order costs, what the customer paid for it, what is left, and the guards on money.

use rust_decimal::Decimal;

use super::way::{self, Way};
use super::{Guard, OpenOrder, PlannedLine, PlannedOrder, Terms};
use crate::core::address::Address;
use crate::core::hold::{Hold, HoldCode, release_hint};
use crate::core::ids::PurchaseOrderId;
use crate::core::money::{Money, Price, Sum};
use crate::core::rates::{Rates, percent, share};

/// Costs every draft and gives each its part of what the customer paid.
///
/// # Errors
/// A hold where listings of one supplier are priced in two currencies, or a sum does not fit.
pub fn costed(
    open: &OpenOrder,
    drafts: Vec<(PurchaseOrderId, String, Vec<PlannedLine>)>,
    ship_to: &Address,
    ship_to_hash: &str,
    terms: &Terms,
) -> Result<Vec<PlannedOrder>, Hold> {
    let mut planned = vec![];
    for (id, supplier, lines) in drafts {
        let way = way::of(open, &id, &supplier, &lines, ship_to, terms)?;
        let fee = terms.suppliers.get(&supplier).and_then(|s| s.fee);
        let (goods, cost) = sums(&lines, &way, fee, terms).ok_or_else(|| {
            let message = format!("listings, freight and fee of {supplier} in this order are in different currencies");
            let hint = "give all listings of a supplier one currency, or add the rate under [rates] in the config";
            Hold::new(&open.order.id, HoldCode::NoRate, message, hint)
        })?;
        let Way { method, ships_from, freight } = way;
        planned.push(PlannedOrder {
            ships_from,
            reference: id.reference(),
            id,
            method,
            freight,
            supplier,
            ship_to: ship_to.clone(),
            ship_to_hash: ship_to_hash.to_owned(),
            goods,
            cost,
            revenue: None,
            margin_percent: None,
            doubts: vec![],
            lines,
        });
    }
    set_margins(open, &mut planned, terms);
    Ok(planned)
}

/// Goods, and goods with shipping and fee; rounded once each. A quote for the whole parcel takes the place of what the
/// listings say of shipping.
fn sums(lines: &[PlannedLine], way: &Way, fee: Option<Money>, terms: &Terms) -> Option<(Money, Money)> {
    let currency = lines.first()?.unit_cost.currency;
    let add = |of: &dyn Fn(&PlannedLine) -> Price| -> Option<Money> {
        let sum = lines.iter().try_fold(Sum::zero(currency), |sum, l| sum.plus(of(l).times(l.quantity)).ok())?;
        sum.rounded().ok()
    };
    let goods = add(&|l| l.unit_cost)?;
    let sent = match &way.freight {
        Some(freight) => goods.plus(terms.rates.convert(freight.cost, currency)?).ok()?,
        None => add(&|l| l.landed)?,
    };
    let cost = match fee {
        Some(fee) if fee.currency == currency => sent.plus(fee).ok()?,
        Some(_) => return None,
        None => sent,
    };
    Some((goods, cost))
}

/// Gives each purchase order its part of the order's revenue, to the cent, and the margin where rates allow.
fn set_margins(open: &OpenOrder, planned: &mut [PlannedOrder], terms: &Terms) {
    let Some(currency) = open.currency() else { return };
    let Some(of_lines) = revenue_by_line(open) else { return };
    for (line, revenue) in open.order.lines.iter().zip(of_lines) {
        // A bundle's revenue is spread over its parts by what they cost.
        let parts: Vec<(usize, u32, i64)> = planned
            .iter()
            .enumerate()
            .flat_map(|(i, po)| po.lines.iter().map(move |l| (i, l)))
            .filter(|(_, l)| l.position == line.position)
            .map(|(i, l)| {
                let cost = l.landed.times(l.quantity).rounded().ok();
                let cost = cost.and_then(|c| terms.rates.convert(c, currency)).map_or(0, |c| c.minor);
                (i, l.units, cost)
            })
            .collect();
        let units = parts.first().map_or(0, |(_, units, _)| *units);
        let whole = i128::from(revenue) * i128::from(units) / i128::from(line.wanted().max(1));
        let of_units = i64::try_from(whole).unwrap_or(revenue);
        let weights: Vec<i64> = parts.iter().map(|(_, _, cost)| *cost).collect();
        for ((i, ..), part) in parts.iter().zip(share(of_units, &weights)) {
            let so_far = planned[*i].revenue.map_or(0, |r| r.minor);
            planned[*i].revenue = Some(Money { minor: so_far.saturating_add(part), currency });
        }
    }
    for po in planned {
        po.margin_percent = margin(po, terms);
    }
}

/// What the customer paid for each line now wanted, in minor units, after the order's discount. `None` without prices.
fn revenue_by_line(open: &OpenOrder) -> Option<Vec<i64>> {
    let currency = open.currency()?;
    let mut values = vec![];
    for line in &open.order.lines {
        let price = line.said.unit_price?;
        if price.currency != currency {
            return None;
        }
        values.push(price.times(line.wanted()).rounded().ok()?.minor);
    }
    let discount = open.order.head.as_ref().and_then(|h| h.discount).filter(|d| d.currency == currency);
    let all = values.iter().try_fold(0_i64, |sum, value| sum.checked_add(*value))?;
    let off = share(discount.map_or(0, |d| d.minor.min(all)), &values);
    Some(values.iter().zip(off).map(|(value, off)| value - off).collect())
}

fn margin(po: &PlannedOrder, terms: &Terms) -> Option<Decimal> {
    let revenue = po.revenue?;
    let cost = terms.rates.convert(po.cost, revenue.currency)?;
    percent(revenue.minor.checked_sub(cost.minor)?, revenue.minor)
}

/// Margin, cost of the order, cost of the run.
pub fn guards(open: &OpenOrder, planned: &[PlannedOrder], terms: &Terms, spent: Option<Money>) -> Vec<Hold> {
    let mut holds = vec![];
    let id = &open.order.id;
    let hold = |code, message: String| Hold::new(id, code, message, release_hint(id, code));
    if let Some(least) = terms.guard.min_margin_percent {
        for po in planned {
            match (po.margin_percent, po.revenue) {
                (Some(margin), _) if margin >= least => {}
                (Some(margin), Some(revenue)) => holds.push(hold(
                    HoldCode::MarginTooLow,
                    format!(
                        "{} costs {} of the {revenue} paid: {margin} % is left, the guard asks for {least} %",
                        po.reference, po.cost
                    ),
                )),
                (None, Some(revenue)) if revenue.minor == 0 => holds.push(hold(
                    HoldCode::MarginTooLow,
                    format!("{} costs {} and the customer paid nothing for it", po.reference, po.cost),
                )),
                (_, Some(revenue)) => holds.push(no_rate(id, po.cost.currency, revenue.currency)),
                (_, None) => holds.push(hold(
                    HoldCode::MarginTooLow,
                    format!("the order has no prices, so the margin of {} is unknown", po.reference),
                )),
            }
        }
    }
    holds.extend(over_limit(terms.guard.max_order_cost, None, planned, terms, id, "order"));
    holds.extend(over_limit(terms.guard.max_run_cost, spent, planned, terms, id, "run"));
    holds
}

/// Holds when `planned` on top of `before` would pass the limit.
fn over_limit(
    limit: Option<Money>,
    before: Option<Money>,
    planned: &[PlannedOrder],
    terms: &Terms,
    id: &crate::core::ids::OrderId,
    what: &str,
) -> Option<Hold> {
    let limit = limit?;
    let mut sum = before.unwrap_or(Money::zero(limit.currency));
    for po in planned {
        let Some(cost) = terms.rates.convert(po.cost, limit.currency) else {
            return Some(no_rate(id, po.cost.currency, limit.currency));
        };
        sum = sum.plus(cost).ok()?;
    }
    (sum.minor > limit.minor).then(|| {
        let message = format!("the {what} would cost {sum}, over max_{what}_cost = {limit}");
        // A release covers the order's own cost, not what the rest of the run happens to cost.
        let own: Vec<String> = planned.iter().map(|po| po.cost.to_string()).collect();
        Hold::new(id, HoldCode::CostLimit, message, release_hint(id, HoldCode::CostLimit))
            .resting_on(format!("{what} {limit} {}", own.join(" ")))
    })
}

fn no_rate(
    id: &crate::core::ids::OrderId,
    from: crate::core::money::Currency,
    to: crate::core::money::Currency,
) -> Hold {
    let message = format!("no rate between {from} and {to}, so a guard cannot be checked");
    Hold::new(id, HoldCode::NoRate, message, format!("add {from}_{to} = \"…\" under [rates] in the config"))
}

/// What the run has cost so far, in the currency of its limit.
pub fn spent_after(spent: Option<Money>, planned: &[PlannedOrder], terms: &Terms) -> Option<Money> {
    planned.iter().fold(spent, |sum, po| spent_with(sum, po.cost, terms.guard, terms.rates))
}

/// With one more cost; what no rate converts was let through by a person, and is not counted.
pub fn spent_with(spent: Option<Money>, cost: Money, guard: &Guard, rates: &Rates) -> Option<Money> {
    let limit = guard.max_run_cost?;
    let before = spent.unwrap_or(Money::zero(limit.currency));
    Some(rates.convert(cost, limit.currency).and_then(|cost| before.plus(cost).ok()).unwrap_or(before))
}

/// One sum a currency, in the order of their codes.
pub fn totals(planned: &[PlannedOrder]) -> Vec<Money> {
    let mut sums = std::collections::BTreeMap::new();
    for po in planned {
        let sum = sums.entry(po.cost.currency).or_insert(Money::zero(po.cost.currency));
        *sum = sum.plus(po.cost).unwrap_or(*sum);
    }
    sums.into_values().collect()
}
