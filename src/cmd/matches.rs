//! `dsf match`: which store SKU is which listing.

use std::collections::BTreeMap;
use std::path::Path;

use anyhow::{Context, Result};
use serde_json::json;

use super::problems;
use crate::cli::{Match, MatchCommand, MatchSet};
use crate::core::address::country;
use crate::core::hold::typed;
use crate::core::ids::OrderId;
use crate::core::listing::{Listing, ListingKey};
use crate::core::matching::Rule;
use crate::core::suggest::{Suggestion, suggest};
use crate::ctx::Ctx;
use crate::exit::{Exit, Failure};
use crate::files::atomic;
use crate::files::sheet::{Escape, write_csv, xlsx};
use crate::flow::open_orders::Desk;
use crate::flow::rules::{COLUMNS, REQUIRED, cells, rules};
use crate::flow::table::Table as Sheet;
use crate::ui::{Column, Table, count, right};

pub fn run(ctx: &Ctx, options: Match) -> Result<Exit> {
    match options.command {
        None => list(ctx),
        Some(MatchCommand::Import { file, dry_run }) => import(ctx, &file, dry_run),
        Some(MatchCommand::Export { file }) => export(ctx, &file),
        Some(MatchCommand::Set(options)) => set(ctx, &options),
        Some(MatchCommand::Suggest { sku }) => suggestions(ctx, sku.as_deref()),
    }
}

/// An unmatched SKU with what waits for it.
struct Missing {
    sku: String,
    title: String,
    variant: String,
    orders: Vec<OrderId>,
    pieces: u64,
}

fn missing(ctx: &Ctx) -> Result<(Desk, Vec<Missing>)> {
    let config = ctx.config()?;
    let desk = Desk::read(&ctx.db_to_read()?, &config, &[])?;
    let mut by_sku: BTreeMap<String, Missing> = BTreeMap::new();
    for open in &desk.orders {
        for line in &open.order.lines {
            let pieces = open.order.orderable(line);
            if pieces == 0 || desk.rules.knows(line.name()) {
                continue;
            }
            let entry = by_sku.entry(line.name().to_owned()).or_insert_with(|| Missing {
                sku: line.name().to_owned(),
                title: line.said.title.clone(),
                variant: line.said.variant.clone(),
                orders: vec![],
                pieces: 0,
            });
            entry.orders.push(open.order.id.clone());
            entry.pieces += u64::from(pieces);
        }
    }
    let mut found: Vec<Missing> = by_sku.into_values().collect();
    found.sort_by(|a, b| b.pieces.cmp(&a.pieces).then_with(|| a.sku.cmp(&b.sku)));
    Ok((desk, found))
}

fn list(ctx: &Ctx) -> Result<Exit> {
    let rules = ctx.db_to_read()?.rules()?;
    let (desk, missing) = missing(ctx)?;
    if ctx.ui.json {
        let rules: Vec<_> = rules.iter().map(rule_json).collect();
        let unmatched: Vec<_> = missing.iter().map(missing_json).collect();
        ctx.ui.document(&json!({"schema": 1, "rules": rules, "unmatched": unmatched}))?;
        return Ok(Exit::Done);
    }
    let mut table = Table::new([
        "sku".into(),
        "listing".into(),
        right("each"),
        "store".into(),
        "country".into(),
        right("priority"),
        right("part"),
        Column::from("listing is").optional(),
    ]);
    for rule in &rules {
        let is = match desk.catalogue.get(&rule.listing) {
            None => "not known".to_owned(),
            Some(listing) if listing.gone => "gone".to_owned(),
            Some(listing) => listing.title.clone(),
        };
        let [store, sku, _, _, quantity, country, priority, part] = cells(rule);
        table.row([sku, rule.listing.to_string(), quantity, store, country, priority, part, is]);
    }
    if !table.is_empty() {
        ctx.ui.table(&table)?;
    }
    show_missing(ctx, &missing)?;
    Ok(Exit::Done)
}

fn show_missing(ctx: &Ctx, missing: &[Missing]) -> Result<()> {
    if missing.is_empty() {
        return Ok(ctx.ui.line("every SKU of the open orders is matched")?);
    }
    let mut table = Table::new(["not matched".into(), "title".into(), right("pieces"), "orders".into()]);
    for m in missing {
        let mut orders: Vec<String> = m.orders.iter().take(3).map(ToString::to_string).collect();
        if m.orders.len() > 3 {
            orders.push(format!("and {} more", m.orders.len() - 3));
        }
        table.row([m.sku.clone(), m.title.clone(), m.pieces.to_string(), orders.join(" ")]);
    }
    ctx.ui.table(&table)?;
    ctx.ui.note("next: dsf match suggest");
    Ok(())
}

fn import(ctx: &Ctx, path: &Path, dry_run: bool) -> Result<Exit> {
    let sheet =
        Sheet::read(path, &COLUMNS, &REQUIRED).map_err(|e| Failure::new(Exit::Failed, e.to_string(), e.hint()))?;
    let found = match rules(&sheet) {
        Ok(found) => found,
        Err(problems) => return Err(problems::refuse(ctx, &sheet.file, &problems)?),
    };
    if !dry_run {
        let (_lock, mut db) = ctx.db_to_write()?;
        db.replace_rules(&found, "match import", ctx.now)?;
    }
    let mut skus: Vec<&str> = found.iter().map(|r| r.sku.as_str()).collect();
    skus.sort_unstable();
    skus.dedup();
    let (rules, skus) = (found.len() as u64, skus.len() as u64);
    if ctx.ui.json {
        ctx.ui.document(&json!({"schema": 1, "file": sheet.file, "rules": rules, "skus": skus}))?;
    } else {
        ctx.ui.line(format!("{}  {} for {}", sheet.file, count(rules, "rule"), count(skus, "SKU")))?;
    }
    if dry_run {
        ctx.ui.note("dry run: nothing was changed");
    }
    Ok(Exit::Done)
}

fn export(ctx: &Ctx, path: &Path) -> Result<Exit> {
    let rows: Vec<[String; 8]> = ctx.db_to_read()?.rules()?.iter().map(cells).collect();
    let header: Vec<&str> = COLUMNS.to_vec();
    let all = std::iter::once(header).chain(rows.iter().map(|r| r.iter().map(String::as_str).collect()));
    let bytes = if path.extension().is_some_and(|e| e.eq_ignore_ascii_case("xlsx")) {
        xlsx("matches", all)?
    } else {
        let mut bytes = vec![];
        write_csv(&mut bytes, all, Escape::Apostrophe)?;
        bytes
    };
    if path == Path::new("-") {
        ctx.ui.bytes(&bytes)?;
        return Ok(Exit::Done);
    }
    atomic::write(path, &bytes).with_context(|| path.display().to_string())?;
    ctx.ui.note(format!("{}  {}", path.display(), count(rows.len() as u64, "rule")));
    Ok(Exit::Done)
}

fn set(ctx: &Ctx, options: &MatchSet) -> Result<Exit> {
    let listing = listing_key(&options.listing)?;
    let country = match &options.country {
        None => None,
        Some(name) => Some(
            country::code(name)
                .ok_or_else(|| {
                    Failure::new(Exit::Usage, format!("\"{name}\" is not a country that dsf knows"), "write US, GB, DE")
                })?
                .to_owned(),
        ),
    };
    if options.quantity == 0 || options.priority == 0 {
        return Err(Failure::new(Exit::Usage, "quantity and priority begin at 1", "leave them out"));
    }
    if options.sku.trim().is_empty() {
        let hint = "dsf match lists the SKUs that no rule covers";
        return Err(Failure::new(Exit::Usage, "an empty SKU names no line", hint));
    }
    let rule = Rule {
        store: options.store.clone(),
        sku: options.sku.clone(),
        listing,
        quantity: options.quantity,
        country,
        priority: options.priority,
        part: options.part,
        fingerprint: None,
    };
    let (_lock, mut db) = ctx.db_to_write()?;
    let known = db.listing(&rule.listing)?;
    db.set_rule(&rule, ctx.now)?;
    if ctx.ui.json {
        ctx.ui.document(&json!({"schema": 1, "rule": rule_json(&rule)}))?;
    } else {
        ctx.ui.line(format!("{} is {} x {} ({})", rule.sku, rule.quantity, rule.listing, rule.describe()))?;
    }
    if known.is_none() {
        ctx.ui.warn(format!("{} is not in the listings; orders will be held until it is", rule.listing));
    }
    Ok(Exit::Done)
}

/// `li:LAMP-L`; the id may hold more colons.
pub fn listing_key(text: &str) -> Result<ListingKey> {
    match text.split_once(':') {
        Some((supplier, id)) if !supplier.is_empty() && !id.is_empty() => {
            Ok(ListingKey { supplier: supplier.to_owned(), listing_id: id.to_owned() })
        }
        _ => Err(Failure::new(
            Exit::Usage,
            format!("\"{text}\" is not a listing"),
            "write it as SUPPLIER:ID, such as li:LAMP-L",
        )),
    }
}

fn suggestions(ctx: &Ctx, wanted: Option<&str>) -> Result<Exit> {
    let (desk, mut missing) = missing(ctx)?;
    if let Some(sku) = wanted {
        missing.retain(|m| m.sku == sku);
        if missing.is_empty() {
            // A SKU that is matched, or that no open order has: its name is all there is to go by.
            missing.push(Missing {
                sku: sku.to_owned(),
                title: sku.to_owned(),
                variant: String::new(),
                orders: vec![],
                pieces: 0,
            });
        }
    }
    let listings: Vec<&Listing> = desk.catalogue.values().collect();
    let found: Vec<(&Missing, Vec<Suggestion>)> =
        missing.iter().map(|m| (m, suggest(&m.sku, &m.title, &m.variant, listings.iter().copied()))).collect();
    if ctx.ui.json {
        let all: Vec<_> = found.iter().map(|(m, found)| suggestion_json(m, found)).collect();
        ctx.ui.document(&json!({"schema": 1, "suggestions": all}))?;
        return Ok(Exit::Done);
    }
    if found.is_empty() {
        ctx.ui.line("every SKU of the open orders is matched")?;
    }
    for (m, found) in found {
        ctx.ui.line(format!("{}  {}  ({})", m.sku, m.title, count(m.pieces, "piece")))?;
        if found.is_empty() {
            ctx.ui.line("  no listing comes close")?;
        }
        for s in found {
            ctx.ui.line(format!("  {}  {} {}  {}", s.listing, s.title, s.options, s.reason))?;
            ctx.ui.line(format!("    dsf match set {} {}", typed(&m.sku), s.listing))?;
        }
    }
    Ok(Exit::Done)
}

fn rule_json(rule: &Rule) -> serde_json::Value {
    json!({"store": rule.store, "sku": rule.sku, "supplier": rule.listing.supplier, "listing_id": rule.listing.listing_id,
           "quantity": rule.quantity, "country": rule.country, "priority": rule.priority,
           "part": (rule.part > 0).then_some(rule.part)})
}

fn missing_json(m: &Missing) -> serde_json::Value {
    json!({"sku": m.sku, "title": m.title, "variant": m.variant, "pieces": m.pieces, "orders": m.orders})
}

fn suggestion_json(m: &Missing, found: &[Suggestion]) -> serde_json::Value {
    let candidates: Vec<_> = found
        .iter()
        .map(|s| json!({"supplier": s.listing.supplier, "listing_id": s.listing.listing_id, "title": s.title, "options": s.options, "reason": s.reason}))
        .collect();
    json!({"sku": m.sku, "title": m.title, "pieces": m.pieces, "candidates": candidates})
}
