//! Which orders of a supplier's own are one purchase order, as it tells later: after a split, or where accepting names none.

use rusqlite::params;

use super::purchases::Kept;
use super::{Db, Result};
use crate::core::sending::Recorded;

impl Db {
    /// Adds the orders that the supplier names now; none that was known before is forgotten.
    pub fn keep_supplier_orders(&mut self, kept: &Kept, recorded: &[Recorded]) -> Result<()> {
        let change = self.sql.transaction()?;
        for order in recorded {
            let asks = order.asks;
            change.execute(
                "INSERT INTO supplier_order (purchase_order, supplier_id, asks, asks_currency) VALUES (?1, ?2, ?3, ?4) \
                 ON CONFLICT DO NOTHING",
                params![
                    kept.row,
                    order.supplier_order,
                    asks.map(|a| a.minor),
                    asks.as_ref().map(|a| a.currency.code())
                ],
            )?;
        }
        change.commit()?;
        Ok(())
    }

    /// A purchase order of another order that the same supplier knows under this number.
    pub fn other_with_number(&self, kept: &Kept, number: &str) -> Result<Option<Kept>> {
        let found = self.kept(
            "p.supplier = ?1 AND p.order_id <> (SELECT order_id FROM purchase_order WHERE id = ?2) \
             AND p.id IN (SELECT purchase_order FROM supplier_order WHERE supplier_id = ?3)",
            &[&kept.supplier, &kept.row, &number],
        )?;
        Ok(found.into_iter().next())
    }

    /// The supplier's own ids of a purchase order.
    pub fn supplier_orders(&self, purchase_order: i64) -> Result<Vec<String>> {
        let mut query = self
            .sql
            .prepare_cached("SELECT supplier_id FROM supplier_order WHERE purchase_order = ?1 ORDER BY supplier_id")?;
        let rows = query.query_map([purchase_order], |r| r.get(0))?;
        Ok(rows.collect::<std::result::Result<_, _>>()?)
    }
}
