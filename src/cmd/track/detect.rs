//! `dsf track detect`: which carriers a number may be of, and what is wrong about it. Needs no config and no database.

use std::io::{BufRead, BufReader};

use anyhow::Result;
use serde_json::{Value, json};

use crate::carrier::{self, Words};
use crate::cli::Detect;
use crate::core::address::country;
use crate::core::tracking::{Context, Damage, Detection, Problem, normalise};
use crate::ctx::Ctx;
use crate::exit::{Exit, Failure};
use crate::ui::{Table, Tone, right};

/// One number of one input.
struct Looked {
    input: String,
    found: Detection,
}

pub fn run(ctx: &Ctx, options: &Detect) -> Result<Exit> {
    let to = country_code(options.to.as_deref())?;
    let from = country_code(options.from.as_deref())?;
    let known = Context { to, from, postcode: options.postcode.as_deref().unwrap_or(""), named: &[] };
    let words = carrier::named(options.carrier.as_deref().unwrap_or(""));
    let mut looked = vec![];
    for text in &options.numbers {
        if text == "-" {
            for line in BufReader::new(std::io::stdin().lock()).split(b'\n') {
                let line = line?;
                let line = String::from_utf8_lossy(&line);
                if !line.trim().is_empty() {
                    look(&mut looked, line.trim_end_matches('\r'), &words, &known);
                }
            }
        } else {
            look(&mut looked, text, &words, &known);
        }
    }
    let wrong = looked.iter().any(|l| !l.found.problems.is_empty());
    if ctx.ui.json {
        let numbers: Vec<Value> = looked.iter().map(as_json).collect();
        ctx.ui.document(&json!({"schema": 1, "numbers": numbers}))?;
    } else {
        show(ctx, &looked, &words)?;
    }
    Ok(if wrong { Exit::Partly } else { Exit::Done })
}

fn country_code(text: Option<&str>) -> Result<&'static str> {
    let Some(text) = text else { return Ok("") };
    country::code(text).ok_or_else(|| {
        Failure::new(Exit::Usage, format!("\"{text}\" is no country"), "two letters, such as US, GB or CN")
    })
}

fn look(looked: &mut Vec<Looked>, text: &str, words: &Words, known: &Context<'_>) {
    for piece in normalise(text) {
        let mut found = carrier::look_up(piece.number.as_deref().unwrap_or(""), words, known);
        match piece.damage {
            Some(Damage::Exponent) => found.problems = vec![Problem::DamagedNumber],
            Some(Damage::Rounded) => found.problems = vec![Problem::RoundedNumber],
            None => {}
        }
        looked.push(Looked { input: text.to_owned(), found });
    }
}

fn as_json(looked: &Looked) -> Value {
    let Looked { input, found } = looked;
    let candidates: Vec<Value> = found
        .candidates
        .iter()
        .map(|c| {
            json!({"carrier": c.carrier, "score": c.score, "check": c.check, "number": c.number,
                "destination": c.destination.as_ref().map(|d| json!({"country": d.country, "postcode": d.postcode}))})
        })
        .collect();
    let number = if found.number.is_empty() { Value::Null } else { json!(found.number) };
    json!({"input": input, "number": number, "candidates": candidates, "problems": found.problems,
        "certain": found.certain().is_some(), "mended_from": found.mended_from})
}

fn show(ctx: &Ctx, looked: &[Looked], words: &Words) -> Result<()> {
    let mut table =
        Table::new(["number".into(), "carrier".into(), right("score"), "check".into(), "tracked as".into()]);
    for Looked { input, found } in looked {
        let name = if found.number.is_empty() { input } else { &found.number };
        if found.candidates.is_empty() {
            table.row([name.as_str(), "-", "", "", ""]);
        }
        for (place, candidate) in found.candidates.iter().enumerate() {
            let check = serde_json::to_value(candidate.check)?;
            table.row([
                if place == 0 { name.as_str() } else { "" },
                &candidate.carrier,
                &candidate.score.to_string(),
                check.as_str().unwrap_or(""),
                if candidate.number == found.number { "" } else { &candidate.number },
            ]);
        }
    }
    ctx.ui.table(&table)?;
    for Looked { input, found } in looked {
        let name = if found.number.is_empty() { input } else { &found.number };
        if let Some(from) = &found.mended_from {
            ctx.ui.line(format!("{name}  read so from {from}: only digits can stand there"))?;
        }
        for problem in &found.problems {
            ctx.ui.line(format!("{name}  {}  {}", ctx.ui.paint(problem.as_str(), Tone::Warn), problem.words()))?;
        }
    }
    if let Words::Unknown { like: Some(like), .. } = words {
        ctx.ui.note(format!("did you mean {like}?"));
    }
    Ok(())
}
