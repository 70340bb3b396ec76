//! Cells of a person's table that cannot be used: all of them are shown, and nothing is applied.

use anyhow::Result;
use serde_json::json;

use crate::core::incoming::RowProblem;
use crate::ctx::Ctx;
use crate::exit::{Exit, Failure};

/// Shows every problem and returns the error that ends the command.
///
/// # Errors
/// A reader that went away.
pub fn refuse(ctx: &Ctx, file: &str, problems: &[RowProblem]) -> Result<anyhow::Error> {
    if ctx.ui.json {
        let rejected: Vec<_> = problems.iter().map(|p| as_json(file, p)).collect();
        ctx.ui.document(&json!({"schema": 1, "rejected": rejected}))?;
    } else {
        for problem in problems {
            ctx.ui.line(line(file, problem))?;
        }
    }
    let message = format!("{file}: {}, nothing was changed", crate::ui::count(problems.len() as u64, "problem"));
    Ok(Failure::new(Exit::Failed, message, "mend these cells and import again"))
}

/// `orders.csv:14: Quantity "2,5": is not a whole number`.
pub fn line(file: &str, problem: &RowProblem) -> String {
    let RowProblem { row, column, value, message, code } = problem;
    // An order of an API has no line of a file.
    if *row == 0 {
        return format!("{file}: {code} {message}");
    }
    let cell = if column.is_empty() { String::new() } else { format!(" {column} \"{value}\"") };
    format!("{file}:{row}:{cell} {code} {message}")
}

pub fn as_json(file: &str, problem: &RowProblem) -> serde_json::Value {
    let RowProblem { row, column, value, message, code } = problem;
    json!({"file": file, "row": row, "column": column, "value": value, "code": code, "message": message})
}
