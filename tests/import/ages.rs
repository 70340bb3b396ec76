//! Newer, older and equally old files: which value wins, and what a person must decide.

use serde_json::json;

use crate::common::Shopify;
use crate::{held_codes, line2, orderable, shop, with_line2};

#[test]
fn an_older_export_changes_no_field_and_says_so_until_it_is_accepted() {
    let shop = shop();
    with_line2(&shop, "new.csv", "Apt 9", 60);
    with_line2(&shop, "old.csv", "Apt 4", 0);
    shop.run("import new.csv").exits(0);
    let ran = shop.run("import old.csv --json").exits(0);
    assert_eq!(ran.json()["changes"], json!([]));
    let kept = json!([{"order": "us/1001", "field": "ship_to.line2", "known": "Apt 9", "said": "Apt 4", "why": "older",
                       "file": "old.csv"}]);
    assert_eq!(ran.json()["not_applied"], kept);
    assert_eq!(line2(&shop, "us/1001"), "Apt 9");
    shop.run("import old.csv --accept-older").exits(0).says("CHANGED us/1001 ship_to.line2 \"Apt 9\" -> \"Apt 4\"");
    assert_eq!(line2(&shop, "us/1001"), "Apt 4");
}

#[test]
fn a_file_is_as_new_as_its_newest_stamp_and_only_then_as_its_modification() {
    let shop = shop();
    let late = [("Created at", "2026-11-23 15:00:00 -0500"), ("Paid at", "")];
    let both = Shopify::new().order("1001", &[("Shipping Address2", "Apt 9")]).order("1002", &late);
    shop.write("stamped.csv", both.csv()).modified("stamped.csv", 0);
    with_line2(&shop, "touched.csv", "Apt 4", 9000);
    shop.run("import stamped.csv").exits(0);
    shop.run("import touched.csv").exits(0).complains("touched.csv says \"Apt 4\" and is older");
    assert_eq!(line2(&shop, "us/1001"), "Apt 9");
}

#[test]
fn two_files_of_the_same_age_that_disagree_hold_the_order_once() {
    let shop = shop();
    with_line2(&shop, "one.csv", "Apt 4", 0);
    with_line2(&shop, "two.csv", "Apt 9", 0);
    shop.run("import one.csv").exits(0);
    let ran = shop.run("import two.csv").exits(3);
    ran.says("HELD us/1001 CONFLICTING_EXPORTS  ship_to.line2: \"Apt 4\" is known, two.csv says \"Apt 9\"")
        .says("dsf release us/1001 CONFLICTING_EXPORTS");
    assert_eq!(line2(&shop, "us/1001"), "Apt 4");
    assert!(shop.codes("us/1001").contains(&"CONFLICTING_EXPORTS".to_owned()));
    // The same words in other bytes are no news.
    let text = std::fs::read_to_string(shop.path("two.csv")).unwrap();
    shop.write("three.csv", text.clone() + "\n").modified("three.csv", 0);
    shop.run("import three.csv").exits(0);
    shop.run("release us/1001 CONFLICTING_EXPORTS --reason \"asked the customer\"").exits(0);
    shop.write("four.csv", text + "\n\n").modified("four.csv", 0);
    shop.run("import four.csv").exits(0);
    assert!(!shop.codes("us/1001").contains(&"CONFLICTING_EXPORTS".to_owned()), "a release is remembered");
}

#[test]
fn what_the_hint_of_a_conflict_says_resolves_it_either_way() {
    let shop = shop();
    with_line2(&shop, "one.csv", "Apt 4", 0);
    with_line2(&shop, "two.csv", "Apt 9", 0);
    shop.run("import one.csv").exits(0);
    let held = shop.run("import two.csv --json").exits(3).json()["held"][0]["hint"].as_str().unwrap().to_owned();
    assert!(held.contains("dsf import two.csv --accept-older takes the other"), "{held}");
    shop.run("import two.csv --accept-older").exits(0);
    assert_eq!(line2(&shop, "us/1001"), "Apt 9");
    assert_eq!(shop.codes("us/1001"), ["UNMATCHED"]);
}

#[test]
fn a_value_that_history_has_replaced_never_comes_back_by_itself() {
    let shop = shop();
    for (file, text, age) in [("a.csv", "Apt 4", 0), ("b.csv", "Apt 9", 60), ("c.csv", "Apt 4", 120)] {
        with_line2(&shop, file, text, age);
    }
    shop.run("import a.csv").exits(0);
    shop.run("import b.csv").exits(0);
    shop.run("import c.csv").exits(3).says("c.csv says \"Apt 4\" and brings back what was replaced");
    assert_eq!(line2(&shop, "us/1001"), "Apt 9");
}

#[test]
fn an_address_of_which_a_part_came_back_is_never_a_mixture_of_two() {
    let shop = shop();
    let place = |file: &str, street: &str, zip: &str, age| {
        let cells = [("Shipping Address1", street), ("Shipping Zip", zip)];
        shop.write(file, Shopify::new().order("1001", &cells).csv()).modified(file, age);
        shop.run(&format!("import {file}"))
    };
    place("a.csv", "1 Old St", "07301", 0).exits(0);
    place("b.csv", "2 New St", "07302", 60).exits(0);
    let ran = place("c.csv", "1 Old St", "07303", 120).exits(3);
    ran.says("CONFLICTING_EXPORTS");
    let to = shop.order("us/1001")["ship_to"].clone();
    assert_eq!((to["line1"].as_str(), to["postcode"].as_str()), (Some("2 New St"), Some("07302")));
}

#[test]
fn no_export_of_any_age_revives_what_was_cancelled_refunded_or_fulfilled() {
    let gone: [(&[(&str, &str)], &str); 4] = [
        (&[("Cancelled at", "2026-11-23 11:00:00 -0500")], "cancelled"),
        (&[("Financial Status", "refunded"), ("Refunded Amount", "20.00")], "nothing_to_order"),
        (&[("Refunded Amount", "20.00")], "nothing_to_order"),
        (&[("Lineitem fulfillment status", "fulfilled"), ("Fulfillment Status", "fulfilled")], "shipped"),
    ];
    for (cells, state) in gone {
        for (gone_age, plain_age) in [(60, 0), (0, 60), (0, 0)] {
            let shop = shop();
            let pad = [("Created at", "2026-11-23 15:00:00 -0500"), ("Shipping Name", "Someone Else")];
            let file = |cells| Shopify::new().order("1001", cells).order("1002", &pad).csv();
            shop.write("gone.csv", file(cells)).modified("gone.csv", gone_age);
            shop.write("plain.csv", file(&[])).modified("plain.csv", plain_age);
            for call in ["import gone.csv", "import plain.csv", "import gone.csv", "import plain.csv --accept-older"] {
                shop.run(call);
                assert_eq!(shop.order("us/1001")["state"], state, "{call} {gone_age} {plain_age}");
                assert_eq!(orderable(&shop, "us/1001"), 0);
            }
            let reverse = crate::shop();
            reverse.write("gone.csv", file(cells)).modified("gone.csv", gone_age);
            reverse.write("plain.csv", file(&[])).modified("plain.csv", plain_age);
            reverse.run("import plain.csv").exits(0);
            assert_eq!(orderable(&reverse, "us/1001"), 1);
            reverse.run("import gone.csv");
            assert_eq!(reverse.order("us/1001")["state"], state, "{gone_age} {plain_age}");
        }
    }
}

#[test]
fn an_unpaid_order_becomes_ready_when_a_newer_export_says_paid_and_not_by_an_older_one() {
    let shop = shop();
    let pending = [("Financial Status", "pending"), ("Paid at", "")];
    shop.write("pending.csv", Shopify::new().order("1001", &pending).csv()).modified("pending.csv", 60);
    shop.write("older.csv", Shopify::new().order("1001", &[]).csv()).modified("older.csv", 0);
    shop.write("newer.csv", Shopify::new().order("1001", &[]).csv()).modified("newer.csv", 120);
    shop.run("import pending.csv").exits(0);
    // The stamp of the payment makes this file newer than one that has only the order's.
    shop.run("import older.csv").exits(0);
    let state = shop.order("us/1001")["state"].clone();
    assert_eq!(state, "not_paid", "the same newest stamp and an earlier modification");
    shop.run("import newer.csv").exits(0).says("payment \"pending\" -> \"paid\"");
    assert_eq!(shop.order("us/1001")["state"], "ready");
}

#[test]
fn a_person_s_address_is_not_overwritten_by_the_next_export_of_the_store() {
    let shop = shop();
    with_line2(&shop, "a.csv", "", 0);
    with_line2(&shop, "b.csv", "", 60);
    shop.run("import a.csv").exits(0);
    shop.run_with_input("address set us/1001 --reason \"she wrote\"", b"line2 = \"Apt 9\"\n").exits(0);
    let ran = shop.run("import b.csv --json").exits(3);
    assert_eq!(held_codes(&ran), ["CONFLICTING_EXPORTS"]);
    assert_eq!(line2(&shop, "us/1001"), "Apt 9");
}

#[test]
fn money_that_comes_and_goes_is_a_decision_that_status_shows() {
    let shop = shop();
    let pending = [("Financial Status", "pending"), ("Paid at", "")];
    for (i, cells) in [&[][..], &pending, &[]].into_iter().enumerate() {
        let file = format!("{i}.csv");
        shop.write(&file, Shopify::new().order("1001", cells).csv()).modified(&file, 60 * i as u64);
        shop.run(&format!("import {file}"));
    }
    let status = shop.run("status --json").exits(0).json();
    assert_eq!(
        (&status["needs_you"][0]["id"], &status["needs_you"][0]["code"]),
        (&json!("us/1001"), &json!("CONFLICTING_EXPORTS"))
    );
    assert_eq!(orderable(&shop, "us/1001"), 0);
    shop.run("import 2.csv --accept-older").exits(0);
    assert_eq!((orderable(&shop, "us/1001"), shop.codes("us/1001")), (1, vec!["UNMATCHED".to_owned()]));
}

#[test]
fn a_partial_refund_that_is_said_again_is_no_change() {
    let shop = shop();
    let refund = [("Financial Status", "partially_refunded"), ("Refunded Amount", "5.00")];
    for (file, age) in [("a.csv", 0), ("b.csv", 60), ("c.csv", 30)] {
        shop.write(file, Shopify::new().order("1", &refund).csv()).modified(file, age);
    }
    shop.run("import a.csv").exits(3);
    shop.run("import b.csv").exits(0).says("new 0   changed 0   unchanged 1");
    shop.run("import c.csv").exits(0).says("new 0   changed 0   unchanged 1");
}

#[test]
fn an_old_order_that_is_done_is_held_for_nothing() {
    let mut shop = shop();
    let shipped = [("Lineitem fulfillment status", "fulfilled"), ("Fulfillment Status", "fulfilled")];
    let cancelled = [("Cancelled at", "2026-11-23 11:00:00 -0500"), ("Email", "buyer1@example.com")];
    shop.write("a.csv", Shopify::new().order("1", &shipped).order("2", &cancelled).csv());
    shop.run("import a.csv").exits(0);
    shop.now = "2027-01-24T09:00:00Z".to_owned();
    shop.run("show us/1").exits(0).never_says("STALE_ORDER");
    shop.run("show us/2").exits(0).never_says("HELD");
    shop.run("status").exits(0).never_says("needs you");
}
