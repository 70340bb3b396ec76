//! Each parcel is told to its store exactly once, or looked up first, whatever happens: a store that protects against nothing, over
//! loopback HTTP, with faults and a crash at every commit point. `DSF_RUNS=1000 cargo test --test push_once -- --nocapture` makes
//! the full number and prints the counts.
#![allow(clippy::unwrap_used, clippy::print_stdout, clippy::panic)]

#[path = "../common/mod.rs"]
mod common;
#[path = "../sandbox/mod.rs"]
mod sandbox;

mod shopify;
mod store;

use std::collections::BTreeMap;
use std::process::Command;

use common::{NOW, Shop, Shopify};
use dsf::config::Config;
use dsf::core::push_state::PushState;
use dsf::db::Db;
use dsf::flow::push::{Run, Teller, Told};
use dsf::store::api::StoreApi;
use sandbox::Fault;
use store::{Client, Records};

const CONFIG: &str = "[store.us]\nkind = \"shopify\"\n[supplier.li]\nkind = \"sheet\"\nformat = \"csv\"\n[tracking]\nsettle_after_seconds = 0\n";
const PLACES: [&str; 4] = ["", "push committed", "push answered", "push outcome committed"];
const NUMBERS: [&str; 3] = ["YT2203621272033099", "YT2203621272033100", "YT2203621272033111"];

/// Two orders: the first in two parcels, the second in one.
fn shop() -> Shop {
    let shop = Shop::new(CONFIG);
    let orders = Shopify::new()
        .order("1001", &[("Lineitem quantity", "2"), ("Subtotal", "40.00"), ("Total", "40.00")])
        .order("1002", &[]);
    shop.write("orders.csv", orders.csv()).modified("orders.csv", 0);
    shop.write(
        "l.csv",
        "supplier,listing_id,title,price,currency,ships_from,method\nli,L,Lamp,5.00,USD,CN,YunExpress\n",
    );
    shop.write("m.csv", "sku,supplier,listing_id\nLAMP,li,L\n");
    for words in ["listings import l.csv", "match import m.csv", "import orders.csv", "fulfill --yes"] {
        shop.run(words).exits(0);
    }
    shop.run(&format!("track add us/1001/1 {} --line LAMP=1", NUMBERS[0])).exits(0);
    shop.run(&format!("track add us/1001/1 {}", NUMBERS[1])).exits(0);
    shop.run(&format!("track add us/1002/1 {}", NUMBERS[2])).exits(0);
    shop
}

/// One run of telling, in this process.
fn tell(db: &std::path::Path, url: &str, again: &[String]) -> Vec<Told> {
    let config = Config::parse(CONFIG, "config.toml").unwrap();
    let mut db = Db::open(db).unwrap();
    let run = Run { config: &config, actor: "tester", now: NOW.parse().unwrap(), stop: &|| false, again };
    let api: Box<dyn StoreApi> = Box::new(Client::new(url));
    Teller::new(&mut db, run, BTreeMap::from([("us".parse().unwrap(), api)])).tell().unwrap()
}

/// Not a test by itself: the process that `a_run_that_dies` starts and that may end in the middle.
#[test]
fn child() {
    if let (Ok(db), Ok(url)) = (std::env::var("DSF_CHILD_DB"), std::env::var("DSF_CHILD_URL")) {
        tell(std::path::Path::new(&db), &url, &[]);
    }
}

fn a_run_that_dies(shop: &Shop, url: &str, place: &str) {
    let mut child = Command::new(std::env::current_exe().unwrap());
    child.args(["child", "--exact", "--nocapture"]).env("DSF_CHILD_DB", shop.path("dsf.db")).env("DSF_CHILD_URL", url);
    child.env("DSF_CRASH_AT", place).output().unwrap();
}

fn fault(kind: usize) -> Option<(&'static str, Fault)> {
    Some(match kind {
        0 => return None,
        1 => ("/tell", Fault::DropBefore),
        2 => ("/tell", Fault::DropAfter),
        3 => ("/tell", Fault::HalfBody),
        4 => ("/tell", Fault::named("500-after").unwrap()),
        5 => ("/tell", Fault::named("500-before").unwrap()),
        6 => ("/tell", Fault::named("not-json").unwrap()),
        7 => ("/tell", Fault::TooMany { retry_after: None }),
        8 => ("/parcels", Fault::DropBefore),
        _ => ("/parcels", Fault::HalfBody),
    })
}

fn open(shop: &Shop) -> usize {
    Db::open_to_read(&shop.path("dsf.db")).unwrap().open_pushes().unwrap().len()
}

#[test]
fn each_parcel_is_told_exactly_once() {
    let wanted: usize = std::env::var("DSF_RUNS").ok().and_then(|n| n.parse().ok()).unwrap_or(12);
    let (mut crashes, mut faults) = (0, 0);
    for round in 0..wanted {
        let (records, mut sandbox) = Records::start();
        sandbox.strict = false;
        let shop = shop();
        let (kind, place) = (round % 10, PLACES[(round / 2) % PLACES.len()]);
        if let Some((path, fault)) = fault(kind) {
            sandbox.fault(path, fault);
            faults += 1;
        }
        if place.is_empty() {
            tell(&shop.path("dsf.db"), &sandbox.url(), &[]);
        } else {
            a_run_that_dies(&shop, &sandbox.url(), place);
            crashes += 1;
        }
        let runs = (1..=8).find(|_| {
            tell(&shop.path("dsf.db"), &sandbox.url(), &[]);
            open(&shop) == 0
        });
        assert!(runs.is_some(), "round {round}: still open");
        for number in NUMBERS {
            assert_eq!(records.told(number), 1, "round {round}, fault {kind}, crash at \"{place}\": {number}");
        }
        assert_eq!(records.mails(), 3, "round {round}: the customer hears of each parcel once");
        assert_eq!(records.units("620100001001"), 2);
    }
    println!("{wanted} runs, {faults} with a fault, {crashes} with a crash: each parcel told exactly once, none lost");
}

fn states(told: &[Told]) -> Vec<(&str, PushState, &str)> {
    told.iter().map(|t| (t.number.as_str(), t.state, t.code.as_str())).collect()
}

#[test]
fn what_the_store_has_already_is_not_told_again() {
    let (records, sandbox) = Records::start();
    let shop = shop();
    records.put("620100001002", "yt 2203-6212-7203-3111", &[]);
    let told = tell(&shop.path("dsf.db"), &sandbox.url(), &[]);
    assert_eq!(told.iter().filter(|t| t.pushed).count(), 2);
    assert_eq!((records.told(NUMBERS[2]), records.mails()), (1, 2));
    assert_eq!(tell(&shop.path("dsf.db"), &sandbox.url(), &[]), []);
    shop.run("show us/1002").exits(0).says("store us: done  the store has it already");
}

#[test]
fn never_above_what_the_store_waits_for_and_never_to_a_closed_order() {
    let (records, sandbox) = Records::start();
    let shop = shop();
    records.remaining("620100001001", 1);
    records.close("620100001002", "cancelled");
    let told = tell(&shop.path("dsf.db"), &sandbox.url(), &[]);
    assert_eq!(
        states(&told),
        [
            (NUMBERS[0], PushState::Done, ""),
            (NUMBERS[1], PushState::Refused, "ABOVE_REMAINING"),
            (NUMBERS[2], PushState::Planned, "CLOSED_AT_STORE"),
        ]
    );
    shop.run("status")
        .says("NOT_TOLD")
        .says("1 of \"LAMP\" are in the parcel, the store waits for 0")
        .says("the order is cancelled");
    shop.run("show us/1001").says(&format!("dsf track sync --again {}", NUMBERS[1]));
    // A refusal stands until a person asks again.
    records.remaining("620100001001", 1);
    assert!(tell(&shop.path("dsf.db"), &sandbox.url(), &[]).iter().all(|t| !t.pushed));
    let told = tell(&shop.path("dsf.db"), &sandbox.url(), &[NUMBERS[1].to_owned()]);
    assert_eq!(told.iter().filter(|t| t.pushed).count(), 1);
    assert_eq!(records.told(NUMBERS[1]), 1);
}

#[test]
fn a_refusal_an_unknown_answer_and_a_dead_key_are_told_apart() {
    let (records, mut sandbox) = Records::start();
    sandbox.strict = false;
    let shop = shop();
    sandbox.fault(
        "/tell",
        Fault::Instead(422, r#"{"code":"32300","message":"invalid tracking number or carrier"}"#.into()),
    );
    sandbox.fault("/tell", Fault::DropAfter);
    let told = tell(&shop.path("dsf.db"), &sandbox.url(), &[]);
    // Orders are told side by side: which of them meets a fault is chance.
    let number = |state: PushState, code: &str| {
        let of: Vec<&str> =
            told.iter().filter(|t| t.state == state && t.code == code).map(|t| t.number.as_str()).collect();
        assert_eq!(of.len(), 1, "{code}: {told:?}");
        of[0].to_owned()
    };
    let refused = number(PushState::Refused, "32300");
    let unknown = number(PushState::Unknown, "UNKNOWN");
    number(PushState::Done, "");
    shop.run("status").says("may have been told").says("32300 invalid tracking number");
    let told = tell(&shop.path("dsf.db"), &sandbox.url(), &[]);
    assert_eq!(states(&told), [(unknown.as_str(), PushState::Done, "")], "looked up, not told again");
    assert_eq!(records.told(&unknown), 1);
    records.refuse_keys();
    let told = tell(&shop.path("dsf.db"), &sandbox.url(), std::slice::from_ref(&refused));
    assert_eq!(states(&told), [(refused.as_str(), PushState::Planned, "KEY_REFUSED")]);
}

#[test]
fn a_second_sync_at_once_is_exit_11_or_waits() {
    let shop = shop();
    let lock =
        dsf::lock::Lock::take(&shop.path("dsf.db"), "track sync", NOW.parse().unwrap(), std::time::Duration::ZERO)
            .unwrap();
    shop.run("track sync").exits(11).complains("another dsf is running");
    let waiting = std::thread::spawn(move || {
        std::thread::sleep(std::time::Duration::from_millis(300));
        drop(lock);
    });
    shop.run("track sync --wait 30").exits(0).says("UPLOAD");
    waiting.join().unwrap();
}
