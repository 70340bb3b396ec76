//! The plan as every command sees it: read from the database, proved, nothing sent.

use anyhow::Result;

use crate::config::{Config, Supplier};
use crate::core::ids::OrderId;
use crate::core::plan::Choice;
use crate::ctx::Ctx;
use crate::db::Db;
use crate::exit::{Exit, Failure};
use crate::flow::open_orders::Desk;
use crate::flow::planning::{ProvedPlan, prove};

/// `only` names the orders to look at; empty is all that are open.
///
/// # Errors
/// The database, or a sheet of the config that cannot be read.
pub fn planned(ctx: &Ctx, db: &Db, config: &Config, only: &[OrderId], choice: &Choice) -> Result<(Desk, ProvedPlan)> {
    let desk = Desk::read(db, config, only)?;
    let proved = prove(&desk, config, &ctx.config_folder(), &ctx.offline(), choice, ctx.now)?;
    Ok((desk, proved))
}

/// # Errors
/// No such supplier: the hint names those of the config.
pub fn supplier_named<'a>(config: &'a Config, name: &str) -> Result<&'a Supplier> {
    config.suppliers.get(name).ok_or_else(|| {
        let names: Vec<&str> = config.suppliers.keys().map(String::as_str).collect();
        let hint = format!("the config has {}", if names.is_empty() { "none".to_owned() } else { names.join(" ") });
        Failure::new(Exit::Usage, format!("there is no supplier {name}"), hint)
    })
}
