//! Which known order a row means: numbers, the store's own ids, two stores, a renamed store.

use crate::common::{Shop, Shopify, USUAL};
use crate::{counts, held_codes, line2, orders, shop, with_line2};

const TWO_SHOPIFY: &str = "[store.us]\nkind = \"shopify\"\n\n[store.shop]\nkind = \"shopify\"\n";

#[test]
fn tv2_100_is_not_the_beginning_of_1001() {
    let shop = shop();
    let both = Shopify::new().order("100", &[]).order("1001", &[("Shipping Address2", "Apt 1")]);
    shop.write("a.csv", both.csv()).modified("a.csv", 0);
    shop.run("import a.csv").exits(0);
    let changed = Shopify::new().order("100", &[("Shipping Address2", "Apt 9")]);
    shop.write("b.csv", changed.csv()).modified("b.csv", 60);
    shop.run("import b.csv").exits(0).says("CHANGED us/100 ship_to.line2");
    assert_eq!((line2(&shop, "us/100"), line2(&shop, "us/1001")), ("Apt 9".to_owned(), "Apt 1".to_owned()));
    assert_eq!(shop.run("show 100 --json").exits(3).json()["id"], "us/100");
    shop.run("show us/10").exits(1).complains("there is no order us/10");
}

#[test]
fn equal_numbers_with_different_ids_are_two_orders_and_keep_their_names() {
    let shop = shop();
    let first = [("Id", "111"), ("Shipping Name", "First Buyer")];
    let second = [("Id", "222"), ("Shipping Name", "Second Buyer")];
    let file = Shopify::new().order("1001", &first).order("1001", &second);
    shop.write("a.csv", file.csv()).modified("a.csv", 0);
    assert_eq!(counts(&shop.run("import a.csv --json").exits(0).json()), (2, 0, 0));
    assert_eq!(shop.order("us/1001")["ship_to"]["name"], "First Buyer");
    assert_eq!(shop.order("us/1001~2")["ship_to"]["name"], "Second Buyer");
    shop.write("b.csv", file.only([1, 0]).csv()).modified("b.csv", 0);
    assert_eq!(counts(&shop.run("import b.csv --json").exits(0).json()), (0, 0, 2));
    assert_eq!(shop.run("show us/1001~2 --json").json()["external_id"], "222");
}

#[test]
fn an_order_known_only_by_its_number_takes_the_id_when_one_fits() {
    let shop = shop();
    shop.write("a.csv", Shopify::new().order("1001", &[("Id", "")]).csv()).modified("a.csv", 0);
    shop.write("b.csv", Shopify::new().order("1001", &[("Id", "777")]).csv()).modified("b.csv", 60);
    shop.run("import a.csv").exits(0);
    assert!(shop.order("us/1001")["external_id"].is_null());
    shop.run("import b.csv").exits(0).says("external_id \"\" -> \"777\"").says("changed 1");
    assert_eq!((orders(&shop).len(), shop.order("us/1001")["external_id"].as_str()), (1, Some("777")));
    // And the other way round: what is known by id is found by a file that has none.
    shop.write("c.csv", Shopify::new().order("1001", &[("Id", ""), ("Shipping Address2", "Apt 9")]).csv())
        .modified("c.csv", 120);
    assert_eq!(counts(&shop.run("import c.csv --json").exits(0).json()), (0, 1, 0));
}

#[test]
fn a_number_that_two_orders_have_is_held_and_held_only_once() {
    let shop = shop();
    let both = Shopify::new().order("1001", &[("Id", "111")]).order("1001", &[("Id", "222"), ("Shipping Name", "B")]);
    shop.write("a.csv", both.csv()).modified("a.csv", 0);
    shop.run("import a.csv").exits(0);
    for (file, age) in [("b.csv", 60), ("c.csv", 120)] {
        shop.write(file, Shopify::new().order("1001", &[("Id", ""), ("Email", "")]).csv()).modified(file, age);
    }
    let ran = shop.run("import b.csv --json").exits(3);
    assert_eq!((counts(&ran.json()), held_codes(&ran)), ((1, 0, 0), vec!["AMBIGUOUS_ORDER".to_owned()]));
    ran.says("us/1001 and us/1001~2 have this number");
    assert_eq!(counts(&shop.run("import c.csv --json").exits(0).json()), (0, 0, 1), "the same one again");
    shop.run("release us/1001~3 AMBIGUOUS_ORDER --reason x").exits(1).complains("cannot be released");
}

#[test]
fn a_format_of_one_s_own_without_ids_meets_the_orders_of_the_store() {
    let shop = shop();
    let format = "name = \"mine\"\nabout = \"my own list\"\nkind = \"shopify\"\nrequired = [\"number\", \"sku\", \"quantity\"]\n\
        paid = \"always\"\ndates = \"ymd\"\n[recognise]\nhas = [\"Bestellung\", \"Artikel\", \"Menge\"]\n[columns]\n\
        number = \"Bestellung\"\nsku = \"Artikel\"\nquantity = \"Menge\"\nship_name = \"Name\"\nship_line1 = \"Strasse\"\n";
    shop.write("formats/mine.toml", format);
    shop.write("mine.csv", "Bestellung;Artikel;Menge;Name;Strasse\n1001;LAMP;1;Nora;22 Sample Ln\n")
        .modified("mine.csv", 0);
    shop.run("import mine.csv").exits(3).says("mine.csv  mine  store us  1 row -> 1 order, 1 line").says("no country");
    with_line2(&shop, "shopify.csv", "", 60);
    shop.run("import shopify.csv").exits(0).says("external_id \"\" -> \"620100001001\"");
    assert_eq!((orders(&shop).len(), shop.order("us/1001")["external_id"].as_str()), (1, Some("620100001001")));
}

#[test]
fn numbers_with_slashes_spaces_and_other_scripts_have_ids_that_can_be_typed() {
    let shop = shop();
    let names = ["2026/17", "A 12", "注文7", "1001~2"];
    let file = names.iter().fold(Shopify::new(), |file, n| {
        let hash = format!("#{n}");
        file.order("1", &[("Name", hash.as_str()), ("Id", n), ("Shipping Name", n)])
    });
    shop.write("a.csv", file.csv());
    shop.run("import a.csv").exits(0);
    for (id, name) in ["us/2026-17", "us/A-12", "us/注文7", "us/1001-2"].into_iter().zip(names) {
        let found = shop.run(&format!("show {id} --json")).exits(3).json();
        assert_eq!((found["id"].as_str(), found["external_id"].as_str()), (Some(id), Some(name)));
    }
}

#[test]
fn a_number_of_which_nothing_is_left_is_refused() {
    let shop = shop();
    shop.write("a.csv", Shopify::new().order("1", &[("Name", "#")]).csv());
    shop.run("import a.csv").exits(3).says("a.csv:2: Name \"#\" NO_NUMBER");
    assert!(orders(&shop).is_empty());
}

#[test]
fn one_store_under_two_names_is_refused_until_it_is_renamed() {
    let shop = Shop::new(TWO_SHOPIFY);
    with_line2(&shop, "a.csv", "Apt 4", 0);
    with_line2(&shop, "b.csv", "Apt 9", 60);
    shop.run("import a.csv --store us").exits(0);
    let before = shop.contents();
    shop.run("import b.csv --store shop")
        .exits(1)
        .complains("b.csv: order 1001 (620100001001) is already known as an order of store us")
        .complains("dsf store rename us shop");
    assert_eq!(shop.contents(), before);
    shop.run("store rename us shop").exits(0).says("orders of us are orders of shop now");
    shop.run("import b.csv --store shop").exits(0).says("CHANGED shop/1001 ship_to.line2");
    assert_eq!(orders(&shop)[0]["id"], "shop/1001");
    shop.run("show us/1001").exits(1).complains("there is no order us/1001");
}

#[test]
fn stores_of_kinds_whose_ids_are_only_their_own_may_have_equal_ids() {
    let shop = Shop::new("[store.a]\nkind = \"woocommerce\"\n\n[store.b]\nkind = \"woocommerce\"\n");
    shop.write("woo.csv", crate::common::woo("7", "Eve", "X"));
    shop.run("import woo.csv --store a").exits(0);
    shop.run("import woo.csv --store b").exits(0);
    assert_eq!(orders(&shop).len(), 2);
}

#[test]
fn a_rename_takes_the_rules_the_decisions_and_the_hints_along() {
    let shop = Shop::new(&USUAL.replace("[store.us]", "[store.shop]\nkind = \"shopify\"\n\n[store.us]"));
    shop.write(
        "rules.csv",
        "store,sku,supplier,listing_id\nus,LAMP,cj,ONE\n,LAMP,cj,OTHER\nus,BAG,cj,TWO\nshop,BAG,cj,NEW\n",
    );
    shop.write(
        "listings.csv",
        "supplier,listing_id,price,currency\ncj,ONE,1,USD\ncj,OTHER,1,USD\ncj,TWO,1,USD\ncj,NEW,1,USD\n",
    );
    shop.run("listings import listings.csv").exits(0);
    shop.run("match import rules.csv").exits(0);
    with_line2(&shop, "a.csv", "", 0);
    shop.run("import a.csv --store us").exits(0);
    shop.run("hold us/1001 --reason waits").exits(0);
    shop.run("store rename us shop").exits(0);
    let hint = shop.order("shop/1001")["held"][0]["hint"].as_str().unwrap().to_owned();
    assert!(hint.starts_with("dsf release shop/1001 ON_HOLD"), "{hint}");
    shop.run("release shop/1001 --reason fine").exits(0);
    let plan = shop.run("fulfill --dry-run --json").json();
    assert_eq!(
        plan["purchase_orders"][0]["lines"][0]["listing_id"], "ONE",
        "the rule of this store, not the general one"
    );
    let rules = shop.run("match --json").json()["rules"].to_string();
    assert!(
        rules.contains("NEW") && rules.contains("\"us\",\"sku\":\"BAG\""),
        "what is there under the new name stays"
    );
}

#[test]
fn renames_that_cannot_be_meant_change_nothing() {
    let shop = Shop::new(TWO_SHOPIFY);
    shop.run("store rename us shop")
        .exits(1)
        .complains("no orders are known of a store us")
        .complains("dsf import FILE");
    with_line2(&shop, "a.csv", "", 0);
    shop.run("import a.csv --store us").exits(0);
    shop.write("b.csv", Shopify::new().order("2", &[]).csv());
    shop.run("import b.csv --store shop").exits(0);
    let before = shop.contents();
    shop.run("store rename us shop").exits(1).complains("there is a store shop already");
    shop.run("store rename us us").exits(1).complains("there is a store us already");
    shop.run("store rename eu fr")
        .exits(1)
        .complains("no orders are known of a store eu")
        .complains("there are shop us");
    shop.run("store rename us Bad!").exits(2).complains("small letters and digits");
    assert_eq!(shop.contents(), before);
}

#[test]
fn files_before_the_one_that_cannot_be_used_are_applied_and_told() {
    let shop = Shop::new(TWO_SHOPIFY);
    with_line2(&shop, "a.csv", "", 0);
    shop.run("import a.csv --store us").exits(0);
    shop.write("good.csv", Shopify::new().order("5", &[]).csv());
    shop.run("import good.csv a.csv --store shop")
        .exits(1)
        .says("good.csv  shopify-orders  store shop  1 row -> 1 order")
        .complains("dsf store rename us shop");
    let ran = shop.run("import good.csv a.csv --store shop --json").exits(1);
    assert_eq!(ran.json()["files"][0]["path"], "good.csv");
}

#[test]
fn a_name_that_only_a_file_without_orders_has_used_is_free() {
    let shop = Shop::new(TWO_SHOPIFY);
    with_line2(&shop, "a.csv", "", 0);
    shop.write("none.csv", Shopify::new().csv());
    shop.run("import a.csv --store us").exits(0);
    shop.run("import none.csv --store shop").exits(0);
    shop.run("store rename us shop").exits(0);
    assert_eq!(orders(&shop)[0]["id"], "shop/1001");
    shop.run("import none.csv --store shop").exits(0);
}

#[test]
fn a_store_whose_kind_was_changed_in_the_config_takes_no_orders_of_another_shop() {
    let shop = shop();
    with_line2(&shop, "a.csv", "", 0);
    shop.run("import a.csv").exits(0);
    shop.write("config.toml", "[store.us]\nkind = \"woocommerce\"\n");
    shop.write("woo.csv", crate::common::woo("1001", "Eve Other", "X"));
    let before = shop.contents();
    shop.run("import woo.csv")
        .exits(1)
        .complains("woo.csv: store us has orders of shopify, and the config says that it is woocommerce")
        .complains("hint: give the other store a name of its own: [store.NAME] kind = \"woocommerce\"");
    assert_eq!(shop.contents(), before);
}

#[test]
fn a_purchase_order_keeps_its_reference_when_its_store_is_renamed() {
    let shop = Shop::new(TWO_SHOPIFY);
    with_line2(&shop, "a.csv", "", 0);
    shop.run("import a.csv --store us").exits(0);
    let sql = rusqlite::Connection::open(shop.path("dsf.db")).unwrap();
    sql.execute_batch(
        "INSERT INTO purchase_order (order_id, counter, reference, supplier, state, batch, ship_to, ship_to_hash, method, \
         expected, currency, made_at, ships_from) SELECT id, 1, 'US-1001-1', 'cj', 'unknown', 'b', '{\"name\":\"Nora\",\"company\":\"\",\
         \"line1\":\"\",\"line2\":\"\",\"city\":\"\",\"region\":\"\",\"postcode\":\"\",\"country\":\"\",\"phone\":\"\",\"email\":\"\"}', \
         'h', '', 100, 'USD', '2026-11-24T09:00:00Z', 'CN' FROM orders",
    )
    .unwrap();
    drop(sql);
    shop.run("store rename us shop").exits(0);
    let kept = dsf::db::Db::open_to_read(&shop.path("dsf.db")).unwrap().undecided().unwrap();
    assert_eq!(kept[0].id.to_string(), "shop/1001/1");
    assert_eq!(
        kept[0].reference.as_str(),
        "US-1001-1",
        "what the supplier knows is looked up, else it is bought twice"
    );
}

#[test]
fn a_store_without_global_ids_under_a_new_name_is_not_imported_beside_itself() {
    let shop = Shop::new("[store.woo]\nkind = \"woocommerce\"\n");
    let export =
        std::fs::read(concat!(env!("CARGO_MANIFEST_DIR"), "/examples/exports/woo-webtoffee-lines.csv")).unwrap();
    shop.write("a.csv", export);
    shop.run("import a.csv").exits(0);
    let before = shop.contents();
    shop.write("config.toml", "[store.eu]\nkind = \"woocommerce\"\n");
    for words in ["import a.csv", "import a.csv --dry-run"] {
        shop.run(words)
            .exits(1)
            .complains("store eu is new, and woo, which has orders of woocommerce, is not in the config any more")
            .complains("dsf store rename woo eu");
    }
    assert_eq!(shop.contents(), before);
    shop.write("config.toml", "[store.eu]\nkind = \"woocommerce\"\n\n[store.woo]\nkind = \"woocommerce\"\n");
    shop.run("import a.csv --store eu").exits(0).says("new 1");
}

#[test]
fn one_number_on_two_different_orders_does_not_make_one_of_them() {
    for other in [("Currency", "EUR"), ("Created at", "2026-01-02 09:00:00 -0500")] {
        for (first, second) in [("", "777"), ("", ""), ("777", "")] {
            let shop = shop();
            shop.write("a.csv", Shopify::new().order("1001", &[("Id", first)]).csv()).modified("a.csv", 0);
            let stranger = [("Id", second), other, ("Shipping Name", "Carla Other"), ("Lineitem sku", "MUG")];
            for (file, age) in [("b.csv", 60), ("c.csv", 120)] {
                shop.write(file, Shopify::new().order("1001", &stranger).csv()).modified(file, age);
            }
            shop.run("import a.csv").exits(0);
            let ran = shop.run("import b.csv --json").exits(3);
            assert_eq!(counts(&ran.json()), (1, 0, 0), "{other:?} {first} {second}");
            assert_eq!(held_codes(&ran), ["CONFLICTING_EXPORTS"]);
            assert_eq!(counts(&shop.run("import c.csv --json").json()), (0, 0, 1), "the same one again");
            assert_eq!(orders(&shop).len(), 2);
            let (known, new) = (shop.order("us/1001"), shop.order("us/1001~2"));
            assert_eq!(known["lines"].as_array().unwrap().len(), 1);
            assert_ne!(known["ship_to"]["name"], "Carla Other");
            assert_eq!(
                (new["ship_to"]["name"].as_str(), new["lines"][0]["sku"].as_str()),
                (Some("Carla Other"), Some("MUG"))
            );
            shop.run("release us/1001~2 CONFLICTING_EXPORTS --reason \"two orders\"").exits(0);
        }
    }
}
