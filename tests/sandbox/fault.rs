//! What can go wrong between two computers, one fault for one call.

use std::fmt;
use std::time::Duration;

use serde_json::Value;

use super::http::Reply;

pub enum Fault {
    /// The request is read, nothing is done, the line is cut.
    DropBefore,
    /// Done, then cut without an answer.
    DropAfter,
    /// Done, and half of the answer's body comes.
    HalfBody,
    /// Not done: this status and body instead.
    Instead(u16, String),
    /// Done, and yet this status and body.
    After(u16, String),
    /// Turned away unread.
    TooMany { retry_after: Option<String> },
    /// Done, answered late.
    Slow(Duration),
    /// Done, and the answer changed on its way.
    Altered(Box<dyn Fn(&mut Value) + Send>),
}

/// For a script or another process.
pub const NAMES: [&str; 9] =
    ["drop-before", "drop-after", "half-body", "500-before", "500-after", "429", "429-retry-after", "slow", "not-json"];

impl Fault {
    pub fn named(name: &str) -> Option<Self> {
        Some(match name {
            "drop-before" => Self::DropBefore,
            "drop-after" => Self::DropAfter,
            "half-body" => Self::HalfBody,
            "500-before" => Self::Instead(500, "{}".into()),
            "500-after" => Self::After(500, "{}".into()),
            "429" => Self::TooMany { retry_after: None },
            "429-retry-after" => Self::TooMany { retry_after: Some("1".into()) },
            "slow" => Self::Slow(Duration::from_secs(90)),
            "not-json" => Self::After(200, "<html>".into()),
            _ => return None,
        })
    }

    /// CJ's "200 with an error inside"; `done` says whether the order was made all the same.
    pub fn error(code: &str, message: &str, done: bool) -> Self {
        let body = format!(r#"{{"code":{code},"result":false,"message":"{message}","data":null,"requestId":"r-1"}}"#);
        if done { Self::After(200, body) } else { Self::Instead(200, body) }
    }

    pub fn altered(change: impl Fn(&mut Value) + Send + 'static) -> Self {
        Self::Altered(Box::new(change))
    }

    /// `None` cuts the line.
    pub fn meet(self, too_many: impl FnOnce() -> Reply, answer: impl FnOnce() -> Reply) -> Option<Reply> {
        let with = |status, body: String| Reply { status, headers: vec![], body: body.into_bytes(), sent: None };
        match self {
            Self::DropBefore => None,
            Self::DropAfter => {
                answer();
                None
            }
            Self::HalfBody => {
                let reply = answer();
                let half = reply.body.len() / 2;
                Some(Reply { sent: Some(half), ..reply })
            }
            Self::Instead(status, body) => Some(with(status, body)),
            Self::After(status, body) => {
                answer();
                Some(with(status, body))
            }
            Self::TooMany { retry_after } => {
                let mut reply = too_many();
                reply.headers.extend(retry_after.map(|value| ("Retry-After", value)));
                Some(reply)
            }
            Self::Slow(time) => {
                let reply = answer();
                std::thread::sleep(time);
                Some(reply)
            }
            Self::Altered(change) => {
                let mut reply = answer();
                let mut json = serde_json::from_slice(&reply.body).unwrap();
                change(&mut json);
                reply.body = json.to_string().into_bytes();
                Some(reply)
            }
        }
    }
}

impl fmt::Debug for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::DropBefore => "DropBefore",
            Self::DropAfter => "DropAfter",
            Self::HalfBody => "HalfBody",
            Self::Instead(..) => "Instead",
            Self::After(..) => "After",
            Self::TooMany { .. } => "TooMany",
            Self::Slow(_) => "Slow",
            Self::Altered(_) => "Altered",
        })
    }
}
