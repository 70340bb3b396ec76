//! `listings.csv` and `matches.csv`: every bad cell is shown with its place, and nothing is applied.

use serde_json::Value;

use crate::common::Shop;
use crate::{all_fail, shop};

#[test]
fn headers_that_cannot_be_meant() {
    let shop = shop();
    shop.write("none.csv", "supplier,title\ncj,x\n").write("other.csv", "supplier,listing_id,prize\ncj,1,2\n");
    shop.write("twice.csv", "supplier,listing_id,price,Price\ncj,1,2,3\n").write("empty.csv", "");
    all_fail(
        &shop,
        &[
            (
                "listings import none.csv",
                1,
                &["none.csv line 1: no column \"listing_id\"; the header is supplier, title"],
                "add a column \"listing_id\"",
            ),
            (
                "listings import other.csv",
                1,
                &["other.csv line 1: \"prize\" is not a column of this table"],
                "did you mean \"price\"?",
            ),
            (
                "listings import twice.csv",
                1,
                &["twice.csv line 1: column \"price\" stands twice"],
                "remove one of the two",
            ),
            ("listings import empty.csv", 1, &["empty.csv is empty"], "download"),
            ("listings import missing.csv", 1, &["missing.csv does not exist"], "ls"),
            ("match import none.csv", 1, &["none.csv line 1: \"title\" is not a column"], "did you mean"),
            ("match import missing.csv --dry-run", 1, &["missing.csv does not exist"], "ls"),
        ],
    );
}

/// One bad row below the header: the code, and the column it names.
#[track_caller]
fn refuses(shop: &Shop, table: &str, header: &str, row: &str, code: &str, column: &str) {
    shop.write("table.csv", format!("{header}\n{row}\n"));
    let before = shop.contents();
    let ran = shop.run(&format!("{table} import table.csv --json")).exits(1);
    let rejected = ran.json()["rejected"].as_array().unwrap().clone();
    let last: &Value = rejected.last().unwrap();
    let text = |key: &str| last[key].as_str().unwrap_or_default();
    assert_eq!((text("code"), text("column")), (code, column), "{row}: {last}");
    assert!(last["row"].as_u64().unwrap() >= 2, "{last}");
    assert!(!text("message").ends_with('.') && !text("message").starts_with(char::is_uppercase), "{last}");
    assert_eq!(shop.contents(), before);
    shop.run(&format!("{table} import table.csv"))
        .exits(1)
        .says(&format!("{column} \""))
        .complains("table.csv: 1 problem, nothing was changed")
        .complains("hint: mend these cells and import again");
}

#[test]
fn cells_of_a_catalogue_that_cannot_be_used() {
    let shop = shop();
    let header = "supplier,listing_id,price,currency,pack_size,stock,ships_to,checked_at";
    for (row, code, column) in [
        (",1,2,USD,,,,", "MISSING", "supplier"),
        ("cj,,2,USD,,,,", "MISSING", "listing_id"),
        ("cj,9.4001E+21,2,USD,,,,", "DAMAGED_ID", "listing_id"),
        ("cj,1,2,,,,,", "MISSING", "currency"),
        ("cj,1,2,DOL,,,,", "BAD_CURRENCY", "currency"),
        ("cj,1,two,USD,,,,", "BAD_MONEY", "price"),
        ("cj,1,-2,USD,,,,", "BAD_MONEY", "price"),
        ("cj,1,1.234,USD,,,,", "BAD_MONEY", "price"),
        ("cj,1,2,USD,0,,,", "BAD_NUMBER", "pack_size"),
        ("cj,1,2,USD,1.5,,,", "BAD_NUMBER", "pack_size"),
        ("cj,1,2,USD,,-1,,", "BAD_NUMBER", "stock"),
        ("cj,1,2,USD,,,Narnia,", "BAD_COUNTRY", "ships_to"),
        ("cj,1,2,USD,,,,yesterday", "BAD_DATE", "checked_at"),
        ("cj,1,2,USD,,,,\ncj,1,3,USD,,,,", "TWICE", "listing_id"),
    ] {
        refuses(&shop, "listings", header, row, code, column);
    }
}

#[test]
fn tv24_a_price_with_points_and_comma_is_read_and_a_doubtful_one_is_asked_about() {
    let shop = shop();
    shop.write("a.csv", "supplier;listing_id;price;currency\ncj;1;1.234,56;EUR\n");
    shop.run("listings import a.csv").exits(0);
    assert_eq!(shop.run("listings --json").json()["listings"][0]["price"]["amount"], "1234.56");
}

#[test]
fn cells_of_rules_that_cannot_be_used() {
    let shop = shop();
    let header = "store,sku,supplier,listing_id,quantity,country,priority,part";
    for (row, code, column) in [
        ("US!,A,cj,1,,,,", "BAD_STORE", "store"),
        (",,cj,1,,,,", "MISSING", "sku"),
        (",A,,1,,,,", "MISSING", "supplier"),
        (",A,cj,,,,,", "MISSING", "listing_id"),
        (",A,cj,1,0,,,", "BAD_NUMBER", "quantity"),
        (",A,cj,1,many,,,", "BAD_NUMBER", "quantity"),
        (",A,cj,1,,Narnia,,", "BAD_COUNTRY", "country"),
        (",A,cj,1,,,0,", "BAD_NUMBER", "priority"),
        (",A,cj,1,,,,x", "BAD_NUMBER", "part"),
        (",A,cj,1,,,,\n,A,cj,2,,,,", "SAME_KEY", "sku"),
    ] {
        refuses(&shop, "match", header, row, code, column);
    }
}
