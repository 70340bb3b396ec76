//! A thousand parcels in one sync: forty numbers a request, and never more requests than the limit allows. The clock is a fake, so
//! nothing is waited for and everything is counted.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use dsf::config::Config;
use dsf::core::parcel::Source;
use dsf::db::{Cause, Db};
use dsf::flow::parcels::{Claim, admit};
use dsf::flow::push::Run;
use dsf::flow::sync::{Clients, sync};
use dsf::net::clock::Clock;
use dsf::net::http::Http;
use dsf::net::{Answer, Net, Request, Wire};
use jiff::Timestamp;

use crate::common::{NOW, Shopify};
use crate::sandbox::track17::{KEY, Track17};
use crate::support::{buy, shop};
use crate::wire::FakeClock;

const PARCELS: usize = 1000;
/// As long as an answer takes, by the fake clock.
const LATENCY: Duration = Duration::from_millis(200);

struct Counting {
    http: Http,
    clock: Arc<FakeClock>,
    sent: Mutex<Vec<Timestamp>>,
}

impl Wire for Counting {
    fn send(&self, request: &Request) -> Answer {
        self.sent.lock().unwrap().push(self.clock.now());
        let answer = self.http.send(request);
        self.clock.advance(LATENCY);
        answer
    }
}

#[test]
fn a_thousand_parcels_take_what_the_limit_allows_and_no_more() {
    let (track, sandbox) = Track17::start();
    track.state().quota = 2000;
    let orders = (0..PARCELS).fold(Shopify::new(), |file, n| {
        let (name, mail) = (format!("Nora Testwell {n}"), format!("b{n}@example.com"));
        file.order(&(10_000 + n).to_string(), &[("Shipping Name", &name), ("Email", &mail)])
    });
    let shop = shop("shopify", "");
    buy(&shop, orders, &["LAMP"]);
    let text = std::fs::read_to_string(shop.path("config.toml")).unwrap();
    let text = format!(
        "{text}[tracker.main]\nkind = \"17track\"\napi_key_command = \"printf {KEY}\"\nbase_url = \"{}\"\n",
        sandbox.url()
    );
    let config = Config::parse(&text, "config.toml").unwrap();
    let mut db = Db::open(&shop.path("dsf.db")).unwrap();
    let now: Timestamp = NOW.parse().unwrap();
    let cause = Cause { why: "test", actor: "tester", now };
    for (n, kept) in db.outstanding().unwrap().iter().enumerate() {
        let number = format!("YT22036212720{:05}", 10_000 + n);
        let claim = Claim {
            purchase_order: kept,
            number: &number,
            as_said: &number,
            carrier: Some("yunexpress"),
            carrier_said: "",
            source: Source::Hand,
            shipped_at: None,
            lines: None,
            replaces: None,
            shared: false,
        };
        admit(&mut db, &claim, cause).unwrap();
    }
    let clock = Arc::new(FakeClock::default());
    let wire = Arc::new(Counting { http: Http::new().unwrap(), clock: clock.clone(), sent: Mutex::default() });
    let net = Net::with(wire.clone(), clock.clone(), &shop.path("state"));
    let run = Run { config: &config, actor: "tester", now, stop: &|| false, again: &[] };
    let clients = Clients::build(&db, &run, &net).unwrap();
    let outcome = sync(&mut db, run, clients, &shop.path("dsf.db")).unwrap();

    assert_eq!((&outcome.failed, outcome.pushed()), (&vec![], PARCELS));
    assert_eq!(outcome.files[0].parcels, PARCELS);
    let calls = track.state().calls.clone();
    let sizes = |call: &str| calls.iter().filter(|(c, _)| c == call).map(|(_, n)| *n).collect::<Vec<_>>();
    assert_eq!((sizes("register"), sizes("gettrackinfo")), (vec![40; 25], vec![40; 25]));
    let sent = wire.sent.lock().unwrap();
    assert_eq!(sent.len(), 51);
    for window in sent.windows(4) {
        let within = window[3].duration_since(window[0]).unsigned_abs();
        assert!(within >= Duration::from_secs(1), "four requests within {within:?}");
    }
    // 51 requests at three a second are 17 seconds; a tenth more is allowed.
    let whole = sent[50].duration_since(sent[0]).unsigned_abs() + LATENCY;
    assert!(whole <= Duration::from_millis(18_700), "{whole:?}");
}
