//! Amazon, Selling Partner API, for a private app of one's own seller account: Orders 2026-01-01 to read, Orders v0 to
//! confirm shipments. `ask` makes requests, `order` reads; both pure. `store::rest` sends and keeps the token.

mod ask;
mod order;

use std::sync::Mutex;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use serde_json::Value;

use super::api::{BuildError, Page, PullError, Pulled, StoreApi, sorted_out};
use super::kinds::Kind;
use super::rest::grant::Grant;
use super::rest::heard::Dialect;
use super::rest::line::Line;
use super::rest::look::{before, keyed};
use super::rest::setup::Setup;
use super::rest::value::{at, filled, list, text};
use crate::config::Store;
use crate::core::ids::Slug;
use crate::core::money::{Amount, DecimalMark};
use crate::core::push::{Push, Pushed, StoreAbilities, StoreParcels};
use crate::core::sending::AskError;
use crate::net::{Net, Reply};

/// The refresh token comes from Seller Central, where the seller authorises the app; no browser comes back to dsf.
pub const KIND: Kind =
    Kind { name: "amazon", is_set_up: |store| store.client_id.is_some(), build: Amazon::build, consent: None };

const LOG_IN: &str = "https://api.amazon.com";
const AGAIN: &str = "authorise the app again in Seller Central and keep its new refresh token where token_env, token_file or token_command says";
/// Confirmations have two a second; searches have one in three minutes and a burst of twenty.
const REQUESTS_PER_SECOND: u32 = 2;
/// Where the store's orders begin when nothing was pulled yet: addresses of older ones are gone.
const FURTHEST_BACK: SignedDuration = SignedDuration::from_hours(24 * 30);
const LONGEST_WAIT: Duration = Duration::from_secs(300);

const DIALECT: Dialect = Dialect {
    title: "Amazon",
    table: include_str!("refusals.tsv"),
    errors: |body| list(body, "errors").iter().map(|e| (text(e, "code"), text(e, "message"))).collect(),
};

/// `na`, `eu` or `fe`.
fn region(marketplace: &str) -> Option<&'static str> {
    include_str!("marketplaces.tsv").lines().find_map(|line| {
        let mut cells = line.split('\t');
        if cells.next() == Some(marketplace) { cells.nth(1) } else { None }
    })
}

/// One divided by the rate that the answer names.
fn quiet(reply: &Reply) -> Option<Duration> {
    if reply.status != 429 {
        return None;
    }
    let rate = reply.header("x-amzn-RateLimit-Limit").and_then(|r| Amount::parse(r, DecimalMark::Point).ok());
    let per_ten_thousand = u64::try_from(rate?.ten_thousandths).ok().filter(|rate| *rate > 0)?;
    Some(Duration::from_millis(10_000_000 / per_ten_thousand).min(LONGEST_WAIT))
}

pub struct Amazon {
    line: Line,
    marketplace: String,
}

impl Amazon {
    /// `shop` is the marketplace's id; the token of the config is the refresh token.
    fn build(slug: &Slug, store: &Store, net: &Net) -> Result<Box<dyn StoreApi>, BuildError> {
        let setup = Setup { slug, store, net };
        let marketplace = setup.needed(store.shop.as_ref(), "shop")?;
        let why = || format!("shop \"{marketplace}\" is not the id of a marketplace, such as ATVPDKIKX0DER for the US");
        let region = region(&marketplace).ok_or_else(|| BuildError::LogIn { name: slug.to_string(), why: why() })?;
        let grant = Grant {
            title: "Amazon",
            base: setup.base(LOG_IN)?,
            path: "/auth/o2/token",
            client_id: setup.needed(store.client_id.as_ref(), "client_id")?,
            client_secret: Some(setup.read(setup.secret_kept(), "client_secret")?),
            basic: false,
            scope: None,
            refresh_days: None,
        };
        let refresh = setup.read(setup.token_kept(), "token")?;
        let (wire, clock) = setup.wire(store.requests_per_second.unwrap_or(REQUESTS_PER_SECOND));
        let line = Line {
            base: setup.base(&format!("https://sellingpartnerapi-{region}.amazon.com"))?,
            wire,
            clock,
            dialect: &DIALECT,
            headers: vec![],
            secret_headers: vec![],
            key_header: "x-amz-access-token",
            key_scheme: "",
            key: setup.user(grant, Some(refresh), Some(AGAIN)),
            quiet,
            quiet_until: Mutex::new(None),
        };
        Ok(Box::new(Self { line, marketplace }))
    }

    fn known(&self, order: &str) -> Result<Option<Value>, AskError> {
        Ok(self.line.ask(&ask::order(order))?.map(|body| at(&body, &["order"]).clone()))
    }

    fn there(&self, order: &str) -> Result<Value, AskError> {
        self.known(order)?.ok_or_else(|| DIALECT.unreadable("an order with this id"))
    }

    fn lines_of(&self, push: &Push) -> Result<Vec<(String, u32)>, Pushed> {
        if push.lines.iter().all(|l| l.line.is_some()) {
            return keyed(push, &[]);
        }
        let order = self.there(&push.order).map_err(|e| Pushed::NotSent { why: format!("lines: {e}") })?;
        keyed(push, &list(&order, "orderItems").iter().map(order::store_line).collect::<Vec<_>>())
    }
}

impl StoreApi for Amazon {
    fn abilities(&self) -> StoreAbilities {
        StoreAbilities { pushes: true, counts_lines: true, notifies: false }
    }

    /// The token alone: a search would be one of the twenty that Amazon gives in an hour.
    fn ready(&self) -> Result<(), AskError> {
        self.line.log_in()
    }

    fn reach(&self) -> Option<String> {
        Some("the first import reads Amazon's orders of the last 30 days".to_owned())
    }

    /// All pages at once: in which order they come is not documented, and a token for the next does not live long.
    fn orders(&self, since: Option<Timestamp>, page: Option<&str>) -> Result<Page, PullError> {
        if page.is_some() {
            return Err(DIALECT.unreadable("a page").into());
        }
        let now = self.line.clock.now();
        let since = since.or_else(|| now.checked_sub(FURTHEST_BACK).ok()).unwrap_or(now);
        let (mut read, mut token) = (vec![], None);
        loop {
            let body = self.line.get(&ask::orders(&self.marketplace, since, token.as_deref()))?;
            if !body.get("orders").is_some_and(Value::is_array) {
                return Err(DIALECT.unreadable("a list of orders").into());
            }
            for order in list(&body, "orders") {
                read.push(order::pulled(order));
            }
            token = filled(text(at(&body, &["pagination"]), "nextToken"));
            if token.is_none() {
                break;
            }
        }
        let (mut orders, unread) = sorted_out(read.into_iter())?;
        orders.sort_by_key(|o| o.changed_at);
        Ok(Page { orders, unread, next: None })
    }

    fn order(&self, external_id: &str) -> Result<Option<Pulled>, PullError> {
        self.known(external_id)?.map(|order| order::pulled(&order)).transpose()
    }

    fn parcels(&self, order: &str) -> Result<StoreParcels, AskError> {
        Ok(order::parcels(&self.there(order)?))
    }

    fn push(&self, push: &Push, seen: &StoreParcels) -> Pushed {
        let lines = match self.lines_of(push) {
            Ok(lines) => lines,
            Err(pushed) => return pushed,
        };
        if let Some(decided) = before(push, seen, &lines) {
            return decided;
        }
        let ask = ask::ship(&self.marketplace, push, &lines);
        DIALECT.pushed(self.line.say(&ask), |_, _| ask::reference(&push.tracking))
    }
}
