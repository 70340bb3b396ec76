//! CJ as a client: for each thing it can do, the request, the address called, a good answer, an error, and no answer.
#![allow(clippy::unwrap_used, clippy::panic)]

#[path = "common/wire.rs"]
mod wire;

use std::sync::Arc;

use dsf::core::address::compare::compare_echo;
use dsf::core::address::recorded::compare_recorded;
use dsf::core::address::verdict::Overall;
use dsf::core::hold::HoldCode;
use dsf::core::sending::{AskError, Asked, Lookup, Outcome, Shipment, Step, SupplierStatus};
use dsf::net::Request;
use dsf::supplier::api::SupplierApi;
use tempfile::TempDir;
use wire::{FakeClock, Recorder, cj, dispatch, net, ship_to};

const BASE: &str = "http://127.0.0.1:1";
const LOG_IN: &str = r#"{"code":200,"result":true,"data":{"accessToken":"API@T:1","accessTokenExpiryDate":"2026-12-09T09:16:33+08:00"}}"#;

struct Bench {
    wire: Arc<Recorder>,
    cj: Box<dyn SupplierApi>,
    _state: TempDir,
}

/// A client that has logged in and will hear this.
fn bench(answers: &[(u16, &str)]) -> Bench {
    let wire = Arc::new(Recorder::default());
    wire.then(200, LOG_IN);
    for (status, body) in answers {
        wire.then(*status, body);
    }
    let state = tempfile::tempdir().unwrap();
    let cj = cj(BASE, &net(wire.clone(), &Arc::new(FakeClock::default()), state.path()));
    Bench { wire, cj, _state: state }
}

impl Bench {
    /// What was asked after the log-in: method, path with query, body.
    fn asked(&self) -> Vec<(String, String, String)> {
        let told = |r: &Request| {
            let url = r.url.strip_prefix("http://127.0.0.1:1/api2.0/v1").unwrap().to_owned();
            (r.method.as_str().to_owned(), url, String::from_utf8(r.body.clone()).unwrap())
        };
        self.wire.seen().iter().skip(1).map(told).collect()
    }
}

fn asked(method: &str, path: &str, body: &str) -> Vec<(String, String, String)> {
    vec![(method.to_owned(), path.to_owned(), body.to_owned())]
}

const BODY: &str = r#"{"orderNumber":"US-1001-1","shippingCountryCode":"US","shippingCountry":"United States","shippingProvince":"California","shippingCity":"San Francisco","shippingAddress":"500 Howard St","shippingAddress2":"Apt 4","shippingZip":"94105","shippingCustomerName":"Ada Example","shippingPhone":"+14155550100","logisticName":"CJPacket Ordinary","fromCountryCode":"CN","payType":3,"shopLogisticsType":2,"products":[{"vid":"1790000000000000001","quantity":1,"storeLineItemId":"1"},{"vid":"AAAAAAAA-1111-4222-8333-BBBBBBBBBBBB","quantity":2,"storeLineItemId":"2"}]}"#;
const ERROR: &str = r#"{"code":1600300,"result":false,"message":"Param error: Ada Example","data":null}"#;

#[test]
fn log_in() {
    let b = bench(&[]);
    assert_eq!(b.cj.ready(), Ok(()));
    let request = &b.wire.seen()[0];
    assert_eq!(request.url, "http://127.0.0.1:1/api2.0/v1/authentication/getAccessToken");
    assert_eq!(request.body, br#"{"apiKey":"CJ1234567@api@0123456789abcdef0123456789abcdef"}"#);
    assert_eq!(b.cj.ready(), Ok(()));
    assert_eq!(b.wire.seen().len(), 1, "the token is kept");
}

#[test]
fn place() {
    let b =
        bench(&[(200, r#"{"code":200,"data":{"orderNumber":"US-1001-1","orderId":"SD26","orderAmount":"17.81"}}"#)]);
    let body = b.cj.body(&dispatch()).unwrap();
    assert_eq!(String::from_utf8(body.clone()).unwrap(), BODY);
    let Outcome::Placed(placed) = b.cj.place(&body) else { panic!() };
    assert_eq!(placed.supplier_orders, ["SD26"]);
    assert_eq!(placed.asks.unwrap().to_string(), "17.81 USD");
    assert_eq!(b.asked(), asked("POST", "/shopping/order/createOrderV2", BODY));
    assert_eq!(b.wire.seen()[1].secret_headers[0].1.expose(), "API@T:1");

    let refused = bench(&[(200, ERROR)]).cj.place(&body);
    // CJ's message repeated the name: it is not kept.
    assert_eq!(refused, Outcome::Refused { code: "1600300".into(), message: "Param error: …".into() });
    assert!(matches!(bench(&[]).cj.place(&body), Outcome::Unknown { .. }));
}

#[test]
fn what_proves_nothing_is_unknown() {
    let body = BODY.as_bytes();
    for answer in [
        r#"{"code":1603003,"result":false,"message":"Order exist, please do not duplicate create"}"#,
        r#"{"code":1603000,"message":"Order create fail"}"#,
        r#"{"code":1600000,"message":"busy"}"#,
        r#"{"code":1600301,"message":"Read timed out"}"#,
        r#"{"code":200,"result":true,"data":{"orderNumber":"US-1001-1","orderId":"","interceptOrderReasons":[{"code":1001}]}}"#,
        r#"{"code":200,"result":true,"data":{"orderNumber":"US-2002-1","orderId":"SD26"}}"#,
        r#"{"code":200,"result":true,"data":null}"#,
        r#"{"code":200,"result":false,"data":{"orderId":"SD26"}}"#,
        r#"{"code":200,"result":true,"data":{"orderId":"SD2"#,
        "",
    ] {
        let outcome = bench(&[(200, answer)]).cj.place(body);
        assert!(matches!(outcome, Outcome::Unknown { .. }), "{answer}: {outcome:?}");
    }
    let outcome = bench(&[(500, r#"{"code":1600300,"message":"Param error"}"#)]).cj.place(body);
    assert!(matches!(outcome, Outcome::Unknown { .. }), "{outcome:?}");
    // The form of version 1: the bare id.
    let Outcome::Placed(placed) = bench(&[(200, r#"{"code":200,"data":"2611240001"}"#)]).cj.place(body) else {
        panic!()
    };
    assert_eq!(placed.supplier_orders, ["2611240001"]);
}

const DETAIL: &str = r#"{"orderId":260901100000000001,"orderNum":"US-1001-1","cjOrderCode":"SD26","shippingCountryCode":"US",
  "shippingProvince":"California","shippingCity":"San Francisco","shippingPhone":"+14155550100","shippingAddress":"500 Howard St, Apt 4",
  "shippingCustomerName":"Ada Example ","orderStatus":"UNPAID","orderAmount":"17.81","trackNumber":null,
  "productList":[{"vid":"1790000000000000001","quantity":"1"},{"vid":"AAAAAAAA-1111-4222-8333-BBBBBBBBBBBB","quantity":2}]}"#;

fn success(data: &str) -> String {
    format!(r#"{{"code":200,"result":true,"message":"Success","data":{data}}}"#)
}

#[test]
fn find() {
    let reference = dispatch().reference;
    let b = bench(&[(200, &success(DETAIL))]);
    let Lookup::Found(found) = b.cj.find(&reference) else { panic!() };
    assert_eq!(b.asked(), asked("GET", "/shopping/order/getOrderDetail?orderId=US-1001-1", ""));
    let recorded = &found[0];
    assert_eq!((recorded.supplier_order.as_str(), &recorded.status), ("SD26", &SupplierStatus::Unpaid));
    assert_eq!(recorded.lines, b.cj.written(BODY.as_bytes()).unwrap().lines);
    assert!(!recorded.echo.has("postcode") && recorded.echo.has("phone"));
    let proof = compare_recorded(&ship_to(), &recorded.ship_to, recorded.echo);
    assert_eq!(proof.verdict, Overall::Same, "{:?}", proof.reasons());

    let answer = |body: &str| bench(&[(200, body)]).cj.find(&reference);
    assert_eq!(answer(r#"{"code":1600300,"message":"order not found"}"#), Lookup::NotFound);
    assert_eq!(answer(r#"{"code":1603100,"message":"?"}"#), Lookup::NotFound);
    for unclear in [
        r#"{"code":1600300,"message":"Param error"}"#.to_owned(),
        success("null"),
        success("[]"),
        success(&DETAIL.replace("US-1001-1", "US-1001-2")),
        success(&DETAIL.replace("orderNum", "x")),
        "<html>".to_owned(),
    ] {
        assert!(matches!(answer(&unclear), Lookup::Unclear { .. }), "{unclear}");
    }
    let Lookup::Found(parts) = answer(&success(&format!("[{DETAIL},{}]", DETAIL.replace("SD26", "SD26-2")))) else {
        panic!()
    };
    assert_eq!(parts.len(), 2);
    assert!(matches!(bench(&[]).cj.find(&reference), Lookup::Unclear { .. }));
}

#[test]
fn steps_with_an_order() {
    type Does = fn(&dyn SupplierApi) -> Step;
    let cases: [(Does, &str, &str, &str, &str); 3] = [
        (|cj| cj.confirm("SD26"), "PATCH", "/shopping/order/confirmOrder", r#"{"orderId":"SD26"}"#, "1603001"),
        (|cj| cj.pay("SD26"), "POST", "/shopping/pay/payBalance", r#"{"orderId":"SD26"}"#, "1604000"),
        (|cj| cj.cancel("SD26"), "DELETE", "/shopping/order/deleteOrder?orderId=SD26", "", "1603002"),
    ];
    for (step, method, path, body, code) in cases {
        let b = bench(&[(200, &success("\"1\""))]);
        assert_eq!(step(&*b.cj), Step::Done);
        assert_eq!(b.asked(), asked(method, path, body));
        let refusal = format!(r#"{{"code":{code},"message":"no"}}"#);
        assert_eq!(step(&*bench(&[(200, &refusal)]).cj), Step::Refused { code: code.into(), message: "no".into() });
        assert!(matches!(step(&*bench(&[(200, r#"{"code":1603101}"#)]).cj), Step::Unknown { .. }));
        assert!(matches!(step(&*bench(&[]).cj), Step::Unknown { .. }));
    }
}

#[test]
fn progress_and_tracking() {
    let b = bench(&[(200, &success(&format!("[{}]", DETAIL.replace("null", "\"YT1\""))))]);
    let found = b.cj.progress(&["SD26".into(), "SD27".into()]).unwrap();
    assert_eq!(b.asked(), asked("POST", "/shopping/order/getOrderDetailBatch", r#"{"orderIds":["SD26","SD27"]}"#));
    assert_eq!((found.len(), found[0].parcels[0].number.as_str()), (1, "YT1"));

    let row = r#"[{"trackingNumber":"A 1","trackingStatus":"In transit","trackingTo":"US","lastMileCarrier":null,"lastTrackNumber":"9"}]"#;
    let b = bench(&[(200, &success(row))]);
    let found = b.cj.track(&["A 1".into(), "B".into()]).unwrap();
    assert_eq!(b.asked(), asked("GET", "/logistic/trackInfo?trackNumber=A%201&trackNumber=B", ""));
    assert_eq!((found[0].status.as_str(), found[0].last_mile.as_ref().unwrap().number.as_str()), ("In transit", "9"));

    assert!(matches!(bench(&[(200, ERROR)]).cj.track(&["A".into()]), Err(AskError::Answer { .. })));
    assert!(matches!(bench(&[]).cj.progress(&["A".into()]), Err(AskError::Unreachable(_))));
}

#[test]
fn price_and_stock() {
    let asked_for = Asked { listing_id: "17".into(), ships_from: "US".into(), ..Asked::default() };
    let quotes = |body: &str| bench(&[(200, body)]).cj.quotes(std::slice::from_ref(&asked_for));
    let variant = r#"{"vid":"17","variantSellPrice":"4.35","inventories":[{"countryCode":"US","totalInventory":"3"},{"countryCode":"CN","totalInventory":90}]}"#;
    let b = bench(&[(200, &success(variant))]);
    let quote = &b.cj.quotes(std::slice::from_ref(&asked_for)).unwrap()[0];
    assert_eq!((quote.price.unwrap().to_string(), quote.stock), ("4.35 USD".into(), Some(3)));
    assert_eq!(b.asked(), asked("GET", "/product/variant/queryByVid?vid=17&features=enable_inventory", ""));

    let stock = r#"[{"countryCode":"US","totalInventoryNum":7}]"#;
    let b = bench(&[(200, &success(r#"{"variantSellPrice":4.35,"inventories":null}"#)), (200, &success(stock))]);
    assert_eq!(b.cj.quotes(std::slice::from_ref(&asked_for)).unwrap()[0].stock, Some(7));
    assert_eq!(b.asked()[1].1, "/product/stock/queryByVid?vid=17");

    assert!(quotes(r#"{"code":1602003,"message":"removed"}"#).unwrap()[0].gone);
    assert!(matches!(quotes(r#"{"code":1600000,"message":"busy"}"#), Err(AskError::Answer { .. })));
    assert!(bench(&[]).cj.quotes(std::slice::from_ref(&asked_for)).is_err());
}

#[test]
fn freight() {
    let to = ship_to();
    let shipment = Shipment { ships_from: "CN", ship_to: &to, tax_id: None, lines: vec![("17".into(), 2)] };
    let rows = r#"[{"logisticName":"CJPacket","logisticPrice":6.10,"totalPostageFee":7.81,"logisticAging":"7-12"},
        {"logisticName":"DHL","logisticPrice":"21.4","totalPostageFee":null,"logisticAging":"5"},{"logisticName":"X","logisticPrice":""}]"#;
    let b = bench(&[(200, &success(rows))]);
    let found = b.cj.freight(&shipment).unwrap();
    let told: Vec<_> = found.iter().map(|f| (f.method.as_str(), f.cost.to_string(), f.days)).collect();
    assert_eq!(
        told,
        [("CJPacket", "7.81 USD".into(), (Some(7), Some(12))), ("DHL", "21.40 USD".into(), (Some(5), Some(5)))]
    );
    let body =
        r#"{"startCountryCode":"CN","endCountryCode":"US","zip":"94105","products":[{"quantity":2,"vid":"17"}]}"#;
    assert_eq!(b.asked(), asked("POST", "/logistic/freightCalculate", body));
    assert_eq!(bench(&[(200, &success("[]"))]).cj.freight(&shipment), Ok(vec![]));
    assert!(bench(&[(200, ERROR)]).cj.freight(&shipment).is_err() && bench(&[]).cj.freight(&shipment).is_err());
}

#[test]
fn balance() {
    let b = bench(&[(200, &success(r#"{"amount":87.32,"noWithdrawalAmount":null}"#))]);
    assert_eq!(b.cj.balance().unwrap().to_string(), "87.32 USD");
    assert_eq!(b.asked(), asked("GET", "/shopping/pay/getBalance", ""));
    assert!(bench(&[(200, &success(r#"{"amount":""}"#))]).cj.balance().is_err());
    assert!(bench(&[]).cj.balance().is_err());
}

#[test]
fn a_refused_key_is_told_as_such() {
    let wire = Arc::new(Recorder::default());
    wire.then(200, r#"{"code":1600005,"message":"APIkey is wrong: CJ1234567@api@0123456789abcdef0123456789abcdef"}"#);
    let state = tempfile::tempdir().unwrap();
    let cj = cj(BASE, &net(wire, &Arc::new(FakeClock::default()), state.path()));
    let error = cj.ready().unwrap_err();
    assert_eq!(error, AskError::KeyRefused("1600005: APIkey is wrong: …".into()));
    let report = dsf::exit::report(&anyhow::Error::new(error));
    assert_eq!(report.exit.code(), 4);
}

#[test]
fn the_written_proof_reads_the_bytes_and_knows_the_rules() {
    let cj = bench(&[]).cj;
    let proves = |order: &dsf::core::sending::Dispatch| {
        let written = cj.written(&cj.body(order).unwrap()).unwrap();
        assert_eq!(written.reference, order.reference.as_str());
        compare_echo(&order.ship_to, &written.ship_to, written.echo)
    };
    let mut order = dispatch();
    assert_eq!(proves(&order).verdict, Overall::Same);
    order.ship_to.company = "Example Works GmbH".into();
    let proof = proves(&order);
    assert_eq!(proof.verdict, Overall::Same, "{:?}", proof.reasons());
    // No province in Germany, and CJ asks for one.
    (order.ship_to.country, order.ship_to.region, order.ship_to.city) = ("DE".into(), String::new(), "Berlin".into());
    (order.ship_to.line1, order.ship_to.line2, order.ship_to.postcode) =
        ("Musterweg 1".into(), "".into(), "10115".into());
    assert_eq!(proves(&order).verdict, Overall::Same);

    let body = cj.body(&dispatch()).unwrap();
    let other = String::from_utf8(body).unwrap().replace("Apt 4", "Apt 5");
    let written = cj.written(other.as_bytes()).unwrap();
    assert_ne!(compare_echo(&ship_to(), &written.ship_to, written.echo).verdict, Overall::Same);
    for bytes in ["", "[]", "{}", r#"{"products":[{"quantity":1}]}"#] {
        assert!(cj.written(bytes.as_bytes()).is_err(), "{bytes}");
    }
}

/// The names of routes in freightCalculateTip are inferred, and a server may have no such call: what is offered stands in
/// freightCalculate.
#[test]
fn a_route_without_rules_is_asked_of_the_freight_and_stops_no_order() {
    let variant = success(r#"{"vid":"1","variantSku":"CJ1","variantWeight":150,"variantVolume":900000}"#);
    let freight = success(r#"[{"logisticName":"CJPacket Ordinary","logisticPrice":6.1,"logisticAging":"7-12"}]"#);
    let nothing = success("[]");
    let tells = |tip: (u16, &str), freight: &str| {
        let b = bench(&[(200, &variant), (200, &variant), tip, (200, freight)]);
        let told = b.cj.route_problems(&dispatch());
        assert!(b.asked().last().unwrap().1.starts_with("/logistic/freightCalculate"));
        told.map(|all| all.into_iter().map(|p| (p.field, p.code)).collect::<Vec<_>>())
    };
    let missing = r#"{"code":1600101,"result":false,"message":"Interface not found","data":null}"#;
    for tip in [(200, missing), (404, missing), (404, "<html>"), (200, ERROR), (200, nothing.as_str())] {
        assert_eq!(tells(tip, &freight), Ok(vec![]), "{tip:?}");
        assert_eq!(tells(tip, &nothing), Ok(vec![("method", HoldCode::NoMethod)]), "{tip:?}");
    }
}

#[test]
fn what_does_not_fit_is_held_and_never_cut() {
    let cj = bench(&[]).cj;
    let codes = |change: fn(&mut dsf::core::sending::Dispatch)| {
        let mut order = dispatch();
        change(&mut order);
        let problems = cj.body(&order).err().unwrap_or_default();
        problems.into_iter().map(|p| (p.field, p.code)).collect::<Vec<_>>()
    };
    assert_eq!(codes(|o| o.ship_to.name = "é".repeat(50)), []);
    assert_eq!(codes(|o| o.ship_to.name = "é".repeat(51)), [("name", HoldCode::FieldTooLong)]);
    assert_eq!(codes(|o| o.ship_to.line1 = "x".repeat(201)), [("line1", HoldCode::FieldTooLong)]);
    assert_eq!(codes(|o| o.ship_to.phone = "1".repeat(21)), [("phone", HoldCode::FieldTooLong)]);
    assert_eq!(codes(|o| o.ship_to.region.clear()), [("region", HoldCode::RegionUnknown)]);
    assert_eq!(codes(|o| o.ship_to.country = "Atlantis".into()), [("country", HoldCode::AddressProblem)]);
    assert_eq!(codes(|o| o.method.clear()), [("method", HoldCode::NoMethod)]);
    assert_eq!(codes(|o| o.lines.clear()), [("lines", HoldCode::ListingChanged)]);
    assert_eq!(codes(|o| o.lines = vec![o.lines[0].clone(); 21]), [("lines", HoldCode::FieldTooLong)]);
}
