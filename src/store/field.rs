//! The fields that a format's columns can stand for, with the names that its TOML uses.

use serde::Deserialize;

macro_rules! fields {
    ($($field:ident)*) => {
        /// A meaning that a column, or a key inside a packed cell, can have.
        #[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug, Deserialize)]
        #[serde(rename_all = "snake_case")]
        pub enum Field { $($field),* }

        impl Field {
            pub const ALL: &[Self] = &[$(Self::$field),*];
            pub const COUNT: usize = Self::ALL.len();
        }
    };
}

fields! {
    // The order.
    Number ExternalId Record
    PlacedAt PlacedTime PaidAt FulfilledAt CancelledAt RefundedAt
    PaymentStatus OrderStatus FulfillmentStatus Gateway Cancelling
    Currency Subtotal Discount Total Refunded Pieces
    Email Note NoteMore GiftMessage Method ShipBy Risk TaxId TaxId2 TaxId3 TaxId4
    ShipName ShipFirst ShipLast ShipCompany ShipLine1 ShipLine2 ShipLine3 ShipCity ShipDistrict ShipRegion ShipPostcode
    ShipCountry ShipPhone ShipEmail
    // The line.
    LineId LineOrdinal Sku Title Variant Variations Personalisation
    Quantity Removed Shipped ToShip LineStatus LineShippedAt
    UnitPrice LineTotal RequiresShipping
}
