//! `dsf verify`: the proofs, field by field.

use std::fs::File;
use std::io::{BufReader, stdin};
use std::path::Path;

use anyhow::Result;
use serde_json::json;

use crate::cli::Verify;
use crate::core::address::check::CHECKS;
use crate::ctx::Ctx;
use crate::exit::{Exit, Failure};
use crate::flow::pairs::{PairsError, Tally, compare_lines};
use crate::ui::{Table, count};

pub fn run(ctx: &Ctx, options: &Verify) -> Result<Exit> {
    if options.checks {
        return checks(ctx);
    }
    match &options.pairs {
        Some(path) => pairs(ctx, path),
        None => Err(Failure::new(Exit::Usage, "nothing to verify", "dsf verify --pairs FILE, or dsf verify us/1001")),
    }
}

/// JSON Lines in, JSON Lines out: `--json` changes nothing about them.
fn pairs(ctx: &Ctx, path: &Path) -> Result<Exit> {
    let name = path.display().to_string();
    let mut write = |bytes: &[u8]| ctx.ui.bytes(bytes);
    let done = if path == Path::new("-") {
        compare_lines("stdin", stdin().lock(), &mut write)
    } else {
        match File::open(path) {
            Ok(file) => compare_lines(&name, BufReader::with_capacity(1 << 20, file), &mut write),
            Err(source) => Err(PairsError::Io { file: name, source }),
        }
    };
    let Tally { pairs, same } = done.map_err(|error| match error {
        PairsError::Io { source, .. } if source.kind() == std::io::ErrorKind::BrokenPipe => source.into(),
        error => Failure::new(Exit::Failed, error.to_string(), error.hint()),
    })?;
    ctx.ui.note(format!("{}, {same} the same", count(pairs, "pair")));
    Ok(Exit::Done)
}

/// Every check of an address, with the severity that it has unless the config says otherwise.
fn checks(ctx: &Ctx) -> Result<Exit> {
    if ctx.ui.json {
        let all: Vec<_> = CHECKS
            .iter()
            .map(|c| json!({"check": c.name, "code": c.code, "severity": c.severity, "says": c.message, "fix": c.fix}))
            .collect();
        ctx.ui.document(&json!({"schema": 1, "checks": all}))?;
        return Ok(Exit::Done);
    }
    let mut table = Table::new(["check", "weight", "hold code", "how to fix it"].map(Into::into));
    for check in CHECKS.iter() {
        table.row([check.name, check.severity.name(), check.code, check.fix]);
    }
    ctx.ui.table(&table)?;
    Ok(Exit::Done)
}
