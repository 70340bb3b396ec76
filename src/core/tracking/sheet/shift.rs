//! Whether the columns of a sheet have moved against each other.
//!
//! A row that carries what is another purchase order's is proof. A column that was sorted alone leaves no other trace in the
//! tracking numbers than their order: sorted numbers beside rows that stand as they went out are a reason to ask, unless they
//! are of one block, as a supplier gives them out from the top to the bottom.

use std::collections::HashMap;

use super::{Decided, Order, Shifted};
use crate::core::ids::PurchaseOrderId;

/// Fewer rows stand in sorted order by chance: one in 720 for six.
const ENOUGH_ROWS: usize = 6;
/// Numbers of one block follow each other closely, with other customers' between.
const BLOCK_GAP: u64 = 100_000;

/// Which purchase orders have a value in the fields that tell customers apart.
pub(super) struct Owners<'a> {
    orders: &'a [Order],
    by: HashMap<(&'static str, String), Vec<usize>>,
}

impl<'a> Owners<'a> {
    pub(super) fn of(orders: &'a [Order]) -> Self {
        let mut by: HashMap<(&'static str, String), Vec<usize>> = HashMap::new();
        for (at, order) in orders.iter().enumerate() {
            let fields = [
                ("check_code", &order.check_code),
                ("name", &order.ship_to.name),
                ("name", &order.written.name),
                ("postcode", &order.ship_to.postcode),
            ];
            for (field, value) in fields {
                by.entry((field, plain(value))).or_default().push(at);
            }
        }
        Self { orders, by }
    }

    /// Another purchase order that has this value.
    pub(super) fn other(&self, field: &'static str, value: &str, own: usize) -> Option<&PurchaseOrderId> {
        let owners = self.by.get(&(field, plain(value)))?;
        owners.iter().find(|at| **at != own).map(|at| &self.orders[*at].id)
    }
}

fn plain(text: &str) -> String {
    text.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

/// `moved`: a number carries the postcode of another purchase order. `numbers`: index of the purchase order as it went out, with the number beside it, in the order of the rows.
pub(super) fn look(rows: &[Decided], moved: bool, numbers: &[(usize, String)]) -> Option<Shifted> {
    if moved || rows.iter().any(|r| r.code == "ROWS_SHIFTED") {
        return Some(Shifted::Rows);
    }
    let mut parcels: Vec<&(usize, String)> = vec![];
    for one in numbers {
        if parcels.last().is_none_or(|last| *last != one) {
            parcels.push(one);
        }
    }
    let pairs = || parcels.windows(2).filter_map(|w| Some((w.first()?, w.get(1)?)));
    let as_sent = pairs().all(|(a, b)| a.0 <= b.0);
    let rising = pairs().all(|(a, b)| a.1 < b.1);
    let falling = pairs().all(|(a, b)| a.1 > b.1);
    let sorted = parcels.len() >= ENOUGH_ROWS && as_sent && (rising || falling);
    (sorted && !is_block(&parcels)).then_some(Shifted::SortedColumn)
}

/// Half of the steps from one number to the next are short, and all numbers have one form.
fn is_block(parcels: &[&(usize, String)]) -> bool {
    let serial = |text: &str| -> Option<(usize, u64)> {
        let digits: String = text.chars().filter(char::is_ascii_digit).collect();
        Some((text.len(), digits.get(digits.len().saturating_sub(18)..)?.parse().ok()?))
    };
    let serials: Option<Vec<(usize, u64)>> = parcels.iter().map(|p| serial(&p.1)).collect();
    let Some(serials) = serials else { return false };
    let mut gaps: Vec<u64> = serials.windows(2).filter_map(|w| Some(w.first()?.1.abs_diff(w.get(1)?.1))).collect();
    gaps.sort_unstable();
    let one_form = serials.windows(2).all(|w| w.first().map(|f| f.0) == w.get(1).map(|s| s.0));
    one_form && gaps.get(gaps.len() / 2).is_some_and(|median| *median <= BLOCK_GAP)
}
