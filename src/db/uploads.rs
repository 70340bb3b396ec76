//! Files for stores without an API: committed with every push in them before the file gets its name.

use rusqlite::params;

use super::pushes::step_push;
use super::{Cause, Db, KeptPush, PushStep, Result};
use crate::core::push_state::PushState;

/// An upload file about to get its name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewUpload {
    pub store: String,
    pub template: String,
    pub path: String,
    pub temporary: String,
}

impl Db {
    /// Commits a file and the pushes in it as sent; it still has its temporary name.
    pub fn write_upload(
        &mut self,
        upload: &NewUpload,
        pushes: &[(KeptPush, Vec<(u32, u32)>)],
        cause: Cause,
    ) -> Result<()> {
        let change = self.sql.transaction()?;
        change.execute(
            "INSERT INTO upload (store, template, path, temporary, made_at) VALUES (?1, ?2, ?3, ?4, ?5)",
            params![upload.store, upload.template, upload.path, upload.temporary, cause.now.to_string()],
        )?;
        for (push, lines) in pushes {
            let step = PushStep {
                why: "in an upload file",
                channel: Some(&upload.template),
                store_id: Some(&upload.path),
                lines: Some(lines),
                ..PushStep::default()
            };
            step_push(&change, push, PushState::Sent, &step, cause)?;
        }
        change.commit()?;
        Ok(())
    }

    pub fn unnamed_uploads(&self) -> Result<Vec<NewUpload>> {
        let mut query = self
            .sql
            .prepare_cached("SELECT store, template, path, temporary FROM upload WHERE named = 0 ORDER BY id")?;
        let rows = query.query_map([], |r| {
            Ok(NewUpload { store: r.get(0)?, template: r.get(1)?, path: r.get(2)?, temporary: r.get(3)? })
        })?;
        Ok(rows.collect::<std::result::Result<_, _>>()?)
    }

    /// The file has its name: what is in it is told, as far as dsf can.
    pub fn upload_is_named(&mut self, path: &str, cause: Cause) -> Result<()> {
        self.end_upload(path, PushState::Done, "in an upload file", cause)
    }

    /// Neither the file nor its temporary form is there: somebody may have taken and uploaded it.
    pub fn upload_is_missing(&mut self, path: &str, cause: Cause) -> Result<()> {
        self.end_upload(path, PushState::Unknown, &format!("{path} was written and is not there"), cause)
    }

    fn end_upload(&mut self, path: &str, to: PushState, why: &str, cause: Cause) -> Result<()> {
        let code = if to == PushState::Unknown { "UPLOAD_MISSING" } else { "" };
        let pushes = self.open_pushes()?;
        let change = self.sql.transaction()?;
        for push in pushes.iter().filter(|p| p.state == PushState::Sent && p.store_id == path) {
            step_push(&change, push, to, &PushStep { code, why, ..PushStep::default() }, cause)?;
        }
        change.execute("UPDATE upload SET named = 1 WHERE path = ?1", [path])?;
        change.commit()?;
        Ok(())
    }

    /// True when a file of that name was ever written: names are not used twice.
    pub fn knows_upload(&self, path: &str) -> Result<bool> {
        Ok(self.sql.prepare_cached("SELECT 1 FROM upload WHERE path = ?1")?.exists([path])?)
    }
}
