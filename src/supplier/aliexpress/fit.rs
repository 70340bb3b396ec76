//! An address as AliExpress wants it written: each change is a named rule that says what it changed. Pure.

use crate::core::address::Address;
use crate::core::address::check::{LengthUnit, region_needed, regions_known};
use crate::core::address::country;
use crate::core::address::transform::{Change, Transform};
use crate::core::hold::HoldCode;
use crate::supplier::api::Problem;

/// The address that will be sent, and what became of the order's.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fit {
    pub address: Address,
    pub changes: Vec<Change>,
    pub problems: Vec<Problem>,
}

/// Characters of the street line in the United States; what is longer is divided over both lines at a word.
const US_LINE: usize = 35;

pub fn fit(ship_to: &Address, alpha2: &str) -> Fit {
    let mut fit = Fit { address: ship_to.clone(), changes: vec![], problems: vec![] };
    fit.region(alpha2);
    if alpha2 != "SA" {
        fit.apply(Transform::Latin, HoldCode::NotLatin, "letters that have no Latin spelling here");
        fit.apply(Transform::Ascii, HoldCode::NotLatin, "letters that AliExpress does not take");
    }
    if alpha2 == "US" && LengthUnit::Characters.length(&fit.address.line1) > US_LINE {
        let wrap = Transform::Wrap { longest: US_LINE, unit: LengthUnit::Characters };
        fit.apply(wrap, HoldCode::FieldTooLong, "lines that do not fit into two of 35 characters");
    }
    if !fit.address.company.trim().is_empty() {
        let company = std::mem::take(&mut fit.address.company);
        let line2 = joined(&company, &fit.address.line2);
        fit.set("company_in_line2", "line2", line2);
    }
    fit
}

impl Fit {
    fn apply(&mut self, rule: Transform, code: HoldCode, why: &str) {
        match rule.apply(&self.address) {
            Some((address, changes)) => {
                self.address = address;
                self.changes.extend(changes);
            }
            None if self.problems.iter().all(|p| p.code != code) => {
                let foreign =
                    self.address.fields().into_iter().find(|(_, text)| !text.is_ascii()).map(|(field, _)| field);
                let field = foreign.filter(|_| code == HoldCode::NotLatin).unwrap_or("line1");
                self.problems.push(Problem { field, code, message: format!("the address has {why}") });
            }
            None => {}
        }
    }

    fn set(&mut self, rule: &'static str, field: &'static str, to: String) {
        let Some(value) = self.address.field_mut(field) else { return };
        let from = std::mem::replace(value, to.clone());
        if from != to {
            self.changes.push(Change { rule, field, from, to });
        }
    }

    /// The name of the region, as AliExpress's own forms have it; the city where the post knows no regions.
    fn region(&mut self, alpha2: &str) {
        if self.address.region.trim().is_empty() {
            if !region_needed(alpha2) {
                let city = self.address.city.clone();
                self.set("city_as_region", "region", city);
            }
            return;
        }
        match Transform::RegionName.apply(&self.address) {
            Some((address, changes)) => {
                self.address = address;
                self.changes.extend(changes);
            }
            None if region_needed(alpha2) && regions_known(alpha2) => {
                let name = country::english_name(alpha2).unwrap_or(alpha2);
                let message = format!("no region of {name} is called {}", self.address.region);
                self.problems.push(Problem { field: "region", code: HoldCode::RegionUnknown, message });
            }
            None => {}
        }
    }
}

fn joined(company: &str, line2: &str) -> String {
    if line2.trim().is_empty() { company.to_owned() } else { format!("{company}, {line2}") }
}
