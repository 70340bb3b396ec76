//! A supplier who takes a spreadsheet.
//!
//! `template` is the type of a sheet's TOML, `templates` finds one by name, `fit` makes the changes it needs or says why it
//! cannot, `cell` fills one cell, `rows` makes rows and bytes, `read_back` undoes them. `letter` is the same order as text,
//! for suppliers whose site a person orders on.

pub mod cell;
pub mod check_code;
pub mod content;
pub mod fit;
pub mod letter;
pub mod problem;
pub mod read_back;
pub mod rows;
pub mod rule;
pub mod template;
pub mod templates;

pub use check_code::check_code;
pub use content::Content;
pub use fit::{Fitted, fit};
pub use problem::SheetProblem;
pub use read_back::{SheetRead, SheetRow, read_back};
pub use rows::{LineExtra, SheetOrder, bytes, rows};
pub use template::{Column, Sheet};
pub use templates::BUILT_IN;
