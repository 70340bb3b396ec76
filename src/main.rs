//! Parse, build the context, run, print one error, exit.

use std::process::ExitCode;

use clap::Parser;
use dsf::cli::Cli;
use dsf::ctx::Ctx;
use dsf::exit::{is_broken_pipe, report};
use dsf::ui::Ui;

fn main() -> ExitCode {
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) => return ExitCode::from(dsf::ui::usage(&error).code()),
    };
    let ui = Ui::new(&cli.global);
    let words = dsf::ctx::words(std::env::args().skip(1));
    let done = Ctx::new(&cli.global, words).and_then(|ctx| dsf::cmd::run(&ctx, cli.command));
    match done {
        Ok(exit) => ExitCode::from(exit.code()),
        Err(error) if is_broken_pipe(&error) => ExitCode::SUCCESS,
        Err(error) => {
            let report = report(&error);
            ui.error(&report);
            ExitCode::from(report.exit.code())
        }
    }
}
