//! `dsf verify`: the proofs, field by field.

use std::fs::File;
use std::io::{BufReader, stdin};
use std::path::Path;

use anyhow::Result;
use serde_json::json;

use super::named::order_id;
use super::planned::planned;
use super::proofs::{KeptProof, kept_proofs};
use crate::cli::Verify;
use crate::core::address::check::CHECKS;
use crate::core::address::verdict::{Overall, Verdict};
use crate::core::ids::OrderName;
use crate::core::plan::Choice;
use crate::ctx::Ctx;
use crate::exit::{Exit, Failure};
use crate::flow::pairs::{PairsError, Tally, compare_lines};
use crate::flow::prove::Proof;
use crate::ui::{Table, Tone, count};

pub fn run(ctx: &Ctx, options: &Verify) -> Result<Exit> {
    if options.checks {
        return checks(ctx);
    }
    match &options.pairs {
        Some(path) => pairs(ctx, path),
        None if options.orders.is_empty() => {
            Err(Failure::new(Exit::Usage, "nothing to verify", "dsf verify --pairs FILE, or dsf verify us/1001"))
        }
        None => orders(ctx, &options.orders),
    }
}

/// The written proof of what would go out for these orders, and what was recorded and delivered of what is out.
fn orders(ctx: &Ctx, names: &[OrderName]) -> Result<Exit> {
    let config = ctx.config()?;
    let db = ctx.db_to_read()?;
    let ids = names.iter().map(|name| order_id(&db, name)).collect::<Result<Vec<_>>>()?;
    let (_, proved) = planned(ctx, &db, &config, &ids, &Choice::default())?;
    let mut proofs: Vec<&Proof> = proved.proofs.values().collect();
    proofs.retain(|p| {
        names.iter().all(|n| {
            n.key != p.purchase_order.order.key || n.purchase_order.is_none_or(|c| c == p.purchase_order.counter)
        })
    });
    let kept = kept_proofs(&db, names)?;
    if ctx.ui.json {
        let mut all: Vec<_> = proofs
            .iter()
            .map(|p| {
                json!({"order": p.purchase_order.order, "purchase_order": p.purchase_order, "gate": p.gate, "verdict": p.verdict,
                       "fields": p.fields, "changed": p.changed, "left_out": p.left_out})
            })
            .collect();
        all.extend(kept.iter().map(KeptProof::json));
        ctx.ui.document(&json!({"schema": 1, "proofs": all, "held": proved.plan.held}))?;
    } else {
        for proof in &proofs {
            show(ctx, proof)?;
        }
        for proof in &kept {
            proof.show(ctx)?;
        }
        for hold in &proved.plan.held {
            ctx.ui.line(format!(
                "{}  {}  {}",
                hold.order,
                ctx.ui.paint(hold.code.as_str(), Tone::Warn),
                hold.message
            ))?;
            ctx.ui.line(format!("    {}", hold.hint))?;
        }
        if proofs.is_empty() && kept.is_empty() && proved.plan.held.is_empty() {
            ctx.ui.note("nothing of this would go out: dsf show says why");
        }
    }
    let same = proofs.iter().all(|p| p.verdict == Overall::Same) && kept.iter().all(|p| !p.differs());
    let clean = proved.plan.held.is_empty() && same;
    Ok(if clean { Exit::Done } else { Exit::Partly })
}

/// The two addresses side by side, with a mark for each field; readable without colour.
fn show(ctx: &Ctx, proof: &Proof) -> Result<()> {
    let (word, tone) = match proof.verdict {
        Overall::Same => ("same", Tone::Good),
        Overall::Review => ("review", Tone::Warn),
        Overall::Different => ("different", Tone::Bad),
        Overall::Unavailable => ("unavailable", Tone::Warn),
    };
    ctx.ui.line(format!("{}  written  {}", proof.purchase_order, ctx.ui.paint(word, tone)))?;
    let mut table = Table::new(["", "field", "customer typed", "supplier reads", "why"].map(Into::into));
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
