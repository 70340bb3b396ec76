//! `dsf demo --api` against the sandbox: the loop with a lost answer, and what it says where no sandbox is.
#![allow(clippy::unwrap_used)]

mod common;
mod sandbox;

use common::Shop;
use sandbox::Sandbox;
use sandbox::cj::Cj;

#[test]
fn the_demo_loses_an_answer_and_buys_once() {
    let (state, mut sandbox) = Cj::start();
    sandbox.strict = false;
    let shop = Shop::new("");
    for _ in 0..2 {
        let ran = shop.run(&format!("demo --api {}", sandbox.url())).exits(0);
        ran.says("$ dsf listings refresh")
            .says("by CJPacket Ordinary, 7-12 days, freight 7.81 USD")
            .says("UNKNOWN  US-")
            .says("OUTCOME_UNKNOWN")
            .says("; no new order; recorded address: same; paid")
            .says("recorded  same")
            .says("With your own key");
        state.state().orders.clear();
        state.state().balance_cents = 8732;
    }
    assert_eq!(sandbox.calls("/createOrderV2"), 4);
}

#[test]
fn without_a_sandbox_it_says_how_to_start_one_and_it_goes_nowhere_else() {
    let shop = Shop::new("");
    let closed = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let ran =
        shop.run(&format!("demo --api http://{closed}")).exits(1).complains("no sandbox answers at http://127.0.0.1");
    ran.complains("cargo run --example sandbox");
    for url in ["https://developers.cjdropshipping.com", "http://example.com", "nonsense"] {
        shop.run(&format!("demo --api {url}")).exits(2).complains("the demo speaks to this computer alone");
    }
    let _: fn() -> (Cj, Sandbox) = Cj::start;
}
