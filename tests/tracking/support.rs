//! Purchase orders that are out, and rows as they come back.

use dsf::core::address::Address;
use dsf::core::ids::{OrderId, PurchaseOrderId};
use dsf::core::purchase::{PurchaseState, ship_to_hash};
use dsf::core::tracking::sheet::{Decision, Line, Order, Parcel, Row, Verdict};

/// `us/1001/1`, one LAMP, to an invented customer of that number.
pub fn order(id: &str, postcode: &str) -> Order {
    let mut parts = id.split('/');
    let [store, key, counter] = std::array::from_fn(|_| parts.next().unwrap());
    let id = PurchaseOrderId {
        order: OrderId { store: store.parse().unwrap(), key: key.into() },
        counter: counter.parse().unwrap(),
    };
    let ship_to = Address {
        name: format!("Nora {}", word(key)),
        line1: format!("{} Sample Ln", key.trim_start_matches(|c: char| !c.is_ascii_digit())),
        city: "Exampleton".into(),
        region: "NJ".into(),
        postcode: postcode.into(),
        country: "US".into(),
        ..Address::default()
    };
    Order {
        reference: id.reference().to_string(),
        supplier_orders: vec![],
        order_number: key.into(),
        namesake: false,
        state: PurchaseState::HandedOff,
        closed: false,
        check_code: format!("C{:03}", key.bytes().fold(7_u32, |n, b| (n * 31 + u32::from(b)) % 1000)),
        ship_to_hash: ship_to_hash(&ship_to),
        written: ship_to.clone(),
        ship_to,
        ships_from: "CN".into(),
        lines: vec![line(1, "LAMP", 1)],
        parcels: vec![],
        id,
    }
}

/// A family name for each number: no two alike.
fn word(number: &str) -> String {
    let letters = number.bytes().map(|b| char::from(b'a' + b % 26)).collect::<String>();
    format!("Van{letters}")
}

pub fn line(position: u32, sku: &str, packs: u32) -> Line {
    Line { position, sku: sku.into(), listing_id: format!("L-{sku}"), packs, units: packs }
}

pub fn parcel(number: &str, lines: &[(u32, u32)]) -> Parcel {
    Parcel { number: number.into(), lines: lines.to_vec(), superseded: false }
}

/// The rows of a purchase order as they went out, with the number filled in.
pub fn row(at: u64, order: &Order, tracking: &str) -> Row {
    let line = &order.lines[0];
    Row {
        row: at,
        reference: order.reference.clone(),
        check_code: order.check_code.clone(),
        ship_to: order.ship_to.clone(),
        sku: line.sku.clone(),
        listing_id: line.listing_id.clone(),
        quantity: line.packs.to_string(),
        tracking: tracking.into(),
        carrier: "YunExpress".into(),
        named: vec!["yunexpress"],
        ..Row::default()
    }
}

/// `verdict code` of every row.
pub fn verdicts(decision: &Decision) -> Vec<(u64, &'static str)> {
    let name = |v: Verdict| match v {
        Verdict::Apply => "apply",
        Verdict::Known => "known",
        Verdict::Stop => "",
    };
    decision.rows.iter().map(|r| (r.row, if r.verdict == Verdict::Stop { r.code } else { name(r.verdict) })).collect()
}
