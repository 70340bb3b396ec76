//! Requests that leave this computer. The only folder that knows `reqwest`, and of it only `http`.
//!
//! A client of a store or supplier makes a [`Request`] and reads an [`Answer`], both pure. What lies between is a
//! [`Wire`]; pacing, retry and tracing are wires around another wire, so a test or a dry run puts its own in the middle.

pub mod clock;
pub mod http;
pub mod pacing;
pub mod retry;
pub mod trace;
pub mod url;

use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use self::clock::{Clock, SystemClock};
use self::http::Http;
use self::pacing::{Pace, Paced};
use self::retry::Retrying;
use self::trace::{Trace, Traced};
use crate::secret::Secret;

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Method {
    Get,
    Post,
    Put,
    Patch,
    Delete,
}

impl Method {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Get => "GET",
            Self::Post => "POST",
            Self::Put => "PUT",
            Self::Patch => "PATCH",
            Self::Delete => "DELETE",
        }
    }
}

/// Whether a request changes something over there. It is not read off the method: some APIs ask by POST.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Effect {
    /// May be repeated.
    Reads,
    /// Repeated only when it certainly was not sent.
    Writes,
}

#[derive(Clone, PartialEq, Eq)]
pub struct Request {
    pub method: Method,
    pub effect: Effect,
    /// Scheme, host, port, path and query.
    pub url: String,
    pub headers: Vec<(&'static str, String)>,
    /// Headers that no trace shows, even by length.
    pub secret_headers: Vec<(&'static str, Secret)>,
    pub body: Vec<u8>,
}

impl Request {
    pub fn new(method: Method, effect: Effect, url: String) -> Self {
        Self { method, effect, url, headers: vec![], secret_headers: vec![], body: vec![] }
    }

    #[must_use]
    pub fn json(mut self, body: Vec<u8>) -> Self {
        self.headers.push(("Content-Type", "application/json".to_owned()));
        self.body = body;
        self
    }

    #[must_use]
    pub fn form(mut self, body: Vec<u8>) -> Self {
        self.headers.push(("Content-Type", "application/x-www-form-urlencoded".to_owned()));
        self.body = body;
        self
    }

    #[must_use]
    pub fn with_secret(mut self, header: &'static str, value: Secret) -> Self {
        self.secret_headers.push((header, value));
        self
    }

    /// The part of the URL behind the host, without its query: all of it that may be shown.
    pub fn path(&self) -> &str {
        let rest = self.url.split_once("://").map_or(self.url.as_str(), |(_, rest)| rest);
        let path = rest.find('/').map_or("/", |at| &rest[at..]);
        path.split('?').next().unwrap_or(path)
    }
}

/// A query and a body hold customers; both stay out.
impl fmt::Debug for Request {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {} ({} bytes)", self.method.as_str(), self.path(), self.body.len())
    }
}

/// What came of a request. There is no fourth case.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Answer {
    Reply(Reply),
    /// The connection failed before a byte of the request left.
    NotSent(String),
    /// Some of it may have arrived: a time-out, a cut line, a cut or unreadable body.
    Unknown(String),
}

#[derive(Clone, PartialEq, Eq)]
pub struct Reply {
    pub status: u16,
    pub headers: Vec<(String, String)>,
    pub body: Vec<u8>,
}

impl Reply {
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(n, _)| n.eq_ignore_ascii_case(name)).map(|(_, v)| v.as_str())
    }
}

impl fmt::Debug for Reply {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "HTTP {} ({} bytes)", self.status, self.body.len())
    }
}

pub trait Wire: Send + Sync {
    fn send(&self, request: &Request) -> Answer;
}

impl<W: Wire + ?Sized> Wire for Arc<W> {
    fn send(&self, request: &Request) -> Answer {
        (**self).send(request)
    }
}

/// The wire of a dry run: no socket is opened.
struct Offline;

impl Wire for Offline {
    fn send(&self, _: &Request) -> Answer {
        Answer::NotSent("this run opens no connection".to_owned())
    }
}

/// What clients are built with: the wire, the clock and the folder for what is shared between runs.
#[derive(Clone)]
pub struct Net {
    wire: Arc<dyn Wire>,
    pub clock: Arc<dyn Clock>,
    state: PathBuf,
    offline: bool,
}

impl Net {
    /// `state` is `$XDG_STATE_HOME/dsf`, or a folder beside the database.
    ///
    /// # Errors
    /// The system gives no TLS.
    pub fn new(state: &Path, trace: Option<Trace>) -> Result<Self, String> {
        let clock: Arc<dyn Clock> = Arc::new(SystemClock);
        let http = Http::new()?;
        let wire: Arc<dyn Wire> = match trace {
            Some(trace) => Arc::new(Traced::new(http, trace, clock.clone())),
            None => Arc::new(http),
        };
        Ok(Self { wire, clock, state: state.to_owned(), offline: false })
    }

    /// For dry runs: every request comes back as not sent.
    pub fn offline(state: &Path) -> Self {
        Self { offline: true, ..Self::with(Arc::new(Offline), Arc::new(SystemClock), state) }
    }

    /// For tests: any wire, any clock.
    pub fn with(wire: Arc<dyn Wire>, clock: Arc<dyn Clock>, state: &Path) -> Self {
        Self { wire, clock, state: state.to_owned(), offline: false }
    }

    /// The wire for one account: paced with every other run that uses it, and retried where that is safe.
    /// `account` is hashed into the name of the file that the runs share.
    pub fn wire(&self, account: &str, requests_per_second: u32) -> Arc<dyn Wire> {
        let pace = Pace::of(&self.state, account, requests_per_second, self.clock.clone());
        Arc::new(Retrying::new(Paced::new(self.wire.clone(), pace), self.clock.clone()))
    }

    /// No request can leave, so no key is needed: a dry run must not ask a password store for one.
    pub fn is_offline(&self) -> bool {
        self.offline
    }

    pub fn state(&self) -> &Path {
        &self.state
    }
}
