//! Envelopes: `{"<method>_response": …}` on `/sync`, the bare body on `/rest`, two shapes of error. Pure.

use serde_json::Value;

use super::ask::Call;
use crate::net::Answer;
use crate::supplier::heard::{self, Codes, Heard, Means};
use crate::supplier::loose::text;

/// Codes of success, wherever one is given: they differ by method.
pub const FINE: [&str; 4] = ["", "0", "00", "200"];

/// The inside of the envelope, or the error. Success inside (`result.is_success` and its like) is each call's own.
pub fn hear(codes: &Codes, call: Call, answer: Answer) -> Heard {
    let reply = match answer {
        Answer::Reply(reply) => reply,
        Answer::NotSent(why) => return Heard::NotSent(why),
        Answer::Unknown(why) => return Heard::Unknown(why),
    };
    let Some(body) = serde_json::from_slice::<Value>(&reply.body).ok().filter(Value::is_object) else {
        return match reply.status {
            429 => no("HTTP 429".into(), "too many requests".into(), Means::Throttled),
            status => Heard::Unknown(format!("HTTP {status} with a body that is no JSON object")),
        };
    };
    // Behind a 5xx something may have happened, whatever the body says.
    if reply.status >= 500 {
        return Heard::Unknown(format!("HTTP {}", reply.status));
    }
    let wrapped = body.get("error_response").filter(|error| error.is_object());
    if let Some(error) = wrapped {
        return error_of(codes, call, error);
    }
    let inside = unwrapped(body);
    if !FINE.contains(&text(&inside, "code").as_str()) {
        return error_of(codes, call, &inside);
    }
    match reply.status {
        200..=299 => Heard::Yes(inside),
        429 => no("HTTP 429".into(), "too many requests".into(), Means::Throttled),
        status => Heard::Unknown(format!("HTTP {status}")),
    }
}

fn no(code: String, message: String, means: Means) -> Heard {
    Heard::No { code: heard::code(&code), message, means }
}

/// Any single key that ends with `_response`: one method has answered under the name of another.
fn unwrapped(mut body: Value) -> Value {
    let Some(fields) = body.as_object_mut() else { return body };
    let mut keys = fields.keys().filter(|key| key.ends_with("_response"));
    let (Some(key), None) = (keys.next().cloned(), keys.next()) else { return body };
    match fields.get_mut(&key).filter(|inside| inside.is_object()) {
        Some(inside) => inside.take(),
        None => body,
    }
}

/// The sub code says more than the code: "remote service error" alone says nothing.
fn error_of(codes: &Codes, call: Call, error: &Value) -> Heard {
    let first = |keys: &[&str]| keys.iter().map(|k| text(error, k)).find(|t| !t.is_empty()).unwrap_or_default();
    let (sub, code) = (text(error, "sub_code"), text(error, "code"));
    let means = match (sub.is_empty(), codes.means(call.name(), &sub)) {
        (false, means) => means,
        (true, _) => codes.means(call.name(), &code),
    };
    let code = if sub.is_empty() { code } else { sub };
    let code = if code.is_empty() { "error".to_owned() } else { code };
    no(code, first(&["sub_msg", "msg", "message"]), means)
}

/// A list, however it is wrapped: bare, under the one key that holds it, or a single element where a list is meant.
///
/// An object with one key is a wrapper when `wrapper` is that key; `wrapper` is the platform's own word for it.
pub fn list<'a>(of: &'a Value, key: &str, wrappers: &[&str]) -> Vec<&'a Value> {
    let Some(found) = of.get(key) else { return vec![] };
    let inside = wrappers.iter().find_map(|wrapper| found.get(wrapper)).unwrap_or(found);
    match inside {
        Value::Array(list) => list.iter().collect(),
        Value::Null => vec![],
        Value::String(text) if text.is_empty() || text == "null" => vec![],
        Value::Object(fields) if fields.is_empty() => vec![],
        one => vec![one],
    }
}

/// Text of a list's element: ids come as numbers or as text, and keep every digit.
pub fn plain(value: &Value) -> Option<String> {
    let text = match value {
        Value::String(text) => text.trim().to_owned(),
        Value::Number(number) => number.to_string(),
        _ => return None,
    };
    Some(text).filter(|text| !text.is_empty() && text != "null")
}

/// True, `"true"`, false, `"false"`; `None` for anything else.
pub fn flag(of: &Value, key: &str) -> Option<bool> {
    match of.get(key)? {
        Value::Bool(flag) => Some(*flag),
        Value::String(text) if text.eq_ignore_ascii_case("true") => Some(true),
        Value::String(text) if text.eq_ignore_ascii_case("false") => Some(false),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::net::Reply;

    fn heard(status: u16, body: &str) -> Heard {
        let codes = Codes::read(concat!("create\t4028\trefused\tvendor\n", include_str!("refusals.tsv")));
        hear(&codes, Call::Create, Answer::Reply(Reply { status, headers: vec![], body: body.into() }))
    }

    #[test]
    fn success_in_any_envelope() {
        for body in [
            r#"{"aliexpress_ds_order_create_response":{"result":1,"request_id":"r"}}"#,
            r#"{"aliexpress_trade_buy_placeorder_response":{"result":1}}"#,
            r#"{"/auth/token/create_response":{"result":1,"code":"0"}}"#,
            r#"{"code":"0","result":1}"#,
            r#"{"code":0,"result":1,"error_response":null}"#,
            r#"{"result":1}"#,
        ] {
            let Heard::Yes(inside) = heard(200, body) else { unreachable!("{body}") };
            assert_eq!(text(&inside, "result"), "1", "{body}");
        }
    }

    #[test]
    fn errors_in_any_envelope() {
        for (body, code, message, means) in [
            (
                r#"{"error_response":{"type":"ISV","code":"IllegalAccessToken","msg":"expired"}}"#,
                "IllegalAccessToken",
                "expired",
                Means::Token,
            ),
            (
                r#"{"error_response":{"code":"15","type":"ISP","sub_code":"isv.x","sub_msg":"Insufficient.","msg":"Remote"}}"#,
                "isv.x",
                "Insufficient.",
                Means::Nothing,
            ),
            (r#"{"type":"ISV","code":"InvalidCode","message":"used"}"#, "InvalidCode", "used", Means::Nothing),
            (r#"{"code":"4028","message":"vendor"}"#, "4028", "vendor", Means::Refused),
            (r#"{"code":4028,"message":"vendor"}"#, "4028", "vendor", Means::Refused),
            (r#"{"error_response":{"msg":"?"}}"#, "error", "?", Means::Nothing),
        ] {
            assert_eq!(heard(200, body), no(code.into(), message.into(), means), "{body}");
        }
        assert!(matches!(heard(500, r#"{"code":"4028"}"#), Heard::Unknown(_)));
        assert!(matches!(heard(200, "<html>"), Heard::Unknown(_)) && matches!(heard(404, "{}"), Heard::Unknown(_)));
        assert!(matches!(heard(429, "slow down"), Heard::No { means: Means::Throttled, .. }));
    }

    #[test]
    fn a_list_in_every_wrapping() {
        for body in [
            r#"{"l":{"w":[{"a":1}]}}"#,
            r#"{"l":{"w":{"a":1}}}"#,
            r#"{"l":[{"a":1}]}"#,
            r#"{"l":{"a":1}}"#,
            r#"{"l":{"other_w":[{"a":1}]}}"#,
        ] {
            let body: Value = serde_json::from_str(body).unwrap();
            let found = list(&body, "l", &["w", "other_w"]);
            assert_eq!((found.len(), text(found[0], "a").as_str()), (1, "1"), "{body}");
        }
        let body: Value =
            serde_json::from_str(r#"{"n":{"number":[8190000000000001,"2"]},"e":{},"s":"null","t":"TRUE","f":false}"#)
                .unwrap();
        let ids: Vec<_> = list(&body, "n", &["number"]).into_iter().filter_map(plain).collect();
        assert_eq!(ids, ["8190000000000001", "2"]);
        assert!(
            list(&body, "e", &[]).is_empty() && list(&body, "s", &[]).is_empty() && list(&body, "x", &[]).is_empty()
        );
        assert_eq!((flag(&body, "t"), flag(&body, "f"), flag(&body, "s")), (Some(true), Some(false), None));
    }
}
