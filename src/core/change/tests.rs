//! The rules of age, ties and what never reverts, one by one.

use super::super::order::State;
use super::super::order::tests::{as_of, line, order, paid};
use super::*;

fn never(_: &str, _: &str) -> bool {
    false
}

fn with_line2(text: &str) -> Incoming {
    let mut said = paid("1", vec![line("A", 1)]);
    if let Some(address) = said.head.as_mut().and_then(|h| h.ship_to.as_mut()) {
        address.line2 = text.into();
    }
    said
}

#[test]
fn the_same_again_changes_nothing() {
    let known = order(with_line2("Apt 4"));
    let merged = merge(&known, &with_line2("Apt 4"), as_of(1000), false, &never);
    assert!(merged.changes.is_empty() && merged.not_taken.is_empty() && !merged.touched);
    assert_eq!(merged.order, known);
}

#[test]
fn a_newer_source_wins_and_says_what_changed() {
    let known = order(with_line2("Apt 4"));
    let merged = merge(&known, &with_line2("Apt 9"), as_of(2000), false, &never);
    let change = Change { field: "ship_to.line2".into(), from: "Apt 4".into(), to: "Apt 9".into() };
    assert_eq!(merged.changes, [change]);
}

#[test]
fn an_older_source_never_changes_a_field_unless_accepted() {
    let known = order(with_line2("Apt 9"));
    let merged = merge(&known, &with_line2("Apt 4"), as_of(500), false, &never);
    assert!(merged.changes.is_empty());
    assert_eq!(merged.not_taken[0].why, Why::Older);
    let accepted = merge(&known, &with_line2("Apt 4"), as_of(500), true, &never);
    assert_eq!(accepted.changes.len(), 1);
}

#[test]
fn a_tie_that_disagrees_and_a_value_that_came_back_are_for_a_person() {
    let known = order(with_line2("Apt 9"));
    assert_eq!(merge(&known, &with_line2("Apt 4"), as_of(1000), false, &never).not_taken[0].why, Why::Tie);
    let replaced = |field: &str, value: &str| field == "ship_to.line2" && value == "Apt 4";
    assert_eq!(merge(&known, &with_line2("Apt 4"), as_of(2000), false, &replaced).not_taken[0].why, Why::CameBack);
}

#[test]
fn an_address_of_which_one_part_came_back_is_not_mixed_with_the_known_one() {
    let known = order(with_line2("Apt 9"));
    let mut said = with_line2("Apt 4");
    if let Some(address) = said.head.as_mut().and_then(|h| h.ship_to.as_mut()) {
        address.postcode = "99999".into();
    }
    let replaced = |field: &str, value: &str| field == "ship_to.line2" && value == "Apt 4";
    let merged = merge(&known, &said, as_of(2000), false, &replaced);
    assert_eq!(merged.order.head.unwrap().ship_to, known.head.unwrap().ship_to);
    assert_eq!(merged.not_taken.len(), 2);
    assert!(merge(&order(with_line2("Apt 9")), &said, as_of(2000), true, &replaced).not_taken.is_empty());
}

#[test]
fn money_in_doubt_after_a_partial_refund_stops_the_order_in_every_order_of_sources() {
    let said = |payment| {
        let mut said = paid("1", vec![line("A", 2)]);
        said.head.get_or_insert_default().payment = Some(payment);
        said
    };
    let (partly, disputed) = (said(Payment::PartlyRefunded), said(Payment::NotPaid("disputed".into())));
    let later = merge(&order(partly.clone()), &disputed, as_of(2000), false, &never).order;
    let earlier = merge(&order(disputed), &partly, as_of(500), false, &never).order;
    assert_eq!((later.state(), earlier.state()), (State::NotPaid, State::NotPaid));
    let replaced = |field: &str, value: &str| field == "payment" && value == "partly refunded";
    let merged = merge(&later, &said(Payment::Paid), as_of(3000), false, &replaced);
    assert_eq!(merged.not_taken[0].change.to, "partly refunded", "what went back is not forgotten");
}

#[test]
fn cancellation_refund_and_fulfilment_never_revert_whatever_the_age() {
    let mut cancelled = paid("1", vec![line("A", 2)]);
    let head = cancelled.head.get_or_insert_default();
    head.cancelled = Some(true);
    head.payment = Some(Payment::Refunded);
    cancelled.lines[0].shipped = Some(2);
    let mut plain = paid("1", vec![line("A", 2)]);
    plain.head.get_or_insert_default().cancelled = Some(false);
    plain.lines[0].shipped = Some(0);
    for (first, second) in [(&cancelled, &plain), (&plain, &cancelled)] {
        for age in [500, 1000, 2000] {
            let merged = merge(&order(first.clone()), second, as_of(age), false, &never);
            assert!(merged.order.is_cancelled(), "age {age}");
            assert_eq!(merged.order.payment(), Some(&Payment::Refunded));
            assert_eq!(merged.order.lines[0].said.shipped, Some(2));
        }
    }
}

#[test]
fn rows_of_one_order_join_and_absence_removes_nothing() {
    let known = order(paid("1", vec![line("A", 1)]));
    let rest = Incoming { head: None, lines: vec![line("B", 1)], ..paid("1", vec![]) };
    let merged = merge(&known, &rest, as_of(2000), false, &never);
    assert_eq!(merged.order.lines.len(), 2);
    assert_eq!(merged.order.as_of, known.as_of, "a source without the head does not make the head fresher");
}

#[test]
fn lines_with_and_without_the_stores_id_are_the_same_where_both_sources_have_as_many() {
    let with_ids = |ids: &[&str]| {
        let lines = ids.iter().map(|id| IncomingLine { external_id: Some((*id).into()), ..line("A", 1) }).collect();
        paid("1", lines)
    };
    let counted = |n: usize| paid("1", vec![line("A", 1); n]);
    for (first, second) in [(with_ids(&["7", "8"]), counted(2)), (counted(2), with_ids(&["7", "8"]))] {
        let merged = merge(&order(first), &second, as_of(2000), false, &never);
        assert_eq!((merged.order.lines.len(), merged.changes.len()), (2, 0));
    }
    let merged = merge(&order(counted(1)), &with_ids(&["7", "8"]), as_of(2000), false, &never);
    assert_eq!(merged.order.lines.len(), 3);
    let held = super::super::plan::standing_problems(&merged.order, &Default::default());
    assert!(held.iter().any(|h| h.code == super::super::hold::HoldCode::LinesDisagree), "{held:?}");
}

/// An order of the store's API: every line with its id and its counts.
fn told_whole(lines: &[(&str, &str, u32)]) -> Incoming {
    let line = |(id, sku, quantity): &(&str, &str, u32)| IncomingLine {
        external_id: Some((*id).into()),
        removed: Some(0),
        shipped: Some(0),
        ..line(sku, *quantity)
    };
    paid("1", lines.iter().map(line).collect())
}

fn disagree(order: &Order) -> usize {
    let edits = super::super::plan::StoreTerms { edits: true, ..Default::default() };
    let held = super::super::plan::standing_problems(order, &edits);
    held.iter().filter(|h| h.code == super::super::hold::HoldCode::LinesDisagree).count()
}

#[test]
fn lines_of_an_export_take_the_ids_of_the_api_and_keep_what_was_bought() {
    let mut known = order(paid("1", vec![line("A", 1), line("A", 2), line("B", 1)]));
    known.lines[1].bought = 2;
    let said = told_whole(&[("7", "A", 2), ("8", "A", 1), ("9", "B", 1)]);
    let merged = merge_whole(&known, &said, as_of(2000), false, &never, &BTreeMap::new()).order;
    assert_eq!(merged.lines.len(), 3);
    assert!(merged.lines.iter().all(|l| matches!(l.key, LineKey::External(_))));
    assert_eq!(disagree(&merged), 0);
    let back = merge(&merged, &paid("1", vec![line("A", 1), line("A", 2), line("B", 1)]), as_of(3000), false, &never);
    assert_eq!(back.order.lines.len(), 3, "{:?}", back.changes);
    // More lines than the export had: the one of the same quantity is the one that was bought.
    let mut known = order(paid("1", vec![line("A", 2)]));
    known.lines[0].bought = 2;
    let merged =
        merge_whole(&known, &told_whole(&[("7", "A", 1), ("8", "A", 2)]), as_of(2000), false, &never, &BTreeMap::new())
            .order;
    let orderable: Vec<u32> = merged.lines.iter().map(|l| merged.orderable(l)).collect();
    assert_eq!(orderable, [0, 1]);
}

#[test]
fn a_line_that_a_whole_order_lacks_is_gone_and_no_question() {
    let known = order(told_whole(&[("5", "SIZE-M", 1), ("6", "B", 1)]));
    let merged = merge_whole(
        &known,
        &told_whole(&[("6", "B", 1), ("9", "SIZE-L", 1)]),
        as_of(2000),
        false,
        &never,
        &BTreeMap::new(),
    );
    let orderable: Vec<u32> = merged.order.lines.iter().map(|l| merged.order.orderable(l)).collect();
    assert_eq!(orderable, [0, 1, 1]);
    assert_eq!(disagree(&merged.order), 0);
    let older = merge_whole(&known, &told_whole(&[("6", "B", 1)]), as_of(500), false, &never, &BTreeMap::new());
    assert_eq!(older.order.orderable(&older.order.lines[0]), 1, "an older answer takes nothing away");
}

#[test]
fn what_dsf_told_the_store_is_not_shipped_by_others() {
    let mut known = order(told_whole(&[("7", "A", 4)]));
    known.lines[0].bought = 2;
    let mut said = told_whole(&[("7", "A", 4)]);
    said.lines[0].shipped = Some(2);
    let merged = merge_whole(&known, &said, as_of(2000), false, &never, &BTreeMap::from([(1, 2)])).order;
    assert_eq!(merged.orderable(&merged.lines[0]), 2);
    said.lines[0].shipped = Some(3);
    let merged = merge_whole(&known, &said, as_of(3000), false, &never, &BTreeMap::from([(1, 2)])).order;
    assert_eq!(merged.orderable(&merged.lines[0]), 1);
}

#[test]
fn one_option_in_two_spellings_is_no_change() {
    let with = |variant: &str| paid("1", vec![IncomingLine { variant: variant.into(), ..line("A", 1) }]);
    let merged = merge(&order(with("color=Red")), &with("Color: Red"), as_of(2000), false, &never);
    assert_eq!((merged.changes.len(), merged.order.lines[0].said.variant.as_str()), (0, "color=Red"));
}

#[test]
fn a_store_without_lines_does_not_end_an_order_of_which_dsf_told_a_part() {
    let mut said = paid("1", vec![line("A", 1), line("B", 1)]);
    let mut known = order(said.clone());
    said.head.as_mut().unwrap().fulfilled = Some(true);
    let merged =
        |known: &Order, told: &BTreeMap<u32, u32>| merge_whole(known, &said, as_of(2000), false, &never, told).order;
    assert_eq!(merged(&known, &BTreeMap::new()).state(), State::Shipped, "others sent all of it");
    (known.lines[0].bought, known.lines[0].shipped) = (1, 1);
    let after = merged(&known, &BTreeMap::from([(1, 1)]));
    assert_eq!((after.state(), after.orderable(&after.lines[1])), (State::PartlyOrdered, 1));
}

/// What dsf told was taken out twice, and what another had sent already was offered to be bought again.
#[test]
fn what_others_sent_is_not_bought_when_dsf_told_the_rest() {
    let sent = |pieces| paid("1", vec![IncomingLine { shipped: Some(pieces), ..line("A", 3) }]);
    let mut known = order(sent(1));
    assert_eq!(known.orderable(&known.lines[0]), 2);
    let line = &mut known.lines[0];
    (line.bought, line.shipped, line.told) = (2, 2, 2);
    assert_eq!(known.orderable(&known.lines[0]), 0, "before the store is read again");
    for pieces in [1, 3] {
        let told = BTreeMap::from([(1, 2)]);
        let by_api = merge_whole(&known, &sent(pieces), as_of(2000), false, &never, &told).order;
        let by_file = merge(&known, &sent(pieces), as_of(2000), false, &never).order;
        assert_eq!((by_api.orderable(&by_api.lines[0]), by_file.orderable(&by_file.lines[0])), (0, 0), "{pieces}");
    }
}
