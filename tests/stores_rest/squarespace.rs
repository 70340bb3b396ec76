//! Squarespace: the requests, the words, whole orders only.

use dsf::core::incoming::Payment;
use dsf::core::push::{Pushed, StoreParcels};
use dsf::core::sending::AskError;
use dsf::store::api::{PullError, Pulled};
use serde_json::{Value, json};

use super::csv;
use super::sandbox::shop::Sale;
use super::support::{at, bench, hears, parcel};

const CONFIG: &str = "kind = \"squarespace\"\ntoken_command = \"printf sq-key-1\"\n";

/// The order of the example export, as the API has it.
fn exported() -> Value {
    let money = |value: &str| json!({ "value": value, "currency": "USD" });
    json!({
        "id": "585d498fdee9f31a60284a37", "orderNumber": "42", "createdOn": "2026-11-08T14:12:40.000Z",
        "modifiedOn": "2026-11-08T14:12:44.000Z", "testmode": false, "customerEmail": "eva@buyer.example",
        "fulfillmentStatus": "PENDING", "fulfillments": [], "internalNotes": [{ "content": "call" }, { "content": "twice" }],
        "billingAddress": { "firstName": "Eva", "lastName": "Payer", "address1": "2 Money St" },
        "shippingAddress": { "firstName": "Lea", "lastName": "Madeup", "address1": "3 Fable Ct", "address2": null, "city": "Austin",
            "state": "TX", "countryCode": "US", "postalCode": "78701", "phone": null },
        "subtotal": money("40.00"), "grandTotal": money("45.00"), "refundedTotal": money("0.00"), "discountTotal": money("0.00"),
        "lineItems": [
            { "id": "l1", "sku": "RING", "productName": "Ring", "quantity": 1, "unitPricePaid": money("25.00"),
              "lineItemType": "PHYSICAL_PRODUCT", "variantOptions": [{ "optionName": "Metal", "value": "Gold" }, { "optionName": "Size", "value": "7" }],
              "customizations": [{ "label": "Name to engrave", "value": "Ann, it's: yes" }, { "label": "Card", "value": "" }] },
            { "id": "l2", "sku": "BOOK", "productName": "E-book", "quantity": 1, "unitPricePaid": money("15.00"),
              "lineItemType": "DIGITAL", "variantOptions": [], "customizations": null },
        ],
    })
}

fn read(order: &Value) -> Result<Pulled, PullError> {
    hears(CONFIG, &[(200, &order.to_string())]).api.order("585d498fdee9f31a60284a37").map(Option::unwrap)
}

#[test]
fn an_order_is_what_the_export_says() {
    let said = read(&exported()).unwrap().said;
    csv::same(&said, &csv::exported("squarespace-orders.csv", "00042"));
    let head = said.head.unwrap();
    assert_eq!((head.note.as_deref(), head.has_billing, head.test), (Some("call\ntwice"), true, Some(false)));
}

#[test]
fn words_and_money() {
    let head = |path: &str, value: Value| {
        let mut order = exported();
        *order.pointer_mut(path).unwrap() = value;
        read(&order).unwrap().said.head.unwrap()
    };
    assert_eq!(head("/refundedTotal/value", "5.00".into()).payment, Some(Payment::PartlyRefunded));
    assert_eq!(head("/refundedTotal/value", "45.00".into()).payment, Some(Payment::Refunded));
    assert_eq!(head("/fulfillmentStatus", "FULFILLED".into()).fulfilled, Some(true));
    assert_eq!(head("/fulfillmentStatus", "CANCELED".into()).cancelled, Some(true));
    assert_eq!(head("/fulfillmentStatus", "LOST".into()).payment, Some(Payment::Unknown("LOST".into())));
    assert_eq!(head("/lineItems/0/lineItemType", "HOLOGRAM".into()).payment, Some(Payment::Unknown("HOLOGRAM".into())));
    assert_eq!(head("/testmode", true.into()).test, Some(true));
    let mut order = exported();
    order["orderNumber"] = "".into();
    assert_eq!(read(&order).unwrap_err().to_string(), "order : orderNumber is missing");
}

#[test]
fn the_requests() {
    let heard = hears(CONFIG, &[(200, r#"{"result":[],"pagination":{"hasNextPage":false}}"#)]);
    heard.api.orders(Some(at("2026-11-20T00:00:00Z")), None).unwrap();
    let path =
        "/1.0/commerce/orders?modifiedAfter=2026-11-19T23%3A59%3A59.999Z&modifiedBefore=2026-11-24T09%3A00%3A00.001Z";
    assert_eq!(heard.asked(), [("GET".into(), path.into(), String::new())]);
    let (header, key) = &heard.requests()[0].secret_headers[0];
    assert_eq!((*header, key.expose()), ("Authorization", "Bearer sq-key-1"));

    let heard = hears(CONFIG, &[(204, "")]);
    let mut push = parcel(&Sale::of("33", at("2026-11-20T00:00:00Z")), "YT1", &[2, 1]);
    (push.carrier, push.notify) = (None, false);
    assert_eq!(heard.api.push(&push, &StoreParcels::default()), Pushed::Done { id: "YT1".into() });
    let body = r#"{"shouldSendNotification":false,"shipments":[{"shipDate":"2026-11-23T10:00:00Z","carrierName":"USPS","service":"Standard","trackingNumber":"YT1","trackingUrl":"https://track.example/YT1"}]}"#;
    assert_eq!(heard.asked(), [("POST".into(), "/1.0/commerce/orders/33/fulfillments".into(), body.into())]);
}

#[test]
fn each_parcel_is_one_shipment_however_often_it_is_told() {
    let bench = bench("squarespace");
    let sale = Sale::of("2001", at("2026-11-22T10:00:00Z"));
    bench.shop.sell(&sale);
    let (first, last) = (parcel(&sale, "940010000", &[2, 0]), parcel(&sale, "9400-1000 1", &[0, 1]));
    for push in [&first, &last, &first, &last] {
        assert!(matches!(bench.push(push), Pushed::Done { .. }));
    }
    assert_eq!(bench.shop.told("2001").len(), 2);
}

#[test]
fn refusals_are_a_table_and_keep_the_stores_reason() {
    let pushed = |status, body: &str| {
        let push = parcel(&Sale::of("33", at("2026-11-20T00:00:00Z")), "YT1", &[2, 1]);
        hears(CONFIG, &[(status, body)]).api.push(&push, &StoreParcels::default())
    };
    let body = r#"{"type":"INVALID_REQUEST_ERROR","subtype":null,"message":"YT1 is no number","details":null}"#;
    assert_eq!(pushed(400, body), Pushed::Refused { code: "HTTP 400".into(), message: "… is no number".into() });
    assert!(matches!(pushed(404, ""), Pushed::Refused { .. }));
    for open in [405, 409, 500, 503] {
        assert!(matches!(pushed(open, body), Pushed::Unknown { .. }), "{open}");
    }
    let refused = hears(CONFIG, &[(401, r#"{"type":"AUTHORIZATION_ERROR","message":"You are not authorized"}"#)]);
    assert_eq!(refused.api.ready(), Err(AskError::KeyRefused("HTTP 401: You are not authorized".into())));
}
