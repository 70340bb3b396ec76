//! Shopify, by its GraphQL Admin API. `documents` is what is sent, `answer` reads the envelope, `order` and `push` what is
//! inside; all of these are pure. `line` keeps the token and the bucket of points, and sends.
//!
//! Facts are from the schema 2026-10 and Shopify's documents on limits, scopes and protected customer data.

mod answer;
pub mod documents;
mod line;
mod order;
mod push;

use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use jiff::Timestamp;
use serde_json::{Value, json};

use self::answer::{Heard, Means, asked, not_pushed};
use self::documents::Document;
use self::line::{Held, Key, Line};
use self::order::{PERMISSION, gid, more_lines, pulled, tail};
use self::push::{Look, Plan, look, plan, told};
use super::api::{BuildError, Page, PullError, Pulled, StoreApi, sorted_out};
use super::kinds::Kind;
use super::loose::{list, text};
use crate::config::Store;
use crate::core::ids::Slug;
use crate::core::push::{Push, Pushed, StoreAbilities, StoreParcels};
use crate::core::sending::AskError;
use crate::net::Net;
use crate::net::url::BaseUrl;
use crate::secret::{Kept, Secret};
use crate::token::TokenFile;

pub const KIND: Kind = Kind { name: "shopify", is_set_up, build, consent: None };

const VERSION: &str = "2026-10";
const DOMAIN: &str = ".myshopify.com";
/// Orders and lines at once, from most to least; a shop with small limits gets less.
const SIZES: [(u32, u32); 5] = [(50, 50), (25, 25), (10, 20), (5, 10), (1, 10)];
/// Fulfilment orders and lines at once.
const PARCEL_SIZES: [(u32, u32); 3] = [(20, 100), (10, 50), (5, 25)];
/// A list ends at 25,000 objects; well before that it is begun anew at the date that was reached.
const LONGEST_LIST: u64 = 20_000;

struct Shopify {
    line: Line,
    /// Index into [`SIZES`] that the shop allows.
    size: AtomicUsize,
    /// The version of the API lacks fields of the larger documents.
    plain: AtomicUsize,
}

fn token_of(store: &Store) -> Kept<'_> {
    Kept { env: store.token_env.as_deref(), file: store.token_file.as_deref(), command: store.token_command.as_deref() }
}

fn secret_of(store: &Store) -> Kept<'_> {
    Kept {
        env: store.client_secret_env.as_deref(),
        file: store.client_secret_file.as_deref(),
        command: store.client_secret_command.as_deref(),
    }
}

/// Naming the shop or a key says that it is to be spoken to; what is missing then is said aloud.
fn is_set_up(store: &Store) -> bool {
    store.shop.is_some() || store.base_url.is_some() || token_of(store).is_set() || store.client_id.is_some()
}

fn build(slug: &Slug, store: &Store, net: &Net) -> Result<Box<dyn StoreApi>, BuildError> {
    let name = || slug.to_string();
    let base = match (&store.base_url, &store.shop) {
        (Some(url), _) => url.clone(),
        (None, Some(shop)) => origin_of(shop),
        (None, None) => return Err(BuildError::Missing { name: name(), key: "shop" }),
    };
    let base = BaseUrl::parse(&base).map_err(|why| BuildError::Url { name: name(), why })?;
    let key = match (net.is_offline(), token_of(store), &store.client_id) {
        (true, ..) => Key::Fixed(Secret::new("")),
        (_, token, None) => Key::Fixed(token.read(&format!("store.{slug}.token"))?),
        (_, token, _) if token.is_set() => Key::Fixed(token.read(&format!("store.{slug}.token"))?),
        (_, _, Some(id)) => {
            Key::App { id: id.clone(), secret: secret_of(store).read(&format!("store.{slug}.client_secret"))? }
        }
    };
    let account = match &key {
        Key::Fixed(token) => format!("shopify {base} {}", token.expose()),
        Key::App { id, .. } => format!("shopify {base} {id}"),
    };
    let line = Line {
        wire: net.wire(&account, store.requests_per_second.unwrap_or(0)),
        clock: net.clock.clone(),
        tokens: TokenFile::of(net.state(), "store", slug.as_str(), &account),
        held: Mutex::new(Held::default()),
        version: store.api_version.clone().unwrap_or_else(|| VERSION.to_owned()),
        base,
        key,
    };
    Ok(Box::new(Shopify { line, size: AtomicUsize::new(0), plain: AtomicUsize::new(0) }))
}

/// `example`, `example.myshopify.com` or the whole address.
fn origin_of(shop: &str) -> String {
    let bare = shop.trim().trim_start_matches("https://").trim_end_matches('/');
    if bare.contains(['.', ':']) { format!("https://{bare}") } else { format!("https://{bare}{DOMAIN}") }
}

impl Shopify {
    /// Sends the larger document, or the plain one once the API said that it lacks a field; asks for less until it fits.
    fn fitting(
        &self,
        (full, plain): (Document, Document),
        sizes: &[(u32, u32)],
        variables: impl Fn(u32, u32) -> Value,
    ) -> Heard {
        let mut at = self.size.load(Ordering::Relaxed).min(sizes.len() - 1);
        loop {
            let is_plain = self.plain.load(Ordering::Relaxed) > 0;
            let document = if is_plain { plain } else { full };
            let (first, lines) = sizes[at];
            match self.line.say(document, &variables(first, lines)) {
                Heard::No { means: Means::Costly, .. } if at + 1 < sizes.len() => {
                    at += 1;
                    self.size.store(at, Ordering::Relaxed);
                }
                Heard::No { means: Means::Lacks, .. } if !is_plain && full != plain => {
                    self.plain.store(1, Ordering::Relaxed);
                }
                heard => return heard,
            }
        }
    }

    fn whole(&self, order: &Value) -> Result<Pulled, PullError> {
        let mut lines = order.get("lineItems").map(|c| list(c, "nodes").to_vec()).unwrap_or_default();
        let mut after = more_lines(order);
        while let Some(cursor) = after {
            let id = text(order, "id");
            let data = asked(self.fitting(
                (documents::LINES, documents::LINES),
                &SIZES,
                |_, lines| json!({ "id": id, "lines": lines, "after": cursor }),
            ))?;
            let Some(rest) = data.get("order").filter(|o| o.is_object()) else { return Err(gone(order)) };
            let more = rest.get("lineItems").map(|c| list(c, "nodes").to_vec()).unwrap_or_default();
            after = more_lines(rest).filter(|next| *next != cursor && !more.is_empty());
            lines.extend(more);
        }
        pulled(order, &lines)
    }

    fn look(&self, order: &str) -> Result<Look, AskError> {
        let documents = (documents::FULFILLMENT_ORDERS, documents::FULFILLMENT_ORDERS);
        let id = gid("Order", order);
        let data = asked(self.fitting(
            documents,
            &PARCEL_SIZES,
            |first, lines| json!({ "id": id, "first": first, "lines": lines }),
        ))?;
        let unread = |message: &str| AskError::Answer { code: "order".into(), message: message.to_owned() };
        let Some(order) = data.get("order").filter(|o| o.is_object()) else {
            return Err(unread("the store has no such order, or hides it"));
        };
        look(order).ok_or_else(|| unread("it has more lines or fulfilment orders than dsf reads at once"))
    }
}

fn gone(order: &Value) -> PullError {
    PullError::Order { order: text(order, "name"), field: "lines".into(), value: "gone between two pages".into() }
}

/// A denial while reading orders is the store keeping them back.
fn denied(heard: Heard) -> Result<Value, PullError> {
    match heard {
        Heard::No { code, message, means: Means::Denied } if code == "ACCESS_DENIED" => {
            let what = format!("orders or their customers: {message}");
            Err(PullError::Withheld { order: "(all)".into(), what, permission: PERMISSION.to_owned() })
        }
        heard => Ok(asked(heard)?),
    }
}

fn no_page(page: &str) -> PullError {
    AskError::Answer { code: "page".to_owned(), message: format!("\"{page}\" is no page of this list") }.into()
}

/// Where a list goes on: the cursor, and how many objects of this list came.
struct Place {
    since: Option<Timestamp>,
    after: Option<String>,
    came: u64,
}

impl Place {
    fn read(since: Option<Timestamp>, page: Option<&str>) -> Result<Self, PullError> {
        let Some(page) = page else { return Ok(Self { since, after: None, came: 0 }) };
        let kept = serde_json::from_str::<Value>(page).map_err(|_| no_page(page))?;
        let after = Some(text(&kept, "after")).filter(|a| !a.is_empty());
        let came = text(&kept, "came").parse().unwrap_or(0);
        Ok(Self { since: text(&kept, "since").parse().ok(), after, came })
    }

    fn write(&self) -> String {
        let since = self.since.map(|at| at.to_string());
        json!({ "since": since, "after": self.after, "came": self.came }).to_string()
    }
}

impl StoreApi for Shopify {
    fn abilities(&self) -> StoreAbilities {
        StoreAbilities { pushes: true, counts_lines: true, notifies: true }
    }

    fn ready(&self) -> Result<(), AskError> {
        let data = match self.line.ask(documents::CHECK, &json!({})) {
            // What this question alone cannot tell, the orders will.
            Err(AskError::Answer { .. }) => return Ok(()),
            said => said?,
        };
        let Some(app) = data.get("currentAppInstallation").filter(|a| a.is_object()) else { return Ok(()) };
        let scopes: Vec<String> = list(app, "accessScopes").iter().map(|s| text(s, "handle")).collect();
        let reads =
            ["read_orders", "write_orders", "read_all_orders"].iter().any(|s| scopes.iter().any(|has| has == s));
        match reads || scopes.is_empty() {
            true => Ok(()),
            false => Err(AskError::KeyRefused("the app lacks the scope read_orders".to_owned())),
        }
    }

    fn reach(&self) -> Option<String> {
        Some("Shopify gives orders of the last 60 days; older ones need the scope read_all_orders, or an export".into())
    }

    fn orders(&self, since: Option<Timestamp>, page: Option<&str>) -> Result<Page, PullError> {
        let place = Place::read(since, page)?;
        let q = place.since.map(|at| format!("updated_at:>='{}'", at.strftime("%Y-%m-%dT%H:%M:%SZ")));
        let data = denied(self.fitting(
            (documents::ORDERS, documents::ORDERS_PLAIN),
            &SIZES,
            |first, lines| json!({ "first": first, "lines": lines, "after": place.after, "q": q }),
        ))?;
        let connection = data.get("orders").cloned().unwrap_or_default();
        let nodes = list(&connection, "nodes");
        let (orders, unread) = sorted_out(nodes.iter().map(|o| self.whole(o)))?;
        let info = connection.get("pageInfo").cloned().unwrap_or_default();
        let more = info.get("hasNextPage") == Some(&Value::Bool(true));
        let came = place.came + u64::try_from(nodes.len()).unwrap_or(0);
        let reached = orders.iter().map(|o| o.changed_at).max();
        let next = match reached.filter(|at| came >= LONGEST_LIST && place.since.is_none_or(|since| *at > since)) {
            Some(at) => Place { since: Some(at), after: None, came: 0 },
            None => Place { since: place.since, after: Some(text(&info, "endCursor")), came },
        };
        Ok(Page { orders, unread, next: more.then(|| next.write()) })
    }

    fn order(&self, external_id: &str) -> Result<Option<Pulled>, PullError> {
        let id = gid("Order", external_id);
        let data = denied(self.fitting(
            (documents::ORDER, documents::ORDER_PLAIN),
            &SIZES,
            |_, lines| json!({ "id": id, "lines": lines }),
        ))?;
        data.get("order").filter(|o| o.is_object()).map(|o| self.whole(o)).transpose()
    }

    fn parcels(&self, order: &str) -> Result<StoreParcels, AskError> {
        Ok(self.look(order)?.parcels)
    }

    /// Looks once more: quantities of a minute ago are of another order by now, and fulfilment orders change their keys.
    fn push(&self, push: &Push, _seen: &StoreParcels) -> Pushed {
        let look = match self.look(&push.order) {
            Ok(look) => look,
            Err(AskError::KeyRefused(why)) => return Pushed::KeyRefused { why },
            Err(error) => return Pushed::NotSent { why: error.to_string() },
        };
        let calls = match plan(push, &look) {
            Plan::Known(id) => return Pushed::Done { id },
            Plan::Never(pushed) => return pushed,
            Plan::Calls(calls) => calls,
        };
        let mut first: Option<String> = None;
        for input in calls {
            let became = match self.line.say(documents::FULFILL, &json!({ "fulfillment": input })) {
                Heard::Yes(data) => told(&data),
                heard => not_pushed(heard),
            };
            match became {
                Pushed::Done { id } => _ = first.get_or_insert(id),
                // What left one location is told; the rest must be looked at again.
                other if first.is_some() => return Pushed::Unknown { why: half_told(&other) },
                other => return other,
            }
        }
        first.map_or(Pushed::Unknown { why: "nothing was told".to_owned() }, |id| Pushed::Done { id: tail(&id) })
    }
}

fn half_told(rest: &Pushed) -> String {
    let why = match rest {
        Pushed::Refused { message, .. } => message,
        Pushed::NotSent { why } | Pushed::KeyRefused { why } | Pushed::Unknown { why } => why,
        Pushed::Done { .. } => "",
    };
    format!("told for one location and not for another: {why}")
}
