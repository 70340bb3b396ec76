//! What is in each of a supplier's orders when it split one purchase order: packs of listings back to units of order lines.

use std::collections::BTreeMap;

/// A line of a purchase order: position of the order line, listing, packs, units of the order line.
pub type Bought = (u32, String, u32, u32);

/// For each of the supplier's orders (listings with packs), the units of each position that are in it.
///
/// Pieces that it does not name are in none of them, but for one order that names nothing: it has all. A bundle counts with
/// the last of the orders that hold a part of it, and only when all of its parts are in some order.
pub fn units(bought: &[Bought], orders: &[Vec<(String, u32)>]) -> Vec<BTreeMap<u32, u32>> {
    let mut found: Vec<BTreeMap<u32, u32>> = vec![BTreeMap::new(); orders.len()];
    let mut positions: BTreeMap<u32, Vec<&Bought>> = BTreeMap::new();
    for line in bought {
        positions.entry(line.0).or_default().push(line);
    }
    if let [only] = orders
        && only.is_empty()
    {
        for (position, lines) in &positions {
            found[0].insert(*position, lines.iter().map(|l| l.3).max().unwrap_or(0));
        }
        return found;
    }
    // Packs of each listing that are not given away yet: two lines can buy the same listing.
    let mut rest: Vec<BTreeMap<&str, u32>> = orders
        .iter()
        .map(|lines| {
            let mut sum: BTreeMap<&str, u32> = BTreeMap::new();
            lines.iter().for_each(|(listing, packs)| *sum.entry(listing).or_default() += packs);
            sum
        })
        .collect();
    for (position, lines) in positions {
        if let [line] = lines.as_slice() {
            one(position, line, &mut rest, &mut found);
        } else {
            bundle(position, &lines, &mut rest, &mut found);
        }
    }
    found
}

fn one(position: u32, line: &Bought, rest: &mut [BTreeMap<&str, u32>], found: &mut [BTreeMap<u32, u32>]) {
    let (_, listing, packs, units) = line;
    let (mut packs_left, mut units_left) = (*packs, *units);
    for (rest, found) in rest.iter_mut().zip(found) {
        let Some(there) = rest.get_mut(listing.as_str()).filter(|n| **n > 0) else { continue };
        let taken = (*there).min(packs_left);
        *there -= taken;
        packs_left -= taken;
        // A pack can hold several units, and the last pack fewer: what is left goes with the last of them.
        let share = if packs_left == 0 { units_left } else { (units * taken / (*packs).max(1)).min(units_left) };
        units_left -= share;
        if taken > 0 {
            found.insert(position, share);
        }
    }
}

fn bundle(position: u32, lines: &[&Bought], rest: &mut [BTreeMap<&str, u32>], found: &mut [BTreeMap<u32, u32>]) {
    let mut last = None;
    let mut complete = true;
    for (_, listing, packs, _) in lines {
        let mut missing = *packs;
        for (index, rest) in rest.iter_mut().enumerate() {
            let Some(there) = rest.get_mut(listing.as_str()).filter(|n| **n > 0) else { continue };
            let taken = (*there).min(missing);
            *there -= taken;
            missing -= taken;
            if taken > 0 {
                found[index].entry(position).or_insert(0);
                last = last.max(Some(index));
            }
        }
        complete &= missing == 0;
    }
    if let Some(index) = last.filter(|_| complete) {
        found[index].insert(position, lines.iter().map(|l| l.3).max().unwrap_or(0));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bought(position: u32, listing: &str, packs: u32, units: u32) -> Bought {
        (position, listing.into(), packs, units)
    }

    fn order(lines: &[(&str, u32)]) -> Vec<(String, u32)> {
        lines.iter().map(|(l, n)| ((*l).into(), *n)).collect()
    }

    #[test]
    fn an_order_that_names_nothing_has_all_and_a_split_has_what_it_names() {
        let lines = [bought(1, "A", 2, 2), bought(2, "B", 1, 3)];
        assert_eq!(units(&lines, &[vec![]]), [BTreeMap::from([(1, 2), (2, 3)])]);
        let split = units(&lines, &[order(&[("A", 1)]), order(&[("A", 1), ("B", 1)])]);
        assert_eq!(split, [BTreeMap::from([(1, 1)]), BTreeMap::from([(1, 1), (2, 3)])]);
        assert_eq!(units(&lines, &[order(&[("A", 2)])]), [BTreeMap::from([(1, 2)])]);
        assert_eq!(units(&lines, &[vec![], order(&[("B", 1)])]), [BTreeMap::new(), BTreeMap::from([(2, 3)])]);
    }

    #[test]
    fn packs_of_several_add_up_to_the_units_of_the_line() {
        let lines = [bought(1, "A", 2, 5)];
        let split = units(&lines, &[order(&[("A", 1)]), order(&[("A", 1)])]);
        assert_eq!(split, [BTreeMap::from([(1, 2)]), BTreeMap::from([(1, 3)])]);
    }

    #[test]
    fn a_bundle_counts_with_its_last_part() {
        let lines = [bought(1, "LAMP", 1, 1), bought(1, "BAG", 1, 1)];
        assert_eq!(units(&lines, &[order(&[("LAMP", 1)])]), [BTreeMap::from([(1, 0)])]);
        let both = units(&lines, &[order(&[("LAMP", 1)]), order(&[("BAG", 1)])]);
        assert_eq!(both, [BTreeMap::from([(1, 0)]), BTreeMap::from([(1, 1)])]);
    }
}
