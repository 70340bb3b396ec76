//! The supplier side: what a purchase order looks like to a supplier, and what a supplier's answer means.
//!
//! A supplier with a spreadsheet: `template` is the type of a sheet's TOML, `templates` finds one by name, `fit` makes the
//! changes it needs or says why it cannot, `cell` fills one cell, `sheet` makes rows and bytes, `read_back` undoes them.
//! `letter` is the same order as text, for suppliers whose site a person orders on.
//!
//! A supplier with an API: `api` is what all of them have in common, `kinds` the table of them. Adding one is a file, its
//! `mod` line here and its row there.

pub mod api;
pub mod cell;
pub mod check_code;
pub mod cj;
pub mod content;
pub mod fit;
pub mod kinds;
pub mod letter;
pub mod problem;
pub mod read_back;
pub mod rule;
pub mod sheet;
pub mod template;
pub mod templates;
mod tokens;

pub use check_code::check_code;
pub use content::Content;
pub use fit::{Fitted, fit};
pub use problem::SheetProblem;
pub use read_back::{SheetRead, SheetRow, read_back};
pub use sheet::{SheetOrder, bytes, rows};
pub use template::{Column, Sheet};
pub use templates::BUILT_IN;
