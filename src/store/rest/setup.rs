//! From a store's config to what its client is built with.

use std::sync::{Arc, Mutex};

use super::consent::AuthCode;
use super::grant::Grant;
use super::line::Key;
use super::session::Session;
use crate::config::Store;
use crate::core::ids::Slug;
use crate::net::clock::Clock;
use crate::net::url::BaseUrl;
use crate::net::{Net, Wire};
use crate::secret::{Kept, Secret};
use crate::store::api::BuildError;
use crate::token::{Consent, TokenFile};

/// The config says where a token is.
pub fn has_token(store: &Store) -> bool {
    store.token_env.is_some() || store.token_file.is_some() || store.token_command.is_some()
}

/// One store of the config, and the net it is spoken to over.
#[derive(Clone, Copy)]
pub struct Setup<'a> {
    pub slug: &'a Slug,
    pub store: &'a Store,
    pub net: &'a Net,
}

impl Setup<'_> {
    /// `base_url` where it is set, for every host of that kind.
    ///
    /// # Errors
    /// The URL cannot be meant.
    pub fn base(&self, host: &str) -> Result<BaseUrl, BuildError> {
        let url = self.store.base_url.as_deref().unwrap_or(host);
        BaseUrl::parse(url).map_err(|why| BuildError::Url { name: self.slug.to_string(), why })
    }

    /// # Errors
    /// The config does not say it.
    pub fn needed(&self, value: Option<&String>, key: &'static str) -> Result<String, BuildError> {
        let missing = || BuildError::Missing { name: self.slug.to_string(), key };
        value.filter(|v| !v.trim().is_empty()).cloned().ok_or_else(missing)
    }

    pub fn token_kept(&self) -> Kept<'_> {
        let store = self.store;
        Kept {
            env: store.token_env.as_deref(),
            file: store.token_file.as_deref(),
            command: store.token_command.as_deref(),
        }
    }

    pub fn secret_kept(&self) -> Kept<'_> {
        let store = self.store;
        Kept {
            env: store.client_secret_env.as_deref(),
            file: store.client_secret_file.as_deref(),
            command: store.client_secret_command.as_deref(),
        }
    }

    /// # Errors
    /// It is not where the config says.
    pub fn read(&self, kept: Kept<'_>, key: &str) -> Result<Secret, BuildError> {
        match self.net.is_offline() {
            true => Ok(Secret::new("")),
            false => Ok(kept.read(&format!("store.{}.{key}", self.slug))?),
        }
    }

    /// The account that a token is good for.
    pub fn token_file(&self, grant: &Grant) -> TokenFile {
        let account = format!("{} {} {}", self.store.kind.name, grant.base, grant.client_id);
        TokenFile::of(self.net.state(), "store", self.slug.as_str(), &account)
    }

    /// The wire and the clock of this account.
    pub fn wire(&self, requests_per_second: u32) -> (Arc<dyn Wire>, Arc<dyn Clock>) {
        let account = format!("{} {}", self.store.kind.name, self.slug);
        (self.net.wire(&account, requests_per_second), self.net.clock.clone())
    }

    /// # Errors
    /// The system gives no random numbers.
    pub fn log_in(&self, made: Result<AuthCode, String>) -> Result<Box<dyn Consent>, BuildError> {
        let failed = |why| BuildError::LogIn { name: self.slug.to_string(), why };
        Ok(Box::new(made.map_err(failed)?))
    }

    /// `own` is a refresh token of the config. `again` says how to get another; `dsf auth` where it is not said.
    pub fn user(&self, grant: Grant, own: Option<Secret>, again: Option<&str>) -> Key {
        let file = self.token_file(&grant);
        let again = again.map_or_else(|| format!("dsf auth store.{}", self.slug), str::to_owned);
        let name = format!("store.{}", self.slug);
        Key::User(Box::new(Session { name, again, grant, file, own, held: Mutex::new(None) }))
    }
}
