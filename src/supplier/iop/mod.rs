//! Alibaba's open platform (IOP), on which both AliExpress and Alibaba.com are. `sign` and `form` make a request,
//! `answer` reads an envelope, `life` what is said of a token; these are pure. `line` sends, `token` keeps the token
//! alive and `consent` gets the first one.

pub mod answer;
pub mod ask;
pub mod consent;
pub mod fit;
pub mod form;
mod life;
pub mod line;
pub mod listing;
mod sign;
mod token;

use std::sync::Mutex;

use self::consent::IopConsent;
use self::line::Line;
use super::api::BuildError;
use super::heard::Codes;
use crate::config::Supplier;
use crate::net::Net;
use crate::net::url::BaseUrl;
use crate::secret::{Kept, Secret};
use crate::token::{Consent, TokenFile};

/// What is different between the two platforms before any call is made.
pub struct Platform {
    /// As people call it.
    pub name: &'static str,
    pub kind: &'static str,
    pub host: &'static str,
    /// Where a person says yes, in a browser.
    pub consent_host: &'static str,
    /// Name of the parameter that carries the access token.
    pub token_parameter: &'static str,
    /// What the codes of its answers prove.
    pub codes: fn() -> Codes,
}

/// One request a second, where nothing else is set: far below any limit that is published.
const REQUESTS_PER_SECOND: u32 = 1;

/// The consent of an account, whose page is on another host unless the config points at a test server.
///
/// # Errors
/// As [`line`].
pub fn consent(
    platform: &'static Platform,
    name: &str,
    config: &Supplier,
    net: &Net,
) -> Result<Box<dyn Consent>, BuildError> {
    let page = BaseUrl::parse(config.base_url.as_deref().unwrap_or(platform.consent_host))
        .map_err(|why| BuildError::Url { name: name.to_owned(), why })?;
    let line = line(platform, name, config, net)?;
    Ok(Box::new(IopConsent::new(line, page, config.redirect_uri.clone())))
}

/// # Errors
/// The app's key or secret is not where the config says, or the base URL cannot be meant.
pub fn line(platform: &'static Platform, name: &str, config: &Supplier, net: &Net) -> Result<Line, BuildError> {
    let secret = Kept {
        env: config.app_secret_env.as_deref(),
        file: config.app_secret_file.as_deref(),
        command: config.app_secret_command.as_deref(),
    };
    let given = Kept {
        env: config.access_token_env.as_deref(),
        file: config.access_token_file.as_deref(),
        command: config.access_token_command.as_deref(),
    };
    let base = BaseUrl::parse(config.base_url.as_deref().unwrap_or(platform.host))
        .map_err(|why| BuildError::Url { name: name.to_owned(), why })?;
    let app_key = config.app_key.clone().unwrap_or_default();
    let online = !net.is_offline();
    if online && app_key.is_empty() {
        return Err(BuildError::Missing { name: name.to_owned(), key: "app_key" });
    }
    let read = |kept: Kept<'_>, key: &str| kept.read(&format!("supplier.{name}.{key}"));
    let secret = if online { read(secret, "app_secret")? } else { Secret::new("") };
    let given = if online && given.is_set() { Some(read(given, "access_token")?) } else { None };
    let account = format!("{} {base} {app_key}", platform.kind);
    Ok(Line {
        platform,
        wire: net.wire(&account, config.requests_per_second.unwrap_or(REQUESTS_PER_SECOND)),
        clock: net.clock.clone(),
        tokens: TokenFile::of(net.state(), "supplier", name, &account),
        supplier: name.to_owned(),
        codes: (platform.codes)(),
        held: Mutex::new(None),
        base,
        app_key,
        secret,
        given,
    })
}
