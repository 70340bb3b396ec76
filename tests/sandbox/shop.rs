//! What a test says to any sandbox store, in words that all of them understand.

use jiff::Timestamp;

/// An order as a customer placed it.
#[derive(Clone, Debug)]
pub struct Sale {
    /// The store's own key and, where it has no other, the number.
    pub id: String,
    pub lines: Vec<Sold>,
    pub changed_at: Timestamp,
    pub paid: bool,
}

#[derive(Clone, Debug)]
pub struct Sold {
    pub id: String,
    pub sku: &'static str,
    pub title: &'static str,
    pub quantity: u32,
    /// For one.
    pub cents: u32,
}

/// A parcel that the store was told of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Told {
    pub tracking: String,
    pub carrier: String,
    /// Empty where the store does not count lines.
    pub lines: Vec<(String, u32)>,
}

pub trait Shop: Send + Sync {
    fn sell(&self, sale: &Sale);
    /// Name, street and phone come as nothing, as without the permission.
    fn withhold(&self, id: &str);
    fn cancel(&self, id: &str);
    /// All of the money goes back.
    fn refund(&self, id: &str);
    fn told(&self, id: &str) -> Vec<Told>;
    /// The access tokens given so far are worth nothing any more.
    fn expire_tokens(&self) {}
}

impl Sale {
    /// Two lamps and a cable; every `id` is another invented order.
    pub fn of(id: &str, changed_at: Timestamp) -> Self {
        let line = |n: u32, sku, title, quantity, cents| Sold { id: format!("{id}{n}"), sku, title, quantity, cents };
        let lines = vec![line(1, "LAMP-BK", "Desk lamp", 2, 1999), line(2, "CABLE", "Cable", 1, 500)];
        Self { id: id.to_owned(), lines, changed_at, paid: true }
    }

    pub fn cents(&self) -> u32 {
        self.lines.iter().map(|l| l.cents * l.quantity).sum()
    }
}

pub fn amount(cents: u32) -> String {
    format!("{}.{:02}", cents / 100, cents % 100)
}

/// Who all of these are sent to.
pub const NAME: &str = "Nora Testwell";
pub const LINE1: &str = "12 Sample Ln";
pub const LINE2: &str = "Apt 4";
pub const CITY: &str = "Exampleton";
pub const REGION: &str = "MA";
pub const POSTCODE: &str = "02139";
pub const PHONE: &str = "+16175550100";
