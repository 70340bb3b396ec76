//! `dsf track`: one file a part.

mod add;
mod detect;
mod import;
mod sync;
mod times;

use anyhow::Result;

use crate::cli::Track;
use crate::ctx::Ctx;
use crate::exit::Exit;

pub fn run(ctx: &Ctx, command: Track) -> Result<Exit> {
    match command {
        Track::Detect(options) => detect::run(ctx, &options),
        Track::Add(options) => add::run(ctx, &options),
        Track::Import(options) => import::run(ctx, &options),
        Track::Sync(options) => sync::run(ctx, &options),
        Track::Times => times::run(ctx),
    }
}
