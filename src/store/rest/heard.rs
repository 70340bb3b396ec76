//! An answer of a store as far as status and codes tell, and what a code proves. Pure.

use serde_json::Value;

use crate::core::push::Pushed;
use crate::core::sending::AskError;
use crate::net::{Answer, Reply};

/// How a kind of store says no.
#[derive(Clone, Copy)]
pub struct Dialect {
    /// As people call the store.
    pub title: &'static str,
    /// `call`, `code`, `means` and a word why, tab by tab. Only what stands there is a definite answer to a write.
    pub table: &'static str,
    /// Codes with messages out of the body of an answer that is no success; the first that the table knows counts.
    pub errors: fn(&Value) -> Vec<(String, String)>,
}

/// What a code proves.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Means {
    /// Nothing was changed.
    Refused,
    /// A limiter turned it away unread.
    Throttled,
    /// Get a new token.
    Token,
    /// The account, its key or a permission does not work.
    Key,
    /// There is no such thing over there.
    Gone,
    /// Not in the table: a write is unknown after it.
    Nothing,
}

#[derive(Clone, PartialEq, Debug)]
pub enum Heard {
    /// Null where the body was empty.
    Yes {
        body: Value,
        location: String,
    },
    No {
        code: String,
        message: String,
        means: Means,
    },
    NotSent(String),
    Unknown(String),
}

impl Dialect {
    fn means(&self, call: &str, code: &str) -> Option<Means> {
        self.table.lines().filter(|l| !l.starts_with('#')).find_map(|line| {
            let mut cells = line.split('\t');
            let of = cells.next()?;
            if (of != call && of != "any") || cells.next()? != code {
                return None;
            }
            Some(match cells.next()? {
                "refused" => Means::Refused,
                "throttled" => Means::Throttled,
                "token" => Means::Token,
                "key" => Means::Key,
                "gone" => Means::Gone,
                _ => Means::Nothing,
            })
        })
    }

    /// Success is a 2xx with a body that is JSON, or with none.
    pub fn hear(&self, call: &str, answer: Answer) -> Heard {
        let reply = match answer {
            Answer::Reply(reply) => reply,
            Answer::NotSent(why) => return Heard::NotSent(why),
            Answer::Unknown(why) => return Heard::Unknown(why),
        };
        let body = match reply.body.trim_ascii() {
            b"" => Ok(Value::Null),
            bytes => serde_json::from_slice::<Value>(bytes),
        };
        match (reply.status, body) {
            (200..=299, Ok(body)) => {
                Heard::Yes { body, location: reply.header("Location").unwrap_or_default().to_owned() }
            }
            (status @ 200..=299, Err(_)) => Heard::Unknown(format!("HTTP {status} with a body that is no JSON")),
            (_, body) => self.no(call, &reply, &body.unwrap_or_default()),
        }
    }

    fn no(&self, call: &str, reply: &Reply, body: &Value) -> Heard {
        let status = format!("HTTP {}", reply.status);
        let mut said = (self.errors)(body);
        let message = said.first().map(|(_, message)| message.clone()).unwrap_or_default();
        said.push((status.clone(), message));
        let known = said.iter().find_map(|(code, message)| Some((code, message, self.means(call, code)?)));
        let (code, message, means) = match known {
            Some((code, message, means)) => (code.clone(), message.clone(), means),
            None => {
                let (code, message) = said.swap_remove(0);
                (code, message, Means::Nothing)
            }
        };
        // Behind a 5xx something may have happened, whatever the body says.
        let means = if reply.status >= 500 { Means::Nothing } else { means };
        let code = if code.is_empty() { status } else { code };
        Heard::No { code, message, means }
    }

    fn told(code: &str, message: &str) -> String {
        if message.is_empty() { code.to_owned() } else { format!("{code}: {message}") }
    }

    /// For questions: the body, or why there is none. `None`: no such thing over there.
    ///
    /// # Errors
    /// No answer that can be read.
    pub fn asked(&self, heard: Heard) -> Result<Option<Value>, AskError> {
        match heard {
            Heard::Yes { body, .. } => Ok(Some(body)),
            Heard::No { means: Means::Gone, .. } => Ok(None),
            Heard::No { code, message, means: Means::Token | Means::Key } => {
                Err(AskError::KeyRefused(Self::told(&code, &message)))
            }
            Heard::No { code, message, .. } => Err(AskError::Answer { code, message }),
            Heard::NotSent(why) | Heard::Unknown(why) => Err(AskError::Unreachable(why)),
        }
    }

    /// For a parcel that was told.
    pub fn pushed(&self, heard: Heard, id: impl FnOnce(&Value, &str) -> String) -> Pushed {
        match heard {
            Heard::Yes { body, location } => Pushed::Done { id: id(&body, &location) },
            Heard::NotSent(why) => Pushed::NotSent { why },
            Heard::Unknown(why) => Pushed::Unknown { why },
            Heard::No { code, message, means } => match means {
                Means::Refused | Means::Gone => Pushed::Refused { code, message },
                Means::Throttled => Pushed::NotSent { why: Self::told(&code, &message) },
                Means::Token | Means::Key => Pushed::KeyRefused { why: Self::told(&code, &message) },
                Means::Nothing => Pushed::Unknown { why: Self::told(&code, &message) },
            },
        }
    }

    pub fn unreadable(&self, what: &str) -> AskError {
        let message = format!("{}'s answer does not read as {what}", self.title);
        AskError::Answer { code: "unreadable".into(), message }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SHOP: Dialect = Dialect {
        title: "Shop",
        table: "# c\nship\t32300\trefused\tcarrier\nany\tHTTP 429\tthrottled\t\nread\tHTTP 404\tgone\t\n",
        errors: |body| vec![(super::super::value::text(body, "code"), super::super::value::text(body, "message"))],
    };

    fn heard(call: &str, status: u16, body: &str) -> Heard {
        SHOP.hear(call, Answer::Reply(Reply { status, headers: vec![], body: body.into() }))
    }

    fn pushed(status: u16, body: &str) -> Pushed {
        SHOP.pushed(heard("ship", status, body), |_, _| String::new())
    }

    #[test]
    fn only_the_table_refuses_and_never_behind_a_5xx() {
        let refusal = r#"{"code":32300,"message":"m"}"#;
        assert_eq!(pushed(400, refusal), Pushed::Refused { code: "32300".into(), message: "m".into() });
        assert_eq!(pushed(500, refusal), Pushed::Unknown { why: "32300: m".into() });
        for (status, body) in [(400, r#"{"code":1}"#), (400, "<html>"), (404, ""), (200, "<html>"), (302, "{}")] {
            assert!(matches!(pushed(status, body), Pushed::Unknown { .. }), "{status} {body}");
        }
        assert_eq!(pushed(429, ""), Pushed::NotSent { why: "HTTP 429".into() });
        assert_eq!(pushed(204, ""), Pushed::Done { id: String::new() });
        assert_eq!(SHOP.asked(heard("read", 404, "")), Ok(None));
        assert!(matches!(SHOP.asked(heard("read", 400, "{}")), Err(AskError::Answer { .. })));
    }
}
