//! JSON as stores write it, read without guessing: ids and amounts stay text, a number that is none is nothing.

use jiff::Timestamp;
use serde_json::Value;

use crate::core::money::{Amount, Currency, DecimalMark, Money, Price};

/// The value as trimmed text; empty when it is absent or null. A number keeps every digit.
pub fn text(of: &Value, key: &str) -> String {
    said(of, key).unwrap_or_default()
}

/// As [`text`], but `None` tells "not said" from "said to be empty".
pub fn said(of: &Value, key: &str) -> Option<String> {
    match of.get(key)? {
        Value::String(text) => Some(text.trim().to_owned()),
        Value::Number(number) => Some(number.to_string()),
        Value::Bool(yes) => Some(yes.to_string()),
        _ => None,
    }
}

/// The value behind a path of keys; null when one of them is missing.
pub fn at<'v>(of: &'v Value, path: &[&str]) -> &'v Value {
    path.iter().fold(of, |value, key| value.get(key).unwrap_or(&Value::Null))
}

pub fn list<'v>(of: &'v Value, key: &str) -> &'v [Value] {
    of.get(key).and_then(Value::as_array).map_or(&[], Vec::as_slice)
}

/// Pieces. `3.0` is three; `3.5` is no count.
pub fn count(of: &Value, key: &str) -> Option<u32> {
    let text = text(of, key);
    let (whole, rest) = text.split_once('.').unwrap_or((&text, ""));
    if rest.bytes().any(|b| b != b'0') {
        return None;
    }
    whole.parse().ok()
}

pub fn yes(of: &Value, key: &str) -> bool {
    of.get(key).and_then(Value::as_bool) == Some(true)
}

/// Ten-thousandths of an amount that stands as a decimal number or text.
pub fn amount(of: &Value, key: &str) -> Option<i64> {
    Amount::parse(&text(of, key), DecimalMark::Point).ok().map(|a| a.ten_thousandths)
}

/// `{"value":"12.40","currency":"USD"}`, by whatever names.
pub fn money(of: &Value, amount_key: &str, currency_key: &str) -> Option<Money> {
    let currency = text(of, currency_key).parse().ok()?;
    rounded(amount(of, amount_key)?, currency)
}

pub fn rounded(ten_thousandths: i64, currency: Currency) -> Option<Money> {
    Price { ten_thousandths, currency }.times(1).rounded().ok()
}

/// For one piece, where the total divides exactly; else no price is said.
pub fn each(ten_thousandths: i64, quantity: u32, currency: Currency) -> Option<Price> {
    let pieces = i64::from(quantity);
    let exact = pieces != 0 && ten_thousandths % pieces == 0;
    exact.then(|| Price { ten_thousandths: ten_thousandths / pieces, currency })
}

/// RFC 3339, and the RFC 2822 of older APIs. A time without a zone is none.
pub fn stamp(of: &Value, key: &str) -> Option<Timestamp> {
    let text = text(of, key);
    text.parse().ok().or_else(|| Some(jiff::fmt::rfc2822::parse(&text).ok()?.timestamp()))
}

/// Seconds since 1970.
pub fn seconds(of: &Value, key: &str) -> Option<Timestamp> {
    Timestamp::from_second(text(of, key).parse().ok()?).ok()
}

/// What is not blank, joined.
pub fn joined(parts: &[&str], with: &str) -> String {
    parts.iter().map(|p| p.trim()).filter(|p| !p.is_empty()).collect::<Vec<_>>().join(with)
}

pub fn filled(text: String) -> Option<String> {
    Some(text).filter(|t| !t.trim().is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_is_guessed() {
        let value: Value = serde_json::from_str(
            r#"{"id":260901100000000001,"n":null,"q":"2","q2":3.0,"q3":3.5,"p":"10.10","c":"USD","t":"2026-11-20T10:00:00.000Z",
                "r":"Fri, 20 Nov 2026 10:00:00 +0000","u":1795168800,"w":"2026-11-20T10:00:00"}"#,
        )
        .unwrap();
        assert_eq!(text(&value, "id"), "260901100000000001");
        assert_eq!((said(&value, "n"), said(&value, "x")), (None, None));
        assert_eq!((count(&value, "q"), count(&value, "q2"), count(&value, "q3")), (Some(2), Some(3), None));
        assert_eq!(money(&value, "p", "c").unwrap().to_string(), "10.10 USD");
        assert!(stamp(&value, "t").is_some() && stamp(&value, "t") == stamp(&value, "r"));
        assert_eq!((stamp(&value, "w"), seconds(&value, "u").is_some()), (None, true));
        let usd = "USD".parse().unwrap();
        assert_eq!(each(100_000, 2, usd).unwrap().amount(), "5.00");
        assert_eq!((each(100_000, 3, usd), each(1, 0, usd)), (None, None));
        assert_eq!((joined(&["a", " ", "b "], ", "), at(&value, &["x", "y"])), ("a, b".to_owned(), &Value::Null));
    }
}
