//! Letters made comparable: width, case, accents, quotes, dashes, invisible characters. Works on single characters;
//! what a run of them means is the business of `token`.
//!
//! Digits are never changed here except in width and script. CJK stays as it is: a reading is not a spelling.

use std::borrow::Cow;

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::decompose_canonical;

/// Marks "ordinal" after a number (`3º`, `3ª`, `3°`): kept apart so that it cannot become a letter or a digit.
pub(super) const ORDINAL_MARK: char = '°';

/// Width, compatibility forms and HTML entities undone, without touching case or accents.
pub(super) fn unify(text: &str) -> Cow<'_, str> {
    let text = undo_entities(text);
    if text.is_ascii() || text.chars().all(is_settled) {
        return text;
    }
    let mut safe = String::with_capacity(text.len() + 8);
    for c in text.chars() {
        match c {
            'º' | 'ª' | '°' | '˚' => safe.push(ORDINAL_MARK),
            '½' => safe.push_str(" 1/2"),
            '¼' => safe.push_str(" 1/4"),
            '¾' => safe.push_str(" 3/4"),
            // A superscript is not a digit of the house number: NFKC would make 12² into 122.
            '¹' | '²' | '³' | '⁰'..='⁹' | '₀'..='₉' | '①'..='⓿' => safe.push('^'),
            '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}' | '\u{feff}' | '\u{ad}' => {}
            '\u{640}' | '\u{64b}'..='\u{652}' | '\u{591}'..='\u{5c7}' => {}
            _ => safe.push(c),
        }
    }
    Cow::Owned(safe.nfkc().collect())
}

/// ASCII and the composed Latin letters of Europe: nothing there has another width or form.
fn is_settled(c: char) -> bool {
    c.is_ascii() || matches!(c, 'À'..='ſ') && !matches!(c, 'ĳ' | 'Ĳ' | 'ŀ' | 'Ŀ' | 'ŉ' | 'ſ')
}

/// Entities that shops leave in exports, undone once.
fn undo_entities(text: &str) -> Cow<'_, str> {
    const KNOWN: [(&str, &str); 9] = [
        ("&amp;", "&"),
        ("&quot;", "\""),
        ("&#34;", "\""),
        ("&apos;", "'"),
        ("&#39;", "'"),
        ("&#039;", "'"),
        ("&nbsp;", " "),
        ("&lt;", "<"),
        ("&gt;", ">"),
    ];
    if !text.contains('&') || !text.contains(';') {
        return Cow::Borrowed(text);
    }
    let mut undone = text.to_owned();
    for (entity, plain) in KNOWN {
        if undone.contains(entity) {
            undone = undone.replace(entity, plain);
        }
    }
    Cow::Owned(undone)
}

/// One letter in plain form. `plain` is the accent taken off; `long` is the spelling by the rules of the language
/// where it has one (ä as ae), else the same.
#[derive(Clone, Copy)]
pub(super) struct Letter {
    pub plain: &'static str,
    pub long: &'static str,
}

/// Letters whose plain form is not simply "take the accent off".
pub(super) fn special(c: char) -> Option<Letter> {
    let (plain, long) = match c {
        'ä' => ("a", "ae"),
        'ö' | 'ø' => ("o", "oe"),
        'ü' => ("u", "ue"),
        'å' => ("a", "aa"),
        'ß' => ("ss", "ss"),
        'æ' => ("ae", "ae"),
        'œ' => ("oe", "oe"),
        'þ' => ("th", "th"),
        'ð' => ("d", "d"),
        'đ' => ("d", "dj"),
        'ł' => ("l", "l"),
        'ħ' => ("h", "h"),
        'ŧ' => ("t", "t"),
        'ı' => ("i", "i"),
        'ŋ' => ("n", "n"),
        'ĸ' => ("k", "k"),
        'ə' => ("a", "e"),
        'ё' => ("е", "е"),
        // Left whole, but a system that takes accents off takes these too.
        'й' => ("й", "и"),
        'ї' => ("ї", "і"),
        'ς' => ("σ", "σ"),
        'أ' | 'إ' | 'آ' => ("ا", "ا"),
        'ى' => ("ي", "ي"),
        'ة' => ("ه", "ه"),
        _ => return None,
    };
    Some(Letter { plain, long })
}

/// Latin and Greek letters without their accents. Kana, Hangul and Cyrillic are left whole: there a mark is the letter.
pub(super) fn base(c: char) -> char {
    if !matches!(c, '\u{c0}'..='\u{24f}' | '\u{1e00}'..='\u{1eff}' | '\u{370}'..='\u{3ff}' | '\u{1f00}'..='\u{1fff}') {
        return c;
    }
    let mut first = None;
    decompose_canonical(c, |part| {
        if first.is_none() {
            first = Some(part);
        }
    });
    first.unwrap_or(c)
}

pub(super) fn is_combining(c: char) -> bool {
    matches!(c, '\u{300}'..='\u{36f}')
}

pub(super) fn is_apostrophe(c: char) -> bool {
    matches!(c, '\'' | '’' | '‘' | '`' | '´' | 'ʼ' | 'ʹ' | '′' | 'ʻ' | '‛' | '׳' | '״')
}

pub(super) fn is_dash(c: char) -> bool {
    matches!(c, '-' | '‐' | '‑' | '‒' | '–' | '—' | '―' | '−' | '﹣')
}

/// Chinese, Japanese and Korean letters: written without spaces, so a run of them is cut only at digits.
pub(super) fn is_cjk(c: char) -> bool {
    matches!(c, '\u{2e80}'..='\u{2fdf}' | '\u{3005}'..='\u{3007}' | '\u{3040}'..='\u{30ff}' | '\u{3400}'..='\u{9fff}'
        | '\u{ac00}'..='\u{d7af}' | '\u{f900}'..='\u{faff}' | '\u{20000}'..='\u{3ffff}')
}

/// A decimal digit of any script as ASCII.
pub(super) fn digit(c: char) -> Option<char> {
    let zero = match c {
        '0'..='9' => return Some(c),
        '٠'..='٩' => '٠',
        '۰'..='۹' => '۰',
        '०'..='९' => '०',
        '০'..='৯' => '০',
        '๐'..='๙' => '๐',
        _ => return None,
    };
    char::from_digit(u32::from(c) - u32::from(zero), 10)
}

/// Vowel signs and tone marks of South and South-East Asian scripts: part of the word although not letters.
pub(super) fn is_mark_of_word(c: char) -> bool {
    matches!(c, '\u{900}'..='\u{dff}' | '\u{e00}'..='\u{eff}' | '\u{1000}'..='\u{109f}' | '\u{1780}'..='\u{17ff}')
}
