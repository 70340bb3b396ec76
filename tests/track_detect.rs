//! `dsf track detect`: the table, the JSON, the exit codes.
#![allow(clippy::unwrap_used)]

mod common;

use common::Shop;
use serde_json::json;

#[test]
fn a_clean_number_is_done_and_a_wrong_one_is_not() {
    let shop = Shop::usual();
    let ran = shop.run("track detect 9400111202508825522526 --json").exits(0);
    let number = &ran.json()["numbers"][0];
    assert_eq!(number["input"], "9400111202508825522526");
    assert_eq!(number["number"], "9400111202508825522526");
    assert_eq!(number["problems"], json!([]));
    assert_eq!(number["candidates"][0]["carrier"], "usps");
    assert_eq!(number["candidates"][0]["score"], 80);
    assert_eq!(number["candidates"][0]["check"], "pass");
    for (words, code) in [
        ("9.4001E+21", "DAMAGED_NUMBER"),
        ("9400111202508830000000", "ROUNDED_NUMBER"),
        ("41441760228964 --carrier FedEx", "LOST_ZEROS"),
        ("000000000000", "PLACEHOLDER"),
        ("HELLO1", "UNKNOWN_FORMAT"),
        ("LX123456789CN", "CHECK_DIGIT"),
        ("pending", "NO_NUMBER"),
        ("4201002334249200190132607600833457 --to US --postcode 10024", "WRONG_DESTINATION"),
        ("1Z5R89390357567127 --carrier FedEx", "CARRIER_DISAGREES"),
        ("YT2203621272033099 --carrier YunExpres", "CARRIER_UNKNOWN"),
    ] {
        let ran = shop.run(&format!("track detect {words} --json")).exits(3);
        assert_eq!(ran.json()["numbers"][0]["problems"], json!([code]), "{words}");
        shop.run(&format!("track detect {words}")).exits(3).says(code);
    }
    shop.run("track detect 9400111202508825522526 --to Atlantis").exits(2).complains("\"Atlantis\" is no country");
    shop.run("track detect YT2203621272033099 --carrier YunExpres").exits(3).complains("did you mean YunExpress?");
    shop.run("track detect YTO203621272033099").exits(0).says("read so from YTO203621272033099");
}

#[test]
fn numbers_come_from_stdin_one_a_line_in_any_bytes() {
    let shop = Shop::new("");
    let ran = shop.run_with_input(
        "track detect - --json",
        b"1Z5R89390357567127\r\n\n\xff\xfe\x00??\nYT2203621272033099;YT2203621272033100\n",
    );
    let ran = ran.exits(3);
    let found = ran.json();
    let numbers: Vec<_> = found["numbers"].as_array().unwrap().iter().map(|n| n["number"].clone()).collect();
    assert_eq!(
        numbers,
        [json!("1Z5R89390357567127"), json!(null), json!("YT2203621272033099"), json!("YT2203621272033100")]
    );
}
