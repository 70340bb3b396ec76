//! Tracking numbers: formats, dirty texts, carriers.
#![allow(clippy::unwrap_used, clippy::panic, clippy::expect_used)]

mod dirty;
mod formats;
mod hostile;
mod rows;
mod support;
