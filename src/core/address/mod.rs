//! An address as an order carries it, and (in the files beside this one) how two are compared and one is checked.
//!
//! Reading goes `fold` (letters) → `token` → `item` (meanings, from `lexicon` and `tables/`) → `unit`, `house` → `side`.
//! Comparing goes `compare` → one file a field, `street` for the lines. `check` looks at one address alone,
//! `transform` makes the changes a supplier needs. Nothing here opens a file or a socket.
//!
//! A rule is a row in `tables/` wherever it can be; invented pairs that must or must not be the same are rows in `cases/`.

mod align;
pub mod arrival;
#[cfg(test)]
mod cases;
#[cfg(test)]
mod changes;
pub mod check;
mod check_place;
mod check_text;
mod city;
mod cjk;
mod company;
pub mod compare;
pub mod country;
pub mod dial;
mod fold;
mod house;
mod item;
mod lexicon;
mod mojibake;
mod name;
mod phone;
mod postcode;
mod reason;
pub mod recorded;
mod region;
mod rule;
mod rules;
mod script;
mod side;
mod street;
mod tax_id;
#[cfg(test)]
mod tests;
mod text;
mod token;
pub mod transform;
mod unit;
pub mod verdict;

use serde::{Deserialize, Serialize};

/// The ten fields of an address, as text, exactly as the store wrote them; empty means absent.
///
/// Only `country` is translated, by exact table, to ISO 3166-1 alpha-2; a spelling that the table does not know
/// stays as it was found, and a check says so.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Address {
    pub name: String,
    pub company: String,
    pub line1: String,
    pub line2: String,
    pub city: String,
    pub region: String,
    pub postcode: String,
    pub country: String,
    pub phone: String,
    pub email: String,
}

impl Address {
    /// Field names in the order in which they are shown, hashed and compared.
    pub const FIELDS: [&str; 10] =
        ["name", "company", "line1", "line2", "city", "region", "postcode", "country", "phone", "email"];

    pub fn fields(&self) -> [(&'static str, &str); 10] {
        let values = [
            &self.name,
            &self.company,
            &self.line1,
            &self.line2,
            &self.city,
            &self.region,
            &self.postcode,
            &self.country,
            &self.phone,
            &self.email,
        ];
        std::array::from_fn(|i| (Self::FIELDS[i], values[i].as_str()))
    }

    pub fn field_mut(&mut self, name: &str) -> Option<&mut String> {
        Some(match name {
            "name" => &mut self.name,
            "company" => &mut self.company,
            "line1" => &mut self.line1,
            "line2" => &mut self.line2,
            "city" => &mut self.city,
            "region" => &mut self.region,
            "postcode" => &mut self.postcode,
            "country" => &mut self.country,
            "phone" => &mut self.phone,
            "email" => &mut self.email,
            _ => return None,
        })
    }

    /// True when nothing says where: no name, no street, no city, no postcode, no country.
    pub fn is_blank(&self) -> bool {
        [&self.name, &self.line1, &self.line2, &self.city, &self.postcode, &self.country].iter().all(|f| f.is_empty())
    }
}
