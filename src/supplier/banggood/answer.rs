//! Banggood's flat envelope and what its codes prove. Pure.

use std::sync::LazyLock;

use serde_json::Value;

use crate::net::Answer;
use crate::supplier::heard::{self, Codes, Heard, Means};
use crate::supplier::loose::text;

/// The calls that the table of refusals tells apart.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Call {
    Import,
    Asking,
}

impl Call {
    fn name(self) -> &'static str {
        match self {
            Self::Import => "import",
            Self::Asking => "asking",
        }
    }
}

static CODES: LazyLock<Codes> = LazyLock::new(|| Codes::read(include_str!("refusals.tsv")));

/// Success is HTTP 200 and a code of 0, a number or text. The fields stand beside the code, or some say inside `data`.
pub fn hear(call: Call, answer: Answer) -> Heard {
    let reply = match answer {
        Answer::Reply(reply) => reply,
        Answer::NotSent(why) => return Heard::NotSent(why),
        Answer::Unknown(why) => return Heard::Unknown(why),
    };
    let envelope = serde_json::from_slice::<Value>(&reply.body).ok().filter(Value::is_object);
    let Some(mut envelope) = envelope else {
        return match reply.status {
            429 => Heard::No { code: "HTTP 429".into(), message: "too many requests".into(), means: Means::Throttled },
            status => Heard::Unknown(format!("HTTP {status} with a body that is not Banggood's JSON")),
        };
    };
    let code = heard::code(&text(&envelope, "code"));
    if reply.status == 200 && code == "0" {
        let inner = envelope.get_mut("data").filter(|data| data.is_object()).map(Value::take);
        return Heard::Yes(inner.unwrap_or(envelope));
    }
    let means = match (CODES.means(call.name(), &code), reply.status) {
        // Behind a 5xx something may have happened, whatever the body says.
        (_, 500..) => Means::Nothing,
        (Means::Nothing, 429) if ["", "0"].contains(&code.as_str()) => Means::Throttled,
        (means, _) => means,
    };
    let about = CODES.about(call.name(), &code);
    let code = if code.is_empty() || code == "0" { format!("HTTP {}", reply.status) } else { code };
    Heard::No { code, message: message(&text(&envelope, "msg"), about), means }
}

/// Banggood's words name a field; the table says what it means.
fn message(theirs: &str, about: &str) -> String {
    match (theirs.is_empty(), about.is_empty()) {
        (true, _) => about.to_owned(),
        (_, true) => theirs.to_owned(),
        _ => format!("{theirs} ({about})"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::net::Reply;

    fn heard(call: Call, status: u16, body: &str) -> Heard {
        hear(call, Answer::Reply(Reply { status, headers: vec![], body: body.into() }))
    }

    fn meaning(call: Call, status: u16, body: &str) -> Option<Means> {
        match heard(call, status, body) {
            Heard::No { means, .. } => Some(means),
            _ => None,
        }
    }

    #[test]
    fn only_a_whole_success_is_a_success() {
        for body in [r#"{"code":0,"lang":"en"}"#, r#"{"code":"0","data":{"lang":"en"}}"#] {
            let Heard::Yes(data) = heard(Call::Import, 200, body) else { panic!("{body}") };
            assert_eq!(text(&data, "lang"), "en");
        }
        for body in ["", "[]", "<html>", r#"{"code":0,"sale_record"#] {
            assert!(matches!(heard(Call::Import, 200, body), Heard::Unknown(_)), "{body}");
        }
        for (status, body) in [(200, "{}"), (201, r#"{"code":0}"#), (404, r#"{"code":0}"#)] {
            assert_eq!(meaning(Call::Import, status, body), Some(Means::Nothing), "{body}");
        }
    }

    #[test]
    fn only_the_table_refuses_and_never_behind_a_5xx() {
        let code = |status, code: &str| meaning(Call::Import, status, &format!("{{\"code\":{code},\"msg\":\"m\"}}"));
        for refused in ["12031", "12032", "\"12033\"", "12034", "12063"] {
            assert_eq!(code(200, refused), Some(Means::Refused), "{refused}");
            assert_eq!(code(502, refused), Some(Means::Nothing), "{refused}");
        }
        for open in ["1", "12062", "21010", "99999"] {
            assert_eq!(code(200, open), Some(Means::Nothing), "{open}");
        }
        for token in ["11020", "21020", "21030"] {
            assert_eq!(code(200, token), Some(Means::Token), "{token}");
        }
        for key in ["11010", "11011", "31010", "31020"] {
            assert_eq!(code(200, key), Some(Means::Key), "{key}");
        }
        assert_eq!(code(200, "41010"), Some(Means::Later));
        assert_eq!(meaning(Call::Import, 429, "slow down"), Some(Means::Throttled));
    }
}
