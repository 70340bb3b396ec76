//! `dsf fulfill` and `dsf verify`: purchase orders out, and the proofs.

use std::path::PathBuf;

use clap::Args;

use crate::core::ids::OrderName;

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
pub struct Cancel {
    /// The purchase order, such as us/1001/1
    pub id: OrderName,
    /// Why; kept in the log
    #[arg(long)]
    pub reason: String,
    /// The supplier has confirmed it in writing
    #[arg(long)]
    pub confirmed: bool,
    /// The supplier says that it is too late: it goes on as it was
    #[arg(long, conflicts_with = "confirmed")]
    pub too_late: bool,
}

#[derive(Debug, Args)]
pub struct Verify {
    /// Orders or purchase orders to prove
    #[arg(value_name = "ORDER")]
    pub orders: Vec<OrderName>,
    /// Compare pairs of addresses, JSON Lines in and out; - is stdin
    #[arg(long, value_name = "FILE", conflicts_with = "orders")]
    pub pairs: Option<PathBuf>,
    /// Compare a sheet that a supplier sent back with the purchase orders that its references name
    #[arg(long, value_name = "FILE", requires = "supplier", conflicts_with_all = ["orders", "pairs"])]
    pub against: Option<PathBuf>,
    /// The supplier that sent the sheet
    #[arg(long, value_name = "SUPPLIER", requires = "against")]
    pub supplier: Option<String>,
    /// Show every check of an address and how much it weighs
    #[arg(long, conflicts_with_all = ["orders", "pairs"])]
    pub checks: bool,
}
