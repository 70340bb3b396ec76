//! Records the rows that are to be applied, by the same door as every other parcel.

use std::collections::BTreeMap;

use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use jiff::{Timestamp, civil::Date};

use super::ImportError;
use crate::core::ids::PurchaseOrderId;
use crate::core::parcel::Source;
use crate::core::tracking::sheet::{Decided, Decision, Verdict};
use crate::db::{Cause, Db};
use crate::flow::crash::may_crash;
use crate::flow::parcels::{Admitted, Claim, ClaimError, admit};

#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Applied {
    pub parcels: u64,
    /// Rows that something stood against after all.
    pub stopped: u64,
}

/// One parcel: a number of one purchase order, from all its rows.
struct Claimed {
    rows: Vec<usize>,
    lines: BTreeMap<u32, u32>,
}

/// Records every row that applies; a row that cannot be recorded becomes a stop with its reason. Running it again changes nothing.
/// The whole sheet is one transaction: a run that dies leaves all of it or nothing, and the disk is waited for once.
///
/// # Errors
/// The database cannot be written; then nothing of the sheet is recorded.
pub fn apply(db: &mut Db, decision: &mut Decision, source: Source, cause: Cause) -> Result<Applied, ImportError> {
    db.together(|db| {
        let applied = all(db, decision, source, cause)?;
        may_crash("rows recorded");
        Ok(applied)
    })
}

fn all(db: &mut Db, decision: &mut Decision, source: Source, cause: Cause) -> Result<Applied, ImportError> {
    let mut applied = Applied::default();
    for (id, number, claimed) in claims(decision) {
        match record(db, decision, &id, &number, &claimed, source, cause) {
            Ok(()) => applied.parcels += 1,
            Err(ImportError::Claim(ClaimError::Db(error))) => return Err(error.into()),
            Err(ImportError::Claim(why)) => {
                for at in claimed.rows {
                    let row = &mut decision.rows[at];
                    (row.verdict, row.code, row.message) = (Verdict::Stop, code(&why), why.to_string());
                    applied.stopped += 1;
                }
            }
            Err(other) => return Err(other),
        }
    }
    Ok(applied)
}

/// In the order of the rows.
fn claims(decision: &Decision) -> Vec<(PurchaseOrderId, String, Claimed)> {
    let mut claims: Vec<(PurchaseOrderId, String, Claimed)> = vec![];
    let mut places: BTreeMap<(String, String), usize> = BTreeMap::new();
    for (at, row) in decision.rows.iter().enumerate().filter(|(_, r)| r.verdict == Verdict::Apply) {
        let Some(id) = &row.purchase_order else { continue };
        let place = *places.entry((id.to_string(), row.number.clone())).or_insert_with(|| {
            claims.push((id.clone(), row.number.clone(), Claimed { rows: vec![], lines: BTreeMap::new() }));
            claims.len() - 1
        });
        let claimed = &mut claims[place].2;
        claimed.rows.push(at);
        for (position, units) in &row.lines {
            *claimed.lines.entry(*position).or_default() += units;
        }
    }
    claims
}

fn record(
    db: &mut Db,
    decision: &Decision,
    id: &PurchaseOrderId,
    number: &str,
    claimed: &Claimed,
    source: Source,
    cause: Cause,
) -> Result<(), ImportError> {
    let Some(kept) = db.purchase_order(id)? else { return Ok(()) };
    let rows: Vec<&Decided> = claimed.rows.iter().filter_map(|at| decision.rows.get(*at)).collect();
    let Some(first) = rows.first() else { return Ok(()) };
    let lines: Vec<(u32, u32)> = claimed.lines.iter().map(|(p, u)| (*p, *u)).collect();
    let claim = Claim {
        purchase_order: &kept,
        number,
        as_said: &first.as_said,
        carrier: rows.iter().find_map(|r| r.carrier.as_deref()),
        carrier_said: &first.carrier_said,
        source,
        shipped_at: rows.iter().find_map(|r| time(&r.shipped_at, cause.now)),
        lines: Some(lines.clone()),
        replaces: None,
        shared: false,
    };
    if let Admitted::Known(parcel) = admit(db, &claim, cause)? {
        // The number was known with other lines: what this sheet adds is in the same parcel.
        let known = db.contents(parcel)?;
        let new =
            lines.into_iter().filter(|(p, _)| !known.iter().any(|c| c.purchase_order == kept.row && c.position == *p));
        let new: Vec<(i64, u32, u32)> = new.map(|(position, units)| (kept.row, position, units)).collect();
        if !new.is_empty() {
            db.add_to_parcel(parcel, &new, cause)?;
        }
    }
    Ok(())
}

fn code(why: &ClaimError) -> &'static str {
    match why {
        ClaimError::NumberTwice { .. } => "OTHER_CUSTOMER",
        ClaimError::NothingLeft { .. } | ClaimError::Replaced { .. } | ClaimError::NoSuchParcel { .. } => {
            "NUMBER_CHANGED"
        }
        ClaimError::TooMany { .. } => "QUANTITY",
        ClaimError::NotOut { .. } | ClaimError::Db(_) => "NOT_PLACED",
    }
}

/// A date as spreadsheets and mails write it, year first; anything else could be read two ways and is not read. Never in the
/// future: a day that has not come is a slip of the pen.
fn time(text: &str, now: Timestamp) -> Option<Timestamp> {
    let text = text.trim().replace(['/', '.'], "-");
    let at = text.parse::<Timestamp>().ok().or_else(|| {
        let civil = text.parse::<DateTime>().ok().or_else(|| Some(text.parse::<Date>().ok()?.at(0, 0, 0, 0)))?;
        TimeZone::UTC.to_timestamp(civil).ok()
    })?;
    (at <= now).then_some(at)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_year_first_and_none_of_tomorrow() {
        let now: Timestamp = "2026-11-24T09:00:00Z".parse().unwrap();
        for (text, is) in [
            ("2026-11-20", "2026-11-20T00:00:00Z"),
            ("2026/11/20", "2026-11-20T00:00:00Z"),
            ("2026-11-20 08:30:00", "2026-11-20T08:30:00Z"),
            ("2026-11-20T08:30:00+08:00", "2026-11-20T00:30:00Z"),
        ] {
            assert_eq!(time(text, now).unwrap().to_string(), is, "{text}");
        }
        for text in ["11/12/2026", "2027-01-01", "soon", ""] {
            assert_eq!(time(text, now), None, "{text}");
        }
    }
}
