//! `dsf listings`: what suppliers sell, as last known.

use std::path::Path;

use anyhow::Result;
use serde_json::json;

use super::problems;
use crate::cli::{Listings, ListingsCommand};
use crate::core::listing::{Listing, ListingKey};
use crate::core::plan::age_words;
use crate::ctx::Ctx;
use crate::db::CatalogueChange;
use crate::exit::{Exit, Failure};
use crate::flow::listings::{COLUMNS, REQUIRED, listings};
use crate::flow::table::Table as Sheet;
use crate::ui::{Table, Tone, right};

pub fn run(ctx: &Ctx, options: &Listings) -> Result<Exit> {
    match &options.command {
        Some(ListingsCommand::Import { file, dry_run }) => import(ctx, file, *dry_run),
        Some(ListingsCommand::Refresh { supplier, all }) => super::refresh::run(ctx, supplier.as_deref(), *all),
        None => list(ctx, options.supplier.as_deref()),
    }
}

fn import(ctx: &Ctx, path: &Path, dry_run: bool) -> Result<Exit> {
    let config = ctx.config()?;
    let sheet =
        Sheet::read(path, &COLUMNS, &REQUIRED).map_err(|e| Failure::new(Exit::Failed, e.to_string(), e.hint()))?;
    let found = match listings(&sheet) {
        Ok(found) => found,
        Err(problems) => return Err(problems::refuse(ctx, &sheet.file, &problems)?),
    };
    let max_rise = config.guard.max_price_rise_percent;
    let change = if dry_run {
        let (_folder, mut db) = ctx.db_to_try()?;
        db.take_catalogue(&found, max_rise, ctx.now)?
    } else {
        let (_lock, mut db) = ctx.db_to_write()?;
        db.take_catalogue(&found, max_rise, ctx.now)?
    };
    report(ctx, &sheet.file, &change)?;
    for supplier in unknown_suppliers(&found, &config) {
        ctx.ui.warn(format!("there is no [supplier.{supplier}] in the config; orders for it will be held"));
    }
    if dry_run {
        ctx.ui.note("dry run: nothing was changed");
    }
    Ok(Exit::Done)
}

fn unknown_suppliers<'a>(found: &'a [Listing], config: &crate::config::Config) -> Vec<&'a str> {
    let mut names: Vec<&str> = found.iter().map(|l| l.key.supplier.as_str()).collect();
    names.sort_unstable();
    names.dedup();
    names.retain(|name| !config.suppliers.contains_key(*name));
    names
}

fn report(ctx: &Ctx, file: &str, change: &CatalogueChange) -> Result<()> {
    let names = |keys: &[ListingKey]| keys.iter().map(ToString::to_string).collect::<Vec<_>>();
    if ctx.ui.json {
        let changed: Vec<_> =
            change.changed.iter().map(|(key, what)| json!({"listing": key.to_string(), "change": what})).collect();
        let document = json!({"schema": 1, "file": file, "new": names(&change.new), "changed": changed,
                              "unchanged": change.unchanged, "gone": names(&change.gone)});
        return Ok(ctx.ui.document(&document)?);
    }
    for (key, what) in &change.changed {
        ctx.ui.line(format!("{} {key} {what}", ctx.ui.paint("CHANGED", Tone::Warn)))?;
    }
    for key in &change.gone {
        ctx.ui.line(format!("{} {key} is no longer in the catalogue", ctx.ui.paint("GONE", Tone::Bad)))?;
    }
    let (new, changed, gone) = (change.new.len(), change.changed.len(), change.gone.len());
    Ok(ctx.ui.line(format!("{file}  new {new}   changed {changed}   unchanged {}   gone {gone}", change.unchanged))?)
}

fn list(ctx: &Ctx, supplier: Option<&str>) -> Result<Exit> {
    let db = ctx.db_to_read()?;
    let mut found: Vec<Listing> =
        db.catalogue()?.into_values().filter(|l| supplier.is_none_or(|s| s == l.key.supplier)).collect();
    found.sort_by(|a, b| a.key.cmp(&b.key));
    if ctx.ui.json {
        let listings: Vec<_> = found.iter().map(as_json).collect();
        ctx.ui.document(&json!({"schema": 1, "listings": listings}))?;
        return Ok(Exit::Done);
    }
    if found.is_empty() {
        ctx.ui.note("no listings yet; next: dsf listings import listings.csv");
        return Ok(Exit::Done);
    }
    let mut table = Table::new([
        "listing".into(),
        "title".into(),
        "options".into(),
        right("price"),
        right("pack"),
        right("stock"),
        "checked".into(),
    ]);
    for listing in &found {
        let price = listing.price.map_or("-".to_owned(), |p| p.to_string());
        let stock = listing.stock.map_or("-".to_owned(), |s| s.to_string());
        let checked = if listing.gone { "gone".to_owned() } else { age_words(listing.checked_at, ctx.now) };
        table.row([
            listing.key.to_string(),
            listing.title.clone(),
            listing.options.clone(),
            price,
            listing.pack_size.to_string(),
            stock,
            checked,
        ]);
    }
    ctx.ui.table(&table)?;
    Ok(Exit::Done)
}

fn as_json(listing: &Listing) -> serde_json::Value {
    json!({
        "supplier": listing.key.supplier, "listing_id": listing.key.listing_id, "title": listing.title,
        "options": listing.options, "price": listing.price, "shipping": listing.shipping, "pack_size": listing.pack_size,
        "min_quantity": listing.min_quantity, "stock": listing.stock, "ships_from": listing.ships_from,
        "ships_to": listing.ships_to, "method": listing.method, "processing_days": listing.processing_days,
        "transit_days_min": listing.transit_days.0, "transit_days_max": listing.transit_days.1, "url": listing.url,
        "checked_at": listing.checked_at.map(|at| at.to_string()), "gone": listing.gone,
    })
}
