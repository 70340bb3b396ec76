//! As much of HTTP/1.1 as the sandbox needs: one request in, one reply out, on a connection that stays open.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;

use serde_json::Value;

/// A request as it arrived.
#[derive(Clone, Debug)]
pub struct Called {
    pub method: String,
    /// Path and query as they came.
    pub target: String,
    pub path: String,
    pub query: Vec<(String, String)>,
    pub headers: Vec<(String, String)>,
    pub body: Vec<u8>,
    /// Null when the body is not JSON.
    pub json: Value,
}

impl Called {
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(n, _)| n.eq_ignore_ascii_case(name)).map(|(_, v)| v.as_str())
    }

    pub fn query(&self, name: &str) -> Option<&str> {
        self.query.iter().find(|(n, _)| n == name).map(|(_, v)| v.as_str())
    }

    /// A field of a form in the body.
    pub fn form(&self, name: &str) -> Option<String> {
        let body = std::str::from_utf8(&self.body).ok()?;
        let pairs = body.split('&').filter_map(|pair| pair.split_once('='));
        pairs.map(|(key, value)| (plain(key), plain(value))).find(|(key, _)| key == name).map(|(_, value)| value)
    }

    /// The path, with the method or GraphQL operation behind it where all share one path.
    pub fn name(&self) -> String {
        match self.form("method").filter(|_| self.path == "/sync") {
            Some(method) => format!("{}/{method}", self.path),
            None if self.operation().is_empty() => self.path.clone(),
            None => format!("{}/{}", self.path, self.operation()),
        }
    }

    /// The name of a GraphQL operation; empty for everything else.
    pub fn operation(&self) -> &str {
        let text = self.json["query"].as_str().unwrap_or_default();
        let named = text.split("query ").nth(1).or_else(|| text.split("mutation ").nth(1));
        named.map_or("", |rest| rest.split(|c: char| !c.is_alphanumeric()).next().unwrap_or(""))
    }

    /// `None` at the end of the connection.
    pub fn read(from: &mut BufReader<TcpStream>) -> Option<Self> {
        let mut line = String::new();
        if from.read_line(&mut line).ok()? == 0 {
            return None;
        }
        let mut words = line.split_whitespace();
        let (method, target) = (words.next()?.to_owned(), words.next()?.to_owned());
        let mut headers = vec![];
        loop {
            let mut line = String::new();
            from.read_line(&mut line).ok()?;
            let Some((name, value)) = line.trim_end().split_once(':') else { break };
            headers.push((name.to_owned(), value.trim().to_owned()));
        }
        let length = headers.iter().find(|(n, _)| n.eq_ignore_ascii_case("content-length"));
        let length = length.map_or(Ok(0), |(_, v)| v.parse()).ok()?;
        let mut body = vec![0; length];
        from.read_exact(&mut body).ok()?;
        let (path, query) = target.split_once('?').unwrap_or((&target, ""));
        let pair = |pair: &str| {
            let (key, value) = pair.split_once('=').unwrap_or((pair, ""));
            (plain(key), plain(value))
        };
        let query = query.split('&').filter(|p| !p.is_empty()).map(pair).collect();
        let json = serde_json::from_slice(&body).unwrap_or_default();
        Some(Self { method, path: path.to_owned(), target: target.clone(), query, headers, body, json })
    }
}

/// Percent-decoded; a plus is a space, as in forms.
pub fn plain(text: &str) -> String {
    let bytes = text.as_bytes();
    let (mut out, mut at) = (vec![], 0);
    while at < bytes.len() {
        let escaped = (bytes[at] == b'%').then(|| text.get(at + 1..at + 3)).flatten();
        match escaped.and_then(|hex| u8::from_str_radix(hex, 16).ok()) {
            Some(byte) => {
                out.push(byte);
                at += 3;
            }
            None => {
                out.push(if bytes[at] == b'+' { b' ' } else { bytes[at] });
                at += 1;
            }
        }
    }
    String::from_utf8_lossy(&out).into_owned()
}

#[derive(Clone, Debug)]
pub struct Reply {
    pub status: u16,
    pub headers: Vec<(&'static str, String)>,
    pub body: Vec<u8>,
    /// Of the body, so many bytes are sent before the line is cut.
    pub sent: Option<usize>,
}

impl Reply {
    pub fn json(status: u16, body: &Value) -> Self {
        let headers = vec![("Content-Type", "application/json;charset=UTF-8".to_owned())];
        Self { status, headers, body: body.to_string().into_bytes(), sent: None }
    }

    /// False when the connection is over.
    pub fn write(&self, to: &mut TcpStream) -> bool {
        let mut head = format!("HTTP/1.1 {} Said\r\nContent-Length: {}\r\n", self.status, self.body.len());
        for (name, value) in &self.headers {
            head += &format!("{name}: {value}\r\n");
        }
        let body = &self.body[..self.sent.unwrap_or(self.body.len())];
        let whole = [head.as_bytes(), b"\r\n", body].concat();
        to.write_all(&whole).and_then(|()| to.flush()).is_ok() && self.sent.is_none()
    }
}
