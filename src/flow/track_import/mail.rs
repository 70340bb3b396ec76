//! Shipping e-mails that a person saved, as the same rows that a sheet gives: the supplier's order number and what they say of
//! the parcel. Which mails are known stands in `mails.tsv`.

use std::io::Read;

use super::ImportError;
use crate::core::mail::{Mail, is_mail, messages};
use crate::core::tracking::sheet::Row;
use crate::files::{Input, Unreadable};

const KINDS: &str = include_str!("mails.tsv");

struct Kind {
    domain: &'static str,
    subjects: Vec<&'static str>,
    order: Form,
    before_number: &'static str,
    own_link: &'static str,
}

#[derive(Clone, Copy)]
struct Form {
    digits_only: bool,
    least: usize,
    most: usize,
}

fn kinds() -> impl Iterator<Item = Kind> {
    KINDS.lines().filter(|l| !l.starts_with('#')).filter_map(|line| {
        let cells: Vec<&'static str> = line.split('\t').collect();
        let &[domain, subjects, order, before_number, own_link] = cells.as_slice() else { return None };
        let (kind, count) = order.split_once('{')?;
        let (least, most) = count
            .trim_end_matches('}')
            .split_once(',')
            .unwrap_or((count.trim_end_matches('}'), count.trim_end_matches('}')));
        Some(Kind {
            domain,
            subjects: subjects.split('|').filter(|s| !s.is_empty()).collect(),
            order: Form { digits_only: kind == "#", least: least.parse().ok()?, most: most.parse().ok()? },
            before_number,
            own_link,
        })
    })
}

/// The mails of a file; `None` when it is a sheet.
///
/// # Errors
/// The file cannot be read.
pub fn mails(input: &Input) -> Result<Option<Vec<Mail>>, ImportError> {
    let io = |source| Unreadable::Io { file: input.name().to_owned(), source };
    let mut head = vec![];
    input.reader()?.take(4096).read_to_end(&mut head).map_err(io)?;
    let named = [".eml", ".mbox"].iter().any(|end| input.name().to_ascii_lowercase().ends_with(end));
    if !named && !is_mail(&head) {
        return Ok(None);
    }
    let mut bytes = vec![];
    input.reader()?.read_to_end(&mut bytes).map_err(io)?;
    Ok(Some(messages(&bytes)))
}

/// One row for each parcel, numbered by the mail.
///
/// # Errors
/// No mail is of a supplier that is known here, or none tells of a parcel.
pub fn rows(mails: &[Mail], file: &str) -> Result<Vec<Row>, ImportError> {
    let mut rows = vec![];
    for (at, mail) in (1..).zip(mails) {
        let of =
            |kind: &Kind| mail.from_domain == kind.domain || mail.from_domain.ends_with(&format!(".{}", kind.domain));
        if let Some(kind) = kinds().find(of) {
            rows.extend(of_mail(&kind, mail).into_iter().map(|row| Row { row: at, ..row }));
        }
    }
    if rows.is_empty() {
        let known = kinds().map(|k| k.domain).collect::<Vec<_>>().join(" and ");
        return Err(ImportError::NoNews { file: file.to_owned(), known });
    }
    Ok(rows)
}

fn of_mail(kind: &Kind, mail: &Mail) -> Vec<Row> {
    let subject = mail.subject.to_lowercase();
    if !kind.subjects.is_empty() && !kind.subjects.iter().any(|s| subject.contains(s)) {
        return vec![];
    }
    let order = order_number(kind, mail).unwrap_or_default();
    let mut tracking = numbers(kind, &mail.text);
    if tracking.is_empty() {
        let link = |w: &&str| w.contains("://") && !kind.own_link.is_empty() && w.contains(kind.own_link);
        tracking.extend(mail.text.split_whitespace().find(link).map(str::to_owned));
    }
    let shipped_at = jiff::fmt::rfc2822::parse(&mail.date).map(|z| z.timestamp().to_string()).unwrap_or_default();
    let row =
        |tracking| Row { supplier_order: order.clone(), tracking, shipped_at: shipped_at.clone(), ..Row::default() };
    tracking.into_iter().map(row).collect()
}

/// In the shop's own link, else behind the word "order" in the subject or the text.
fn order_number(kind: &Kind, mail: &Mail) -> Option<String> {
    let fits = |word: &str| {
        let kinds = if kind.order.digits_only {
            word.bytes().all(|b| b.is_ascii_digit())
        } else {
            word.bytes().any(|b| b.is_ascii_digit())
        };
        kinds && (kind.order.least..=kind.order.most).contains(&word.len())
    };
    let token = |text: &str| -> Option<String> {
        text.split(|c: char| !(c.is_ascii_alphanumeric() || c == '-')).find(|w| fits(w)).map(str::to_owned)
    };
    let in_link = mail.text.split_once("order_id=").and_then(|(_, rest)| token(rest.split(['&', ' ', '\n']).next()?));
    let behind = |text: &str| {
        let low = text.to_ascii_lowercase();
        // Close behind the word, or it is some other number.
        low.match_indices("order").find_map(|(at, _)| token(&text.get(at + 5..)?.chars().take(40).collect::<String>()))
    };
    in_link.or_else(|| behind(&mail.subject)).or_else(|| behind(&mail.text))
}

/// What stands behind "Tracking Number:", each once.
fn numbers(kind: &Kind, text: &str) -> Vec<String> {
    let low = text.to_ascii_lowercase();
    let mut found: Vec<String> = vec![];
    for (at, words) in low.match_indices(kind.before_number) {
        let Some(rest) = text.get(at + words.len()..) else { continue };
        let rest =
            rest.trim_start_matches(|c: char| c.is_whitespace() || matches!(c, ':' | '#' | '(' | ')' | 's' | 'S'));
        // A label with several numbers separates them by commas.
        for word in rest.split(|c: char| c.is_whitespace() || c == ',').filter(|w| !w.is_empty()) {
            let number: String = word.chars().take_while(char::is_ascii_alphanumeric).collect();
            if number.len() < 8
                || !number.bytes().any(|b| b.is_ascii_digit())
                || number.bytes().any(|b| b.is_ascii_lowercase())
            {
                break;
            }
            if !found.contains(&number) {
                found.push(number);
            }
        }
    }
    found
}
