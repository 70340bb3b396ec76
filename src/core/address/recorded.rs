//! What was sent against what a supplier says it recorded. Suppliers put both lines into one, or keep only the first;
//! neither may hide that a unit went missing, and neither may look like a parcel for somebody else.

use super::Address;
use super::compare::{Echo, compare_echo};
use super::verdict::{Comparison, FieldVerdict, Verdict};

/// Compares the address of an order with a supplier's echo.
///
/// Where the echo has no second line, the first may hold both or only itself: the reading that fits better counts, and
/// in the second case line 2 is listed as not said. A wrong unit in a joined line is different under both.
pub fn compare_recorded(sent: &Address, recorded: &Address, echo: Echo) -> Comparison {
    let joined = compare_echo(sent, recorded, echo);
    if echo.has("line2") || sent.line2.trim().is_empty() || lines_agree(&joined) {
        return joined;
    }
    let first = Address { line2: String::new(), ..sent.clone() };
    let mut alone = compare_echo(&first, recorded, echo);
    if !lines_agree(&alone) {
        return joined;
    }
    let reason = "the supplier does not say the second line";
    alone.fields.push(FieldVerdict::new("line2", Verdict::Unavailable, None, &sent.line2, "", reason));
    alone
}

/// What the lines are made of (street, house number, unit) is every field of a comparison that is no field of an address.
fn lines_agree(comparison: &Comparison) -> bool {
    let of_lines = |f: &&FieldVerdict| !Address::FIELDS.contains(&f.field);
    comparison.fields.iter().filter(of_lines).all(|f| f.verdict <= Verdict::Note)
}

#[cfg(test)]
mod tests {
    use super::super::verdict::Overall;
    use super::*;

    fn verdict(line1: &str) -> (Overall, bool) {
        let sent = Address {
            name: "Ada Example".into(),
            line1: "500 Howard St".into(),
            line2: "Apt 4".into(),
            city: "San Francisco".into(),
            region: "CA".into(),
            postcode: "94105".into(),
            country: "US".into(),
            ..Address::default()
        };
        let recorded = Address {
            line1: line1.into(),
            line2: String::new(),
            region: "California".into(),
            postcode: String::new(),
            ..sent.clone()
        };
        let echo = Echo::only(&["name", "phone", "country", "region", "city", "line1"]);
        let found = compare_recorded(&sent, &recorded, echo);
        (found.verdict, found.field("line2").is_some_and(|f| f.verdict == Verdict::Unavailable))
    }

    #[test]
    fn the_first_line_may_hold_both_or_itself_alone() {
        assert_eq!(verdict("500 Howard St, Apt 4"), (Overall::Same, false));
        assert_eq!(verdict("500 Howard St"), (Overall::Same, true));
        assert_ne!(verdict("500 Howard St, Apt 5").0, Overall::Same);
        assert_ne!(verdict("501 Howard St").0, Overall::Same);
        assert_ne!(verdict("").0, Overall::Same);
    }
}
