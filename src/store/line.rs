//! The cells that stand once per line, as an `IncomingLine`.

use super::cells::{Cells, Problems};
use super::field::Field;
use super::format::Variations;
use crate::core::incoming::IncomingLine;
use crate::core::money::{Currency, Price};

/// Whether the row or item is a line at all: it names something.
pub(super) fn is_line(cells: &Cells<'_>) -> bool {
    [Field::Title, Field::Sku, Field::LineId].iter().any(|f| cells.filled(*f))
}

pub(super) fn line(cells: &Cells<'_>, currency: Option<Currency>, problems: &mut Problems) -> IncomingLine {
    let quantity = quantity(cells, problems);
    let price = unit_price(cells, quantity, currency, problems);
    let mut line = IncomingLine {
        external_id: cells.id(Field::LineId, problems),
        sku: cells.id(Field::Sku, problems).unwrap_or_default(),
        title: cells.text_or_empty(Field::Title, problems),
        variant: cells.text_or_empty(Field::Variant, problems),
        personalisation: cells.text(Field::Personalisation, problems),
        quantity,
        removed: cells.has(Field::Removed).then(|| cells.count(Field::Removed, problems).unwrap_or(0)),
        shipped: cells.has(Field::Shipped).then(|| cells.count(Field::Shipped, problems).unwrap_or(0)),
        unit_price: price.zip(currency).map(|(ten_thousandths, currency)| Price { ten_thousandths, currency }),
        bare_price: price.filter(|_| currency.is_none()),
        requires_shipping: cells.yes_no(Field::RequiresShipping),
        cancelled: None,
        row: cells.line,
    };
    split_variations(cells, &mut line, problems);
    form_answers(cells, &mut line);
    removed_before_shipping(cells, &mut line, problems);
    shipped_by_date(cells, &mut line, problems);
    line_status(cells, &mut line, problems);
    line
}

fn quantity(cells: &Cells<'_>, problems: &mut Problems) -> u32 {
    if !cells.filled(Field::Quantity) {
        problems.push(cells.problem(Field::Quantity, "BAD_QUANTITY", "this line has no quantity; correct the cell"));
        return 0;
    }
    cells.count(Field::Quantity, problems).unwrap_or(0)
}

/// Ten-thousandths for one piece. A total for all pieces is divided where that is exact; else no price is said.
fn unit_price(cells: &Cells<'_>, quantity: u32, currency: Option<Currency>, problems: &mut Problems) -> Option<i64> {
    if let Some(unit) = cells.amount(Field::UnitPrice, currency, problems) {
        return Some(unit.ten_thousandths);
    }
    let total = cells.amount(Field::LineTotal, currency, problems)?.ten_thousandths;
    let pieces = i64::from(quantity);
    (pieces != 0 && total % pieces == 0).then(|| total / pieces)
}

/// What is no longer to ship although nobody has shipped it (Amazon) was removed.
fn removed_before_shipping(cells: &Cells<'_>, line: &mut IncomingLine, problems: &mut Problems) {
    if let Some(to_ship) = cells.count(Field::ToShip, problems) {
        let open = line.quantity.saturating_sub(line.shipped.unwrap_or(0));
        line.removed = Some(open.saturating_sub(to_ship));
    }
}

fn shipped_by_date(cells: &Cells<'_>, line: &mut IncomingLine, problems: &mut Problems) {
    if cells.has(Field::LineShippedAt) {
        let at = cells.stamp(Field::LineShippedAt, None, problems);
        line.shipped = Some(if at.is_some() { line.quantity } else { 0 });
    }
}

fn line_status(cells: &Cells<'_>, line: &mut IncomingLine, problems: &mut Problems) {
    let Some(word) = cells.raw(Field::LineStatus) else { return };
    match cells.plan.meanings.of_word(Field::LineStatus, word) {
        Some(effects) => {
            line.shipped = Some(if effects.fulfilled { line.quantity } else { 0 });
            if effects.removed {
                line.removed = Some(line.quantity);
            }
            line.cancelled = Some(effects.cancelled);
        }
        None if word.is_empty() => {}
        None => problems.push(cells.problem(
            Field::LineStatus,
            "UNKNOWN_STATUS",
            "this does not say how many pieces were shipped already; see in the store, then import with --partial",
        )),
    }
}

/// Columns such as `Product Form: Engraving`, as `Engraving: Ann`, a line each.
fn form_answers(cells: &Cells<'_>, line: &mut IncomingLine) {
    let Some(row) = cells.row() else { return };
    for (at, label) in &cells.plan.columns.forms {
        let answer = row.get(usize::from(*at)).trim();
        if answer.is_empty() {
            continue;
        }
        let words = line.personalisation.get_or_insert_with(String::new);
        if !words.is_empty() {
            words.push('\n');
        }
        words.push_str(&format!("{label}: {answer}"));
    }
}

/// `Size:8 x 10, framed,Color:Walnut,Personalization:Ann & Bo`: the customer's words come last and may hold anything.
fn split_variations(cells: &Cells<'_>, line: &mut IncomingLine, problems: &mut Problems) {
    let Some(text) = cells.text(Field::Variations, problems) else { return };
    let Some(rule) = &cells.plan.format.variations else {
        line.variant = text;
        return;
    };
    let (variant, words) = cut_at_label(&text, rule);
    line.variant = variant.trim_end_matches([',', ' ']).to_owned();
    let words: Vec<&str> = words.into_iter().filter(|w| !w.is_empty() && !rule.empty.iter().any(|e| e == w)).collect();
    line.personalisation = Some(words.join("\n"));
}

/// The part before the first label of the customer's words, and the text behind each such label.
fn cut_at_label<'t>(text: &'t str, rule: &Variations) -> (&'t str, Vec<&'t str>) {
    let mut cuts: Vec<(usize, usize)> = Vec::new();
    for (at, _) in text.match_indices(',').map(|(i, _)| (i + 1, ())).chain(std::iter::once((0, ()))) {
        if let Some(length) = label_length(&text[at..], rule) {
            cuts.push((at, at + length));
        }
    }
    cuts.sort_unstable();
    let variant = cuts.first().map_or(text, |(at, _)| &text[..*at]);
    let ends = cuts.iter().skip(1).map(|(at, _)| at - 1).chain(std::iter::once(text.len()));
    let words = cuts.iter().zip(ends).map(|((_, from), to)| text.get(*from..to).unwrap_or("").trim()).collect();
    (variant, words)
}

/// `Personalization:`, `Personalization 2:`, or the bare word at the end of the cell.
fn label_length(text: &str, rule: &Variations) -> Option<usize> {
    let space = text.len() - text.trim_start().len();
    let text = &text[space..];
    rule.personalisation.iter().find_map(|label| {
        let rest = text.strip_prefix(label.as_str())?;
        let number = rest.trim_start_matches([' ', '0', '1', '2', '3', '4', '5', '6', '7', '8', '9']);
        match number.strip_prefix(':') {
            Some(value) => Some(space + text.len() - value.len()),
            None => number.trim().is_empty().then_some(space + text.len()),
        }
    })
}
