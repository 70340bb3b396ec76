//! eBay: the requests, the words, the tokens.

use dsf::core::incoming::Payment;
use dsf::core::push::{Pushed, StoreParcels};
use dsf::core::sending::AskError;
use serde_json::{Value, json};

use super::csv;
use super::sandbox::Fault;
use super::sandbox::shop::{Sale, Shop};
use super::sandbox::{Sandbox, ebay::Ebay};
use super::support::{Bench, at, bench, config, hears, log_in, parcel};

const CONFIG: &str = "kind = \"ebay\"\ntoken_command = \"printf v1-token\"\n";

/// The order of the example export, as the API has it.
fn exported() -> Value {
    let money = |value: &str| json!({ "value": value, "currency": "USD" });
    json!({
        "orderId": "11-22222-33333", "creationDate": "2026-11-07T10:00:00.000Z", "lastModifiedDate": "2026-11-09T10:00:00.000Z",
        "orderFulfillmentStatus": "IN_PROGRESS", "orderPaymentStatus": "PAID",
        "cancelStatus": { "cancelState": "NONE_REQUESTED", "cancelRequests": [] },
        "pricingSummary": { "total": money("1070.98") }, "paymentSummary": { "refunds": [] },
        "fulfillmentStartInstructions": [{ "fulfillmentInstructionsType": "SHIP_TO", "shippingStep": {
            "shippingServiceCode": "USPSGroundAdvantage",
            "shipTo": { "fullName": "Sam Shipto", "primaryPhone": { "phoneNumber": "2025550133" },
                "contactAddress": { "addressLine1": "4 Harbor Way", "addressLine2": "ebay:abc12d3", "city": "Portland",
                    "stateOrProvince": "OR", "postalCode": "97201", "countryCode": "US" } } } }],
        "lineItems": [
            { "lineItemId": "1000022512", "sku": "CLAMP-15", "title": "Clamp 15\" long", "quantity": 2,
              "lineItemCost": money("66.98"), "lineItemFulfillmentStatus": "NOT_STARTED" },
            { "lineItemId": "1000022513", "sku": "BENCH", "title": "Work bench", "quantity": 1,
              "lineItemCost": money("1000.00"), "lineItemFulfillmentStatus": "FULFILLED" },
        ],
    })
}

fn read(order: &Value) -> dsf::store::api::Pulled {
    hears(CONFIG, &[(200, &order.to_string())]).api.order("11-22222-33333").unwrap().unwrap()
}

#[test]
fn an_order_is_what_the_export_says() {
    csv::same(&read(&exported()).said, &csv::exported("ebay-orders.csv", "11-22222-33333"));
}

#[test]
fn words_that_no_table_knows_are_never_good_news() {
    let payment = |path: &str, word: &str| {
        let mut order = exported();
        *order.pointer_mut(path).unwrap() = word.into();
        let head = read(&order).said.head.unwrap();
        (head.payment.unwrap(), head.cancelled)
    };
    let paid = "/orderPaymentStatus";
    assert_eq!(payment(paid, "PENDING").0, Payment::NotPaid("PENDING".into()));
    assert_eq!(payment(paid, "FULLY_REFUNDED").0, Payment::Refunded);
    assert_eq!(payment(paid, "LATER").0, Payment::Unknown("LATER".into()));
    let cancel = "/cancelStatus/cancelState";
    assert_eq!(payment(cancel, "IN_PROGRESS"), (Payment::NotPaid("buyer asked to cancel".into()), Some(false)));
    assert_eq!(payment(cancel, "CANCELED").1, Some(true));
    assert_eq!(payment(cancel, "MAYBE").0, Payment::Unknown("MAYBE".into()));
    assert_eq!(payment("/lineItems/0/lineItemFulfillmentStatus", "LOST").0, Payment::Unknown("LOST".into()));
    let kind = "/fulfillmentStartInstructions/0/fulfillmentInstructionsType";
    assert_eq!(payment(kind, "BY_DRONE").0, Payment::Unknown("BY_DRONE".into()));
    let mut order = exported();
    *order.pointer_mut(kind).unwrap() = "PREPARE_FOR_PICKUP".into();
    assert!(read(&order).said.lines.iter().all(|l| l.requires_shipping == Some(false)));
}

#[test]
fn a_refund_takes_a_line_off_only_where_it_is_certain() {
    let removed = |line: Value, whole: &str| {
        let mut order = exported();
        order["orderPaymentStatus"] = "PARTIALLY_REFUNDED".into();
        order["lineItems"][0]["refunds"] = line;
        let refund = json!({ "amount": { "value": whole, "currency": "USD" }, "refundStatus": "REFUNDED" });
        order["paymentSummary"]["refunds"] = json!([refund]);
        let said = read(&order).said;
        (said.lines[0].removed, said.head.unwrap().refunded.unwrap().to_string())
    };
    let back = |value: &str| json!([{ "amount": { "value": value, "currency": "USD" } }]);
    assert_eq!(removed(back("66.98"), "66.98"), (Some(2), "66.98 USD".into()));
    assert_eq!(removed(back("33.49"), "33.49"), (Some(0), "33.49 USD".into()));
    assert_eq!(removed(back("66.98"), "80.00"), (Some(0), "80.00 USD".into()));
    assert_eq!(removed(json!([]), "5.00"), (Some(0), "5.00 USD".into()));
}

#[test]
fn a_parcel_to_ebays_hub_bears_its_reference() {
    let mut order = exported();
    order["fulfillmentStartInstructions"][0]["shippingStep"]["shipToReferenceId"] = "1234567890123456".into();
    let to = read(&order).said.head.unwrap().ship_to.unwrap();
    assert_eq!((to.company.as_str(), to.line1.as_str()), ("Reference #1234567890123456", "4 Harbor Way"));
    order["lineItems"][0]["variationAspects"] =
        json!([{ "name": "Colour", "value": "Red" }, { "name": "Size", "value": "M" }]);
    assert_eq!(read(&order).said.lines[0].variant, "[Colour:Red,Size:M]");
}

#[test]
fn the_requests() {
    let heard = hears(CONFIG, &[(200, r#"{"total":0,"orders":[]}"#)]);
    heard.api.orders(Some(at("2026-11-20T00:00:00Z")), None).unwrap();
    let filter = "lastmodifieddate%3A%5B2026-11-20T00%3A00%3A00.000Z..%5D";
    let path = format!("/sell/fulfillment/v1/order?filter={filter}&limit=200&offset=0");
    assert_eq!(heard.asked(), [("GET".into(), path, String::new())]);
    let (header, token) = &heard.requests()[0].secret_headers[0];
    assert_eq!((*header, token.expose()), ("Authorization", "Bearer v1-token"));

    let heard = hears(CONFIG, &[(201, "")]);
    let mut push = parcel(&Sale::of("11-22222-33333", at("2026-11-20T00:00:00Z")), "YT-26 1", &[1, 1]);
    push.carrier = None;
    assert_eq!(heard.api.push(&push, &StoreParcels::default()), Pushed::Done { id: String::new() });
    let body = r#"{"lineItems":[{"lineItemId":"11-22222-333331","quantity":1},{"lineItemId":"11-22222-333332","quantity":1}],"shippedDate":"2026-11-23T10:00:00.000Z","shippingCarrierCode":"OTHER","trackingNumber":"YT261"}"#;
    let path = "/sell/fulfillment/v1/order/11-22222-33333/shipping_fulfillment";
    assert_eq!(heard.asked(), [("POST".into(), path.into(), body.into())]);
}

#[test]
fn refusals_are_a_table_and_keep_ebays_reason() {
    let pushed = |status, id: u32| {
        let body = json!({ "errors": [{ "errorId": id, "message": "Invalid number 940010000" }] }).to_string();
        let push = parcel(&Sale::of("1", at("2026-11-20T00:00:00Z")), "940010000", &[2, 1]);
        hears(CONFIG, &[(status, &body)]).api.push(&push, &StoreParcels::default())
    };
    // What was sent is not repeated.
    assert_eq!(pushed(400, 32300), Pushed::Refused { code: "32300".into(), message: "Invalid number …".into() });
    for definite in [32100, 32200, 32210, 32500, 32600, 34100, 34300] {
        assert!(matches!(pushed(400, definite), Pushed::Refused { .. }), "{definite}");
    }
    for (status, open) in [(400, 34500), (409, 0), (400, 39999), (500, 30500), (500, 32300)] {
        assert!(matches!(pushed(status, open), Pushed::Unknown { .. }), "{open}");
    }
    assert!(matches!(pushed(403, 1100), Pushed::KeyRefused { .. }));
    let refused = hears(CONFIG, &[(401, r#"{"errors":[{"errorId":1001,"message":"Invalid access token"}]}"#)]);
    assert_eq!(refused.api.ready(), Err(AskError::KeyRefused("1001: Invalid access token".into())));
}

#[test]
fn a_second_run_finds_the_token_and_refreshes_it_in_time() {
    let bench = bench("ebay");
    bench.api.ready().unwrap();
    let other = super::support::api("us", &config("ebay", &bench.sandbox.url()), &bench.net);
    other.ready().unwrap();
    assert_eq!(bench.sandbox.calls("/oauth2/token"), 1, "the log-in's own token serves both");
    dsf::net::clock::Clock::sleep(&*bench.clock, std::time::Duration::from_secs(2 * 3600));
    other.ready().unwrap();
    bench.api.ready().unwrap();
    assert_eq!(bench.sandbox.calls("/oauth2/token"), 2, "one of the two refreshed for both");
}

#[test]
fn a_log_in_that_fails_says_why() {
    let (ebay, sandbox): (Ebay, Sandbox) = Ebay::start();
    let state = tempfile::tempdir().unwrap();
    let net = dsf::net::Net::new(state.path(), None).unwrap();
    let config = config("ebay", &sandbox.url());
    let slug = "us".parse().unwrap();
    let kind = dsf::store::kinds::KINDS.iter().find(|k| k.name == "ebay").unwrap();
    let consent = kind.consent.unwrap()(&slug, &config.stores[&slug], &net).unwrap();
    let link = consent.link().unwrap();
    assert!(
        link.contains("/oauth2/authorize?response_type=code&client_id=Example-dsf-PRD-1&redirect_uri=Ex-Ru-1&scope=")
    );
    let refused = |pasted: &str| match consent.take(pasted) {
        Err(AskError::KeyRefused(why)) => why,
        other => panic!("{other:?}"),
    };
    assert_eq!(refused("https://x.example/?error=access_denied"), "the log-in ended with access_denied");
    assert_eq!(refused("https://x.example/?code=1&state=another"), "this address is of another log-in");
    assert_eq!(refused("https://x.example/?code=1"), "this address is of another log-in");
    assert_eq!(refused(""), "there is no code in what was pasted");
    assert_eq!(refused("an-old-code"), "eBay's log-in says invalid_grant");
    let back = ebay.state().tokens.consent(&link);
    let token = consent.take(&back).unwrap();
    assert!(token.refresh.is_some());
    // The refresh token ends too: exit 4, and what to type.
    ebay.state().tokens.refresh = "another".into();
    ebay.expire_tokens();
    let api = super::support::api("us", &config, &net);
    let Err(AskError::KeyRefused(why)) = api.ready() else { panic!() };
    assert_eq!(why, "no token: eBay's log-in says invalid_grant; dsf auth store.us");
    log_in("us", &config, &net, |link| ebay.state().tokens.consent(link));
}

#[test]
fn a_push_refused_for_its_carrier_is_told_with_ebays_words() {
    let bench: Bench = bench("ebay");
    let sale = Sale::of("2001", at("2026-11-22T10:00:00Z"));
    bench.shop.sell(&sale);
    let mut push = parcel(&sale, "940010000", &[2, 1]);
    push.carrier = Some("No Such Carrier".into());
    let told = Pushed::Refused { code: "32300".into(), message: "Invalid carrier for …".into() };
    assert_eq!(bench.push(&push), told);
    bench.sandbox.fault("/2001", Fault::Instead(404, "{}".into()));
    assert!(bench.api.parcels("2001").is_err());
}
