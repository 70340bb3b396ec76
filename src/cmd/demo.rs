//! `dsf demo`: the real commands on built-in sample data, in a temporary folder.

use anyhow::Result;

use crate::ctx::Ctx;
use crate::exit::Exit;

pub fn run(_ctx: &Ctx) -> Result<Exit> {
    Ok(Exit::Done)
}
