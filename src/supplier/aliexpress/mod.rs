//! AliExpress, by its Drop Shipping API. `order` and `rules` make and read the order, `product` and `detail` what
//! is asked; all of these are pure. The line is `iop`'s.
//!
//! Our reference is its `out_order_id`, and nothing is documented that finds an order by it: an unknown outcome is for
//! the person. It echoes no address, it has no call that pays or cancels an order.

mod detail;
mod order;
mod product;
mod rules;

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use self::product::{CURRENCY, Variant};
use super::api::{BuildError, Problem, SupplierApi, Written};
use super::heard::Codes;
use super::iop::ask::Ask;
use super::iop::line::Line;
use super::iop::{self, Platform, listing};
use super::kinds::Kind;
use super::loose::summed;
use crate::config::{Supplier, SupplierKind};
use crate::core::address::country;
use crate::core::address::transform::Change;
use crate::core::hold::HoldCode;
use crate::core::ids::Reference;
use crate::core::money::Money;
use crate::core::sending::{
    Abilities, AskError, Asked, Dispatch, Freight, Lookup, Outcome, Quote, Recorded, Shipment, Step, Tracked,
};
use crate::net::Net;
use crate::token::Consent;

pub const KIND: Kind = Kind {
    kind: SupplierKind::Aliexpress,
    name: "aliexpress",
    about: "AliExpress, by its Drop Shipping API",
    build: AliExpress::build,
    finds_by_reference: false,
    consent: Some(consent),
};

const HOST: &str = "https://api-sg.aliexpress.com";

static PLATFORM: Platform = Platform {
    name: "AliExpress",
    kind: "aliexpress",
    host: HOST,
    consent_host: HOST,
    token_parameter: "session",
    codes: || Codes::read(concat!(include_str!("refusals.tsv"), include_str!("../iop/refusals.tsv"))),
};

/// A new order cannot be read for about ten seconds.
const SETTLE_AFTER: u32 = 60;

pub struct AliExpress {
    line: Line,
    settle_after: Duration,
    /// By product and country: what this run has asked for.
    products: Mutex<HashMap<(String, String), Vec<Variant>>>,
}

fn consent(name: &str, config: &Supplier, net: &Net) -> Result<Box<dyn Consent>, BuildError> {
    iop::consent(&PLATFORM, name, config, net)
}

impl AliExpress {
    fn build(name: &str, config: &Supplier, net: &Net) -> Result<Box<dyn SupplierApi>, BuildError> {
        let line = iop::line(&PLATFORM, name, config, net)?;
        let settle_after = Duration::from_secs(config.settle_after_seconds.unwrap_or(SETTLE_AFTER).into());
        Ok(Box::new(Self { line, settle_after, products: Mutex::default() }))
    }

    fn variants(&self, product: &str, ships_to: &str) -> Result<Vec<Variant>, AskError> {
        let key = (product.to_owned(), ships_to.to_owned());
        let known = self.products.lock().unwrap_or_else(PoisonError::into_inner).get(&key).cloned();
        if let Some(variants) = known {
            return Ok(variants);
        }
        let variants = product::variants(&self.line.ask(&product::ask(product, ships_to))?)?;
        self.products.lock().unwrap_or_else(PoisonError::into_inner).insert(key, variants.clone());
        Ok(variants)
    }

    /// `None` when that variant cannot be had there.
    fn variant(&self, listing_id: &str, ships_to: &str) -> Result<Option<(String, Variant)>, AskError> {
        let Some((product, sku_attr)) = listing::parts(listing_id) else { return Ok(None) };
        let found = self.variants(product, ships_to)?.into_iter().find(|v| v.sku_attr == sku_attr);
        Ok(found.map(|variant| (product.to_owned(), variant)))
    }

    /// `split`: a purchase order may have become several orders, so what is in each must be told.
    fn order(&self, order: &str, split: bool) -> Result<Option<Recorded>, AskError> {
        let answer = match self.line.ask(&detail::ask(order)) {
            Ok(answer) => answer,
            Err(AskError::Answer { code, .. }) if detail::NOT_OURS.contains(&code.as_str()) => return Ok(None),
            Err(error) => return Err(error),
        };
        let mut recorded = detail::recorded(order, &answer).ok_or_else(|| unreadable("an order"))?;
        let tracked = self.line.ask(&detail::tracking_ask(order)).map(|answer| detail::parcels(&answer))?;
        recorded.parcels = detail::joined(tracked, recorded.parcels);
        if split && !recorded.parcels.is_empty() {
            recorded.lines = self.lines(&detail::items(&answer))?;
        }
        Ok(Some(recorded))
    }

    /// Its service for deliveries is away for moments at a time: then it is asked once more.
    fn offered(&self, ask: &Ask) -> Result<Vec<Freight>, AskError> {
        let once = || product::freight(&self.line.ask(ask)?);
        match once() {
            Err(AskError::Answer { code, .. }) if code == product::AWAY => once(),
            told => told,
        }
    }

    /// The listings behind AliExpress's own ids of variants; none at all when one of them is not found any more.
    fn lines(&self, items: &[(String, String, u32)]) -> Result<Vec<(String, u32)>, AskError> {
        let mut lines = vec![];
        for (product, sku_id, packs) in items {
            let found = self.variants(product, product::USUAL_COUNTRY)?.into_iter().find(|v| v.sku_id == *sku_id);
            let Some(variant) = found else { return Ok(vec![]) };
            lines.push((listing::id(product, &variant.sku_attr), *packs));
        }
        Ok(summed(lines))
    }
}

impl SupplierApi for AliExpress {
    fn abilities(&self) -> Abilities {
        Abilities {
            finds_by_reference: false,
            echoes_address: false,
            pays: false,
            cancels: false,
            // By order, in `progress`, never by number.
            tells_tracking: false,
            tells_freight: true,
            tells_balance: false,
        }
    }

    fn settle_after(&self) -> Duration {
        self.settle_after
    }

    fn body(&self, dispatch: &Dispatch) -> Result<Vec<u8>, Vec<Problem>> {
        order::body(dispatch)
    }

    fn changes(&self, dispatch: &Dispatch) -> Vec<Change> {
        order::changes(dispatch)
    }

    fn written(&self, body: &[u8]) -> Result<Written, String> {
        order::written(body)
    }

    fn ready(&self) -> Result<(), AskError> {
        self.line.ready()
    }

    fn place(&self, body: &[u8]) -> Outcome {
        let ours = order::written(body).is_ok_and(|written| !written.reference.is_empty());
        match Ask::create(order::METHOD, body).filter(|_| ours) {
            Some(ask) => order::outcome(&self.line.codes, self.line.say(&ask), &|words| self.line.quoted(&ask, words)),
            None => Outcome::NotSent { why: "these bytes are not an order for AliExpress".to_owned() },
        }
    }

    fn find(&self, _: &Reference) -> Lookup {
        Lookup::Unclear { why: "AliExpress cannot be asked by our reference".to_owned() }
    }

    /// It knows no such step.
    fn confirm(&self, _: &str) -> Step {
        Step::Done
    }

    fn pay(&self, _: &str) -> Step {
        by_hand("paid")
    }

    fn cancel(&self, _: &str) -> Step {
        by_hand("cancelled")
    }

    fn progress(&self, supplier_orders: &[String]) -> Result<Vec<Recorded>, AskError> {
        let split = supplier_orders.len() > 1;
        supplier_orders.iter().filter_map(|order| self.order(order, split).transpose()).collect()
    }

    /// Parcels are asked for by order, in `progress`.
    fn track(&self, _: &[String]) -> Result<Vec<Tracked>, AskError> {
        Ok(vec![])
    }

    fn quotes(&self, asked: &[Asked]) -> Result<Vec<Quote>, AskError> {
        let quote = |asked: &Asked| match listing::parts(&asked.listing_id) {
            Some((product, _)) => Ok(product::quote(asked, &self.variants(product, &asked.ships_to)?)),
            None => Ok(product::quote(asked, &[])),
        };
        asked.iter().map(quote).collect()
    }

    fn freight(&self, shipment: &Shipment<'_>) -> Result<Vec<Freight>, AskError> {
        let alpha2 = country::code(&shipment.ship_to.country).ok_or_else(|| AskError::Answer {
            code: "country".into(),
            message: "no table knows this country".into(),
        })?;
        let mut lines = vec![];
        for (listing_id, packs) in &shipment.lines {
            let Some((product, variant)) = self.variant(listing_id, alpha2)? else { return Ok(vec![]) };
            let ask = product::freight_ask(&product, &variant.sku_id, *packs, alpha2);
            lines.push(self.offered(&ask)?);
        }
        Ok(product::for_all(lines))
    }

    /// The method must be offered there, and there must be enough.
    fn route_problems(&self, dispatch: &Dispatch) -> Result<Vec<Problem>, AskError> {
        let mut found = vec![];
        let ships_to = country::code(&dispatch.ship_to.country).unwrap_or_default();
        for line in &dispatch.lines {
            let stock = self.variant(&line.listing_id, ships_to)?.and_then(|(_, variant)| variant.stock);
            if stock.is_some_and(|stock| stock < line.quantity) {
                let message = format!("AliExpress has {} of {}", stock.unwrap_or(0), line.sku);
                found.push(Problem { field: "lines", code: HoldCode::OutOfStock, message });
            }
        }
        let lines = dispatch.lines.iter().map(|l| (l.listing_id.clone(), l.quantity)).collect();
        let (ships_from, tax_id) = (dispatch.ships_from.as_str(), dispatch.tax_id.as_deref());
        let offered = self.freight(&Shipment { ships_from, ship_to: &dispatch.ship_to, tax_id, lines })?;
        if offered.iter().all(|f| f.method != dispatch.method) {
            let message = format!("AliExpress does not offer {} there", dispatch.method);
            found.push(Problem { field: "method", code: HoldCode::NoMethod, message });
        }
        Ok(found)
    }

    fn balance(&self) -> Result<Money, AskError> {
        Err(AskError::Answer { code: CURRENCY.to_owned(), message: "AliExpress has no balance to ask for".to_owned() })
    }
}

fn by_hand(what: &str) -> Step {
    Step::Refused { code: "by_hand".to_owned(), message: format!("orders are {what} on AliExpress's site") }
}

fn unreadable(what: &str) -> AskError {
    AskError::Answer { code: "unreadable".into(), message: format!("AliExpress's answer does not read as {what}") }
}
