//! The command line as types. Doc comments are the help. What only one command takes lies in the file of its part.

mod catalogue;
mod orders_in;
mod purchasing;
mod tracking;

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};

use crate::core::ids::{OrderName, Slug};
use crate::core::money::Money;
use crate::core::order::State;

pub use catalogue::{Listings, ListingsCommand, Match, MatchCommand, MatchSet};
pub use orders_in::Import;
pub use purchasing::{Cancel, Fulfill, Verify};
pub use tracking::{Add, Detect, Sync, Track, TrackImport};

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
    /// Say more about each step: the requests to suppliers and stores, by their shape and without their contents
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
    Demo(Demo),
    /// Bring orders in, from store exports or from the stores themselves
    Import(Import),
    /// Show what suppliers sell, bring a catalogue in, or refresh price and stock from APIs
    Listings(Listings),
    /// Show which store SKU is which listing; bring rules in and out, set one, ask for suggestions
    Match(Match),
    /// Make the purchase orders: what would be bought from whom, for whom, at what cost, and what needs a decision
    Fulfill(Fulfill),
    /// The proofs, field by field: is this the address that the customer typed?
    Verify(Verify),
    /// Parcels: carriers of a number, tracking in by hand, by sheet and from APIs, and back to the stores
    #[command(subcommand)]
    Track(Track),
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
    /// Allow dsf to use an account: prints the link to open, takes the code that comes back
    Auth(Auth),
    /// Take a purchase order back: asks the supplier's API, or gives you the text to send
    Cancel(Cancel),
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
pub struct Demo {
    /// Orders by API instead: from the sandbox that `cargo run --example sandbox` starts on this computer
    #[arg(long, value_name = "URL", num_args = 0..=1, default_missing_value = "http://127.0.0.1:8790")]
    pub api: Option<String>,
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

#[derive(Debug, Args)]
pub struct Auth {
    /// The account, as in the config: store.us or supplier.ae [default: list all with the days that they have left]
    #[arg(value_name = "ACCOUNT")]
    pub account: Option<String>,
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
