//! Alibaba.com, by its open platform for buyers. `order` makes and reads the order, `product` and `detail` what is asked;
//! all of these are pure. The line is `iop`'s.
//!
//! Our reference is its `channel_refer_id`, and nothing is documented that finds an order by it: an unknown outcome is
//! for the person. What it recorded comes back whole, but under other names.

mod detail;
mod order;
mod product;

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use self::product::{Product, Variant};
use super::api::{BuildError, Problem, SupplierApi, Written};
use super::heard::{Codes, Heard, stepped};
use super::iop::ask::Ask;
use super::iop::line::Line;
use super::iop::{self, Platform, listing};
use super::kinds::Kind;
use crate::config::{Supplier, SupplierKind};
use crate::core::address::country;
use crate::core::address::transform::Change;
use crate::core::hold::HoldCode;
use crate::core::ids::Reference;
use crate::core::money::Money;
use crate::core::sending::{
    Abilities, AskError, Asked, Dispatch, Freight, Lookup, Outcome, Quote, Recorded, Shipment, Step, SupplierStatus,
    Tracked,
};
use crate::net::Net;
use crate::token::Consent;

pub const KIND: Kind = Kind {
    kind: SupplierKind::Alibaba,
    name: "alibaba",
    about: "Alibaba.com, by its open platform for buyers",
    build: Alibaba::build,
    finds_by_reference: false,
    consent: Some(consent),
};

static PLATFORM: Platform = Platform {
    name: "Alibaba.com",
    kind: "alibaba",
    host: "https://openapi-api.alibaba.com",
    consent_host: "https://openapi-auth.alibaba.com",
    token_parameter: "access_token",
    codes: || Codes::read(concat!(include_str!("refusals.tsv"), include_str!("../iop/refusals.tsv"))),
};

const SETTLE_AFTER: u32 = 120;

pub struct Alibaba {
    line: Line,
    settle_after: Duration,
    /// By product and country: what this run has asked for.
    products: Mutex<HashMap<(String, String), Product>>,
}

fn consent(name: &str, config: &Supplier, net: &Net) -> Result<Box<dyn Consent>, BuildError> {
    iop::consent(&PLATFORM, name, config, net)
}

impl Alibaba {
    fn build(name: &str, config: &Supplier, net: &Net) -> Result<Box<dyn SupplierApi>, BuildError> {
        let line = iop::line(&PLATFORM, name, config, net)?;
        let settle_after = Duration::from_secs(config.settle_after_seconds.unwrap_or(SETTLE_AFTER).into());
        Ok(Box::new(Self { line, settle_after, products: Mutex::default() }))
    }

    fn product(&self, product: &str, ships_to: &str) -> Result<Product, AskError> {
        let key = (product.to_owned(), ships_to.to_owned());
        let known = self.products.lock().unwrap_or_else(PoisonError::into_inner).get(&key).cloned();
        if let Some(product) = known {
            return Ok(product);
        }
        let found = product::product(self.line.ask(&product::ask(product, ships_to)))?;
        self.products.lock().unwrap_or_else(PoisonError::into_inner).insert(key, found.clone());
        Ok(found)
    }

    fn stock(&self, product: &str, sku: &str, ships_from: &str) -> Result<Option<u32>, AskError> {
        product::stock(&self.line.ask(&product::stock_ask(product))?, sku, ships_from)
    }

    fn quote(&self, asked: &Asked) -> Result<Quote, AskError> {
        let Some((id, sku)) = listing::parts(&asked.listing_id) else { return Ok(product::quote(asked, None, None)) };
        let product = self.product(id, &asked.ships_to)?;
        let Some(variant) = variant(&product, sku) else { return Ok(product::quote(asked, None, None)) };
        Ok(product::quote(asked, Some(variant), self.stock(id, sku, &asked.ships_from)?))
    }

    fn order(&self, trade: &str) -> Result<Recorded, AskError> {
        let answer = self.line.ask(&detail::ask(trade))?;
        let mut recorded =
            detail::recorded(&answer).filter(|r| r.supplier_order == trade).ok_or_else(|| unreadable("that order"))?;
        if !matches!(recorded.status, SupplierStatus::Unpaid | SupplierStatus::Cancelled) {
            recorded.parcels = detail::parcels(&self.line.ask(&detail::parcels_ask(trade))?);
        }
        Ok(recorded)
    }
}

fn variant<'a>(product: &'a Product, sku: &str) -> Option<&'a Variant> {
    product.variants.iter().find(|v| v.sku_id == sku)
}

impl SupplierApi for Alibaba {
    fn abilities(&self) -> Abilities {
        Abilities {
            finds_by_reference: false,
            echoes_address: true,
            pays: true,
            cancels: true,
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
        match Ask::create(order::PATH, body).filter(|_| ours) {
            Some(ask) => order::outcome(self.line.say(&ask)),
            None => Outcome::NotSent { why: "these bytes are not an order for Alibaba.com".to_owned() },
        }
    }

    fn find(&self, _: &Reference) -> Lookup {
        Lookup::Unclear { why: "Alibaba.com cannot be asked by our reference".to_owned() }
    }

    /// It knows no such step.
    fn confirm(&self, _: &str) -> Step {
        Step::Done
    }

    fn pay(&self, supplier_order: &str) -> Step {
        match self.line.say(&detail::pay(supplier_order)) {
            Heard::Yes(answer) => detail::paid(&answer),
            other => stepped(other),
        }
    }

    fn cancel(&self, supplier_order: &str) -> Step {
        stepped(self.line.say(&detail::cancel(supplier_order)))
    }

    fn progress(&self, supplier_orders: &[String]) -> Result<Vec<Recorded>, AskError> {
        supplier_orders.iter().map(|trade| self.order(trade)).collect()
    }

    /// Parcels are asked for by order, in `progress`.
    fn track(&self, _: &[String]) -> Result<Vec<Tracked>, AskError> {
        Ok(vec![])
    }

    fn quotes(&self, asked: &[Asked]) -> Result<Vec<Quote>, AskError> {
        asked.iter().map(|one| self.quote(one)).collect()
    }

    fn freight(&self, shipment: &Shipment<'_>) -> Result<Vec<Freight>, AskError> {
        let alpha2 = country::code(&shipment.ship_to.country).ok_or_else(|| AskError::Answer {
            code: "country".into(),
            message: "no table knows this country".into(),
        })?;
        let ships_from = if shipment.ships_from.is_empty() { order::HOME } else { shipment.ships_from };
        let (mut lines, mut company) = (vec![], String::new());
        for (listing_id, packs) in &shipment.lines {
            let Some((id, sku)) = listing::parts(listing_id) else { return Ok(vec![]) };
            let product = self.product(id, alpha2)?;
            if !company.is_empty() && company != product.company {
                let message = "the lines are of several sellers, and an order is of one".to_owned();
                return Err(AskError::Answer { code: "sellers".to_owned(), message });
            }
            company = product.company;
            lines.push((id.to_owned(), sku.to_owned(), *packs));
        }
        let ask = product::freight_ask(&company, shipment.ship_to, alpha2, ships_from, &lines);
        Ok(product::freight(&self.line.ask(&ask)?))
    }

    /// The minimum of each variant, and the carrier that this very order is offered.
    fn route_problems(&self, dispatch: &Dispatch) -> Result<Vec<Problem>, AskError> {
        let mut found = vec![];
        let ships_to = country::code(&dispatch.ship_to.country).unwrap_or_default();
        for line in &dispatch.lines {
            let Some((id, sku)) = listing::parts(&line.listing_id) else { continue };
            let product = self.product(id, ships_to)?;
            let Some(least) = variant(&product, sku).and_then(Variant::least) else { continue };
            if line.quantity < least {
                let message = format!("Alibaba.com sells {} from {least} on; this is {}", line.sku, line.quantity);
                found.push(Problem { field: "lines", code: HoldCode::BelowMinimum, message });
            }
        }
        let lines = dispatch.lines.iter().map(|l| (l.listing_id.clone(), l.quantity)).collect();
        let (ships_from, tax_id) = (dispatch.ships_from.as_str(), dispatch.tax_id.as_deref());
        let offered = self.freight(&Shipment { ships_from, ship_to: &dispatch.ship_to, tax_id, lines })?;
        if offered.iter().all(|f| f.method != dispatch.method) {
            let message = format!("Alibaba.com does not offer {} for this order", dispatch.method);
            found.push(Problem { field: "method", code: HoldCode::NoMethod, message });
        }
        Ok(found)
    }

    fn balance(&self) -> Result<Money, AskError> {
        Err(AskError::Answer {
            code: "balance".to_owned(),
            message: "Alibaba.com has no balance to ask for".to_owned(),
        })
    }
}

fn unreadable(what: &str) -> AskError {
    AskError::Answer { code: "unreadable".into(), message: format!("Alibaba.com's answer does not read as {what}") }
}
