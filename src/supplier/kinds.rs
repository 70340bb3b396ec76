//! The table of suppliers with an API.

use super::api::{BuildError, SupplierApi};
use super::{alibaba, aliexpress, banggood, cj};
use crate::config::{Supplier, SupplierKind};
use crate::net::Net;
use crate::token::Consent;

pub struct Kind {
    pub kind: SupplierKind,
    pub name: &'static str,
    /// One line for the manual.
    pub about: &'static str,
    pub build: Build,
    /// As its client's abilities say; here for who must know it without a key.
    pub finds_by_reference: bool,
    /// For suppliers that a person must allow in a browser.
    pub consent: Option<ConsentOf>,
}

/// Takes the supplier's name in the config, for messages and for its files in the state folder.
pub type Build = fn(&str, &Supplier, &Net) -> Result<Box<dyn SupplierApi>, BuildError>;

pub type ConsentOf = fn(&str, &Supplier, &Net) -> Result<Box<dyn Consent>, BuildError>;

pub const KINDS: &[Kind] = &[cj::KIND, aliexpress::KIND, alibaba::KIND, banggood::KIND];

/// Whether a purchase order whose outcome is unknown can be looked up at a supplier of this kind.
pub fn finds_by_reference(kind: SupplierKind) -> bool {
    KINDS.iter().any(|known| known.kind == kind && known.finds_by_reference)
}

/// # Errors
/// The key is not where the config says, the base URL cannot be meant, or that kind has no API.
pub fn build(name: &str, supplier: &Supplier, net: &Net) -> Result<Box<dyn SupplierApi>, BuildError> {
    match KINDS.iter().find(|kind| kind.kind == supplier.kind) {
        Some(kind) => (kind.build)(name, supplier, net),
        None => Err(BuildError::NoApi { name: name.to_owned(), kind: supplier.kind.name() }),
    }
}
