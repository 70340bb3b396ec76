//! All words to people: results on stdout, talk on stderr, tables, JSON, progress, questions.
//!
//! The only place that prints. Nothing is decided here.

mod ask;
mod progress;
mod table;
mod words;

use std::borrow::Cow;
use std::io::{self, IsTerminal, Write};

use serde::Serialize;

pub use progress::Progress;
pub use table::{Column, Table, right};
pub use words::{count, date, short_time};

use crate::cli::{Color, Global};
use crate::exit::{Exit, Report};

/// How this run speaks.
#[derive(Clone, Debug)]
pub struct Ui {
    pub json: bool,
    pub quiet: bool,
    pub verbose: bool,
    color: bool,
    /// Columns of the terminal; `None` when the output goes to a file or pipe.
    width: Option<u16>,
}

/// What a word's colour says; never the only sign.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Tone {
    Good,
    Warn,
    Bad,
    Dim,
    Strong,
}

impl Ui {
    pub fn new(global: &Global) -> Self {
        let terminal = io::stdout().is_terminal();
        let plain = std::env::var_os("NO_COLOR").is_some_and(|v| !v.is_empty())
            || std::env::var("TERM").is_ok_and(|t| t == "dumb");
        let color = match global.color {
            Color::Always => true,
            Color::Never => false,
            Color::Auto => terminal && !plain,
        };
        let columns = || std::env::var("COLUMNS").ok()?.parse().ok();
        let width = terminal_size::terminal_size_of(io::stdout()).map(|(width, _)| width.0).or_else(columns);
        Self { json: global.json, quiet: global.quiet, verbose: global.verbose, color, width }
    }

    /// A line of the result, on stdout.
    ///
    /// # Errors
    /// A reader that went away.
    pub fn line(&self, text: impl AsRef<str>) -> io::Result<()> {
        let mut out = io::stdout().lock();
        out.write_all(safe(text.as_ref(), self.color).as_bytes())?;
        out.write_all(b"\n")
    }

    /// A result that is a file.
    ///
    /// # Errors
    /// A reader that went away.
    pub fn bytes(&self, bytes: &[u8]) -> io::Result<()> {
        let mut out = io::stdout().lock();
        out.write_all(bytes)?;
        out.flush()
    }

    /// The result as one JSON document.
    ///
    /// # Errors
    /// A reader that went away.
    pub fn document(&self, value: &impl Serialize) -> io::Result<()> {
        let mut out = io::BufWriter::new(io::stdout().lock());
        serde_json::to_writer_pretty(&mut out, value).map_err(io::Error::from)?;
        out.write_all(b"\n")?;
        out.flush()
    }

    /// # Errors
    /// A reader that went away.
    pub fn table(&self, table: &Table) -> io::Result<()> {
        self.line(table.render(self))
    }

    /// Talk beside the result, on stderr; silent with `--quiet`.
    pub fn note(&self, text: impl AsRef<str>) {
        if !self.quiet {
            talk(&safe(text.as_ref(), self.color));
        }
    }

    /// Where a trace of requests goes with `--verbose`; `None` without.
    pub fn trace(&self) -> Option<impl Write + Send + 'static> {
        self.verbose.then(io::stderr)
    }

    /// Something that a person should look at; said even with `--quiet`.
    pub fn warn(&self, text: impl AsRef<str>) {
        talk(&safe(&format!("{} {}", self.paint("warning:", Tone::Warn), text.as_ref()), self.color));
    }

    pub fn error(&self, report: &Report) {
        if self.json {
            return talk(&error_json(report));
        }
        talk(&safe(&format!("{} {}", self.paint("dsf:", Tone::Bad), report.message), self.color));
        if let Some(hint) = &report.hint {
            talk(&safe(&format!("{} {hint}", self.paint("hint:", Tone::Strong)), self.color));
        }
    }

    pub fn paint(&self, text: &str, tone: Tone) -> String {
        let code = match tone {
            Tone::Good => "32",
            Tone::Warn => "33",
            Tone::Bad => "31",
            Tone::Dim => "2",
            Tone::Strong => "1",
        };
        if self.color { format!("\u{1b}[{code}m{text}\u{1b}[0m") } else { text.to_owned() }
    }
}

/// What clap has to say: help and version on stdout, a wrong word on stderr, as JSON where that was asked for.
pub fn usage(error: &clap::Error) -> Exit {
    let wrong = error.use_stderr();
    if wrong && std::env::args().any(|word| word == "--json") {
        let text = error.to_string();
        let message = text.lines().next().unwrap_or_default().trim_start_matches("error: ");
        let help = text.lines().find_map(|line| line.trim().strip_prefix("tip: "));
        let hint = help.map_or("dsf --help".to_owned(), str::to_owned);
        talk(&error_json(&Report { exit: Exit::Usage, message: message.to_owned(), hint: Some(hint) }));
    } else {
        // A reader that went away is no error.
        let _ = error.print();
    }
    if wrong { Exit::Usage } else { Exit::Done }
}

fn error_json(report: &Report) -> String {
    let Report { exit, message, hint } = report;
    serde_json::json!({"error": {"code": exit.code(), "name": exit.name(), "message": message, "hint": hint}})
        .to_string()
}

/// Text out of a file must not move the cursor, hide or turn around what stands beside it: only our own colours pass.
fn safe(text: &str, color: bool) -> Cow<'_, str> {
    let bad = |c: char| (c.is_control() && c != '\n') || matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    if !text.contains(bad) {
        return Cow::Borrowed(text);
    }
    let mut safe = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        let ours = ["\u{1b}[0m", "\u{1b}[1m", "\u{1b}[2m", "\u{1b}[31m", "\u{1b}[32m", "\u{1b}[33m"];
        let length = match ours.into_iter().find(|code| color && rest.starts_with(code)) {
            Some(code) => {
                safe.push_str(code);
                code.len()
            }
            None => {
                safe.push(match c {
                    '\t' | '\r' => ' ',
                    c if bad(c) => char::REPLACEMENT_CHARACTER,
                    c => c,
                });
                c.len_utf8()
            }
        };
        rest = rest.get(length..).unwrap_or_default();
    }
    Cow::Owned(safe)
}

/// A broken stderr is no reason to stop.
fn talk(text: &str) {
    let _ = writeln!(io::stderr().lock(), "{text}");
}
