//! Ten thousand rows of one sheet: two stores with equal numbers, numbers that begin alike, destroyed cells, equal SKUs, several
//! parcels, near addresses, changed numbers, rows in another order, columns moved against each other (TV1, 2, 7–9, 15, 25, 27).

use std::collections::{HashMap, HashSet};

use dsf::core::tracking::sheet::{Order, Row, Shifted, Verdict, decide};

use super::support::*;

const ROWS: usize = 10_000;

/// Numbers without a pattern, the same in every run.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % sides
    }
}

/// A USPS number behind the ZIP of its destination.
fn routed(zip: &str, n: u64) -> String {
    let serial = format!("92001{:09}{n:07}", 900_000_000 + n % 7);
    let sum: u32 = serial.bytes().enumerate().map(|(i, b)| u32::from(b - b'0') * if i % 2 == 0 { 3 } else { 1 }).sum();
    format!("420{zip}{serial}{}", (10 - sum % 10) % 10)
}

struct Sheet {
    orders: Vec<Order>,
    rows: Vec<Row>,
    /// The purchase order that a number is really for, and the rows that nothing is wrong with.
    owner: HashMap<String, String>,
    clean: HashSet<u64>,
}

/// Every order in both stores (TV1), a tenth of the rows hostile in one of nine ways.
fn sheet() -> Sheet {
    let mut dice = Dice(17);
    let mut made = Sheet { orders: vec![], rows: vec![], owner: HashMap::new(), clean: HashSet::new() };
    for n in 0..ROWS / 2 {
        for store in ["us", "eu"] {
            let mut po = order(
                &format!("{store}/{}/1", 100 + n),
                &format!("{:05}", 501 + (n * 7 + usize::from(store == "eu") * 3) % 95_000),
            );
            po.namesake = true;
            // Twins in the two stores are different people.
            po.ship_to.name.push_str(store);
            po.written = po.ship_to.clone();
            po.ship_to_hash = format!("{store}{n}");
            made.orders.push(po);
        }
    }
    for at in 0..ROWS {
        let number = match dice.roll(3) {
            0 => routed(&made.orders[at].ship_to.postcode, at as u64),
            _ => format!("YT{:016}", 2_203_600_000_000_000 + dice.roll(1 << 40) as usize * 10 + at % 10),
        };
        let kind = if dice.roll(10) == 0 { 1 + dice.roll(9) } else { 0 };
        if dice.roll(20) == 0 {
            made.orders[at].lines = vec![line(1, "LAMP", 1), line(2, "LAMP", 1)]; // TV8
        }
        if kind == 7 {
            made.orders[at].parcels = vec![parcel(&format!("YT{at:016}"), &[(1, 1), (2, 1)])]; // TV25
        }
        let owner = made.orders[at].id.to_string();
        let po = &made.orders[at];
        let other = &made.orders[(at + 2 + dice.roll(500) as usize * 2) % ROWS];
        let mut row = row(at as u64 + 2, po, &number);
        if number.starts_with("420") {
            (row.carrier, row.named) = ("USPS".into(), vec!["usps"]);
        }
        match kind {
            0 => {
                made.clean.insert(row.row);
                if dice.roll(20) == 0 {
                    let second = format!("YT99{:014}", at); // TV9
                    made.owner.insert(second.clone(), owner.clone());
                    row.tracking = format!("{number} / {second}");
                }
                if dice.roll(9) == 0 {
                    row.reference = String::new();
                    row.order = format!("{}#{}", po.id.order.store, po.order_number);
                }
            }
            1 => (row.reference, row.check_code, row.order) = (String::new(), String::new(), po.order_number.clone()),
            2 => row.reference.truncate(row.reference.len() - 3),
            3 => row.tracking = "9.40010E+21".into(),
            4 => row.tracking = "9400111202508830000000".into(),
            5 => (row.check_code, row.ship_to.line1) = (String::new(), po.ship_to.line1.replacen(' ', "8 ", 1)),
            6 => row.ship_to.postcode.clone_from(&other.ship_to.postcode),
            7 => {}
            8 => row.reference.clone_from(&other.reference),
            _ => (row.reference, row.order) = (other.reference.clone(), po.order_number.clone()),
        }
        made.owner.insert(number.strip_prefix("420").map_or(number.clone(), |n| n[5..].to_owned()), owner);
        made.rows.push(row);
    }
    // TV27: the agent sorted the sheet, and not the way it went out.
    for at in (1..made.rows.len()).rev() {
        made.rows.swap(at, dice.roll(at as u64 + 1) as usize);
    }
    made
}

#[test]
fn none_reaches_a_wrong_order_and_clean_rows_do() {
    let Sheet { orders, rows, owner, clean } = sheet();
    let decision = decide(&rows, &orders, &[]);
    let mut applied = HashSet::new();
    for row in &decision.rows {
        if row.verdict != Verdict::Apply {
            continue;
        }
        assert!(clean.contains(&row.row), "{row:?}");
        assert_eq!(row.purchase_order.as_ref().unwrap().to_string(), owner[&row.number], "{row:?}");
        assert!(row.carrier.is_some(), "{row:?}");
        applied.insert(row.row);
    }
    assert_eq!(rows.len(), ROWS);
    assert!(clean.len() > 8_500 && applied.len() * 100 >= clean.len() * 99, "{} of {}", applied.len(), clean.len());
    assert_eq!(
        decision.shifted,
        Some(Shifted::Rows),
        "rows that carry another order's postcode stop the sheet as a whole"
    );
}

/// Numbers that carry their ZIP show even a tracking column that moved alone.
#[test]
fn a_tracking_column_that_moved_alone_shows_by_its_zips() {
    let orders: Vec<Order> =
        (0..2_000).map(|n| order(&format!("us/{}/1", 5000 + n), &format!("{:05}", 10_000 + n))).collect();
    let mut rows: Vec<Row> = (0..)
        .zip(&orders)
        .map(|(at, o)| Row { named: vec!["usps"], ..row(at + 2, o, &routed(&o.ship_to.postcode, at)) })
        .collect();
    assert!(decide(&rows, &orders, &[]).rows.iter().all(|r| r.verdict == Verdict::Apply));
    let mut numbers: Vec<String> = rows.iter().map(|r| r.tracking.clone()).collect();
    numbers.rotate_left(1);
    for (row, number) in rows.iter_mut().zip(numbers) {
        row.tracking = number;
    }
    let decision = decide(&rows, &orders, &[]);
    assert!(decision.rows.iter().all(|r| r.code == "WRONG_DESTINATION"));
    assert_eq!(decision.shifted, Some(Shifted::Rows), "rows whose numbers say nothing may have moved too");
}
