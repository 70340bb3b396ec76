//! A trace of requests for a person who asks why. It shows the shape of what went and came, never what it said: keys,
//! lengths and a few codes. No header, no query value, no name, address, phone or token can be in it.

use std::fs::OpenOptions;
use std::io::{self, Write};
use std::path::Path;
use std::sync::{Arc, Mutex};

use serde_json::Value;

use super::clock::Clock;
use super::{Answer, Request, Wire};

/// Keys whose values say nothing of a customer or an account, in any API here.
const SHOWN: [&str; 9] =
    ["code", "result", "success", "requestId", "request_id", "orderStatus", "error_code", "payType", "quantity"];
/// No code is longer; whoever puts a name under such a key gets it hidden.
const LONGEST_SHOWN: usize = 40;

#[derive(Clone)]
pub struct Trace {
    to: Arc<Mutex<dyn Write + Send>>,
}

impl Trace {
    /// # Errors
    /// The file cannot be made. It is private to its owner.
    pub fn append_to(path: &Path) -> io::Result<Self> {
        let mut options = OpenOptions::new();
        options.append(true).create(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        Ok(Self::to(options.open(path)?))
    }

    pub fn to(to: impl Write + Send + 'static) -> Self {
        Self { to: Arc::new(Mutex::new(to)) }
    }

    fn line(&self, line: &str) {
        if let Ok(mut to) = self.to.lock() {
            // A full disk must not stop an order whose outcome is still to be written down.
            let _ = writeln!(to, "{line}");
        }
    }
}

pub struct Traced<W> {
    wire: W,
    trace: Trace,
    clock: Arc<dyn Clock>,
}

impl<W: Wire> Traced<W> {
    pub fn new(wire: W, trace: Trace, clock: Arc<dyn Clock>) -> Self {
        Self { wire, trace, clock }
    }
}

impl<W: Wire> Wire for Traced<W> {
    fn send(&self, request: &Request) -> Answer {
        let began = self.clock.now();
        self.trace.line(&format!(
            "{began} > {} {} {}",
            request.method.as_str(),
            request.path(),
            shape_of(&request.body)
        ));
        let answer = self.wire.send(request);
        let took = self.clock.now().as_millisecond() - began.as_millisecond();
        let said = match &answer {
            Answer::Reply(reply) => format!("HTTP {} {}", reply.status, shape_of(&reply.body)),
            Answer::NotSent(why) => format!("not sent: {why}"),
            Answer::Unknown(why) => format!("unknown: {why}"),
        };
        self.trace.line(&format!("{} < {} {took} ms {said}", self.clock.now(), request.path()));
        answer
    }
}

fn shape_of(body: &[u8]) -> String {
    match serde_json::from_slice::<Value>(body) {
        Ok(value) => shape(None, &value),
        Err(_) => format!("{} bytes", body.len()),
    }
}

fn shape(key: Option<&str>, value: &Value) -> String {
    let shown = key.is_some_and(|key| SHOWN.contains(&key));
    match value {
        Value::Object(fields) => {
            let fields: Vec<String> = fields
                .iter()
                .map(|(key, value)| {
                    // A key that is data, such as an order's id, is not a name of a field.
                    let name = if is_field_name(key) { key.as_str() } else { "…" };
                    format!("{name}:{}", shape(Some(name), value))
                })
                .collect();
            format!("{{{}}}", fields.join(","))
        }
        Value::Array(items) => {
            items.first().map_or("[]".to_owned(), |one| format!("[{}×{}]", items.len(), shape(None, one)))
        }
        Value::Null | Value::Bool(_) => value.to_string(),
        Value::Number(n) if shown => n.to_string(),
        Value::Number(_) => "number".to_owned(),
        Value::String(text) if shown && text.len() <= LONGEST_SHOWN && is_code(text) => format!("\"{text}\""),
        Value::String(text) => format!("text({})", text.chars().count()),
    }
}

fn is_field_name(key: &str) -> bool {
    key.starts_with(|c: char| c.is_ascii_alphabetic()) && key.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_')
}

fn is_code(text: &str) -> bool {
    text.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_.".contains(&b))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_shape_shows_codes_and_no_customer() {
        let body =
            br#"{"code":1603003,"message":"Order of Ada","data":{"shippingPhone":"+14155550100","n":[{"a":1},{"a":2}]},
            "+49 30":1,"requestId":"a-1"}"#;
        let shape = shape_of(body);
        assert_eq!(
            shape,
            "{code:1603003,message:text(12),data:{shippingPhone:text(12),n:[2×{a:number}]},…:number,requestId:\"a-1\"}"
        );
        assert_eq!(shape_of(b"<html>Ada</html>"), "16 bytes");
    }
}
