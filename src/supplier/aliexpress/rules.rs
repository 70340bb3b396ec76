//! What AliExpress asks of a field by country, from `rules.tsv`; how it writes countries and which parameters carry a
//! tax id, from the tables beside it. Pure.

use std::sync::LazyLock;

use regex::Regex;

use crate::core::hold::HoldCode;
use crate::supplier::api::Problem;

struct Rule {
    countries: Vec<&'static str>,
    parameter: &'static str,
    form: Regex,
    wanted: bool,
    hold: HoldCode,
    words: &'static str,
}

fn rows(table: &'static str) -> impl Iterator<Item = Vec<&'static str>> {
    table.lines().filter(|l| !l.starts_with('#')).map(|l| l.split('\t').collect())
}

static RULES: LazyLock<Vec<Rule>> = LazyLock::new(|| {
    let rule = |row: Vec<&'static str>| {
        let [countries, parameter, form, hold, words] = row[..] else { return None };
        let (wanted, form) = form.strip_prefix('!').map_or((true, form), |form| (false, form));
        Some(Rule {
            countries: countries.split(' ').collect(),
            parameter,
            form: Regex::new(&format!("^(?s:{form})$")).ok()?,
            wanted,
            hold: hold.parse().ok()?,
            words,
        })
    };
    rows(include_str!("rules.tsv")).filter_map(rule).collect()
});

impl Rule {
    fn concerns(&self, country: &str) -> bool {
        let out = |c: &&str| c.strip_prefix('!') == Some(country);
        (self.countries.contains(&"*") || self.countries.contains(&country)) && !self.countries.iter().any(out)
    }
}

/// Our field for a parameter of AliExpress.
fn field(parameter: &str) -> &'static str {
    match parameter {
        "full_name" => "name",
        "address" => "line1",
        "address2" => "line2",
        "city" => "city",
        "province" => "region",
        "zip" => "postcode",
        "phone_country" | "mobile_no" => "phone",
        _ => "tax_id",
    }
}

/// The first broken rule of each parameter. `value` gives what would be sent; empty where nothing would.
pub fn problems<'a>(country: &str, value: impl Fn(&str) -> &'a str) -> Vec<Problem> {
    let mut found: Vec<(&str, Problem)> = vec![];
    for rule in RULES.iter().filter(|rule| rule.concerns(country)) {
        let known = found.iter().any(|(parameter, _)| *parameter == rule.parameter);
        if !known && rule.form.is_match(value(rule.parameter)) != rule.wanted {
            let message = format!("AliExpress's {} {}", rule.parameter, rule.words);
            found.push((rule.parameter, Problem { field: field(rule.parameter), code: rule.hold, message }));
        }
    }
    found.into_iter().map(|(_, problem)| problem).collect()
}

/// AliExpress's code of a country.
pub fn country_code(alpha2: &str) -> &str {
    rows(include_str!("countries.tsv")).find(|row| row[0] == alpha2).map_or(alpha2, |row| row[1])
}

/// Back to ISO.
pub fn alpha2(code: &str) -> &str {
    rows(include_str!("countries.tsv")).find(|row| row.get(1) == Some(&code)).map_or(code, |row| row[0])
}

/// Which parameters carry the tax id of a country.
pub struct TaxId {
    pub parameters: Vec<&'static str>,
    form: &'static str,
    /// `is_foreigner`, where it must be said.
    pub is_foreigner: Option<&'static str>,
}

pub fn tax_id(alpha2: &str) -> Option<TaxId> {
    let of = |country: &str| rows(include_str!("tax-ids.tsv")).find(|row| row[0] == country);
    let row = of(alpha2).or_else(|| of("*"))?;
    let parameters = row.get(1)?.split(' ').collect();
    Some(TaxId { parameters, form: row.get(2)?, is_foreigner: row.get(3).copied() })
}

impl TaxId {
    /// In the form that AliExpress wants; digits that are too many or too few are left for the rules to say.
    pub fn written(&self, id: &str) -> String {
        let id = id.trim();
        let digits: String = id.chars().filter(char::is_ascii_digit).collect();
        match self.form {
            "digits" => digits,
            "capitals" => id.to_uppercase(),
            "cuit" if digits.len() == 11 => format!("{}-{}-{}", &digits[..2], &digits[2..10], &digits[10..]),
            _ => id.to_owned(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::core::address::country;

    #[test]
    fn every_row_of_the_tables_reads() {
        let lines = |table: &str| table.lines().filter(|l| !l.starts_with('#')).count();
        assert_eq!(RULES.len(), lines(include_str!("rules.tsv")));
        for row in rows(include_str!("countries.tsv")) {
            assert_eq!(row.len(), 2, "{row:?}");
            assert_eq!((country::code(row[0]), alpha2(country_code(row[0]))), (Some(row[0]), row[0]));
        }
        for row in rows(include_str!("tax-ids.tsv")) {
            assert!(row[0] == "*" || country::code(row[0]) == Some(row[0]), "{row:?}");
            assert!(["as_is", "digits", "capitals", "cuit"].contains(&row[2]), "{row:?}");
        }
    }

    #[test]
    fn tax_ids_in_their_form() {
        let written = |country: &str, id: &str| tax_id(country).unwrap().written(id);
        assert_eq!(written("BR", "529.982.247-25"), "52998224725");
        assert_eq!(written("AR", "20123456786"), "20-12345678-6");
        assert_eq!(written("KR", "p123456789012"), "P123456789012");
        assert_eq!(written("CL", "12345678-K"), "12345678-K");
        assert_eq!(tax_id("IT").unwrap().parameters, ["tax_number"]);
    }
}
