//! `dsf status`: what needs me now, and how many orders stand where.

use anyhow::Result;
use serde_json::json;

use crate::core::hold::Hold;
use crate::core::order::Order;
use crate::core::plan::Choice;
use crate::ctx::Ctx;
use crate::exit::Exit;
use crate::flow::open_orders::Desk;
use crate::flow::planning::prove;
use crate::ui::{Table, Tone, count, right};

pub fn run(ctx: &Ctx) -> Result<Exit> {
    let config = ctx.config()?;
    let db = ctx.db_to_read()?;
    let desk = Desk::read(&db, &config, &[])?;
    let plan = prove(&desk, &config, &ctx.config_folder(), &Choice::default(), ctx.now)?.plan;
    let counts = db.counts()?;
    let age = |hold: &Hold| {
        let order = desk.orders.iter().map(|o| &o.order).find(|o| o.id.to_string() == hold.order);
        order.map_or(0, |o| age_days(o, ctx.now))
    };
    if ctx.ui.json {
        let needs: Vec<_> = plan
            .held
            .iter()
            .map(|h| json!({"id": h.order, "code": h.code, "message": h.message, "hint": h.hint, "age_days": age(h)}))
            .collect();
        let counts: serde_json::Map<_, _> = counts.iter().map(|(state, n)| (state.to_string(), json!(n))).collect();
        ctx.ui.document(
            &json!({"schema": 1, "needs_you": needs, "counts": counts, "can_be_sent": plan.purchase_orders.len()}),
        )?;
        return Ok(Exit::Done);
    }
    if !plan.held.is_empty() {
        ctx.ui.line(ctx.ui.paint(&format!("needs you: {}", count(plan.held.len() as u64, "hold")), Tone::Warn))?;
        for hold in &plan.held {
            let days = count(u64::try_from(age(hold)).unwrap_or(0), "day");
            ctx.ui.line(format!(
                "{}  {}  {}  ({days})",
                hold.order,
                ctx.ui.paint(hold.code.as_str(), Tone::Warn),
                hold.message
            ))?;
            ctx.ui.line(format!("    {}", hold.hint))?;
        }
        ctx.ui.line("")?;
    }
    let mut table = Table::new(["orders".into(), right("n")]);
    for (state, n) in counts.iter().filter(|(_, n)| *n > 0) {
        table.row([state.to_string(), n.to_string()]);
    }
    if table.is_empty() {
        ctx.ui.line("no orders yet; next: dsf import orders_export.csv")?;
        return Ok(Exit::Done);
    }
    ctx.ui.table(&table)?;
    if !plan.purchase_orders.is_empty() {
        ctx.ui.note(format!(
            "{} can be made: dsf fulfill --dry-run",
            count(plan.purchase_orders.len() as u64, "purchase order")
        ));
    }
    Ok(Exit::Done)
}

/// Days since the order was placed, or imported where nobody says.
fn age_days(order: &Order, now: jiff::Timestamp) -> i64 {
    let since = order.head.as_ref().and_then(|h| h.placed_at).unwrap_or(order.imported_at);
    now.duration_since(since).as_hours() / 24
}
