//! Banggood over a real socket: every fault, the life of a token, partial failures, split orders, and what no file or
//! error may hold. Then the binary against it.
#![allow(clippy::unwrap_used, clippy::panic)]

mod common;
mod sandbox;
#[path = "common/wire.rs"]
mod wire;

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use common::{Shop, Shopify};
use dsf::core::address::recorded::compare_recorded;
use dsf::core::address::verdict::Overall;
use dsf::core::hold::HoldCode;
use dsf::core::sending::{Lookup, Outcome, SupplierStatus};
use dsf::net::clock::Clock;
use dsf::net::http::Http;
use dsf::net::trace::{Trace, Traced};
use dsf::supplier::api::SupplierApi;
use sandbox::banggood::{APP_ID, Banggood, SECRET};
use sandbox::{Fault, Sandbox};
use serde_json::json;
use tempfile::TempDir;
use wire::{FakeClock, banggood, banggood_dispatch, net, ship_to};

const IMPORT: &str = "/order/importOrder";
const INFO: &str = "/order/getOrderInfo";

struct Bench {
    state: Banggood,
    sandbox: Sandbox,
    clock: Arc<FakeClock>,
    folder: TempDir,
    client: Box<dyn SupplierApi>,
}

fn bench() -> Bench {
    let (state, sandbox) = Banggood::start();
    let (clock, folder) = (Arc::new(FakeClock::default()), tempfile::tempdir().unwrap());
    let client = client(&sandbox.url(), &clock, folder.path());
    Bench { state, sandbox, clock, folder, client }
}

fn client(url: &str, clock: &Arc<FakeClock>, folder: &Path) -> Box<dyn SupplierApi> {
    let http = Http::with_timeouts(Duration::from_secs(2), Duration::from_millis(700)).unwrap();
    let trace = Trace::append_to(&folder.join("trace")).unwrap();
    let wire = Traced::new(http, trace, clock.clone());
    banggood(url, &net(Arc::new(wire), clock, folder))
}

impl Bench {
    fn place(&self) -> Outcome {
        self.client.place(&self.client.body(&banggood_dispatch()).unwrap())
    }

    fn find(&self) -> Lookup {
        self.client.find(&banggood_dispatch().reference)
    }

    fn orders(&self) -> usize {
        self.sandbox.orders_of("US-1001-1")
    }
}

#[test]
fn from_imported_to_tracked() {
    let b = bench();
    assert!(matches!(b.place(), Outcome::Placed(_)));
    let Lookup::Found(found) = b.find() else { panic!() };
    assert_eq!((found[0].supplier_order.as_str(), &found[0].status), ("45678902", &SupplierStatus::Unpaid));
    assert_eq!(found[0].asks.unwrap().to_string(), "33.95 USD");
    assert_eq!(compare_recorded(&ship_to(), &found[0].ship_to, found[0].echo).verdict, Overall::Same);
    assert!(found[0].parcels.is_empty() && b.sandbox.calls("/getOrderHistory") == 0);
    b.state.state().mark("US-1001-1", "Shipped Out", "UA000000001CN");
    let Lookup::Found(found) = b.find() else { panic!() };
    assert_eq!(found[0].parcels[0].number, "UA000000001CN");
    let tracked = b.client.track(&["UA000000001CN".into()]).unwrap();
    assert_eq!(tracked[0].status, "Departed from the country of origin");
    assert_eq!(b.orders(), 1);
}

#[test]
fn accepted_but_not_heard_is_unknown_and_then_found() {
    let faults: [fn() -> Fault; 6] = [
        || Fault::DropAfter,
        || Fault::HalfBody,
        || Fault::After(500, "{}".into()),
        || Fault::Slow(Duration::from_millis(1500)),
        || Fault::After(200, "<html>".into()),
        || Banggood::error("21010", "System error", true),
    ];
    for fault in faults {
        let b = bench();
        let shown = format!("{:?}", fault());
        b.sandbox.fault(IMPORT, fault());
        let outcome = b.place();
        assert!(matches!(outcome, Outcome::Unknown { .. }), "{shown}: {outcome:?}");
        let found = b.find();
        assert!(matches!(&found, Lookup::Found(orders) if orders.len() == 1), "{shown}: {found:?}");
        assert_eq!((b.orders(), b.sandbox.calls(IMPORT)), (1, 1), "{shown}");
    }
}

#[test]
fn not_accepted_and_not_heard_is_unknown_and_then_not_found() {
    for fault in [Fault::DropBefore, Fault::Instead(500, "{}".into()), Banggood::error("1", "Cart question", false)] {
        let b = bench();
        b.sandbox.fault(IMPORT, fault);
        assert!(matches!(b.place(), Outcome::Unknown { .. }));
        assert_eq!(b.find(), Lookup::NotFound);
        assert!(matches!(b.place(), Outcome::Placed(_)));
        assert_eq!(b.orders(), 1);
    }
}

#[test]
fn a_duplicate_number_makes_no_second_order_and_a_refusal_is_definite() {
    let b = bench();
    assert!(matches!(b.place(), Outcome::Placed(_)));
    assert!(matches!(b.place(), Outcome::Unknown { why } if why.starts_with("12062")));
    assert_eq!(b.orders(), 1);

    let b = bench();
    b.state.state().countries.remove(0);
    assert!(matches!(b.place(), Outcome::Refused { code, .. } if code == "12032"));
    assert_eq!(b.find(), Lookup::NotFound);
    b.sandbox.fault(IMPORT, Fault::TooMany { retry_after: None });
    assert!(matches!(b.place(), Outcome::NotSent { why } if why.starts_with("41010")), "tomorrow, then");
}

#[test]
fn lines_that_were_not_taken_are_told_and_never_bought_by_another_order() {
    let b = bench();
    b.state.state().failing.push(("1000001:45,2".into(), "Error poa"));
    assert!(matches!(b.place(), Outcome::Unknown { why } if why.contains("1 of 2 lines")));
    let Lookup::Found(found) = b.find() else { panic!() };
    assert_eq!(found[0].lines, [("1060897:15219".to_owned(), 1)]);

    let b = bench();
    b.state.state().failing.extend([("1000001:45,2".into(), "Error poa"), ("1060897:15219".into(), "Out of stock")]);
    assert!(matches!(b.place(), Outcome::Refused { message, .. } if message.contains("Out of stock")));
    assert_eq!(b.orders(), 0);
}

#[test]
fn a_token_that_has_run_out_is_replaced_once_and_the_call_said_again() {
    let b = bench();
    assert_eq!(b.find(), Lookup::NotFound);
    let second = client(&b.sandbox.url(), &b.clock, b.folder.path());
    assert_eq!(second.find(&banggood_dispatch().reference), Lookup::NotFound);
    assert_eq!(b.state.state().log_ins, 1, "another run takes the token from the file");
    b.state.state().expire_token();
    assert!(matches!(b.place(), Outcome::Placed(_)));
    assert_eq!(b.state.state().log_ins, 2);
    assert_eq!((b.orders(), b.sandbox.calls(IMPORT)), (1, 2));
    b.state.state().expire_token();
    b.state.state().secret = "another".into();
    assert!(matches!(b.place(), Outcome::KeyRefused { .. }));
    assert_eq!(b.state.state().log_ins, 3);

    let b = bench();
    b.state.state().registered = false;
    assert!(matches!(b.place(), Outcome::KeyRefused { why } if why.contains("IP address")));
    // A token whose life is not said is good for this run only.
    let b = bench();
    b.state.state().token_life = json!(null);
    b.client.ready().unwrap();
    client(&b.sandbox.url(), &b.clock, b.folder.path()).ready().unwrap();
    assert_eq!(b.state.state().log_ins, 2);
}

#[test]
fn an_altered_or_missing_echo_is_seen() {
    let proof = |field: &'static str, value: Option<serde_json::Value>| {
        let b = bench();
        assert!(matches!(b.place(), Outcome::Placed(_)));
        b.state.state().echo.push((field, value));
        let Lookup::Found(found) = b.find() else { panic!() };
        compare_recorded(&ship_to(), &found[0].ship_to, found[0].echo).verdict
    };
    assert_eq!(proof("delivery_city", Some(json!("Oakland"))), Overall::Different);
    assert_eq!(proof("delivery_street_address2", Some(json!("Apt 5"))), Overall::Different);
    assert_eq!(proof("delivery_name", Some(json!("Bob Other"))), Overall::Different);
    assert_eq!(proof("delivery_country", Some(json!("United Kingdom"))), Overall::Different);
    assert_eq!(proof("delivery_city", None), Overall::Unavailable);
    assert_eq!(proof("delivery_name", Some(json!(null))), Overall::Unavailable);
    assert_eq!(proof("delivery_state", Some(json!("CA"))), Overall::Same);
    assert_eq!(proof("delivery_street_address2", None), Overall::Same, "line 2 is then listed as not said");
    assert_eq!(proof("delivery_postcode", Some(json!("94106"))), Overall::Different, "should it ever come");
}

#[test]
fn orders_divided_by_warehouse_or_later_are_one() {
    for old_names in [false, true] {
        let b = bench();
        assert!(matches!(b.place(), Outcome::Placed(_)));
        b.state.state().split("US-1001-1");
        b.state.state().old_names = old_names;
        let Lookup::Found(parts) = b.find() else { panic!() };
        let lines: Vec<_> = parts.iter().flat_map(|p| p.lines.clone()).collect();
        assert_eq!((parts.len(), lines.len()), (2, 2));
        for part in &parts {
            assert_eq!(compare_recorded(&ship_to(), &part.ship_to, part.echo).verdict, Overall::Same);
        }
        let order = banggood_dispatch();
        assert_eq!(b.client.route_problems(&order), Ok(vec![]));
    }
}

#[test]
fn country_and_method_are_asked_for_before_an_order_goes_out() {
    let b = bench();
    let mut order = banggood_dispatch();
    let problems = |order: &dsf::core::sending::Dispatch| {
        b.client.route_problems(order).unwrap().into_iter().map(|p| p.code).collect::<Vec<_>>()
    };
    assert_eq!(problems(&order), []);
    order.method = "usps1_usps1".into();
    assert_eq!(problems(&order), [HoldCode::NoMethod]);
    (order.ship_to.country, order.ship_to.region) = ("FR".into(), String::new());
    assert_eq!(problems(&order), [HoldCode::CountryNotServed]);
    assert_eq!(b.sandbox.calls("/getCountries"), 1, "the list is asked for once in a run");
}

#[test]
fn nothing_of_a_customer_a_secret_or_a_token_is_in_a_trace_or_an_error() {
    let b = bench();
    let mut said = String::new();
    b.sandbox.fault(
        IMPORT,
        Banggood::error("12032", "Error country field: Ada Example, +14155550100, 500 Howard St", false),
    );
    said += &format!("{:?}", b.place());
    b.sandbox.fault(IMPORT, Fault::HalfBody);
    said += &format!("{:?}", b.place());
    said += &format!("{:?}", b.find());
    said = said.split("Found(").next().unwrap().to_owned();
    b.sandbox.fault(INFO, Fault::Instead(200, format!(r#"{{"code":21010,"msg":"{SECRET}"}}"#)));
    said += &format!("{:?}", b.find());
    b.state.state().secret = "another".into();
    b.state.state().expire_token();
    said += &format!("{:?}", b.place());
    let trace = std::fs::read_to_string(b.folder.path().join("trace")).unwrap();
    assert!(trace.contains("POST /order/importOrder") && trace.contains("GET /getAccessToken "));
    said += &trace;
    let token = "0f1e2d3c4b5a69788796a5b4c3d2e1f0";
    for hidden in ["Ada", "Howard", "Apt 4", "4155550100", "94105", "San Francisco", SECRET, APP_ID, token] {
        assert!(!said.contains(hidden), "{hidden} is in:\n{said}");
    }
    let urls = b.sandbox.urls().join("\n");
    for hidden in ["Ada", "Howard", "Apt 4", "4155550100", "94105", "San Francisco"] {
        assert!(!urls.contains(hidden), "{hidden} is in:\n{urls}");
    }
    assert!(b.clock.now() > FakeClock::default().now(), "paced");
}

/// One order with one line, ready to be bought from the sandbox.
fn shop(sandbox: &Sandbox) -> Shop {
    let shop = Shop::new(&format!(
        "[store.us]\nkind = \"shopify\"\n[supplier.bg]\nkind = \"banggood\"\napp_id = \"{APP_ID}\"\n\
         app_secret_file = \"secret\"\nbase_url = \"{}\"\nrequests_per_second = 1000\nsettle_after_seconds = 0\n",
        sandbox.url()
    ));
    let listings = "supplier,listing_id,title,price,shipping,currency,ships_from,method\n\
        bg,1060897:15219,Desk lamp,19.95,2.65,USD,CN,airmail_airmail\nbg,1222333,Cable,7.00,2.65,USD,CN,airmail_airmail\n";
    let order = Shopify::new()
        .order(
            "1001",
            &[("Shipping Address2", "Apt 4"), ("Lineitem price", "90.00"), ("Subtotal", "110.00"), ("Total", "110.00")],
        )
        .line("1001", "CABLE", "1", "20.00");
    shop.write("secret", SECRET).write("orders.csv", order.csv()).modified("orders.csv", 0);
    shop.write("listings.csv", listings);
    shop.write("matches.csv", "sku,supplier,listing_id\nLAMP,bg,1060897:15219\nCABLE,bg,1222333\n");
    shop.run("listings import listings.csv").exits(0);
    shop.run("match import matches.csv").exits(0);
    shop.run("import orders.csv").exits(0);
    shop
}

#[test]
fn the_binary_places_proves_and_names_banggoods_orders() {
    let (state, sandbox) = Banggood::start();
    let shop = shop(&sandbox);
    shop.run("fulfill --yes").exits(0).says("PLACED  US-1001-1").says("as 45678902").says("recorded address: same");
    shop.run("show us/1001").exits(0).says("theirs 45678902");
    shop.run("fulfill --yes").exits(0).says("nothing to send");
    assert_eq!((sandbox.calls(IMPORT), state.state().orders.len()), (1, 1));
}

#[test]
fn the_binary_holds_an_altered_echo_and_pays_nothing() {
    let (state, sandbox) = Banggood::start();
    let shop = shop(&sandbox);
    let config = std::fs::read_to_string(shop.path("config.toml")).unwrap();
    shop.write("config.toml", config + "pay = \"after_proof\"\n");
    state.state().echo.push(("delivery_city", Some(json!("Newark"))));
    shop.run("fulfill --yes").exits(3).says("recorded address: different").says("pay for it on the supplier's site");
    shop.run("status").says("RECORDED_MISMATCH");
}

#[test]
fn the_binary_looks_up_what_it_did_not_hear_and_adopts_a_split_order() {
    let (state, sandbox) = Banggood::start();
    let shop = shop(&sandbox);
    sandbox.fault(IMPORT, Fault::DropAfter);
    shop.run("fulfill --yes").exits(20).says("UNKNOWN  US-1001-1");
    shop.run("status").exits(0).says("OUTCOME_UNKNOWN").says("dsf settle us/1001/1");
    state.state().split("US-1001-1");
    shop.run("fulfill --yes").exits(0).says("accepted earlier as 45678903, 45678904").says("recorded address: same");
    assert_eq!(sandbox.calls(IMPORT), 1);
}

#[test]
fn the_binary_leaves_a_half_taken_order_to_the_person_and_a_refused_one_can_be_made_again() {
    let (state, sandbox) = Banggood::start();
    let shop = shop(&sandbox);
    state.state().failing.push(("1222333".into(), "Out of stock"));
    shop.run("fulfill --yes").exits(20).says("took 1 of 2 lines; not taken: 1222333 Out of stock");
    shop.run("fulfill --yes").exits(20).says("other lines; nothing was adopted");
    shop.run("status").says("OUTCOME_UNKNOWN");
    assert_eq!(sandbox.calls(IMPORT), 1);

    let (_state, sandbox) = Banggood::start();
    let shop = self::shop(&sandbox);
    sandbox.fault(IMPORT, Banggood::error("12032", "Error country field", false));
    shop.run("fulfill --yes").exits(3).says("REFUSED  US-1001-1").says("no such country");
    shop.run("fulfill --yes").exits(0).says("PLACED  US-1001-2");
}

#[test]
fn the_binary_needs_an_app_id_and_a_secret_that_work() {
    let (_state, mut sandbox) = Banggood::start();
    sandbox.strict = false;
    let shop = shop(&sandbox);
    shop.write("secret", "wrong-secret");
    shop.run("fulfill --yes").exits(4).says("31020").never_says("wrong-secret");
    let config = std::fs::read_to_string(shop.path("config.toml")).unwrap();
    shop.write("config.toml", config.replace("app_id", "# app_id"));
    shop.run("fulfill --yes").exits(3).says("supplier.bg.app_id is not set").says("under [supplier.bg]");
    assert_eq!(sandbox.orders_of("US-1001-1"), 0);
}

#[test]
fn the_binary_refreshes_price_stock_and_freight() {
    let (state, sandbox) = Banggood::start();
    let shop = shop(&sandbox);
    let config = std::fs::read_to_string(shop.path("config.toml")).unwrap();
    shop.write("config.toml", config + "[supplier.bg.shipping]\nrule = \"cheapest\"\nwithin_days = 25\n");
    let listings = "supplier,listing_id,price,currency,stock,ships_from,method\n\
        bg,1060897:15219,19.00,USD,1,CN,\nbg,1222333,7.00,USD,1,CN,\n";
    shop.write("listings.csv", listings).run("listings import listings.csv").exits(0);
    shop.run("listings refresh")
        .exits(0)
        .says("CHANGED bg:1060897:15219 price 19.00 USD -> 19.95 USD, stock 1 -> 556")
        .says("airmail_airmail 5.30 USD (7-20 days)")
        .says("dhl_dhl 42.80 USD (7-20 days)");
    let po = shop.run("fulfill --dry-run --json").exits(0).json()["purchase_orders"][0].clone();
    assert_eq!((&po["method"], &po["cost"]["amount"]), (&"airmail_airmail".into(), &"32.25".into()));
    shop.run("fulfill --yes").exits(0).says("recorded address: same");
    state.state().products.remove(0);
    shop.run("listings refresh --all").says("GONE bg:1060897:15219 no longer sold");
}
