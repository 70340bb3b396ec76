//! The tracking numbers in a text as people and programs write them: labels, links, several in a cell, letters of other
//! scripts that look the same, invisible characters.
//!
//! What comes out is upper-case letters and digits (LaserShip's `-1` is the one hyphen that means something), and goes
//! through unchanged when it is put in again.

use unicode_normalization::UnicodeNormalization;

use super::damage::{self, Damage};
use super::detect::{is_known, is_strong, strength};

/// One number of a text.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Piece {
    /// `None`: there is none, or a spreadsheet has destroyed it.
    pub number: Option<String>,
    pub damage: Option<Damage>,
}

/// Names under which carriers put numbers into a link.
const KEYS: [&str; 41] = [
    "nums",
    "num",
    "id",
    "tlabels",
    "trknbr",
    "tracknum",
    "tracknums",
    "tracknumbers",
    "trackingnumber",
    "trackingnumbers",
    "tracking-id",
    "trackingid",
    "tracking",
    "trackid",
    "tracknumber",
    "awb",
    "piececode",
    "con",
    "no",
    "searchid",
    "search",
    "searchfor",
    "searchvalue",
    "code",
    "query",
    "reference",
    "match",
    "b",
    "orderno",
    "itemcode",
    "items",
    "numer",
    "number",
    "mailnolist",
    "mailno",
    "nspediz",
    "snr",
    "trackingcode",
    "p_cod_uni",
    "barcode",
    "pronumbers",
];

/// Every number in the text, each once; at least one piece, without a number when there is none.
pub fn normalise(text: &str) -> Vec<Piece> {
    let text = unified(text);
    let mut pieces: Vec<Piece> = vec![];
    for part in parts(&text) {
        for piece in of_part(&part) {
            if piece.number.is_none() && piece.damage.is_none() || pieces.contains(&piece) {
                continue;
            }
            pieces.push(piece);
        }
    }
    // A date or a count beside a number is none.
    if pieces.iter().any(|p| p.damage.is_some() || p.number.as_ref().is_some_and(|n| n.len() >= 8)) {
        pieces.retain(|p| p.damage.is_some() || p.number.as_ref().is_some_and(|n| n.len() >= 7));
    }
    if pieces.is_empty() {
        pieces.push(Piece { number: None, damage: None });
    }
    pieces
}

/// Width and compatibility forms undone, invisible characters gone, look-alikes of other scripts as Latin letters.
fn unified(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    // A superscript or a circled number is no digit of a tracking number.
    let plain = text.chars().map(|c| if matches!(c, '¹' | '²' | '³' | '⁰'..='₉' | '①'..='⓿') { ' ' } else { c });
    for c in plain.nfkc() {
        match c {
            '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2064}' | '\u{feff}' | '\u{ad}' => {}
            '\u{2010}'..='\u{2015}' | '\u{2212}' => out.push('-'),
            c if c.is_control() && c != '\n' && c != '\r' => out.push(' '),
            c => out.push(latin(c)),
        }
    }
    out
}

/// Cyrillic and Greek letters that look like Latin ones.
fn latin(c: char) -> char {
    const SAME: [(&str, &str); 4] = [
        ("АВЕКМНОРСТХУІЈЅ", "ABEKMHOPCTXYIJS"),
        ("авекмнорстхуіјѕ", "ABEKMHOPCTXYIJS"),
        ("ΑΒΕΖΗΙΚΜΝΟΡΤΥΧ", "ABEZHIKMNOPTYX"),
        ("αβεζηικμνορτυχ", "ABEZHIKMNOPTYX"),
    ];
    if c.is_ascii() {
        return c;
    }
    let found = SAME.iter().find_map(|(from, to)| to.chars().nth(from.chars().position(|f| f == c)?));
    found.unwrap_or(c)
}

/// Links stand alone; the rest is cut where people list things.
fn parts(text: &str) -> Vec<String> {
    let mut parts = vec![];
    let mut rest = String::new();
    for word in text.split_inclusive(char::is_whitespace) {
        match word.to_ascii_lowercase().find("http").filter(|at| word[*at..].contains("://")) {
            Some(at) => {
                rest.push_str(&word[..at]);
                rest.push('\n');
                parts.extend(in_link(word[at..].trim_matches(['"', '\'', '<', '>', '(', ')', ' ', '\n', '\r'])));
            }
            None => rest.push_str(word),
        }
    }
    let rest = without_thousands(rest.trim());
    let list = |c: char| matches!(c, ',' | ';' | '/' | '|' | '、' | '\n' | '\r' | '&');
    // A decimal comma in `9,4001E+21` is no list.
    if damage::is_exponent(rest.trim()) {
        parts.push(rest);
    } else {
        parts.extend(rest.split(list).map(str::to_owned));
    }
    parts
}

/// `1,234,567` is one number with separators.
fn without_thousands(text: &str) -> String {
    let mut groups = text.split(',');
    let first = groups.next().unwrap_or("");
    let digits = |g: &str| g.bytes().all(|b| b.is_ascii_digit());
    let rest: Vec<&str> = groups.collect();
    let grouped = !rest.is_empty()
        && (1..=3).contains(&first.len())
        && digits(first)
        && rest.iter().all(|g| g.split('.').next().is_some_and(|g| g.len() == 3 && digits(g)));
    if grouped { text.replace(',', "") } else { text.to_owned() }
}

/// The values of a link that can be numbers, else its last path segment that can. A shop's own page has none.
fn in_link(link: &str) -> Vec<String> {
    let link = percent_decoded(link);
    let after_host =
        link.split_once("://").map_or("", |(_, rest)| rest).split_once(['/', '?', '#']).map_or("", |(_, rest)| rest);
    let mut values = vec![];
    for pair in after_host.split(['?', '&', '#', ';']) {
        let Some((key, value)) = pair.split_once('=') else { continue };
        let key = key.rsplit('/').next().unwrap_or(key).to_ascii_lowercase();
        if KEYS.contains(&key.as_str()) && value.bytes().filter(u8::is_ascii_digit).count() >= 4 {
            values.extend(value.replace('+', " ").split([',', '|']).map(str::to_owned));
        }
    }
    if values.is_empty() {
        let path = after_host.split('?').next().unwrap_or("").split('/').rev();
        let fits = |part: &&str| part.bytes().filter(u8::is_ascii_digit).count() >= 4 && is_known(&squeezed(part));
        values.extend(path.into_iter().find(fits).map(str::to_owned));
    }
    values
}

fn percent_decoded(text: &str) -> String {
    let bytes = text.as_bytes();
    let mut out = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while let Some(byte) = bytes.get(at) {
        let code = bytes
            .get(at + 1..at + 3)
            .and_then(|h| std::str::from_utf8(h).ok())
            .and_then(|h| u8::from_str_radix(h, 16).ok());
        match code {
            Some(code) if *byte == b'%' => {
                out.push(code);
                at += 3;
            }
            _ => {
                out.push(*byte);
                at += 1;
            }
        }
    }
    String::from_utf8_lossy(&out).into_owned()
}

fn squeezed(text: &str) -> String {
    text.chars().filter(char::is_ascii_alphanumeric).map(|c| c.to_ascii_uppercase()).collect()
}

fn of_part(part: &str) -> Vec<Piece> {
    if damage::is_exponent(part) {
        return vec![Piece { number: None, damage: Some(Damage::Exponent) }];
    }
    let text = part.trim();
    // A decimal that a program wrote for a whole number; with more digits than it keeps, the tail is not true.
    let bare = text.trim_matches(['\'', '"', '=']);
    let text = match bare.strip_suffix(".0").filter(|t| !t.is_empty() && t.bytes().all(|b| b.is_ascii_digit())) {
        Some(digits) if digits.len() > 15 => return vec![Piece { number: None, damage: Some(Damage::Rounded) }],
        Some(digits) => digits,
        None => text,
    };
    if let Some(number) = with_hyphen(text) {
        return vec![Piece { number: Some(number), damage: None }];
    }
    numbers(text).into_iter().map(finished).collect()
}

fn finished(number: String) -> Piece {
    match damage::of_number(&number) {
        Some(damage) => Piece { number: None, damage: Some(damage) },
        None => Piece { number: Some(number), damage: None },
    }
}

/// LaserShip's `1LS7119013618127-1`.
fn with_hyphen(text: &str) -> Option<String> {
    let bare: String = text.chars().filter(|c| !c.is_whitespace()).map(|c| c.to_ascii_uppercase()).collect();
    let number = bare.get(bare.find("1LS7")?..)?.to_owned();
    (number.ends_with("-1") && is_known(&number)).then_some(number)
}

/// The numbers among the words of one entry.
fn numbers(text: &str) -> Vec<String> {
    let words: Vec<String> = text
        .split(|c: char| !c.is_ascii_alphanumeric())
        .filter(|w| !w.is_empty())
        .map(str::to_ascii_uppercase)
        .collect();
    let has_digit = |w: &String| w.bytes().any(|b| b.is_ascii_digit());
    if !words.iter().any(has_digit) {
        return vec![];
    }
    let strong: Vec<String> = words.iter().filter(|w| w.len() >= 8 && has_digit(w) && is_strong(w)).cloned().collect();
    let whole = words.concat();
    // One word of several can look like a number of its own; the whole is meant where it says more, or begins with the US
    // post's routing.
    let whole_says_more = match strong.as_slice() {
        [] => is_strong(&whole),
        [one] => strength(&whole) > strength(one) || whole.starts_with("420") && is_strong(&whole),
        _ => false,
    };
    if words.len() == 1 || whole_says_more {
        return vec![whole];
    }
    // Several whole numbers, or one among words; what is as long as a number is never left out silently.
    if !strong.is_empty() {
        return words.into_iter().filter(|w| strong.contains(w) || w.len() >= 10 && has_digit(w)).collect();
    }
    // Labels before and behind have no digit; what is left is one number with gaps.
    let from = words.iter().position(has_digit).unwrap_or(0);
    let to = words.iter().rposition(has_digit).map_or(words.len(), |at| at + 1);
    let kept = words.get(from..to).unwrap_or(&[]).concat();
    // A number may begin or end in letters of its own.
    let wider = [
        from.saturating_sub(1)..to,
        from..(to + 1).min(words.len()),
        from.saturating_sub(1)..(to + 1).min(words.len()),
    ];
    let wider = wider.into_iter().filter_map(|range| words.get(range)).map(<[String]>::concat);
    let best = wider.max_by_key(|w| strength(w)).filter(|w| strength(w) >= 25 && strength(w) > strength(&kept));
    vec![best.unwrap_or(kept)]
}
