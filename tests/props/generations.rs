//! Exports of several mornings, cut anywhere, in any order, any number of times: the same orders in the end, and never
//! more to buy than the newest morning says.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use dsf::config::Config;
use dsf::core::hold::HoldCode;
use dsf::core::order::Order;
use dsf::core::plan::{StoreTerms, standing_problems};
use dsf::db::{Db, OrderFilter};
use dsf::flow::import::{Outcome, Said, Seen, Settings, Stores, apply, inspect};
use dsf::store::Formats;
use proptest::prelude::*;

use crate::common::{NOW, Shopify};

/// One order on one morning.
#[derive(Clone, Debug)]
struct Version {
    line2: String,
    quantity: u32,
    gone: Option<&'static str>,
    returned: bool,
}

/// An order of `lines` further lines, over all mornings.
#[derive(Clone, Debug)]
struct Story {
    versions: Vec<Version>,
    lines: u32,
}

/// What happens between two mornings.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Event {
    Nothing,
    Moves,
    Edits,
    Cancels,
    Refunds,
    /// Some money goes back, and nobody says for what.
    Returns,
}

fn story(mornings: usize) -> impl Strategy<Value = Story> {
    let event = prop_oneof![
        3 => Just(Event::Nothing),
        3 => Just(Event::Moves),
        3 => Just(Event::Edits),
        1 => Just(Event::Cancels),
        1 => Just(Event::Refunds),
        1 => Just(Event::Returns),
    ];
    let quantities = Just((1..=9_u32).collect::<Vec<_>>()).prop_shuffle();
    (prop::collection::vec(event, mornings - 1), quantities, 0..3_u32).prop_map(|(events, quantities, lines)| {
        // No value comes twice: one that came back would be a decision, whichever file brings it.
        let mut unused = quantities.into_iter();
        let mut now = Version { line2: "Apt 0".into(), quantity: unused.next().unwrap(), gone: None, returned: false };
        let mut versions = vec![now.clone()];
        for (i, event) in events.into_iter().enumerate() {
            match event {
                Event::Nothing => {}
                Event::Moves => now.line2 = format!("Apt {}", i + 1),
                Event::Edits => now.quantity = unused.next().unwrap(),
                Event::Cancels => now.gone = now.gone.or(Some("cancelled")),
                Event::Refunds => now.gone = now.gone.or(Some("refunded")),
                Event::Returns => now.returned = true,
            }
            versions.push(now.clone());
        }
        Story { versions, lines }
    })
}

/// A file: rows of one morning, with what each row is.
#[derive(Clone, Debug)]
struct Part {
    name: String,
    morning: usize,
    /// Order and line within it; line 0 brings the head.
    rows: Vec<(usize, u32)>,
}

fn export(stories: &[Story], morning: usize) -> (Shopify, Vec<(usize, u32)>) {
    let (mut file, mut rows) = (Shopify::new(), vec![]);
    for (i, story) in stories.iter().enumerate() {
        let number = (1001 + i).to_string();
        let v = &story.versions[morning];
        let quantity = v.quantity.to_string();
        let total = format!("{}.00", v.quantity * 20 + story.lines * 5);
        let (status, refunded) = match (v.gone, v.returned) {
            (Some("refunded"), _) => ("refunded", total.as_str()),
            (_, true) => ("partially_refunded", "1.00"),
            _ => ("paid", "0.00"),
        };
        // No newer than the order itself, so that a cut does not change how new a file is.
        let cancelled = if v.gone == Some("cancelled") { "2026-11-23 10:00:00 -0500" } else { "" };
        file = file.order(
            &number,
            &[
                ("Shipping Address2", v.line2.as_str()),
                ("Lineitem quantity", quantity.as_str()),
                ("Subtotal", total.as_str()),
                ("Total", total.as_str()),
                ("Financial Status", status),
                ("Refunded Amount", refunded),
                ("Cancelled at", cancelled),
            ],
        );
        rows.push((i, 0));
        for line in 1..=story.lines {
            file = file.line(&number, &format!("EXTRA-{line}"), "1", "5.00");
            rows.push((i, line));
        }
    }
    (file, rows)
}

fn write(folder: &Path, name: &str, file: &Shopify, morning: usize) {
    let path = folder.join(name);
    std::fs::write(&path, file.csv()).unwrap();
    let at = SystemTime::UNIX_EPOCH + Duration::from_secs(1_790_000_000 + 3600 * morning as u64);
    std::fs::File::options().write(true).open(path).unwrap().set_modified(at).unwrap();
}

struct Desk {
    db: Db,
    formats: Formats,
    stores: Stores,
}

impl Desk {
    fn new(path: PathBuf) -> Self {
        let config = Config::parse("[store.us]\nkind = \"shopify\"\n", "c").unwrap();
        Self { db: Db::open(&path).unwrap(), formats: Formats::builtin().unwrap(), stores: config.stores }
    }

    fn import(&mut self, path: &Path) {
        let now = NOW.parse().unwrap();
        let said = Said { store: None, format: None, encoding: None };
        let file = inspect(path, &self.formats, &self.stores, &said, now).unwrap();
        let settings = Settings { partial: false, accept_older: false, command: "import", now };
        let mut outcome = Outcome::default();
        apply(&mut self.db, &file, settings, &mut Seen::default(), &mut outcome, &|_| ()).unwrap();
        let done = &outcome.files[0];
        assert_eq!(done.rows, done.imported() + done.rejected + done.skipped.values().sum::<u64>());
        assert_eq!(outcome.rejected_rows(), 0);
    }

    /// All orders with the codes that hold them; when they were imported and in which order lines came is left out.
    fn orders(&self) -> BTreeMap<String, (Order, Vec<HoldCode>)> {
        let mut all = BTreeMap::new();
        self.db
            .each_order(&OrderFilter::default(), &mut |found| {
                let mut order = found.order;
                let mut holds = standing_problems(&order, &StoreTerms { edits: true, ..StoreTerms::default() });
                holds.extend(self.db.standing_holds(found.row, &order.id)?);
                let codes = holds.iter().map(|h| h.code).collect();
                order.imported_at = NOW.parse().unwrap();
                order.lines.sort_by(|a, b| a.key.cmp(&b.key));
                order.lines.iter_mut().for_each(|l| l.position = 0);
                all.insert(order.id.to_string(), (order, codes));
                Ok(())
            })
            .unwrap();
        all
    }
}

/// What may be bought of a line once these parts are in: what the newest that speaks of it says, or nothing.
fn wanted(stories: &[Story], done: &[&Part], order: usize, line: u32) -> u32 {
    let newest = |line| done.iter().filter(|p| p.rows.contains(&(order, line))).map(|p| p.morning).max();
    let (Some(head), Some(own)) = (newest(0), newest(line)) else { return 0 };
    let gone = (0..=head).rev().any(|m| {
        stories[order].versions[m].gone.is_some() && done.iter().any(|p| p.morning == m && p.rows.contains(&(order, 0)))
    });
    match line {
        _ if gone => 0,
        0 => stories[order].versions[own].quantity,
        _ => 1,
    }
}

/// Mornings, orders, where each morning's file is cut, and the order of the parts with repeats.
fn world() -> impl Strategy<Value = (Vec<Story>, Vec<usize>, Vec<usize>)> {
    (1..=3_usize).prop_flat_map(|mornings| {
        let parts: Vec<usize> = (0..mornings * 2).collect();
        (
            prop::collection::vec(story(mornings), 1..4),
            prop::collection::vec(0..9_usize, mornings),
            (Just(parts.clone()).prop_shuffle(), prop::collection::vec(0..parts.len(), 0..4)).prop_map(
                |(mut all, again)| {
                    all.extend(again);
                    all
                },
            ),
        )
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 80, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_order_any_cut_any_repeat((stories, cuts, sequence) in world()) {
        let folder = tempfile::tempdir().unwrap();
        let mut parts = vec![];
        let mut straight = Desk::new(folder.path().join("straight.db"));
        for (morning, cut) in cuts.iter().enumerate() {
            let (file, rows) = export(&stories, morning);
            let whole = format!("whole{morning}.csv");
            write(folder.path(), &whole, &file, morning);
            straight.import(&folder.path().join(whole));
            let cut = (*cut).min(rows.len());
            for (half, range) in [(0, 0..cut), (1, cut..rows.len())] {
                let name = format!("part{morning}-{half}.csv");
                write(folder.path(), &name, &file.only(range.clone()), morning);
                parts.push(Part { name, morning, rows: rows[range].to_vec() });
            }
        }
        let mut shuffled = Desk::new(folder.path().join("shuffled.db"));
        let mut done: Vec<&Part> = vec![];
        for index in sequence {
            done.push(&parts[index]);
            shuffled.import(&folder.path().join(&parts[index].name));
            for (id, (order, _)) in shuffled.orders() {
                let number: usize = id.trim_start_matches("us/").parse::<usize>().unwrap() - 1001;
                for line in &order.lines {
                    let at = line.name().trim_start_matches("EXTRA-").parse().unwrap_or(0);
                    let most = wanted(&stories, &done, number, at);
                    prop_assert_eq!(order.orderable(line), most, "{} {}", id, line.name());
                }
            }
        }
        prop_assert_eq!(shuffled.orders(), straight.orders());
        let count = |desk: &Desk| desk.db.counts().unwrap();
        prop_assert_eq!(count(&shuffled), count(&straight), "the counts of states follow");
    }
}
