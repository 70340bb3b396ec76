//! What the customer paid is spread over purchase orders without losing or inventing a cent.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::Arc;

use dsf::core::address::Address;
use dsf::core::ids::OrderId;
use dsf::core::incoming::{Head, Incoming, IncomingLine, Payment};
use dsf::core::listing::{Listing, ListingKey};
use dsf::core::matching::{Rule, RuleBook};
use dsf::core::money::{Currency, Money, Price};
use dsf::core::order::{AsOf, Order};
use dsf::core::plan::{Choice, Guard, OpenOrder, Plan, SupplierTerms, Terms, plan};
use dsf::core::rates::Rates;
use dsf::core::shipping::FreightBook;
use proptest::prelude::*;

use crate::common::NOW;

const SUPPLIERS: [&str; 3] = ["cj", "li", "ae"];

/// A line: cents and pieces, and the parts that fill it as (supplier, cost in ten-thousandths, pieces each).
type Line = (i64, u32, Vec<(usize, i64, u32)>);

fn usd() -> Currency {
    "USD".parse().unwrap()
}

fn planned(lines: &[Line], discount: i64) -> Plan {
    let currency = usd();
    let (mut said, mut rules, mut catalogue) = (vec![], vec![], HashMap::new());
    for (i, (cents, quantity, parts)) in lines.iter().enumerate() {
        let sku = format!("SKU{i}");
        for (part, (supplier, cost, each)) in (1_u32..).zip(parts) {
            let key = ListingKey { supplier: SUPPLIERS[*supplier].into(), listing_id: format!("L{i}-{part}") };
            let part = if parts.len() == 1 { 0 } else { part };
            let rule = Rule {
                store: None,
                sku: sku.clone(),
                listing: key.clone(),
                quantity: *each,
                country: None,
                priority: 1,
                part,
                fingerprint: None,
            };
            rules.push(rule);
            catalogue.insert(key.clone(), listing(key, *cost));
        }
        let unit_price = Some(Price { ten_thousandths: cents * 100, currency });
        said.push(IncomingLine { sku, title: "T".into(), quantity: *quantity, unit_price, ..IncomingLine::default() });
    }
    let ship_to = Address {
        name: "N".into(),
        line1: "1 A St".into(),
        city: "C".into(),
        region: "NJ".into(),
        postcode: "07307".into(),
        country: "US".into(),
        ..Address::default()
    };
    let head = Head {
        payment: Some(Payment::Paid),
        currency: Some(currency),
        discount: Some(Money { minor: discount, currency }),
        ship_to: Some(ship_to),
        ..Head::default()
    };
    let now = NOW.parse().unwrap();
    let id = OrderId::new("us".parse().unwrap(), "1", 1);
    let incoming = Incoming { number: "1".into(), head: Some(head), lines: said, ..Incoming::default() };
    let order = Order::first(id, incoming, AsOf { newest: None, modified: now }, now);
    let open = OpenOrder { order, store: Arc::default(), purchases: vec![], standing: vec![], twins: vec![] };
    let suppliers: BTreeMap<_, _> = SUPPLIERS.iter().map(|s| ((*s).to_owned(), SupplierTerms::default())).collect();
    plan(
        &[open],
        Terms {
            rules: &RuleBook::new(rules),
            catalogue: &catalogue,
            suppliers: &suppliers,
            guard: &Guard::default(),
            rates: &Rates::default(),
            released: &HashSet::new(),
            choice: &Choice::default(),
            freight: &FreightBook::default(),
            spent: None,
            now,
        },
    )
}

fn listing(key: ListingKey, cost: i64) -> Listing {
    Listing {
        key,
        title: "T".into(),
        options: String::new(),
        price: Some(Price { ten_thousandths: cost, currency: usd() }),
        shipping: None,
        pack_size: 1,
        min_quantity: 1,
        stock: None,
        ships_from: String::new(),
        ships_to: vec![],
        method: String::new(),
        processing_days: None,
        transit_days: (None, None),
        url: String::new(),
        checked_at: None,
        accepted_price: None,
        gone: false,
    }
}

fn line() -> impl Strategy<Value = Line> {
    let part = (0..3_usize, 0..900_000_i64, 1..4_u32);
    (0..50_000_i64, 1..20_u32, prop::collection::vec(part, 1..4))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn revenue_over_purchase_orders_is_what_was_paid(lines in prop::collection::vec(line(), 1..6), discount in 0..100_000_i64) {
        let plan = planned(&lines, discount);
        prop_assert!(plan.held.is_empty(), "{:?}", plan.held);
        let goods: i64 = lines.iter().map(|(cents, quantity, _)| cents * i64::from(*quantity)).sum();
        let spread: i64 = plan.purchase_orders.iter().map(|po| po.revenue.unwrap().minor).sum();
        prop_assert_eq!(spread, goods - discount.min(goods));
        prop_assert!(plan.purchase_orders.iter().all(|po| po.revenue.unwrap().minor >= 0));
        // Cost is rounded once for each purchase order, and the totals are their sum.
        let cost: i64 = plan.purchase_orders.iter().map(|po| po.cost.minor).sum();
        prop_assert_eq!(plan.totals.iter().map(|t| t.minor).sum::<i64>(), cost);
        prop_assert_eq!(planned(&lines, discount).id, plan.id);
    }
}

#[test]
fn prices_beyond_all_reason_make_no_plan_fall_over() {
    let huge = (9_000_000_000_000_i64, 999_999_999, vec![(0, 900_000_000_000_000_000, 4)]);
    let plan = planned(&[huge.clone(), huge], 5);
    assert!(plan.purchase_orders.iter().all(|po| po.revenue.is_none_or(|r| r.minor >= 0)));
}
