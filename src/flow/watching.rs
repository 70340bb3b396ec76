//! What of purchase orders and parcels needs a person now: by their age, and pushes that do not go by themselves. Reads only what is
//! not ended, so it costs the same with any history.

use std::collections::HashSet;

use jiff::Timestamp;

use super::push::fix;
use crate::config::Config;
use crate::core::address::country;
use crate::core::delivery::{Road, Transits};
use crate::core::hold::{Hold, HoldCode};
use crate::core::push_state::PushState;
use crate::core::watch::{Outstanding, Underway, Waiting};
use crate::db::{Db, DbError, Kept, KeptParcel, KeptPush};

/// Everything that waits, with since when; what a person has released is left out. `only` names one order by its row.
///
/// # Errors
/// The database.
pub fn waiting(db: &Db, config: &Config, only: Option<i64>, now: Timestamp) -> Result<Vec<Waiting>, DbError> {
    let watch = config.tracking.watch();
    let mut found: Vec<(i64, Waiting)> = vec![];
    for (kept, order, ordered_at, missing) in db.awaited()? {
        let (id, supplier, state, made_at) = (kept.id, kept.supplier, kept.state, kept.made_at);
        let out = Outstanding { id, supplier, state, made_at, ordered_at, missing };
        if only.is_none_or(|row| row == order) {
            found.extend(watch.purchase_order(&out, now).map(|w| (order, w)));
        }
    }
    let transits = db.transits()?;
    for parcel in db.asked_parcels()? {
        let contents = db.contents(parcel.row)?;
        let Some(first) = contents.first().filter(|c| only.is_none_or(|row| row == c.order)) else { continue };
        let Some(kept) = db.purchase_order(&first.id)? else { continue };
        let underway = underway(parcel, &kept, &transits);
        found.extend(watch.parcel(&underway, now).map(|w| (first.order, w)));
    }
    for push in db.stuck_pushes()?.into_iter().filter(|p| only.is_none_or(|row| row == p.order)) {
        found.extend(not_told(db, &push)?.map(|w| (push.order, w)));
    }
    let mut released = HashSet::new();
    let mut seen = HashSet::new();
    for (order, _) in &found {
        if seen.insert(*order) {
            db.add_released(*order, &mut released)?;
        }
    }
    Ok(found
        .into_iter()
        .map(|(_, w)| w)
        .filter(|(hold, _)| !(hold.releasable && released.contains(&hold.release_key())))
        .collect())
}

fn underway(parcel: KeptParcel, kept: &Kept, transits: &Transits) -> Underway {
    let country = &kept.ship_to.country;
    let road = Road {
        supplier: parcel.supplier.clone(),
        country: country::code(country).unwrap_or(country).to_owned(),
        method: kept.method.clone(),
    };
    Underway {
        purchase_order: kept.id.clone(),
        usual: transits.usual(&road),
        supplier: parcel.supplier,
        number: parcel.number,
        status: parcel.status,
        status_at: parcel.status_at,
        first_scan: parcel.first_scan,
        shipped_at: parcel.shipped_at,
        added_at: parcel.added_at,
        asked: parcel.asked_at.is_some(),
    }
}

/// A push that the store refused, of which nobody knows, or that waits for something a person must do.
fn not_told(db: &Db, push: &KeptPush) -> Result<Option<Waiting>, DbError> {
    // What the next sync does by itself, and what another line of `status` says already.
    let by_itself = ["", "NOT_SENT", "REST_OF_KIT", "CANCELLED", "NOT_PAID"].contains(&push.code.as_str());
    let said = push.code.parse::<HoldCode>().is_ok_and(|code| code != HoldCode::NumberChanged);
    if push.state == PushState::Planned && (by_itself || said) || push.state == PushState::Sent {
        return Ok(None);
    }
    let Some(parcel) = db.parcel(push.parcel)? else { return Ok(None) };
    let po = db.contents(parcel.row)?.into_iter().find(|c| c.order == push.order).map(|c| c.id);
    let id = po.as_ref().map_or_else(|| push.order_id.to_string(), ToString::to_string);
    let word = if push.state == PushState::Unknown { "may have been told" } else { "is not told" };
    let message = format!("{} {word} to {}: {} {}", parcel.number, push.order_id.store, push.code, push.why);
    let hint = fix(&push.code, &push.order_id, po.as_ref(), &parcel.number);
    let hold = Hold::new(id, HoldCode::NotTold, message.trim_end(), hint);
    Ok(Some((hold.resting_on(format!("{} {}", parcel.number, push.code)), push.planned_at)))
}
