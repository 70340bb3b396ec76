//! BigCommerce: the requests, the statuses, orders to two addresses, the window of requests.

use dsf::core::incoming::Payment;
use dsf::core::push::{Pushed, StoreParcels};
use dsf::core::sending::AskError;
use dsf::store::api::{PullError, Pulled};
use serde_json::{Value, json};

use super::csv;
use super::sandbox::shop::Sale;
use super::support::{Heard, at, bench, hears, parcel};

const CONFIG: &str = "kind = \"bigcommerce\"\nshop = \"abc123\"\ntoken_command = \"printf bc-token-1\"\n";

/// The order of the example export, as the API has it: order, products, addresses.
fn exported() -> [Value; 3] {
    let order = json!({
        "id": 104, "status_id": 11, "status": "Awaiting Fulfillment", "date_created": "Sun, 26 Apr 2026 00:00:00 +0000",
        "date_modified": "Sun, 26 Apr 2026 10:00:00 +0000", "currency_code": "AUD", "default_currency_code": "AUD",
        "total_inc_tax": "76.0000", "is_tax_inclusive_pricing": false, "items_total": 3,
        "billing_address": { "street_1": "1 Office Park", "email": "bill@payer.example" },
    });
    let option = |name: &str, value: &str| json!({ "display_name": name, "display_value": value });
    let products = json!([
        { "id": 65, "order_address_id": 51, "sku": "SHIRT-S", "name": "Shirt, long | slim", "type": "physical", "quantity": 2,
          "price_ex_tax": "20.5000", "product_options": [option("Size", "S (4)"), option("Height", "5&#039; 9&quot;")] },
        { "id": 66, "order_address_id": 51, "sku": "", "name": "Cap", "type": "physical", "quantity": 1, "price_ex_tax": "30.0000" },
    ]);
    let addresses = json!([{
        "id": 51, "first_name": "Mia", "last_name": "Madeup", "company": "", "street_1": "8 Fiction St", "street_2": "",
        "city": "Fremantle", "zip": "6160", "country": "Australia", "country_iso2": "AU", "state": "Western Australia",
        "phone": "08 5550 1234", "email": "",
    }]);
    [order, products, addresses]
}

fn heard(parts: &[Value; 3]) -> Heard {
    let texts = parts.each_ref().map(Value::to_string);
    hears(CONFIG, &[(200, &texts[0]), (200, &texts[1]), (200, &texts[2])])
}

fn read(parts: &[Value; 3]) -> Result<Pulled, PullError> {
    heard(parts).api.order("104").map(Option::unwrap)
}

#[test]
fn an_order_is_what_the_export_says() {
    csv::same(&read(&exported()).unwrap().said, &csv::exported("bigcommerce-orders.csv", "104"));
}

#[test]
fn statuses_by_their_ids() {
    let head = |status: u32| {
        let mut parts = exported();
        (parts[0]["status_id"], parts[0]["status"]) = (status.into(), "Our own word".into());
        let head = read(&parts).unwrap().said.head.unwrap();
        (head.payment, head.cancelled, head.fulfilled)
    };
    let own = || "Our own word".to_owned();
    for unpaid in [0, 1, 6, 7, 12, 13] {
        assert_eq!(head(unpaid), (Some(Payment::NotPaid(own())), Some(false), Some(false)), "{unpaid}");
    }
    for open in [3, 8, 9, 11] {
        assert_eq!(head(open), (Some(Payment::Paid), Some(false), Some(false)), "{open}");
    }
    for shipped in [2, 10] {
        assert_eq!(head(shipped).2, Some(true), "{shipped}");
    }
    assert_eq!((head(4).0, head(14).0), (Some(Payment::Refunded), Some(Payment::PartlyRefunded)));
    assert_eq!(head(5), (None, Some(true), Some(false)));
    assert_eq!(head(15).0, Some(Payment::Unknown(own())));
}

#[test]
fn what_is_no_parcel_is_not_sent_and_what_is_unknown_is_not_bought() {
    let mut parts = exported();
    parts[1][1]["type"] = "digital".into();
    parts[1][1]["order_address_id"] = 0.into();
    (parts[1][0]["quantity_shipped"], parts[1][0]["quantity_refunded"]) = (1.into(), 1.into());
    parts[1][0]["refund_amount"] = "20.5000".into();
    let said = read(&parts).unwrap().said;
    assert_eq!(
        (said.lines[0].shipped, said.lines[0].removed, said.lines[1].requires_shipping),
        (Some(1), Some(1), Some(false))
    );
    assert_eq!(said.head.unwrap().refunded.unwrap().to_string(), "20.50 AUD");
    parts[1][1]["type"] = "hologram".into();
    assert_eq!(read(&parts).unwrap().said.head.unwrap().payment, Some(Payment::Unknown("hologram".into())));
    let mut deleted = exported();
    deleted[0]["is_deleted"] = true.into();
    assert_eq!(read(&deleted).unwrap().said.head.unwrap().payment, Some(Payment::Unknown("deleted".into())));
}

#[test]
fn an_order_to_two_addresses_has_no_ship_to_and_a_parcel_goes_to_one() {
    let mut parts = exported();
    parts[1][1]["order_address_id"] = 52.into();
    let mut other = parts[2][0].clone();
    (other["id"], other["first_name"]) = (52.into(), "Ned".into());
    parts[2].as_array_mut().unwrap().push(other);
    assert!(read(&parts).unwrap().said.head.unwrap().ship_to.is_none());
    let mut sale = Sale::of("104", at("2026-11-20T00:00:00Z"));
    (sale.lines[0].id, sale.lines[1].id) = ("65".into(), "66".into());
    let products = parts[1].to_string();
    let both = hears(CONFIG, &[(200, &products)]).api.push(&parcel(&sale, "YT1", &[2, 1]), &StoreParcels::default());
    assert!(matches!(both, Pushed::Refused { code, .. } if code == "line"));
    let heard = hears(CONFIG, &[(200, &products), (201, r#"{"id":6}"#)]);
    let one = heard.api.push(&parcel(&sale, "YT1", &[0, 1]), &StoreParcels::default());
    assert_eq!(one, Pushed::Done { id: "6".into() });
    assert!(heard.asked()[1].2.starts_with(r#"{"order_address_id":52,"#));
}

#[test]
fn the_requests() {
    let heard = hears(CONFIG, &[(204, "")]);
    assert!(heard.api.orders(Some(at("2026-11-20T00:00:00Z")), None).unwrap().orders.is_empty());
    let path = "/stores/abc123/v2/orders?sort=date_modified%3Aasc&limit=50&page=1&include=consignments.line_items&consignment_structure=object&min_date_modified=2026-11-20T00%3A00%3A00Z";
    assert_eq!(heard.asked(), [("GET".into(), path.into(), String::new())]);
    let request = &heard.requests()[0];
    assert!(request.headers.contains(&("Accept", "application/json".into())));
    assert_eq!((request.secret_headers[0].0, request.secret_headers[0].1.expose()), ("X-Auth-Token", "bc-token-1"));

    let products = exported()[1].to_string();
    let body = |carrier: Option<&str>, title: &str| {
        let mut sale = Sale::of("104", at("2026-11-20T00:00:00Z"));
        (sale.lines[0].id, sale.lines[1].id) = ("65".into(), "66".into());
        let heard = hears(CONFIG, &[(200, &products), (201, r#"{"id":6}"#)]);
        let mut push = parcel(&sale, "YT1", &[2, 0]);
        push.carrier = carrier.map(str::to_owned);
        push.carrier_title = title.into();
        heard.api.push(&push, &StoreParcels::default());
        assert_eq!(heard.asked()[1].1, "/stores/abc123/v2/orders/104/shipments");
        heard.asked()[1].2.clone()
    };
    let rest = r#""items":[{"order_product_id":65,"quantity":2}]"#;
    let begins = r#"{"order_address_id":51,"tracking_number":"YT1","#;
    assert_eq!(
        body(Some("usps"), "USPS"),
        format!(r#"{begins}"shipping_provider":"usps","tracking_carrier":"",{rest}}}"#)
    );
    assert_eq!(
        body(Some("yunexpress"), "YunExpress"),
        format!(r#"{begins}"shipping_provider":"","tracking_carrier":"yunexpress",{rest}}}"#)
    );
    // Nobody knows a word for it; what it is called is a provider's own name, or no one's.
    assert_eq!(
        body(None, "Royal Mail"),
        format!(r#"{begins}"shipping_provider":"royalmail","tracking_carrier":"",{rest}}}"#)
    );
    let link = r#""tracking_link":"https://track.example/YT1""#;
    assert_eq!(
        body(None, "YunExpress"),
        format!(r#"{begins}"shipping_provider":"","tracking_carrier":"",{rest},{link}}}"#)
    );
}

#[test]
fn refusals_are_a_table_and_keep_the_stores_reason() {
    let pushed = |status, body: &str| {
        let mut sale = Sale::of("104", at("2026-11-20T00:00:00Z"));
        (sale.lines[0].id, sale.lines[1].id) = ("65".into(), "66".into());
        let products = exported()[1].to_string();
        hears(CONFIG, &[(200, &products), (status, body)])
            .api
            .push(&parcel(&sale, "YT1", &[2, 1]), &StoreParcels::default())
    };
    let body = r#"[{"status":400,"message":"The field 'items' of YT1 is invalid."}]"#;
    let told = Pushed::Refused { code: "HTTP 400".into(), message: "The field 'items' of … is invalid.".into() };
    assert_eq!(pushed(400, body), told);
    for definite in [404, 422] {
        assert!(matches!(pushed(definite, "[]"), Pushed::Refused { .. }), "{definite}");
    }
    for open in [409, 413, 500, 503] {
        assert!(matches!(pushed(open, body), Pushed::Unknown { .. }), "{open}");
    }
    assert!(matches!(pushed(403, "{}"), Pushed::KeyRefused { .. }));
    let refused = hears(CONFIG, &[(401, r#"{"status":401,"title":"Unauthorized"}"#)]);
    assert_eq!(refused.api.ready(), Err(AskError::KeyRefused("HTTP 401: Unauthorized".into())));
}

#[test]
fn a_window_that_is_used_up_is_waited_for() {
    let bench = bench("bigcommerce");
    bench.sandbox.fault("/orders", super::sandbox::Fault::named("429").unwrap());
    bench.api.ready().unwrap();
    bench.api.ready().unwrap();
    assert!(*bench.clock.slept.lock().unwrap() >= std::time::Duration::from_millis(1500));
}

#[test]
fn products_come_with_the_list_or_one_order_at_a_time() {
    let store = super::sandbox::bigcommerce::Bigcommerce::default();
    let bench = super::support::started("bigcommerce", store.clone(), None);
    for n in 2001..2004 {
        bench.shop.sell(&Sale::of(&n.to_string(), at("2026-11-22T10:00:00Z")));
    }
    let embedded = bench.pull(None).unwrap();
    assert_eq!(bench.sandbox.calls("/products"), 0);
    store.state().is_old = true;
    let asked: Vec<_> = bench.pull(None).unwrap().into_iter().map(|o| o.said).collect();
    assert_eq!(bench.sandbox.calls("/products"), 3);
    assert_eq!(embedded.into_iter().map(|o| o.said).collect::<Vec<_>>(), asked);
    // A list that leaves some of them out is not believed.
    store.state().is_old = false;
    store.change("2001", |o| o.order["items_total"] = 4.into());
    assert_eq!(bench.pull(None).unwrap().len(), 3);
    assert_eq!(bench.sandbox.calls("/products"), 4);
}
