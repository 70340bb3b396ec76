//! `dsf listings refresh`: price, stock and freight from suppliers with an API, and what changed since.

use std::collections::BTreeSet;
use std::time::Duration;

use anyhow::Result;
use serde_json::json;

use super::planned::{planned, supplier_named};
use crate::config::{Config, SupplierKind};
use crate::core::plan::Choice;
use crate::core::sending::{AskError, Asked, Freight};
use crate::core::shipping::{Parcel, ParcelKey};
use crate::ctx::Ctx;
use crate::db::QuoteChange;
use crate::exit::{Exit, Failure};
use crate::flow::refresh::{Unanswered, freight, quotes, wanted};
use crate::supplier::api::{BuildError, SupplierApi};
use crate::supplier::kinds::{KINDS, build};
use crate::ui::{Tone, count};

/// Another run may be saving; it needs no longer.
const WAIT_TO_SAVE: Duration = Duration::from_secs(60);

/// What came of one supplier.
#[derive(Default)]
struct Refreshed {
    supplier: String,
    asked: usize,
    changes: Vec<QuoteChange>,
    unanswered: Unanswered,
    freight: Vec<(Parcel, Vec<Freight>)>,
    /// Why nothing was asked, or nothing more, with the next step.
    ended: Option<(Exit, String, String)>,
}

pub fn run(ctx: &Ctx, supplier: Option<&str>, all: bool) -> Result<Exit> {
    let config = ctx.config()?;
    if let Some(name) = supplier {
        known(&config, name)?;
    }
    let net = ctx.net()?;
    let wanted = wanted(&ctx.db_to_read()?, &config, supplier, all)?;
    if wanted.is_empty() {
        ctx.ui.note("no rule names a listing of a supplier with an API; next: dsf match suggest");
    }
    let mut done = vec![];
    for (name, asked) in wanted {
        let mut refreshed = Refreshed { supplier: name.clone(), asked: asked.len(), ..Refreshed::default() };
        match config.suppliers.get(&name).map(|s| build(&name, s, &net)) {
            Some(Ok(api)) => ask(ctx, &config, api.as_ref(), &asked, &mut refreshed)?,
            Some(Err(error)) => refreshed.ended = Some(not_built(&name, &error)),
            None => {}
        }
        if !ctx.ui.json {
            show(ctx, &refreshed)?;
        }
        done.push(refreshed);
    }
    if ctx.ui.json {
        ctx.ui.document(&document(&done))?;
    }
    Ok(done.iter().map(exit).fold(Exit::Done, Exit::worse))
}

fn known(config: &Config, name: &str) -> Result<()> {
    if supplier_named(config, name)?.kind != SupplierKind::Sheet {
        return Ok(());
    }
    let message = format!("{name} is a supplier with a spreadsheet: there is nothing to ask");
    Err(Failure::new(Exit::Usage, message, "dsf listings import FILE"))
}

fn ask(ctx: &Ctx, config: &Config, api: &dyn SupplierApi, asked: &[Asked], done: &mut Refreshed) -> Result<()> {
    let max_rise = config.guard.max_price_rise_percent;
    let name = done.supplier.clone();
    let mut changes = vec![];
    done.unanswered = quotes(api, asked, |quotes| -> Result<()> {
        let (_lock, mut db) = ctx.db_to_write_waiting(WAIT_TO_SAVE)?;
        changes.extend(db.take_quotes(&name, quotes, max_rise, ctx.now)?);
        Ok(())
    })?;
    done.changes = changes;
    if done.unanswered.ended.is_none() && api.abilities().tells_freight {
        ask_freight(ctx, config, api, done)?;
    }
    let kind = config.suppliers.get(&name).map(|supplier| supplier.kind);
    let consents = KINDS.iter().any(|known| Some(known.kind) == kind && known.consent.is_some());
    done.ended = done.unanswered.ended.as_ref().map(|error| unanswered(&name, error, consents));
    Ok(())
}

/// For parcels of open orders whose method or cost hangs on it.
fn ask_freight(ctx: &Ctx, config: &Config, api: &dyn SupplierApi, done: &mut Refreshed) -> Result<()> {
    let (_, proved) = planned(ctx, &ctx.db_to_read()?, config, &[], &Choice::default())?;
    let mut seen: BTreeSet<ParcelKey> = BTreeSet::new();
    for parcel in proved.plan.parcels {
        if parcel.key.supplier != done.supplier || !seen.insert(parcel.key.clone()) {
            continue;
        }
        match freight(api, &parcel) {
            Ok(offers) => {
                let (_lock, mut db) = ctx.db_to_write_waiting(WAIT_TO_SAVE)?;
                db.take_freight(&parcel.key, &offers, ctx.now)?;
                done.freight.push((parcel, offers));
            }
            Err(error @ AskError::Answer { .. }) => {
                done.unanswered.listings.push((freight_words(&parcel), error.to_string()));
            }
            Err(error) => {
                done.unanswered.ended = Some(error);
                return Ok(());
            }
        }
    }
    Ok(())
}

fn not_built(name: &str, error: &BuildError) -> (Exit, String, String) {
    match error {
        BuildError::Secret(secret) => (Exit::KeyRefused, secret.to_string(), secret.hint()),
        other => (Exit::Failed, other.to_string(), format!("look at [supplier.{name}] in the config")),
    }
}

fn unanswered(name: &str, error: &AskError, consents: bool) -> (Exit, String, String) {
    let message = format!("supplier {name}: {error}");
    match error {
        AskError::KeyRefused(_) if consents => (Exit::KeyRefused, message, format!("dsf auth supplier.{name}")),
        AskError::KeyRefused(_) => (Exit::KeyRefused, message, format!("look at the key of [supplier.{name}]")),
        _ => (Exit::Failed, message, format!("dsf listings refresh --supplier {name} asks again")),
    }
}

fn exit(done: &Refreshed) -> Exit {
    let partly = if done.unanswered.listings.is_empty() { Exit::Done } else { Exit::Partly };
    done.ended.as_ref().map_or(partly, |(exit, ..)| *exit)
}

fn freight_words(parcel: &Parcel) -> String {
    let lines: Vec<String> = parcel.lines.iter().map(|(id, n)| format!("{n} x {id}")).collect();
    format!("{} to {}", lines.join(", "), parcel.key.country)
}

fn offer_words(offer: &Freight) -> String {
    format!("{} {}{}", offer.method, offer.cost, days_words(offer.days).map_or(String::new(), |d| format!(" ({d})")))
}

/// `7-12 days`; nothing where nothing was said.
pub fn days_words(days: (Option<u32>, Option<u32>)) -> Option<String> {
    match days {
        (Some(least), Some(most)) if least != most => Some(format!("{least}-{most} days")),
        (Some(n), _) | (None, Some(n)) => Some(count(u64::from(n), "day")),
        (None, None) => None,
    }
}

fn show(ctx: &Ctx, done: &Refreshed) -> Result<()> {
    let ui = &ctx.ui;
    for change in done.changes.iter().filter(|c| c.new || !c.said.is_empty()) {
        let (word, tone) = match (change.new, change.gone) {
            (true, _) => ("NEW", Tone::Good),
            (_, true) => ("GONE", Tone::Bad),
            _ => ("CHANGED", Tone::Warn),
        };
        ui.line(format!("{} {} {}", ui.paint(word, tone), change.key, change.said))?;
        if let Some(jump) = &change.jump {
            ui.line(format!("    {jump}: orders with it are held PRICE_JUMP"))?;
        }
    }
    for (parcel, offers) in &done.freight {
        let offers: Vec<String> = offers.iter().map(offer_words).collect();
        let offers = if offers.is_empty() { "nothing is offered".to_owned() } else { offers.join(" · ") };
        ui.line(format!("{} {}  {}: {offers}", ui.paint("FREIGHT", Tone::Dim), done.supplier, freight_words(parcel)))?;
    }
    for (what, why) in &done.unanswered.listings {
        ui.warn(format!("{} says nothing of {what}: {why}", done.supplier));
    }
    let (answered, changed) = (done.changes.len(), done.changes.iter().filter(|c| !c.said.is_empty()).count());
    ui.line(format!("{}  asked {}   answered {answered}   changed {changed}", done.supplier, done.asked))?;
    if let Some((_, message, hint)) = &done.ended {
        ui.warn(message);
        ui.note(format!("hint: {hint}"));
    }
    Ok(())
}

fn document(done: &[Refreshed]) -> serde_json::Value {
    let suppliers: Vec<_> = done
        .iter()
        .map(|d| {
            let changes: Vec<_> = d
                .changes
                .iter()
                .filter(|c| c.new || !c.said.is_empty())
                .map(|c| json!({"listing": c.key.to_string(), "change": c.said, "new": c.new, "gone": c.gone, "price_jump": c.jump}))
                .collect();
            let freight: Vec<_> = d
                .freight
                .iter()
                .map(|(parcel, offers)| {
                    let lines: Vec<_> =
                        parcel.lines.iter().map(|(id, n)| json!({"listing_id": id, "quantity": n})).collect();
                    let offers: Vec<_> = offers
                        .iter()
                        .map(|o| json!({"method": o.method, "cost": o.cost, "days": [o.days.0, o.days.1]}))
                        .collect();
                    json!({"country": parcel.key.country, "lines": lines, "offers": offers})
                })
                .collect();
            let unanswered: Vec<_> =
                d.unanswered.listings.iter().map(|(what, why)| json!({"what": what, "message": why})).collect();
            let failed = d.ended.as_ref().map(|(exit, message, hint)| json!({"code": exit.code(), "message": message, "hint": hint}));
            json!({"supplier": d.supplier, "asked": d.asked, "answered": d.changes.len(), "changed": changes,
                   "freight": freight, "unanswered": unanswered, "failed": failed})
        })
        .collect();
    json!({"schema": 1, "suppliers": suppliers})
}
