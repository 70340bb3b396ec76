//! Loose JSON, as suppliers write it: numbers as text, text as numbers, `""` and `"null"` for nothing, one thing where a list is meant.

use serde_json::Value;

use crate::core::money::{Amount, Currency, DecimalMark, Money, Price};

/// Text of a field without spaces around it; numbers keep every digit. Empty when it is absent, null or `"null"`.
pub fn text(of: &Value, key: &str) -> String {
    said(of, key).unwrap_or_default()
}

/// As [`text`], but `None` tells "not said" from "said to be empty".
pub fn said(of: &Value, key: &str) -> Option<String> {
    match of.get(key)? {
        Value::String(text) if text == "null" => None,
        Value::String(text) => Some(text.trim().to_owned()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}

pub fn count(of: &Value, key: &str) -> Option<u32> {
    let text = text(of, key);
    // 3.0 is three; 3.5 is no count.
    let whole = text.split_once('.').map_or(
        text.as_str(),
        |(whole, rest)| {
            if rest.bytes().all(|b| b == b'0') { whole } else { "" }
        },
    );
    whole.parse().ok()
}

/// US dollars.
pub fn price(of: &Value, key: &str) -> Option<Price> {
    let amount = Amount::parse(&text(of, key), DecimalMark::Point).ok()?;
    Some(amount.price(dollars()?))
}

/// US dollars, rounded to cents.
pub fn money(of: &Value, key: &str) -> Option<Money> {
    price(of, key)?.times(1).rounded().ok()
}

fn dollars() -> Option<Currency> {
    "USD".parse().ok()
}

/// A list, or one element where a list is meant.
pub fn items(value: &Value) -> Vec<&Value> {
    match value {
        Value::Array(list) => list.iter().collect(),
        Value::Object(_) => vec![value],
        _ => vec![],
    }
}

pub fn list<'a>(of: &'a Value, key: &str) -> Vec<&'a Value> {
    of.get(key).map(items).unwrap_or_default()
}

/// `7-12`, `7-12 Days`, `9`.
pub fn days(text: &str) -> (Option<u32>, Option<u32>) {
    let mut numbers = text.split(|c: char| !c.is_ascii_digit()).filter(|n| !n.is_empty()).map(|n| n.parse().ok());
    let first = numbers.next().flatten();
    (first, numbers.next().flatten().or(first))
}

/// Packs added up by listing id, in the order of the ids: two lists of lines compare by `==`.
pub fn summed(lines: impl IntoIterator<Item = (String, u32)>) -> Vec<(String, u32)> {
    let mut sums = std::collections::BTreeMap::new();
    for (id, packs) in lines {
        let sum: &mut u32 = sums.entry(id).or_default();
        *sum = sum.saturating_add(packs);
    }
    sums.into_iter().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_spelling_of_a_value() {
        let value: Value = serde_json::from_str(
            r#"{"id":260901100000000001,"t":" a ","n":null,"s":"null","e":"","q":"2","q2":3.0,"q3":3.5,"p":10.10,"p2":"0.97-4.08","p3":"7"}"#,
        )
        .unwrap();
        assert_eq!(text(&value, "id"), "260901100000000001");
        assert_eq!(text(&value, "t"), "a");
        assert_eq!((said(&value, "n"), said(&value, "s"), said(&value, "e")), (None, None, Some(String::new())));
        assert_eq!((count(&value, "q"), count(&value, "q2"), count(&value, "q3")), (Some(2), Some(3), None));
        assert_eq!(money(&value, "p").unwrap().to_string(), "10.10 USD");
        assert_eq!((price(&value, "p2"), price(&value, "e"), price(&value, "n")), (None, None, None));
        assert_eq!(money(&value, "p3").unwrap().minor, 700);
    }

    #[test]
    fn days_in_every_spelling() {
        assert_eq!(days("7-12 Days"), (Some(7), Some(12)));
        assert_eq!(days("9"), (Some(9), Some(9)));
        assert_eq!(days(""), (None, None));
    }
}
