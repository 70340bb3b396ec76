//! The look before the write: whether a store already has a parcel, and what of it may still be told. Pure.

use crate::core::push::{Push, PushLine, Pushed, StoreParcels};

/// Letters and digits in capitals: stores add blanks and hyphens, or take them away.
pub fn bare(tracking: &str) -> String {
    tracking.chars().filter(char::is_ascii_alphanumeric).map(|c| c.to_ascii_uppercase()).collect()
}

/// A line as the store has it, for lines that dsf knows by SKU only.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoreLine {
    pub id: String,
    pub sku: String,
    pub title: String,
}

/// The store's own keys of a parcel's lines. A line without one is found by SKU (title where there is none) and ordinal.
///
/// # Errors
/// A line that the store's order does not have: the parcel is not told.
pub fn keyed(push: &Push, lines: &[StoreLine]) -> Result<Vec<(String, u32)>, Pushed> {
    push.lines.iter().map(|line| Ok((key(line, lines)?, line.quantity))).collect()
}

fn key(wanted: &PushLine, lines: &[StoreLine]) -> Result<String, Pushed> {
    if let Some(id) = &wanted.line {
        return Ok(id.clone());
    }
    let same = |l: &&StoreLine| {
        if wanted.sku.is_empty() { l.sku.is_empty() && l.title == wanted.title } else { l.sku == wanted.sku }
    };
    let nth = usize::try_from(wanted.ordinal.max(1) - 1).unwrap_or(usize::MAX);
    let name = if wanted.sku.is_empty() { &wanted.title } else { &wanted.sku };
    lines.iter().filter(same).nth(nth).map(|l| l.id.clone()).ok_or_else(|| Pushed::Refused {
        code: "line".into(),
        message: format!("the store's order has no line {name} ({})", wanted.ordinal),
    })
}

/// What is decided before anything is sent; `None`: send. `lines` are the store's keys with quantities, empty where the
/// store does not count lines.
pub fn before(push: &Push, seen: &StoreParcels, lines: &[(String, u32)]) -> Option<Pushed> {
    let same = |p: &&crate::core::push::StoreParcel| bare(&p.tracking) == bare(&push.tracking);
    if let Some(parcel) = seen.parcels.iter().find(same) {
        let whole = parcel.lines.is_empty() || lines.is_empty() || sorted(&parcel.lines) == sorted(lines);
        let message = || format!("the store has {} with other lines or quantities", push.tracking);
        return Some(match whole {
            true => Pushed::Done { id: parcel.id.clone() },
            false => Pushed::Refused { code: "known".into(), message: message() },
        });
    }
    if let Some(word) = &seen.closed {
        let message = format!("the store's order takes no parcel: {word}");
        return Some(Pushed::Refused { code: "closed".into(), message });
    }
    too_many(seen, lines)
}

/// Never more than remains, as just read.
fn too_many(seen: &StoreParcels, lines: &[(String, u32)]) -> Option<Pushed> {
    let remaining = seen.remaining.as_ref()?;
    sorted(lines).into_iter().find_map(|(id, quantity)| {
        let left: u32 = remaining.iter().filter(|(line, _)| *line == id).map(|(_, left)| *left).sum();
        let message = format!("line {id}: {quantity} to tell, {left} left in the store");
        (quantity > left).then(|| Pushed::Refused { code: "remaining".into(), message })
    })
}

fn sorted(lines: &[(String, u32)]) -> Vec<(String, u32)> {
    let mut sums = std::collections::BTreeMap::new();
    for (id, quantity) in lines {
        let sum: &mut u32 = sums.entry(id.clone()).or_default();
        *sum = sum.saturating_add(*quantity);
    }
    sums.into_iter().collect()
}

/// What remains of lines after parcels.
pub fn remaining(ordered: &[(String, u32)], shipped: impl Iterator<Item = (String, u32)>) -> Vec<(String, u32)> {
    let mut left = ordered.to_vec();
    for (id, quantity) in shipped {
        if let Some((_, left)) = left.iter_mut().find(|(line, _)| *line == id) {
            *left = left.saturating_sub(quantity);
        }
    }
    left
}
