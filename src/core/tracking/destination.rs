//! The destination inside a number (USPS `420` + ZIP, FedEx labels, DPD labels) against the order's ship-to.

use crate::core::address::country;

/// A place that a number names.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Destination {
    /// ISO 3166-1 alpha-2.
    pub country: String,
    pub postcode: String,
    /// The label is used inside that country only: a ship-to anywhere else disagrees.
    pub domestic: bool,
}

/// Addressed with a ZIP by the US post.
const US_ZIP: [&str; 9] = ["US", "PR", "VI", "GU", "AS", "MP", "FM", "MH", "PW"];

/// Whether a parcel with this destination in its number can go to that country and postcode.
///
/// `None`: there is nothing to compare, because the ship-to lacks it or the form of the number cannot carry it.
pub fn agrees(inside: &Destination, to_country: &str, to_postcode: &str) -> Option<bool> {
    let to = country::code(to_country).unwrap_or(to_country);
    let us = US_ZIP.contains(&inside.country.as_str());
    if !(to.is_empty() || to == inside.country || us && US_ZIP.contains(&to)) {
        // A FedEx label to abroad has other digits in the place of the ZIP; only a US address can disagree there.
        return if us && !inside.domestic { None } else { Some(false) };
    }
    let theirs = letters_and_digits(to_postcode);
    let ours = &inside.postcode;
    if us {
        let theirs = theirs.get(..5)?;
        return theirs.bytes().all(|b| b.is_ascii_digit()).then(|| ours.get(..5) == Some(theirs));
    }
    if theirs.is_empty() {
        return None;
    }
    // A label pads a shorter postcode with zeros in front; letters have no place in it.
    let digits_only = theirs.bytes().all(|b| b.is_ascii_digit());
    digits_only.then(|| ours.trim_start_matches('0') == theirs.trim_start_matches('0'))
}

fn letters_and_digits(text: &str) -> String {
    text.chars().filter(char::is_ascii_alphanumeric).map(|c| c.to_ascii_uppercase()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_zip_agrees_or_not_and_silence_is_no_verdict() {
        let place = |country: &str, postcode: &str| Destination {
            country: country.into(),
            postcode: postcode.into(),
            domestic: false,
        };
        let zip = place("US", "10023");
        assert_eq!(agrees(&zip, "US", "10023-3424"), Some(true));
        assert_eq!(agrees(&zip, "United States", "10024"), Some(false));
        assert_eq!(agrees(&place("US", "00901"), "PR", "00901"), Some(true));
        assert_eq!(agrees(&zip, "", ""), None);
        assert_eq!(agrees(&zip, "CA", "K1A 0B1"), None);
        assert_eq!(agrees(&Destination { domestic: true, ..zip }, "CA", "K1A 0B1"), Some(false));
        let dpd = place("DE", "0010115");
        assert_eq!(agrees(&dpd, "DE", "10115"), Some(true));
        assert_eq!(agrees(&dpd, "DE", "D-10115"), None);
        assert_eq!(agrees(&dpd, "FR", "10115"), Some(false));
        assert_eq!(agrees(&place("NL", "0001234"), "NL", "1234 AB"), None);
    }
}
