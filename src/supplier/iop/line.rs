//! The line to the platform: system parameters, the signature, and the one function that touches the network.

use std::sync::{Arc, Mutex};

use serde_json::Value;

use super::answer::hear;
use super::ask::Ask;
use super::form::{CONTENT_TYPE, Params, encode};
use super::sign::{base, sign};
use super::{Platform, token};
use crate::core::sending::AskError;
use crate::net::clock::Clock;
use crate::net::url::BaseUrl;
use crate::net::{Method, Request, Wire};
use crate::secret::Secret;
use crate::supplier::heard::{Codes, Heard, Means, asked, quoted, texts};
use crate::token::{Token, TokenFile};

/// A limiter's "not now" proves that nothing was done, for a write too.
const TRIES_AT_THE_LIMITER: u32 = 3;
/// "This ban will last 1 seconds."
const BAN: std::time::Duration = std::time::Duration::from_millis(1500);

pub struct Line {
    pub platform: &'static Platform,
    pub base: BaseUrl,
    pub wire: Arc<dyn Wire>,
    pub clock: Arc<dyn Clock>,
    pub app_key: String,
    pub secret: Secret,
    /// A token that the config gives; it is never refreshed.
    pub given: Option<Secret>,
    pub tokens: TokenFile,
    pub held: Mutex<Option<Token>>,
    /// Name in the config, for hints.
    pub supplier: String,
    pub codes: Codes,
}

impl Line {
    /// Sends with a token. A refused token is replaced and the call repeated once: such an answer proves that nothing
    /// was done, for a write too.
    pub fn say(&self, ask: &Ask) -> Heard {
        let mut refused: Option<Secret> = None;
        let mut tries = 1;
        loop {
            let token = match token::at_hand(self, refused.as_ref()) {
                Ok(token) => token,
                Err(heard) => return heard,
            };
            let heard = self.once(ask, Some(&token));
            match &heard {
                Heard::No { means: Means::Token, .. } if refused.is_none() && self.given.is_none() => {
                    refused = Some(token);
                }
                Heard::No { means: Means::Throttled, .. } if tries < TRIES_AT_THE_LIMITER => {
                    tries += 1;
                    self.clock.sleep(BAN);
                }
                _ => return heard,
            }
        }
    }

    /// # Errors
    /// Everything that is not a success.
    pub fn ask(&self, ask: &Ask) -> Result<Value, AskError> {
        asked(self.say(ask))
    }

    /// # Errors
    /// No token is at hand and none can be got without the person.
    pub fn ready(&self) -> Result<(), AskError> {
        token::at_hand(self, None).map(drop).or_else(|heard| asked(heard).map(drop))
    }

    pub fn once(&self, ask: &Ask, token: Option<&Secret>) -> Heard {
        match hear(&self.codes, ask.call, self.wire.send(&self.request(ask, token))) {
            Heard::No { code, message, means } => {
                let message = quoted(&message, told(&ask.params), [&self.secret].into_iter().chain(token));
                Heard::No { code, message, means }
            }
            heard => heard,
        }
    }

    /// The gateway's words without what this call said to it.
    pub fn quoted(&self, ask: &Ask, words: &str) -> String {
        quoted(words, told(&ask.params), std::iter::once(&self.secret))
    }

    /// Everything in the body: a URL is written into more logs.
    fn request(&self, ask: &Ask, token: Option<&Secret>) -> Request {
        let rest = ask.api.starts_with('/');
        let mut params: Params = ask.params.clone();
        let mut add = |name: &str, value: &str| params.push((name.to_owned(), value.to_owned()));
        add("app_key", &self.app_key);
        add("timestamp", &self.clock.now().as_millisecond().to_string());
        add("sign_method", "sha256");
        if !rest {
            add("method", ask.api);
            add("format", "json");
        }
        if let Some(token) = token {
            add(self.platform.token_parameter, token.expose());
        }
        let signature = sign(&self.secret, &base(if rest { ask.api } else { "" }, &params));
        params.push(("sign".to_owned(), signature));
        let path = if rest { format!("/rest{}", ask.api) } else { "/sync".to_owned() };
        let mut request = Request::new(Method::Post, ask.effect, self.base.join(&path, &[]));
        request.headers.push(("Content-Type", CONTENT_TYPE.to_owned()));
        request.body = encode(&params);
        request
    }
}

/// Every text that we say, those inside of JSON too: none of it may come back in a message.
fn told(params: &Params) -> Vec<String> {
    let mut told = vec![];
    for (_, value) in params {
        match serde_json::from_str::<Value>(value) {
            Ok(inside) if inside.is_object() || inside.is_array() => texts(&inside, &mut told),
            _ => told.push(value.clone()),
        }
    }
    told
}
