//! JSON as stores write it: numbers as text, text as numbers, `null` for nothing. Pure.

use serde_json::Value;

use crate::core::money::{Amount, Currency, DecimalMark, Money, Price};

/// Of a store's own words, as much as a person reads.
const LONGEST_MESSAGE: usize = 200;

/// Text of a field; numbers keep every digit. Empty when it is absent or null.
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

/// A whole number of pieces; `None` for anything else, a minus too.
pub fn count(of: &Value, key: &str) -> Option<u32> {
    let text = text(of, key);
    let (whole, rest) = text.split_once('.').unwrap_or((&text, ""));
    if rest.bytes().all(|b| b == b'0') { whole.parse().ok() } else { None }
}

pub fn price(of: &Value, key: &str, currency: Currency) -> Option<Price> {
    Some(Amount::parse(&text(of, key), DecimalMark::Point).ok()?.price(currency))
}

pub fn money(of: &Value, key: &str, currency: Currency) -> Option<Money> {
    price(of, key, currency)?.times(1).rounded().ok()
}

/// A list, or nothing where something else stands.
pub fn list<'a>(of: &'a Value, key: &str) -> &'a [Value] {
    of.get(key).and_then(Value::as_array).map_or(&[], Vec::as_slice)
}

/// A store's own words, short and on one line.
pub fn words(message: &str) -> String {
    message.chars().map(|c| if c.is_control() { ' ' } else { c }).take(LONGEST_MESSAGE).collect()
}

/// Two spellings of one tracking number.
pub fn same_number(a: &str, b: &str) -> bool {
    let bare =
        |text: &str| text.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_uppercase).collect::<String>();
    !bare(a).is_empty() && bare(a) == bare(b)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_spelling_of_a_value() {
        let value: Value =
            serde_json::from_str(r#"{"id":260901100000000001,"n":null,"q":"2","q2":3.0,"q3":-1,"p":19.99,"l":{}}"#)
                .unwrap();
        let usd = "USD".parse().unwrap();
        assert_eq!(text(&value, "id"), "260901100000000001");
        assert_eq!((said(&value, "n"), said(&value, "x")), (None, None));
        assert_eq!((count(&value, "q"), count(&value, "q2"), count(&value, "q3")), (Some(2), Some(3), None));
        assert_eq!(money(&value, "p", usd).unwrap().minor, 1999);
        assert!(list(&value, "l").is_empty());
        assert!(same_number("yt-12 34", "YT1234") && !same_number("", "-"));
    }
}
