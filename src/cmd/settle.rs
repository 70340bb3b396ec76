//! `dsf confirm`, `dsf settle`, `dsf adopt`: what only a person can know of purchase orders.

use anyhow::Result;
use serde_json::json;

use super::hold::{actor, given};
use super::named::purchase_order;
use crate::config::Config;
use crate::core::ids::OrderName;
use crate::core::journal::Entry;
use crate::core::money::Money;
use crate::core::purchase::PurchaseState;
use crate::core::sending::Placed;
use crate::ctx::Ctx;
use crate::db::{Cause, Db, Kept};
use crate::exit::{Exit, Failure};
use crate::flow::journal::{Journal, JournalError};
use crate::flow::record::beyond_plan;
use crate::flow::send_error::SendError;
use crate::supplier::kinds::finds_by_reference;
use crate::ui::{Tone, count};

pub fn confirm(ctx: &Ctx, name: &OrderName, order_no: &str, total: Option<Money>) -> Result<Exit> {
    let config = ctx.config()?;
    let (_lock, mut db) = ctx.db_to_write()?;
    let kept = purchase_order(&db, name)?;
    if kept.state != PurchaseState::HandedOff {
        return Err(not_in(&kept, "handed_off"));
    }
    let number = free_number(&db, &kept, order_no)?;
    let placed = Placed { supplier_orders: vec![number], asks: total };
    take(ctx, &mut db, &kept, kept.state.placed()?, Some(&placed), &format!("confirmed as {}", order_no.trim()))?;
    match total.filter(|total| *total != kept.expected) {
        Some(total) => charged(ctx, &mut db, &config, &kept, total),
        None => Ok(Exit::Done),
    }
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
            let number = free_number(&db, &kept, order_no)?;
            let placed = Placed { supplier_orders: vec![number], asks: None };
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

/// A charge far from the plan may be that of another order: it stays held until a person has looked.
fn charged(ctx: &Ctx, db: &mut Db, config: &Config, kept: &Kept, total: Money) -> Result<Exit> {
    ctx.ui.warn(format!("{} was planned at {}, the supplier charged {total}", kept.id, kept.expected));
    let Some(hold) = beyond_plan(kept, total, config.guard.max_price_rise_percent, &config.rates) else {
        return Ok(Exit::Done);
    };
    db.leave_hold(&kept.id.order, &hold, ctx.now)?;
    ctx.ui.warn(format!("{} is held {}: {}", kept.id.order, hold.code, hold.message));
    ctx.ui.note(format!("hint: {}", hold.hint));
    Ok(Exit::Partly)
}

/// The supplier's number as it was typed. One that another order already has is a slip: its parcels would go to the wrong customer.
fn free_number(db: &Db, kept: &Kept, text: &str) -> Result<String> {
    let number = number(text)?;
    match db.other_with_number(kept, &number)? {
        None => Ok(number),
        Some(other) => {
            let message = format!("{} has the order number {number} already, and it is of another order", other.id);
            Err(Failure::new(Exit::Failed, message, format!("dsf show {}", other.id.order)))
        }
    }
}

fn number(text: &str) -> Result<String> {
    match text.trim() {
        "" => Err(Failure::new(Exit::Usage, "the order number is empty", "write the number that the supplier gave")),
        number => Ok(number.to_owned()),
    }
}

/// What to do about a purchase order of which nobody knows whether it was placed.
pub fn unknown_hint(config: &Config, kept: &Kept) -> String {
    let id = &kept.id;
    let says = format!("dsf settle {id} --placed N --reason \"…\", dsf settle {id} --not-placed --reason \"…\"");
    let asked = config.suppliers.get(&kept.supplier).is_some_and(|supplier| finds_by_reference(supplier.kind));
    if asked {
        return format!("dsf fulfill looks it up; or {says}");
    }
    format!("{} cannot be asked by reference: look for {} there, then {says}", kept.supplier, kept.reference)
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
            return adopted(ctx, &[], &[], references.len());
        }
        Err(JournalError::Behind { .. }) => journal.missing(&references).map_err(SendError::from)?,
        Err(error) => return Err(SendError::from(error).into()),
    };
    let (mut taken, mut without_order) = (vec![], vec![]);
    for entry in missing {
        let cause = Cause { why: "in the journal, not in the database", actor: &actor(), now: ctx.now };
        if db.adopt(&entry, cause)? { taken.push(entry) } else { without_order.push(entry) }
    }
    adopted(ctx, &taken, &without_order, 0)
}

fn adopted(ctx: &Ctx, taken: &[Entry], without_order: &[Entry], anew: usize) -> Result<Exit> {
    for entry in without_order {
        let Entry { reference, id, .. } = entry;
        ctx.ui.warn(format!("{reference}: its order {id} is not in the database; import it, then dsf adopt again"));
    }
    if ctx.ui.json {
        let all = |entries: &[Entry]| -> Vec<_> {
            let one = |e: &Entry| json!({"id": e.id, "reference": e.reference, "supplier": e.supplier});
            entries.iter().map(one).collect()
        };
        let told =
            json!({"schema": 1, "adopted": all(taken), "without_order": all(without_order), "written_anew": anew});
        ctx.ui.document(&told)?;
    } else {
        for Entry { reference, id, supplier, .. } in taken {
            ctx.ui.line(format!("{} {reference}  {id} at {supplier}", ctx.ui.paint("ADOPTED", Tone::Warn)))?;
        }
        if anew > 0 {
            ctx.ui.line(format!("the journal of {} was written anew", count(anew as u64, "purchase order")))?;
        } else if taken.is_empty() && without_order.is_empty() {
            ctx.ui.line("nothing to adopt: the database knows every purchase order of the journal")?;
        }
    }
    Ok(if without_order.is_empty() { Exit::Done } else { Exit::Partly })
}
