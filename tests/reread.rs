//! A store with an API is asked about an order right before something of it leaves: a store of this test answers, the supplier
//! is the sandbox.
#![allow(clippy::unwrap_used, clippy::panic)]

mod common;
mod sandbox;

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use common::{NOW, Shop, Shopify};
use dsf::config::Config;
use dsf::core::ids::Slug;
use dsf::core::incoming::Payment;
use dsf::core::plan::Choice;
use dsf::core::push::{Push, Pushed, StoreAbilities, StoreParcels};
use dsf::core::sending::AskError;
use dsf::db::Db;
use dsf::flow::journal::Journal;
use dsf::flow::open_orders::Desk;
use dsf::flow::planning::prove;
use dsf::flow::send::{Event, Partners, Round, Sender};
use dsf::net::Net;
use dsf::store::api::{Page, PullError, Pulled, StoreApi};
use sandbox::cj::{Cj, KEY};
use sandbox::{Fault, Sandbox};

const LISTINGS: &str = "supplier,listing_id,title,price,shipping,currency,ships_from,method\n\
    cj,1790000000000000001,Desk lamp,10.00,7.81,USD,CN,CJPacket Ordinary\n\
    dd,1790000000000000001,Desk lamp,10.00,7.81,USD,CN,CJPacket Ordinary\n";
const CREATE: &str = "/shopping/order/createOrderV2";

type Told = Box<dyn FnMut(usize) -> Result<Option<Pulled>, PullError> + Send>;

/// Answers the n-th question as the test says.
struct Store {
    told: Mutex<(usize, Told)>,
    asked: Arc<Mutex<Vec<String>>>,
}

impl StoreApi for Store {
    fn abilities(&self) -> StoreAbilities {
        StoreAbilities::default()
    }
    fn ready(&self) -> Result<(), AskError> {
        Ok(())
    }
    fn orders(&self, _: Option<jiff::Timestamp>, _: Option<&str>) -> Result<Page, PullError> {
        Ok(Page::default())
    }
    fn order(&self, external_id: &str) -> Result<Option<Pulled>, PullError> {
        self.asked.lock().unwrap().push(external_id.to_owned());
        let mut told = self.told.lock().unwrap();
        told.0 += 1;
        let n = told.0;
        (told.1)(n)
    }
    fn parcels(&self, _: &str) -> Result<StoreParcels, AskError> {
        Ok(StoreParcels::default())
    }
    fn push(&self, _: &Push, _: &StoreParcels) -> Pushed {
        panic!("nothing is pushed here")
    }
}

fn shop(sandbox: &Sandbox, orders: &Shopify) -> Shop {
    let supplier = |name: &str| {
        format!(
            "[supplier.{name}]\nkind = \"cj\"\napi_key_command = \"printf {KEY}\"\nbase_url = \"{}\"\nrequests_per_second = 1000\n",
            sandbox.url()
        )
    };
    let shop = Shop::new(&format!(
        "[store.us]\nkind = \"shopify\"\n{}{}[supplier.li]\nkind = \"sheet\"\n",
        supplier("cj"),
        supplier("dd")
    ));
    shop.write("listings.csv", LISTINGS.to_owned() + "li,BAG-1,Bag,6.00,,USD,,\n").write("orders.csv", orders.csv());
    shop.modified("orders.csv", 0);
    shop.write(
        "matches.csv",
        "sku,supplier,listing_id\nLAMP,cj,1790000000000000001\nLAMP2,dd,1790000000000000001\nBAG,li,BAG-1\n",
    );
    shop.run("listings import listings.csv").exits(0);
    shop.run("match import matches.csv").exits(0);
    shop.run("import orders.csv").exits(0);
    shop
}

fn one() -> Shopify {
    Shopify::new().order("1001", &[("Lineitem price", "40.00")])
}

/// The order as the database has it, as a store would tell it now.
fn as_known(shop: &Shop, id: &str) -> Pulled {
    let db = Db::open_to_read(&shop.path("dsf.db")).unwrap();
    let (store, key) = id.split_once('/').unwrap();
    let id = dsf::core::ids::OrderId::new(store.parse().unwrap(), key, 1);
    let order = db.order(&id).unwrap().unwrap().order;
    let lines = order.lines.iter().map(|l| l.said.clone()).collect();
    let (number, external_id) = (order.number.clone(), order.external_id.clone());
    let said = dsf::core::incoming::Incoming { number, external_id, head: order.head, lines, row: 0, rows: 1 };
    Pulled { said, changed_at: "2026-11-24T08:59:00Z".parse().unwrap() }
}

struct Sent {
    events: Vec<Event>,
    asked: Vec<String>,
}

fn send(shop: &Shop, told: impl FnMut(usize) -> Result<Option<Pulled>, PullError> + Send + 'static) -> Sent {
    let config = Config::load(&shop.path("config.toml")).unwrap();
    let state = shop.path("state");
    let net = Net::new(&state, None).unwrap();
    let mut db = Db::open(&shop.path("dsf.db")).unwrap();
    let (choice, now) = (Choice::default(), NOW.parse().unwrap());
    let mut desk = Desk::read(&db, &config, &[]).unwrap();
    let proved = prove(&desk, &config, &shop.path(""), &Net::offline(&state), &choice, now).unwrap();
    let (word, references) = db.references().unwrap();
    let journal = Journal::of(&state, &word);
    journal.check(&references).unwrap();
    let suppliers = ["cj", "dd"].map(str::to_owned).into_iter().collect();
    let mut partners = Partners::build(&config, &net, &suppliers, &Default::default()).unwrap();
    let asked = Arc::default();
    let store = Store { told: Mutex::new((0, Box::new(told))), asked: Arc::clone(&asked) };
    let stores: BTreeMap<Slug, Box<dyn StoreApi>> =
        [("us".parse().unwrap(), Box::new(store) as Box<dyn StoreApi>)].into();
    partners.stores = stores;
    let round = Round { journal: &journal, config: &config, choice: &choice, actor: "tester", now, stop: &|| false };
    let mut sender = Sender::new(&mut db, &mut desk, round, partners);
    let mut events = sender.settle_open().unwrap();
    events.extend(sender.look_ahead(&proved.plan.purchase_orders).unwrap());
    let held: Vec<_> = events.iter().map(|e| e.id.order.clone()).collect();
    let by_api = proved.plan.purchase_orders.iter().filter(|po| po.supplier != "li" && !held.contains(&po.id.order));
    let by_api: Vec<_> = by_api.cloned().collect();
    events.extend(sender.send(&by_api, &proved.plan.id).unwrap());
    drop(sender);
    let asked = asked.lock().unwrap().clone();
    Sent { events, asked }
}

#[test]
fn an_order_that_is_the_same_goes_out() {
    let (_state, sandbox) = Cj::start();
    let shop = shop(&sandbox, &one());
    let known = as_known(&shop, "us/1001");
    let before = shop.contents();
    let sent = send(&shop, move |_| Ok(Some(known.clone())));
    assert_eq!(sent.events[0].state.as_str(), "placed", "{:?}", sent.events);
    assert_eq!(sent.asked, ["620100001001"]);
    let history = |text: &str| text.lines().filter(|l| l.starts_with("history")).count();
    assert_eq!(history(&shop.contents()), history(&before));
}

#[test]
fn what_changed_in_the_store_is_taken_in_and_nothing_is_sent() {
    type Change = fn(&mut Pulled);
    let changes: [(Change, &str, &str); 5] = [
        (|p| p.said.head.as_mut().unwrap().cancelled = Some(true), "cancelled in the store", "cancelled"),
        (|p| p.said.head.as_mut().unwrap().payment = Some(Payment::Refunded), "refunded", "nothing_to_order"),
        (|p| p.said.lines[0].removed = Some(1), "everything was removed or refunded", "nothing_to_order"),
        (
            |p| p.said.head.as_mut().unwrap().ship_to.as_mut().unwrap().line2 = "Apt 12".into(),
            "changed since the plan: the ship-to is another one now",
            "ready",
        ),
        (|p| p.said.lines[0].quantity = 2, "LINES_DISAGREE", "ready"),
    ];
    for (change, why, state) in changes {
        let (_cj, mut sandbox) = Cj::start();
        sandbox.strict = false;
        let shop = shop(&sandbox, &one());
        let mut told = as_known(&shop, "us/1001");
        change(&mut told);
        let sent = send(&shop, move |_| Ok(Some(told.clone())));
        assert_eq!(sandbox.calls(CREATE), 0, "{why}");
        assert!(sent.events[0].why.contains(why), "{why}: {:?}", sent.events);
        assert_eq!(shop.order("us/1001")["state"], state, "{why}");
        assert!(shop.run("show us/1001 --json").json()["history"].as_array().is_some_and(|h| !h.is_empty()), "{why}");
    }
}

#[test]
fn a_store_that_does_not_answer_or_answers_of_another_order_sells_nothing() {
    type Told = fn() -> Result<Option<Pulled>, PullError>;
    let told: [(Told, &str, bool); 4] = [
        (|| Err(AskError::Unreachable("no connection".into()).into()), "cannot be asked whether", false),
        (|| Err(AskError::KeyRefused("401".into()).into()), "the key or token was refused", true),
        (|| Ok(None), "does not know this order any more", false),
        (
            || {
                let withheld = |what: &str| what.to_owned();
                Err(PullError::Withheld {
                    order: "1001".into(),
                    what: withheld("the address"),
                    permission: withheld("read"),
                })
            },
            "the store withholds the address",
            false,
        ),
    ];
    for (told, why, key) in told {
        let (_cj, mut sandbox) = Cj::start();
        sandbox.strict = false;
        let shop = shop(&sandbox, &one());
        let sent = send(&shop, move |_| told());
        assert!(sent.events[0].why.contains(why), "{why}: {:?}", sent.events);
        assert_eq!((sandbox.calls(CREATE), sent.events[0].key_refused), (0, key), "{why}");
    }
    let (_cj, mut sandbox) = Cj::start();
    sandbox.strict = false;
    let shop = shop(&sandbox, &one());
    let mut other = as_known(&shop, "us/1001");
    other.said.external_id = Some("1".into());
    let sent = send(&shop, move |_| Ok(Some(other.clone())));
    assert!(sent.events[0].why.contains("answered with another order"), "{:?}", sent.events);
    let shop = self::shop(&sandbox, &Shopify::new().order("1001", &[("Id", "")]));
    let sent = send(&shop, |_| panic!("without an id nothing can be asked"));
    assert!(sent.events[0].why.contains("dsf import --store us"), "{:?}", sent.events);
    assert_eq!(sandbox.calls(CREATE), 0);
}

#[test]
fn the_second_purchase_order_of_an_order_is_asked_about_again() {
    let orders = || {
        Shopify::new()
            .order("1001", &[("Lineitem price", "40.00"), ("Subtotal", "80.00")])
            .line("1001", "LAMP2", "1", "40.00")
    };
    let (_cj, sandbox) = Cj::start();
    let shop = shop(&sandbox, &orders());
    let known = as_known(&shop, "us/1001");
    let sent = send(&shop, move |n| {
        let mut told = known.clone();
        told.said.head.as_mut().unwrap().cancelled = Some(n > 1);
        Ok(Some(told))
    });
    let states: Vec<_> = sent.events.iter().map(|e| e.state.as_str()).collect();
    assert_eq!((states, sandbox.calls(CREATE)), (vec!["placed", "draft"], 1), "{:?}", sent.events);
    // The first is out: a person must know. The second is dropped by the next run.
    shop.run("status").says("us/1001  CHANGED_AFTER_PO").says("cancelled in the store, and us/1001/1 is out");
    shop.run("fulfill --yes").says("US-1001-2").says("dropped before it was sent");
    assert_eq!(sandbox.calls(CREATE), 1);
}

#[test]
fn an_order_of_a_sheet_and_an_api_is_looked_at_before_either_leaves() {
    let orders = Shopify::new()
        .order("1001", &[("Lineitem price", "40.00"), ("Subtotal", "60.00")])
        .line("1001", "BAG", "1", "20.00");
    let (_cj, sandbox) = Cj::start();
    let shop = shop(&sandbox, &orders);
    sandbox.fault("/variant/queryByVid", Fault::error("1602000", "Variant not found", false));
    shop.run("fulfill --yes").exits(3).says("LISTING_CHANGED").never_says("HANDED OFF");
    assert!(!shop.path("outbox").exists());
    shop.run("listings refresh").exits(0);
    shop.run("fulfill --yes").exits(0).says("HANDED OFF").says("PLACED  US-1001-1");
}

/// A kit whose parts come from a sheet and an API: a crash anywhere leaves both parts bought, once each.
#[test]
fn a_crash_between_sheet_and_api_loses_no_part_of_a_kit() {
    for place in
        ["sheet written", "sheet committed", "sheet in journal", "sheet named", "answer read", "outcome committed"]
    {
        let (_cj, sandbox) = Cj::start();
        let shop =
            shop(&sandbox, &Shopify::new().order("1001", &[("Lineitem sku", "KIT"), ("Lineitem price", "60.00")]));
        shop.write("kit.csv", "sku,supplier,listing_id,part\nKIT,cj,1790000000000000001,1\nKIT,li,BAG-1,2\n");
        shop.run("match import kit.csv").exits(0);
        shop.command("fulfill --yes").env("DSF_CRASH_AT", place).output().unwrap();
        for _ in 0..3 {
            shop.run("fulfill --yes");
        }
        assert_eq!(sandbox.orders_of("US-1001-1"), 1, "{place}");
        let bought = shop.run("show us/1001 --json").json()["purchase_orders"].clone();
        let states: Vec<_> = bought.as_array().unwrap().iter().map(|p| p["state"].as_str().unwrap()).collect();
        assert!(states == ["placed", "handed_off"] || states == ["handed_off", "placed"], "{place}: {states:?}");
        let sheets = std::fs::read_dir(shop.path("outbox/li")).unwrap();
        let named = sheets.filter(|f| f.as_ref().unwrap().path().extension().is_some_and(|e| e == "xlsx")).count();
        assert_eq!(named, 1, "{place}");
    }
}
