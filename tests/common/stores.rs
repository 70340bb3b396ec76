//! A client of a store as the config makes it, and a parcel to tell it.
#![allow(dead_code, clippy::unwrap_used)]

use std::path::Path;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use dsf::config::Config;
use dsf::core::push::{Push, PushLine, Pushed, StoreParcels};
use dsf::net::Net;
use dsf::net::clock::Clock;
use dsf::net::http::Http;
use dsf::store::api::StoreApi;
use dsf::store::kinds;
use jiff::{SignedDuration, Timestamp};

/// Goes on only when someone waits.
struct Waited(Mutex<Timestamp>);

impl Clock for Waited {
    fn now(&self) -> Timestamp {
        *self.0.lock().unwrap()
    }

    fn sleep(&self, time: Duration) {
        *self.0.lock().unwrap() += SignedDuration::try_from(time).unwrap();
    }
}

/// A real wire, and a clock that counts instead of waiting.
pub fn client(config: &str, state: &Path) -> Box<dyn StoreApi> {
    let config = Config::parse(config, "config.toml").unwrap();
    let (slug, store) = config.stores.iter().next().unwrap();
    let net = Net::with(
        Arc::new(Http::new().unwrap()),
        Arc::new(Waited(Mutex::new("2026-11-24T09:00:00Z".parse().unwrap()))),
        state,
    );
    kinds::build(slug, store, &net).unwrap()
}

pub fn push(order: &str, tracking: &str, lines: &[(&str, u32, u32)]) -> Push {
    let line = |(sku, ordinal, quantity): &(&str, u32, u32)| PushLine {
        line: None,
        sku: (*sku).to_owned(),
        title: (*sku).to_owned(),
        ordinal: *ordinal,
        quantity: *quantity,
    };
    Push {
        order: order.to_owned(),
        number: order.to_owned(),
        tracking: tracking.to_owned(),
        carrier: None,
        carrier_title: "Yanwen".to_owned(),
        url: Some(format!("https://track.example/{tracking}")),
        shipped_at: "2026-11-24T08:00:00Z".parse().unwrap(),
        lines: lines.iter().map(line).collect(),
        notify: true,
        completes: false,
    }
}

/// As the engine does it: look, then tell.
pub fn tell(client: &dyn StoreApi, push: &Push) -> Pushed {
    let seen = client.parcels(&push.order).unwrap_or_else(|_| StoreParcels::default());
    client.push(push, &seen)
}
