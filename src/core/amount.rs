//! Amounts of money as stores write them: symbols, group marks, decimal commas, brackets. Nothing is guessed.

use super::money::{Currency, Money, MoneyError, Price};

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

#[cfg(test)]
mod tests {
    use super::*;

    fn amount(text: &str, mark: DecimalMark) -> Result<i64, MoneyError> {
        Amount::parse(text, mark).map(|a| a.ten_thousandths)
    }

    #[test]
    fn amounts_as_stores_write_them() {
        for (text, mark, want) in [
            ("$1,234.56", DecimalMark::Point, 12_345_600),
            ("116,99 €", DecimalMark::Comma, 1_169_900),
            ("1.116,99 €", DecimalMark::Comma, 11_169_900),
            ("5.2", DecimalMark::Point, 52_000),
            ("0", DecimalMark::Point, 0),
            ("(3.00)", DecimalMark::Point, -30_000),
            ("-3", DecimalMark::Either, -30_000),
            ("1.234,56", DecimalMark::Either, 12_345_600),
            ("0.1234", DecimalMark::Either, 1_234),
            ("1 234,50", DecimalMark::Comma, 12_345_000),
            ("-$5.00", DecimalMark::Point, -50_000),
        ] {
            assert_eq!(amount(text, mark), Ok(want), "{text}");
        }
    }

    #[test]
    fn tv24_a_decimal_comma_is_never_read_as_thousands() {
        assert_eq!(amount("1.234,56", DecimalMark::Point), Err(MoneyError::NotAnAmount("1.234,56".into())));
        assert_eq!(amount("1.234", DecimalMark::Either), Err(MoneyError::Ambiguous("1.234".into())));
        assert_eq!(amount("12,5", DecimalMark::Point), Err(MoneyError::NotAnAmount("12,5".into())));
    }

    #[test]
    fn what_is_not_an_amount_is_refused() {
        for text in ["", "abc", "1e5", "3.1E+11", "--3", "1.2.3", "€", "12a4", "1,23,4"] {
            assert!(amount(text, DecimalMark::Point).is_err(), "{text}");
        }
        assert!(matches!(amount("0.12345", DecimalMark::Point), Err(MoneyError::TooFine(_))));
    }
}
