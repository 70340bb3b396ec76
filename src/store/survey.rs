//! One fast pass before reading: how new the file is, and which way round its dates are.

use jiff::Timestamp;

use super::StoreFacts;
use super::cells::Cells;
use super::dates::Stamp;
use super::detect::Detected;
use super::field::Field;
use super::plan::{Plan, is_future};
use super::problem::FileProblem;
use crate::core::date_order::DateOrder;
use crate::files::Input;

/// Stamps of things that have happened. A promise such as ship-by is no news and does not count.
const NEWS: [Field; 6] =
    [Field::PlacedAt, Field::PaidAt, Field::FulfilledAt, Field::CancelledAt, Field::RefundedAt, Field::LineShippedAt];

/// What the whole file says, before any order is believed.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Survey {
    pub rows: u64,
    /// Newest stamp that is not later than a day from now.
    pub newest: Option<Timestamp>,
    /// How `01/02` is to be read, where the file needs it.
    pub date_order: Option<DateOrder>,
    /// Some times had no zone and are read in the store's.
    pub zoneless: bool,
}

/// # Errors
/// The file cannot be read, or its dates cannot be understood.
pub fn survey(input: &Input, detected: &Detected, facts: &StoreFacts) -> Result<Survey, FileProblem> {
    let fixed = detected.format.dates.fixed();
    let known = fixed.or(facts.date_order);
    let plan = Plan::new(&detected.format, &detected.columns, facts, known);
    let news: Vec<Field> = NEWS.into_iter().filter(|f| detected.columns.has(*f)).collect();
    let mut dates = Dates { fixed, ..Dates::default() };
    let mut ids = Ids::default();
    let mut survey = Survey::default();
    let mut rows = detected.rows(input)?;
    while let Some(row) = rows.next_row()? {
        survey.rows += 1;
        let cells = Cells::of_row(&plan, row, &plan.columns.index);
        ids.look(&cells);
        for field in &news {
            let Some(cell) = cells.raw(*field).filter(|c| !c.is_empty()) else { continue };
            let clock = if *field == Field::PlacedAt { cells.raw(Field::PlacedTime) } else { None };
            let parsed = match clock.filter(|c| !c.is_empty()) {
                Some(clock) => Stamp::parse(&format!("{cell} {clock}")),
                None => Stamp::parse(cell),
            };
            let Some(stamp) = parsed else { continue };
            if stamp.swappable {
                dates.look(stamp, &cells, *field, input)?;
            }
            survey.zoneless |= !stamp.has_zone();
            dates.keep_newest(stamp, facts);
        }
    }
    ids.check(input, detected)?;
    if let (None, Some(config), Some((proven, line))) = (fixed, facts.date_order, dates.proven)
        && config != proven
    {
        return Err(FileProblem::ConfigDates { file: input.name().to_owned(), line, config, proven });
    }
    survey.date_order = known.or(dates.proven.map(|(order, _)| order));
    if let (None, Some((line, column, value))) = (survey.date_order, dates.ambiguous) {
        return Err(FileProblem::AmbiguousDates { file: input.name().to_owned(), line, column, value });
    }
    survey.newest = match survey.date_order {
        Some(DateOrder::Dmy) => dates.newest_dmy,
        _ => dates.newest_mdy,
    };
    Ok(survey)
}

/// Until the order of day and month is known, the newest stamp is kept for both.
#[derive(Default)]
struct Dates {
    fixed: Option<DateOrder>,
    proven: Option<(DateOrder, u64)>,
    ambiguous: Option<(u64, String, String)>,
    newest_mdy: Option<Timestamp>,
    newest_dmy: Option<Timestamp>,
}

impl Dates {
    fn look(&mut self, stamp: Stamp, cells: &Cells<'_>, field: Field, input: &Input) -> Result<(), FileProblem> {
        let value = || cells.raw(field).unwrap_or("").to_owned();
        match (stamp.proves(), self.proven) {
            // Where the store always writes one way, a date of the other way is a bad cell, not a proof.
            (Some(_), _) if self.fixed.is_some() => {}
            (Some(order), Some((proven, other))) if order != proven => {
                let (file, column, line) = (input.name().to_owned(), cells.header(field), cells.line);
                return Err(FileProblem::MixedDates { file, line, column, value: value(), proven, other });
            }
            (Some(order), None) => self.proven = Some((order, cells.line)),
            (None, _) if stamp.is_ambiguous() && self.ambiguous.is_none() => {
                self.ambiguous = Some((cells.line, cells.header(field), value()));
            }
            _ => {}
        }
        Ok(())
    }

    fn keep_newest(&mut self, stamp: Stamp, facts: &StoreFacts) {
        let newer = |newest: &mut Option<Timestamp>, order| {
            let at = stamp.timestamp(Some(order), &facts.zone).filter(|at| !is_future(*at, facts.now));
            *newest = (*newest).max(at);
        };
        newer(&mut self.newest_mdy, DateOrder::Mdy);
        if stamp.swappable || self.newest_dmy != self.newest_mdy {
            newer(&mut self.newest_dmy, DateOrder::Dmy);
        } else {
            self.newest_dmy = self.newest_mdy;
        }
    }
}

/// Long ids that a spreadsheet wrote out again in full: all digits after the fifteenth are zero.
#[derive(Default)]
struct Ids {
    long: u64,
    rounded: u64,
    first: Option<(u64, String)>,
}

impl Ids {
    const KEPT: usize = 15;

    fn look(&mut self, cells: &Cells<'_>) {
        let Some(id) = cells.raw(Field::ExternalId).filter(|id| id.len() > Self::KEPT + 1) else { return };
        if !id.bytes().all(|b| b.is_ascii_digit()) {
            return;
        }
        self.long += 1;
        if id.bytes().skip(Self::KEPT).all(|b| b == b'0') {
            self.rounded += 1;
            self.first.get_or_insert_with(|| (cells.line, id.to_owned()));
        }
    }

    /// One such id may be chance; when every one of several looks so, it is not.
    fn check(self, input: &Input, detected: &Detected) -> Result<(), FileProblem> {
        match self.first {
            Some((line, value)) if self.long >= 2 && self.rounded == self.long => {
                let column = detected.columns.header(Field::ExternalId);
                Err(FileProblem::RoundedIds { file: input.name().to_owned(), line, column, value })
            }
            _ => Ok(()),
        }
    }
}
