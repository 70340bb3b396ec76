//! How long parcels take, from those that arrived: whole days, by supplier, country and method. No average is made of them.

use std::collections::BTreeMap;

/// So many parcels make a figure that a lateness may rest on.
const ENOUGH: u32 = 10;

/// Parcels with the same road: supplier, country of the ship-to (alpha-2), method in the supplier's word.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Road {
    pub supplier: String,
    pub country: String,
    pub method: String,
}

/// Days from shipped to delivered.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Transit {
    pub median: u32,
    /// Nine of ten parcels take no longer.
    pub p90: u32,
    pub sample: u32,
}

/// How many parcels took how many days, by road.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Transits {
    days: BTreeMap<Road, BTreeMap<u32, u32>>,
}

impl Transits {
    pub fn add(&mut self, road: Road, days: u32, parcels: u32) {
        *self.days.entry(road).or_default().entry(days).or_default() += parcels;
    }

    pub fn roads(&self) -> impl Iterator<Item = (&Road, Transit)> {
        self.days.iter().filter_map(|(road, days)| Some((road, transit(days)?)))
    }

    /// Of the very road where enough parcels took it, else of its supplier and country with any method.
    pub fn usual(&self, road: &Road) -> Option<Transit> {
        let enough = |t: &Transit| t.sample >= ENOUGH;
        if let Some(found) = self.days.get(road).and_then(transit).filter(enough) {
            return Some(found);
        }
        let mut all: BTreeMap<u32, u32> = BTreeMap::new();
        let alike = |r: &&Road| r.supplier == road.supplier && r.country == road.country;
        for (day, n) in self.days.iter().filter(|(r, _)| alike(r)).flat_map(|(_, days)| days) {
            *all.entry(*day).or_default() += n;
        }
        transit(&all).filter(enough)
    }
}

/// Nearest rank: a number of days that a parcel really took.
fn transit(days: &BTreeMap<u32, u32>) -> Option<Transit> {
    let sample: u32 = days.values().sum();
    let rank = |percent: u64| {
        let wanted = (u64::from(sample) * percent).div_ceil(100).max(1);
        let mut seen = 0;
        days.iter().find_map(|(day, n)| {
            seen += u64::from(*n);
            (seen >= wanted).then_some(*day)
        })
    };
    Some(Transit { median: rank(50)?, p90: rank(90)?, sample })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn road(method: &str) -> Road {
        Road { supplier: "cj".into(), country: "US".into(), method: method.into() }
    }

    #[test]
    fn nearest_rank_of_whole_days() {
        let mut transits = Transits::default();
        for days in 1..=10 {
            transits.add(road("packet"), days, 1);
        }
        assert_eq!(transits.usual(&road("packet")), Some(Transit { median: 5, p90: 9, sample: 10 }));
        assert_eq!(transits.roads().count(), 1);
    }

    #[test]
    fn too_few_of_one_method_are_judged_by_their_country() {
        let mut transits = Transits::default();
        transits.add(road("packet"), 12, 20);
        transits.add(road("rare"), 40, 2);
        assert_eq!(transits.usual(&road("rare")), Some(Transit { median: 12, p90: 12, sample: 22 }));
        let elsewhere = Road { country: "DE".into(), ..road("packet") };
        assert_eq!(transits.usual(&elsewhere), None);
    }
}
