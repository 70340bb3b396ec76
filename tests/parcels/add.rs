//! `dsf track add`.

use crate::common::{Shop, Shopify};
use crate::support::{YUN, YUN_2, buy, needs, parcels, shop, two_lamps_and_a_bag};

#[test]
fn a_parcel_with_some_lines_and_then_the_rest() {
    let shop = two_lamps_and_a_bag("");
    shop.run(&format!("track add us/1001/1 {YUN} --line LAMP=1")).exits(0).says("1 x LAMP").says("yunexpress");
    assert_eq!(shop.order("us/1001")["state"], "partly_shipped");
    shop.run(&format!("track add us/1001/1 {YUN} --line LAMP=1")).exits(0).says("known already");
    shop.run(&format!("track add us/1001/1 {YUN_2}")).exits(0).says("1 x LAMP, 1 x BAG");
    assert_eq!(shop.order("us/1001")["state"], "shipped");
    let found = parcels(&shop, "us/1001");
    assert_eq!(found.len(), 2);
    assert_eq!((&found[0]["status"], &found[0]["pushes"][0]["state"]), (&"new".into(), &"planned".into()));
    shop.run("show us/1001").exits(0).says("handed_off -> shipped").says("store us: planned");
    shop.run("status").says("parcels: new 2").says("shipped  1");
    shop.run(&format!("track add us/1001/1 {}", "YT2203621272033111"))
        .exits(1)
        .complains("us/1001/1 has no piece left to ship")
        .complains("--replaces OLD");
}

#[test]
fn more_than_what_remains_is_refused_and_nothing_changes() {
    let shop = two_lamps_and_a_bag("");
    for (words, code, why) in [
        ("--line LAMP=3", 2, "3 of \"LAMP\" are more than the 2 that remain to ship of us/1001/1"),
        ("--line LAMP=1 --line LAMP=2", 2, "more than the"),
        ("--line CLOCK=1", 2, "us/1001/1 has no line \"CLOCK\""),
        ("--line LAMP", 2, "\"LAMP\" is not SKU=QUANTITY"),
        ("--line LAMP=0", 2, "the quantity is no number above zero"),
        ("--carrier Nobody", 2, "no carrier is called \"Nobody\""),
        ("--carrier YunExpres", 2, "did you mean YunExpress?"),
        ("--replaces YT2203621272033777", 1, "us/1001/1 has no parcel YT2203621272033777 to replace"),
    ] {
        shop.run(&format!("track add us/1001/1 {YUN} {words}")).exits(code).complains(why);
    }
    shop.run("track add us/1001/1 9.4001E+21").exits(1).complains("DAMAGED_NUMBER");
    shop.run("track add us/1001/1 LX123456789CN").exits(1).complains("CHECK_DIGIT");
    shop.run(&format!("track add us/1001/1 \"{YUN}, {YUN_2}\"")).exits(2).complains("holds 2 numbers");
    shop.run(&format!("track add us/1001/2 {YUN}")).exits(1).complains("there is no purchase order us/1001/2");
    assert!(parcels(&shop, "us/1001").is_empty());
    assert_eq!(shop.order("us/1001")["state"], "ordered");
}

#[test]
fn the_number_of_another_customer_is_refused_and_that_of_the_same_joins() {
    let shop = shop("shopify", "");
    let same = [("Shipping Name", "Nora Testwell"), ("Shipping Address1", "12 Sample Ln"), ("Email", "a@example.com")];
    let also = [
        ("Shipping Name", "Nora Testwell"),
        ("Shipping Address1", "12 Sample Ln"),
        ("Lineitem sku", "BAG"),
        ("Email", "b@example.com"),
    ];
    let orders = Shopify::new().order("1001", &same).order("1002", &also).order("1003", &[]);
    buy(&shop, orders, &["LAMP", "BAG"]);
    shop.run(&format!("track add us/1001/1 {YUN}")).exits(0);
    shop.run(&format!("track add us/1003/1 {YUN}"))
        .exits(1)
        .complains("is already the number of us/1001/1, which goes to another customer")
        .complains("hint: ask the supplier whose it is");
    shop.run(&format!("track add us/1002/1 {YUN}")).exits(0).says("1 x LAMP, 1 x BAG");
    assert_eq!(shop.order("us/1002")["state"], "shipped");
    assert_eq!(shop.order("us/1003")["state"], "ordered");
    // Each order is told of it, with its own lines.
    assert_eq!(parcels(&shop, "us/1002")[0]["lines"][0]["sku"], "BAG");
    assert_eq!(parcels(&shop, "us/1002")[0]["pushes"].as_array().unwrap().len(), 1);
}

#[test]
fn a_number_that_changed_keeps_its_history() {
    let shop = two_lamps_and_a_bag("");
    shop.run(&format!("track add us/1001/1 {YUN}")).exits(0);
    shop.run(&format!("track add us/1001/1 {YUN_2} --replaces {YUN}")).exits(0).says("2 x LAMP, 1 x BAG");
    let found = parcels(&shop, "us/1001");
    assert_eq!(found[0]["replaced_by"], YUN_2);
    assert_eq!(found[0]["pushes"][0]["state"], "done", "what was only planned is not told");
    assert_eq!(found[1]["lines"], found[0]["lines"]);
    assert_eq!(shop.order("us/1001")["state"], "shipped");
    shop.run(&format!("track add us/1001/1 {YUN}"))
        .exits(1)
        .complains(&format!("{YUN} of us/1001/1 was replaced by another number"));
}

#[test]
fn only_what_is_out_has_parcels() {
    let shop = two_lamps_and_a_bag("");
    let sql = rusqlite::Connection::open(shop.path("dsf.db")).unwrap();
    for (state, hint) in
        [("unknown", "dsf settle us/1001/1 --placed N"), ("refused", "dsf show us/1001"), ("draft", "dsf show")]
    {
        sql.execute("UPDATE purchase_order SET state = ?1", [state]).unwrap();
        shop.run(&format!("track add us/1001/1 {YUN}"))
            .exits(1)
            .complains(&format!("us/1001/1 is {state}: it can have no parcel"))
            .complains(hint);
    }
}

#[test]
fn a_carrier_that_nobody_knows_is_asked_for_and_then_known() {
    let shop = two_lamps_and_a_bag("");
    shop.run("track add us/1001/1 ZZQ12345678X").exits(0).says("carrier unknown").complains("say whose it is");
    shop.run("track sync")
        .exits(3)
        .says("CARRIER_UNKNOWN")
        .says("dsf track add us/1001/1 ZZQ12345678X --carrier CARRIER");
    shop.run("track sync").exits(0).never_says("CARRIER_UNKNOWN");
    assert!(needs(&shop).contains(&("us/1001/1".into(), "NOT_TOLD".into())));
    shop.run("track add us/1001/1 ZZQ12345678X --carrier UniUni").exits(0).says("uniuni");
    assert_eq!(parcels(&shop, "us/1001")[0]["carrier"], "uniuni");
    shop.run("track sync").exits(0).says("UPLOAD");
}

#[test]
fn a_bundle_is_shipped_when_its_last_part_is() {
    let shop = shop("shopify", "[supplier.mo]\nkind = \"sheet\"\nformat = \"csv\"\n");
    shop.write("orders.csv", Shopify::new().order("1001", &[]).csv()).modified("orders.csv", 0);
    shop.write(
        "listings.csv",
        "supplier,listing_id,title,price,currency,ships_from,method\nli,L,Lamp,5.00,USD,CN,YunExpress\nmo,B,Bag,5.00,USD,CN,YunExpress\n",
    );
    shop.write("matches.csv", "sku,supplier,listing_id,part\nLAMP,li,L,1\nLAMP,mo,B,2\n");
    shop.run("listings import listings.csv").exits(0);
    shop.run("match import matches.csv").exits(0);
    shop.run("import orders.csv").exits(0);
    shop.run("fulfill --yes").exits(0);
    shop.run(&format!("track add us/1001/1 {YUN}")).exits(0);
    assert_eq!(shop.order("us/1001")["state"], "ordered", "the customer waits for the rest of the kit");
    shop.run("track sync --verbose").exits(0).says("REST_OF_KIT");
    shop.run(&format!("track add us/1001/2 {YUN_2}")).exits(0);
    assert_eq!(shop.order("us/1001")["state"], "shipped");
    shop.run("track sync").exits(0).says("1 parcel");
}

#[cfg(unix)]
#[test]
fn a_sheet_is_recorded_whole_or_not_at_all_wherever_the_run_dies() {
    let shop = two_customers();
    shop.write("back.csv", format!("reference,tracking_number\nUS-1-1,{YUN}\nUS-2-1,{YUN_2}\n"));
    let import = "track import back.csv --supplier li --yes";
    shop.command(import).env("DSF_CRASH_AT", "rows recorded").output().unwrap();
    assert!(parcels(&shop, "us/1").is_empty() && parcels(&shop, "us/2").is_empty());
    shop.run(import).exits(0).says("recorded 2 parcels");
    shop.run(import).exits(0).says("2 known");
}

fn two_customers() -> Shop {
    let shop = shop("shopify", "");
    let orders = ["1", "2"].iter().fold(Shopify::new(), |file, n| {
        let (name, mail) = (format!("Nora Testwell{n}"), format!("b{n}@example.com"));
        file.order(n, &[("Shipping Name", &name), ("Email", &mail)])
    });
    buy(&shop, orders, &["LAMP"]);
    shop
}

/// The one number of a row was applied though the other is another customer's.
#[test]
fn a_row_with_a_number_of_another_customer_is_not_applied_by_halves() {
    let shop = two_customers();
    shop.run(&format!("track add us/1/1 {YUN}")).exits(0);
    shop.write("back.csv", format!("reference,tracking_number\nUS-2-1,{YUN_2} / {YUN}\n"));
    shop.run("track import back.csv --supplier li --yes")
        .exits(3)
        .says("2 need a decision")
        .says(&format!("{YUN} in the same row goes to another customer"));
    assert!(parcels(&shop, "us/2").is_empty());
}
