//! Which line of a source is which line of the order that is known.

use std::collections::BTreeMap;

use crate::core::incoming::IncomingLine;
use crate::core::order::{Line, LineKey};

/// Which known line each line of a source is.
///
/// One source may have the store's line ids and another not. Lines of one SKU are then the same where both have as many
/// of them; where they do not, nothing is guessed and `LINES_DISAGREE` holds the order. A whole order needs no guess: what
/// is left over of one name on both sides is the same line, those of one quantity first.
pub(super) fn places(known: &[Line], keys: &[LineKey], said: &[IncomingLine], whole: bool) -> Vec<Option<usize>> {
    let mut places: Vec<Option<usize>> = keys.iter().map(|key| known.iter().position(|l| l.key == *key)).collect();
    let has_id = |key: &LineKey| matches!(key, LineKey::External(_));
    for with_id in [true, false] {
        let mut same: BTreeMap<&str, (Vec<usize>, Vec<usize>)> = BTreeMap::new();
        for (i, line) in known.iter().enumerate().filter(|(_, l)| has_id(&l.key) != with_id) {
            if !places.contains(&Some(i)) {
                same.entry(line.name()).or_default().0.push(i);
            }
        }
        if same.is_empty() {
            continue;
        }
        for (i, line) in said.iter().enumerate().filter(|(i, _)| places[*i].is_none() && has_id(&keys[*i]) == with_id) {
            if let Some((_, theirs)) = same.get_mut(line.name()) {
                theirs.push(i);
            }
        }
        for (ours, theirs) in same.values().filter(|(ours, theirs)| ours.len() == theirs.len()) {
            ours.iter().zip(theirs).for_each(|(ours, theirs)| places[*theirs] = Some(*ours));
        }
    }
    for same_quantity in [true, false].into_iter().filter(|_| whole) {
        for (i, line) in said.iter().enumerate() {
            let free = |at: &usize, places: &[Option<usize>]| !places.contains(&Some(*at));
            let fits = |l: &Line| {
                l.name() == line.name() && l.wanted() > 0 && (!same_quantity || l.said.quantity == line.quantity)
            };
            if places[i].is_none() {
                places[i] = (0..known.len()).find(|at| fits(&known[*at]) && free(at, &places));
            }
        }
    }
    places
}

/// Exports and APIs write one option as `color=Red` and `Color: Red`; neither is news for the other.
pub(super) fn same_words(a: &str, b: &str) -> bool {
    let bare =
        |text: &str| text.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect::<String>();
    a == b || (!a.is_empty() && bare(a) == bare(b))
}
