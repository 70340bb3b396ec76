//! Telling a store of a parcel: the states of one push, the legal steps between them, and what forbids it.

use super::hold::{Hold, HoldCode};
use super::order::Order;
use super::plan::changed_after_purchase;
use super::purchase::Purchase;

macro_rules! states {
    ($($variant:ident $text:literal $about:literal),* $(,)?) => {
        #[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
        pub enum PushState { $(#[doc = $about] $variant),* }

        impl PushState {
            pub fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $text),* }
            }
        }

        impl std::str::FromStr for PushState {
            type Err = String;

            fn from_str(text: &str) -> Result<Self, String> {
                match text { $($text => Ok(Self::$variant),)* other => Err(other.to_owned()) }
            }
        }
    };
}

states! {
    Planned "planned" "to be told; certainly not told yet",
    Sent "sent" "the intent is saved, and the bytes may have left",
    Done "done" "the store has it",
    Refused "refused" "the store said no; nothing changed over there",
    Unknown "unknown" "nobody knows: looked up before anything else",
}

impl std::fmt::Display for PushState {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.pad(self.as_str())
    }
}

/// A step that the state does not allow.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a parcel that is {from} cannot become {to}")]
pub struct IllegalPush {
    pub from: PushState,
    pub to: PushState,
}

impl PushState {
    /// The intent is about to be committed, and then the bytes leave.
    ///
    /// # Errors
    /// Anything but planned: what may have left is looked up first.
    pub fn sent(self) -> Result<Self, IllegalPush> {
        self.step(Self::Sent, &[Self::Planned])
    }

    /// The store has it: by its answer or by a look.
    ///
    /// # Errors
    /// It is done already.
    pub fn done(self) -> Result<Self, IllegalPush> {
        self.step(Self::Done, &[Self::Planned, Self::Sent, Self::Unknown, Self::Refused])
    }

    /// # Errors
    /// It is done.
    pub fn refused(self) -> Result<Self, IllegalPush> {
        self.step(Self::Refused, &[Self::Planned, Self::Sent])
    }

    /// No answer, one that says neither, or a run that was cut off.
    ///
    /// # Errors
    /// Nothing was being sent.
    pub fn lost_sight(self) -> Result<Self, IllegalPush> {
        self.step(Self::Unknown, &[Self::Sent])
    }

    /// Certainly not over there: nothing left, a look did not find it, or a person wants a refused one tried again.
    ///
    /// # Errors
    /// It is done.
    pub fn planned_again(self) -> Result<Self, IllegalPush> {
        self.step(Self::Planned, &[Self::Sent, Self::Unknown, Self::Refused])
    }

    fn step(self, to: Self, from: &[Self]) -> Result<Self, IllegalPush> {
        if from.contains(&self) { Ok(to) } else { Err(IllegalPush { from: self, to }) }
    }
}

/// Why the customer of this order is not told of a parcel now: a hold that stands, a change since the purchase order, or an
/// order that is not paid, cancelled or refunded. `released` answers whether a person has decided a hold away.
pub fn forbidden(
    order: &Order,
    purchases: &[Purchase],
    standing: &[Hold],
    released: &dyn Fn(&Hold) -> bool,
) -> Option<(&'static str, String)> {
    if let Some(hold) = standing.iter().find(|h| !released(h)) {
        return Some((hold.code.as_str(), hold.message.clone()));
    }
    if order.is_cancelled() || order.is_refunded() {
        let word = if order.is_cancelled() { "cancelled" } else { "refunded" };
        return Some(("CANCELLED", format!("the order is {word} in the store")));
    }
    if let Some(hold) = changed_after_purchase(order, purchases).filter(|h| !released(h)) {
        return Some((HoldCode::ChangedAfterPo.as_str(), hold.message));
    }
    order.state_reason().map(|why| ("NOT_PAID", why))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::core::hold::release_hint;
    use crate::core::incoming::Payment;
    use crate::core::order::tests::{line, order, paid};

    #[test]
    fn what_may_have_left_is_looked_up_before_it_goes_again() {
        use PushState::*;
        for state in [Sent, Done, Refused, Unknown] {
            assert!(state.sent().is_err(), "{state}");
        }
        assert_eq!(Unknown.planned_again().and_then(PushState::sent), Ok(Sent));
        assert!(Done.planned_again().is_err() && Planned.lost_sight().is_err());
        assert_eq!(Done.done().unwrap_err().to_string(), "a parcel that is done cannot become done");
    }

    #[test]
    fn nobody_is_told_of_a_parcel_of_a_cancelled_refunded_or_held_order() {
        let none = |_: &Hold| false;
        let mut said = order(paid("1", vec![line("A", 1)]));
        assert_eq!(forbidden(&said, &[], &[], &none), None);
        let held = Hold::new("us/1", HoldCode::Manual, "wait", release_hint("us/1", HoldCode::Manual));
        assert_eq!(forbidden(&said, &[], std::slice::from_ref(&held), &none).unwrap().0, "ON_HOLD");
        assert_eq!(forbidden(&said, &[], &[held], &|_| true), None);
        said.head.as_mut().unwrap().payment = Some(Payment::Refunded);
        assert_eq!(forbidden(&said, &[], &[], &none).unwrap().0, "CANCELLED");
        said.head.as_mut().unwrap().payment = Some(Payment::NotPaid("pending".into()));
        assert_eq!(forbidden(&said, &[], &[], &none).unwrap().0, "NOT_PAID");
        said.head.as_mut().unwrap().cancelled = Some(true);
        assert_eq!(forbidden(&said, &[], &[], &none).unwrap().1, "the order is cancelled in the store");
    }
}
