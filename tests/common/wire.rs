//! A wire that answers from a list and remembers what it was asked; a clock that counts instead of waiting.
#![allow(dead_code, clippy::unwrap_used)]

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use dsf::config::Config;
use dsf::core::address::Address;
use dsf::core::ids::{OrderId, PurchaseOrderId};
use dsf::core::money::Money;
use dsf::core::purchase::ship_to_hash;
use dsf::core::sending::{Dispatch, DispatchLine};
use dsf::net::clock::Clock;
use dsf::net::{Answer, Net, Reply, Request, Wire};
use dsf::supplier::api::SupplierApi;
use dsf::supplier::kinds;
use jiff::{SignedDuration, Timestamp};

#[derive(Default)]
pub struct Recorder {
    pub seen: Mutex<Vec<Request>>,
    pub answers: Mutex<VecDeque<Answer>>,
}

impl Recorder {
    pub fn then(&self, status: u16, body: &str) -> &Self {
        self.answers.lock().unwrap().push_back(Answer::Reply(Reply { status, headers: vec![], body: body.into() }));
        self
    }

    pub fn seen(&self) -> Vec<Request> {
        self.seen.lock().unwrap().clone()
    }
}

impl Wire for Recorder {
    fn send(&self, request: &Request) -> Answer {
        self.seen.lock().unwrap().push(request.clone());
        self.answers.lock().unwrap().pop_front().unwrap_or(Answer::Unknown("no answer was prepared".into()))
    }
}

pub struct FakeClock {
    now: Mutex<Timestamp>,
    pub slept: Mutex<Vec<Duration>>,
}

impl Default for FakeClock {
    fn default() -> Self {
        Self { now: Mutex::new("2026-11-24T09:00:00Z".parse().unwrap()), slept: Mutex::default() }
    }
}

impl FakeClock {
    pub fn advance(&self, time: Duration) {
        let mut now = self.now.lock().unwrap();
        *now += SignedDuration::try_from(time).unwrap();
    }

    pub fn slept(&self) -> Duration {
        self.slept.lock().unwrap().iter().sum()
    }
}

impl Clock for FakeClock {
    fn now(&self) -> Timestamp {
        *self.now.lock().unwrap()
    }

    fn sleep(&self, time: Duration) {
        self.slept.lock().unwrap().push(time);
        self.advance(time);
    }
}

/// The config with one supplier `s`, from the lines of its table.
pub fn config_of(table: &str) -> Config {
    Config::parse(&format!("[supplier.s]\n{table}"), "config.toml").unwrap()
}

/// A client as the config makes it.
pub fn client_of(table: &str, net: &Net) -> Box<dyn SupplierApi> {
    kinds::build("s", &config_of(table).suppliers["s"], net).unwrap()
}

/// A CJ client as the config makes it.
pub fn cj(base_url: &str, net: &Net) -> Box<dyn SupplierApi> {
    let config = format!(
        "[supplier.cj]\nkind = \"cj\"\napi_key_command = \"printf CJ1234567@api@0123456789abcdef0123456789abcdef\"\n\
         base_url = \"{base_url}\"\nrequests_per_second = 1\n"
    );
    let config = Config::parse(&config, "config.toml").unwrap();
    kinds::build("cj", &config.suppliers["cj"], net).unwrap()
}

/// A Banggood client as the config makes it.
pub fn banggood(base_url: &str, net: &Net) -> Box<dyn SupplierApi> {
    let config = format!(
        "[supplier.bg]\nkind = \"banggood\"\napp_id = \"bg1000\"\n\
         app_secret_command = \"printf 9f8e7d6c5b4a39281706f5e4d3c2b1a0\"\nbase_url = \"{base_url}\"\n\
         requests_per_second = 1\n"
    );
    let config = Config::parse(&config, "config.toml").unwrap();
    kinds::build("bg", &config.suppliers["bg"], net).unwrap()
}

/// The purchase order of [`dispatch`] with listings of Banggood's.
pub fn banggood_dispatch() -> Dispatch {
    let mut order = dispatch();
    order.supplier = "bg".into();
    order.method = "airmail_airmail".into();
    order.lines[0].listing_id = "1060897:15219".into();
    order.lines[1].listing_id = "1000001:45,2".into();
    order
}

pub fn net(wire: Arc<dyn Wire>, clock: &Arc<FakeClock>, state: &std::path::Path) -> Net {
    Net::with(wire, clock.clone(), state)
}

pub fn ship_to() -> Address {
    Address {
        name: "Ada Example".into(),
        company: String::new(),
        line1: "500 Howard St".into(),
        line2: "Apt 4".into(),
        city: "San Francisco".into(),
        region: "California".into(),
        postcode: "94105".into(),
        country: "US".into(),
        phone: "+14155550100".into(),
        email: String::new(),
    }
}

pub fn dispatch() -> Dispatch {
    let usd = "17.81 USD".parse::<Money>().unwrap();
    let line = |position, listing_id: &str, quantity| DispatchLine {
        position,
        sku: format!("LAMP-{position}"),
        listing_id: listing_id.into(),
        title: "Lamp".into(),
        options: String::new(),
        quantity,
        unit_cost: dsf::core::money::Price { ten_thousandths: 100_000, currency: usd.currency },
    };
    let id = PurchaseOrderId { order: OrderId::new("us".parse().unwrap(), "1001", 1), counter: 1 };
    Dispatch {
        reference: id.reference(),
        id,
        supplier: "cj".into(),
        ship_to_hash: ship_to_hash(&ship_to()),
        ship_to: ship_to(),
        lines: vec![line(1, "1790000000000000001", 1), line(2, "AAAAAAAA-1111-4222-8333-BBBBBBBBBBBB", 2)],
        method: "CJPacket Ordinary".into(),
        ships_from: "CN".into(),
        order_number: "1001".into(),
        note: None,
        gift_message: None,
        tax_id: None,
        expected: usd,
    }
}
