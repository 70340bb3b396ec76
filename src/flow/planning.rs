//! The plan with its proofs: what would be bought, made into the bytes that would be written, parsed back and compared.
//!
//! Opens no socket and writes no file: the same path for a dry run and for the real one.

use std::collections::{BTreeMap, HashMap};
use std::path::Path;

use jiff::Timestamp;
use jiff::tz::TimeZone;

use super::open_orders::Desk;
use super::prove::{Proof, request, written};
use super::send_error::SendError;
use crate::config::{Config, Supplier, SupplierKind};
use crate::core::hold::{Hold, HoldCode};
use crate::core::ids::{OrderId, PurchaseOrderId};
use crate::core::order::Order;
use crate::core::plan::{Choice, Plan, PlannedOrder};
use crate::core::sending::Dispatch;
use crate::net::Net;
use crate::supplier::api::BuildError;
use crate::supplier::kinds::build;
use crate::supplier::sheet::{LineExtra, Sheet, SheetOrder};

/// A plan in which nothing is left that could not be proved.
pub struct ProvedPlan {
    pub plan: Plan,
    /// By purchase order; one whose supplier has no proof yet is not in it.
    pub proofs: BTreeMap<PurchaseOrderId, Proof>,
    /// What would go out, by purchase order.
    pub dispatches: BTreeMap<PurchaseOrderId, Dispatch>,
}

/// # Errors
/// A sheet of the config that is not there or cannot be read.
pub fn prove(
    desk: &Desk,
    config: &Config,
    folder: &Path,
    offline: &Net,
    choice: &Choice,
    now: Timestamp,
) -> Result<ProvedPlan, SendError> {
    let plan = desk.plan(config, choice, now);
    let orders: HashMap<&OrderId, &Order> = desk.orders.iter().map(|o| (&o.order.id, &o.order)).collect();
    let dispatches: BTreeMap<PurchaseOrderId, Dispatch> = plan
        .purchase_orders
        .iter()
        .filter_map(|po| Some((po.id.clone(), Dispatch::of(po, orders.get(&po.id.order)?))))
        .collect();
    let mut proofs = BTreeMap::new();
    let mut holds: Vec<Hold> = vec![];
    for (name, supplier) in &config.suppliers {
        let theirs: Vec<&PlannedOrder> = plan.purchase_orders.iter().filter(|po| po.supplier == *name).collect();
        if theirs.is_empty() {
            continue;
        }
        if supplier.kind != SupplierKind::Sheet {
            let api = match build(name, supplier, offline) {
                Ok(api) => api,
                Err(why) => {
                    holds.extend(theirs.iter().map(|po| cannot_send(po, &why)));
                    continue;
                }
            };
            for dispatch in theirs.iter().filter_map(|po| dispatches.get(&po.id)) {
                let (proof, held) = request(api.as_ref(), dispatch);
                holds.extend(held.into_iter().filter(|hold| !desk.is_released(hold)));
                proofs.extend(proof.map(|proof| (proof.purchase_order.clone(), proof)));
            }
            continue;
        }
        let sheet = sheet_of(supplier, folder)?;
        let going: Vec<SheetOrder> = theirs
            .iter()
            .filter_map(|po| Some(sheet_order(po, dispatches.get(&po.id)?, orders.get(&po.id.order)?, desk)))
            .collect();
        let proved = written(&sheet, supplier.format, going);
        holds.extend(proved.held.into_iter().filter(|hold| !desk.is_released(hold)));
        proofs.extend(proved.proofs.into_iter().map(|proof| (proof.purchase_order.clone(), proof)));
    }
    Ok(ProvedPlan { plan: plan.holding(holds, choice.partial_order), proofs, dispatches })
}

/// A supplier whose config lacks something, or of a kind that this version cannot speak to.
fn cannot_send(po: &PlannedOrder, why: &BuildError) -> Hold {
    Hold { releasable: false, ..Hold::new(&po.id, HoldCode::NoSupplier, why.to_string(), why.hint()) }
}

/// The sheet that a supplier's config names: the person's own, else a built-in one.
///
/// # Errors
/// No sheet of that name, or one that cannot be read.
pub fn sheet_of(supplier: &Supplier, folder: &Path) -> Result<Sheet, SendError> {
    Ok(Sheet::find(supplier.sheet.as_deref().unwrap_or("generic"), Some(folder))?)
}

/// A purchase order with what a sheet may say beside the address.
pub fn sheet_order<'a>(po: &PlannedOrder, dispatch: &'a Dispatch, order: &Order, desk: &Desk) -> SheetOrder<'a> {
    let placed_at = order.head.as_ref().and_then(|h| h.placed_at);
    let extra = |line: &crate::core::plan::PlannedLine| LineExtra {
        pieces: Some(line.pieces),
        url: desk.catalogue.get(&line.listing).map(|l| l.url.clone()).unwrap_or_default(),
    };
    SheetOrder {
        placed_on: placed_at.map(|at| TimeZone::UTC.to_datetime(at).date()),
        extras: po.lines.iter().map(extra).collect(),
        ..SheetOrder::of(dispatch)
    }
}
