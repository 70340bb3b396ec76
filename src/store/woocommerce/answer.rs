//! WordPress's errors: a code, which may be a number, and words. Pure.

use serde_json::Value;

use crate::core::push::Pushed;
use crate::core::sending::AskError;
use crate::net::{Answer, Reply};
use crate::store::loose::{text, words};

/// What a code proves.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Means {
    Key,
    Refused,
    Throttled,
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

fn means(code: &str) -> Means {
    let rows = include_str!("answers.tsv").lines().filter(|l| !l.starts_with('#'));
    let found = rows.filter_map(|row| row.split_once('\t')).find(|(known, _)| *known == code);
    match found.map(|(_, means)| means) {
        Some("key") => Means::Key,
        Some("refused") => Means::Refused,
        Some("throttled") => Means::Throttled,
        _ => Means::Nothing,
    }
}

pub fn hear(answer: Answer) -> Heard {
    let reply = match answer {
        Answer::Reply(reply) => reply,
        Answer::NotSent(why) => return Heard::NotSent(why),
        Answer::Unknown(why) => return Heard::Unknown(why),
    };
    let json = serde_json::from_slice::<Value>(&reply.body).ok().filter(|v| v.is_object() || v.is_array());
    match (reply.status, json) {
        (200..=299, Some(json)) => Heard::Yes(json),
        (status @ 200..=299, None) => Heard::Unknown(format!("HTTP {status} with a body that is not JSON")),
        // Behind a 5xx something may have happened, whatever the body says.
        (status @ 500.., json) => {
            let said = json.map(|j| words(&text(&j, "message"))).unwrap_or_default();
            Heard::Unknown(format!("HTTP {status} {said}").trim_end().to_owned())
        }
        (300..=399, _) => moved(&reply),
        (status, json) => {
            let said = json.filter(Value::is_object).unwrap_or_default();
            let inner = text(&said, "code");
            let means = if status == 429 { Means::Throttled } else { means(&inner) };
            let code = if inner.is_empty() || inner == "0" { format!("HTTP {status}") } else { inner };
            let message = match words(&text(&said, "message")) {
                empty if empty.is_empty() => {
                    "an answer that is not WordPress's; something stands before the site".to_owned()
                }
                message => message,
            };
            Heard::No { code, message, means }
        }
    }
}

/// Nothing is sent after a redirect: a key is for the address in the config alone.
fn moved(reply: &Reply) -> Heard {
    let to = reply.header("Location").unwrap_or_default();
    let to = to.split(['?', '#']).next().unwrap_or_default();
    let site = to.split("/wp-json").next().unwrap_or(to).trim_end_matches('/');
    let message = format!("the site is at {site}; say so in the config");
    Heard::No { code: format!("HTTP {}", reply.status), message, means: Means::Refused }
}

pub fn asked(heard: Heard) -> Result<Value, AskError> {
    match heard {
        Heard::Yes(json) => Ok(json),
        Heard::No { code, message, means: Means::Key } => Err(AskError::KeyRefused(format!("{code}: {message}"))),
        Heard::No { code, message, .. } => Err(AskError::Answer { code, message }),
        Heard::NotSent(why) | Heard::Unknown(why) => Err(AskError::Unreachable(why)),
    }
}

/// The key of what was made, or why nothing was.
pub fn pushed(heard: Heard, key: &str) -> Pushed {
    match heard {
        Heard::Yes(made) => match text(&made, key) {
            id if id.is_empty() => Pushed::Unknown { why: "a success without its key".to_owned() },
            id => Pushed::Done { id },
        },
        Heard::NotSent(why) => Pushed::NotSent { why },
        Heard::Unknown(why) => Pushed::Unknown { why },
        Heard::No { code, message, means } => match means {
            Means::Refused => Pushed::Refused { code, message },
            Means::Throttled => Pushed::NotSent { why: format!("{code}: {message}") },
            Means::Key => Pushed::KeyRefused { why: format!("{code}: {message}") },
            Means::Nothing => Pushed::Unknown { why: format!("{code}: {message}") },
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn heard(status: u16, body: &str) -> Heard {
        let headers = vec![("Location".to_owned(), "https://www.example.com/shop/wp-json/wc/v3/orders?x=1".to_owned())];
        hear(Answer::Reply(Reply { status, headers, body: body.into() }))
    }

    #[test]
    fn a_code_may_be_a_number_and_an_answer_no_json() {
        let no = |status, body: &str| match heard(status, body) {
            Heard::No { code, means, .. } => (code, means),
            other => (format!("{other:?}"), Means::Nothing),
        };
        let body = r#"{"code":0,"message":"Fulfillment not found.","data":{"status":"404"}}"#;
        assert_eq!(no(400, body), ("HTTP 400".into(), Means::Refused));
        let body = r#"{"code":"woocommerce_rest_cannot_view","message":"Sorry","data":{"status":401}}"#;
        assert_eq!(no(401, body).1, Means::Key);
        assert_eq!(no(403, "<html>blocked</html>"), ("HTTP 403".into(), Means::Nothing));
        assert_eq!(no(429, "<html>"), ("HTTP 429".into(), Means::Throttled));
        assert!(matches!(heard(503, "{}"), Heard::Unknown(_)) && matches!(heard(200, "<html>"), Heard::Unknown(_)));
        let Heard::No { message, .. } = heard(301, "") else { panic!() };
        assert!(message.contains("https://www.example.com/shop;"), "{message}");
    }
}
