//! What dsf wants of a supplier with an API. Making bytes and reading them back is pure; everything else asks.

use std::time::Duration;

use thiserror::Error;

use crate::core::address::Address;
use crate::core::address::compare::Echo;
use crate::core::address::transform::Change;
use crate::core::hold::HoldCode;
use crate::core::ids::Reference;
use crate::core::money::Money;
use crate::core::sending::{
    Abilities, AskError, Asked, Dispatch, Freight, Lookup, Outcome, Quote, Recorded, Shipment, Step, Tracked,
};
use crate::net::url::UrlError;
use crate::secret::SecretError;

/// Why a purchase order cannot go to this supplier as it stands. It is held; nothing is cut to fit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// Field of the address, or of the purchase order.
    pub field: &'static str,
    pub code: HoldCode,
    pub message: String,
}

/// What the bytes that go out say, read back from them alone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Written {
    pub reference: String,
    pub ship_to: Address,
    /// Which fields of an address these bytes carry.
    pub echo: Echo,
    /// Listing ids with packs: added up by id, in their order, as in [`Recorded`].
    pub lines: Vec<(String, u32)>,
}

pub trait SupplierApi: Send + Sync {
    fn abilities(&self) -> Abilities;

    /// How long after sending a "not found" counts.
    fn settle_after(&self) -> Duration;

    /// Exact bytes that would be sent, or everything that stands in the way. Pure.
    ///
    /// # Errors
    /// Each field that does not fit or is missing.
    fn body(&self, dispatch: &Dispatch) -> Result<Vec<u8>, Vec<Problem>>;

    /// What the order has beside the address and this supplier has no field for, in words for a person. Pure.
    fn left_out(&self, _dispatch: &Dispatch) -> Vec<&'static str> {
        vec![]
    }

    /// What the supplier's rules make of the address in those bytes, each change under its rule's name. Pure.
    fn changes(&self, _: &Dispatch) -> Vec<Change> {
        vec![]
    }

    /// Reads such bytes back for the written proof. Pure.
    ///
    /// # Errors
    /// They are not bytes that [`SupplierApi::body`] makes.
    fn written(&self, body: &[u8]) -> Result<Written, String>;

    /// Gets a token if none is at hand: to be asked once before the first order of a run is marked as sending.
    ///
    /// # Errors
    /// The key is refused, or nobody answers.
    fn ready(&self) -> Result<(), AskError>;

    /// Sends bytes that [`SupplierApi::body`] made. The caller has saved them and saves the outcome.
    fn place(&self, body: &[u8]) -> Outcome;

    fn find(&self, reference: &Reference) -> Lookup;

    /// From created to payable, where the supplier tells these apart.
    fn confirm(&self, supplier_order: &str) -> Step;

    /// Spends money. Only after the recorded proof, and only when the config says so.
    fn pay(&self, supplier_order: &str) -> Step;

    fn cancel(&self, supplier_order: &str) -> Step;

    /// Where these orders stand. One that the supplier does not know is left out; one that is asked only by our
    /// reference knows none, and [`SupplierApi::find`] tells.
    ///
    /// # Errors
    /// No answer that can be read.
    fn progress(&self, supplier_orders: &[String]) -> Result<Vec<Recorded>, AskError>;

    /// # Errors
    /// No answer that can be read.
    fn track(&self, numbers: &[String]) -> Result<Vec<Tracked>, AskError>;

    /// Price and stock, one for each that was asked.
    ///
    /// # Errors
    /// No answer that can be read.
    fn quotes(&self, asked: &[Asked]) -> Result<Vec<Quote>, AskError>;

    /// Ways of shipping; none means that it cannot be shipped there.
    ///
    /// # Errors
    /// No answer that can be read.
    fn freight(&self, shipment: &Shipment<'_>) -> Result<Vec<Freight>, AskError>;

    /// What the chosen method's own rules say against this address.
    ///
    /// # Errors
    /// No answer that can be read.
    fn route_problems(&self, dispatch: &Dispatch) -> Result<Vec<Problem>, AskError>;

    /// # Errors
    /// No answer that can be read, or the supplier has no balance.
    fn balance(&self) -> Result<Money, AskError>;
}

/// A supplier in the config that cannot be spoken to.
#[derive(Debug, Error)]
pub enum BuildError {
    /// Exit 4.
    #[error(transparent)]
    Secret(#[from] SecretError),
    #[error("supplier.{name}: {why}")]
    Url { name: String, why: UrlError },
    #[error("supplier.{name}.{key} is not set")]
    Missing { name: String, key: &'static str },
    #[error("supplier.{name} is a {kind}: it has no API")]
    NoApi { name: String, kind: &'static str },
}

impl BuildError {
    pub fn hint(&self) -> String {
        match self {
            Self::Secret(error) => error.hint(),
            Self::Missing { name, key } => format!("{key} = \"…\" under [supplier.{name}] in the config"),
            Self::Url { name, .. } => format!("base_url = \"https://…\" under [supplier.{name}], or leave it out"),
            Self::NoApi { name, .. } => {
                format!("kind = \"sheet\" under [supplier.{name}] writes its purchase orders as a sheet")
            }
        }
    }
}
