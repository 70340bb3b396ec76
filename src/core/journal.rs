//! What the journal outside the database keeps of a purchase order: enough to know that it may exist, and for whom.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::plan::{PlannedLine, PlannedOrder};

/// One purchase order as the journal keeps it: enough to know that it may exist, and for whom.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    pub reference: String,
    /// `us/1001/1`
    pub id: String,
    pub supplier: String,
    pub ship_to_hash: String,
    pub at: String,
    /// Position of the order line, listing, packs, units of the order line.
    pub lines: Vec<(u32, String, u32, u32)>,
}

impl Entry {
    pub fn of(po: &PlannedOrder, now: Timestamp) -> Self {
        let line = |l: &PlannedLine| (l.position, l.listing.listing_id.clone(), l.quantity, l.units);
        Self {
            reference: po.reference.to_string(),
            id: po.id.to_string(),
            supplier: po.supplier.clone(),
            ship_to_hash: po.ship_to_hash.clone(),
            at: now.to_string(),
            lines: po.lines.iter().map(line).collect(),
        }
    }
}
