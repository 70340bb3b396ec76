//! Banggood as a client: for each thing it can do, the request, the address called, a good answer, an error, and no answer.
#![allow(clippy::unwrap_used, clippy::panic)]

#[path = "common/wire.rs"]
mod wire;

use std::sync::Arc;
use std::time::Duration;

use dsf::core::address::compare::compare_echo;
use dsf::core::address::recorded::compare_recorded;
use dsf::core::address::verdict::Overall;
use dsf::core::hold::HoldCode;
use dsf::core::sending::{AskError, Asked, Lookup, Outcome, Shipment, Step, SupplierStatus};
use dsf::net::Request;
use dsf::supplier::api::SupplierApi;
use tempfile::TempDir;
use wire::{FakeClock, Recorder, banggood, banggood_dispatch, net, ship_to};

const BASE: &str = "http://127.0.0.1:1";
const LOG_IN: &str = r#"{"code":0,"access_token":"tok-en-1","expires_in":7200}"#;
const SECRET: &str = "9f8e7d6c5b4a39281706f5e4d3c2b1a0";

struct Bench {
    wire: Arc<Recorder>,
    clock: Arc<FakeClock>,
    client: Box<dyn SupplierApi>,
    _state: TempDir,
}

/// A client that has logged in and will hear this.
fn bench(answers: &[&str]) -> Bench {
    let wire = Arc::new(Recorder::default());
    wire.then(200, LOG_IN);
    for body in answers {
        wire.then(200, body);
    }
    let (state, clock) = (tempfile::tempdir().unwrap(), Arc::new(FakeClock::default()));
    let client = banggood(BASE, &net(wire.clone(), &clock, state.path()));
    Bench { wire, clock, client, _state: state }
}

impl Bench {
    /// What was asked after the log-in: method, path with query but for the token, body.
    fn asked(&self) -> Vec<(String, String, String)> {
        let told = |r: &Request| {
            let url = r.url.strip_prefix(BASE).unwrap().replace("&access_token=tok-en-1", "");
            (r.method.as_str().to_owned(), url, String::from_utf8(r.body.clone()).unwrap())
        };
        self.wire.seen().iter().skip(1).map(told).collect()
    }
}

fn asked(method: &str, path: &str, body: &str) -> Vec<(String, String, String)> {
    vec![(method.to_owned(), path.to_owned(), body.to_owned())]
}

const FORM: &str = "sale_record_id=US-1001-1&delivery_name=Ada%20Example&delivery_country=United%20States\
    &delivery_state=California&delivery_city=San%20Francisco&delivery_street_address=500%20Howard%20St\
    &delivery_street_address2=Apt%204&delivery_postcode=94105&delivery_telephone=%2B14155550100&product_total=2\
    &product_list[0][product_id]=1060897&product_list[0][poa_id]=15219&product_list[0][quantity]=1\
    &product_list[0][warehouse]=CN&product_list[0][shipmethod_code]=airmail_airmail\
    &product_list[1][product_id]=1000001&product_list[1][poa_id]=45%2C2&product_list[1][quantity]=2\
    &product_list[1][warehouse]=CN&product_list[1][shipmethod_code]=airmail_airmail&currency=USD&lang=en";
const TAKEN: &str =
    r#"{"code":0,"sale_record_id":"US-1001-1","product_total":2,"success_total":"2","failure_total":0,"lang":"en"}"#;
const NONE: &str = r#"{"code":0,"sale_record_id_list":[],"lang":"en"}"#;

#[test]
fn log_in_and_the_life_of_a_token() {
    let b = bench(&[NONE]);
    assert_eq!(b.client.ready(), Ok(()));
    let url = &b.wire.seen()[0].url;
    assert_eq!(*url, format!("{BASE}/getAccessToken?app_id=bg1000&app_secret={SECRET}"));
    assert_eq!(b.client.ready(), Ok(()));
    assert_eq!(b.wire.seen().len(), 1, "the token is kept");
    b.clock.advance(Duration::from_secs(3590));
    b.client.ready().unwrap();
    assert_eq!(b.wire.seen().len(), 1);
    // At half of its two hours it is replaced.
    b.wire.answers.lock().unwrap().clear();
    b.wire.then(200, LOG_IN);
    b.clock.advance(Duration::from_secs(20));
    b.client.ready().unwrap();
    assert_eq!(b.wire.seen().len(), 2);
}

#[test]
fn place() {
    let b = bench(&[TAKEN]);
    let body = b.client.body(&banggood_dispatch()).unwrap();
    assert_eq!(String::from_utf8(body.clone()).unwrap(), FORM);
    assert!(matches!(b.client.place(&body), Outcome::Placed(placed) if placed.supplier_orders.is_empty()));
    let sent = format!("access_token=tok-en-1&{FORM}");
    assert_eq!(b.asked(), asked("POST", "/order/importOrder", &sent));
    assert_eq!(b.wire.seen()[1].headers, [("Content-Type", "application/x-www-form-urlencoded".to_owned())]);

    let refused = bench(&[r#"{"code":12032,"msg":"Error country field: Ada Example tok-en-1","lang":"en"}"#]);
    // Banggood's message repeated the name and the token: neither is kept.
    let message = "Error country field: … … (no such country)".to_owned();
    assert_eq!(refused.client.place(&body), Outcome::Refused { code: "12032".into(), message });
    assert!(matches!(bench(&[]).client.place(&body), Outcome::Unknown { .. }));
    assert!(matches!(b.client.place(b"nonsense"), Outcome::NotSent { .. }));
}

#[test]
fn what_proves_nothing_is_unknown() {
    let body = FORM.as_bytes();
    for answer in [
        r#"{"code":12062,"msg":"Duplicate Sale_record_id","lang":"en"}"#,
        r#"{"code":1,"msg":"Cart question","lang":"en"}"#,
        r#"{"code":21010,"msg":"system error"}"#,
        r#"{"code":99999,"msg":"?"}"#,
        r#"{"code":0,"lang":"en"}"#,
        r#"{"code":0,"sale_record_id":"US-1001-1"}"#,
        r#"{"code":0,"sale_record_id":"US-2002-1","success_total":2,"failure_total":0}"#,
        r#"{"code":0,"sale_record_id":"US-1001-1","success_total":1,"failure_total":0}"#,
        r#"{"code":0,"sale_record_id":"US-1001-1","success_total":0,"failure_total":0}"#,
        r#"{"code":0,"sale_record_id":"US-1001-1","success_total":0,"failure_total":2}"#,
        r#"{"sale_record_id":"US-1001-1","success_total":2}"#,
        r#"{"code":0,"sale_record"#,
        "",
    ] {
        let outcome = bench(&[answer]).client.place(body);
        assert!(matches!(outcome, Outcome::Unknown { .. }), "{answer}: {outcome:?}");
    }
}

const FAILED: &str = r#"{"product_id":"1000001","quantity":"2","warehouse":"CN","poa_id":"45,2","shipmethod_code":"airmail_airmail","error_desc":"Error poa"}"#;

#[test]
fn lines_that_were_not_taken() {
    let half = format!(
        r#"{{"code":0,"sale_record_id":"US-1001-1","product_total":2,"success_total":1,"failure_total":1,"failure_list":[{FAILED}]}}"#
    );
    let Outcome::Unknown { why } = bench(&[&half]).client.place(FORM.as_bytes()) else { panic!() };
    assert!(why.starts_with("Banggood took 1 of 2 lines; not taken: 1000001:45,2 Error poa"), "{why}");

    let none = format!(
        r#"{{"code":0,"sale_record_id":"US-1001-1","product_total":2,"success_total":0,"failure_total":2,"failure_list":[{FAILED},{FAILED}]}}"#
    );
    let b = bench(&[&none, NONE]);
    let Outcome::Refused { message, .. } = b.client.place(FORM.as_bytes()) else { panic!() };
    assert_eq!(message, "1000001:45,2 Error poa, 1000001:45,2 Error poa");
    assert_eq!(b.asked()[1].1, "/order/getOrderInfo?sale_record_id=US-1001-1&lang=en");
    // An order that is there all the same overrules the count.
    let outcome = bench(&[&none, &info("Payment Pending")]).client.place(FORM.as_bytes());
    assert!(matches!(outcome, Outcome::Unknown { .. }), "{outcome:?}");
}

fn info(status: &str) -> String {
    format!(
        r#"{{"code":"0","sale_record_id_list":[{{"sale_record_id":"US-1001-1","order_list":[{{"order_id":45678901,"status":"{status}",
        "currency":"USD","shipmethod_code":"airmail_airmail","total_amount":"33.95","product_list":[
        {{"product_id":"1060897","warehouse":"CN","quantity":"1","poa_id":"15219"}},{{"product_id":1000001,"quantity":2,"poa_id":"45,2"}}]}}],
        "user_info":{{"delivery_name":"Ada Example","delivery_country":"United States","delivery_state":"California",
        "delivery_city":"San Francisco","delivery_street_address":"500 Howard St","delivery_street_address2":"Apt 4"}}}}],"lang":"en"}}"#
    )
}

#[test]
fn find() {
    let reference = banggood_dispatch().reference;
    let b = bench(&[&info("Payment Pending")]);
    let Lookup::Found(found) = b.client.find(&reference) else { panic!() };
    assert_eq!(b.asked(), asked("GET", "/order/getOrderInfo?sale_record_id=US-1001-1&lang=en", ""));
    let recorded = &found[0];
    assert_eq!((recorded.supplier_order.as_str(), &recorded.status), ("45678901", &SupplierStatus::Unpaid));
    assert_eq!(recorded.lines, b.client.written(FORM.as_bytes()).unwrap().lines);
    assert_eq!(recorded.asks.unwrap().to_string(), "33.95 USD");
    assert!(recorded.echo.has("line2") && !recorded.echo.has("postcode") && !recorded.echo.has("phone"));
    let proof = compare_recorded(&ship_to(), &recorded.ship_to, recorded.echo);
    assert_eq!(proof.verdict, Overall::Same, "{:?}", proof.reasons());

    let answer = |body: &str| bench(&[body]).client.find(&reference);
    assert_eq!(answer(NONE), Lookup::NotFound);
    for unclear in [
        r#"{"code":21010,"msg":"system error"}"#.to_owned(),
        r#"{"code":12061,"msg":"no such sale_record_id"}"#.to_owned(),
        r#"{"code":0}"#.to_owned(),
        r#"{"code":0,"sale_record_id_list":null}"#.to_owned(),
        r#"{"code":0,"sale_record_id_list":[{"sale_record_id":"US-1001-1","order_list":[]}]}"#.to_owned(),
        info("x").replace("US-1001-1", "US-1001-2"),
        info("x").replace("order_id", "id"),
        "<html>".to_owned(),
    ] {
        assert!(matches!(answer(&unclear), Lookup::Unclear { .. }), "{unclear}");
    }
    assert!(matches!(bench(&[]).client.find(&reference), Lookup::Unclear { .. }));
    // The spelling of one client: a list for the user, and line 2 without an R.
    let other = info("Payment Pending").replace("street_address2", "steet_address2");
    let other = other.replace("\"user_info\":{", "\"user_info\":[{").replace("\"Apt 4\"}", "\"Apt 4\"}]");
    let Lookup::Found(found) = answer(&other) else { panic!() };
    assert_eq!(found[0].ship_to.line2, "Apt 4");
}

#[test]
fn parcels_come_with_the_look_up_and_are_tracked_by_their_order() {
    let history = r#"{"code":0,"track_number":"UA000000001CN","order_history":[{"status":"x","date_add":"2026-09-17 03:29:30"}]}"#;
    let events = r#"{"code":0,"track_info":[{"event":"Shipment picked up","time":"2026-11-20 08:00:00"},{"event":"Arrived","time":"2026-11-22 08:00:00"}]}"#;
    let b = bench(&[&info("Shipped out"), history, events]);
    let Lookup::Found(found) = b.client.find(&banggood_dispatch().reference) else { panic!() };
    assert_eq!(found[0].status, SupplierStatus::Unknown("Shipped out".into()), "no table knows this word");
    let parcel = &found[0].parcels[0];
    assert_eq!((parcel.number.as_str(), parcel.carrier.as_str()), ("UA000000001CN", "airmail_airmail"));
    let tracked = b.client.track(&["UA000000001CN".into(), "of-nobody".into()]).unwrap();
    assert_eq!((tracked.len(), tracked[0].status.as_str()), (1, "Arrived"));
    let paths: Vec<String> = b.asked().into_iter().map(|(_, path, _)| path).collect();
    assert_eq!(paths[1], "/order/getOrderHistory?sale_record_id=US-1001-1&order_id=45678901&lang=en");
    assert_eq!(paths[2], "/order/getTrackInfo?order_id=45678901&lang=en");
    assert_eq!(b.client.progress(&["45678901".into()]), Ok(vec![]), "asked by our reference alone");
    assert!(matches!(b.client.track(&["UA000000001CN".into()]), Err(AskError::Unreachable(_))));
}

#[test]
fn price_and_stock() {
    let asked_for = Asked { listing_id: "1060897:15219".into(), ships_from: "US".into(), ships_to: String::new() };
    let price = r#"{"code":0,"currency":"USD","productPrice":[{"poa_id":"15220","price":"1.00"},{"poa_id":"15219","price":"$24.10"}],"lang":"en"}"#;
    let stocks = r#"{"code":0,"stocks":[{"warehouse":"CN","stock_list":[{"poa_id":"15219","stock":556}]},{"warehouse":"US","stock_list":[{"poa_id":"15219","stock":"3"}]}]}"#;
    let b = bench(&[price, stocks, price]);
    let quotes = b.client.quotes(&[asked_for.clone(), asked_for.clone()]).unwrap();
    assert_eq!((quotes[0].price.unwrap().to_string(), quotes[0].stock), ("24.10 USD".into(), Some(3)));
    let paths: Vec<String> = b.asked().into_iter().map(|(_, path, _)| path).collect();
    assert_eq!(paths.len(), 3, "the stock of a product is asked for once");
    assert_eq!(paths[0], "/product/getProductPrice?product_id=1060897&poa_id=15219&warehouse=US&currency=USD&lang=en");
    assert_eq!(paths[1], "/product/getStocks?product_id=1060897&lang=en");
    let gone = bench(&[r#"{"code":12034,"msg":"Error product_id field"}"#]);
    assert!(gone.client.quotes(std::slice::from_ref(&asked_for)).unwrap()[0].gone);
    let busy = bench(&[r#"{"code":21010,"msg":"system error"}"#]);
    assert!(matches!(busy.client.quotes(std::slice::from_ref(&asked_for)), Err(AskError::Answer { .. })));
    assert!(bench(&[]).client.quotes(&[asked_for]).is_err());
}

#[test]
fn freight_for_every_line_together() {
    let to = ship_to();
    let lines = vec![("1060897:15219".into(), 2), ("1222333".into(), 1)];
    let shipment = Shipment { ships_from: "", ship_to: &to, tax_id: None, lines };
    let first = r#"{"code":0,"shipment_list":[{"shipmethod_code":"airmail_airmail","shipfee":"$2.65","shipday":"7-20"},{"shipmethod_code":"dhl_dhl","shipfee":21.4,"shipday":"5"}]}"#;
    let second = r#"{"code":0,"shipmethod_list":[{"shipmethod_code":"airmail_airmail","shipfee":0,"shipday":"9-12"},{"shipmethod_code":"x","shipfee":""}]}"#;
    let b = bench(&[first, second]);
    let found = b.client.freight(&shipment).unwrap();
    let told: Vec<_> = found.iter().map(|f| (f.method.as_str(), f.cost.to_string(), f.days)).collect();
    assert_eq!(told, [("airmail_airmail", "2.65 USD".into(), (Some(9), Some(20)))]);
    let paths: Vec<String> = b.asked().into_iter().map(|(_, path, _)| path).collect();
    let first = "/product/getShipments?product_id=1060897&warehouse=CN&country=United%20States&poa_id=15219&quantity=2&currency=USD&lang=en";
    assert_eq!(paths[0], first);
    assert!(!paths[1].contains("poa_id"));
    assert!(bench(&[r#"{"code":12032,"msg":"Error country field"}"#]).client.freight(&shipment).is_err());
    assert!(bench(&[]).client.freight(&shipment).is_err());
}

#[test]
fn what_banggood_has_no_call_for_is_said() {
    let client = bench(&[]).client;
    for step in [client.confirm("1"), client.pay("1"), client.cancel("1")] {
        assert!(matches!(&step, Step::Refused { message, .. } if message.contains("its site does it")), "{step:?}");
    }
    assert!(client.balance().unwrap_err().to_string().contains("tells no balance"));
    let abilities = client.abilities();
    assert!(abilities.finds_by_reference && abilities.echoes_address && !abilities.pays && !abilities.cancels);
}

#[test]
fn a_refused_key_is_told_as_such() {
    for (code, message) in [("31020", "Error Account"), ("31010", "Illegal request"), ("11011", "")] {
        let wire = Arc::new(Recorder::default());
        wire.then(200, &format!(r#"{{"code":{code},"msg":"{message} {SECRET}","lang":"en"}}"#));
        let state = tempfile::tempdir().unwrap();
        let client = banggood(BASE, &net(wire, &Arc::new(FakeClock::default()), state.path()));
        let error = client.ready().unwrap_err();
        assert!(matches!(&error, AskError::KeyRefused(why) if why.starts_with(code) && !why.contains(SECRET)));
        assert!(code != "31010" || error.to_string().contains("IP address"));
        assert_eq!(dsf::exit::report(&anyhow::Error::new(error)).exit.code(), 4);
    }
}

#[test]
fn the_written_proof_reads_the_bytes_and_knows_the_rules() {
    let client = bench(&[]).client;
    let proves = |order: &dsf::core::sending::Dispatch| {
        let written = client.written(&client.body(order).unwrap()).unwrap();
        assert_eq!(written.reference, order.reference.as_str());
        compare_echo(&order.ship_to, &written.ship_to, written.echo)
    };
    let mut order = banggood_dispatch();
    assert_eq!(proves(&order).verdict, Overall::Same);
    order.ship_to.company = "Example Works GmbH".into();
    assert_eq!(proves(&order).verdict, Overall::Same);
    // No state in the posts of these two, and Banggood asks for one; the second has another name there.
    for (country, city, postcode) in [("DE", "Berlin", "10115"), ("CZ", "Praha", "110 00")] {
        (order.ship_to.country, order.ship_to.region, order.ship_to.city) =
            (country.into(), String::new(), city.into());
        (order.ship_to.line1, order.ship_to.line2) = ("Musterweg 1".into(), String::new());
        order.ship_to.postcode = postcode.into();
        let proof = proves(&order);
        assert_eq!(proof.verdict, Overall::Same, "{:?}", proof.reasons());
    }
    let other = FORM.replace("Apt%204", "Apt%205");
    let written = client.written(other.as_bytes()).unwrap();
    assert_ne!(compare_echo(&ship_to(), &written.ship_to, written.echo).verdict, Overall::Same);
    let short = FORM.replace("product_total=2", "product_total=3");
    let zero = FORM.replace("[quantity]=2", "[quantity]=0");
    for bytes in ["", "{}", "a=%", short.as_str(), zero.as_str()] {
        assert!(client.written(bytes.as_bytes()).is_err(), "{bytes}");
    }
}

#[test]
fn what_does_not_fit_is_held_and_never_cut() {
    let client = bench(&[]).client;
    let codes = |change: fn(&mut dsf::core::sending::Dispatch)| {
        let mut order = banggood_dispatch();
        change(&mut order);
        let problems = client.body(&order).err().unwrap_or_default();
        problems.into_iter().map(|p| (p.field, p.code)).collect::<Vec<_>>()
    };
    assert_eq!(codes(|o| o.ship_to.line1 = "x".repeat(500)), [], "no limit of Banggood's is known");
    assert_eq!(codes(|o| o.ship_to.phone.clear()), [("phone", HoldCode::PhoneRequired)]);
    assert_eq!(codes(|o| o.ship_to.region.clear()), [("region", HoldCode::RegionUnknown)]);
    assert_eq!(codes(|o| o.ship_to.postcode.clear()), [("postcode", HoldCode::PostcodeInvalid)]);
    assert_eq!(codes(|o| o.ship_to.country = "Atlantis".into()), [("country", HoldCode::AddressProblem)]);
    assert_eq!(codes(|o| o.method.clear()), [("method", HoldCode::NoMethod)]);
    assert_eq!(codes(|o| o.lines.clear()), [("lines", HoldCode::ListingChanged)]);
    assert_eq!(codes(|o| o.lines[0].listing_id = "1060897:".into()), [("lines", HoldCode::ListingChanged)]);
    assert_eq!(codes(|o| o.ship_to.country = "BR".into()), [("tax_id", HoldCode::TaxIdRequired)]);
    // The post of Hong Kong has no postcodes.
    assert_eq!(codes(|o| (o.ship_to.country, o.ship_to.postcode) = ("HK".into(), String::new())), []);
    let mut order = banggood_dispatch();
    (order.note, order.gift_message) = (Some("ring twice".into()), Some("For you".into()));
    assert_eq!(client.left_out(&order), ["note", "gift message"]);
}
