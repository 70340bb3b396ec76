//! Pairs of addresses in as JSON Lines, verdicts out in the same order. Streamed: memory does not grow with the file.

use std::io::{self, BufRead};
use std::thread;

use serde::{Deserialize, Deserializer, Serialize};
use thiserror::Error;

use crate::core::address::Address;
use crate::core::address::compare::{Echo, compare_sides};
use crate::core::address::verdict::{FieldVerdict, Overall};

#[derive(Debug, Error)]
pub enum PairsError {
    #[error("{file}:{line}: not a pair: {why}")]
    NotAPair { file: String, line: u64, why: String },
    #[error("{file}: {source}")]
    Io { file: String, source: io::Error },
}

impl PairsError {
    pub fn hint(&self) -> String {
        match self {
            Self::NotAPair { .. } => r#"one pair a line: {"id":"1","a":{"name":"…","line1":"…"},"b":{…}}"#.to_owned(),
            Self::Io { .. } => "name a file that can be read, or - for stdin".to_owned(),
        }
    }
}

/// Lines that each thread works on in one round.
const ROUND: usize = 2048;

/// Pairs by verdict.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    pub pairs: u64,
    pub same: u64,
}

/// # Errors
/// A line that is no pair, with its number; a file or reader that fails. Lines before it are already written.
pub fn compare_lines(
    file: &str,
    mut from: impl BufRead,
    write: &mut dyn FnMut(&[u8]) -> io::Result<()>,
) -> Result<Tally, PairsError> {
    let io = |source| PairsError::Io { file: file.to_owned(), source };
    let threads = thread::available_parallelism().map_or(1, usize::from);
    let mut tally = Tally::default();
    let mut first_line = 1;
    loop {
        let mut parts: Vec<Part> = vec![];
        while parts.len() < threads {
            let part = Part::read(&mut from, first_line).map_err(io)?;
            first_line += part.lines;
            if part.lines == 0 {
                break;
            }
            parts.push(part);
        }
        if parts.is_empty() {
            return Ok(tally);
        }
        let done: Vec<Compared> = thread::scope(|scope| {
            let work: Vec<_> = parts.iter().map(|part| scope.spawn(|| part.compare())).collect();
            work.into_iter().map(|w| w.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))).collect()
        });
        for compared in done {
            write(&compared.out).map_err(io)?;
            tally.pairs += compared.tally.pairs;
            tally.same += compared.tally.same;
            if let Some((line, why)) = compared.stopped {
                return Err(PairsError::NotAPair { file: file.to_owned(), line, why });
            }
        }
    }
}

/// Some lines of the input, still as text.
struct Part {
    first_line: u64,
    lines: u64,
    text: Vec<u8>,
}

struct Compared {
    out: Vec<u8>,
    tally: Tally,
    /// Line that is no pair; nothing after it was looked at.
    stopped: Option<(u64, String)>,
}

impl Part {
    fn read(from: &mut impl BufRead, first_line: u64) -> io::Result<Self> {
        let mut part = Self { first_line, lines: 0, text: Vec::with_capacity(ROUND * 512) };
        for _ in 0..ROUND {
            if from.read_until(b'\n', &mut part.text)? == 0 {
                break;
            }
            part.lines += 1;
        }
        Ok(part)
    }

    fn compare(&self) -> Compared {
        let mut done =
            Compared { out: Vec::with_capacity(self.text.len() * 2), tally: Tally::default(), stopped: None };
        for (line, text) in (self.first_line..).zip(self.text.split_inclusive(|b| *b == b'\n')) {
            if text.trim_ascii().is_empty() {
                continue;
            }
            let answer = serde_json::from_slice::<Pair>(text).and_then(|pair| {
                let answer = pair.compare();
                done.tally.pairs += 1;
                done.tally.same += u64::from(answer.verdict == Overall::Same);
                serde_json::to_writer(&mut done.out, &answer)
            });
            if let Err(why) = answer {
                done.stopped = Some((line, why.to_string()));
                return done;
            }
            done.out.push(b'\n');
        }
        done
    }
}

#[derive(Deserialize)]
struct Pair {
    #[serde(default)]
    id: serde_json::Value,
    a: Given,
    b: Given,
}

#[derive(Serialize)]
struct Answer {
    id: serde_json::Value,
    verdict: Overall,
    fields: Vec<FieldVerdict>,
}

impl Pair {
    fn compare(self) -> Answer {
        let (a, echo_a) = self.a.into_address();
        let (b, echo_b) = self.b.into_address();
        let compared = compare_sides(&a, echo_a, &b, echo_b);
        // Where both sides are blank nothing was compared, and nothing can be the same.
        let verdict = if compared.fields.is_empty() { Overall::Unavailable } else { compared.verdict };
        Answer { id: self.id, verdict, fields: compared.fields }
    }
}

/// An absent field is empty; `null` says that this side has no such field, so there is nothing to compare. A field of another
/// name is an error: left out in silence, it would make two streets the same.
#[derive(Deserialize, Default)]
#[serde(default, deny_unknown_fields)]
struct Given {
    name: Said,
    company: Said,
    line1: Said,
    line2: Said,
    city: Said,
    region: Said,
    postcode: Said,
    country: Said,
    phone: Said,
    email: Said,
}

struct Said(Option<String>);

impl Default for Said {
    fn default() -> Self {
        Self(Some(String::new()))
    }
}

impl<'de> Deserialize<'de> for Said {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        Option::<String>::deserialize(from).map(Self)
    }
}

impl Given {
    fn into_address(mut self) -> (Address, Echo) {
        // A second line that is null beside a first is a line that is not there: a lost unit must not become "not said".
        if self.line1.0.is_some() {
            self.line2 = Said(Some(self.line2.0.unwrap_or_default()));
        }
        let said = [
            &self.name,
            &self.company,
            &self.line1,
            &self.line2,
            &self.city,
            &self.region,
            &self.postcode,
            &self.country,
            &self.phone,
            &self.email,
        ];
        let silent: Vec<&str> = Address::FIELDS
            .into_iter()
            .zip(said)
            .filter(|(_, said)| said.0.is_none())
            .map(|(field, _)| field)
            .collect();
        let echo = if silent.is_empty() { Echo::ALL } else { Echo::without(&silent) };
        let text = |said: Said| said.0.unwrap_or_default();
        let address = Address {
            name: text(self.name),
            company: text(self.company),
            line1: text(self.line1),
            line2: text(self.line2),
            city: text(self.city),
            region: text(self.region),
            postcode: text(self.postcode),
            country: text(self.country),
            phone: text(self.phone),
            email: text(self.email),
        };
        (address, echo)
    }
}
