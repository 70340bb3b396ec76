//! `dsf fulfill`: make the plan, show it, ask, make it again under the lock, send, tell what became of it.

mod report;
mod send;
pub use send::stop_flag;
mod view;

use anyhow::Result;

use super::matches::listing_key;
use super::named::order_id;
use super::planned::{planned, supplier_named};
use crate::cli::Fulfill;
use crate::config::Config;
use crate::core::plan::Choice;
use crate::ctx::Ctx;
use crate::db::Db;
use crate::exit::{Exit, Failure};
use crate::flow::open_orders::Desk;
use crate::flow::planning::ProvedPlan;

pub fn run(ctx: &Ctx, options: &Fulfill) -> Result<Exit> {
    let config = ctx.config()?;
    let choice = choice(&config, options)?;
    if let Some(reason) = &options.resend {
        return send::again(ctx, &config, options, reason);
    }
    let (_, seen) = plan(ctx, &ctx.db_to_read()?, &config, options, &choice)?;
    if options.dry_run || !ctx.ui.json {
        present(ctx, &seen, &config)?;
    }
    if options.dry_run {
        return Ok(if seen.plan.held.is_empty() { Exit::Done } else { Exit::Partly });
    }
    if !seen.plan.purchase_orders.is_empty() && !ctx.yes && !ctx.ui.confirm("send this plan?")? {
        return Err(Failure::new(Exit::Usage, "nothing was sent", "dsf fulfill --yes, or --dry-run to look"));
    }
    send::run(ctx, &config, options, &choice, &seen.plan.id)
}

/// Makes the plan, and refuses one that is not the one that was named.
fn plan(ctx: &Ctx, db: &Db, config: &Config, options: &Fulfill, choice: &Choice) -> Result<(Desk, ProvedPlan)> {
    let only = options.orders.iter().map(|name| order_id(db, name)).collect::<Result<Vec<_>>>()?;
    let (desk, proved) = planned(ctx, db, config, &only, choice)?;
    if let Some(unknown) = choice.fallbacks.iter().find(|key| !desk.catalogue.contains_key(key)) {
        return Err(Failure::new(Exit::Usage, format!("--fallback: there is no listing {unknown}"), "dsf listings"));
    }
    match options.plan.as_ref().filter(|wanted| **wanted != proved.plan.id) {
        Some(wanted) => Err(changed(&proved.plan.id, wanted)),
        None => Ok((desk, proved)),
    }
}

fn changed(is: &str, was: &str) -> anyhow::Error {
    Failure::new(Exit::PlanChanged, format!("the plan is {is} now, not {was}"), "look again: dsf fulfill --dry-run")
}

fn present(ctx: &Ctx, proved: &ProvedPlan, config: &Config) -> Result<()> {
    if ctx.ui.json {
        return Ok(ctx.ui.document(&view::document(proved))?);
    }
    view::show(ctx, proved, config)
}

fn choice(config: &Config, options: &Fulfill) -> Result<Choice> {
    if let Some(supplier) = &options.supplier {
        supplier_named(config, supplier)?;
    }
    Ok(Choice {
        partial_order: options.partial_order,
        fallbacks: options.fallback.iter().map(|text| listing_key(text)).collect::<Result<_>>()?,
        supplier: options.supplier.clone(),
    })
}
