//! `dsf verify`: the proofs, field by field.

use std::fs::File;
use std::io::{BufReader, stdin};
use std::path::Path;

use anyhow::Result;
use serde_json::json;

use super::named::{meant, order_id};
use super::planned::planned;
use super::proofs::{KeptProof, kept_proofs};
use super::recorded;
use crate::cli::Verify;
use crate::core::address::check::CHECKS;
use crate::core::address::verdict::{Overall, Verdict};
use crate::core::hold::{Hold, HoldCode};
use crate::core::ids::{OrderName, PurchaseOrderId};
use crate::core::plan::Choice;
use crate::ctx::Ctx;
use crate::exit::{Exit, Failure};
use crate::flow::pairs::{PairsError, Tally, compare_lines};
use crate::flow::prove::{Gate, Proof};
use crate::ui::{Table, Tone, count};

pub fn run(ctx: &Ctx, options: &Verify) -> Result<Exit> {
    if options.checks {
        return checks(ctx);
    }
    if let (Some(file), Some(supplier)) = (&options.against, &options.supplier) {
        return recorded::against(ctx, file, supplier);
    }
    match &options.pairs {
        Some(path) => pairs(ctx, path),
        None if options.orders.is_empty() => {
            Err(Failure::new(Exit::Usage, "nothing to verify", "dsf verify --pairs FILE, or dsf verify us/1001"))
        }
        None => orders(ctx, &options.orders),
    }
}

/// The written proof of what would go out for these orders, and what suppliers say now that they recorded of what is out.
fn orders(ctx: &Ctx, names: &[OrderName]) -> Result<Exit> {
    let config = ctx.config()?;
    let (names, ids, proved, out, kept) = {
        let db = ctx.db_to_read()?;
        let names = &names.iter().map(|name| meant(&db, name)).collect::<Result<Vec<_>>>()?;
        let ids = names.iter().map(|name| order_id(&db, name)).collect::<Result<Vec<_>>>()?;
        let proved = planned(ctx, &db, &config, &ids, &Choice::default())?.1;
        let mut out = vec![];
        for id in &ids {
            if let Some(found) = db.order(id)? {
                out.extend(db.purchase_orders(found.row)?);
            }
        }
        (names.clone(), ids, proved, out, kept_proofs(&db, names)?)
    };
    let wanted = |id: &PurchaseOrderId| {
        let named = names.iter().zip(&ids).filter(|(_, order)| **order == id.order);
        named.into_iter().any(|(name, _)| name.purchase_order.is_none_or(|counter| counter == id.counter))
    };
    let out = recorded::of(ctx, &config, out.into_iter().filter(|kept| wanted(&kept.id)).collect())?;
    let mut proved = proved;
    // The plan was made before the suppliers were asked.
    let lifted = |hold: &Hold| {
        hold.code == HoldCode::RecordedMismatch && out.lifted.iter().any(|id| id.order.to_string() == hold.order)
    };
    proved.plan.held.retain(|hold| !lifted(hold) && !out.held.contains(hold));
    let mut proofs: Vec<&Proof> = proved.proofs.values().filter(|p| wanted(&p.purchase_order)).collect();
    proofs.extend(out.proofs.iter());
    // What was read just now takes the place of what was kept.
    let kept: Vec<KeptProof> = kept.into_iter().filter(|k| !out.proofs.iter().any(|now| k.is_of(now))).collect();
    if ctx.ui.json {
        let all: Vec<_> = proofs.iter().map(|p| proof_json(p)).chain(kept.iter().map(KeptProof::json)).collect();
        let unread: Vec<_> = out.unread.iter().map(|(id, why)| json!({"purchase_order": id, "message": why})).collect();
        let held: Vec<_> = proved.plan.held.iter().chain(&out.held).collect();
        ctx.ui.document(&json!({"schema": 1, "proofs": all, "held": held, "unread": unread}))?;
    } else {
        for proof in &proofs {
            show(ctx, proof)?;
        }
        for proof in &kept {
            proof.show(ctx)?;
        }
        for (id, why) in &out.unread {
            ctx.ui.line(format!("{id}  recorded  {}  {why}", ctx.ui.paint("not read", Tone::Warn)))?;
        }
        for hold in proved.plan.held.iter().chain(&out.held) {
            ctx.ui.line(format!(
                "{}  {}  {}",
                hold.order,
                ctx.ui.paint(hold.code.as_str(), Tone::Warn),
                hold.message
            ))?;
            ctx.ui.line(format!("    {}", hold.hint))?;
        }
        for lifted in &out.lifted {
            ctx.ui.note(format!("{lifted}: recorded as it was typed now; RECORDED_MISMATCH is lifted"));
        }
        if proofs.is_empty() && kept.is_empty() && proved.plan.held.is_empty() && out.unread.is_empty() {
            ctx.ui.note("nothing of this would go out: dsf show says why");
        }
    }
    let written = proved.proofs.values().filter(|p| wanted(&p.purchase_order)).all(|p| p.verdict == Overall::Same);
    let clean = if written && proved.plan.held.is_empty() && !kept.iter().any(KeptProof::differs) {
        Exit::Done
    } else {
        Exit::Partly
    };
    Ok(clean.worse(out.exit))
}

pub fn proof_json(p: &Proof) -> serde_json::Value {
    json!({"order": p.purchase_order.order, "purchase_order": p.purchase_order, "gate": p.gate, "verdict": p.verdict,
           "fields": p.fields, "changed": p.changed, "left_out": p.left_out})
}

/// The two addresses side by side, with a mark for each field; readable without colour.
pub fn show(ctx: &Ctx, proof: &Proof) -> Result<()> {
    let (word, tone) = match proof.verdict {
        Overall::Same => ("same", Tone::Good),
        Overall::Review => ("review", Tone::Warn),
        Overall::Different => ("different", Tone::Bad),
        Overall::Unavailable => ("unavailable", Tone::Warn),
    };
    let (gate, theirs) = match proof.gate {
        Gate::Written => ("written", "supplier reads"),
        Gate::Recorded => ("recorded", "supplier recorded"),
        Gate::Delivered => ("delivered", "carrier says"),
    };
    ctx.ui.line(format!("{}  {gate}  {}", proof.purchase_order, ctx.ui.paint(word, tone)))?;
    let mut table = Table::new(["", "field", "customer typed", theirs, "why"].map(Into::into));
    for field in &proof.fields {
        let why = if field.reason.is_empty() { field.rule.unwrap_or("") } else { &field.reason };
        table.row([mark(field.verdict), field.field, &field.a, &field.b, why]);
    }
    ctx.ui.table(&table)?;
    for change in &proof.changed {
        ctx.ui.line(format!("  {} changed {} \"{}\" to \"{}\"", change.rule, change.field, change.from, change.to))?;
    }
    ctx.ui.line("")?;
    Ok(())
}

/// One sign a verdict: equal, about equal, noted, not said, doubtful, missing, different.
fn mark(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Identical => "=",
        Verdict::Equivalent => "~",
        Verdict::Note => "i",
        Verdict::Unavailable => ".",
        Verdict::Suspicious => "?",
        Verdict::Missing => "-",
        Verdict::Different => "!",
    }
}

/// JSON Lines in, JSON Lines out: `--json` changes nothing about them.
fn pairs(ctx: &Ctx, path: &Path) -> Result<Exit> {
    let name = path.display().to_string();
    let mut write = |bytes: &[u8]| ctx.ui.bytes(bytes);
    let done = if path == Path::new("-") {
        compare_lines("stdin", stdin().lock(), &mut write)
    } else {
        match File::open(path) {
            Ok(file) => compare_lines(&name, BufReader::with_capacity(1 << 20, file), &mut write),
            Err(source) => Err(PairsError::Io { file: name, source }),
        }
    };
    let Tally { pairs, same } = done.map_err(|error| match error {
        PairsError::Io { source, .. } if source.kind() == std::io::ErrorKind::BrokenPipe => source.into(),
        error => Failure::new(Exit::Failed, error.to_string(), error.hint()),
    })?;
    ctx.ui.note(format!("{}, {same} the same", count(pairs, "pair")));
    Ok(Exit::Done)
}

/// Every check of an address, with the severity that it has unless the config says otherwise.
fn checks(ctx: &Ctx) -> Result<Exit> {
    if ctx.ui.json {
        let all: Vec<_> = CHECKS
            .iter()
            .map(|c| json!({"check": c.name, "code": c.code, "severity": c.severity, "says": c.message, "fix": c.fix}))
            .collect();
        ctx.ui.document(&json!({"schema": 1, "checks": all}))?;
        return Ok(Exit::Done);
    }
    let mut table = Table::new(["check", "weight", "hold code", "how to fix it"].map(Into::into));
    for check in CHECKS.iter() {
        table.row([check.name, check.severity.name(), check.code, check.fix]);
    }
    ctx.ui.table(&table)?;
    Ok(Exit::Done)
}
