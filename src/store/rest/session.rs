//! The token of a user: at hand, kept from an earlier run, or got with the refresh token, by one process at a time.

use std::sync::{Mutex, PoisonError};

use super::grant::Grant;
use super::heard::{Heard, Means};
use crate::core::sending::AskError;
use crate::net::Wire;
use crate::net::clock::Clock;
use crate::secret::Secret;
use crate::token::{Refresh, Token, TokenFile};

pub struct Session {
    /// `store.us`.
    pub name: String,
    /// What the person does when nothing else helps.
    pub again: String,
    pub grant: Grant,
    pub file: TokenFile,
    /// A refresh token that the config names, for stores that hand one out without `dsf auth`.
    pub own: Option<Secret>,
    pub held: Mutex<Option<Token>>,
}

impl Session {
    /// # Errors
    /// There is none, or none can be got: the call that needed it was not sent.
    pub fn token(&self, wire: &dyn Wire, clock: &dyn Clock) -> Result<Secret, Heard> {
        let mut held = self.held.lock().unwrap_or_else(PoisonError::into_inner);
        let now = clock.now();
        if let Some(token) = held.as_ref().filter(|t| t.is_fresh(now)) {
            return Ok(token.value.clone());
        }
        let token = match self.file.load().filter(|t| t.is_fresh(now)) {
            Some(token) => token,
            None => self.renewed(None, wire, clock)?,
        };
        let value = token.value.clone();
        *held = Some(token);
        Ok(value)
    }

    /// Puts a new token in the place of one that the store refused.
    ///
    /// # Errors
    /// As [`Session::token`].
    pub fn renew(&self, refused: &Secret, wire: &dyn Wire, clock: &dyn Clock) -> Result<(), Heard> {
        let mut held = self.held.lock().unwrap_or_else(PoisonError::into_inner);
        if held.as_ref().is_some_and(|t| t.value == *refused) {
            *held = Some(self.renewed(Some(refused), wire, clock)?);
        }
        Ok(())
    }

    /// Under the lock of the token's file: another process may have been here first.
    fn renewed(&self, refused: Option<&Secret>, wire: &dyn Wire, clock: &dyn Clock) -> Result<Token, Heard> {
        let not_kept = |why: std::io::Error| Heard::NotSent(format!("the file of {}'s token: {why}", self.name));
        let _lock = self.file.lock().map_err(not_kept)?;
        let now = clock.now();
        let kept = self.file.load();
        if let Some(token) = kept.clone().filter(|t| t.is_fresh(now) && Some(&t.value) != refused) {
            return Ok(token);
        }
        let own = || self.own.clone().map(|value| Refresh { value, expires_at: None });
        let refresh = own().or_else(|| kept.and_then(|t| t.refresh)).ok_or_else(|| self.nobody_logged_in())?;
        let request = self.grant.by_refresh(&refresh.value);
        let token = self.grant.read(wire.send(&request), Some(refresh), now).map_err(|e| self.refused(e))?;
        // A refresh token may be good for one use only: it is saved before anything is done with the new one.
        self.file.save(&token).map_err(not_kept)?;
        Ok(token)
    }

    fn nobody_logged_in(&self) -> Heard {
        let message = format!("nobody has allowed dsf there yet; {}", self.again);
        Heard::No { code: "no token".into(), message, means: Means::Key }
    }

    fn refused(&self, error: AskError) -> Heard {
        match error {
            AskError::KeyRefused(why) => {
                let message = format!("{why}; {}", self.again);
                Heard::No { code: "no token".into(), message, means: Means::Key }
            }
            other => Heard::NotSent(format!("no token: {other}")),
        }
    }
}
