//! The token of one account: taken from its file, got anew, replaced when it is refused. Who logs in and how a request
//! carries the token is each supplier's own.

use std::sync::{Arc, Mutex, PoisonError};

use jiff::Timestamp;

use super::heard::{Heard, Means};
use crate::net::clock::Clock;
use crate::secret::Secret;
use crate::token::{Refresh, Token, TokenFile};

/// A limiter's "not now" to a write proves that nothing happened; the pace waits in between.
const TRIES_AT_THE_LIMITER: u32 = 3;

pub struct Session {
    clock: Arc<dyn Clock>,
    file: TokenFile,
    held: Mutex<Option<Token>>,
}

impl Session {
    pub fn new(clock: Arc<dyn Clock>, file: TokenFile) -> Self {
        Self { clock, file, held: Mutex::new(None) }
    }

    /// Sends with a token. A refused token is replaced and the call repeated once: such an answer proves that nothing
    /// was done, for a write too.
    pub fn say(
        &self,
        log_in: impl Fn(Timestamp, Option<&Refresh>) -> Result<Token, Heard>,
        once: impl Fn(&Secret) -> Heard,
    ) -> Heard {
        let mut renewed = false;
        let mut tries = 0;
        loop {
            let token = match self.token(&log_in) {
                Ok(token) => token,
                Err(heard) => return heard,
            };
            let heard = once(&token);
            match &heard {
                Heard::No { means: Means::Token, .. } if !renewed => {
                    renewed = true;
                    self.forget(&token);
                }
                Heard::No { means: Means::Throttled, .. } if tries + 1 < TRIES_AT_THE_LIMITER => tries += 1,
                _ => return heard,
            }
        }
    }

    /// The token at hand, the one kept from an earlier run, or a new one. `log_in` is told the refresh token of the
    /// kept one.
    ///
    /// # Errors
    /// What the log-in heard.
    pub fn token(&self, log_in: impl Fn(Timestamp, Option<&Refresh>) -> Result<Token, Heard>) -> Result<Secret, Heard> {
        let mut held = self.held.lock().unwrap_or_else(PoisonError::into_inner);
        let now = self.clock.now();
        if let Some(token) = held.as_ref().filter(|t| t.is_fresh(now)) {
            return Ok(token.value.clone());
        }
        // One run at a time asks for a new token. Without the lock two may: each then has one that works.
        let lock = self.file.lock().ok();
        let kept = self.file.load();
        let token = match kept {
            Some(token) if token.is_fresh(now) => token,
            kept => {
                let token = log_in(now, kept.as_ref().and_then(|t| t.refresh.as_ref()))?;
                // A token that cannot be kept is asked for again next time.
                let _ = self.file.save(&token);
                token
            }
        };
        drop(lock);
        let value = token.value.clone();
        *held = Some(token);
        Ok(value)
    }

    /// Unless another thread has already put a newer one in its place.
    fn forget(&self, refused: &Secret) {
        let mut held = self.held.lock().unwrap_or_else(PoisonError::into_inner);
        if held.as_ref().is_none_or(|t| t.value == *refused) {
            *held = None;
        }
        if self.file.load().is_some_and(|t| t.value == *refused) {
            self.file.forget();
        }
    }
}

/// For a log-in: whatever goes wrong there, the call that needed the token was not sent.
pub fn without_token(heard: Heard) -> Heard {
    match heard {
        Heard::Yes(_) => Heard::NotSent("the answer to the log-in has no token".to_owned()),
        Heard::No { code, message, means: Means::Token | Means::Key | Means::Refused } => {
            Heard::No { code, message, means: Means::Key }
        }
        Heard::No { code, message, .. } => Heard::NotSent(format!("no token: {code}: {message}")),
        Heard::NotSent(why) | Heard::Unknown(why) => Heard::NotSent(format!("no token: {why}")),
    }
}
