//! Exit codes, and the one place that gives an error its code, name and hint.

use std::fmt;

use crate::config::ConfigError;
use crate::core::ids::IdError;
use crate::core::sending::AskError;
use crate::db::DbError;
use crate::files::Unreadable;
use crate::flow::import::PullFailure;
use crate::flow::parcels::ClaimError;
use crate::flow::send_error::SendError;
use crate::flow::sync_error::SyncError;
use crate::flow::track_import::ImportError as TrackImportError;
use crate::lock::LockError;
use crate::secret::SecretError;
use crate::store::FileProblem;
use crate::store::api::{BuildError as StoreBuildError, PullError};
use crate::supplier::api::BuildError;

/// What a script or cron reads. The worst that happened in a run wins.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Exit {
    Done = 0,
    Failed = 1,
    Usage = 2,
    /// Done, but something was rejected or newly held, or what was named is held.
    Partly = 3,
    KeyRefused = 4,
    PlanChanged = 5,
    /// No config or database yet.
    NotSetUp = 10,
    Busy = 11,
    /// The outcome of at least one sent order is unknown.
    Unknown = 20,
    Interrupted = 130,
}

impl Exit {
    pub fn code(self) -> u8 {
        self as u8
    }

    pub fn name(self) -> &'static str {
        match self {
            Self::Done => "done",
            Self::Failed => "failed",
            Self::Usage => "usage",
            Self::Partly => "partly",
            Self::KeyRefused => "key_refused",
            Self::PlanChanged => "plan_changed",
            Self::NotSetUp => "not_set_up",
            Self::Busy => "busy",
            Self::Unknown => "unknown",
            Self::Interrupted => "interrupted",
        }
    }

    /// The worse of two: 20, 1, 4, 3, then the rest.
    #[must_use]
    pub fn worse(self, other: Self) -> Self {
        let rank = |e: Self| match e {
            Self::Unknown => 5,
            Self::Failed => 4,
            Self::KeyRefused => 3,
            Self::Partly => 2,
            Self::Done => 0,
            _ => 1,
        };
        if rank(other) > rank(self) { other } else { self }
    }
}

/// An error that a command words itself, with its code and the next step.
#[derive(Debug)]
pub struct Failure {
    pub exit: Exit,
    pub message: String,
    pub hint: String,
}

impl Failure {
    /// For `anyhow`: `return Err(Failure::new(Exit::Usage, "…", "…"))`.
    #[allow(clippy::new_ret_no_self)]
    pub fn new(exit: Exit, message: impl Into<String>, hint: impl Into<String>) -> anyhow::Error {
        anyhow::Error::new(Self { exit, message: message.into(), hint: hint.into() })
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for Failure {}

/// An error as it is shown: code, message on one line, hint.
pub struct Report {
    pub exit: Exit,
    pub message: String,
    pub hint: Option<String>,
}

/// Reads the kind of an error off its chain; no text is looked at.
pub fn report(error: &anyhow::Error) -> Report {
    let mut message = String::new();
    for cause in error.chain().map(ToString::to_string) {
        // Some causes stand in the words of what they caused.
        if message.is_empty() {
            message = cause;
        } else if !message.ends_with(&cause) {
            message = format!("{message}: {cause}");
        }
    }
    let (exit, hint) = error.chain().find_map(kind).unwrap_or((Exit::Failed, None));
    Report { exit, message, hint }
}

fn kind(cause: &(dyn std::error::Error + 'static)) -> Option<(Exit, Option<String>)> {
    if let Some(failure) = cause.downcast_ref::<Failure>() {
        return Some((failure.exit, Some(failure.hint.clone()).filter(|h| !h.is_empty())));
    }
    if let Some(error) = cause.downcast_ref::<ConfigError>() {
        let exit = if matches!(error, ConfigError::Missing(_)) { Exit::NotSetUp } else { Exit::Failed };
        return Some((exit, error.hint()));
    }
    if let Some(error) = cause.downcast_ref::<DbError>() {
        let exit = if matches!(error, DbError::Missing(_)) { Exit::NotSetUp } else { Exit::Failed };
        return Some((exit, error.hint()));
    }
    if let Some(error) = cause.downcast_ref::<LockError>() {
        let exit = if matches!(error, LockError::Busy { .. }) { Exit::Busy } else { Exit::Failed };
        return Some((exit, error.hint()));
    }
    if let Some(error) = cause.downcast_ref::<SendError>() {
        let key =
            matches!(error, SendError::Build(BuildError::Secret(_)) | SendError::Store(StoreBuildError::Secret(_)));
        return Some((if key { Exit::KeyRefused } else { Exit::Failed }, error.hint()));
    }
    if let Some(error) = cause.downcast_ref::<SyncError>() {
        return Some((if error.is_key() { Exit::KeyRefused } else { Exit::Failed }, error.hint()));
    }
    if let Some(error) = cause.downcast_ref::<TrackImportError>() {
        let exit = match error {
            TrackImportError::Db(DbError::Missing(_)) => Exit::NotSetUp,
            TrackImportError::BadMap { .. } | TrackImportError::NoField { .. } => Exit::Usage,
            _ => Exit::Failed,
        };
        return Some((exit, error.hint()));
    }
    if let Some(error) = cause.downcast_ref::<ClaimError>() {
        return Some((Exit::Failed, error.hint()));
    }
    if let Some(error) = cause.downcast_ref::<PullFailure>() {
        let key = matches!(
            error,
            PullFailure::Build(StoreBuildError::Secret(_))
                | PullFailure::Store { why: PullError::Ask(AskError::KeyRefused(_)), .. }
        );
        return Some((if key { Exit::KeyRefused } else { Exit::Failed }, error.hint()));
    }
    if let Some(error) = cause.downcast_ref::<StoreBuildError>() {
        let key = matches!(error, StoreBuildError::Secret(_));
        return Some((if key { Exit::KeyRefused } else { Exit::Failed }, error.hint()));
    }
    if let Some(error) = cause.downcast_ref::<BuildError>() {
        return Some(match error {
            BuildError::Secret(secret) => (Exit::KeyRefused, Some(secret.hint())),
            _ => (Exit::Failed, Some("look at this supplier in the config".to_owned())),
        });
    }
    if let Some(error) = cause.downcast_ref::<SecretError>() {
        return Some((Exit::KeyRefused, Some(error.hint())));
    }
    if let Some(AskError::KeyRefused(_)) = cause.downcast_ref::<AskError>() {
        return Some((Exit::KeyRefused, None));
    }
    if let Some(error) = cause.downcast_ref::<FileProblem>() {
        return Some((Exit::Failed, Some(error.hint())));
    }
    if let Some(error) = cause.downcast_ref::<Unreadable>() {
        return Some((Exit::Failed, Some(error.hint())));
    }
    if cause.downcast_ref::<std::io::Error>().is_some() {
        return Some((Exit::Failed, Some("look at the file, its folder and their rights".to_owned())));
    }
    cause.downcast_ref::<IdError>().map(|error| (Exit::Usage, Some(error.hint().to_owned())))
}

/// True when the reader of our output went away, as `head` does: that is no error.
pub fn is_broken_pipe(error: &anyhow::Error) -> bool {
    error
        .chain()
        .any(|cause| cause.downcast_ref::<std::io::Error>().is_some_and(|e| e.kind() == std::io::ErrorKind::BrokenPipe))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_worst_code_wins_in_the_order_of_the_contract() {
        let order = [Exit::Unknown, Exit::Failed, Exit::KeyRefused, Exit::Partly, Exit::Done];
        for pair in order.windows(2) {
            assert_eq!(pair[0].worse(pair[1]), pair[0]);
            assert_eq!(pair[1].worse(pair[0]), pair[0]);
        }
    }

    #[test]
    fn the_kind_is_found_through_added_context() {
        let error =
            Failure::new(Exit::PlanChanged, "the plan is another one", "dsf fulfill --dry-run").context("fulfill");
        let report = report(&error);
        assert_eq!(report.exit, Exit::PlanChanged);
        assert_eq!(report.message, "fulfill: the plan is another one");
        assert_eq!(report.hint.as_deref(), Some("dsf fulfill --dry-run"));
    }
}
