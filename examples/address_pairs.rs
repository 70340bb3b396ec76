//! Measures the address proof on a file of labelled pairs (`{"id","kind","same","country","a","b"}`, one a line):
//! false `same`, false alarms, by kind and by country, and pairs a second. `--show` prints the pairs that are wrong;
//! `--check` counts instead what the checks find in the first address of each pair that is labelled the same.

#![allow(clippy::print_stdout, clippy::print_stderr)]

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader};
use std::time::Instant;

use dsf::core::address::Address;
use dsf::core::address::check::{Profile, Severity, check, holds};
use dsf::core::address::compare::compare;
use dsf::core::address::verdict::{Overall, Verdict};
use serde::Deserialize;
use serde_json::Value;

#[derive(Default, Clone, Copy)]
struct Tally {
    pairs: u64,
    same: u64,
    different: u64,
}

#[derive(Default)]
struct Report {
    /// By label (same, not same, undecided), then by kind or country.
    kinds: BTreeMap<(&'static str, String), Tally>,
    countries: BTreeMap<(&'static str, String), Tally>,
    all: BTreeMap<&'static str, Tally>,
}

#[derive(Deserialize)]
struct Pair {
    #[serde(default)]
    id: String,
    #[serde(default)]
    kind: String,
    #[serde(default)]
    country: String,
    #[serde(default)]
    same: Value,
    a: Given,
    b: Given,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Given {
    name: String,
    company: String,
    line1: String,
    line2: String,
    city: String,
    region: String,
    postcode: String,
    country: String,
    phone: String,
    email: String,
}

fn address(given: Given) -> Address {
    Address {
        name: given.name,
        company: given.company,
        line1: given.line1,
        line2: given.line2,
        city: given.city,
        region: given.region,
        postcode: given.postcode,
        country: given.country,
        phone: given.phone,
        email: given.email,
    }
}

fn label(value: &Value) -> &'static str {
    match value.as_i64().or_else(|| value.as_bool().map(i64::from)) {
        Some(1) => "same",
        Some(_) => "not same",
        None => "undecided",
    }
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let (mut show, mut only_check) = (false, false);
    let mut path = String::new();
    for argument in std::env::args().skip(1) {
        match argument.as_str() {
            "--show" => show = true,
            "--check" => only_check = true,
            _ => path = argument,
        }
    }
    if only_check {
        return count_findings(&path, show);
    }
    let mut report = Report::default();
    let start = Instant::now();
    let mut count: u64 = 0;
    for line in BufReader::new(std::fs::File::open(&path)?).lines() {
        let line = line?;
        let pair: Pair = serde_json::from_str(&line)?;
        let (a, b) = (address(pair.a), address(pair.b));
        let comparison = compare(&a, &b);
        count += 1;
        let label = label(&pair.same);
        let wrong = match label {
            "same" => comparison.verdict != Overall::Same,
            _ => comparison.verdict == Overall::Same,
        };
        if wrong && show {
            println!("{} {} {} {:?}", pair.id, pair.kind, pair.country, comparison.verdict);
            for field in comparison.fields.iter().filter(|f| f.verdict != Verdict::Identical) {
                println!(
                    "    {} {:?} {:?} [{}] [{}] {}",
                    field.field, field.verdict, field.rule, field.a, field.b, field.reason
                );
            }
        }
        for tally in [
            report.kinds.entry((label, pair.kind)).or_default(),
            report.countries.entry((label, pair.country)).or_default(),
            report.all.entry(label).or_default(),
        ] {
            tally.pairs += 1;
            tally.same += u64::from(comparison.verdict == Overall::Same);
            tally.different += u64::from(comparison.verdict == Overall::Different);
        }
    }
    let micros = u64::try_from(start.elapsed().as_micros())?.max(1);
    print(&report);
    println!("{count} pairs in {} ms: {} pairs a second", micros / 1000, count * 1_000_000 / micros);
    Ok(())
}

fn count_findings(path: &str, show: bool) -> Result<(), Box<dyn std::error::Error>> {
    let (mut held, mut all): (u64, u64) = (0, 0);
    let mut by_check: BTreeMap<(&str, String), u64> = BTreeMap::new();
    for line in BufReader::new(std::fs::File::open(path)?).lines() {
        let pair: Pair = serde_json::from_str(&line?)?;
        if label(&pair.same) != "same" {
            continue;
        }
        let address = address(pair.a);
        let findings = check(&address, &Profile::default());
        all += 1;
        held += u64::from(holds(&findings));
        for finding in findings {
            *by_check.entry((finding.check, format!("{:?}", finding.severity))).or_default() += 1;
            if show && finding.severity == Severity::Error {
                println!("{} {}: {} {:?}", pair.id, pair.country, finding.message, address);
            }
        }
    }
    println!("{held} of {all} held ({})", percent(held, all));
    for ((check, severity), count) in by_check {
        println!("  {check:24} {severity:6} {count}");
    }
    Ok(())
}

/// Hundredths of a percent as text, in whole numbers.
fn percent(part: u64, whole: u64) -> String {
    let hundredths = part * 10_000 / whole.max(1);
    format!("{}.{:02} %", hundredths / 100, hundredths % 100)
}

fn print(report: &Report) {
    for (label, tally) in &report.all {
        let (wrong, what) = match *label {
            "same" => (tally.pairs - tally.same, "false alarms"),
            "not same" => (tally.same, "false same"),
            _ => (tally.same, "called same"),
        };
        println!("{label}: {} pairs, {wrong} {what} ({})", tally.pairs, percent(wrong, tally.pairs));
    }
    for (title, table) in [("kind", &report.kinds), ("country", &report.countries)] {
        println!("by {title}:");
        for ((label, name), tally) in table {
            let wrong = if *label == "same" { tally.pairs - tally.same } else { tally.same };
            if wrong > 0 {
                println!("  {label:10} {name:28} {wrong:4} of {:4} ({})", tally.pairs, percent(wrong, tally.pairs));
            }
        }
    }
}
