//! A sheet that a supplier sent back, against the purchase orders that its references name: exact references only, field by
//! field, and what is shifted or not ours said by its row.

use std::collections::BTreeMap;

use super::record::{Record, badness};
use crate::core::address::recorded::compare_recorded;
use crate::core::address::verdict::Overall;
use crate::core::hold::{Hold, HoldCode};
use crate::db::{Db, Kept, Result};
use crate::supplier::sheet::check_code::agrees;
use crate::supplier::sheet::{Content, SheetRead, SheetRow};

/// What the rows of one purchase order say.
pub struct Evidence {
    pub kept: Kept,
    pub rows: Vec<u64>,
    pub record: Record,
    /// Whose address it is, where it is that of another purchase order in the sheet.
    pub belongs_to: Option<String>,
}

/// A row that proves nothing, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Strange {
    pub row: u64,
    pub reference: String,
    pub why: String,
}

#[derive(Default)]
pub struct Compared {
    pub evidence: Vec<Evidence>,
    pub strange: Vec<Strange>,
    /// Purchase orders of the supplier that are out and not in the file.
    pub missing: Vec<String>,
}

/// # Errors
/// The database cannot be read.
pub fn compare(db: &Db, supplier: &str, read: &SheetRead) -> Result<Compared> {
    let known: BTreeMap<String, Kept> = db
        .all_kept()?
        .into_iter()
        .filter(|kept| kept.supplier == supplier && kept.state.counts_as_bought())
        .map(|kept| (kept.reference.to_string(), kept))
        .collect();
    let mut compared = Compared::default();
    let mut by_reference: BTreeMap<&str, Vec<&SheetRow>> = BTreeMap::new();
    for row in &read.rows {
        match strange(supplier, &known, read, row) {
            Some(why) => {
                compared.strange.push(Strange { row: row.line, reference: row.reference.clone(), why });
            }
            None => by_reference.entry(&row.reference).or_default().push(row),
        }
    }
    for (reference, rows) in &by_reference {
        let Some(kept) = known.get(*reference) else { continue };
        compared.evidence.push(evidence(db, kept, rows, read)?);
    }
    for at in 0..compared.evidence.len() {
        if compared.evidence[at].record.hold.is_some() {
            compared.evidence[at].belongs_to = owner(&by_reference, &known, &compared.evidence[at].kept, read);
        }
    }
    let out = |kept: &&Kept| !by_reference.contains_key(kept.reference.as_str());
    compared.missing = known.values().filter(out).map(|kept| kept.reference.to_string()).collect();
    Ok(compared)
}

/// Why a row proves nothing.
fn strange(supplier: &str, known: &BTreeMap<String, Kept>, read: &SheetRead, row: &SheetRow) -> Option<String> {
    if let Some(problem) = row.problems.first() {
        return Some(format!("{} \"{}\" {}", problem.column, problem.value, problem.message));
    }
    if row.reference.is_empty() {
        return Some("no reference".to_owned());
    }
    let Some(kept) = known.get(&row.reference) else {
        return Some(format!("{supplier} has no purchase order of this reference"));
    };
    let has_code = read.has.contains(&Content::CheckCode) && !kept.check_code.is_empty();
    (has_code && !agrees(&kept.check_code, &row.check_code))
        .then(|| "the check code is not the one of this reference: the sheet looks shifted".to_owned())
}

fn evidence(db: &Db, kept: &Kept, rows: &[&SheetRow], read: &SheetRead) -> Result<Evidence> {
    let mut sent = kept.ship_to.clone();
    // It went to nobody, so that it is missing there is no news.
    sent.email.clear();
    let compared = rows.iter().map(|row| compare_recorded(&sent, &row.ship_to, read.echo));
    let worst = compared.max_by_key(|c| badness(c.verdict));
    let record = worst.map(|worst| Record::from_comparison(kept, worst));
    let mut record = record.unwrap_or_else(|| Record::of(kept, &[]));
    if record.hold.is_none()
        && let Some(why) = other_lines(db, kept, rows, read)?
    {
        let message = format!("{} recorded other lines: {why}", kept.supplier);
        let hint = format!("tell the supplier before anything ships; dsf show {}", kept.id.order);
        let hold = Hold::new(&kept.id.order, HoldCode::RecordedMismatch, message, hint);
        record.hold = Some(hold.resting_on(kept.reference.as_str()));
        record.verdict = "different";
    }
    Ok(Evidence { kept: kept.clone(), rows: rows.iter().map(|r| r.line).collect(), record, belongs_to: None })
}

/// Listings with packs, where the file has both columns.
fn other_lines(db: &Db, kept: &Kept, rows: &[&SheetRow], read: &SheetRead) -> Result<Option<String>> {
    let has_id = [Content::ListingId, Content::ListingProduct].iter().any(|c| read.has.contains(c));
    if !has_id || !read.has.contains(&Content::QuantityPacks) {
        return Ok(None);
    }
    let mut theirs: BTreeMap<String, u32> = BTreeMap::new();
    for row in rows {
        let packs = theirs.entry(row.listing_id.clone()).or_default();
        *packs = packs.saturating_add(row.quantity.unwrap_or(0));
    }
    let ours: BTreeMap<String, u32> = db.packs(kept.row)?.into_iter().collect();
    let words = |lines: &BTreeMap<String, u32>| {
        lines.iter().map(|(id, n)| format!("{n} x {id}")).collect::<Vec<_>>().join(", ")
    };
    Ok((theirs != ours).then(|| format!("{} instead of {}", words(&theirs), words(&ours))))
}

/// The purchase order in the file whose customer the rows of `kept` name.
fn owner(
    by_reference: &BTreeMap<&str, Vec<&SheetRow>>,
    known: &BTreeMap<String, Kept>,
    kept: &Kept,
    read: &SheetRead,
) -> Option<String> {
    let row = by_reference.get(kept.reference.as_str())?.first()?;
    let others = known.values().filter(|other| other.ship_to_hash != kept.ship_to_hash);
    let mut fits =
        others.filter(|other| compare_recorded(&other.ship_to, &row.ship_to, read.echo).verdict == Overall::Same);
    fits.next().map(|other| other.reference.to_string())
}
