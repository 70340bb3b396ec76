//! `dsf hold` and `dsf release`: decisions about one order, each with its reason.

use anyhow::Result;
use serde_json::json;

use super::named;
use super::planned::planned;
use crate::core::hold::{Hold, HoldCode, release_hint};
use crate::core::ids::OrderName;
use crate::core::plan::Choice;
use crate::ctx::Ctx;
use crate::db::Word;
use crate::exit::{Exit, Failure};
use crate::flow::watching::waiting;

pub fn hold(ctx: &Ctx, name: &OrderName, reason: &str) -> Result<Exit> {
    let reason = given(reason)?;
    let (_lock, mut db) = ctx.db_to_write()?;
    let found = named::order(&db, name)?;
    let id = &found.order.id;
    let hold = Hold::new(id, HoldCode::Manual, reason, release_hint(id, HoldCode::Manual));
    let word = Word { what: "hold", hold: &hold, reason, actor: &actor(), now: ctx.now };
    let put = db.put_on_hold(found.row, &word)?;
    if ctx.ui.json {
        ctx.ui.document(&json!({"schema": 1, "held": [hold], "new": put}))?;
    } else {
        ctx.ui.line(format!("{id} is on hold: {reason}"))?;
        ctx.ui.note(hold.hint);
    }
    Ok(Exit::Done)
}

pub fn release(ctx: &Ctx, name: &OrderName, codes: &[String], reason: &str) -> Result<Exit> {
    let reason = given(reason)?;
    let wanted = codes.iter().map(|code| parse(code)).collect::<Result<Vec<HoldCode>>>()?;
    let config = ctx.config()?;
    let (_lock, mut db) = ctx.db_to_write()?;
    let found = named::order(&db, name)?;
    let id = &found.order.id;
    let mut held = planned(ctx, &db, &config, std::slice::from_ref(id), &Choice::default())?.1.plan.held;
    for standing in db.standing_holds(found.row, id)? {
        if !held.contains(&standing) {
            held.push(standing);
        }
    }
    held.extend(waiting(&db, &config, Some(found.row), ctx.now)?.into_iter().map(|(hold, _)| hold));
    let (released, kept): (Vec<Hold>, Vec<Hold>) =
        held.into_iter().partition(|h| h.releasable && (wanted.is_empty() || wanted.contains(&h.code)));
    if let Some(code) = wanted.iter().find(|code| !released.iter().any(|h| h.code == **code)) {
        return Err(match kept.iter().find(|h| h.code == *code) {
            Some(hold) => Failure::new(
                Exit::Failed,
                format!("{code} of {id} cannot be released: {}", hold.message),
                hold.hint.clone(),
            ),
            None => Failure::new(Exit::Failed, format!("{id} is not held for {code}"), format!("dsf show {id}")),
        });
    }
    if released.is_empty() {
        return Err(match kept.first() {
            Some(hold) => Failure::new(
                Exit::Failed,
                format!("{} of {id} cannot be released: {}", hold.code, hold.message),
                hold.hint.clone(),
            ),
            None => Failure::new(Exit::Failed, format!("{id} is not held"), format!("dsf show {id}")),
        });
    }
    let actor = actor();
    let words: Vec<Word> =
        released.iter().map(|hold| Word { what: "release", hold, reason, actor: &actor, now: ctx.now }).collect();
    db.release(found.row, &words)?;
    if ctx.ui.json {
        ctx.ui.document(&json!({"schema": 1, "released": released, "held": kept}))?;
    } else {
        for hold in &released {
            ctx.ui.line(format!("{id} {} released: {}", hold.code, hold.message))?;
        }
        for hold in &kept {
            ctx.ui.note(format!("still held: {} {}", hold.code, hold.message));
        }
    }
    Ok(Exit::Done)
}

fn parse(code: &str) -> Result<HoldCode> {
    code.parse().map_err(|word: String| {
        let nearest = HoldCode::ALL.iter().min_by_key(|c| strsim::levenshtein(c.as_str(), &word.to_uppercase()));
        let hint = nearest.map(|c| format!("did you mean {c}?")).unwrap_or_default();
        Failure::new(Exit::Usage, format!("\"{word}\" is not a hold code"), hint)
    })
}

/// A decision without a reason is none.
pub fn given(reason: &str) -> Result<&str> {
    match reason.trim() {
        "" => Err(Failure::new(Exit::Usage, "the reason is empty", "--reason \"what you know and others must\"")),
        reason => Ok(reason),
    }
}

/// Who decides, as the system knows them.
pub fn actor() -> String {
    std::env::var("USER").or_else(|_| std::env::var("USERNAME")).unwrap_or_else(|_| "unknown".to_owned())
}
