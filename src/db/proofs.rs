//! The recorded proofs: what suppliers said they recorded, compared with the order. Append-only.

use jiff::Timestamp;
use rusqlite::{OptionalExtension, params};

use super::{Db, Kept, Result};
use crate::core::hold::Hold;

impl Db {
    /// Keeps what the supplier recorded, compared; a mismatch holds the order as a whole.
    pub fn keep_proof(
        &mut self,
        kept: &Kept,
        verdict: &str,
        fields: &str,
        hold: Option<&Hold>,
        now: Timestamp,
    ) -> Result<()> {
        let change = self.sql.savepoint()?;
        change.execute(
            "INSERT INTO recorded_proof (purchase_order, verdict, fields, at) VALUES (?1, ?2, ?3, ?4)",
            params![kept.row, verdict, fields, now.to_string()],
        )?;
        if let Some(hold) = hold {
            let order: i64 =
                change.query_row("SELECT order_id FROM purchase_order WHERE id = ?1", [kept.row], |r| r.get(0))?;
            super::decisions::put_hold(&change, order, hold, now)?;
        }
        change.commit()?;
        Ok(())
    }

    /// Verdict and fields (JSON) of the newest recorded proof.
    pub fn recorded_proof(&self, purchase_order: i64) -> Result<Option<(String, String)>> {
        Ok(self
            .sql
            .prepare_cached(
                "SELECT verdict, fields FROM recorded_proof WHERE purchase_order = ?1 ORDER BY id DESC LIMIT 1",
            )?
            .query_row([purchase_order], |r| Ok((r.get(0)?, r.get(1)?)))
            .optional()?)
    }
}
