//! A purchase order goes out once, whatever happens: the real binary against the sandbox, with faults and crashes at every
//! commit point. `DSF_RUNS=1000 cargo test --test exactly_once -- --nocapture` makes the full number and prints the counts.
#![allow(clippy::unwrap_used, clippy::print_stdout, clippy::panic)]

mod common;
mod sandbox;
#[path = "common/suppliers.rs"]
mod suppliers;

use std::time::Duration;

use common::Shop;
use sandbox::cj::Cj;
use sandbox::{Fault, Sandbox};
use suppliers::{ROWS, Row};

const CREATE: &str = "/shopping/order/createOrderV2";
/// Commit points, as `flow` names them; the last ends the program while its request is on the way.
const PLACES: [&str; 6] =
    ["", "intent committed", "intent in journal", "answer read", "outcome committed", "killed in flight"];
const ORDERS: usize = 2;

fn shop(sandbox: &Sandbox, orders: usize) -> Shop {
    suppliers::shop(&ROWS[0], sandbox, None, orders, &[])
}

/// What happens in one run, made from its number: every fault with every place comes up, then chance decides.
struct Fate {
    /// Index into the row's faults; past their end there is none.
    fault: usize,
    place: &'static str,
    /// The look-up of the next run breaks too.
    look_up: bool,
}

impl Fate {
    fn of(run: usize, row: &Row) -> Self {
        let faults = row.faults.len() + 1;
        // SplitMix64: the same run meets the same fate on every machine.
        let mut seed = (run as u64).wrapping_add(1).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        seed = (seed ^ (seed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        seed = (seed ^ (seed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        let chance = usize::try_from((seed ^ (seed >> 31)) % 1_000_000).unwrap();
        let every = faults * PLACES.len();
        let (fault, place) = if run < every {
            (run % faults, (run + run / faults) % PLACES.len())
        } else {
            (chance % faults, chance / 100 % PLACES.len())
        };
        Self { fault, place: PLACES[place], look_up: chance / 10_000 % 4 == 0 }
    }
}

/// One run of the program, ended where its fate says.
fn meet(fate: &Fate, row: &Row, shop: &Shop, sandbox: &Sandbox) {
    let mut first = shop.command("fulfill --yes");
    if fate.place == "killed in flight" {
        sandbox.fault(row.create, Fault::Slow(Duration::from_millis(300)));
        let mut child = first.stdout(std::process::Stdio::null()).stderr(std::process::Stdio::null()).spawn().unwrap();
        while sandbox.calls(row.create) == 0 && child.try_wait().unwrap().is_none() {
            std::thread::sleep(Duration::from_millis(2));
        }
        child.kill().unwrap();
        child.wait().unwrap();
        return;
    }
    if let Some(fault) = row.faults.get(fate.fault) {
        sandbox.fault(row.create, fault());
    }
    if !fate.place.is_empty() {
        first.env("DSF_CRASH_AT", fate.place);
    }
    first.output().unwrap();
}

/// Runs until nothing is open, as cron would; where nobody can be asked, until nothing changes.
fn until_settled(row: &Row, shop: &Shop) {
    for _ in 1..=6 {
        let ran = shop.run("fulfill --yes");
        assert!([0, 3, 20].contains(&ran.code), "{}\n{}", ran.out, ran.err);
        if ran.out.contains("nothing to send") {
            return;
        }
    }
    assert!(!row.finds, "still open after six runs: {}", shop.run("status").out);
}

/// What one supplier's runs came to.
#[derive(Default)]
struct Counts {
    faults: usize,
    ends: usize,
    once: usize,
    /// Neither there nor lost: named by `status`.
    undecided: usize,
}

fn run(row: &Row, number: usize, counts: &mut Counts) {
    let (mut sandbox, code) = (row.start)();
    // A fault that a crash came before is met by nobody.
    sandbox.strict = false;
    let shop = suppliers::shop(row, &sandbox, code.as_deref(), ORDERS, &[]);
    let fate = Fate::of(number, row);
    counts.faults += usize::from(fate.fault < row.faults.len());
    counts.ends += usize::from(!fate.place.is_empty());
    meet(&fate, row, &shop, &sandbox);
    if fate.look_up {
        sandbox.fault(row.look_up, Fault::DropBefore);
    }
    until_settled(row, &shop);
    let status = shop.run("status --json").json();
    for n in 1..=ORDERS {
        let found = sandbox.orders_of(&format!("US-100{n}-1"));
        let told = format!("{} run {number}, fault {}, ended at \"{}\": US-100{n}-1", row.kind, fate.fault, fate.place);
        let needs = status["needs_you"].as_array().unwrap();
        let named = needs.iter().any(|need| need["code"] == "OUTCOME_UNKNOWN" && need["id"] == format!("us/100{n}/1"));
        assert!(found <= 1, "{told} is there {found} times");
        if row.finds || !named {
            assert_eq!(found, 1, "{told}");
            assert_eq!(shop.order(&format!("us/100{n}"))["state"], "ordered", "{told}");
            assert!(!named, "{told}");
            counts.once += 1;
        } else {
            counts.undecided += 1;
        }
    }
    let wrong = sandbox.wrong();
    assert!(wrong.is_empty(), "{} run {number}: {wrong:#?}", row.kind);
}

#[test]
fn each_purchase_order_is_at_the_supplier_exactly_once() {
    let wanted: usize = std::env::var("DSF_RUNS").ok().and_then(|n| n.parse().ok()).unwrap_or(15);
    for row in ROWS {
        let mut counts = Counts::default();
        for number in 0..wanted {
            run(row, number, &mut counts);
        }
        println!(
            "{}: {wanted} runs of {ORDERS} purchase orders, {} with a fault, {} cut off: {} there exactly once, {} undecided and \
             named, none twice, none lost",
            row.kind, counts.faults, counts.ends, counts.once, counts.undecided
        );
    }
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
    shop.write("secret", "CJ1@api@wrong");
    shop.run("fulfill --yes").exits(4).never_says("CJ1@api@wrong");
    fs_remove(&shop, "secret");
    shop.run("fulfill --yes").exits(4).complains("supplier.them.api_key_file");
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
