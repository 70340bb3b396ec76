//! What a run of sending did, as people and programs see it, and its exit code.

use std::collections::BTreeSet;

use anyhow::Result;
use serde_json::{Value, json};

use crate::core::money::Money;
use crate::core::purchase::PurchaseState;
use crate::ctx::Ctx;
use crate::exit::Exit;
use crate::flow::hand_off::HandedOff;
use crate::flow::send::Event;
use crate::ui::{Tone, count};

/// What a run did.
#[derive(Default)]
pub struct Done {
    pub sheets: Vec<HandedOff>,
    pub events: Vec<Event>,
    /// What accounts hold that something was sent to, or why they do not say.
    pub balances: Vec<(String, std::result::Result<Money, String>)>,
    /// Purchase orders that were not begun.
    pub waiting: usize,
    pub stopped: bool,
    pub held: usize,
    /// The plan that was acted on, as `--dry-run --json` shows it; null where a sheet is handed out again.
    pub plan: Value,
}

pub fn tell(ctx: &Ctx, done: &Done) -> Result<Exit> {
    if ctx.ui.json {
        ctx.ui.document(&document(done))?;
    } else {
        show(ctx, done)?;
    }
    Ok(exit(done))
}

fn show(ctx: &Ctx, done: &Done) -> Result<()> {
    let ui = &ctx.ui;
    for sheet in &done.sheets {
        let orders = count(sheet.purchase_orders as u64, "purchase order");
        ui.line(format!(
            "{}  {}  {orders}, written, read back and the same",
            ui.paint("HANDED OFF", Tone::Good),
            sheet.path.display()
        ))?;
    }
    for event in &done.events {
        let (word, tone) = match event.state {
            _ if !event.holds.is_empty() => ("HELD".to_owned(), Tone::Warn),
            PurchaseState::Unknown => (event.state.to_string().to_uppercase(), Tone::Bad),
            _ => (event.state.to_string().to_uppercase(), Tone::Strong),
        };
        let word = ui.paint(&word, tone);
        ui.line(format!("{word}  {}  {} -> {}  {}", event.reference, event.id, event.supplier, event.why))?;
        for hold in &event.holds {
            ui.line(format!("    {}", hold.hint))?;
        }
    }
    for (supplier, balance) in &done.balances {
        match balance {
            Ok(balance) => ui.line(format!("balance of {supplier}: {balance}"))?,
            Err(why) => ui.note(format!("the balance of {supplier} cannot be asked: {why}")),
        }
    }
    if done.sheets.is_empty() && done.events.is_empty() && done.waiting == 0 {
        ui.line("nothing to send")?;
    }
    if done.waiting > 0 {
        let orders = count(done.waiting as u64, "purchase order");
        ui.line(format!("{}  {orders} not begun; dsf fulfill goes on with them", ui.paint("WAITING", Tone::Warn)))?;
    }
    if done.stopped {
        ui.note("stopped as asked; run it again to go on");
    }
    Ok(())
}

/// The plan's own document, with what became of each purchase order; before them what an earlier run had left open.
fn document(done: &Done) -> Value {
    let sheets: Vec<_> = done
        .sheets
        .iter()
        .map(|s| json!({"supplier": s.supplier, "path": s.path, "purchase_orders": s.purchase_orders}))
        .collect();
    let balances: Vec<_> = done
        .balances
        .iter()
        .map(|(supplier, balance)| json!({"supplier": supplier, "balance": balance.as_ref().ok(), "message": balance.as_ref().err()}))
        .collect();
    let listed = |field: &str| done.plan[field].as_array().cloned().unwrap_or_default();
    let mut held = listed("held");
    held.extend(done.events.iter().flat_map(|e| &e.holds).map(|hold| json!(hold)));
    json!({"schema": 1, "plan": done.plan["plan"], "sheets": sheets,
           "purchase_orders": purchase_orders(done, listed("purchase_orders")), "held": held,
           "unmatched": listed("unmatched"), "totals": listed("totals"), "balances": balances,
           "waiting": done.waiting, "stopped": done.stopped})
}

fn purchase_orders(done: &Done, planned: Vec<Value>) -> Vec<Value> {
    let held = done.events.iter().filter(|e| !e.holds.is_empty());
    let held: BTreeSet<String> = held.map(|e| e.id.order.to_string()).collect();
    let mut open: Vec<&Event> = done.events.iter().filter(|e| e.holds.is_empty()).collect();
    let mut all = vec![];
    for mut po in planned.into_iter().filter(|po| !po["order"].as_str().is_some_and(|order| held.contains(order))) {
        let (state, message, asks) = match open.iter().position(|e| po["id"] == json!(e.id)) {
            Some(at) => {
                let event = open.remove(at);
                (event.state, event.why.clone(), event.asks)
            }
            None if done.sheets.iter().any(|s| po["supplier"] == json!(s.supplier)) => {
                (PurchaseState::HandedOff, "written into a sheet".to_owned(), None)
            }
            None => (PurchaseState::Draft, "not begun".to_owned(), None),
        };
        po["state"] = json!(state);
        po["message"] = json!(message);
        po["asks"] = json!(asks);
        all.push(po);
    }
    let earlier = open.into_iter().map(|e| {
        json!({"id": e.id, "reference": e.reference, "supplier": e.supplier, "order": e.id.order, "state": e.state,
               "message": e.why, "cost": e.expected, "asks": e.asks})
    });
    earlier.chain(all).collect()
}

fn exit(done: &Done) -> Exit {
    let of = |event: &Event| match event.state {
        PurchaseState::Unknown => Exit::Unknown,
        _ if event.key_refused => Exit::KeyRefused,
        PurchaseState::Cancelled if event.cancelled => Exit::Done,
        PurchaseState::Refused | PurchaseState::Draft | PurchaseState::Cancelled => Exit::Partly,
        _ if event.mismatch => Exit::Partly,
        _ => Exit::Done,
    };
    let start = match (done.stopped, done.held + done.waiting) {
        (true, _) => Exit::Interrupted,
        (false, 0) => Exit::Done,
        (false, _) => Exit::Partly,
    };
    done.events.iter().map(of).fold(start, Exit::worse)
}
