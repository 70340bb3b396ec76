//! Dates and times as stores write them. Nothing is guessed: where day and month could be swapped, it is said.

use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::{Offset, TimeZone};

use crate::core::date_order::DateOrder;

/// Month names by their first letters, in the languages of the exports; longer spellings begin with these.
const MONTHS: [(&str, i8); 42] = [
    ("jan", 1),
    ("ene", 1),
    ("gen", 1),
    ("janv", 1),
    ("feb", 2),
    ("fév", 2),
    ("fev", 2),
    ("mar", 3),
    ("mär", 3),
    ("mrz", 3),
    ("maa", 3),
    ("mrt", 3),
    ("apr", 4),
    ("avr", 4),
    ("abr", 4),
    ("may", 5),
    ("mai", 5),
    ("mag", 5),
    ("mei", 5),
    ("jun", 6),
    ("juin", 6),
    ("giu", 6),
    ("jul", 7),
    ("juil", 7),
    ("lug", 7),
    ("aug", 8),
    ("aoû", 8),
    ("ago", 8),
    ("sep", 9),
    ("set", 9),
    ("oct", 10),
    ("okt", 10),
    ("ott", 10),
    ("out", 10),
    ("nov", 11),
    ("dec", 12),
    ("dez", 12),
    ("déc", 12),
    ("dic", 12),
    ("gru", 12),
    ("sty", 1),
    ("maj", 5),
];

/// A date as found, before day and month are known for certain.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Stamp {
    year: i16,
    /// Month and day; or, where `swappable`, the first and the second number.
    first: i8,
    second: i8,
    pub swappable: bool,
    clock: Clock,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
struct Clock {
    hour: i8,
    minute: i8,
    second: i8,
    /// Seconds east of Greenwich, where the text says.
    offset: Option<i32>,
}

impl Stamp {
    /// `None` for a text that is no date.
    pub fn parse(text: &str) -> Option<Self> {
        fixed(text.as_bytes()).or_else(|| loose(text))
    }

    /// What this date alone proves about the order of day and month.
    pub fn proves(self) -> Option<DateOrder> {
        match self.swappable {
            true if self.first > 12 => Some(DateOrder::Dmy),
            true if self.second > 12 => Some(DateOrder::Mdy),
            _ => None,
        }
    }

    /// Day and month are both possible either way round, and different.
    pub fn is_ambiguous(self) -> bool {
        self.swappable && self.proves().is_none() && self.first != self.second
    }

    pub fn has_zone(self) -> bool {
        self.clock.offset.is_some()
    }

    /// `None` where the calendar has no such day, or the order is needed and not known.
    pub fn timestamp(self, order: Option<DateOrder>, zone: &TimeZone) -> Option<Timestamp> {
        let (month, day) = match (self.swappable, order) {
            (false, _) | (true, Some(DateOrder::Mdy)) => (self.first, self.second),
            (true, Some(DateOrder::Dmy)) => (self.second, self.first),
            (true, None) => match self.proves() {
                Some(DateOrder::Dmy) => (self.second, self.first),
                None if self.first != self.second => return None,
                _ => (self.first, self.second),
            },
        };
        let Clock { hour, minute, second, offset } = self.clock;
        let local = DateTime::new(self.year, month, day, hour, minute, second, 0).ok()?;
        match offset {
            Some(seconds) => Offset::from_seconds(seconds).ok()?.to_timestamp(local).ok(),
            None => zone.to_timestamp(local).ok(),
        }
    }
}

/// `2026-03-08 01:58:02 -0500`, by far the most frequent form, without looking for anything else.
fn fixed(b: &[u8]) -> Option<Stamp> {
    if b.len() != 25 || b[4] != b'-' || b[7] != b'-' || b[10] != b' ' || b[13] != b':' || b[16] != b':' || b[19] != b' '
    {
        return None;
    }
    let two = |at: usize| -> Option<i8> {
        let (tens, ones) = (b[at].wrapping_sub(b'0'), b[at + 1].wrapping_sub(b'0'));
        (tens < 10 && ones < 10).then(|| (tens * 10 + ones) as i8)
    };
    let year = i16::from(two(0)?) * 100 + i16::from(two(2)?);
    let sign = match b[20] {
        b'+' => 1,
        b'-' => -1,
        _ => return None,
    };
    let offset = sign * (i32::from(two(21)?) * 3600 + i32::from(two(23)?) * 60);
    let clock = Clock { hour: two(11)?, minute: two(14)?, second: two(17)?, offset: Some(offset) };
    Some(Stamp { year, first: two(5)?, second: two(8)?, swappable: false, clock })
}

/// Three parts of a date in any usual order, then perhaps a time, then perhaps a zone.
fn loose(text: &str) -> Option<Stamp> {
    let mut rest = Cursor { text: text.trim() };
    let a = rest.part()?;
    let b = rest.part()?;
    let c = rest.part()?;
    let (year, first, second, swappable) = match (a, b, c) {
        (Part::Number(y, 4), Part::Number(m, 1..=2), Part::Number(d, 1..=2)) => (y, m, d, false),
        (Part::Month(m), Part::Number(d, 1..=2), Part::Number(y, w)) => (full_year(y, w)?, m, d, false),
        (Part::Number(d, 1..=2), Part::Month(m), Part::Number(y, w)) => (full_year(y, w)?, m, d, false),
        (Part::Number(x, 1..=2), Part::Number(y, 1..=2), Part::Number(z, w)) => (full_year(z, w)?, x, y, true),
        _ => return None,
    };
    let clock = rest.clock()?;
    Some(Stamp { year, first: i8::try_from(first).ok()?, second: i8::try_from(second).ok()?, swappable, clock })
}

fn full_year(year: i16, digits: usize) -> Option<i16> {
    match digits {
        4 => Some(year),
        2 => Some(2000 + year),
        _ => None,
    }
}

enum Part {
    /// With the count of its digits.
    Number(i16, usize),
    Month(i16),
}

struct Cursor<'a> {
    text: &'a str,
}

impl Cursor<'_> {
    /// A number or a month name, and the mark behind it.
    fn part(&mut self) -> Option<Part> {
        let digits = self.text.bytes().take_while(u8::is_ascii_digit).count();
        let part = if digits > 0 {
            let (number, rest) = self.text.split_at(digits);
            self.text = rest;
            Part::Number(number.parse().ok()?, digits)
        } else {
            let length: usize = self.text.chars().take_while(|c| c.is_alphabetic()).map(char::len_utf8).sum();
            let (word, rest) = self.text.split_at(length);
            self.text = rest;
            Part::Month(i16::from(month(word)?))
        };
        let marks = |c: char| matches!(c, '-' | '/' | '.' | ',' | '年' | '月' | '日' | ' ' | '\u{a0}' | '\u{202f}');
        self.text = self.text.trim_start_matches(marks);
        Some(part)
    }

    fn two_digits(&mut self) -> Option<i8> {
        let digits = self.text.bytes().take(2).take_while(u8::is_ascii_digit).count();
        let (number, rest) = self.text.split_at(digits);
        self.text = rest;
        number.parse().ok()
    }

    fn skip(&mut self, prefix: &str) -> bool {
        let rest = self.text.strip_prefix(prefix);
        self.text = rest.unwrap_or(self.text);
        rest.is_some()
    }

    fn clock(&mut self) -> Option<Clock> {
        let mut clock = Clock::default();
        self.text = self.text.trim_start_matches([',', ' ']);
        self.text = self.text.strip_prefix('T').unwrap_or(self.text);
        if self.text.starts_with(|c: char| c.is_ascii_digit()) {
            clock.hour = self.two_digits()?;
            if !self.skip(":") {
                return None;
            }
            clock.minute = self.two_digits()?;
            if self.skip(":") {
                clock.second = self.two_digits()?;
                if self.skip(".") {
                    self.text = self.text.trim_start_matches(|c: char| c.is_ascii_digit());
                }
            }
            self.half_day(&mut clock)?;
        }
        clock.offset = self.offset()?;
        self.text.trim().is_empty().then_some(clock)
    }

    /// `9:15:51 AM`.
    fn half_day(&mut self, clock: &mut Clock) -> Option<()> {
        let rest = self.text.trim_start_matches([' ', '\u{a0}', '\u{202f}']);
        let afternoon = match rest.get(..2).map(str::to_ascii_uppercase).as_deref() {
            Some("AM") => false,
            Some("PM") => true,
            _ => return Some(()),
        };
        if !(1..=12).contains(&clock.hour) {
            return None;
        }
        clock.hour = clock.hour % 12 + if afternoon { 12 } else { 0 };
        self.text = &rest[2..];
        Some(())
    }

    /// The outer `None` means that what follows is no zone.
    fn offset(&mut self) -> Option<Option<i32>> {
        self.text = self.text.trim();
        for name in ["Z", "UTC", "GMT"] {
            if self.text == name {
                self.text = "";
                return Some(Some(0));
            }
        }
        let sign = match self.text.bytes().next() {
            Some(b'+') => 1,
            Some(b'-') => -1,
            _ => return Some(None),
        };
        self.text = &self.text[1..];
        let hours = i32::from(self.two_digits()?);
        self.skip(":");
        let minutes = if self.text.is_empty() { 0 } else { i32::from(self.two_digits()?) };
        (hours <= 14 && minutes < 60).then_some(Some(sign * (hours * 3600 + minutes * 60)))
    }
}

fn month(word: &str) -> Option<i8> {
    let word = word.to_lowercase();
    let fits = MONTHS.iter().filter(|(name, _)| word.starts_with(name));
    fits.max_by_key(|(name, _)| name.len()).map(|(_, number)| *number)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str, order: Option<DateOrder>) -> Option<String> {
        Stamp::parse(text)?.timestamp(order, &TimeZone::UTC).map(|t| t.to_string())
    }

    #[test]
    fn point_20_dates_as_stores_write_them() {
        for (text, want) in [
            ("2026-03-08 01:59:30 -0500", "2026-03-08T06:59:30Z"),
            ("2026-03-08 03:00:30 -0400", "2026-03-08T07:00:30Z"),
            ("2026-03-08T06:59:11+00:00", "2026-03-08T06:59:11Z"),
            ("2009-01-01T10:50:49-08:00", "2009-01-01T18:50:49Z"),
            ("2026-09-22", "2026-09-22T00:00:00Z"),
            ("2026-09-22 12:30", "2026-09-22T12:30:00Z"),
            ("Sep-07-26", "2026-09-07T00:00:00Z"),
            ("Sep-30-26 02:44:15", "2026-09-30T02:44:15Z"),
            ("10-Dez-25", "2025-12-10T00:00:00Z"),
            ("10-Mär-25", "2025-03-10T00:00:00Z"),
            ("Dec 8, 2024 9:15:51 AM", "2024-12-08T09:15:51Z"),
            ("Dec 8, 2024 12:15:51 AM", "2024-12-08T00:15:51Z"),
            ("December 8, 2024 9:15 PM", "2024-12-08T21:15:00Z"),
            ("26/04/2014", "2014-04-26T00:00:00Z"),
            ("09/30/26", "2026-09-30T00:00:00Z"),
            ("09/22/2026 04:02:10 PM", "2026-09-22T16:02:10Z"),
            ("05/05/2026", "2026-05-05T00:00:00Z"),
            ("2026-09-22T15:04:11.123Z", "2026-09-22T15:04:11Z"),
        ] {
            assert_eq!(at(text, None).as_deref(), Some(want), "{text}");
        }
        assert_eq!(at("01/02/2026", Some(DateOrder::Dmy)).as_deref(), Some("2026-02-01T00:00:00Z"));
        assert_eq!(at("01/02/2026", Some(DateOrder::Mdy)).as_deref(), Some("2026-01-02T00:00:00Z"));
    }

    #[test]
    fn point_20_garbage_is_no_date() {
        for text in [
            "",
            "not-a-date",
            "01/02/2026",
            "2026-02-30",
            "2026-13-01",
            "46000",
            "2026-09",
            "2026-09-22 99:00",
            "13/13/2026",
            "2026-09-22 10:00 yesterday",
            "1/2/3",
            "２０２６-01-01",
            "Sep",
            "é",
            "-",
            "2026-03-08 01:59:30 +9900",
            "2026-03-&8 01:59:30 -0500",
        ] {
            assert_eq!(at(text, None), None, "{text}");
        }
    }
}
