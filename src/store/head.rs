//! The cells that stand once per order, as a `Head`. A ship-to is taken from the shipping block and from nowhere else.

use super::cells::{Cells, Problems};
use super::field::Field;
use super::format::PaidBy;
use super::plan::Remembered;
use crate::core::address::Address;
use crate::core::incoming::{Head, Payment};
use crate::core::money::Currency;

/// Columns that say how far an order is, in the order in which they are asked.
const STATUS_COLUMNS: [Field; 3] = [Field::PaymentStatus, Field::OrderStatus, Field::FulfillmentStatus];

pub(super) fn head(cells: &Cells<'_>, known: &mut Remembered, problems: &mut Problems) -> Head {
    let status = Status::of(cells);
    let currency = currency(cells, known, problems);
    let cancelled_at = cells.stamp(Field::CancelledAt, None, problems);
    let money = |field, problems: &mut Problems| cells.money(field, currency, problems);
    Head {
        placed_at: cells.stamp(Field::PlacedAt, Some(Field::PlacedTime), problems),
        payment: payment(cells, &status),
        cancelled: cancelled(cells, &status, cancelled_at.is_some()),
        test: test_order(cells, &status),
        fulfilled: fulfilled(cells, &status, problems),
        currency,
        subtotal: money(Field::Subtotal, problems),
        discount: money(Field::Discount, problems).map(|m| crate::core::money::Money { minor: m.minor.abs(), ..m }),
        total: money(Field::Total, problems),
        refunded: money(Field::Refunded, problems).map(|m| crate::core::money::Money { minor: m.minor.abs(), ..m }),
        pieces: cells.count(Field::Pieces, problems),
        ship_to: ship_to(cells, known, problems),
        has_billing: has_billing(cells),
        email: cells.text(Field::Email, problems),
        note: note(cells, problems),
        gift_message: cells.text(Field::GiftMessage, problems),
        method: cells.text(Field::Method, problems),
        ship_by: cells.stamp(Field::ShipBy, None, problems),
        risk: cells.text(Field::Risk, problems),
        tax_id: tax_id(cells, problems),
    }
}

/// What all status columns of the row say together.
#[derive(Default)]
struct Status {
    payment: Option<Payment>,
    cancelled: bool,
    fulfilled: Option<bool>,
    test: bool,
}

impl Status {
    fn of(cells: &Cells<'_>) -> Self {
        let mut all = Self::default();
        for field in STATUS_COLUMNS {
            let Some(word) = cells.raw(field) else { continue };
            let pays =
                field == Field::PaymentStatus || (field == Field::OrderStatus && !cells.has(Field::PaymentStatus));
            match cells.plan.meanings.of_word(field, word) {
                Some(effects) => {
                    if effects.partly_fulfilled && !has_line_counts(cells) {
                        all.payment = Some(Payment::Unknown(word.to_owned()));
                    }
                    all.payment = all.payment.or(effects.payment.map(|p| p.with_word(word)));
                    all.cancelled |= effects.cancelled;
                    all.test |= effects.test;
                    all.fulfilled = all.fulfilled.or(match (effects.fulfilled, effects.unfulfilled) {
                        (true, _) => Some(true),
                        (false, true) => Some(false),
                        (false, false) => None,
                    });
                }
                None if word.is_empty() && !pays => {}
                // An unknown word is never good news, whatever the other columns say.
                None => all.payment = Some(Payment::Unknown(word.to_owned())),
            }
        }
        all
    }
}

fn has_line_counts(cells: &Cells<'_>) -> bool {
    cells.has(Field::LineStatus) || cells.has(Field::Shipped) || cells.has(Field::LineShippedAt)
}

fn payment(cells: &Cells<'_>, status: &Status) -> Option<Payment> {
    if let Some(asked) = asked_to_cancel(cells) {
        return Some(asked);
    }
    match (cells.plan.format.paid, &status.payment) {
        (_, Some(Payment::Unknown(word))) => Some(Payment::Unknown(word.clone())),
        (PaidBy::Status, said) => said.clone(),
        (_, Some(said)) if *said != Payment::Paid => Some(said.clone()),
        (PaidBy::Always, _) => Some(Payment::Paid),
        (PaidBy::PaidAt, _) if cells.filled(Field::PaidAt) => Some(Payment::Paid),
        (PaidBy::PaidAt, _) => cells.has(Field::PaidAt).then(|| Payment::NotPaid(String::new())),
    }
}

/// The buyer wants no parcel any more. A wish can be taken back, so this is no cancellation, and nothing is bought.
pub(super) fn asked_to_cancel(cells: &Cells<'_>) -> Option<Payment> {
    (cells.yes_no(Field::Cancelling) == Some(true)).then(|| Payment::NotPaid("buyer asked to cancel".to_owned()))
}

/// CPF, RUT and their like stand in columns of their own; an order has one of them.
fn tax_id(cells: &Cells<'_>, problems: &mut Problems) -> Option<String> {
    let fields = [Field::TaxId, Field::TaxId2, Field::TaxId3, Field::TaxId4];
    fields.into_iter().find_map(|f| cells.id(f, problems))
}

fn cancelled(cells: &Cells<'_>, status: &Status, dated: bool) -> Option<bool> {
    let can_tell = cells.has(Field::CancelledAt)
        || STATUS_COLUMNS
            .iter()
            .any(|f| cells.has(*f) && cells.plan.format.words.get(f).is_some_and(|w| !w.cancelled.is_empty()));
    can_tell.then_some(dated || status.cancelled || cells.filled(Field::CancelledAt))
}

fn test_order(cells: &Cells<'_>, status: &Status) -> Option<bool> {
    let gateway =
        cells.raw(Field::Gateway).map(|word| cells.plan.meanings.of_word(Field::Gateway, word).is_some_and(|e| e.test));
    if status.test { Some(true) } else { gateway }
}

/// The store says of the whole order that nothing is left to send, whatever its lines say.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum NothingLeft {
    Shipped,
    Removed,
}

pub(super) fn nothing_left(cells: &Cells<'_>) -> Option<NothingLeft> {
    let word = |field| cells.raw(field).and_then(|word| cells.plan.meanings.of_word(field, word));
    let mut said = STATUS_COLUMNS.into_iter().filter_map(word);
    said.find_map(|effects| match (effects.fulfilled, effects.removed) {
        (true, _) => Some(NothingLeft::Shipped),
        (_, true) => Some(NothingLeft::Removed),
        _ => None,
    })
}

/// Said for the whole order only where the lines cannot say it themselves.
fn fulfilled(cells: &Cells<'_>, status: &Status, problems: &mut Problems) -> Option<bool> {
    let stamp = cells.stamp(Field::FulfilledAt, None, problems);
    if cells.has(Field::LineStatus) || cells.has(Field::Shipped) {
        return None;
    }
    if stamp.is_some() || status.fulfilled == Some(true) {
        return Some(true);
    }
    status.fulfilled.or_else(|| cells.has(Field::FulfilledAt).then_some(false))
}

fn currency(cells: &Cells<'_>, known: &mut Remembered, problems: &mut Problems) -> Option<Currency> {
    let Some(cell) = cells.raw(Field::Currency).filter(|c| !c.is_empty()) else { return cells.plan.facts.currency };
    let found = known.currency(cell);
    if found.is_none() {
        problems.push(cells.problem(
            Field::Currency,
            "BAD_CURRENCY",
            "this is not a currency code such as USD; correct the cell",
        ));
    }
    found
}

fn has_billing(cells: &Cells<'_>) -> bool {
    let filled = |row: crate::files::Row<'_>| {
        cells.plan.columns.billing.iter().any(|at| !row.get(usize::from(*at)).trim().is_empty())
    };
    cells.row().is_some_and(filled)
}

fn note(cells: &Cells<'_>, problems: &mut Problems) -> Option<String> {
    let note = cells.text(Field::Note, problems);
    match cells.text(Field::NoteMore, problems).filter(|more| !more.is_empty()) {
        Some(more) => Some(match note {
            Some(note) if !note.is_empty() => format!("{note}\n{more}"),
            _ => more,
        }),
        None => note,
    }
}

pub(super) fn ship_to(cells: &Cells<'_>, known: &mut Remembered, problems: &mut Problems) -> Option<Address> {
    let mut address = Address {
        name: name(cells, problems),
        company: cells.text_or_empty(Field::ShipCompany, problems),
        line1: cells.text_or_empty(Field::ShipLine1, problems),
        line2: cells.text_or_empty(Field::ShipLine2, problems),
        city: cells.text_or_empty(Field::ShipCity, problems),
        region: cells.text_or_empty(Field::ShipRegion, problems),
        postcode: cells.bare(Field::ShipPostcode, problems),
        country: cells.text_or_empty(Field::ShipCountry, problems),
        phone: cells.bare(Field::ShipPhone, problems),
        email: cells.text_or_empty(Field::ShipEmail, problems),
    };
    // A third line and a district have no field of their own in an address; they are kept behind the second.
    for field in [Field::ShipLine3, Field::ShipDistrict] {
        let more = cells.text_or_empty(field, problems);
        if !more.is_empty() {
            let comma = if address.line2.is_empty() { "" } else { ", " };
            address.line2 = format!("{}{comma}{more}", address.line2);
        }
    }
    refuse_masked(cells, problems);
    if address.is_blank() {
        return None;
    }
    if !address.country.is_empty() {
        address.country = known.country(&address.country);
    } else if let (Some(country), false) = (&cells.plan.format.country, cells.has(Field::ShipCountry)) {
        address.country.clone_from(country);
    }
    Some(address)
}

fn name(cells: &Cells<'_>, problems: &mut Problems) -> String {
    let whole = cells.text_or_empty(Field::ShipName, problems);
    if !whole.is_empty() {
        return whole;
    }
    let first = cells.text_or_empty(Field::ShipFirst, problems);
    let last = cells.text_or_empty(Field::ShipLast, problems);
    format!("{first} {last}").trim().to_owned()
}

/// `J*** D**`: the marketplace hides the buyer until the seller asks to see.
fn refuse_masked(cells: &Cells<'_>, problems: &mut Problems) {
    for field in [Field::ShipName, Field::ShipLine1, Field::ShipLine2, Field::ShipPhone, Field::ShipPostcode] {
        let Some(cell) = cells.raw(field).filter(|c| c.contains('*')) else { continue };
        let behind_letter =
            cell.as_bytes().windows(2).any(|w| w[1] == b'*' && (w[0].is_ascii_alphanumeric() || w[0] >= 0x80));
        if behind_letter || cell.contains("**") {
            problems.push(cells.problem(
                field,
                "MASKED_ADDRESS",
                "the marketplace has hidden this; reveal the buyers' details there and export again",
            ));
            return;
        }
    }
}
