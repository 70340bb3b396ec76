//! What an answer says of a token's life. Pure.

use jiff::{SignedDuration, Timestamp};
use serde_json::Value;

use crate::secret::Secret;
use crate::supplier::loose::text;
use crate::token::{Refresh, Token};

/// A token as `/auth/token/create` or `/refresh` answers it. `before` is what it was got with: an answer without a
/// refresh token leaves the old one in force, and its end never moves.
pub fn token(data: &Value, now: Timestamp, before: Option<&Refresh>) -> Option<Token> {
    let value = text(data, "access_token");
    if value.is_empty() {
        return None;
    }
    let expires_at = end(data, now, "expires_in", "expire_time");
    Some(Token { value: Secret::new(value), got_at: now, expires_at, refresh: refresh(data, now, before) })
}

fn refresh(data: &Value, now: Timestamp, before: Option<&Refresh>) -> Option<Refresh> {
    let value = text(data, "refresh_token");
    if value.is_empty() {
        return before.cloned();
    }
    // Zero seconds: this one cannot be refreshed.
    if text(data, "refresh_expires_in") == "0" {
        return None;
    }
    let said = end(data, now, "refresh_expires_in", "refresh_token_valid_time");
    let expires_at = said.or_else(|| before.and_then(|b| b.expires_at));
    Some(Refresh { value: Secret::new(value), expires_at })
}

/// Seconds from now, else a moment in milliseconds. Numbers or text.
fn end(data: &Value, now: Timestamp, seconds: &str, moment: &str) -> Option<Timestamp> {
    let from_now = text(data, seconds).parse().ok().and_then(|s| now.checked_add(SignedDuration::from_secs(s)).ok());
    from_now.or_else(|| Timestamp::from_millisecond(text(data, moment).parse().ok()?).ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_life_is_as_long_as_the_answer_says() {
        let now: Timestamp = "2026-11-01T00:00:00Z".parse().unwrap();
        let read = |body: &str, before| token(&serde_json::from_str(body).unwrap(), now, before);
        let first = read(
            r#"{"access_token":"50000a","refresh_token":"50001r","expires_in":"86400","refresh_expires_in":172800}"#,
            None,
        )
        .unwrap();
        assert_eq!(first.expires_at.unwrap().to_string(), "2026-11-02T00:00:00Z");
        assert_eq!(first.days_left(now), Some(2));
        // Null or absent: the old one stays.
        for body in [r#"{"access_token":"b","refresh_token":null}"#, r#"{"access_token":"b"}"#] {
            let next = read(body, first.refresh.as_ref()).unwrap();
            assert_eq!((next.refresh.unwrap().value.expose(), next.expires_at), ("50001r", None), "{body}");
        }
        let moved =
            read(r#"{"access_token":"b","refresh_token":"s","expire_time":1793491200000}"#, first.refresh.as_ref());
        let moved = moved.unwrap();
        assert_eq!(moved.days_left(now), Some(2), "its end does not move");
        assert_eq!(moved.expires_at.unwrap().to_string(), "2026-11-01T00:00:00Z");
        assert!(
            read(r#"{"access_token":"b","refresh_token":"s","refresh_expires_in":0}"#, None).unwrap().refresh.is_none()
        );
        assert!(read("{}", None).is_none());
    }
}
