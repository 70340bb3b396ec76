//! A hold lies over the state of an order or purchase order and never replaces it: a code, a reason, and what resolves it.

use serde::{Serialize, Serializer};
use sha2::{Digest, Sha256};

use super::ids::hex;

macro_rules! codes {
    ($($variant:ident $text:literal $about:literal),* $(,)?) => {
        /// Why something waits for a decision. The words are the contract with scripts; they are added to, never renamed.
        #[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
        pub enum HoldCode { $(#[doc = $about] $variant),* }

        impl HoldCode {
            pub const ALL: &'static [Self] = &[$(Self::$variant),*];

            pub fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $text),* }
            }

            /// One line for the manual.
            pub fn about(self) -> &'static str {
                match self { $(Self::$variant => $about),* }
            }
        }
    };
}

codes! {
    Manual "ON_HOLD" "a person put it on hold",
    ShipToMissing "SHIP_TO_MISSING" "the order has no shipping address of its own",
    Unmatched "UNMATCHED" "no rule says which listing a line is",
    AmbiguousMatch "AMBIGUOUS_MATCH" "two rules fit a line equally well",
    AddressProblem "ADDRESS_PROBLEM" "the address cannot be right in its form",
    PhoneRequired "PHONE_REQUIRED" "the supplier or country needs a phone number",
    FieldTooLong "FIELD_TOO_LONG" "a field does not fit the supplier's form",
    PoBox "PO_BOX" "a post box, parcel locker or military address that the method may not reach",
    RegionUnknown "REGION_UNKNOWN" "the state or province is missing or not known",
    PostcodeInvalid "POSTCODE_INVALID" "the postcode cannot be right in that country or region",
    TaxIdRequired "TAX_ID_REQUIRED" "customs need the customer's tax id",
    NotLatin "NOT_LATIN" "the supplier needs Latin letters",
    CountryNotServed "COUNTRY_NOT_SERVED" "the listing does not ship there",
    OutOfStock "OUT_OF_STOCK" "the supplier has fewer than are needed",
    KitIncomplete "KIT_INCOMPLETE" "a part of a bundle cannot be bought, so none of it is",
    BelowMinimum "BELOW_MINIMUM" "fewer packs than the listing's minimum",
    PriceJump "PRICE_JUMP" "the price rose more than the guard allows",
    MarginTooLow "MARGIN_TOO_LOW" "less is left than the guard asks for",
    CostLimit "COST_LIMIT" "the order or the run would cost more than the guard allows",
    PossibleDuplicate "POSSIBLE_DUPLICATE" "the same buyer ordered the same SKU within a day",
    ChangedAfterPo "CHANGED_AFTER_PO" "the order changed after a purchase order was made",
    HighRisk "HIGH_RISK" "the store calls the order risky",
    ListingChanged "LISTING_CHANGED" "the matched listing vanished or is another variant now",
    StaleListing "STALE_LISTING" "price and stock are older than the guard allows",
    StaleOrder "STALE_ORDER" "the order was last imported too long ago",
    NoRate "NO_RATE" "no exchange rate, so the margin or a limit cannot be checked",
    PartialRefund "PARTIAL_REFUND" "money went back and the source does not say for which line",
    LinesDisagree "LINES_DISAGREE" "the lines do not add up to what the store says",
    ConflictingExports "CONFLICTING_EXPORTS" "two sources disagree and neither is newer",
    AmbiguousOrder "AMBIGUOUS_ORDER" "several orders have this number and the source does not say which",
    NoPrice "NO_PRICE" "the listing has no price, so cost and limits cannot be checked",
    NoSupplier "NO_SUPPLIER" "the supplier of the matched listing is not in the config",
    NoStore "NO_STORE" "the order's store is not in the config, and so not what it asks of an address",
    WrittenMismatch "WRITTEN_MISMATCH" "the bytes for the supplier do not say what the customer typed",
    OutcomeUnknown "OUTCOME_UNKNOWN" "nobody knows whether the supplier has the purchase order",
    SheetMissing "SHEET_MISSING" "a sheet was committed and its file is not there",
    NoMethod "NO_METHOD" "no shipping method or warehouse is chosen",
    RecordedMismatch "RECORDED_MISMATCH" "the supplier recorded another address",
    NotConfirmed "NOT_CONFIRMED" "a sheet was handed off and the supplier has not confirmed it",
    NoTracking "NO_TRACKING" "a purchase order is out and has no tracking number",
    NoScan "NO_SCAN" "a tracking number that no carrier has scanned",
    NoNews "NO_NEWS" "a parcel on its way of which nothing was heard for days",
    Late "LATE" "a parcel that takes longer than nine of ten of its kind",
    DeliveryProblem "DELIVERY_PROBLEM" "customs, a failed attempt or a pickup point: somebody must act",
    Returned "RETURNED" "a parcel comes back, or is lost",
    DeliveredElsewhere "DELIVERED_ELSEWHERE" "delivered at another place than the ship-to",
    GoesElsewhere "GOES_ELSEWHERE" "the carrier names another country of destination",
    ScannedBeforeOrder "SCANNED_BEFORE_ORDER" "a number that was scanned before the purchase order was made",
    NumberTwice "NUMBER_TWICE" "one tracking number for two customers",
    NumberChanged "NUMBER_CHANGED" "the supplier gives another number for pieces that are in a parcel",
    NotTold "NOT_TOLD" "the store did not take a parcel, or nobody knows whether it did",
    ChargeDiffers "CHARGE_DIFFERS" "the supplier asks for more than was planned",
    CancelledBySupplier "CANCELLED_BY_SUPPLIER" "the supplier cancelled what was ordered",
}

impl std::fmt::Display for HoldCode {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.pad(self.as_str())
    }
}

impl std::str::FromStr for HoldCode {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let wanted = text.to_ascii_uppercase();
        Self::ALL.iter().copied().find(|c| c.as_str() == wanted).ok_or_else(|| text.to_owned())
    }
}

impl Serialize for HoldCode {
    fn serialize<S: Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        s.serialize_str(self.as_str())
    }
}

/// A SKU or a title as one word of a command: what a shop put into it must not run when the hint is pasted.
pub fn typed(text: &str) -> String {
    if text.contains(['"', '$', '`', '\\', '!']) {
        format!("'{}'", text.replace('\'', r"'\''"))
    } else {
        format!("\"{text}\"")
    }
}

#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Hold {
    /// `us/1001`, or `us/1001/1` where one purchase order is meant.
    pub order: String,
    pub code: HoldCode,
    /// What is wrong, with the values.
    pub message: String,
    /// A command that can be typed, or what to do.
    pub hint: String,
    /// What a release covers: the same code with other evidence holds again. Ages are left out of it.
    #[serde(skip)]
    pub evidence: String,
    /// A person can decide it away. Without a listing, a price or an address there is nothing to decide.
    #[serde(skip)]
    pub releasable: bool,
}

impl Hold {
    pub fn new(order: impl ToString, code: HoldCode, message: impl Into<String>, hint: impl Into<String>) -> Self {
        let message = message.into();
        let releasable = !matches!(
            code,
            HoldCode::ShipToMissing
                | HoldCode::Unmatched
                | HoldCode::AmbiguousMatch
                | HoldCode::NoPrice
                | HoldCode::NoSupplier
                | HoldCode::NoStore
                | HoldCode::AmbiguousOrder
                | HoldCode::OutcomeUnknown
                | HoldCode::SheetMissing
        );
        Self { order: order.to_string(), code, evidence: message.clone(), message, hint: hint.into(), releasable }
    }

    /// With what the hold rests on, where the message also tells things that change by themselves.
    pub fn resting_on(mut self, evidence: impl Into<String>) -> Self {
        self.evidence = evidence.into();
        self
    }

    /// The key of a release: this code on this order for this reason.
    pub fn release_key(&self) -> String {
        let text = format!("{}\u{1f}{}\u{1f}{}", self.order, self.code, self.evidence);
        hex(&Sha256::digest(text.as_bytes())[..16])
    }
}

/// The usual hint: decide for this order alone, with a reason that is kept.
pub fn release_hint(order: impl std::fmt::Display, code: HoldCode) -> String {
    format!("dsf release {order} {code} --reason \"…\"")
}

/// The hint where only another address helps.
pub fn address_hint(order: impl std::fmt::Display) -> String {
    format!("dsf address set {order} --reason \"…\"")
}

#[cfg(test)]
mod tests {
    use super::typed;

    #[test]
    fn a_sku_that_a_shell_would_run_is_typed_as_one_word() {
        assert_eq!(typed("LAMP BK"), "\"LAMP BK\"");
        assert_eq!(typed("$(rm x)"), "'$(rm x)'");
        assert_eq!(typed("6\" it's"), r#"'6" it'\''s'"#);
    }
}
