//! `dsf demo`: the real commands on built-in sample data, in a temporary folder. No account, no network.

mod api;

use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

use crate::cli::Demo;
use crate::ctx::Ctx;
use crate::exit::Exit;
use crate::files::TemporaryFolder;
use crate::ui::Tone;

/// The morning's files, with invented people; `{…}` is filled with yesterday's date.
const FILES: [(&str, &str); 7] = [
    ("config.toml", include_str!("config.toml")),
    ("listings.csv", include_str!("listings.csv")),
    ("matches.csv", include_str!("matches.csv")),
    ("us-orders.csv", include_str!("us-orders.csv")),
    ("eu-orders.csv", include_str!("eu-orders.csv")),
    ("crafts-items.csv", include_str!("crafts-items.csv")),
    ("us-orders-later.csv", include_str!("us-orders-later.csv")),
];

/// What a person would think, and what they would type.
struct Step<'a>(&'a str, &'a str);

const STEPS: [Step; 9] = [
    Step("What the two suppliers sell, from a sheet of yours", "dsf listings import listings.csv"),
    Step("Which SKU of yours is which listing of theirs; KIT-CAMP is a bundle", "dsf match import matches.csv"),
    Step(
        "This morning's exports of three stores, in one call",
        "dsf import us-orders.csv eu-orders.csv crafts-items.csv",
    ),
    Step("One SKU is not matched; suggestions are never applied by themselves", "dsf match suggest"),
    Step("So it is said", "dsf match set CLOCK-OAK li:CLK-07"),
    Step("What would be bought from whom, for whom, and what is left", "dsf fulfill --dry-run"),
    Step("The kit waits for a bag; another supplier has it", "dsf fulfill --dry-run us/1003 --fallback li:BAG-R"),
    Step("A later export: an address changed, an order was cancelled", "dsf import us-orders-later.csv"),
    Step("What needs you now", "dsf status"),
];

const NEXT: &str = "\
That was the real program on files in a folder that is gone now. With your own:

  dsf init --store us=shopify --supplier li=sheet    a config with comments, and a database
  dsf import orders_export.csv --dry-run             what your export would bring, changing nothing
  dsf import orders_export.csv
  dsf listings import listings.csv                   supplier, listing_id, title, price, currency …
  dsf match suggest                                  what your SKUs might be
  dsf fulfill --dry-run                              the purchase orders";

pub fn run(ctx: &Ctx, options: &Demo) -> Result<Exit> {
    if let Some(url) = &options.api {
        return api::run(ctx, url);
    }
    let folder = TemporaryFolder::new("demo")?;
    let now = morning(ctx.now);
    for (name, text) in FILES {
        let path = folder.path().join(name);
        std::fs::write(&path, filled(text, now)).with_context(|| path.display().to_string())?;
    }
    for step in STEPS {
        play(ctx, folder.path(), &step, now)?;
    }
    ctx.ui.line(NEXT)?;
    Ok(Exit::Done)
}

/// Says what comes, and runs it.
fn play(ctx: &Ctx, folder: &Path, Step(why, words): &Step, now: Timestamp) -> Result<()> {
    let program = std::env::current_exe().context("where this program lies")?;
    ctx.ui.line(ctx.ui.paint(&format!("# {why}"), Tone::Dim))?;
    ctx.ui.line(ctx.ui.paint(&format!("$ {words}"), Tone::Strong))?;
    run_command(&program, folder, words, now)?;
    Ok(ctx.ui.line("")?)
}

/// Runs one command as a person would; that some orders are held, or that nobody knows what became of one, is what the demo
/// shows, not an error.
fn run_command(program: &Path, folder: &Path, words: &str, now: Timestamp) -> Result<()> {
    let status = Command::new(program)
        .args(words.split_whitespace().skip(1))
        .current_dir(folder)
        .env("DSF_CONFIG", folder.join("config.toml"))
        .env("DSF_DB", folder.join("dsf.db"))
        .env("DSF_STATE", folder.join("state"))
        .env("DSF_NOW", now.to_string())
        .status()
        .with_context(|| words.to_owned())?;
    let expected = [Exit::Done, Exit::Partly, Exit::Unknown].map(|exit| Some(i32::from(exit.code())));
    anyhow::ensure!(expected.contains(&status.code()), "{words}: ended with {status}");
    Ok(())
}

/// Nine o'clock of today: what is shown, ages and all, does not depend on the hour in which one looks.
fn morning(now: Timestamp) -> Timestamp {
    let nine = TimeZone::UTC.to_datetime(now).date().at(9, 0, 0, 0);
    TimeZone::UTC.to_timestamp(nine).unwrap_or(now)
}

fn filled(text: &str, now: Timestamp) -> String {
    let yesterday = now.saturating_sub(SignedDuration::from_hours(24)).unwrap_or(now);
    let hours_ago = now.saturating_sub(SignedDuration::from_hours(3)).unwrap_or(now);
    text.replace("{yesterday_us}", &yesterday.strftime("%m/%d/%Y").to_string())
        .replace("{yesterday}", &yesterday.strftime("%Y-%m-%d").to_string())
        .replace("{hours_ago}", &hours_ago.strftime("%Y-%m-%dT%H:%M:%SZ").to_string())
}
