//! UTF-8 that was read as Windows-1252 (`MÃ¼ller`): found and undone, so that a proof can say what happened.
//! Such a text is never called the same as the whole one.

/// Windows-1252 letters for the bytes 0x80 to 0x9f.
const HIGH: [(char, u8); 27] = [
    ('€', 0x80),
    ('‚', 0x82),
    ('ƒ', 0x83),
    ('„', 0x84),
    ('…', 0x85),
    ('†', 0x86),
    ('‡', 0x87),
    ('ˆ', 0x88),
    ('‰', 0x89),
    ('Š', 0x8a),
    ('‹', 0x8b),
    ('Œ', 0x8c),
    ('Ž', 0x8e),
    ('‘', 0x91),
    ('’', 0x92),
    ('“', 0x93),
    ('”', 0x94),
    ('•', 0x95),
    ('–', 0x96),
    ('—', 0x97),
    ('˜', 0x98),
    ('™', 0x99),
    ('š', 0x9a),
    ('›', 0x9b),
    ('œ', 0x9c),
    ('ž', 0x9e),
    ('Ÿ', 0x9f),
];

/// The text as it was before somebody read its bytes wrongly; `None` for a text that is not damaged so.
pub(super) fn undone(text: &str) -> Option<String> {
    // Every damaged letter begins with one of these.
    if !text.chars().any(|c| matches!(c, 'Ã' | 'Â' | 'Å' | 'Ä' | 'â' | 'Ð' | 'Ñ' | 'Î' | 'Ï' | 'ã' | 'å' | 'è' | 'é'))
    {
        return None;
    }
    let mut bytes = Vec::with_capacity(text.len());
    for c in text.chars() {
        match u32::from(c) {
            code @ 0..=0xff => bytes.push(u8::try_from(code).ok()?),
            _ => bytes.push(HIGH.iter().find(|(h, _)| *h == c)?.1),
        }
    }
    let undone = String::from_utf8(bytes).ok()?;
    (undone != text).then_some(undone)
}

/// Damaged so, or with letters that are lost for good.
pub(super) fn damaged(text: &str) -> bool {
    !text.is_ascii()
        && (text.contains('\u{fffd}') || undone(text).is_some() || text.contains("Ã") && text.contains('¡'))
        || text.contains("??")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tv13_mojibake_is_found_and_undone() {
        assert_eq!(undone("MÃ¼ller").as_deref(), Some("Müller"));
        assert_eq!(undone("StraÃŸe").as_deref(), Some("Straße"));
        assert_eq!(undone("Müller"), None);
        assert_eq!(undone("Ångström"), None);
        assert!(damaged("M??ller") && damaged("M\u{fffd}ller") && !damaged("Núñez"));
    }
}
