//! What a run of sending did, as people and programs see it, and its exit code.

use anyhow::Result;
use serde_json::json;

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

fn document(done: &Done) -> serde_json::Value {
    let sheets: Vec<_> = done
        .sheets
        .iter()
        .map(|s| json!({"supplier": s.supplier, "path": s.path, "purchase_orders": s.purchase_orders}))
        .collect();
    let events: Vec<_> = done
        .events
        .iter()
        .filter(|e| e.holds.is_empty())
        .map(|e| {
            json!({"id": e.id, "reference": e.reference, "supplier": e.supplier, "state": e.state, "message": e.why,
                   "cost": e.expected, "asks": e.asks})
        })
        .collect();
    let held: Vec<_> = done.events.iter().flat_map(|e| &e.holds).collect();
    let balances: Vec<_> = done
        .balances
        .iter()
        .map(|(supplier, balance)| json!({"supplier": supplier, "balance": balance.as_ref().ok(), "message": balance.as_ref().err()}))
        .collect();
    json!({"schema": 1, "sheets": sheets, "purchase_orders": events, "held": held, "balances": balances,
           "waiting": done.waiting, "stopped": done.stopped})
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
