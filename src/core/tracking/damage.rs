//! Numbers that a spreadsheet has destroyed. What is gone cannot be worked out again: the sheet must be filled in anew.
//!
//! A cell that became a number keeps 15 digits; the rest are zeros, and zeros in front are gone. Some programs write the
//! nearest binary number instead, which shows by being a multiple of a large power of two.

use super::detect;

/// Digits that a spreadsheet's number keeps.
const KEPT_DIGITS: usize = 15;

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Damage {
    /// `9.4001E+21`.
    Exponent,
    /// All digits behind the fifteenth are zeros, or the whole is a rounded binary number.
    Rounded,
}

/// `[0-9]+([.,][0-9]+)?E[+]?[0-9]+`; without a point or a sign only a short exponent counts, since carriers have
/// numbers such as `6E12345678901`.
pub(super) fn is_exponent(text: &str) -> bool {
    let text = text.trim().trim_start_matches(['\'', '=', '"']).trim_end_matches('"');
    let Some((mantissa, exponent)) = text.split_once(['E', 'e']) else { return false };
    let digits = |t: &str| !t.is_empty() && t.bytes().all(|b| b.is_ascii_digit());
    let plain = mantissa.replacen(['.', ','], "", 1);
    let marked = plain.len() != mantissa.len() || exponent.starts_with('+');
    let power = exponent.strip_prefix('+').unwrap_or(exponent);
    digits(&plain) && digits(power) && (marked && power.len() <= 3 || power.len() <= 2)
}

/// `number` is upper-case letters and digits only.
pub(super) fn of_number(number: &str) -> Option<Damage> {
    if is_exponent(number) {
        return Some(Damage::Exponent);
    }
    let all_digits = number.bytes().all(|b| b.is_ascii_digit());
    let length = number.len();
    if !all_digits || length <= KEPT_DIGITS || number.bytes().all(|b| b == b'0') {
        return None;
    }
    let zeros = number.bytes().skip(KEPT_DIGITS).all(|b| b == b'0');
    let surely = if zeros { length >= 18 } else { length >= 22 && is_binary(number) };
    let perhaps = zeros || length >= 20 && is_binary(number);
    // A shorter tail of zeros is left to chance often enough: only where no carrier's check digit stands for it.
    (surely || perhaps && !detect::any_passes(number)).then_some(Damage::Rounded)
}

/// Exactly representable in 53 bits: by chance one number in 16,000 of twenty digits, one in a million of 22.
fn is_binary(number: &str) -> bool {
    let Ok(value) = number.parse::<u128>() else { return false };
    let bits = 128 - value.leading_zeros();
    bits > 53 && value.trailing_zeros() >= bits - 53
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn destroyed_cells_are_seen_and_real_numbers_are_not() {
        for text in ["9.4001E+21", "9,4001E+21", "9.40010E+21", "1E+15", "9E21", "9.4e21", "'9.4001E+21"] {
            assert!(is_exponent(text), "{text}");
        }
        for text in ["6E12345678901", "E12", "12E", "RE123456789CN", "", "E", "1.2.3E+4"] {
            assert!(!is_exponent(text), "{text}");
        }
        for text in ["9400111202508830000000", "940011120250882000", "9400111202508825690112"] {
            assert_eq!(of_number(text), Some(Damage::Rounded), "{text}");
        }
        for text in ["9400111202508825522526", "568283610012000", "1LS720000000000", "9101123456789000000013"] {
            assert_eq!(of_number(text), None, "{text}");
        }
    }
}
