//! Suppliers: what each can do and how it is spoken to. `api` is what all with an API have in common, `kinds` the table
//! of them. Adding one is a file, its `mod` line here and its row there.

pub mod api;
pub mod cj;
pub mod kinds;
mod tokens;
