//! `dsf cancel`: asked, read again, confirmed; what it held is free only then.
#![allow(clippy::unwrap_used)]

mod common;
mod sandbox;

use common::{Shop, Shopify};
use sandbox::cj::{Cj, KEY};
use sandbox::{Fault, Sandbox};

const LISTINGS: &str = "supplier,listing_id,title,price,shipping,currency,ships_from,method\n\
    cj,1790000000000000001,Desk lamp,10.00,7.81,USD,CN,CJPacket Ordinary\nli,BAG-1,Bag,6.00,,USD,,\n";
const MATCHES: &str = "sku,supplier,listing_id\nLAMP,cj,1790000000000000001\nBAG,li,BAG-1\n";
const DELETE: &str = "/shopping/order/deleteOrder";

fn shop(sandbox: &Sandbox, sku: &str, more: &str) -> Shop {
    let shop = Shop::new(&format!(
        "[store.us]\nkind = \"shopify\"\n[supplier.li]\nkind = \"sheet\"\n[supplier.cj]\nkind = \"cj\"\n\
         api_key_file = \"key\"\nbase_url = \"{}\"\nrequests_per_second = 1000\nsettle_after_seconds = 0\n{more}",
        sandbox.url()
    ));
    shop.write("key", KEY).write("listings.csv", LISTINGS).write("matches.csv", MATCHES);
    shop.write("orders.csv", Shopify::new().order("1001", &[("Lineitem sku", sku)]).csv());
    shop.run("listings import listings.csv").exits(0);
    shop.run("match import matches.csv").exits(0);
    shop.run("import orders.csv").exits(0);
    shop
}

fn orderable(shop: &Shop) -> i64 {
    shop.order("us/1001")["lines"][0]["orderable"].as_i64().unwrap()
}

#[test]
fn an_api_cancels_and_what_it_says_then_counts() {
    let (_state, sandbox) = Cj::start();
    let shop = shop(&sandbox, "LAMP", "");
    shop.run("fulfill --yes").exits(0);
    assert_eq!(orderable(&shop), 0);
    let ran = shop.run("cancel us/1001/1 --reason \"the customer changed her mind\"").exits(0);
    ran.says("us/1001/1 is cancelled: the supplier has it no more").complains("dsf hold us/1001");
    assert_eq!((sandbox.orders_of("US-1001-1"), sandbox.calls(DELETE), orderable(&shop)), (0, 1, 1));
    shop.run("show us/1001").says("placed -> cancel_asked  the customer changed her mind (tester)");
    shop.run("cancel us/1001/1 --reason again")
        .exits(1)
        .complains("us/1001/1 is cancelled: there is nothing to cancel");
    // Bought again, it has another reference.
    shop.run("fulfill --yes").exits(0).says("PLACED  US-1001-2");
}

#[test]
fn a_refusal_leaves_it_as_it_was() {
    let (_state, sandbox) = Cj::start();
    let shop = shop(&sandbox, "LAMP", "pay = \"after_proof\"\n");
    shop.run("fulfill --yes").exits(0).says("PAID");
    let ran = shop.run("cancel us/1001/1 --reason \"too dear\"").exits(3);
    ran.says("us/1001/1 is paid").says("is not cancelled: 1603002 order delete fail");
    assert_eq!((sandbox.orders_of("US-1001-1"), orderable(&shop)), (1, 0));
}

#[test]
fn an_answer_that_was_lost_is_read_by_the_next_run() {
    let (_state, sandbox) = Cj::start();
    let shop = shop(&sandbox, "LAMP", "");
    shop.run("fulfill --yes").exits(0);
    sandbox.fault(DELETE, Fault::DropAfter);
    let ran = shop.run("cancel us/1001/1 --reason \"too dear\" --json").exits(1).json();
    assert_eq!((&ran["state"], orderable(&shop)), (&"cancel_asked".into(), 0));
    shop.run("fulfill --yes").exits(0).says("CANCELLED  US-1001-1").says("the supplier has it no more");
    assert_eq!((orderable(&shop), sandbox.calls(DELETE)), (1, 1));

    // Lost before it arrived: it is still there, stays bought, and is asked for again only by a person.
    shop.run("fulfill --yes").exits(0).says("PLACED  US-1001-2");
    sandbox.fault(DELETE, Fault::DropBefore);
    shop.run("cancel us/1001/2 --reason \"too dear\"").exits(1).says("cancel_asked");
    shop.run("fulfill --yes").exits(3).says("CANCEL_ASKED  US-1001-2").says("is not paid until now");
    shop.run("cancel us/1001/2 --reason \"too dear\"").exits(0).says("cancelled");
}

#[test]
fn a_key_that_is_refused_or_a_supplier_out_of_reach_changes_nothing() {
    let (_state, mut sandbox) = Cj::start();
    sandbox.strict = false;
    let shop = shop(&sandbox, "LAMP", "");
    shop.run("fulfill --yes").exits(0);
    shop.write("key", "CJ1@api@wrong");
    shop.run("cancel us/1001/1 --reason x").exits(4).says("us/1001/1 is placed").never_says("CJ1@api@wrong");
    shop.write("key", KEY);
    let config = std::fs::read_to_string(shop.path("config.toml")).unwrap();
    let closed = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    shop.write("config.toml", config.replace(&sandbox.url(), &format!("http://{closed}")));
    shop.run("cancel us/1001/1 --reason x").exits(1).says("us/1001/1 is placed").says("no connection");
    std::fs::remove_file(shop.path("key")).unwrap();
    shop.run("cancel us/1001/1 --reason x").exits(4).complains("supplier.cj.api_key_file");
    assert_eq!(orderable(&shop), 0);
}

#[test]
fn a_sheet_is_cancelled_by_letter_and_by_his_word() {
    let (_state, mut sandbox) = Cj::start();
    sandbox.strict = false;
    let shop = shop(&sandbox, "BAG", "");
    shop.run("fulfill --yes").exits(0);
    shop.run("cancel us/1001/1 --confirmed --reason x").exits(1).complains("is handed_off, not cancel_asked");
    let ran = shop.run("cancel us/1001/1 --reason \"refunded\"").exits(3);
    ran.says("Please CANCEL our purchase order US-1001-1 and do not ship it: 1 x BAG-1 Bag")
        .complains("--confirmed --reason");
    shop.run("cancel us/1001/1 --reason \"refunded\"").exits(3).says("Please CANCEL");
    assert_eq!(orderable(&shop), 0);
    shop.run("cancel us/1001/1 --too-late --reason \"he shipped yesterday\"").exits(3).says("us/1001/1 is handed_off");
    shop.run("cancel us/1001/1 --reason \"refunded\"").exits(3);
    shop.run("cancel us/1001/1 --confirmed --reason \"he wrote so\"")
        .exits(0)
        .says("us/1001/1 is cancelled: he wrote so");
    assert_eq!(orderable(&shop), 1);
    shop.run("cancel us/1001/1 --reason \"\"").exits(2).complains("the reason is empty");
    shop.run("cancel us/1001/9 --reason x").exits(1).complains("there is no purchase order us/1001/9");
}

#[test]
fn what_was_changed_or_is_unknown_is_told_apart() {
    let (state, sandbox) = Cj::start();
    let shop = shop(&sandbox, "LAMP", "");
    shop.run("fulfill --yes").exits(0);
    let cancelled = [("Cancelled at", "2026-11-24 12:00:00 -0500"), ("Financial Status", "refunded")];
    shop.write("later.csv", Shopify::new().order("1001", &cancelled).csv()).modified("later.csv", 60 * 60 * 24 * 90);
    shop.run("import later.csv");
    shop.run("status").says("us/1001  CHANGED_AFTER_PO");
    shop.run("cancel us/1001/1 --reason \"refunded in the store\"").exits(0);
    shop.run("status").never_says("CHANGED_AFTER_PO");

    let shop = self::shop(&sandbox, "LAMP", "");
    sandbox.fault("/shopping/order/createOrderV2", Fault::DropAfter);
    shop.run("fulfill --yes").exits(20);
    shop.run("cancel us/1001/1 --reason x")
        .exits(1)
        .complains("nobody knows whether cj has US-1001-1")
        .complains("dsf fulfill");
    shop.run("fulfill --yes").exits(0);
    // It left while we asked: that comes too late.
    sandbox.fault(DELETE, Fault::DropBefore);
    shop.run("cancel us/1001/1 --reason x").exits(1);
    state.state().ship("US-1001-1", "CJPKL0000000001YQ");
    shop.run("cancel us/1001/1 --reason x").exits(3).says("us/1001/1 is placed: too late").says("is shipped");
}

/// Nobody can ask it to cancel what it has cancelled: its refusal must not keep the order waiting for ever.
#[test]
fn what_the_supplier_cancelled_by_itself_is_shown_and_can_be_bought_again() {
    let (state, sandbox) = Cj::start();
    let shop = shop(&sandbox, "LAMP", "");
    shop.run("fulfill --yes").exits(0).says("PLACED  US-1001-1");
    state.state().orders[0].status = "CANCELLED";
    let held = "cj cancelled US-1001-1; nothing will come";
    shop.run("track sync").exits(3).says("CANCELLED_BY_SUPPLIER").says(held);
    shop.run("status").exits(0).says("CANCELLED_BY_SUPPLIER").says(held).says("dsf cancel us/1001/1 --reason");
    shop.run("fulfill --yes").says("nothing to send");
    shop.run("cancel us/1001/1 --reason \"cj cancelled it\"").exits(0).says("the supplier says that it is cancelled");
    shop.run("fulfill --yes").exits(0).says("PLACED  US-1001-2");
}

#[test]
fn a_sync_that_hears_of_an_asked_cancellation_frees_the_order() {
    let (state, sandbox) = Cj::start();
    let shop = shop(&sandbox, "LAMP", "");
    shop.run("fulfill --yes").exits(0);
    sandbox.fault(DELETE, Fault::Instead(502, String::new()));
    shop.run("cancel us/1001/1 --reason \"too dear\"").exits(1);
    assert_eq!(orderable(&shop), 0);
    state.state().orders[0].status = "CANCELLED";
    shop.run("track sync").exits(0);
    assert_eq!(orderable(&shop), 1);
}

#[test]
fn a_purchase_order_may_be_named_by_the_reference_that_every_list_shows() {
    let (_state, sandbox) = Cj::start();
    let shop = shop(&sandbox, "LAMP", "");
    shop.run("fulfill --yes").exits(0).says("US-1001-1  us/1001/1");
    shop.run("verify US-1001-1").exits(0).says("us/1001/1  recorded  same");
    shop.run("show US-1001-1").exits(0);
    shop.run("cancel US-1001-1 --reason \"too dear\"").exits(0).says("us/1001/1 is cancelled");
    shop.run("cancel US-1001-9 --reason \"too dear\"").exits(1).complains("there is no order US-1001-9");
}
