//! Steps of a cancellation, and the holds that end with it.

use rusqlite::params;

use super::purchases::{Kept, step};
use super::{Cause, Db, DbError, Result, purchases};
use crate::core::plan::changed_after_purchase;
use crate::core::purchase::PurchaseState;

impl Db {
    /// Takes one step, with its line in the log.
    pub fn take_step(&mut self, kept: &Kept, to: PurchaseState, cause: Cause) -> Result<()> {
        let change = self.sql.savepoint()?;
        step(&change, kept.row, kept.state, to, cause)?;
        change.commit()?;
        Ok(())
    }

    /// Asked to be cancelled, and not known to be.
    pub fn cancelling(&self) -> Result<Vec<Kept>> {
        self.kept_where("p.state = 'cancel_asked'")
    }

    /// What it was before it was asked to be cancelled.
    pub fn before_cancelling(&self, kept: &Kept) -> Result<PurchaseState> {
        let old: String = self.sql.query_row(
            "SELECT old FROM purchase_step WHERE purchase_order = ?1 AND new = 'cancel_asked' ORDER BY id DESC LIMIT 1",
            [kept.row],
            |r| r.get(0),
        )?;
        old.parse().map_err(|value| DbError::Damaged { what: "purchase order state", value })
    }

    /// Holds that were about this purchase order, and the one about a changed order once nothing of it is out any more.
    pub fn lift_holds_of(&mut self, kept: &Kept) -> Result<()> {
        let Some(found) = self.order(&kept.id.order)? else { return Ok(()) };
        let change = self.sql.savepoint()?;
        change.execute(
            "DELETE FROM standing_hold WHERE order_id = ?1 AND ((code IN ('RECORDED_MISMATCH', 'CANCELLED_BY_SUPPLIER') AND evidence = ?2) \
             OR (code = 'CHARGE_DIFFERS' AND substr(evidence, 1, length(?2) + 1) = ?2 || ' '))",
            params![found.row, kept.reference.as_str()],
        )?;
        let left = purchases::purchases(&change, found.row, &kept.id.order)?;
        if changed_after_purchase(&found.order, &left).is_none() {
            change.execute(
                "DELETE FROM standing_hold WHERE order_id = ?1 AND code = 'CHANGED_AFTER_PO'",
                params![found.row],
            )?;
        }
        change.commit()?;
        Ok(())
    }
}
