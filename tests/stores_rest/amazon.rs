//! Amazon: the requests, the words, the role for addresses, its log-in.

use dsf::config::Config;
use dsf::core::incoming::Payment;
use dsf::core::push::{Pushed, StoreParcels};
use dsf::core::sending::AskError;
use dsf::net::Net;
use dsf::store::api::{PullError, Pulled};
use serde_json::{Value, json};

use super::csv;
use super::sandbox::amazon::Amazon;
use super::sandbox::shop::Sale;
use super::support::{api, at, bench, config, hears, parcel, started};

const CONFIG: &str = "kind = \"amazon\"\nshop = \"ATVPDKIKX0DER\"\nclient_id = \"amzn1.x\"\nclient_secret_command = \"printf s\"\ntoken_command = \"printf Atzr-1\"\n";
const LOG_IN: (u16, &str) = (200, r#"{"access_token":"Atza-1","expires_in":3600,"token_type":"bearer"}"#);

/// The order of the example report, as the API has it.
fn exported() -> Value {
    json!({
        "orderId": "222-0000000-2222222", "createdTime": "2026-11-08T06:59:11Z", "lastUpdatedTime": "2026-11-08T07:59:11Z",
        "buyer": { "buyerEmail": "def456@marketplace.example" },
        "recipient": {
            "deliveryAddress": { "name": "Dora Dummy", "addressLine1": "Musterweg 4", "city": "Berlin", "postalCode": "10115",
                "countryCode": "DE", "phone": "030 23125042" },
            "deliveryPreference": { "addressInstruction": "leave with neighbour" },
        },
        "fulfillment": { "fulfillmentStatus": "UNSHIPPED", "fulfilledBy": "MERCHANT", "fulfillmentServiceLevel": "STANDARD" },
        "orderItems": [{
            "orderItemId": "60000000000001", "quantityOrdered": 2,
            "product": { "title": "Mug", "sellerSku": "MUG", "price": { "unitPrice": { "amount": "9.99", "currencyCode": "EUR" } } },
            "fulfillment": { "quantityFulfilled": 0, "quantityUnfulfilled": 2,
                "packing": { "giftOption": { "giftMessage": "Happy birthday!" } } },
        }],
    })
}

fn read(order: &Value) -> Result<Pulled, PullError> {
    let body = json!({ "order": order }).to_string();
    hears(CONFIG, &[LOG_IN, (200, &body)]).api.order("222-0000000-2222222").map(Option::unwrap)
}

#[test]
fn an_order_is_what_the_report_says() {
    let said = read(&exported()).unwrap().said;
    let by_file = csv::exported("amazon-new.txt", "222-0000000-2222222");
    csv::same(&said, &by_file);
    let (head, file) = (said.head.unwrap(), by_file.head.unwrap());
    assert_eq!((head.note, head.gift_message, head.email), (file.note, file.gift_message, file.email));
}

#[test]
fn words_and_quantities() {
    let head = |path: &str, value: &str| {
        let mut order = exported();
        *order.pointer_mut(path).unwrap() = value.into();
        read(&order).unwrap().said.head.unwrap()
    };
    let status = "/fulfillment/fulfillmentStatus";
    for unpaid in ["PENDING", "PENDING_AVAILABILITY", "UNFULFILLABLE"] {
        assert_eq!(head(status, unpaid).payment, Some(Payment::NotPaid(unpaid.into())));
    }
    let cancelled = head(status, "CANCELLED");
    assert_eq!((cancelled.payment, cancelled.cancelled), (None, Some(true)));
    assert_eq!(head(status, "LOST").payment, Some(Payment::Unknown("LOST".into())));
    assert_eq!(head("/fulfillment/fulfilledBy", "ROBOTS").payment, Some(Payment::Unknown("ROBOTS".into())));
    let mut order = exported();
    order["fulfillment"]["fulfilledBy"] = "AMAZON".into();
    assert_eq!(read(&order).unwrap().said.lines[0].requires_shipping, Some(false));
    let mut order = exported();
    order["orderItems"][0]["quantityOrdered"] = 4.into();
    order["orderItems"][0]["fulfillment"]["quantityFulfilled"] = 1.into();
    let line = &read(&order).unwrap().said.lines[0];
    assert_eq!((line.shipped, line.removed), (Some(1), Some(1)));
    order["orderItems"][0]["cancellation"] = json!({ "cancellationRequest": { "requester": "BUYER" } });
    let asked = Some(Payment::NotPaid("buyer asked to cancel".into()));
    assert_eq!(read(&order).unwrap().said.head.unwrap().payment, asked);
}

#[test]
fn without_the_role_it_is_named() {
    let mut order = exported();
    order["recipient"] = Value::Null;
    let Err(PullError::Withheld { permission, .. }) = read(&order) else { panic!() };
    assert_eq!(permission, "the restricted role Direct-to-Consumer Shipping");
}

#[test]
fn the_requests() {
    let heard = hears(CONFIG, &[LOG_IN, (200, r#"{"orders":[]}"#)]);
    heard.api.orders(Some(at("2026-11-20T00:00:00Z")), None).unwrap();
    let [(_, log_in, form), (_, path, _)] = heard.asked().try_into().unwrap();
    assert_eq!(log_in, "/auth/o2/token");
    assert_eq!(form, "grant_type=refresh_token&refresh_token=Atzr-1&client_id=amzn1.x&client_secret=s");
    let query = "lastUpdatedAfter=2026-11-20T00%3A00%3A00Z&marketplaceIds=ATVPDKIKX0DER&fulfilledBy=MERCHANT&includedData=BUYER%2CRECIPIENT%2CFULFILLMENT%2CCANCELLATION%2CPACKAGES&maxResultsPerPage=100";
    assert_eq!(path, format!("/orders/2026-01-01/orders?{query}"));
    let (header, token) = &heard.requests()[1].secret_headers[0];
    assert_eq!((*header, token.expose()), ("x-amz-access-token", "Atza-1"));

    let heard = hears(CONFIG, &[LOG_IN, (204, "")]);
    let mut push = parcel(&Sale::of("33", at("2026-11-20T00:00:00Z")), "YT-1", &[2, 0]);
    (push.carrier, push.carrier_title) = (None, "YunExpress".into());
    let Pushed::Done { id } = heard.api.push(&push, &StoreParcels::default()) else { panic!() };
    assert!(id.parse::<u32>().is_ok_and(|n| n > 0), "text of a positive number, the same at every try: {id}");
    let body = format!(
        r#"{{"marketplaceId":"ATVPDKIKX0DER","packageDetail":{{"packageReferenceId":"{id}","carrierCode":"Other","trackingNumber":"YT-1","shipDate":"2026-11-23T10:00:00Z","orderItems":[{{"orderItemId":"331","quantity":2}}],"carrierName":"YunExpress"}}}}"#
    );
    assert_eq!(heard.asked()[1], ("POST".into(), "/orders/v0/orders/33/shipmentConfirmation".into(), body));
}

#[test]
fn refusals_are_a_table_and_keep_amazons_reason() {
    let pushed = |status, code: &str| {
        let body = json!({ "errors": [{ "code": code, "message": "Invalid package YT1", "details": "" }] }).to_string();
        let push = parcel(&Sale::of("33", at("2026-11-20T00:00:00Z")), "YT1", &[2, 1]);
        hears(CONFIG, &[LOG_IN, (status, &body), LOG_IN, (status, &body)]).api.push(&push, &StoreParcels::default())
    };
    let told = Pushed::Refused { code: "InvalidInput".into(), message: "Invalid package …".into() };
    assert_eq!(pushed(400, "InvalidInput"), told);
    assert!(matches!(pushed(404, "NotFound"), Pushed::Refused { .. }));
    for (status, open) in [(409, "Conflict"), (500, "InternalFailure"), (503, "ServiceUnavailable"), (413, "TooLarge")]
    {
        assert!(matches!(pushed(status, open), Pushed::Unknown { .. }), "{open}");
    }
    assert!(matches!(pushed(403, "Unauthorized"), Pushed::KeyRefused { .. }));
}

#[test]
fn a_refresh_token_that_ended_says_where_to_get_another() {
    let amazon = Amazon::default();
    let bench = started("amazon", amazon.clone(), None);
    amazon.state().tokens.refresh = "another".into();
    let Err(AskError::KeyRefused(why)) = bench.api.ready() else { panic!() };
    assert!(why.starts_with("no token: Amazon's log-in says invalid_grant; authorise the app again"), "{why}");
    // The person puts the new one where the config says: it counts from then on.
    let mut config = config("amazon", &bench.sandbox.url());
    let store = config.stores.get_mut(&"us".parse().unwrap()).unwrap();
    store.token_command = Some("printf another".into());
    api("us", &config, &bench.net).ready().unwrap();
}

#[test]
fn the_limit_of_searches_is_waited_for() {
    let bench = bench("amazon");
    bench.sandbox.fault("/2026-01-01/orders", super::sandbox::Fault::named("429").unwrap());
    bench.sandbox.fault("/2026-01-01/orders", super::sandbox::Fault::named("429").unwrap());
    bench.sandbox.fault("/2026-01-01/orders", super::sandbox::Fault::named("429").unwrap());
    assert!(bench.pull(None).unwrap().is_empty());
    assert!(bench.clock.slept.lock().unwrap().as_secs() >= 178);
}

#[test]
fn a_shop_is_a_marketplace() {
    let state = tempfile::tempdir().unwrap();
    let config = Config::parse(&format!("[store.us]\n{}", CONFIG.replace("ATVPDKIKX0DER", "my-shop")), "c").unwrap();
    let slug = "us".parse().unwrap();
    let built = dsf::store::kinds::build(&slug, &config.stores[&slug], &Net::offline(state.path()));
    let error = built.err().unwrap().to_string();
    assert_eq!(error, "store.us: shop \"my-shop\" is not the id of a marketplace, such as ATVPDKIKX0DER for the US");
}
