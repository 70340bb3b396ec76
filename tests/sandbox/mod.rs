//! Suppliers and stores on loopback that remember what they were told, break where a test says so, and complain when
//! they are used wrongly. A service is one file (or folder) beside this one that implements [`Service`].
#![allow(dead_code, unused_imports, clippy::unwrap_used, clippy::panic, clippy::expect_used)]

pub mod bigcommerce;
