//! The line to a store: its key, its quiet times, and the one function that touches the network.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use serde_json::Value;

use super::ask::Ask;
use super::heard::{Dialect, Heard, Means};
use super::session::Session;
use crate::core::sending::AskError;
use crate::net::clock::Clock;
use crate::net::url::BaseUrl;
use crate::net::{Answer, Reply, Request, Wire};
use crate::secret::Secret;

/// A limiter's "not now" to a write proves that nothing happened; the pace waits in between.
const TRIES_AT_THE_LIMITER: u32 = 3;
/// Of a store's own words, as much as a person reads.
const LONGEST_MESSAGE: usize = 200;

pub enum Key {
    /// Of the account, as the config has it.
    Fixed(Secret),
    User(Box<Session>),
}

pub struct Line {
    pub base: BaseUrl,
    pub wire: Arc<dyn Wire>,
    pub clock: Arc<dyn Clock>,
    pub dialect: &'static Dialect,
    pub headers: Vec<(&'static str, String)>,
    /// Beside the key.
    pub secret_headers: Vec<(&'static str, Secret)>,
    pub key_header: &'static str,
    /// `Bearer ` or nothing.
    pub key_scheme: &'static str,
    pub key: Key,
    /// How long a reply asks for quiet in the store's own headers.
    pub quiet: fn(&Reply) -> Option<Duration>,
    pub quiet_until: Mutex<Option<Timestamp>>,
}

impl Line {
    /// Sends with the key. A refused token is replaced and the call repeated once: such an answer proves that nothing
    /// was done, for a write too.
    pub fn say(&self, ask: &Ask) -> Heard {
        let (mut renewed, mut tries) = (false, 1);
        loop {
            let key = match self.key() {
                Ok(key) => key,
                Err(heard) => return heard,
            };
            let heard = self.once(ask, &key);
            match (&heard, &self.key) {
                (Heard::No { means: Means::Token, .. }, Key::User(session)) if !renewed => {
                    renewed = true;
                    if let Err(heard) = session.renew(&key, &*self.wire, &*self.clock) {
                        return heard;
                    }
                }
                (Heard::No { means: Means::Throttled, .. }, _) if tries < TRIES_AT_THE_LIMITER => tries += 1,
                _ => return heard,
            }
        }
    }

    /// `None`: the store has no such thing.
    ///
    /// # Errors
    /// No answer that can be read.
    pub fn ask(&self, ask: &Ask) -> Result<Option<Value>, AskError> {
        self.dialect.asked(self.say(ask))
    }

    /// As [`Line::ask`], for what must be there.
    ///
    /// # Errors
    /// As [`Line::ask`], and when it is not there.
    pub fn get(&self, ask: &Ask) -> Result<Value, AskError> {
        let gone = || AskError::Answer { code: "HTTP 404".into(), message: format!("no such thing: {}", ask.path) };
        self.ask(ask)?.ok_or_else(gone)
    }

    /// Only sees that a key is at hand, or gets one.
    ///
    /// # Errors
    /// There is none.
    pub fn log_in(&self) -> Result<(), AskError> {
        self.key().map(drop).or_else(|heard| self.dialect.asked(heard).map(drop))
    }

    fn key(&self) -> Result<Secret, Heard> {
        match &self.key {
            Key::Fixed(key) => Ok(key.clone()),
            Key::User(session) => session.token(&*self.wire, &*self.clock),
        }
    }

    fn once(&self, ask: &Ask, key: &Secret) -> Heard {
        self.keep_quiet();
        let answer = self.wire.send(&self.request(ask, key));
        if let Answer::Reply(reply) = &answer
            && let Some(time) = (self.quiet)(reply)
        {
            let until = self.clock.now().checked_add(SignedDuration::try_from(time).unwrap_or_default()).ok();
            *self.quiet_until.lock().unwrap_or_else(PoisonError::into_inner) = until;
        }
        match self.dialect.hear(ask.call, answer) {
            Heard::No { code, message, means } => {
                let secrets = self.secret_headers.iter().map(|(_, s)| s).chain([key]);
                Heard::No { code, message: quoted(&message, &ask.body, secrets), means }
            }
            heard => heard,
        }
    }

    fn keep_quiet(&self) {
        let until = self.quiet_until.lock().unwrap_or_else(PoisonError::into_inner).take();
        let left = until.map_or(0, |until| until.as_millisecond() - self.clock.now().as_millisecond());
        if let Ok(left @ 1..) = u64::try_from(left) {
            self.clock.sleep(Duration::from_millis(left));
        }
    }

    fn request(&self, ask: &Ask, key: &Secret) -> Request {
        let query: Vec<(&str, &str)> = ask.query.iter().map(|(k, v)| (*k, v.as_str())).collect();
        let mut request = Request::new(ask.method, ask.effect, self.base.join(&ask.path, &query));
        request.headers.push(("Accept", "application/json".to_owned()));
        request.headers.extend(self.headers.iter().cloned());
        if !ask.body.is_empty() {
            request = request.json(ask.body.clone());
        }
        request.secret_headers.extend(self.secret_headers.iter().cloned());
        request.with_secret(self.key_header, Secret::new(format!("{}{}", self.key_scheme, key.expose())))
    }
}

/// A store's words without what we said to it: a message may repeat a tracking number, a note or a key.
fn quoted<'a>(message: &str, body: &[u8], secrets: impl Iterator<Item = &'a Secret>) -> String {
    let mut told: Vec<String> = secrets.map(|s| s.expose().to_owned()).collect();
    if let Ok(body) = serde_json::from_slice::<Value>(body) {
        texts(&body, &mut told);
    }
    told.sort_by_key(|text| std::cmp::Reverse(text.len()));
    let mut message = message.to_owned();
    for text in told.iter().filter(|text| text.chars().count() > 2) {
        message = message.replace(text.as_str(), "…");
    }
    message.chars().filter(|c| !c.is_control()).take(LONGEST_MESSAGE).collect()
}

fn texts(value: &Value, into: &mut Vec<String>) {
    match value {
        Value::String(text) => into.push(text.clone()),
        Value::Array(list) => list.iter().for_each(|v| texts(v, into)),
        Value::Object(fields) => fields.values().for_each(|v| texts(v, into)),
        _ => {}
    }
}
