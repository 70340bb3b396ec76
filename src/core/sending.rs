//! What goes to a supplier and what can come back, as values. Who sends and when is `flow`'s; how is each supplier's.

use super::address::Address;
use super::address::compare::Echo;
use super::ids::{PurchaseOrderId, Reference};
use super::incoming::Head;
use super::money::{Money, Price};
use super::order::Order;
use super::plan::PlannedOrder;

/// A purchase order as it goes out: frozen, with all that a supplier may know. No e-mail, no selling price.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Dispatch {
    pub id: PurchaseOrderId,
    pub reference: Reference,
    pub supplier: String,
    /// The order's own shipping block; its e-mail is emptied before it comes here.
    pub ship_to: Address,
    pub ship_to_hash: String,
    pub lines: Vec<DispatchLine>,
    /// Shipping method in the supplier's own word; empty where the supplier chooses.
    pub method: String,
    /// Alpha-2 of the warehouse; empty where the listing does not say.
    pub ships_from: String,
    pub order_number: String,
    pub note: Option<String>,
    pub gift_message: Option<String>,
    pub tax_id: Option<String>,
    /// What the plan says it costs.
    pub expected: Money,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DispatchLine {
    /// Position of the order line that this fills.
    pub position: u32,
    pub sku: String,
    pub listing_id: String,
    pub title: String,
    pub options: String,
    /// Packs.
    pub quantity: u32,
    pub unit_cost: Price,
}

impl Dispatch {
    /// A planned purchase order as the supplier may see it.
    pub fn of(planned: &PlannedOrder, order: &Order) -> Self {
        let head = order.head.as_ref();
        let text = |of: fn(&Head) -> &Option<String>| head.and_then(|h| of(h).clone()).filter(|t| !t.trim().is_empty());
        let lines = planned.lines.iter().map(|line| DispatchLine {
            position: line.position,
            sku: line.sku.clone(),
            listing_id: line.listing.listing_id.clone(),
            title: line.title.clone(),
            options: line.options.clone(),
            quantity: line.quantity,
            unit_cost: line.unit_cost,
        });
        Self {
            id: planned.id.clone(),
            reference: planned.reference.clone(),
            supplier: planned.supplier.clone(),
            ship_to: Address { email: String::new(), ..planned.ship_to.clone() },
            ship_to_hash: planned.ship_to_hash.clone(),
            lines: lines.collect(),
            method: planned.method.clone(),
            ships_from: planned.ships_from.clone(),
            order_number: order.number.clone(),
            note: text(|h| &h.note),
            gift_message: text(|h| &h.gift_message),
            tax_id: text(|h| &h.tax_id),
            expected: planned.cost,
        }
    }
}

/// What became of one attempt to place a purchase order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// The connection failed before anything left, or a limiter turned it away unread: may be sent again.
    NotSent {
        why: String,
    },
    /// An answer in the supplier's own table of definite refusals: nothing was ordered.
    Refused {
        code: String,
        message: String,
    },
    /// The account's key or token does not work: nothing was ordered, and nothing else will be. Exit 4.
    KeyRefused {
        why: String,
    },
    Placed(Placed),
    /// Anything else. Never sent again blindly.
    Unknown {
        why: String,
    },
}

#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct Placed {
    /// The supplier's own order ids; a supplier may split one purchase order.
    pub supplier_orders: Vec<String>,
    /// What the supplier asks for it, where the answer says so.
    pub asks: Option<Money>,
}

/// What became of a later step with a supplier's order: confirm, pay, cancel. The order is read again after each.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Step {
    Done,
    NotSent {
        why: String,
    },
    KeyRefused {
        why: String,
    },
    /// In the supplier's own table of definite refusals: nothing changed.
    Refused {
        code: String,
        message: String,
    },
    Unknown {
        why: String,
    },
}

/// What a look-up by our reference says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Lookup {
    Found(Vec<Recorded>),
    /// In the documented form, for this very account.
    NotFound,
    /// No answer, or one that says neither.
    Unclear {
        why: String,
    },
}

/// What a supplier says it recorded for one of its orders.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Recorded {
    pub supplier_order: String,
    pub status: SupplierStatus,
    pub ship_to: Address,
    /// Which fields of an address the supplier echoes at all.
    pub echo: Echo,
    /// Listing ids with packs.
    pub lines: Vec<(String, u32)>,
    pub asks: Option<Money>,
    pub parcels: Vec<ParcelNotice>,
}

/// Where a supplier's order stands. What no table knows stays what it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SupplierStatus {
    /// Created or confirmed, not paid.
    Unpaid,
    Paid,
    Shipped,
    Delivered,
    Cancelled,
    Unknown(String),
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ParcelNotice {
    pub number: String,
    /// The supplier's own word for the carrier.
    pub carrier: String,
}

/// What an API can do, declared rather than found out by failing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub struct Abilities {
    /// Orders can be found by our reference, so an unknown outcome can be settled without a person.
    pub finds_by_reference: bool,
    /// Says what address it recorded.
    pub echoes_address: bool,
    pub pays: bool,
    pub cancels: bool,
    pub tells_tracking: bool,
    pub tells_freight: bool,
    pub tells_balance: bool,
}

/// Why a question to a supplier has no answer.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AskError {
    #[error("{0}")]
    Unreachable(String),
    /// Exit 4.
    #[error("the key or token was refused: {0}")]
    KeyRefused(String),
    #[error("{code}: {message}")]
    Answer { code: String, message: String },
}

/// A listing to ask about.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct Asked {
    pub listing_id: String,
    /// Alpha-2 of the warehouse whose stock counts; empty: all of them.
    pub ships_from: String,
    /// Alpha-2 of the country it is for, where price and stock depend on it; empty: the supplier's usual one.
    pub ships_to: String,
}

/// Price and stock of a listing as the supplier says now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Quote {
    pub listing_id: String,
    pub price: Option<Price>,
    pub stock: Option<u32>,
    /// The supplier no longer sells it.
    pub gone: bool,
}

/// What carriers say of a tracking number.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct Tracked {
    pub number: String,
    /// The supplier's own words; no list of them is published.
    pub status: String,
    /// Who brings it to the door, under which number, where that is known.
    pub last_mile: Option<ParcelNotice>,
    /// Alpha-2 of the destination that the carrier names; empty when it names none.
    pub to: String,
}

/// A parcel that could be sent: for freight before a method is chosen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shipment<'a> {
    /// Alpha-2 of the warehouse; empty where the listing does not say.
    pub ships_from: &'a str,
    pub ship_to: &'a Address,
    pub tax_id: Option<&'a str>,
    /// Listing ids with packs.
    pub lines: Vec<(String, u32)>,
}

/// A way of shipping that the supplier offers for a destination.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Freight {
    /// The word that goes into the order.
    pub method: String,
    pub cost: Money,
    pub days: (Option<u32>, Option<u32>),
}
