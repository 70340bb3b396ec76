//! Killed in the middle, and two at once: the database is as it was, or as it should be, and never between.
#![cfg(unix)]
#![allow(clippy::unwrap_used)]

mod common;

use std::process::{Child, Command, Stdio};
use std::sync::LazyLock;
use std::time::{Duration, Instant};

use common::{Shop, Shopify};

const ORDERS: usize = 30_000;

/// Two rows an order, sixty thousand in all.
static LARGE: LazyLock<String> = LazyLock::new(|| {
    let pattern = Shopify::new()
        .order(
            "NUMBER",
            &[("Id", "62NUMBER"), ("Subtotal", "26.00"), ("Total", "26.00"), ("Shipping Name", "Nora NUMBER")],
        )
        .line("NUMBER", "BAG", "1", "6.00")
        .csv();
    let (header, rows) = pattern.split_once('\n').unwrap();
    let mut text = format!("{header}\n");
    (0..ORDERS).for_each(|n| text += &rows.replace("NUMBER", &(100_000 + n).to_string()));
    text
});

/// A shop that knows one order, with the large file beside it.
fn shop() -> Shop {
    let shop = Shop::usual();
    shop.write("first.csv", Shopify::new().order("1", &[]).csv()).modified("first.csv", 0);
    shop.run("import first.csv").exits(0);
    shop.write("large.csv", LARGE.as_bytes()).modified("large.csv", 60);
    shop
}

fn start(shop: &Shop, words: &str) -> Child {
    shop.command(words).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap()
}

/// Waits until it is so; a child that ends before is a test that tests nothing.
#[track_caller]
fn until(child: &mut Child, so: impl Fn() -> bool) {
    let give_up = Instant::now() + Duration::from_secs(120);
    while !so() {
        assert!(child.try_wait().unwrap().is_none(), "it ended before it could be disturbed");
        assert!(Instant::now() < give_up, "it never came to that point");
        std::thread::sleep(Duration::from_millis(1));
    }
}

#[track_caller]
fn until_locked(shop: &Shop, child: &mut Child) {
    let (path, word) = (shop.path("dsf.db.lock"), format!("pid {},", child.id()));
    until(child, || std::fs::read_to_string(&path).is_ok_and(|text| text.contains(&word)));
}

fn signal(child: &Child, name: &str) {
    assert!(Command::new("kill").args([name, &child.id().to_string()]).status().unwrap().success());
}

#[test]
fn a_kill_at_any_moment_leaves_the_old_state_and_the_next_import_ends_as_if_nothing_had_been() {
    let undisturbed = shop();
    undisturbed.run("import large.csv").exits(0).says("60000 rows -> 30000 orders, 60000 lines");
    let shop = shop();
    let before = shop.contents();
    let wal = shop.path("dsf.db-wal");
    let log_is = |bytes: u64| {
        let wal = wal.clone();
        move || std::fs::metadata(&wal).is_ok_and(|about| about.len() >= bytes)
    };
    let mut child = start(&shop, "import large.csv");
    until_locked(&shop, &mut child);
    kill(child);
    assert_eq!(shop.contents(), before, "killed as soon as it had the lock");
    for bytes in [1, 1 << 20, 8 << 20] {
        let mut child = start(&shop, "import large.csv");
        until(&mut child, log_is(bytes));
        kill(child);
        assert_eq!(shop.contents(), before, "killed with {bytes} bytes in the log");
        assert_eq!(shop.run("orders --json").exits(0).json()["orders"].as_array().unwrap().len(), 1);
    }
    shop.run("import large.csv").exits(0).says("new 30000   changed 0   unchanged 0");
    assert!(shop.contents() == undisturbed.contents(), "another state than that of an undisturbed import");
    // A fresher export with no news has nothing to tell, however long it is.
    shop.modified("large.csv", 120);
    let report = shop.run("import large.csv --json").exits(0).json();
    assert_eq!((report["orders"]["unchanged"].as_u64(), report["left_out"].as_u64()), (Some(30_000), Some(0)));
}

fn kill(mut child: Child) {
    child.kill().unwrap();
    assert_eq!(std::os::unix::process::ExitStatusExt::signal(&child.wait().unwrap()), Some(9));
}

#[test]
fn a_kill_of_the_very_first_run_leaves_nothing_in_the_way() {
    let shop = Shop::usual();
    shop.write("large.csv", LARGE.as_bytes());
    let mut child = start(&shop, "import large.csv");
    until_locked(&shop, &mut child);
    kill(child);
    shop.write("first.csv", Shopify::new().order("1", &[]).csv());
    shop.run("import first.csv --dry-run").exits(0).says("new 1");
    shop.run("import first.csv").exits(0).says("new 1");
}

#[test]
fn while_one_runs_a_second_exits_11_and_names_it_or_waits() {
    let shop = shop();
    let mut running = start(&shop, "import large.csv");
    until_locked(&shop, &mut running);
    signal(&running, "-STOP");
    let pid = format!("pid {}, `import large.csv`", running.id());
    shop.write("second.csv", Shopify::new().order("2", &[]).csv());
    for call in ["import second.csv", "hold us/1 --reason x", "store rename us shop", "match set A cj:B"] {
        shop.run(call).exits(11).complains(&pid).complains("hint: try again when it is done, or add --wait 60");
    }
    shop.run("import second.csv --wait 1").exits(11).complains(&pid);
    // Who only reads sees the old state and waits for nobody.
    shop.run("orders").exits(0).says("us/1 ").never_says("us/100000");
    shop.run("import second.csv --dry-run").exits(0).says("new 1");
    let mut waiting = start(&shop, "import second.csv --wait 120");
    std::thread::sleep(Duration::from_millis(300));
    assert!(waiting.try_wait().unwrap().is_none(), "it waits");
    signal(&running, "-CONT");
    assert_eq!((running.wait().unwrap().code(), waiting.wait().unwrap().code()), (Some(0), Some(0)));
    shop.run("show us/2").exits(3);
    shop.run("show us/100000").exits(3);
}

#[test]
fn a_dead_holder_holds_nothing() {
    let shop = shop();
    shop.write("dsf.db.lock", "pid 4711, `import large.csv`, since 2020-01-01T00:00:00Z\n");
    shop.write("second.csv", Shopify::new().order("2", &[]).csv());
    shop.run("import second.csv").exits(0);
}
