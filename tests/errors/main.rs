//! Every error that a person can meet: what and where, a next step that can be typed, the exit code, and nothing changed.
#![allow(clippy::unwrap_used)]

mod commands;
#[path = "../common/mod.rs"]
mod common;
mod config;
mod files;
mod tables;

use common::{Ran, Shop, Shopify, USUAL};

/// A call that must fail: the words, its exit code, what is in the message, what is in the hint.
type Case = (&'static str, i32, &'static [&'static str], &'static str);

/// A shop with one order, in which nothing may change.
fn shop() -> Shop {
    shop_with(USUAL)
}

fn shop_with(config: &str) -> Shop {
    let shop = Shop::new(config);
    shop.write("first.csv", Shopify::new().order("1", &[]).csv()).modified("first.csv", 0);
    shop.run("import first.csv --store us").exits(0);
    shop
}

#[track_caller]
fn all_fail(shop: &Shop, cases: &[Case]) {
    for (call, code, message, hint) in cases {
        fails(shop, call, b"", *code, message, hint);
    }
}

#[track_caller]
fn fails(shop: &Shop, call: &str, input: &[u8], code: i32, message: &[&str], hint: &str) -> Ran {
    let before = shop.contents();
    let ran = shop.run_with_input(call, input);
    assert_eq!(ran.code, code, "{call}\nstdout:\n{}\nstderr:\n{}", ran.out, ran.err);
    assert_eq!(shop.contents(), before, "{call} changed something");
    let (said, next) = parts(&ran.err);
    for part in message {
        assert!(said.contains(part), "{call}: \"{part}\" is not in the message:\n{}", ran.err);
    }
    assert!(next.contains(hint), "{call}: \"{hint}\" is not in the hint:\n{}", ran.err);
    well_said(call, &said);
    well_said(call, &next);
    let json = shop.run_with_input(&format!("{call} --json"), input);
    let error: serde_json::Value =
        serde_json::from_str(&json.err).unwrap_or_else(|e| unreachable!("{call}: {e}: {}", json.err));
    assert_eq!((json.code, error["error"]["code"].as_i64()), (code, Some(i64::from(code))), "{call}");
    assert_eq!(
        (error["error"]["message"].as_str(), error["error"]["hint"].as_str()),
        (Some(said.as_str()), Some(next.as_str()))
    );
    ran
}

/// The message and the hint, which are the last two lines of stderr.
#[track_caller]
fn parts(err: &str) -> (String, String) {
    let (before, hint) = err.trim_end().rsplit_once("\nhint: ").unwrap_or_else(|| unreachable!("no hint in:\n{err}"));
    let message = before.rsplit_once("dsf: ").unwrap_or_else(|| unreachable!("no \"dsf: \" in:\n{err}")).1;
    assert!(!message.contains('\n'), "more than a line:\n{err}");
    (message.to_owned(), hint.to_owned())
}

/// Lower case first, but for names and codes; no full stop; not the words of a debugger; nothing said twice.
#[track_caller]
fn well_said(call: &str, text: &str) {
    let first = text.split_whitespace().next().unwrap_or_default();
    let capital =
        first.starts_with(char::is_uppercase) && !first.contains('=') && first.chars().any(char::is_lowercase);
    assert!(!capital, "{call}: begins with a capital: {text}");
    assert!(!text.ends_with('.'), "{call}: ends with a full stop: {text}");
    assert!(!text.trim().is_empty(), "{call}: empty");
    for word in ["Some(", "None", "Err(", "Error {", "unwrap", "panicked", "Error code"] {
        assert!(!text.contains(word), "{call}: {word} in: {text}");
    }
    let mut clauses: Vec<&str> = text.split(": ").collect();
    let all = clauses.len();
    clauses.dedup();
    assert_eq!(clauses.len(), all, "{call}: says it twice: {text}");
}
