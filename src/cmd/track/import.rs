//! `dsf track import`: what a supplier sent back, row by row; the clean rows are applied after a yes.

use std::path::Path;

use anyhow::Result;
use serde_json::json;

use crate::cli::TrackImport;
use crate::cmd::hold::actor;
use crate::core::tracking::sheet::{Decision, Shifted, Verdict};
use crate::ctx::Ctx;
use crate::db::{Cause, Db};
use crate::exit::{Exit, Failure};
use crate::files::{Input, TemporaryFolder};
use crate::flow::track_import::{Applied, Came, Field, apply, judge, mapping, read, template};
use crate::supplier::sheet::Sheet;
use crate::ui::{Tone, count};

pub fn run(ctx: &Ctx, options: &TrackImport) -> Result<Exit> {
    let config = ctx.config()?;
    let supplier = options.supplier.as_str();
    let known = config.suppliers.get(supplier).ok_or_else(|| {
        let names: Vec<&str> = config.suppliers.keys().map(String::as_str).collect();
        let hint = format!("the config has {}", if names.is_empty() { "none".to_owned() } else { names.join(" ") });
        Failure::new(Exit::Usage, format!("there is no supplier {supplier}"), hint)
    })?;
    let sheet = template(known, &ctx.config_folder())?;
    let mapped = mapping(&options.map)?;
    let folder;
    let input = if options.file == Path::new("-") {
        folder = TemporaryFolder::new("stdin")?;
        Input::spool("stdin", &mut std::io::stdin().lock(), folder.path())?
    } else {
        Input::open(&options.file)?
    };
    // Looked at first, so that no lock is held while a person reads.
    let db = ctx.db_to_read()?;
    let columns = columns(&db, supplier, &mapped)?;
    let came = read(&input, &sheet, &columns)?;
    let mut decision = judge(&db, &came, supplier, &sheet, ctx.now)?;
    drop(db);
    let stopped = refusal(&decision, options.accept_sorted);
    let clean = decision.rows.iter().filter(|r| r.verdict == Verdict::Apply).count();
    let may = !options.dry_run && stopped.is_none() && clean > 0;
    let mut applied = Applied::default();
    if may && !ctx.ui.json {
        show(ctx, &came, &decision)?;
    }
    if may && (ctx.yes || ctx.ui.confirm(&format!("apply the {}?", count(clean as u64, "clean row")))?) {
        (decision, applied) = write(ctx, options, &came, &sheet, &mapped)?;
    } else if may {
        return Err(Failure::new(Exit::Usage, "nothing was applied", "add --yes, or --dry-run to look"));
    } else if !options.dry_run && !mapped.is_empty() {
        let (_lock, mut db) = ctx.db_to_write()?;
        remember(&mut db, supplier, &mapped)?;
    }
    report(ctx, &came, &decision, applied, stopped, may, options.dry_run)?;
    let wrong = stopped.is_some() || decision.rows.iter().any(|r| r.verdict == Verdict::Stop);
    Ok(if wrong { Exit::Partly } else { Exit::Done })
}

/// What was mapped before, with what is mapped now; an empty header forgets.
fn columns(db: &Db, supplier: &str, now: &[(Field, String)]) -> Result<Vec<(Field, String)>> {
    let mut columns: Vec<(Field, String)> = now.to_vec();
    for (field, header) in db.sheet_columns(supplier)? {
        if let Ok(field) = field.parse::<Field>()
            && !columns.iter().any(|(f, _)| *f == field)
        {
            columns.push((field, header));
        }
    }
    columns.retain(|(_, header)| !header.is_empty());
    Ok(columns)
}

fn remember(db: &mut Db, supplier: &str, mapped: &[(Field, String)]) -> Result<()> {
    for (field, header) in mapped {
        db.map_sheet_column(supplier, field.as_str(), header)?;
    }
    Ok(())
}

/// Under the lock everything is decided again: what a person saw may have changed.
fn write(
    ctx: &Ctx,
    options: &TrackImport,
    came: &Came,
    sheet: &Sheet,
    mapped: &[(Field, String)],
) -> Result<(Decision, Applied)> {
    let (_lock, mut db) = ctx.db_to_write()?;
    let mut decision = judge(&db, came, &options.supplier, sheet, ctx.now)?;
    if let Some(shifted) = refusal(&decision, options.accept_sorted) {
        return Err(Failure::new(Exit::Failed, words(shifted), "look again: dsf track import --dry-run"));
    }
    remember(&mut db, &options.supplier, mapped)?;
    let (actor, why) = (actor(), format!("sheet {}", came.file));
    let applied = apply(&mut db, &mut decision, came.source, Cause { why: &why, actor: &actor, now: ctx.now })?;
    Ok((decision, applied))
}

/// Why nothing of the sheet may be applied.
fn refusal(decision: &Decision, accept_sorted: bool) -> Option<Shifted> {
    decision.shifted.filter(|s| !(accept_sorted && *s == Shifted::SortedColumn))
}

fn words(shifted: Shifted) -> &'static str {
    match shifted {
        Shifted::Rows => {
            "rows of this sheet carry what belongs to other orders: it looks shifted, and nothing of it is applied"
        }
        Shifted::SortedColumn => {
            "the tracking numbers stand in sorted order beside rows that nobody sorted: nothing is applied"
        }
    }
}

fn report(
    ctx: &Ctx,
    came: &Came,
    decision: &Decision,
    applied: Applied,
    stopped: Option<Shifted>,
    shown: bool,
    dry_run: bool,
) -> Result<()> {
    if ctx.ui.json {
        let rows: Vec<_> = decision
            .rows
            .iter()
            .map(|r| {
                let lines: Vec<_> =
                    r.lines.iter().map(|(position, units)| json!({"line": position, "quantity": units})).collect();
                json!({"row": r.row, "verdict": r.verdict, "code": r.code, "purchase_order": r.purchase_order,
                    "number": r.number, "carrier": r.carrier, "message": r.message, "lines": lines})
            })
            .collect();
        return Ok(ctx
            .ui
            .document(&json!({"schema": 1, "rows": rows, "waiting": decision.waiting, "shifted": decision.shifted,
            "applied": applied.parcels}))?);
    }
    if !shown || applied.stopped > 0 {
        show(ctx, came, decision)?;
    }
    if let Some(shifted) = stopped {
        ctx.ui.line(ctx.ui.paint(words(shifted), Tone::Bad))?;
        ctx.ui.line(match shifted {
            Shifted::Rows => {
                "    ask the supplier for the sheet again, or record single parcels: dsf track add PO NUMBER"
            }
            Shifted::SortedColumn => "    compare some with the parcels; if they are right: add --accept-sorted",
        })?;
    }
    if applied.parcels > 0 {
        ctx.ui.line(format!("recorded {}", count(applied.parcels, "parcel")))?;
        ctx.ui.note("dsf track sync tells the stores");
    }
    if dry_run {
        ctx.ui.note("dry run: nothing was changed");
    }
    Ok(())
}

fn show(ctx: &Ctx, came: &Came, decision: &Decision) -> Result<()> {
    let of = |verdict: Verdict| decision.rows.iter().filter(move |r| r.verdict == verdict);
    let n = |verdict: Verdict| of(verdict).count();
    ctx.ui.line(format!(
        "{}: {} · {} apply · {} known · {} need a decision · {} without a number yet",
        came.file,
        count(came.rows.len() as u64, "row"),
        n(Verdict::Apply),
        n(Verdict::Known),
        n(Verdict::Stop),
        decision.waiting
    ))?;
    if !came.columns.is_empty() {
        let columns: Vec<String> =
            came.columns.iter().map(|(field, header)| format!("{}={header}", field.as_str())).collect();
        let unknown =
            if came.unknown.is_empty() { String::new() } else { format!("; not used: {}", came.unknown.join(", ")) };
        ctx.ui.note(format!("columns: {}{unknown}", columns.join(", ")));
    }
    for row in of(Verdict::Apply) {
        let id = row.purchase_order.as_ref().map_or_else(String::new, ToString::to_string);
        let carrier = row.carrier.as_deref().unwrap_or("carrier not certain");
        let message = if row.message.is_empty() { String::new() } else { format!("  {}", row.message) };
        ctx.ui.line(format!(
            "{}  {}  {id}  {}  {carrier}{message}",
            ctx.ui.paint("apply", Tone::Good),
            row.row,
            row.number
        ))?;
    }
    for row in of(Verdict::Known) {
        ctx.ui.line(format!("{}  {}  {}", ctx.ui.paint("known", Tone::Dim), row.row, row.message))?;
    }
    for row in of(Verdict::Stop) {
        ctx.ui.line(format!("{}  {}  {}  {}", ctx.ui.paint("STOP", Tone::Bad), row.row, row.code, row.message))?;
    }
    Ok(())
}
