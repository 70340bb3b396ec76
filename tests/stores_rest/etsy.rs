//! Etsy: the requests, the words, the customer's own words, one-use refresh tokens, keys that may not.

use dsf::core::incoming::Payment;
use dsf::core::push::{Pushed, StoreParcels};
use dsf::core::sending::AskError;
use dsf::net::clock::Clock;
use dsf::store::api::PullError;
use serde_json::{Value, json};

use super::csv;
use super::sandbox::etsy::Etsy;
use super::sandbox::shop::Sale;
use super::support::{api, at, bench, config, hears, parcel, started};

const CONFIG: &str = "kind = \"etsy\"\nshop = \"12345678\"\nclient_id = \"keystring123\"\nclient_secret_command = \"printf shared456\"\ntoken_command = \"printf 77.token\"\n";

/// The order of the example export, as the API has it.
fn exported() -> Value {
    let money = |cents: u32| json!({ "amount": cents, "divisor": 100, "currency_code": "USD" });
    let named = |name: &str, value: &str| json!({ "formatted_name": name, "formatted_value": value });
    let words = "1. Ann &amp; Bo\n2. Est. 1970, &quot;always&quot;";
    json!({
        "receipt_id": 3_300_000_001_u64, "status": "paid", "is_paid": true, "is_shipped": false, "name": "Pia Sample",
        "first_line": "7 Invented Rd", "second_line": null, "city": "Testford", "state": "OH", "zip": "04401",
        "country_iso": "US", "created_timestamp": 1_793_836_800, "updated_timestamp": 1_793_840_400,
        "grandtotal": money(7320), "discount_amt": money(300), "shipments": [], "refunds": [],
        "transactions": [
            { "transaction_id": 4_400_000_001_u64, "sku": "SIGN-OAK", "title": "Oak Sign &amp; Stand &#39;Home&#39;", "quantity": 2,
              "price": money(3150), "is_digital": false,
              "variations": [named("Size", "8 x 10 inches, framed"), named("Color", "Walnut"), named("Personalization", words)] },
            { "transaction_id": 4_400_000_002_u64, "sku": null, "title": "Blank Coaster", "quantity": 1, "price": money(800),
              "is_digital": false,
              "variations": [named("Style", "Star"), named("Personalization", "Not requested on this item.")] },
        ],
    })
}

fn read(receipt: &Value) -> Result<Option<dsf::store::api::Pulled>, PullError> {
    hears(CONFIG, &[(200, &receipt.to_string())]).api.order("3300000001")
}

#[test]
fn an_order_is_what_the_export_says() {
    csv::same(&read(&exported()).unwrap().unwrap().said, &csv::exported("etsy-items.csv", "3300000001"));
}

#[test]
fn words_that_no_table_knows_are_never_good_news() {
    let head = |status: &str, paid: bool| {
        let mut receipt = exported();
        (receipt["status"], receipt["is_paid"]) = (status.into(), paid.into());
        read(&receipt).unwrap().unwrap().said.head.unwrap()
    };
    assert_eq!(head("completed", true).payment, Some(Payment::Paid));
    assert_eq!(head("open", false).payment, Some(Payment::NotPaid("open".into())));
    assert_eq!(head("payment processing", false).payment, Some(Payment::NotPaid("payment processing".into())));
    assert_eq!(head("partially refunded", true).payment, Some(Payment::PartlyRefunded));
    assert_eq!(head("in dispute", true).payment, Some(Payment::Unknown("in dispute".into())));
    let cancelled = head("Canceled", true);
    assert_eq!((cancelled.payment, cancelled.cancelled), (Some(Payment::Paid), Some(true)));
    assert_eq!(head("canceled", false).payment, Some(Payment::NotPaid("canceled".into())));
}

#[test]
fn an_order_lacks_nothing_that_it_needs() {
    let without = |key: &str, value: Value| {
        let mut receipt = exported();
        receipt[key] = value;
        read(&receipt).unwrap_err().to_string()
    };
    assert_eq!(without("updated_timestamp", Value::Null), "order 3300000001: updated_timestamp is missing");
    assert_eq!(without("transactions", json!([])), "order 3300000001: transactions is missing");
    assert_eq!(without("receipt_id", Value::Null), "order : receipt_id is missing");
    let lines = json!([{ "transaction_id": 1, "quantity": "two" }]);
    assert_eq!(without("transactions", lines), "order 3300000001: quantity is \"two\"");
    assert_eq!(without("first_line", Value::Null), "order 3300000001: the store withholds the name or the street");
}

#[test]
fn the_requests() {
    let heard = hears(CONFIG, &[(200, r#"{"count":0,"results":[]}"#)]);
    heard.api.orders(Some(at("2026-11-20T00:00:00Z")), None).unwrap();
    let query = "limit=100&offset=0&sort_on=updated&sort_order=asc&min_last_modified=1795132800";
    let path = format!("/v3/application/shops/12345678/receipts?{query}");
    assert_eq!(heard.asked(), [("GET".into(), path, String::new())]);
    let secrets: Vec<_> = heard.requests()[0].secret_headers.iter().map(|(n, s)| (*n, s.expose().to_owned())).collect();
    let want = [("x-api-key", "keystring123:shared456".to_owned()), ("Authorization", "Bearer 77.token".to_owned())];
    assert_eq!(secrets, want);

    let heard = hears(CONFIG, &[(200, "{}")]);
    let mut push = parcel(&Sale::of("33", at("2026-11-20T00:00:00Z")), "YT1", &[2, 1]);
    push.carrier = None;
    assert_eq!(heard.api.push(&push, &StoreParcels::default()), Pushed::Done { id: String::new() });
    let body = r#"{"tracking_code":"YT1","carrier_name":"other","send_bcc":false}"#;
    assert_eq!(
        heard.asked(),
        [("POST".into(), "/v3/application/shops/12345678/receipts/33/tracking".into(), body.into())]
    );
}

#[test]
fn refusals_are_a_table_and_keep_etsys_reason() {
    let pushed = |status| {
        let push = parcel(&Sale::of("33", at("2026-11-20T00:00:00Z")), "YT1", &[2, 1]);
        hears(CONFIG, &[(status, r#"{"error":"A valid carrier is required for YT1"}"#)])
            .api
            .push(&push, &StoreParcels::default())
    };
    let told = Pushed::Refused { code: "HTTP 400".into(), message: "A valid carrier is required for …".into() };
    assert_eq!(pushed(400), told);
    assert!(matches!(pushed(404), Pushed::Refused { .. }));
    for open in [409, 422, 500, 302] {
        assert!(matches!(pushed(open), Pushed::Unknown { .. }), "{open}");
    }
    assert!(matches!(pushed(401), Pushed::KeyRefused { .. }));
}

#[test]
fn a_key_that_may_not_is_told_so_plainly() {
    let etsy = Etsy::default();
    let browser = etsy.clone();
    let bench = started("etsy", etsy.clone(), Some(Box::new(move |link| browser.state().tokens.consent(link))));
    let sale = Sale::of("2001", at("2026-11-22T10:00:00Z"));
    bench.shop.sell(&sale);
    let push = parcel(&sale, "YT1", &[2, 1]);
    let seen = bench.seen(&push);
    etsy.state().is_new_key = true;
    let Pushed::KeyRefused { why } = bench.api.push(&push, &seen) else { panic!() };
    assert!(why.starts_with("HTTP 403: Unauthorized; Etsy gives new personal keys neither addresses"), "{why}");
    assert!(matches!(bench.pull(None), Err(PullError::Withheld { .. })));
    let mut config = config("etsy", &bench.sandbox.url());
    config.stores.get_mut(&"us".parse().unwrap()).unwrap().client_secret_command = Some("printf old".into());
    let Err(AskError::KeyRefused(why)) = api("us", &config, &bench.net).ready() else { panic!() };
    assert!(why.contains("Shared secret is required"), "{why}");
}

#[test]
fn a_refresh_token_of_one_use_is_kept_before_the_new_token_is_used() {
    let bench = bench("etsy");
    let file = bench.state.path().join("tokens/store.us.json");
    let kept = || serde_json::from_slice::<Value>(&std::fs::read(&file).unwrap()).unwrap();
    bench.api.ready().unwrap();
    assert_eq!(kept()["refresh_token"], "refresh-1");
    bench.clock.sleep(std::time::Duration::from_secs(3600));
    bench.api.ready().unwrap();
    assert_eq!(
        (kept()["refresh_token"].clone(), kept()["access_token"].clone()),
        ("refresh-2".into(), "access-2".into())
    );
}
