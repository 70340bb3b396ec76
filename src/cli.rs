//! The command line as types. Doc comments are the help.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};

use crate::core::ids::{OrderName, Slug};
use crate::core::money::Money;
use crate::core::order::State;

/// Orders out of your stores, purchase orders to your suppliers, tracking back, and a proof that every parcel goes to
/// the customer who paid.
#[derive(Debug, Parser)]
#[command(name = "dsf", version, max_term_width = 100, propagate_version = true, after_help = EXIT_CODES)]
pub struct Cli {
    #[command(flatten)]
    pub global: Global,
    #[command(subcommand)]
    pub command: Command,
}

const EXIT_CODES: &str = "Exit codes: 0 done, or nothing to do · 1 failed · 2 usage · 3 something was rejected or is held · \
    4 key missing or refused · 5 the plan changed · 10 no config or database yet · 11 another dsf is running · \
    20 the outcome of a sent order is unknown · 130 interrupted";

#[derive(Debug, Clone, Args)]
pub struct Global {
    /// The config file [default: dsf/config.toml in the config folder]
    #[arg(
        long,
        global = true,
        env = "DSF_CONFIG",
        value_name = "FILE",
        hide_env_values = true,
        help_heading = "Everywhere"
    )]
    pub config: Option<PathBuf>,
    /// The database [default: dsf/dsf.db in the data folder]
    #[arg(
        long,
        global = true,
        env = "DSF_DB",
        value_name = "FILE",
        hide_env_values = true,
        help_heading = "Everywhere"
    )]
    pub db: Option<PathBuf>,
    /// Results as JSON on stdout, errors as one JSON object on stderr
    #[arg(long, global = true, help_heading = "Everywhere")]
    pub json: bool,
    /// No notes on stderr, only results and errors
    #[arg(long, short, global = true, help_heading = "Everywhere")]
    pub quiet: bool,
    /// Say more about each step
    #[arg(long, short, global = true, conflicts_with = "quiet", help_heading = "Everywhere")]
    pub verbose: bool,
    /// When to use colour
    #[arg(long, global = true, value_enum, default_value_t = Color::Auto, value_name = "WHEN", help_heading = "Everywhere")]
    pub color: Color,
    /// Answer yes to "send this plan" and "apply the clean rows"
    #[arg(long, short, global = true, help_heading = "Everywhere")]
    pub yes: bool,
    /// Wait so long for another dsf that is running
    #[arg(long, global = true, value_name = "SECONDS", help_heading = "Everywhere")]
    pub wait: Option<u64>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Color {
    Auto,
    Always,
    Never,
}

#[derive(Debug, Subcommand)]
pub enum Command {
    /// Write a config with comments, create the database, say what to type next
    Init(Init),
    /// Run the whole loop on built-in sample data in a temporary folder: no account, no network
    Demo,
    /// Bring orders in from store exports
    Import(Import),
    /// Show what suppliers sell, or bring a catalogue in
    Listings(Listings),
    /// Show which store SKU is which listing; bring rules in and out, set one, ask for suggestions
    Match(Match),
    /// Make the purchase orders: what would be bought from whom, for whom, at what cost, and what needs a decision
    Fulfill(Fulfill),
    /// The proofs, field by field: is this the address that the customer typed?
    Verify(Verify),
    /// List orders
    Orders(Orders),
    /// Everything about one order
    Show { id: OrderName },
    /// What needs you now, and how many orders stand where
    Status,
    /// Say that the supplier has a purchase order that was handed off
    Confirm {
        id: OrderName,
        /// The supplier's own order number
        #[arg(long, value_name = "N")]
        order_no: String,
        /// What the supplier charged, such as "12.40 USD"
        #[arg(long, value_name = "TOTAL")]
        total: Option<Money>,
    },
    /// Say what only you can know of a purchase order whose outcome is unknown
    Settle {
        id: OrderName,
        /// The supplier has it, under this number
        #[arg(long, value_name = "N", required_unless_present = "not_placed")]
        placed: Option<String>,
        /// The supplier definitely does not have it
        #[arg(long, conflicts_with = "placed")]
        not_placed: bool,
        /// How you know; kept in the log
        #[arg(long)]
        reason: String,
    },
    /// Take in purchase orders that the journal knows and a restored or moved database does not
    Adopt,
    /// Put an order on hold until it is released
    Hold {
        id: OrderName,
        /// Why; kept in the log and shown in every later proof
        #[arg(long)]
        reason: String,
    },
    /// Decide that what holds an order is all right, for this order alone
    Release {
        id: OrderName,
        /// Codes to release, as `fulfill --dry-run` names them [default: all that can be]
        codes: Vec<String>,
        /// Why; kept in the log and shown in every later proof
        #[arg(long)]
        reason: String,
    },
    /// Set the shipping address of an order
    #[command(subcommand)]
    Address(Address),
    /// Rename a store
    #[command(subcommand)]
    Store(Store),
}

#[derive(Debug, Args)]
pub struct Init {
    /// A store and its kind, such as us=shopify; may be repeated
    #[arg(long, value_name = "NAME=KIND")]
    pub store: Vec<String>,
    /// A supplier and its kind, such as li=sheet; may be repeated
    #[arg(long, value_name = "NAME=KIND")]
    pub supplier: Vec<String>,
}

#[derive(Debug, Args)]
pub struct Import {
    /// Exports, in any order; - is stdin
    #[arg(value_name = "FILE", required = true)]
    pub files: Vec<PathBuf>,
    /// The store that the files belong to [default: the only one of the kind that the header shows]
    #[arg(long, value_name = "STORE")]
    pub store: Option<Slug>,
    /// Read the files as this format instead of finding it by the header
    #[arg(long, value_name = "FORMAT")]
    pub format: Option<String>,
    /// Read the files in this encoding: utf-8 utf-16 windows-1252 gbk shift-jis
    #[arg(long, value_name = "ENCODING")]
    pub encoding: Option<String>,
    /// Show what would happen and change nothing
    #[arg(long)]
    pub dry_run: bool,
    /// Apply the orders whose rows are all clean, though others are rejected
    #[arg(long)]
    pub partial: bool,
    /// Take values from files that are older than what is known
    #[arg(long)]
    pub accept_older: bool,
}

#[derive(Debug, Args)]
#[command(args_conflicts_with_subcommands = true)]
pub struct Listings {
    #[command(subcommand)]
    pub command: Option<ListingsCommand>,
    /// Only this supplier
    #[arg(long, value_name = "SUPPLIER")]
    pub supplier: Option<String>,
}

#[derive(Debug, Subcommand)]
pub enum ListingsCommand {
    /// Bring in a catalogue, CSV or XLSX: everything that the suppliers named in it sell now
    Import {
        file: PathBuf,
        /// Show what would happen and change nothing
        #[arg(long)]
        dry_run: bool,
    },
}

#[derive(Debug, Args)]
#[command(args_conflicts_with_subcommands = true)]
pub struct Match {
    #[command(subcommand)]
    pub command: Option<MatchCommand>,
}

#[derive(Debug, Subcommand)]
pub enum MatchCommand {
    /// Bring rules in, CSV or XLSX: for each store and SKU in the file they replace what was there
    Import {
        file: PathBuf,
        /// Show what would happen and change nothing
        #[arg(long)]
        dry_run: bool,
    },
    /// Write all rules as CSV (or XLSX, by the ending)
    Export {
        #[arg(default_value = "-")]
        file: PathBuf,
    },
    /// Set one rule
    Set(MatchSet),
    /// Listings that unmatched SKUs might be, with reasons; nothing is applied
    Suggest {
        /// Only this SKU
        sku: Option<String>,
    },
}

#[derive(Debug, Args)]
pub struct MatchSet {
    pub sku: String,
    /// The listing as SUPPLIER:ID
    pub listing: String,
    /// Pieces of the listing for one of the SKU
    #[arg(long, default_value_t = 1)]
    pub quantity: u32,
    /// Only for this store
    #[arg(long)]
    pub store: Option<Slug>,
    /// Only for this country, as two letters
    #[arg(long)]
    pub country: Option<String>,
    /// 1 is tried first; higher numbers are fallbacks
    #[arg(long, default_value_t = 1)]
    pub priority: u32,
    /// Number of this part in a bundle
    #[arg(long, default_value_t = 0)]
    pub part: u32,
}

#[derive(Debug, Args)]
pub struct Fulfill {
    /// Only these orders
    #[arg(value_name = "ORDER")]
    pub orders: Vec<OrderName>,
    /// Show the plan and do nothing: no socket, no file, no change
    #[arg(long)]
    pub dry_run: bool,
    /// Go on only if the plan is still this one
    #[arg(long, value_name = "ID")]
    pub plan: Option<String>,
    /// Only purchase orders for this supplier
    #[arg(long, value_name = "SUPPLIER")]
    pub supplier: Option<String>,
    /// Order what can be ordered of an order whose other lines are held, in whole kits
    #[arg(long)]
    pub partial_order: bool,
    /// Hand these purchase orders out in another sheet, stamped as a repeat, under the same references
    #[arg(long, value_name = "REASON", conflicts_with_all = ["dry_run", "plan", "supplier", "partial_order", "fallback"])]
    pub resend: Option<String>,
    /// Take this fallback listing where the first choice cannot be had; may be repeated
    #[arg(long, value_name = "SUPPLIER:ID")]
    pub fallback: Vec<String>,
}

#[derive(Debug, Args)]
pub struct Verify {
    /// Orders or purchase orders to prove
    #[arg(value_name = "ORDER")]
    pub orders: Vec<OrderName>,
    /// Compare pairs of addresses, JSON Lines in and out; - is stdin
    #[arg(long, value_name = "FILE", conflicts_with = "orders")]
    pub pairs: Option<PathBuf>,
    /// Show every check of an address and how much it weighs
    #[arg(long, conflicts_with_all = ["orders", "pairs"])]
    pub checks: bool,
}

#[derive(Debug, Args)]
pub struct Orders {
    /// Only orders of this store
    #[arg(long, value_name = "STORE")]
    pub store: Option<Slug>,
    /// Only orders in this state; may be repeated
    #[arg(long, value_name = "STATE", value_parser = state)]
    pub state: Vec<State>,
    /// At most so many, the newest first
    #[arg(long, value_name = "N")]
    pub limit: Option<u32>,
}

#[derive(Debug, Subcommand)]
pub enum Address {
    /// Set it from an editor, or from stdin when that is not a terminal: lines such as line2 = "Apt 9"
    Set {
        order: OrderName,
        /// Why; kept in the log and shown in every later proof
        #[arg(long)]
        reason: String,
    },
}

#[derive(Debug, Subcommand)]
pub enum Store {
    /// Give a store another name; the ids of all its orders change with it
    Rename { from: Slug, to: Slug },
}

fn state(text: &str) -> Result<State, String> {
    text.parse().map_err(|_| format!("there are {}", State::ALL.map(State::as_str).join(" ")))
}
