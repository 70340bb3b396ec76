//! Rows of a sheet that came back, one rule at a time.

use dsf::core::purchase::PurchaseState;
use dsf::core::tracking::sheet::{Decision, Order, Row, Shifted, Verdict, decide};

use super::support::*;

fn yt(n: u64) -> String {
    format!("YT22036212720{n:05}")
}

/// Users and peers, A6: twelve rows of an agent, with the columns 单号 Order Name Zip Tracking Express.
#[test]
fn scenario_a6_row_by_row() {
    let mut orders = vec![
        order("us/1001/1", "07302"),
        order("eu/1001/1", "10001"),
        order("us/1002/1", "07307"),
        order("us/1044/1", "10002"),
        order("us/1003/1", "07303"),
        order("eu/1020/2", "10020"),
        order("us/1005/1", "07305"),
        order("us/1010/2", "07310"),
        order("us/1009/1", "07309"),
        order("us/1011/1", "07311"),
        order("eu/1030/1", "10030"),
    ];
    for at in [0, 1] {
        orders[at].namesake = true;
    }
    orders[10].state = PurchaseState::CancelAsked;
    orders[7].lines = vec![line(1, "LAMP", 2)];
    orders[7].parcels = vec![parcel(&yt(99), &[(1, 1)])];
    let said = |row: u64, key: &str, order: &Order, tracking: &str| Row {
        row,
        reference: key.into(),
        ship_to: dsf::core::address::Address {
            name: order.ship_to.name.clone(),
            postcode: order.ship_to.postcode.clone(),
            ..Default::default()
        },
        tracking: tracking.into(),
        carrier: "YunExpress".into(),
        named: vec!["yunexpress"],
        ..Row::default()
    };
    let rows = [
        said(1, "us#1001", &orders[0], &yt(1)),
        said(2, "1001", &orders[0], &yt(2)),
        said(3, "us#1003-1", &orders[4], "9.40010E+21"),
        Row { check_code: orders[5].check_code.clone(), ..said(4, "eu#1020-2", &orders[5], &yt(4)) },
        Row {
            ship_to: dsf::core::address::Address { postcode: "10002".into(), ..Default::default() },
            ..said(5, "us#1002-1", &orders[2], &yt(5))
        },
        said(6, "us#1005", &orders[6], &yt(1)),
        said(7, "7777", &orders[6], &yt(7)),
        said(8, "us#1001", &orders[0], &yt(1)),
        said(9, "us#1010", &orders[7], &yt(9)),
        Row {
            carrier: "China Post".into(),
            named: vec!["china_post"],
            ..said(10, "us#1009", &orders[8], "LX123456789CN")
        },
        Row { carrier: "YunExpres".into(), named: vec![], ..said(11, "us#1011-1", &orders[9], &yt(11)) },
        said(12, "eu#1030-1", &orders[10], &yt(12)),
    ];
    let decision = decide(&rows, &orders, &[]);
    assert_eq!(
        verdicts(&decision),
        [
            (1, "apply"),
            (2, "AMBIGUOUS_ORDER"),
            (3, "DAMAGED_NUMBER"),
            (4, "apply"),
            (5, "ROWS_SHIFTED"),
            (6, "OTHER_CUSTOMER"),
            (7, "UNKNOWN_ORDER"),
            (8, "known"),
            (9, "apply"),
            (10, "CHECK_DIGIT"),
            (11, "apply"),
            (12, "CANCELLED"),
        ]
    );
    assert_eq!(decision.shifted, Some(Shifted::Rows), "row 5: nothing of the sheet is applied");
    let at = |row: usize| &decision.rows[row - 1];
    assert_eq!(at(5).message, "the postcode is not that of us/1002/1; it is that of us/1044/1: have rows moved?");
    assert_eq!(at(6).message, format!("{} is on us/1001/1 already (row 1), another customer's", yt(1)));
    assert_eq!((at(9).lines.as_slice(), at(9).carrier.as_deref()), (&[(1, 1)][..], Some("yunexpress")));
    assert_eq!(at(11).carrier.as_deref(), Some("yunexpress"));
    assert!(at(11).message.contains("\"YunExpres\" is no carrier known here"), "{}", at(11).message);
}

fn one(row: Row, orders: &[Order]) -> (String, Decision) {
    let decision = decide(&[row], orders, &[]);
    let code = if decision.rows[0].verdict == Verdict::Stop { decision.rows[0].code } else { "apply" };
    (code.to_owned(), decision)
}

#[test]
fn every_other_field_must_agree() {
    let orders = [order("us/1001/1", "07302"), order("us/1002/1", "07307")];
    let good = || row(2, &orders[0], &yt(1));
    assert_eq!(one(good(), &orders).0, "apply");
    let with = |change: &dyn Fn(&mut Row)| {
        let mut row = good();
        change(&mut row);
        one(row, &orders).0
    };
    assert_eq!(with(&|r| r.check_code = format!(" {} ", orders[0].check_code.to_lowercase())), "apply");
    assert_eq!(with(&|r| r.ship_to.name = r.ship_to.name.to_uppercase()), "apply");
    assert_eq!(with(&|r| r.ship_to.country = "United States".into()), "apply");
    assert_eq!(with(&|r| r.ship_to.postcode = "7302".into()), "apply", "the check code agrees");
    assert_eq!(with(&|r| r.ship_to = dsf::core::address::Address::default()), "apply", "silence is no contradiction");
    assert_eq!(with(&|r| (r.ship_to.postcode, r.check_code) = ("7302".into(), String::new())), "FIELD_DISAGREES");
    assert_eq!(with(&|r| r.check_code = "ZZZZ".into()), "CHECK_CODE");
    assert_eq!(with(&|r| r.check_code = orders[1].check_code.clone()), "ROWS_SHIFTED");
    assert_eq!(with(&|r| r.ship_to.name = orders[1].ship_to.name.clone()), "ROWS_SHIFTED");
    assert_eq!(with(&|r| r.order = "us#1002".into()), "ROWS_SHIFTED");
    assert_eq!(with(&|r| r.order = "us#9999".into()), "UNKNOWN_ORDER");
    assert_eq!(with(&|r| r.ship_to.line1 = "1018 Sample Ln".into()), "FIELD_DISAGREES", "TV15");
    assert_eq!(with(&|r| r.ship_to.city = "Elsewhere".into()), "FIELD_DISAGREES");
    assert_eq!(with(&|r| r.ship_to.country = "CA".into()), "FIELD_DISAGREES");
    assert_eq!(with(&|r| r.sku = "BAG".into()), "LINE_DISAGREES");
    assert_eq!(with(&|r| r.quantity = "2".into()), "QUANTITY");
    assert_eq!(with(&|r| r.quantity = "one".into()), "QUANTITY");
    assert_eq!(with(&|r| r.quantity = "1.0".into()), "apply");
    assert_eq!(with(&|r| r.reference = String::new()), "NO_KEY");
    assert_eq!(with(&|r| r.reference = "1.001E+21".into()), "DAMAGED_KEY");
    assert_eq!(with(&|r| r.tracking = "sent".into()), "NO_NUMBER");
    assert_eq!(with(&|r| r.tracking = "US-1001-1".into()), "UNKNOWN_FORMAT");
    assert_eq!(
        with(&|r| (r.tracking, r.named) = ("4201002334249200190132607600833457".into(), vec!["usps"])),
        "WRONG_DESTINATION"
    );
    assert_eq!(decide(&[Row { tracking: " ".into(), ..good() }], &orders, &[]).waiting, 1);
}

#[test]
fn exact_keys_only() {
    let mut orders = vec![order("us/100/1", "07302"), order("us/1001/1", "07303"), order("us/1001/2", "07303")];
    orders[0].supplier_orders = vec!["88001".into()];
    let keyed = |reference: &str, supplier_order: &str, order: &str| Row {
        row: 2,
        reference: reference.into(),
        supplier_order: supplier_order.into(),
        order: order.into(),
        tracking: yt(1),
        named: vec!["yunexpress"],
        ..Row::default()
    };
    let found = |row: Row| {
        let (code, decision) = one(row, &orders);
        decision.rows[0].purchase_order.as_ref().map_or(code, ToString::to_string)
    };
    assert_eq!(found(keyed("", "", "100")), "us/100/1", "TV2: never the one that begins like it");
    assert_eq!(found(keyed("", "88001", "")), "us/100/1");
    assert_eq!(found(keyed("us/1001/2", "", "")), "us/1001/2");
    assert_eq!(found(keyed("US-1001-2", "my 17", "#1001")), "us/1001/2", "their own number is new to us");
    assert_eq!(found(keyed("", "", "us#1001")), "AMBIGUOUS_ORDER", "two purchase orders");
    assert_eq!(found(keyed("US-100-1", "88002", "")), "UNKNOWN_ORDER");
    assert_eq!(found(keyed("US-10", "", "")), "UNKNOWN_ORDER");
    orders[0].namesake = true;
    let found = |row: Row| one(row, &orders).0;
    assert_eq!(found(keyed("", "", "#100")), "AMBIGUOUS_ORDER", "TV1");
    assert_eq!(found(keyed("", "", "us#100")), "apply");
    let mut stored = keyed("", "", "#100");
    stored.store = "US".into();
    assert_eq!(found(stored), "apply");
}

#[test]
fn quantities_go_to_lines_and_never_beyond_what_was_ordered() {
    let mut po = order("us/1001/1", "07302");
    po.lines = vec![line(1, "LAMP", 1), line(2, "LAMP", 1), line(3, "BAG", 4)];
    let orders = [po];
    let said = |at: u64, sku: &str, quantity: &str, tracking: &str| Row {
        sku: sku.into(),
        listing_id: String::new(),
        quantity: quantity.into(),
        ..row(at, &orders[0], tracking)
    };
    let lines =
        |rows: &[Row]| decide(rows, &orders, &[]).rows.iter().map(|r| (r.code, r.lines.clone())).collect::<Vec<_>>();
    // TV8: the same SKU on two lines.
    assert_eq!(lines(&[said(2, "LAMP", "1", &yt(1))]), [("", vec![(1, 1)])]);
    assert_eq!(
        lines(&[said(2, "LAMP", "1", &yt(1)), said(3, "LAMP", "1", &yt(1))]),
        [("", vec![(1, 1)]), ("", vec![(2, 1)])]
    );
    // TV9: one line, two parcels, with quantities and without.
    assert_eq!(
        lines(&[said(2, "BAG", "1", &yt(1)), said(3, "BAG", "3", &yt(2))]),
        [("", vec![(3, 1)]), ("", vec![(3, 3)])]
    );
    assert_eq!(
        lines(&[said(2, "BAG", "4", &yt(1)), said(3, "BAG", "4", &yt(2))]),
        [("", vec![(3, 4)]), ("", vec![(3, 0)])]
    );
    assert_eq!(
        lines(&[said(2, "BAG", "4", &format!("{}; {}", yt(1), yt(2)))]),
        [("", vec![(3, 4)]), ("", vec![(3, 0)])]
    );
    assert_eq!(lines(&[said(2, "BAG", "3", &yt(1)), said(3, "BAG", "2", &yt(2))])[1].0, "QUANTITY");
    // A row of no line is all that is not in a parcel yet.
    assert_eq!(lines(&[said(2, "", "", &yt(1))]), [("", vec![(1, 1), (2, 1), (3, 4)])]);
    assert_eq!(lines(&[said(2, "", "", &yt(1)), said(3, "", "", &yt(1))])[1].0, "KNOWN");
}

#[test]
fn a_number_of_before_is_known_and_another_one_is_a_change() {
    let mut orders = vec![order("us/1001/1", "07302"), order("us/1002/1", "07307"), order("us/1003/1", "07302")];
    orders[0].parcels = vec![parcel(&yt(1), &[(1, 1)])];
    orders[2].ship_to_hash = orders[0].ship_to_hash.clone();
    assert_eq!(one(row(2, &orders[0], &yt(1)), &orders).1.rows[0].verdict, Verdict::Known);
    let (code, decision) = one(row(2, &orders[0], &yt(2)), &orders);
    assert_eq!(code, "NUMBER_CHANGED", "TV25");
    assert!(decision.rows[0].message.contains(&format!("dsf track add us/1001/1 {} --replaces {}", yt(2), yt(1))));
    assert_eq!(one(row(2, &orders[1], &yt(1)), &orders).0, "OTHER_CUSTOMER");
    assert_eq!(one(row(2, &orders[2], &yt(1)), &orders).0, "apply", "one recipient, one parcel");
    orders[0].parcels[0].superseded = true;
    assert_eq!(one(row(2, &orders[0], &yt(1)), &orders).1.rows[0].verdict, Verdict::Known);
    orders[1].closed = true;
    assert_eq!(one(row(2, &orders[1], &yt(3)), &orders).0, "CANCELLED");
    orders[1].closed = false;
    orders[1].state = PurchaseState::Unknown;
    assert_eq!(one(row(2, &orders[1], &yt(3)), &orders).0, "NOT_PLACED");
    orders[1].state = PurchaseState::Refused;
    assert_eq!(one(row(2, &orders[1], &yt(3)), &orders).0, "NOT_PLACED");
    orders[1].state = PurchaseState::Placed;
    orders[1].supplier_orders = vec!["612198364988".into()];
    let own = Row {
        supplier_order: "612198364988".into(),
        named: vec![],
        carrier: String::new(),
        ..row(2, &orders[1], "612198364988")
    };
    assert_eq!(one(own, &orders).0, "NOT_A_TRACKING_NUMBER");
}

/// TV27: a column sorted alone. Numbers of one block, given out from the top, are no sorted column.
#[test]
fn a_column_that_was_sorted_alone_is_seen() {
    let orders: Vec<Order> = (0..12).map(|n| order(&format!("us/{}/1", 2000 + n), &format!("073{n:02}"))).collect();
    let scattered: Vec<String> =
        (0..12_u64).map(|n| format!("YT22{:014}", n.wrapping_mul(61_803_398_874_989) % 99_999_999_999_999)).collect();
    let rows =
        |numbers: &[String]| (0..).zip(&orders).zip(numbers).map(|((at, o), n)| row(at + 2, o, n)).collect::<Vec<_>>();
    assert_eq!(decide(&rows(&scattered), &orders, &[]).shifted, None);
    let mut sorted = scattered.clone();
    sorted.sort();
    assert_eq!(decide(&rows(&sorted), &orders, &[]).shifted, Some(Shifted::SortedColumn));
    sorted.reverse();
    assert_eq!(decide(&rows(&sorted), &orders, &[]).shifted, Some(Shifted::SortedColumn));
    let block: Vec<String> = (0..12).map(|n| yt(100 + n * 3)).collect();
    assert_eq!(decide(&rows(&block), &orders, &[]).shifted, None);
    // Whole rows sorted by number: everything still agrees.
    let mut whole = rows(&scattered);
    whole.sort_by(|a, b| a.tracking.cmp(&b.tracking));
    let decision = decide(&whole, &orders, &[]);
    assert!(decision.shifted.is_none() && decision.rows.iter().all(|r| r.verdict == Verdict::Apply));
    // Any other column sorted alone contradicts its row.
    for column in ["name", "postcode", "check_code", "reference"] {
        let mut moved = rows(&scattered);
        let key = |r: &Row| match column {
            "name" => r.ship_to.name.clone(),
            "postcode" => r.ship_to.postcode.clone(),
            "check_code" => r.check_code.clone(),
            _ => r.reference.clone(),
        };
        let mut values: Vec<String> = moved.iter().map(key).collect();
        values.sort();
        values.rotate_left(1);
        for (row, value) in moved.iter_mut().zip(values) {
            match column {
                "name" => row.ship_to.name = value,
                "postcode" => row.ship_to.postcode = value,
                "check_code" => row.check_code = value,
                _ => row.reference = value,
            }
        }
        assert_eq!(decide(&moved, &orders, &[]).shifted, Some(Shifted::Rows), "{column}");
    }
}
