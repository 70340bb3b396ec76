//! `dsf confirm`, `dsf settle`, `dsf adopt`: what only a person can know of purchase orders.

use anyhow::Result;
use serde_json::json;

use super::hold::{actor, given};
use super::named::purchase_order;
use crate::core::ids::OrderName;
use crate::core::money::Money;
use crate::core::purchase::PurchaseState;
use crate::core::sending::Placed;
use crate::ctx::Ctx;
use crate::db::{Cause, Db, Kept};
use crate::exit::{Exit, Failure};
use crate::flow::journal::{Journal, JournalError};
use crate::flow::send_error::SendError;
use crate::ui::{Tone, count};

pub fn confirm(ctx: &Ctx, name: &OrderName, order_no: &str, total: Option<Money>) -> Result<Exit> {
    let (_lock, mut db) = ctx.db_to_write()?;
    let kept = purchase_order(&db, name)?;
    if kept.state != PurchaseState::HandedOff {
        return Err(not_in(&kept, "handed_off"));
    }
    let placed = Placed { supplier_orders: vec![number(order_no)?], asks: total };
    take(ctx, &mut db, &kept, kept.state.placed()?, Some(&placed), &format!("confirmed as {}", order_no.trim()))?;
    if let Some(total) = total.filter(|total| *total != kept.expected) {
        ctx.ui.warn(format!("{} was planned at {}, the supplier charged {total}", kept.id, kept.expected));
    }
    Ok(Exit::Done)
}

pub fn settle(ctx: &Ctx, name: &OrderName, placed: Option<&str>, reason: &str) -> Result<Exit> {
    let reason = given(reason)?;
    let (_lock, mut db) = ctx.db_to_write()?;
    let actor = actor();
    db.recover(Cause { why: "the run that sent it was cut off", actor: &actor, now: ctx.now })?;
    let kept = purchase_order(&db, name)?;
    if kept.state != PurchaseState::Unknown {
        return Err(not_in(&kept, "unknown"));
    }
    match placed {
        Some(order_no) => {
            let placed = Placed { supplier_orders: vec![number(order_no)?], asks: None };
            take(
                ctx,
                &mut db,
                &kept,
                kept.state.placed()?,
                Some(&placed),
                &format!("placed as {}: {reason}", order_no.trim()),
            )?;
        }
        None => take(ctx, &mut db, &kept, kept.state.refused()?, None, &format!("not placed: {reason}"))?,
    }
    Ok(Exit::Done)
}

fn take(ctx: &Ctx, db: &mut Db, kept: &Kept, to: PurchaseState, placed: Option<&Placed>, why: &str) -> Result<()> {
    db.settle(kept, to, placed, Cause { why, actor: &actor(), now: ctx.now })?;
    if ctx.ui.json {
        ctx.ui.document(&json!({"schema": 1, "id": kept.id, "reference": kept.reference, "state": to}))?;
    } else {
        ctx.ui.line(format!("{}  {} is {to}: {why}", kept.reference, kept.id))?;
    }
    Ok(())
}

fn number(text: &str) -> Result<String> {
    match text.trim() {
        "" => Err(Failure::new(Exit::Usage, "the order number is empty", "write the number that the supplier gave")),
        number => Ok(number.to_owned()),
    }
}

fn not_in(kept: &Kept, wanted: &str) -> anyhow::Error {
    Failure::new(
        Exit::Failed,
        format!("{} is {}, not {wanted}", kept.id, kept.state),
        format!("dsf show {}", kept.id.order),
    )
}

/// Purchase orders that the journal knows and the database does not become `unknown`: they count as bought until they are settled.
pub fn adopt(ctx: &Ctx) -> Result<Exit> {
    let (_lock, mut db) = ctx.db_to_write()?;
    let (word, references) = db.references()?;
    let journal = Journal::of(&ctx.state_folder, &word);
    let missing = match journal.check(&references) {
        Ok(()) => vec![],
        Err(JournalError::Elsewhere(_)) => {
            // From another machine: what the database knows becomes the journal here.
            journal.append(&db.journal_entries()?).map_err(SendError::from)?;
            ctx.ui.line(format!(
                "the journal of {} was written anew",
                count(references.len() as u64, "purchase order")
            ))?;
            return Ok(Exit::Done);
        }
        Err(JournalError::Behind { .. }) => journal.missing(&references).map_err(SendError::from)?,
        Err(error) => return Err(SendError::from(error).into()),
    };
    let mut without_order = 0;
    for entry in &missing {
        let cause = Cause { why: "in the journal, not in the database", actor: &actor(), now: ctx.now };
        if db.adopt(entry, cause)? {
            ctx.ui.line(format!(
                "{} {}  {} at {}",
                ctx.ui.paint("ADOPTED", Tone::Warn),
                entry.reference,
                entry.id,
                entry.supplier
            ))?;
        } else {
            without_order += 1;
            ctx.ui.warn(format!(
                "{}: its order {} is not in the database; import it, then dsf adopt again",
                entry.reference, entry.id
            ));
        }
    }
    if missing.is_empty() {
        ctx.ui.line("nothing to adopt: the database knows every purchase order of the journal")?;
    }
    Ok(if without_order > 0 { Exit::Partly } else { Exit::Done })
}
