//! One cell to one value: text, ids, quantities, money, stamps. What cannot be read becomes a problem that names the cell.

use jiff::Timestamp;

use super::columns::Index;
use super::dates::Stamp;
use super::field::Field;
use super::plan::Plan;
use super::text::{is_damaged, is_mojibake, undressed, unescape_html};
use crate::core::incoming::RowProblem;
use crate::core::money::{Amount, Currency, DecimalMark, Money, MoneyError};
use crate::files::Row;

/// The cells of a row, or the keys of an item packed in a cell, by field.
#[derive(Clone, Copy)]
pub(super) struct Cells<'r> {
    pub plan: &'r Plan<'r>,
    pub line: u64,
    from: Origin<'r>,
}

#[derive(Clone, Copy)]
enum Origin<'r> {
    Row(Row<'r>, &'r Index),
    Item(&'r [Option<&'r str>; Field::COUNT], &'r str),
}

pub(super) type Problems = Vec<RowProblem>;

impl<'r> Cells<'r> {
    pub fn of_row(plan: &'r Plan<'r>, row: Row<'r>, index: &'r Index) -> Self {
        Self { plan, line: row.line, from: Origin::Row(row, index) }
    }

    /// `column` is the header of the cell that the item was packed in.
    pub fn of_item(plan: &'r Plan<'r>, line: u64, item: &'r [Option<&'r str>; Field::COUNT], column: &'r str) -> Self {
        Self { plan, line, from: Origin::Item(item, column) }
    }

    /// Another view of the same row: an item in numbered columns.
    pub fn row(&self) -> Option<Row<'r>> {
        match self.from {
            Origin::Row(row, _) => Some(row),
            Origin::Item(..) => None,
        }
    }

    /// `None` when the source has no such column; the text is trimmed.
    pub fn raw(&self, field: Field) -> Option<&'r str> {
        let cell = match self.from {
            Origin::Row(row, index) => row.get(usize::from(index[field as usize]?)),
            Origin::Item(values, _) => values[field as usize]?,
        };
        let cell = cell.trim();
        let stands_for_nothing = !self.plan.format.empty.is_empty() && self.plan.format.empty.iter().any(|e| e == cell);
        Some(if stands_for_nothing { "" } else { cell })
    }

    pub fn has(&self, field: Field) -> bool {
        self.raw(field).is_some()
    }

    pub fn filled(&self, field: Field) -> bool {
        self.raw(field).is_some_and(|c| !c.is_empty())
    }

    pub fn header(&self, field: Field) -> String {
        match self.from {
            Origin::Row(_, index) => {
                let at = index[field as usize].map_or(usize::MAX, usize::from);
                self.plan.columns.headers.get(at).map_or_else(String::new, |h| h.trim().to_owned())
            }
            Origin::Item(_, column) => column.to_owned(),
        }
    }

    pub fn problem(&self, field: Field, code: &'static str, message: impl Into<String>) -> RowProblem {
        let value = self.raw(field).unwrap_or("").to_owned();
        RowProblem { row: self.line, column: self.header(field), value, code, message: message.into() }
    }

    /// Text as the store wrote it; blank is an empty text.
    pub fn text(&self, field: Field, problems: &mut Problems) -> Option<String> {
        let cell = self.raw(field)?;
        if !cell.is_ascii() && is_mojibake(cell) {
            problems.push(self.problem(
                field,
                "MOJIBAKE",
                "letters were destroyed when this file was saved; export it again and do not save it in between",
            ));
        }
        let entities = self.plan.html[field as usize] && cell.contains('&');
        Some(if entities { unescape_html(cell) } else { cell.to_owned() })
    }

    pub fn text_or_empty(&self, field: Field, problems: &mut Problems) -> String {
        self.text(field, problems).unwrap_or_default()
    }

    /// A key of the store. Blank is `None`; one that a spreadsheet rounded is a problem.
    pub fn id(&self, field: Field, problems: &mut Problems) -> Option<String> {
        let cell = self.raw(field).filter(|c| !c.is_empty())?;
        if is_damaged(cell) {
            problems.push(self.problem(
                field,
                "DAMAGED_ID",
                "a spreadsheet turned this id into a number and lost digits; download the export again and import it unopened",
            ));
        }
        self.text(field, problems)
    }

    /// Postcode or phone: one apostrophe or the quotes that a store put around it go, nothing else.
    pub fn bare(&self, field: Field, problems: &mut Problems) -> String {
        let Some(cell) = self.raw(field) else { return String::new() };
        if is_damaged(cell) {
            problems.push(self.problem(
                field,
                "DAMAGED_ID",
                "a spreadsheet turned this into a number and lost digits; download the export again and import it unopened",
            ));
        }
        let text = self.text_or_empty(field, problems);
        undressed(&text).to_owned()
    }

    /// Blank is `None`.
    pub fn count(&self, field: Field, problems: &mut Problems) -> Option<u32> {
        let cell = self.raw(field).filter(|c| !c.is_empty())?;
        // Some shops count what was refunded below zero.
        let count = whole_number(if field == Field::Removed { cell.trim_start_matches('-') } else { cell });
        if count.is_none() {
            problems.push(self.problem(
                field,
                "BAD_QUANTITY",
                "this is not a whole number of pieces; correct the cell",
            ));
        }
        count
    }

    /// Blank is `None`.
    pub fn amount(&self, field: Field, currency: Option<Currency>, problems: &mut Problems) -> Option<Amount> {
        let cell = self.raw(field).filter(|c| !c.is_empty())?;
        match read_amount(cell, self.plan.mark) {
            Ok(amount) if symbol_fits(cell, currency) => Some(amount),
            Ok(_) => {
                let name = currency.map_or_else(String::new, |c| c.to_string());
                problems.push(self.problem(
                    field,
                    "BAD_MONEY",
                    format!("this is not in {name}; set the store's currency"),
                ));
                None
            }
            Err(e) => {
                problems.push(self.problem(field, "BAD_MONEY", format!("{e}; correct the cell")));
                None
            }
        }
    }

    /// Blank, or no currency known, is `None`.
    pub fn money(&self, field: Field, currency: Option<Currency>, problems: &mut Problems) -> Option<Money> {
        let amount = self.amount(field, currency, problems)?;
        let currency = currency?;
        let money = amount.exactly(currency);
        if money.is_none() {
            problems.push(self.problem(
                field,
                "BAD_MONEY",
                format!("more decimals than {currency} has; correct the cell"),
            ));
        }
        money
    }

    /// Blank is `None`. `clock` is a second column that holds the time of day.
    pub fn stamp(&self, field: Field, clock: Option<Field>, problems: &mut Problems) -> Option<Timestamp> {
        let cell = self.raw(field).filter(|c| !c.is_empty())?;
        let clock = clock.and_then(|c| self.raw(c)).filter(|c| !c.is_empty());
        let stamp = match clock {
            Some(clock) => Stamp::parse(&format!("{cell} {clock}")),
            None => Stamp::parse(cell),
        };
        let read = stamp.and_then(|s| s.timestamp(self.plan.order, &self.plan.facts.zone));
        if read.is_none() {
            problems.push(self.problem(field, "BAD_DATE", "this is not a date that dsf can read; correct the cell"));
        }
        read
    }

    /// Blank or no column is `None`.
    pub fn yes_no(&self, field: Field) -> Option<bool> {
        match self.raw(field)?.to_ascii_lowercase().as_str() {
            "true" | "yes" | "y" | "1" => Some(true),
            "false" | "no" | "n" | "0" => Some(false),
            _ => None,
        }
    }
}

/// `2`, `2.0`, `2,00`; never a sign, never a fraction.
fn whole_number(cell: &str) -> Option<u32> {
    let whole = match cell.split_once(['.', ',']) {
        Some((whole, zeros)) if zeros.bytes().all(|b| b == b'0') && zeros.len() != 3 => whole,
        Some(_) => return None,
        None => cell,
    };
    let fits = !whole.is_empty() && whole.len() <= 9 && whole.bytes().all(|b| b.is_ascii_digit());
    if fits { whole.parse().ok() } else { None }
}

/// Plain digits with a point are nearly all there is; the rest goes the long way.
fn read_amount(cell: &str, mark: DecimalMark) -> Result<Amount, MoneyError> {
    let plain = if mark == DecimalMark::Point && cell.len() <= 12 { plain_amount(cell.as_bytes()) } else { None };
    if let Some(ten_thousandths) = plain {
        return Ok(Amount { ten_thousandths });
    }
    Amount::parse(cell, mark)
}

fn plain_amount(cell: &[u8]) -> Option<i64> {
    let mut value = 0_i64;
    let mut decimals = None;
    for b in cell {
        match (b, decimals) {
            (b'0'..=b'9', None) => value = value * 10 + i64::from(b - b'0'),
            (b'0'..=b'9', Some(count)) if count < 4 => {
                value = value * 10 + i64::from(b - b'0');
                decimals = Some(count + 1);
            }
            (b'.', None) => decimals = Some(0),
            _ => return None,
        }
    }
    let starts = cell.first().is_some_and(u8::is_ascii_digit);
    starts.then(|| value * 10_i64.pow(4 - decimals.unwrap_or(0)))
}

/// A sign in the cell that names another currency than the order's.
fn symbol_fits(cell: &str, currency: Option<Currency>) -> bool {
    let Some(currency) = currency.filter(|_| !cell.is_ascii()) else { return true };
    [("€", "EUR"), ("₹", "INR"), ("₩", "KRW"), ("฿", "THB"), ("₺", "TRY"), ("₫", "VND"), ("₱", "PHP")]
        .iter()
        .all(|(sign, code)| !cell.contains(sign) || currency.code() == *code)
        && (!cell.contains('£') || matches!(currency.code(), "GBP" | "GIP" | "FKP" | "SHP" | "EGP"))
        && (!cell.contains(['¥', '￥']) || matches!(currency.code(), "JPY" | "CNY"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantities_are_whole_and_have_no_sign() {
        assert_eq!(whole_number("2.0"), Some(2));
        assert_eq!(whole_number("1.000"), None);
        assert_eq!(whole_number("-1"), None);
    }

    #[test]
    fn plain_amounts_agree_with_the_long_way() {
        for text in ["5.2", "0", "1234.5678", "20.00", "7."] {
            let long = Amount::parse(text, DecimalMark::Point).map(|a| a.ten_thousandths).ok();
            assert_eq!(plain_amount(text.as_bytes()), long, "{text}");
        }
        assert_eq!(plain_amount(b".5"), None);
    }
}
