//! The test vectors of the requirements, by their numbers, and properties over any address.

use super::Address;
use super::check::{self, Profile, Severity, check};
use super::compare::{Echo, compare, compare_echo};
use super::transform::Transform;
use super::verdict::{Overall, Verdict};

fn us() -> Address {
    Address {
        name: "Mary Miller".into(),
        line1: "14 Oak Street".into(),
        city: "Jersey City".into(),
        region: "NJ".into(),
        postcode: "07307".into(),
        country: "US".into(),
        phone: "+1 201 555 0147".into(),
        ..Address::default()
    }
}

fn with(edit: impl Fn(&mut Address)) -> Address {
    let mut address = us();
    edit(&mut address);
    address
}

fn found(address: &Address, name: &str) -> Option<check::Finding> {
    check(address, &Profile::default()).into_iter().find(|f| f.check == name)
}

#[test]
fn tv5_apostrophe_and_a_street_that_holds_both_lines() {
    let shop = Address {
        name: "Léa Petit".into(),
        line1: "8 rue Neuve, Appt 4".into(),
        line2: "Appt 4".into(),
        city: "Paris".into(),
        postcode: "'75008".into(),
        country: "FR".into(),
        ..Address::default()
    };
    let clean = Address { postcode: "75008".into(), ..shop.clone() };
    assert_eq!(compare(&shop, &clean).verdict, Overall::Same);
    let once = Address { line1: "8 rue Neuve".into(), ..clean };
    assert_eq!(compare(&shop, &once).verdict, Overall::Same, "{:?}", compare(&shop, &once));
}

#[test]
fn tv6_a_lost_zero_is_suggested_only_where_the_region_agrees() {
    let jersey = found(&with(|a| a.postcode = "7307".into()), "postcode_zero_lost").unwrap();
    assert_eq!((jersey.suggestion.as_deref(), jersey.code), (Some("07307"), "POSTCODE_INVALID"));
    let texas = with(|a| (a.postcode, a.region, a.city) = ("7730".into(), "TX".into(), "Houston".into()));
    assert!(found(&texas, "postcode_zero_lost").is_none());
    assert_eq!(found(&texas, "postcode_form").unwrap().suggestion, None);
}

#[test]
fn tv12_a_long_line_is_wrapped_or_refused_never_cut() {
    let long = with(|a| a.line1 = "12345 North Martin Luther King Boulevard W".into());
    let rule = Transform::Wrap { longest: 35, unit: check::LengthUnit::Characters };
    let (wrapped, changes) = rule.apply(&long).unwrap();
    assert!(wrapped.line1.chars().count() <= 35 && wrapped.line2.chars().count() <= 35);
    assert_eq!(format!("{} {}", wrapped.line1, wrapped.line2), long.line1);
    assert_eq!(changes.iter().map(|c| c.field).collect::<Vec<_>>(), ["line1", "line2"]);
    assert_eq!(compare(&long, &wrapped).verdict, Overall::Same);
    let endless =
        with(|a| a.line1 = "12345 North Martin Luther King Boulevard West, Building 14, Floor 22, Suite 4400".into());
    assert!(rule.apply(&endless).is_none());
    let mut profile = Profile::default();
    profile.longest.insert("line1".into(), 35);
    let findings = check(&long, &profile);
    assert!(findings.iter().any(|f| f.code == "FIELD_TOO_LONG" && f.severity == Severity::Error));
}

#[test]
fn tv13_mojibake_is_for_a_person() {
    let (good, bad) = (with(|a| a.name = "Jörg Müller".into()), with(|a| a.name = "JÃ¶rg MÃ¼ller".into()));
    let got = compare(&good, &bad);
    assert_eq!((got.verdict, got.field("name").unwrap().rule), (Overall::Review, Some("mojibake")));
    assert!(found(&bad, "mojibake").is_some() && found(&good, "mojibake").is_none());
}

#[test]
fn tv14_suite_103_104_is_not_107a() {
    let a = with(|a| a.line2 = "STE 103/104".into());
    let got = compare(&a, &with(|a| a.line2 = "STE 107A".into()));
    assert_eq!(got.verdict, Overall::Different);
    assert_eq!(got.field("unit").unwrap().reason, "suite 103/104 became suite 107A");
    assert_eq!(compare(&a, &with(|a| a.line2 = "Suite 103/104".into())).verdict, Overall::Same);
    assert_eq!(compare(&a, &us()).field("unit").unwrap().verdict, Verdict::Missing);
    assert_eq!(compare(&a, &us()).verdict, Overall::Different);
}

#[test]
fn tv15_one_edit_in_a_number_is_another_house() {
    for (a, b, reason) in [
        ("14 Oak Street", "18 Oak Street", "house number 14 became 18"),
        ("1 High Street", "100 High Street", "house number 1 became 100 (a part was added)"),
        ("41 Oak Street", "14 Oak Street", "house number 41 became 14 (digits swapped)"),
    ] {
        let got = compare(&with(|x| x.line1 = a.into()), &with(|x| x.line1 = b.into()));
        assert_eq!((got.verdict, got.field("house_number").unwrap().reason.as_ref()), (Overall::Different, reason));
    }
    let got =
        compare(&with(|x| x.line1 = "221 Elm Ave Unit 3".into()), &with(|x| x.line1 = "119 Elm Ave Unit 8".into()));
    assert_eq!(got.reasons(), ["house number 221 became 119", "apt 3 became apt 8"]);
}

#[test]
fn tv22_what_was_never_said_is_unavailable() {
    let echo = Address { name: String::new(), line1: String::new(), ..us() };
    let got = compare_echo(&us(), &echo, Echo::without(&["name", "line1", "line2"]));
    assert_eq!(got.verdict, Overall::Unavailable);
    assert_eq!(got.field("name").unwrap().verdict, Verdict::Unavailable);
    let no_phone = Address { phone: String::new(), ..us() };
    assert_eq!(compare_echo(&us(), &no_phone, Echo::without(&["phone"])).verdict, Overall::Same);
    assert_eq!(found(&Address::default(), "ship_to_missing").unwrap().code, "SHIP_TO_MISSING");
}

#[test]
fn tv23_a_region_is_asked_for_only_where_the_post_needs_it() {
    let in_country = |country: &str, postcode: &str| {
        let address = Address { region: String::new(), country: country.into(), postcode: postcode.into(), ..us() };
        found(&address, "region_missing").is_some()
    };
    assert!(in_country("US", "07307") && in_country("BR", "01310-200"));
    assert!(!in_country("GB", "SW1A 1AA") && !in_country("FR", "75008") && !in_country("DE", "10115"));
    let unknown = found(&with(|a| a.region = "Californa".into()), "region_unknown").unwrap();
    assert_eq!(unknown.suggestion.as_deref(), Some("California"));
}

#[test]
fn a_clean_address_has_no_finding() {
    assert_eq!(check(&us(), &Profile::default()), []);
}

#[test]
fn each_check_finds_its_fault() {
    for (edit, name) in [
        ((|a| a.line1 = "PO Box 12".into()) as fn(&mut Address), "po_box"),
        (|a| (a.city, a.region, a.postcode) = ("APO".into(), "AE".into(), "09012".into()), "military"),
        (|a| (a.region, a.postcode) = ("HI".into(), "96815".into()), "far_us"),
        (|a| a.line1 = "Packstation 145".into(), "parcel_locker"),
        (|a| a.line1 = "Oak Street".into(), "house_number_missing"),
        (|a| a.line1 = "test".into(), "placeholder"),
        (|a| a.line2 = "write to mary@example.com".into(), "email_inside"),
        (|a| a.line2 = "see https://example.com".into(), "url_inside"),
        (|a| a.name = "Mary Miller 🌸".into(), "emoji"),
        (|a| a.line2 = "<b>Apt 4</b>".into(), "html"),
        (|a| a.line2 = "Apt\u{7} 4".into(), "control_character"),
        (|a| a.name = "M*** M***".into(), "masked"),
        (|a| a.name = "山田太郎".into(), "not_latin"),
        (|a| a.postcode = "90210".into(), "postcode_region"),
        (|a| a.phone = "12".into(), "phone_implausible"),
        (|a| a.country = "Atlantis".into(), "country_unknown"),
    ] {
        let mut address = us();
        edit(&mut address);
        if name == "parcel_locker" {
            (address.country, address.region, address.postcode) = ("DE".into(), String::new(), "53111".into());
        }
        assert!(found(&address, name).is_some(), "{name}: {:?}", check(&address, &Profile::default()));
    }
}

#[test]
fn a_severity_can_be_changed_by_name() {
    let boxed = with(|a| a.line1 = "PO Box 12".into());
    let mut profile = Profile::default();
    assert!(!check::holds(&check(&boxed, &profile)));
    assert!(profile.set("po_box", Severity::Error) && !profile.set("no_such_check", Severity::Error));
    assert!(check::holds(&check(&boxed, &profile)));
    profile.set("po_box", Severity::Off);
    assert_eq!(check(&boxed, &profile), []);
}

#[test]
fn transformations_say_what_they_changed_and_prove_equal() {
    let german = Address {
        name: "Jürgen Groß".into(),
        line1: "Königstraße 5".into(),
        city: "Köln".into(),
        postcode: "50667".into(),
        country: "DE".into(),
        ..Address::default()
    };
    let (ascii, changes) = Transform::Ascii.apply(&german).unwrap();
    assert_eq!((ascii.name.as_str(), ascii.line1.as_str()), ("Juergen Gross", "Koenigstrasse 5"));
    assert_eq!(changes.len(), 3);
    assert_eq!(compare(&german, &ascii).verdict, Overall::Same);
    let russian = Address {
        name: "Сергей Щербаков".into(),
        line1: "ул. Ленина 5".into(),
        city: "Москва".into(),
        postcode: "101000".into(),
        country: "RU".into(),
        ..Address::default()
    };
    let (latin, _) = Transform::Latin.apply(&russian).unwrap();
    assert_eq!(latin.name, "Sergey Shcherbakov");
    assert_eq!(compare(&russian, &latin).verdict, Overall::Same, "{:?}", compare(&russian, &latin).reasons());
    assert!(Transform::Latin.apply(&Address { name: "山田太郎".into(), ..us() }).is_none());
    let (named, changes) = Transform::RegionName.apply(&us()).unwrap();
    assert_eq!((named.region.as_str(), changes[0].rule), ("New Jersey", "region_name"));
    assert_eq!(Transform::RegionCode.apply(&named).unwrap().0.region, "NJ");
}

mod properties {
    use super::*;
    use proptest::prelude::*;

    fn word() -> impl Strategy<Value = String> {
        "[A-Z][a-zäöüéñøłșşıъж]{1,9}"
    }

    prop_compose! {
        fn address()(
            first in word(), last in word(), street in word(),
            house in 1_u32..9999, suffix in "[a-f]?",
            kind in prop::sample::select(vec!["Street", "Ave", "Rd", "Lane", ""]),
            unit in prop::option::of((prop::sample::select(vec!["Apt", "Unit", "#", "Suite", "Floor"]), 1_u32..999)),
            city in word(), postcode in "[1-9][0-9]{4}",
            country in prop::sample::select(vec!["US", "DE", "FR", "GB", "PL", "AU", "CA", "JP", "BR", "TR", "KR", "ES"]),
        ) -> Address {
            Address {
                name: format!("{first} {last}"),
                line1: format!("{house}{suffix} {street} {kind}").trim().to_owned(),
                line2: unit.map_or(String::new(), |(word, id)| format!("{word} {id}")),
                city,
                postcode,
                country: country.to_owned(),
                ..Address::default()
            }
        }
    }

    proptest! {
        #[test]
        fn an_address_is_itself(a in address()) {
            prop_assert_eq!(compare(&a, &a).verdict, Overall::Same);
        }

        #[test]
        fn the_verdict_does_not_depend_on_the_side(a in address(), b in address(), half in any::<bool>()) {
            let b = if half { Address { line1: b.line1, ..a.clone() } } else { b };
            prop_assert_eq!(compare(&a, &b).verdict, compare(&b, &a).verdict);
        }

        #[test]
        fn one_other_digit_is_never_the_same(a in address(), at in 0_usize..40, by in 1_u32..10) {
            let mut b = a.clone();
            let digits: Vec<(&str, usize)> = ["line1", "line2", "postcode"]
                .into_iter()
                .flat_map(|field| {
                    let text = a.clone().field_mut(field).unwrap().clone();
                    text.char_indices().filter(|(_, c)| c.is_ascii_digit()).map(|(i, _)| (field, i)).collect::<Vec<_>>()
                })
                .collect();
            let (field, index) = digits[at % digits.len()];
            let text = b.field_mut(field).unwrap();
            let old = text[index..=index].parse::<u32>().unwrap();
            text.replace_range(index..=index, &((old + by) % 10).to_string());
            prop_assert_ne!(compare(&a, &b).verdict, Overall::Same);
        }

        #[test]
        fn any_text_is_survived(fields in prop::collection::vec(any::<String>(), 20), code in prop::sample::select(vec!["US", "JP", "TH", "TW", "KR", "AU", "PL", "AT", "FI", "HU", "CO", ""])) {
            let make = |from: usize| {
                let mut address = Address::default();
                for (name, text) in Address::FIELDS.into_iter().zip(&fields[from..from + 10]) {
                    address.field_mut(name).unwrap().clone_from(text);
                }
                address.country = code.to_owned();
                address
            };
            let (a, b) = (make(0), make(10));
            compare(&a, &b);
            check(&a, &Profile::default());
            for rule in [Transform::Latin, Transform::Ascii, Transform::RegionCode, Transform::Wrap { longest: 8, unit: check::LengthUnit::Columns }] {
                let _ = rule.apply(&a);
            }
            prop_assert_eq!(compare(&a, &a).verdict, Overall::Same);
        }

        #[test]
        fn address_like_text_is_survived(line in "[ -~№º½一-龠ぁ-んァ-ヶ가-힣0-9０-９#/.,'-]{0,60}", other in "[0-9A-Za-z #/.,丁目番号樓之동호-]{0,40}", code in prop::sample::select(vec!["US", "JP", "TW", "KR", "CN", "AU", "PL", "AT"])) {
            let a = Address { line1: line, country: code.to_owned(), ..us() };
            let b = Address { line1: other, ..a.clone() };
            prop_assert_eq!(compare(&a, &b).verdict, compare(&b, &a).verdict);
            compare(&b, &b);
        }
    }
}
