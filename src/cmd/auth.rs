//! `dsf auth`: a person allows dsf to use an account, in a browser; and which accounts are allowed for how long.

use anyhow::Result;
use serde_json::json;

use crate::config::Config;
use crate::core::sending::AskError;
use crate::ctx::Ctx;
use crate::exit::{Exit, Failure};
use crate::net::Net;
use crate::store::kinds::api_of;
use crate::supplier;
use crate::token::{Consent, Token};
use crate::ui::{Table, Tone};

pub fn run(ctx: &Ctx, account: Option<&str>) -> Result<Exit> {
    let config = ctx.config()?;
    match account {
        Some(account) => allow(ctx, &config, account),
        None => list(ctx, &config),
    }
}

/// The accounts that need a person, as the config names them.
fn accounts(config: &Config) -> Vec<String> {
    let stores = config.stores.iter().filter(|(_, store)| api_of(store).is_some_and(|kind| kind.consent.is_some()));
    let stores = stores.map(|(slug, _)| format!("store.{slug}"));
    let needs = |s: &crate::config::Supplier| {
        supplier::kinds::KINDS.iter().any(|kind| kind.kind == s.kind && kind.consent.is_some())
    };
    let suppliers = config.suppliers.iter().filter(|(_, s)| needs(s)).map(|(name, _)| format!("supplier.{name}"));
    stores.chain(suppliers).collect()
}

/// `None` when the config has no such account, or it needs no person.
fn consent(config: &Config, account: &str, net: &Net) -> Result<Option<Box<dyn Consent>>> {
    if let Some(name) = account.strip_prefix("supplier.") {
        let Some(supplier) = config.suppliers.get(name) else { return Ok(None) };
        let kind = supplier::kinds::KINDS.iter().find(|kind| kind.kind == supplier.kind);
        return Ok(kind.and_then(|kind| kind.consent).map(|of| of(name, supplier, net)).transpose()?);
    }
    let slug = account.strip_prefix("store.").and_then(|slug| slug.parse().ok());
    let Some((slug, store)) = slug.and_then(|slug| config.stores.get_key_value(&slug)) else { return Ok(None) };
    Ok(api_of(store).and_then(|kind| kind.consent).map(|of| of(slug, store, net)).transpose()?)
}

fn allow(ctx: &Ctx, config: &Config, account: &str) -> Result<Exit> {
    let Some(consent) = consent(config, account, &ctx.net()?)? else {
        let names = accounts(config);
        let hint =
            if names.is_empty() { "dsf auth".to_owned() } else { format!("dsf auth {}", names.join(", or dsf auth ")) };
        return Err(Failure::new(Exit::Failed, format!("{account} is no account that a person must allow"), hint));
    };
    let link = consent.link()?;
    if ctx.ui.json {
        ctx.ui.note(&link);
    } else {
        ctx.ui.line("open this link, log in and allow:")?;
        ctx.ui.line(&link)?;
    }
    let pasted = ctx.ui.ask_line("then paste the code, or the whole address that the browser was sent to:")?;
    let token = consent.take(&pasted).map_err(|error| match error {
        AskError::KeyRefused(_) => Failure::new(Exit::KeyRefused, error.to_string(), format!("dsf auth {account}")),
        error => error.into(),
    })?;
    let days = token.days_left(ctx.now);
    if ctx.ui.json {
        ctx.ui.document(&json!({"schema": 1, "account": account, "days_left": days}))?;
    } else {
        ctx.ui.line(format!("{}  {account}  {}", ctx.ui.paint("ALLOWED", Tone::Good), words(days)))?;
    }
    Ok(Exit::Done)
}

fn words(days: Option<i64>) -> String {
    match days {
        Some(1) => "1 day left, then dsf auth again".to_owned(),
        Some(days) => format!("{days} days left, then dsf auth again"),
        None => "until it is withdrawn".to_owned(),
    }
}

/// Opens no connection.
fn list(ctx: &Ctx, config: &Config) -> Result<Exit> {
    let net = ctx.offline();
    let mut rows = vec![];
    for account in accounts(config) {
        let next = format!("dsf auth {account}");
        let kept = consent(config, &account, &net).map(|consent| consent.and_then(|consent| consent.kept()));
        let (state, days, next) = match &kept {
            Err(error) => ("unusable", None, error.to_string()),
            Ok(None) => ("none", None, next),
            Ok(Some(token)) if has_ended(token, ctx) => ("ended", Some(0), next),
            Ok(Some(token)) => ("allowed", token.days_left(ctx.now), words(token.days_left(ctx.now))),
        };
        rows.push((account, state, days, next));
    }
    if ctx.ui.json {
        let accounts: Vec<_> = rows
            .iter()
            .map(|(account, state, days, _)| json!({"account": account, "state": state, "days_left": days}))
            .collect();
        ctx.ui.document(&json!({"schema": 1, "accounts": accounts}))?;
        return Ok(Exit::Done);
    }
    if rows.is_empty() {
        ctx.ui.line("no account of the config needs a person to allow it")?;
        return Ok(Exit::Done);
    }
    let mut table = Table::new(["account", "state", "next"].map(Into::into));
    for (account, state, _, next) in rows {
        table.row(vec![account, state.to_owned(), next]);
    }
    ctx.ui.table(&table)?;
    Ok(Exit::Done)
}

/// Neither the token nor what another is got with is good any more.
fn has_ended(token: &Token, ctx: &Ctx) -> bool {
    let end = match &token.refresh {
        Some(refresh) => refresh.expires_at,
        None => token.expires_at,
    };
    end.is_some_and(|end| end <= ctx.now)
}
