//! `dsf cancel`: a purchase order taken back. By the supplier's API where that can; else as a text to send.

use anyhow::Result;
use serde_json::json;

use super::hold::{actor, given};
use super::named::purchase_order;
use super::settle::unknown_hint;
use crate::cli::Cancel;
use crate::config::{Config, SupplierKind};
use crate::core::purchase::PurchaseState;
use crate::ctx::Ctx;
use crate::db::{Cause, Db, Kept};
use crate::exit::{Exit, Failure};
use crate::flow::cancel::{Asked, ask, confirm, read_again};
use crate::flow::send_error::SendError;
use crate::supplier::api::SupplierApi;
use crate::supplier::kinds::build;

pub fn run(ctx: &Ctx, options: &Cancel) -> Result<Exit> {
    let reason = given(&options.reason)?;
    let config = ctx.config()?;
    let (_lock, mut db) = ctx.db_to_write()?;
    let actor = actor();
    let cause = Cause { why: reason, actor: &actor, now: ctx.now };
    db.recover(Cause { why: "the run that sent it was cut off", ..cause })?;
    let kept = purchase_order(&db, &options.id)?;
    if options.confirmed || options.too_late {
        return by_word(ctx, &mut db, &kept, options.confirmed, cause);
    }
    let api = api_of(ctx, &config, &kept)?;
    let asked = match (kept.state, &api) {
        (PurchaseState::Draft, _) => {
            db.take_step(&kept, kept.state.dropped().map_err(SendError::from)?, cause)?;
            let why = "it had not left".to_owned();
            Asked { state: PurchaseState::Cancelled, why, key_refused: false, failed: false }
        }
        (PurchaseState::CancelAsked, Some(api)) => {
            let read = read_again(&mut db, api.as_ref(), &kept, cause)?;
            let still = read.state == PurchaseState::CancelAsked && !read.failed;
            if still { ask(&mut db, api.as_ref(), &kept, cause)? } else { read }
        }
        (PurchaseState::CancelAsked, None) => return by_letter(ctx, &db, &kept),
        (state, _) if state.cancel_asked().is_err() => return Err(cannot(&config, &kept)),
        (_, Some(api)) => ask(&mut db, api.as_ref(), &kept, cause)?,
        (_, None) => {
            db.take_step(&kept, kept.state.cancel_asked().map_err(SendError::from)?, cause)?;
            let asked = Kept { state: PurchaseState::CancelAsked, ..kept };
            return by_letter(ctx, &db, &asked);
        }
    };
    tell(ctx, &kept, &asked)
}

/// The client of a supplier that can cancel.
fn api_of(ctx: &Ctx, config: &Config, kept: &Kept) -> Result<Option<Box<dyn SupplierApi>>> {
    let Some(supplier) = config.suppliers.get(&kept.supplier).filter(|s| s.kind != SupplierKind::Sheet) else {
        return Ok(None);
    };
    let api = build(&kept.supplier, supplier, &ctx.net()?).map_err(SendError::from)?;
    Ok(Some(api).filter(|api| api.abilities().cancels))
}

fn cannot(config: &Config, kept: &Kept) -> anyhow::Error {
    let (message, hint) = match kept.state {
        PurchaseState::Unknown => {
            (format!("nobody knows whether {} has {}", kept.supplier, kept.reference), unknown_hint(config, kept))
        }
        PurchaseState::Shipped | PurchaseState::Delivered => (
            format!("{} is {}: it cannot be cancelled", kept.id, kept.state),
            format!("ask {} or the carrier to stop the parcel", kept.supplier),
        ),
        state => (format!("{} is {state}: there is nothing to cancel", kept.id), format!("dsf show {}", kept.id.order)),
    };
    Failure::new(Exit::Failed, message, hint)
}

/// What the supplier wrote, told by the person.
fn by_word(ctx: &Ctx, db: &mut Db, kept: &Kept, confirmed: bool, cause: Cause) -> Result<Exit> {
    if kept.state != PurchaseState::CancelAsked {
        let message = format!("{} is {}, not cancel_asked", kept.id, kept.state);
        return Err(Failure::new(Exit::Failed, message, format!("dsf cancel {} --reason \"…\"", kept.id)));
    }
    let state = if confirmed {
        confirm(db, kept, cause)?;
        PurchaseState::Cancelled
    } else {
        let before = kept.state.not_cancelled(db.before_cancelling(kept)?).map_err(SendError::from)?;
        db.take_step(kept, before, cause)?;
        before
    };
    tell(ctx, kept, &Asked { state, why: cause.why.to_owned(), key_refused: false, failed: false })
}

/// The text for a supplier without a call for it. The purchase order counts as bought until he has answered.
fn by_letter(ctx: &Ctx, db: &Db, kept: &Kept) -> Result<Exit> {
    let theirs = db.supplier_orders(kept.row)?;
    let number = if theirs.is_empty() { String::new() } else { format!(" (your order {})", theirs.join(", ")) };
    let lines: Vec<String> =
        db.dispatch(kept)?.lines.iter().map(|l| format!("{} x {} {}", l.quantity, l.listing_id, l.title)).collect();
    let text = format!(
        "Please CANCEL our purchase order {}{number} and do not ship it: {}.\nPlease confirm in writing. If it has left already, \
         please say so and send the tracking number.",
        kept.reference,
        lines.join("; ")
    );
    let id = &kept.id;
    let hint = format!(
        "when he confirms: dsf cancel {id} --confirmed --reason \"…\"; when it is too late: dsf cancel {id} --too-late --reason \"…\""
    );
    if ctx.ui.json {
        let document = json!({"schema": 1, "id": id, "reference": kept.reference, "state": kept.state, "text": text, "hint": hint});
        ctx.ui.document(&document)?;
    } else {
        ctx.ui.line(format!("{}  {id} is {}; send this to {}:", kept.reference, kept.state, kept.supplier))?;
        ctx.ui.line("")?;
        ctx.ui.line(text)?;
        ctx.ui.line("")?;
        ctx.ui.note(hint);
    }
    Ok(Exit::Partly)
}

fn tell(ctx: &Ctx, kept: &Kept, asked: &Asked) -> Result<Exit> {
    let id = &kept.id;
    let next = match asked.state {
        PurchaseState::Cancelled => {
            format!(
                "what is still wanted of {o} can be bought again; dsf hold {o} --reason \"…\" keeps it back",
                o = id.order
            )
        }
        PurchaseState::CancelAsked => format!("dsf fulfill reads it again; dsf cancel {id} --reason \"…\" asks again"),
        _ => format!("it goes on as it was: dsf show {}", id.order),
    };
    if ctx.ui.json {
        ctx.ui.document(&json!({"schema": 1, "id": id, "reference": kept.reference, "state": asked.state, "message": asked.why, "hint": next}))?;
    } else {
        ctx.ui.line(format!("{}  {id} is {}: {}", kept.reference, asked.state, asked.why))?;
        ctx.ui.note(next);
    }
    Ok(match asked.state {
        _ if asked.key_refused => Exit::KeyRefused,
        PurchaseState::Cancelled => Exit::Done,
        _ if asked.failed => Exit::Failed,
        _ => Exit::Partly,
    })
}
