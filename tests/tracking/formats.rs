//! The public data set and one number of each carrier: the right carrier stands first or within the list, wrong digits fail.

use dsf::core::tracking::{Check, Context, Detection, Problem, detect, normalise};

const NUMBERS: &str = include_str!("numbers.tsv");
const SAMPLES: &str = include_str!("samples.tsv");

fn rows(table: &'static str) -> impl Iterator<Item = Vec<&'static str>> {
    table.lines().filter(|l| !l.starts_with('#')).map(|l| l.split('\t').collect())
}

fn alone(number: &str) -> Detection {
    let pieces = normalise(number);
    assert_eq!(pieces.len(), 1, "{number}: {pieces:?}");
    detect(pieces[0].number.as_deref().unwrap_or(""), &Context::default())
}

/// Ids of a courier of the data set. A post is found by the letters at the end.
fn ids(courier: &str, number: &str) -> Vec<&'static str> {
    match courier {
        "Amazon" => vec!["amazon_logistics_us"],
        "Canada Post" => vec!["canada_post"],
        "Canpar" => vec!["canpar"],
        "DHL" => vec!["dhl_express", "dhl_ecommerce_us", "dhl_ecommerce_asia", "dhl_parcel_uk"],
        "DPD" => vec!["dpd_de"],
        "FedEx" => vec!["fedex"],
        "GOFO Express" => vec!["gofo"],
        "Landmark Global LTN" => vec!["landmark"],
        "LaserShip" => vec!["lasership"],
        "Old Dominion Freight Line" => vec!["old_dominion"],
        "OnTrac" => vec!["ontrac"],
        "Purolator" => vec!["purolator"],
        "S10 International Standard" => match number.get(number.len() - 2..).unwrap() {
            "GB" => vec!["royal_mail"],
            "US" => vec!["usps"],
            _ => vec!["other"],
        },
        "Spee-Dee Delivery" => vec!["speedee"],
        "UPS" => vec!["ups"],
        "United States Postal Service" => vec!["usps"],
        "Yodel" => vec!["yodel"],
        "YunExpress" => vec!["yunexpress"],
        other => unreachable!("{other}"),
    }
}

/// Numbers that the reference says cannot be told apart by their shape stand within the list; all others first.
#[test]
fn every_valid_number_finds_its_carrier() {
    let (mut valid, mut first) = (0, 0);
    for row in rows(NUMBERS).filter(|r| r[1] == "valid") {
        let found = alone(row[0]);
        let want = ids(row[2], row[0]);
        let at = found.candidates.iter().position(|c| want.contains(&c.carrier.as_str()));
        let at = at.unwrap_or_else(|| panic!("{row:?}: {found:?}"));
        assert_ne!(found.candidates[at].check, Check::Fail, "{row:?}");
        assert!(found.problems.is_empty(), "{row:?}: {:?}", found.problems);
        valid += 1;
        if at == 0 {
            first += 1;
        } else {
            // Only shapes that collide: twelve digits, or three letters and nine digits.
            assert!(
                ["Purolator", "DPD", "DHL", "Amazon", "Old Dominion Freight Line"].contains(&row[2]),
                "{row:?}: {found:?}"
            );
        }
    }
    assert_eq!(valid, 192);
    assert!(first >= 175, "{first}");
}

#[test]
fn no_invalid_number_passes_as_what_it_is_not() {
    let mut invalid = 0;
    for row in rows(NUMBERS).filter(|r| r[1] == "invalid") {
        let found = alone(row[0]);
        let also: Vec<&str> = row[4].split("; ").filter_map(|a| a.split('/').next()).collect();
        let allowed: Vec<&str> = also.iter().filter(|c| !c.is_empty()).flat_map(|c| ids(c, row[0])).collect();
        for candidate in &found.candidates {
            let passes = candidate.check == Check::Pass;
            assert!(!passes || allowed.contains(&candidate.carrier.as_str()), "{row:?}: {found:?}");
        }
        invalid += 1;
    }
    assert_eq!(invalid, 88);
}

#[test]
fn each_carrier_finds_its_sample() {
    for row in rows(SAMPLES) {
        let found = alone(row[0]);
        assert!(found.candidates.iter().any(|c| c.carrier == row[1]), "{row:?}: {found:?}");
        assert!(!found.problems.contains(&Problem::CheckDigit), "{row:?}: {found:?}");
    }
}

/// The same formats with other digits than the data set happens to have.
#[test]
fn less_usual_numbers_of_the_same_formats() {
    for (number, carrier) in [
        ("C44605916813209", "ontrac"),
        ("D59078718611229", "ontrac"),
        ("42088663013449272115869123426769", "usps"),
        ("RR473124829TW", "other"),
        ("LX473124829JE", "other"),
        ("94001112025088255225261234", "usps"),
    ] {
        let found = alone(number);
        let own = found.candidates.iter().find(|c| c.carrier == carrier);
        let own = own.unwrap_or_else(|| panic!("{number}: {found:?}"));
        assert!(own.check == Check::Pass || number.starts_with("9400"), "{number}: {found:?}");
    }
}
