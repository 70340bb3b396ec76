//! The line to CJ: the token, and the one function that touches the network.

use std::sync::Arc;

use jiff::Timestamp;
use serde_json::Value;

use super::answer::hear;
use super::ask::{self, Ask};
use crate::core::sending::AskError;
use crate::net::url::BaseUrl;
use crate::net::{Request, Wire};
use crate::secret::Secret;
use crate::supplier::heard::{Heard, asked, quoted, texts};
use crate::supplier::loose::text;
use crate::supplier::session::{Session, without_token};
use crate::token::{Refresh, Token};

const ROOT: &str = "/api2.0/v1";
const TOKEN_HEADER: &str = "CJ-Access-Token";

pub struct Line {
    pub base: BaseUrl,
    pub wire: Arc<dyn Wire>,
    pub key: Secret,
    pub session: Session,
}

impl Line {
    pub fn say(&self, ask: &Ask) -> Heard {
        self.session.say(|now, old| self.log_in(now, old), |token| self.once(ask, Some(token)))
    }

    pub fn ask(&self, ask: &Ask) -> Result<Value, AskError> {
        asked(self.say(ask))
    }

    fn once(&self, ask: &Ask, token: Option<&Secret>) -> Heard {
        let heard = hear(ask.call, self.wire.send(&self.request(ask, token)));
        match heard {
            Heard::No { code, message, means } => {
                let secrets = [Some(&self.key), token];
                Heard::No { code, message: quoted(&message, told(ask), secrets.into_iter().flatten()), means }
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

    /// # Errors
    /// What the log-in heard.
    pub fn token(&self) -> Result<Secret, Heard> {
        self.session.token(|now, old| self.log_in(now, old))
    }

    /// With the refresh token while there is one that lives; with the key when CJ will not have it.
    fn log_in(&self, now: Timestamp, old: Option<&Refresh>) -> Result<Token, Heard> {
        let lives = |refresh: &&Refresh| refresh.expires_at.is_none_or(|end| end > now);
        if let Some(refresh) = old.filter(lives)
            && let Heard::Yes(data) = self.once(&ask::refresh(refresh.value.expose()), None)
            && let Some(token) = login_answer(&data, now)
        {
            return Ok(token);
        }
        let heard = self.once(&ask::login(self.key.expose()), None);
        let token = if let Heard::Yes(data) = &heard { login_answer(data, now) } else { None };
        token.ok_or_else(|| without_token(heard))
    }
}

/// The expiry is CJ's own: fifteen days or a hundred and eighty, both have been seen.
fn login_answer(data: &Value, now: Timestamp) -> Option<Token> {
    let value = Some(text(data, "accessToken")).filter(|t| !t.is_empty())?;
    let expires_at = text(data, "accessTokenExpiryDate").parse::<Timestamp>().ok();
    let refresh = Some(text(data, "refreshToken")).filter(|t| !t.is_empty()).map(|value| Refresh {
        value: Secret::new(value),
        expires_at: text(data, "refreshTokenExpiryDate").parse().ok(),
    });
    Some(Token { value: Secret::new(value), got_at: now, expires_at, refresh })
}

/// What a message may repeat of what we said.
fn told(ask: &Ask) -> Vec<String> {
    let mut told: Vec<String> = ask.query.iter().map(|(_, value)| value.clone()).collect();
    if let Some(body) = ask.body.as_deref().and_then(|b| serde_json::from_slice::<Value>(b).ok()) {
        texts(&body, &mut told);
    }
    told
}
