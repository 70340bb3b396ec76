//! Lines of an order over the generations of its exports: edits, removals, refunds, equal SKUs.

use crate::common::{Shop, Shopify};
use crate::{orderable, orders, shop};

fn import(shop: &Shop, name: &str, export: &Shopify, age: u64) -> crate::common::Ran {
    shop.write(name, export.csv()).modified(name, age);
    shop.run(&format!("import {name}"))
}

#[test]
fn tv18_a_smaller_quantity_in_a_newer_export_lowers_what_is_bought() {
    let shop = shop();
    import(&shop, "a.csv", &Shopify::new().order("1", &[("Lineitem quantity", "3")]), 0).exits(0);
    let ran = import(&shop, "b.csv", &Shopify::new().order("1", &[("Lineitem quantity", "2")]), 60).exits(0);
    ran.says("CHANGED us/1 line LAMP quantity \"3\" -> \"2\"").says("subtotal \"60.00 USD\" -> \"40.00 USD\"");
    let line = shop.order("us/1")["lines"][0].clone();
    assert_eq!((line["quantity"].as_u64(), line["orderable"].as_u64()), (Some(2), Some(2)));
}

#[test]
fn a_line_edited_to_another_size_must_not_buy_both() {
    for (first, second) in [(0, 60), (60, 0)] {
        let shop = shop();
        import(&shop, "m.csv", &Shopify::new().order("1", &[("Lineitem sku", "SHIRT-M")]), first).exits(0);
        let ran = import(&shop, "l.csv", &Shopify::new().order("1", &[("Lineitem sku", "SHIRT-L")]), second).exits(3);
        ran.says("HELD us/1 LINES_DISAGREE  the lines add up to 40.00 USD, the store's subtotal is 20.00 USD");
        let plan = shop.run("fulfill --dry-run --json").exits(3).json();
        assert_eq!(plan["purchase_orders"].as_array().unwrap().len(), 0);
    }
}

#[test]
fn a_line_that_a_newer_file_lacks_stays_where_the_sum_is_still_right() {
    let shop = shop();
    let whole = Shopify::new().order("1", &[("Subtotal", "32.00"), ("Total", "32.00")]).line("1", "BAG", "2", "6.00");
    import(&shop, "whole.csv", &whole, 0).exits(0);
    import(&shop, "cut.csv", &whole.only([0]), 60).exits(0).says("unchanged 1");
    assert_eq!(orderable(&shop, "us/1"), 3);
}

#[test]
fn a_line_that_was_taken_out_holds_the_order_by_its_sum() {
    let shop = shop();
    let whole = Shopify::new().order("1", &[("Subtotal", "32.00"), ("Total", "32.00")]).line("1", "BAG", "2", "6.00");
    import(&shop, "whole.csv", &whole, 0).exits(0);
    import(&shop, "edited.csv", &Shopify::new().order("1", &[]), 60).exits(3).says("LINES_DISAGREE");
}

#[test]
fn a_refund_of_a_part_is_held_until_decided_and_stays_decided() {
    let shop = shop();
    let refund = [("Financial Status", "partially_refunded"), ("Refunded Amount", "5.00")];
    import(&shop, "a.csv", &Shopify::new().order("1", &[]), 0).exits(0);
    import(&shop, "b.csv", &Shopify::new().order("1", &refund), 60)
        .exits(3)
        .says("PARTIAL_REFUND  5.00 USD went back to the customer")
        .says("dsf release us/1 PARTIAL_REFUND");
    shop.run("release us/1 PARTIAL_REFUND --reason \"for the scratch\"").exits(0);
    assert_eq!(shop.codes("us/1"), ["UNMATCHED"]);
    let more = [("Financial Status", "partially_refunded"), ("Refunded Amount", "9.00")];
    import(&shop, "c.csv", &Shopify::new().order("1", &more), 120).exits(3);
    assert!(shop.codes("us/1").contains(&"PARTIAL_REFUND".to_owned()), "another refund is another decision");
    // A store that forgets the refund does not make it undone.
    import(&shop, "d.csv", &Shopify::new().order("1", &[]), 180);
    assert!(shop.codes("us/1").contains(&"PARTIAL_REFUND".to_owned()));
}

#[test]
fn tv8_the_same_sku_on_two_lines_is_two_lines_of_which_one_may_be_shipped() {
    let shop = shop();
    let twice = Shopify::new().order("1", &[("Subtotal", "40.00"), ("Total", "40.00")]).line("1", "LAMP", "1", "20.00");
    import(&shop, "a.csv", &twice, 0).exits(0);
    assert_eq!(orderable(&shop, "us/1"), 2);
    let shipped = Shopify::new()
        .order("1", &[("Subtotal", "40.00"), ("Total", "40.00"), ("Lineitem fulfillment status", "fulfilled")])
        .line("1", "LAMP", "1", "20.00");
    import(&shop, "b.csv", &shipped, 60).exits(0);
    let order = shop.order("us/1");
    let left: Vec<_> = order["lines"].as_array().unwrap().iter().map(|l| l["orderable"].as_u64().unwrap()).collect();
    assert_eq!((left, order["state"].as_str()), (vec![0, 1], Some("ready")));
}

#[test]
fn equal_skus_cut_apart_by_a_file_s_end_are_held_and_never_silently_one() {
    let shop = shop();
    let twice = Shopify::new().order("1", &[("Subtotal", "40.00"), ("Total", "40.00")]).line("1", "LAMP", "1", "20.00");
    import(&shop, "head.csv", &twice.only([0]), 0).exits(3).says("LINES_DISAGREE");
    import(&shop, "tail.csv", &twice.only([1]), 0);
    assert!(shop.codes("us/1").contains(&"LINES_DISAGREE".to_owned()));
}

#[test]
fn the_rows_of_one_order_join_over_files_whichever_comes_first() {
    let whole = Shopify::new()
        .order("1002", &[("Subtotal", "47.00"), ("Total", "47.00")])
        .line("1002", "BAG", "2", "6.00")
        .line("1002", "BULB", "3", "5.00");
    let unsplit = shop();
    import(&unsplit, "all.csv", &whole, 0).exits(0);
    let wanted = orders(&unsplit);
    for cut in 1..3 {
        for call in ["import a.csv b.csv", "import b.csv a.csv", "a b", "b a"] {
            let shop = shop();
            shop.write("a.csv", whole.only(0..cut).csv()).modified("a.csv", 0);
            shop.write("b.csv", whole.only(cut..3).csv()).modified("b.csv", 0);
            match call {
                "a b" => [shop.run("import a.csv"), shop.run("import b.csv")].map(drop),
                "b a" => [shop.run("import b.csv"), shop.run("import a.csv")].map(drop),
                call => [shop.run(call), shop.run("status")].map(drop),
            };
            assert_eq!(orders(&shop), wanted, "cut {cut}, {call}");
        }
    }
}

#[test]
fn rows_of_one_order_that_stand_apart_in_a_file_are_one_order() {
    let shop = shop();
    let whole = Shopify::new()
        .order("1002", &[("Subtotal", "32.00"), ("Total", "32.00")])
        .line("1002", "BAG", "2", "6.00")
        .order("1003", &[("Shipping Name", "Someone Else")]);
    shop.write("apart.csv", whole.only([0, 2, 1]).csv());
    let ran = shop.run("import apart.csv --json").exits(0);
    assert_eq!((crate::counts(&ran.json()), ran.json()["files"][0]["orders"].as_u64()), ((2, 0, 0), Some(2)));
    assert_eq!(orderable(&shop, "us/1002"), 3);
    assert_eq!(shop.codes("us/1002"), ["UNMATCHED", "UNMATCHED"]);
}

#[test]
fn digital_lines_and_tips_are_kept_and_never_bought() {
    let shop = shop();
    let cells = [("Lineitem requires shipping", "false"), ("Lineitem sku", "EBOOK")];
    import(&shop, "a.csv", &Shopify::new().order("1", &cells), 0).exits(0);
    let order = shop.order("us/1");
    assert_eq!((order["state"].as_str(), order["lines"][0]["sku"].as_str()), (Some("nothing_to_order"), Some("EBOOK")));
    assert_eq!(order["reason"], "nothing in it is shipped");
}

#[test]
fn a_source_without_line_ids_does_not_double_what_a_source_with_them_brought() {
    let format = "name = \"list\"\nabout = \"my list\"\nkind = \"etsy\"\nrequired = [\"number\", \"sku\", \"quantity\"]\n\
        paid = \"always\"\n[recognise]\nhas = [\"No\", \"Art\"]\n[columns]\nnumber = \"No\"\nexternal_id = \"No\"\nsku = \"Art\"\n\
        quantity = \"Qty\"\ntitle = \"What\"\n";
    let items = std::fs::read(format!("{}/examples/exports/etsy-items.csv", env!("CARGO_MANIFEST_DIR"))).unwrap();
    for call in ["import items.csv list.csv", "import list.csv items.csv"] {
        let shop = Shop::new("[store.etsy]\nkind = \"etsy\"\n");
        shop.write("formats/list.toml", format).write("items.csv", &items);
        shop.write("list.csv", "No,Art,Qty,What\n3300000001,SIGN-OAK,2,Sign\n");
        shop.run(call);
        assert_eq!(orderable(&shop, "etsy/3300000001"), 3, "two signs and a coaster: {call}");
    }
}

#[test]
fn a_line_that_stands_above_its_order_has_a_price_and_is_counted() {
    let shop = shop();
    let whole = Shopify::new().order("1002", &[("Subtotal", "20.00")]).line("1002", "BAG", "2", "6.00");
    shop.write("a.csv", whole.only([1, 0]).csv());
    shop.run("import a.csv").exits(3).says("LINES_DISAGREE  the lines add up to 32.00 USD");
    assert_eq!(shop.order("us/1002")["lines"][0]["unit_price"]["amount"], "6.00");
}
