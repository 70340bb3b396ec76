//! `dsf track sync`: for cron. Silent when all went well; says what went wrong, and ends with the code that says how badly.

use std::sync::atomic::Ordering;

use anyhow::Result;
use serde_json::{Value, json};

use crate::cli::Sync;
use crate::cmd::fulfill::stop_flag;
use crate::cmd::hold::actor;
use crate::core::parcel::bare;
use crate::core::push_state::PushState;
use crate::ctx::Ctx;
use crate::exit::{Exit, Failure};
use crate::flow::push::{Run, Told, fix};
use crate::flow::sync::{Clients, Outcome, Preview, preview, sync};
use crate::ui::{Tone, count};

pub fn run(ctx: &Ctx, options: &Sync) -> Result<Exit> {
    let config = ctx.config()?;
    let actor = actor();
    if options.dry_run {
        let db = ctx.db_to_read()?;
        let run = Run { config: &config, actor: &actor, now: ctx.now, stop: &|| false, again: &options.again };
        let clients = Clients::build(&db, &run, &ctx.offline())?;
        return would(ctx, &preview(&db, run, &clients)?);
    }
    let (_lock, mut db) = ctx.db_to_write()?;
    for number in &options.again {
        if db.parcels_numbered(&bare(number))?.is_empty() {
            return Err(Failure::new(Exit::Usage, format!("no parcel has the number \"{number}\""), "dsf status"));
        }
    }
    let stop = stop_flag(ctx);
    let stopped = || stop.load(Ordering::Relaxed) || ctx.stop_file().exists();
    let run = Run { config: &config, actor: &actor, now: ctx.now, stop: &stopped, again: &options.again };
    let clients = Clients::build(&db, &run, &ctx.net()?)?;
    let outcome = sync(&mut db, run, clients, &ctx.db_path)?;
    tell(ctx, &outcome)
}

fn tell(ctx: &Ctx, outcome: &Outcome) -> Result<Exit> {
    if ctx.ui.json {
        ctx.ui.document(&document(outcome))?;
        return Ok(exit(outcome));
    }
    if ctx.ui.verbose {
        ctx.ui.note(format!(
            "fetched {}, pushed {}, waiting {}",
            outcome.fetched,
            outcome.pushed(),
            outcome.waiting().count()
        ));
        for told in outcome.told.iter().filter(|t| t.pushed) {
            ctx.ui.note(format!("told {} of {}: {}", told.order, told.number, told.why));
        }
    }
    for file in &outcome.files {
        ctx.ui.line(format!(
            "{}  {}  {}",
            ctx.ui.paint("UPLOAD", Tone::Good),
            file.path.display(),
            count(file.parcels as u64, "parcel")
        ))?;
        ctx.ui.note(format!("  upload it at {}", file.place));
    }
    for silent in &outcome.silent {
        ctx.ui.warn(format!("{}: {}", silent.what, silent.why));
    }
    for hold in &outcome.held {
        ctx.ui.line(format!("{}  {}  {}", hold.order, ctx.ui.paint(hold.code.as_str(), Tone::Warn), hold.message))?;
        ctx.ui.line(format!("    {}", hold.hint))?;
    }
    for failed in &outcome.failed {
        let what = failed.purchase_order.as_ref().map_or_else(String::new, ToString::to_string);
        ctx.ui.line(format!(
            "{what}  {}  {}  {}",
            failed.number,
            ctx.ui.paint(&failed.code, Tone::Warn),
            failed.message
        ))?;
    }
    for told in outcome.told.iter().filter(|t| is_news(t) || ctx.ui.verbose && !t.code.is_empty()) {
        line(ctx, told)?;
    }
    if outcome.stopped {
        ctx.ui.note("stopped as asked; run it again to go on");
    }
    Ok(exit(outcome))
}

fn line(ctx: &Ctx, told: &Told) -> Result<()> {
    let tone = if told.state == PushState::Unknown { Tone::Bad } else { Tone::Warn };
    ctx.ui.line(format!("{}  {}  {}  {}", told.order, told.number, ctx.ui.paint(&told.code, tone), told.why))?;
    ctx.ui.line(format!("    {}", fix(&told.code, &told.order, told.purchase_order.as_ref(), &told.number)))?;
    Ok(())
}

/// Something a person did not know before this run, or that is as bad as before.
fn is_news(told: &Told) -> bool {
    match told.state {
        PushState::Unknown => true,
        PushState::Refused => !told.same,
        PushState::Planned => !told.same && !told.code.is_empty() && told.code != "REST_OF_KIT",
        PushState::Done | PushState::Sent => false,
    }
}

fn exit(outcome: &Outcome) -> Exit {
    let of_told = |t: &Told| match t.state {
        PushState::Unknown => Exit::Unknown,
        _ if t.code == "KEY_REFUSED" => Exit::KeyRefused,
        _ if is_news(t) => Exit::Partly,
        _ => Exit::Done,
    };
    let start = if outcome.stopped { Exit::Interrupted } else { Exit::Done };
    let held = if outcome.held.is_empty() && outcome.failed.is_empty() { Exit::Done } else { Exit::Partly };
    let silent = outcome.silent.iter().map(|s| if s.key_refused { Exit::KeyRefused } else { Exit::Failed });
    outcome.told.iter().map(of_told).chain([held]).chain(silent).fold(start, Exit::worse)
}

fn document(outcome: &Outcome) -> Value {
    let told = |t: &Told| {
        json!({"order": t.order, "purchase_order": t.purchase_order, "number": t.number, "code": t.code, "message": t.why,
               "hint": fix(&t.code, &t.order, t.purchase_order.as_ref(), &t.number)})
    };
    let failed = outcome.failed.iter().map(|f| {
        json!({"order": f.order, "purchase_order": f.purchase_order, "number": f.number, "code": f.code, "message": f.message})
    });
    let refused = outcome.told.iter().filter(|t| matches!(t.state, PushState::Refused | PushState::Unknown)).map(told);
    let silent = outcome
        .silent
        .iter()
        .map(|s| json!({"order": null, "purchase_order": null, "number": null, "code": "NO_ANSWER", "message": format!("{}: {}", s.what, s.why)}));
    let files: Vec<Value> = outcome
        .files
        .iter()
        .map(|f| json!({"store": f.store, "path": f.path, "parcels": f.parcels, "upload_at": f.place}))
        .collect();
    json!({"schema": 1, "fetched": outcome.fetched, "pushed": outcome.pushed(), "waiting": outcome.waiting().count(),
           "failed": failed.chain(refused).chain(silent).collect::<Vec<_>>(), "held": outcome.held,
           "waiting_for": outcome.waiting().map(told).collect::<Vec<_>>(), "files": files, "stopped": outcome.stopped})
}

/// What a run would do, with nothing opened.
fn would(ctx: &Ctx, preview: &Preview) -> Result<Exit> {
    let (ready, waiting): (Vec<&Told>, Vec<&Told>) = preview.told.iter().partition(|t| t.code.is_empty());
    if ctx.ui.json {
        let told = |t: &&Told| json!({"order": t.order, "purchase_order": t.purchase_order, "number": t.number, "code": t.code, "message": t.why});
        let suppliers: Vec<Value> =
            preview.suppliers.iter().map(|(name, n)| json!({"supplier": name, "purchase_orders": n})).collect();
        let trackers: Vec<Value> =
            preview.trackers.iter().map(|(name, r, n)| json!({"tracker": name, "register": r, "read": n})).collect();
        ctx.ui.document(&json!({"schema": 1, "fetched": 0, "pushed": 0, "waiting": waiting.len(), "failed": [],
            "would_ask": suppliers, "would_track": trackers, "would_push": ready.iter().map(told).collect::<Vec<_>>(),
            "waiting_for": waiting.iter().map(told).collect::<Vec<_>>()}))?;
        return Ok(Exit::Done);
    }
    for (name, n) in &preview.suppliers {
        ctx.ui.line(format!("would ask {name} for {}", count(*n as u64, "purchase order")))?;
    }
    for (name, register, read) in &preview.trackers {
        ctx.ui.line(format!("would register {} and read {} at {name}", count(*register as u64, "number"), read))?;
    }
    for told in ready {
        ctx.ui.line(format!("would tell {} of {}: {}", told.order, told.number, told.why))?;
    }
    for told in &waiting {
        line(ctx, told)?;
    }
    if preview.told.is_empty() && preview.suppliers.is_empty() && preview.trackers.is_empty() {
        ctx.ui.line("nothing to do")?;
    }
    Ok(Exit::Done)
}
