//! `dsf status`: what needs me now, and how many orders stand where.

use std::collections::HashMap;

use anyhow::Result;
use jiff::Timestamp;
use serde_json::json;

use super::planned::planned;
use super::settle::unknown_hint;
use crate::config::Config;
use crate::core::hold::{Hold, HoldCode};
use crate::core::order::Order;
use crate::core::plan::Choice;
use crate::ctx::Ctx;
use crate::db::{Kept, NewSheet, Synced};
use crate::exit::Exit;
use crate::flow::open_orders::Desk;
use crate::flow::watching;
use crate::ui::{Table, Tone, count, right};

pub fn run(ctx: &Ctx) -> Result<Exit> {
    let config = ctx.config()?;
    let db = ctx.db_to_read()?;
    let (desk, proved) = planned(ctx, &db, &config, &[], &Choice::default())?;
    let plan = proved.plan;
    let counts = db.counts()?;
    let waiting = waiting_since(&desk);
    let mut needs: Vec<Need> = plan.held.into_iter().map(|hold| Need::of_hold(hold, &waiting, ctx.now)).collect();
    for kept in db.undecided()?.into_iter().chain(db.sending()?) {
        needs.push(Need::of_unknown(&config, &kept, ctx.now));
    }
    needs.extend(db.unnamed_sheets()?.into_iter().map(Need::of_sheet));
    for (hold, since) in watching::waiting(&db, &config, None, ctx.now)? {
        needs.push(Need { hold, age_days: days(since, ctx.now) });
    }
    let (parcels, synced) = (db.parcel_counts()?, db.synced()?);
    if ctx.ui.json {
        let needs: Vec<_> = needs
            .iter()
            .map(|n| json!({"id": n.hold.order, "code": n.hold.code, "message": n.hold.message, "hint": n.hold.hint, "age_days": n.age_days}))
            .collect();
        let counts: serde_json::Map<_, _> = counts.iter().map(|(state, n)| (state.to_string(), json!(n))).collect();
        let parcels: serde_json::Map<_, _> = parcels.iter().map(|(status, n)| (status.to_string(), json!(n))).collect();
        let synced: Vec<_> = synced
            .iter()
            .map(|s| json!({"what": s.what, "tried": s.tried.to_string(), "worked": s.worked.map(|at| at.to_string()), "error": s.error}))
            .collect();
        ctx.ui.document(
            &json!({"schema": 1, "needs_you": needs, "counts": counts, "parcels": parcels, "syncs": synced,
            "can_be_sent": plan.purchase_orders.len()}),
        )?;
        return Ok(Exit::Done);
    }
    if !needs.is_empty() {
        ctx.ui.line(ctx.ui.paint(&format!("needs you: {}", count(needs.len() as u64, "thing")), Tone::Warn))?;
        for Need { hold, age_days } in &needs {
            let (code, days) = (ctx.ui.paint(hold.code.as_str(), Tone::Warn), count(*age_days, "day"));
            ctx.ui.line(format!("{}  {code}  {}  ({days})", hold.order, hold.message))?;
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
    if !parcels.is_empty() {
        let words: Vec<String> = parcels.iter().map(|(status, n)| format!("{status} {n}")).collect();
        ctx.ui.line(format!("parcels: {}", words.join(" · ")))?;
    }
    for sync in &synced {
        ctx.ui.line(last_worked(sync, ctx.now))?;
    }
    if !plan.purchase_orders.is_empty() {
        ctx.ui.note(format!(
            "{} can be made: dsf fulfill --dry-run",
            count(plan.purchase_orders.len() as u64, "purchase order")
        ));
    }
    Ok(Exit::Done)
}

/// One thing that waits for the person.
struct Need {
    hold: Hold,
    age_days: u64,
}

impl Need {
    fn of_hold(hold: Hold, waiting: &HashMap<String, Timestamp>, now: Timestamp) -> Self {
        // A hold names an order, or one of its purchase orders: `us/1001/1`.
        let order = || hold.order.rsplit_once('/').map(|(order, _)| order);
        let since = waiting.get(&hold.order).or_else(|| waiting.get(order()?));
        Self { age_days: since.map_or(0, |since| days(*since, now)), hold }
    }

    /// Never sent again by itself: the next run looks it up, or a person says.
    fn of_unknown(config: &Config, kept: &Kept, now: Timestamp) -> Self {
        let message = format!("nobody knows whether {} has {}", kept.supplier, kept.reference);
        let hint = unknown_hint(config, kept);
        Self { hold: Hold::new(&kept.id, HoldCode::OutcomeUnknown, message, hint), age_days: days(kept.made_at, now) }
    }

    fn of_sheet(sheet: NewSheet) -> Self {
        let message = format!("a sheet for {} was handed off and has not got its name yet", sheet.supplier);
        Self { hold: Hold::new(sheet.path, HoldCode::SheetMissing, message, "dsf fulfill finishes it"), age_days: 0 }
    }
}

/// When a source last worked, and what went wrong since.
fn last_worked(sync: &Synced, now: Timestamp) -> String {
    let worked = match sync.worked {
        Some(at) => format!("worked {}", ago(at, now)),
        None => "never worked".to_owned(),
    };
    let error = if sync.error.is_empty() {
        String::new()
    } else {
        format!(", failed {}: {}", ago(sync.tried, now), sync.error)
    };
    format!("sync {}: {worked}{error}", sync.what)
}

fn ago(at: Timestamp, now: Timestamp) -> String {
    match now.duration_since(at).as_mins().max(0) {
        n @ 0..=119 => format!("{n} min ago"),
        n @ 120..=2879 => format!("{} h ago", n / 60),
        n => format!("{} ago", count(u64::try_from(n / 1440).unwrap_or(0), "day")),
    }
}

fn waiting_since(desk: &Desk) -> HashMap<String, Timestamp> {
    let since = |o: &Order| o.head.as_ref().and_then(|h| h.placed_at).unwrap_or(o.imported_at);
    desk.orders.iter().map(|o| (o.order.id.to_string(), since(&o.order))).collect()
}

fn days(since: Timestamp, now: Timestamp) -> u64 {
    u64::try_from(now.duration_since(since).as_hours() / 24).unwrap_or(0)
}
