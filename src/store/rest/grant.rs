//! OAuth 2 at a store's token endpoint: a code or a refresh token in, an access token out. Pure but for what `line` sends.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use jiff::{SignedDuration, Timestamp};
use serde_json::Value;

use super::value::{count, text};
use crate::core::sending::AskError;
use crate::net::url::{BaseUrl, escaped};
use crate::net::{Answer, Effect, Method, Request};
use crate::secret::Secret;
use crate::token::{Refresh, Token};

/// Where and as whom tokens are asked for.
#[derive(Clone)]
pub struct Grant {
    /// As people call the store.
    pub title: &'static str,
    pub base: BaseUrl,
    pub path: &'static str,
    pub client_id: String,
    pub client_secret: Option<Secret>,
    /// The secret goes into the header instead of the form.
    pub basic: bool,
    /// With each refresh.
    pub scope: Option<&'static str>,
    /// Days that a refresh token lives, where the answer does not say.
    pub refresh_days: Option<i64>,
}

impl Grant {
    pub fn by_refresh(&self, refresh: &Secret) -> Request {
        let mut form = vec![("grant_type", "refresh_token"), ("refresh_token", refresh.expose())];
        form.extend(self.scope.map(|scope| ("scope", scope)));
        self.request(form)
    }

    pub fn by_code(&self, code: &str, redirect: &str, verifier: Option<&Secret>) -> Request {
        let mut form = vec![("grant_type", "authorization_code"), ("code", code), ("redirect_uri", redirect)];
        form.extend(verifier.map(|v| ("code_verifier", v.expose())));
        self.request(form)
    }

    /// Asking twice for a token changes nothing that a customer sees, so it counts as a read.
    fn request<'a>(&'a self, mut form: Vec<(&'static str, &'a str)>) -> Request {
        let secret = self.client_secret.as_ref().map_or("", Secret::expose);
        if !self.basic {
            form.push(("client_id", &self.client_id));
            if !secret.is_empty() {
                form.push(("client_secret", secret));
            }
        }
        let body = form.iter().map(|(k, v)| format!("{k}={}", escaped(v))).collect::<Vec<_>>().join("&");
        let mut request = Request::new(Method::Post, Effect::Reads, self.base.join(self.path, &[]));
        request.headers.push(("Content-Type", "application/x-www-form-urlencoded".to_owned()));
        request.headers.push(("Accept", "application/json".to_owned()));
        request.body = body.into_bytes();
        if self.basic {
            let pair = STANDARD.encode(format!("{}:{secret}", self.client_id));
            request = request.with_secret("Authorization", Secret::new(format!("Basic {pair}")));
        }
        request
    }

    /// `old` is kept where the answer brings no refresh token.
    ///
    /// # Errors
    /// The grant is refused (exit 4), or the answer has no token.
    pub fn read(&self, answer: Answer, old: Option<Refresh>, now: Timestamp) -> Result<Token, AskError> {
        let reply = match answer {
            Answer::Reply(reply) => reply,
            Answer::NotSent(why) | Answer::Unknown(why) => return Err(AskError::Unreachable(why)),
        };
        let body: Value = serde_json::from_slice(&reply.body).unwrap_or_default();
        // RFC 6749 §5.2: the code alone, for the description may repeat what was sent.
        let error = text(&body, "error");
        if matches!(reply.status, 400 | 401 | 403) {
            let error = if error.is_empty() { format!("HTTP {}", reply.status) } else { error };
            return Err(AskError::KeyRefused(format!("{}'s log-in says {error}", self.title)));
        }
        let value = text(&body, "access_token");
        if reply.status != 200 || value.is_empty() {
            let message = format!("{}'s log-in gave no token", self.title);
            return Err(AskError::Answer { code: format!("HTTP {}", reply.status), message });
        }
        let after = |seconds: u32| now.checked_add(SignedDuration::from_secs(seconds.into())).ok();
        let days = self.refresh_days.map(|days| SignedDuration::from_hours(24 * days));
        let new = Some(text(&body, "refresh_token")).filter(|t| !t.is_empty()).map(|value| Refresh {
            value: Secret::new(value),
            expires_at: count(&body, "refresh_token_expires_in")
                .and_then(after)
                .or_else(|| now.checked_add(days?).ok()),
        });
        Ok(Token {
            value: Secret::new(value),
            got_at: now,
            expires_at: count(&body, "expires_in").and_then(after),
            refresh: new.or(old),
        })
    }
}
