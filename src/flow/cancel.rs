//! A purchase order taken back: saved as asked before the supplier is asked, cancelled only when the supplier's own words,
//! read again, say so.

use jiff::Timestamp;

use super::record::status_word;
use super::send::{not_done, recorded};
use super::send_error::SendError;
use crate::core::purchase::PurchaseState;
use crate::core::sending::{AskError, Lookup, Recorded, Step, SupplierStatus};
use crate::db::{Cause, Db, Kept};
use crate::supplier::api::SupplierApi;

type Result<T> = std::result::Result<T, SendError>;

/// What became of asking.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Asked {
    pub state: PurchaseState,
    pub why: String,
    pub key_refused: bool,
    /// Nobody knows what became of the request, or it certainly did not leave.
    pub failed: bool,
}

/// Asks a supplier with an API to cancel, and reads what it says then.
///
/// # Errors
/// The database, or a state in which nothing can be cancelled.
pub fn ask(db: &mut Db, api: &dyn SupplierApi, kept: &Kept, cause: Cause) -> Result<Asked> {
    let ids = db.supplier_orders(kept.row)?;
    // Asked before, and nothing came of it: the request may never have arrived.
    let before = match kept.state {
        PurchaseState::CancelAsked => db.before_cancelling(kept)?,
        state => {
            db.take_step(kept, state.cancel_asked()?, cause)?;
            state
        }
    };
    let asked = Kept { state: PurchaseState::CancelAsked, ..kept.clone() };
    for (n, id) in ids.iter().enumerate() {
        let step = api.cancel(id);
        let (key_refused, nothing_happened) = match &step {
            Step::Done => continue,
            Step::KeyRefused { .. } => (true, true),
            Step::NotSent { .. } | Step::Refused { .. } => (false, true),
            Step::Unknown { .. } => (false, false),
        };
        let refused = matches!(step, Step::Refused { .. });
        // What it cancelled or lost by itself it will not cancel again: asked for ever, the order would never be free.
        if refused && ids.len() == 1 && is_gone(db, api, &asked, cause.now)? {
            return read_again(db, api, &asked, cause);
        }
        let why = format!("{id} is not cancelled: {}", not_done(step).unwrap_or_default());
        // One part of a split order may be cancelled already: then the whole stays asked.
        if !nothing_happened || n > 0 {
            return Ok(Asked { state: asked.state, why, key_refused, failed: true });
        }
        let before = asked.state.not_cancelled(before)?;
        db.take_step(&asked, before, Cause { why: &why, ..cause })?;
        return Ok(Asked { state: before, why, key_refused, failed: !refused });
    }
    read_again(db, api, &asked, cause)
}

/// Whether the supplier has cancelled it already, or has it no more.
fn is_gone(db: &Db, api: &dyn SupplierApi, asked: &Kept, now: Timestamp) -> Result<bool> {
    match recorded(api, asked, &db.supplier_orders(asked.row)?) {
        Ok(found) => Ok(found.iter().all(|r| r.status == SupplierStatus::Cancelled)),
        Err(_) => Ok(api.find(&asked.reference) == Lookup::NotFound && old_enough(db, api, asked, now)?),
    }
}

/// Reads whether what was asked is done.
///
/// # Errors
/// The database.
pub fn read_again(db: &mut Db, api: &dyn SupplierApi, asked: &Kept, cause: Cause) -> Result<Asked> {
    let stays = |why: String, failed| Asked { state: asked.state, why, key_refused: false, failed };
    if let Err(error) = api.ready() {
        let key_refused = matches!(error, AskError::KeyRefused(_));
        return Ok(Asked { key_refused, ..stays(format!("it cannot be asked: {error}"), true) });
    }
    let ids = db.supplier_orders(asked.row)?;
    let found = match recorded(api, asked, &ids) {
        Ok(found) => found,
        Err(why) => match api.find(&asked.reference) {
            Lookup::NotFound if old_enough(db, api, asked, cause.now)? => vec![],
            _ => return Ok(stays(format!("it cannot be read: {why}"), true)),
        },
    };
    let open: Vec<&Recorded> = found.iter().filter(|r| r.status != SupplierStatus::Cancelled).collect();
    if let Some(shipped) = open.iter().find(|r| matches!(r.status, SupplierStatus::Shipped | SupplierStatus::Delivered))
    {
        let why = format!("too late: {} is {}", shipped.supplier_order, status_word(&shipped.status));
        let before = asked.state.not_cancelled(db.before_cancelling(asked)?)?;
        db.take_step(asked, before, Cause { why: &why, ..cause })?;
        return Ok(Asked { state: before, ..stays(why, false) });
    }
    if let Some(other) = open.first() {
        let why = format!("asked; {} is {} until now", other.supplier_order, status_word(&other.status));
        return Ok(stays(why, false));
    }
    let why = if found.is_empty() { "the supplier has it no more" } else { "the supplier says that it is cancelled" };
    confirm(db, asked, Cause { why, ..cause })?;
    Ok(Asked { state: PurchaseState::Cancelled, ..stays(why.to_owned(), false) })
}

/// A definite "not found" counts only some time after sending.
fn old_enough(db: &Db, api: &dyn SupplierApi, asked: &Kept, now: Timestamp) -> Result<bool> {
    let sent = db.last_attempt(asked.row)?.map(|(_, at)| at);
    Ok(sent.is_none_or(|at| now.duration_since(at).unsigned_abs() >= api.settle_after()))
}

/// Cancelled, by the supplier's word: what it held can be bought again.
///
/// # Errors
/// The database, or nobody asked for it.
pub fn confirm(db: &mut Db, asked: &Kept, cause: Cause) -> Result<()> {
    db.take_step(asked, asked.state.cancelled()?, cause)?;
    Ok(db.lift_holds_of(asked)?)
}
