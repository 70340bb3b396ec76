//! The layers of design §6: reads `src/` and fails when one reaches the wrong way, or a file breaks a house rule.
#![allow(clippy::unwrap_used)]

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

/// A source file: its path below `src/`, and its code without comments, texts and tests.
struct Source {
    name: String,
    whole: String,
    code: String,
}

fn sources() -> Vec<Source> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut found = vec![];
    let mut folders = vec![root.clone()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|e| e == "rs") {
                let name = path.strip_prefix(&root).unwrap().to_str().unwrap().replace('\\', "/");
                let whole = fs::read_to_string(&path).unwrap();
                let code = if name.ends_with("tests.rs") { String::new() } else { bare(&whole) };
                found.push(Source { name, whole, code });
            }
        }
    }
    assert!(found.len() > 60, "src/ was not found");
    found.sort_by(|a, b| a.name.cmp(&b.name));
    found
}

/// Code without comments, and without the tests at the end of a file.
fn bare(text: &str) -> String {
    let end = text.find("#[cfg(test)]").unwrap_or(text.len());
    let lines = text[..end].lines().filter(|l| !l.trim_start().starts_with("//"));
    lines.map(|l| l.split(" // ").next().unwrap_or("").to_owned() + "\n").collect()
}

fn is_word(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

/// Top modules of the crate that the code names: `crate::db::…` gives `db`.
fn reaches(code: &str) -> BTreeSet<&str> {
    let after = |marker| code.match_indices(marker).map(move |(at, m): (usize, &str)| &code[at + m.len()..]);
    after("crate::").map(|rest| rest.split(|c| !is_word(c)).next().unwrap_or("")).filter(|m| !m.is_empty()).collect()
}

/// Crates that the code names: `csv::Writer` gives `csv`, unless it is one of our own modules or a std name.
fn names(code: &str, wanted: &str) -> bool {
    code.match_indices(wanted).any(|(at, _)| {
        let before = code[..at].chars().next_back();
        let after = &code[at + wanted.len()..];
        !before.is_some_and(|c| is_word(c) || c == ':' || c == '.' || c == '"') && after.starts_with("::")
    })
}

fn layer(name: &str) -> &str {
    name.split(['/', '.']).next().unwrap()
}

/// What each layer may use of the crate; its own name goes without saying.
const MAY_USE: &[(&str, &[&str])] = &[
    ("core", &[]),
    ("files", &["core"]),
    ("secret", &[]),
    ("net", &["core", "secret"]),
    ("token", &["core", "files", "secret"]),
    ("carrier", &["config", "core", "net", "secret"]),
    ("store", &["config", "core", "files", "net", "secret", "token"]),
    ("supplier", &["config", "core", "files", "net", "secret", "token"]),
    ("db", &["core"]),
    ("config", &["core"]),
    ("lock", &[]),
    ("flow", &["carrier", "config", "core", "db", "files", "net", "store", "supplier"]),
    // The one place that knows every kind of error.
    ("exit", &["carrier", "config", "core", "db", "files", "flow", "lock", "secret", "store", "supplier"]),
    ("cli", &["core"]),
    ("ui", &["cli", "core", "exit", "files"]),
    ("ctx", &["cli", "config", "db", "exit", "files", "lock", "net", "ui"]),
    (
        "cmd",
        &[
            "carrier", "cli", "config", "core", "ctx", "db", "exit", "files", "flow", "lock", "net", "store",
            "supplier", "token", "ui",
        ],
    ),
    ("lib", &[]),
    ("main", &[]),
];

#[test]
fn every_layer_reaches_only_down() {
    for source in sources() {
        let layer = layer(&source.name);
        let (_, allowed) = MAY_USE.iter().find(|(name, _)| *name == layer).unwrap_or_else(|| {
            unreachable!("{} is of no layer that this test knows; add it with what it may use", source.name)
        });
        for reached in reaches(&source.code) {
            let own = reached == layer || reached == "Result";
            assert!(own || allowed.contains(&reached), "src/{} uses crate::{reached}", source.name);
        }
    }
}

/// The places that may name a crate of the world, for crates that have one.
const HOMES: &[(&str, &[&str])] = &[
    ("rusqlite", &["db"]),
    ("csv", &["files"]),
    ("calamine", &["files"]),
    ("rust_xlsxwriter", &["files"]),
    ("encoding_rs", &["files"]),
    ("chardetng", &["files"]),
    ("memchr", &["files"]),
    ("comfy_table", &["ui"]),
    ("indicatif", &["ui"]),
    ("terminal_size", &["ui"]),
    ("etcetera", &["ctx"]),
    ("anyhow", &["cmd", "ctx", "exit"]),
    ("clap", &["cli", "main", "ui"]),
    ("toml", &["cmd", "config", "store", "supplier"]),
    ("rust_decimal", &["core", "config"]),
];

#[test]
fn crates_stay_in_their_places() {
    for source in sources() {
        for (name, homes) in HOMES {
            let at_home = homes.contains(&layer(&source.name));
            assert!(at_home || !names(&source.code, name), "src/{} names {name}", source.name);
        }
    }
}

#[test]
fn every_crate_that_core_names_is_one_of_few() {
    let allowed = [
        "std",
        "serde",
        "rust_decimal",
        "jiff",
        "thiserror",
        "sha2",
        "unicode_normalization",
        "strsim",
        "super",
        "self",
        "crate",
    ];
    for source in sources().iter().filter(|s| s.name.starts_with("core/")) {
        let uses = source
            .code
            .lines()
            .filter_map(|l| l.trim_start().strip_prefix("use ").or(l.trim_start().strip_prefix("pub use ")));
        let module = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("src/core/mod.rs")).unwrap();
        for path in uses {
            let first = path.split(|c| !is_word(c)).next().unwrap();
            let is_type = first.starts_with(char::is_uppercase);
            let sibling =
                is_type || module.contains(&format!("mod {first};")) || source.code.contains(&format!("mod {first};"));
            assert!(allowed.contains(&first) || sibling, "src/{} uses {first}", source.name);
        }
        for (name, _) in HOMES.iter().filter(|(name, homes)| !homes.contains(&"core") && *name != "rust_decimal") {
            assert!(!names(&source.code, name), "src/{} names {name}", source.name);
        }
    }
}

#[test]
fn core_is_pure() {
    let impure = [
        "::now()",
        "SystemTime",
        "Instant",
        "std::fs",
        "std::env",
        "std::net",
        "std::process",
        "std::thread",
        "std::path",
        "std::time",
        "File::",
        "TimeZone::get",
        "TimeZone::system",
        "tz::db",
        "Zoned",
        "stdin",
        "stdout",
        "stderr",
        "println",
    ];
    for source in sources().iter().filter(|s| s.name.starts_with("core/")) {
        for word in impure {
            assert!(!source.code.contains(word), "src/{} has {word}", source.name);
        }
    }
}

#[test]
fn only_ui_prints_and_only_the_context_asks_for_the_time() {
    for source in sources() {
        let layer = layer(&source.name);
        for word in ["println!", "print!", "eprint", "io::stdout", "io::stderr", "stdout()", "stderr()"] {
            assert!(layer == "ui" || !source.code.contains(word), "src/{} has {word}", source.name);
        }
        let clock = layer == "ctx" || source.name == "net/clock.rs";
        assert!(clock || !source.code.contains("Timestamp::now"), "src/{} asks for the time", source.name);
    }
}

#[test]
fn of_files_ui_uses_only_the_atomic_write() {
    for source in sources().iter().filter(|s| layer(&s.name) == "ui") {
        let rest = source.code.replace("crate::files::atomic", "").replace("crate::files::TemporaryFolder", "");
        assert!(!rest.contains("crate::files"), "src/{}", source.name);
    }
}

#[test]
fn files_are_short_and_say_what_they_are() {
    for source in sources() {
        let lines = source.whole.lines().count();
        assert!(lines <= 400, "src/{} has {lines} lines", source.name);
        assert!(source.whole.starts_with("//! "), "src/{} does not begin with what it is", source.name);
    }
    let main = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("src/main.rs")).unwrap();
    assert!(main.lines().count() < 40, "main.rs is no longer short");
}

#[test]
fn tests_are_short_too_and_none_is_ignored() {
    let mut folders = vec![Path::new(env!("CARGO_MANIFEST_DIR")).join("tests")];
    let mut seen = 0;
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|e| e == "rs") {
                let text = fs::read_to_string(&path).unwrap();
                assert!(text.lines().count() <= 450, "{} has {} lines", path.display(), text.lines().count());
                assert!(!text.contains(concat!("#[", "ignore")), "{}", path.display());
                seen += 1;
            }
        }
    }
    assert!(seen > 10);
}

#[test]
fn every_format_file_is_built_in_and_has_an_example_unless_it_is_refused() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let known = dsf::store::Formats::builtin().unwrap();
    let examples: Vec<String> = fs::read_dir(root.join("examples/exports"))
        .unwrap()
        .map(|e| e.unwrap().file_name().to_str().unwrap().to_owned())
        .collect();
    for entry in fs::read_dir(root.join("src/store/formats")).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_stem().unwrap().to_str().unwrap();
        let format = known.get(name).unwrap_or_else(|| unreachable!("{name}.toml is not in the table of formats.rs"));
        let refused = format.role == dsf::store::Role::Refused;
        let has_example = examples.iter().any(|e| e.starts_with(&format!("{name}.")));
        assert!(refused || has_example, "{name} has no file in examples/exports");
    }
    assert_eq!(known.names().count(), fs::read_dir(root.join("src/store/formats")).unwrap().count());
}
