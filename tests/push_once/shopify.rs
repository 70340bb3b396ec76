//! The whole way with a store that has an API: orders in, purchase orders out, a number by hand, and `dsf track sync` as cron runs it,
//! killed at every commit point and with faults on the line.

use crate::common::Shop;
use crate::sandbox::shopify::{Shopify, TOKEN, line, order};
use crate::sandbox::{Fault, Sandbox};
use crate::{NUMBERS, PLACES};

fn shop(sandbox: &Sandbox) -> Shop {
    shop_with(sandbox, &[("A=2", NUMBERS[0]), ("", NUMBERS[1])])
}

/// With these parcels: what is in them, empty for all that is left, and their numbers.
fn shop_with(sandbox: &Sandbox, parcels: &[(&str, &str)]) -> Shop {
    let shop = Shop::new(&format!(
        "[store.us]\nkind = \"shopify\"\ntoken_command = \"printf {TOKEN}\"\nbase_url = \"{}\"\n\
         [supplier.li]\nkind = \"sheet\"\nformat = \"csv\"\n[tracking]\nsettle_after_seconds = 0\n",
        sandbox.url()
    ));
    shop.write("l.csv", "supplier,listing_id,title,price,currency,ships_from,method\nli,L,Lamp,5.00,USD,CN,YunExpress\nli,B,Bag,2.00,USD,CN,YunExpress\n");
    shop.write("m.csv", "sku,supplier,listing_id\nA,li,L\nB,li,B\n");
    for words in ["listings import l.csv", "match import m.csv", "import"] {
        shop.run(words).exits(0);
    }
    shop.run("fulfill --yes").exits(0).says("HANDED OFF");
    for (lines, number) in parcels {
        let lines = if lines.is_empty() { String::new() } else { format!(" --line {lines}") };
        shop.run(&format!("track add us/1/1 {number}{lines}")).exits(0);
    }
    shop
}

fn start() -> (Shopify, Sandbox) {
    let (shopify, mut sandbox) = Shopify::start();
    sandbox.strict = false;
    shopify.state().add(order("1", vec![line("A", "Lamp", 3, "20.00"), line("B", "Bag", 1, "5.00")]));
    (shopify, sandbox)
}

#[test]
fn a_shopify_shop_hears_of_each_parcel_with_its_lines_in_silence() {
    let (shopify, sandbox) = start();
    let shop = shop(&sandbox);
    let quiet = shop.run("track sync").exits(0);
    assert_eq!((quiet.out.as_str(), quiet.err.as_str()), ("", ""));
    for number in &NUMBERS[..2] {
        assert_eq!(shopify.state().told(number), (1, 2), "{number}");
    }
    let calls = sandbox.calls("");
    assert_eq!(shop.run("track sync --json").exits(0).json()["pushed"], 0);
    assert_eq!(sandbox.calls(""), calls, "nothing is open, so nobody is asked");
    shop.run("status").exits(0).says("sync store.us: worked").says("shipped  1");
    // What the store now counts as shipped is what dsf told it, and shipped by nobody else.
    shop.run("import").exits(0);
    let line = shop.order("us/1")["lines"][0].clone();
    assert_eq!((&line["bought"], &line["shipped"], &line["orderable"]), (&3.into(), &3.into(), &0.into()));
    shop.run("verify us/1").exits(0);
}

#[cfg(unix)]
#[test]
fn killed_anywhere_and_run_again_it_is_told_once() {
    let wanted: usize = std::env::var("DSF_RUNS").ok().and_then(|n| n.parse().ok()).unwrap_or(6);
    for round in 0..wanted {
        let (shopify, sandbox) = start();
        let shop = shop(&sandbox);
        let place = PLACES[round % PLACES.len()];
        // The look, then the mutation.
        let name = ["", "drop-after", "drop-before", "500-after", "half-body"][(round / 2) % 5];
        if let Some(fault) = Fault::named(name) {
            sandbox.fault("/graphql.json", fault);
        }
        let mut first = shop.command("track sync");
        if !place.is_empty() {
            first.env("DSF_CRASH_AT", place);
        }
        first.output().unwrap();
        let settled = (1..=6).any(|_| {
            let ran = shop.run("track sync");
            assert!([0, 1, 3, 20].contains(&ran.code), "{}\n{}", ran.out, ran.err);
            let pushes = shop.run("show us/1 --json").json()["parcels"].to_string();
            pushes.matches("\"state\":\"done\"").count() == 2
        });
        assert!(settled, "round {round}: {}", shop.run("status").out);
        for number in &NUMBERS[..2] {
            assert_eq!(shopify.state().told(number), (1, 2), "round {round}, {name}, crash at \"{place}\": {number}");
        }
        assert_eq!(shopify.state().mails.len(), 2);
    }
}

/// The engine took the number at the store for the whole parcel, though a location had not been told.
#[test]
fn a_parcel_of_two_locations_whose_second_call_is_lost_is_completed_by_the_next_run() {
    for name in ["drop-before", "500-before", "drop-after"] {
        let (shopify, sandbox) = start();
        shopify.state().split_locations("1");
        let shop = shop_with(&sandbox, &[("", NUMBERS[0])]);
        sandbox.fault("DsfFulfill", Fault::altered(|_| ()));
        sandbox.fault("DsfFulfill", Fault::named(name).unwrap());
        shop.run("track sync");
        shop.run("track sync").exits(0);
        let (fulfilments, pieces) = shopify.state().told(NUMBERS[0]);
        let whole: u64 = 4;
        assert_eq!(pieces, whole, "{name}: {fulfilments}\n{}", shop.run("status").out);
        assert_eq!(shop.run("track sync --json").exits(0).json()["pushed"], 0);
        assert_eq!(shopify.state().told(NUMBERS[0]), (fulfilments, whole));
    }
}

/// What a later sheet says is in the parcel too is told beside what the store has under its number.
#[test]
fn what_is_added_to_a_parcel_that_was_told_is_told_once() {
    let (shopify, sandbox) = start();
    let shop = shop_with(&sandbox, &[("A=2", NUMBERS[0])]);
    shop.run("track sync").exits(0);
    shop.write("more.csv", format!("reference,sku,quantity,tracking_number\nUS-1-1,B,1,{}\n", NUMBERS[0]));
    shop.run("track import more.csv --supplier li --yes").exits(0);
    shop.run("track sync").exits(0);
    assert_eq!(shopify.state().told(NUMBERS[0]), (2, 3));
    assert_eq!(shop.run("track sync --json").exits(0).json()["pushed"], 0);
}
