//! `dsf verify --pairs`: JSON Lines in, JSON Lines out, in the same order.
#![allow(clippy::unwrap_used)]

mod common;

use common::Shop;
use serde_json::{Value, json};

fn address(line1: &str, line2: &str) -> Value {
    json!({"name": "Nora Testwell", "line1": line1, "line2": line2, "city": "Jersey City", "region": "NJ", "postcode": "07307", "country": "US"})
}

fn pair(id: &str, a: Value, b: Value) -> String {
    json!({"id": id, "a": a, "b": b, "kind": "ignored"}).to_string() + "\n"
}

fn verdicts(text: &str) -> Vec<(String, String)> {
    let said = |line: &str| {
        let v: Value = serde_json::from_str(line).unwrap();
        (v["id"].as_str().unwrap().to_owned(), v["verdict"].as_str().unwrap().to_owned())
    };
    text.lines().map(said).collect()
}

#[test]
fn each_pair_has_its_verdict_and_the_order_stays() {
    let shop = Shop::usual();
    let lines = [
        pair("1", address("12 Sample Ln Apt 4", ""), address("12 sample lane", "#4")),
        pair("2", address("12 Sample Ln", "Apt 4"), address("12 Sample Ln", "")),
        "\n".to_owned(),
        pair("3", address("14 Oak Street", ""), address("18 Oak Street", "")),
    ];
    let ran =
        shop.run_with_input("verify --pairs -", lines.concat().as_bytes()).exits(0).complains("3 pairs, 1 the same");
    let of = |id: &str, verdict: &str| (id.to_owned(), verdict.to_owned());
    assert_eq!(verdicts(&ran.out), [of("1", "same"), of("2", "different"), of("3", "different")]);
    let third: Value = serde_json::from_str(ran.out.lines().nth(2).unwrap()).unwrap();
    let house = third["fields"].as_array().unwrap().iter().find(|f| f["field"] == "house_number").unwrap().clone();
    assert_eq!((&house["verdict"], &house["a"], &house["b"]), (&json!("different"), &json!("14"), &json!("18")));
}

#[test]
fn thousands_of_pairs_over_several_threads_keep_their_order() {
    let shop = Shop::usual();
    let lines: String = (0..9000).map(|i| pair(&i.to_string(), address("1 A St", ""), address("1 A St", ""))).collect();
    shop.write("pairs.jsonl", lines);
    let ran = shop.run("verify --pairs pairs.jsonl").exits(0);
    let ids: Vec<String> = verdicts(&ran.out).into_iter().map(|(id, _)| id).collect();
    assert_eq!(ids, (0..9000).map(|i| i.to_string()).collect::<Vec<_>>());
}

#[test]
fn a_field_that_one_side_does_not_say_is_unavailable_and_a_lost_unit_is_not() {
    let shop = Shop::usual();
    let silent = |field: &str| {
        let mut b = address("12 Sample Ln", "Apt 4");
        b[field] = Value::Null;
        pair("1", address("12 Sample Ln", "Apt 4"), b)
    };
    let verdict =
        |text: String| verdicts(&shop.run_with_input("verify --pairs -", text.as_bytes()).exits(0).out)[0].1.clone();
    assert_eq!(verdict(silent("postcode")), "same");
    assert_eq!(verdict(silent("city")), "unavailable");
    assert_eq!(verdict(silent("name")), "unavailable");
    assert_eq!(verdict(silent("line2")), "different");
    let mut absent = address("12 Sample Ln", "Apt 4");
    absent.as_object_mut().unwrap().remove("line2");
    assert_eq!(verdict(pair("1", address("12 Sample Ln", "Apt 4"), absent)), "different");
}

#[test]
fn a_line_that_is_no_pair_is_named_and_what_came_before_stands() {
    let shop = Shop::usual();
    shop.write("bad.jsonl", pair("1", address("1 A St", ""), address("1 A St", "")) + "{\"id\": 2}\n");
    let ran = shop
        .run("verify --pairs bad.jsonl")
        .exits(1)
        .complains("bad.jsonl:2: not a pair")
        .complains("hint: one pair a line");
    assert_eq!(verdicts(&ran.out).len(), 1);
    shop.run("verify --pairs none.jsonl").exits(1).complains("none.jsonl: ");
    shop.run("verify").exits(2).complains("nothing to verify");
    shop.run("verify --checks").exits(0).says("house_number_missing");
}

#[test]
fn what_was_not_compared_is_never_the_same() {
    let shop = Shop::usual();
    let nothing = pair("1", json!({}), json!({"line2": " "}));
    let ran = shop.run_with_input("verify --pairs -", nothing.as_bytes()).exits(0).complains("1 pair, 0 the same");
    assert_eq!(verdicts(&ran.out), [("1".to_owned(), "unavailable".to_owned())]);
    // Two streets under a name that dsf does not know would both be blank.
    let unknown = json!({"name": "Nora", "address1": "1 A St", "city": "Jersey City", "country": "US"});
    shop.run_with_input("verify --pairs -", pair("2", unknown.clone(), unknown).as_bytes())
        .exits(1)
        .complains("stdin:1: not a pair: unknown field `address1`");
}
