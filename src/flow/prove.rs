//! The *written* proof: the bytes that a supplier would get are made, parsed back, and compared field by field with the order.
//!
//! All purchase orders of one supplier share one table in memory, so a shifted row is seen and a plan of thousands costs two
//! passes. Nothing is opened or written here; sending proves the file on disk with [`against`].

use std::collections::BTreeMap;

use crate::config::SheetFormat;
use crate::core::address::compare::{Echo, compare_sides};
use crate::core::address::transform::Change;
use crate::core::address::verdict::{FieldVerdict, Overall};
use crate::core::hold::{Hold, HoldCode, release_hint};
use crate::core::ids::PurchaseOrderId;
use crate::core::sending::Dispatch;
use crate::files::Input;
use crate::supplier::api::{Problem, SupplierApi};
use crate::supplier::sheet::check_code::{agrees, check_code};
use crate::supplier::sheet::{Content, Fitted, Sheet, SheetOrder, SheetRead, SheetRow, bytes, fit, read_back, rows};

/// What is known now about where a parcel will go, by what was looked at.
#[derive(Clone, Copy, PartialEq, Eq, Debug, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Gate {
    Written,
    Recorded,
    Delivered,
}

#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Proof {
    pub purchase_order: PurchaseOrderId,
    pub gate: Gate,
    pub verdict: Overall,
    /// `a` is the order's ship-to, `b` what was read back.
    pub fields: Vec<FieldVerdict>,
    /// What the supplier's rules changed, each with its name.
    pub changed: Vec<Change>,
    /// What the order has beside the address and the sheet has no column for.
    pub left_out: Vec<&'static str>,
}

/// What came of proving one supplier's purchase orders. Each order is in `proofs`, in `held`, or in both (then the proof says
/// why it is held and a person may release it).
#[derive(Clone, Debug, Default)]
pub struct Proved<'a> {
    /// In the order of the purchase orders.
    pub proofs: Vec<Proof>,
    pub held: Vec<Hold>,
    /// What can be written, in the same order.
    pub fitted: Vec<Fitted<'a>>,
}

/// Proves the purchase orders of one supplier, in memory.
pub fn written<'a>(sheet: &Sheet, format: SheetFormat, orders: impl IntoIterator<Item = SheetOrder<'a>>) -> Proved<'a> {
    let mut proved = Proved::default();
    for order in orders {
        match fit(sheet, order) {
            Ok(fitted) => proved.fitted.push(fitted),
            Err(holds) => proved.held.extend(holds),
        }
    }
    if proved.fitted.is_empty() {
        return proved;
    }
    let read = bytes(sheet, &rows(sheet, &proved.fitted), format)
        .map(|bytes| Input::of_bytes("the sheet", bytes))
        .map_err(|e| e.to_string())
        .and_then(|input| read_back(sheet, &input).map_err(|e| e.to_string()));
    let (proofs, held) = match read {
        Ok(read) => against(sheet, &proved.fitted, &read),
        Err(why) => (vec![], proved.fitted.iter().map(|f| unreadable(f, &why)).collect()),
    };
    proved.proofs = proofs;
    proved.held.extend(held);
    proved
}

/// Compares what was read with what was to be written, row for row.
pub fn against(sheet: &Sheet, orders: &[Fitted<'_>], read: &SheetRead) -> (Vec<Proof>, Vec<Hold>) {
    let expected: usize = orders.iter().map(|o| o.cells().len()).sum();
    if expected != read.rows.len() {
        let why = format!("it has {} rows instead of {expected}", read.rows.len());
        return (vec![], orders.iter().map(|o| unreadable(o, &why)).collect());
    }
    let (mut proofs, mut held) = (vec![], vec![]);
    let mut rest = read.rows.as_slice();
    for order in orders {
        let (mine, others) = rest.split_at(order.cells().len());
        rest = others;
        let proof = proof(order, mine, read.echo);
        if let Some(why) = lost(sheet, order, mine, read.echo) {
            held.push(unreadable(order, &why));
        } else if proof.verdict != Overall::Same {
            held.push(differs(order, &proof));
        }
        proofs.push(proof);
    }
    (proofs, held)
}

/// Proves the request that a supplier with an API would get: the bytes are made, read back and compared.
pub fn request(api: &dyn SupplierApi, dispatch: &Dispatch) -> (Option<Proof>, Vec<Hold>) {
    let id = &dispatch.id;
    let body = match api.body(dispatch) {
        Ok(body) => body,
        Err(problems) => {
            let hold = |p: Problem| {
                let hint = match p.code {
                    HoldCode::NoMethod => {
                        format!("a method in the listings, or a rule in [supplier.{}.shipping]", dispatch.supplier)
                    }
                    _ => format!("dsf address set {} --reason \"…\", or another supplier or method", id.order),
                };
                Hold { releasable: false, ..Hold::new(id, p.code, format!("{}: {}", p.field, p.message), hint) }
            };
            return (None, problems.into_iter().map(hold).collect());
        }
    };
    let lost = |why: &str| {
        let message = format!("the request would not say the same: {why}");
        Hold { releasable: false, ..Hold::new(id, HoldCode::WrittenMismatch, message, "dsf fulfill --dry-run --json") }
    };
    let read = match api.written(&body) {
        Ok(read) => read,
        Err(why) => return (None, vec![lost(&why)]),
    };
    let comparison = compare_sides(&dispatch.ship_to, Echo::ALL, &read.ship_to, read.echo);
    let mut packs: BTreeMap<&str, u32> = BTreeMap::new();
    for line in &dispatch.lines {
        *packs.entry(&line.listing_id).or_default() += line.quantity;
    }
    let mut back: BTreeMap<&str, u32> = BTreeMap::new();
    for (listing, quantity) in &read.lines {
        *back.entry(listing).or_default() += quantity;
    }
    let proof = Proof {
        purchase_order: id.clone(),
        gate: Gate::Written,
        verdict: comparison.verdict,
        fields: comparison.fields,
        changed: api.changes(dispatch),
        left_out: api.left_out(dispatch),
    };
    let held = if read.reference != dispatch.reference.as_str() || packs != back {
        vec![lost("its reference or its lines came back as others")]
    } else if proof.verdict != Overall::Same {
        let bad = proof.fields.iter().max_by_key(|f| f.verdict);
        vec![lost(bad.map_or("", |f| &f.reason))]
    } else {
        vec![]
    };
    (Some(proof), held)
}

fn proof(order: &Fitted<'_>, mine: &[SheetRow], echo: Echo) -> Proof {
    let mut ship_to = order.order.dispatch.ship_to.clone();
    // It goes to no supplier, so that it is missing there is no news.
    ship_to.email.clear();
    let nothing = SheetRow::default();
    let comparison = compare_sides(&ship_to, Echo::ALL, &mine.first().unwrap_or(&nothing).ship_to, echo);
    Proof {
        purchase_order: order.order.dispatch.id.clone(),
        gate: Gate::Written,
        verdict: comparison.verdict,
        fields: comparison.fields,
        changed: order.changed.clone(),
        left_out: order.left_out.clone(),
    }
}

/// What of an order did not come back letter for letter, whatever a comparison would forgive.
fn lost(sheet: &Sheet, order: &Fitted<'_>, mine: &[SheetRow], echo: Echo) -> Option<String> {
    let po = order.order.dispatch;
    let code = check_code(po.reference.as_str(), &po.ship_to_hash);
    for (line, row) in po.lines.iter().zip(mine) {
        if row.reference != po.reference.as_str()
            || sheet.carries(Content::CheckCode) && !agrees(&code, &row.check_code)
        {
            return Some(format!("row {} is not of this purchase order", row.line));
        }
        let fields = order.ship_to.fields().into_iter().zip(row.ship_to.fields());
        for ((field, wrote), (_, read)) in fields.filter(|((field, _), _)| echo.has(field)) {
            if wrote.trim() != read.trim() {
                return Some(format!("{field} came back as \"{read}\" instead of \"{wrote}\""));
            }
        }
        if row.listing_id != line.listing_id || row.quantity != Some(line.quantity) {
            return Some(format!("{} x {} did not come back", line.quantity, line.listing_id));
        }
    }
    None
}

fn unreadable(order: &Fitted<'_>, why: &str) -> Hold {
    let po = order.order.dispatch;
    let message = format!("the sheet that was written does not say the same: {why}");
    let hint = format!(
        "correct the order: dsf address set {}; if it persists, use the other format (csv or xlsx)",
        po.id.order
    );
    Hold { releasable: false, ..Hold::new(&po.id, HoldCode::WrittenMismatch, message, hint) }
}

fn differs(order: &Fitted<'_>, proof: &Proof) -> Hold {
    let po = order.order.dispatch;
    let bad = proof.fields.iter().max_by_key(|f| f.verdict);
    let why = bad.map_or_else(String::new, |f| format!("{}: {}", f.field, f.reason));
    let message = format!("what the sheet would say is not proved to be what the customer typed: {why}");
    Hold::new(&po.id, HoldCode::WrittenMismatch, message, release_hint(&po.id, HoldCode::WrittenMismatch))
}
