//! Small views of a text that several fields need: squashed to its letters and digits.

use super::cjk;
use super::fold;

/// Letters and digits only, folded: for keys of tables and for fields that are one code.
pub(super) fn squash(text: &str) -> String {
    squashed(text, |letter| letter.plain)
}

/// The same with ä as ae.
pub(super) fn squash_long(text: &str) -> String {
    squashed(text, |letter| letter.long)
}

fn squashed(text: &str, spelling: fn(fold::Letter) -> &'static str) -> String {
    let mut out = String::with_capacity(text.len());
    if text.is_ascii() && !text.contains('&') {
        out.extend(text.bytes().filter(u8::is_ascii_alphanumeric).map(|b| char::from(b.to_ascii_lowercase())));
        return out;
    }
    for c in fold::unify(text).chars().flat_map(char::to_lowercase) {
        if let Some(d) = fold::digit(c) {
            out.push(d);
        } else if c == '&' {
            out.push_str("and");
        } else if c.is_alphanumeric() || fold::is_mark_of_word(c) {
            match fold::special(c) {
                Some(letter) => out.push_str(spelling(letter)),
                None if fold::is_cjk(c) => out.push(cjk::plain(c)),
                None => out.push(fold::base(c)),
            }
        }
    }
    out
}

/// Digits only, in any script.
pub(super) fn digits(text: &str) -> String {
    text.chars().filter_map(fold::digit).collect()
}
