//! The whole program: the recorded proof, and money only after it.

use serde_json::{Value, json};

use crate::common::{Shop, Shopify};
use crate::iop::table;
use crate::sandbox::alibaba::{Alibaba, KEY, LAMP, METHOD};
use crate::sandbox::{Fault, Sandbox};

const PAY: &str = "/alibaba/dropshipping/order/pay";

/// One order for one lamp: 12.50 and 18.40 for the freight, which the listing does not know.
fn shop(state: &Alibaba, sandbox: &Sandbox, more: &str) -> Shop {
    let table = table("alibaba", KEY, &sandbox.url());
    let shop = Shop::new(&format!(
        "[store.us]\nkind = \"shopify\"\n[supplier.s]\n{table}{more}\n[guard]\nmax_price_rise_percent = 1000\n"
    ));
    let listings = "supplier,listing_id,title,price,currency,ships_from,method\n";
    shop.write("listings.csv", format!("{listings}s,{LAMP},Lamp,12.50,USD,CN,{METHOD}\n"));
    shop.write("matches.csv", format!("sku,supplier,listing_id\nLAMP,s,{LAMP}\n"));
    shop.write("orders.csv", Shopify::new().order("1001", &[("Shipping Address2", "Apt 4")]).csv());
    shop.modified("orders.csv", 0);
    shop.run("listings import listings.csv").exits(0);
    shop.run("match import matches.csv").exits(0);
    shop.run("import orders.csv").exits(0);
    let code = state.state().gateway.new_code();
    shop.run_with_input("auth supplier.s", code.as_bytes()).exits(0).says("60 days left");
    shop
}

#[test]
fn what_was_recorded_is_proved_and_nothing_is_paid_unless_the_config_says_so() {
    let (state, sandbox) = Alibaba::start();
    let shop = shop(&state, &sandbox, "");
    shop.run("fulfill --yes").exits(0).says("placed as 2341934100").says("recorded address: same");
    assert_eq!((sandbox.calls(PAY), state.state().paid), (0, 0));
    shop.run("show us/1001").exits(0).says("recorded address: same");
    assert_eq!(state.state().trades[0].logistics["shipment_address"]["province"], "New Jersey");
}

#[test]
fn it_is_paid_after_the_proof_and_only_then() {
    let (state, sandbox) = Alibaba::start();
    let paying = shop(&state, &sandbox, "pay = \"after_proof\"");
    paying.run("fulfill --yes").exits(0).says("recorded address: same").says("; paid");
    assert_eq!((sandbox.calls(PAY), state.state().paid), (1, 1));
    paying.run("fulfill --yes").exits(0).says("nothing to send");
    assert_eq!(state.state().paid, 1);
}

#[test]
fn another_recorded_address_is_exit_3_a_hold_and_no_payment() {
    let cases: [(&'static str, Option<Value>); 4] = [
        ("address", Some(json!("99 Other St"))),
        ("alternate_address", Some(json!("null"))),
        ("contact_person", Some(json!("Bob Other"))),
        ("zip", Some(json!("99999"))),
    ];
    for (field, value) in cases {
        let (state, sandbox) = Alibaba::start();
        let shop = shop(&state, &sandbox, "pay = \"after_proof\"");
        state.state().echo.push((field, value));
        let ran = shop.run("fulfill --yes");
        assert_eq!(ran.code, 3, "{field}: {} {}", ran.out, ran.err);
        shop.run("status").exits(0).says("RECORDED_MISMATCH");
        assert_eq!((sandbox.calls(PAY), state.state().paid), (0, 0), "{field}");
    }
}

#[test]
fn an_address_that_is_not_told_is_never_a_match() {
    let (state, sandbox) = Alibaba::start();
    let shop = shop(&state, &sandbox, "pay = \"after_proof\"");
    state.state().echo = vec![("city", None)];
    shop.run("fulfill --yes").exits(0).says("recorded address: unavailable");
    assert_eq!(sandbox.calls(PAY), 0);
}

#[test]
fn the_first_payment_is_made_by_hand() {
    let (state, sandbox) = Alibaba::start();
    let shop = shop(&state, &sandbox, "pay = \"after_proof\"");
    state.state().never_paid = true;
    shop.run("fulfill --yes").says("the first payment of an account is made by hand");
    assert_eq!((sandbox.calls(PAY), state.state().paid), (1, 0));
}

#[test]
fn a_payment_that_nobody_confirms_is_told_and_not_made_again() {
    let (state, sandbox) = Alibaba::start();
    let shop = shop(&state, &sandbox, "pay = \"after_proof\"");
    sandbox.fault(PAY, Fault::DropAfter);
    shop.run("fulfill --yes").says("look before paying by hand");
    shop.run("fulfill --yes");
    assert_eq!((sandbox.calls(PAY), state.state().paid), (1, 1));
}
