//! Who tells where parcels are: what dsf wants of a tracker, and the table of them. Making requests and reading answers is pure in
//! each client. To add one: its file, its `mod` line and its row here.

mod track17;

use std::collections::BTreeMap;

use thiserror::Error;

use crate::config::Tracker as Config;
use crate::core::parcel::Report;
use crate::core::sending::AskError;
use crate::net::Net;
use crate::net::url::UrlError;
use crate::secret::SecretError;

/// A number to register or to ask for.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Number {
    pub number: String,
    /// The tracker's own key of the carrier; empty where nobody is sure.
    pub carrier: String,
    /// Our purchase order's reference, so that a person finds it in the tracker's own pages. No customer.
    pub tag: String,
    /// Of the ship-to: they help the tracker choose the carrier. Nothing else of the customer goes out.
    pub country: String,
    pub postcode: String,
}

/// What a tracker says to a registration.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Registered {
    /// With the carrier that it took, in its own key.
    Yes { carrier: String },
    /// It cannot track the number; another carrier or number might go.
    No { code: String, message: String },
    /// Not now: no quota, or a fault over there.
    Later { code: String, message: String },
}

/// What a tracker says of a number.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Heard {
    Report(Box<Report>),
    /// It does not know the number: it must be registered first.
    NotRegistered,
    No {
        code: String,
        message: String,
    },
}

pub trait Tracker: Send + Sync {
    /// How many numbers go into one request.
    fn batch(&self) -> usize;

    /// How many more numbers it takes; `None` where it does not count.
    ///
    /// # Errors
    /// No answer that can be read.
    fn quota(&self) -> Result<Option<u64>, AskError>;

    /// Our id of a carrier as its key.
    fn key_of(&self, carrier: &str) -> Option<String>;

    /// Its key as our id of the carrier.
    fn carrier_of(&self, key: &str) -> Option<String>;

    /// At most [`Tracker::batch`] numbers; one that it says nothing of is left out.
    ///
    /// # Errors
    /// No answer that can be read.
    fn register(&self, numbers: &[Number]) -> Result<BTreeMap<String, Registered>, AskError>;

    /// At most [`Tracker::batch`] numbers; one that it says nothing of is left out.
    ///
    /// # Errors
    /// No answer that can be read.
    fn read(&self, numbers: &[Number]) -> Result<BTreeMap<String, Heard>, AskError>;
}

pub struct Kind {
    pub name: &'static str,
    /// One line for the manual.
    pub about: &'static str,
    pub build: Build,
}

/// Takes the tracker's name in the config, for messages.
pub type Build = fn(&str, &Config, &Net) -> Result<Box<dyn Tracker>, BuildError>;

pub const KINDS: &[Kind] = &[track17::KIND];

/// A tracker in the config that cannot be spoken to.
#[derive(Debug, Error)]
pub enum BuildError {
    /// Exit 4.
    #[error(transparent)]
    Secret(#[from] SecretError),
    #[error("tracker.{name}: {why}")]
    Url { name: String, why: UrlError },
    #[error("tracker.{name}: \"{kind}\" is no kind of tracker; there is {}", KINDS.iter().map(|k| k.name).collect::<Vec<_>>().join(" "))]
    Kind { name: String, kind: String },
}

/// # Errors
/// The key is not where the config says, the base URL cannot be meant, or no such kind.
pub fn build(name: &str, config: &Config, net: &Net) -> Result<Box<dyn Tracker>, BuildError> {
    match KINDS.iter().find(|kind| kind.name == config.kind) {
        Some(kind) => (kind.build)(name, config, net),
        None => Err(BuildError::Kind { name: name.to_owned(), kind: config.kind.clone() }),
    }
}
