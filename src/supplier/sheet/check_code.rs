//! Four characters on every row that must come back beside the tracking number: they tie the row to its customer, so a
//! column that was sorted alone is seen.
//!
//! The alphabet has no 0 O 1 I L, which people misread, and no vowels and no P, so that no spreadsheet takes a code for a
//! number (2E45), a month (MAR4) or a time (10P). The first is a letter for the same reason.

use sha2::{Digest, Sha256};

const LETTERS: &[u8] = b"BCDFGHJKMNQRSTVWXYZ";
const ALL: &[u8] = b"BCDFGHJKMNQRSTVWXYZ23456789";
const LENGTH: usize = 4;

/// The code of a purchase order, from its reference and the hash of its ship-to.
pub fn check_code(reference: &str, ship_to_hash: &str) -> String {
    let digest = Sha256::digest(format!("{reference}\u{1f}{ship_to_hash}").as_bytes());
    let mut number = digest.iter().take(8).fold(0_u64, |n, byte| n << 8 | u64::from(*byte));
    let mut code = String::with_capacity(LENGTH);
    for alphabet in std::iter::once(LETTERS).chain(std::iter::repeat(ALL)).take(LENGTH) {
        let base = alphabet.len() as u64;
        code.push(char::from(alphabet[(number % base) as usize]));
        number /= base;
    }
    code
}

/// A code as a person may have typed it again: case and spaces do not matter, every character does.
pub fn agrees(code: &str, typed: &str) -> bool {
    let bare: String = typed.chars().filter(|c| !c.is_whitespace()).collect();
    !code.is_empty() && bare.eq_ignore_ascii_case(code)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_short_plain_and_tied_to_both() {
        let code = check_code("US-1001-1", "aa");
        assert_eq!(code, check_code("US-1001-1", "aa"));
        assert_ne!(code, check_code("US-1001-2", "aa"));
        assert_ne!(code, check_code("US-1001-1", "ab"));
        assert!(agrees(&code, &format!(" {} ", code.to_lowercase())) && !agrees(&code, "") && !agrees("", ""));
        let mut seen = std::collections::HashSet::new();
        for n in 0..2000 {
            let code = check_code(&format!("US-{n}-1"), "aa");
            assert_eq!(code.len(), 4);
            assert!(code.as_bytes()[0].is_ascii_uppercase(), "{code}");
            assert!(!code.contains(['0', 'O', '1', 'I', 'L', 'A', 'E', 'U', 'P']), "{code}");
            seen.insert(code);
        }
        assert!(seen.len() > 1980, "{}", seen.len());
    }
}
