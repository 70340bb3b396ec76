//! The first token: the link for the browser, and the code that it brings back.

use super::answer::plain;
use super::ask::{Ask, Call};
use super::form::{self, value};
use super::life;
use super::line::Line;
use super::sign::sign;
use crate::core::sending::AskError;
use crate::net::url::BaseUrl;
use crate::supplier::heard::{Heard, Means, asked};
use crate::token::{Consent, Token};

pub struct IopConsent {
    pub line: Line,
    /// Of the page on which a person says yes.
    pub page: BaseUrl,
    pub redirect_uri: Option<String>,
    state: String,
}

impl IopConsent {
    pub fn new(line: Line, page: BaseUrl, redirect_uri: Option<String>) -> Self {
        // Of this app and account alone, and the same in every run: the address may be pasted into a later one.
        let mark = sign(&line.secret, &format!("state of supplier.{}", line.supplier));
        let state = mark.chars().take(32).collect();
        Self { line, page, redirect_uri, state }
    }
}

impl Consent for IopConsent {
    fn kept(&self) -> Option<Token> {
        self.line.tokens.load()
    }

    fn link(&self) -> Result<String, AskError> {
        let redirect = self.redirect_uri.as_deref().ok_or_else(|| {
            let message = format!("supplier.{} has no redirect_uri: the callback URL of the app", self.line.supplier);
            AskError::Answer { code: "config".to_owned(), message }
        })?;
        let query = [
            ("response_type", "code"),
            ("force_auth", "true"),
            ("redirect_uri", redirect),
            ("client_id", &self.line.app_key),
            ("state", &self.state),
        ];
        Ok(self.page.join("/oauth/authorize", &query))
    }

    fn take(&self, pasted: &str) -> Result<Token, AskError> {
        let code = code(pasted, &self.state).map_err(AskError::KeyRefused)?;
        let ask = Ask { call: Call::Token, ..Ask::question("/auth/token/create", &[("code", code)]) };
        let data = match self.line.once(&ask, None) {
            Heard::No { code, message, means: Means::Refused | Means::Token } => {
                asked(Heard::No { code, message, means: Means::Key })?
            }
            heard => asked(heard)?,
        };
        let unreadable = |message: String| AskError::Answer { code: "token".to_owned(), message };
        let token = life::token(&data, self.line.clock.now(), None)
            .ok_or_else(|| unreadable("the answer has no token".to_owned()))?;
        let _lock = self.line.tokens.lock();
        self.line.tokens.save(&token).map_err(|e| unreadable(format!("the token cannot be kept: {e}")))?;
        Ok(token)
    }
}

/// The code of what a person pasted: the code itself, or the address to which the browser was sent.
fn code(pasted: &str, state: &str) -> Result<String, String> {
    let pasted = pasted.trim();
    let Some((_, query)) = pasted.split_once('?') else {
        return plain(&pasted.into()).ok_or_else(|| "nothing was pasted".to_owned());
    };
    let query = query.split('#').next().unwrap_or(query);
    let pair = |pair: &str| {
        let (name, value) = pair.split_once('=')?;
        Some((name.to_owned(), form::plain(value)?))
    };
    let pairs: Vec<(String, String)> = query.split('&').filter_map(pair).collect();
    let of = |name: &str| value(&pairs, name).to_owned();
    let refused = of("error");
    if !refused.is_empty() {
        return Err(format!("the page answered {}", refused.chars().take(40).collect::<String>()));
    }
    if !of("state").is_empty() && of("state") != state {
        return Err("this address belongs to another account: open the link of this one".to_owned());
    }
    Some(of("code")).filter(|code| !code.is_empty()).ok_or_else(|| "this address has no code in it".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_or_the_whole_address_may_be_pasted() {
        assert_eq!(code(" 0_510000_abc \n", "s").unwrap(), "0_510000_abc");
        assert_eq!(code("https://example.com/cb?x=a+b&code=0_5%2f1&state=s#x", "s").unwrap(), "0_5/1");
        assert_eq!(code("http://127.0.0.1:9/?sp=ae&code=0_5", "s").unwrap(), "0_5");
        for (pasted, why) in [
            ("", "nothing was pasted"),
            ("https://a.com/?code=1&state=t", "another account"),
            ("https://a.com/?error=access_denied", "access_denied"),
            ("https://a.com/?x=1", "no code"),
        ] {
            assert!(code(pasted, "s").unwrap_err().contains(why), "{pasted}");
        }
    }
}
