//! One client for all: the single file that knows `reqwest`, and the place where "sent" is told from "not sent".
//!
//! `is_connect` alone proves that nothing left. `is_request` is also set when the other side read everything and then
//! hung up, so it decides nothing here.

use std::io::Read;
use std::time::Duration;

use super::{Answer, Method, Reply, Request, Wire};

const CONNECT: Duration = Duration::from_secs(10);
const WHOLE: Duration = Duration::from_secs(60);
/// A connection that has been idle longer may be closed over there just as we write, and that would be an unknown outcome.
const IDLE: Duration = Duration::from_secs(15);
/// More than any API of a shop answers; a longer body is not read to its end.
const LONGEST_BODY: u64 = 32 << 20;

pub struct Http {
    client: reqwest::blocking::Client,
}

impl Http {
    /// # Errors
    /// The system gives no TLS.
    pub fn new() -> Result<Self, String> {
        Self::with_timeouts(CONNECT, WHOLE)
    }

    /// # Errors
    /// As [`Http::new`].
    pub fn with_timeouts(connect: Duration, whole: Duration) -> Result<Self, String> {
        // No redirects: 307 and 308 would send a write twice, and a custom token header would go to another host.
        reqwest::blocking::Client::builder()
            .connect_timeout(connect)
            .timeout(whole)
            .pool_idle_timeout(IDLE)
            .redirect(reqwest::redirect::Policy::none())
            .user_agent(concat!("dsf/", env!("CARGO_PKG_VERSION")))
            .build()
            .map(|client| Self { client })
            .map_err(|e| what_happened(&e))
    }
}

impl Wire for Http {
    fn send(&self, request: &Request) -> Answer {
        let mut builder = self.client.request(method(request.method), &request.url).body(request.body.clone());
        for (name, value) in &request.headers {
            builder = builder.header(*name, value);
        }
        for (name, value) in &request.secret_headers {
            builder = builder.header(*name, value.expose());
        }
        // A request that cannot be put together is certainly not sent.
        let built = match builder.build() {
            Ok(built) => built,
            Err(error) => return Answer::NotSent(what_happened(&error)),
        };
        match self.client.execute(built) {
            Ok(response) => read(response),
            Err(error) if error.is_connect() => Answer::NotSent(what_happened(&error)),
            Err(error) => Answer::Unknown(what_happened(&error)),
        }
    }
}

fn read(mut response: reqwest::blocking::Response) -> Answer {
    let status = response.status().as_u16();
    let text = |value: &reqwest::header::HeaderValue| String::from_utf8_lossy(value.as_bytes()).into_owned();
    let headers = response.headers().iter().map(|(name, value)| (name.as_str().to_owned(), text(value))).collect();
    let mut body = Vec::new();
    match response.by_ref().take(LONGEST_BODY + 1).read_to_end(&mut body) {
        Ok(_) if body.len() as u64 <= LONGEST_BODY => Answer::Reply(Reply { status, headers, body }),
        Ok(_) => Answer::Unknown(format!("HTTP {status} with a body of more than {LONGEST_BODY} bytes")),
        Err(_) => Answer::Unknown(format!("HTTP {status} with a body that was cut off")),
    }
}

fn method(method: Method) -> reqwest::Method {
    match method {
        Method::Get => reqwest::Method::GET,
        Method::Post => reqwest::Method::POST,
        Method::Put => reqwest::Method::PUT,
        Method::Patch => reqwest::Method::PATCH,
        Method::Delete => reqwest::Method::DELETE,
    }
}

/// In words, without the URL, whose query may hold what nobody else should read.
fn what_happened(error: &reqwest::Error) -> String {
    let kind = if error.is_connect() {
        "no connection"
    } else if error.is_timeout() {
        "no answer in time"
    } else if error.is_builder() {
        "the request cannot be made"
    } else if error.is_body() || error.is_decode() {
        "the answer was cut off"
    } else {
        "the connection broke"
    };
    let mut cause = std::error::Error::source(error);
    let mut last = String::new();
    while let Some(inner) = cause {
        last = inner.to_string();
        cause = inner.source();
    }
    if last.is_empty() { kind.to_owned() } else { format!("{kind}: {last}") }
}
