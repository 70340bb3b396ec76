//! The supplier side: what a purchase order looks like to a supplier, and what a supplier's answer means.
//!
//! `sheet` is a supplier with a spreadsheet; its templates are data (`sheets/*.toml`). For suppliers with an API, `api` is what
//! all of them have in common and `kinds` the table of them: adding one is a file, its `mod` line here and its row there. `heard`
//! (what codes prove), `session` (the token), `statuses` and `loose` (loose JSON) are shared by them.

pub mod alibaba;
pub mod aliexpress;
pub mod api;
pub mod banggood;
pub mod cj;
mod heard;
mod iop;
pub mod kinds;
mod loose;
mod session;
pub mod sheet;
mod statuses;
