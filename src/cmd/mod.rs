//! One thin file a command: load, decide, confirm, act, report.

mod address;
mod auth;
mod cancel;
mod demo;
mod fulfill;
mod hold;
mod import;
mod init;
mod listings;
mod matches;
mod named;
mod orders;
mod parcels;
mod planned;
mod problems;
mod proofs;
mod recorded;
mod refresh;
mod settle;
mod show;
mod status;
mod store;
mod track;
mod verify;

use anyhow::Result;

use crate::cli::Command;
use crate::ctx::Ctx;
use crate::exit::Exit;

/// # Errors
/// What the command could not do; `exit` gives it a code.
pub fn run(ctx: &Ctx, command: Command) -> Result<Exit> {
    match command {
        Command::Init(options) => init::run(ctx, &options),
        Command::Demo(options) => demo::run(ctx, &options),
        Command::Import(options) => import::run(ctx, &options),
        Command::Listings(options) => listings::run(ctx, &options),
        Command::Match(options) => matches::run(ctx, options),
        Command::Fulfill(options) => fulfill::run(ctx, &options),
        Command::Verify(options) => verify::run(ctx, &options),
        Command::Track(command) => track::run(ctx, command),
        Command::Orders(options) => orders::run(ctx, options),
        Command::Show { id } => show::run(ctx, &id),
        Command::Status => status::run(ctx),
        Command::Confirm { id, order_no, total } => settle::confirm(ctx, &id, &order_no, total),
        Command::Settle { id, placed, not_placed: _, reason } => settle::settle(ctx, &id, placed.as_deref(), &reason),
        Command::Auth(options) => auth::run(ctx, options.account.as_deref()),
        Command::Cancel(options) => cancel::run(ctx, &options),
        Command::Adopt => settle::adopt(ctx),
        Command::Hold { id, reason } => hold::hold(ctx, &id, &reason),
        Command::Release { id, codes, reason } => hold::release(ctx, &id, &codes, &reason),
        Command::Address(options) => address::run(ctx, &options),
        Command::Store(options) => store::run(ctx, &options),
    }
}
