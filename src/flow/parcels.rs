//! Whether a number may become a parcel of a purchase order: exact purchase orders only, never more than remains, never the
//! number of another customer. By hand, by sheet and by API it is the same question.

use jiff::{SignedDuration, Timestamp};
use thiserror::Error;

use crate::core::hold::{Hold, HoldCode};
use crate::core::ids::PurchaseOrderId;
use crate::core::parcel::Source;
use crate::core::purchase::PurchaseState;
use crate::db::{Cause, Content, Db, DbError, Kept, KeptParcel, Left, NewParcel};

/// Carriers use a number again; none does so within a year (USPS keeps it 120 days, postal items must wait 12 months).
pub const SAME_PARCEL: SignedDuration = SignedDuration::from_hours(365 * 24);

/// A number that somebody says belongs to a purchase order.
#[derive(Clone, Debug)]
pub struct Claim<'a> {
    pub purchase_order: &'a Kept,
    /// Normalised.
    pub number: &'a str,
    pub as_said: &'a str,
    /// Id in the table of carriers.
    pub carrier: Option<&'a str>,
    pub carrier_said: &'a str,
    pub source: Source,
    pub shipped_at: Option<Timestamp>,
    /// Position of the order line and units; `None` is all that remains.
    pub lines: Option<Vec<(u32, u32)>>,
    /// The number whose place it takes.
    pub replaces: Option<&'a str>,
    /// A person has decided that two customers share the number.
    pub shared: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Admitted {
    New(i64),
    /// A parcel that had this number holds more now.
    Joined(i64),
    /// Nothing new.
    Known(i64),
}

#[derive(Debug, Error)]
pub enum ClaimError {
    #[error(transparent)]
    Db(#[from] DbError),
    #[error("{id} is {state}: it can have no parcel")]
    NotOut { id: PurchaseOrderId, state: PurchaseState },
    #[error("{id} has no piece left to ship: all are in parcels")]
    NothingLeft { id: PurchaseOrderId },
    #[error("{asked} of \"{sku}\" are more than the {remaining} that remain to ship of {id}")]
    TooMany { id: PurchaseOrderId, sku: String, asked: u32, remaining: u32 },
    #[error("{number} is already the number of {other}, which goes to another customer")]
    NumberTwice { number: String, other: PurchaseOrderId },
    #[error("{number} of {id} was replaced by another number")]
    Replaced { number: String, id: PurchaseOrderId },
    #[error("{id} has no parcel {number} to replace")]
    NoSuchParcel { number: String, id: PurchaseOrderId },
}

impl ClaimError {
    pub fn hint(&self) -> Option<String> {
        Some(match self {
            Self::Db(error) => return error.hint(),
            Self::NotOut { id, state: PurchaseState::Unknown | PurchaseState::Sending } => {
                format!("dsf settle {id} --placed N --reason \"…\", then again")
            }
            Self::NotOut { id, .. } | Self::Replaced { id, .. } | Self::NoSuchParcel { id, .. } => {
                format!("dsf show {}", id.order)
            }
            Self::NothingLeft { id } => format!("if the number changed: dsf track add {id} NUMBER --replaces OLD"),
            Self::TooMany { id, .. } => format!("dsf show {} counts what is in parcels", id.order),
            Self::NumberTwice { other, .. } => format!("ask the supplier whose it is; dsf show {}", other.order),
        })
    }
}

/// Decides, and records what is new.
///
/// # Errors
/// Everything that stands in the way; then nothing changed.
pub fn admit(db: &mut Db, claim: &Claim, cause: Cause) -> Result<Admitted, ClaimError> {
    let po = claim.purchase_order;
    let id = || po.id.clone();
    if !po.state.may_ship() {
        return Err(ClaimError::NotOut { id: id(), state: po.state });
    }
    if let Some(old) = claim.replaces {
        return replace(db, claim, old, cause);
    }
    if let Some((parcel, contents)) = same_number(db, claim, cause.now)? {
        let mine = contents.iter().filter(|c| c.purchase_order == po.row).count();
        if mine > 0 {
            return Ok(Admitted::Known(parcel.row));
        }
        let lines = wanted(claim, &db.left_to_ship(po.row)?)?;
        db.add_to_parcel(parcel.row, &of(po.row, &lines), cause)?;
        return Ok(Admitted::Joined(parcel.row));
    }
    let lines = wanted(claim, &db.left_to_ship(po.row)?)?;
    Ok(Admitted::New(db.add_parcel(&new(claim, of(po.row, &lines), None), cause)?))
}

/// The young parcel with this number that goes to the same customer.
fn same_number(db: &Db, claim: &Claim, now: Timestamp) -> Result<Option<(KeptParcel, Vec<Content>)>, ClaimError> {
    let po = claim.purchase_order;
    for parcel in db.parcels_numbered(claim.number)? {
        if now.duration_since(parcel.added_at) > SAME_PARCEL {
            continue;
        }
        let contents = db.contents(parcel.row)?;
        if let Some(other) = contents.iter().find(|c| c.ship_to_hash != po.ship_to_hash) {
            if claim.shared {
                continue;
            }
            return Err(ClaimError::NumberTwice { number: claim.number.to_owned(), other: other.id.clone() });
        }
        if parcel.superseded_by.is_some() {
            return Err(ClaimError::Replaced { number: claim.number.to_owned(), id: po.id.clone() });
        }
        if parcel.supplier == po.supplier {
            return Ok(Some((parcel, contents)));
        }
    }
    Ok(None)
}

/// What goes into the parcel, never more than remains.
fn wanted(claim: &Claim, left: &[Left]) -> Result<Vec<(u32, u32)>, ClaimError> {
    let id = &claim.purchase_order.id;
    let Some(lines) = &claim.lines else {
        let rest: Vec<(u32, u32)> =
            left.iter().filter(|l| l.remaining() > 0).map(|l| (l.position, l.remaining())).collect();
        return if rest.is_empty() { Err(ClaimError::NothingLeft { id: id.clone() }) } else { Ok(rest) };
    };
    for (position, units) in lines {
        let line = left.iter().find(|l| l.position == *position);
        let remaining = line.map_or(0, Left::remaining);
        if *units > remaining {
            let sku = line.map_or_else(String::new, |l| l.sku.clone());
            return Err(ClaimError::TooMany { id: id.clone(), sku, asked: *units, remaining });
        }
    }
    Ok(lines.clone())
}

/// The new number takes over everything that was in the old one, of whatever purchase orders.
fn replace(db: &mut Db, claim: &Claim, old: &str, cause: Cause) -> Result<Admitted, ClaimError> {
    let po = claim.purchase_order;
    let mut found = None;
    for parcel in db.parcels_numbered(old)?.into_iter().filter(|p| p.superseded_by.is_none()) {
        let contents = db.contents(parcel.row)?;
        if contents.iter().any(|c| c.purchase_order == po.row) {
            found = Some((parcel, contents));
        }
    }
    let Some((parcel, contents)) = found else {
        return Err(ClaimError::NoSuchParcel { number: old.to_owned(), id: po.id.clone() });
    };
    if old == claim.number {
        return Ok(Admitted::Known(parcel.row));
    }
    if let Some((known, _)) = same_number(db, claim, cause.now)? {
        return Ok(Admitted::Known(known.row));
    }
    let lines = contents.iter().map(|c| (c.purchase_order, c.position, c.units)).collect();
    let row = db.add_parcel(&new(claim, lines, Some(parcel.row)), cause)?;
    // What held the order for this very number is decided by it.
    for content in contents {
        let hold = Hold::new(&content.id.order, HoldCode::NumberChanged, "", "").resting_on(claim.number);
        db.settle_hold(content.order, &hold)?;
    }
    Ok(Admitted::New(row))
}

fn of(purchase_order: i64, lines: &[(u32, u32)]) -> Vec<(i64, u32, u32)> {
    lines.iter().map(|(position, units)| (purchase_order, *position, *units)).collect()
}

fn new<'a>(claim: &Claim<'a>, lines: Vec<(i64, u32, u32)>, replaces: Option<i64>) -> NewParcel<'a> {
    NewParcel {
        supplier: &claim.purchase_order.supplier,
        number: claim.number,
        as_said: claim.as_said,
        carrier: claim.carrier,
        carrier_said: claim.carrier_said,
        source: claim.source,
        shipped_at: claim.shipped_at,
        lines,
        replaces,
    }
}
