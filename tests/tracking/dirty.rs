//! Numbers as people and spreadsheets write them.

use dsf::core::tracking::{Check, Context, Damage, Problem, detect, normalise};
use proptest::prelude::*;

fn numbers(text: &str) -> Vec<String> {
    normalise(text).into_iter().filter_map(|p| p.number).collect()
}

#[test]
fn one_number_in_any_dress() {
    let usps = "9400111202508825522526";
    for text in [
        "9400 1112 0250 8825 5225 26",
        "9400-1112-0250-8825-5225-26",
        "９４００１１１２０２５０８８２５５２２５２６",
        "\u{feff}9400111202508825522526\u{200b}",
        "9400\u{a0}1112\u{a0}0250\u{a0}8825\u{a0}5225\u{a0}26",
        "Tracking: 9400111202508825522526",
        "USPS 9400 1112 0250 8825 5225 26",
        "Tracking No. 9400111202508825522526 (USPS)",
        "单号：9400111202508825522526",
        "快递单号 9400111202508825522526。",
        "=\"9400111202508825522526\"",
        "'9400111202508825522526",
        "https://tools.usps.com/go/TrackConfirmAction?tLabels=9400111202508825522526",
        "see https://t.17track.net/en#nums=9400111202508825522526&fc=21051",
        "https://example.com/track/9400111202508825522526?x=1",
        "https://example.com/go?tracknumbers%3d=1&nums=9400%20111202508825522526",
        "9400111202508825522526, 9400111202508825522526",
        "9400111202508825522526\r\n",
        "94OO1112O25O8825522526",
    ] {
        let found = numbers(text);
        let detected: Vec<String> = found.iter().map(|n| detect(n, &Context::default()).number).collect();
        assert_eq!(detected, [usps], "{text:?} {found:?}");
    }
    for (text, number) in [
        ("LX 473124829 CN", "LX473124829CN"),
        ("lx473124829cn", "LX473124829CN"),
        ("ＬＸ４７３１２４８２９ＣＮ", "LX473124829CN"),
        ("ЕХ", ""),
        ("СР123456785СN", "CP123456785CN"),
        ("YunExpress YT2203621272033099 sent 11/20", "YT2203621272033099"),
        ("FedEx-775817441109", "775817441109"),
        ("FedEx: 7758 1744 1109", "775817441109"),
        ("775817441109.0", "775817441109"),
        ("1LS7119013618127-1", "1LS7119013618127-1"),
        ("单号: 1ls7 1190 1361 8127 -1", "1LS7119013618127-1"),
        ("3 29715 145 6010244 784917580286 2014", "32971514560102447849175802862014"),
        ("JVGL 0999 9999 90", "JVGL0999999990"),
        ("TBC 000000000000", "TBC000000000000"),
        ("IN 775817441109", "775817441109"),
        ("10 775817441109", "775817441109"),
        ("420 10023 3424 9200190132607600833457", "4201002334249200190132607600833457"),
        ("N/A", ""),
        ("not yet", ""),
        ("", ""),
        ("-", ""),
    ] {
        let want: Vec<&str> = if number.is_empty() { vec![] } else { vec![number] };
        assert_eq!(numbers(text), want, "{text:?}");
    }
}

#[test]
fn several_numbers_in_a_cell() {
    let two = ["YT2203621272033099", "YT2203621272033100"];
    for between in [",", " , ", ";", "/", "\n", " | ", "、", "，", "；", " ", " & "] {
        assert_eq!(numbers(&two.join(between)), two, "{between:?}");
    }
    assert_eq!(numbers("https://t.17track.net/en#nums=YT2203621272033099,YT2203621272033100"), two);
    assert_eq!(numbers("775817441109 1234567890123"), ["775817441109", "1234567890123"], "none is left out silently");
}

#[test]
fn a_shops_own_page_is_no_number() {
    for link in [
        "https://www.wayfair.com/v/account/track_package?order_id=4123456789",
        "https://www.wayfair.com/track_package/order_id=4123456789",
        "https://example.com/",
        "https://example.com/orders/17",
    ] {
        assert_eq!(numbers(link), Vec::<String>::new(), "{link}");
    }
}

#[test]
fn what_a_spreadsheet_destroyed_is_refused() {
    for (text, damage) in [
        ("9.4001E+21", Damage::Exponent),
        ("9,40010E+21", Damage::Exponent),
        ("9.40010e+21", Damage::Exponent),
        ("Tracking: 9.4001E+21", Damage::Exponent),
        ("9400111202508830000000", Damage::Rounded),
        ("940011120250883.0", Damage::Rounded),
        ("9400111202508825690112", Damage::Rounded),
        ("9400111202508825522526.0", Damage::Rounded),
    ] {
        let found = normalise(text);
        if text == "940011120250883.0" {
            assert_eq!(found[0].number.as_deref(), Some("940011120250883"));
            continue;
        }
        assert_eq!((found.len(), &found[0].number, found[0].damage), (1, &None, Some(damage)), "{text} {found:?}");
    }
    assert_eq!(numbers("1,042,924,260"), ["1042924260"]);
    for (number, code) in [
        ("9.4001E+21", Problem::DamagedNumber),
        ("9400111202508830000000", Problem::RoundedNumber),
        ("000000000000", Problem::Placeholder),
        ("123456789", Problem::Placeholder),
        ("LX123456789CN", Problem::CheckDigit),
        ("1Z1111111111111111", Problem::CheckDigit),
        ("HELLO1", Problem::UnknownFormat),
    ] {
        assert_eq!(detect(number, &Context::default()).problems, [code], "{number}");
    }
}

#[test]
fn zeros_in_front_that_are_gone_are_seen_where_it_can_be_known() {
    let with = |named: &'static [&'static str]| Context { named, ..Context::default() };
    assert_eq!(detect("5132040653892", &with(&["dpd_de"])).problems, [Problem::LostZeros]);
    assert_eq!(detect("3071790000523483741", &with(&["usps"])).problems, [Problem::CarrierDisagrees]);
    assert_eq!(detect("41441760228964", &with(&["fedex"])).problems, [Problem::LostZeros]);
    assert!(detect("41441760228964", &Context::default()).problems.is_empty(), "other carriers have fourteen digits");
    assert!(detect("05132040653892", &with(&["dpd_de"])).problems.is_empty());
}

#[test]
fn what_else_is_known_decides_between_carriers() {
    let first = |number: &str, context: Context<'_>| {
        let found = detect(number, &context);
        (found.candidates[0].carrier.clone(), found.certain().is_some())
    };
    let none = Context::default();
    assert_eq!(first("9400111202508825522526", none), ("usps".into(), true));
    assert_eq!(first("YT2203621272033099", Context { from: "CN", ..none }), ("yunexpress".into(), true));
    assert_eq!(first("320610804900", none), ("fedex".into(), false), "twelve digits say little");
    assert_eq!(first("320610804900", Context { named: &["purolator"], ..none }), ("purolator".into(), true));
    assert_eq!(first("320610804900", Context { to: "CA", ..none }), ("purolator".into(), false));
    assert_eq!(first("15976855333968", Context { to: "GB", named: &["dpd_uk", "dpd_de"], ..none }).0, "dpd_uk");
    // Nobody published the numbers of these: the supplier's word is all there is, and never certain.
    assert_eq!(first("JNT00112233445", Context { named: &["jnet"], ..none }), ("jnet".into(), false));
    assert_eq!(
        detect("1Z5R89390357567127", &Context { named: &["fedex"], ..none }).problems,
        [Problem::CarrierDisagrees]
    );
    // The last mile of a Chinese carrier is another's.
    assert!(detect("9400111202508825522526", &Context { named: &["yunexpress"], ..none }).problems.is_empty());
    assert_eq!(first("UG336196744YP", none).0, "yanwen");
    assert_eq!(first("LX473124829CN", none).0, "china_ems");
    assert_eq!(first("1Z00050675661", none).0, "colissimo");
}

#[test]
fn the_destination_inside_a_number_must_be_the_ship_to() {
    let at = |number: &str, to, postcode| detect(number, &Context { to, postcode, ..Context::default() });
    let routed = "4201002334249200190132607600833457";
    let found = at(routed, "US", "10023-3424");
    assert!(found.problems.is_empty() && found.candidates[0].number == "9200190132607600833457");
    assert_eq!(found.candidates[0].check, Check::Pass);
    assert_eq!(at(routed, "US", "10024").problems, [Problem::WrongDestination]);
    assert_eq!(at(routed, "GB", "SW1A 1AA").problems, [Problem::WrongDestination]);
    assert!(at(routed, "", "").problems.is_empty());
    let fedex = "1001921334250001000300779017972697";
    assert!(at(fedex, "US", "10003").problems.is_empty());
    assert_eq!(at(fedex, "US", "10004").problems, [Problem::WrongDestination]);
    assert!(at(fedex, "CA", "K1A 0B1").problems.is_empty());
    assert_eq!(at(fedex, "US", "10003").candidates[0].number, "779017972697");
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_bytes_are_read_and_what_comes_out_goes_through_unchanged(
        bytes in prop_oneof![
            prop::collection::vec(any::<u8>(), 0..60),
            "[0-9A-Z .,;:/=?&#%+'\"EeO-]{0,40}".prop_map(String::into_bytes),
            "(http://|)[a-z./?=&#%0-9А-Яα-ω０-９]{0,40}".prop_map(String::into_bytes),
            "(420[0-9]{31}|94[0-9]{20}|[A-Z]{2}[0-9]{9}[A-Z]{2}|[0-9]{8,22})( [0-9A-Z]{1,8}){0,2}".prop_map(String::into_bytes),
        ]
    ) {
        let text = String::from_utf8_lossy(&bytes);
        for piece in normalise(&text) {
            let Some(number) = piece.number else { continue };
            prop_assert!(number.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit() || b == b'-'));
            let again = normalise(&number);
            prop_assert_eq!(again.len(), 1);
            prop_assert_eq!(again[0].number.as_deref(), Some(number.as_str()));
            let found = detect(&number, &Context { to: "US", postcode: "10023", from: "CN", named: &["usps"] });
            prop_assert!(!found.candidates.is_empty() || !found.problems.is_empty());
        }
    }
}

/// Of all numbers with one digit changed, few pass as the same carrier's.
#[test]
fn a_mistyped_digit_rarely_passes() {
    let (mut tried, mut passed) = (0, 0);
    for row in include_str!("numbers.tsv").lines().filter(|l| l.contains("\tvalid\t")) {
        let number = row.split('\t').next().unwrap();
        let Some(right) = detect(number, &Context::default()).candidates.into_iter().find(|c| c.check == Check::Pass)
        else {
            continue;
        };
        if right.number != number {
            continue; // of a label that carries more, only the number itself is checked
        }
        for (at, old) in number.char_indices().filter(|(_, c)| c.is_ascii_digit()) {
            for new in "0123456789".chars().filter(|c| *c != old) {
                let mut wrong = number.to_owned();
                wrong.replace_range(at..=at, &new.to_string());
                let found = detect(&wrong, &Context::default());
                tried += 1;
                passed +=
                    usize::from(found.candidates.iter().any(|c| c.carrier == right.carrier && c.check == Check::Pass));
            }
        }
    }
    assert!(tried > 10_000);
    assert!(passed * 100 < tried * 8, "{passed} of {tried}");
}
