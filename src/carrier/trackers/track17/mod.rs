//! 17TRACK, API v2.4: numbers are registered once, for a fee each, and read as often as its limit of three requests a second allows.
//! Forty numbers go into one request. `answer` reads; its tables of errors and statuses lie beside it.

mod answer;

use std::collections::BTreeMap;
use std::sync::Arc;

use serde_json::{Value, json};

use super::{BuildError, Heard, Kind, Number, Registered, Tracker};
use crate::carrier::table::{by_id, by_seventeen_track};
use crate::config::Tracker as Config;
use crate::core::sending::AskError;
use crate::net::url::BaseUrl;
use crate::net::{Effect, Method, Net, Request, Wire};
use crate::secret::{Kept, Secret};

pub const KIND: Kind = Kind { name: "17track", about: "17TRACK, by its API v2.4", build };

const HOST: &str = "https://api.17track.net";
const PATH: &str = "/track/v2.4/";
const REQUESTS_PER_SECOND: u32 = 3;
const AT_ONCE: usize = 40;

struct Track17 {
    wire: Arc<dyn Wire>,
    base: BaseUrl,
    key: Secret,
}

fn build(name: &str, config: &Config, net: &Net) -> Result<Box<dyn Tracker>, BuildError> {
    let kept = Kept {
        env: config.api_key_env.as_deref(),
        file: config.api_key_file.as_deref(),
        command: config.api_key_command.as_deref(),
    };
    let key = match net.is_offline() {
        true => Secret::new(""),
        false => kept.read(&format!("tracker.{name}.api_key"))?,
    };
    let base = BaseUrl::parse(config.base_url.as_deref().unwrap_or(HOST))
        .map_err(|why| BuildError::Url { name: name.to_owned(), why })?;
    let account = format!("17track {base} {}", key.expose());
    let wire = net.wire(&account, config.requests_per_second.unwrap_or(REQUESTS_PER_SECOND));
    Ok(Box::new(Track17 { wire, base, key }))
}

impl Track17 {
    /// Every call is a POST, and every call may be repeated: registering a number twice costs nothing and changes nothing.
    fn ask(&self, call: &str, body: &Value) -> Result<Value, AskError> {
        let url = self.base.join(&format!("{PATH}{call}"), &[]);
        let request = Request::new(Method::Post, Effect::Reads, url)
            .json(body.to_string().into_bytes())
            .with_secret("17token", self.key.clone());
        answer::data(self.wire.send(&request))
    }
}

impl Tracker for Track17 {
    fn batch(&self) -> usize {
        AT_ONCE
    }

    fn quota(&self) -> Result<Option<u64>, AskError> {
        Ok(answer::quota(&self.ask("getquota", &json!([]))?))
    }

    fn key_of(&self, carrier: &str) -> Option<String> {
        Some(by_id(carrier)?.seventeen_track?.to_string())
    }

    fn carrier_of(&self, key: &str) -> Option<String> {
        Some(by_seventeen_track(key.parse().ok()?)?.id.to_owned())
    }

    fn register(&self, numbers: &[Number]) -> Result<BTreeMap<String, Registered>, AskError> {
        let items: Vec<Value> = numbers.iter().map(registration).collect();
        Ok(answer::registered(&self.ask("register", &items.into())?))
    }

    fn read(&self, numbers: &[Number]) -> Result<BTreeMap<String, Heard>, AskError> {
        let items: Vec<Value> = numbers.iter().map(numbered).collect();
        Ok(answer::reports(&self.ask("gettrackinfo", &items.into())?))
    }
}

/// The number, with the carrier's key where it is one.
fn numbered(number: &Number) -> Value {
    let mut item = json!({"number": number.number});
    if let Ok(key) = number.carrier.parse::<u32>() {
        item["carrier"] = json!(key);
    }
    item
}

fn registration(number: &Number) -> Value {
    let mut item = numbered(number);
    item["auto_detection"] = json!(true);
    for (key, value) in
        [("tag", &number.tag), ("destination_country", &number.country), ("destination_postal_code", &number.postcode)]
    {
        if !value.is_empty() {
            item[key] = json!(value);
        }
    }
    item
}
