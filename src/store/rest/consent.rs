//! The log-in in a browser, by authorization code: the link, and the token for the code that comes back.

use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest, Sha256};

use super::grant::Grant;
use crate::core::sending::AskError;
use crate::net::Wire;
use crate::net::clock::Clock;
use crate::net::url::BaseUrl;
use crate::secret::Secret;
use crate::token::{Consent, Token, TokenFile};

/// What goes into the link of one kind of store.
pub struct Door {
    pub base: BaseUrl,
    pub path: &'static str,
    pub scope: &'static str,
    /// Proof of possession by RFC 7636, S256.
    pub pkce: bool,
}

pub struct AuthCode {
    door: Door,
    grant: Grant,
    redirect: String,
    file: TokenFile,
    wire: Arc<dyn Wire>,
    clock: Arc<dyn Clock>,
    /// Nobody else knows these two: without the one a code is worth nothing, by the other our own log-in is known again.
    verifier: Secret,
    state: String,
}

impl AuthCode {
    /// # Errors
    /// The system gives no random numbers.
    pub fn new(
        door: Door,
        grant: Grant,
        redirect: String,
        file: TokenFile,
        (wire, clock): (Arc<dyn Wire>, Arc<dyn Clock>),
    ) -> Result<Self, String> {
        let random = || {
            let mut bytes = [0_u8; 32];
            getrandom::fill(&mut bytes).map_err(|e| e.to_string())?;
            Ok::<_, String>(URL_SAFE_NO_PAD.encode(bytes))
        };
        let (verifier, state) = (Secret::new(random()?), random()?);
        Ok(Self { door, grant, redirect, file, wire, clock, verifier, state })
    }

    /// The code out of what was pasted: itself, or the address with `code=` in it.
    fn code(&self, pasted: &str) -> Result<String, AskError> {
        let refuse = |why: &str| Err(AskError::KeyRefused(why.to_owned()));
        let pasted = pasted.trim();
        let query = pasted.split_once('?').map_or(pasted, |(_, query)| query);
        let part = |name: &str| {
            let value = query.split(['&', '#']).find_map(|pair| pair.strip_prefix(name)?.strip_prefix('='));
            value.map(plain)
        };
        if let Some(error) = part("error") {
            return refuse(&format!("the log-in ended with {}", error.chars().take(60).collect::<String>()));
        }
        match (part("code"), part("state")) {
            (Some(_), Some(state)) if state != self.state => refuse("this address is of another log-in"),
            (Some(_), None) if pasted.contains('?') => refuse("this address is of another log-in"),
            (Some(code), _) if !code.is_empty() => Ok(code),
            (None, _) if !pasted.is_empty() && !pasted.contains(['?', '&', ' ']) => Ok(plain(pasted)),
            _ => refuse("there is no code in what was pasted"),
        }
    }
}

impl Consent for AuthCode {
    fn kept(&self) -> Option<Token> {
        self.file.load()
    }

    fn link(&self) -> Result<String, AskError> {
        let mut query = vec![
            ("response_type", "code"),
            ("client_id", &self.grant.client_id),
            ("redirect_uri", &self.redirect),
            ("scope", self.door.scope),
            ("state", &self.state),
        ];
        let challenge = URL_SAFE_NO_PAD.encode(Sha256::digest(self.verifier.expose().as_bytes()));
        if self.door.pkce {
            query.extend([("code_challenge", challenge.as_str()), ("code_challenge_method", "S256")]);
        }
        Ok(self.door.base.join(self.door.path, &query))
    }

    fn take(&self, pasted: &str) -> Result<Token, AskError> {
        let code = self.code(pasted)?;
        let verifier = self.door.pkce.then_some(&self.verifier);
        let not_kept = |why: std::io::Error| AskError::Unreachable(format!("the token cannot be kept: {why}"));
        let _lock = self.file.lock().map_err(not_kept)?;
        let answer = self.wire.send(&self.grant.by_code(&code, &self.redirect, verifier));
        let token = self.grant.read(answer, None, self.clock.now())?;
        self.file.save(&token).map_err(not_kept)?;
        Ok(token)
    }
}

/// Percent-decoded; what is no escape stays.
fn plain(text: &str) -> String {
    let (mut out, mut rest) = (vec![], text.as_bytes());
    while let Some((first, after)) = rest.split_first() {
        let escaped = (*first == b'%').then(|| after.get(..2)).flatten();
        let byte = escaped.and_then(|hex| u8::from_str_radix(std::str::from_utf8(hex).ok()?, 16).ok());
        out.push(byte.unwrap_or(*first));
        rest = if byte.is_some() { &after[2..] } else { after };
    }
    String::from_utf8_lossy(&out).into_owned()
}
