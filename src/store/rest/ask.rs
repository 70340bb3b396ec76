//! A request to a store, as a value: all but the host and the key. Pure.

use serde_json::Value;

use crate::net::url::escaped;
use crate::net::{Effect, Method};

#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Ask {
    /// Which rows of the store's table of refusals count.
    pub call: &'static str,
    pub method: Method,
    pub effect: Effect,
    pub path: String,
    pub query: Vec<(&'static str, String)>,
    /// JSON, or empty.
    pub body: Vec<u8>,
}

impl Ask {
    pub fn get(path: String, query: Vec<(&'static str, String)>) -> Self {
        Self { call: "read", method: Method::Get, effect: Effect::Reads, path, query, body: vec![] }
    }

    pub fn ship(path: String, body: &Value) -> Self {
        let body = body.to_string().into_bytes();
        Self { call: "ship", method: Method::Post, effect: Effect::Writes, path, query: vec![], body }
    }
}

/// A key of the store as one piece of a path, whatever is in it.
pub fn piece(key: &str) -> String {
    match escaped(key.trim()) {
        dots if dots.bytes().all(|b| b == b'.') => "-".to_owned(),
        piece => piece,
    }
}
