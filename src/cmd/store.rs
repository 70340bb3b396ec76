//! `dsf store rename`: a slug that changed in the config changes in the database too.

use anyhow::Result;
use serde_json::json;

use crate::cli;
use crate::ctx::Ctx;
use crate::exit::{Exit, Failure};

pub fn run(ctx: &Ctx, options: &cli::Store) -> Result<Exit> {
    let cli::Store::Rename { from, to } = options;
    let (_lock, mut db) = ctx.db_to_write()?;
    let stores = db.stores()?;
    if stores.iter().any(|(slug, _)| slug == to.as_str()) {
        return Err(Failure::new(
            Exit::Failed,
            format!("there is a store {to} already, with orders of its own"),
            "choose another name",
        ));
    }
    if !stores.iter().any(|(slug, _)| slug == from.as_str()) || !db.rename_store(from, to, ctx.now)? {
        let names: Vec<&str> = stores.iter().map(|(slug, _)| slug.as_str()).collect();
        return Err(Failure::new(
            Exit::Failed,
            format!("no orders are known of a store {from}"),
            if names.is_empty() { "dsf import FILE".to_owned() } else { format!("there are {}", names.join(" ")) },
        ));
    }
    if ctx.ui.json {
        ctx.ui.document(&json!({"schema": 1, "from": from, "to": to}))?;
    } else {
        ctx.ui.line(format!("orders of {from} are orders of {to} now"))?;
        ctx.ui.note(format!("the config must have [store.{to}] too"));
    }
    Ok(Exit::Done)
}
