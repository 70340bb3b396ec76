//! eBay, Sell Fulfillment API v1. `ask` makes requests, `order` and `parcel` read; all pure.
//! `store::rest` sends and keeps the user's token. Words and refusals are tables.

mod ask;
mod order;
mod parcel;

use std::sync::Mutex;

use jiff::{SignedDuration, Timestamp};
use serde_json::Value;

use super::api::{BuildError, Page, PullError, Pulled, StoreApi, sorted_out};
use super::kinds::Kind;
use super::rest::consent::{AuthCode, Door};
use super::rest::grant::Grant;
use super::rest::heard::Dialect;
use super::rest::line::{Key, Line};
use super::rest::look::{StoreLine, before, keyed};
use super::rest::setup::{Setup, has_token};
use super::rest::slice::Slice;
use super::rest::value::{count, list, text};
use crate::config::Store;
use crate::core::ids::Slug;
use crate::core::push::{Push, Pushed, StoreAbilities, StoreParcels};
use crate::core::sending::AskError;
use crate::net::Net;
use crate::token::Consent;

pub const KIND: Kind = Kind {
    name: "ebay",
    is_set_up: |store| store.client_id.is_some() || has_token(store),
    build: Ebay::build,
    consent: Some(consent),
};

const HOST: &str = "https://api.ebay.com";
const DOOR: &str = "https://auth.ebay.com";
const SCOPE: &str = "https://api.ebay.com/oauth/api_scope/sell.fulfillment";
/// No limit by the second is published; a day's quota is far away.
const REQUESTS_PER_SECOND: u32 = 5;
/// Names and streets of older sales are gone.
const FURTHEST_BACK: SignedDuration = SignedDuration::from_hours(24 * 90);

const DIALECT: Dialect = Dialect {
    title: "eBay",
    table: include_str!("refusals.tsv"),
    errors: |body| list(body, "errors").iter().map(|e| (text(e, "errorId"), text(e, "message"))).collect(),
};

fn grant(setup: &Setup<'_>) -> Result<Grant, BuildError> {
    Ok(Grant {
        title: "eBay",
        base: setup.base(HOST)?,
        path: "/identity/v1/oauth2/token",
        client_id: setup.needed(setup.store.client_id.as_ref(), "client_id")?,
        client_secret: Some(setup.read(setup.secret_kept(), "client_secret")?),
        basic: true,
        scope: Some(SCOPE),
        refresh_days: None,
    })
}

/// `redirect_uri` is the RuName.
fn consent(slug: &Slug, store: &Store, net: &Net) -> Result<Box<dyn Consent>, BuildError> {
    let setup = Setup { slug, store, net };
    let grant = grant(&setup)?;
    let redirect = setup.needed(store.redirect_uri.as_ref(), "redirect_uri")?;
    let door = Door { base: setup.base(DOOR)?, path: "/oauth2/authorize", scope: SCOPE, pkce: false };
    let file = setup.token_file(&grant);
    setup.log_in(AuthCode::new(door, grant, redirect, file, setup.wire(REQUESTS_PER_SECOND)))
}

pub struct Ebay {
    line: Line,
}

impl Ebay {
    fn build(slug: &Slug, store: &Store, net: &Net) -> Result<Box<dyn StoreApi>, BuildError> {
        let setup = Setup { slug, store, net };
        let key = match setup.token_kept() {
            kept if kept.is_set() => Key::Fixed(setup.read(kept, "token")?),
            _ => setup.user(grant(&setup)?, None, None),
        };
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
            key,
            quiet: |_| None,
            quiet_until: Mutex::new(None),
        };
        Ok(Box::new(Self { line }))
    }

    /// Only orders with a line in part need their fulfilments read.
    fn pulled(&self, order: &Value) -> Result<Pulled, PullError> {
        let shipped = match order::is_shipped_in_part(order) {
            true => parcel::shipped(&parcel::list_of(&self.line.get(&ask::parcels(&text(order, "orderId")))?)),
            false => vec![],
        };
        order::pulled(order, &shipped)
    }

    /// All that was changed in one instant, when that is more than a page.
    fn rest_of(&self, slice: Slice, mut found: Vec<Value>, total: usize) -> Result<Vec<Value>, PullError> {
        while found.len() < total {
            let body = self.line.get(&ask::orders(slice.from(), slice.to(), found.len()))?;
            match list(&body, "orders") {
                [] => break,
                more => found.extend(more.iter().cloned()),
            }
        }
        Ok(found)
    }
}

impl StoreApi for Ebay {
    fn abilities(&self) -> StoreAbilities {
        StoreAbilities { pushes: true, counts_lines: true, notifies: false }
    }

    fn ready(&self) -> Result<(), AskError> {
        self.line.get(&ask::one()).map(drop)
    }

    fn reach(&self) -> Option<String> {
        Some("eBay gives names and streets for 90 days; orders that were last changed before are not read".to_owned())
    }

    fn orders(&self, since: Option<Timestamp>, page: Option<&str>) -> Result<Page, PullError> {
        let now = self.line.clock.now();
        let since = since.or_else(|| now.checked_sub(FURTHEST_BACK).ok()).unwrap_or(now);
        let mut slice = Slice::of(since, now, page).ok_or_else(|| DIALECT.unreadable("a page"))?;
        let (total, found) = loop {
            let body = self.line.get(&ask::orders(slice.from(), slice.to(), 0))?;
            let total = count(&body, "total").ok_or_else(|| DIALECT.unreadable("a list of orders"))?;
            let total = usize::try_from(total).unwrap_or(usize::MAX);
            let found = list(&body, "orders").to_vec();
            match slice.cut(total, ask::AT_ONCE) {
                Some(narrower) if total > ask::AT_ONCE => slice = narrower,
                _ => break (total, self.rest_of(slice, found, total)?),
            }
        };
        let (mut orders, unread) = sorted_out(found.iter().map(|order| self.pulled(order)))?;
        orders.sort_by_key(|o| o.changed_at);
        Ok(Page { orders, unread, next: slice.next(total, ask::AT_ONCE) })
    }

    fn order(&self, external_id: &str) -> Result<Option<Pulled>, PullError> {
        match self.line.ask(&ask::order(external_id))? {
            Some(order) => self.pulled(&order).map(Some),
            None => Ok(None),
        }
    }

    fn parcels(&self, order: &str) -> Result<StoreParcels, AskError> {
        let known = self.line.get(&ask::order(order))?;
        let parcels = parcel::list_of(&self.line.get(&ask::parcels(order))?);
        Ok(parcel::known(&known, parcels))
    }

    fn push(&self, push: &Push, seen: &StoreParcels) -> Pushed {
        let lines = match self.lines_of(push) {
            Ok(lines) => lines,
            Err(pushed) => return pushed,
        };
        if let Some(decided) = before(push, seen, &lines) {
            return decided;
        }
        // The key of a fulfilment is its tracking number, in the last piece of the address that eBay answers with.
        let id = |_: &Value, location: &str| location.rsplit('/').next().unwrap_or_default().to_owned();
        DIALECT.pushed(self.line.say(&ask::ship(push, &lines)), id)
    }
}

impl Ebay {
    fn lines_of(&self, push: &Push) -> Result<Vec<(String, u32)>, Pushed> {
        if push.lines.iter().all(|l| l.line.is_some()) {
            return keyed(push, &[]);
        }
        let order =
            self.line.get(&ask::order(&push.order)).map_err(|e| Pushed::NotSent { why: format!("lines: {e}") })?;
        let line = |l: &Value| StoreLine { id: text(l, "lineItemId"), sku: text(l, "sku"), title: text(l, "title") };
        keyed(push, &list(&order, "lineItems").iter().map(line).collect::<Vec<_>>())
    }
}
