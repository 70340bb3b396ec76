//! The line to CJ: the token, and the one function that touches the network.

use std::sync::{Arc, Mutex, PoisonError};

use jiff::Timestamp;
use serde_json::Value;

use super::answer::{Heard, Means, asked, hear};
use super::ask::{self, Ask};
use super::loose::text;
use crate::core::sending::AskError;
use crate::net::clock::Clock;
use crate::net::url::BaseUrl;
use crate::net::{Request, Wire};
use crate::secret::Secret;
use crate::token::{Token, TokenFile};

const ROOT: &str = "/api2.0/v1";
const TOKEN_HEADER: &str = "CJ-Access-Token";
/// A limiter's "not now" to a write proves that nothing happened; the pace waits in between.
const TRIES_AT_THE_LIMITER: u32 = 3;
/// Of CJ's own words, as much as a person reads.
const LONGEST_MESSAGE: usize = 200;

pub struct Line {
    pub base: BaseUrl,
    pub wire: Arc<dyn Wire>,
    pub clock: Arc<dyn Clock>,
    pub key: Secret,
    pub tokens: TokenFile,
    pub token: Mutex<Option<Token>>,
}

impl Line {
    /// Sends with a token. A refused token is replaced and the call repeated once: such an answer proves that nothing
    /// was done, for a write too.
    pub fn say(&self, ask: &Ask) -> Heard {
        let mut renewed = false;
        let mut tries = 0;
        loop {
            let token = match self.token() {
                Ok(token) => token,
                Err(heard) => return heard,
            };
            let heard = self.once(ask, Some(&token));
            match &heard {
                Heard::No { means: Means::Token, .. } if !renewed => {
                    renewed = true;
                    self.drop_token(&token);
                }
                Heard::No { means: Means::Throttled, .. } if tries + 1 < TRIES_AT_THE_LIMITER => tries += 1,
                _ => return heard,
            }
        }
    }

    pub fn ask(&self, ask: &Ask) -> Result<Value, AskError> {
        asked(self.say(ask))
    }

    fn once(&self, ask: &Ask, token: Option<&Secret>) -> Heard {
        let heard = hear(ask.call, self.wire.send(&self.request(ask, token)));
        match heard {
            Heard::No { code, message, means } => {
                let secrets = [Some(&self.key), token];
                Heard::No { code, message: quoted(&message, ask, secrets.into_iter().flatten()), means }
            }
            heard => heard,
        }
    }

    fn request(&self, ask: &Ask, token: Option<&Secret>) -> Request {
        let query: Vec<(&str, &str)> = ask.query.iter().map(|(k, v)| (*k, v.as_str())).collect();
        let url = self.base.join(&format!("{ROOT}{}", ask.path), &query);
        // CJ wants the content type on every call.
        let request = Request::new(ask.method, ask.effect, url).json(ask.body.clone().unwrap_or_default());
        match token {
            Some(token) => request.with_secret(TOKEN_HEADER, token.clone()),
            None => request,
        }
    }

    /// The token at hand, the one kept from an earlier run, or a new one.
    pub fn token(&self) -> Result<Secret, Heard> {
        let mut held = self.token.lock().unwrap_or_else(PoisonError::into_inner);
        let now = self.clock.now();
        if let Some(token) = held.as_ref().filter(|t| t.is_fresh(now)) {
            return Ok(token.value.clone());
        }
        let token = match self.tokens.load().filter(|t| t.is_fresh(now)) {
            Some(token) => token,
            None => self.log_in(now)?,
        };
        let value = token.value.clone();
        *held = Some(token);
        Ok(value)
    }

    /// Whatever goes wrong here, the call that needed the token was not sent.
    fn log_in(&self, now: Timestamp) -> Result<Token, Heard> {
        match self.once(&ask::login(self.key.expose()), None) {
            Heard::Yes(data) => {
                let token = login_answer(&data, now)
                    .ok_or_else(|| Heard::NotSent("CJ's answer to the log-in has no token".to_owned()))?;
                let _ = self.tokens.save(&token);
                Ok(token)
            }
            Heard::No { code, message, means: Means::Token | Means::Key | Means::Refused } => {
                Err(Heard::No { code, message, means: Means::Key })
            }
            Heard::No { code, message, .. } => Err(Heard::NotSent(format!("no token: {code}: {message}"))),
            Heard::NotSent(why) | Heard::Unknown(why) => Err(Heard::NotSent(format!("no token: {why}"))),
        }
    }

    /// Unless another thread has already put a newer one in its place.
    fn drop_token(&self, refused: &Secret) {
        let mut held = self.token.lock().unwrap_or_else(PoisonError::into_inner);
        if held.as_ref().is_none_or(|t| t.value == *refused) {
            *held = None;
        }
        if self.tokens.load().is_some_and(|t| t.value == *refused) {
            self.tokens.forget();
        }
    }
}

/// The expiry is CJ's own: fifteen days or a hundred and eighty, both have been seen.
fn login_answer(data: &Value, now: Timestamp) -> Option<Token> {
    let value = Some(text(data, "accessToken")).filter(|t| !t.is_empty())?;
    let expires_at = text(data, "accessTokenExpiryDate").parse::<Timestamp>().ok();
    Some(Token { value: Secret::new(value), got_at: now, expires_at, refresh: None })
}

/// CJ's words without what we said to it: a message may repeat a name, a phone or a key.
fn quoted<'a>(message: &str, ask: &Ask, secrets: impl Iterator<Item = &'a Secret>) -> String {
    let mut told: Vec<String> = secrets.map(|s| s.expose().to_owned()).collect();
    if let Some(body) = ask.body.as_deref().and_then(|b| serde_json::from_slice::<Value>(b).ok()) {
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
