//! Money as whole minor units with a currency, and unit prices with four decimals. No floating point.
//!
//! Rates between currencies live in `rates`; reading a store's way of writing an amount lives here.

use std::fmt;
use std::str::FromStr;
use std::sync::LazyLock;

use serde::ser::{Serialize, SerializeStruct, Serializer};
use thiserror::Error;

/// ISO 4217 codes with the number of decimals of their minor unit.
const CURRENCIES: &str = include_str!("currencies.tsv");

#[derive(Debug, Error, PartialEq, Eq, Clone)]
pub enum MoneyError {
    #[error("\"{0}\" is not an ISO 4217 currency code")]
    NotACurrency(String),
    #[error("\"{0}\" is not an amount of money")]
    NotAnAmount(String),
    #[error("\"{0}\" can be read as thousands or as decimals")]
    Ambiguous(String),
    #[error("\"{0}\" has more than four decimals")]
    TooFine(String),
    #[error("{0} and {1} cannot be added without a rate")]
    MixedCurrencies(Currency, Currency),
    #[error("the amount is too large")]
    TooLarge,
}

/// An ISO 4217 code that is in the table.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Currency {
    code: [u8; 3],
    /// Decimals of the minor unit: 2 for USD, 0 for JPY, 3 for KWD.
    decimals: u8,
}

impl Currency {
    pub fn code(&self) -> &str {
        std::str::from_utf8(&self.code).unwrap_or("???")
    }

    pub fn decimals(self) -> u32 {
        u32::from(self.decimals)
    }

    /// How many ten-thousandths make one minor unit (100 for USD, 10,000 for JPY).
    fn ten_thousandths_per_minor(self) -> i64 {
        10_i64.pow(4 - self.decimals())
    }
}

impl FromStr for Currency {
    type Err = MoneyError;

    fn from_str(text: &str) -> Result<Self, MoneyError> {
        let bad = || MoneyError::NotACurrency(text.to_owned());
        let code: [u8; 3] = text.trim().as_bytes().try_into().map_err(|_| bad())?;
        let code = code.map(|b| b.to_ascii_uppercase());
        let found = KNOWN.binary_search_by_key(&code, |c| c.code).map_err(|_| bad())?;
        Ok(KNOWN[found])
    }
}

/// The table, sorted by code: every price of every row looks here.
static KNOWN: LazyLock<Vec<Currency>> = LazyLock::new(|| {
    let row = |line: &str| {
        let (code, decimals) = line.split_once('\t')?;
        Some(Currency { code: code.as_bytes().try_into().ok()?, decimals: decimals.parse().ok()? })
    };
    let mut known: Vec<Currency> = CURRENCIES.lines().filter_map(row).collect();
    known.sort_by_key(|c| c.code);
    known
});

impl fmt::Display for Currency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

impl fmt::Debug for Currency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

impl Serialize for Currency {
    fn serialize<S: Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        s.serialize_str(self.code())
    }
}

/// Whole minor units of one currency: what is paid, summed and limited.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, PartialOrd, Ord)]
pub struct Money {
    pub minor: i64,
    pub currency: Currency,
}

impl Money {
    pub fn zero(currency: Currency) -> Self {
        Self { minor: 0, currency }
    }

    /// # Errors
    /// Two currencies, or a sum that does not fit 64 bits.
    pub fn plus(self, other: Self) -> Result<Self, MoneyError> {
        if self.currency != other.currency {
            return Err(MoneyError::MixedCurrencies(self.currency, other.currency));
        }
        let minor = self.minor.checked_add(other.minor).ok_or(MoneyError::TooLarge)?;
        Ok(Self { minor, ..self })
    }

    /// The amount as decimal text with the currency's own decimals: `12.40`, `1200` for JPY.
    pub fn amount(self) -> String {
        decimal_text(i128::from(self.minor), self.currency.decimals(), self.currency.decimals())
    }
}

impl fmt::Display for Money {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&format!("{} {}", self.amount(), self.currency))
    }
}

/// `200.00 USD`, as a person writes a limit.
impl FromStr for Money {
    type Err = MoneyError;

    fn from_str(text: &str) -> Result<Self, MoneyError> {
        let (amount, code) = text.trim().rsplit_once(' ').ok_or_else(|| MoneyError::NotAnAmount(text.to_owned()))?;
        let currency = code.parse()?;
        Amount::parse(amount, DecimalMark::Point)?.exactly(currency).ok_or_else(|| MoneyError::TooFine(text.to_owned()))
    }
}

impl Serialize for Money {
    fn serialize<S: Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        money_object(s, &self.amount(), self.currency)
    }
}

/// A price for one piece or pack, exact to a ten-thousandth of the currency's main unit.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, PartialOrd, Ord)]
pub struct Price {
    pub ten_thousandths: i64,
    pub currency: Currency,
}

impl Price {
    /// `quantity` times this price, still exact; round once, at the end, with [`Sum::rounded`].
    pub fn times(self, quantity: u32) -> Sum {
        Sum { ten_thousandths: i128::from(self.ten_thousandths) * i128::from(quantity), currency: self.currency }
    }

    /// At least the currency's decimals, at most four: `4.10`, `0.1234`.
    pub fn amount(self) -> String {
        decimal_text(i128::from(self.ten_thousandths), 4, self.currency.decimals())
    }
}

impl fmt::Display for Price {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&format!("{} {}", self.amount(), self.currency))
    }
}

impl Serialize for Price {
    fn serialize<S: Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        money_object(s, &self.amount(), self.currency)
    }
}

/// A running sum of prices times quantities, not rounded yet.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Sum {
    ten_thousandths: i128,
    currency: Currency,
}

impl Sum {
    pub fn zero(currency: Currency) -> Self {
        Self { ten_thousandths: 0, currency }
    }

    /// # Errors
    /// Two currencies.
    pub fn plus(self, other: Self) -> Result<Self, MoneyError> {
        if self.currency != other.currency {
            return Err(MoneyError::MixedCurrencies(self.currency, other.currency));
        }
        Ok(Self { ten_thousandths: self.ten_thousandths + other.ten_thousandths, ..self })
    }

    /// Half a minor unit is rounded away from zero, as on a receipt.
    ///
    /// # Errors
    /// An amount that does not fit 64 bits.
    pub fn rounded(self) -> Result<Money, MoneyError> {
        let unit = i128::from(self.currency.ten_thousandths_per_minor());
        let minor = (self.ten_thousandths.abs() + unit / 2) / unit * self.ten_thousandths.signum();
        Ok(Money { minor: i64::try_from(minor).map_err(|_| MoneyError::TooLarge)?, currency: self.currency })
    }
}

/// Which mark stands before the decimals in a text.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum DecimalMark {
    /// `1,234.56`
    Point,
    /// `1.234,56`
    Comma,
    /// Whichever the text itself proves; `1.234` alone is ambiguous and an error.
    #[default]
    Either,
}

/// A number of money without a currency yet, in ten-thousandths.
#[derive(Clone, Copy, PartialEq, Eq, Debug, PartialOrd, Ord, Default)]
pub struct Amount {
    pub ten_thousandths: i64,
}

impl Amount {
    /// Reads `$1,234.56`, `116,99 €`, `5.2`, `0`, `(3.00)`, `-3`, `EUR 12`; never a number with letters inside or in E-notation.
    ///
    /// # Errors
    /// Not an amount, too fine (more than four decimals that are not zero), ambiguous, or too large.
    pub fn parse(text: &str, mark: DecimalMark) -> Result<Self, MoneyError> {
        let bad = || MoneyError::NotAnAmount(text.to_owned());
        let (negative, digits) = strip_dress(text).ok_or_else(bad)?;
        let (whole, decimals) = split_decimals(&digits, mark, text)?;
        let kept = decimals.trim_end_matches('0');
        if kept.len() > 4 {
            return Err(MoneyError::TooFine(text.to_owned()));
        }
        let whole: i64 = if whole.is_empty() { 0 } else { whole.parse().map_err(|_| MoneyError::TooLarge)? };
        let fraction: i64 = format!("{kept:0<4}").parse().map_err(|_| bad())?;
        let value = whole.checked_mul(10_000).and_then(|w| w.checked_add(fraction)).ok_or(MoneyError::TooLarge)?;
        Ok(Self { ten_thousandths: if negative { -value } else { value } })
    }

    pub fn price(self, currency: Currency) -> Price {
        Price { ten_thousandths: self.ten_thousandths, currency }
    }

    /// As money, if it is a whole number of minor units.
    pub fn exactly(self, currency: Currency) -> Option<Money> {
        let unit = currency.ten_thousandths_per_minor();
        (self.ten_thousandths % unit == 0).then_some(Money { minor: self.ten_thousandths / unit, currency })
    }
}

/// Takes off a sign, brackets, one currency symbol or code and spaces; `None` unless only digits and marks remain.
fn strip_dress(text: &str) -> Option<(bool, String)> {
    let text = text.trim();
    let (bracketed, text) = match text.strip_prefix('(').and_then(|t| t.strip_suffix(')')) {
        Some(inner) => (true, inner),
        None => (false, text),
    };
    let is_dress = |c: char| c.is_alphabetic() || c.is_whitespace() || "$€£¥₹₩₽₫฿₺₴₪₱₦".contains(c);
    let text = text.trim_matches(is_dress);
    let (minus, text) = match text.strip_prefix(['-', '\u{2212}']) {
        Some(rest) => (true, rest.trim_start_matches(is_dress)),
        None => (false, text),
    };
    let (minus, text) = match text.strip_suffix('-') {
        Some(rest) if !minus => (true, rest),
        _ => (minus, text),
    };
    let plain = text.chars().all(|c| c.is_ascii_digit() || ".,'\u{a0}\u{202f} ’".contains(c));
    let starts = text.starts_with(|c: char| c.is_ascii_digit() || c == '.' || c == ',');
    (plain && starts && text.contains(|c: char| c.is_ascii_digit())).then(|| (bracketed || minus, text.to_owned()))
}

/// Splits digits into the whole part and the decimals; group marks must group by three.
fn split_decimals(digits: &str, mark: DecimalMark, text: &str) -> Result<(String, String), MoneyError> {
    let bad = || MoneyError::NotAnAmount(text.to_owned());
    let mark = match mark {
        DecimalMark::Point => '.',
        DecimalMark::Comma => ',',
        DecimalMark::Either => proven_mark(digits).ok_or_else(|| MoneyError::Ambiguous(text.to_owned()))?,
    };
    let (whole, decimals) = digits.rsplit_once(mark).unwrap_or((digits, ""));
    if !decimals.chars().all(|c| c.is_ascii_digit()) {
        return Err(bad());
    }
    let groups: Vec<&str> = whole.split(|c: char| !c.is_ascii_digit()).collect();
    let separators: Vec<char> = whole.chars().filter(|c| !c.is_ascii_digit()).collect();
    let one_kind = separators.windows(2).all(|pair| pair[0] == pair[1]);
    let by_three = groups.len() == 1
        || (groups[0].len() <= 3 && !groups[0].is_empty() && groups[1..].iter().all(|g| g.len() == 3));
    if separators.contains(&mark) || !one_kind || !by_three {
        return Err(bad());
    }
    Ok((groups.concat(), decimals.to_owned()))
}

/// The decimal mark that the text itself proves: the later of two kinds, or one that cannot be a group mark.
fn proven_mark(digits: &str) -> Option<char> {
    let point = digits.rfind('.');
    let comma = digits.rfind(',');
    match (point, comma) {
        (None, None) => Some('.'),
        (Some(p), Some(c)) => Some(if p > c { '.' } else { ',' }),
        (Some(at), None) | (None, Some(at)) => {
            let mark = if point.is_some() { '.' } else { ',' };
            let other = if point.is_some() { ',' } else { '.' };
            let after = digits.len() - at - 1;
            if digits.matches(mark).count() > 1 {
                Some(other)
            } else if after == 3 && !digits[..at].trim_start_matches('0').is_empty() {
                None
            } else {
                Some(mark)
            }
        }
    }
}

/// `value` has `scale` decimals; at least `least` of them are written.
fn decimal_text(value: i128, scale: u32, least: u32) -> String {
    let sign = if value < 0 { "-" } else { "" };
    let digits = format!("{:0width$}", value.unsigned_abs(), width = scale as usize + 1);
    let (whole, decimals) = digits.split_at(digits.len() - scale as usize);
    let mut kept = decimals.trim_end_matches('0').len().max(least as usize).min(decimals.len());
    if decimals.is_empty() {
        kept = 0;
    }
    if kept == 0 { format!("{sign}{whole}") } else { format!("{sign}{whole}.{}", &decimals[..kept]) }
}

fn money_object<S: Serializer>(s: S, amount: &str, currency: Currency) -> Result<S::Ok, S::Error> {
    let mut object = s.serialize_struct("Money", 2)?;
    object.serialize_field("amount", amount)?;
    object.serialize_field("currency", currency.code())?;
    object.end()
}

#[cfg(test)]
mod tests;
