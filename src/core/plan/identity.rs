//! The name of a plan: a hash of what would be sent. Ages and wording are not part of it.

use sha2::{Digest, Sha256};

use super::PlannedOrder;
use crate::core::ids::hex;

/// Twelve hexadecimal digits over references, lines, costs, methods and ship-to of every purchase order.
pub fn plan_id(purchase_orders: &[PlannedOrder]) -> String {
    let mut hash = Sha256::new();
    let mut put = |text: &str| {
        hash.update(text.len().to_be_bytes());
        hash.update(text.as_bytes());
    };
    for po in purchase_orders {
        for text in [po.reference.as_str(), &po.supplier, &po.method, &po.ship_to_hash, &po.cost.to_string()] {
            put(text);
        }
        for line in &po.lines {
            for text in [&line.sku, &line.listing.listing_id, &line.quantity.to_string(), &line.unit_cost.to_string()] {
                put(text);
            }
        }
        put("end");
    }
    hex(&hash.finalize()[..6])
}
