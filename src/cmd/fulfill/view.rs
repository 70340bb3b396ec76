//! The plan as people and programs see it.

use anyhow::Result;
use serde_json::json;

use crate::cmd::refresh::days_words;
use crate::config::SupplierKind;
use crate::core::address::verdict::Verdict;
use crate::core::plan::{PlannedLine, PlannedOrder, age_words};
use crate::ctx::Ctx;
use crate::flow::planning::ProvedPlan;
use crate::flow::prove::Proof;
use crate::supplier::sheet::check_code;
use crate::ui::{Table, Tone, count, right};

pub fn show(ctx: &Ctx, proved: &ProvedPlan, config: &crate::config::Config) -> Result<()> {
    let (ui, plan) = (&ctx.ui, &proved.plan);
    for po in &plan.purchase_orders {
        let by_sheet = config.suppliers.get(&po.supplier).is_some_and(|s| s.kind == SupplierKind::Sheet);
        show_purchase_order(ctx, po, proved.proofs.get(&po.id), by_sheet)?;
    }
    if !plan.held.is_empty() {
        ui.line(ui.paint(&format!("held: {}", count(plan.held.len() as u64, "reason")), Tone::Warn))?;
        for hold in &plan.held {
            ui.line(format!("{}  {}  {}", hold.order, ui.paint(hold.code.as_str(), Tone::Warn), hold.message))?;
            ui.line(format!("    {}", hold.hint))?;
        }
        ui.line("")?;
    }
    let orders = count(plan.purchase_orders.len() as u64, "purchase order");
    let totals: Vec<String> = plan.totals.iter().map(ToString::to_string).collect();
    let cost = if totals.is_empty() { String::new() } else { format!("   cost {}", totals.join(" + ")) };
    let rates = config.rates.date.map_or(String::new(), |date| format!("   rates of {date}"));
    ui.line(format!("plan {}   {orders}{cost}{rates}", ui.paint(&plan.id, Tone::Strong)))?;
    Ok(())
}

fn show_purchase_order(ctx: &Ctx, po: &PlannedOrder, proof: Option<&Proof>, by_sheet: bool) -> Result<()> {
    let ui = &ctx.ui;
    let margin = po.margin_percent.map_or("margin unknown".to_owned(), |m| format!("margin {m} %"));
    let method = method_words(po);
    ui.line(format!(
        "{}  {} -> {}{method}   cost {}   {margin}",
        ui.paint(&po.reference.to_string(), Tone::Strong),
        po.id,
        po.supplier,
        po.cost
    ))?;
    let to: Vec<&str> = po.ship_to.fields().into_iter().map(|(_, value)| value).filter(|v| !v.is_empty()).collect();
    ui.line(format!("  to  {}", to.join(", ")))?;
    if let Some(proof) = proof {
        let code = check_code(po.reference.as_str(), &po.ship_to_hash);
        let code = if by_sheet { format!("; check code {code}") } else { String::new() };
        ui.line(format!("  proof  {}{code}", proof_words(proof)))?;
    }
    for doubt in &po.doubts {
        ui.line(format!("  {}  {}: {}; {}", ui.paint("look", Tone::Warn), doubt.field, doubt.message, doubt.fix))?;
    }
    let mut table =
        Table::new(["  sku".into(), "listing".into(), "title".into(), right("packs"), right("each"), "notes".into()]);
    for line in &po.lines {
        let title = [line.title.as_str(), line.options.as_str()]
            .into_iter()
            .filter(|t| !t.is_empty())
            .collect::<Vec<_>>()
            .join(", ");
        table.row([
            format!("  {}", line.sku),
            line.listing.listing_id.clone(),
            title,
            line.quantity.to_string(),
            line.unit_cost.to_string(),
            notes(ctx, line),
        ]);
    }
    ui.table(&table)?;
    ui.line("")?;
    Ok(())
}

/// ` by CJPacket Ordinary, 7-12 days, freight 7.81 USD`
fn method_words(po: &PlannedOrder) -> String {
    if po.method.is_empty() {
        return String::new();
    }
    let mut words = vec![format!(" by {}", po.method)];
    if let Some(freight) = &po.freight {
        words.extend(days_words(freight.days));
        words.push(format!("freight {}", freight.cost));
    }
    words.join(", ")
}

/// `9 fields the same` and what a supplier's rules changed.
fn proof_words(proof: &Proof) -> String {
    let same = proof.fields.iter().filter(|f| f.verdict <= Verdict::Equivalent).count();
    let silent: Vec<&str> =
        proof.fields.iter().filter(|f| f.verdict == Verdict::Unavailable).map(|f| f.field).collect();
    let mut words = vec![format!("written and read back: {} the same", count(same as u64, "field"))];
    words
        .extend(proof.changed.iter().map(|c| format!("{} changed {} \"{}\" to \"{}\"", c.rule, c.field, c.from, c.to)));
    if !silent.is_empty() {
        words.push(format!("the sheet has no {}", silent.join(", ")));
    }
    if !proof.left_out.is_empty() {
        words.push(format!("left out: {}", proof.left_out.join(", ")));
    }
    words.join("; ")
}

/// Whatever is not plain about a line: packs, surplus, stock with its age, a fallback.
fn notes(ctx: &Ctx, line: &PlannedLine) -> String {
    let mut notes = vec![];
    if line.pieces != line.quantity {
        notes.push(count(u64::from(line.pieces), "piece"));
    }
    if line.surplus > 0 {
        notes.push(format!("{} left over", line.surplus));
    }
    if let Some(stock) = line.stock {
        notes.push(format!("stock {stock}, {}", age_words(line.checked_at, ctx.now)));
    }
    if let Some(because) = &line.fallback_because {
        notes.push(format!("fallback, first choice {because}"));
    }
    notes.join("; ")
}

pub fn document(proved: &ProvedPlan) -> serde_json::Value {
    let plan = &proved.plan;
    let purchase_orders: Vec<_> =
        plan.purchase_orders.iter().map(|po| purchase_order(po, proved.proofs.get(&po.id))).collect();
    let unmatched: Vec<_> = plan
        .unmatched
        .iter()
        .map(|u| json!({"order": u.order, "sku": u.sku, "title": u.title, "quantity": u.quantity}))
        .collect();
    json!({"schema": 1, "plan": plan.id, "purchase_orders": purchase_orders, "held": plan.held, "unmatched": unmatched,
           "totals": plan.totals})
}

fn purchase_order(po: &PlannedOrder, proof: Option<&Proof>) -> serde_json::Value {
    let lines: Vec<_> = po
        .lines
        .iter()
        .map(|l| {
            json!({"sku": l.sku, "listing_id": l.listing.listing_id, "quantity": l.quantity, "unit_cost": l.unit_cost,
                   "pieces": l.pieces, "surplus": l.surplus, "stock": l.stock, "fallback_because": l.fallback_because,
                   "checked_at": l.checked_at.map(|at| at.to_string())})
        })
        .collect();
    let proof = proof.map(|p| json!({"gate": p.gate, "verdict": p.verdict, "fields": p.fields, "changed": p.changed, "left_out": p.left_out}));
    json!({"id": po.id, "reference": po.reference, "proof": proof, "supplier": po.supplier, "order": po.id.order, "state": "draft",
           "ship_to": po.ship_to, "lines": lines, "goods": po.goods, "cost": po.cost, "revenue": po.revenue,
           "method": po.method, "freight": po.freight.as_ref().map(|f| f.cost),
           "days": po.freight.as_ref().map(|f| [f.days.0, f.days.1]), "doubts": po.doubts, "margin_percent": po.margin_percent.map(|m| m.to_string())})
}
