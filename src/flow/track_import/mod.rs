//! Tracking that comes back from a supplier: read a sheet or mails, decide about every row, apply the clean ones.
//!
//! `read` makes rows of a sheet in any layout, `mail` of shipping e-mails; `core::tracking::sheet` decides; `apply` records what
//! it allows by the same door as parcels by hand and by API.

mod apply;
mod error;
mod field;
mod mail;
mod read;

use std::path::Path;

use jiff::{SignedDuration, Timestamp};

pub use apply::{Applied, apply};
pub use error::ImportError;
pub use field::Field;

use crate::config::Supplier;
use crate::core::parcel::Source;
use crate::core::tracking::sheet::{Decision, Line, Order, Parcel, Row, Taken, decide};
use crate::db::{Db, Out};
use crate::files::Input;
use crate::flow::parcels::SAME_PARCEL;
use crate::supplier::sheet::{Sheet, SheetOrder, fit};

/// Purchase orders whose end is known are compared with for so long after they were made: sheets come back late.
const REMEMBERED: SignedDuration = SignedDuration::from_hours(180 * 24);

/// Rows as they came, before anything is decided.
#[derive(Debug)]
pub struct Came {
    pub file: String,
    pub rows: Vec<Row>,
    /// Which column was taken for what; empty for mails.
    pub columns: Vec<(Field, String)>,
    pub unknown: Vec<String>,
    pub source: Source,
}

/// `FIELD=HEADER` as a person types it; several with commas, as headers seldom have any.
///
/// # Errors
/// No such field, or no `=`.
pub fn mapping(words: &[String]) -> Result<Vec<(Field, String)>, ImportError> {
    let mut mapped = vec![];
    for pair in words.iter().flat_map(|w| w.split(',')).filter(|p| !p.trim().is_empty()) {
        let (field, header) = pair.split_once('=').ok_or_else(|| ImportError::BadMap { text: pair.to_owned() })?;
        let field =
            field.trim().parse().map_err(|like| ImportError::NoField { text: field.trim().to_owned(), like })?;
        mapped.push((field, header.trim().to_owned()));
    }
    Ok(mapped)
}

/// # Errors
/// As [`read::read`], or a mail without the words of a supplier that is known.
pub fn read(input: &Input, sheet: &Sheet, mapped: &[(Field, String)]) -> Result<Came, ImportError> {
    let file = input.name().to_owned();
    if let Some(mails) = mail::mails(input)? {
        let rows = mail::rows(&mails, &file)?;
        return Ok(Came { file, rows, columns: vec![], unknown: vec![], source: Source::Email });
    }
    let read = read::read(input, sheet, mapped)?;
    Ok(Came { file, rows: read.rows, columns: read.columns, unknown: read.unknown, source: Source::Sheet })
}

/// The template of the supplier's own sheet: what went out is what comes back.
///
/// # Errors
/// A sheet that the config names and nobody has.
pub fn template(supplier: &Supplier, config_folder: &Path) -> Result<Sheet, ImportError> {
    Ok(Sheet::find(supplier.sheet.as_deref().unwrap_or("generic"), Some(config_folder))?)
}

/// Every row against the supplier's purchase orders. Changes nothing.
///
/// # Errors
/// The database cannot be read.
pub fn judge(db: &Db, came: &Came, supplier: &str, sheet: &Sheet, now: Timestamp) -> Result<Decision, ImportError> {
    let out = db.out(supplier, now - REMEMBERED)?;
    let orders: Vec<Order> = out.into_iter().map(|o| order(db, o, sheet)).collect::<Result<_, _>>()?;
    let first = decide(&came.rows, &orders, &[]);
    let mut taken = vec![];
    let mut numbers: Vec<&str> = first.rows.iter().map(|r| r.number.as_str()).filter(|n| !n.is_empty()).collect();
    numbers.sort_unstable();
    numbers.dedup();
    for number in numbers {
        for parcel in db.parcels_numbered(number)? {
            if now.duration_since(parcel.added_at) > SAME_PARCEL {
                continue;
            }
            taken.extend(db.contents(parcel.row)?.into_iter().map(|c| Taken {
                number: number.to_owned(),
                purchase_order: c.id,
                ship_to_hash: c.ship_to_hash,
            }));
        }
    }
    Ok(if taken.is_empty() { first } else { decide(&came.rows, &orders, &taken) })
}

fn order(db: &Db, out: Out, sheet: &Sheet) -> Result<Order, ImportError> {
    let dispatch = db.dispatch(&out.kept)?;
    let written = fit(sheet, SheetOrder::of(&dispatch)).map_or_else(|_| out.kept.ship_to.clone(), |f| f.ship_to);
    let line = |l: crate::db::OutLine| Line {
        position: l.position,
        sku: l.sku,
        listing_id: l.listing_id,
        packs: l.packs,
        units: l.units,
    };
    let parcel = |p: crate::db::OutParcel| Parcel { number: p.number, lines: p.lines, superseded: p.superseded };
    Ok(Order {
        reference: out.kept.reference.to_string(),
        supplier_orders: out.supplier_orders,
        order_number: out.order_number,
        namesake: out.namesake,
        state: out.kept.state,
        closed: out.closed,
        check_code: out.kept.check_code.clone(),
        written,
        ship_to_hash: out.kept.ship_to_hash.clone(),
        ships_from: out.ships_from,
        lines: out.lines.into_iter().map(line).collect(),
        parcels: out.parcels.into_iter().map(parcel).collect(),
        ship_to: out.kept.ship_to,
        id: out.kept.id,
    })
}
