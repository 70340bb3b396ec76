//! What a supplier's answer proves. Each supplier has a table of its codes as data; what stands in no table proves
//! nothing, and a write after it is unknown. How an envelope is read is each supplier's own.

use serde_json::Value;

use crate::core::sending::{AskError, Outcome, Step};
use crate::secret::Secret;

/// Of a supplier's own words, as much as a person reads.
const LONGEST_MESSAGE: usize = 200;

const LONGEST_CODE: usize = 64;

/// What a code proves.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Means {
    Refused,
    Throttled,
    Later,
    Token,
    Key,
    /// Not in the table: a write is unknown after it.
    Nothing,
}

/// An answer as far as the envelope tells.
#[derive(Clone, PartialEq, Debug)]
pub enum Heard {
    Yes(Value),
    No { code: String, message: String, means: Means },
    NotSent(String),
    Unknown(String),
}

struct Row {
    call: &'static str,
    code: &'static str,
    means: Means,
    about: &'static str,
}

/// The codes of one supplier: `call, code, meaning, about`, one a line.
pub struct Codes(Vec<Row>);

impl Codes {
    /// Lines that begin with `#` are comments; a line whose meaning is no word of the table is none.
    pub fn read(table: &'static str) -> Self {
        let row = |line: &'static str| {
            let mut cells = line.split('\t');
            let (call, code, means, about) = (cells.next()?, cells.next()?, cells.next()?, cells.next()?);
            let means = match means {
                "refused" => Means::Refused,
                "throttled" => Means::Throttled,
                "later" => Means::Later,
                "token" => Means::Token,
                "key" => Means::Key,
                _ => return None,
            };
            Some(Row { call, code, means, about })
        };
        Self(table.lines().filter(|l| !l.starts_with('#')).filter_map(row).collect())
    }

    fn row(&self, call: &str, code: &str) -> Option<&Row> {
        self.0.iter().find(|row| row.code == code && (row.call == "any" || row.call == call))
    }

    pub fn means(&self, call: &str, code: &str) -> Means {
        self.row(call, code).map_or(Means::Nothing, |row| row.means)
    }

    /// The table's own words for a code; empty when it has none.
    pub fn about(&self, call: &str, code: &str) -> &'static str {
        self.row(call, code).map_or("", |row| row.about)
    }
}

/// For questions: the data, or why there is none.
///
/// # Errors
/// Everything that is not a success.
pub fn asked(heard: Heard) -> Result<Value, AskError> {
    match heard {
        Heard::Yes(data) => Ok(data),
        Heard::No { code, message, means: Means::Token | Means::Key } => {
            Err(AskError::KeyRefused(format!("{code}: {message}")))
        }
        Heard::No { code, message, .. } => Err(AskError::Answer { code, message }),
        Heard::NotSent(why) | Heard::Unknown(why) => Err(AskError::Unreachable(why)),
    }
}

/// For a create that was not a success.
pub fn not_placed(heard: Heard) -> Outcome {
    match heard {
        Heard::Yes(_) => Outcome::Unknown { why: "a success without an order".into() },
        Heard::NotSent(why) => Outcome::NotSent { why },
        Heard::Unknown(why) => Outcome::Unknown { why },
        Heard::No { code, message, means } => match means {
            Means::Refused => Outcome::Refused { code, message },
            Means::Throttled | Means::Later => Outcome::NotSent { why: format!("{code}: {message}") },
            Means::Token | Means::Key => Outcome::KeyRefused { why: format!("{code}: {message}") },
            Means::Nothing => Outcome::Unknown { why: format!("{code}: {message}") },
        },
    }
}

/// For confirm, pay and cancel.
pub fn stepped(heard: Heard) -> Step {
    match heard {
        Heard::Yes(_) => Step::Done,
        other => match not_placed(other) {
            Outcome::NotSent { why } => Step::NotSent { why },
            Outcome::KeyRefused { why } => Step::KeyRefused { why },
            Outcome::Refused { code, message } => Step::Refused { code, message },
            Outcome::Placed(_) => Step::Done,
            Outcome::Unknown { why } => Step::Unknown { why },
        },
    }
}

/// A supplier's code as it may be shown: what does not look like one might be anything, a name for instance.
pub fn code(theirs: &str) -> String {
    let plain =
        theirs.len() <= LONGEST_CODE && theirs.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_.".contains(&b));
    if plain { theirs.to_owned() } else { "…".to_owned() }
}

/// A supplier's words without what we said to it: a message may repeat a name, a phone or a key.
pub fn quoted<'a>(message: &str, told: Vec<String>, secrets: impl Iterator<Item = &'a Secret>) -> String {
    let mut told: Vec<String> = secrets.map(|s| s.expose().to_owned()).chain(told).collect();
    told.sort_by_key(|text| std::cmp::Reverse(text.len()));
    let mut message = message.to_owned();
    for text in told.iter().filter(|text| text.chars().count() > 2) {
        message = message.replace(text.as_str(), "…");
    }
    message.chars().filter(|c| !c.is_control()).take(LONGEST_MESSAGE).collect()
}

/// Every text inside a body of JSON.
pub fn texts(value: &Value, into: &mut Vec<String>) {
    match value {
        Value::String(text) => into.push(text.clone()),
        Value::Array(list) => list.iter().for_each(|v| texts(v, into)),
        Value::Object(fields) => fields.values().for_each(|v| texts(v, into)),
        _ => {}
    }
}
