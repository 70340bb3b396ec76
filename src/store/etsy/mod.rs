//! Etsy, Open API v3. `ask` makes requests, `receipt` reads; both pure. `store::rest` sends and keeps the user's token,
//! whose refresh token is good for one use. Words and refusals are tables.

mod ask;
mod receipt;

use std::sync::Mutex;
use std::time::Duration;

use jiff::Timestamp;
use serde_json::Value;

use super::api::{BuildError, Page, PullError, Pulled, StoreApi, sorted_out};
use super::kinds::Kind;
use super::rest::ask::Ask;
use super::rest::consent::{AuthCode, Door};
use super::rest::grant::Grant;
use super::rest::heard::{Dialect, Heard, Means};
use super::rest::line::{Key, Line};
use super::rest::look::{bare, before};
use super::rest::setup::Setup;
use super::rest::value::{list, text};
use super::rest::window::Window;
use crate::config::Store;
use crate::core::ids::Slug;
use crate::core::push::{Push, Pushed, StoreAbilities, StoreParcels};
use crate::core::sending::AskError;
use crate::net::{Net, Reply};
use crate::secret::Secret;
use crate::token::Consent;

pub const KIND: Kind =
    Kind { name: "etsy", is_set_up: |store| store.client_id.is_some(), build: Etsy::build, consent: Some(consent) };

const HOST: &str = "https://api.etsy.com";
const DOOR: &str = "https://www.etsy.com";
const SCOPE: &str = "transactions_r transactions_w";
/// A new key has ten; half of them are left to the person's other programs.
const REQUESTS_PER_SECOND: u32 = 5;
const REFRESH_DAYS: i64 = 90;
/// Etsy's release notes of 2024 and discussions since: tracking and addresses are closed to new keys of most countries.
const CLOSED: &str = "Etsy gives new personal keys neither addresses nor leave to send tracking; work from its export, or ask Etsy for access";

const DIALECT: Dialect = Dialect {
    title: "Etsy",
    table: include_str!("refusals.tsv"),
    errors: |body| vec![(String::new(), text(body, "error"))],
};

fn grant(setup: &Setup<'_>) -> Result<Grant, BuildError> {
    Ok(Grant {
        title: "Etsy",
        base: setup.base(HOST)?,
        path: "/v3/public/oauth/token",
        client_id: setup.needed(setup.store.client_id.as_ref(), "client_id")?,
        client_secret: None,
        basic: false,
        scope: None,
        refresh_days: Some(REFRESH_DAYS),
    })
}

fn consent(slug: &Slug, store: &Store, net: &Net) -> Result<Box<dyn Consent>, BuildError> {
    let setup = Setup { slug, store, net };
    let grant = grant(&setup)?;
    let redirect = setup.needed(store.redirect_uri.as_ref(), "redirect_uri")?;
    let door = Door { base: setup.base(DOOR)?, path: "/oauth/connect", scope: SCOPE, pkce: true };
    let file = setup.token_file(&grant);
    setup.log_in(AuthCode::new(door, grant, redirect, file, setup.wire(REQUESTS_PER_SECOND)))
}

/// Nothing is left of this second.
fn quiet(reply: &Reply) -> Option<Duration> {
    (reply.header("x-remaining-this-second") == Some("0")).then(|| Duration::from_secs(1))
}

pub struct Etsy {
    line: Line,
    shop: String,
}

impl Etsy {
    fn build(slug: &Slug, store: &Store, net: &Net) -> Result<Box<dyn StoreApi>, BuildError> {
        let setup = Setup { slug, store, net };
        let grant = grant(&setup)?;
        let shared = setup.read(setup.secret_kept(), "client_secret")?;
        let api_key = Secret::new(format!("{}:{}", grant.client_id, shared.expose()));
        let key = match setup.token_kept() {
            kept if kept.is_set() => Key::Fixed(setup.read(kept, "token")?),
            _ => setup.user(grant, None, None),
        };
        let (wire, clock) = setup.wire(store.requests_per_second.unwrap_or(REQUESTS_PER_SECOND));
        let line = Line {
            base: setup.base(HOST)?,
            wire,
            clock,
            dialect: &DIALECT,
            headers: vec![],
            secret_headers: vec![("x-api-key", api_key)],
            key_header: "Authorization",
            key_scheme: "Bearer ",
            key,
            quiet,
            quiet_until: Mutex::new(None),
        };
        Ok(Box::new(Self { line, shop: setup.needed(store.shop.as_ref(), "shop")? }))
    }

    /// As the line hears it, with what Etsy's "Unauthorized" means.
    fn say(&self, ask: &Ask) -> Heard {
        match self.line.say(ask) {
            Heard::No { code, message, means: Means::Key } if code == "HTTP 403" => {
                let message = if message.is_empty() { CLOSED.to_owned() } else { format!("{message}; {CLOSED}") };
                Heard::No { code, message, means: Means::Key }
            }
            heard => heard,
        }
    }

    fn ask(&self, ask: &Ask) -> Result<Option<Value>, AskError> {
        DIALECT.asked(self.say(ask))
    }
}

impl StoreApi for Etsy {
    fn abilities(&self) -> StoreAbilities {
        StoreAbilities { pushes: true, counts_lines: false, notifies: false }
    }

    fn ready(&self) -> Result<(), AskError> {
        self.ask(&ask::one(&self.shop))?.map(drop).ok_or_else(|| DIALECT.unreadable("a shop with this id"))
    }

    fn orders(&self, since: Option<Timestamp>, page: Option<&str>) -> Result<Page, PullError> {
        let window = Window::of(since, page).ok_or_else(|| DIALECT.unreadable("a page"))?;
        let body = self.ask(&ask::receipts(&self.shop, &window))?.unwrap_or_default();
        if !body.get("results").is_some_and(Value::is_array) {
            return Err(DIALECT.unreadable("a list of receipts").into());
        }
        let receipts = list(&body, "results");
        let (orders, unread) = sorted_out(receipts.iter().map(receipt::pulled))?;
        let (orders, next) = window.turn(orders, receipts.len(), receipts.len() >= ask::AT_ONCE);
        Ok(Page { orders, unread, next })
    }

    fn order(&self, external_id: &str) -> Result<Option<Pulled>, PullError> {
        self.ask(&ask::receipt(&self.shop, external_id))?.map(|r| receipt::pulled(&r)).transpose()
    }

    fn parcels(&self, order: &str) -> Result<StoreParcels, AskError> {
        let receipt = self.ask(&ask::receipt(&self.shop, order))?;
        receipt.map(|r| receipt::parcels(&r)).ok_or_else(|| DIALECT.unreadable("a receipt with this id"))
    }

    fn push(&self, push: &Push, seen: &StoreParcels) -> Pushed {
        if let Some(decided) = before(push, seen, &[]) {
            return decided;
        }
        let id = |body: &Value, _: &str| {
            let known = receipt::parcels(body).parcels;
            known.into_iter().find(|p| bare(&p.tracking) == bare(&push.tracking)).map_or(String::new(), |p| p.id)
        };
        DIALECT.pushed(self.say(&ask::ship(&self.shop, push)), id)
    }
}
