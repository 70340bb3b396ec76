//! An order as dsf knows it: the store's facts, the lines with their quantities, and the state that follows from them.
//!
//! How a newer or older source changes an order lives in `change`; what holds it back lives in `guard`.

use std::fmt;
use std::str::FromStr;

use jiff::Timestamp;
use serde::Serialize;

use super::ids::OrderId;
use super::incoming::{Head, Incoming, IncomingLine, Payment};

/// How fresh a source is: its newest timestamp, then when the file was written.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct AsOf {
    pub newest: Option<Timestamp>,
    pub modified: Timestamp,
}

#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Order {
    pub id: OrderId,
    pub number: String,
    pub external_id: Option<String>,
    /// `None` while only continuation lines have been seen.
    pub head: Option<Head>,
    /// Freshness of the newest source that carried the head.
    pub as_of: Option<AsOf>,
    /// When that source was imported.
    pub imported_at: Timestamp,
    pub lines: Vec<Line>,
}

#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Line {
    /// 1, 2, 3 … within the order, in the order in which they were first seen.
    pub position: u32,
    pub key: LineKey,
    /// The newest facts that a source gave.
    pub said: IncomingLine,
    /// In purchase orders that may have reached a supplier.
    pub bought: u32,
    /// Shipped by dsf's suppliers.
    pub shipped: u32,
    pub delivered: u32,
    /// Of these, the store was told, so it counts them as shipped too.
    pub told: u32,
    pub first_seen: AsOf,
    pub last_seen: AsOf,
}

/// The store's own line id, or SKU (title where there is none) and ordinal within the order.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub enum LineKey {
    External(String),
    Ordinal(String, u32),
}

impl LineKey {
    /// Keys for the lines of one source, in order.
    pub fn of(lines: &[IncomingLine]) -> Vec<Self> {
        let name = |line: &IncomingLine| if line.sku.is_empty() { line.title.clone() } else { line.sku.clone() };
        lines
            .iter()
            .enumerate()
            .map(|(i, line)| match &line.external_id {
                Some(id) => Self::External(id.clone()),
                None => {
                    let earlier =
                        lines[..i].iter().filter(|l| l.external_id.is_none() && name(l) == name(line)).count();
                    Self::Ordinal(name(line), u32::try_from(earlier).unwrap_or(u32::MAX).saturating_add(1))
                }
            })
            .collect()
    }

    /// One text for the database; the two kinds never collide.
    pub fn to_text(&self) -> String {
        match self {
            Self::External(id) => format!("={id}"),
            Self::Ordinal(name, n) => format!("{n}:{name}"),
        }
    }

    pub fn from_text(text: &str) -> Self {
        match text.strip_prefix('=') {
            Some(id) => Self::External(id.to_owned()),
            None => {
                let (n, name) = text.split_once(':').unwrap_or(("1", text));
                Self::Ordinal(name.to_owned(), n.parse().unwrap_or(1))
            }
        }
    }
}

impl Line {
    /// What the customer has now ordered, after edits and removals.
    pub fn wanted(&self) -> u32 {
        if self.said.cancelled == Some(true) {
            0
        } else {
            self.said.quantity.saturating_sub(self.said.removed.unwrap_or(0))
        }
    }

    pub fn needs_shipping(&self) -> bool {
        self.said.requires_shipping != Some(false)
    }

    /// By others than dsf's suppliers. What dsf told the store was taken out when the store's count came in (`change`):
    /// a count from before a parcel was told does not have that parcel in it.
    pub fn shipped_elsewhere(&self) -> u32 {
        self.said.shipped.unwrap_or(0)
    }

    /// What a person calls the line where it has no SKU.
    pub fn name(&self) -> &str {
        self.said.name()
    }
}

/// The first that applies, in this order.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum State {
    NotPaid,
    Cancelled,
    TestOrder,
    NothingToOrder,
    Ready,
    PartlyOrdered,
    Ordered,
    PartlyShipped,
    Shipped,
    Delivered,
}

impl State {
    pub const ALL: [Self; 10] = [
        Self::NotPaid,
        Self::Cancelled,
        Self::TestOrder,
        Self::NothingToOrder,
        Self::Ready,
        Self::PartlyOrdered,
        Self::Ordered,
        Self::PartlyShipped,
        Self::Shipped,
        Self::Delivered,
    ];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::NotPaid => "not_paid",
            Self::Cancelled => "cancelled",
            Self::TestOrder => "test_order",
            Self::NothingToOrder => "nothing_to_order",
            Self::Ready => "ready",
            Self::PartlyOrdered => "partly_ordered",
            Self::Ordered => "ordered",
            Self::PartlyShipped => "partly_shipped",
            Self::Shipped => "shipped",
            Self::Delivered => "delivered",
        }
    }

    /// Something may still be bought.
    pub fn is_open(self) -> bool {
        matches!(self, Self::Ready | Self::PartlyOrdered)
    }
}

impl fmt::Display for State {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl FromStr for State {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        Self::ALL.into_iter().find(|s| s.as_str() == text).ok_or_else(|| text.to_owned())
    }
}

impl Order {
    /// An order seen for the first time.
    pub fn first(id: OrderId, said: Incoming, as_of: AsOf, now: Timestamp) -> Self {
        let keys = LineKey::of(&said.lines);
        let lines = (1..)
            .zip(said.lines)
            .zip(keys)
            .map(|((position, said), key)| Line::first(position, key, said, as_of))
            .collect();
        let as_of = said.head.is_some().then_some(as_of);
        Self { id, number: said.number, external_id: said.external_id, head: said.head, as_of, imported_at: now, lines }
    }

    pub fn payment(&self) -> Option<&Payment> {
        self.head.as_ref()?.payment.as_ref()
    }

    fn flag(&self, of: impl Fn(&Head) -> Option<bool>) -> bool {
        self.head.as_ref().and_then(of) == Some(true)
    }

    pub fn is_cancelled(&self) -> bool {
        self.flag(|h| h.cancelled)
            || (!self.lines.is_empty() && self.lines.iter().all(|l| l.said.cancelled == Some(true)))
    }

    pub fn is_refunded(&self) -> bool {
        let Some(head) = &self.head else { return false };
        let all_back = matches!((head.refunded, head.total), (Some(r), Some(t)) if r.minor >= t.minor && r.minor > 0);
        head.payment == Some(Payment::Refunded) || all_back
    }

    /// Paid, at least in part, with nothing that stops the whole order.
    fn may_be_bought(&self) -> bool {
        let paid = matches!(self.payment(), Some(Payment::Paid | Payment::PartlyRefunded | Payment::Refunded));
        paid && !self.is_cancelled() && !self.flag(|h| h.test) && !self.is_refunded()
    }

    /// Why nothing of it may be bought any more, or not yet; `None` where it may.
    pub fn stopped(&self) -> Option<String> {
        if self.may_be_bought() && !self.flag(|h| h.fulfilled) {
            return None;
        }
        let refunded = self.is_refunded().then(|| "refunded".to_owned());
        let reason = self.state_reason().or(refunded);
        Some(reason.unwrap_or_else(|| "the store calls it shipped".to_owned()))
    }

    /// What may still be bought of one line. The rule of design §1: never more than the customer still waits for.
    pub fn orderable(&self, line: &Line) -> u32 {
        if !self.may_be_bought() || !line.needs_shipping() || self.flag(|h| h.fulfilled) {
            return 0;
        }
        line.wanted().saturating_sub(line.bought).saturating_sub(line.shipped_elsewhere())
    }

    /// Pieces that someone must send for this order, bought or not.
    pub fn to_send(&self, line: &Line) -> u32 {
        if line.needs_shipping() && !self.is_refunded() { line.wanted() } else { 0 }
    }

    pub fn state(&self) -> State {
        let paid = matches!(self.payment(), Some(Payment::Paid | Payment::PartlyRefunded | Payment::Refunded));
        if !paid {
            return State::NotPaid;
        }
        if self.is_cancelled() {
            return State::Cancelled;
        }
        if self.flag(|h| h.test) {
            return State::TestOrder;
        }
        let sum = |of: &dyn Fn(&Line) -> u32| self.lines.iter().map(of).fold(0_u32, u32::saturating_add);
        let to_send = sum(&|l| self.to_send(l));
        let bought = sum(&|l| l.bought);
        let orderable = sum(&|l| self.orderable(l));
        let shipped = if self.flag(|h| h.fulfilled) { to_send } else { sum(&|l| l.shipped + l.shipped_elsewhere()) };
        let delivered = sum(&|l| l.delivered);
        match () {
            () if to_send == 0 && bought == 0 => State::NothingToOrder,
            () if orderable > 0 && bought == 0 => State::Ready,
            () if orderable > 0 => State::PartlyOrdered,
            () if shipped == 0 => State::Ordered,
            () if shipped < to_send => State::PartlyShipped,
            () if delivered < to_send => State::Shipped,
            () => State::Delivered,
        }
    }

    /// Why nothing of this order is bought, in the person's words; `None` where something is.
    pub fn state_reason(&self) -> Option<String> {
        match (self.state(), self.payment()) {
            (State::NotPaid, Some(Payment::NotPaid(word))) => Some(format!("payment is \"{word}\"")),
            (State::NotPaid, Some(Payment::Unknown(word))) => Some(format!("payment status \"{word}\" is not known")),
            (State::NotPaid, _) => Some("the source does not say that it was paid".to_owned()),
            (State::Cancelled, _) => Some("cancelled in the store".to_owned()),
            (State::TestOrder, _) => Some("a test order".to_owned()),
            (State::NothingToOrder, _) if self.is_refunded() => Some("refunded".to_owned()),
            (State::NothingToOrder, _) if self.lines.iter().all(|l| !l.needs_shipping()) => {
                Some("nothing in it is shipped".to_owned())
            }
            (State::NothingToOrder, _) => Some("everything was removed or refunded".to_owned()),
            _ => None,
        }
    }
}

impl Line {
    pub fn first(position: u32, key: LineKey, said: IncomingLine, as_of: AsOf) -> Self {
        Self { position, key, said, bought: 0, shipped: 0, delivered: 0, told: 0, first_seen: as_of, last_seen: as_of }
    }
}

#[cfg(test)]
pub mod tests {
    use super::*;
    use crate::core::address::Address;

    pub fn as_of(seconds: i64) -> AsOf {
        AsOf {
            newest: Some(Timestamp::from_second(seconds).unwrap()),
            modified: Timestamp::from_second(seconds).unwrap(),
        }
    }

    pub fn line(sku: &str, quantity: u32) -> IncomingLine {
        IncomingLine { sku: sku.into(), title: format!("The {sku}"), quantity, ..IncomingLine::default() }
    }

    pub fn paid(number: &str, lines: Vec<IncomingLine>) -> Incoming {
        let ship_to = Address {
            name: "Nora Testwell".into(),
            line1: "12 Sample Ln".into(),
            city: "Exampleton".into(),
            region: "MA".into(),
            postcode: "02139".into(),
            country: "US".into(),
            ..Address::default()
        };
        let head = Head { payment: Some(Payment::Paid), ship_to: Some(ship_to), ..Head::default() };
        let external_id = Some(format!("ext-{number}"));
        Incoming { number: number.into(), external_id, head: Some(head), lines, row: 2, rows: 1 }
    }

    pub fn order(said: Incoming) -> Order {
        let id = OrderId::new("us".parse().unwrap(), &said.number, 1);
        Order::first(id, said, as_of(1000), Timestamp::from_second(2000).unwrap())
    }

    fn state_of(change: impl Fn(&mut Head, &mut Vec<IncomingLine>)) -> State {
        let mut said = paid("1", vec![line("A", 2), line("B", 1)]);
        let mut head = said.head.take().unwrap();
        change(&mut head, &mut said.lines);
        said.head = Some(head);
        order(said).state()
    }

    #[test]
    fn the_first_state_that_applies() {
        assert_eq!(state_of(|_, _| ()), State::Ready);
        assert_eq!(state_of(|h, _| h.payment = Some(Payment::NotPaid("pending".into()))), State::NotPaid);
        assert_eq!(state_of(|h, _| h.payment = Some(Payment::Unknown("weird".into()))), State::NotPaid);
        assert_eq!(state_of(|h, _| h.payment = None), State::NotPaid);
        assert_eq!(state_of(|h, _| h.payment = Some(Payment::Refunded)), State::NothingToOrder);
        assert_eq!(state_of(|h, _| h.cancelled = Some(true)), State::Cancelled);
        assert_eq!(state_of(|h, _| h.test = Some(true)), State::TestOrder);
        assert_eq!(state_of(|h, _| h.fulfilled = Some(true)), State::Shipped);
        assert_eq!(
            state_of(|_, l| l.iter_mut().for_each(|l| l.requires_shipping = Some(false))),
            State::NothingToOrder
        );
        assert_eq!(state_of(|_, l| l[0].shipped = Some(2)), State::Ready);
        assert_eq!(state_of(|_, l| l.iter_mut().for_each(|l| l.shipped = Some(l.quantity))), State::Shipped);
    }

    #[test]
    fn tv3_a_removed_line_keeps_its_quantity_and_is_not_bought() {
        let mut edited_out = line("A", 1);
        edited_out.removed = Some(1);
        let order = order(paid("1", vec![edited_out, line("B", 1)]));
        assert_eq!(order.orderable(&order.lines[0]), 0);
        assert_eq!(order.orderable(&order.lines[1]), 1);
    }

    #[test]
    fn tv4_one_of_two_refunded_leaves_one() {
        let mut refunded = line("A", 2);
        refunded.removed = Some(1);
        let order = order(paid("1", vec![refunded]));
        assert_eq!(order.orderable(&order.lines[0]), 1);
    }

    #[test]
    fn tv8_the_same_sku_twice_is_two_lines() {
        let mut order = order(paid("1", vec![line("A", 1), line("A", 1)]));
        order.lines[0].said.shipped = Some(1);
        assert_ne!(order.lines[0].key, order.lines[1].key);
        assert_eq!((order.orderable(&order.lines[0]), order.orderable(&order.lines[1])), (0, 1));
    }

    #[test]
    fn line_keys_survive_the_database() {
        for key in [LineKey::External("1:2".into()), LineKey::Ordinal("=A:1".into(), 2)] {
            assert_eq!(LineKey::from_text(&key.to_text()), key);
        }
    }
}
