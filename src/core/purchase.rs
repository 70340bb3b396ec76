//! Purchase orders: their states, the legal steps between them, and which of them count as bought.
//!
//! When a step is taken is the sending engine's business; that no other step can be is settled here.

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

/// A step that the state does not allow.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a purchase order that is {from} cannot become {to}")]
pub struct IllegalStep {
    pub from: PurchaseState,
    pub to: PurchaseState,
}

impl PurchaseState {
    /// The intent is about to be committed, and then the bytes leave.
    ///
    /// # Errors
    /// Anything but a draft: what may have left is never sent again.
    pub fn sending(self) -> Result<Self, IllegalStep> {
        self.step(Self::Sending, &[Self::Draft])
    }

    /// The connection failed before anything left.
    ///
    /// # Errors
    /// Nothing was being sent.
    pub fn not_sent(self) -> Result<Self, IllegalStep> {
        self.step(Self::Draft, &[Self::Sending])
    }

    /// The supplier has it: by its answer, by a look-up, or by a person's word.
    ///
    /// # Errors
    /// It was never sent, or its end is known.
    pub fn placed(self) -> Result<Self, IllegalStep> {
        self.step(Self::Placed, &[Self::Sending, Self::Unknown, Self::HandedOff])
    }

    /// The supplier definitely has not got it.
    ///
    /// # Errors
    /// It was never sent, or its end is known.
    pub fn refused(self) -> Result<Self, IllegalStep> {
        self.step(Self::Refused, &[Self::Sending, Self::Unknown])
    }

    /// No answer, or one that says neither.
    ///
    /// # Errors
    /// Nothing was being sent.
    pub fn lost_sight(self) -> Result<Self, IllegalStep> {
        self.step(Self::Unknown, &[Self::Sending])
    }

    /// A look-up says definitely that the supplier has not got it: the same reference may be sent again.
    ///
    /// # Errors
    /// Its outcome is not unknown.
    pub fn found_missing(self) -> Result<Self, IllegalStep> {
        self.step(Self::Draft, &[Self::Unknown])
    }

    /// A sheet with it lies in the outbox.
    ///
    /// # Errors
    /// Anything but a draft.
    pub fn handed_off(self) -> Result<Self, IllegalStep> {
        self.step(Self::HandedOff, &[Self::Draft])
    }

    /// # Errors
    /// It is not placed.
    pub fn paid(self) -> Result<Self, IllegalStep> {
        self.step(Self::Paid, &[Self::Placed])
    }

    /// Every unit is in a parcel. A parcel also says that the supplier had it, and that a cancellation came too late.
    ///
    /// # Errors
    /// Nothing is known to be with the supplier.
    pub fn shipped(self) -> Result<Self, IllegalStep> {
        self.step(Self::Shipped, &[Self::HandedOff, Self::Placed, Self::Paid, Self::CancelAsked])
    }

    /// Every unit was delivered, and none of them elsewhere.
    ///
    /// # Errors
    /// It is not shipped.
    pub fn delivered(self) -> Result<Self, IllegalStep> {
        self.step(Self::Delivered, &[Self::Shipped])
    }

    /// A carrier takes a delivery back: returned, or delivered to somebody else. The cause stands in the log.
    ///
    /// # Errors
    /// It is not delivered.
    pub fn taken_back(self) -> Result<Self, IllegalStep> {
        self.step(Self::Shipped, &[Self::Delivered])
    }

    /// A parcel of it can exist: it is with the supplier, or may be.
    pub fn may_ship(self) -> bool {
        matches!(
            self,
            Self::HandedOff | Self::Placed | Self::Paid | Self::CancelAsked | Self::Shipped | Self::Delivered
        )
    }

    /// The supplier is asked to cancel it; it stays bought until it says so.
    ///
    /// # Errors
    /// It is not with the supplier, or it is on its way already.
    pub fn cancel_asked(self) -> Result<Self, IllegalStep> {
        self.step(Self::CancelAsked, &[Self::Placed, Self::Paid, Self::HandedOff])
    }

    /// The supplier says that it is cancelled: what it held can be bought again.
    ///
    /// # Errors
    /// Nobody asked for it.
    pub fn cancelled(self) -> Result<Self, IllegalStep> {
        self.step(Self::Cancelled, &[Self::CancelAsked])
    }

    /// It is not cancelled, or nothing was asked: it is again what it was before.
    ///
    /// # Errors
    /// Nobody asked for it, or it was something else before.
    pub fn not_cancelled(self, before: Self) -> Result<Self, IllegalStep> {
        let could_be_asked = before.cancel_asked().is_ok();
        self.step(before, if could_be_asked { &[Self::CancelAsked] } else { &[] })
    }

    /// It was never sent, and the order is another one now.
    ///
    /// # Errors
    /// It may have left.
    pub fn dropped(self) -> Result<Self, IllegalStep> {
        self.step(Self::Cancelled, &[Self::Draft])
    }

    fn step(self, to: Self, from: &[Self]) -> Result<Self, IllegalStep> {
        if from.contains(&self) { Ok(to) } else { Err(IllegalStep { from: self, to }) }
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_may_have_left_is_never_sent_again() {
        use PurchaseState::*;
        for state in [Sending, Placed, Paid, Shipped, Delivered, Unknown, Refused, HandedOff, CancelAsked, Cancelled] {
            assert!(state.sending().is_err(), "{state}");
            assert!(state.handed_off().is_err(), "{state}");
        }
        assert_eq!(Draft.sending().and_then(PurchaseState::lost_sight), Ok(Unknown));
        assert_eq!(Unknown.found_missing().and_then(PurchaseState::sending), Ok(Sending));
        assert_eq!(Unknown.placed(), Ok(Placed));
        assert_eq!(HandedOff.shipped().and_then(PurchaseState::delivered), Ok(Delivered));
        assert_eq!(Delivered.taken_back(), Ok(Shipped));
        assert!(Unknown.shipped().is_err() && Draft.shipped().is_err() && Paid.delivered().is_err());
        assert!(Placed.may_ship() && !Unknown.may_ship() && !Cancelled.may_ship());
        assert!(Refused.placed().is_err() && Draft.placed().is_err() && Unknown.paid().is_err());
        assert_eq!(Draft.paid().unwrap_err().to_string(), "a purchase order that is draft cannot become paid");
    }

    #[test]
    fn what_is_asked_to_be_cancelled_is_cancelled_or_again_what_it_was() {
        use PurchaseState::*;
        for state in [Placed, Paid, HandedOff] {
            assert_eq!(state.cancel_asked(), Ok(CancelAsked));
            assert_eq!(CancelAsked.not_cancelled(state), Ok(state));
        }
        assert_eq!(CancelAsked.cancelled(), Ok(Cancelled));
        assert!(Placed.cancelled().is_err() && CancelAsked.not_cancelled(Draft).is_err());
        assert!(Unknown.cancel_asked().is_err() && Shipped.cancel_asked().is_err());
    }

    #[test]
    fn only_a_refusal_and_a_cancellation_are_not_bought() {
        use PurchaseState::*;
        assert!([Draft, Sending, Unknown, HandedOff, CancelAsked, Placed].iter().all(|s| s.counts_as_bought()));
        assert!(!Refused.counts_as_bought() && !Cancelled.counts_as_bought());
    }
}
