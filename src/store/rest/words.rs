//! Tables beside the clients: what a status word means. A word that no table knows is never taken for good news.

use crate::core::incoming::Payment;

/// `field`, `word`, `meaning`, tab by tab; `#` begins a comment.
#[derive(Clone, Copy)]
pub struct Words(pub &'static str);

impl Words {
    /// `None` for a word that the table of this field does not have.
    pub fn meaning(self, field: &str, word: &str) -> Option<&'static str> {
        self.0.lines().filter(|l| !l.starts_with('#')).find_map(|line| {
            let mut cells = line.split('\t');
            let fits = cells.next() == Some(field) && cells.next().is_some_and(|w| w.eq_ignore_ascii_case(word));
            if fits { cells.next() } else { None }
        })
    }

    /// The table's own spelling of a word.
    pub fn known_as(self, field: &str, word: &str) -> Option<&'static str> {
        self.0.lines().filter(|l| !l.starts_with('#')).find_map(|line| {
            let mut cells = line.split('\t');
            let of = cells.next()?;
            cells.next().filter(|known| of == field && known.eq_ignore_ascii_case(word))
        })
    }

    /// Of a field that says whether the money has come.
    pub fn payment(self, field: &str, word: &str) -> Payment {
        match self.meaning(field, word) {
            Some("paid") => Payment::Paid,
            Some("partly_refunded") => Payment::PartlyRefunded,
            Some("refunded") => Payment::Refunded,
            Some("not_paid") => Payment::NotPaid(word.to_owned()),
            _ => Payment::Unknown(word.to_owned()),
        }
    }
}

/// The buyer wants no parcel any more. A wish can be taken back, so this is no cancellation, and nothing is bought.
pub fn asked_to_cancel() -> Payment {
    Payment::NotPaid("buyer asked to cancel".to_owned())
}
