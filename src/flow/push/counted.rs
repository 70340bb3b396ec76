//! Units of an order in a parcel against what a store says: what it still waits for, and what it has been told.

use std::collections::BTreeMap;

use super::plan::{Matter, Telling};
use crate::core::order::LineKey;
use crate::core::push::{StoreParcel, StoreParcels};

/// What is in the parcel of this order, as the store must have been told it.
pub fn units_of(matter: &Matter) -> Vec<(u32, u32)> {
    let mut units: BTreeMap<u32, u32> = BTreeMap::new();
    for content in &matter.contents {
        let most = units.entry(content.position).or_default();
        *most = (*most).max(content.units);
    }
    units.into_iter().filter(|(_, n)| *n > 0).collect()
}

/// Everything in the parcel is in the store's parcels with that number; a store that names no lines says nothing else.
pub fn covered(matter: &Matter, seen: &StoreParcels, ours: &dyn Fn(&str) -> bool) -> bool {
    let there: Vec<&StoreParcel> = seen.parcels.iter().filter(|p| ours(&p.tracking)).collect();
    let units = units_of(matter);
    matter
        .found
        .order
        .lines
        .iter()
        .filter_map(|line| match &line.key {
            LineKey::External(id) => Some((id, units.iter().find(|(p, _)| *p == line.position)?.1)),
            LineKey::Ordinal(..) => None,
        })
        .all(|(id, wanted)| {
            let lines = || there.iter().flat_map(|p| &p.lines);
            lines().next().is_none() || lines().filter(|(key, _)| key == id).map(|(_, n)| *n).sum::<u32>() >= wanted
        })
}

/// A store that counts lines never gets more than it says remains.
pub fn above_remaining(telling: &Telling, seen: &StoreParcels) -> Option<String> {
    let remaining = seen.remaining.as_ref()?;
    telling.push.lines.iter().find_map(|line| {
        let key = line.line.as_ref()?;
        let most: u32 = remaining.iter().filter(|(k, _)| k == key).map(|(_, n)| *n).sum();
        (line.quantity > most).then(|| {
            let name = if line.sku.is_empty() { &line.title } else { &line.sku };
            format!("{} of \"{name}\" are in the parcel, the store waits for {most}", line.quantity)
        })
    })
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;

    use super::*;
    use crate::core::push::{Push, PushLine};

    #[test]
    fn a_store_that_counts_lines_never_gets_more_than_remains() {
        let line = |id: Option<&str>| PushLine {
            line: id.map(str::to_owned),
            sku: "LAMP".into(),
            title: "Lamp".into(),
            ordinal: 1,
            quantity: 2,
        };
        let telling = |id| Telling {
            push: Push {
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
            },
            lines: vec![(1, 2)],
        };
        let seen = |remaining| StoreParcels { remaining, ..StoreParcels::default() };
        assert_eq!(above_remaining(&telling(Some("7")), &seen(Some(vec![("7".into(), 2)]))), None);
        assert_eq!(above_remaining(&telling(Some("7")), &seen(None)), None);
        assert_eq!(above_remaining(&telling(None), &seen(Some(vec![]))), None);
        let why = above_remaining(&telling(Some("7")), &seen(Some(vec![("7".into(), 1)]))).unwrap();
        assert_eq!(why, "2 of \"LAMP\" are in the parcel, the store waits for 1");
        assert!(above_remaining(&telling(Some("8")), &seen(Some(vec![("7".into(), 2)]))).is_some());
    }
}
