//! The figures of the README, measured: `cargo bench`. Ratios stand side by side from one run on one machine.
//!
//! `cargo bench -- --rows 100000` for a quick look. The import is compared with `sqlite3 .import --csv` of the same file,
//! so that one line needs the sqlite3 command; without it the line says so.
#![allow(clippy::print_stdout, clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::fmt::Write as _;
use std::fs;
use std::io::{BufWriter, Write as _};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

/// Orders that still wait to be bought, among all.
const OPEN: u64 = 2_000;

fn main() {
    let rows = rows_wanted();
    let folder = std::env::temp_dir().join(format!("dsf-bench-{}", std::process::id()));
    fs::create_dir_all(&folder).unwrap();
    let bench = Bench { folder: &folder };
    bench.write_files(rows);
    let size = fs::metadata(folder.join("orders.csv")).unwrap().len();
    println!("{rows} rows, {} MB, Shopify export with 79 columns\n", size / 1_000_000);
    println!("{:<44} {:>9} {:>9} {:>9}   figure", "what", "wall ms", "peak MiB", "ratio");

    let yardstick = bench.sqlite_import();
    let first = bench.dsf("import orders.csv");
    match yardstick {
        Some(sqlite) => {
            line("sqlite3 .import --csv of the same file", &sqlite, None, "");
            line("dsf import, first time", &first, Some(&sqlite), "at most 0.80 of sqlite3, 64 MiB");
        }
        None => {
            println!("sqlite3 is not installed: no yardstick for the import");
            line("dsf import, first time", &first, None, "64 MiB");
        }
    }
    line(
        "dsf import, the unchanged file again",
        &bench.dsf("import orders.csv"),
        Some(&first),
        "at most 0.50 of the first",
    );
    bench.dsf("listings import listings.csv");
    bench.dsf("match import matches.csv");
    for (what, words, figure) in [
        ("dsf fulfill --dry-run, 2,000 open orders", "fulfill --dry-run", "at most 1000 ms"),
        ("dsf status", "status", "at most 50 ms"),
        ("dsf show", "show us/1500", "at most 50 ms"),
        ("dsf --version", "--version", "at most 5 ms"),
    ] {
        line(what, &bench.best_of(5, words), None, figure);
    }
    fs::remove_dir_all(&folder).unwrap();
}

fn rows_wanted() -> u64 {
    let words: Vec<String> = std::env::args().collect();
    let at = words.iter().position(|w| w == "--rows");
    at.and_then(|i| words.get(i + 1)).and_then(|n| n.parse().ok()).unwrap_or(1_000_000)
}

struct Measured {
    wall: Duration,
    /// KiB; 0 where the system does not tell.
    peak: u64,
}

fn line(what: &str, measured: &Measured, of: Option<&Measured>, figure: &str) {
    let ratio = of.map_or(String::new(), |of| {
        let hundredths = measured.wall.as_micros() * 100 / of.wall.as_micros().max(1);
        format!("{}.{:02}", hundredths / 100, hundredths % 100)
    });
    let micros = measured.wall.as_micros();
    let wall = format!("{}.{}", micros / 1000, micros / 100 % 10);
    println!("{what:<44} {wall:>9} {:>9} {ratio:>9}   {figure}", measured.peak / 1024);
}

struct Bench<'a> {
    folder: &'a Path,
}

impl Bench<'_> {
    fn dsf(&self, words: &str) -> Measured {
        let mut command = Command::new(env!("CARGO_BIN_EXE_dsf"));
        command
            .args(words.split_whitespace())
            .env("DSF_CONFIG", self.folder.join("config.toml"))
            .env("DSF_DB", self.folder.join("dsf.db"));
        self.measure(&mut command)
    }

    fn best_of(&self, runs: usize, words: &str) -> Measured {
        (0..runs).map(|_| self.dsf(words)).min_by_key(|m| m.wall).unwrap()
    }

    fn sqlite_import(&self) -> Option<Measured> {
        Command::new("sqlite3").arg("--version").stdout(Stdio::null()).status().ok()?;
        let mut command = Command::new("sqlite3");
        command.args(["sqlite.db", ".import --csv orders.csv orders"]);
        let measured = self.measure(&mut command);
        fs::remove_file(self.folder.join("sqlite.db")).ok();
        Some(measured)
    }

    fn measure(&self, command: &mut Command) -> Measured {
        let start = Instant::now();
        let mut child = command.current_dir(self.folder).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        let mut peak = 0;
        loop {
            peak = peak.max(peak_kib(child.id()));
            if let Some(status) = child.try_wait().unwrap() {
                assert!(matches!(status.code(), Some(0 | 3)), "{command:?} ended with {status}");
                return Measured { wall: start.elapsed(), peak };
            }
            // Short commands are waited for closely, long ones without taking a core from them.
            let nap = if start.elapsed() < Duration::from_millis(100) { 200 } else { 20_000 };
            std::thread::sleep(Duration::from_micros(nap));
        }
    }

    fn write_files(&self, rows: u64) {
        let write = |name: &str, text: &str| fs::write(self.folder.join(name), text).unwrap();
        write(
            "config.toml",
            "[store.us]\nkind = \"shopify\"\n[supplier.li]\nkind = \"sheet\"\n[guard]\nmin_margin_percent = 5\n",
        );
        let mut listings = String::from("supplier,listing_id,title,price,currency,stock,checked_at\n");
        let mut matches = String::from("sku,supplier,listing_id\n");
        for sku in 0..5000 {
            writeln!(
                listings,
                "li,L{sku},Thing {sku},{}.{:02},USD,900000,2026-11-24T06:00:00Z",
                sku % 3 + 1,
                sku % 100
            )
            .unwrap();
            writeln!(matches, "SKU-{sku},li,L{sku}").unwrap();
        }
        write("listings.csv", &listings);
        write("matches.csv", &matches);
        let mut file = BufWriter::new(fs::File::create(self.folder.join("orders.csv")).unwrap());
        writeln!(file, "{HEADER}").unwrap();
        let (mut written, mut order) = (0, 0);
        while written < rows {
            order += 1;
            let lines = [1, 1, 1, 2, 3][usize::try_from(order % 5).unwrap()].min(rows - written);
            write_order(&mut file, order, lines);
            written += lines;
        }
        file.flush().unwrap();
    }
}

/// One order over `lines` rows, blank below the first, as the store writes it.
fn write_order(file: &mut impl std::io::Write, n: u64, lines: u64) {
    let fulfilled = n > OPEN;
    let (status, line_status) = if fulfilled { ("fulfilled", "fulfilled") } else { ("unfulfilled", "pending") };
    let price = n % 75 + 5;
    let at = format!("2026-{:02}-{:02} {:02}:{:02}:{:02} -0500", n % 10 + 1, n % 28 + 1, n % 24, n % 60, n * 7 % 60);
    let address = format!(
        "Nora Testwell {n},\"{h} Sample Ln, Apt {a}\",{h} Sample Ln,Apt {a},,Exampleton,'{z:05},MA,US,+1617555{p:04}",
        h = n % 999,
        a = n % 50,
        z = n % 99_999,
        p = n % 10_000
    );
    for line in 0..lines {
        let item = format!(
            "1,Desk Lamp - Black / Type {line},{price}.00,,SKU-{},true,true,{line_status}",
            (n * 7 + line) % 5000
        );
        if line == 0 {
            let subtotal = price * lines;
            writeln!(
                file,
                "#{number},buyer{n}@example.com,paid,{at},{status},,no,USD,{subtotal}.00,4.95,0.00,{subtotal}.95,,0.00,Standard,{at},\
                 {item},{address},{address},,,,Shopify Payments,r{n},0.00,Acme,0.00,,,,{id},,Low,web,0.00,,,,,,,,,,,,,,\
                 Massachusetts,Massachusetts,r{n},,,r{n}",
                number = 1000 + n,
                id = 6_201_000_000_000 + n
            )
            .unwrap();
        } else {
            let blanks = ",".repeat(26);
            writeln!(
                file,
                "#{},buyer{n}@example.com{},{at},{item}{blanks},Acme,,,,,,,,,0.00{}",
                1000 + n,
                ",".repeat(13),
                ",".repeat(19)
            )
            .unwrap();
        }
    }
}

/// Highest resident size so far, in KiB.
fn peak_kib(pid: u32) -> u64 {
    let status = fs::read_to_string(format!("/proc/{pid}/status")).unwrap_or_default();
    let line = status.lines().find_map(|l| l.strip_prefix("VmHWM:"));
    line.and_then(|l| l.split_whitespace().next()).and_then(|n| n.parse().ok()).unwrap_or(0)
}

const HEADER: &str = "Name,Email,Financial Status,Paid at,Fulfillment Status,Fulfilled at,Accepts Marketing,Currency,Subtotal,\
    Shipping,Taxes,Total,Discount Code,Discount Amount,Shipping Method,Created at,Lineitem quantity,Lineitem name,\
    Lineitem price,Lineitem compare at price,Lineitem sku,Lineitem requires shipping,Lineitem taxable,\
    Lineitem fulfillment status,Billing Name,Billing Street,Billing Address1,Billing Address2,Billing Company,Billing City,\
    Billing Zip,Billing Province,Billing Country,Billing Phone,Shipping Name,Shipping Street,Shipping Address1,\
    Shipping Address2,Shipping Company,Shipping City,Shipping Zip,Shipping Province,Shipping Country,Shipping Phone,Notes,\
    Note Attributes,Cancelled at,Payment Method,Payment Reference,Refunded Amount,Vendor,Outstanding Balance,Employee,\
    Location,Device ID,Id,Tags,Risk Level,Source,Lineitem discount,Tax 1 Name,Tax 1 Value,Tax 2 Name,Tax 2 Value,Tax 3 Name,\
    Tax 3 Value,Tax 4 Name,Tax 4 Value,Tax 5 Name,Tax 5 Value,Phone,Receipt Number,Duties,Billing Province Name,\
    Shipping Province Name,Payment ID,Payment Terms Name,Next Payment Due At,Payment References";
