//! From one row to its items: itself, numbered columns, or items packed in cells. Which rows are one order: `group`.

use std::collections::BTreeMap;

use super::cells::{Cells, Problems};
use super::field::Field;
use super::format::{Packing, Shape};
use super::line::{is_line, line};
use crate::core::incoming::{IncomingLine, RowProblem};
use crate::core::money::Currency;

/// Values of one packed item, by field.
type Item<'t> = [Option<&'t str>; Field::COUNT];

/// The lines that a row brings. None is fine for the summary row of an order.
pub(super) fn lines(
    cells: &Cells<'_>,
    currency: Option<Currency>,
    problems: &mut Problems,
    lines: &mut Vec<IncomingLine>,
) {
    match cells.plan.format.shape {
        Shape::Blanks | Shape::Repeats | Shape::Summary => {
            if is_line(cells) {
                lines.push(line(cells, currency, problems));
            } else if cells.filled(Field::Quantity) && cells.plan.format.shape != Shape::Summary {
                problems.push(cells.problem(
                    Field::Title,
                    "NO_ITEM",
                    "this row has a quantity and neither title nor SKU",
                ));
            }
        }
        Shape::Columns => {
            let Some(row) = cells.row() else { return };
            for index in &cells.plan.columns.numbered {
                let item = Cells::of_row(cells.plan, row, index);
                if is_line(&item) {
                    lines.push(line(&item, currency, problems));
                }
            }
        }
        Shape::Packed => packed(cells, currency, problems, lines),
    }
}

fn packed(cells: &Cells<'_>, currency: Option<Currency>, problems: &mut Problems, lines: &mut Vec<IncomingLine>) {
    let (Some(packing), Some(row)) = (&cells.plan.format.packing, cells.row()) else { return };
    for at in &cells.plan.columns.packed {
        let cell = row.get(usize::from(*at)).trim();
        let header = cells.plan.columns.headers.get(usize::from(*at)).map_or("", String::as_str);
        if cell.is_empty() {
            continue;
        }
        match unpack(cell, packing) {
            Ok(items) => lines.extend(
                items
                    .iter()
                    .map(|item| line(&Cells::of_item(cells.plan, cells.line, item, header), currency, problems)),
            ),
            Err(message) => problems.push(RowProblem {
                row: cells.line,
                column: header.to_owned(),
                value: cell.to_owned(),
                code: "BAD_ITEMS",
                message,
            }),
        }
    }
}

/// Cuts at the known keys only: values hold commas, bars and colons of their own.
fn unpack<'t>(cell: &'t str, packing: &Packing) -> Result<Vec<Item<'t>>, String> {
    let spellings = packing.first.all();
    let Some(first) = key_at(cell, 0, packing, spellings.iter().map(String::as_str)).map(|k| k.key) else {
        return Err(format!(
            "the items do not begin with \"{}{}\"; export again",
            spellings.join(" or "),
            packing.mark
        ));
    };
    let keys = key_positions(cell, packing, first);
    let mut items: Vec<Item<'t>> = Vec::new();
    let mut seen: BTreeMap<&str, usize> = BTreeMap::new();
    for (i, key) in keys.iter().enumerate() {
        let end = keys.get(i + 1).map_or(cell.len(), |next| next.starts - next.separator);
        if key.key == first {
            items.push([None; Field::COUNT]);
        }
        // Twice in one item: a value imitates a key, and which is which cannot be told.
        if seen.insert(key.key, items.len()) == Some(items.len()) {
            return Err(format!("\"{}\" stands twice in one item; import this order by hand", key.key));
        }
        if let (Some(field), Some(item)) = (packing.keys.get(key.key), items.last_mut()) {
            item[*field as usize] = cell.get(key.value..end);
        }
    }
    Ok(items)
}

struct Key<'p> {
    key: &'p str,
    starts: usize,
    /// Length of what stands between the value before and this key.
    separator: usize,
    value: usize,
}

/// The first key counts only where an item can begin, the others only where a key can.
fn key_positions<'p>(cell: &str, packing: &'p Packing, first: &'p str) -> Vec<Key<'p>> {
    let mut found: Vec<Key<'p>> = Vec::new();
    let items = packing.item.iter().flat_map(|item| cell.match_indices(item.as_str()));
    for (start, separator) in std::iter::once((0, 0)).chain(items.map(|(at, s)| (at + s.len(), s.len()))) {
        found.extend(key_at(cell, start, packing, std::iter::once(first)).map(|k| Key { separator, ..k }));
    }
    for (at, between) in cell.match_indices(packing.between.as_str()) {
        let others = packing.keys.keys().chain(&packing.other).map(String::as_str).filter(|k| *k != first);
        found.extend(key_at(cell, at + between.len(), packing, others).map(|k| Key { separator: between.len(), ..k }));
    }
    found.sort_by_key(|k| k.starts);
    found
}

fn key_at<'p>(cell: &str, start: usize, packing: &Packing, mut keys: impl Iterator<Item = &'p str>) -> Option<Key<'p>> {
    let rest = &cell[start..];
    let space = rest.len() - rest.trim_start().len();
    let mark = packing.mark.trim_end();
    let key = keys.find(|k| rest[space..].strip_prefix(k).is_some_and(|r| r.starts_with(mark)))?;
    Some(Key { key, starts: start, separator: 0, value: start + space + key.len() + mark.len() })
}
