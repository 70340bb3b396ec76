//! The whole program: consent by hand, and what a person reads.

use std::io::{BufRead, BufReader, Write};
use std::process::Stdio;

use dsf::net::http::Http;
use dsf::net::{Answer, Effect, Method, Request, Wire};

use crate::common::{Shop, Shopify};
use crate::iop::table;
use crate::sandbox::Sandbox;
use crate::sandbox::aliexpress::{AliExpress, BLACK_M, KEY, METHOD, SINGLE};

fn shop(sandbox: &Sandbox) -> Shop {
    let table = table("aliexpress", KEY, &sandbox.url());
    let shop = Shop::new(&format!("[store.us]\nkind = \"shopify\"\n[supplier.s]\n{table}"));
    let listings = "supplier,listing_id,title,price,currency,ships_from,method\n";
    shop.write(
        "listings.csv",
        format!("{listings}s,{BLACK_M},Lamp,8.01,USD,CN,{METHOD}\ns,{SINGLE},Bag,4.50,USD,CN,{METHOD}\n"),
    );
    shop.write("matches.csv", format!("sku,supplier,listing_id\nLAMP,s,{BLACK_M}\nBAG,s,{SINGLE}\n"));
    shop.run("listings import listings.csv").exits(0);
    shop.run("match import matches.csv").exits(0);
    shop
}

fn import(shop: &Shop, orders: Shopify) {
    shop.write("orders.csv", orders.csv()).modified("orders.csv", 0);
    shop.run("import orders.csv").exits(0);
}

#[test]
fn a_person_opens_the_link_and_pastes_the_address_that_comes_back() {
    let (_state, sandbox) = AliExpress::start();
    let shop = shop(&sandbox);
    shop.run("auth").exits(0).says("supplier.s").says("none").says("dsf auth supplier.s");
    let mut child = shop
        .command("auth supplier.s")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut out = BufReader::new(child.stdout.take().unwrap()).lines();
    let link = out.find_map(|line| line.ok().filter(|line| line.starts_with("http"))).unwrap();
    let page = Http::new().unwrap().send(&Request::new(Method::Get, Effect::Reads, link));
    let Answer::Reply(page) = page else { panic!() };
    writeln!(child.stdin.take().unwrap(), "{}", page.header("Location").unwrap()).unwrap();
    let rest: Vec<String> = out.map(Result::unwrap).collect();
    assert!(child.wait().unwrap().success() && rest.concat().contains("ALLOWED  supplier.s  60 days left"), "{rest:?}");
    shop.run("auth").exits(0).says("allowed").says("days left, then dsf auth again");
    let told = shop.run("auth --json").exits(0).json();
    assert_eq!(told["accounts"][0]["account"], "supplier.s");
    #[cfg(unix)]
    {
        let file = std::fs::metadata(shop.path("state/tokens/supplier.s.json")).unwrap();
        assert_eq!(std::os::unix::fs::MetadataExt::mode(&file) & 0o777, 0o600);
    }
}

#[test]
fn a_code_that_is_refused_is_exit_4() {
    let (_state, sandbox) = AliExpress::start();
    let shop = shop(&sandbox);
    shop.run_with_input("auth supplier.s", b"0_510000_old\n")
        .exits(4)
        .complains("InvalidCode")
        .complains("dsf auth supplier.s");
    shop.run_with_input("auth supplier.s", b"").exits(4).complains("nothing was pasted");
    shop.run_with_input("auth supplier.s", b"http://127.0.0.1/?error=access_denied")
        .exits(4)
        .complains("access_denied");
    shop.run("auth supplier.x")
        .exits(1)
        .complains("is no account that a person must allow")
        .complains("dsf auth supplier.s");
    shop.run("auth store.us").exits(1).complains("store.us");
    shop.run("fulfill --yes").exits(0);
}

#[test]
fn what_the_config_lacks_is_named() {
    let (_state, mut sandbox) = AliExpress::start();
    sandbox.strict = false;
    let shop = shop(&sandbox);
    let config = std::fs::read_to_string(shop.path("config.toml")).unwrap();
    shop.write("config.toml", config.replace("app_key", "# app_key"));
    shop.run("auth supplier.s").exits(1).complains("supplier.s.app_key is not set");
    shop.write("config.toml", config.replace("app_secret_command", "# app_secret_command"));
    shop.run("auth supplier.s").exits(4).complains("supplier.s.app_secret is not set");
    shop.write("config.toml", config.replace("redirect_uri", "# redirect_uri"));
    shop.run("auth supplier.s").exits(1).complains("supplier.s has no redirect_uri");
}

#[test]
fn two_stores_of_aliexpress_are_two_of_its_orders_and_one_purchase_order_of_ours() {
    let (state, sandbox) = AliExpress::start();
    let shop = shop(&sandbox);
    let code = state.state().gateway.new_code();
    shop.run_with_input("auth supplier.s", code.as_bytes()).exits(0);
    import(
        &shop,
        Shopify::new().order("1001", &[("Subtotal", "30.00"), ("Total", "30.00")]).line("1001", "BAG", "1", "10.00"),
    );
    shop.run("fulfill --yes").exits(0).says("placed as 8190000000000").says(", 8190000000000");
    shop.run("show us/1001").exits(0).says("8190000000000");
    let order = &state.state().orders[0];
    assert_eq!((order.reference.as_str(), order.address["province"].as_str()), ("US-1001-1", Some("New Jersey")));
    assert_eq!(order.extend["payment"]["try_to_pay"], "false");
}

#[test]
fn what_aliexpress_changes_is_in_the_proof_and_what_breaks_a_rule_is_held() {
    let (_state, mut sandbox) = AliExpress::start();
    sandbox.strict = false;
    let shop = shop(&sandbox);
    import(&shop, Shopify::new().order("1001", &[]).order("1002", &[("Shipping Name", "Nora"), ("Id", "62019")]));
    let told = shop.run("fulfill --dry-run --json").json();
    let proof = &told["purchase_orders"][0]["proof"];
    assert_eq!((&proof["verdict"], told["purchase_orders"].as_array().unwrap().len()), (&"same".into(), 1), "{told}");
    assert_eq!(told["held"][0]["code"], "ADDRESS_PROBLEM", "{told}");
    assert!(told["held"][0]["message"].as_str().unwrap().contains("needs 2 to 32 characters on each side of a space"));
}
