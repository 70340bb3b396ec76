//! `dsf track import`: the sheet that went out comes back with the tracking filled in, in our layout and in others.
#![allow(clippy::unwrap_used)]

mod common;

use std::fs;

use common::{Ran, Shop, Shopify};
use serde_json::{Value, json};

const CONFIG: &str = "[store.us]\nkind = \"shopify\"\n[store.eu]\nkind = \"shopify\"\n[supplier.li]\nkind = \"sheet\"\nformat = \"csv\"\n\
    [supplier.wf]\nkind = \"sheet\"\nsheet = \"wayfair\"\nformat = \"csv\"\n";

/// Two orders of one store, one of another, handed off to li.
fn shop() -> Shop {
    let shop = Shop::new(CONFIG);
    let orders = Shopify::new()
        .order("1001", &[("Subtotal", "32.00"), ("Total", "32.00")])
        .line("1001", "BAG", "2", "6.00")
        .order(
            "1002",
            &[("Shipping Name", "Omar Invented"), ("Shipping Zip", "'08540"), ("Shipping City", "Princeton")],
        )
        .order("1003", &[("Shipping Name", "Ines Made Up"), ("Shipping Zip", "'07302")]);
    shop.write("orders.csv", orders.csv()).modified("orders.csv", 0);
    shop.write(
        "listings.csv",
        "supplier,listing_id,title,price,currency\nli,LAMP-1,Desk lamp,5.00,USD\nli,BAG-1,Bag,2.00,USD\n",
    );
    shop.write("matches.csv", "sku,supplier,listing_id\nLAMP,li,LAMP-1\nBAG,li,BAG-1\n");
    shop.run("listings import listings.csv").exits(0);
    shop.run("match import matches.csv").exits(0);
    shop.run("import orders.csv --store us").exits(0);
    shop.run("fulfill --yes").exits(0);
    shop
}

/// The sheet in the outbox: header and rows.
fn sheet(shop: &Shop) -> Vec<Vec<String>> {
    let file = fs::read_dir(shop.path("outbox/li"))
        .unwrap()
        .map(|e| e.unwrap().path())
        .find(|p| p.extension().is_some_and(|e| e == "csv"));
    let mut reader = csv::ReaderBuilder::new().has_headers(false).from_path(file.unwrap()).unwrap();
    reader.records().map(|r| r.unwrap().iter().map(|c| c.trim_start_matches('\u{feff}').to_owned()).collect()).collect()
}

fn set(sheet: &mut [Vec<String>], row: usize, column: &str, value: &str) {
    let at = sheet[0].iter().position(|h| h == column).unwrap();
    sheet[row][at] = value.to_owned();
}

fn save(shop: &Shop, name: &str, sheet: &[Vec<String>]) {
    let mut writer = csv::Writer::from_writer(vec![]);
    sheet.iter().for_each(|r| writer.write_record(r).unwrap());
    shop.write(name, writer.into_inner().unwrap());
}

fn rows(ran: &Ran) -> Vec<(u64, String)> {
    let found = ran.json();
    let text = |r: &Value, key: &str| r[key].as_str().unwrap_or_default().to_owned();
    let word = |r: &Value| if r["verdict"] == "stop" { text(r, "code") } else { text(r, "verdict") };
    found["rows"].as_array().unwrap().iter().map(|r| (r["row"].as_u64().unwrap(), word(r))).collect()
}

/// Rows 1 and 2 are order 1001 (lamp and bags), 3 is 1002, 4 is 1003.
fn filled(shop: &Shop) -> Vec<Vec<String>> {
    let mut sheet = sheet(shop);
    assert_eq!(sheet.len(), 5, "{sheet:?}");
    for (row, number) in [(1, "YT2203621272033099"), (2, "YT2203621272033099"), (3, "yt 2203 6212 7203 3100")] {
        set(&mut sheet, row, "tracking_number", number);
        set(&mut sheet, row, "carrier", "云途");
        set(&mut sheet, row, "shipped_at", "2026-11-23");
    }
    sheet
}

#[test]
fn our_own_sheet_comes_back_and_is_applied_once() {
    let shop = shop();
    save(&shop, "back.csv", &filled(&shop));
    let before = fs::read(shop.path("dsf.db")).unwrap();
    let ran = shop.run("track import back.csv --supplier li --dry-run --json").exits(0);
    let found = ran.json();
    assert_eq!(
        (found["schema"].clone(), found["waiting"].clone(), found["shifted"].clone()),
        (json!(1), json!(1), json!(null))
    );
    assert_eq!(rows(&ran), [(2, "apply".into()), (3, "apply".into()), (4, "apply".into())]);
    let first = &found["rows"][0];
    assert_eq!(
        (&first["purchase_order"], &first["number"], &first["carrier"]),
        (&json!("us/1001/1"), &json!("YT2203621272033099"), &json!("yunexpress"))
    );
    assert!(first["message"].is_string() && first["code"].is_string());
    assert_eq!(fs::read(shop.path("dsf.db")).unwrap(), before, "a dry run changes nothing");

    shop.run("track import back.csv --supplier li").exits(2).complains("nothing was applied").says("3 apply");
    shop.run("track import back.csv --supplier li --yes")
        .exits(0)
        .says("recorded 2 parcels")
        .says("1 without a number yet");
    let shown = shop.run("show us/1001 --json").json();
    assert_eq!(shown["purchase_orders"][0]["state"], "shipped", "{shown:#}");
    let again = shop.run("track import back.csv --supplier li --yes --json").exits(0);
    assert_eq!(rows(&again), [(2, "known".into()), (3, "known".into()), (4, "known".into())]);
    assert_eq!(again.json()["applied"], 0);

    // Later the last one, and another number for one that is known.
    let mut later = filled(&shop);
    set(&mut later, 3, "tracking_number", "YT2203621272033111");
    set(&mut later, 4, "tracking_number", "YT2203621272033112");
    save(&shop, "later.csv", &later);
    let ran = shop
        .run("track import later.csv --supplier li --yes")
        .exits(3)
        .says("NUMBER_CHANGED")
        .says("recorded 1 parcel");
    ran.says("dsf track add us/1002/1 YT2203621272033111 --replaces YT2203621272033100");
    shop.run("track add us/1002/1 YT2203621272033111 --replaces YT2203621272033100").exits(0);
    assert_eq!(rows(&shop.run("track import later.csv --supplier li --json").exits(0))[2].1, "known");
}

#[test]
fn a_shifted_sheet_applies_nothing_and_other_stops_leave_the_clean_rows() {
    let shop = shop();
    let mut moved = filled(&shop);
    let names: Vec<String> =
        (1..5).map(|r| moved[r][moved[0].iter().position(|h| h == "name").unwrap()].clone()).collect();
    for row in 1..5 {
        set(&mut moved, row, "name", &names[4 - row]);
    }
    save(&shop, "moved.csv", &moved);
    let ran = shop.run("track import moved.csv --supplier li --yes").exits(3);
    ran.says("ROWS_SHIFTED").says("it looks shifted, and nothing of it is applied").never_says("recorded");
    assert_eq!(shop.order("us/1002")["state"], "ordered");

    let mut wrong = filled(&shop);
    set(&mut wrong, 1, "tracking_number", "9.40010E+21");
    set(&mut wrong, 2, "tracking_number", "LX123456789CN");
    set(&mut wrong, 4, "tracking_number", "YT2203621272033100");
    save(&shop, "wrong.csv", &wrong);
    let ran = shop.run("track import wrong.csv --supplier li --yes --json").exits(3);
    let codes: Vec<String> = rows(&ran).into_iter().map(|r| r.1).collect();
    assert_eq!(codes, ["DAMAGED_NUMBER", "CHECK_DIGIT", "apply", "OTHER_CUSTOMER"]);
    assert_eq!(ran.json()["applied"], 1);
}

#[test]
fn another_layout_is_mapped_once_and_remembered() {
    let shop = shop();
    let text = "发货表;;;\n序;编;Zip;包裹\n1;US-1002-1;08540;YT2203621272033100\n";
    shop.write("own.csv", encoding_rs::GBK.encode(text).0);
    shop.run("track import own.csv --supplier li --yes")
        .exits(1)
        .complains("no row of headers with a tracking number")
        .complains("序, 编, Zip, 包裹")
        .complains("--map reference=HEADER --map \"tracking_number=包裹\"");
    for (map, code, message, hint) in [
        ("tracking=包裹", 2, "there is no field \"tracking\"", "did you mean tracking_number?"),
        ("tracking_number", 2, "write FIELD=HEADER", "--map tracking_number=单号"),
        ("tracking_number=包裹,reference=编,name=人", 1, "there is no column \"人\"", "--map name= forgets it"),
    ] {
        shop.run(&format!("track import own.csv --supplier li --map {map}"))
            .exits(code)
            .complains(message)
            .complains(hint);
    }
    shop.run("track import own.csv --supplier li --map tracking_number=包裹,reference=编 --yes")
        .exits(0)
        .says("recorded 1 parcel");
    shop.run("track import own.csv --supplier li --yes --json").exits(0).says("\"known\"");
    shop.write("twice.csv", "po,waybill,awb,zip\nUS-1003-1,YT2203621272033112,YT2203621272033112,07302\n");
    shop.run("track import twice.csv --supplier li --map tracking_number=,reference=")
        .exits(1)
        .complains("can both be the tracking_number");
    shop.run("track import twice.csv --supplier nobody").exits(2).complains("there is no supplier nobody");
    shop.run("track import missing.csv --supplier li").exits(1).complains("missing.csv does not exist");
}

#[test]
fn a_workbook_and_stdin_are_read_too() {
    let shop = shop();
    let rows = [
        ["Order", "Name", "Zip", "Tracking", "Express"],
        ["us#1002", "Omar Invented", "08540", "4200854092001903060085300042901077", "USPS"],
    ];
    shop.write("back.xlsx", dsf::files::sheet::xlsx("Sheet1", rows).unwrap());
    let ran = shop.run("track import back.xlsx --supplier li --dry-run --json");
    assert_eq!(ran.json()["rows"][0]["purchase_order"], "us/1002/1");
    let utf16: Vec<u8> = "\u{feff}reference\ttracking\nUS-1002-1\tYT2203621272033100\n"
        .encode_utf16()
        .flat_map(u16::to_le_bytes)
        .collect();
    shop.write("utf16.txt", utf16);
    assert_eq!(shop.run("track import utf16.txt --supplier li --dry-run --json").json()["rows"][0]["verdict"], "apply");
    shop.write("page.xls", "<html><table><tr><td>reference</td></tr></table></html>");
    shop.run("track import page.xls --supplier li").exits(1).complains("a web page, though its name may say .xls");
    let text = b"reference,tracking\nUS-1002-1,YT2203621272033100\n";
    let ran = shop.run_with_input("track import - --supplier li --yes --json", text);
    assert_eq!(ran.json()["rows"][0]["verdict"], "apply");
}

#[test]
fn shipping_mails_give_numbers_and_never_a_shops_own_link() {
    let shop = shop();
    shop.run("confirm us/1002/1 --order-no 4123456789").exits(0);
    shop.run("confirm us/1003/1 --order-no CW-887766").exits(0);
    let wayfair = "From: Wayfair <no-reply@mail.wayfair.com>\r\nSubject: Your order is on the way\r\nDate: Mon, 23 Nov 2026 10:00:00 +0000\r\n\
        Content-Type: text/html; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n\
        <p>Order 4123456789</p><a href=3D\"https://www.wayfair.com/v/account/track_package?order_=\r\nid=3D4123456789&amp;x=3D1\">Track</a>\r\n";
    shop.write("wayfair.eml", wayfair);
    let ran = shop.run("track import wayfair.eml --supplier li --yes").exits(3);
    ran.says("NO_NUMBER  this is the shop's own link, no carrier's").never_says("recorded");
    let costway = "From a@b Mon Nov 23 2026\nFrom: Costway <service@costway.com>\nSubject: Shipped\nContent-Type: text/plain\n\n\
        Order Number: CW-887766\nTracking Number: YT2203621272033112\n\nFrom c@d Mon\nFrom: news@costway.com\nSubject: Sale\n\n50% off\n";
    shop.write("mails.mbox", costway);
    let ran = shop.run("track import mails.mbox --supplier li --yes --json").exits(0);
    let row = &ran.json()["rows"][0];
    assert_eq!((&row["purchase_order"], &row["number"]), (&json!("us/1003/1"), &json!("YT2203621272033112")));
    shop.write("other.eml", "From: a@example.com\nSubject: Shipped\n\nTracking Number: YT2203621272033112\n");
    shop.run("track import other.eml --supplier li")
        .exits(1)
        .complains("no mail in it tells of a parcel")
        .complains("dsf track add");
}
