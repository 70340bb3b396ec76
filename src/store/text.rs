//! What can be wrong with a text by itself: letters destroyed, digits lost, dress around it, entities inside it.

/// `9.4001E+21`, or the `.0` that a program puts behind a number it should not have read as one.
pub(super) fn is_damaged(cell: &str) -> bool {
    let Some(first) = cell.bytes().next().filter(u8::is_ascii_digit) else { return false };
    let digits = |t: &str| !t.is_empty() && t.bytes().all(|b| b.is_ascii_digit());
    let plain = |t: &str| t.split_once(['.', ',']).map_or(digits(t), |(a, b)| digits(a) && (b.is_empty() || digits(b)));
    let by_exponent = cell
        .split_once(['E', 'e'])
        .is_some_and(|(mantissa, exponent)| exponent.strip_prefix('+').is_some_and(digits) && plain(mantissa));
    by_exponent || (first != b'0' && cell.strip_suffix(".0").is_some_and(|t| t.len() > 3 && digits(t)))
}

/// Without one apostrophe, or the quotes, that a program put around it.
pub(super) fn undressed(text: &str) -> &str {
    match text.strip_prefix('"').and_then(|t| t.strip_suffix('"')) {
        Some(inner) => inner.trim(),
        None => text.strip_prefix('\'').unwrap_or(text),
    }
}

/// UTF-8 that was read as Windows-1252 and saved again, or letters already replaced.
pub(super) fn is_mojibake(text: &str) -> bool {
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        let next = chars.peek().copied().unwrap_or(' ');
        let odd = match c {
            '\u{fffd}' | '\u{80}'..='\u{9f}' => true,
            'Ã' | 'Ä' | 'Å' => {
                is_continuation(next) && !(c != 'Ã' && matches!(next, '\u{a0}' | '»' | '’' | '”' | '“' | '–' | '—'))
            }
            'Â' => matches!(next, '\u{a0}'..='\u{bf}'),
            'â' => matches!(next, '€' | '\u{80}'),
            _ => false,
        };
        if odd {
            return true;
        }
    }
    false
}

/// What the second byte of a two-byte letter looks like in Windows-1252.
fn is_continuation(c: char) -> bool {
    matches!(c, '\u{80}'..='\u{bf}') || "€‚ƒ„…†‡ˆ‰Š‹ŒŽ‘’“”•–—˜™š›œžŸ".contains(c)
}

/// Decodes HTML entities once; `&amp;amp;` becomes `&amp;`. What is no entity stays.
pub(super) fn unescape_html(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('&') {
        out.push_str(&rest[..at]);
        rest = &rest[at..];
        let entity =
            rest.bytes().take(11).position(|b| b == b';').and_then(|end| Some((entity(&rest[1..end])?, end + 1)));
        let (letter, length) = entity.unwrap_or(('&', 1));
        out.push(letter);
        rest = &rest[length..];
    }
    out.push_str(rest);
    out
}

fn entity(name: &str) -> Option<char> {
    if let Some(hex) = name.strip_prefix("#x").or_else(|| name.strip_prefix("#X")) {
        return u32::from_str_radix(hex, 16).ok().and_then(char::from_u32);
    }
    if let Some(number) = name.strip_prefix('#') {
        return number.parse().ok().and_then(char::from_u32);
    }
    Some(match name {
        "amp" => '&',
        "lt" => '<',
        "gt" => '>',
        "quot" => '"',
        "apos" => '\'',
        "nbsp" => '\u{a0}',
        "ndash" => '–',
        "mdash" => '—',
        "hellip" => '…',
        "lsquo" => '‘',
        "rsquo" => '’',
        "ldquo" => '“',
        "rdquo" => '”',
        "deg" => '°',
        "times" => '×',
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn damaged_ids_are_seen_and_others_are_not() {
        for cell in ["3.1E+11", "5.83871E+17", "9,4001E+21", "1E+15", "5001.0"] {
            assert!(is_damaged(cell), "{cell}");
        }
        for cell in ["310000022512", "LAMP-1E+2", "E+1", "", "10.0", "1.1.0", "0001.0", "12-E+4", "1E5"] {
            assert!(!is_damaged(cell), "{cell}");
        }
    }

    #[test]
    fn mojibake_is_seen_and_foreign_letters_are_not() {
        for text in ["MÃ¼ller", "Itâ€™s", "caf\u{fffd}", "Â°C", "Ã¡", "JosÃ©", "Å\u{81}", "ZoÃ«"] {
            assert!(is_mojibake(text), "{text}");
        }
        for text in ["Müller", "São Paulo", "SÃO PAULO", "Ångström", "Ärger", "Âge", "日本", "’t", "ÅÄÖ", "IRMÃ", "😀"]
        {
            assert!(!is_mojibake(text), "{text}");
        }
    }

    #[test]
    fn entities_are_decoded_once() {
        assert_eq!(unescape_html("5&#039; 9&quot; &amp;amp; &nope; &"), "5' 9\" &amp; &nope; &");
    }
}
