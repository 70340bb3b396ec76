//! The rows of a sheet (or the mails) that a supplier sends back, against the purchase orders they name: apply, known, or stop.
//!
//! `keys` finds the one purchase order of a row by exact keys, `agree` compares every other field, `number` reads the tracking
//! cell, `allot` gives lines and quantities to parcels, `shift` sees rows that moved against each other. Nothing here is
//! similar enough: a row agrees in all it says, or a person decides.

mod agree;
mod allot;
mod keys;
mod number;
mod shift;

use std::collections::HashMap;

use serde::Serialize;

use crate::core::address::Address;
use crate::core::ids::PurchaseOrderId;
use crate::core::purchase::PurchaseState;
use allot::Allotment;
use keys::Keys;

/// One row as it came back. A cell that is empty, or whose column the sheet lacks, says nothing.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Row {
    /// Line of the file, row of the workbook.
    pub row: u64,
    /// Our purchase order number, or its id.
    pub reference: String,
    pub supplier_order: String,
    pub store: String,
    /// The order's number in the store, perhaps with the store in front: `us#1001`.
    pub order: String,
    pub check_code: String,
    pub ship_to: Address,
    pub sku: String,
    pub listing_id: String,
    /// Packs, as the sheet that went out counts.
    pub quantity: String,
    pub tracking: String,
    /// The supplier's word for the carrier, and the ids that it can mean.
    pub carrier: String,
    pub named: Vec<&'static str>,
    pub shipped_at: String,
}

/// A purchase order that a row can mean.
#[derive(Clone, Debug)]
pub struct Order {
    pub id: PurchaseOrderId,
    pub reference: String,
    pub supplier_orders: Vec<String>,
    /// As the store writes it.
    pub order_number: String,
    /// An order of another store has the same number.
    pub namesake: bool,
    pub state: PurchaseState,
    /// The customer's order was cancelled, refunded, or is on hold as a whole.
    pub closed: bool,
    pub check_code: String,
    pub ship_to: Address,
    /// The ship-to as the sheet that went out wrote it, with the supplier's named changes.
    pub written: Address,
    pub ship_to_hash: String,
    pub ships_from: String,
    pub lines: Vec<Line>,
    pub parcels: Vec<Parcel>,
}

#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Line {
    /// Of the order line.
    pub position: u32,
    pub sku: String,
    pub listing_id: String,
    /// What the supplier counts, and what the customer gets.
    pub packs: u32,
    pub units: u32,
}

/// A parcel that is known already.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Parcel {
    pub number: String,
    /// Position of the order line, units of it; zero: nobody says how many.
    pub lines: Vec<(u32, u32)>,
    /// Another number took its place.
    pub superseded: bool,
}

/// A parcel of any supplier that has a number already.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Taken {
    pub number: String,
    pub purchase_order: PurchaseOrderId,
    pub ship_to_hash: String,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    Apply,
    Known,
    Stop,
}

/// What is to be done with one number of one row.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Decided {
    pub row: u64,
    pub verdict: Verdict,
    /// Empty for rows that apply.
    pub code: &'static str,
    pub purchase_order: Option<PurchaseOrderId>,
    /// What the carrier tracks by.
    pub number: String,
    /// As the sheet wrote it.
    pub as_said: String,
    /// `None`: nobody can tell yet, so no store is told.
    pub carrier: Option<String>,
    pub carrier_said: String,
    /// Position of the order line, units of it; zero: nobody says how many.
    pub lines: Vec<(u32, u32)>,
    pub shipped_at: String,
    pub message: String,
}

#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Decision {
    pub rows: Vec<Decided>,
    /// Rows without a tracking number yet: read = rows that were decided + waiting.
    pub waiting: u64,
    /// Rows have moved against each other: nothing of the sheet is to be applied.
    pub shifted: Option<Shifted>,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Shifted {
    /// A row carries what belongs to another purchase order.
    Rows,
    /// The tracking numbers stand in sorted order beside rows that nobody sorted; a person may know that this is right.
    SortedColumn,
}

/// Why a row stops, with the words for a person.
#[derive(Clone, PartialEq, Eq, Debug)]
struct Stop {
    code: &'static str,
    message: String,
}

fn stop(code: &'static str, message: impl Into<String>) -> Stop {
    Stop { code, message: message.into() }
}

/// Decides about every row. `orders` in the order in which they went out; `taken` says what parcels of any supplier have the
/// numbers of these rows.
pub fn decide(rows: &[Row], orders: &[Order], taken: &[Taken]) -> Decision {
    let keys = Keys::of(orders);
    let owned = shift::Owners::of(orders);
    let mut decision = Decision::default();
    let mut allotment = Allotment::of(orders, taken);
    let mut seen: HashMap<String, u64> = HashMap::new();
    let mut in_order = vec![];
    let mut moved = false;
    for row in rows {
        if row.tracking.trim().is_empty() {
            decision.waiting += 1;
            continue;
        }
        let found = keys.find(row).and_then(|at| {
            let order = &orders[at];
            agree::compare(row, order, &owned, at)?;
            may_ship(order)?;
            Ok(at)
        });
        let numbers = number::read(row, found.as_ref().ok().map(|at| &orders[*at]));
        let first = decision.rows.len();
        for read in numbers {
            let mut decided = Decided::blank(row, &read);
            if let (Ok(at), Some(zip)) = (&found, &read.other_postcode) {
                moved |= owned.other("postcode", zip, *at).is_some();
            }
            let outcome = match (&found, read.wrong) {
                (Err(why), _) => Err(why.clone()),
                (Ok(at), Some(why)) => {
                    decided.purchase_order = Some(orders[*at].id.clone());
                    Err(why)
                }
                (Ok(at), None) => {
                    decided.purchase_order = Some(orders[*at].id.clone());
                    in_order.push((*at, decided.number.clone()));
                    allotment.give(*at, row, &decided.number, &seen)
                }
            };
            match outcome {
                Ok(allot::Given::Known) => {
                    decided.verdict = Verdict::Known;
                    decided.code = "KNOWN";
                    decided.message = format!("{} is known already", decided.number);
                }
                Ok(allot::Given::Lines(lines)) => {
                    seen.entry(decided.number.clone()).or_insert(row.row);
                    decided.lines = lines;
                }
                Err(why) => {
                    decided.verdict = Verdict::Stop;
                    decided.code = why.code;
                    decided.message = why.message;
                }
            }
            decision.rows.push(decided);
        }
        beside_a_strangers(&mut decision.rows[first..]);
    }
    decision.shifted = shift::look(&decision.rows, moved, &in_order);
    decision
}

/// A row one of whose numbers is another customer's proves nothing of the others.
fn beside_a_strangers(row: &mut [Decided]) {
    let strangers =
        |d: &&Decided| d.verdict == Verdict::Stop && ["OTHER_CUSTOMER", "WRONG_DESTINATION"].contains(&d.code);
    let Some((code, number)) = row.iter().find(strangers).map(|d| (d.code, d.number.clone())) else { return };
    for decided in row.iter_mut().filter(|d| d.verdict == Verdict::Apply) {
        decided.verdict = Verdict::Stop;
        decided.code = code;
        decided.message = format!("{number} in the same row goes to another customer");
    }
}

impl Decided {
    fn blank(row: &Row, read: &number::Read) -> Self {
        Self {
            row: row.row,
            verdict: Verdict::Apply,
            code: "",
            purchase_order: None,
            number: read.number.clone(),
            as_said: row.tracking.trim().to_owned(),
            carrier: read.carrier.clone(),
            carrier_said: row.carrier.trim().to_owned(),
            lines: vec![],
            shipped_at: row.shipped_at.trim().to_owned(),
            message: read.note.clone(),
        }
    }
}

fn may_ship(order: &Order) -> Result<(), Stop> {
    use PurchaseState as S;
    let id = &order.id;
    match order.state {
        S::Cancelled | S::CancelAsked => {
            Err(stop("CANCELLED", format!("{id} is {}: ask whether the parcel left", order.state)))
        }
        S::Refused | S::Draft | S::Sending => {
            Err(stop("NOT_PLACED", format!("{id} is {}: the supplier cannot have sent it", order.state)))
        }
        S::Unknown => Err(stop("NOT_PLACED", format!("nobody knows whether {id} was placed: dsf settle {id}"))),
        _ if order.closed => Err(stop("CANCELLED", format!("the customer's order of {id} is cancelled or refunded"))),
        _ => Ok(()),
    }
}
