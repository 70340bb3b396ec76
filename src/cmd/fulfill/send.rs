//! Acting on a plan: under the lock, what was left open first, then sheets, then suppliers with an API.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use anyhow::Result;
use jiff::SignedDuration;
use serde_json::json;

use super::{changed, plan};
use crate::cli::Fulfill;
use crate::cmd::hold::{actor, given};
use crate::cmd::named::purchase_order;
use crate::config::{Config, SupplierKind};
use crate::core::plan::{Choice, PlannedOrder};
use crate::core::purchase::PurchaseState;
use crate::core::sending::Dispatch;
use crate::ctx::Ctx;
use crate::db::{Cause, Db, Kept};
use crate::exit::{Exit, Failure};
use crate::flow::hand_off::{HandedOff, Outbox, finish_sheets};
use crate::flow::journal::Journal;
use crate::flow::open_orders::Desk;
use crate::flow::planning::{ProvedPlan, sheet_of, sheet_order};
use crate::flow::send::{Event, Round, Sender};
use crate::flow::send_error::SendError;
use crate::supplier::sheet::SheetOrder;
use crate::ui::{Tone, count};

/// What a run did.
#[derive(Default)]
struct Done {
    sheets: Vec<HandedOff>,
    events: Vec<Event>,
    stopped: bool,
    held: usize,
}

pub fn run(ctx: &Ctx, config: &Config, options: &Fulfill, choice: &Choice, seen: &str) -> Result<Exit> {
    let (_lock, mut db) = ctx.db_to_write()?;
    let actor = actor();
    let journal = ready(ctx, &mut db, &actor)?;
    let stop = stop_flag(ctx);
    let stopped = || stop.load(Ordering::Relaxed) || ctx.stop_file().exists();
    let mut done = Done::default();
    let (desk, proved) = plan(ctx, &db, config, options, choice)?;
    if proved.plan.id != seen {
        return Err(changed(&proved.plan.id, seen));
    }
    done.held = proved.plan.held.len();
    let net = ctx.net()?;
    let suppliers = with_api(config, &db, &proved)?;
    let round = Round { journal: &journal, config, actor: &actor, now: ctx.now, stop: &stopped };
    let mut sender = Sender::new(&mut db, round, &net, &suppliers)?;
    done.events = sender.settle_open()?;
    done.sheets = hand_off(ctx, round, sender.db, &desk, &proved)?;
    let to_send: Vec<(&PlannedOrder, &Dispatch)> = proved
        .plan
        .purchase_orders
        .iter()
        .filter(|po| suppliers.contains(&po.supplier))
        .filter_map(|po| Some((po, proved.dispatches.get(&po.id)?)))
        .collect();
    done.events.extend(sender.send(&to_send, &proved.plan.id)?);
    done.stopped = stopped();
    tell(ctx, &done)
}

/// Recovers what a crash left, and refuses to go on with a wrong clock or an old copy of the database.
fn ready(ctx: &Ctx, db: &mut Db, actor: &str) -> Result<Journal> {
    if let Some(last) = db.last_event()?.filter(|last| ctx.now < *last - SignedDuration::from_hours(1)) {
        return Err(SendError::Clock { now: ctx.now.to_string(), last: last.to_string() }.into());
    }
    let cut_off = db.recover(Cause { why: "the run that sent it was cut off", actor, now: ctx.now })?;
    if cut_off > 0 {
        ctx.ui
            .warn(format!("the last run was cut off: the outcome of {} is unknown", count(cut_off, "purchase order")));
    }
    let (word, references) = db.references()?;
    let journal = Journal::of(&ctx.state_folder, &word);
    journal.check(&references).map_err(SendError::from)?;
    let finished = finish_sheets(db)?;
    for path in finished.named {
        ctx.ui.note(format!("finished: {path}"));
    }
    for path in finished.missing {
        ctx.ui.warn(format!(
            "{path} was handed off and is not there; dsf fulfill --resend \"lost\" with its purchase orders"
        ));
    }
    Ok(journal)
}

/// Suppliers with an API that this plan or an open purchase order needs.
fn with_api(config: &Config, db: &Db, proved: &ProvedPlan) -> Result<Vec<String>> {
    let mut names: Vec<String> = proved.plan.purchase_orders.iter().map(|po| po.supplier.clone()).collect();
    names.extend(db.undecided()?.into_iter().chain(db.drafts()?).map(|kept| kept.supplier));
    names.sort();
    names.dedup();
    names.retain(|name| config.suppliers.get(name).is_some_and(|s| s.kind != SupplierKind::Sheet));
    Ok(names)
}

/// One sheet for each supplier with a spreadsheet.
fn hand_off(ctx: &Ctx, round: Round, db: &mut Db, desk: &Desk, proved: &ProvedPlan) -> Result<Vec<HandedOff>> {
    let orders: BTreeMap<_, _> = desk.orders.iter().map(|o| (&o.order.id, &o.order)).collect();
    let mut sheets = vec![];
    for (name, supplier) in round.config.suppliers.iter().filter(|(_, s)| s.kind == SupplierKind::Sheet) {
        let planned: Vec<&PlannedOrder> =
            proved.plan.purchase_orders.iter().filter(|po| po.supplier == *name).collect();
        if planned.is_empty() || (round.stop)() {
            continue;
        }
        let going: Vec<SheetOrder> = planned
            .iter()
            .filter_map(|po| Some(sheet_order(po, proved.dispatches.get(&po.id)?, orders.get(&po.id.order)?, desk)))
            .collect();
        let sheet = sheet_of(supplier, &ctx.config_folder())?;
        let outbox = Outbox::of(name, supplier, &sheet, &ctx.db_path);
        let batch = &proved.plan.id;
        sheets.push(outbox.hand_off(db, round.journal, &planned, going, batch, round.cause("handed off"))?);
    }
    Ok(sheets)
}

/// `--resend REASON`: the same purchase orders in another sheet, stamped, under the same references.
pub fn again(ctx: &Ctx, config: &Config, options: &Fulfill, reason: &str) -> Result<Exit> {
    let reason = given(reason)?;
    let (_lock, mut db) = ctx.db_to_write()?;
    let actor = actor();
    ready(ctx, &mut db, &actor)?;
    let kept: Vec<Kept> = options.orders.iter().map(|name| purchase_order(&db, name)).collect::<Result<_>>()?;
    if kept.is_empty() {
        return Err(Failure::new(
            Exit::Usage,
            "no purchase order is named",
            "dsf fulfill us/1001/1 --resend \"lost the sheet\"",
        ));
    }
    if let Some(other) = kept.iter().find(|k| k.state != PurchaseState::HandedOff) {
        let message = format!("{} is {}: only what was handed off can be handed out again", other.id, other.state);
        return Err(Failure::new(Exit::Failed, message, format!("dsf show {}", other.id.order)));
    }
    let mut done = Done::default();
    let mut suppliers: Vec<&String> = kept.iter().map(|k| &k.supplier).collect();
    suppliers.sort();
    suppliers.dedup();
    for name in suppliers {
        let Some(supplier) = config.suppliers.get(name) else { continue };
        let sheet = sheet_of(supplier, &ctx.config_folder())?;
        let dispatches: Vec<Dispatch> =
            kept.iter().filter(|k| k.supplier == *name).map(|k| Ok(db.dispatch(k)?)).collect::<Result<_>>()?;
        let orders =
            dispatches.iter().map(|d| SheetOrder { resend: Some(reason.to_owned()), ..SheetOrder::of(d) }).collect();
        let cause = Cause { why: reason, actor: &actor, now: ctx.now };
        done.sheets.push(Outbox::of(name, supplier, &sheet, &ctx.db_path).hand_out_again(&db, orders, cause)?);
        for k in kept.iter().filter(|k| k.supplier == *name) {
            db.note(k, &format!("handed out again: {reason}"), cause)?;
        }
    }
    tell(ctx, &done)
}

/// Set by Ctrl-C: the purchase order at hand is finished, no other is begun.
pub fn stop_flag(ctx: &Ctx) -> Arc<AtomicBool> {
    let flag = Arc::new(AtomicBool::new(false));
    let seen = flag.clone();
    if ctrlc::set_handler(move || seen.store(true, Ordering::Relaxed)).is_err() {
        ctx.ui.note("Ctrl-C cannot be caught here; a file named dsf.stop beside the database stops too");
    }
    flag
}

fn tell(ctx: &Ctx, done: &Done) -> Result<Exit> {
    let ui = &ctx.ui;
    if ui.json {
        let sheets: Vec<_> = done
            .sheets
            .iter()
            .map(|s| json!({"supplier": s.supplier, "path": s.path, "purchase_orders": s.purchase_orders}))
            .collect();
        let events: Vec<_> = done
            .events
            .iter()
            .map(|e| json!({"id": e.id, "reference": e.reference, "supplier": e.supplier, "state": e.state, "message": e.why}))
            .collect();
        ui.document(&json!({"schema": 1, "sheets": sheets, "purchase_orders": events, "stopped": done.stopped}))?;
    } else {
        for sheet in &done.sheets {
            let orders = count(sheet.purchase_orders as u64, "purchase order");
            ui.line(format!(
                "{}  {}  {orders}, written, read back and the same",
                ui.paint("HANDED OFF", Tone::Good),
                sheet.path.display()
            ))?;
        }
        for event in &done.events {
            let tone = if event.state == PurchaseState::Unknown { Tone::Bad } else { Tone::Strong };
            let state = ui.paint(&event.state.to_string().to_uppercase(), tone);
            ui.line(format!("{state}  {}  {} -> {}  {}", event.reference, event.id, event.supplier, event.why))?;
        }
        if done.sheets.is_empty() && done.events.is_empty() {
            ui.line("nothing to send")?;
        }
        if done.stopped {
            ui.note("stopped as asked; run it again to go on");
        }
    }
    Ok(exit(done))
}

fn exit(done: &Done) -> Exit {
    let of = |event: &Event| match event.state {
        PurchaseState::Unknown => Exit::Unknown,
        _ if event.key_refused => Exit::KeyRefused,
        PurchaseState::Refused | PurchaseState::Draft | PurchaseState::Cancelled => Exit::Partly,
        _ if event.mismatch => Exit::Partly,
        _ => Exit::Done,
    };
    let start = match (done.stopped, done.held) {
        (true, _) => Exit::Interrupted,
        (false, 0) => Exit::Done,
        (false, _) => Exit::Partly,
    };
    done.events.iter().map(of).fold(start, Exit::worse)
}
