//! Which way round a store writes day and month, where a date can be read both ways.

use serde::Deserialize;

/// Which number of `01/02/2026` is the month.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DateOrder {
    Mdy,
    Dmy,
}

impl DateOrder {
    pub fn name(self) -> &'static str {
        match self {
            Self::Mdy => "mdy",
            Self::Dmy => "dmy",
        }
    }
}
