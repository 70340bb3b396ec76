//! A purchase order goes out once, whatever happens: the real binary against the sandbox, with faults and crashes at every
//! commit point. `DSF_RUNS=1000 cargo test --test exactly_once -- --nocapture` makes the full number and prints the counts.
#![allow(clippy::unwrap_used, clippy::print_stdout, clippy::panic)]

mod common;
mod sandbox;

use common::{Shop, Shopify};
use sandbox::cj::{Cj, KEY};
use sandbox::{Fault, Sandbox};

const LISTINGS: &str = "supplier,listing_id,title,price,shipping,currency,ships_from,method\n\
    cj,1790000000000000001,Desk lamp,10.00,7.81,USD,CN,CJPacket Ordinary\n";
const MATCHES: &str = "sku,supplier,listing_id\nLAMP,cj,1790000000000000001\n";
const CREATE: &str = "/shopping/order/createOrderV2";
const PLACES: [&str; 5] = ["", "intent committed", "intent in journal", "answer read", "outcome committed"];
const FAULTS: usize = 10;

fn shop(sandbox: &Sandbox, orders: usize) -> Shop {
    let shop = Shop::new(&format!(
        "[store.us]\nkind = \"shopify\"\n[supplier.cj]\nkind = \"cj\"\napi_key_file = \"{}\"\nbase_url = \"{}\"\n\
         requests_per_second = 1000\nsettle_after_seconds = 0\n",
        "key",
        sandbox.url()
    ));
    shop.write("key", KEY);
    let file = (1..=orders).fold(Shopify::new(), |file, n| {
        let (number, name) = (format!("100{n}"), format!("Nora Testwell {n}"));
        file.order(&number, &[("Shipping Name", &name), ("Shipping Address2", "Apt 4")])
    });
    shop.write("orders.csv", file.csv()).modified("orders.csv", 0);
    shop.write("listings.csv", LISTINGS).write("matches.csv", MATCHES);
    shop.run("listings import listings.csv").exits(0);
    shop.run("match import matches.csv").exits(0);
    shop.run("import orders.csv").exits(0);
    shop
}

fn fault(kind: usize) -> Option<Fault> {
    Some(match kind {
        0 => return None,
        1 => Fault::DropBefore,
        2 => Fault::DropAfter,
        3 => Fault::HalfBody,
        4 => Fault::error("1603000", "Order create fail", true),
        5 => Fault::error("1603000", "Order create fail", false),
        6 => Fault::named("500-after").unwrap(),
        7 => Fault::named("500-before").unwrap(),
        8 => Fault::named("not-json").unwrap(),
        _ => Fault::error("1600301", "read timed out", true),
    })
}

/// Runs until nothing is open, as cron would.
fn until_settled(shop: &Shop) -> usize {
    for run in 1..=6 {
        let ran = shop.run("fulfill --yes");
        assert!([0, 3, 20].contains(&ran.code), "{}\n{}", ran.out, ran.err);
        if ran.out.contains("nothing to send") {
            return run;
        }
    }
    panic!("still open after six runs: {}", shop.run("status").out);
}

#[test]
fn each_purchase_order_is_at_the_supplier_exactly_once() {
    let wanted: usize = std::env::var("DSF_RUNS").ok().and_then(|n| n.parse().ok()).unwrap_or(15);
    let (mut crashes, mut faults) = (0, 0);
    for round in 0..wanted {
        let (_state, mut sandbox) = Cj::start();
        // A fault that a crash came before is met by nobody.
        sandbox.strict = false;
        let shop = shop(&sandbox, 2);
        let (kind, place) = (round % FAULTS, PLACES[(round / 3) % PLACES.len()]);
        if let Some(fault) = fault(kind) {
            sandbox.fault(CREATE, fault);
            faults += 1;
        }
        let mut first = shop.command("fulfill --yes");
        if !place.is_empty() {
            first.env("DSF_CRASH_AT", place);
            crashes += 1;
        }
        first.output().unwrap();
        until_settled(&shop);
        for n in 1..=2 {
            let found = sandbox.orders_of(&format!("US-100{n}-1"));
            assert_eq!(found, 1, "round {round}, fault {kind}, crash at \"{place}\": US-100{n}-1");
            assert_eq!(shop.order(&format!("us/100{n}"))["state"], "ordered");
        }
    }
    println!(
        "{wanted} runs, {faults} with a fault, {crashes} with a crash: each purchase order exactly once, none lost"
    );
}

#[test]
fn tv16_a_time_out_after_acceptance_is_looked_up_and_not_sent_again() {
    let (_state, sandbox) = Cj::start();
    let shop = shop(&sandbox, 1);
    sandbox.fault(CREATE, Fault::DropAfter);
    shop.run("fulfill --yes").exits(20).says("UNKNOWN  US-1001-1");
    shop.run("status").exits(0).says("OUTCOME_UNKNOWN").says("dsf settle us/1001/1");
    shop.run("fulfill --yes").exits(0).says("accepted earlier as SD").says("recorded address: same");
    assert_eq!((sandbox.orders_of("US-1001-1"), sandbox.calls(CREATE)), (1, 1));
    shop.run("show us/1001").exits(0).says("recorded address: same").says("accepted earlier");
}

#[test]
fn a_wrong_key_is_exit_4_and_nothing_is_left_sending() {
    let (_state, mut sandbox) = Cj::start();
    sandbox.strict = false;
    let shop = shop(&sandbox, 1);
    shop.write("key", "CJ1@api@wrong");
    shop.run("fulfill --yes").exits(4).never_says("CJ1@api@wrong");
    fs_remove(&shop, "key");
    shop.run("fulfill --yes").exits(4).complains("supplier.cj.api_key_file");
    shop.run("fulfill --dry-run").exits(0).says("written and read back");
    assert_eq!(sandbox.orders_of("US-1001-1"), 0);
    shop.run("status").never_says("OUTCOME_UNKNOWN");
}

fn fs_remove(shop: &Shop, name: &str) {
    std::fs::remove_file(shop.path(name)).unwrap();
}

#[test]
fn a_dry_run_opens_no_socket() {
    let (_state, mut sandbox) = Cj::start();
    sandbox.strict = false;
    let shop = shop(&sandbox, 2);
    for words in ["fulfill --dry-run", "status", "orders", "verify us/1001", "show us/1001", "fulfill"] {
        shop.run(words);
    }
    assert_eq!(sandbox.calls(""), 0);
}

#[test]
fn another_recorded_address_holds_the_order_and_is_not_paid() {
    let (_state, sandbox) = Cj::start();
    let shop = shop(&sandbox, 1);
    let config = std::fs::read_to_string(shop.path("config.toml")).unwrap();
    shop.write("config.toml", config + "pay = \"after_proof\"\n");
    sandbox.fault(
        "/shopping/order/getOrderDetailBatch",
        Fault::altered(|answer| {
            answer["data"][0]["shippingAddress"] = "99 Other St".into();
        }),
    );
    let ran = shop.run("fulfill --yes");
    assert_eq!(ran.code, 3, "{} {}", ran.out, ran.err);
    ran.says("recorded address: different");
    shop.run("status").says("RECORDED_MISMATCH");
    assert_eq!(sandbox.calls("/shopping/pay/payBalance"), 0);
}

#[test]
fn it_is_paid_only_after_the_proof_when_the_config_says_so_and_a_failed_confirm_pays_nothing() {
    for (refused, paid) in [(false, 1), (true, 0)] {
        let (_state, sandbox) = Cj::start();
        let shop = shop(&sandbox, 1);
        let config = std::fs::read_to_string(shop.path("config.toml")).unwrap();
        shop.write("config.toml", config + "pay = \"after_proof\"\n[guard]\nmax_price_rise_percent = 1000\n");
        if refused {
            sandbox.fault("/shopping/order/confirmOrder", Fault::error("1603001", "order confirm fail", false));
        }
        let ran = shop.run("fulfill --yes");
        assert_eq!(sandbox.calls("/shopping/pay/payBalance"), paid, "{} {}", ran.out, ran.err);
        let words = if refused { "not confirmed and not paid" } else { "; paid" };
        ran.says(words);
    }
}
