//! The whole program against each supplier's sandbox: a purchase order goes out at most once, and what nobody knows is
//! told to the person.

use std::process::Stdio;

use dsf::supplier::kinds::KINDS;

use crate::common::{Shop, Shopify};
use crate::rows::{Peer, ROWS, Row, orders};
use crate::sandbox::{Fault, Sandbox};

/// As `flow::crash` names them.
const CRASHES: [&str; 4] = ["intent committed", "intent in journal", "answer read", "outcome committed"];

/// One order for one lamp. What it is said to cost is not what every sandbox asks, and the guard is wide.
fn shop(row: &Row, peer: &dyn Peer, sandbox: &Sandbox) -> Shop {
    let shop = Shop::new("");
    let table = peer.table(&shop.path(""));
    let config = format!(
        "[store.us]\nkind = \"shopify\"\n[supplier.s]\n{table}base_url = \"{}\"\nrequests_per_second = 1000\n\
         settle_after_seconds = 0\n[guard]\nmax_price_rise_percent = 1000\n",
        sandbox.url()
    );
    shop.write("config.toml", config);
    let listing = row.listings[0];
    let listings = "supplier,listing_id,title,price,currency,ships_from,method\n";
    shop.write("listings.csv", format!("{listings}s,{listing},Desk lamp,8.01,USD,CN,{}\n", row.method));
    shop.write("matches.csv", format!("sku,supplier,listing_id\nLAMP,s,{listing}\n"));
    shop.write("orders.csv", Shopify::new().order("1001", &[("Shipping Address2", "Apt 4")]).csv());
    shop.modified("orders.csv", 0);
    shop.run("listings import listings.csv").exits(0);
    shop.run("match import matches.csv").exits(0);
    shop.run("import orders.csv").exits(0);
    shop
}

/// A person allows it, where one is needed.
fn allow(shop: &Shop, peer: &dyn Peer) {
    if let Some(code) = peer.code() {
        shop.run_with_input("auth supplier.s", code.as_bytes()).exits(0).says("ALLOWED  supplier.s");
    }
}

fn start(row: &Row) -> (Box<dyn Peer>, Sandbox, Shop) {
    let (peer, sandbox) = (row.start)();
    let shop = shop(row, &*peer, &sandbox);
    allow(&shop, &*peer);
    (peer, sandbox, shop)
}

#[test]
fn a_dry_run_opens_no_socket() {
    for row in ROWS {
        let (peer, mut sandbox) = (row.start)();
        sandbox.strict = false;
        let shop = shop(row, &*peer, &sandbox);
        shop.run("fulfill --dry-run").exits(0).says("written and read back");
        for words in ["status", "orders", "show us/1001", "verify us/1001", "auth", "fulfill", "listings"] {
            shop.run(words);
        }
        assert_eq!(sandbox.calls(""), 0, "{}", row.kind);
    }
}

#[test]
fn a_purchase_order_goes_out_and_the_next_run_has_nothing_to_send() {
    for row in ROWS {
        let (_peer, sandbox, shop) = start(row);
        shop.run("fulfill --yes").exits(0).says("PLACED  US-1001-1");
        shop.run("fulfill --yes").exits(0).says("nothing to send");
        assert_eq!((orders(&sandbox), sandbox.calls(row.create)), (1, 1), "{}", row.kind);
        assert_eq!(shop.order("us/1001")["state"], "ordered", "{}", row.kind);
    }
}

#[test]
fn tv16_what_may_have_arrived_is_never_sent_again() {
    for row in ROWS {
        let (_peer, sandbox, shop) = start(row);
        sandbox.fault(row.create, Fault::DropAfter);
        shop.run("fulfill --yes").exits(20).says("UNKNOWN  US-1001-1");
        shop.run("status").exits(0).says("OUTCOME_UNKNOWN").says("dsf settle us/1001/1");
        let finds = finds(row, &shop);
        let again = shop.run("fulfill --yes");
        assert_eq!((orders(&sandbox), sandbox.calls(row.create)), (1, 1), "{}", row.kind);
        if finds {
            again.exits(0).says("accepted earlier as");
            continue;
        }
        again.exits(20).says("cannot be asked by reference");
        shop.run("settle us/1001/1 --placed 8190 --reason \"on their site\"").exits(0);
        shop.run("fulfill --yes").exits(0).says("nothing to send");
        assert_eq!((orders(&sandbox), sandbox.calls(row.create)), (1, 1), "{}", row.kind);
    }
}

fn finds(row: &Row, shop: &Shop) -> bool {
    let config = dsf::config::Config::load(&shop.path("config.toml")).unwrap();
    let kind = KINDS.iter().find(|k| k.name == row.kind).unwrap();
    let net = dsf::net::Net::offline(&shop.path("state"));
    (kind.build)("s", &config.suppliers["s"], &net).unwrap().abilities().finds_by_reference
}

#[test]
fn a_crash_anywhere_makes_no_second_order_and_loses_none() {
    for row in ROWS {
        for place in CRASHES {
            let (_peer, mut sandbox, shop) = start(row);
            sandbox.strict = false;
            shop.command("fulfill --yes").env("DSF_CRASH_AT", place).output().unwrap();
            for _ in 0..3 {
                shop.run("fulfill --yes");
            }
            let (found, what) = (orders(&sandbox), format!("{} at {place}", row.kind));
            if finds(row, &shop) {
                assert_eq!(found, 1, "{what}");
            } else {
                assert!(found <= 1, "{what}");
                let told = shop.run("status").exits(0).out.contains("OUTCOME_UNKNOWN");
                assert!(told || shop.order("us/1001")["state"] == "ordered" && found == 1, "{what}");
            }
        }
    }
}

#[test]
fn a_refusal_frees_the_order() {
    for row in ROWS {
        let (_peer, sandbox, shop) = start(row);
        sandbox.fault(row.create, Fault::Instead(200, row.refusal.to_owned()));
        shop.run("fulfill --yes").exits(3).says("REFUSED  US-1001-1");
        assert_eq!(orders(&sandbox), 0, "{}", row.kind);
        assert_eq!(shop.order("us/1001")["state"], "ready", "{}", row.kind);
    }
}

#[test]
fn a_method_that_is_not_offered_there_is_held_before_anything_is_sent() {
    for row in ROWS {
        let (_peer, mut sandbox, shop) = start(row);
        sandbox.strict = false;
        let text = std::fs::read_to_string(shop.path("listings.csv")).unwrap();
        shop.write("listings.csv", text.replace(row.method, "No Such Method"));
        shop.run("listings import listings.csv").exits(0);
        shop.run("fulfill --yes").exits(3).says("NO_METHOD");
        assert_eq!((orders(&sandbox), sandbox.calls(row.create)), (0, 0), "{}", row.kind);
    }
}

#[test]
fn a_key_that_does_not_work_is_exit_4_and_nothing_is_sent() {
    for row in ROWS {
        let (peer, sandbox, shop) = start(row);
        peer.revoke();
        let ran = shop.run("fulfill --yes").exits(4);
        peer.secrets().iter().for_each(|secret| assert!(!ran.err.contains(secret) && !ran.out.contains(secret)));
        assert_eq!(orders(&sandbox), 0, "{}", row.kind);
        shop.run("status").never_says("OUTCOME_UNKNOWN");
    }
}

#[test]
fn tv17_two_runs_at_once_place_one_order() {
    for row in ROWS {
        let (_peer, sandbox, shop) = start(row);
        let run = || shop.command("fulfill --yes").stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let codes: Vec<_> =
            [run(), run()].into_iter().map(|child| child.wait_with_output().unwrap().status.code()).collect();
        let fits = |code: &Option<i32>| [Some(0), Some(5), Some(11)].contains(code);
        assert!(codes.iter().all(fits) && codes.contains(&Some(0)), "{}: {codes:?}", row.kind);
        assert_eq!((orders(&sandbox), sandbox.calls(row.create)), (1, 1), "{}", row.kind);
    }
}

#[test]
fn tv21_refunded_while_it_waits_to_be_sent_again_it_is_not_sent() {
    for row in ROWS {
        let (_peer, sandbox, shop) = start(row);
        // Turned away unread until the client gives up: certainly not sent, and kept to be sent later.
        for _ in 0..row.tries {
            sandbox.fault(row.create, Fault::TooMany { retry_after: None });
        }
        shop.run("fulfill --yes").exits(3).says("not sent");
        let refund = [("Shipping Address2", "Apt 4"), ("Financial Status", "refunded"), ("Refunded Amount", "20.00")];
        shop.write("refunded.csv", Shopify::new().order("1001", &refund).csv()).modified("refunded.csv", 60);
        shop.run("import refunded.csv");
        shop.run("fulfill --yes");
        assert_eq!((orders(&sandbox), sandbox.calls(row.create)), (0, row.tries), "{}", row.kind);
        assert_eq!(shop.order("us/1001")["state"], "nothing_to_order", "{}", row.kind);
    }
}
