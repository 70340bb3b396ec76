//! The *delivered* proof: where a carrier says it delivered, against the ship-to. Carriers name depots and sorting towns, so a
//! field decides only as far as it can: the country always, the postcode as coarsely as delivery offices share it, the city and
//! region where no postcode was said.
//!
//! A delivery to the wrong door of the right postcode cannot be seen here; no carrier's event says it.

use serde::Serialize;

use super::Address;
use super::compare::{Echo, compare_sides};
use super::country;
use super::postcode::key;
use super::verdict::{Comparison, FieldVerdict, Overall, Verdict};

/// Where something happened, as far as a carrier says. Empty is not said.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize)]
pub struct Place {
    /// Alpha-2, or the carrier's own word.
    pub country: String,
    pub region: String,
    pub city: String,
    pub postcode: String,
}

const FIELDS: [&str; 4] = ["city", "region", "postcode", "country"];

/// Territories whose carriers write the mother country's code, or the other way round.
const ONE_POST: [&[&str]; 6] = [
    &["US", "PR", "VI", "GU", "AS", "MP"],
    &["FR", "GP", "MQ", "RE", "GF", "YT", "MC"],
    &["GB", "JE", "GG", "IM", "XI"],
    &["ES", "IC"],
    &["NO", "SJ"],
    &["FI", "AX"],
];

/// How many characters of two postcodes must agree. `None`: all of them; zero: they say nothing.
fn coarse(country: &str) -> Option<usize> {
    match country {
        "US" => Some(5),
        "CA" | "JP" => Some(3),
        "NL" => Some(4),
        "AU" | "DE" | "FR" | "ES" | "IT" => Some(2),
        "IE" => Some(0),
        _ => None,
    }
}

/// True when a country is said and is none that the post of the ship-to's country delivers in.
pub fn other_country(ship_to: &str, said: &str) -> bool {
    let (Some(ours), Some(theirs)) = (code(ship_to), code(said)) else { return false };
    ours != theirs && !ONE_POST.iter().any(|group| group.contains(&ours) && group.contains(&theirs))
}

fn code(text: &str) -> Option<&'static str> {
    // Northern Ireland in customs papers, the Canaries in postal ones: codes of no country.
    match text.trim() {
        "XI" => Some("XI"),
        "IC" => Some("IC"),
        other => country::code(other),
    }
}

/// Field by field; `a` is the ship-to, `b` the carrier's place.
pub fn arrival(ship_to: &Address, place: &Place) -> Comparison {
    let said = Address {
        city: place.city.clone(),
        region: place.region.clone(),
        postcode: place.postcode.clone(),
        // Within one post the rules of the ship-to's country are the right ones.
        country: if other_country(&ship_to.country, &place.country) || place.country.is_empty() {
            place.country.clone()
        } else {
            ship_to.country.clone()
        },
        ..Address::default()
    };
    let echoed: Vec<&str> = said
        .fields()
        .iter()
        .filter(|(field, v)| FIELDS.contains(field) && !v.trim().is_empty())
        .map(|(f, _)| *f)
        .collect();
    let whole = compare_sides(ship_to, Echo::only(&FIELDS), &said, Echo::only(&echoed));
    let mut fields: Vec<FieldVerdict> = whole.fields.into_iter().filter(|f| FIELDS.contains(&f.field)).collect();
    for field in &mut fields {
        if field.field == "postcode" && field.verdict > Verdict::Note && field.verdict != Verdict::Unavailable {
            *field = postcode(&ship_to.postcode, &place.postcode, country::code(&ship_to.country).unwrap_or_default());
        }
        if field.field == "country" {
            field.b.clone_from(&place.country);
        }
    }
    settle(&mut fields);
    Comparison { verdict: overall(&fields), fields }
}

fn postcode(ours: &str, theirs: &str, country: &str) -> FieldVerdict {
    let (x, y) = (key(ours, country), key(theirs, country));
    let made = |verdict, rule, reason: String| FieldVerdict::new("postcode", verdict, rule, ours, theirs, reason);
    let head = |text: &str, n: usize| text.chars().take(n).collect::<String>();
    // In Britain the part before the last three is the delivery office.
    let (x_head, y_head) = match (country, coarse(country)) {
        ("GB", _) => (head(&x, x.len().saturating_sub(3)), if y.len() > 4 { head(&y, y.len() - 3) } else { y.clone() }),
        (_, Some(0)) => return made(Verdict::Note, Some("postcode_says_nothing"), String::new()),
        (_, Some(n)) => (head(&x, n), head(&y, n)),
        (_, None) => (x.clone(), y.clone()),
    };
    let reason = format!("postcode {theirs} instead of {ours}");
    if x_head == y_head {
        return made(Verdict::Equivalent, Some("delivery_area"), String::new());
    }
    if country == "US" && head(&x, 3) == head(&y, 3) {
        return made(Verdict::Note, Some("zip_area"), reason);
    }
    made(Verdict::Different, None, reason)
}

/// What a coarser field says is overruled by a finer one that agrees: many towns have one postcode, and depots lie elsewhere.
fn settle(fields: &mut [FieldVerdict]) {
    let of = |name: &str, fields: &[FieldVerdict]| fields.iter().find(|f| f.field == name).map(|f| f.verdict);
    let agrees = |v: Option<Verdict>| v.is_some_and(|v| v <= Verdict::Note);
    let postcode = agrees(of("postcode", fields));
    let city = agrees(of("city", fields));
    for field in fields.iter_mut() {
        let overruled = match field.field {
            "city" => postcode,
            "region" => postcode || city,
            _ => false,
        };
        if overruled && field.verdict > Verdict::Unavailable {
            field.verdict = Verdict::Note;
        } else if field.field == "city" && field.verdict == Verdict::Suspicious {
            // No table says that the two towns are one, and nothing finer was said.
            field.verdict = Verdict::Different;
        }
    }
}

fn overall(fields: &[FieldVerdict]) -> Overall {
    let finer = ["postcode", "city"];
    let proven = |f: &FieldVerdict| finer.contains(&f.field) && f.verdict <= Verdict::Note;
    if fields.iter().any(|f| f.verdict == Verdict::Different) {
        Overall::Different
    } else if fields.iter().any(proven) {
        Overall::Same
    } else {
        // The country alone, or nothing at all, proves no delivery.
        Overall::Unavailable
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ship_to() -> Address {
        Address {
            name: "Nora Testwell".into(),
            line1: "12 Sample Ln".into(),
            city: "Jersey City".into(),
            region: "NJ".into(),
            postcode: "07307".into(),
            country: "US".into(),
            ..Address::default()
        }
    }

    fn place(country: &str, region: &str, city: &str, postcode: &str) -> Place {
        Place { country: country.into(), region: region.into(), city: city.into(), postcode: postcode.into() }
    }

    #[test]
    fn where_it_was_delivered_against_where_it_should_be() {
        for (country, region, city, postcode, want) in [
            ("US", "NJ", "JERSEY CITY", "07307", Overall::Same),
            ("US", "", "", "07307-1234", Overall::Same),
            ("US", "New Jersey", "Jersey City", "", Overall::Same),
            // The ZIP of the next delivery office, named after the same depot.
            ("US", "NJ", "UNION CITY", "07306", Overall::Same),
            ("US", "CA", "LOS ANGELES", "90001", Overall::Different),
            ("US", "NJ", "NEWARK", "", Overall::Different),
            ("US", "CA", "", "", Overall::Different),
            ("PR", "", "", "07307", Overall::Same),
            ("DE", "", "", "", Overall::Different),
            ("US", "", "", "", Overall::Unavailable),
            ("", "", "", "", Overall::Unavailable),
        ] {
            let found = arrival(&ship_to(), &place(country, region, city, postcode));
            assert_eq!(found.verdict, want, "{country} {region} {city} {postcode}: {:#?}", found.fields);
        }
    }

    #[test]
    fn a_postcode_counts_as_far_as_delivery_offices_share_it() {
        let verdict = |ours, theirs, country| postcode(ours, theirs, country).verdict;
        assert_eq!(verdict("SW1A 1AA", "SW1A 2BB", "GB"), Verdict::Equivalent);
        assert_eq!(verdict("SW1A 1AA", "SW1A", "GB"), Verdict::Equivalent);
        assert_eq!(verdict("SW1A 1AA", "N1 9GU", "GB"), Verdict::Different);
        assert_eq!(verdict("K1A 0B1", "K1A 9Z9", "CA"), Verdict::Equivalent);
        assert_eq!(verdict("10115", "10999", "DE"), Verdict::Equivalent);
        assert_eq!(verdict("10115", "80331", "DE"), Verdict::Different);
        assert_eq!(verdict("D02 X285", "T12 AB34", "IE"), Verdict::Note);
        assert_eq!(verdict("1010", "1020", "AT"), Verdict::Different);
    }

    #[test]
    fn countries_of_one_post_are_one() {
        assert!(!other_country("US", "PR") && !other_country("France", "MC") && !other_country("GB", "XI"));
        assert!(other_country("US", "DE") && !other_country("US", "") && !other_country("US", "Atlantis"));
    }
}
