//! Bytes on disk and rows in memory, both ways: encodings, delimited text, workbooks, writes that cannot be half done.
//!
//! Nothing here knows what a column means; that is `store` for orders and `supplier` for sheets.

pub mod atomic;
pub mod encoding;
pub mod folder;
pub mod input;
pub mod problem;
pub mod rows;
pub mod sheet;
pub mod split;
mod workbook;

pub use encoding::Decoding;
pub use folder::TemporaryFolder;
pub use input::Input;
pub use problem::Unreadable;
pub use rows::{Layout, Row, Rows};
pub use workbook::sheets;
