//! Postcodes: what of a spelling counts, whether two are one, and whether the form fits the country.

use super::fold;
use super::rules;
use super::verdict::{FieldVerdict, Verdict};

const FIELD: &str = "postcode";

/// Letters and digits in upper case, without what exports add: `D-`, `〒`, a spreadsheet's `.0` and apostrophe.
pub(super) fn key(text: &str, country: &str) -> String {
    let text = fold::unify(text);
    let text = text.trim().trim_start_matches(['\'', '〒', '=', '"']);
    let text = text.strip_suffix(".0").unwrap_or(text);
    let mut key = String::with_capacity(text.len());
    for c in text.chars() {
        if let Some(d) = fold::digit(c) {
            key.push(d);
        } else if c.is_alphanumeric() {
            key.extend(c.to_uppercase());
        }
    }
    for prefix in prefixes(country) {
        if let Some(rest) = key.strip_prefix(prefix)
            && rest.starts_with(|c: char| c.is_ascii_digit())
        {
            key.drain(..prefix.len());
            break;
        }
    }
    key
}

/// Letters that people put before an all-digit postcode: the car sign or the country code.
pub(super) fn prefixes(country: &str) -> &'static [&'static str] {
    match country {
        "DE" => &["D", "DE"],
        "AT" => &["A", "AT"],
        "CH" => &["CH"],
        "IT" => &["IT", "I"],
        "FR" => &["FR", "F"],
        "ES" => &["ES", "E"],
        "PT" => &["PT", "P"],
        "NL" => &["NL"],
        "BE" => &["BE", "B"],
        "LU" => &["LU", "L"],
        "SE" => &["SE", "S"],
        "NO" => &["NO", "N"],
        "DK" => &["DK"],
        "FI" => &["FI", "FIN"],
        "PL" => &["PL"],
        "CZ" => &["CZ"],
        "SK" => &["SK"],
        "HU" => &["HU", "H"],
        "SI" => &["SI"],
        "HR" => &["HR"],
        "RO" => &["RO"],
        "BG" => &["BG"],
        "EE" => &["EE"],
        "LV" => &["LV"],
        "LT" => &["LT"],
        "GR" => &["GR"],
        "TR" => &["TR"],
        "UA" => &["UA"],
        "RU" => &["RU"],
        "MX" => &["CP", "MX"],
        "BR" => &["CEP", "BR"],
        "AR" => &["CP"],
        "CL" | "CO" | "PE" => &["CP"],
        "US" => &["US", "USA", "ZIP"],
        "AU" => &["AU"],
        "NZ" => &["NZ"],
        "IN" => &["PIN", "IN"],
        "SG" => &["S", "SG", "SINGAPORE"],
        "KR" => &["KR"],
        "JP" => &["JP"],
        "CN" => &["CN"],
        "TW" => &["TW"],
        "MY" => &["MY"],
        "TH" => &["TH"],
        "ID" => &["ID"],
        "VN" => &["VN"],
        "IL" => &["IL"],
        "MD" => &["MD"],
        "ZA" => &["ZA"],
        _ => &[],
    }
}

/// Whether the key has one of the country's forms; `true` where no form is known.
pub(super) fn fits(key: &str, country: &str) -> bool {
    let forms = &rules::of(country).postcodes;
    forms.is_empty() || forms.iter().any(|form| fits_form(key, form))
}

pub(super) fn fits_form(key: &str, form: &str) -> bool {
    key.chars().count() == form.chars().count()
        && key.chars().zip(form.chars()).all(|(k, f)| match f {
            'd' => k.is_ascii_digit(),
            'l' => k.is_ascii_alphabetic(),
            '.' => k.is_ascii_alphanumeric(),
            literal => k == literal,
        })
}

/// Two postcodes of one country. `None` when both are empty.
pub(super) fn compare(a: &str, b: &str, country: &str, elsewhere: bool) -> Option<FieldVerdict> {
    let (x, y) = (key(a, country), key(b, country));
    if x.is_empty() && y.is_empty() {
        return None;
    }
    if a == b {
        return Some(FieldVerdict::identical(FIELD, a, b));
    }
    if x == y {
        return Some(FieldVerdict::equivalent(FIELD, "postcode_form", a, b));
    }
    if x.is_empty() || y.is_empty() {
        if elsewhere {
            return Some(FieldVerdict::equivalent(FIELD, "found_in_other_field", a, b));
        }
        let reason = format!("postcode {} is missing", if x.is_empty() { b } else { a });
        return Some(FieldVerdict::new(FIELD, Verdict::Missing, None, a, b, reason));
    }
    Some(differing(a, b, &x, &y, country))
}

fn differing(a: &str, b: &str, x: &str, y: &str, country: &str) -> FieldVerdict {
    let made = |verdict, rule, reason: String| FieldVerdict::new(FIELD, verdict, rule, a, b, reason);
    if country == "US" && x.get(..5).is_some() && x.get(..5) == y.get(..5) {
        let (p, q) = (x.len(), y.len());
        if (p == 5 && q == 9) || (p == 9 && q == 5) {
            return FieldVerdict::equivalent(FIELD, "zip_plus4", a, b);
        }
        if p == 9 && q == 9 {
            return made(
                Verdict::Suspicious,
                Some("plus4_differs"),
                format!("the four digits behind ZIP {} differ", &x[..5]),
            );
        }
    }
    let plain = |key: &str| key.bytes().all(|b| b.is_ascii_digit());
    if plain(x) && plain(y) && x.trim_start_matches('0') == y.trim_start_matches('0') {
        return made(
            Verdict::Suspicious,
            Some("leading_zero"),
            format!("postcode {a} against {b}: a zero in front is lost"),
        );
    }
    let reason = if super::reason::swapped(x, y) {
        format!("postcode {a} became {b} (digits swapped)")
    } else {
        format!("postcode {a} became {b}")
    };
    made(Verdict::Different, None, reason)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forms_of_one_postcode() {
        for (country, a, b) in [
            ("DE", "D-10115", "10115"),
            ("FR", "'75008", "75008"),
            ("JP", "〒150-0001", "1500001"),
            ("GB", "sw1a1aa", "SW1A 1AA"),
            ("US", "10001.0", "10001"),
            ("SE", "S-114 55", "11455"),
        ] {
            assert_eq!(key(a, country), key(b, country), "{a} {b}");
        }
        assert!(fits("10001", "US") && fits("100011234", "US") && !fits("1001", "US"));
        assert!(fits("SW1A1AA", "GB") && !fits("SW1A11", "GB"));
        assert!(fits("1234AB", "NL") && fits("K1A0B1", "CA"));
    }

    #[test]
    fn any_other_digit_is_different() {
        let verdict = |a, b| compare(a, b, "US", false).unwrap().verdict;
        assert_eq!(verdict("10001", "10010"), Verdict::Different);
        assert_eq!(verdict("10001", "10001-1234"), Verdict::Equivalent);
        assert_eq!(verdict("10001-1234", "10001-1235"), Verdict::Suspicious);
        assert_eq!(verdict("06040", "6040"), Verdict::Suspicious);
        assert_eq!(verdict("10001", ""), Verdict::Missing);
    }
}
