//! `dsf show`: everything about one order.

use anyhow::Result;
use serde_json::json;

use super::named;
use super::orders::{as_json, holds};
use super::parcels;
use crate::core::ids::OrderName;
use crate::core::order::Order;
use crate::ctx::Ctx;
use crate::db::{Db, Decision, Kept, Past, Step};
use crate::exit::Exit;
use crate::flow::watching::waiting;
use crate::ui::{Table, Tone, right, short_time};

pub fn run(ctx: &Ctx, name: &OrderName) -> Result<Exit> {
    let db = ctx.db_to_read()?;
    let found = named::order(&db, name)?;
    let held =
        holds(ctx, &db, std::slice::from_ref(&found.order.id))?.remove(&found.order.id.to_string()).unwrap_or_default();
    let (past, decisions) = (db.past(found.row)?, db.decisions(found.row)?);
    let bought = bought(&db, found.row)?;
    let is_held = !held.is_empty();
    let mut held = held;
    held.extend(waiting(&db, &ctx.config()?, Some(found.row), ctx.now)?.into_iter().map(|(hold, _)| hold));
    if ctx.ui.json {
        let mut document = as_json(&found.order, &held);
        document["schema"] = json!(1);
        document["history"] = past.iter().map(past_json).collect();
        document["purchase_orders"] = bought.iter().map(bought_json).collect();
        document["parcels"] = parcels::json(&db, found.row)?;
        document["decisions"] = decisions.iter().map(decision_json).collect();
        ctx.ui.document(&document)?;
    } else {
        show_order(ctx, &found.order)?;
        for b in &bought {
            show_bought(ctx, b)?;
        }
        parcels::show(ctx, &db, found.row)?;
        for hold in &held {
            ctx.ui.line(format!("{} {}  {}", ctx.ui.paint("HELD", Tone::Warn), hold.code, hold.message))?;
            ctx.ui.line(format!("     {}", hold.hint))?;
        }
        for p in &past {
            ctx.ui.line(format!(
                "{}  {} \"{}\" -> \"{}\"  ({})",
                short_time(p.at),
                p.change.field,
                p.change.from,
                p.change.to,
                p.from
            ))?;
        }
        for d in &decisions {
            ctx.ui.line(format!(
                "{}  {} {} {} by {}: {}",
                short_time(d.at),
                d.what,
                d.code,
                d.message,
                d.actor,
                d.reason
            ))?;
        }
    }
    Ok(if is_held { Exit::Partly } else { Exit::Done })
}

fn show_order(ctx: &Ctx, order: &Order) -> Result<()> {
    let ui = &ctx.ui;
    let head = order.head.as_ref();
    let why = order.state_reason().map(|r| format!(" ({r})")).unwrap_or_default();
    ui.line(format!("{}  {}{why}", ui.paint(&order.id.to_string(), Tone::Strong), order.state()))?;
    let text = |value: Option<String>| value.filter(|v| !v.is_empty());
    let facts = [
        ("placed", head.and_then(|h| h.placed_at).map(|at| short_time(at) + " UTC")),
        ("ship by", head.and_then(|h| h.ship_by).map(|at| short_time(at) + " UTC")),
        ("total", head.and_then(|h| h.total).map(|t| t.to_string())),
        ("store's id", text(order.external_id.clone())),
        ("method", text(head.and_then(|h| h.method.clone()))),
        ("e-mail", text(head.and_then(|h| h.email.clone()))),
        ("note", text(head.and_then(|h| h.note.clone()))),
        ("gift message", text(head.and_then(|h| h.gift_message.clone()))),
        ("tax id", text(head.and_then(|h| h.tax_id.clone()))),
        ("imported", Some(short_time(order.imported_at) + " UTC")),
    ];
    for (label, value) in facts {
        if let Some(value) = value {
            ui.line(format!("  {label:<13} {}", value.replace(['\n', '\r'], " / ")))?;
        }
    }
    ui.line("  ship to")?;
    match head.and_then(|h| h.ship_to.as_ref()) {
        None => ui.line("    none")?,
        Some(address) => {
            for (field, value) in address.fields().into_iter().filter(|(_, v)| !v.is_empty()) {
                ui.line(format!("    {field:<11} {value}"))?;
            }
        }
    }
    let mut table = Table::new([
        right("#"),
        "sku".into(),
        "title".into(),
        right("wants"),
        right("removed"),
        right("bought"),
        right("shipped"),
        right("to order"),
        right("price"),
    ]);
    for line in &order.lines {
        let said = &line.said;
        let title = [said.title.as_str(), said.variant.as_str()]
            .into_iter()
            .filter(|t| !t.is_empty())
            .collect::<Vec<_>>()
            .join(", ");
        table.row([
            line.position.to_string(),
            said.sku.clone(),
            title,
            line.wanted().to_string(),
            said.removed.unwrap_or(0).to_string(),
            line.bought.to_string(),
            line.shipped.saturating_add(line.shipped_elsewhere()).to_string(),
            order.orderable(line).to_string(),
            said.unit_price.map_or("-".to_owned(), |p| p.to_string()),
        ]);
    }
    ui.table(&table)?;
    for line in order.lines.iter().filter(|l| l.said.personalisation.as_ref().is_some_and(|p| !p.is_empty())) {
        let text = line.said.personalisation.clone().unwrap_or_default().replace(['\n', '\r'], " / ");
        ui.line(format!("  line {} personalisation: {text}", line.position))?;
    }
    Ok(())
}

/// A purchase order with everything that became of it.
struct Bought {
    kept: Kept,
    supplier_orders: Vec<String>,
    recorded: Option<(String, String)>,
    steps: Vec<Step>,
}

fn bought(db: &Db, order: i64) -> Result<Vec<Bought>> {
    let of = |kept: Kept| {
        Ok(Bought {
            supplier_orders: db.supplier_orders(kept.row)?,
            recorded: db.recorded_proof(kept.row)?,
            steps: db.steps(kept.row)?,
            kept,
        })
    };
    db.purchase_orders(order)?.into_iter().map(of).collect()
}

fn show_bought(ctx: &Ctx, b: &Bought) -> Result<()> {
    let ui = &ctx.ui;
    let (kept, state) = (&b.kept, b.kept.state.to_string());
    let mut words = vec![format!("{} from {}, {state}, {}", kept.reference, kept.supplier, kept.expected)];
    words.extend((!b.supplier_orders.is_empty()).then(|| format!("theirs {}", b.supplier_orders.join(" "))));
    words.extend(kept.sheet.as_ref().map(|path| format!("in {path}")));
    words.extend(b.recorded.as_ref().map(|(verdict, _)| format!("recorded address: {verdict}")));
    ui.line(format!("{}  {}", ui.paint(&kept.id.to_string(), Tone::Strong), words.join(", ")))?;
    for step in &b.steps {
        ui.line(format!("  {}  {} -> {}  {} ({})", short_time(step.at), step.old, step.new, step.cause, step.actor))?;
    }
    Ok(())
}

fn bought_json(b: &Bought) -> serde_json::Value {
    let kept = &b.kept;
    let steps: Vec<_> = b
        .steps
        .iter()
        .map(|s| json!({"from": s.old, "to": s.new, "at": s.at.to_string(), "cause": s.cause, "actor": s.actor}))
        .collect();
    json!({"id": kept.id, "reference": kept.reference, "supplier": kept.supplier, "state": kept.state, "cost": kept.expected,
           "ship_to": kept.ship_to, "supplier_orders": b.supplier_orders, "sheet": kept.sheet, "check_code": kept.check_code,
           "recorded": b.recorded.as_ref().map(|(verdict, _)| verdict), "steps": steps})
}

fn past_json(p: &Past) -> serde_json::Value {
    json!({"field": p.change.field, "from": p.change.from, "to": p.change.to, "at": p.at.to_string(), "source": p.from})
}

fn decision_json(d: &Decision) -> serde_json::Value {
    json!({"what": d.what, "code": d.code, "message": d.message, "reason": d.reason, "at": d.at.to_string(), "actor": d.actor})
}
