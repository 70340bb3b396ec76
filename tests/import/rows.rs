//! Where every row went: rejected rows, `--partial`, overlaps, dry runs, stdin.

use crate::common::Shopify;
use crate::{accounted, counts, orders, shop, with_line2};

/// Three orders; 1002 has a bad row, and another order stands between its rows.
fn with_a_bad_row() -> Shopify {
    Shopify::new()
        .order("1001", &[])
        .order("1002", &[("Subtotal", "32.00"), ("Total", "32.00")])
        .order("1003", &[("Shipping Name", "C")])
        .line("1002", "BAG", "2,5", "6.00")
}

#[test]
fn one_rejected_row_keeps_the_file_out_and_the_other_files_of_the_call_in() {
    let clean = Shopify::new().order("2001", &[]).order("2002", &[("Shipping Name", "D")]);
    for call in ["bad.csv clean.csv", "clean.csv bad.csv"] {
        let shop = shop();
        shop.write("bad.csv", with_a_bad_row().csv()).write("clean.csv", clean.csv());
        let ran = shop.run(&format!("import {call} --json")).exits(3);
        let report = ran.json();
        accounted(&report);
        assert_eq!(counts(&report), (2, 0, 0));
        let bad = report["files"].as_array().unwrap().iter().find(|f| f["path"] == "bad.csv").unwrap();
        let n = |key: &str| bad[key].as_u64().unwrap();
        assert_eq!((n("rows"), n("imported"), n("orders"), n("lines")), (4, 0, 0, 0));
        assert_eq!(bad["applied"], false);
        let rejected = &report["rejected"][0];
        assert_eq!((rejected["file"].as_str(), rejected["row"].as_u64()), (Some("bad.csv"), Some(5)));
        assert_eq!((rejected["column"].as_str(), rejected["value"].as_str()), (Some("Lineitem quantity"), Some("2,5")));
        let ids: Vec<_> = orders(&shop).iter().map(|o| o["id"].as_str().unwrap().to_owned()).collect();
        assert_eq!(ids, ["us/2001", "us/2002"]);
    }
}

#[test]
fn a_file_that_was_kept_out_leaves_no_trace_in_what_a_later_file_counts() {
    let shop = shop();
    shop.write("bad.csv", with_a_bad_row().csv());
    shop.write("mended.csv", with_a_bad_row().csv().replace("\"2,5\"", "2"));
    let report = shop.run("import bad.csv mended.csv --json").exits(3).json();
    accounted(&report);
    assert_eq!((counts(&report), orders(&shop).len()), ((3, 0, 0), 3));
}

#[test]
fn partial_refuses_the_whole_order_of_a_bad_row_wherever_its_rows_stand() {
    let shop = shop();
    shop.write("bad.csv", with_a_bad_row().csv());
    let ran = shop.run("import bad.csv --partial --json").exits(3);
    accounted(&ran.json());
    let file = ran.json()["files"][0].clone();
    assert_eq!(
        (file["imported"].as_u64(), file["rejected"].as_u64(), file["orders"].as_u64()),
        (Some(2), Some(2), Some(2))
    );
    let ids: Vec<_> = orders(&shop).iter().map(|o| o["id"].as_str().unwrap().to_owned()).collect();
    assert_eq!(ids, ["us/1001", "us/1003"]);
    shop.run("import bad.csv --partial").exits(3).says("rejected rows 2   (4 of 4 rows accounted for)");
}

#[test]
fn without_partial_the_text_says_how_many_rows_and_what_to_do() {
    let shop = shop();
    shop.write("bad.csv", with_a_bad_row().csv());
    shop.run("import bad.csv")
        .exits(3)
        .says("bad.csv  shopify-orders  store us  4 rows read, not applied: 1 row rejected")
        .says("REJECTED bad.csv:5: Lineitem quantity \"2,5\" BAD_QUANTITY")
        .says("(4 of 4 rows accounted for)")
        .complains("--partial");
}

#[test]
fn the_same_order_twice_in_a_file_and_over_files_is_one() {
    let shop = shop();
    let once = Shopify::new().order("1001", &[]).line("1001", "GIFT", "1", "0.00");
    shop.write("twice.csv", once.clone().and(once.clone()).csv()).modified("twice.csv", 0);
    shop.write("more.csv", once.order("1002", &[("Shipping Name", "B")]).csv()).modified("more.csv", 0);
    let report = shop.run("import twice.csv more.csv --json").exits(0).json();
    accounted(&report);
    assert_eq!(counts(&report), (2, 0, 0));
    assert_eq!((report["files"][0]["orders"].as_u64(), report["files"][1]["orders"].as_u64()), (Some(1), Some(2)));
    assert_eq!(shop.order("us/1001")["lines"].as_array().unwrap().len(), 2);
}

#[test]
fn a_file_that_is_named_twice_counts_once() {
    let shop = shop();
    with_line2(&shop, "a.csv", "", 0);
    let report = shop.run("import a.csv a.csv --json").exits(0).json();
    assert_eq!(counts(&report), (1, 0, 0));
    assert_eq!(counts(&shop.run("import a.csv a.csv --json").exits(0).json()), (0, 0, 1));
}

#[test]
fn an_order_that_two_newer_files_change_in_one_call_is_changed_once() {
    let shop = shop();
    for (file, text, age) in [("a.csv", "1", 0), ("b.csv", "2", 60), ("c.csv", "3", 120)] {
        with_line2(&shop, file, text, age);
    }
    shop.run("import a.csv").exits(0);
    let report = shop.run("import b.csv c.csv --json").exits(0).json();
    assert_eq!((counts(&report), report["changes"].as_array().unwrap().len()), ((0, 1, 0), 2));
}

#[test]
fn a_dry_run_says_the_same_and_changes_no_byte() {
    let shop = shop();
    with_line2(&shop, "a.csv", "Apt 4", 0);
    shop.run("import a.csv").exits(0);
    with_line2(&shop, "b.csv", "Apt 9", 60);
    shop.write("c.csv", with_a_bad_row().csv()).modified("c.csv", 60);
    let (before, bytes) = (shop.contents(), std::fs::read(shop.path("dsf.db")).unwrap());
    let call = "import b.csv c.csv --partial --json";
    let dry = shop.run(&format!("{call} --dry-run")).exits(3);
    assert_eq!((shop.contents(), std::fs::read(shop.path("dsf.db")).unwrap()), (before, bytes));
    assert_eq!(dry.json(), shop.run(call).exits(3).json());
    shop.run("import b.csv --dry-run").exits(0).complains("dry run: nothing was changed");
}

#[test]
fn a_dry_run_makes_no_database() {
    let shop = shop();
    with_line2(&shop, "a.csv", "", 0);
    shop.run("import a.csv --dry-run").exits(0).says("new 1");
    let left: Vec<_> = std::fs::read_dir(shop.path("")).unwrap().map(|e| e.unwrap().file_name()).collect();
    assert!(!left.iter().any(|name| name.to_string_lossy().starts_with("dsf.db")), "{left:?}");
}

#[test]
fn stdin_is_a_file_like_others_and_may_stand_beside_them() {
    let shop = shop();
    with_line2(&shop, "a.csv", "", 0);
    let piped = Shopify::new().order("7", &[]).csv();
    let ran = shop.run_with_input("import a.csv - --json", piped.as_bytes()).exits(0);
    assert_eq!((counts(&ran.json()), ran.json()["files"][1]["path"].as_str()), ((2, 0, 0), Some("stdin")));
    shop.run_with_input("import -", b"").exits(1).complains("stdin is empty");
}

#[test]
fn a_header_alone_is_nothing_to_do() {
    let shop = shop();
    shop.write("a.csv", Shopify::new().csv());
    let report = shop.run("import a.csv --json").exits(0).json();
    assert_eq!((counts(&report), report["files"][0]["rows"].as_u64()), ((0, 0, 0), Some(0)));
}

#[test]
fn the_log_of_changes_names_the_file_of_each() {
    let shop = shop();
    with_line2(&shop, "a.csv", "Apt 4", 0);
    with_line2(&shop, "b.csv", "Apt 9", 60);
    shop.run("import a.csv b.csv").exits(0);
    let history = shop.run("show us/1001 --json").json()["history"].clone();
    assert_eq!((history[0]["source"].as_str(), history[0]["from"].as_str()), (Some("b.csv"), Some("Apt 4")));
}

#[test]
fn lists_that_would_be_endless_are_cut_and_the_rest_is_counted() {
    let shop = shop();
    let row = Shopify::new().order("1", &[("Lineitem quantity", "x")]).csv();
    let (header, row) = row.split_once('\n').unwrap();
    let rows: String = (0..10_003).map(|n| row.replacen("#1", &format!("#{n}"), 1)).collect();
    shop.write("bad.csv", format!("{header}\n{rows}"));
    let report = shop.run("import bad.csv --json").exits(3).json();
    accounted(&report);
    assert_eq!((report["rejected"].as_array().unwrap().len(), report["left_out"].as_u64()), (10_000, Some(3)));
    assert_eq!(report["files"][0]["rejected"], 10_003);
}

#[test]
fn numbers_beyond_all_reason_are_read_or_refused_and_nothing_falls_over() {
    let shop = shop();
    for (i, (quantity, price)) in
        [("999999999", "99999999999"), ("9999999999", "1.00"), ("1", "99999999999999999999"), ("0", "0")]
            .into_iter()
            .enumerate()
    {
        let cells = [("Subtotal", "-90000000000000.00"), ("Total", "1.00")];
        let plain = Shopify::new().order(&(i + 1).to_string(), &cells).csv();
        let hostile = plain.replace(",1,Desk Lamp,20.00,", &format!(",{quantity},Desk Lamp,{price},"));
        assert_ne!(hostile, plain);
        shop.write("a.csv", hostile).modified("a.csv", i as u64);
        let code = shop.run("import a.csv").code;
        assert!(code == 0 || code == 3, "{quantity} x {price}");
    }
    for call in ["orders", "orders --json", "status", "match", "fulfill --dry-run"] {
        let code = shop.run(call).code;
        assert!(code == 0 || code == 3, "{call}");
    }
}
