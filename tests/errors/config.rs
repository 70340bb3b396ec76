//! Config, database and lock: what is wrong with the house itself.

use crate::common::{Shop, Shopify, USUAL};
use crate::{all_fail, fails, shop};

#[test]
fn a_config_that_cannot_be_meant_names_its_line() {
    let broken: &[(&str, &[&str], &str)] = &[
        (
            "[store.us]\nkind = \"shopify\"\ncurency = \"USD\"\n",
            &["config.toml:3: ", "\"curency\" is not a key here"],
            "did you mean \"currency\"?",
        ),
        (
            "[stores.us]\nkind = \"shopify\"\n",
            &["config.toml:1: ", "\"stores\" is not a key"],
            "did you mean \"store\"?",
        ),
        (
            "[store.us]\nkind = \"shopify\"\ntoken = \"abc\"\n",
            &["config.toml:3: ", "\"token\" would put a secret into this file"],
            "token_env = \"NAME\"",
        ),
        (
            "[store.us]\nkind = \"shopfy\"\n",
            &["config.toml:2: ", "\"shopfy\" is not a kind of store"],
            "mend line 2 of ",
        ),
        ("[store.us]\ncurrency = \"USD\"\n", &["config.toml:1: ", "missing field `kind`"], "mend line 1 of "),
        ("[store.US]\nkind = \"shopify\"\n", &["config.toml:1: ", "\"US\" is not a store name"], "mend line 1 of "),
        (
            "[store.us]\nkind = \"shopify\"\ncurrency = \"DOL\"\n",
            &["config.toml:3: ", "\"DOL\" is not an ISO 4217"],
            "mend line 3 of ",
        ),
        (
            "[store.us]\nkind = \"shopify\"\ntime_zone = \"Moon\"\n",
            &["config.toml:3: ", "\"Moon\" is not a time zone"],
            "mend line 3 of ",
        ),
        ("[store.us]\nkind = \"shopify\"\ndate_order = \"dym\"\n", &["config.toml:3: ", "dym"], "mend line 3 of "),
        ("[store.us]\nkind = shopify\n", &["config.toml:2: "], "mend line 2 of "),
        ("[supplier.a]\nkind = \"wish\"\n", &["config.toml:2: ", "wish"], "mend line 2 of "),
        (
            "[rates]\ndate = 2026-11-20\nEUR_USD = \"0\"\n",
            &["config.toml:3: ", "rates.EUR_USD: "],
            "EUR_USD = \"1.0835\"",
        ),
        (
            "[rates]\nEURUSD = \"1\"\n",
            &["config.toml:2: ", "rates.EURUSD: a rate is named by two currencies"],
            "EUR_USD = \"1.0835\"",
        ),
        ("[rates]\ndate = \"soon\"\n", &["config.toml:2: ", "\"soon\" is not a date"], "EUR_USD"),
        (
            "[guard]\nmin_margin_percent = \"much\"\n",
            &["config.toml:", "min_margin_percent", "not a number"],
            "min_margin_percent = 5",
        ),
        ("[guard]\nmax_run_cost = \"200\"\n", &["config.toml:2: ", "not an amount"], "mend line 2 of "),
    ];
    for (config, message, hint) in broken {
        let shop = shop();
        shop.write("config.toml", config);
        for call in ["import first.csv", "fulfill --dry-run", "orders", "status"] {
            let ran = fails(&shop, call, b"", 1, message, hint);
            ran.never_says("abc");
        }
    }
}

#[test]
fn no_config_a_folder_and_no_database() {
    let shop = shop();
    all_fail(
        &shop,
        &[
            ("import first.csv --config none.toml", 10, &["no config at none.toml"], "dsf init --store us=shopify"),
            ("status --config .", 1, &[".: "], "name another config with --config FILE"),
            ("orders --db none.db", 10, &["no database at none.db"], "dsf init --store us=shopify"),
            ("status --db .", 1, &[".: "], "--db FILE"),
            ("import first.csv --db first.csv/dsf.db", 1, &["first.csv/dsf.db.lock: "], "--db FILE"),
        ],
    );
    std::fs::create_dir(shop.path("folder")).unwrap();
    fails(&shop, "import first.csv --db folder", b"", 1, &["folder: "], "--db FILE");
}

#[test]
fn a_damaged_database_says_what_it_cannot_read() {
    let damage = [
        ("UPDATE orders SET payment = 'rich'", "payment", "rich"),
        ("UPDATE order_count SET state = 'odd'", "order state", "odd"),
        ("UPDATE store SET slug = 'U S'", "store name", "U S"),
        ("UPDATE source SET imported_at = 'soon'", "time", "soon"),
    ];
    for (sql, what, value) in damage {
        let shop = shop();
        rusqlite::Connection::open(shop.path("dsf.db")).unwrap().execute_batch(sql).unwrap();
        let message = format!("the database holds a {what} that dsf cannot read: \"{value}\"");
        let message: &[&str] = &[message.as_str()];
        let call = if what == "order state" { "status" } else { "orders" };
        fails(&shop, call, b"", 1, message, "restore a backup of the database");
    }
    let shop = shop();
    let sql = rusqlite::Connection::open(shop.path("dsf.db")).unwrap();
    sql.execute_batch("ALTER TABLE purchase_order RENAME TO gone").unwrap();
    fails(&shop, "orders", b"", 1, &["database: no such table: purchase_order"], "look at the disk");
}

#[test]
fn a_lock_that_another_holds_names_the_holder() {
    let shop = shop();
    let lock = std::fs::File::options().read(true).write(true).open(shop.path("dsf.db.lock")).unwrap();
    lock.lock().unwrap();
    std::fs::write(shop.path("dsf.db.lock"), "").unwrap();
    fails(&shop, "import first.csv", b"", 11, &["another dsf is running: it has not said which"], "--wait 60");
    std::fs::write(shop.path("dsf.db.lock"), "pid 4711, `import x.csv`, since 2026-11-24T08:00:00Z\n").unwrap();
    for call in
        ["import first.csv", "hold us/1 --reason x", "release us/1 --reason x", "store rename us a", "init --yes"]
    {
        shop.run(call).exits(11).complains("pid 4711, `import x.csv`").complains("hint: try again");
    }
}

#[test]
fn a_clock_that_is_none() {
    let mut shop = shop();
    shop.now = "yesterday".to_owned();
    fails(&shop, "orders", b"", 2, &["DSF_NOW=\"yesterday\" is not a time"], "DSF_NOW=2026-11-24T09:00:00Z");
}

#[test]
fn an_init_that_cannot_be_meant_writes_nothing() {
    let shop = shop();
    std::fs::remove_file(shop.path("config.toml")).unwrap();
    all_fail(
        &shop,
        &[
            ("init --store us", 2, &["\"us\" is not NAME=KIND"], "write it like us=shopify"),
            ("init --supplier li", 2, &["\"li\" is not NAME=KIND"], "write it like li=sheet"),
            ("init --store us=shop", 2, &["\"shop\" is not a kind of store"], "there are shopify woocommerce"),
            ("init --store US=shopify", 2, &["\"US\" is not a store name"], "write it like us or shop2"),
            ("init --supplier li=wish", 1, &["the new config:", "wish"], "mend line"),
        ],
    );
    assert!(!shop.path("config.toml").exists());
}

#[test]
fn a_store_that_was_renamed_only_in_the_config() {
    let shop = Shop::new(&USUAL.replace("[store.us]", "[store.shop]"));
    shop.write("a.csv", Shopify::new().order("1", &[]).csv());
    shop.run("import a.csv").exits(0);
    shop.write("config.toml", USUAL);
    let message: &[&str] = &["a.csv: order 1 (620100001) is already known as an order of store shop"];
    fails(&shop, "import a.csv", b"", 1, message, "dsf store rename shop us");
}
