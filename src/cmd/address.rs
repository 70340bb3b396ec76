//! `dsf address set`: a ship-to that a person writes, from an editor or stdin, never from arguments.

use anyhow::Result;
use serde_json::json;

use super::hold::{actor, given};
use super::named;
use crate::cli;
use crate::core::address::{Address, country};
use crate::core::change::Change;
use crate::core::hold::{Hold, HoldCode};
use crate::core::order::Order;
use crate::ctx::Ctx;
use crate::db::Word;
use crate::exit::{Exit, Failure};
use crate::ui::Tone;

pub fn run(ctx: &Ctx, options: &cli::Address) -> Result<Exit> {
    let cli::Address::Set { order: name, reason } = options;
    let reason = given(reason)?;
    let known = named::order(&ctx.db_to_read()?, name)?.order;
    if known.head.is_none() {
        let message = format!("of {} only some lines are known, not the order itself", known.id);
        return Err(Failure::new(Exit::Failed, message, "dsf import the file that begins the order"));
    }
    let text = ctx.ui.edit(&draft(&known))?;
    let address = read(&text, &known)?;
    let (_lock, mut db) = ctx.db_to_write()?;
    let found = named::order(&db, name)?;
    if found.order != known {
        return Err(Failure::new(
            Exit::Failed,
            format!("{} changed meanwhile", known.id),
            format!("dsf show {}", known.id),
        ));
    }
    let changes = changes(&known, &address);
    if changes.is_empty() {
        ctx.ui.note(format!("{}: nothing changed", known.id));
        return Ok(Exit::Done);
    }
    let mut after = known.clone();
    after.head.get_or_insert_default().ship_to = Some(address);
    let hold = Hold::new(&known.id, HoldCode::ShipToMissing, "the ship-to was set by a person", "");
    let word = Word { what: "address", hold: &hold, reason, actor: &actor(), now: ctx.now };
    db.set_ship_to(found.row, &known, &after, &changes, &word)?;
    if ctx.ui.json {
        let changes: Vec<_> =
            changes.iter().map(|c| json!({"order": known.id, "field": c.field, "from": c.from, "to": c.to})).collect();
        ctx.ui.document(&json!({"schema": 1, "changes": changes}))?;
    } else {
        for c in &changes {
            ctx.ui.line(format!(
                "{} {} {} \"{}\" -> \"{}\"",
                ctx.ui.paint("CHANGED", Tone::Warn),
                known.id,
                c.field,
                c.from,
                c.to
            ))?;
        }
    }
    Ok(Exit::Done)
}

/// What the editor opens with: every field, as it is.
fn draft(order: &Order) -> String {
    let blank = Address::default();
    let address = order.head.as_ref().and_then(|h| h.ship_to.as_ref()).unwrap_or(&blank);
    let mut text = format!("# Ship-to of {}. Country as two letters.\n", order.id);
    for (field, value) in address.fields() {
        text += &format!("{field} = {}\n", toml::Value::String(value.to_owned()));
    }
    text
}

/// Fields that the text does not name stay as they are.
fn read(text: &str, order: &Order) -> Result<Address> {
    let refuse = |message: String| {
        Failure::new(
            Exit::Failed,
            message,
            "lines such as line2 = \"Apt 9\"; fields: name company line1 line2 city region postcode country phone email",
        )
    };
    let table: toml::Table = if text.trim_start().starts_with('{') {
        serde_json::from_str(text).map_err(|e| refuse(format!("the address is not JSON: {e}")))?
    } else {
        text.parse().map_err(|e: toml::de::Error| refuse(format!("the address cannot be read: {}", e.message())))?
    };
    if table.is_empty() {
        return Err(refuse("the address is empty".to_owned()));
    }
    let mut address = order.head.as_ref().and_then(|h| h.ship_to.clone()).unwrap_or_default();
    for (field, value) in table {
        let text = value.as_str().ok_or_else(|| refuse(format!("{field} must be text in quotes")))?.trim();
        let slot =
            address.field_mut(&field).ok_or_else(|| refuse(format!("\"{field}\" is not a field of an address")))?;
        *slot = if field == "country" && !text.is_empty() {
            country::code(text).ok_or_else(|| refuse(format!("\"{text}\" is not a country that dsf knows")))?.to_owned()
        } else {
            text.to_owned()
        };
    }
    if address.is_blank() {
        return Err(refuse("the address would be empty".to_owned()));
    }
    Ok(address)
}

fn changes(order: &Order, address: &Address) -> Vec<Change> {
    let blank = Address::default();
    let was = order.head.as_ref().and_then(|h| h.ship_to.as_ref()).unwrap_or(&blank);
    was.fields()
        .into_iter()
        .zip(address.fields())
        .filter(|((_, from), (_, to))| from != to)
        .map(|((field, from), (_, to))| Change {
            field: format!("ship_to.{field}"),
            from: from.to_owned(),
            to: to.to_owned(),
        })
        .collect()
}
