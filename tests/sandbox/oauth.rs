//! A store's token endpoint: codes and refresh tokens in, access tokens out.

use serde_json::{Value, json};

use super::http::{Called, Reply, plain};

#[derive(Clone, Debug)]
pub struct Tokens {
    pub client_id: &'static str,
    pub client_secret: &'static str,
    /// The secret is in the header instead of the form.
    pub basic: bool,
    /// A refresh token is good once; the answer brings the next.
    pub rotates: bool,
    pub lives: u32,
    pub refresh: String,
    /// A code of a log-in that has not been used, with the challenge it was asked with.
    pub code: Option<(String, Option<String>)>,
    pub access: Vec<String>,
    pub given: u32,
}

impl Tokens {
    pub fn new(client_id: &'static str, client_secret: &'static str) -> Self {
        Self {
            client_id,
            client_secret,
            basic: false,
            rotates: false,
            lives: 3600,
            refresh: "refresh-0".into(),
            code: None,
            access: vec![],
            given: 0,
        }
    }

    /// As in a browser: opens the link of `dsf auth` and says yes. Gives the address that the browser is sent to.
    pub fn consent(&mut self, link: &str) -> String {
        let query = link.split_once('?').unwrap().1;
        let pair = |pair: &str| pair.split_once('=').map(|(key, value)| (plain(key), plain(value))).unwrap();
        let query: Vec<(String, String)> = query.split('&').map(pair).collect();
        self.allow(|name| query.iter().find(|(k, _)| k == name).map(|(_, v)| v.clone()))
    }

    /// The page in the browser. It answers with what the person pastes.
    pub fn door(&mut self, called: &Called) -> Reply {
        let paste = self.allow(|name| called.query(name).map(str::to_owned));
        Reply::json(200, &json!({ "paste": paste }))
    }

    fn allow(&mut self, part: impl Fn(&str) -> Option<String>) -> String {
        assert_eq!(part("client_id").as_deref(), Some(self.client_id));
        assert_eq!(part("response_type").as_deref(), Some("code"));
        let code = "v^1.1#code/+=".to_owned();
        self.code = Some((code, part("code_challenge")));
        format!("https://example.com/back?code=v%5E1.1%23code%2F%2B%3D&state={}&expires_in=299", part("state").unwrap())
    }

    pub fn knows(&self, header: Option<&str>) -> bool {
        let token = header.map(|h| h.strip_prefix("Bearer ").unwrap_or(h));
        token.is_some_and(|t| self.access.iter().any(|a| a == t))
    }

    pub fn answer(&mut self, called: &Called, wrong: &mut Vec<String>) -> Reply {
        let form = String::from_utf8(called.body.clone()).unwrap_or_default();
        let part = |name: &str| {
            let found = form.split('&').find_map(|p| p.strip_prefix(name)?.strip_prefix('='));
            found.map(plain).unwrap_or_default()
        };
        if called.header("Content-Type") != Some("application/x-www-form-urlencoded") || !called.query.is_empty() {
            wrong.push("the log-in wants a form in the body".into());
        }
        use base64::Engine as _;
        let pair =
            base64::engine::general_purpose::STANDARD.encode(format!("{}:{}", self.client_id, self.client_secret));
        let known = match self.basic {
            true => called.header("Authorization") == Some(format!("Basic {pair}").as_str()),
            false => part("client_id") == self.client_id && part("client_secret") == self.client_secret,
        };
        if !known {
            return refused("invalid_client");
        }
        let good = match part("grant_type").as_str() {
            "refresh_token" => part("refresh_token") == self.refresh,
            "authorization_code" => self.code.take().is_some_and(|(code, challenge)| {
                use base64::engine::general_purpose::URL_SAFE_NO_PAD;
                use sha2::Digest as _;
                let shown = URL_SAFE_NO_PAD.encode(sha2::Sha256::digest(part("code_verifier").as_bytes()));
                code == part("code") && challenge.is_none_or(|c| c == shown)
            }),
            _ => false,
        };
        if !good {
            return refused("invalid_grant");
        }
        self.given += 1;
        let access = format!("access-{}", self.given);
        self.access.push(access.clone());
        let mut body = json!({ "access_token": access, "expires_in": self.lives, "token_type": "Bearer" });
        if self.rotates {
            self.refresh = format!("refresh-{}", self.given);
        }
        if self.rotates || part("grant_type") == "authorization_code" {
            body["refresh_token"] = Value::from(self.refresh.clone());
            if self.basic {
                body["refresh_token_expires_in"] = 47_304_000.into();
            }
        }
        Reply::json(200, &body)
    }
}

fn refused(error: &str) -> Reply {
    Reply::json(400, &json!({ "error": error, "error_description": "the token refresh-0 is no good" }))
}
