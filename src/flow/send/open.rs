//! What an earlier run left open: unknown outcomes are looked up, drafts sent again as they were if they are still wanted.

use std::collections::BTreeMap;

use super::look::asked;
use super::{Event, Result, Sender, Stop, event, kept_event, stop_event};
use crate::core::hold::Hold;
use crate::core::listing::rose_beyond;
use crate::core::plan::no_longer_wanted;
use crate::core::purchase::PurchaseState;
use crate::core::sending::{Asked, Dispatch, Lookup, Placed, Quote, Recorded};
use crate::db::Kept;
use crate::flow::cancel;

impl Sender<'_> {
    /// Looks up unknown outcomes, sends drafts again, pays what could not be paid.
    ///
    /// # Errors
    /// The database.
    pub fn settle_open(&mut self) -> Result<Vec<Event>> {
        let mut events = vec![];
        for kept in self.db.undecided()? {
            if (self.round.stop)() {
                return Ok(events);
            }
            events.extend(self.look_up(&kept)?);
        }
        for kept in self.db.drafts()? {
            if (self.round.stop)() {
                return Ok(events);
            }
            events.extend(self.send_draft(&kept)?);
        }
        for kept in self.db.cancelling()? {
            if !(self.round.stop)() {
                events.extend(self.read_cancelling(&kept)?);
            }
        }
        for kept in self.db.placed()? {
            if (self.round.stop)() || events.iter().any(|e| e.id == kept.id) {
                continue;
            }
            events.extend(self.pay_later(&kept)?);
        }
        Ok(events)
    }

    /// Whether the supplier has cancelled by now what it was asked to.
    fn read_cancelling(&mut self, kept: &Kept) -> Result<Option<Event>> {
        let cause = self.round.cause("read again");
        let Some(api) = self.partners.suppliers.get(&kept.supplier).filter(|api| api.abilities().cancels) else {
            return Ok(None);
        };
        let asked = cancel::read_again(self.db, api.as_ref(), kept, cause)?;
        let mismatch = asked.state != PurchaseState::Cancelled;
        Ok(Some(Event {
            mismatch,
            cancelled: !mismatch,
            key_refused: asked.key_refused,
            ..event(kept, asked.state, asked.why)
        }))
    }

    fn look_up(&mut self, kept: &Kept) -> Result<Option<Event>> {
        let Some(api) = self.partners.suppliers.get(&kept.supplier) else { return Ok(None) };
        if !api.abilities().finds_by_reference {
            return Ok(Some(event(kept, PurchaseState::Unknown, "the supplier cannot be asked by reference".into())));
        }
        let attempted = self.db.last_attempt(kept.row)?.map(|(_, at)| at);
        match api.find(&kept.reference) {
            Lookup::Found(found) => self.found(kept, &found).map(Some),
            Lookup::NotFound => {
                let waited =
                    attempted.is_none_or(|at| self.round.now.duration_since(at).unsigned_abs() >= api.settle_after());
                if !waited {
                    let why = "not found yet, and too soon after sending for that to count".to_owned();
                    return Ok(Some(event(kept, PurchaseState::Unknown, why)));
                }
                let why = "looked up by reference: the supplier does not have it";
                self.db.settle(kept, kept.state.found_missing()?, None, self.cause(why))?;
                Ok(None)
            }
            Lookup::Unclear { why } => Ok(Some(event(kept, PurchaseState::Unknown, why))),
        }
    }

    /// A found order with other lines is not ours to adopt.
    fn found(&mut self, kept: &Kept, found: &[Recorded]) -> Result<Event> {
        let mut lines: BTreeMap<&str, u32> = BTreeMap::new();
        for (listing, packs) in found.iter().flat_map(|r| &r.lines) {
            *lines.entry(listing).or_default() += packs;
        }
        let ours = self.db.packs(kept.row)?;
        if !lines.iter().map(|(l, n)| (*l, *n)).eq(ours.iter().map(|(l, n)| (l.as_str(), *n))) {
            let why = "the supplier has an order with this reference and other lines; nothing was adopted".to_owned();
            return Ok(event(kept, PurchaseState::Unknown, why));
        }
        let placed = Placed {
            supplier_orders: found.iter().map(|r| r.supplier_order.clone()).collect(),
            asks: found.first().and_then(|r| r.asks).filter(|_| found.len() == 1),
        };
        let why = format!("accepted earlier as {}; no new order", placed.supplier_orders.join(", "));
        self.db.settle(kept, kept.state.placed()?, Some(&placed), self.cause(&why))?;
        let event = event(kept, PurchaseState::Placed, why);
        self.record(kept, event, &placed)
    }

    /// What certainly did not leave goes out as it was, or is dropped, so that the next plan makes it anew.
    fn send_draft(&mut self, kept: &Kept) -> Result<Option<Event>> {
        let Some((body, _)) = self.db.last_attempt(kept.row)? else { return Ok(None) };
        if !self.partners.suppliers.contains_key(&kept.supplier) {
            return Ok(None);
        }
        if self.out_of_reach.contains_key(&kept.supplier) {
            self.waiting += 1;
            return Ok(None);
        }
        let stop_at = |stop: &Stop| Ok(Some(stop_event(&kept_event(kept), stop)));
        if let Err(stop) = self.ask_store(&kept.id.order)? {
            return stop_at(&stop);
        }
        let dispatch = self.db.dispatch(kept)?;
        let dropped = match self.unwanted(kept)? {
            Ok(why) => why,
            Err(stop) => return stop_at(&stop),
        };
        let dropped = match dropped {
            Some(why) => Some(why),
            None => match self.quotes(&kept.supplier, &listings(&dispatch)) {
                Ok(quotes) => self.unaffordable(&dispatch, &quotes),
                Err(stop) => return stop_at(&stop),
            },
        };
        if let Some(why) = dropped {
            let why = format!("dropped before it was sent: {why}");
            self.db.settle(kept, kept.state.dropped()?, None, self.cause(&why))?;
            return Ok(Some(event(kept, PurchaseState::Cancelled, why)));
        }
        if let Err(stop) = self.ask_route(&dispatch)? {
            return stop_at(&stop);
        }
        let cause = self.cause("sent again: it certainly had not left");
        self.db.intend_again(kept, kept.state.sending()?, &body, cause)?;
        let sending = Kept { state: PurchaseState::Sending, ..kept.clone() };
        self.place(&sending, &body).map(Some)
    }

    /// Why the order does not want it any more; or what holds the order back, and the draft with it.
    fn unwanted(&mut self, kept: &Kept) -> Result<std::result::Result<Option<String>, Stop>> {
        let Some(open) = self.desk.read_again(self.db, self.round.config, &kept.id.order)? else {
            return Ok(Ok(Some("the order is not there any more".to_owned())));
        };
        // It is counted as bought itself, so what is bought of a line must fit into what is wanted.
        if let Some(why) = no_longer_wanted(&open.order, &kept.ship_to_hash, &|_| 0, &bought(&open.order)) {
            return Ok(Ok(Some(why)));
        }
        let mut holds: Vec<Hold> = open.standing.into_iter().filter(|hold| !self.desk.is_released(hold)).collect();
        holds.extend(self.beyond_limit(&kept.id.order, kept.expected));
        Ok(if holds.is_empty() { Ok(None) } else { Err(Stop::Held(holds)) })
    }

    /// What the supplier says now against lines that were planned earlier.
    fn unaffordable(&self, dispatch: &Dispatch, quotes: &[Quote]) -> Option<String> {
        let max_rise = self.round.config.guard.max_price_rise_percent;
        dispatch.lines.iter().find_map(|line| {
            let quote = quotes.iter().find(|q| q.listing_id == line.listing_id)?;
            let id = &line.listing_id;
            match (quote.stock, quote.price) {
                _ if quote.gone => Some(format!("{id} is no longer sold")),
                (Some(stock), _) if stock < line.quantity => {
                    Some(format!("{id} has {stock} in stock, {} are needed", line.quantity))
                }
                (_, Some(price)) if rose_beyond(line.unit_cost, price, max_rise) => {
                    Some(format!("{id} rose from {} to {price}, more than {max_rise} %", line.unit_cost))
                }
                _ => None,
            }
        })
    }
}

fn bought(order: &crate::core::order::Order) -> Vec<(u32, u32)> {
    order.lines.iter().filter(|l| l.bought > 0).map(|l| (l.position, l.bought)).collect()
}

fn listings(dispatch: &Dispatch) -> Vec<Asked> {
    dispatch.lines.iter().map(|l| asked(&l.listing_id, &dispatch.ships_from, &dispatch.ship_to)).collect()
}
