//! Purchase orders that parcels are still expected of, found by indexes that history does not lengthen.

use jiff::Timestamp;

use super::parcels::{Left, left, seconds};
use super::{Db, Kept, Result};

/// A purchase order, the row of its order, when the customer ordered, and the units that are in no parcel.
pub type Awaited = (Kept, i64, Option<Timestamp>, u32);

impl Db {
    /// Purchase orders that are out, of orders that wait for parcels: with when the customer ordered and the units that are in no
    /// parcel.
    pub fn awaited(&self) -> Result<Vec<Awaited>> {
        let mut query = self.sql.prepare_cached(
            "SELECT p.id, o.id, o.placed_at FROM orders o INDEXED BY orders_awaited JOIN purchase_order p ON p.order_id = o.id \
             WHERE o.state IN ('partly_ordered', 'ordered', 'partly_shipped') \
             AND p.state IN ('handed_off', 'placed', 'paid', 'cancel_asked') ORDER BY p.id",
        )?;
        let mut rows = query.query([])?;
        let mut found = vec![];
        while let Some(r) = rows.next()? {
            let (row, order, placed_at): (i64, i64, Option<i64>) = (r.get(0)?, r.get(1)?, r.get(2)?);
            let missing = left(&self.sql, row)?.iter().map(Left::remaining).sum();
            let kept = self.kept_where(&format!("p.id = {row}"))?;
            let placed_at = placed_at.map(seconds).transpose()?;
            found.extend(kept.into_iter().map(|kept| (kept, order, placed_at, missing)));
        }
        Ok(found)
    }

    /// Purchase orders that are out and not delivered.
    pub fn outstanding(&self) -> Result<Vec<Kept>> {
        self.kept_where("p.state IN ('handed_off', 'placed', 'paid', 'shipped', 'cancel_asked')")
    }
}
