//! Small words: numbers with their noun, dates as people read them.

use jiff::Timestamp;

/// `1 order`, `2 orders`.
pub fn count(n: u64, noun: &str) -> String {
    let plural = match noun {
        "address" | "box" => format!("{noun}es"),
        noun if noun.ends_with("ry") || noun.ends_with("ty") => format!("{}ies", &noun[..noun.len() - 1]),
        _ => format!("{noun}s"),
    };
    if n == 1 { format!("1 {noun}") } else { format!("{n} {plural}") }
}

/// `2026-03-08`, in UTC; a dash where nobody said.
pub fn date(at: Option<Timestamp>) -> String {
    at.map_or("-".to_owned(), |at| at.strftime("%Y-%m-%d").to_string())
}

/// `2026-03-08 06:58`, in UTC.
pub fn short_time(at: Timestamp) -> String {
    at.strftime("%Y-%m-%d %H:%M").to_string()
}
