//! `dsf init`: a config with comments, a database, and the next three commands.

use anyhow::{Context, Result};

use crate::cli::Init;
use crate::config::Config;
use crate::core::store_kind::StoreKind;
use crate::ctx::Ctx;
use crate::db::Db;
use crate::exit::{Exit, Failure};
use crate::files::atomic;

pub fn run(ctx: &Ctx, options: &Init) -> Result<Exit> {
    let text = config_text(options)?;
    Config::parse(&text, "the new config")?;
    if ctx.config_path.exists() {
        ctx.ui.note(format!("{} is there already and stays as it is", ctx.config_path.display()));
        if !options.store.is_empty() || !options.supplier.is_empty() {
            ctx.ui.note(format!("to add to it by hand:\n\n{}", tables(options)?));
        }
    } else {
        let folder = ctx.config_path.parent().unwrap_or(std::path::Path::new("."));
        std::fs::create_dir_all(folder).with_context(|| folder.display().to_string())?;
        atomic::write(&ctx.config_path, text.as_bytes()).with_context(|| ctx.config_path.display().to_string())?;
        ctx.ui.line(format!("config    {}", ctx.config_path.display()))?;
    }
    let _lock = ctx.lock()?;
    let known = ctx.db_path.exists();
    Db::open(&ctx.db_path)?;
    ctx.ui.line(format!("database  {}{}", ctx.db_path.display(), if known { " (was there)" } else { "" }))?;
    ctx.ui.note("\nnext:\n  dsf import orders_export.csv      or dsf import alone, once the config has the store's key\n  dsf listings import listings.csv\n  dsf match suggest");
    Ok(Exit::Done)
}

fn config_text(options: &Init) -> Result<String> {
    let tables = tables(options)?;
    Ok(format!(
        "# dsf config. Every key with its default and why: .config-example.toml in the project, or the README.\n\n{tables}\
         [guard]\n# What holds a purchase order back. A limit behind \"# \" is off.\n# min_margin_percent = 5\n\
         # max_order_cost = \"200.00 USD\"\n# max_run_cost = \"2000.00 USD\"\nmax_price_rise_percent = 15\n\
         max_order_age_days = 7\n\n[rates]\n# Yours, dated; one EUR is so many USD.\n# date = 2026-11-20\n# EUR_USD = \"1.0835\"\n"
    ))
}

fn tables(options: &Init) -> Result<String> {
    let mut text = String::new();
    for pair in &options.store {
        let (name, kind) = split(pair, "us=shopify")?;
        let kind: &StoreKind = kind.parse().map_err(|kinds: Vec<_>| {
            Failure::new(
                Exit::Usage,
                format!("\"{kind}\" is not a kind of store"),
                format!("there are {}", kinds.join(" ")),
            )
        })?;
        name.parse::<crate::core::ids::Slug>()?;
        text += &format!(
            "[store.{name}]\nkind = \"{}\"\n# currency = \"USD\"                 # for exports that do not say which\n\
             # time_zone = \"America/New_York\"   # of times without a zone; UTC when not set\n{}\n",
            kind.name,
            api_lines(kind.name, name)
        );
    }
    for pair in &options.supplier {
        let (name, kind) = split(pair, "li=sheet")?;
        text += &format!("[supplier.{name}]\nkind = \"{kind}\"\n\n");
    }
    if text.is_empty() {
        text = "# [store.us]\n# kind = \"shopify\"\n# currency = \"USD\"\n\n# [supplier.li]\n# kind = \"sheet\"\n\n"
            .to_owned();
    }
    Ok(text)
}

/// What the API of a kind needs, each line off: a store without it works from exports.
fn api_lines(kind: &str, name: &str) -> String {
    let rows = include_str!("init_stores.tsv").lines().filter(|l| !l.starts_with('#'));
    let lines = rows.filter_map(|row| row.split_once('\t')).filter(|(of, _)| *of == kind);
    lines.map(|(_, line)| format!("# {}\n", line.replace("NAME", &name.to_uppercase()))).collect()
}

fn split<'a>(pair: &'a str, example: &str) -> Result<(&'a str, &'a str)> {
    pair.split_once('=').ok_or_else(|| {
        Failure::new(Exit::Usage, format!("\"{pair}\" is not NAME=KIND"), format!("write it like {example}"))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::kinds;

    /// A person uncomments what `init` wrote and nothing else.
    #[test]
    fn what_init_writes_for_an_api_is_all_that_its_client_needs() {
        for kind in kinds::KINDS {
            let off = api_lines(kind.name, "us");
            let lines: String = off.lines().filter_map(|l| l.strip_prefix("# ")).map(|l| format!("{l}\n")).collect();
            let text = format!("[store.us]\nkind = \"{}\"\n{lines}", kind.name);
            let config = Config::parse(&text, "config").unwrap();
            let store = config.stores.values().next().unwrap();
            assert!((kind.is_set_up)(store), "{text}");
            let net = crate::net::Net::offline(std::path::Path::new("."));
            let missing = kinds::build(&"us".parse().unwrap(), store, &net).err().map(|e| e.to_string());
            assert!(missing.as_ref().is_none_or(|m| m.contains("US_")), "{missing:?}");
        }
    }
}
