//! The access token: at hand, kept from an earlier run, or refreshed. One process at a time refreshes.

use std::sync::PoisonError;

use jiff::Timestamp;

use super::ask::{Ask, Call};
use super::life;
use super::line::Line;
use crate::secret::Secret;
use crate::supplier::heard::{Heard, Means};
use crate::token::{Refresh, Token};

/// `refused` is one that the platform has just turned away, whatever its end was said to be.
///
/// # Errors
/// What the call that needs it is to be told: nothing was sent.
pub fn at_hand(line: &Line, refused: Option<&Secret>) -> Result<Secret, Heard> {
    if let Some(given) = &line.given {
        return Ok(given.clone());
    }
    let mut held = line.held.lock().unwrap_or_else(PoisonError::into_inner);
    let now = line.clock.now();
    let good = |token: &Token| token.is_fresh(now) && refused != Some(&token.value);
    if let Some(token) = held.as_ref().filter(|token| good(token)) {
        return Ok(token.value.clone());
    }
    let token = match line.tokens.load().filter(|token| good(token)) {
        Some(token) => token,
        None => renewed(line, now, refused)?,
    };
    let value = token.value.clone();
    *held = Some(token);
    Ok(value)
}

fn renewed(line: &Line, now: Timestamp, refused: Option<&Secret>) -> Result<Token, Heard> {
    let _lock = line.tokens.lock().map_err(|e| Heard::NotSent(format!("the lock of the token: {e}")))?;
    let Some(kept) = line.tokens.load() else { return Err(consent_again(line, "there is no token yet")) };
    let is_refused = refused == Some(&kept.value);
    if kept.is_fresh(now) && !is_refused {
        // Another process was faster.
        return Ok(kept);
    }
    let lives = !is_refused && kept.expires_at.is_some_and(|end| now < end);
    let refresh = kept.refresh.as_ref().filter(|r| r.expires_at.is_none_or(|end| now < end));
    let Some(refresh) = refresh else {
        return if lives { Ok(kept) } else { Err(consent_again(line, "the consent has run out")) };
    };
    match refreshed(line, now, refresh) {
        Err(Heard::NotSent(_)) if lives => Ok(kept),
        other => other,
    }
}

fn refreshed(line: &Line, now: Timestamp, refresh: &Refresh) -> Result<Token, Heard> {
    let params = [("refresh_token", refresh.value.expose().to_owned())];
    let ask = Ask { call: Call::Token, ..Ask::question("/auth/token/refresh", &params) };
    let token = match line.once(&ask, None) {
        Heard::Yes(data) => life::token(&data, now, Some(refresh)),
        Heard::No { code, message, means: Means::Token | Means::Key | Means::Refused } => {
            return Err(consent_again(line, &format!("{code}: {message}")));
        }
        Heard::No { code, message, .. } => return Err(Heard::NotSent(format!("no token: {code}: {message}"))),
        Heard::NotSent(why) | Heard::Unknown(why) => return Err(Heard::NotSent(format!("no token: {why}"))),
    };
    let token = token.ok_or_else(|| Heard::NotSent("the answer to the refresh has no token".to_owned()))?;
    line.tokens.save(&token).map_err(|e| Heard::NotSent(format!("the new token cannot be kept: {e}")))?;
    Ok(token)
}

fn consent_again(line: &Line, why: &str) -> Heard {
    let message = format!("{why}; dsf auth supplier.{}", line.supplier);
    Heard::No { code: line.platform.name.to_owned(), message, means: Means::Key }
}
