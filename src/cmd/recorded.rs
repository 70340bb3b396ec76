//! The gate *recorded* of `dsf verify`: what suppliers say now, or a sheet that one sent back, against what customers typed.

use std::path::Path;
use std::time::Duration;

use anyhow::Result;
use serde_json::json;

use super::planned::supplier_named;
use super::verify::{proof_json, show};
use crate::config::{Config, SupplierKind};
use crate::core::address::verdict::Overall;
use crate::core::hold::{Hold, HoldCode};
use crate::core::ids::PurchaseOrderId;
use crate::core::purchase::PurchaseState;
use crate::ctx::Ctx;
use crate::db::{Db, Kept};
use crate::exit::{Exit, Failure};
use crate::files::Input;
use crate::flow::evidence::{Compared, Evidence, compare};
use crate::flow::planning::sheet_of;
use crate::flow::prove::{Gate, Proof};
use crate::flow::record::Record;
use crate::flow::send::recorded;
use crate::supplier::api::BuildError;
use crate::supplier::kinds::build;
use crate::supplier::sheet::{Content, read_back};
use crate::ui::{Tone, count};

const WAIT_TO_SAVE: Duration = Duration::from_secs(60);

/// What suppliers say of purchase orders that are out.
pub struct Out {
    pub proofs: Vec<Proof>,
    pub held: Vec<Hold>,
    /// Purchase orders whose hold went away.
    pub lifted: Vec<PurchaseOrderId>,
    /// What could not be read now, and why.
    pub unread: Vec<(PurchaseOrderId, String)>,
    pub exit: Exit,
}

/// Reads the addresses that suppliers with an API recorded, now, and keeps the proofs.
///
/// # Errors
/// The database, or another run that does not end.
pub fn of(ctx: &Ctx, config: &Config, kept: Vec<Kept>) -> Result<Out> {
    let mut out = Out { proofs: vec![], held: vec![], lifted: vec![], unread: vec![], exit: Exit::Done };
    for kept in kept.iter().filter(|k| is_out(k.state)) {
        match ask(ctx, config, kept) {
            Ok(Some(record)) => take(ctx, kept, &record, &mut out)?,
            Ok(None) => {}
            Err((exit, why)) => {
                out.unread.push((kept.id.clone(), why));
                out.exit = out.exit.worse(exit);
            }
        }
    }
    Ok(out)
}

fn is_out(state: PurchaseState) -> bool {
    use PurchaseState as S;
    matches!(state, S::Placed | S::Paid | S::Shipped | S::Delivered | S::CancelAsked | S::HandedOff)
}

/// `None` where a sheet is all that could tell; the error is what a person is told, with its code.
fn ask(ctx: &Ctx, config: &Config, kept: &Kept) -> std::result::Result<Option<Record>, (Exit, String)> {
    let Some(supplier) = config.suppliers.get(&kept.supplier) else {
        return Err((Exit::Failed, format!("there is no [supplier.{}] in the config", kept.supplier)));
    };
    let sheet = format!("dsf verify --against FILE --supplier {} compares what it sent back", kept.supplier);
    if supplier.kind == SupplierKind::Sheet {
        return Err((Exit::Done, format!("{} has no API; {sheet}", kept.supplier)));
    }
    let net = ctx.net().map_err(|e| (Exit::Failed, e.to_string()))?;
    let api = build(&kept.supplier, supplier, &net).map_err(|error| match error {
        BuildError::Secret(secret) => (Exit::KeyRefused, format!("{secret}; {}", secret.hint())),
        other => (Exit::Failed, other.to_string()),
    })?;
    if !api.abilities().echoes_address {
        return Err((Exit::Done, format!("{} does not say what it recorded; {sheet}", kept.supplier)));
    }
    let ids = ctx.db_to_read().and_then(|db| Ok(db.supplier_orders(kept.row)?));
    let ids = ids.map_err(|e| (Exit::Failed, e.to_string()))?;
    api.ready().map_err(|error| {
        let exit = match error {
            crate::core::sending::AskError::KeyRefused(_) => Exit::KeyRefused,
            _ => Exit::Failed,
        };
        (exit, format!("{} cannot be asked: {error}", kept.supplier))
    })?;
    match recorded(api.as_ref(), kept, &ids) {
        Ok(recorded) => Ok(Some(Record::of(kept, &recorded))),
        Err(why) => Err((Exit::Failed, format!("{} cannot be asked: {why}", kept.supplier))),
    }
}

fn take(ctx: &Ctx, kept: &Kept, record: &Record, out: &mut Out) -> Result<()> {
    let (_lock, mut db) = ctx.db_to_write_waiting(WAIT_TO_SAVE)?;
    if keep(&mut db, ctx, kept, record)? {
        out.lifted.push(kept.id.clone());
    }
    if let Some(hold) = &record.hold {
        out.held.push(hold.clone());
        out.exit = out.exit.worse(Exit::Partly);
    }
    out.proofs.push(proof(kept, record));
    Ok(())
}

/// Keeps a proof. True when it lifted the hold of an earlier one.
fn keep(db: &mut Db, ctx: &Ctx, kept: &Kept, record: &Record) -> Result<bool> {
    db.keep_proof(kept, record.verdict, &record.fields, record.hold.as_ref(), ctx.now)?;
    if record.verdict != "same" {
        return Ok(false);
    }
    let gone = Hold::new(&kept.id.order, HoldCode::RecordedMismatch, "", "").resting_on(kept.reference.as_str());
    Ok(db.lift_hold(&kept.id.order, &gone)?)
}

fn proof(kept: &Kept, record: &Record) -> Proof {
    Proof {
        purchase_order: kept.id.clone(),
        gate: Gate::Recorded,
        verdict: record.comparison.as_ref().map_or(Overall::Unavailable, |c| c.verdict),
        fields: record.comparison.as_ref().map(|c| c.fields.clone()).unwrap_or_default(),
        changed: vec![],
        left_out: vec![],
    }
}

/// `--against FILE --supplier S`.
///
/// # Errors
/// No such supplier, a file that cannot be read, one without a single column of an address.
pub fn against(ctx: &Ctx, file: &Path, name: &str) -> Result<Exit> {
    let config = ctx.config()?;
    let supplier = supplier_named(&config, name)?;
    let sheet = sheet_of(supplier, &ctx.config_folder())?;
    let read = Input::open(file).map_err(crate::supplier::sheet::SheetProblem::from);
    let read = read.and_then(|input| read_back(&sheet, &input)).map_err(crate::flow::send_error::SendError::from)?;
    if !read.has.iter().any(|content| *content != Content::Phone && content.address_field().is_some()) {
        let message = format!("{}: no column of it is a field of an address", file.display());
        return Err(Failure::new(Exit::Failed, message, "ask the supplier for the sheet with the addresses in it"));
    }
    let (_lock, mut db) = ctx.db_to_write()?;
    let compared = compare(&db, name, &read)?;
    for one in &compared.evidence {
        keep(&mut db, ctx, &one.kept, &one.record)?;
    }
    if ctx.ui.json {
        ctx.ui.document(&document(&compared))?;
    } else {
        tell(ctx, file, read.rows.len(), read.blank, &compared)?;
    }
    // A sheet in which nothing could be compared proves nothing.
    let proved = !compared.evidence.is_empty() && compared.evidence.iter().all(|e| e.record.hold.is_none());
    let clean = compared.strange.is_empty() && proved;
    Ok(if clean { Exit::Done } else { Exit::Partly })
}

fn tell(ctx: &Ctx, file: &Path, rows: usize, blank: u64, compared: &Compared) -> Result<()> {
    let ui = &ctx.ui;
    for Evidence { kept, rows, record, belongs_to } in &compared.evidence {
        let Some(hold) = &record.hold else { continue };
        show(ctx, &proof(kept, record))?;
        let rows: Vec<String> = rows.iter().map(ToString::to_string).collect();
        ui.line(format!("  row {}: {}", rows.join(", "), hold.message))?;
        if let Some(other) = belongs_to {
            ui.line(format!("  it is the address of {other}: the sheet looks shifted"))?;
        }
        ui.line(format!(
            "  {} is held {}. Now: write to {} that {} goes to",
            kept.id, hold.code, kept.supplier, kept.reference
        ))?;
        let lines: Vec<&str> =
            kept.ship_to.fields().into_iter().filter(|(field, _)| *field != "email").map(|(_, v)| v).collect();
        let lines: Vec<&str> = lines.into_iter().filter(|v| !v.is_empty()).collect();
        ui.line(format!("    {}", lines.join(", ")))?;
        ui.line(format!("  and compare his answer; or dsf release {} {} --reason \"…\"", kept.id.order, hold.code))?;
        ui.line("")?;
    }
    for strange in &compared.strange {
        let word = ui.paint("STOP", Tone::Bad);
        ui.line(format!("{word}  row {}  {}  {}", strange.row, strange.reference, strange.why))?;
    }
    let verdicts = |word: &str| compared.evidence.iter().filter(|e| e.record.verdict == word).count();
    let proved = compared.evidence.iter().map(|e| e.rows.len()).sum::<usize>();
    ui.line(format!(
        "{}  {rows} rows = {proved} compared + {} not ours or shifted; {blank} blank   same {}   review {}   different {}   unavailable {}",
        file.display(),
        compared.strange.len(),
        verdicts("same"),
        verdicts("review"),
        verdicts("different"),
        verdicts("unavailable"),
    ))?;
    if !compared.missing.is_empty() {
        let orders = count(compared.missing.len() as u64, "purchase order");
        ui.note(format!("{orders} of this supplier not in it: {}", compared.missing.join(" ")));
    }
    Ok(())
}

fn document(compared: &Compared) -> serde_json::Value {
    let proofs: Vec<_> = compared
        .evidence
        .iter()
        .map(|e| {
            let mut proof = proof_json(&proof(&e.kept, &e.record));
            proof["verdict"] = json!(e.record.verdict);
            proof["rows"] = json!(e.rows);
            proof["belongs_to"] = json!(e.belongs_to);
            proof
        })
        .collect();
    let held: Vec<_> = compared.evidence.iter().filter_map(|e| e.record.hold.as_ref()).collect();
    let strange: Vec<_> =
        compared.strange.iter().map(|s| json!({"row": s.row, "reference": s.reference, "message": s.why})).collect();
    json!({"schema": 1, "proofs": proofs, "held": held, "stopped": strange, "missing": compared.missing})
}
