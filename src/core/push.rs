//! A parcel as a store is told of it, and what a store says it already knows. Which parcels are told, and when, is
//! `flow`'s; how is each store's.

use jiff::Timestamp;

/// One parcel for one order of a store: frozen, saved before the first byte leaves.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Push {
    /// The store's own key of the order.
    pub order: String,
    /// The order's number in the store's own spelling.
    pub number: String,
    /// The tracking number, normalised.
    pub tracking: String,
    /// The carrier in this store's own word, letter for letter; `None` where the store has none for it.
    pub carrier: Option<String>,
    /// What people call the carrier, for stores that take any name.
    pub carrier_title: String,
    /// Where the parcel can be followed.
    pub url: Option<String>,
    pub shipped_at: Timestamp,
    /// Exactly what is in the parcel.
    pub lines: Vec<PushLine>,
    /// Whether the store writes to the customer.
    pub notify: bool,
    /// Nothing of the order remains to be sent after this parcel.
    pub completes: bool,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PushLine {
    /// The store's own key of the line, where dsf knows it.
    pub line: Option<String>,
    pub sku: String,
    pub title: String,
    /// Which of several lines with that SKU, counted from 1.
    pub ordinal: u32,
    pub quantity: u32,
}

/// What a store knows of an order's parcels, read before each push.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct StoreParcels {
    pub parcels: Vec<StoreParcel>,
    /// What may still be told to be shipped, by the store's own line keys; `None` where the store does not count lines.
    pub remaining: Option<Vec<(String, u32)>>,
    /// Why the store's order takes no parcel now: cancelled, refunded, on hold; in the store's own word.
    pub closed: Option<String>,
}

#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct StoreParcel {
    /// The store's own key of the parcel.
    pub id: String,
    pub tracking: String,
    pub carrier: String,
    /// The store's line keys with quantities; empty where the store does not say.
    pub lines: Vec<(String, u32)>,
}

/// What became of telling a store.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Pushed {
    /// The store's own key of the parcel, where it gives one.
    Done {
        id: String,
    },
    /// Nothing changed over there; the store's own reason.
    Refused {
        code: String,
        message: String,
    },
    NotSent {
        why: String,
    },
    /// Exit 4.
    KeyRefused {
        why: String,
    },
    /// It may have been taken: read again before anything else.
    Unknown {
        why: String,
    },
}

/// What a store's API can do, declared rather than found out by failing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub struct StoreAbilities {
    pub pushes: bool,
    /// Parcels are told with lines and quantities; otherwise only whole orders.
    pub counts_lines: bool,
    /// `notify` is heeded.
    pub notifies: bool,
}
