//! A client of each kind against its sandbox, logged in; and one that hears prepared answers.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use dsf::config::Config;
use dsf::core::push::{Push, PushLine, Pushed, StoreParcels};
use dsf::net::clock::Clock;
use dsf::net::http::Http;
use dsf::net::{Answer, Net, Reply, Request, Wire};
use dsf::store::api::{Page, PullError, Pulled, StoreApi, Unread};
use dsf::store::kinds::{self, KINDS};
use jiff::{SignedDuration, Timestamp};
use tempfile::TempDir;

use super::sandbox::shop::{Sale, Shop};
use super::sandbox::{Sandbox, Service, amazon, bigcommerce, ebay, etsy, shopify, squarespace, woocommerce};

pub const NOW: &str = "2026-11-24T09:00:00Z";

pub struct FakeClock {
    now: Mutex<Timestamp>,
    pub slept: Mutex<Duration>,
}

impl Default for FakeClock {
    fn default() -> Self {
        Self { now: Mutex::new(NOW.parse().unwrap()), slept: Mutex::default() }
    }
}

impl Clock for FakeClock {
    fn now(&self) -> Timestamp {
        *self.now.lock().unwrap()
    }

    fn sleep(&self, time: Duration) {
        *self.slept.lock().unwrap() += time;
        *self.now.lock().unwrap() += SignedDuration::try_from(time).unwrap();
    }
}

/// Every kind of the table; a new kind is one word here, and what it needs in the three lists below.
pub const ALL: &[&str] = &["shopify", "woocommerce", "ebay", "etsy", "bigcommerce", "squarespace", "amazon"];

#[test]
fn every_kind_is_tried() {
    assert!(KINDS.iter().all(|kind| ALL.contains(&kind.name)));
}

pub struct Bench {
    pub shop: Arc<dyn Shop>,
    pub sandbox: Sandbox,
    pub api: Box<dyn StoreApi>,
    pub clock: Arc<FakeClock>,
    pub net: Net,
    pub state: TempDir,
    pub kind: &'static str,
}

pub fn config(kind: &str, base_url: &str) -> Config {
    let own = match kind {
        "ebay" => {
            "client_id = \"Example-dsf-PRD-1\"\nclient_secret_command = \"printf PRD-secret\"\nredirect_uri = \"Ex-Ru-1\"\n"
        }
        "etsy" => {
            "shop = \"12345678\"\nclient_id = \"keystring123\"\nclient_secret_command = \"printf shared456\"\nredirect_uri = \"https://example.com/back\"\n"
        }
        "shopify" => "token_command = \"printf shpat_0123456789abcdef0123456789abcdef\"\n",
        "woocommerce" => {
            "consumer_key_command = \"printf ck_0123456789abcdef0123456789abcdef01234567\"\nconsumer_secret_command = \"printf cs_fedcba9876543210fedcba9876543210fedcba98\"\n"
        }
        "bigcommerce" => "shop = \"abc123\"\ntoken_command = \"printf bc-token-1\"\n",
        "squarespace" => "token_command = \"printf sq-key-1\"\n",
        "amazon" => {
            "shop = \"ATVPDKIKX0DER\"\nclient_id = \"amzn1.application-oa2-client.example\"\nclient_secret_command = \"printf amzn-secret\"\ntoken_command = \"printf Atzr-refresh-1\"\n"
        }
        other => panic!("{other}"),
    };
    let text = format!("[store.us]\nkind = \"{kind}\"\nbase_url = \"{base_url}\"\nrequests_per_second = 0\n{own}");
    let text = format!("{text}{}", text.replace("[store.us]", "[store.eu]"));
    Config::parse(&text, "config.toml").unwrap()
}

pub fn api(slug: &str, config: &Config, net: &Net) -> Box<dyn StoreApi> {
    let slug = slug.parse().unwrap();
    kinds::build(&slug, &config.stores[&slug], net).unwrap()
}

/// What `dsf auth store.SLUG` does.
pub fn log_in(slug: &str, config: &Config, net: &Net, browser: impl FnOnce(&str) -> String) {
    let slug = slug.parse().unwrap();
    let store = &config.stores[&slug];
    let kind = KINDS.iter().find(|k| k.name == store.kind.name).unwrap();
    let consent = kind.consent.unwrap()(&slug, store, net).unwrap();
    let pasted = browser(&consent.link().unwrap());
    consent.take(&pasted).unwrap();
}

pub fn bench(kind: &'static str) -> Bench {
    match kind {
        "ebay" => {
            let ebay = ebay::Ebay::default();
            let browser = ebay.clone();
            started(kind, ebay.clone(), Some(Box::new(move |link| browser.state().tokens.consent(link))))
        }
        "etsy" => {
            let etsy = etsy::Etsy::default();
            let browser = etsy.clone();
            started(kind, etsy.clone(), Some(Box::new(move |link| browser.state().tokens.consent(link))))
        }
        "shopify" => started(kind, shopify::Shopify::default(), None),
        "woocommerce" => started(kind, woocommerce::WooCommerce::default(), None),
        "bigcommerce" => started(kind, bigcommerce::Bigcommerce::default(), None),
        "squarespace" => started(kind, squarespace::Squarespace::default(), None),
        "amazon" => started(kind, amazon::Amazon::default(), None),
        other => panic!("{other}"),
    }
}

pub type Browser = Box<dyn FnOnce(&str) -> String>;

pub fn started<S: Shop + Service + Clone + 'static>(kind: &'static str, store: S, browser: Option<Browser>) -> Bench {
    let sandbox = Sandbox::start(vec![Box::new(store.clone())]);
    let state = tempfile::tempdir().unwrap();
    let clock = Arc::new(FakeClock::default());
    let net = Net::with(Arc::new(Http::new().unwrap()), clock.clone(), state.path());
    let config = config(kind, &sandbox.url());
    if let Some(browser) = browser {
        log_in("us", &config, &net, browser);
    }
    let api = api("us", &config, &net);
    Bench { shop: Arc::new(store), sandbox, api, clock, net, state, kind }
}

impl Bench {
    pub fn pushes_to(&self) -> &'static str {
        match self.kind {
            "shopify" => "DsfFulfill",
            "woocommerce" => "POST /notes",
            "ebay" => "/shipping_fulfillment",
            "etsy" => "/tracking",
            "bigcommerce" => "/shipments",
            "squarespace" => "/fulfillments",
            _ => "/shipmentConfirmation",
        }
    }

    /// All pages.
    pub fn pull(&self, since: Option<Timestamp>) -> Result<Vec<Pulled>, PullError> {
        let (mut page, mut found) = (None, vec![]);
        loop {
            let Page { orders, next, unread } = self.api.orders(since, page.as_deref())?;
            if let Some(Unread { order, field, value }) = unread.into_iter().next() {
                return Err(PullError::Order { order, field, value });
            }
            found.extend(orders);
            match next {
                Some(next) => page = Some(next),
                None => return Ok(found),
            }
        }
    }

    /// Looks, then writes, as the engine does.
    pub fn push(&self, push: &Push) -> Pushed {
        self.api.push(push, &self.seen(push))
    }

    pub fn seen(&self, push: &Push) -> StoreParcels {
        self.api.parcels(&push.order).unwrap()
    }
}

pub fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

/// A parcel with so many of each line; the keys are the store's.
pub fn parcel(sale: &Sale, tracking: &str, quantities: &[u32]) -> Push {
    let line = |(line, quantity): (&super::sandbox::shop::Sold, &u32)| PushLine {
        line: Some(line.id.clone()),
        sku: line.sku.into(),
        title: line.title.into(),
        ordinal: 1,
        quantity: *quantity,
    };
    let all: Vec<u32> = sale.lines.iter().map(|l| l.quantity).collect();
    Push {
        order: sale.id.clone(),
        number: sale.id.clone(),
        tracking: tracking.into(),
        carrier: Some("USPS".into()),
        carrier_title: "USPS".into(),
        url: Some(format!("https://track.example/{tracking}")),
        shipped_at: at("2026-11-23T10:00:00Z"),
        lines: sale.lines.iter().zip(quantities).filter(|(_, q)| **q > 0).map(line).collect(),
        notify: true,
        completes: quantities == all,
    }
}

/// Answers from a list, and remembers what it was asked.
#[derive(Default)]
pub struct Recorder {
    seen: Mutex<Vec<Request>>,
    answers: Mutex<VecDeque<Answer>>,
}

impl Wire for Recorder {
    fn send(&self, request: &Request) -> Answer {
        self.seen.lock().unwrap().push(request.clone());
        self.answers.lock().unwrap().pop_front().unwrap_or(Answer::NotSent("no answer was prepared".into()))
    }
}

/// A client that will hear this.
pub struct Heard {
    pub wire: Arc<Recorder>,
    pub api: Box<dyn StoreApi>,
    _state: TempDir,
}

pub fn hears(config: &str, answers: &[(u16, &str)]) -> Heard {
    let wire = Arc::new(Recorder::default());
    for (status, body) in answers {
        let reply = Reply { status: *status, headers: vec![], body: body.as_bytes().to_vec() };
        wire.answers.lock().unwrap().push_back(Answer::Reply(reply));
    }
    let state = tempfile::tempdir().unwrap();
    let net = Net::with(wire.clone(), Arc::new(FakeClock::default()), state.path());
    let config = format!("[store.us]\nbase_url = \"http://127.0.0.1:1\"\nrequests_per_second = 0\n{config}");
    let api = api("us", &Config::parse(&config, "config.toml").unwrap(), &net);
    Heard { wire, api, _state: state }
}

impl Heard {
    /// Method, path with query, body.
    pub fn asked(&self) -> Vec<(String, String, String)> {
        let told = |r: &Request| {
            let url = r.url.strip_prefix("http://127.0.0.1:1").unwrap().to_owned();
            (r.method.as_str().to_owned(), url, String::from_utf8(r.body.clone()).unwrap())
        };
        self.wire.seen.lock().unwrap().iter().map(told).collect()
    }

    pub fn requests(&self) -> Vec<Request> {
        self.wire.seen.lock().unwrap().clone()
    }
}
