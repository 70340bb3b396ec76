//! Tracking numbers: what a dirty text holds, which carriers it may be of, and where the parcel goes if the number says so.
//!
//! `normalise` finds the numbers in a text, `damage` refuses what a spreadsheet destroyed, `detect` ranks the carriers from
//! the tables `formats.tsv` and `posts.tsv` with `pattern` and `check_digit`. `destination` compares the place inside a
//! number with the ship-to. `sheet` decides about the rows that a supplier sends back.
//!
//! A number is text and stays text. There is never one blind answer: candidates have scores, and a passing check digit
//! proves nothing by itself (one in ten random numbers passes).

mod check_digit;
mod damage;
mod destination;
mod detect;
mod formats;
mod normalise;
mod pattern;
pub mod sheet;

use serde::Serialize;

pub use damage::Damage;
pub use destination::{Destination, agrees};
pub use detect::{Candidate, Context, Detection, detect};
pub use normalise::{Piece, normalise};

/// What the check digit of a number says under one carrier's format.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Check {
    Pass,
    Fail,
    /// The format has none that is public.
    None,
}

/// Why a number cannot be used as it stands. Codes are part of the contract with scripts.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug, Serialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Problem {
    NoNumber,
    DamagedNumber,
    RoundedNumber,
    LostZeros,
    Placeholder,
    UnknownFormat,
    CheckDigit,
    WrongDestination,
    CarrierDisagrees,
    CarrierUnknown,
}

impl Problem {
    pub const ALL: [Self; 10] = [
        Self::NoNumber,
        Self::DamagedNumber,
        Self::RoundedNumber,
        Self::LostZeros,
        Self::Placeholder,
        Self::UnknownFormat,
        Self::CheckDigit,
        Self::WrongDestination,
        Self::CarrierDisagrees,
        Self::CarrierUnknown,
    ];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::NoNumber => "NO_NUMBER",
            Self::DamagedNumber => "DAMAGED_NUMBER",
            Self::RoundedNumber => "ROUNDED_NUMBER",
            Self::LostZeros => "LOST_ZEROS",
            Self::Placeholder => "PLACEHOLDER",
            Self::UnknownFormat => "UNKNOWN_FORMAT",
            Self::CheckDigit => "CHECK_DIGIT",
            Self::WrongDestination => "WRONG_DESTINATION",
            Self::CarrierDisagrees => "CARRIER_DISAGREES",
            Self::CarrierUnknown => "CARRIER_UNKNOWN",
        }
    }

    /// What is wrong, and the cure.
    pub fn words(self) -> &'static str {
        match self {
            Self::NoNumber => "there is no tracking number in it",
            Self::DamagedNumber => {
                "a spreadsheet has made a number of it: format the column as text and ask for the number again"
            }
            Self::RoundedNumber => {
                "a spreadsheet kept only 15 of its digits: format the column as text and ask for the number again"
            }
            Self::LostZeros => "the zeros in front are gone: format the column as text and ask for the number again",
            Self::Placeholder => "this is a number that people type when they have none: ask for the real one",
            Self::UnknownFormat => "no carrier known here has such numbers: say whose it is with --carrier",
            Self::CheckDigit => "its check digit is wrong, so a digit was mistyped: ask for the number again",
            Self::WrongDestination => "the number itself names another destination than the order",
            Self::CarrierDisagrees => "it is no number of the carrier that was named",
            Self::CarrierUnknown => "no carrier known here has that name: say which it is with --carrier",
        }
    }
}
