//! The line to Banggood: the token, and the one function that touches the network.
//!
//! Banggood takes the token in the query of a question and in the form of an order, never in a header. Nothing in `net`
//! shows a query or a body.

use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};
use serde_json::Value;

use super::answer::hear;
use super::ask::{self, Ask};
use super::form;
use crate::core::sending::AskError;
use crate::net::url::BaseUrl;
use crate::net::{Method, Request, Wire};
use crate::secret::Secret;
use crate::supplier::heard::{Heard, asked, quoted};
use crate::supplier::loose::{count, text};
use crate::supplier::session::{Session, without_token};
use crate::token::Token;

const TOKEN: &str = "access_token";

pub struct Line {
    pub base: BaseUrl,
    pub wire: Arc<dyn Wire>,
    pub app_id: String,
    pub app_secret: Secret,
    pub session: Session,
}

impl Line {
    pub fn say(&self, ask: &Ask) -> Heard {
        // There is no refresh token: id and secret get the next one.
        self.session.say(|now, _| self.log_in(now), |token| self.once(ask, Some(token)))
    }

    /// # Errors
    /// As [`asked`].
    pub fn ask(&self, ask: &Ask) -> Result<Value, AskError> {
        asked(self.say(ask))
    }

    /// # Errors
    /// What the log-in heard.
    pub fn token(&self) -> Result<Secret, Heard> {
        self.session.token(|now, _| self.log_in(now))
    }

    fn once(&self, ask: &Ask, token: Option<&Secret>) -> Heard {
        let heard = hear(ask.call, self.wire.send(&self.request(ask, token)));
        match heard {
            Heard::No { code, message, means } => {
                let secrets = [Some(&self.app_secret), token];
                Heard::No { code, message: quoted(&message, told(ask), secrets.into_iter().flatten()), means }
            }
            heard => heard,
        }
    }

    fn request(&self, ask: &Ask, token: Option<&Secret>) -> Request {
        let mut query: Vec<(&str, &str)> = ask.query.iter().map(|(k, v)| (*k, v.as_str())).collect();
        let token = token.map(|token| (TOKEN, token.expose()));
        if ask.method == Method::Get {
            query.extend(token);
            return Request::new(ask.method, ask.effect, self.base.join(ask.path, &query));
        }
        let mut body = form::encoded(token);
        if !body.is_empty() {
            body.push(b'&');
        }
        body.extend(&ask.form);
        Request::new(ask.method, ask.effect, self.base.join(ask.path, &query)).form(body)
    }

    fn log_in(&self, now: Timestamp) -> Result<Token, Heard> {
        let heard = self.once(&ask::login(&self.app_id, self.app_secret.expose()), None);
        let token = if let Heard::Yes(data) = &heard { login_answer(data, now) } else { None };
        token.ok_or_else(|| without_token(heard))
    }
}

/// The life is Banggood's own, in seconds: 7200 was seen.
fn login_answer(data: &Value, now: Timestamp) -> Option<Token> {
    let value = Some(text(data, TOKEN)).filter(|t| !t.is_empty())?;
    let life = count(data, "expires_in").map(|seconds| SignedDuration::from_secs(seconds.into()));
    let expires_at = life.and_then(|life| now.checked_add(life).ok());
    Some(Token { value: Secret::new(value), got_at: now, expires_at, refresh: None })
}

/// What a message may repeat of what we said.
fn told(ask: &Ask) -> Vec<String> {
    let fields = form::decoded(&ask.form).unwrap_or_default();
    let values = ask.query.iter().map(|(_, value)| value.clone());
    values.chain(fields.into_iter().map(|(_, value)| value)).collect()
}
