//! The built program against a Shopify shop that remembers, with faults.
#![allow(clippy::unwrap_used)]

mod common;
mod sandbox;

use common::{Ran, Shop, Shopify as Export};
use sandbox::shopify::{CLIENT, Shopify, TOKEN, line, order};
use sandbox::{Fault, Sandbox};
use serde_json::{Value, json};

const LATER: &str = "2026-11-24T10:00:00Z";

fn config(sandbox: &Sandbox) -> String {
    format!(
        "[store.us]\nkind = \"shopify\"\ncurrency = \"USD\"\nbase_url = \"{}\"\ntoken_command = \"printf {TOKEN}\"\n\n\
         [supplier.li]\nkind = \"sheet\"\n",
        sandbox.url()
    )
}

fn shop_of(sandbox: &Sandbox) -> Shop {
    Shop::new(&config(sandbox))
}

fn lamp(number: &str) -> Value {
    order(number, vec![line("LAMP", "Desk Lamp", 2, "20.00")])
}

fn counts(ran: &Ran) -> (i64, i64, i64) {
    let orders = &ran.json()["orders"];
    let n = |key: &str| orders[key].as_i64().unwrap();
    (n("new"), n("changed"), n("unchanged"))
}

/// All that is known of orders and lines, but for where it was read and the store's keys of lines.
fn known(shop: &Shop) -> Vec<String> {
    let sql = rusqlite::Connection::open(shop.path("dsf.db")).unwrap();
    let mut rows = vec![];
    for (table, left_out) in [
        ("orders", &["id", "store", "source"][..]),
        ("line", &["order_id", "key", "first_source", "last_source", "removed", "cancelled"]),
    ] {
        let mut query = sql.prepare(&format!("SELECT * FROM {table}")).unwrap();
        let names: Vec<String> = query.column_names().map(str::to_owned).collect();
        let mut found = query.query([]).unwrap();
        while let Some(row) = found.next().unwrap() {
            let cells = names.iter().enumerate().filter(|(_, name)| !left_out.contains(&name.as_str()));
            let cells: Vec<String> = cells.map(|(i, name)| format!("{name}={:?}", row.get_ref(i).unwrap())).collect();
            rows.push(cells.join("\n"));
        }
    }
    rows.sort();
    rows
}

/// The same orders as the export writes them and as the API tells them.
fn export() -> Export {
    Export::new()
        .order("1001", &[("Lineitem quantity", "2"), ("Notes", "ring twice")])
        .line("1001", "BAG", "1", "6.50")
        .order("1002", &[("Financial Status", "pending"), ("Risk Level", "High")])
}

fn fill(shop: &Shopify) {
    let mut first = order("1001", vec![line("LAMP", "Desk Lamp", 2, "20.00"), line("BAG", "BAG", 1, "6.50")]);
    first["note"] = json!("ring twice");
    // The export's own row says what the first line costs alone.
    first["subtotalPriceSet"]["shopMoney"]["amount"] = json!("40.00");
    first["totalPriceSet"]["shopMoney"]["amount"] = json!("40.00");
    let mut second = order("1002", vec![line("LAMP", "Desk Lamp", 1, "20.00")]);
    second["displayFinancialStatus"] = json!("PENDING");
    second["riskLevel"] = json!("HIGH");
    let mut state = shop.state();
    state.add(first);
    state.add(second);
}

#[test]
fn an_order_by_the_api_is_the_order_of_the_export() {
    let (api, sandbox) = Shopify::start();
    fill(&api);
    let pulled = shop_of(&sandbox);
    pulled.run("import").exits(3).says("us  api  2 orders, 3 lines read");
    let imported = Shop::usual();
    imported.write("us.csv", export().csv());
    imported.run("import us.csv").exits(3);
    assert_eq!(known(&pulled), known(&imported));
}

#[test]
fn both_ways_mix_into_one_order_each() {
    let (api, sandbox) = Shopify::start();
    fill(&api);
    for calls in [["import us.csv", "import", "import us.csv"], ["import", "import us.csv", "import"]] {
        let mut shop = shop_of(&sandbox);
        shop.write("us.csv", export().csv());
        for call in calls {
            shop.run(call);
            shop.now = LATER.to_owned();
        }
        let orders = shop.run("orders --json").exits(0).json();
        assert_eq!(orders["orders"].as_array().unwrap().len(), 2, "{calls:?}");
        let first = shop.order("us/1001");
        assert_eq!(first["lines"].as_array().unwrap().len(), 2, "{calls:?}");
        let held = shop.codes("us/1001");
        assert!(!held.contains(&"CONFLICTING_EXPORTS".to_owned()), "{calls:?} {held:?}");
        let sql = rusqlite::Connection::open(shop.path("dsf.db")).unwrap();
        let keyed: u32 = sql.query_row("SELECT count(*) FROM line WHERE key LIKE '=%'", [], |r| r.get(0)).unwrap();
        assert_eq!(keyed, 3, "{calls:?}");
    }
}

#[test]
fn refunds_edits_holds_and_fulfilments_elsewhere_are_respected() {
    let (api, sandbox) = Shopify::start();
    for number in ["1", "2", "3", "4", "5"] {
        api.state().add(lamp(number));
    }
    let shop = shop_of(&sandbox);
    shop.run("import").exits(0);
    {
        let mut state = api.state();
        state.refund("1", 0, 1);
        state.change("2", |o| o["cancelledAt"] = json!("2026-11-24T08:00:00Z"));
        state.hold("3", "AWAITING_PAYMENT");
        state.change("4", |o| {
            o["edited"] = json!(true);
            o["lineItems"]["nodes"][0]["currentQuantity"] = json!(0);
            o["lineItems"]["nodes"][0]["unfulfilledQuantity"] = json!(0);
            let mut large = line("LAMP-L", "Large Lamp", 1, "30.00");
            large["id"] = json!("gid://shopify/LineItem/77");
            o["lineItems"]["nodes"].as_array_mut().unwrap().push(large);
        });
        state.change("5", |o| o["lineItems"]["nodes"][0]["unfulfilledQuantity"] = json!(0));
    }
    let again = shop.run("import --json").exits(0);
    assert_eq!(counts(&again).1, 5);
    let orderable = |id: &str| -> Vec<u64> {
        let order = shop.order(id);
        order["lines"].as_array().unwrap().iter().map(|l| l["orderable"].as_u64().unwrap()).collect()
    };
    assert_eq!(orderable("us/1"), [1]);
    assert_eq!((orderable("us/2"), shop.order("us/2")["state"].as_str()), (vec![0], Some("cancelled")));
    assert_eq!((orderable("us/3"), shop.order("us/3")["state"].as_str()), (vec![0], Some("not_paid")));
    assert_eq!(orderable("us/4"), [0, 1]);
    assert_eq!((orderable("us/5"), shop.order("us/5")["state"].as_str()), (vec![0], Some("shipped")));
    let held = shop.codes("us/4");
    assert!(!held.contains(&"LINES_DISAGREE".to_owned()), "an edit that the store tells line by line is no question");
    // Gone from the list is not gone.
    api.state().orders.retain(|o| o["name"] != "#1");
    shop.run("import").exits(0);
    assert_eq!(orderable("us/1"), [1]);
}

#[test]
fn long_orders_and_many_pages_come_whole_and_a_killed_run_goes_on() {
    let (api, sandbox) = Shopify::start();
    for number in 0..120 {
        api.state().add(lamp(&(2000 + number).to_string()));
    }
    let lines = (0..130).map(|n| line(&format!("SKU-{n}"), "Thing", 1, "1.00")).collect();
    api.state().add(order("3000", lines));
    let shop = shop_of(&sandbox);
    let killed = shop.command("import").env("DSF_CRASH_AT", "page-after").output().unwrap();
    assert!(!killed.status.success());
    assert_eq!(shop.run("orders --json").json()["orders"].as_array().unwrap().len(), 50);
    let half = shop.command("import").env("DSF_CRASH_AT", "page").output().unwrap();
    assert!(!half.status.success());
    shop.run("import").exits(0);
    assert_eq!(shop.run("orders --json").json()["orders"].as_array().unwrap().len(), 121);
    assert_eq!(shop.order("us/3000")["lines"].as_array().unwrap().len(), 130);
    let calls = sandbox.calls("DsfOrders");
    assert_eq!(counts(&shop.run("import --json").exits(0)).0, 0);
    assert!(sandbox.calls("DsfOrders") - calls <= 3, "a quiet shop is not read from its beginning");
    let before = shop.contents();
    api.state().add(lamp("4000"));
    shop.run("import --dry-run").exits(0).complains("dry run");
    assert_eq!(before, shop.contents());
}

#[test]
fn what_goes_wrong_is_said_and_what_the_store_keeps_back_is_an_error() {
    let (api, sandbox) = Shopify::start();
    api.state().add(lamp("1"));
    let shop = shop_of(&sandbox);
    for fault in [
        Fault::DropBefore,
        Fault::HalfBody,
        Fault::Instead(502, "<html>".into()),
        Fault::TooMany { retry_after: Some("1".into()) },
        Fault::Instead(200, r#"{"errors":[{"message":"Throttled","extensions":{"code":"THROTTLED"}}]}"#.into()),
    ] {
        sandbox.fault("DsfOrders", fault);
        shop.run("import").exits(0);
    }
    for fault in [Fault::Instead(200, "<html>".into()), Fault::Instead(404, "{}".into())] {
        sandbox.fault("DsfOrders", fault);
        let ran = shop.run("import").exits(1).complains("store.us: ").complains("hint: dsf import --store us later");
        let said = ran.err.lines().find(|l| l.contains("store.us: ")).unwrap();
        let cause = said.rsplit(": ").next().unwrap();
        assert_eq!(said.matches(cause).count(), 1, "a cause is said once: {said}");
    }
    api.state().withholds = true;
    api.state().change("1", |_| ());
    shop.run("import")
        .exits(1)
        .complains("order 1: the store withholds the customer's name and street")
        .complains("protected customer data")
        .complains("read_orders");
    assert_eq!(shop.order("us/1")["ship_to"]["name"], "Nora Testwell 1");
    api.state().withholds = false;
    api.state().denies = true;
    shop.run("import").exits(4).complains("ACCESS_DENIED");
    api.state().denies = false;
    api.state().scopes = vec!["read_products"];
    shop.run("import").exits(4).complains("read_orders");
    api.state().scopes = vec!["read_orders"];
    sandbox.fault("DsfOrders", Fault::altered(|json| json["data"]["orders"]["nodes"][0]["updatedAt"] = Value::Null));
    shop.run("import")
        .exits(3)
        .says("UNREADABLE_ORDER order 1: updatedAt is not said")
        .says("look at that order in the store")
        .says("rejected rows 1");
    api.state().token = "shpat_other".into();
    shop.run("import").exits(4).complains("unrecognized login").never_says(TOKEN);
}

#[test]
fn limits_are_kept_and_a_version_without_some_fields_is_read_all_the_same() {
    let (api, sandbox) = Shopify::start();
    for number in 0..60 {
        api.state().add(lamp(&(100 + number).to_string()));
    }
    {
        let mut state = api.state();
        state.most_for_one = 100;
        state.bucket = (110, 400);
        state.lacks = vec!["riskLevel"];
    }
    let shop = shop_of(&sandbox);
    shop.run("import").exits(0);
    assert_eq!(shop.run("orders --json").json()["orders"].as_array().unwrap().len(), 60);
    assert!(api.state().throttled <= 1, "the bucket tells how long to wait");
}

#[test]
fn an_apps_token_is_got_kept_and_replaced_and_two_shops_never_mix() {
    let (us, at_us) = Shopify::start();
    let (uk, at_uk) = Shopify::start();
    us.state().add(lamp("1"));
    uk.state().add(lamp("2"));
    let app = |name: &str, url: &str| {
        format!(
            "[store.{name}]\nkind = \"shopify\"\nbase_url = \"{url}\"\nclient_id = \"{}\"\n\
             client_secret_command = \"printf {}\"\n",
            CLIENT.0, CLIENT.1
        )
    };
    let shop = Shop::new(&(app("us", &at_us.url()) + &app("uk", &at_uk.url())));
    shop.run("import").exits(0);
    shop.run("import").exits(0);
    assert_eq!((us.state().grants, uk.state().grants), (1, 1), "a token lives for a day");
    assert_eq!(shop.order("us/1")["store"], "us");
    assert_eq!(shop.order("uk/2")["store"], "uk");
    assert_eq!(shop.run("orders --json").json()["orders"].as_array().unwrap().len(), 2);
    us.state().expire_token();
    // One shop is out of order; the other is read all the same, and the worst counts.
    for _ in 0..3 {
        at_uk.fault("DsfCheck", Fault::DropBefore);
    }
    us.state().add(lamp("3"));
    shop.run("import").exits(1).complains("store.uk");
    assert_eq!((us.state().grants, shop.order("us/3")["store"].as_str()), (2, Some("us")));
    let wrong = Shop::new(&app("us", &at_us.url()).replace(CLIENT.1, "shpss_wrong"));
    wrong.run("import").exits(4).complains("invalid_client").never_says("shpss_wrong");
}

#[test]
fn a_store_that_is_not_set_up_says_what_is_missing() {
    let shop = Shop::usual();
    shop.run("import")
        .exits(2)
        .complains("no store in the config has an API")
        .complains("hint: dsf import FILE --store eu");
    shop.run("import --store us")
        .exits(1)
        .complains("store.us has no API")
        .complains("hint: dsf import FILE --store us");
    shop.run("import --store xx").exits(1).complains("no [store.xx]");
    let half = Shop::new("[store.us]\nkind = \"shopify\"\nshop = \"sample\"\n");
    half.run("import").exits(4).complains("store.us.token is not set").complains("token_env");
    let other = Shop::new("[store.us]\nkind = \"shopify\"\ntoken_command = \"printf x\"\n");
    other.run("import").exits(1).complains("store.us: shop is not set").complains("set shop under [store.us]");
    let url =
        Shop::new("[store.us]\nkind = \"shopify\"\nbase_url = \"http://a.example\"\ntoken_command = \"printf x\"\n");
    url.run("import").exits(1).complains("would send the key unencrypted");
}
