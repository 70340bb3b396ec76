//! Parcels told to a Shopify shop: exactly the lines, exactly once, whatever breaks on the way.
#![allow(clippy::unwrap_used)]

mod common;
mod sandbox;

use std::path::Path;

use common::stores::{client, push, tell};
use dsf::core::push::{Push, Pushed};
use dsf::store::api::StoreApi;
use sandbox::shopify::{CLIENT, Shopify, TOKEN, line, order};
use sandbox::{Fault, Sandbox};
use serde_json::json;

fn usual(sandbox: &Sandbox, state: &Path) -> Box<dyn StoreApi> {
    let (url, key) = (sandbox.url(), format!("token_command = \"printf {TOKEN}\""));
    client(&format!("[store.us]\nkind = \"shopify\"\nbase_url = \"{url}\"\n{key}\n"), state)
}

fn three(number: &str) -> serde_json::Value {
    order(number, vec![line("A", "Lamp", 3, "20.00"), line("A", "Lamp", 1, "20.00"), line("B", "Bag", 2, "5.00")])
}

fn done(pushed: &Pushed) -> bool {
    matches!(pushed, Pushed::Done { .. })
}

#[test]
fn several_parcels_tell_exactly_their_pieces_and_none_twice() {
    let (shop, sandbox) = Shopify::start();
    shop.state().add(three("1"));
    let folder = tempfile::tempdir().unwrap();
    let us = usual(&sandbox, folder.path());
    let first = push("620100001", "YW 1", &[("A", 1, 2), ("A", 2, 1)]);
    let second = Push {
        notify: false,
        carrier: Some("YunExpress".into()),
        ..push("620100001", "YT2", &[("A", 1, 1), ("B", 1, 2)])
    };
    for parcel in [&first, &second, &first, &second] {
        assert!(done(&tell(us.as_ref(), parcel)));
    }
    assert_eq!(shop.state().told("YW 1"), (1, 3));
    assert_eq!(shop.state().told("YT2"), (1, 3));
    assert_eq!(shop.state().mails, ["YW 1"], "the customer is written to as the config says");
    let seen = us.parcels("620100001").unwrap();
    assert_eq!((seen.parcels.len(), seen.remaining.unwrap().iter().map(|(_, n)| n).sum::<u32>()), (2, 0));
    // By the store's own key, and one too many.
    let lines = us.order("620100001").unwrap().unwrap().said.lines;
    let mut third = push("620100001", "YW3", &[("A", 1, 1)]);
    third.lines[0].line.clone_from(&lines[0].external_id);
    let refused = tell(us.as_ref(), &third);
    assert!(matches!(&refused, Pushed::Refused { code, .. } if code == "remaining"), "{refused:?}");
    let unknown = tell(us.as_ref(), &push("620100001", "YW4", &[("NOPE", 1, 1)]));
    assert!(matches!(&unknown, Pushed::Refused { code, .. } if code == "line"), "{unknown:?}");
}

#[test]
fn a_parcel_of_two_locations_is_two_fulfilments_with_one_number() {
    let (shop, sandbox) = Shopify::start();
    shop.state().add(three("1"));
    shop.state().split_locations("1");
    let folder = tempfile::tempdir().unwrap();
    let us = usual(&sandbox, folder.path());
    let parcel = push("620100001", "YW1", &[("A", 1, 3), ("B", 1, 2)]);
    // The first part is told, the second cut off.
    sandbox.fault("DsfFulfill", Fault::altered(|_| ()));
    sandbox.fault("DsfFulfill", Fault::DropBefore);
    assert!(matches!(tell(us.as_ref(), &parcel), Pushed::Unknown { .. }));
    assert_eq!(shop.state().told("YW1"), (1, 3));
    assert!(done(&tell(us.as_ref(), &parcel)));
    assert_eq!(shop.state().told("YW1"), (2, 5));
    assert!(done(&tell(us.as_ref(), &parcel)));
    assert_eq!(shop.state().told("YW1"), (2, 5));
}

#[test]
fn what_is_cancelled_held_or_hidden_is_refused_with_the_stores_own_reason() {
    let (shop, sandbox) = Shopify::start();
    {
        let mut state = shop.state();
        for number in ["1", "2", "3", "4"] {
            state.add(three(number));
        }
        state.change("1", |o| o["cancelledAt"] = json!("2026-11-24T08:00:00Z"));
        state.hold("2", "INCORRECT_ADDRESS");
        state.change("3", |o| o["displayFinancialStatus"] = json!("REFUNDED"));
        state.change("4", |o| o["fulfillmentOrders"]["nodes"] = json!([]));
    }
    let folder = tempfile::tempdir().unwrap();
    let us = usual(&sandbox, folder.path());
    for (number, why) in [
        ("1", "cancelled"),
        ("2", "on hold: INCORRECT_ADDRESS"),
        ("3", "refunded"),
        ("4", "write_third_party_fulfillment_orders"),
    ] {
        let order = format!("62010000{number}");
        let closed = us.parcels(&order).unwrap().closed.unwrap();
        assert!(closed.contains(why), "{number}: {closed}");
        let refused = tell(us.as_ref(), &push(&order, "YW1", &[("A", 1, 1)]));
        assert!(matches!(&refused, Pushed::Refused { message, .. } if message.contains(why)), "{refused:?}");
    }
    assert!(us.parcels("999").is_err() && us.order("999").unwrap().is_none());
    // The store's own words, where it changed its mind between look and call.
    shop.state().add(three("5"));
    let body = r#"{"data":{"fulfillmentCreate":{"fulfillment":null,"userErrors":[{"field":["fulfillment"],"message":"Invalid fulfillment order line item quantity requested."}]}}}"#;
    sandbox.fault("DsfFulfill", Fault::Instead(200, body.into()));
    let refused = tell(us.as_ref(), &push("620100005", "YW1", &[("A", 1, 1)]));
    assert!(matches!(&refused, Pushed::Refused { message, .. } if message.contains("Invalid fulfillment order")));
}

#[test]
fn whatever_breaks_the_parcel_is_told_once() {
    let throttled = || r#"{"errors":[{"message":"Throttled","extensions":{"code":"THROTTLED"}}]}"#.to_owned();
    let faults: Vec<Box<dyn Fn() -> Fault>> = vec![
        Box::new(|| Fault::DropBefore),
        Box::new(|| Fault::DropAfter),
        Box::new(|| Fault::HalfBody),
        Box::new(|| Fault::Instead(500, "{}".into())),
        Box::new(|| Fault::After(500, "{}".into())),
        Box::new(|| Fault::After(200, "<html>".into())),
        Box::new(|| Fault::TooMany { retry_after: None }),
        Box::new(move || Fault::Instead(200, throttled())),
        Box::new(|| Fault::altered(|json| json["data"]["fulfillmentCreate"] = json!(null))),
    ];
    let (shop, sandbox) = Shopify::start();
    let folder = tempfile::tempdir().unwrap();
    let us = usual(&sandbox, folder.path());
    for (n, fault) in faults.iter().enumerate() {
        shop.state().add(three(&n.to_string()));
        let parcel = push(&format!("62010000{n}"), &format!("YW{n}"), &[("A", 1, 1)]);
        sandbox.fault("DsfFulfill", fault());
        let first = tell(us.as_ref(), &parcel);
        assert!(!matches!(first, Pushed::Refused { .. }), "{n}: {first:?}");
        let second = tell(us.as_ref(), &parcel);
        assert!(done(&second), "{n}: {second:?}");
        assert_eq!(shop.state().told(&format!("YW{n}")), (1, 1), "{n}");
    }
}

#[test]
fn a_dead_token_is_replaced_and_a_key_that_may_not_is_said() {
    let (shop, sandbox) = Shopify::start();
    shop.state().add(three("1"));
    let folder = tempfile::tempdir().unwrap();
    let config = format!(
        "[store.us]\nkind = \"shopify\"\nbase_url = \"{}\"\nclient_id = \"{}\"\nclient_secret_command = \"printf {}\"\n",
        sandbox.url(),
        CLIENT.0,
        CLIENT.1
    );
    let us = client(&config, folder.path());
    assert!(us.ready().is_ok());
    shop.state().expire_token();
    assert!(done(&tell(us.as_ref(), &push("620100001", "YW1", &[("A", 1, 1)]))));
    assert_eq!(shop.state().grants, 2);
    let body = r#"{"data":{"fulfillmentCreate":null},"errors":[{"message":"Access denied","extensions":{"code":"ACCESS_DENIED"}}]}"#;
    sandbox.fault("DsfFulfill", Fault::Instead(200, body.into()));
    let denied = tell(us.as_ref(), &push("620100001", "YW2", &[("A", 1, 1)]));
    assert!(matches!(denied, Pushed::KeyRefused { .. }), "{denied:?}");
}
