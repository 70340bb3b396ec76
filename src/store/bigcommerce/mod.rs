//! BigCommerce, Orders v2 (its shipments are v2; v3 has none). `ask` makes requests, `order` reads; both pure.
//! `store::rest` sends. Words and refusals are tables. The key is that of an API account of the store.

mod ask;
mod order;

use std::sync::Mutex;
use std::time::Duration;

use jiff::Timestamp;
use serde_json::Value;

use self::ask::Root;
use self::order::Whole;
use super::api::{BuildError, Page, PullError, Pulled, StoreApi, sorted_out};
use super::kinds::Kind;
use super::rest::heard::Dialect;
use super::rest::line::{Key, Line};
use super::rest::look::{before, keyed};
use super::rest::setup::Setup;
use super::rest::value::text;
use super::rest::window::Window;
use crate::config::Store;
use crate::core::ids::Slug;
use crate::core::push::{Push, Pushed, StoreAbilities, StoreParcels};
use crate::core::sending::AskError;
use crate::net::{Net, Reply};

pub const KIND: Kind =
    Kind { name: "bigcommerce", is_set_up: |store| store.shop.is_some(), build: Bigcommerce::build, consent: None };

const HOST: &str = "https://api.bigcommerce.com";
/// 150 in 30 seconds on the smallest plans, for all programs of the store together.
const REQUESTS_PER_SECOND: u32 = 4;

const DIALECT: Dialect = Dialect {
    title: "BigCommerce",
    table: include_str!("refusals.tsv"),
    errors: |body| {
        let told =
            |e: &Value| (String::new(), if e.get("message").is_some() { text(e, "message") } else { text(e, "title") });
        match body.as_array() {
            Some(list) => list.iter().map(told).collect(),
            None => vec![told(body)],
        }
    },
};

/// The window of requests is used up: its rest is waited for.
fn quiet(reply: &Reply) -> Option<Duration> {
    let used_up = reply.status == 429 || reply.header("X-Rate-Limit-Requests-Left") == Some("0");
    let reset = || reply.header("X-Rate-Limit-Time-Reset-Ms")?.trim().parse().ok().map(Duration::from_millis);
    if used_up { reset() } else { None }
}

pub struct Bigcommerce {
    line: Line,
    root: Root,
}

impl Bigcommerce {
    fn build(slug: &Slug, store: &Store, net: &Net) -> Result<Box<dyn StoreApi>, BuildError> {
        let setup = Setup { slug, store, net };
        let (wire, clock) = setup.wire(store.requests_per_second.unwrap_or(REQUESTS_PER_SECOND));
        let line = Line {
            base: setup.base(HOST)?,
            wire,
            clock,
            dialect: &DIALECT,
            headers: vec![],
            secret_headers: vec![],
            key_header: "X-Auth-Token",
            key_scheme: "",
            key: Key::Fixed(setup.read(setup.token_kept(), "token")?),
            quiet,
            quiet_until: Mutex::new(None),
        };
        Ok(Box::new(Self { line, root: Root::of(&setup.needed(store.shop.as_ref(), "shop")?) }))
    }

    /// All pages of what lies inside an order. Nothing there is an empty answer.
    fn inside(&self, id: &str, what: &str) -> Result<Vec<Value>, AskError> {
        let mut found = vec![];
        for page in 1.. {
            match self.line.get(&self.root.inside(id, what, page))? {
                Value::Null => break,
                Value::Array(list) => {
                    let full = list.len() >= ask::AT_ONCE;
                    found.extend(list);
                    if !full {
                        break;
                    }
                }
                _ => return Err(DIALECT.unreadable(what)),
            }
        }
        Ok(found)
    }

    fn pulled(&self, order: Value) -> Result<Pulled, PullError> {
        if let Some(whole) = Whole::embedded(&order) {
            return order::pulled(&whole);
        }
        let id = text(&order, "id");
        let products = self.inside(&id, "products")?;
        let addresses = self.inside(&id, "shipping_addresses")?;
        order::pulled(&Whole { order, products, addresses })
    }

    /// Where the parcel goes by BigCommerce's keys, and its lines.
    fn told(&self, push: &Push) -> Result<(String, Vec<(String, u32)>), Pushed> {
        let not_sent = |e: AskError| Pushed::NotSent { why: format!("lines: {e}") };
        let products = self.inside(&push.order, "products").map_err(not_sent)?;
        let known: Vec<_> = products.iter().map(order::store_line).collect();
        let lines = keyed(push, &known)?;
        let unknown = || {
            let message = "its lines are not of this order, or go to several addresses".to_owned();
            Pushed::Refused { code: "line".into(), message }
        };
        Ok((order::address_of(&products, &lines).ok_or_else(unknown)?, lines))
    }
}

impl StoreApi for Bigcommerce {
    /// Whether the customer gets a letter is a setting of the store.
    fn abilities(&self) -> StoreAbilities {
        StoreAbilities { pushes: true, counts_lines: true, notifies: false }
    }

    fn ready(&self) -> Result<(), AskError> {
        self.line.get(&self.root.one()).map(drop)
    }

    fn orders(&self, since: Option<Timestamp>, page: Option<&str>) -> Result<Page, PullError> {
        let window = Window::of(since, page).ok_or_else(|| DIALECT.unreadable("a page"))?;
        let list = match self.line.get(&self.root.orders(&window))? {
            Value::Null => vec![],
            Value::Array(list) => list,
            _ => return Err(DIALECT.unreadable("a list of orders").into()),
        };
        let came = list.len();
        let (orders, unread) = sorted_out(list.into_iter().map(|order| self.pulled(order)))?;
        let (orders, next) = window.turn(orders, came, came >= ask::AT_ONCE);
        Ok(Page { orders, unread, next })
    }

    fn order(&self, external_id: &str) -> Result<Option<Pulled>, PullError> {
        self.line.ask(&self.root.order(external_id))?.map(|order| self.pulled(order)).transpose()
    }

    fn parcels(&self, order: &str) -> Result<StoreParcels, AskError> {
        let known = self.line.get(&self.root.order(order))?;
        Ok(order::parcels(&known, &self.inside(order, "products")?, &self.inside(order, "shipments")?))
    }

    fn push(&self, push: &Push, seen: &StoreParcels) -> Pushed {
        let (address, lines) = match self.told(push) {
            Ok(told) => told,
            Err(pushed) => return pushed,
        };
        if let Some(decided) = before(push, seen, &lines) {
            return decided;
        }
        match self.root.ship(push, &address, &lines) {
            Some(ask) => DIALECT.pushed(self.line.say(&ask), |body, _| text(body, "id")),
            None => Pushed::Refused { code: "line".into(), message: "a line's key is no number".into() },
        }
    }
}
