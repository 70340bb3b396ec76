//! Shopify's envelope: data, errors with codes, and what the call cost. Pure.

use std::time::Duration;

use serde_json::Value;

use crate::core::push::Pushed;
use crate::core::sending::AskError;
use crate::net::{Answer, Reply};
use crate::store::loose::{list, text, words};

/// What a code proves.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Means {
    Throttled,
    Costly,
    Key,
    Denied,
    Lacks,
    Refused,
    /// Not in the table: a write is unknown after it.
    Nothing,
}

#[derive(Clone, PartialEq, Debug)]
pub enum Heard {
    Yes(Value),
    No { code: String, message: String, means: Means },
    NotSent(String),
    Unknown(String),
}

/// Points of the bucket, whole; what is behind the point is left off.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Cost {
    pub requested: u64,
    /// In thousandths: what a moment restores is not a whole point.
    pub available: u64,
    pub maximum: u64,
    pub restored_per_second: u64,
}

impl Cost {
    pub fn of(envelope: &Value) -> Option<Self> {
        let cost = envelope.get("extensions")?.get("cost")?;
        let status = cost.get("throttleStatus")?;
        Some(Self {
            requested: points(cost, "requestedQueryCost"),
            available: points(status, "currentlyAvailable").saturating_mul(1000),
            maximum: points(status, "maximumAvailable"),
            restored_per_second: points(status, "restoreRate"),
        })
    }

    /// The bucket some time later.
    pub fn after(self, passed: Duration) -> Self {
        let restored = u64::try_from(passed.as_millis()).unwrap_or(u64::MAX).saturating_mul(self.restored_per_second);
        Self { available: self.available.saturating_add(restored).min(self.maximum.saturating_mul(1000)), ..self }
    }

    /// The bucket with so many points taken out.
    pub fn without(self, taken: u64) -> Self {
        Self { available: self.available.saturating_sub(taken.saturating_mul(1000)), ..self }
    }

    /// Until so many points are there.
    pub fn wait_for(&self, needed: u64) -> Duration {
        let missing = needed.min(self.maximum).saturating_mul(1000).saturating_sub(self.available);
        match self.restored_per_second {
            0 => Duration::ZERO,
            rate => Duration::from_millis(missing.div_ceil(rate)),
        }
    }
}

fn points(of: &Value, key: &str) -> u64 {
    let text = text(of, key);
    text.split('.').next().and_then(|whole| whole.parse().ok()).unwrap_or(0)
}

fn means(code: &str) -> Means {
    let rows = include_str!("answers.tsv").lines().filter(|l| !l.starts_with('#'));
    let found = rows.filter_map(|row| row.split_once('\t')).find(|(known, _)| *known == code);
    match found.map(|(_, means)| means) {
        Some("throttled") => Means::Throttled,
        Some("costly") => Means::Costly,
        Some("key") => Means::Key,
        Some("denied") => Means::Denied,
        Some("lacks") => Means::Lacks,
        Some("refused") => Means::Refused,
        _ => Means::Nothing,
    }
}

/// With the cost, where the answer tells it.
pub fn hear(answer: Answer) -> (Heard, Option<Cost>) {
    let reply = match answer {
        Answer::Reply(reply) => reply,
        Answer::NotSent(why) => return (Heard::NotSent(why), None),
        Answer::Unknown(why) => return (Heard::Unknown(why), None),
    };
    let envelope = serde_json::from_slice::<Value>(&reply.body).ok().filter(Value::is_object);
    let cost = envelope.as_ref().and_then(Cost::of);
    (heard(&reply, envelope), cost)
}

fn heard(reply: &Reply, envelope: Option<Value>) -> Heard {
    if reply.status >= 500 {
        return Heard::Unknown(format!("HTTP {}", reply.status));
    }
    let first = envelope.as_ref().and_then(first_error);
    if reply.status != 200 {
        let code = format!("HTTP {}", reply.status);
        let means = means(&code);
        let said = match first {
            // A limiter says so in the body, whatever the status.
            Some((inner, message)) if self::means(&inner) == Means::Throttled => {
                return Heard::No { code: inner, message, means: Means::Throttled };
            }
            Some((_, message)) => message,
            None => envelope.as_ref().map(|e| words(&text(e, "errors"))).unwrap_or_default(),
        };
        let message = if said.is_empty() { what_status_says(reply.status).to_owned() } else { said };
        return Heard::No { code, message, means };
    }
    let Some(mut envelope) = envelope else {
        return Heard::Unknown("HTTP 200 with a body that is not Shopify's JSON".to_owned());
    };
    if let Some((code, message)) = first {
        return Heard::No { means: means(&code), code, message };
    }
    match envelope.get_mut("data").map(Value::take) {
        Some(data) if data.is_object() => Heard::Yes(data),
        _ => Heard::Unknown("HTTP 200 without data".to_owned()),
    }
}

/// Code and words. An error without a code says by its words that a field is not known.
fn first_error(envelope: &Value) -> Option<(String, String)> {
    let errors = list(envelope, "errors");
    let code = |error: &Value| {
        let code = error.get("extensions").map(|e| text(e, "code")).unwrap_or_default();
        let message = text(error, "message");
        let unknown_field = ["doesn't exist on type", "Cannot query field", "does not have a field"]
            .iter()
            .any(|words| message.contains(words));
        match (code.is_empty(), unknown_field) {
            (true, true) => "undefinedField".to_owned(),
            (true, false) => "error".to_owned(),
            _ => code,
        }
    };
    // The one that says most decides: a denial beside anything else is a denial.
    let known = errors.iter().find(|e| means(&code(e)) != Means::Nothing).or(errors.first())?;
    Some((code(known), words(&text(known, "message"))))
}

fn what_status_says(status: u16) -> &'static str {
    match status {
        401 => "the token is not known",
        402 => "the shop is frozen",
        403 => "the app may not do this",
        404 => "there is no such shop; look at shop in the config",
        423 => "the shop is locked",
        429 => "too many requests",
        _ => "no reason given",
    }
}

pub fn asked(heard: Heard) -> Result<Value, AskError> {
    match heard {
        Heard::Yes(data) => Ok(data),
        Heard::No { code, message, means: Means::Key | Means::Denied } => {
            Err(AskError::KeyRefused(format!("{code}: {message}")))
        }
        Heard::No { code, message, .. } => Err(AskError::Answer { code, message }),
        Heard::NotSent(why) | Heard::Unknown(why) => Err(AskError::Unreachable(why)),
    }
}

/// For a write that was not a success.
pub fn not_pushed(heard: Heard) -> Pushed {
    match heard {
        Heard::Yes(_) => Pushed::Unknown { why: "a success without a fulfilment".to_owned() },
        Heard::NotSent(why) => Pushed::NotSent { why },
        Heard::Unknown(why) => Pushed::Unknown { why },
        Heard::No { code, message, means } => match means {
            Means::Refused | Means::Lacks => Pushed::Refused { code, message },
            Means::Throttled | Means::Costly => Pushed::NotSent { why: format!("{code}: {message}") },
            Means::Key | Means::Denied => Pushed::KeyRefused { why: format!("{code}: {message}") },
            Means::Nothing => Pushed::Unknown { why: format!("{code}: {message}") },
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn meaning(status: u16, body: &str) -> Option<Means> {
        match hear(Answer::Reply(Reply { status, headers: vec![], body: body.into() })).0 {
            Heard::No { means, .. } => Some(means),
            _ => None,
        }
    }

    #[test]
    fn a_bucket_fills_with_time_and_empties_with_calls() {
        let full = Cost { requested: 20, available: 100_000, maximum: 100, restored_per_second: 50 };
        let empty = (0..5).fold(full, |cost, _| cost.without(20));
        assert_eq!((full.wait_for(20), empty.wait_for(20)), (Duration::ZERO, Duration::from_millis(400)));
        let later = empty.after(Duration::from_millis(399));
        assert_eq!(later.wait_for(20), Duration::from_millis(1));
        assert_eq!(empty.after(Duration::from_secs(60)).available, full.available);
        assert_eq!(full.wait_for(500), Duration::ZERO, "more than a full bucket is never there");
    }

    #[test]
    fn only_the_table_is_definite() {
        let throttled = r#"{"errors":[{"message":"Throttled","extensions":{"code":"THROTTLED"}}],"extensions":{"cost":
            {"requestedQueryCost":752,"actualQueryCost":null,"throttleStatus":{"maximumAvailable":1000.0,"currentlyAvailable":666,"restoreRate":50.0}}}}"#;
        assert_eq!(meaning(200, throttled), Some(Means::Throttled));
        assert_eq!(meaning(429, throttled), Some(Means::Throttled));
        assert_eq!(meaning(429, "slow down"), Some(Means::Throttled));
        let cost = Cost::of(&serde_json::from_str(throttled).unwrap()).unwrap();
        assert_eq!(cost.wait_for(cost.requested), Duration::from_millis(1720));
        assert_eq!(cost.wait_for(5000), Duration::from_millis(6680), "no bucket holds more than its maximum");
        let denied = r#"{"data":{"orders":null},"errors":[{"message":"x","path":["orders"],"extensions":{"code":"ACCESS_DENIED"}}]}"#;
        assert_eq!(meaning(200, denied), Some(Means::Denied));
        assert_eq!(meaning(401, r#"{"errors":"[API] Invalid API key"}"#), Some(Means::Key));
        assert_eq!(
            meaning(200, r#"{"errors":[{"message":"Field 'x' doesn't exist on type 'Order'"}]}"#),
            Some(Means::Lacks)
        );
        assert_eq!(meaning(200, r#"{"data":null,"errors":[{"message":"boom"}]}"#), Some(Means::Nothing));
        assert_eq!(meaning(200, r#"{"data":{"a":1}}"#), None);
        let unknown = |status, body: &str| {
            matches!(hear(Answer::Reply(Reply { status, headers: vec![], body: body.into() })).0, Heard::Unknown(_))
        };
        assert!(unknown(502, throttled) && unknown(200, "<html>") && unknown(200, "{}"));
    }
}
