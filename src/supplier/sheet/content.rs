//! What can stand in a column of a sheet: a small named set. A customer's e-mail and a selling price are not in it, so no
//! template can send them.

use serde::Deserialize;

#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Content {
    /// Our purchase order number: `US-1001-1`.
    Reference,
    /// Four characters that must come back with the tracking number.
    CheckCode,
    /// The order's number in the store.
    OrderNumber,
    /// The day on which the customer ordered, `2026-11-24`.
    OrderDate,
    Name,
    /// All words of the name but the last; with `last_name`, for forms that ask for two.
    FirstName,
    LastName,
    Company,
    Line1,
    Line2,
    City,
    /// As the customer wrote it.
    Region,
    RegionCode,
    RegionName,
    Postcode,
    /// ISO 3166-1 alpha-2.
    CountryCode,
    /// In English.
    CountryName,
    Phone,
    TaxId,
    /// The store's SKU.
    Sku,
    ListingId,
    /// The part of the listing id before its first colon, and the part behind it.
    ListingProduct,
    ListingVariant,
    /// Page of the listing.
    Url,
    Title,
    Options,
    /// Packs to send: the quantity that the supplier counts.
    QuantityPacks,
    /// Pieces that the customer gets.
    Pieces,
    /// What a pack may cost: the supplier's own price, never ours.
    UnitCost,
    Currency,
    Method,
    Note,
    GiftMessage,
    StandingNote,
    /// Words where more than one is to be sent, empty otherwise.
    Attention,
    /// Why the same order comes a second time.
    Resend,
    /// Empty going out, filled coming back.
    TrackingNumber,
    Carrier,
    ShippedAt,
}

impl Content {
    /// The field of an address that this is.
    pub fn address_field(self) -> Option<&'static str> {
        Some(match self {
            Self::Name | Self::FirstName | Self::LastName => "name",
            Self::Company => "company",
            Self::Line1 => "line1",
            Self::Line2 => "line2",
            Self::City => "city",
            Self::Region | Self::RegionCode | Self::RegionName => "region",
            Self::Postcode => "postcode",
            Self::CountryCode | Self::CountryName => "country",
            Self::Phone => "phone",
            _ => return None,
        })
    }

    /// Words for a person, of which several may share a column.
    pub fn is_remark(self) -> bool {
        matches!(self, Self::Note | Self::GiftMessage | Self::StandingNote | Self::Attention | Self::Resend)
    }
}
