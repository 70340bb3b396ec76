//! CJ's envelope and what its codes prove. Pure.

use std::sync::LazyLock;

use serde_json::Value;

use crate::net::Answer;
use crate::supplier::heard::{self, Codes, Heard, Means};
use crate::supplier::loose::text;

/// The calls that the table of refusals tells apart.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Call {
    Create,
    Confirm,
    Pay,
    Cancel,
    Asking,
}

impl Call {
    fn name(self) -> &'static str {
        match self {
            Self::Create => "create",
            Self::Confirm => "confirm",
            Self::Pay => "pay",
            Self::Cancel => "cancel",
            Self::Asking => "asking",
        }
    }
}

static CODES: LazyLock<Codes> = LazyLock::new(|| Codes::read(include_str!("refusals.tsv")));

/// Success is HTTP 200, a code of 200, 0 or none, and neither `result` nor `success` false.
pub fn hear(call: Call, answer: Answer) -> Heard {
    let reply = match answer {
        Answer::Reply(reply) => reply,
        Answer::NotSent(why) => return Heard::NotSent(why),
        Answer::Unknown(why) => return Heard::Unknown(why),
    };
    let envelope = serde_json::from_slice::<Value>(&reply.body).ok().filter(Value::is_object);
    let Some(mut envelope) = envelope else {
        return match reply.status {
            401 => Heard::No { code: "HTTP 401".into(), message: "not authorized".into(), means: Means::Token },
            429 => Heard::No { code: "HTTP 429".into(), message: "too many requests".into(), means: Means::Throttled },
            // No such question is an answer; a write that is lost on the way is not.
            404 if call == Call::Asking => {
                Heard::No { code: "HTTP 404".into(), message: "no such call".into(), means: Means::Nothing }
            }
            status => Heard::Unknown(format!("HTTP {status} with a body that is not CJ's JSON")),
        };
    };
    let code = heard::code(&text(&envelope, "code"));
    let denied = ["result", "success"].iter().any(|key| envelope.get(*key) == Some(&Value::Bool(false)));
    if reply.status == 200 && ["", "0", "200"].contains(&code.as_str()) && !denied {
        return Heard::Yes(envelope.get_mut("data").map(Value::take).unwrap_or_default());
    }
    let means = match (CODES.means(call.name(), &code), reply.status) {
        // Behind a 5xx something may have happened, whatever the body says.
        (_, 500..) => Means::Nothing,
        (Means::Nothing, 401) => Means::Token,
        (Means::Nothing, 429) if ["", "0", "200", "429"].contains(&code.as_str()) => Means::Throttled,
        (means, _) => means,
    };
    let code = if code.is_empty() || code == "200" { format!("HTTP {}", reply.status) } else { code };
    Heard::No { code, message: text(&envelope, "message"), means }
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
        assert_eq!(heard(Call::Create, 200, r#"{"code":200,"result":true,"data":1}"#), Heard::Yes(1.into()));
        assert_eq!(heard(Call::Asking, 200, r#"{"code":"0","success":true,"data":"x"}"#), Heard::Yes("x".into()));
        assert_eq!(heard(Call::Asking, 200, r#"{"data":null}"#), Heard::Yes(Value::Null));
        for body in [r#"{"code":200,"result":false}"#, r#"{"code":200,"success":false}"#, r#"{"code":1600000}"#] {
            assert_eq!(meaning(Call::Create, 200, body), Some(Means::Nothing), "{body}");
        }
        assert_eq!(meaning(Call::Create, 201, r#"{"code":200,"data":1}"#), Some(Means::Nothing));
        for body in ["", "[]", "<html>", r#"{"code":200,"data":{"order"#] {
            assert!(matches!(heard(Call::Create, 200, body), Heard::Unknown(_)), "{body}");
        }
    }

    #[test]
    fn only_the_table_refuses_and_never_behind_a_5xx() {
        let code =
            |status, code: &str| meaning(Call::Create, status, &format!("{{\"code\":{code},\"message\":\"m\"}}"));
        assert_eq!(code(200, "1605001"), Some(Means::Refused));
        assert_eq!(code(400, "\"16900403\""), Some(Means::Refused));
        assert_eq!(code(500, "1605001"), Some(Means::Nothing));
        for open in ["1603000", "1600000", "1600301", "1603003", "1603102", "1604000", "5027", "1"] {
            assert_eq!(code(200, open), Some(Means::Nothing), "{open}");
        }
        assert_eq!(code(401, "1600001"), Some(Means::Token));
        assert_eq!(code(200, "1600005"), Some(Means::Key));
        assert_eq!((code(429, "1600200"), code(429, "1603000")), (Some(Means::Throttled), Some(Means::Nothing)));
        assert_eq!(meaning(Call::Create, 429, "slow down"), Some(Means::Throttled));
        assert_eq!(meaning(Call::Pay, 200, r#"{"code":1604000}"#), Some(Means::Refused));
    }
}
