//! Phones: two ways to write one number, and whether a number is plausible for its country. A phone never decides
//! over an address.

use super::rules;
use super::text::digits;
use super::verdict::{FieldVerdict, Verdict};

const FIELD: &str = "phone";

/// The national number: without calling code, exit code and trunk zero.
pub(super) fn national(text: &str, country: &str) -> String {
    let rules = rules::of(country);
    // An extension is no part of the number.
    let text = text.split_once(" ext").map_or(text, |(number, _)| number).replace("(0)", "");
    let all = digits(&text);
    let mut number = all.as_str();
    let international = text.trim_start().starts_with('+') || number.starts_with("00");
    if international {
        number = number.strip_prefix("00").unwrap_or(number);
    }
    let (least, most) = rules.phone_digits;
    if !rules.calling_code.is_empty()
        && let Some(rest) = number.strip_prefix(rules.calling_code)
        && (international || number.len() > most || rest.len() >= least.max(8) && !number.starts_with('0'))
    {
        number = rest;
    }
    let number = number.strip_prefix('0').unwrap_or(number);
    let trunk = rules.trunk;
    let number = match number.strip_prefix(trunk) {
        Some(rest) if !trunk.is_empty() && trunk != "0" && rest.len() >= least && number.len() > most.min(10) => rest,
        _ => number,
    };
    number.to_owned()
}

pub(super) fn compare(a: &str, b: &str, countries: [&str; 2]) -> Option<FieldVerdict> {
    let (blank_a, blank_b) = (a.trim().is_empty(), b.trim().is_empty());
    if blank_a && blank_b {
        return None;
    }
    if a == b {
        return Some(FieldVerdict::identical(FIELD, a, b));
    }
    if blank_a || blank_b {
        return Some(FieldVerdict::new(FIELD, Verdict::Note, Some("phone_missing"), a, b, "one side has no phone"));
    }
    if countries.into_iter().any(|c| national(a, c) == national(b, c)) {
        return Some(FieldVerdict::equivalent(FIELD, "phone_form", a, b));
    }
    let reason = format!("phone {a} became {b}");
    Some(FieldVerdict::new(FIELD, Verdict::Note, Some("phone_differs"), a, b, reason))
}

/// Whether so many digits can be a number there; `true` where nothing is known.
pub(super) fn plausible(text: &str, country: &str) -> bool {
    let number = national(text, country);
    let all_alike = number.len() > 5 && number.bytes().all(|b| Some(b) == number.bytes().next());
    let (least, most) = rules::of(country).phone_digits;
    let international = text.trim_start().starts_with('+') || text.trim_start().starts_with("00");
    let foreign = international && {
        let all = digits(text);
        let all = all.strip_prefix("00").unwrap_or(&all).to_owned();
        !all.starts_with(rules::of(country).calling_code) && (8..=15).contains(&all.len())
    };
    !all_alike && (foreign || most == 0 && number.len() >= 5 || (least.max(5)..=most.max(5)).contains(&number.len()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forms_of_one_number() {
        for (country, a, b) in [
            ("US", "+1 (212) 555-0147", "2125550147"),
            ("US", "1-212-555-0147", "212.555.0147"),
            ("DE", "+49 171 3920013", "0171/3920013"),
            ("DE", "491713920013", "0049 171 3920013"),
            ("GB", "+44 (0)7700 900383", "07700 900383"),
            ("KR", "01000002985", "+82 100-000-2985"),
            ("IT", "3200000533", "+39 320 000 0533"),
            ("RU", "8 912 345-67-89", "+7 (912) 345-67-89"),
        ] {
            assert_eq!(national(a, country), national(b, country), "{a} {b}");
        }
        assert!(plausible("+1 212 555 0147", "US") && !plausible("12345", "US") && !plausible("0000000000", "US"));
    }
}
