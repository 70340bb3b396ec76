//! Numbers from a supplier with an API: CJ in the sandbox, by the real binary.

use crate::common::{Shop, Shopify};
use crate::sandbox::Sandbox;
use crate::sandbox::cj::{Cj, KEY};
use crate::support::{YUN, YUN_2, needs, parcels};

const CJP: &str = "CJPNX0210202151YQ";

fn shop(sandbox: &Sandbox, orders: Shopify) -> Shop {
    let shop = Shop::new(&format!(
        "[store.us]\nkind = \"shopify\"\n[supplier.cj]\nkind = \"cj\"\napi_key_file = \"key\"\nbase_url = \"{}\"\n\
         requests_per_second = 1000\nsettle_after_seconds = 0\n[guard]\nmax_price_rise_percent = 1000\n",
        sandbox.url()
    ));
    shop.write("key", KEY);
    shop.write("orders.csv", orders.csv()).modified("orders.csv", 0);
    shop.write(
        "listings.csv",
        "supplier,listing_id,title,price,currency,ships_from,method\n\
         cj,1790000000000000001,Desk lamp,10.00,USD,CN,CJPacket Ordinary\n\
         cj,AAAAAAAA-1111-4222-8333-BBBBBBBBBBBB,Bag,4.35,USD,CN,CJPacket Ordinary\n",
    );
    shop.write(
        "matches.csv",
        "sku,supplier,listing_id\nLAMP,cj,1790000000000000001\nBAG,cj,AAAAAAAA-1111-4222-8333-BBBBBBBBBBBB\n",
    );
    shop.run("listings import listings.csv").exits(0);
    shop.run("match import matches.csv").exits(0);
    shop.run("import orders.csv").exits(0);
    shop.run("fulfill --yes").exits(0);
    shop
}

fn lamp_and_bag() -> Shopify {
    Shopify::new().order("1001", &[("Subtotal", "26.00"), ("Total", "26.00")]).line("1001", "BAG", "1", "6.00")
}

#[test]
fn a_number_comes_to_its_purchase_order_and_to_the_store() {
    let (state, sandbox) = Cj::start();
    let shop = shop(&sandbox, Shopify::new().order("1001", &[]).order("1002", &[]));
    shop.run("track sync").exits(0);
    assert!(parcels(&shop, "us/1001").is_empty());
    state.state().ship("US-1001-1", CJP);
    let json = shop.run("track sync --json").exits(0).json();
    assert_eq!((&json["fetched"], &json["pushed"]), (&1.into(), &1.into()));
    let parcel = parcels(&shop, "us/1001").remove(0);
    assert_eq!(
        (&parcel["number"], &parcel["carrier"], &parcel["source"]),
        (&CJP.into(), &"cjpacket".into(), &"api".into())
    );
    assert_eq!(
        (&shop.order("us/1001")["state"], &shop.order("us/1002")["state"]),
        (&"shipped".into(), &"ordered".into())
    );
    let again = shop.run("track sync --json").exits(0).json();
    assert_eq!((&again["fetched"], &again["pushed"]), (&0.into(), &0.into()));
    shop.run("status").says("sync supplier.cj: worked");
}

#[test]
fn a_split_order_has_a_parcel_for_each_part() {
    let (state, sandbox) = Cj::start();
    let shop = shop(&sandbox, lamp_and_bag());
    state.state().split("US-1001-1");
    {
        let mut cj = state.state();
        let parts = cj.found("US-1001-1");
        for (at, number) in parts.into_iter().zip([YUN, YUN_2]) {
            cj.orders[at].status = "SHIPPED";
            cj.orders[at].track_number = Some(number.to_owned());
        }
    }
    shop.run("track sync").exits(0);
    let found = parcels(&shop, "us/1001");
    let lines: Vec<_> = found.iter().map(|p| p["lines"].as_array().unwrap().len()).collect();
    assert_eq!(lines, [1, 1], "{found:#?}");
    assert_ne!(found[0]["lines"][0]["sku"], found[1]["lines"][0]["sku"]);
    assert_eq!(shop.order("us/1001")["state"], "shipped");
}

#[test]
fn one_number_for_two_customers_holds_the_second_until_a_person_says_it_is_right() {
    let (state, sandbox) = Cj::start();
    let shop = shop(&sandbox, Shopify::new().order("1001", &[]).order("1002", &[]));
    state.state().ship("US-1001-1", CJP);
    state.state().ship("US-1002-1", CJP);
    shop.run("track sync").exits(3).says("NUMBER_TWICE").says("which is the number of us/1001/1, another customer's");
    shop.run("track sync").exits(0);
    assert!(parcels(&shop, "us/1002").is_empty());
    assert!(needs(&shop).contains(&("us/1002".into(), "NUMBER_TWICE".into())));
    shop.run("release us/1002 NUMBER_TWICE --reason \"one house, two names\"").exits(0);
    shop.run("track sync").exits(0);
    assert_eq!(parcels(&shop, "us/1002").len(), 1);
}

#[test]
fn tv25_another_number_for_the_same_pieces_is_not_taken_by_itself() {
    let (state, sandbox) = Cj::start();
    let shop = shop(&sandbox, Shopify::new().order("1001", &[]));
    state.state().ship("US-1001-1", YUN);
    shop.run("track sync").exits(0).says("UPLOAD");
    state.state().ship("US-1001-1", YUN_2);
    shop.run("track sync")
        .exits(3)
        .says("NUMBER_CHANGED")
        .says(&format!("dsf track add us/1001/1 {YUN_2} --replaces OLD"));
    shop.run("track sync").exits(0);
    shop.run(&format!("track add us/1001/1 {YUN_2} --replaces {YUN}")).exits(0);
    assert!(!needs(&shop).iter().any(|(_, code)| code == "NUMBER_CHANGED"));
    shop.run("track sync").exits(3).says(&format!("change the number at the store to {YUN_2}"));
    let found = parcels(&shop, "us/1001");
    assert_eq!((&found[0]["replaced_by"], &found[1]["pushes"][0]["code"]), (&YUN_2.into(), &"NUMBER_CHANGED".into()));
    // The old number that the supplier had before is no news.
    state.state().ship("US-1001-1", YUN);
    shop.run("track sync").exits(0);
}

#[test]
fn a_damaged_number_is_not_taken_and_a_wrong_key_is_exit_4() {
    let (state, sandbox) = Cj::start();
    let shop = shop(&sandbox, Shopify::new().order("1001", &[]));
    state.state().ship("US-1001-1", "9.4001E+21");
    shop.run("track sync").exits(3).says("DAMAGED_NUMBER");
    assert!(parcels(&shop, "us/1001").is_empty());
    shop.write("key", "CJ1@api@wrong");
    std::fs::remove_dir_all(shop.path("state/tokens")).unwrap();
    shop.run("track sync").exits(4).complains("supplier.cj").never_says("CJ1@api@wrong");
}
