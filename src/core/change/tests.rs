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
