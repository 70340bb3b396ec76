//! Checks of the letters themselves: what stands in a field that is no address.

use std::collections::HashSet;
use std::sync::LazyLock;

use super::Address;
use super::check::Findings;
use super::lexicon::rows;
use super::mojibake;

static PLACEHOLDERS: LazyLock<HashSet<&'static str>> =
    LazyLock::new(|| rows(include_str!("tables/placeholders.tsv")).flatten().collect());

pub(super) fn check(address: &Address, findings: &mut Findings<'_>) {
    let mut foreign = None;
    for (field, value) in address.fields() {
        if value.trim().is_empty() || matches!(field, "country" | "phone" | "email") {
            continue;
        }
        one(field, value, findings);
        foreign = foreign.or_else(|| not_latin(value).then_some((field, value)));
    }
    if let Some((field, value)) = foreign {
        findings.add("not_latin", field, value.trim());
    }
}

fn one(field: &'static str, value: &str, findings: &mut Findings<'_>) {
    let text = value.trim();
    if matches!(field, "name" | "line1" | "city") && PLACEHOLDERS.contains(text.to_lowercase().as_str()) {
        findings.add("placeholder", field, text);
    }
    if value.chars().any(|c| c.is_control() && !matches!(c, '\n' | '\r' | '\t') || matches!(c, '\u{202a}'..='\u{202e}'))
    {
        findings.add("control_character", field, field);
    }
    if text.contains("**") {
        findings.add("masked", field, text);
    }
    if has_email(text) {
        findings.add("email_inside", field, text);
    } else if has_url(text) {
        findings.add("url_inside", field, text);
    }
    if has_html(text) {
        findings.add("html", field, text);
    }
    if !text.is_ascii() && text.chars().any(is_emoji) {
        findings.add("emoji", field, text);
    }
    if !text.is_ascii() && mojibake::undone(text).is_some() {
        findings.add("mojibake", field, text);
    } else if text.contains('\u{fffd}') || text.contains("??") {
        findings.add("letters_lost", field, text);
    }
}

fn has_email(text: &str) -> bool {
    text.split_whitespace().any(|word| {
        word.split_once('@').is_some_and(|(user, host)| !user.is_empty() && host.contains('.') && !host.ends_with('.'))
    })
}

fn has_url(text: &str) -> bool {
    let lower = text.to_lowercase();
    lower.contains("://") || lower.split_whitespace().any(|w| w.starts_with("www."))
}

/// A tag or an entity; a lone `<` is only odd.
fn has_html(text: &str) -> bool {
    let tag = text.find('<').is_some_and(|open| {
        let inside = &text[open + 1..];
        inside.contains('>') && inside.starts_with(|c: char| c == '/' || c.is_ascii_alphabetic())
    });
    let entity = text.find('&').is_some_and(|at| {
        let rest = &text[at + 1..];
        rest.find(';').is_some_and(|end| {
            (2..8).contains(&end) && rest[..end].chars().all(|c| c.is_ascii_alphanumeric() || c == '#')
        })
    });
    tag || entity
}

fn is_emoji(c: char) -> bool {
    matches!(c, '\u{1f000}'..='\u{1faff}' | '\u{2600}'..='\u{27bf}' | '\u{2b00}'..='\u{2bff}' | '\u{fe0f}')
}

/// Letters outside the Latin script.
pub(super) fn not_latin(text: &str) -> bool {
    !text.is_ascii()
        && text.chars().any(|c| {
            c.is_alphabetic() && !matches!(c, '\0'..='\u{24f}' | '\u{1e00}'..='\u{1eff}' | '\u{2b0}'..='\u{2ff}' | 'ﬀ'..='ﬆ' | '\u{ff21}'..='\u{ff5a}')
        })
}
