//! Squarespace, Orders API 1.0. `ask` makes requests, `order` reads; both pure. `store::rest` sends. Words and refusals
//! are tables.
//!
//! The first parcel marks the whole order as shipped, the others are added to it; each call adds one, so none is told that
//! the order already has.

mod ask;
mod order;

use std::sync::Mutex;
use std::time::Duration;

use jiff::Timestamp;
use serde_json::Value;

use super::api::{BuildError, Page, PullError, Pulled, StoreApi, sorted_out};
use super::kinds::Kind;
use super::rest::heard::Dialect;
use super::rest::line::{Key, Line};
use super::rest::look::before;
use super::rest::setup::{Setup, has_token};
use super::rest::slice::Slice;
use super::rest::value::{at, list, text, yes};
use crate::config::Store;
use crate::core::ids::Slug;
use crate::core::push::{Push, Pushed, StoreAbilities, StoreParcels};
use crate::core::sending::AskError;
use crate::net::{Net, Reply};

pub const KIND: Kind = Kind { name: "squarespace", is_set_up: has_token, build: Squarespace::build, consent: None };

const HOST: &str = "https://api.squarespace.com";
/// 300 a minute.
const REQUESTS_PER_SECOND: u32 = 5;
/// Beyond the limit there is a minute of silence, and no header says so.
const COOL_DOWN: Duration = Duration::from_secs(60);
/// Orders that are read before the first is handed over: in which order they come is not documented.
const AT_ONCE: usize = 500;
/// Squarespace has had a shop since then.
const FIRST: i64 = 1_262_304_000;

const DIALECT: Dialect = Dialect {
    title: "Squarespace",
    table: include_str!("refusals.tsv"),
    errors: |body| vec![(text(body, "subtype"), text(body, "message"))],
};

fn quiet(reply: &Reply) -> Option<Duration> {
    (reply.status == 429).then_some(COOL_DOWN)
}

pub struct Squarespace {
    line: Line,
}

impl Squarespace {
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
            key_header: "Authorization",
            key_scheme: "Bearer ",
            key: Key::Fixed(setup.read(setup.token_kept(), "token")?),
            quiet,
            quiet_until: Mutex::new(None),
        };
        Ok(Box::new(Self { line }))
    }

    /// All orders of a slice; `None` when they are too many for one.
    fn slice(&self, slice: Slice, may_cut: bool) -> Result<Option<Vec<Value>>, PullError> {
        let mut ask = ask::orders(slice.from(), slice.to().unwrap_or(slice.end()));
        let mut found = vec![];
        loop {
            let body = self.line.get(&ask)?;
            if !body.get("result").is_some_and(Value::is_array) {
                return Err(DIALECT.unreadable("a list of orders").into());
            }
            found.extend(list(&body, "result").iter().cloned());
            if may_cut && found.len() > AT_ONCE {
                return Ok(None);
            }
            let pagination = at(&body, &["pagination"]);
            let cursor = text(pagination, "nextPageCursor");
            if !yes(pagination, "hasNextPage") || cursor.is_empty() {
                return Ok(Some(found));
            }
            ask = ask::more(&cursor);
        }
    }
}

impl StoreApi for Squarespace {
    fn abilities(&self) -> StoreAbilities {
        StoreAbilities { pushes: true, counts_lines: false, notifies: true }
    }

    fn ready(&self) -> Result<(), AskError> {
        let now = self.line.clock.now();
        self.line.get(&ask::orders(now, now)).map(drop)
    }

    fn orders(&self, since: Option<Timestamp>, page: Option<&str>) -> Result<Page, PullError> {
        let since = since.or_else(|| Timestamp::from_second(FIRST).ok()).unwrap_or_default();
        let unreadable = || DIALECT.unreadable("a page");
        let mut slice = Slice::of(since, self.line.clock.now(), page).ok_or_else(unreadable)?;
        let found = loop {
            let narrower = slice.cut(AT_ONCE * 2, AT_ONCE);
            match (self.slice(slice, narrower.is_some())?, narrower) {
                (Some(found), _) => break found,
                (None, Some(narrower)) => slice = narrower,
                (None, None) => return Err(unreadable().into()),
            }
        };
        let to = slice.to();
        let inside = |order: &&Value| {
            let changed = order::changed_at(order);
            changed.is_none_or(|at| at >= slice.from() && to.is_none_or(|to| at <= to))
        };
        let (mut orders, unread) = sorted_out(found.iter().filter(inside).map(order::pulled))?;
        orders.sort_by_key(|o| o.changed_at);
        Ok(Page { orders, unread, next: slice.next(found.len(), AT_ONCE) })
    }

    fn order(&self, external_id: &str) -> Result<Option<Pulled>, PullError> {
        self.line.ask(&ask::order(external_id))?.map(|order| order::pulled(&order)).transpose()
    }

    fn parcels(&self, order: &str) -> Result<StoreParcels, AskError> {
        Ok(order::parcels(&self.line.get(&ask::order(order))?))
    }

    fn push(&self, push: &Push, seen: &StoreParcels) -> Pushed {
        if let Some(decided) = before(push, seen, &[]) {
            return decided;
        }
        DIALECT.pushed(self.line.say(&ask::ship(push)), |_, _| push.tracking.clone())
    }
}
