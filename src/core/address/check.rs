//! One address alone: can it be delivered to, by its form? Every check is a row of `tables/checks.tsv` with a severity
//! that a store or a supplier may change by name. What passes is *format-checked*; nobody here knows who lives there.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

use serde::Serialize;

use super::Address;
use super::check_place;
use super::check_text;
use super::country;
use super::lexicon::rows;
use super::phone;
use super::region;
use super::rules;
use super::tax_id;

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    Off,
    /// Shown, does not hold.
    Warn,
    /// Holds the order.
    Error,
}

impl Severity {
    pub fn name(self) -> &'static str {
        match self {
            Self::Off => "off",
            Self::Warn => "warn",
            Self::Error => "error",
        }
    }

    pub fn from_name(name: &str) -> Option<Self> {
        match name {
            "off" => Some(Self::Off),
            "warn" => Some(Self::Warn),
            "error" => Some(Self::Error),
            _ => None,
        }
    }
}

/// What a check found.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Finding {
    /// Name of the row in the table of checks.
    pub check: &'static str,
    /// Hold code.
    pub code: &'static str,
    pub field: &'static str,
    pub severity: Severity,
    pub message: String,
    pub fix: String,
    /// A value to offer; never set by itself.
    pub suggestion: Option<String>,
}

/// How a supplier counts the length of a field.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum LengthUnit {
    #[default]
    Characters,
    /// As Java and JavaScript count.
    Utf16,
    /// Bytes of UTF-8.
    Bytes,
    /// East Asian letters count two.
    Columns,
}

impl LengthUnit {
    pub fn length(self, text: &str) -> usize {
        match self {
            Self::Characters => text.chars().count(),
            Self::Utf16 => text.encode_utf16().count(),
            Self::Bytes => text.len(),
            Self::Columns => {
                text.chars().map(|c| if super::fold::is_cjk(c) || u32::from(c) > 0xff00 { 2 } else { 1 }).sum()
            }
        }
    }
}

/// What a store and a supplier ask of an address. The default asks what every post asks.
#[derive(Clone, Debug, Default)]
pub struct Profile {
    severities: BTreeMap<String, Severity>,
    pub phone_required: bool,
    /// Empty: everywhere.
    pub ships_to: BTreeSet<String>,
    /// Longest value of a field, by field name.
    pub longest: BTreeMap<String, usize>,
    pub length_unit: LengthUnit,
    /// CPF, RUT, PCCC and their like, as the order has it.
    pub tax_id: Option<String>,
}

impl Profile {
    /// Changes the severity of a check; `false` when no check has that name.
    pub fn set(&mut self, check: &str, severity: Severity) -> bool {
        let known = CHECKS.iter().any(|c| c.name == check);
        if known {
            self.severities.insert(check.to_owned(), severity);
        }
        known
    }

    /// The same demands for an order that has this tax id.
    #[must_use]
    pub fn with_tax_id(&self, tax_id: Option<String>) -> Self {
        Self { tax_id, ..self.clone() }
    }

    fn severity(&self, check: &Check) -> Severity {
        self.severities.get(check.name).copied().unwrap_or(check.severity)
    }
}

/// A row of the table.
pub struct Check {
    pub name: &'static str,
    pub code: &'static str,
    pub severity: Severity,
    pub message: &'static str,
    pub fix: &'static str,
}

pub static CHECKS: LazyLock<Vec<Check>> = LazyLock::new(|| {
    rows(include_str!("tables/checks.tsv"))
        .filter_map(|row| {
            let [name, code, severity, message, fix] = row[..] else { return None };
            Some(Check { name, code, severity: Severity::from_name(severity)?, message, fix })
        })
        .collect()
});

/// Collects what the checks find, in the words of their rows.
pub(super) struct Findings<'p> {
    profile: &'p Profile,
    list: Vec<Finding>,
}

impl Findings<'_> {
    pub fn add(&mut self, check: &str, field: &'static str, value: &str) {
        self.suggest(check, field, value, None);
    }

    pub fn suggest(&mut self, check: &str, field: &'static str, value: &str, suggestion: Option<String>) {
        let Some(row) = CHECKS.iter().find(|c| c.name == check) else { return };
        let severity = self.profile.severity(row);
        if severity == Severity::Off {
            return;
        }
        let mut fix = row.fix.to_owned();
        if let Some(value) = &suggestion {
            fix = format!("perhaps {value}; {fix}");
        }
        let message = row.message.replace("{}", value);
        self.list.push(Finding { check: row.name, code: row.code, field, severity, message, fix, suggestion });
    }
}

/// Everything that is wrong or doubtful, worst first. Empty: format-checked.
pub fn check(address: &Address, profile: &Profile) -> Vec<Finding> {
    let mut findings = Findings { profile, list: Vec::new() };
    if address.is_blank() {
        findings.add("ship_to_missing", "name", "");
        return findings.list;
    }
    required(address, &mut findings);
    check_text::check(address, &mut findings);
    let code = country::code(&address.country).unwrap_or("");
    if rules::known(code).is_some() {
        if !profile.ships_to.is_empty() && !profile.ships_to.contains(code) {
            findings.add("country_not_served", "country", country::english_name(code).unwrap_or(code));
        }
        check_place::check(address, code, &mut findings);
        phones(address, code, profile, &mut findings);
        tax_ids(code, profile, &mut findings);
    }
    lengths(address, profile, &mut findings);
    findings.list.sort_by_key(|f| std::cmp::Reverse(f.severity));
    findings.list
}

/// True where the post wants a state or province. A country that no table knows needs none.
pub fn region_needed(country: &str) -> bool {
    country::code(country).is_some_and(|code| rules::of(code).needs_region())
}

/// True where the post wants a postcode. A country that no table knows needs none.
pub fn postcode_needed(country: &str) -> bool {
    country::code(country).is_some_and(|code| rules::of(code).needs_postcode())
}

/// Name of the tax id that customs want there of a customer.
pub fn tax_id_wanted(country: &str) -> Option<&'static str> {
    tax_id::of(country::code(country)?).map(|wanted| wanted.name)
}

/// True where every region is known by name, so that an unknown one is a mistake.
pub fn regions_known(country: &str) -> bool {
    country::code(country).is_some_and(region::has_table)
}

/// True when something holds the order.
pub fn holds(findings: &[Finding]) -> bool {
    findings.iter().any(|f| f.severity == Severity::Error)
}

fn required(address: &Address, findings: &mut Findings<'_>) {
    let blank = |text: &str| text.trim().is_empty();
    if blank(&address.name) {
        findings.add("name_missing", "name", "");
    } else if address.name.split_whitespace().count() == 1 && address.name.is_ascii() {
        findings.add("name_one_word", "name", address.name.trim());
    }
    if blank(&address.country) {
        findings.add("country_missing", "country", "");
    } else if country::code(&address.country).is_none() {
        findings.add("country_unknown", "country", address.country.trim());
    }
}

fn phones(address: &Address, code: &str, profile: &Profile, findings: &mut Findings<'_>) {
    if address.phone.trim().is_empty() {
        findings.add(if profile.phone_required { "phone_required" } else { "phone_missing" }, "phone", "");
    } else if !phone::plausible(&address.phone, code) {
        findings.add("phone_implausible", "phone", address.phone.trim());
    }
}

fn tax_ids(code: &str, profile: &Profile, findings: &mut Findings<'_>) {
    let Some(wanted) = tax_id::of(code) else { return };
    match profile.tax_id.as_deref().map(str::trim).filter(|id| !id.is_empty()) {
        None => findings.add("tax_id_required", "tax_id", wanted.name),
        Some(id) if !wanted.valid(id) => {
            findings.add("tax_id_invalid", "tax_id", &format!("{id} is no {} (form or check digit)", wanted.name));
        }
        Some(_) => {}
    }
}

fn lengths(address: &Address, profile: &Profile, findings: &mut Findings<'_>) {
    for (field, value) in address.fields() {
        let Some(longest) = profile.longest.get(field) else { continue };
        let length = profile.length_unit.length(value);
        if length > *longest {
            let message = format!("{field} has {length}, the supplier takes {longest}: {value}");
            findings.add("field_too_long", field, &message);
        }
    }
}
