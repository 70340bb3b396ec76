//! Acting on a plan: under the lock, what was left open first, then sheets, then suppliers with an API.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use anyhow::Result;
use jiff::SignedDuration;

use super::report::{Done, tell};
use super::view::document;
use super::{changed, plan};
use crate::cli::Fulfill;
use crate::cmd::hold::{actor, given};
use crate::cmd::named::purchase_order;
use crate::config::{Config, Pay, SupplierKind};
use crate::core::ids::OrderId;
use crate::core::plan::{Choice, PlannedOrder};
use crate::core::purchase::{PurchaseState, ship_to_hash};
use crate::core::sending::Dispatch;
use crate::ctx::Ctx;
use crate::db::{Cause, Db, Kept};
use crate::exit::{Exit, Failure};
use crate::flow::hand_off::{HandedOff, Outbox, finish_sheets, hand_off as write_off};
use crate::flow::journal::Journal;
use crate::flow::planning::{ProvedPlan, sheet_of, sheet_order};
use crate::flow::send::{Event, Partners, Round, Sender};
use crate::flow::send_error::SendError;
use crate::supplier::sheet::SheetOrder;
use crate::ui::count;

pub fn run(ctx: &Ctx, config: &Config, options: &Fulfill, choice: &Choice, seen: &str) -> Result<Exit> {
    let (_lock, mut db) = ctx.db_to_write()?;
    let actor = actor();
    let journal = ready(ctx, &mut db, &actor)?;
    let stop = stop_flag(ctx);
    let stopped = || stop.load(Ordering::Relaxed) || ctx.stop_file().exists();
    let (mut desk, proved) = plan(ctx, &db, config, options, choice)?;
    if proved.plan.id != seen {
        return Err(changed(&proved.plan.id, seen));
    }
    let mut done = Done { held: proved.plan.held.len(), plan: document(&proved), ..Done::default() };
    let partners = partners(ctx, config, &db, &proved)?;
    let round = Round { journal: &journal, config, choice, actor: &actor, now: ctx.now, stop: &stopped };
    let mut sender = Sender::new(&mut db, &mut desk, round, partners);
    done.events = sender.settle_open()?;
    let planned = &proved.plan.purchase_orders;
    let held = sender.look_ahead(planned)?;
    let going = without(planned, &held);
    done.events.extend(held);
    let (sheets, too_dear) = hand_off(ctx, round, &mut sender, &proved, &going)?;
    let going = without(&going, &too_dear);
    done.sheets = sheets;
    done.events.extend(too_dear);
    let by_api = |po: &PlannedOrder| config.suppliers.get(&po.supplier).is_some_and(|s| s.kind != SupplierKind::Sheet);
    let to_send: Vec<PlannedOrder> = going.into_iter().filter(by_api).collect();
    done.events.extend(sender.send(&to_send, &proved.plan.id)?);
    done.balances = sender.balances(&done.events);
    done.waiting = sender.waiting;
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

/// Suppliers with an API that this plan or an open purchase order needs, and the stores of their orders.
fn partners(ctx: &Ctx, config: &Config, db: &Db, proved: &ProvedPlan) -> Result<Partners> {
    let mut suppliers = BTreeSet::new();
    let mut stores = BTreeSet::new();
    for po in &proved.plan.purchase_orders {
        suppliers.insert(po.supplier.clone());
        stores.insert(po.id.order.store.clone());
    }
    for kept in db.undecided()?.into_iter().chain(db.drafts()?) {
        suppliers.insert(kept.supplier);
        stores.insert(kept.id.order.store);
    }
    suppliers.extend(db.cancelling()?.into_iter().map(|kept| kept.supplier));
    let pays = |name: &str| config.suppliers.get(name).is_some_and(|s| s.pay == Pay::AfterProof);
    suppliers.extend(db.placed()?.into_iter().map(|kept| kept.supplier).filter(|name| pays(name)));
    Ok(Partners::build(config, &ctx.net()?, &suppliers, &stores)?)
}

/// What is not of an order that an event keeps back.
fn without(planned: &[PlannedOrder], held: &[Event]) -> Vec<PlannedOrder> {
    let kept_back: BTreeSet<&OrderId> = held.iter().map(|e| &e.id.order).collect();
    planned.iter().filter(|po| !kept_back.contains(&po.id.order)).cloned().collect()
}

/// One sheet for each supplier with a spreadsheet; with what the limit of the run keeps back.
fn hand_off(
    ctx: &Ctx,
    round: Round,
    sender: &mut Sender,
    proved: &ProvedPlan,
    going: &[PlannedOrder],
) -> Result<(Vec<HandedOff>, Vec<Event>)> {
    let by_sheet =
        |po: &&PlannedOrder| round.config.suppliers.get(&po.supplier).is_some_and(|s| s.kind == SupplierKind::Sheet);
    let mut too_dear = vec![];
    for po in going.iter().filter(by_sheet) {
        match sender.beyond_limit(&po.id.order, po.cost) {
            None => sender.count(po.cost),
            Some(hold) => too_dear.push(sender.held(po, hold)),
        }
    }
    if (round.stop)() {
        return Ok((vec![], too_dear));
    }
    let going = without(going, &too_dear);
    let desk = &*sender.desk;
    let orders: BTreeMap<_, _> = desk.orders.iter().map(|o| (&o.order.id, &o.order)).collect();
    let mut prepared = vec![];
    for (name, supplier) in round.config.suppliers.iter().filter(|(_, s)| s.kind == SupplierKind::Sheet) {
        let planned: Vec<&PlannedOrder> = going.iter().filter(|po| po.supplier == *name).collect();
        if planned.is_empty() {
            continue;
        }
        let rows: Vec<SheetOrder> = planned
            .iter()
            .filter_map(|po| Some(sheet_order(po, proved.dispatches.get(&po.id)?, orders.get(&po.id.order)?, desk)))
            .collect();
        let sheet = sheet_of(supplier, &ctx.config_folder())?;
        let outbox = Outbox::of(name, supplier, &sheet, &ctx.db_path);
        prepared.push(outbox.prepare(sender.db, &planned, rows, round.cause("handed off"))?);
    }
    let drafts = sender.drafts_beside_sheets(&going)?;
    let batch = &proved.plan.id;
    let sheets = write_off(sender.db, round.journal, prepared, &drafts, batch, round.cause("handed off"))?;
    Ok((sheets, too_dear))
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
    for kept in &kept {
        still_wanted(&db, kept)?;
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

/// What is handed out again goes to the customer as the order has him now, and only while he waits for it.
fn still_wanted(db: &Db, kept: &Kept) -> Result<()> {
    let found = db.order(&kept.id.order)?;
    let order = found.as_ref().map(|f| &f.order);
    let ship_to = order.and_then(|o| o.head.as_ref()?.ship_to.as_ref()).map(ship_to_hash);
    let why = match order.map(|o| o.stopped()) {
        None => "its order is gone".to_owned(),
        Some(Some(why)) => format!("its order is {why}"),
        Some(None) if ship_to.as_deref() != Some(&kept.ship_to_hash) => {
            "the address of its order is another now".to_owned()
        }
        Some(None) => return Ok(()),
    };
    let hint = format!("dsf cancel {} --reason \"…\"", kept.id);
    Err(Failure::new(Exit::Failed, format!("{} cannot be handed out again: {why}", kept.id), hint))
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
