//! A supplier's words for where an order stands, as a table: its word, ours, one a line. What stands in no table stays
//! unknown.

use crate::core::sending::SupplierStatus;

pub struct Statuses(Vec<(&'static str, SupplierStatus)>);

impl Statuses {
    /// Lines that begin with `#` are comments; a line whose second word is none of ours is none.
    pub fn read(table: &'static str) -> Self {
        let row = |line: &'static str| {
            let mut cells = line.split('\t');
            let (theirs, ours) = (cells.next()?, cells.next()?);
            let status = match ours {
                "unpaid" => SupplierStatus::Unpaid,
                "paid" => SupplierStatus::Paid,
                "shipped" => SupplierStatus::Shipped,
                "delivered" => SupplierStatus::Delivered,
                "cancelled" => SupplierStatus::Cancelled,
                _ => return None,
            };
            Some((theirs, status))
        };
        Self(table.lines().filter(|l| !l.starts_with('#')).filter_map(row).collect())
    }

    /// By the exact word.
    pub fn of(&self, theirs: &str) -> SupplierStatus {
        let known = self.0.iter().find(|(word, _)| *word == theirs).map(|(_, status)| status.clone());
        known.unwrap_or_else(|| SupplierStatus::Unknown(theirs.to_owned()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_table_makes_news() {
        let table = Statuses::read("# a comment\nIN_CART\tunpaid\tin the cart\nSHIPPED\tshipped\nODD\tperhaps\n");
        assert_eq!((table.of("IN_CART"), table.of("SHIPPED")), (SupplierStatus::Unpaid, SupplierStatus::Shipped));
        for word in ["ODD", "shipped", "# a comment", ""] {
            assert_eq!(table.of(word), SupplierStatus::Unknown(word.to_owned()));
        }
    }
}
