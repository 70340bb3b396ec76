//! An address on its way into a supplier's form: each change is a named rule that says what it changed. Which rules
//! apply is each supplier's. Pure.

use crate::core::address::Address;
use crate::core::address::check::{region_needed, regions_known};
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

impl Fit {
    pub fn of(ship_to: &Address) -> Self {
        Self { address: ship_to.clone(), changes: vec![], problems: vec![] }
    }

    /// What the rule cannot do without losing something is a problem.
    pub fn apply(&mut self, rule: Transform, code: HoldCode, why: &str) {
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

    pub fn set(&mut self, rule: &'static str, field: &'static str, to: String) {
        let Some(value) = self.address.field_mut(field) else { return };
        let from = std::mem::replace(value, to.clone());
        if from != to {
            self.changes.push(Change { rule, field, from, to });
        }
    }

    /// The company stands before line 2, where the form has no field for it.
    pub fn company_in_line2(&mut self) {
        if self.address.company.trim().is_empty() {
            return;
        }
        let company = std::mem::take(&mut self.address.company);
        let line2 = &self.address.line2;
        let joined = if line2.trim().is_empty() { company } else { format!("{company}, {line2}") };
        self.set("company_in_line2", "line2", joined);
    }

    /// The name of the region; the city where the post knows no regions and the form asks for one all the same.
    pub fn region_by_name(&mut self, alpha2: &str) {
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
