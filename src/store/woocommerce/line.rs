//! The line to a WordPress site: how its routes are spelled, how the key is proved, and the one function that touches the
//! network.
//!
//! With TLS the key goes in the header; where a host drops that, and without TLS, each request is signed instead, so the
//! secret is in no address. A 401 proves that nothing was done: another way of proving the key is tried once.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::Value;
use sha2::{Digest, Sha256};

use super::answer::{Heard, Means, asked, hear};
use super::oauth::{Once, signed};
use super::site::{Form, Site, query};
use crate::core::ids::hex;
use crate::core::sending::AskError;
use crate::net::clock::Clock;
use crate::net::{Answer, Effect, Method, Request, Wire};
use crate::secret::Secret;
use crate::store::loose::{list, text};

/// A limiter before the site has not let a write through; the pace waits in between.
const TRIES_AT_THE_LIMITER: u32 = 3;
const SIGNED_ANEW: u32 = 4;
const PLAIN: &str =
    "; its permalinks are plain, and many sites take no key then: choose another structure under Settings > Permalinks";

/// A request but for the site and the key.
#[derive(Clone, Debug)]
pub struct Ask {
    pub method: Method,
    pub effect: Effect,
    /// Behind `/wp-json`.
    pub route: String,
    pub query: Vec<(String, String)>,
    pub body: Vec<u8>,
}

impl Ask {
    pub fn get(route: String, query: &[(&str, String)]) -> Self {
        let query = query.iter().map(|(k, v)| ((*k).to_owned(), v.clone())).collect();
        Self { method: Method::Get, effect: Effect::Reads, route, query, body: vec![] }
    }

    pub fn write(method: Method, route: String, body: &Value) -> Self {
        Self { method, effect: Effect::Writes, route, query: vec![], body: body.to_string().into_bytes() }
    }
}

pub struct Line {
    pub site: Site,
    pub key: String,
    pub secret: Secret,
    pub wire: Arc<dyn Wire>,
    pub clock: Arc<dyn Clock>,
    pub found: Mutex<Found>,
    pub counter: AtomicU64,
}

/// What was found out about the site.
#[derive(Clone, Default)]
pub struct Found {
    index: Option<Index>,
    proof: Option<Proof>,
    /// Seconds that the site's clock is ahead of ours.
    ahead: i64,
}

#[derive(Clone)]
struct Index {
    form: Form,
    namespaces: Vec<String>,
    /// As the site calls itself, without its scheme: what it signs with.
    home: Option<Site>,
}

/// How the key is proved. A site behind a proxy may think that it is encrypted when the last step is not.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Proof {
    Header,
    Signature(&'static str),
}

impl Line {
    pub fn ask(&self, ask: &Ask) -> Result<Value, AskError> {
        asked(self.say(ask))
    }

    pub fn has(&self, namespace: &str) -> Result<bool, AskError> {
        Ok(self.index()?.namespaces.iter().any(|n| n == namespace))
    }

    pub fn say(&self, ask: &Ask) -> Heard {
        let index = match self.index() {
            Ok(index) => index,
            Err(error) => return Heard::NotSent(error.to_string()),
        };
        let known = self.found().proof;
        let proofs: Vec<Proof> = match (known, self.site.encrypted) {
            (Some(proof), _) => vec![proof],
            (None, true) => vec![Proof::Header, Proof::Signature("https")],
            (None, false) => vec![Proof::Signature("http"), Proof::Signature("https")],
        };
        let mut first = None;
        for proof in proofs {
            let heard = self.proved(ask, &index, proof);
            let other_way = matches!(&heard, Heard::No { code, message, means: Means::Key }
                if code != "woocommerce_rest_authentication_error" || message.contains("signature"));
            if !other_way || known.is_some() {
                if matches!(heard, Heard::Yes(_)) {
                    self.change(|found| found.proof = Some(proof));
                }
                return heard;
            }
            first.get_or_insert(heard);
        }
        match first {
            Some(Heard::No { code, message, means }) => {
                let message = if index.form == Form::Plain { message + PLAIN } else { message };
                Heard::No { code, message, means }
            }
            other => other.unwrap_or(Heard::NotSent("no way to prove the key".to_owned())),
        }
    }

    /// A clock that differs is allowed for once; a limiter is waited for. A signature is good once: where the wire sent it
    /// again, it is made anew, for a site that says so has not looked at the request.
    fn proved(&self, ask: &Ask, index: &Index, proof: Proof) -> Heard {
        let (mut set, mut tries, mut signed) = (false, 0, 0);
        loop {
            let answer = self.wire.send(&self.request(ask, index, proof));
            let theirs = match &answer {
                Answer::Reply(reply) => reply.header("Date").and_then(|d| jiff::fmt::rfc2822::parse(d).ok()),
                _ => None,
            };
            let heard = hear(answer);
            match (&heard, theirs) {
                (Heard::No { message, means: Means::Key, .. }, Some(at)) if !set && message.contains("timestamp") => {
                    set = true;
                    let ahead = at.timestamp().as_second() - self.clock.now().as_second();
                    self.change(|found| found.ahead = ahead);
                }
                (Heard::No { message, means: Means::Key, .. }, _)
                    if signed < SIGNED_ANEW && message.contains("nonce") =>
                {
                    signed += 1;
                }
                (Heard::No { means: Means::Throttled, .. }, _) if tries + 1 < TRIES_AT_THE_LIMITER => tries += 1,
                _ => return heard,
            }
        }
    }

    fn request(&self, ask: &Ask, index: &Index, proof: Proof) -> Request {
        let (address, pairs) = self.site.route(index.form, &ask.route, &ask.query);
        let pairs = match proof {
            Proof::Header => pairs,
            Proof::Signature(scheme) => {
                let home = index.home.as_ref().unwrap_or(&self.site);
                let behind = &address[self.site.spelled(self.site.scheme()).len()..];
                let known_as = format!("{}{behind}", home.spelled(scheme));
                signed(ask.method.as_str(), &known_as, &pairs, &self.key, self.secret.expose(), &self.once())
            }
        };
        let url = if pairs.is_empty() { address } else { format!("{address}?{}", query(&pairs)) };
        let mut request = Request::new(ask.method, ask.effect, url);
        if !ask.body.is_empty() {
            request = request.json(ask.body.clone());
        }
        match proof {
            Proof::Signature(_) => request,
            Proof::Header => {
                let pair = STANDARD.encode(format!("{}:{}", self.key, self.secret.expose()));
                request.with_secret("Authorization", Secret::new(format!("Basic {pair}")))
            }
        }
    }

    /// A nonce that no other run makes.
    fn once(&self) -> Once {
        let now = self.clock.now();
        let count = self.counter.fetch_add(1, Ordering::Relaxed);
        let seed = format!("{} {} {count} {}", now.as_nanosecond(), std::process::id(), self.key);
        let timestamp = now.as_second() + self.found().ahead;
        Once { nonce: hex(&Sha256::digest(seed.as_bytes())[..16]), timestamp }
    }

    fn found(&self) -> Found {
        self.found.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn change(&self, change: impl FnOnce(&mut Found)) {
        change(&mut self.found.lock().unwrap_or_else(PoisonError::into_inner));
    }

    /// The site's own index needs no key; where it lies says how the permalinks are.
    fn index(&self) -> Result<Index, AskError> {
        if let Some(index) = self.found().index {
            return Ok(index);
        }
        let mut first = None;
        for form in [Form::Pretty, Form::Index, Form::Plain] {
            match self.index_at(form) {
                Ok(index) => {
                    self.change(|found| found.index = Some(index.clone()));
                    return Ok(index);
                }
                Err(error) => _ = first.get_or_insert(error),
            }
        }
        Err(first.unwrap_or(AskError::Unreachable("the site has no REST API".to_owned())))
    }

    fn index_at(&self, form: Form) -> Result<Index, AskError> {
        let fields = [("_fields".to_owned(), "name,home,url,namespaces".to_owned())];
        let (address, pairs) = self.site.route(form, "/", &fields);
        let url = format!("{address}?{}", query(&pairs));
        let said = match asked(hear(self.wire.send(&Request::new(Method::Get, Effect::Reads, url)))) {
            // Some sites hide their index from strangers; the orders will tell.
            Err(AskError::KeyRefused(_)) => {
                return Ok(Index { form, namespaces: vec!["wc/v3".to_owned()], home: None });
            }
            said => said?,
        };
        let namespaces: Vec<String> =
            list(&said, "namespaces").iter().filter_map(|n| Some(n.as_str()?.to_owned())).collect();
        if !namespaces.iter().any(|n| n == "wc/v3") {
            let message = "the site has WordPress and no WooCommerce REST API v3".to_owned();
            return Err(AskError::Answer { code: "wc/v3".to_owned(), message });
        }
        Ok(Index { form, namespaces, home: Site::parse_any(&text(&said, "home")) })
    }
}
