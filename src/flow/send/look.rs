//! The look before anything of an order leaves: price and stock as the supplier says now, the order planned anew with them,
//! and the rules of the route for this very address.

use super::{Result, Sender, Stop};
use crate::core::address::{Address, country};
use crate::core::hold::{Hold, HoldCode};
use crate::core::ids::OrderId;
use crate::core::order::Order;
use crate::core::plan::{PlannedOrder, route_hold};
use crate::core::sending::{AskError, Asked, Dispatch, Quote};
use crate::flow::prove::request;
use crate::supplier::api::Problem;

/// The purchase orders of an order as they are to be sent, or why none of them is.
pub type Look = std::result::Result<Vec<PlannedOrder>, Stop>;

impl Sender<'_> {
    /// Asks store and suppliers, then plans the order anew under the same choice. What comes out must buy the same; only
    /// costs may have moved within the guard.
    pub(super) fn look(&mut self, group: &[PlannedOrder]) -> Result<Look> {
        let id = &group[0].id.order;
        if let Err(stop) = self.ask_store(id)? {
            return Ok(Err(stop));
        }
        for po in group {
            let asked = po.lines.iter().map(|l| asked(&l.listing.listing_id, &po.ships_from, &po.ship_to)).collect();
            if let Err(stop) = self.ask_quotes(&po.supplier, asked)? {
                return Ok(Err(stop));
            }
        }
        let (config, choice, now) = (self.round.config, self.round.choice, self.round.now);
        let Some(open) = self.desk.read_again(self.db, config, id)? else {
            return Ok(Err(Stop::not_sent(format!("there is no order {id} any more"))));
        };
        let plan = self.desk.plan_one(&open, config, choice, self.spent, now);
        if plan.purchase_orders.len() != group.len() && !plan.held.is_empty() {
            return Ok(Err(Stop::Held(plan.held)));
        }
        if !open.order.state().is_open() {
            let why = open.order.state_reason().or_else(|| open.order.stopped());
            let why = why.unwrap_or_else(|| "nothing is left to buy".to_owned());
            return Ok(Err(Stop::not_sent(format!("the order is not to be bought any more: {why}"))));
        }
        let same = plan.purchase_orders.len() == group.len()
            && plan.purchase_orders.iter().zip(group).all(|(now, seen)| now.buys_the_same(seen));
        if !same {
            let why = difference(&plan.purchase_orders, group);
            return Ok(Err(Stop::Held(vec![changed(id, &why)])));
        }
        for po in &plan.purchase_orders {
            if self.partners.suppliers.contains_key(&po.supplier)
                && let Err(stop) = self.body(po, &open.order)
            {
                return Ok(Err(stop));
            }
            if let Err(stop) = self.ask_route(&Dispatch::of(po, &open.order))? {
                return Ok(Err(stop));
            }
        }
        Ok(Ok(plan.purchase_orders))
    }

    /// Price and stock now, kept; a supplier without an API is not asked.
    fn ask_quotes(&mut self, supplier: &str, asked: Vec<Asked>) -> Result<std::result::Result<(), Stop>> {
        let quotes = match self.quotes(supplier, &asked) {
            Ok(quotes) => quotes,
            Err(stop) => return Ok(Err(stop)),
        };
        if quotes.is_empty() {
            return Ok(Ok(()));
        }
        let (max_rise, now) = (self.round.config.guard.max_price_rise_percent, self.round.now);
        for change in self.db.take_quotes(supplier, &quotes, max_rise, now)? {
            if let Some(listing) = self.db.listing(&change.key)? {
                self.desk.catalogue.insert(change.key, listing);
            }
        }
        Ok(Ok(()))
    }

    pub(super) fn quotes(&mut self, supplier: &str, asked: &[Asked]) -> std::result::Result<Vec<Quote>, Stop> {
        let Some(api) = self.partners.suppliers.get(supplier) else { return Ok(vec![]) };
        let answer = api.ready().and_then(|()| api.quotes(asked));
        answer.map_err(|error| self.no_answer(supplier, "price and stock cannot be asked", &error))
    }

    /// What the chosen method's own rules say against the address; what they say stands until somebody decides.
    pub(super) fn ask_route(&mut self, dispatch: &Dispatch) -> Result<std::result::Result<(), Stop>> {
        let Some(api) = self.partners.suppliers.get(&dispatch.supplier) else { return Ok(Ok(())) };
        let problems = match api.route_problems(dispatch) {
            Ok(problems) => problems,
            Err(error) => {
                return Ok(Err(self.no_answer(&dispatch.supplier, "the route cannot be asked about", &error)));
            }
        };
        let order = &dispatch.id.order;
        let mut holds = vec![];
        for Problem { field, code, message } in problems {
            let hold = route_hold(order, &dispatch.ship_to_hash, code, format!("{field}: {message}"));
            if self.desk.is_released(&hold) {
                continue;
            }
            // Another method is chosen in the config: such a hold would outlive its reason.
            if code == HoldCode::NoMethod {
                holds.push(Hold { hint: another_method(&dispatch.supplier), ..hold });
                continue;
            }
            self.db.leave_hold(order, &hold, self.round.now)?;
            holds.push(hold);
        }
        Ok(if holds.is_empty() { Ok(()) } else { Err(Stop::Held(holds)) })
    }

    fn no_answer(&mut self, supplier: &str, what: &str, error: &AskError) -> Stop {
        let why = format!("{what} of {supplier}: {error}");
        let key_refused = matches!(error, AskError::KeyRefused(_));
        if key_refused || matches!(error, AskError::Unreachable(_)) {
            self.out_of_reach.insert(supplier.to_owned(), why.clone());
        }
        Stop::NotSent { why, key_refused }
    }

    /// The exact bytes, proved to say what the customer typed.
    pub(super) fn body(&self, po: &PlannedOrder, order: &Order) -> std::result::Result<Vec<u8>, Stop> {
        let Some(api) = self.partners.suppliers.get(&po.supplier) else {
            return Err(Stop::not_sent(format!("there is no client for {}", po.supplier)));
        };
        let dispatch = Dispatch::of(po, order);
        let (_, held) = request(api.as_ref(), &dispatch);
        let held: Vec<Hold> = held.into_iter().filter(|hold| !self.desk.is_released(hold)).collect();
        if !held.is_empty() {
            return Err(Stop::Held(held));
        }
        api.body(&dispatch).map_err(|problems| {
            let why: Vec<&str> = problems.iter().map(|p| p.message.as_str()).collect();
            Stop::not_sent(why.join("; "))
        })
    }
}

pub fn asked(listing_id: &str, ships_from: &str, ship_to: &Address) -> Asked {
    let ships_to = country::code(&ship_to.country).unwrap_or_default().to_owned();
    Asked { listing_id: listing_id.to_owned(), ships_from: ships_from.to_owned(), ships_to }
}

/// Nothing stands in the way of another plan: only this one is not what was seen.
pub fn changed(order: &OrderId, why: &str) -> Hold {
    let message = format!("changed since the plan: {why}");
    Hold { releasable: false, ..Hold::new(order, HoldCode::ChangedAfterPo, message, "dsf fulfill --dry-run") }
}

fn another_method(supplier: &str) -> String {
    format!("another method in the listings or in [supplier.{supplier}.shipping]")
}

fn difference(now: &[PlannedOrder], seen: &[PlannedOrder]) -> String {
    if now.is_empty() {
        return "nothing of it would be bought now".to_owned();
    }
    match now.iter().zip(seen).find(|(now, seen)| !now.buys_the_same(seen)) {
        Some((now, seen)) if now.ship_to_hash != seen.ship_to_hash => "the ship-to is another one now".to_owned(),
        Some((now, seen)) if now.method != seen.method => format!("it would go by {} now", now.method),
        _ => "other things would be bought now".to_owned(),
    }
}
