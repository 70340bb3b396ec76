//! What the words of a store's status columns mean. A word that no table knows is never taken for good news.

use super::field::Field;
use super::format::{Format, Words};
use crate::core::incoming::Payment;

/// All that one word says.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub(super) struct Effects {
    pub payment: Option<Paying>,
    pub cancelled: bool,
    pub fulfilled: bool,
    pub unfulfilled: bool,
    pub partly_fulfilled: bool,
    pub removed: bool,
    pub test: bool,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Paying {
    Paid,
    PartlyRefunded,
    Refunded,
    NotPaid,
}

impl Paying {
    pub fn with_word(self, word: &str) -> Payment {
        match self {
            Self::Paid => Payment::Paid,
            Self::PartlyRefunded => Payment::PartlyRefunded,
            Self::Refunded => Payment::Refunded,
            Self::NotPaid => Payment::NotPaid(word.to_owned()),
        }
    }
}

/// The word tables of one format.
#[derive(Clone, Debug, Default)]
pub(super) struct Meanings {
    tables: Vec<(Field, Vec<(String, Effects)>)>,
}

impl Meanings {
    pub fn of(format: &Format) -> Self {
        Self { tables: format.words.iter().map(|(field, words)| (*field, table(words))).collect() }
    }

    /// `None` for a word that the table of this column does not have.
    pub fn of_word(&self, field: Field, word: &str) -> Option<Effects> {
        let (_, table) = self.tables.iter().find(|(f, _)| *f == field)?;
        let same = |known: &str| known.eq_ignore_ascii_case(word) || (!word.is_ascii() && known == word.to_lowercase());
        table.iter().find(|(known, _)| same(known)).map(|(_, effects)| *effects)
    }
}

fn table(words: &Words) -> Vec<(String, Effects)> {
    let mut table: Vec<(String, Effects)> = Vec::new();
    let mut add = |list: &[String], set: &dyn Fn(&mut Effects)| {
        for word in list.iter().map(|w| w.to_lowercase()) {
            let at = table.iter().position(|(known, _)| *known == word).unwrap_or_else(|| {
                table.push((word, Effects::default()));
                table.len() - 1
            });
            set(&mut table[at].1);
        }
    };
    add(&words.paid, &|e| e.payment = Some(Paying::Paid));
    add(&words.partly_refunded, &|e| e.payment = Some(Paying::PartlyRefunded));
    add(&words.refunded, &|e| e.payment = Some(Paying::Refunded));
    add(&words.not_paid, &|e| e.payment = Some(Paying::NotPaid));
    add(&words.cancelled, &|e| e.cancelled = true);
    add(&words.fulfilled, &|e| e.fulfilled = true);
    add(&words.unfulfilled, &|e| e.unfulfilled = true);
    add(&words.partly_fulfilled, &|e| e.partly_fulfilled = true);
    add(&words.removed, &|e| e.removed = true);
    add(&words.test, &|e| e.test = true);
    add(&words.nothing, &|_| {});
    table
}
