//! The changes that a sheet asks for, by name. Each is whole or not at all, and says what it changed.

use serde::Deserialize;

use crate::core::address::Address;
use crate::core::address::check::LengthUnit;
use crate::core::address::country;
use crate::core::address::transform::{Change, Transform, Transformed};
use crate::core::hold::HoldCode;

/// What a template may list under `rules`; they are applied in the order in which it lists them.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Rule {
    /// Line breaks and tabs inside a field become `, ` or a space: who copies such a cell into a form loses its second line.
    OneLine,
    /// Cyrillic and Greek in Latin letters; a script without a table is held.
    LatinLetters,
    /// Latin letters without accents.
    AsciiLetters,
    /// The company moves behind line 2, for sheets without a column for it.
    CompanyInLine2,
    /// Line 2 moves behind line 1, for sheets with one column for both.
    JoinLines,
    /// Lines of at most `longest` of the column for line 1, broken at word ends.
    WrapLines,
    /// A phone of digits with a `+` in front.
    PhoneDigits,
}

/// Why a rule cannot be applied without losing something.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Refusal {
    pub code: HoldCode,
    pub message: String,
}

impl Rule {
    /// `longest` is what the column of line 1 takes.
    ///
    /// # Errors
    /// It cannot be done whole.
    pub fn apply(self, address: &Address, longest: usize, unit: LengthUnit) -> Result<Transformed, Refusal> {
        let done = match self {
            Self::OneLine => Some(changed("one_line", address, one_line)),
            Self::CompanyInLine2 => Some(changed("company_in_line2", address, company_in_line2)),
            Self::JoinLines => Some(changed("join_lines", address, join_lines)),
            Self::LatinLetters => Transform::Latin.apply(address),
            Self::AsciiLetters => Transform::Ascii.apply(address),
            Self::WrapLines => Transform::Wrap { longest, unit }.apply(address),
            Self::PhoneDigits => {
                phone_digits(&address.phone).map(|phone| changed("phone_digits", address, |a| a.phone = phone.clone()))
            }
        };
        done.ok_or_else(|| match self {
            Self::LatinLetters | Self::AsciiLetters => {
                Refusal { code: HoldCode::NotLatin, message: not_latin(address) }
            }
            Self::PhoneDigits => Refusal {
                code: HoldCode::AddressProblem,
                message: format!("phone {} cannot be written with digits and + alone", address.phone),
            },
            _ => Refusal {
                code: HoldCode::FieldTooLong,
                message: format!(
                    "line1 and line2 have {} and {}, the sheet takes {longest} each: {}, {}",
                    unit.length(&address.line1),
                    unit.length(&address.line2),
                    address.line1,
                    address.line2
                ),
            },
        })
    }
}

/// Which field has them, so that a person need not search.
fn not_latin(address: &Address) -> String {
    let foreign = |text: &str| text.chars().any(|c| c.is_alphabetic() && (c as u32) > 0x24f);
    let field = address.fields().into_iter().find(|(_, text)| foreign(text));
    let (field, text) = field.unwrap_or(("the address", ""));
    format!("{field} {text} has letters that no table spells in Latin letters")
}

/// The country as the column wants it.
///
/// # Errors
/// No table knows the country.
pub fn country_as(address: &Address, by_name: bool) -> Result<Transformed, Refusal> {
    let code = country::code(&address.country);
    let wanted = if by_name { code.and_then(country::english_name) } else { code };
    match wanted {
        Some(text) => {
            let rule = if by_name { "country_name" } else { "country_code" };
            Ok(changed(rule, address, |a| text.clone_into(&mut a.country)))
        }
        None => Err(Refusal {
            code: HoldCode::AddressProblem,
            message: format!("no table knows the country \"{}\"", address.country),
        }),
    }
}

/// The region as code or name. A text that is no known region stays as it is where a name is wanted, and is held where
/// the supplier takes codes alone.
///
/// # Errors
/// No table knows the code.
pub fn region_as(address: &Address, by_name: bool) -> Result<Transformed, Refusal> {
    let rule = if by_name { Transform::RegionName } else { Transform::RegionCode };
    match rule.apply(address) {
        Some(done) => Ok(done),
        None if by_name => Ok((address.clone(), vec![])),
        None => Err(Refusal {
            code: HoldCode::RegionUnknown,
            message: format!("no table has a code for the region \"{}\", and the sheet takes codes", address.region),
        }),
    }
}

fn changed(rule: &'static str, address: &Address, change: impl FnOnce(&mut Address)) -> Transformed {
    let mut after = address.clone();
    change(&mut after);
    let changes = address
        .fields()
        .into_iter()
        .zip(after.fields())
        .filter(|((_, from), (_, to))| from != to)
        .map(|((field, from), (_, to))| Change { rule, field, from: from.to_owned(), to: to.to_owned() })
        .collect();
    (after, changes)
}

fn one_line(address: &mut Address) {
    for field in Address::FIELDS {
        let between = if matches!(field, "line1" | "line2") { ", " } else { " " };
        if let Some(text) = address.field_mut(field)
            && text.contains(is_break)
        {
            let pieces: Vec<&str> =
                text.split(is_break).map(|p| p.trim().trim_end_matches(',')).filter(|p| !p.is_empty()).collect();
            *text = pieces.join(between);
        }
    }
}

fn is_break(c: char) -> bool {
    matches!(c, '\n' | '\r' | '\t' | '\u{b}' | '\u{c}' | '\u{85}' | '\u{2028}' | '\u{2029}')
}

fn company_in_line2(address: &mut Address) {
    let company = std::mem::take(&mut address.company);
    if address.line2.trim().is_empty() {
        address.line2 = company;
    } else if !company.trim().is_empty() && company.trim() != address.line2.trim() {
        address.line2 = format!("{}, {}", address.line2.trim(), company.trim());
    }
}

fn join_lines(address: &mut Address) {
    let line2 = std::mem::take(&mut address.line2);
    if address.line1.trim().is_empty() {
        address.line1 = line2;
    } else if !line2.trim().is_empty() {
        address.line1 = format!("{}, {}", address.line1.trim(), line2.trim());
    }
}

/// `None` for an extension or anything else that is neither digit nor dress.
fn phone_digits(phone: &str) -> Option<String> {
    let mut rest = phone.trim().to_owned();
    let mut out = String::with_capacity(rest.len());
    if rest.starts_with('+') {
        out.push('+');
        // +44 (0)20: the zero is dialled only without the country code.
        rest = rest[1..].replace("(0)", "");
    }
    for c in rest.chars() {
        match c {
            '0'..='9' => out.push(c),
            ' ' | '-' | '.' | '(' | ')' | '/' | '\u{a0}' | '\u{2010}'..='\u{2015}' => {}
            _ => return None,
        }
    }
    Some(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn phones_of_digits() {
        for (phone, want) in [
            ("+1 (617) 555-0142", Some("+16175550142")),
            ("+44 (0)20 7946 0018", Some("+442079460018")),
            ("0049 30/1234", Some("0049301234")),
            ("", Some("")),
            ("617-555-0142 ext. 5", None),
            ("1+2", None),
        ] {
            assert_eq!(phone_digits(phone).as_deref(), want, "{phone}");
        }
    }

    #[test]
    fn fields_that_move_are_named_and_nothing_is_lost() {
        let address = Address {
            company: "Acme Ltd".into(),
            line1: "12 Sample Ln\r\nRear house".into(),
            line2: "Apt 4".into(),
            ..Address::default()
        };
        let unit = LengthUnit::Characters;
        let (one, changes) = Rule::OneLine.apply(&address, 0, unit).unwrap();
        assert_eq!((one.line1.as_str(), changes.len()), ("12 Sample Ln, Rear house", 1));
        let (two, changes) = Rule::CompanyInLine2.apply(&one, 0, unit).unwrap();
        assert_eq!((two.line2.as_str(), two.company.as_str(), changes.len()), ("Apt 4, Acme Ltd", "", 2));
        let (three, _) = Rule::JoinLines.apply(&two, 0, unit).unwrap();
        assert_eq!((three.line1.as_str(), three.line2.as_str()), ("12 Sample Ln, Rear house, Apt 4, Acme Ltd", ""));
        assert_eq!(Rule::WrapLines.apply(&three, 15, unit).unwrap_err().code, HoldCode::FieldTooLong);
    }
}
