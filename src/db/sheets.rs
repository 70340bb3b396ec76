//! Sheets handed off: committed before the file gets its name, marked once it has it.

use rusqlite::params;

use super::purchases::{attempt, insert};
use super::{Cause, Db, Result};
use crate::core::plan::PlannedOrder;
use crate::core::purchase::PurchaseState;

/// A sheet about to get its name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewSheet {
    pub supplier: String,
    pub path: String,
    pub temporary: String,
    pub sha256: String,
}

impl Db {
    /// Commits sheets with every purchase order in them as handed off, the files still under their temporary names, together
    /// with the drafts of the same orders for other suppliers: a crash leaves all of an order's parts, or none.
    pub fn hand_off(
        &mut self,
        sheets: &[(NewSheet, Vec<(PlannedOrder, String)>)],
        drafts: &[(PlannedOrder, Vec<u8>)],
        batch: &str,
        cause: Cause,
    ) -> Result<()> {
        let change = self.sql.transaction()?;
        for (sheet, planned) in sheets {
            change.execute(
                "INSERT INTO sheet (supplier, path, temporary, sha256, made_at) VALUES (?1, ?2, ?3, ?4, ?5)",
                params![sheet.supplier, sheet.path, sheet.temporary, sheet.sha256, cause.now.to_string()],
            )?;
            let id = change.last_insert_rowid();
            for (po, check_code) in planned {
                let row = insert(&change, po, batch, PurchaseState::HandedOff, check_code, cause)?;
                change.execute("UPDATE purchase_order SET sheet = ?2 WHERE id = ?1", params![row, id])?;
            }
        }
        let saved = Cause { why: "saved beside the sheet of the same order", ..cause };
        for (po, body) in drafts {
            let row = insert(&change, po, batch, PurchaseState::Draft, "", saved)?;
            attempt(&change, row, body, cause.now)?;
        }
        change.commit()?;
        Ok(())
    }

    /// Sheets that were committed and have not got their name yet.
    pub fn unnamed_sheets(&self) -> Result<Vec<NewSheet>> {
        let mut query = self
            .sql
            .prepare_cached("SELECT supplier, path, temporary, sha256 FROM sheet WHERE named = 0 ORDER BY id")?;
        let rows = query.query_map([], |r| {
            Ok(NewSheet { supplier: r.get(0)?, path: r.get(1)?, temporary: r.get(2)?, sha256: r.get(3)? })
        })?;
        Ok(rows.collect::<std::result::Result<_, _>>()?)
    }

    pub fn sheet_is_named(&self, path: &str) -> Result<()> {
        self.sql.execute("UPDATE sheet SET named = 1 WHERE path = ?1", [path])?;
        Ok(())
    }

    /// True when a sheet of that name was ever handed off: names are not used twice.
    pub fn knows_sheet(&self, path: &str) -> Result<bool> {
        Ok(self.sql.prepare_cached("SELECT 1 FROM sheet WHERE path = ?1")?.exists([path])?)
    }
}
