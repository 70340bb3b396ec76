//! Money as whole minor units with a currency, and unit prices with four decimals. No floating point.
//!
//! Rates between currencies live in `rates`; reading a store's way of writing an amount lives in `amount`.

use std::fmt;
use std::str::FromStr;
use std::sync::LazyLock;

use serde::ser::{Serialize, SerializeStruct, Serializer};
use thiserror::Error;

pub use super::amount::{Amount, DecimalMark};

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
    pub(super) fn ten_thousandths_per_minor(self) -> i64 {
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
mod tests {
    use super::*;

    #[test]
    fn sums_are_rounded_once_and_away_from_zero() {
        let usd: Currency = "USD".parse().unwrap();
        let price = Amount::parse("0.0050", DecimalMark::Point).unwrap().price(usd);
        assert_eq!(price.times(1).rounded().unwrap().minor, 1);
        assert_eq!(price.times(3).rounded().unwrap().minor, 2);
        assert_eq!(price.amount(), "0.005");
        let jpy: Currency = "jpy".parse().unwrap();
        assert_eq!(Money { minor: 1200, currency: jpy }.amount(), "1200");
    }

    #[test]
    fn two_currencies_are_never_added() {
        let usd = Money { minor: 1, currency: "USD".parse().unwrap() };
        let eur = Money { minor: 1, currency: "EUR".parse().unwrap() };
        assert!(matches!(usd.plus(eur), Err(MoneyError::MixedCurrencies(..))));
        assert_eq!("200.00 USD".parse::<Money>().unwrap().minor, 20_000);
    }
}
