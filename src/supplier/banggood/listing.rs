//! A listing id of Banggood: `product_id:poa_id`, or the product alone where it has no options. Pure.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::supplier::loose::text;

/// The parts of a listing id. Several options of one product are joined by commas: `1060897:45,2`.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Listing<'a> {
    pub product: &'a str,
    /// Empty for a product without options.
    pub poa: &'a str,
}

impl<'a> Listing<'a> {
    /// `None` when it is not written as one: no product, nothing behind the colon, or spaces.
    pub fn of(id: &'a str) -> Option<Self> {
        let (product, poa) = match id.split_once(':') {
            Some((_, "")) => return None,
            Some(parts) => parts,
            None => (id, ""),
        };
        let plain = |text: &str| !text.contains([':', '&', '=']) && !text.contains(char::is_whitespace);
        (!product.is_empty() && plain(product) && plain(poa)).then_some(Self { product, poa })
    }

    /// The same options, in whatever order they are named.
    pub fn has_options(&self, poa: &str) -> bool {
        let set = |text: &'a str| text.split(',').map(str::trim).filter(|p| !p.is_empty()).collect::<BTreeSet<_>>();
        let theirs: BTreeSet<&str> = poa.split(',').map(str::trim).filter(|p| !p.is_empty()).collect();
        set(self.poa) == theirs
    }
}

/// The listing id of a row that Banggood answers with.
pub fn id_of(row: &Value) -> String {
    let (product, poa) = (text(row, "product_id"), text(row, "poa_id"));
    if poa.is_empty() { product } else { format!("{product}:{poa}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn products_and_their_options() {
        let of = |id| Listing::of(id).map(|l: Listing<'_>| (l.product, l.poa));
        assert_eq!(of("1060897:15219"), Some(("1060897", "15219")));
        assert_eq!(of("1060897:45,2"), Some(("1060897", "45,2")));
        assert_eq!(of("1060897"), Some(("1060897", "")));
        for bad in ["", ":1", "1060897:", "1 2", "1:2:3", "1:2&x=3"] {
            assert_eq!(of(bad), None, "{bad}");
        }
        let two = Listing::of("1:45,2").unwrap();
        assert!(two.has_options("2, 45") && !two.has_options("45") && !two.has_options(""));
        assert!(Listing::of("1").unwrap().has_options(""));
    }
}
