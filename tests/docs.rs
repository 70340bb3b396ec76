//! The README says what the program does: its demo is this program's, and every command stands in it.
#![allow(clippy::unwrap_used)]

mod common;

use std::process::Command;

const README: &str = include_str!("../README.md");

/// Dates and ages change from day to day; nothing else does.
fn without_dates(text: &str) -> String {
    let text = text.replace("(0 days)", "(1 day)");
    let is_date = |word: &str| {
        let bytes = word.as_bytes();
        bytes.len() == 10
            && bytes[4] == b'-'
            && bytes[7] == b'-'
            && word.bytes().filter(u8::is_ascii_digit).count() == 8
    };
    let words = text
        .lines()
        .map(|line| line.split(' ').map(|w| if is_date(w) { "DATE" } else { w }).collect::<Vec<_>>().join(" "));
    words.collect::<Vec<_>>().join("\n").trim().to_owned()
}

#[cfg(unix)]
#[test]
fn the_demo_in_the_readme_is_the_demo() {
    let shown = README.split("<!-- demo -->\n```\n").nth(1).unwrap().split("\n```\n<!-- /demo -->").next().unwrap();
    let command = format!("'{}' demo 2>&1", env!("CARGO_BIN_EXE_dsf"));
    let output = Command::new("sh")
        .args(["-c", &command])
        .env_remove("COLUMNS")
        .env_remove("DSF_CONFIG")
        .env_remove("DSF_DB")
        .output()
        .unwrap();
    assert!(output.status.success());
    let demo = String::from_utf8(output.stdout).unwrap();
    assert_eq!(without_dates(&demo), without_dates(shown));
}

#[test]
fn every_command_stands_in_the_readme_and_has_help() {
    let shop = common::Shop::usual();
    let help = shop.run("--help").exits(0).out;
    let commands = help.split("Commands:").nth(1).unwrap().split("\n\n").next().unwrap();
    for line in commands.lines().filter(|l| l.starts_with("  ") && !l.starts_with("   ")) {
        let name = line.split_whitespace().next().unwrap();
        if name != "help" {
            assert!(README.contains(&format!("dsf {name}")), "{name} is not in the README");
            shop.run(&format!("{name} --help")).exits(0);
        }
    }
}

#[test]
fn every_hold_code_stands_in_the_readme() {
    for code in dsf::core::hold::HoldCode::ALL {
        assert!(README.contains(code.as_str()), "{code}");
    }
}
