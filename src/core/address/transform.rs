//! What a supplier needs written otherwise: shorter lines, Latin letters, plain ASCII, a region as code or name.
//! Each is a named rule that says which field it changed, so that the proof can show it. Nothing is ever cut off: what
//! cannot be done whole is `None`, and the order is held.

use serde::Serialize;

use super::Address;
use super::check::LengthUnit;
use super::check_text::not_latin;
use super::country;
use super::fold;
use super::region::{self, Region};
use super::script;

/// One field that a rule changed.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Change {
    pub rule: &'static str,
    pub field: &'static str,
    pub from: String,
    pub to: String,
}

/// The address after a rule, and what the rule changed.
pub type Transformed = (Address, Vec<Change>);

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Transform {
    /// Lines of at most so many, broken at word ends over line 1 and line 2.
    Wrap {
        longest: usize,
        unit: LengthUnit,
    },
    /// Cyrillic and Greek in Latin letters.
    Latin,
    /// Latin letters without accents: ä as ae in German-speaking and Nordic countries, else as a.
    Ascii,
    RegionCode,
    RegionName,
}

impl Transform {
    pub fn name(self) -> &'static str {
        match self {
            Self::Wrap { .. } => "wrap_lines",
            Self::Latin => "latin_letters",
            Self::Ascii => "ascii_letters",
            Self::RegionCode => "region_code",
            Self::RegionName => "region_name",
        }
    }

    /// `None` when it cannot be done without losing something.
    pub fn apply(self, address: &Address) -> Option<Transformed> {
        let changed = match self {
            Self::Wrap { longest, unit } => wrap(address, longest, unit)?,
            Self::Latin => each_text(address, latin)?,
            Self::Ascii => {
                let long = country::code(&address.country).is_some_and(|code| LONG_UMLAUTS.contains(&code));
                each_text(address, |text| ascii(text, long))?
            }
            Self::RegionCode => region_as(address, |r| Some(r.code))?,
            Self::RegionName => region_as(address, Region::latin_name)?,
        };
        let changes = changes(self.name(), address, &changed);
        Some((changed, changes))
    }
}

/// Several rules in their order; `None` when one of them cannot.
pub fn apply_all(rules: &[Transform], address: &Address) -> Option<Transformed> {
    let mut done = (address.clone(), Vec::new());
    for rule in rules {
        let (next, mut changes) = rule.apply(&done.0)?;
        done.0 = next;
        done.1.append(&mut changes);
    }
    Some(done)
}

fn changes(rule: &'static str, before: &Address, after: &Address) -> Vec<Change> {
    before
        .fields()
        .into_iter()
        .zip(after.fields())
        .filter(|((_, from), (_, to))| from != to)
        .map(|((field, from), (_, to))| Change { rule, field, from: from.to_owned(), to: to.to_owned() })
        .collect()
}

fn wrap(address: &Address, longest: usize, unit: LengthUnit) -> Option<Address> {
    let fits = |text: &str| unit.length(text) <= longest;
    let mut wrapped = address.clone();
    if fits(&address.line1) && fits(&address.line2) {
        return Some(wrapped);
    }
    let whole = match (address.line1.trim(), address.line2.trim()) {
        (one, "") => one.to_owned(),
        ("", two) => two.to_owned(),
        (one, two) => format!("{one}, {two}"),
    };
    let (one, two) = break_at_word(&whole, &fits)?;
    wrapped.line1 = one;
    wrapped.line2 = two;
    Some(wrapped)
}

/// The longest first line that ends at a word and leaves a second one that fits; a border at a comma is liked better.
fn break_at_word(whole: &str, fits: &impl Fn(&str) -> bool) -> Option<(String, String)> {
    let breaks = whole.char_indices().filter(|(_, c)| *c == ' ').filter_map(|(at, _)| {
        let (one, two) = (whole[..at].trim(), whole[at..].trim());
        (fits(one.trim_end_matches(',')) && fits(two)).then(|| (one.ends_with(','), at))
    });
    let (_, at) = breaks.max()?;
    Some((whole[..at].trim().trim_end_matches(',').to_owned(), whole[at..].trim().to_owned()))
}

/// Changes every text but the country, phone and e-mail; `None` when one of them has letters without a rule.
fn each_text(address: &Address, change: impl Fn(&str) -> Option<String>) -> Option<Address> {
    let mut changed = address.clone();
    for field in ["name", "company", "line1", "line2", "city", "region", "postcode"] {
        let text = changed.field_mut(field)?;
        *text = change(text)?;
    }
    Some(changed)
}

fn latin(text: &str) -> Option<String> {
    if !not_latin(text) {
        return Some(text.to_owned());
    }
    script::latin(text).filter(|latin| !not_latin(latin))
}

const LONG_UMLAUTS: [&str; 9] = ["DE", "AT", "CH", "LI", "LU", "DK", "NO", "SE", "FI"];

fn ascii(text: &str, long_umlauts: bool) -> Option<String> {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        let lower = c.to_lowercase().next().unwrap_or(c);
        if c.is_ascii() {
            out.push(c);
        } else if let Some(letter) = fold::special(lower) {
            let spelled = if long_umlauts { letter.long } else { letter.plain };
            push_cased(&mut out, spelled, c.is_uppercase());
        } else if fold::is_apostrophe(c) {
            out.push('\'');
        } else if fold::is_dash(c) {
            out.push('-');
        } else if !fold::is_combining(c) {
            let base = fold::base(c);
            if base.is_ascii() {
                out.push(base);
            } else {
                return None;
            }
        }
    }
    Some(out).filter(|text| text.is_ascii())
}

fn push_cased(out: &mut String, spelled: &str, upper: bool) {
    let mut letters = spelled.chars();
    if upper {
        out.extend(letters.next().map(|c| c.to_ascii_uppercase()));
    }
    out.extend(letters);
}

/// The region as its code or name; an unknown region is no reason to guess.
fn region_as(address: &Address, pick: impl Fn(&Region) -> Option<&'static str>) -> Option<Address> {
    let mut changed = address.clone();
    if address.region.trim().is_empty() {
        return Some(changed);
    }
    let code = country::code(&address.country)?;
    pick(region::find(code, &address.region)?)?.clone_into(&mut changed.region);
    Some(changed)
}
