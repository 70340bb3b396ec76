//! Files for stores without an API: each parcel in one file, whatever happens.

use std::fs;
use std::path::PathBuf;

use crate::common::{Shop, Shopify};
use crate::support::{YUN, YUN_2, buy, needs, parcels, shop, two_lamps_and_a_bag};

/// Upload files with their contents, by name.
fn files(shop: &Shop) -> Vec<(String, String)> {
    let folder: PathBuf = shop.path("uploads");
    let Ok(entries) = fs::read_dir(folder) else { return vec![] };
    let mut found: Vec<(String, String)> = entries
        .map(|e| e.unwrap().path())
        .map(|p| (p.file_name().unwrap().to_str().unwrap().to_owned(), fs::read_to_string(&p).unwrap()))
        .collect();
    found.sort();
    found
}

fn rows(text: &str) -> Vec<&str> {
    text.split("\r\n").skip(1).filter(|r| !r.is_empty()).collect()
}

#[test]
fn each_parcel_with_its_lines_in_one_file_and_once_more_only_when_asked() {
    let shop = two_lamps_and_a_bag("");
    shop.run(&format!("track add us/1001/1 {YUN} --line LAMP=1")).exits(0);
    shop.run("track sync --dry-run").exits(0).says(&format!("would tell us/1001 of {YUN}: YunExpress, 1 x LAMP"));
    assert!(files(&shop).is_empty());
    let ran = shop
        .run("track sync")
        .exits(0)
        .says("UPLOAD")
        .says("1 parcel")
        .complains("upload it at Shopify admin > Apps > Matrixify");
    assert!(ran.out.contains("us-Orders-2026-11-24-1.csv"), "{}", ran.out);
    shop.run("track sync").exits(0).never_says("UPLOAD");
    shop.run(&format!("track add us/1001/1 {YUN_2}")).exits(0);
    let json = shop.run("track sync --json").exits(0).json();
    assert_eq!((&json["pushed"], &json["waiting"], &json["files"][0]["parcels"]), (&1.into(), &0.into(), &1.into()));
    let found = files(&shop);
    assert_eq!(found.len(), 2);
    let first = rows(&found[0].1);
    assert_eq!(first.len(), 1);
    assert!(
        first[0].starts_with(
            "620100001001,#1001,UPDATE,Fulfillment Line,LAMP,1,success,YunExpress,YT2203621272033099,https://"
        ),
        "{first:?}"
    );
    assert!(first[0].ends_with(",TRUE"));
    let second = rows(&found[1].1);
    assert!(second[0].contains("LAMP,1,") && second[1].contains("BAG,1,") && second.len() == 2, "{second:?}");
    shop.run("track sync --again YT1").exits(2).complains("no parcel has the number \"YT1\"").complains("dsf status");
    shop.run(&format!("track sync --again {YUN}")).exits(0).says("1 parcel");
    assert_eq!(rows(&files(&shop)[2].1), first);
    shop.run("track sync").exits(0).never_says("UPLOAD");
    assert_eq!(parcels(&shop, "us/1001")[0]["pushes"][0]["state"], "done");
    #[cfg(unix)]
    {
        use std::os::unix::fs::MetadataExt;
        assert_eq!(fs::metadata(shop.path("uploads")).unwrap().mode() & 0o777, 0o700);
    }
}

#[cfg(unix)]
#[test]
fn a_crash_anywhere_leaves_each_parcel_in_exactly_one_file() {
    for place in ["upload written", "upload committed", "upload named"] {
        let shop = two_lamps_and_a_bag("");
        shop.run(&format!("track add us/1001/1 {YUN}")).exits(0);
        shop.command("track sync").env("DSF_CRASH_AT", place).output().unwrap();
        shop.run("track sync").exits(0);
        shop.run("track sync").exits(0);
        let named: Vec<_> =
            files(&shop).into_iter().filter(|(name, _)| name.starts_with("us-Orders-2026-11-24-")).collect();
        assert_eq!(named.len(), 1, "{place}: {named:?}");
        assert_eq!(rows(&named[0].1).len(), 2, "{place}");
        assert_eq!(parcels(&shop, "us/1001")[0]["pushes"][0]["state"], "done", "{place}");
    }
}

#[cfg(unix)]
#[test]
fn a_file_that_was_taken_away_is_asked_about() {
    let shop = two_lamps_and_a_bag("");
    shop.run(&format!("track add us/1001/1 {YUN}")).exits(0);
    shop.command("track sync").env("DSF_CRASH_AT", "upload named").output().unwrap();
    fs::remove_file(shop.path("uploads/us-Orders-2026-11-24-1.csv")).unwrap();
    shop.run("track sync");
    shop.run("status").says("UPLOAD_MISSING").says(&format!("if it was not uploaded: dsf track sync --again {YUN}"));
    shop.run("track sync").exits(0).never_says("UPLOAD ");
    shop.run(&format!("track sync --again {YUN}")).exits(0).says("us-Orders-2026-11-24-2.csv");
}

#[test]
fn nothing_is_told_of_a_cancelled_refunded_or_held_order() {
    for (cells, hold, code) in [
        (vec![("Cancelled at", "2026-11-24 09:30:00 -0500"), ("Financial Status", "voided")], "", "CHANGED_AFTER_PO"),
        (vec![("Financial Status", "refunded"), ("Refunded Amount", "20.00")], "", "CHANGED_AFTER_PO"),
        (vec![("Shipping Address1", "99 Other St")], "", "CHANGED_AFTER_PO"),
        (vec![], "hold us/1001 --reason \"ask first\"", "ON_HOLD"),
    ] {
        let shop = shop("shopify", "");
        buy(&shop, Shopify::new().order("1001", &[]), &["LAMP"]);
        shop.run(&format!("track add us/1001/1 {YUN}")).exits(0);
        shop.write("later.csv", Shopify::new().order("1001", &cells).csv()).modified("later.csv", 60);
        shop.run("import later.csv");
        if !hold.is_empty() {
            shop.run(hold).exits(0);
        }
        let ran = shop.run("track sync --json");
        assert_eq!(ran.json()["waiting_for"][0]["code"], code, "{}", ran.out);
        assert!(files(&shop).is_empty(), "{code}");
    }
}

#[test]
fn the_store_that_shows_it_shipped_is_not_told_and_a_kind_without_a_file_is_typed_in() {
    let shop = shop("shopify", "");
    buy(&shop, Shopify::new().order("1001", &[]), &["LAMP"]);
    shop.run(&format!("track add us/1001/1 {YUN}")).exits(0);
    let cells = [
        ("Fulfillment Status", "fulfilled"),
        ("Lineitem fulfillment status", "fulfilled"),
        ("Fulfilled at", "2026-11-24 10:00:00 -0500"),
    ];
    shop.write("later.csv", Shopify::new().order("1001", &cells).csv()).modified("later.csv", 60);
    shop.run("import later.csv").exits(0);
    shop.run("track sync").exits(0).never_says("UPLOAD");
    assert_eq!(parcels(&shop, "us/1001")[0]["pushes"][0]["state"], "done");

    let shop = crate::support::shop("squarespace", "");
    let example = fs::read(concat!(env!("CARGO_MANIFEST_DIR"), "/examples/exports/squarespace-orders.csv")).unwrap();
    shop.write("sq.csv", example);
    shop.run("import sq.csv");
    let orders = shop.run("orders --json").json();
    let order = orders["orders"].as_array().unwrap().iter().find(|o| o["state"] == "ready").unwrap().clone();
    let skus = ["RING"];
    let id = order["id"].as_str().unwrap();
    let listings = skus.iter().fold("supplier,listing_id,title,price,currency,method\n".to_owned(), |t, s| {
        t + &format!("li,{s},x,1.00,USD,YunExpress\n")
    });
    let matches = skus.iter().fold("sku,supplier,listing_id\n".to_owned(), |t, s| t + &format!("{s},li,{s}\n"));
    shop.write("l.csv", listings).write("m.csv", matches);
    shop.run("listings import l.csv").exits(0);
    shop.run("match import m.csv").exits(0);
    shop.run(&format!("fulfill {id} --yes")).exits(0);
    shop.run(&format!("track add {id}/1 {YUN}")).exits(0);
    shop.run("track sync").exits(3).says("BY_HAND").says(&format!("type {YUN} in at the store"));
    assert!(needs(&shop).iter().any(|(_, code)| code == "NOT_TOLD"));
}

#[cfg(unix)]
#[test]
fn an_uploads_folder_that_cannot_be_written_is_said_once_and_the_parcel_stays_to_be_told() {
    let shop = two_lamps_and_a_bag("[tracking]\nuploads = \"/dev/null/uploads\"\n");
    shop.run(&format!("track add us/1001/1 {YUN}")).exits(0);
    for _ in 0..2 {
        let ran = shop.run("track sync").exits(1).complains("hint: look at the folder and its rights");
        let said = ran.err.lines().find(|l| l.contains("/dev/null/uploads: ")).unwrap();
        assert_eq!(said.matches("os error").count(), 1, "{said}");
    }
    assert_eq!(parcels(&shop, "us/1001")[0]["pushes"][0]["state"], "planned");
}
