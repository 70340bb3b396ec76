//! How one more source changes an order that is already known: design §8's rules of age, ties and what never reverts.
//!
//! Pure: the order that results, what changed, and what was not applied and why. Saving it lives in `db`.

mod pairing;

use std::collections::BTreeMap;

use self::pairing::{places, same_words};
use super::address::Address;
use super::incoming::{Head, Incoming, IncomingLine, Payment};
use super::order::{AsOf, Line, LineKey, Order};

/// One field of an order with its value before and after.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Change {
    /// `ship_to.line2`, `payment`, `line LAMP-BK quantity` …
    pub field: String,
    pub from: String,
    pub to: String,
}

/// A value that the source gave and that was not taken.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct NotTaken {
    pub change: Change,
    pub why: Why,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Why {
    /// The source is older than what is known.
    Older,
    /// As fresh as what is known, and it disagrees: a person decides.
    Tie,
    /// History has replaced this value once already: a person decides.
    CameBack,
}

#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Merged {
    pub order: Order,
    pub changes: Vec<Change>,
    pub not_taken: Vec<NotTaken>,
    /// Something is to be saved, if only that a fresher source says the same.
    pub touched: bool,
}

/// Answers whether history has already replaced this value of this field.
pub type WasReplaced<'a> = dyn Fn(&str, &str) -> bool + 'a;

/// Takes in what a source says about an order that is known.
///
/// `accept_older` is the person's word that an older or returning value is right.
pub fn merge(known: &Order, said: &Incoming, as_of: AsOf, accept_older: bool, was_replaced: &WasReplaced) -> Merged {
    Merge::new(as_of, accept_older, was_replaced, None).of(known, said)
}

/// As [`merge`], for a source that tells every line of the order, as a store's API does: a line that it lacks is gone, and
/// what it counts as shipped includes what dsf told it: `told`, by position of the line.
pub fn merge_whole(
    known: &Order,
    said: &Incoming,
    as_of: AsOf,
    accept_older: bool,
    was_replaced: &WasReplaced,
    told: &BTreeMap<u32, u32>,
) -> Merged {
    Merge::new(as_of, accept_older, was_replaced, Some(told)).of(known, said)
}

struct Merge<'a> {
    as_of: AsOf,
    accept_older: bool,
    was_replaced: &'a WasReplaced<'a>,
    /// For a whole order: the pieces of each line that the store knows from dsf.
    whole: Option<&'a BTreeMap<u32, u32>>,
    changes: Vec<Change>,
    not_taken: Vec<NotTaken>,
    touched: bool,
}

impl<'a> Merge<'a> {
    fn new(
        as_of: AsOf,
        accept_older: bool,
        was_replaced: &'a WasReplaced<'a>,
        whole: Option<&'a BTreeMap<u32, u32>>,
    ) -> Self {
        Self { as_of, accept_older, was_replaced, whole, changes: vec![], not_taken: vec![], touched: false }
    }

    fn of(mut self, known: &Order, said: &Incoming) -> Merged {
        let mut order = known.clone();
        if order.external_id.is_none() && said.external_id.is_some() {
            self.fill("external_id", &mut order.external_id, said.external_id.as_ref());
        }
        if let Some(head) = &said.head {
            self.head(&mut order, head);
        }
        self.lines(&mut order, said);
        Merged { order, changes: self.changes, not_taken: self.not_taken, touched: self.touched }
    }
}
impl Merge<'_> {
    fn head(&mut self, order: &mut Order, said: &Head) {
        // A store that counts no lines calls all of it shipped from the first parcel that dsf tells it of.
        let told = self.whole.is_some_and(|told| told.values().any(|pieces| *pieces > 0));
        let Some(known) = &mut order.head else {
            self.changes.push(Change { field: "order".into(), from: "lines only".into(), to: "complete".into() });
            self.touched = true;
            order.head = Some(said.clone());
            order.as_of = Some(self.as_of);
            order.lines.iter_mut().for_each(|l| l.said.price_in(said.currency));
            return;
        };
        let seen = order.as_of;
        self.sticky("cancelled", &mut known.cancelled, said.cancelled);
        self.sticky("fulfilled", &mut known.fulfilled, said.fulfilled.filter(|all| !(*all && told)));
        self.payment(known, said, seen);
        self.largest("refunded", &mut known.refunded, said.refunded);
        self.ship_to(known, said, seen);
        self.newest("placed_at", &mut known.placed_at, &said.placed_at, seen);
        self.newest("test", &mut known.test, &said.test, seen);
        self.newest("currency", &mut known.currency, &said.currency, seen);
        self.newest("subtotal", &mut known.subtotal, &said.subtotal, seen);
        self.newest("discount", &mut known.discount, &said.discount, seen);
        self.newest("total", &mut known.total, &said.total, seen);
        self.newest("pieces", &mut known.pieces, &said.pieces, seen);
        self.newest("email", &mut known.email, &said.email, seen);
        self.newest("note", &mut known.note, &said.note, seen);
        self.newest("gift_message", &mut known.gift_message, &said.gift_message, seen);
        self.newest("method", &mut known.method, &said.method, seen);
        self.newest("ship_by", &mut known.ship_by, &said.ship_by, seen);
        self.newest("risk", &mut known.risk, &said.risk, seen);
        self.newest("tax_id", &mut known.tax_id, &said.tax_id, seen);
        known.has_billing |= said.has_billing;
        if seen.is_none_or(|seen| self.as_of > seen) {
            order.as_of = Some(self.as_of);
            self.touched = true;
        }
    }

    /// Refunds never revert; whether the money came follows the newest source.
    fn payment(&mut self, known: &mut Head, said: &Head, seen: Option<AsOf>) {
        use Payment::{PartlyRefunded, Refunded};
        let in_doubt = |p: &Option<Payment>| matches!(p, Some(Payment::NotPaid(_) | Payment::Unknown(_)));
        let back = |p: &Option<Payment>| *p == Some(PartlyRefunded);
        match (&known.payment, &said.payment) {
            (Some(Refunded), _) => {}
            (Some(_), Some(Refunded)) => self.take("payment", &mut known.payment, &said.payment),
            // Money that is in doubt again stops the order; once it is there, the part that went back is still gone.
            (was, is) if in_doubt(was) || in_doubt(is) => {
                let paid_again =
                    said.payment == Some(Payment::Paid) && (self.was_replaced)("payment", "partly refunded");
                let said = if paid_again { Some(PartlyRefunded) } else { said.payment.clone() };
                self.newest("payment", &mut known.payment, &said, seen);
            }
            (was, _) if back(was) => {}
            (Some(_), is) if back(is) => self.take("payment", &mut known.payment, &said.payment),
            _ => self.newest("payment", &mut known.payment, &said.payment, seen),
        }
    }

    /// The block is one thing: a blank cell inside it is a value, an absent block says nothing.
    fn ship_to(&mut self, known: &mut Head, said: &Head, seen: Option<AsOf>) {
        let Some(said) = &said.ship_to else { return };
        let Some(known) = &mut known.ship_to else {
            self.changes.push(Change { field: "ship_to".into(), from: String::new(), to: one_line(said) });
            self.touched = true;
            known.ship_to = Some(said.clone());
            return;
        };
        // Half of one address and half of another is nobody's: one part that came back keeps out all that differ.
        let came_back = !self.accept_older
            && seen.is_none_or(|seen| self.as_of > seen)
            && known
                .fields()
                .iter()
                .zip(said.fields())
                .any(|((_, was), (field, is))| *was != is && (self.was_replaced)(&format!("ship_to.{field}"), is));
        for (field, value) in said.fields() {
            if let Some(slot) = known.field_mut(field) {
                if came_back && slot != value {
                    let (field, from, to) = (format!("ship_to.{field}"), slot.clone(), value.to_owned());
                    self.not_taken.push(NotTaken { change: Change { field, from, to }, why: Why::CameBack });
                    continue;
                }
                let mut text = Some(std::mem::take(slot));
                self.newest(&format!("ship_to.{field}"), &mut text, &Some(value.to_owned()), seen);
                *slot = text.unwrap_or_default();
            }
        }
    }

    fn lines(&mut self, order: &mut Order, said: &Incoming) {
        let currency = order.head.as_ref().and_then(|h| h.currency);
        let keys = LineKey::of(&said.lines);
        let places = places(&order.lines, &keys, &said.lines, self.whole.is_some());
        let gone: Vec<usize> = (0..order.lines.len()).filter(|at| !places.contains(&Some(*at))).collect();
        for ((key, line), place) in keys.into_iter().zip(&said.lines).zip(places) {
            let mut line = line.clone();
            line.price_in(currency);
            match place.and_then(|place| order.lines.get_mut(place)) {
                Some(known) => {
                    let ours = match self.whole {
                        Some(told) => told.get(&known.position).copied().unwrap_or(0),
                        None => known.told,
                    };
                    line.shipped = line.shipped.map(|pieces| pieces.saturating_sub(ours));
                    self.adopt(known, key);
                    self.line(known, &line);
                }
                None => {
                    let position = order.lines.iter().map(|l| l.position).max().unwrap_or(0) + 1;
                    let added = Line::first(position, key, line, self.as_of);
                    let to = format!("{} x {}", added.said.quantity, added.name());
                    self.changes.push(Change { field: "line".into(), from: String::new(), to });
                    self.touched = true;
                    order.lines.push(added);
                }
            }
        }
        if self.whole.is_some() {
            gone.into_iter().for_each(|at| self.gone(&mut order.lines[at]));
        }
    }

    /// The store's own id of a line says more than its place among others.
    fn adopt(&mut self, known: &mut Line, key: LineKey) {
        if let LineKey::External(id) = &key
            && known.key != key
        {
            known.said.external_id = Some(id.clone());
            known.key = key;
            self.touched = true;
        }
    }

    /// A line that a whole order no longer has. A source older than the line proves nothing.
    fn gone(&mut self, known: &mut Line) {
        if self.as_of >= known.last_seen || self.accept_older {
            let field = format!("line {} removed", known.name());
            let all = Some(known.said.quantity);
            self.largest(&field, &mut known.said.removed, all);
        }
    }

    fn line(&mut self, known: &mut Line, said: &IncomingLine) {
        let seen = Some(known.last_seen);
        let name = known.name().to_owned();
        let field = |what: &str| format!("line {name} {what}");
        self.sticky(&field("cancelled"), &mut known.said.cancelled, said.cancelled);
        self.largest(&field("removed"), &mut known.said.removed, said.removed);
        self.largest(&field("shipped"), &mut known.said.shipped, said.shipped);
        let mut quantity = Some(known.said.quantity);
        self.newest(&field("quantity"), &mut quantity, &Some(said.quantity), seen);
        known.said.quantity = quantity.unwrap_or(0);
        for (what, slot, value) in [
            ("sku", &mut known.said.sku, &said.sku),
            ("title", &mut known.said.title, &said.title),
            ("variant", &mut known.said.variant, &said.variant),
        ] {
            if what != "sku" && same_words(slot, value) {
                continue;
            }
            let mut text = Some(std::mem::take(slot));
            self.newest(&field(what), &mut text, &Some(value.clone()), seen);
            *slot = text.unwrap_or_default();
        }
        self.newest(&field("personalisation"), &mut known.said.personalisation, &said.personalisation, seen);
        self.newest(&field("unit_price"), &mut known.said.unit_price, &said.unit_price, seen);
        if known.said.bare_price.is_none() && known.said.unit_price.is_none() && said.bare_price.is_some() {
            known.said.bare_price = said.bare_price;
            self.touched = true;
        }
        self.newest(&field("requires_shipping"), &mut known.said.requires_shipping, &said.requires_shipping, seen);
        if self.as_of > known.last_seen {
            known.last_seen = self.as_of;
            self.touched = true;
        }
        if self.as_of < known.first_seen {
            known.first_seen = self.as_of;
            self.touched = true;
        }
    }

    /// A plain fact: the newest source wins; the rest is told and not taken.
    fn newest<T: Clone + PartialEq + Say>(
        &mut self,
        field: &str,
        known: &mut Option<T>,
        said: &Option<T>,
        seen: Option<AsOf>,
    ) {
        if said.is_none() || said == known {
            return;
        }
        if known.is_none() {
            return self.fill(field, known, said.as_ref());
        }
        let (from, to) = (known.say(), said.say());
        let why = match seen {
            _ if self.accept_older => None,
            Some(seen) if self.as_of < seen => Some(Why::Older),
            Some(seen) if self.as_of == seen => Some(Why::Tie),
            _ => (self.was_replaced)(field, &to).then_some(Why::CameBack),
        };
        match why {
            None => self.take(field, known, said),
            Some(why) => {
                self.not_taken.push(NotTaken { change: Change { field: field.to_owned(), from, to }, why });
            }
        }
    }

    /// Once true, true for ever, whichever source comes first.
    fn sticky(&mut self, field: &str, known: &mut Option<bool>, said: Option<bool>) {
        match (*known, said) {
            (Some(true), _) | (_, None) => {}
            (_, Some(true)) => self.take(field, known, &said),
            (None, Some(false)) => self.fill(field, known, said.as_ref()),
            (Some(false), Some(false)) => {}
        }
    }

    /// Only ever grows, whichever source comes first.
    fn largest<T: Clone + PartialOrd + Say>(&mut self, field: &str, known: &mut Option<T>, said: Option<T>) {
        match (&known, &said) {
            (None, Some(_)) => self.fill(field, known, said.as_ref()),
            (Some(was), Some(is)) if is > was => self.take(field, known, &said),
            _ => {}
        }
    }

    /// A source that is the first to say something.
    fn fill<T: Clone + Say>(&mut self, field: &str, known: &mut Option<T>, said: Option<&T>) {
        self.take(field, known, &said.cloned());
    }

    fn take<T: Clone + Say>(&mut self, field: &str, known: &mut Option<T>, said: &Option<T>) {
        self.changes.push(Change { field: field.to_owned(), from: known.say(), to: said.say() });
        self.touched = true;
        known.clone_from(said);
    }
}

/// A value as history and people see it.
trait Say {
    fn say(&self) -> String;
}

impl<T: Say> Say for Option<T> {
    fn say(&self) -> String {
        self.as_ref().map(Say::say).unwrap_or_default()
    }
}

macro_rules! say_by_display {
    ($($kind:ty),*) => { $(impl Say for $kind { fn say(&self) -> String { self.to_string() } })* };
}
say_by_display!(String, u32, super::money::Currency, super::money::Money, super::money::Price, jiff::Timestamp);

impl Say for bool {
    fn say(&self) -> String {
        if *self { "yes" } else { "no" }.to_owned()
    }
}

impl Say for Payment {
    fn say(&self) -> String {
        match self {
            Self::Paid => "paid".to_owned(),
            Self::PartlyRefunded => "partly refunded".to_owned(),
            Self::Refunded => "refunded".to_owned(),
            Self::NotPaid(word) | Self::Unknown(word) => word.clone(),
        }
    }
}

fn one_line(address: &Address) -> String {
    address.fields().iter().map(|(_, v)| *v).filter(|v| !v.is_empty()).collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests;
