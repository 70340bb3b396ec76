//! CJ Dropshipping, API v2.0. `ask` makes requests, `answer` reads the envelope, `order`, `detail`, `catalogue` and
//! `rules` read what is inside; all of these are pure. `line` keeps the token and sends.
//!
//! Our reference is CJ's `orderNumber`, unique per account. A failed create may have created, so everything outside the
//! table of refusals is unknown until `find` has looked.

mod answer;
mod ask;
mod catalogue;
mod detail;
mod line;
mod order;
mod rules;

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use serde_json::Value;

use self::line::Line;
use super::api::{BuildError, Problem, SupplierApi, Written};
use super::heard::{asked, stepped};
use super::kinds::Kind;
use super::loose;
use super::session::Session;
use crate::config::{Supplier, SupplierKind};
use crate::core::address::country;
use crate::core::ids::Reference;
use crate::core::money::Money;
use crate::core::sending::{
    Abilities, AskError, Asked, Dispatch, Freight, Lookup, Outcome, Quote, Recorded, Shipment, Step, Tracked,
};
use crate::net::Net;
use crate::net::url::BaseUrl;
use crate::secret::{Kept, Secret};
use crate::token::TokenFile;

pub const KIND: Kind = Kind {
    kind: SupplierKind::Cj,
    name: "cj",
    about: "CJ Dropshipping, by its API v2.0",
    build: Cj::build,
    finds_by_reference: true,
    consent: None,
};

const HOST: &str = "https://developers.cjdropshipping.com";
/// The free plan's limit.
const REQUESTS_PER_SECOND: u32 = 1;
const SETTLE_AFTER: u32 = 120;
/// getOrderDetailBatch takes 100; 20 to 50 are advised.
const ORDERS_AT_ONCE: usize = 50;
const NUMBERS_AT_ONCE: usize = 20;

pub struct Cj {
    line: Line,
    settle_after: Duration,
    /// Variants that this run has asked for, for the rules of the routes.
    variants: Mutex<HashMap<String, Value>>,
}

impl Cj {
    fn build(name: &str, config: &Supplier, net: &Net) -> Result<Box<dyn SupplierApi>, BuildError> {
        let kept = Kept {
            env: config.api_key_env.as_deref(),
            file: config.api_key_file.as_deref(),
            command: config.api_key_command.as_deref(),
        };
        let key = match net.is_offline() {
            true => Secret::new(""),
            false => kept.read(&format!("supplier.{name}.api_key"))?,
        };
        let base = BaseUrl::parse(config.base_url.as_deref().unwrap_or(HOST))
            .map_err(|why| BuildError::Url { name: name.to_owned(), why })?;
        let account = format!("cj {base} {}", key.expose());
        let line = Line {
            wire: net.wire(&account, config.requests_per_second.unwrap_or(REQUESTS_PER_SECOND)),
            session: Session::new(net.clock.clone(), TokenFile::of(net.state(), "supplier", name, &account)),
            base,
            key,
        };
        let settle_after = Duration::from_secs(config.settle_after_seconds.unwrap_or(SETTLE_AFTER).into());
        Ok(Box::new(Self { line, settle_after, variants: Mutex::new(HashMap::new()) }))
    }

    /// `None` when CJ no longer sells it.
    fn variant(&self, vid: &str) -> Result<Option<Value>, AskError> {
        match asked(self.line.say(&ask::variant(vid))) {
            Ok(variant) if variant.is_object() => {
                let mut known = self.variants.lock().unwrap_or_else(PoisonError::into_inner);
                known.insert(vid.to_owned(), variant.clone());
                Ok(Some(variant))
            }
            Ok(_) => Err(unreadable("a variant")),
            Err(AskError::Answer { code, .. }) if catalogue::GONE.contains(&code.as_str()) => Ok(None),
            Err(error) => Err(error),
        }
    }

    fn quote(&self, asked: &Asked) -> Result<Quote, AskError> {
        let Some(variant) = self.variant(&asked.listing_id)? else { return Ok(catalogue::gone(asked)) };
        let mut quote = catalogue::quote(asked, &variant);
        if quote.stock.is_none() {
            let rows = self.line.ask(&ask::stock(&asked.listing_id))?;
            quote.stock = catalogue::stock(&loose::items(&rows), &asked.ships_from);
        }
        Ok(quote)
    }

    /// The variants of a purchase order with their packs. One that is gone is left to the quotes.
    fn variants_of(&self, lines: &[(String, u32)]) -> Result<Vec<(Value, u32)>, AskError> {
        let mut found = vec![];
        for (vid, packs) in lines {
            let known = self.variants.lock().unwrap_or_else(PoisonError::into_inner).get(vid).cloned();
            let variant = match known {
                Some(variant) => Some(variant),
                None => self.variant(vid)?,
            };
            found.extend(variant.map(|v| (v, *packs)));
        }
        Ok(found)
    }
}

impl SupplierApi for Cj {
    fn abilities(&self) -> Abilities {
        Abilities {
            finds_by_reference: true,
            echoes_address: true,
            pays: true,
            cancels: true,
            tells_tracking: true,
            tells_freight: true,
            tells_balance: true,
        }
    }

    fn settle_after(&self) -> Duration {
        self.settle_after
    }

    fn body(&self, dispatch: &Dispatch) -> Result<Vec<u8>, Vec<Problem>> {
        order::body(dispatch)
    }

    fn written(&self, body: &[u8]) -> Result<Written, String> {
        order::written(body)
    }

    fn ready(&self) -> Result<(), AskError> {
        self.line.token().map(drop).or_else(|heard| asked(heard).map(drop))
    }

    fn place(&self, body: &[u8]) -> Outcome {
        // Bytes without a number could never be found again.
        let reference = match order::written(body) {
            Ok(written) if !written.reference.is_empty() => written.reference,
            _ => return Outcome::NotSent { why: "these bytes are not an order for CJ".to_owned() },
        };
        order::outcome(self.line.say(&ask::create(body)), &reference)
    }

    fn find(&self, reference: &Reference) -> Lookup {
        detail::lookup(self.line.say(&ask::detail(reference.as_str())), reference.as_str())
    }

    fn confirm(&self, supplier_order: &str) -> Step {
        stepped(self.line.say(&ask::confirm(supplier_order)))
    }

    fn pay(&self, supplier_order: &str) -> Step {
        stepped(self.line.say(&ask::pay(supplier_order)))
    }

    fn cancel(&self, supplier_order: &str) -> Step {
        stepped(self.line.say(&ask::cancel(supplier_order)))
    }

    fn progress(&self, supplier_orders: &[String]) -> Result<Vec<Recorded>, AskError> {
        let mut found = vec![];
        for some in supplier_orders.chunks(ORDERS_AT_ONCE) {
            let data = self.line.ask(&ask::details(some))?;
            found.extend(loose::items(&data).into_iter().filter_map(detail::recorded));
        }
        Ok(found)
    }

    fn track(&self, numbers: &[String]) -> Result<Vec<Tracked>, AskError> {
        let mut found = vec![];
        for some in numbers.chunks(NUMBERS_AT_ONCE) {
            found.extend(catalogue::tracked(&self.line.ask(&ask::track(some))?));
        }
        Ok(found)
    }

    fn quotes(&self, asked: &[Asked]) -> Result<Vec<Quote>, AskError> {
        asked.iter().map(|one| self.quote(one)).collect()
    }

    fn freight(&self, shipment: &Shipment<'_>) -> Result<Vec<Freight>, AskError> {
        let country = country_code(&shipment.ship_to.country)?;
        let from = if shipment.ships_from.is_empty() { order::HOME } else { shipment.ships_from };
        Ok(catalogue::freight(&self.line.ask(&ask::freight(shipment, from, country))?))
    }

    fn route_problems(&self, dispatch: &Dispatch) -> Result<Vec<Problem>, AskError> {
        let body = match order::body(dispatch) {
            Ok(body) => body,
            Err(problems) => return Ok(problems),
        };
        let written = order::written(&body).map_err(|why| AskError::Answer { code: "written".into(), message: why })?;
        let from = if dispatch.ships_from.is_empty() { order::HOME } else { &dispatch.ships_from };
        let to = &written.ship_to;
        let variants = self.variants_of(&written.lines)?;
        let data = match self.line.ask(&ask::route(from, &to.country, &to.postcode, &variants)) {
            // CJ says that it will not tell the rules. It checks them itself when the order is made, and takes no money then.
            Err(AskError::Answer { .. }) => Value::Null,
            heard => heard?,
        };
        let sent = rules::Sent {
            method: &dispatch.method,
            ship_to: to,
            tax_id: dispatch.tax_id.as_deref().unwrap_or_default(),
        };
        if let Some(problems) = rules::problems(&data, &sent) {
            return Ok(problems);
        }
        // Nothing was said of this method: whether it goes there at all is freightCalculate's to say, as in the plan.
        let ships_from = dispatch.ships_from.as_str();
        let shipment =
            Shipment { ships_from, ship_to: to, tax_id: dispatch.tax_id.as_deref(), lines: written.lines.clone() };
        let offered = self.freight(&shipment)?.iter().any(|freight| freight.method == dispatch.method);
        Ok(if offered { vec![] } else { vec![rules::not_offered(&dispatch.method)] })
    }

    fn balance(&self) -> Result<Money, AskError> {
        catalogue::balance(&self.line.ask(&ask::balance())?).ok_or_else(|| unreadable("a balance"))
    }
}

fn country_code(text: &str) -> Result<&'static str, AskError> {
    country::code(text)
        .ok_or_else(|| AskError::Answer { code: "country".into(), message: "no table knows this country".into() })
}

fn unreadable(what: &str) -> AskError {
    AskError::Answer { code: "unreadable".into(), message: format!("CJ's answer does not read as {what}") }
}
