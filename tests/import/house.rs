//! The house rules around an import: files only their owner reads, databases that are not ours, pipes, JSON errors.

use std::process::Stdio;

use serde_json::Value;

use crate::common::{NOW, Shop, Shopify};
use crate::{shop, with_line2};

#[cfg(unix)]
fn mode(path: &std::path::Path) -> u32 {
    std::os::unix::fs::MetadataExt::mode(&std::fs::metadata(path).unwrap()) & 0o777
}

#[cfg(unix)]
#[test]
fn the_database_its_log_and_its_lock_are_for_their_owner_only() {
    let shop = shop();
    with_line2(&shop, "a.csv", "", 0);
    shop.run("import a.csv").exits(0);
    // A reader that stays keeps the write-ahead log where it is.
    let reader = rusqlite::Connection::open(shop.path("dsf.db")).unwrap();
    reader.execute_batch("BEGIN; SELECT count(*) FROM orders;").unwrap();
    with_line2(&shop, "b.csv", "Apt 9", 60);
    shop.run("import b.csv").exits(0);
    for file in ["dsf.db", "dsf.db-wal", "dsf.db-shm", "dsf.db.lock"] {
        assert_eq!(mode(&shop.path(file)), 0o600, "{file}");
    }
    drop(reader);
}

#[test]
fn a_database_of_a_newer_dsf_is_refused_and_not_touched() {
    let shop = shop();
    with_line2(&shop, "a.csv", "", 0);
    shop.run("import a.csv").exits(0);
    let sql = rusqlite::Connection::open(shop.path("dsf.db")).unwrap();
    sql.execute_batch("PRAGMA user_version = 99; PRAGMA journal_mode = DELETE;").unwrap();
    drop(sql);
    refused(&shop, "made by a newer dsf (schema 99; this one knows");
}

#[test]
fn a_database_of_another_program_and_a_file_that_is_none_are_refused_and_not_touched() {
    let shop = shop();
    with_line2(&shop, "a.csv", "", 0);
    let sql = rusqlite::Connection::open(shop.path("dsf.db")).unwrap();
    sql.execute_batch("CREATE TABLE photos (id); INSERT INTO photos VALUES (1);").unwrap();
    drop(sql);
    refused(&shop, "not a dsf database: its tables are another program's");
    shop.write(
        "dsf.db",
        "this is my diary, and it is longer than one hundred bytes, so that SQLite looks at it: ".repeat(9),
    );
    refused(&shop, "not a dsf database: ");
}

#[track_caller]
fn refused(shop: &Shop, why: &str) {
    let before = std::fs::read(shop.path("dsf.db")).unwrap();
    for call in ["import a.csv", "import a.csv --dry-run", "orders", "status", "fulfill --dry-run", "store rename us x"]
    {
        shop.run(call).exits(1).complains(why).complains("hint: ").complains("--db FILE");
        assert_eq!(std::fs::read(shop.path("dsf.db")).unwrap(), before, "{call}");
    }
    shop.run("init --yes").exits(1).complains(why);
    assert_eq!(std::fs::read(shop.path("dsf.db")).unwrap(), before);
}

#[test]
fn init_writes_what_is_missing_and_never_over_what_is_there() {
    let shop = shop();
    let config = std::fs::read(shop.path("config.toml")).unwrap();
    shop.run("init --yes --store new=ebay")
        .exits(0)
        .complains("is there already and stays as it is")
        .complains("[store.new]");
    assert_eq!(std::fs::read(shop.path("config.toml")).unwrap(), config);
    with_line2(&shop, "a.csv", "", 0);
    shop.run("import a.csv").exits(0);
    let before = shop.contents();
    shop.run("init --yes").exits(0).says("(was there)");
    assert_eq!(shop.contents(), before);
}

#[test]
fn init_makes_a_config_that_works_at_once() {
    let shop = shop();
    std::fs::remove_file(shop.path("config.toml")).unwrap();
    with_line2(&shop, "a.csv", "", 0);
    shop.run("import a.csv").exits(10).complains("no config at").complains("hint: dsf init --store us=shopify");
    shop.run("init --store us=shopify --supplier li=sheet").exits(0).says("config").says("database");
    shop.run("import a.csv").exits(0);
    #[cfg(unix)]
    assert_eq!(mode(&shop.path("config.toml")), 0o600);
}

#[test]
fn before_the_first_import_every_command_says_what_to_type() {
    let shop = shop();
    for call in ["orders", "status", "show us/1", "fulfill --dry-run", "match", "listings"] {
        shop.run(call).exits(10).complains("no database at").complains("hint: dsf init --store us=shopify");
    }
    std::fs::remove_file(shop.path("config.toml")).unwrap();
    for call in ["import a.csv", "fulfill --dry-run", "orders", "status", "match suggest"] {
        shop.run(call).exits(10).complains("hint: dsf init --store us=shopify");
    }
}

#[test]
fn a_reader_that_goes_away_is_success() {
    let shop = shop();
    let many = (0..400).fold(Shopify::new(), |file, n| file.order(&format!("{n}"), &[]));
    shop.write("a.csv", many.csv());
    for call in
        ["import a.csv", "orders", "orders --json", "status", "fulfill --dry-run", "match", "show us/1", "--help"]
    {
        let mut command = shop.command(call);
        let (reader, writer) = std::io::pipe().unwrap();
        drop(reader);
        let output = command.stdin(Stdio::null()).stdout(writer).stderr(Stdio::piped()).output().unwrap();
        assert_eq!(output.status.code(), Some(0), "{call}: {}", String::from_utf8_lossy(&output.stderr));
    }
    assert_eq!(shop.run("orders --json").json()["orders"].as_array().unwrap().len(), 400);
}

#[test]
fn with_json_every_error_is_one_object_on_stderr() {
    let shop = shop();
    with_line2(&shop, "a.csv", "", 0);
    shop.write("table.csv", "what\n1\n");
    let calls = [
        ("orders", 10, "not_set_up"),
        ("import missing.csv", 1, "failed"),
        ("import table.csv", 1, "failed"),
        ("import a.csv --store uk", 1, "failed"),
        ("import", 2, "usage"),
        ("import a.csv --stor us", 2, "usage"),
        ("show us/", 2, "usage"),
        ("orders --state nowhere", 2, "usage"),
        ("nonsense", 2, "usage"),
        ("init --store x=nothing", 2, "usage"),
        ("hold us/1 --reason \" \"", 2, "usage"),
    ];
    for (call, code, name) in calls {
        let ran = shop.run(&format!("{call} --json")).exits(code);
        assert_eq!(ran.out, "", "{call}");
        let error: Value = serde_json::from_str(&ran.err).unwrap_or_else(|e| unreachable!("{call}: {e}: {}", ran.err));
        let error = &error["error"];
        assert_eq!((error["code"].as_i64(), error["name"].as_str()), (Some(i64::from(code)), Some(name)), "{call}");
        let text = |key: &str| error[key].as_str().unwrap_or_default().to_owned();
        assert!(!text("message").is_empty() && !text("hint").is_empty(), "{call}: {error}");
    }
}

#[test]
fn nothing_of_a_customer_is_in_errors_or_in_the_log_of_runs() {
    let shop = shop();
    let cells = [("Lineitem quantity", "x"), ("Shipping Name", "Secret Person"), ("Email", "secret@example.com")];
    shop.write("a.csv", Shopify::new().order("1", &cells).csv());
    shop.run("import a.csv").exits(3).never_says("Secret").never_says("secret@");
    assert!(NOW.starts_with("2026"));
}

#[test]
fn text_of_a_file_cannot_steer_the_terminal() {
    let shop = shop();
    let evil = "\u{1b}[2J\u{1b}]0;x\u{7}\u{202e}\u{9b}31mabc";
    shop.write("a.csv", Shopify::new().order("1001", &[("Lineitem quantity", evil)]).csv());
    for words in ["import a.csv", "import a.csv --color always"] {
        let ran = shop.run(words).exits(3).says("abc");
        for sign in ["\u{1b}[2J", "\u{1b}]", "\u{7}", "\u{202e}", "\u{9b}"] {
            assert!(!ran.out.contains(sign) && !ran.err.contains(sign), "{sign:?} in {:?}", ran.out);
        }
    }
    shop.run("import a.csv --color always").says("\u{1b}[31mREJECTED\u{1b}[0m");
}

#[test]
fn a_reason_does_not_stand_in_the_lock_file() {
    let shop = shop();
    with_line2(&shop, "a.csv", "", 0);
    shop.run("import a.csv").exits(0);
    for words in ["hold us/1001 --reason \"Nora called\"", "hold us/1001 \"--reason=Nora called\""] {
        shop.run(words).exits(0);
        let lock = std::fs::read_to_string(shop.path("dsf.db.lock")).unwrap();
        assert!(lock.contains("hold us/1001") && !lock.contains("Nora"), "{lock}");
    }
}

#[test]
fn a_thousand_orders_of_one_buyer_in_one_day_are_no_hang() {
    let shop = shop();
    let same = [("Email", "one@buyer.example"), ("Shipping Address1", "1 Sample Ln")];
    let file = (0..1000).fold(Shopify::new(), |file, i| file.order(&(3000 + i).to_string(), &same));
    shop.write("a.csv", file.csv());
    shop.run("import a.csv").exits(0);
    let begun = std::time::Instant::now();
    shop.run("fulfill --dry-run").exits(3).says("POSSIBLE_DUPLICATE  us/3000 has the same e-mail and LAMP");
    assert!(begun.elapsed().as_secs() < 10, "{:?}", begun.elapsed());
}
