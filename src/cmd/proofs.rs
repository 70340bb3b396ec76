//! Proofs that were kept: what a supplier recorded, and where a carrier says it delivered. For `verify`.

use anyhow::Result;
use serde_json::{Value, json};

use super::named::order;
use crate::core::ids::{OrderName, PurchaseOrderId};
use crate::ctx::Ctx;
use crate::db::Db;
use crate::flow::prove::{Gate, Proof};
use crate::ui::{Table, Tone};

pub struct KeptProof {
    purchase_order: PurchaseOrderId,
    gate: Gate,
    verdict: String,
    /// As it was kept.
    fields: Value,
    /// Of the parcel, for the delivered gate.
    number: Option<String>,
}

/// Every kept proof of the purchase orders that were named; an order means all of its.
pub fn kept_proofs(db: &Db, names: &[OrderName]) -> Result<Vec<KeptProof>> {
    let mut found = vec![];
    for name in names {
        let order = order(db, name)?;
        let wanted = |counter: u32| name.purchase_order.is_none_or(|n| n == counter);
        for kept in db.purchase_orders(order.row)?.into_iter().filter(|k| wanted(k.id.counter)) {
            if let Some((verdict, fields)) = db.recorded_proof(kept.row)? {
                found.push(KeptProof::of(&kept.id, Gate::Recorded, verdict, &fields, None));
            }
        }
        for parcel in db.parcels_of(order.row)?.into_iter().filter(|p| p.superseded_by.is_none()) {
            let Some((verdict, fields)) = parcel.arrival else { continue };
            let contents = db.contents(parcel.row)?;
            let mut ids: Vec<&PurchaseOrderId> =
                contents.iter().filter(|c| c.order == order.row && wanted(c.id.counter)).map(|c| &c.id).collect();
            ids.dedup();
            for id in ids {
                found.push(KeptProof::of(id, Gate::Delivered, verdict.clone(), &fields, Some(parcel.number.clone())));
            }
        }
    }
    Ok(found)
}

impl KeptProof {
    fn of(id: &PurchaseOrderId, gate: Gate, verdict: String, fields: &str, number: Option<String>) -> Self {
        let fields = serde_json::from_str(fields).unwrap_or_else(|_| json!([]));
        Self { purchase_order: id.clone(), gate, verdict, fields, number }
    }

    pub fn is_of(&self, proof: &Proof) -> bool {
        self.purchase_order == proof.purchase_order && self.gate == proof.gate
    }

    pub fn differs(&self) -> bool {
        matches!(self.verdict.as_str(), "different" | "review")
    }

    pub fn json(&self) -> Value {
        json!({"order": self.purchase_order.order, "purchase_order": self.purchase_order, "gate": self.gate,
               "verdict": self.verdict, "fields": self.fields, "number": self.number})
    }

    pub fn show(&self, ctx: &Ctx) -> Result<()> {
        let tone = match self.verdict.as_str() {
            "same" => Tone::Good,
            "different" => Tone::Bad,
            _ => Tone::Warn,
        };
        let (gate, says) = match self.gate {
            Gate::Delivered => ("delivered", "carrier says"),
            _ => ("recorded", "supplier recorded"),
        };
        let number = self.number.as_deref().map(|n| format!("  {n}")).unwrap_or_default();
        ctx.ui.line(format!("{}  {gate}  {}{number}", self.purchase_order, ctx.ui.paint(&self.verdict, tone)))?;
        let mut table = Table::new(["", "field", "customer typed", says, "why"].map(Into::into));
        for field in self.fields.as_array().into_iter().flatten() {
            let text = |key: &str| field[key].as_str().unwrap_or_default();
            let why = if text("reason").is_empty() { text("rule") } else { text("reason") };
            table.row([mark(text("verdict")), text("field"), text("a"), text("b"), why]);
        }
        ctx.ui.table(&table)?;
        Ok(ctx.ui.line("")?)
    }
}

/// The same signs as of a proof that is made now.
fn mark(verdict: &str) -> &'static str {
    match verdict {
        "identical" => "=",
        "equivalent" => "~",
        "note" => "i",
        "suspicious" => "?",
        "missing" => "-",
        "different" => "!",
        _ => ".",
    }
}
