//! Amounts in many dresses, sums, and what is refused.

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
