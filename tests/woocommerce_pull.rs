//! The built program against a WooCommerce site that remembers, however its key is proved and its permalinks are.
#![allow(clippy::unwrap_used)]

mod common;
mod sandbox;

use common::stores::client;
use common::{Shop, woo};
use dsf::core::sending::AskError;
use sandbox::woocommerce::{KEY, SECRET, State, WooCommerce, item, order};
use sandbox::{Fault, Sandbox};
use serde_json::json;

const LATER: &str = "2026-11-24T10:00:00Z";

fn keys() -> String {
    format!("consumer_key_command = \"printf {KEY}\"\nconsumer_secret_command = \"printf {SECRET}\"\n")
}

fn config(sandbox: &Sandbox) -> String {
    let url = sandbox.url();
    format!("[store.eu]\nkind = \"woocommerce\"\ncurrency = \"EUR\"\nbase_url = \"{url}\"\n{}", keys())
}

fn lamp(id: u64) -> serde_json::Value {
    order(id, vec![item("LAMP", "Lampe", 1, 3000)])
}

/// All that is known of orders and lines, but for where it was read and what only one side counts.
fn known(shop: &Shop) -> Vec<String> {
    // The short export has no column of refunds.
    let left_out = ["refunded", "id", "store", "source", "order_id", "key", "first_source", "last_source", "removed"];
    let sql = rusqlite::Connection::open(shop.path("dsf.db")).unwrap();
    let mut rows = vec![];
    for table in ["orders", "line"] {
        let mut query = sql.prepare(&format!("SELECT * FROM {table}")).unwrap();
        let names: Vec<String> = query.column_names().map(str::to_owned).collect();
        let mut found = query.query([]).unwrap();
        while let Some(row) = found.next().unwrap() {
            let cells = names.iter().enumerate().filter(|(_, name)| !left_out.contains(&name.as_str()));
            rows.extend(cells.map(|(i, name)| format!("{name}={:?}", row.get_ref(i).unwrap())));
        }
    }
    rows
}

#[test]
fn an_order_by_the_api_is_the_order_of_the_export_and_both_ways_mix() {
    let (site, sandbox) = WooCommerce::start();
    let mut one = lamp(700);
    one["shipping"] = json!({ "first_name": "Max Muster", "last_name": "", "company": "", "address_1": "Musterweg 1",
        "address_2": "", "city": "Berlin", "state": "", "postcode": "10115", "country": "DE", "phone": "+49301234567" });
    site.state().add(one);
    let pulled = Shop::new(&config(&sandbox));
    pulled.run("import").exits(0).says("eu  api  1 order, 1 line read");
    let imported = Shop::new(&config(&sandbox));
    imported.write("eu.csv", woo("700", "Max Muster", "LAMP"));
    imported.run("import eu.csv").exits(0);
    assert_eq!(known(&pulled), known(&imported));
    for (mut shop, calls) in [(pulled, ["import eu.csv", "import"]), (imported, ["import", "import eu.csv"])] {
        shop.write("eu.csv", woo("700", "Max Muster", "LAMP"));
        shop.now = LATER.to_owned();
        for call in calls {
            shop.run(call).exits(0);
        }
        assert_eq!(shop.order("eu/700")["lines"].as_array().unwrap().len(), 1, "{calls:?}");
        assert_eq!(shop.run("orders --json").json()["orders"].as_array().unwrap().len(), 1);
        assert!(!shop.codes("eu/700").contains(&"CONFLICTING_EXPORTS".to_owned()));
    }
}

#[test]
fn refunds_edits_and_statuses_are_respected() {
    let (site, sandbox) = WooCommerce::start();
    for id in [1, 2, 3, 4, 5] {
        site.state().add(order(id, vec![item("LAMP", "Lampe", 3, 1000), item("BAG", "Tasche", 1, 500)]));
    }
    let shop = Shop::new(&config(&sandbox));
    shop.run("import").exits(0);
    {
        let mut state = site.state();
        state.refund(1, 0, 2, "20.00");
        state.change(2, |o| {
            // A line that is taken out is not there any more; another has a key of its own.
            let mut large = item("LAMP-L", "Lampe L", 1, 2000);
            large["id"] = json!(999);
            o["line_items"][0] = large;
        });
        state.change(3, |o| o["status"] = json!("cancelled"));
        state.change(4, |o| o["status"] = json!("in-packing"));
        state.change(5, |o| o["status"] = json!("completed"));
    }
    shop.run("import").exits(0);
    let orderable = |id: &str| -> Vec<u64> {
        let order = shop.order(id);
        order["lines"].as_array().unwrap().iter().map(|l| l["orderable"].as_u64().unwrap()).collect()
    };
    assert_eq!(orderable("eu/1"), [1, 1]);
    assert_eq!(orderable("eu/2"), [0, 1, 1]);
    assert!(!shop.codes("eu/2").contains(&"LINES_DISAGREE".to_owned()));
    assert_eq!(shop.order("eu/3")["state"], "cancelled");
    let odd = shop.order("eu/4");
    assert_eq!(
        (odd["state"].as_str(), odd["reason"].as_str()),
        (Some("not_paid"), Some("payment status \"in-packing\" is not known"))
    );
    assert_eq!(shop.order("eu/5")["state"], "shipped");
}

#[test]
fn an_empty_shipping_block_is_held_and_billing_is_never_used() {
    let (site, sandbox) = WooCommerce::start();
    let mut one = lamp(1);
    for key in ["first_name", "last_name", "address_1", "city", "postcode", "phone"] {
        one["shipping"][key] = json!("");
    }
    site.state().add(one);
    let shop = Shop::new(&config(&sandbox));
    shop.run("import").exits(3).says("SHIP_TO_MISSING").says("a billing address exists and is not used");
    assert_eq!(shop.order("eu/1")["ship_to"], json!(null));
}

#[test]
fn many_orders_of_one_second_come_once_and_a_killed_run_goes_on() {
    let (site, sandbox) = WooCommerce::start();
    for id in 1..=350 {
        let mut state = site.state();
        state.add(lamp(id));
        // A person has changed two hundred at once; the others have a second of their own.
        let later = i64::from(!(80..280).contains(&id));
        state.touch(id, later);
    }
    let shop = Shop::new(&config(&sandbox));
    let killed = shop.command("import").env("DSF_CRASH_AT", "page-after").output().unwrap();
    assert!(!killed.status.success());
    let after = shop.run("import --json").exits(0).json();
    assert_eq!(shop.run("orders --json").json()["orders"].as_array().unwrap().len(), 350, "{after:#}");
    let calls = sandbox.calls("/orders");
    shop.run("import").exits(0);
    assert!(sandbox.calls("/orders") - calls <= 6, "a quiet site is not read from its beginning");
    // Changed in the same second as the last that was seen.
    site.state().change(350, |o| o["status"] = json!("cancelled"));
    site.state().change(1, |o| o["status"] = json!("cancelled"));
    site.state().touch(2, 0);
    site.state().get(2).order["status"] = json!("cancelled");
    shop.run("import").exits(0);
    for id in ["eu/350", "eu/1", "eu/2"] {
        assert_eq!(shop.order(id)["state"], "cancelled", "{id}");
    }
}

type Site = fn(&mut State);

#[test]
fn however_the_site_is_reached_the_key_counts_and_the_secret_is_in_no_address() {
    let sites: [(&str, Site); 6] = [
        ("", |_| ()),
        ("", |s| s.thinks_encrypted = true),
        ("", |s| s.plain = true),
        ("/shop", |s| s.folder = "/shop"),
        ("/shop", |s| (s.folder, s.plain) = ("/shop", true)),
        ("", |s| s.clock = Some(jiff::Timestamp::now() + jiff::SignedDuration::from_hours(3))),
    ];
    for (n, (folder, change)) in sites.into_iter().enumerate() {
        let (site, sandbox) = WooCommerce::start();
        site.state().add(lamp(1));
        change(&mut site.state());
        let shop = Shop::new(&config(&sandbox).replace(&sandbox.url(), &format!("{}{folder}", sandbox.url())));
        shop.run("import").exits(0);
        assert_eq!(shop.order("eu/1")["store"], "eu", "site {n}");
        assert!(!sandbox.urls().iter().any(|url| url.contains(SECRET)), "site {n}");
    }
    // Both keys in one secret.
    let (site, sandbox) = WooCommerce::start();
    site.state().add(lamp(1));
    let pair = format!("token_command = \"printf {KEY}:{SECRET}\"\n");
    Shop::new(&config(&sandbox).replace(&keys(), &pair)).run("import").exits(0);
}

#[test]
fn what_is_refused_says_so_and_never_shows_the_secret() {
    let (site, sandbox) = WooCommerce::start();
    site.state().add(lamp(1));
    let shop = Shop::new(&config(&sandbox));
    site.state().secret = "cs_another".into();
    shop.run("import").exits(4).complains("store.eu: the key or token was refused").never_says(SECRET);
    site.state().secret = SECRET.into();
    site.state().moved_to = Some("https://www.example.com".into());
    shop.run("import").exits(1).complains("the site is at https://www.example.com; say so in the config");
    site.state().moved_to = None;
    sandbox.fault("/wp-json/", Fault::altered(|json| json["namespaces"] = json!(["wp/v2"])));
    sandbox.fault("/index.php", Fault::Instead(404, "<html>".into()));
    shop.run("import").exits(1).complains("no WooCommerce REST API v3");
    sandbox.fault("/orders", Fault::altered(|_| ()));
    sandbox.fault("/orders", Fault::altered(|json| json[0]["currency"] = json!("?")));
    shop.run("import").exits(3).says("UNREADABLE_ORDER order 1: currency is not said");
    for fault in
        [Fault::DropBefore, Fault::HalfBody, Fault::Instead(503, "{}".into()), Fault::TooMany { retry_after: None }]
    {
        sandbox.fault("/orders", fault);
        shop.run("import").exits(0);
    }
    // An old WooCommerce takes no notice of the filter.
    sandbox.fault("/orders", Fault::altered(|_| ()));
    sandbox.fault("/orders", Fault::altered(|json| json[0]["date_modified_gmt"] = json!("2020-01-01T00:00:00")));
    shop.run("import").exits(1).complains("WooCommerce 5.8 is needed");
    site.state().plain = true;
    site.state().secret = "cs_another".into();
    shop.run("import").exits(4).complains("Settings > Permalinks");
    let half = Shop::new("[store.eu]\nkind = \"woocommerce\"\nshop = \"example.com\"\n");
    half.run("import").exits(4).complains("store.eu.consumer_key is not set").complains("consumer_key_env");
    let half = Shop::new(&format!("[store.eu]\nkind = \"woocommerce\"\n{}", keys()));
    half.run("import").exits(1).complains("store.eu: shop is not set");
    let open = Shop::new(&format!("[store.eu]\nkind = \"woocommerce\"\nshop = \"http://example.com\"\n{}", keys()));
    open.run("import").exits(1).complains("unencrypted");
    let odd = Shop::new("[store.eu]\nkind = \"woocommerce\"\nshop = \"example.com\"\ntoken_command = \"printf x\"\n");
    odd.run("import").exits(4).complains("consumer_secret is not set");
}

#[test]
fn two_sites_have_their_own_orders_and_cursors() {
    let (de, at_de) = WooCommerce::start();
    let (fr, at_fr) = WooCommerce::start();
    de.state().add(lamp(14));
    fr.state().add(order(14, vec![item("SAC", "Sac", 2, 700)]));
    let other = config(&at_fr).replace("store.eu", "store.fr");
    let shop = Shop::new(&(config(&at_de) + &other));
    shop.run("import").exits(0);
    assert_eq!(shop.order("eu/14")["lines"][0]["sku"], "LAMP");
    assert_eq!(shop.order("fr/14")["lines"][0]["sku"], "SAC");
    // The one is far ahead of the other.
    for _ in 0..1000 {
        de.state().touch(14, 60);
    }
    shop.run("import --store eu").exits(0);
    fr.state().change(14, |o| o["status"] = json!("cancelled"));
    shop.run("import").exits(0);
    assert_eq!(shop.order("fr/14")["state"], "cancelled");
    assert_eq!(shop.order("eu/14")["state"], "ready");
    // Another site under the same name is read from its beginning.
    let (new, at_new) = WooCommerce::start();
    new.state().add(lamp(77));
    shop.write("config.toml", config(&at_new) + &other);
    shop.run("import --store eu").exits(0);
    assert_eq!(shop.order("eu/77")["state"], "ready");
}

#[test]
fn a_key_that_may_only_read_reads() {
    let (site, sandbox) = WooCommerce::start();
    site.state().add(lamp(1));
    site.state().read_only = true;
    let folder = tempfile::tempdir().unwrap();
    let eu = client(&config(&sandbox), folder.path());
    assert_eq!(eu.orders(None, None).unwrap().orders.len(), 1);
    let told = common::stores::tell(eu.as_ref(), &common::stores::push("1", "YW1", &[("LAMP", 1, 1)]));
    assert!(
        matches!(&told, dsf::core::push::Pushed::KeyRefused { why } if why.contains("write permissions")),
        "{told:?}"
    );
    site.state().secret = "cs_another".into();
    assert!(matches!(eu.ready(), Err(AskError::KeyRefused(_))));
}
