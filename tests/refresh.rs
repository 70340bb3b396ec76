//! `listings refresh` and the choice of a shipping method: the binary against the sandbox.
#![allow(clippy::unwrap_used, clippy::panic)]

mod common;
mod sandbox;

use common::{Ran, Shop, Shopify};
use sandbox::cj::{Cj, KEY};
use sandbox::{Fault, Sandbox};

const VID: &str = "1790000000000000001";
const LISTINGS: &str = "supplier,listing_id,title,price,currency,stock,ships_from,method,checked_at\n\
    cj,1790000000000000001,Desk lamp,9.50,USD,12,CN,,2026-11-01\n";
const MATCHES: &str = "sku,supplier,listing_id\nLAMP,cj,1790000000000000001\n";
const RULE: &str = "[supplier.cj.shipping]\nrule = \"cheapest\"\nwithin_days = 15\n";

fn shop(sandbox: &Sandbox, more: &str) -> Shop {
    let shop = Shop::new(&format!(
        "[store.us]\nkind = \"shopify\"\n[supplier.cj]\nkind = \"cj\"\napi_key_file = \"key\"\nbase_url = \"{}\"\n\
         requests_per_second = 1000\nsettle_after_seconds = 0\n{more}",
        sandbox.url()
    ));
    shop.write("key", KEY).write("listings.csv", LISTINGS).write("matches.csv", MATCHES);
    shop.write("orders.csv", Shopify::new().order("1001", &[("Lineitem price", "40.00")]).csv());
    shop.run("listings import listings.csv").exits(0);
    shop.run("match import matches.csv").exits(0);
    shop.run("import orders.csv").exits(0);
    shop
}

fn plan(shop: &Shop) -> Ran {
    shop.run("fulfill --dry-run --json")
}

#[test]
fn what_changed_is_told_and_kept_with_its_age() {
    let (_state, sandbox) = Cj::start();
    let shop = shop(&sandbox, RULE);
    shop.run("listings refresh")
        .exits(0)
        .says("CHANGED cj:1790000000000000001 price 9.50 USD -> 10.00 USD, stock 12 -> 120")
        .says("CJPacket Ordinary 7.81 USD (7-12 days) · DHL Official 21.40 USD (5 days)")
        .says("asked 1   answered 1   changed 1");
    shop.run("listings").says("10.00 USD").says("0 h old");
    let again = shop.run("listings refresh --supplier cj --json").exits(0).json();
    let cj = &again["suppliers"][0];
    assert_eq!((cj["answered"].as_u64(), cj["changed"].as_array().unwrap().len()), (Some(1), 0));
    assert_eq!(cj["freight"][0]["offers"][0]["method"], "CJPacket Ordinary");
    assert_eq!(cj["freight"][0]["country"], "US");
}

#[test]
fn a_steep_rise_holds_the_orders_and_a_listing_that_is_gone_too() {
    let (state, sandbox) = Cj::start();
    let shop = shop(&sandbox, RULE);
    shop.run("listings refresh").exits(0);
    state.state().variants[0].2 = 1300;
    shop.run("listings refresh").exits(0).says("10.00 USD -> 13.00 USD is more than 15 %").says("PRICE_JUMP");
    assert_eq!(plan(&shop).exits(3).json()["held"][0]["code"], "PRICE_JUMP");
    state.state().variants.remove(0);
    shop.run("listings refresh").exits(0).says("GONE cj:1790000000000000001 no longer sold");
    assert_eq!(plan(&shop).exits(3).json()["held"][0]["code"], "LISTING_CHANGED");
}

#[test]
fn a_rule_chooses_the_method_and_its_cost_counts() {
    let (_state, sandbox) = Cj::start();
    let shop = shop(&sandbox, RULE);
    let held = plan(&shop).exits(3).json()["held"][0].clone();
    assert_eq!((&held["code"], &held["hint"]), (&"NO_METHOD".into(), &"dsf listings refresh --supplier cj".into()));
    shop.run("listings refresh").exits(0);
    let seen = plan(&shop).exits(0).json();
    let po = &seen["purchase_orders"][0];
    assert_eq!((&po["method"], &po["freight"]["amount"]), (&"CJPacket Ordinary".into(), &"7.81".into()));
    assert_eq!((&po["goods"]["amount"], &po["cost"]["amount"]), (&"10.00".into(), &"17.81".into()));
    assert_eq!((&po["margin_percent"], &po["days"][1]), (&"55.5".into(), &12.into()));
    shop.run("fulfill --dry-run").says("by CJPacket Ordinary, 7-12 days, freight 7.81 USD   cost 17.81 USD");
    // Another method is another plan.
    let config = std::fs::read_to_string(shop.path("config.toml")).unwrap();
    shop.write("config.toml", config.clone() + "US = \"DHL Official\"\n");
    let other = plan(&shop).exits(0).json();
    assert_ne!(other["plan"], seen["plan"]);
    assert_eq!(other["purchase_orders"][0]["cost"]["amount"], "31.40");
    shop.write("config.toml", config.replace("15", "3"));
    let late = plan(&shop).exits(3).json()["held"][0].clone();
    assert_eq!(late["code"], "NO_METHOD");
    assert!(late["message"].as_str().unwrap().contains("nothing arrives within 3 days"), "{late}");
    assert!(late["hint"].as_str().unwrap().contains("US = \"METHOD\" under [supplier.cj.shipping]"), "{late}");
}

#[test]
fn without_a_rule_the_hold_says_where_to_write_one_and_old_quotes_are_stale() {
    let (_state, mut sandbox) = Cj::start();
    sandbox.strict = false;
    let shop = shop(&sandbox, "");
    let held = plan(&shop).exits(3).json()["held"][0].clone();
    assert_eq!(held["code"], "NO_METHOD");
    assert!(held["hint"].as_str().unwrap().contains("a rule in [supplier.cj.shipping]"), "{held}");

    let mut shop = self::shop(&sandbox, &format!("{RULE}[guard]\nmax_listing_age_days = 3\n"));
    let stale = plan(&shop).exits(3).json()["held"][0].clone();
    assert_eq!(
        (&stale["code"], &stale["hint"]),
        (&"STALE_LISTING".into(), &"dsf listings refresh --supplier cj".into())
    );
    shop.run("listings refresh").exits(0);
    // The freight was never asked for, as the order was held; now it is.
    shop.run("listings refresh").exits(0);
    plan(&shop).exits(0);
    shop.now = "2026-11-28T10:00:00Z".to_owned();
    shop.run("fulfill --dry-run").exits(3).says("STALE_LISTING");
}

#[test]
fn a_listing_that_only_a_rule_names_is_asked_for() {
    let (_state, sandbox) = Cj::start();
    let shop = shop(&sandbox, RULE);
    shop.run("match set LAMP cj:AAAAAAAA-1111-4222-8333-BBBBBBBBBBBB").exits(0);
    let held = plan(&shop).exits(3).json()["held"][0].clone();
    assert!(held["hint"].as_str().unwrap().starts_with("dsf listings refresh --supplier cj, or "), "{held}");
    shop.run("listings refresh").exits(0).says("NEW cj:AAAAAAAA-1111-4222-8333-BBBBBBBBBBBB 4.35 USD");
    shop.run("listings refresh --all").says("asked 2");
    assert_eq!(plan(&shop).exits(0).json()["purchase_orders"][0]["cost"]["amount"], "12.16");
}

#[test]
fn a_refused_key_is_exit_4_nobody_there_is_exit_1_and_others_are_still_asked() {
    let (_state, mut sandbox) = Cj::start();
    sandbox.strict = false;
    let closed = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let other = format!(
        "[supplier.aa]\nkind = \"cj\"\napi_key_file = \"key\"\nbase_url = \"http://{closed}\"\nrequests_per_second = 1000\n"
    );
    let shop = shop(&sandbox, &(RULE.to_owned() + &other));
    shop.run("match set BAG aa:1").exits(0);
    shop.run("listings refresh")
        .exits(1)
        .complains("supplier aa: no token: no connection")
        .complains("dsf listings refresh --supplier aa")
        .says("cj  asked 1   answered 1");
    shop.write("key", "CJ1@api@wrong");
    let ran = shop.run("listings refresh --supplier cj").exits(4).never_says("CJ1@api@wrong");
    ran.complains("the key or token was refused").complains("look at the key of [supplier.cj]");
    std::fs::remove_file(shop.path("key")).unwrap();
    shop.run("listings refresh --supplier cj").exits(4).complains("supplier.cj.api_key_file");
    let told = shop.run("listings refresh --supplier cj --json").exits(4).json();
    assert_eq!(told["suppliers"][0]["failed"]["code"], 4);
    shop.run("listings refresh --supplier nobody").exits(2).complains("there is no supplier nobody");
}

#[test]
fn one_listing_that_cannot_be_answered_costs_no_other() {
    let (_state, sandbox) = Cj::start();
    let shop = shop(&sandbox, RULE);
    shop.run("match set BAG cj:AAAAAAAA-1111-4222-8333-BBBBBBBBBBBB").exits(0);
    for _ in 0..2 {
        sandbox.fault("/variant/queryByVid", Fault::error("1600100", "Param error", false));
    }
    let ran = shop.run("listings refresh").exits(3);
    ran.complains(&format!("cj says nothing of {VID}: 1600100: Param error")).says("answered 1");
}
