//! Why a whole file cannot be read as orders. One bad cell is a `RowProblem` and does not stop the rest.

use thiserror::Error;

use crate::core::date_order::DateOrder;
use crate::files::Unreadable;

/// A format that does not quite fit, with the headers it misses.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Nearest {
    pub format: String,
    pub lacks: Vec<String>,
}

#[derive(Debug, Error)]
pub enum FileProblem {
    #[error(transparent)]
    Unreadable(#[from] Unreadable),
    #[error("{file} line {line}: no known export has these columns: {}", shortened(.header))]
    NoFit { file: String, line: u64, header: Vec<String>, nearest: Vec<Nearest> },
    #[error("{file} line {line}: fits several formats: {}", .formats.join(", "))]
    SeveralFit { file: String, line: u64, formats: Vec<String> },
    #[error("{file} line {line}: {about}: {reason}")]
    Refused { file: String, line: u64, about: String, reason: String, instead: String },
    #[error("{file} line {line}: the column {} is missing ({format})", .spellings.join(" or "))]
    MissingColumn { file: String, line: u64, format: String, spellings: Vec<String> },
    #[error("there is no format \"{wanted}\"")]
    UnknownFormat { wanted: String, nearest: Option<String> },
    #[error("{file} line {line}, column {column}: \"{value}\" may be day or month first, and no other date tells")]
    AmbiguousDates { file: String, line: u64, column: String, value: String },
    #[error("{file} line {line}, column {column}: \"{value}\" cannot be {}, which line {other} proves", .proven.name())]
    MixedDates { file: String, line: u64, column: String, value: String, proven: DateOrder, other: u64 },
    #[error("{file} line {line}: the config says date_order = \"{}\", this line proves {}", .config.name(), .proven.name())]
    ConfigDates { file: String, line: u64, config: DateOrder, proven: DateOrder },
    #[error(
        "{file} line {line}, column {column}: \"{value}\" and all other ids end in zeros: a spreadsheet has rounded them"
    )]
    RoundedIds { file: String, line: u64, column: String, value: String },
    #[error("{file}: {message}")]
    BadFormatFile { file: String, message: String },
}

impl FileProblem {
    /// What to do next, with something to type where that helps.
    pub fn hint(&self) -> String {
        match self {
            Self::Unreadable(why) => why.hint(),
            Self::NoFit { nearest, .. } if nearest.is_empty() => {
                "export orders again with the store's own columns, or describe this file in <config folder>/formats/NAME.toml"
                    .into()
            }
            Self::NoFit { nearest, .. } => {
                let near: Vec<String> =
                    nearest.iter().map(|n| format!("{} lacks {}", n.format, n.lacks.join(", "))).collect();
                format!(
                    "nearest: {}; export again with the store's own columns, or describe this file in <config folder>/formats/NAME.toml",
                    near.join("; ")
                )
            }
            Self::SeveralFit { file, formats, .. } => {
                let first = formats.first().map_or("NAME", String::as_str);
                format!("choose one: dsf import {file} --format {first}")
            }
            Self::Refused { instead, .. } => instead.clone(),
            Self::MissingColumn { spellings, .. } => {
                let column = spellings.first().map_or("it", String::as_str);
                format!("export again with the column {column}, or give its name in <config folder>/formats/NAME.toml")
            }
            Self::UnknownFormat { nearest: Some(near), .. } => format!("did you mean --format {near}?"),
            Self::UnknownFormat { .. } => "leave --format out: the columns tell the format".into(),
            Self::AmbiguousDates { .. } => {
                "say it in the config, under [store.…]: date_order = \"dmy\" for day first, \"mdy\" for month first".into()
            }
            Self::MixedDates { .. } => "the file was joined from two, or a program changed it: export it again".into(),
            Self::ConfigDates { proven, .. } => {
                format!("correct date_order in the config (\"{}\"), or export again", proven.name())
            }
            Self::RoundedIds { .. } => "download the export again and import it without opening it in a spreadsheet".into(),
            Self::BadFormatFile { file, .. } => format!("mend or remove {file}"),
        }
    }
}

fn shortened(header: &[String]) -> String {
    const SHOWN: usize = 12;
    let short = |h: &String| h.lines().next().unwrap_or("").chars().take(40).collect::<String>();
    let mut text = header.iter().take(SHOWN).map(short).collect::<Vec<_>>().join(", ");
    if header.len() > SHOWN {
        text.push_str(&format!(" … and {} more", header.len() - SHOWN));
    }
    text
}
