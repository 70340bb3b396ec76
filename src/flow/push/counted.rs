//! Units of an order in a parcel against what a store says: what it still waits for, and what it has been told.

use std::collections::BTreeMap;

use super::plan::Matter;
use crate::core::order::LineKey;
use crate::core::parcel::bare;
use crate::core::push::{Push, StoreParcel, StoreParcels};

/// What is in the parcel of this order, as the store must have been told it.
pub fn units_of(matter: &Matter) -> Vec<(u32, u32)> {
    let mut units: BTreeMap<u32, u32> = BTreeMap::new();
    for content in &matter.contents {
        let most = units.entry(content.position).or_default();
        *most = (*most).max(content.units);
    }
    units.into_iter().filter(|(_, n)| *n > 0).collect()
}

/// Two lists of units, line by line.
pub fn together(one: &[(u32, u32)], other: &[(u32, u32)]) -> Vec<(u32, u32)> {
    let mut units: BTreeMap<u32, u32> = BTreeMap::new();
    for (position, n) in one.iter().chain(other) {
        let sum = units.entry(*position).or_default();
        *sum = sum.saturating_add(*n);
    }
    units.into_iter().collect()
}

/// These units are in the store's parcels with that number, line by line as far as the lines' keys are known, and in sum; a
/// store that names no lines says nothing else.
pub fn covered(matter: &Matter, wanted: &[(u32, u32)], seen: &StoreParcels, ours: &dyn Fn(&str) -> bool) -> bool {
    let there: Vec<&StoreParcel> = seen.parcels.iter().filter(|p| ours(&p.tracking)).collect();
    // One without lines may hold anything.
    if there.iter().any(|p| p.lines.is_empty()) {
        return true;
    }
    let told = |is: &dyn Fn(&str) -> bool| -> u32 {
        there.iter().flat_map(|p| &p.lines).filter(|(key, _)| is(key)).fold(0, |sum, (_, n)| sum.saturating_add(*n))
    };
    let all = wanted.iter().fold(0, |sum: u32, (_, n)| sum.saturating_add(*n));
    let each = matter.found.order.lines.iter().all(|line| match &line.key {
        LineKey::External(id) => {
            let units = wanted.iter().find(|(p, _)| *p == line.position).map_or(0, |(_, n)| *n);
            units == 0 || told(&|key| key == id) >= units
        }
        LineKey::Ordinal(..) => true,
    });
    each && told(&|_| true) >= all
}

/// A store that counts lines never gets more than it says remains, beside what it has under that very number.
pub fn above_remaining(push: &Push, seen: &StoreParcels) -> Option<String> {
    let remaining = seen.remaining.as_ref()?;
    push.lines.iter().find_map(|line| {
        let key = line.line.as_ref()?;
        let most: u32 = remaining.iter().filter(|(k, _)| k == key).map(|(_, n)| *n).sum();
        let same = seen.parcels.iter().filter(|p| bare(&p.tracking) == bare(&push.tracking));
        let there: u32 = same.flat_map(|p| &p.lines).filter(|(k, _)| k == key).map(|(_, n)| *n).sum();
        let more = line.quantity.saturating_sub(there);
        (more > most).then(|| {
            let name = if line.sku.is_empty() { &line.title } else { &line.sku };
            format!("{more} of \"{name}\" are in the parcel, the store waits for {most}")
        })
    })
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;

    use super::*;
    use crate::core::push::PushLine;

    #[test]
    fn a_store_that_counts_lines_never_gets_more_than_remains() {
        let line = |id: Option<&str>| PushLine {
            line: id.map(str::to_owned),
            sku: "LAMP".into(),
            title: "Lamp".into(),
            ordinal: 1,
            quantity: 2,
        };
        let push = |id| Push {
            order: "1".into(),
            number: "1".into(),
            tracking: "YT1".into(),
            carrier: None,
            carrier_title: "x".into(),
            url: None,
            shipped_at: Timestamp::UNIX_EPOCH,
            lines: vec![line(id)],
            notify: true,
            completes: true,
        };
        let seen = |remaining| StoreParcels { remaining, ..StoreParcels::default() };
        assert_eq!(above_remaining(&push(Some("7")), &seen(Some(vec![("7".into(), 2)]))), None);
        assert_eq!(above_remaining(&push(Some("7")), &seen(None)), None);
        assert_eq!(above_remaining(&push(None), &seen(Some(vec![]))), None);
        let why = above_remaining(&push(Some("7")), &seen(Some(vec![("7".into(), 1)]))).unwrap();
        assert_eq!(why, "2 of \"LAMP\" are in the parcel, the store waits for 1");
        assert!(above_remaining(&push(Some("8")), &seen(Some(vec![("7".into(), 2)]))).is_some());
        // What the store has under that very number is not awaited any more, and not told again.
        let half = StoreParcel { tracking: "yt 1".into(), lines: vec![("7".into(), 1)], ..StoreParcel::default() };
        let seen = StoreParcels { parcels: vec![half], ..seen(Some(vec![("7".into(), 1)])) };
        assert_eq!(above_remaining(&push(Some("7")), &seen), None);
    }
}
