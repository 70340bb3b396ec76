//! `dsf orders`: a list, in every state unless filtered.

use std::collections::HashMap;

use anyhow::Result;
use serde_json::json;

use super::planned::planned;
use crate::cli::Orders;
use crate::core::hold::Hold;
use crate::core::ids::OrderId;
use crate::core::order::Order;
use crate::core::plan::Choice;
use crate::ctx::Ctx;
use crate::db::{Db, OrderFilter};
use crate::exit::Exit;
use crate::ui::{Column, Table, date, right};

pub fn run(ctx: &Ctx, options: Orders) -> Result<Exit> {
    let db = ctx.db_to_read()?;
    let held = holds(ctx, &db, &[])?;
    let filter = OrderFilter { store: options.store, states: options.state, limit: options.limit };
    if ctx.ui.json {
        let mut orders = vec![];
        db.each_order(&filter, &mut |found| {
            orders.push(as_json(&found.order, held.get(&found.order.id.to_string()).map_or(&[], Vec::as_slice)));
            Ok(())
        })?;
        ctx.ui.document(&json!({"schema": 1, "orders": orders}))?;
        return Ok(Exit::Done);
    }
    let mut table = Table::new([
        "order".into(),
        Column::from("placed").optional(),
        "state".into(),
        "customer".into(),
        Column::from("to").optional(),
        right("pieces").optional(),
        right("total"),
        "why".into(),
    ]);
    db.each_order(&filter, &mut |found| {
        let order = &found.order;
        let holds = held.get(&order.id.to_string());
        let why = holds.map(|h| h.iter().map(|h| h.code.as_str()).collect::<Vec<_>>().join(" "));
        table.row(cells(order, why.or_else(|| order.state_reason()).unwrap_or_default()));
        Ok(())
    })?;
    if table.is_empty() {
        ctx.ui.note("no orders; next: dsf import orders_export.csv");
    } else {
        ctx.ui.table(&table)?;
    }
    Ok(Exit::Done)
}

fn cells(order: &Order, why: String) -> [String; 8] {
    let head = order.head.as_ref();
    let ship_to = head.and_then(|h| h.ship_to.as_ref());
    let pieces: u64 = order.lines.iter().map(|l| u64::from(l.wanted())).sum();
    [
        order.id.to_string(),
        date(head.and_then(|h| h.placed_at)),
        order.state().to_string(),
        ship_to.map(|a| a.name.clone()).unwrap_or_default(),
        ship_to.map(|a| a.country.clone()).unwrap_or_default(),
        pieces.to_string(),
        head.and_then(|h| h.total).map_or("-".to_owned(), |t| t.to_string()),
        why,
    ]
}

/// Holds of open orders, or of those named, as a plan of now would find them.
pub fn holds(ctx: &Ctx, db: &Db, only: &[OrderId]) -> Result<HashMap<String, Vec<Hold>>> {
    let config = ctx.config()?;
    let mut by_order: HashMap<String, Vec<Hold>> = HashMap::new();
    for hold in planned(ctx, db, &config, only, &Choice::default())?.1.plan.held {
        by_order.entry(hold.order.clone()).or_default().push(hold);
    }
    Ok(by_order)
}

pub fn as_json(order: &Order, held: &[Hold]) -> serde_json::Value {
    let head = order.head.as_ref();
    let lines: Vec<_> = order
        .lines
        .iter()
        .map(|l| {
            json!({"id": l.position.to_string(), "external_id": l.said.external_id, "sku": l.said.sku, "title": l.said.title,
                   "variant": l.said.variant, "quantity": l.wanted(), "orderable": order.orderable(l),
                   "unit_price": l.said.unit_price, "personalisation": l.said.personalisation,
                   "ordered": l.said.quantity, "removed": l.said.removed, "bought": l.bought,
                   "shipped": l.shipped.saturating_add(l.shipped_elsewhere())})
        })
        .collect();
    json!({
        "id": order.id, "store": order.id.store, "number": order.number, "external_id": order.external_id,
        "state": order.state(), "reason": order.state_reason(), "placed_at": head.and_then(|h| h.placed_at).map(|at| at.to_string()),
        "currency": head.and_then(|h| h.currency), "total": head.and_then(|h| h.total),
        "ship_to": head.and_then(|h| h.ship_to.as_ref()), "lines": lines, "held": held,
    })
}
