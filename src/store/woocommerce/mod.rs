//! WooCommerce, by its REST API v3. `site` and `oauth` make addresses and signatures, `answer` reads errors, `order` and
//! `push` what is inside; all of these are pure. `line` finds out about the site, proves the key and sends.
//!
//! Facts are from a server that was asked (WooCommerce 10.5.2, with and without its own order tables, Advanced Shipment
//! Tracking 3.9.2) and from the plugins' documents.

mod answer;
mod line;
mod oauth;
mod order;
mod push;
mod site;

use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use jiff::{SignedDuration, Timestamp};
use serde_json::Value;

use self::answer::{Heard, Means, asked, pushed};
use self::line::{Ask, Found, Line};
use self::order::{Beside, FIELDS, meta, pulled, time};
use self::push::{Look, Plan, Way, completion, plan, route, tracking_route};
use self::site::Site;
use super::api::{BuildError, Page, PullError, Pulled, StoreApi, sorted_out};
use super::kinds::Kind;
use super::loose::{list, text};
use crate::config::Store;
use crate::core::ids::Slug;
use crate::core::push::{Push, Pushed, StoreAbilities, StoreParcels};
use crate::core::sending::AskError;
use crate::net::Net;
use crate::secret::{Kept, Secret, SecretError};

pub const KIND: Kind = Kind { name: "woocommerce", is_set_up, build, consent: None };

/// The most that a site gives at once.
const PER_PAGE: usize = 100;
/// The route of the tracking list, whichever plugin serves it.
const TRACKING: &str = "wc-shipment-tracking/v3";

struct WooCommerce {
    line: Line,
    /// The last parcel of an order makes it completed, which writes to the customer.
    completes: bool,
    /// WooCommerce's own fulfilments are off at this site.
    without_fulfillments: AtomicBool,
}

fn kept<'a>(env: &'a Option<String>, file: &'a Option<String>, command: &'a Option<String>) -> Kept<'a> {
    Kept { env: env.as_deref(), file: file.as_deref(), command: command.as_deref() }
}

fn key_of(store: &Store) -> Kept<'_> {
    kept(&store.consumer_key_env, &store.consumer_key_file, &store.consumer_key_command)
}

fn secret_of(store: &Store) -> Kept<'_> {
    kept(&store.consumer_secret_env, &store.consumer_secret_file, &store.consumer_secret_command)
}

fn pair_of(store: &Store) -> Kept<'_> {
    kept(&store.token_env, &store.token_file, &store.token_command)
}

fn is_set_up(store: &Store) -> bool {
    store.shop.is_some() || store.base_url.is_some() || key_of(store).is_set() || pair_of(store).is_set()
}

fn build(slug: &Slug, store: &Store, net: &Net) -> Result<Box<dyn StoreApi>, BuildError> {
    let name = || slug.to_string();
    let Some(site) = store.base_url.as_ref().or(store.shop.as_ref()) else {
        return Err(BuildError::Missing { name: name(), key: "shop" });
    };
    let site = Site::parse(site).map_err(|why| BuildError::Url { name: name(), why })?;
    let (key, secret) = if net.is_offline() { (String::new(), Secret::new("")) } else { keys(slug, store)? };
    let account = format!("woocommerce {} {key}", site.spelled(site.scheme()));
    let line = Line {
        wire: net.wire(&account, store.requests_per_second.unwrap_or(0)),
        clock: net.clock.clone(),
        found: Mutex::new(Found::default()),
        counter: AtomicU64::new(0),
        site,
        key,
        secret,
    };
    let completes = store.complete.unwrap_or(store.notify.unwrap_or(true));
    Ok(Box::new(WooCommerce { line, completes, without_fulfillments: AtomicBool::new(false) }))
}

/// A pair of their own, or both in one secret with a colon between.
fn keys(slug: &Slug, store: &Store) -> Result<(String, Secret), SecretError> {
    if !key_of(store).is_set() && pair_of(store).is_set() {
        let place = format!("store.{slug}.token");
        let pair = pair_of(store).read(&place)?;
        return match pair.expose().split_once(':') {
            Some((key, secret)) => Ok((key.trim().to_owned(), Secret::new(secret.trim()))),
            None => Err(SecretError::NotSet { key: format!("store.{slug}.consumer_secret") }),
        };
    }
    let key = key_of(store).read(&format!("store.{slug}.consumer_key"))?;
    let secret = secret_of(store).read(&format!("store.{slug}.consumer_secret"))?;
    Ok((key.expose().trim().to_owned(), Secret::new(secret.expose().trim())))
}

impl WooCommerce {
    /// All of a list that belongs to one order.
    fn all(&self, route: &str) -> Result<Vec<Value>, AskError> {
        let mut all = vec![];
        for page in 1_u32.. {
            let query = [("per_page", PER_PAGE.to_string()), ("page", page.to_string())];
            let some = self.line.ask(&Ask::get(route.to_owned(), &query))?;
            let some = some.as_array().cloned().unwrap_or_default();
            let more = some.len() >= PER_PAGE;
            all.extend(some);
            if !more {
                break;
            }
        }
        Ok(all)
    }

    /// `None` where WooCommerce's own fulfilments are off, as they are from the start.
    fn fulfillments(&self, order: &str) -> Result<Option<Vec<Value>>, AskError> {
        if self.without_fulfillments.load(Ordering::Relaxed) {
            return Ok(None);
        }
        match self.line.say(&Ask::get(route(order, "/fulfillments"), &[])) {
            Heard::No { code, .. } if code == "rest_no_route" => {
                self.without_fulfillments.store(true, Ordering::Relaxed);
                Ok(None)
            }
            heard => Ok(Some(asked(heard)?.as_array().cloned().unwrap_or_default())),
        }
    }

    fn whole(&self, order: &Value) -> Result<Pulled, PullError> {
        let id = text(order, "id");
        let mut beside = Beside::default();
        if !list(order, "refunds").is_empty() {
            beside.refunds = self.all(&route(&id, "/refunds"))?;
        }
        // The store says so in the order once something was fulfilled.
        let said = meta(order, "_fulfillment_status").and_then(Value::as_str).unwrap_or_default();
        if ["fulfilled", "partially_fulfilled"].contains(&said) {
            beside.fulfillments = self.fulfillments(&id)?;
        }
        pulled(order, &beside)
    }

    fn look(&self, id: &str) -> Result<Look, AskError> {
        let order = self.line.ask(&Ask::get(route(id, ""), &[]))?;
        let refunds = if list(&order, "refunds").is_empty() { vec![] } else { self.all(&route(id, "/refunds"))? };
        let fulfillments = self.fulfillments(id)?;
        let has_list = self.line.has(TRACKING)?;
        let way = match (&fulfillments, has_list) {
            (Some(_), _) => Way::Fulfillments,
            (None, true) => Way::TrackingList,
            (None, false) => Way::Note,
        };
        // Whatever told a parcel before, it is not told again.
        let tracking = match has_list {
            true => self.line.ask(&Ask::get(tracking_route(id), &[]))?.as_array().cloned().unwrap_or_default(),
            false => vec![],
        };
        let notes = match way {
            Way::Note => {
                let notes = self.line.ask(&Ask::get(route(id, "/notes"), &[("type", "any".to_owned())]))?;
                notes.as_array().cloned().unwrap_or_default()
            }
            _ => vec![],
        };
        Ok(Look { way, order, refunds, fulfillments: fulfillments.unwrap_or_default(), tracking, notes })
    }

    /// After the parcel: the customer's mail about the completed order shows what was told before it.
    fn complete(&self, push: &Push, look: &Look, id: String) -> Pushed {
        if !(self.completes && push.completes) || look.is_completed() {
            return Pushed::Done { id };
        }
        match self.line.say(&completion(&push.order)) {
            Heard::Yes(_) => Pushed::Done { id },
            Heard::No { code, message, .. } => {
                Pushed::Unknown { why: format!("the parcel is told, the order is not completed: {code}: {message}") }
            }
            Heard::NotSent(why) | Heard::Unknown(why) => Pushed::Unknown {
                why: format!("the parcel is told, whether the order is completed is not known: {why}"),
            },
        }
    }
}

/// Where a list goes on: after this moment, at that page, but for what came already.
struct Place {
    after: Option<Timestamp>,
    page: u32,
    came: Vec<String>,
}

impl Place {
    /// The filter is strictly later, in whole seconds: a second less brings those of the same second again.
    fn read(since: Option<Timestamp>, page: Option<&str>) -> Result<Self, AskError> {
        let Some(page) = page else { return Ok(Self { after: since.map(a_second_less), page: 1, came: vec![] }) };
        let no_page =
            || AskError::Answer { code: "page".to_owned(), message: format!("\"{page}\" is no page of this list") };
        let mut words = page.split(' ');
        let (Some(after), Some(at)) = (words.next(), words.next()) else { return Err(no_page()) };
        let at = at.parse().map_err(|_| no_page())?;
        Ok(Self { after: after.parse().ok(), page: at, came: words.map(str::to_owned).collect() })
    }

    /// Pages shift while orders change, so a list goes on at the date that it reached; by pages only within one second.
    fn next(&self, newest: Timestamp, came: &[Pulled]) -> String {
        let reached = a_second_less(newest);
        let mut of_that_second: Vec<&str> =
            came.iter().filter(|o| o.changed_at == newest).filter_map(|o| o.said.external_id.as_deref()).collect();
        match self.after.is_none_or(|after| reached > after) {
            true => format!("{reached} 1 {}", of_that_second.join(" ")),
            false => {
                let after = self.after.map_or("-".to_owned(), |at| at.to_string());
                of_that_second.extend(self.came.iter().map(String::as_str));
                format!("{after} {} {}", self.page + 1, of_that_second.join(" "))
            }
        }
    }
}

fn a_second_less(at: Timestamp) -> Timestamp {
    at.checked_sub(SignedDuration::from_secs(1)).unwrap_or(at)
}

impl StoreApi for WooCommerce {
    fn abilities(&self) -> StoreAbilities {
        StoreAbilities { pushes: true, counts_lines: false, notifies: true }
    }

    fn ready(&self) -> Result<(), AskError> {
        let query = [("per_page", "1".to_owned()), ("_fields", "id".to_owned())];
        self.line.ask(&Ask::get("/wc/v3/orders".to_owned(), &query)).map(drop)
    }

    fn orders(&self, since: Option<Timestamp>, page: Option<&str>) -> Result<Page, PullError> {
        let place = Place::read(since, page)?;
        let mut query = vec![
            ("per_page", PER_PAGE.to_string()),
            ("page", place.page.to_string()),
            ("orderby", "modified".to_owned()),
            ("order", "asc".to_owned()),
            ("_fields", FIELDS.to_owned()),
        ];
        // With a Z and without dates_are_gmt: the form that is read rightly; with both, the filter is off.
        let after = place.after.map(|at| at.strftime("%Y-%m-%dT%H:%M:%SZ").to_string());
        query.extend(after.map(|at| ("modified_after", at)));
        let said = self.line.ask(&Ask::get("/wc/v3/orders".to_owned(), &query))?;
        let found = said.as_array().cloned().unwrap_or_default();
        let times: Vec<Timestamp> = found.iter().filter_map(|o| time(o, "date_modified_gmt")).collect();
        if let (Some(after), Some(oldest)) = (place.after, times.iter().min())
            && *oldest < after
        {
            let message = format!(
                "the site gives orders of {oldest} when asked for those after {after}; WooCommerce 5.8 is needed"
            );
            return Err(AskError::Answer { code: "modified_after".to_owned(), message }.into());
        }
        let new = found.iter().filter(|o| !place.came.contains(&text(o, "id")));
        let (orders, unread) = sorted_out(new.map(|o| self.whole(o)))?;
        let next = times.iter().max().filter(|_| found.len() >= PER_PAGE).map(|newest| place.next(*newest, &orders));
        Ok(Page { orders, unread, next })
    }

    fn order(&self, external_id: &str) -> Result<Option<Pulled>, PullError> {
        match self.line.say(&Ask::get(route(external_id, ""), &[])) {
            Heard::No { code, means: Means::Refused, .. } if code.ends_with("order_invalid_id") => Ok(None),
            heard => Ok(Some(self.whole(&asked(heard)?)?)),
        }
    }

    fn parcels(&self, order: &str) -> Result<StoreParcels, AskError> {
        Ok(self.look(order)?.parcels())
    }

    /// Looks once more: no way of telling a parcel here protects from telling it twice.
    fn push(&self, push: &Push, _seen: &StoreParcels) -> Pushed {
        let look = match self.look(&push.order) {
            Ok(look) => look,
            Err(AskError::KeyRefused(why)) => return Pushed::KeyRefused { why },
            Err(error) => return Pushed::NotSent { why: error.to_string() },
        };
        match plan(push, &look) {
            Plan::Known(id) => self.complete(push, &look, id),
            Plan::Never(pushed) => pushed,
            Plan::Tell(ask, key) => match pushed(self.line.say(&ask), key) {
                Pushed::Done { id } => self.complete(push, &look, id),
                other => other,
            },
        }
    }
}
