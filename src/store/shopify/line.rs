//! The line to Shopify: the token, the bucket of points, and the one function that touches the network.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use super::answer::{Cost, Heard, Means, asked, hear};
use super::documents::Document;
use crate::core::sending::AskError;
use crate::net::clock::Clock;
use crate::net::url::BaseUrl;
use crate::net::{Answer, Effect, Method, Request, Wire};
use crate::secret::Secret;
use crate::store::loose::{count, text, words};
use crate::token::{Token, TokenFile};

const TOKEN_HEADER: &str = "X-Shopify-Access-Token";
/// A full bucket is restored in twenty seconds; who is still turned away shares it with someone greedy.
const TRIES_AT_THE_LIMITER: u32 = 8;
/// Where the limiter does not say.
const UNSAID: Duration = Duration::from_secs(2);

pub enum Key {
    /// `shpat_…`, which does not end.
    Fixed(Secret),
    /// Of an app of one's own: a token a day, by the client credentials grant.
    App { id: String, secret: Secret },
}

pub struct Line {
    pub base: BaseUrl,
    pub version: String,
    pub wire: Arc<dyn Wire>,
    pub clock: Arc<dyn Clock>,
    pub key: Key,
    pub tokens: TokenFile,
    pub held: Mutex<Held>,
}

/// What is remembered between calls.
#[derive(Default)]
pub struct Held {
    token: Option<Token>,
    bucket: Option<(Cost, Timestamp)>,
    /// Requests on the way: what the bucket is said to hold does not count them yet.
    on_the_way: u32,
    /// What each document cost the last time.
    costs: HashMap<&'static str, u64>,
}

impl Line {
    pub fn ask(&self, document: Document, variables: &Value) -> Result<Value, AskError> {
        asked(self.say(document, variables))
    }

    /// Sends with a token, when there are points for it. A limiter's "not now" and a refused token prove that nothing was
    /// done, for a write too.
    pub fn say(&self, document: Document, variables: &Value) -> Heard {
        let (mut renewed, mut tries) = (false, 0);
        loop {
            let token = match self.token() {
                Ok(token) => token,
                Err(heard) => return heard,
            };
            self.wait_for_points(document);
            let (heard, cost) = hear(self.wire.send(&self.request(document, variables, &token)));
            self.note(document, cost);
            match &heard {
                Heard::No { means: Means::Key, .. } if !renewed && self.drop_token(&token) => renewed = true,
                Heard::No { means: Means::Throttled, .. } if tries + 1 < TRIES_AT_THE_LIMITER => {
                    tries += 1;
                    let wait = cost.map(|c| c.wait_for(c.requested)).filter(|w| !w.is_zero());
                    self.clock.sleep(wait.unwrap_or(UNSAID));
                }
                _ => return heard,
            }
        }
    }

    fn request(&self, document: Document, variables: &Value, token: &Secret) -> Request {
        let url = self.base.join(&format!("/admin/api/{}/graphql.json", self.version), &[]);
        let effect = if document.writes { Effect::Writes } else { Effect::Reads };
        let body = json!({ "query": document.text, "variables": variables });
        Request::new(Method::Post, effect, url)
            .json(body.to_string().into_bytes())
            .with_secret(TOKEN_HEADER, token.clone())
    }

    /// Takes as many points as the document took the last time, and waits until they are there: requests of other threads
    /// take theirs from the same bucket.
    fn wait_for_points(&self, document: Document) {
        loop {
            let wait = {
                let mut held = self.held();
                let needed = held.costs.get(document.name).copied().unwrap_or(0);
                let now = self.clock.now();
                let cost = held.bucket.map(|(cost, at)| cost.after(now.duration_since(at).unsigned_abs()));
                let wait = cost.map_or(Duration::ZERO, |cost| cost.wait_for(needed));
                if wait.is_zero() {
                    held.bucket = cost.map(|cost| (cost.without(needed), now));
                    held.on_the_way += 1;
                }
                wait
            };
            if wait.is_zero() {
                return;
            }
            self.clock.sleep(wait);
        }
    }

    /// What the answer says of the bucket, unless others are on the way that it cannot know of.
    fn note(&self, document: Document, cost: Option<Cost>) {
        let now = self.clock.now();
        let mut held = self.held();
        held.on_the_way = held.on_the_way.saturating_sub(1);
        let Some(cost) = cost else { return };
        let ours = held.bucket.map(|(cost, at)| cost.after(now.duration_since(at).unsigned_abs()).available);
        let least = ours.filter(|_| held.on_the_way > 0).map_or(cost.available, |ours| ours.min(cost.available));
        held.bucket = Some((Cost { available: least, ..cost }, now));
        held.costs.insert(document.name, cost.requested);
    }

    fn held(&self) -> MutexGuard<'_, Held> {
        self.held.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The token at hand, the one kept from an earlier run, or a new one.
    pub fn token(&self) -> Result<Secret, Heard> {
        let (id, secret) = match &self.key {
            Key::Fixed(token) => return Ok(token.clone()),
            Key::App { id, secret } => (id, secret),
        };
        let now = self.clock.now();
        if let Some(token) = self.held().token.as_ref().filter(|t| t.is_fresh(now)) {
            return Ok(token.value.clone());
        }
        // One run at a time asks; the others find what it got.
        let _lock = self.tokens.lock().map_err(|e| Heard::NotSent(format!("the file of the token: {e}")))?;
        let token = match self.tokens.load().filter(|t| t.is_fresh(now)) {
            Some(token) => token,
            None => self.new_token(id, secret, now)?,
        };
        let value = token.value.clone();
        self.held().token = Some(token);
        Ok(value)
    }

    /// Whatever goes wrong here, the call that needed the token was not sent.
    fn new_token(&self, id: &str, secret: &Secret, now: Timestamp) -> Result<Token, Heard> {
        let url = self.base.join("/admin/oauth/access_token", &[]);
        let body = json!({ "grant_type": "client_credentials", "client_id": id, "client_secret": secret.expose() });
        let request = Request::new(Method::Post, Effect::Reads, url).json(body.to_string().into_bytes());
        let reply = match self.wire.send(&request) {
            Answer::Reply(reply) => reply,
            Answer::NotSent(why) | Answer::Unknown(why) => return Err(Heard::NotSent(format!("no token: {why}"))),
        };
        let said: Value = serde_json::from_slice(&reply.body).unwrap_or_default();
        let value = text(&said, "access_token");
        match reply.status {
            200 if !value.is_empty() => {}
            400..=403 => {
                let code = Some(text(&said, "error")).filter(|c| !c.is_empty());
                let code = code.unwrap_or_else(|| format!("HTTP {}", reply.status));
                let message = words(&text(&said, "error_description"));
                return Err(Heard::No { code, message, means: Means::Denied });
            }
            status => return Err(Heard::NotSent(format!("no token: HTTP {status}"))),
        }
        let life = count(&said, "expires_in").map(i64::from);
        let expires_at = life.and_then(|s| now.checked_add(SignedDuration::from_secs(s)).ok());
        let token = Token { value: Secret::new(value), got_at: now, expires_at, refresh: None };
        let _ = self.tokens.save(&token);
        Ok(token)
    }

    /// True when another can be had. Unless another run has already put a newer one in its place.
    fn drop_token(&self, refused: &Secret) -> bool {
        if let Key::Fixed(_) = self.key {
            return false;
        }
        let mut held = self.held();
        if held.token.as_ref().is_none_or(|t| t.value == *refused) {
            held.token = None;
        }
        if self.tokens.load().is_some_and(|t| t.value == *refused) {
            self.tokens.forget();
        }
        true
    }
}
