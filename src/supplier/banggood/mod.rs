//! Banggood Dropshipping. `ask` makes requests; `answer` reads the envelope; `order`, `detail`, `catalogue` and `listing`
//! read what is inside; all of these are pure. `line` keeps the token and sends.
//!
//! Our reference is Banggood's `sale_record_id`, and the only name under which it is asked for orders. It has no call to
//! confirm, pay or cancel and tells no balance: that is done on its site.

mod answer;
mod ask;
mod catalogue;
mod detail;
mod form;
mod line;
mod listing;
mod order;

use std::collections::{BTreeMap, HashMap};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use serde_json::Value;

use self::line::Line;
use self::listing::Listing;
use self::order::Imported;
use super::api::{BuildError, Problem, SupplierApi, Written};
use super::heard::{Heard, asked};
use super::kinds::Kind;
use super::session::Session;
use crate::config::{Supplier, SupplierKind};
use crate::core::address::country;
use crate::core::hold::HoldCode;
use crate::core::ids::Reference;
use crate::core::money::Money;
use crate::core::sending::{
    Abilities, AskError, Asked, Dispatch, Freight, Lookup, Outcome, Quote, Recorded, Shipment, Step, SupplierStatus,
    Tracked,
};
use crate::net::Net;
use crate::net::url::BaseUrl;
use crate::secret::{Kept, Secret};
use crate::token::TokenFile;

pub const KIND: Kind = Kind {
    kind: SupplierKind::Banggood,
    name: "banggood",
    about: "Banggood Dropshipping, by its open platform",
    build: Banggood::build,
    finds_by_reference: true,
    consent: None,
};

const HOST: &str = "https://api.banggood.com";
/// Its limits by the day are in no document that can be read; one a second is what a careful client keeps to.
const REQUESTS_PER_SECOND: u32 = 1;
const SETTLE_AFTER: u32 = 120;

pub struct Banggood {
    line: Line,
    settle_after: Duration,
    /// Orders by tracking number, as this run has read them: tracking is asked for by order.
    parcels: Mutex<HashMap<String, String>>,
    /// Banggood's names of countries by alpha-2, once this run has asked.
    countries: Mutex<Option<BTreeMap<&'static str, String>>>,
}

impl Banggood {
    fn build(name: &str, config: &Supplier, net: &Net) -> Result<Box<dyn SupplierApi>, BuildError> {
        let kept = Kept {
            env: config.app_secret_env.as_deref(),
            file: config.app_secret_file.as_deref(),
            command: config.app_secret_command.as_deref(),
        };
        let app_id = config.app_id.as_deref().map(str::trim).filter(|id| !id.is_empty());
        let app_id = app_id.ok_or_else(|| BuildError::Missing { name: name.to_owned(), key: "app_id" })?.to_owned();
        let app_secret = match net.is_offline() {
            true => Secret::new(""),
            false => kept.read(&format!("supplier.{name}.app_secret"))?,
        };
        let base = BaseUrl::parse(config.base_url.as_deref().unwrap_or(HOST))
            .map_err(|why| BuildError::Url { name: name.to_owned(), why })?;
        let account = format!("banggood {base} {app_id} {}", app_secret.expose());
        let line = Line {
            wire: net.wire(&account, config.requests_per_second.unwrap_or(REQUESTS_PER_SECOND)),
            session: Session::new(net.clock.clone(), TokenFile::of(net.state(), "supplier", name, &account)),
            base,
            app_id,
            app_secret,
        };
        let settle_after = Duration::from_secs(config.settle_after_seconds.unwrap_or(SETTLE_AFTER).into());
        Ok(Box::new(Self { line, settle_after, parcels: Mutex::default(), countries: Mutex::default() }))
    }

    /// Prices differ by warehouse, so one must be named. `stocks` holds what was already read, by product.
    fn quote(&self, asked: &Asked, stocks: &mut HashMap<String, Value>) -> Result<Quote, AskError> {
        let Some(listing) = Listing::of(&asked.listing_id) else { return Ok(catalogue::gone(asked)) };
        let gone = |error: &AskError| matches!(error, AskError::Answer { code, .. } if catalogue::GONE.contains(&code.as_str()));
        let prices = match self.line.ask(&ask::price(&listing, warehouse(&asked.ships_from))) {
            Err(error) if gone(&error) => return Ok(catalogue::gone(asked)),
            heard => heard?,
        };
        if !stocks.contains_key(listing.product) {
            stocks.insert(listing.product.to_owned(), self.line.ask(&ask::stocks(listing.product))?);
        }
        let stock = stocks.get(listing.product).and_then(|s| catalogue::stock(s, &listing, &asked.ships_from));
        let price = catalogue::price(&prices, &listing);
        Ok(Quote { listing_id: asked.listing_id.clone(), price, stock, gone: false })
    }

    /// The answer about shipping for each line.
    fn shipments(&self, lines: &[(String, u32)], ships_from: &str, country: &str) -> Result<Vec<Value>, AskError> {
        let ask = |(id, packs): &(String, u32)| {
            let listing = Listing::of(id).ok_or_else(|| answer("listing", "not a listing id of Banggood"))?;
            self.line.ask(&ask::shipments(&listing, *packs, warehouse(ships_from), country))
        };
        lines.iter().map(ask).collect()
    }

    /// Banggood's own name of a country; `None` when it does not know the country.
    fn country(&self, code: &str) -> Result<Option<String>, AskError> {
        let mut known = self.countries.lock().unwrap_or_else(PoisonError::into_inner);
        if known.is_none() {
            let asked = catalogue::countries(&self.line.ask(&ask::countries())?);
            if asked.is_empty() {
                return Err(unreadable("a list of countries"));
            }
            *known = Some(asked);
        }
        Ok(known.as_ref().and_then(|names| names.get(code).cloned()))
    }

    /// Adds the parcels of orders that are not waiting for money. One whose history cannot be read has none yet.
    fn with_parcels(&self, reference: &Reference, mut orders: Vec<Recorded>, methods: &[(String, String)]) -> Lookup {
        for order in orders.iter_mut().filter(|o| o.status != SupplierStatus::Unpaid) {
            let Ok(history) = self.line.ask(&ask::history(reference.as_str(), &order.supplier_order)) else { continue };
            let method = methods.iter().find(|(id, _)| *id == order.supplier_order).map_or("", |(_, m)| m.as_str());
            if let Some(parcel) = detail::parcel(&history, method) {
                let mut known = self.parcels.lock().unwrap_or_else(PoisonError::into_inner);
                known.insert(parcel.number.clone(), order.supplier_order.clone());
                order.parcels.push(parcel);
            }
        }
        Lookup::Found(orders)
    }

    /// Said when nothing of an order was taken, as the answer counts. Whether such an import uses the number up is not
    /// documented, so an order that is there all the same overrules the count.
    fn nothing_taken(&self, reference: &str, why: String) -> Outcome {
        match detail::lookup(self.line.say(&ask::info(reference)), reference) {
            Lookup::Found(_) => {
                Outcome::Unknown { why: format!("it says that no line was taken, and has an order: {why}") }
            }
            Lookup::NotFound | Lookup::Unclear { .. } => Outcome::Refused { code: "failure_list".into(), message: why },
        }
    }
}

fn warehouse(ships_from: &str) -> &str {
    if ships_from.is_empty() { order::HOME } else { ships_from }
}

impl SupplierApi for Banggood {
    fn abilities(&self) -> Abilities {
        Abilities {
            finds_by_reference: true,
            echoes_address: true,
            pays: false,
            cancels: false,
            tells_tracking: true,
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

    fn left_out(&self, dispatch: &Dispatch) -> Vec<&'static str> {
        order::left_out(dispatch)
    }

    fn written(&self, body: &[u8]) -> Result<Written, String> {
        order::written(body)
    }

    fn ready(&self) -> Result<(), AskError> {
        self.line.token().map(drop).or_else(|heard| asked(heard).map(drop))
    }

    fn place(&self, body: &[u8]) -> Outcome {
        // Bytes without a number could never be found again.
        let sent = match order::written(body) {
            Ok(sent) if !sent.reference.is_empty() => sent,
            Ok(_) => return Outcome::NotSent { why: "the order has no number".into() },
            Err(why) => return Outcome::NotSent { why },
        };
        match order::imported(self.line.say(&ask::import(body)), &sent, order::lines(body)) {
            Imported::Settled(outcome) => outcome,
            Imported::Nothing { why } => self.nothing_taken(&sent.reference, why),
        }
    }

    fn find(&self, reference: &Reference) -> Lookup {
        let heard = self.line.say(&ask::info(reference.as_str()));
        let methods = if let Heard::Yes(data) = &heard { detail::methods(data) } else { vec![] };
        match detail::lookup(heard, reference.as_str()) {
            Lookup::Found(orders) => self.with_parcels(reference, orders, &methods),
            other => other,
        }
    }

    fn confirm(&self, _: &str) -> Step {
        no_call("confirm")
    }

    fn pay(&self, _: &str) -> Step {
        no_call("pay for")
    }

    fn cancel(&self, _: &str) -> Step {
        no_call("cancel")
    }

    /// Banggood is asked by our reference alone: by its own ids it knows none. [`SupplierApi::find`] says the same.
    fn progress(&self, _: &[String]) -> Result<Vec<Recorded>, AskError> {
        Ok(vec![])
    }

    /// By the orders that named these numbers in this run; other numbers are left out.
    fn track(&self, numbers: &[String]) -> Result<Vec<Tracked>, AskError> {
        let mut found = vec![];
        for number in numbers {
            let known = self.parcels.lock().unwrap_or_else(PoisonError::into_inner).get(number).cloned();
            if let Some(order) = known {
                found.extend(catalogue::tracked(&self.line.ask(&ask::track(&order))?, number));
            }
        }
        Ok(found)
    }

    fn quotes(&self, asked: &[Asked]) -> Result<Vec<Quote>, AskError> {
        let mut stocks = HashMap::new();
        asked.iter().map(|one| self.quote(one, &mut stocks)).collect()
    }

    fn freight(&self, shipment: &Shipment<'_>) -> Result<Vec<Freight>, AskError> {
        let country = order::country_name(&shipment.ship_to.country);
        if country.is_empty() {
            return Err(answer("country", "no table knows this country"));
        }
        Ok(catalogue::freight(&self.shipments(&shipment.lines, shipment.ships_from, country)?))
    }

    fn route_problems(&self, dispatch: &Dispatch) -> Result<Vec<Problem>, AskError> {
        let body = match order::body(dispatch) {
            Ok(body) => body,
            Err(problems) => return Ok(problems),
        };
        let written = order::written(&body).map_err(|why| answer("written", &why))?;
        let ours = written.ship_to.country;
        let theirs = self.country(country::code(&ours).unwrap_or_default())?;
        if theirs.as_deref() != Some(ours.as_str()) {
            let message = match theirs {
                Some(name) => {
                    format!("Banggood writes {ours} as {name}: a row for src/supplier/banggood/countries.tsv")
                }
                None => format!("Banggood does not ship to {ours}"),
            };
            return Ok(vec![Problem { field: "country", code: HoldCode::CountryNotServed, message }]);
        }
        let lines = self.shipments(&written.lines, &dispatch.ships_from, &ours)?;
        let carried = |data: &Value| catalogue::offered(data).contains(&dispatch.method);
        if lines.iter().all(carried) {
            return Ok(vec![]);
        }
        let message = format!("Banggood does not offer {} there for every line", dispatch.method);
        Ok(vec![Problem { field: "method", code: HoldCode::NoMethod, message }])
    }

    fn balance(&self) -> Result<Money, AskError> {
        Err(answer("balance", "Banggood tells no balance by its API"))
    }
}

fn no_call(what: &str) -> Step {
    let message = format!("Banggood has no call to {what} an order; its site does it, under API orders");
    Step::Refused { code: "no call".into(), message }
}

fn answer(code: &str, message: &str) -> AskError {
    AskError::Answer { code: code.to_owned(), message: message.to_owned() }
}

fn unreadable(what: &str) -> AskError {
    answer("unreadable", &format!("Banggood's answer does not read as {what}"))
}
