//! A shop on a table: a folder with a config and a database, in which the built binary runs as a person runs it.
#![allow(dead_code, clippy::panic, clippy::unwrap_used)]

pub mod stores;

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, SystemTime};

use serde_json::Value;
use tempfile::TempDir;

pub const NOW: &str = "2026-11-24T09:00:00Z";

pub struct Shop {
    folder: TempDir,
    pub now: String,
}

pub struct Ran {
    pub code: i32,
    pub out: String,
    pub err: String,
}

impl Ran {
    #[track_caller]
    pub fn exits(self, code: i32) -> Self {
        assert_eq!(self.code, code, "stdout:\n{}\nstderr:\n{}", self.out, self.err);
        self
    }

    #[track_caller]
    pub fn says(self, text: &str) -> Self {
        assert!(self.out.contains(text), "\"{text}\" is not in stdout:\n{}\nstderr:\n{}", self.out, self.err);
        self
    }

    #[track_caller]
    pub fn never_says(self, text: &str) -> Self {
        assert!(!self.out.contains(text) && !self.err.contains(text), "\"{text}\" is in:\n{}\n{}", self.out, self.err);
        self
    }

    #[track_caller]
    pub fn complains(self, text: &str) -> Self {
        assert!(self.err.contains(text), "\"{text}\" is not in stderr:\n{}\nstdout:\n{}", self.err, self.out);
        self
    }

    #[track_caller]
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.out).unwrap_or_else(|e| panic!("{e} in:\n{}\n{}", self.out, self.err))
    }
}

impl Shop {
    pub fn new(config: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("config.toml"), config).unwrap();
        Self { folder, now: NOW.to_owned() }
    }

    /// Two stores and two suppliers, as in the scenarios.
    pub fn usual() -> Self {
        Self::new(USUAL)
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub fn write(&self, name: &str, bytes: impl AsRef<[u8]>) -> &Self {
        let path = self.path(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, bytes).unwrap();
        self
    }

    /// Sets when a file was last changed, in seconds after an arbitrary day.
    pub fn modified(&self, name: &str, seconds: u64) -> &Self {
        let at = SystemTime::UNIX_EPOCH + Duration::from_secs(1_790_000_000 + seconds);
        fs::File::options().write(true).open(self.path(name)).unwrap().set_modified(at).unwrap();
        self
    }

    pub fn command(&self, words: &str) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_dsf"));
        command.args(split(words)).current_dir(self.folder.path());
        self.dress(&mut command);
        command
    }

    fn dress(&self, command: &mut Command) {
        command.env_clear();
        for keep in ["PATH", "SYSTEMROOT", "TMPDIR", "TEMP", "TMP"] {
            if let Some(value) = std::env::var_os(keep) {
                command.env(keep, value);
            }
        }
        command
            .env("HOME", self.folder.path())
            .env("USER", "tester")
            .env("DSF_CONFIG", self.path("config.toml"))
            .env("DSF_DB", self.path("dsf.db"))
            .env("DSF_STATE", self.path("state"))
            .env("DSF_NOW", &self.now);
    }

    pub fn run(&self, words: &str) -> Ran {
        self.run_with_input(words, b"")
    }

    pub fn run_with_input(&self, words: &str, input: &[u8]) -> Ran {
        let mut child =
            self.command(words).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let _ = child.stdin.take().unwrap().write_all(input);
        let output = child.wait_with_output().unwrap();
        Ran {
            code: output.status.code().unwrap_or(-1),
            out: String::from_utf8_lossy(&output.stdout).into_owned(),
            err: String::from_utf8_lossy(&output.stderr).into_owned(),
        }
    }

    /// `dsf orders --json`, by id.
    #[track_caller]
    pub fn order(&self, id: &str) -> Value {
        let orders = self.run("orders --json").exits(0).json();
        let found = orders["orders"].as_array().unwrap().iter().find(|o| o["id"] == id).cloned();
        found.unwrap_or_else(|| panic!("{id} is not in {orders:#}"))
    }

    pub fn codes(&self, order: &str) -> Vec<String> {
        let order = self.order(order);
        order["held"].as_array().unwrap().iter().map(|h| h["code"].as_str().unwrap().to_owned()).collect()
    }

    /// Every table of the database but the log of runs and sources, as text: what "nothing was changed" means.
    pub fn contents(&self) -> String {
        contents(&self.path("dsf.db"))
    }
}

pub fn contents(db: &Path) -> String {
    let sql = rusqlite::Connection::open(db).unwrap();
    let tables = ["orders", "line", "history", "standing_hold", "decision", "listing", "match_rule", "order_count"];
    let mut text = String::new();
    for table in tables {
        let mut query = sql.prepare(&format!("SELECT * FROM {table}")).unwrap();
        let columns = query.column_count();
        let mut rows = query.query([]).unwrap();
        while let Some(row) = rows.next().unwrap() {
            let cells: Vec<String> = (0..columns).map(|i| format!("{:?}", row.get_ref(i).unwrap())).collect();
            text += &format!("{table} {}\n", cells.join(" "));
        }
    }
    text
}

/// Words as a shell splits them, with double quotes only.
fn split(words: &str) -> Vec<String> {
    let mut out = vec![];
    for (i, part) in words.split('"').enumerate() {
        if i % 2 == 1 {
            out.push(part.to_owned());
        } else {
            out.extend(part.split_whitespace().map(str::to_owned));
        }
    }
    out
}

pub const USUAL: &str = r#"
[store.us]
kind = "shopify"
currency = "USD"

[store.eu]
kind = "woocommerce"
currency = "EUR"

[supplier.cj]
kind = "sheet"

[supplier.agent-li]
kind = "sheet"

[rates]
date = 2026-11-20
EUR_USD = "1.10"
"#;

/// The short Shopify header: the columns that dsf reads, in the store's order.
const SHOPIFY: [&str; 41] = [
    "Name",
    "Email",
    "Financial Status",
    "Paid at",
    "Fulfillment Status",
    "Fulfilled at",
    "Currency",
    "Subtotal",
    "Shipping",
    "Taxes",
    "Total",
    "Discount Amount",
    "Shipping Method",
    "Created at",
    "Lineitem quantity",
    "Lineitem name",
    "Lineitem price",
    "Lineitem sku",
    "Lineitem requires shipping",
    "Lineitem fulfillment status",
    "Billing Name",
    "Billing Address1",
    "Billing City",
    "Billing Zip",
    "Billing Country",
    "Shipping Name",
    "Shipping Address1",
    "Shipping Address2",
    "Shipping Company",
    "Shipping City",
    "Shipping Zip",
    "Shipping Province",
    "Shipping Country",
    "Shipping Phone",
    "Notes",
    "Cancelled at",
    "Payment Method",
    "Refunded Amount",
    "Id",
    "Risk Level",
    "Source",
];

/// A Shopify export: orders as rows of (header, cell), over the cells of a plain paid order.
#[derive(Clone, Default)]
pub struct Shopify {
    rows: Vec<Vec<(String, String)>>,
}

impl Shopify {
    pub fn new() -> Self {
        Self::default()
    }

    /// A paid order of one line at 20.00 with everything in it.
    #[must_use]
    pub fn order(self, number: &str, cells: &[(&str, &str)]) -> Self {
        let quantity = value(cells, "Lineitem quantity").unwrap_or("1");
        let price = value(cells, "Lineitem price").unwrap_or("20.00");
        let minor = quantity.parse::<i64>().unwrap_or(1) * price.replace('.', "").parse::<i64>().unwrap_or(2000);
        let subtotal = format!("{}.{:02}", minor / 100, minor % 100);
        let id = format!("62010000{number}");
        let email = format!("buyer{number}@example.com");
        let name = format!("Nora Testwell {number}");
        let street = format!("{} Sample Ln", number.len() * 3 + 10);
        let plain = [
            ("Name", format!("#{number}")),
            ("Email", email),
            ("Financial Status", "paid".into()),
            ("Paid at", "2026-11-23 10:00:00 -0500".into()),
            ("Fulfillment Status", "unfulfilled".into()),
            ("Currency", "USD".into()),
            ("Subtotal", subtotal.clone()),
            ("Shipping", "0.00".into()),
            ("Taxes", "0.00".into()),
            ("Total", subtotal),
            ("Discount Amount", "0.00".into()),
            ("Shipping Method", "Standard".into()),
            ("Created at", "2026-11-23 10:00:00 -0500".into()),
            ("Lineitem quantity", "1".into()),
            ("Lineitem name", "Desk Lamp".into()),
            ("Lineitem price", "20.00".into()),
            ("Lineitem sku", "LAMP".into()),
            ("Lineitem requires shipping", "true".into()),
            ("Lineitem fulfillment status", "pending".into()),
            ("Billing Name", "Bill Payer".into()),
            ("Billing Address1", "9 Billing Rd".into()),
            ("Billing City", "Paytown".into()),
            ("Billing Zip", "'10001".into()),
            ("Billing Country", "US".into()),
            ("Shipping Name", name),
            ("Shipping Address1", street),
            ("Shipping City", "Jersey City".into()),
            ("Shipping Zip", "'07307".into()),
            ("Shipping Province", "NJ".into()),
            ("Shipping Country", "US".into()),
            ("Shipping Phone", "+12015550142".into()),
            ("Refunded Amount", "0.00".into()),
            ("Id", id),
            ("Risk Level", "Low".into()),
            ("Source", "web".into()),
        ];
        let mut row: Vec<(String, String)> = plain.into_iter().map(|(h, v)| (h.to_owned(), v)).collect();
        set(&mut row, cells);
        self.row(row)
    }

    /// One more line of the order before, with the order's cells blank.
    #[must_use]
    pub fn line(self, number: &str, sku: &str, quantity: &str, price: &str) -> Self {
        let name = format!("#{number}");
        self.row(
            [
                ("Name", name.as_str()),
                ("Created at", "2026-11-23 10:00:00 -0500"),
                ("Lineitem quantity", quantity),
                ("Lineitem name", sku),
                ("Lineitem price", price),
                ("Lineitem sku", sku),
                ("Lineitem requires shipping", "true"),
                ("Lineitem fulfillment status", "pending"),
            ]
            .map(|(h, v)| (h.to_owned(), v.to_owned()))
            .to_vec(),
        )
    }

    fn row(mut self, row: Vec<(String, String)>) -> Self {
        self.rows.push(row);
        self
    }

    /// The rows of this one below those of the other.
    #[must_use]
    pub fn and(mut self, other: Self) -> Self {
        self.rows.extend(other.rows);
        self
    }

    pub fn len(&self) -> usize {
        self.rows.len()
    }

    /// Only some of the rows, by index.
    #[must_use]
    pub fn only(&self, wanted: impl IntoIterator<Item = usize>) -> Self {
        Self { rows: wanted.into_iter().map(|i| self.rows[i].clone()).collect() }
    }

    pub fn csv(&self) -> String {
        let mut text = SHOPIFY.join(",") + "\n";
        for row in &self.rows {
            let cells: Vec<String> = SHOPIFY
                .iter()
                .map(|header| row.iter().rev().find(|(h, _)| h == header).map_or("", |(_, v)| v))
                .map(quoted)
                .collect();
            text += &(cells.join(",") + "\n");
        }
        text
    }
}

fn value<'a>(cells: &[(&str, &'a str)], header: &str) -> Option<&'a str> {
    cells.iter().find(|(h, _)| *h == header).map(|(_, v)| *v)
}

#[track_caller]
fn set(row: &mut Vec<(String, String)>, cells: &[(&str, &str)]) {
    for (header, value) in cells {
        assert!(SHOPIFY.contains(header), "{header} is not in the header");
        row.retain(|(h, _)| h != header);
        row.push(((*header).to_owned(), (*value).to_owned()));
    }
}

fn quoted(cell: &str) -> String {
    if cell.contains([',', '"', '\n']) { format!("\"{}\"", cell.replace('"', "\"\"")) } else { cell.to_owned() }
}

/// A WebToffee export of one order with one line.
pub fn woo(number: &str, name: &str, sku: &str) -> String {
    format!(
        "order_id,order_number,order_date,paid_date,status,shipping_total,discount_total,order_total,order_subtotal,order_currency,\
         payment_method,shipping_method,customer_email,billing_first_name,billing_last_name,billing_company,billing_email,\
         billing_phone,billing_address_1,billing_address_2,billing_postcode,billing_city,billing_state,billing_country,\
         shipping_first_name,shipping_last_name,shipping_company,shipping_phone,shipping_address_1,shipping_address_2,\
         shipping_postcode,shipping_city,shipping_state,shipping_country,customer_note,line_item_1\r\n\
         {number},{number},2026-11-23 08:00:00,2026-11-23 08:01:00,processing,0,0,30.00,30.00,EUR,card,DHL,kunde@example.com,\
         {name},,,kunde@example.com,+49301234567,Musterweg 1,,10115,Berlin,,DE,{name},,,+49301234567,Musterweg 1,,10115,\
         Berlin,,DE,,name:Lampe|sku:{sku}|quantity:1|total:30.00|refunded:0.00|meta:|tax:0.00\r\n"
    )
}
