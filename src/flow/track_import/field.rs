//! What a column of a returned sheet can be, and the words that head it.

use std::str::FromStr;

use crate::supplier::sheet::Content;
use crate::supplier::sheet::read_back::folded;

const HEADERS: &str = include_str!("headers.tsv");

macro_rules! fields {
    ($($variant:ident $name:literal),* $(,)?) => {
        #[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
        pub enum Field { $($variant),* }

        impl Field {
            pub const ALL: &[Self] = &[$(Self::$variant),*];

            pub fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $name),* }
            }
        }

        impl FromStr for Field {
            /// The name that is most like it.
            type Err = &'static str;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                let names = || Self::ALL.iter().map(|f| f.as_str());
                let like = || names().find(|n| n.starts_with(text)).or_else(|| names().min_by_key(|n| strsim::levenshtein(n, text)));
                Self::ALL.iter().copied().find(|f| f.as_str() == text).ok_or_else(|| like().unwrap_or_default())
            }
        }
    };
}

fields! {
    Reference "reference", SupplierOrder "supplier_order", Store "store", Order "order", CheckCode "check_code",
    Name "name", FirstName "first_name", LastName "last_name", Company "company", Line1 "line1", Line2 "line2",
    City "city", Region "region", Postcode "postcode", Country "country", Phone "phone", Sku "sku",
    ListingId "listing_id", ListingProduct "listing_product", ListingVariant "listing_variant", Quantity "quantity",
    TrackingNumber "tracking_number", Carrier "carrier", ShippedAt "shipped_at",
}

impl Field {
    /// Names a purchase order.
    pub fn is_key(self) -> bool {
        matches!(self, Self::Reference | Self::SupplierOrder | Self::Order)
    }

    /// What a header means to everybody.
    pub fn of_words(header: &str) -> Option<Self> {
        let key = folded(header);
        let rows = HEADERS.lines().filter(|l| !l.starts_with('#')).filter_map(|l| l.split_once('\t'));
        rows.into_iter().find(|(_, words)| words.split('|').any(|w| folded(w) == key)).and_then(|(f, _)| f.parse().ok())
    }

    /// What a column of a supplier's template is here; `None` for what no row is compared with.
    pub fn of_content(content: Content) -> Option<Self> {
        use Content as C;
        Some(match content {
            C::Reference => Self::Reference,
            C::CheckCode => Self::CheckCode,
            C::OrderNumber => Self::Order,
            C::Name => Self::Name,
            C::FirstName => Self::FirstName,
            C::LastName => Self::LastName,
            C::Company => Self::Company,
            C::Line1 => Self::Line1,
            C::Line2 => Self::Line2,
            C::City => Self::City,
            C::Region | C::RegionCode | C::RegionName => Self::Region,
            C::Postcode => Self::Postcode,
            C::CountryCode | C::CountryName => Self::Country,
            C::Phone => Self::Phone,
            C::Sku => Self::Sku,
            C::ListingId => Self::ListingId,
            C::ListingProduct => Self::ListingProduct,
            C::ListingVariant => Self::ListingVariant,
            C::QuantityPacks => Self::Quantity,
            C::TrackingNumber => Self::TrackingNumber,
            C::Carrier => Self::Carrier,
            C::ShippedAt => Self::ShippedAt,
            _ => return None,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_word_means_one_field() {
        let mut seen = std::collections::HashMap::new();
        for line in HEADERS.lines().filter(|l| !l.starts_with('#')) {
            let (field, words) = line.split_once('\t').unwrap();
            assert!(field.parse::<Field>().is_ok(), "{field}");
            for word in words.split('|') {
                let before = seen.insert(folded(word), field);
                assert!(before.is_none_or(|b| b == field), "{word} is {before:?} and {field}");
            }
        }
        assert_eq!(Field::of_words(" Tracking_No. "), Some(Field::TrackingNumber));
        assert_eq!(Field::of_words("快递单号"), Some(Field::TrackingNumber));
        assert_eq!(Field::of_words("colour"), None);
        assert_eq!("tracking".parse::<Field>(), Err("tracking_number"));
    }
}
