//! From what somebody wrote for a tracking number to the number and its carrier, with what is wrong about it.

use crate::carrier::{Carrier, Words, by_id, look_up, named};
use crate::core::address::{Address, country};
use crate::core::tracking::{Context, Damage, Problem, normalise};

/// A number as it may become a parcel.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Number {
    pub number: String,
    /// Id in the table of carriers, where there is no reasonable doubt.
    pub carrier: Option<String>,
    /// Carriers that it may be of, the likeliest first.
    pub candidates: Vec<String>,
    pub problems: Vec<Problem>,
}

impl Number {
    /// Something is wrong with the number itself, so it may not be taken.
    pub fn refused(&self) -> Option<Problem> {
        let bad = |p: &&Problem| {
            !matches!(
                p,
                Problem::UnknownFormat | Problem::CarrierUnknown | Problem::CarrierDisagrees | Problem::CheckDigit
            )
        };
        self.problems.iter().find(bad).copied()
    }
}

/// Every number in a text: usually one. `said` is the carrier in the words of whoever gave it; `method` is how the purchase order
/// goes, which often names the carrier and never outweighs the number itself.
pub fn numbers(text: &str, said: &str, method: &str, ship_to: &Address) -> Vec<Number> {
    let words = named(said);
    let hint = match (&words, named(method)) {
        (Words::Silent, hint @ Words::Known(_)) => Some(hint),
        _ => None,
    };
    let known = Context {
        to: country::code(&ship_to.country).unwrap_or_default(),
        postcode: &ship_to.postcode,
        from: "",
        named: &[],
    };
    normalise(text).into_iter().map(|piece| number(piece.number, piece.damage, &words, hint.as_ref(), &known)).collect()
}

fn number(
    number: Option<String>,
    damage: Option<Damage>,
    words: &Words,
    hint: Option<&Words>,
    known: &Context,
) -> Number {
    let number = number.unwrap_or_default();
    let mut found = look_up(&number, hint.unwrap_or(words), known);
    if hint.is_some() {
        found.problems.retain(|p| *p != Problem::CarrierDisagrees);
    }
    let problems = match damage {
        Some(Damage::Exponent) => vec![Problem::DamagedNumber],
        Some(Damage::Rounded) => vec![Problem::RoundedNumber],
        None => found.problems.clone(),
    };
    // A person or supplier who names one carrier is believed, unless it has no such numbers.
    let agreed = !problems.contains(&Problem::CarrierDisagrees);
    let stated = match words.ids() {
        [one] if agreed => Some((*one).to_owned()),
        _ => None,
    };
    let carrier = stated.or_else(|| found.certain().map(|c| c.carrier.clone()));
    // What the carrier tracks by: without the routing that a label puts in front, so that every source gives one number.
    let of_carrier = found.candidates.iter().find(|c| Some(&c.carrier) == carrier.as_ref());
    let tracked = of_carrier.or(found.candidates.first()).map(|c| c.number.clone());
    Number {
        number: tracked.unwrap_or(found.number),
        carrier,
        candidates: found.candidates.into_iter().map(|c| c.carrier).collect(),
        problems,
    }
}

/// For stores, trackers and links.
pub fn carrier(id: Option<&str>) -> Option<&'static Carrier> {
    by_id(id?)
}

/// Where a number can be followed whoever carries it.
pub fn universal_link(number: &str) -> String {
    let number: String = number.chars().filter(|c| c.is_ascii_alphanumeric() || *c == '-').collect();
    format!("https://t.17track.net/en#nums={number}")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn one(text: &str, said: &str) -> Number {
        let ship_to = Address { country: "US".into(), postcode: "07307".into(), ..Address::default() };
        numbers(text, said, "", &ship_to).remove(0)
    }

    #[test]
    fn a_number_with_its_carrier_or_with_what_is_wrong() {
        let yun = one("yt 2203 6212 7203 3099", "YunExpress");
        assert_eq!((yun.number.as_str(), yun.carrier.as_deref()), ("YT2203621272033099", Some("yunexpress")));
        let by_method = numbers("YT2203621272033099", "", "YunExpress", &Address::default()).remove(0);
        assert_eq!(by_method.carrier.as_deref(), Some("yunexpress"));
        assert_eq!(one("9.40010E+21", "").refused(), Some(Problem::DamagedNumber));
        assert_eq!(one("no number yet", "").refused(), Some(Problem::NoNumber));
        let unknown = one("ZZTOP12345X", "my cousin");
        assert!(unknown.refused().is_none() && unknown.carrier.is_none(), "{unknown:?}");
        assert_eq!(universal_link("A&1-2"), "https://t.17track.net/en#nums=A1-2");
    }
}
