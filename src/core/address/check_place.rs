//! Checks of the place by country: required fields, postcode and region, house number, post boxes and lockers.

use super::Address;
use super::check::Findings;
use super::postcode;
use super::region::{self, Region};
use super::rules::{self, Country};
use super::side::Side;
use super::unit::UnitClass;

/// Two-letter regions of the United States that parcels reach by air or sea only.
const FAR: [&str; 9] = ["AK", "HI", "PR", "GU", "VI", "AS", "MP", "PW", "FM"];

pub(super) fn check(address: &Address, code: &str, findings: &mut Findings<'_>) {
    let rules = rules::of(code);
    let side = Side::read(address, code, rules.langs);
    let boxed = side.units.iter().find(|u| matches!(u.class, UnitClass::Box(_)));
    if address.line1.trim().is_empty() && address.line2.trim().is_empty() {
        if rules.needs_street() {
            findings.add("street_missing", "line1", "");
        }
    } else if rules.house_numbers && boxed.is_none() && !has_number(&side) {
        findings.add("house_number_missing", "line1", &address.line1);
    }
    if address.city.trim().is_empty() {
        if rules.needs_city() {
            findings.add("city_missing", "city", "");
        }
    } else if address.city.trim().chars().count() == 1 && address.city.is_ascii() {
        findings.add("city_short", "city", address.city.trim());
    }
    if let Some(unit) = boxed {
        let locker = matches!(unit.class.name(), "packstation" | "locker");
        findings.add(if locker { "parcel_locker" } else { "po_box" }, "line1", &unit.to_string());
    }
    let region = regions(address, code, rules, findings);
    postcodes(address, code, rules, region, findings);
    united_states(address, code, region, findings);
}

/// A digit anywhere in the lines, or the words for "without number".
fn has_number(side: &Side<'_>) -> bool {
    side.flow.iter().any(|i| i.is_number() || matches!(i.text(), "s/n" | "sn" | "snc")) || !side.units.is_empty()
}

fn regions(address: &Address, code: &str, rules: &Country, findings: &mut Findings<'_>) -> Option<&'static Region> {
    let text = address.region.trim();
    let found = region::find(code, text);
    if !rules.needs_region() || !region::has_table(code) {
        return found;
    }
    if text.is_empty() {
        // A city that is its own region (Dubai, 서울) says it.
        if region::find(code, &address.city).is_none() {
            findings.add("region_missing", "region", "");
        }
    } else if found.is_none() {
        let near = region::nearest(code, text).and_then(Region::latin_name).map(str::to_owned);
        findings.suggest("region_unknown", "region", text, near);
    }
    found
}

fn postcodes(address: &Address, code: &str, rules: &Country, region: Option<&Region>, findings: &mut Findings<'_>) {
    let text = address.postcode.trim();
    if text.is_empty() {
        if rules.needs_postcode() {
            findings.add("postcode_missing", "postcode", "");
        }
        return;
    }
    let key = postcode::key(text, code);
    if !postcode::fits(&key, code) {
        let padded = format!("0{key}");
        let lost_zero = key.bytes().all(|b| b.is_ascii_digit()) && postcode::fits(&padded, code);
        // Padding blindly would make a typing error into another town: only where the region agrees.
        let suggestion = region.filter(|r| lost_zero && r.holds(&padded)).map(|_| padded);
        match suggestion {
            Some(padded) => findings.suggest("postcode_zero_lost", "postcode", text, Some(padded)),
            None => findings.add("postcode_form", "postcode", text),
        }
        return;
    }
    let Some(region) = region.filter(|r| !r.postcode_starts.is_empty() && !r.holds(&key)) else { return };
    let name = |r: &Region| r.latin_name().unwrap_or(r.code).to_owned();
    let there = region::of_postcode(code, &key).into_iter().map(name).collect::<Vec<_>>();
    let message = match there.as_slice() {
        [] => format!("no postcode of {} begins like {text}", name(region)),
        there => format!("{text} belongs to {}, not to {}", there.join(" or "), name(region)),
    };
    findings.add("postcode_region", "postcode", &message);
}

fn united_states(address: &Address, code: &str, region: Option<&Region>, findings: &mut Findings<'_>) {
    if code != "US" {
        return;
    }
    let region = region.map_or("", |r| r.code);
    let city = address.city.trim();
    if matches!(region, "AE" | "AA" | "AP") || ["APO", "FPO", "DPO"].iter().any(|m| city.eq_ignore_ascii_case(m)) {
        findings.add("military", "city", city);
    } else if FAR.contains(&region) {
        findings.add("far_us", "region", address.region.trim());
    }
}
