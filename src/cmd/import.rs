//! `dsf import`: orders in, from store exports or from the stores' APIs.

use anyhow::Result;
use serde_json::json;

use super::problems;
use crate::cli::Import;
use crate::config::{Config, Store};
use crate::core::change::Why;
use crate::core::ids::Slug;
use crate::core::order::State;
use crate::ctx::Ctx;
use crate::db::{API, Db};
use crate::exit::{Exit, Failure, Report, report};
use crate::flow::import::{
    ApplyError, FileOutcome, Inspected, Outcome, PullFailure, Pulling, Said, Seen, Settings, apply, inspect, pull,
};
use crate::store::{Formats, kinds};
use crate::ui::{Progress, Tone, count};

pub fn run(ctx: &Ctx, options: &Import) -> Result<Exit> {
    let config = ctx.config()?;
    let source = if options.files.is_empty() {
        Source::Stores(stores_to_read(&config, options)?)
    } else {
        Source::Files(look_at_all(ctx, &config, options)?)
    };
    let (outcome, stopped, counts) = if options.dry_run {
        let (_folder, mut db) = ctx.db_to_try()?;
        let (outcome, stopped) = source.apply(ctx, &config, &mut db, options);
        (outcome, stopped, db.counts()?)
    } else {
        let (_lock, mut db) = ctx.db_to_write()?;
        let (outcome, stopped) = source.apply(ctx, &config, &mut db, options);
        (outcome, stopped, db.counts()?)
    };
    if outcome.files.iter().all(|f| f.rows == 0 && f.format == API)
        && let Some(error) = stopped
    {
        return Err(error);
    }
    if ctx.ui.json {
        ctx.ui.document(&document(&outcome))?;
    } else {
        show(ctx, &outcome, &counts)?;
    }
    if options.dry_run {
        ctx.ui.note("dry run: nothing was changed");
    }
    if let Some(error) = stopped {
        return Err(error);
    }
    let clean = outcome.rejected_rows() == 0 && outcome.held.is_empty();
    Ok(if clean { Exit::Done } else { Exit::Partly })
}

/// Where the orders come from.
enum Source<'a> {
    Files(Vec<Inspected>),
    Stores(Vec<(&'a Slug, &'a Store)>),
}

impl Source<'_> {
    /// What came of it, and what went wrong on the way.
    fn apply(&self, ctx: &Ctx, config: &Config, db: &mut Db, options: &Import) -> (Outcome, Option<anyhow::Error>) {
        match self {
            Self::Files(files) => {
                let (outcome, stopped) = apply_all(ctx, db, files, options);
                (outcome, stopped.as_ref().map(failure))
            }
            Self::Stores(stores) => pull_all(ctx, config, db, stores, options),
        }
    }
}

/// The stores that have an API, or the one that was named.
fn stores_to_read<'a>(config: &'a Config, options: &Import) -> Result<Vec<(&'a Slug, &'a Store)>> {
    if let Some(wanted) = &options.store {
        let Some(store) = config.stores.get_key_value(wanted) else {
            let message = format!("there is no [store.{wanted}] in the config");
            return Err(Failure::new(Exit::Failed, message, "look at the names in the config"));
        };
        if kinds::api_of(store.1).is_none() {
            let message = format!("store.{wanted} has no API in the config; it works from exports");
            return Err(Failure::new(Exit::Failed, message, how_to_set_up(wanted)));
        }
        return Ok(vec![store]);
    }
    let stores: Vec<_> = config.stores.iter().filter(|(_, store)| kinds::api_of(store).is_some()).collect();
    if stores.is_empty() {
        let name = config.stores.keys().next().map_or("us".to_owned(), ToString::to_string);
        let message = "no store in the config has an API, and no file was named";
        let hint = match name.parse() {
            Ok(slug) => how_to_set_up(&slug),
            Err(_) => "dsf import FILE".to_owned(),
        };
        return Err(Failure::new(Exit::Usage, message, hint));
    }
    Ok(stores)
}

fn how_to_set_up(store: &Slug) -> String {
    format!("dsf import FILE --store {store}, or set its shop and its key under [store.{store}] in the config")
}

/// Every store is read, whatever becomes of the others; the worst of what went wrong is what counts.
fn pull_all(
    ctx: &Ctx,
    config: &Config,
    db: &mut Db,
    stores: &[(&Slug, &Store)],
    options: &Import,
) -> (Outcome, Option<anyhow::Error>) {
    let mut outcome = Outcome::default();
    let mut seen = Seen::default();
    let net = match ctx.net() {
        Ok(net) => net,
        Err(error) => return (outcome, Some(error)),
    };
    let configured: Vec<Slug> = config.stores.keys().cloned().collect();
    let settings = Settings { partial: false, accept_older: options.accept_older, command: &ctx.command, now: ctx.now };
    let mut failures: Vec<anyhow::Error> = vec![];
    for (slug, store) in stores {
        let progress = Progress::orders(&ctx.ui, slug.as_str());
        let done = kinds::build(slug, store, &net).map_err(PullFailure::from).and_then(|api| {
            let from = Pulling { store: slug, config: store, api: api.as_ref(), configured: &configured };
            pull(db, &from, settings, &mut seen, &mut outcome, &|orders| progress.at(orders))
        });
        drop(progress);
        failures.extend(done.err().map(anyhow::Error::new));
    }
    (outcome, worst(failures))
}

/// One error of several, with all that they say.
fn worst(mut failures: Vec<anyhow::Error>) -> Option<anyhow::Error> {
    if failures.len() <= 1 {
        return failures.pop();
    }
    let reports: Vec<_> = failures.iter().map(report).collect();
    let exit = reports.iter().fold(Exit::Done, |worst, one| worst.worse(one.exit));
    let all = |of: &dyn Fn(&Report) -> String| reports.iter().map(of).collect::<Vec<_>>().join("; ");
    let hint = all(&|r| r.hint.clone().unwrap_or_default());
    Some(Failure::new(exit, all(&|r| r.message.clone()), hint))
}

/// Every file is understood before one is applied; files that bring only a status come last.
fn look_at_all(ctx: &Ctx, config: &Config, options: &Import) -> Result<Vec<Inspected>> {
    let mut formats = Formats::builtin()?;
    formats.with_folder(&ctx.formats_folder())?;
    let said = Said {
        store: options.store.as_ref(),
        format: options.format.as_deref(),
        encoding: options.encoding.as_deref(),
    };
    let mut files = vec![];
    for path in &options.files {
        let file = inspect(path, &formats, &config.stores, &said, ctx.now)
            .map_err(|error| Failure::new(Exit::Failed, error.to_string(), error.hint()))?;
        files.push(file);
    }
    files.sort_by_key(Inspected::is_status);
    Ok(files)
}

fn failure(error: &ApplyError) -> anyhow::Error {
    Failure::new(Exit::Failed, error.to_string(), error.hint().unwrap_or_default())
}

/// What the files did, up to the one that cannot be used: those before it are applied, and that is told.
fn apply_all(ctx: &Ctx, db: &mut Db, files: &[Inspected], options: &Import) -> (Outcome, Option<ApplyError>) {
    let mut outcome = Outcome::default();
    let mut seen = Seen::default();
    let settings =
        Settings { partial: options.partial, accept_older: options.accept_older, command: &ctx.command, now: ctx.now };
    for file in files {
        let progress = Progress::rows(&ctx.ui, file.input.name(), file.survey.rows);
        if let Err(error) = apply(db, file, settings, &mut seen, &mut outcome, &|row| progress.at(row)) {
            return (outcome, Some(error));
        }
    }
    (outcome, None)
}

fn show(ctx: &Ctx, outcome: &Outcome, counts: &[(State, u64)]) -> Result<()> {
    let ui = &ctx.ui;
    for file in &outcome.files {
        ui.line(file_line(file))?;
        say_aloud(ctx, file);
    }
    for rejected in &outcome.rejected {
        ui.line(format!("{} {}", ui.paint("REJECTED", Tone::Bad), problems::line(&rejected.file, &rejected.problem)))?;
    }
    for change in &outcome.changes {
        let (order, change) = (&change.order, &change.change);
        ui.line(format!(
            "{} {order} {} \"{}\" -> \"{}\"",
            ui.paint("CHANGED", Tone::Warn),
            change.field,
            change.from,
            change.to
        ))?;
    }
    for kept in &outcome.not_applied {
        let why = match kept.why {
            Why::Older => "is older",
            Why::Tie => "is as new as what is known",
            Why::CameBack => "brings back what was replaced",
        };
        let (order, change) = (&kept.order, &kept.change);
        ui.note(format!(
            "kept {order} {} \"{}\": {} says \"{}\" and {why}",
            change.field, change.from, kept.file, change.to
        ));
    }
    let rows: u64 = outcome.files.iter().map(|f| f.rows).sum();
    let accounted: u64 =
        outcome.files.iter().map(|f| f.imported() + f.rejected + f.skipped.values().sum::<u64>()).sum();
    ui.line(format!(
        "new {}   changed {}   unchanged {}   rejected rows {}   ({accounted} of {rows} rows accounted for)",
        outcome.new,
        outcome.changed,
        outcome.unchanged,
        outcome.rejected_rows()
    ))?;
    let states: Vec<String> = counts.iter().filter(|(_, n)| *n > 0).map(|(state, n)| format!("{state} {n}")).collect();
    ui.line(format!("all orders: {}", if states.is_empty() { "none".to_owned() } else { states.join(" · ") }))?;
    for (reason, orders) in &outcome.waiting {
        let ids: Vec<String> = orders.iter().map(ToString::to_string).collect();
        ui.note(format!("not ordered, {reason}: {}", ids.join(" ")));
    }
    for hold in &outcome.held {
        ui.line(format!("{} {} {}  {}", ui.paint("HELD", Tone::Warn), hold.order, hold.code, hold.message))?;
        ui.line(format!("     {}", hold.hint))?;
    }
    if outcome.cut > 0 {
        ui.note(format!("and {} more lines like these", outcome.cut));
    }
    Ok(())
}

/// `us.csv  shopify-orders  store us  8 rows -> 6 orders, 8 lines`.
fn file_line(file: &FileOutcome) -> String {
    if file.format == API {
        return format!("{}  {API}  {}, {} read", file.path, count(file.orders, "order"), count(file.lines, "line"));
    }
    let what = format!("{}  {}  store {}", file.path, file.format, file.store);
    let brought =
        format!("{} -> {}, {}", count(file.rows, "row"), count(file.orders, "order"), count(file.lines, "line"));
    if let Some(at) = file.applied_before {
        return format!("{what}  {brought}, the same file as on {}", crate::ui::short_time(at));
    }
    if !file.applied {
        return format!(
            "{what}  {} read, not applied: {} rejected",
            count(file.rows, "row"),
            count(file.rejected, "row")
        );
    }
    let skipped: Vec<String> = file.skipped.iter().map(|(reason, n)| format!("{n} {reason}")).collect();
    let skipped = if skipped.is_empty() { String::new() } else { format!("   skipped: {}", skipped.join(", ")) };
    let rejected = if file.rejected > 0 { format!("   rejected: {}", file.rejected) } else { String::new() };
    format!("{what}  {brought}{skipped}{rejected}")
}

/// What was guessed or assumed about a file.
fn say_aloud(ctx: &Ctx, file: &FileOutcome) {
    if file.guessed {
        ctx.ui.note(format!("  read as {}, a guess; choose with --encoding", file.encoding));
    }
    if file.zoneless {
        let unset =
            if file.zone == "UTC" { format!("; set time_zone under [store.{}]", file.store) } else { String::new() };
        ctx.ui.note(format!("  its times have no zone and are read in {}{unset}", file.zone));
    }
    for note in &file.notes {
        ctx.ui.note(format!("  {note}"));
    }
    if !file.applied && file.applied_before.is_none() {
        ctx.ui.note("  mend the rows below in the store or the file, or apply the clean orders with --partial");
    }
}

fn document(outcome: &Outcome) -> serde_json::Value {
    let files: Vec<_> = outcome
        .files
        .iter()
        .map(|f| {
            json!({"path": f.path, "format": f.format, "store": f.store, "encoding": f.encoding, "encoding_guessed": f.guessed,
                   "rows": f.rows, "orders": f.orders, "lines": f.lines, "imported": f.imported(), "rejected": f.rejected,
                   "skipped": f.skipped, "applied": f.applied || f.applied_before.is_some()})
        })
        .collect();
    let changes: Vec<_> = outcome
        .changes
        .iter()
        .map(|c| json!({"order": c.order, "field": c.change.field, "from": c.change.from, "to": c.change.to}))
        .collect();
    let not_applied: Vec<_> = outcome
        .not_applied
        .iter()
        .map(|n| {
            let why = match n.why {
                Why::Older => "older",
                Why::Tie => "tie",
                Why::CameBack => "came_back",
            };
            json!({"order": n.order, "field": n.change.field, "known": n.change.from, "said": n.change.to, "why": why, "file": n.file})
        })
        .collect();
    let rejected: Vec<_> = outcome.rejected.iter().map(|r| problems::as_json(&r.file, &r.problem)).collect();
    json!({
        "schema": 1,
        "files": files,
        "orders": {"new": outcome.new, "changed": outcome.changed, "unchanged": outcome.unchanged},
        "changes": changes,
        "not_applied": not_applied,
        "rejected": rejected,
        "held": outcome.held,
        "waiting": outcome.waiting,
        "left_out": outcome.cut,
    })
}
