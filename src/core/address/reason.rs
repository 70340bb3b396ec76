//! How two values differ, in words: swapped digits, a lost character, a cut line.

/// The same characters in another order.
pub(super) fn swapped(a: &str, b: &str) -> bool {
    let sorted = |text: &str| {
        let mut chars: Vec<char> = text.chars().filter(|c| c.is_alphanumeric()).collect();
        chars.sort_unstable();
        chars
    };
    a != b && sorted(a) == sorted(b)
}

/// `house number 14 became 18`, with how they differ where that can be said.
pub(super) fn became(what: &str, a: &str, b: &str) -> String {
    let how = if squeezed(a) == squeezed(b) {
        " (grouped otherwise)"
    } else if swapped(a, b) {
        " (digits swapped)"
    } else if a.starts_with(b) || b.starts_with(a) || a.ends_with(b) || b.ends_with(a) {
        if a.len() > b.len() { " (a part is lost)" } else { " (a part was added)" }
    } else {
        ""
    };
    format!("{what} {a} became {b}{how}")
}

fn squeezed(text: &str) -> String {
    text.chars().filter(|c| c.is_alphanumeric()).collect()
}

/// Where a text was cut, when one is the beginning of the other and long enough for a label's limit.
pub(super) fn cut_at(a: &str, b: &str) -> Option<usize> {
    let (a, b) = (a.trim(), b.trim());
    let (short, long) = if a.len() < b.len() { (a, b) } else { (b, a) };
    let length = short.chars().count();
    (long.len() > short.len() && length >= 20 && long.starts_with(short)).then_some(length)
}

/// One letter more, less, other or swapped: worth a look, never a proof.
pub(super) fn nearly(a: &str, b: &str) -> bool {
    let letters = a.chars().count().min(b.chars().count());
    let near = match letters {
        0..=3 => return false,
        4..=8 => 1,
        _ => 2,
    };
    a.chars().count().abs_diff(b.chars().count()) <= near && strsim::osa_distance(a, b) <= near
}
