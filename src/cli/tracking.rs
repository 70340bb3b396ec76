//! `dsf track`: parcels in by hand, by sheet and from APIs, and back to the stores.

use std::path::PathBuf;

use clap::{Args, Subcommand};

use crate::core::ids::OrderName;

#[derive(Debug, Subcommand)]
pub enum Track {
    /// Carriers that a tracking number may be of, the likeliest first
    Detect(Detect),
    /// Record a parcel of a purchase order
    Add(Add),
    /// Bring parcels in from a sheet or shipping e-mails that a supplier sent
    Import(TrackImport),
    /// Fetch numbers and statuses, and tell the stores; silent when all went well, for cron
    Sync(Sync),
    /// How many days parcels take, by supplier, country and method
    Times,
}

#[derive(Debug, Args)]
pub struct Detect {
    /// Numbers as they were received; - reads them from stdin, one a line
    #[arg(value_name = "NUMBER", required = true)]
    pub numbers: Vec<String>,
    /// Country it goes to, as two letters
    #[arg(long, value_name = "CC")]
    pub to: Option<String>,
    /// Postcode it goes to
    #[arg(long, value_name = "POSTCODE")]
    pub postcode: Option<String>,
    /// Country it comes from, as two letters
    #[arg(long, value_name = "CC")]
    pub from: Option<String>,
    /// What the supplier calls the carrier
    #[arg(long, value_name = "WORDS")]
    pub carrier: Option<String>,
}

#[derive(Debug, Args)]
pub struct Add {
    /// The purchase order, such as us/1001/1
    pub id: OrderName,
    pub number: String,
    /// The carrier, by its id or name
    #[arg(long, value_name = "CARRIER")]
    pub carrier: Option<String>,
    /// What is in the parcel, as SKU=QUANTITY; may be repeated [default: all that has not been shipped]
    #[arg(long, value_name = "SKU=QTY")]
    pub line: Vec<String>,
    /// This number takes the place of an earlier one
    #[arg(long, value_name = "NUMBER")]
    pub replaces: Option<String>,
}

#[derive(Debug, Args)]
pub struct TrackImport {
    /// CSV, XLSX, .eml or .mbox; - is stdin
    pub file: PathBuf,
    #[arg(long, value_name = "SUPPLIER")]
    pub supplier: String,
    /// Which column is what, as FIELD=HEADER; remembered for this supplier; may be repeated
    #[arg(long, value_name = "FIELD=HEADER")]
    pub map: Vec<String>,
    /// Apply although the tracking numbers stand in sorted order: I have checked them against the parcels
    #[arg(long)]
    pub accept_sorted: bool,
    /// Show what would happen and change nothing
    #[arg(long)]
    pub dry_run: bool,
}

#[derive(Debug, Args)]
pub struct Sync {
    /// Show what would be fetched and pushed; opens no connection
    #[arg(long)]
    pub dry_run: bool,
    /// Tell the store once more of this number, though it refused it or an upload file has it; may be repeated
    #[arg(long, value_name = "NUMBER")]
    pub again: Vec<String>,
}
