//! Parcels told to a WooCommerce site by what it has: its own fulfilments, a plugin's list, or a note. None of these
//! protects from telling twice.
#![allow(clippy::unwrap_used)]

mod common;
mod sandbox;

use std::path::Path;

use common::stores::{client, push, tell};
use dsf::core::push::{Push, Pushed};
use dsf::store::api::StoreApi;
use sandbox::woocommerce::{KEY, SECRET, WooCommerce, item, order};
use sandbox::{Fault, Sandbox};
use serde_json::json;

fn site_client(sandbox: &Sandbox, state: &Path, more: &str) -> Box<dyn StoreApi> {
    let url = sandbox.url();
    client(
        &format!(
            "[store.eu]\nkind = \"woocommerce\"\nbase_url = \"{url}\"\nconsumer_key_command = \"printf {KEY}\"\n\
             consumer_secret_command = \"printf {SECRET}\"\n{more}"
        ),
        state,
    )
}

fn fill(site: &WooCommerce) {
    for id in 1..=9 {
        let items = vec![item("A", "Lampe", 3, 1000), item("A", "Lampe", 1, 1000), item("B", "Tasche", 2, 500)];
        site.state().add(order(id, items));
    }
}

fn done(pushed: &Pushed) -> bool {
    matches!(pushed, Pushed::Done { .. })
}

/// Fulfilments, the list of a plugin, notes: with the path that tells.
const WAYS: [(&str, bool, bool); 3] =
    [("POST /fulfillments", true, true), ("POST /shipment-trackings", false, true), ("POST /notes", false, false)];

#[test]
fn by_what_the_site_has_each_parcel_is_told_once() {
    for (path, fulfillments, list) in WAYS {
        let (site, sandbox) = WooCommerce::start();
        site.state().has_fulfillments = fulfillments;
        site.state().has_tracking_list = list;
        fill(&site);
        let folder = tempfile::tempdir().unwrap();
        let eu = site_client(&sandbox, folder.path(), "");
        let first = push("1", "YW-11", &[("A", 1, 2), ("B", 1, 1)]);
        let second = Push {
            completes: true,
            carrier: Some("UPS".into()),
            ..push("1", "1Z999AA10123456784", &[("A", 1, 1), ("A", 2, 1), ("B", 1, 1)])
        };
        for parcel in [&first, &second, &first, &second] {
            let told = tell(eu.as_ref(), parcel);
            assert!(done(&told), "{path}: {told:?}");
        }
        let other_spelling = Push { tracking: "yw 11".into(), ..first.clone() };
        assert!(done(&tell(eu.as_ref(), &other_spelling)), "{path}");
        let one = site.state().get(1).clone();
        assert_eq!((one.told().len(), one.told_times("YW-11")), (2, 1), "{path}");
        assert_eq!(one.order["status"], "completed", "{path}: the last parcel completes it");
        let mails = site.state().mails.clone();
        assert_eq!(mails.iter().filter(|m| *m == "completed 1").count(), 1, "{path}");
        let seen = eu.parcels("1").unwrap();
        assert_eq!(seen.parcels.len(), 2, "{path}");
        if fulfillments {
            assert_eq!(one.told().iter().map(|(.., n)| *n).collect::<Vec<_>>(), [3, 3]);
            assert!(seen.remaining.unwrap().iter().all(|(_, n)| *n == 0));
            let more = tell(eu.as_ref(), &push("1", "YW3", &[("A", 1, 1)]));
            assert!(matches!(&more, Pushed::Refused { code, .. } if code == "remaining"), "{more:?}");
            let meta = one.fulfillments[0]["meta_data"].as_array().unwrap();
            let value = |key: &str| meta.iter().find(|m| m["key"] == key).map(|m| m["value"].clone());
            assert_eq!(value("_shipment_provider"), Some(json!("other")));
            assert_eq!(value("_provider_name"), Some(json!("Yanwen")));
        }
    }
}

#[test]
fn whatever_breaks_each_parcel_is_told_once() {
    for (path, fulfillments, list) in WAYS {
        let (site, sandbox) = WooCommerce::start();
        site.state().has_fulfillments = fulfillments;
        site.state().has_tracking_list = list;
        fill(&site);
        let folder = tempfile::tempdir().unwrap();
        let eu = site_client(&sandbox, folder.path(), "complete = false\n");
        let names = ["drop-before", "drop-after", "half-body", "500-before", "500-after", "429", "not-json"];
        for (n, name) in (1..).zip(names) {
            let parcel = push(&n.to_string(), &format!("YW{n}"), &[("A", 1, 1)]);
            // What proves a key is known before the fault.
            eu.parcels("9").unwrap();
            sandbox.fault(path, Fault::named(name).unwrap());
            let first = tell(eu.as_ref(), &parcel);
            assert!(!matches!(first, Pushed::Refused { .. }), "{path} {name}: {first:?}");
            let second = tell(eu.as_ref(), &parcel);
            assert!(done(&second), "{path} {name}: {second:?}");
            assert_eq!(site.state().get(n).told_times(&format!("YW{n}")), 1, "{path} {name}");
            assert_eq!(site.state().get(n).order["status"], "processing");
        }
    }
}

#[test]
fn the_customer_is_written_to_as_the_config_says() {
    let (site, sandbox) = WooCommerce::start();
    fill(&site);
    let folder = tempfile::tempdir().unwrap();
    let eu = site_client(&sandbox, folder.path(), "notify = false\n");
    let parcel = Push { notify: false, completes: true, ..push("1", "YW1", &[("A", 1, 3), ("A", 2, 1), ("B", 1, 2)]) };
    assert!(done(&tell(eu.as_ref(), &parcel)));
    assert!(site.state().mails.is_empty(), "a completed order writes to the customer too");
    assert_eq!(site.state().get(1).order["status"], "processing");
    let completing = site_client(&sandbox, folder.path(), "notify = false\ncomplete = true\n");
    assert!(done(&tell(completing.as_ref(), &parcel)), "told before, completed now");
    assert_eq!(site.state().get(1).order["status"], "completed");
    assert_eq!(site.state().get(1).told().len(), 1);
}

#[test]
fn a_completion_that_fails_is_looked_at_again() {
    let (site, sandbox) = WooCommerce::start();
    fill(&site);
    let folder = tempfile::tempdir().unwrap();
    let eu = site_client(&sandbox, folder.path(), "");
    let parcel = Push { completes: true, ..push("1", "YW1", &[("A", 1, 3), ("A", 2, 1), ("B", 1, 2)]) };
    sandbox.fault("PUT /orders/1", Fault::DropBefore);
    let told = tell(eu.as_ref(), &parcel);
    assert!(matches!(&told, Pushed::Unknown { why } if why.contains("the parcel is told")), "{told:?}");
    assert!(done(&tell(eu.as_ref(), &parcel)));
    let one = site.state().get(1).clone();
    assert_eq!((one.told().len(), &one.order["status"]), (1, &json!("completed")));
}

#[test]
fn orders_that_take_no_parcel_and_lines_that_are_not_there_are_refused() {
    let (site, sandbox) = WooCommerce::start();
    site.state().has_fulfillments = true;
    fill(&site);
    let statuses = ["cancelled", "refunded", "failed", "on-hold", "trash"];
    for (id, status) in (1..).zip(statuses) {
        site.state().change(id, |o| o["status"] = json!(status));
    }
    let folder = tempfile::tempdir().unwrap();
    let eu = site_client(&sandbox, folder.path(), "");
    for (id, status) in (1..).zip(statuses) {
        let id: u32 = id;
        assert_eq!(eu.parcels(&id.to_string()).unwrap().closed.as_deref(), Some(status));
        let refused = tell(eu.as_ref(), &push(&id.to_string(), "YW1", &[("A", 1, 1)]));
        assert!(matches!(&refused, Pushed::Refused { message, .. } if message.contains(status)), "{refused:?}");
    }
    // A refund takes pieces away that were never sent.
    site.state().refund(6, 0, 2, "20.00");
    let refused = tell(eu.as_ref(), &push("6", "YW6", &[("A", 1, 2)]));
    assert!(matches!(&refused, Pushed::Refused { code, .. } if code == "remaining"), "{refused:?}");
    let unknown = tell(eu.as_ref(), &push("6", "YW6", &[("NOPE", 1, 1)]));
    assert!(matches!(&unknown, Pushed::Refused { code, .. } if code == "line"));
    assert!(eu.parcels("12345").is_err());
    assert_eq!(eu.order("12345").unwrap().map(|o| o.said), None);
    // What the site says itself is kept.
    let body = r#"{"code":0,"message":"The fulfillment should contain at least one item.","data":{"status":400}}"#;
    sandbox.fault("POST /fulfillments", Fault::Instead(400, body.into()));
    let refused = tell(eu.as_ref(), &push("6", "YW6", &[("A", 1, 1)]));
    assert!(
        matches!(&refused, Pushed::Refused { message, .. } if message.contains("at least one item")),
        "{refused:?}"
    );
    // A person has written the number into a note already.
    let (noted, other) = WooCommerce::start();
    fill(&noted);
    noted.state().get(1).notes.push(json!({ "id": 1, "note": "Shipped by YunExpress YT-1!", "customer_note": false }));
    let eu = site_client(&other, folder.path(), "");
    assert!(done(&tell(eu.as_ref(), &push("1", "YT1", &[("A", 1, 1)]))));
    assert_eq!(noted.state().get(1).notes.len(), 1);
}
