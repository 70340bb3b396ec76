//! The gateway before AliExpress and Alibaba.com: signatures, time stamps, tokens and consent, by its documents.

mod consent;

use std::sync::Arc;

use jiff::Timestamp;
use md5::Md5;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use super::http::{Called, Reply, plain};

pub type Params = Vec<(String, String)>;

pub const SECRET: &str = "dsf-test-secret-0001";
/// Seconds by which a time stamp may be off.
const OFF: i64 = 7200;

pub struct Gateway {
    pub app_key: &'static str,
    pub now: Arc<dyn Fn() -> Timestamp + Send + Sync>,
    pub secret: String,
    /// An app in its trial has shorter lives.
    pub launched: bool,
    /// The answer to a refresh leaves the refresh token out.
    pub silent_refresh: bool,
    /// Methods that the app may not call.
    pub not_granted: Vec<String>,
    /// `ApiCallLimit` on every n-th call.
    pub limit_every: usize,
    pub code_seconds: i64,
    pub refreshes: usize,
    pub wrong: Vec<String>,
    calls: usize,
    next: u64,
    /// Code, made at.
    codes: Vec<(String, Timestamp)>,
    access: Option<(String, Timestamp)>,
    refresh: Option<(String, Timestamp)>,
}

impl Gateway {
    pub fn of(app_key: &'static str, code_seconds: i64) -> Self {
        Self {
            app_key,
            now: Arc::new(Timestamp::now),
            secret: SECRET.to_owned(),
            launched: true,
            silent_refresh: false,
            not_granted: vec![],
            limit_every: 0,
            code_seconds,
            refreshes: 0,
            wrong: vec![],
            calls: 0,
            next: 0,
            codes: vec![],
            access: None,
            refresh: None,
        }
    }
}

/// Query and form together, as the gateway reads them.
pub fn merged(called: &Called) -> Params {
    let mut params = called.query.clone();
    let form = String::from_utf8_lossy(&called.body).into_owned();
    params.extend(form.split('&').filter_map(|pair| pair.split_once('=')).map(|(k, v)| (plain(k), plain(v))));
    params
}

pub fn value<'a>(params: &'a Params, name: &str) -> &'a str {
    params.iter().find(|(n, _)| n == name).map_or("", |(_, v)| v)
}

/// An object that was sent as text.
pub fn object(params: &Params, name: &str) -> Value {
    serde_json::from_str(value(params, name)).unwrap_or_default()
}

pub fn error(kind: &str, code: &str, message: &str) -> Reply {
    let body = json!({ "type": kind, "code": code, "msg": message, "request_id": "2141000000000000000" });
    Reply::json(200, &json!({ "error_response": body }))
}

/// The shape on `/rest`.
pub fn rest_error(code: &str, message: &str) -> Reply {
    Reply::json(200, &json!({ "code": code, "type": "ISV", "message": message, "request_id": "212a000000000000000" }))
}

impl Gateway {
    /// Whether a page or a token is asked for by this app.
    pub fn is_of(&self, called: &Called) -> bool {
        let params = merged(called);
        [value(&params, "app_key"), value(&params, "client_id")].contains(&self.app_key)
    }

    pub fn next(&mut self) -> u64 {
        self.next += 1;
        self.next
    }

    pub fn now(&self) -> Timestamp {
        (self.now)()
    }

    /// The parameters, or what the gateway says instead of passing them on.
    pub fn pass(&mut self, called: &Called, path: &str, token_name: &str) -> Result<Params, Reply> {
        let rest = !path.is_empty();
        let refuse = |code: &str, message: &str| {
            if rest { rest_error(code, message) } else { error("ISV", code, message) }
        };
        if !called.query.is_empty() {
            self.wrong.push(format!("{path}: parameters in the URL, where they are logged"));
        }
        let params = merged(called);
        let of = |name: &str| value(&params, name);
        if of("app_key") != self.app_key {
            return Err(refuse("InvalidAppKey", "The specified App Key is invalid"));
        }
        let at = of("timestamp").parse::<i64>().unwrap_or(0) / 1000;
        if (at - self.now().as_second()).abs() > OFF {
            return Err(refuse("IllegalTimestamp", "The timestamp is out of range"));
        }
        if of("sign") != signature(&self.secret, path, &params) {
            return Err(refuse("IncompleteSignature", "The request signature does not conform to platform standards"));
        }
        self.calls += 1;
        if self.limit_every > 0 && self.calls.is_multiple_of(self.limit_every) {
            let message = "Api access frequency exceeds the limit. this ban will last 1 seconds";
            return Err(refuse("ApiCallLimit", message));
        }
        if path.starts_with("/auth/") {
            return Ok(params);
        }
        let token = [token_name, "session", "access_token"].iter().map(|n| of(n)).find(|t| !t.is_empty());
        let live = self.access.as_ref().filter(|(_, ends)| self.now() < *ends).map(|(token, _)| token.as_str());
        if token.is_none() || token != live {
            return Err(refuse("IllegalAccessToken", "The specified access token is invalid or expired"));
        }
        if self.not_granted.iter().any(|m| m == of("method") || m == path) {
            return Err(refuse("InsufficientPermission", "App does not have permission to access this api"));
        }
        Ok(params)
    }
}

/// Both methods that the platform knows.
pub fn signature(secret: &str, path: &str, params: &Params) -> String {
    let base = format!("{path}{}", joined(params));
    if value(params, "sign_method") == "md5" {
        return md5_between(secret, &base);
    }
    let mut key = [0_u8; 64];
    key[..secret.len()].copy_from_slice(secret.as_bytes());
    let inner = Sha256::digest([key.map(|b| b ^ 0x36).as_slice(), base.as_bytes()].concat());
    upper(&Sha256::digest([key.map(|b| b ^ 0x5c).as_slice(), &inner].concat()))
}

pub fn joined(params: &Params) -> String {
    let mut pairs: Vec<_> = params.iter().filter(|(name, value)| name != "sign" && !value.is_empty()).collect();
    pairs.sort();
    pairs.iter().flat_map(|(name, value)| [name.as_str(), value.as_str()]).collect()
}

pub fn md5_between(secret: &str, base: &str) -> String {
    upper(&Md5::digest(format!("{secret}{base}{secret}")))
}

fn upper(bytes: &[u8]) -> String {
    bytes.iter().map(|b| format!("{b:02X}")).collect()
}
