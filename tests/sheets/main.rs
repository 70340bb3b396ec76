//! Sheets for suppliers: every built-in template by one suite, the round trip over any text, and what must be held.
#![allow(clippy::unwrap_used, clippy::panic)]

mod conformance;
mod held;
mod own;
mod round_trip;
mod support;
