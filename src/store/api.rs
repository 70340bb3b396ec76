//! What dsf wants of a store with an API: orders in, parcels back. Making requests and reading answers is pure in each client.

use jiff::{SignedDuration, Timestamp};
use thiserror::Error;

use crate::core::ids::Slug;
use crate::core::incoming::Incoming;
use crate::core::push::{Push, Pushed, StoreAbilities, StoreParcels};
use crate::core::sending::AskError;
use crate::net::url::UrlError;
use crate::secret::SecretError;

/// One answer of a paged list.
#[derive(Clone, Debug, Default)]
pub struct Page {
    pub orders: Vec<Pulled>,
    pub unread: Vec<Unread>,
    /// What to ask with for the next page, in the store's own form; `None` at the end.
    pub next: Option<String>,
}

/// One order as the store tells it now, with its shipping block or none.
#[derive(Clone, Debug)]
pub struct Pulled {
    pub said: Incoming,
    /// When the store last changed it: how fresh this is.
    pub changed_at: Timestamp,
}

/// An order that came and lacks what an order cannot be without. The others of its page are read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unread {
    pub order: String,
    pub field: String,
    pub value: String,
}

/// Orders of a page, and those of it that cannot be read.
///
/// # Errors
/// Anything else that went wrong: a store that withholds customers does so in the next order too.
pub fn sorted_out(
    read: impl Iterator<Item = Result<Pulled, PullError>>,
) -> Result<(Vec<Pulled>, Vec<Unread>), PullError> {
    let (mut orders, mut unread) = (vec![], vec![]);
    for one in read {
        match one {
            Ok(order) => orders.push(order),
            Err(PullError::Order { order, field, value }) => unread.push(Unread { order, field, value }),
            Err(error) => return Err(error),
        }
    }
    Ok((orders, unread))
}

/// Why orders cannot be had.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum PullError {
    #[error(transparent)]
    Ask(#[from] AskError),
    /// The store has the address and does not give it: a hard error, for a label must never be empty.
    #[error("order {order}: the store withholds {what}")]
    Withheld {
        order: String,
        what: String,
        /// The permission to ask for, as the store calls it.
        permission: String,
    },
    /// The answer lacks what an order cannot be without.
    #[error("order {order}: {field} is {value}")]
    Order { order: String, field: String, value: String },
}

impl PullError {
    pub fn hint(&self, store: &Slug) -> Option<String> {
        match self {
            Self::Ask(AskError::KeyRefused(_)) => {
                Some(format!("look at the key of [store.{store}] and at what it may do"))
            }
            Self::Ask(AskError::Answer { code, .. }) if is_elsewhere(code) => Some(format!(
                "dsf import --store {store} later; where it stays so, look at shop and base_url under [store.{store}]"
            )),
            Self::Ask(_) => Some(format!("dsf import --store {store} later; what was read is kept")),
            Self::Withheld { permission, .. } => {
                Some(format!("give the app {permission}, then dsf import --store {store}"))
            }
            Self::Order { .. } => Some("look at that order in the store".to_owned()),
        }
    }
}

/// Answers of a place where this API is not.
fn is_elsewhere(code: &str) -> bool {
    code.starts_with("HTTP 3") || ["HTTP 404", "404", "rest_no_route", "wc/v3"].contains(&code)
}

pub trait StoreApi: Send + Sync {
    fn abilities(&self) -> StoreAbilities;

    /// Gets a token if none is at hand, and checks that the key may do what dsf needs.
    ///
    /// # Errors
    /// The key is refused, a permission is missing, or nobody answers.
    fn ready(&self) -> Result<(), AskError>;

    /// How far before the newest change that is known a run begins: as long as the store's lists may lag behind.
    fn overlap(&self) -> SignedDuration {
        SignedDuration::from_mins(5)
    }

    /// What a person should know before the first import, where the store does not give all of its orders.
    fn reach(&self) -> Option<String> {
        None
    }

    /// Orders that are new or changed since a moment, the longest unchanged first; all that the store gives where it is
    /// `None`. `page` is the `next` of the page before. Every order of a page is whole: all its lines, refunds and removals.
    ///
    /// # Errors
    /// No answer that can be read, or one that leaves out what a parcel needs.
    fn orders(&self, since: Option<Timestamp>, page: Option<&str>) -> Result<Page, PullError>;

    /// One order, by the store's own key, for the look before something is sent. `None`: the store has no such order.
    ///
    /// # Errors
    /// As [`StoreApi::orders`].
    fn order(&self, external_id: &str) -> Result<Option<Pulled>, PullError>;

    /// # Errors
    /// No answer that can be read.
    fn parcels(&self, order: &str) -> Result<StoreParcels, AskError>;

    /// Tells the store of a parcel. The caller has saved it, has looked with [`StoreApi::parcels`] and hands over what it saw.
    fn push(&self, push: &Push, seen: &StoreParcels) -> Pushed;
}

/// A store in the config that cannot be spoken to.
#[derive(Debug, Error)]
pub enum BuildError {
    /// Exit 4.
    #[error(transparent)]
    Secret(#[from] SecretError),
    #[error("store.{name}: {why}")]
    Url { name: String, why: UrlError },
    #[error("store.{name}: {key} is not set")]
    Missing { name: String, key: &'static str },
    /// A log-in cannot even begin.
    #[error("store.{name}: {why}")]
    LogIn { name: String, why: String },
    #[error("store.{name}: dsf has no API client for {kind}; it works from exports")]
    NoApi { name: String, kind: &'static str },
}

impl BuildError {
    pub fn hint(&self) -> Option<String> {
        match self {
            Self::Secret(error) => Some(error.hint()),
            Self::Url { name, why: UrlError::NotEncrypted(text) } => {
                let address = text.split_once("://").map_or(text.as_str(), |(_, rest)| rest);
                Some(format!("under [store.{name}] write https://{address}; http is for a server of your own"))
            }
            Self::Url { .. } => Some("base_url = \"http://127.0.0.1:8080\", or leave it out".to_owned()),
            Self::Missing { name, key } => Some(format!("set {key} under [store.{name}] in the config")),
            Self::LogIn { name, .. } => {
                Some(format!("look at [store.{name}] in the config, then dsf auth store.{name}"))
            }
            Self::NoApi { name, .. } => Some(format!("dsf import FILE --store {name}")),
        }
    }
}
