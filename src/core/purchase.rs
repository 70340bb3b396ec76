//! Purchase orders: their states, and which of them count as bought.
//!
//! The steps from one state to the next live with the sending engine; what is here is what a plan must know of the past.

use std::fmt;
use std::str::FromStr;

use serde::{Serialize, Serializer};
use sha2::{Digest, Sha256};

use super::address::Address;
use super::ids::{PurchaseOrderId, hex};

macro_rules! states {
    ($($variant:ident $text:literal),* $(,)?) => {
        #[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
        pub enum PurchaseState { $($variant),* }

        impl PurchaseState {
            pub fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $text),* }
            }
        }

        impl FromStr for PurchaseState {
            type Err = String;

            fn from_str(text: &str) -> Result<Self, String> {
                match text { $($text => Ok(Self::$variant),)* other => Err(other.to_owned()) }
            }
        }
    };
}

states! {
    Draft "draft", Sending "sending", Placed "placed", Paid "paid", Shipped "shipped", Delivered "delivered",
    Unknown "unknown", Refused "refused", HandedOff "handed_off", CancelAsked "cancel_asked", Cancelled "cancelled",
}

impl PurchaseState {
    /// May have reached a supplier, so its quantities are bought: all but a refusal and a confirmed cancellation.
    pub fn counts_as_bought(self) -> bool {
        !matches!(self, Self::Refused | Self::Cancelled)
    }
}

impl fmt::Display for PurchaseState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl Serialize for PurchaseState {
    fn serialize<S: Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        s.serialize_str(self.as_str())
    }
}

/// A purchase order made earlier, as far as a new plan must know it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Purchase {
    pub id: PurchaseOrderId,
    pub supplier: String,
    pub state: PurchaseState,
    pub ship_to_hash: String,
}

/// Identity of a ship-to: every field as it stands, in the fixed order. Part of a purchase order's identity.
pub fn ship_to_hash(address: &Address) -> String {
    let mut hash = Sha256::new();
    for (field, value) in address.fields() {
        hash.update(field.as_bytes());
        hash.update([0x1f]);
        hash.update(value.as_bytes());
        hash.update([0x1e]);
    }
    hex(&hash.finalize()[..16])
}
