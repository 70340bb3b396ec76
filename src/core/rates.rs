//! Exchange rates that the person wrote down, with their date. Never fetched, never guessed, never chained.

use std::collections::BTreeMap;

use jiff::civil::Date;
use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;

use super::money::{Currency, Money};

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Rates {
    pub date: Option<Date>,
    /// `(EUR, USD) -> 1.0835`: one of the first is so many of the second.
    pairs: BTreeMap<(Currency, Currency), Decimal>,
}

impl Rates {
    /// # Errors
    /// A rate that is zero or negative.
    pub fn set(&mut self, from: Currency, to: Currency, rate: Decimal) -> Result<(), String> {
        if rate <= Decimal::ZERO {
            return Err(format!("a rate of {rate} cannot be right"));
        }
        self.pairs.insert((from, to), rate);
        Ok(())
    }

    /// The same money in another currency, rounded once, half away from zero; `None` where no rate says.
    pub fn convert(&self, money: Money, to: Currency) -> Option<Money> {
        if money.currency == to {
            return Some(money);
        }
        let major = Decimal::new(money.minor, money.currency.decimals());
        let major = match (self.pairs.get(&(money.currency, to)), self.pairs.get(&(to, money.currency))) {
            (Some(rate), _) => major.checked_mul(*rate)?,
            (None, Some(rate)) => major.checked_div(*rate)?,
            (None, None) => return None,
        };
        let shifted = major.checked_mul(Decimal::from(10_u32.pow(to.decimals())))?;
        let minor = shifted.round_dp_with_strategy(0, rust_decimal::RoundingStrategy::MidpointAwayFromZero).to_i64()?;
        Some(Money { minor, currency: to })
    }
}

/// `part` of `whole` in percent with one decimal, as text: `41.3`. `None` for a whole of nothing.
pub fn percent(part: i64, whole: i64) -> Option<Decimal> {
    if whole == 0 {
        return None;
    }
    let share = Decimal::from(part).checked_mul(Decimal::ONE_HUNDRED)?.checked_div(Decimal::from(whole))?;
    let mut share = share.round_dp_with_strategy(1, rust_decimal::RoundingStrategy::MidpointAwayFromZero);
    share.rescale(1);
    Some(share)
}

/// Splits `total` over `weights` so that the shares add up to it exactly; the first get the odd units.
///
/// Weights that are all zero share equally.
pub fn share(total: i64, weights: &[i64]) -> Vec<i64> {
    let weights: Vec<i128> = match weights.iter().all(|w| *w <= 0) {
        true => vec![1; weights.len()],
        false => weights.iter().map(|w| i128::from((*w).max(0))).collect(),
    };
    let sum: i128 = weights.iter().sum();
    if sum == 0 {
        return vec![];
    }
    let mut shares: Vec<i64> =
        weights.iter().map(|w| i64::try_from(i128::from(total) * w / sum).unwrap_or(0)).collect();
    let mut rest = total - shares.iter().sum::<i64>();
    let step = rest.signum();
    for (share, weight) in shares.iter_mut().zip(&weights) {
        if rest != 0 && *weight > 0 {
            *share += step;
            rest -= step;
        }
    }
    shares
}

#[cfg(test)]
mod tests {
    use super::*;

    fn currency(code: &str) -> Currency {
        code.parse().unwrap()
    }

    #[test]
    fn a_rate_works_both_ways_and_nothing_is_chained() {
        let mut rates = Rates::default();
        rates.set(currency("EUR"), currency("USD"), "1.0835".parse().unwrap()).unwrap();
        let euro = Money { minor: 1000, currency: currency("EUR") };
        let dollars = rates.convert(euro, currency("USD")).unwrap();
        assert_eq!(dollars.minor, 1084);
        assert_eq!(rates.convert(dollars, currency("EUR")).unwrap().minor, 1000);
        assert_eq!(rates.convert(euro, currency("GBP")), None);
        let yen = Money { minor: 1000, currency: currency("JPY") };
        rates.set(currency("USD"), currency("JPY"), "150".parse().unwrap()).unwrap();
        assert_eq!(rates.convert(yen, currency("USD")).unwrap().minor, 667);
        assert!(rates.set(currency("USD"), currency("JPY"), Decimal::ZERO).is_err());
    }

    #[test]
    fn shares_add_up_to_the_cent() {
        assert_eq!(share(100, &[1, 1, 1]), [34, 33, 33]);
        assert_eq!(share(-100, &[1, 1, 1]), [-34, -33, -33]);
        assert_eq!(share(5, &[0, 0]), [3, 2]);
        assert_eq!(share(7, &[0, 3]), [0, 7]);
        assert_eq!(share(7, &[]), Vec::<i64>::new());
    }

    proptest::proptest! {
        #[test]
        fn shares_always_add_up(total in -1_000_000_000_i64..1_000_000_000, weights in proptest::collection::vec(0_i64..1_000_000, 1..12)) {
            let shares = share(total, &weights);
            proptest::prop_assert_eq!(shares.iter().sum::<i64>(), total);
        }
    }
}
