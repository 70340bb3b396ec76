//! A secret: where the config says it is kept, and a value that no log, error or trace can show.

use std::fmt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use thiserror::Error;

/// Shown as `[secret]` wherever it is printed; only [`Secret::expose`] gives it away.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(String);

impl Secret {
    pub fn new(value: impl Into<String>) -> Self {
        Self(value.into())
    }

    /// For a request alone.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[secret]")
    }
}

impl fmt::Display for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[secret]")
    }
}

/// Names the key of the config and where it pointed, never the value. Exit 4.
#[derive(Debug, Error, PartialEq, Eq)]
pub enum SecretError {
    #[error("{key} is not set")]
    NotSet { key: String },
    #[error("{key}_env: the environment has no {name}")]
    NoVariable { key: String, name: String },
    #[error("{key}_file: {path}: {why}")]
    File { key: String, path: String, why: String },
    #[error("{key}_command: {why}")]
    Command { key: String, why: String },
    #[error("{key}: what was found is empty or has several lines")]
    NotOneLine { key: String },
}

impl SecretError {
    pub fn hint(&self) -> String {
        match self {
            Self::NotSet { key } => {
                let name = key.rsplit('.').next().unwrap_or(key);
                format!("set {name}_env, {name}_file or {name}_command in the config")
            }
            Self::NoVariable { name, .. } => format!("export {name}=…"),
            Self::File { .. } | Self::Command { .. } | Self::NotOneLine { .. } => {
                "look at that line of the config".to_owned()
            }
        }
    }
}

/// The three places where a config may say a secret is kept; the first that is set counts.
#[derive(Clone, Copy, Debug, Default)]
pub struct Kept<'a> {
    pub env: Option<&'a str>,
    pub file: Option<&'a str>,
    pub command: Option<&'a str>,
}

impl Kept<'_> {
    pub fn is_set(&self) -> bool {
        self.env.is_some() || self.file.is_some() || self.command.is_some()
    }

    /// `key` is the place in the config without its ending: `supplier.cj.api_key`.
    ///
    /// # Errors
    /// Nothing is set, or what is set leads to no single line of text.
    pub fn read(&self, key: &str) -> Result<Secret, SecretError> {
        let own = || key.to_owned();
        let raw = if let Some(name) = self.env {
            std::env::var(name).map_err(|_| SecretError::NoVariable { key: own(), name: name.to_owned() })?
        } else if let Some(path) = self.file {
            std::fs::read_to_string(home_expanded(path)).map_err(|e| SecretError::File {
                key: own(),
                path: path.to_owned(),
                why: e.to_string(),
            })?
        } else if let Some(command) = self.command {
            printed_by(command).map_err(|why| SecretError::Command { key: own(), why })?
        } else {
            return Err(SecretError::NotSet { key: own() });
        };
        let value = raw.strip_suffix('\n').unwrap_or(&raw);
        let value = value.strip_suffix('\r').unwrap_or(value);
        if value.trim().is_empty() || value.contains(['\n', '\r', '\0']) {
            return Err(SecretError::NotOneLine { key: own() });
        }
        Ok(Secret::new(value))
    }
}

/// `~/x` below the home folder; everything else as it is.
pub fn home_expanded(path: &str) -> PathBuf {
    match (path.strip_prefix("~/"), std::env::home_dir()) {
        (Some(rest), Some(home)) => home.join(rest),
        _ => Path::new(path).to_owned(),
    }
}

/// A password manager may ask on the terminal: only its output is ours.
fn printed_by(command: &str) -> Result<String, String> {
    let output =
        Command::new("sh").args(["-c", command]).stderr(Stdio::inherit()).output().map_err(|e| e.to_string())?;
    if !output.status.success() {
        return Err(format!("the command ended with {}", output.status));
    }
    String::from_utf8(output.stdout).map_err(|_| "the command printed no text".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn by_command(command: &str) -> Result<Secret, SecretError> {
        Kept { command: Some(command), ..Kept::default() }.read("supplier.cj.api_key")
    }

    #[test]
    fn a_secret_is_read_whole_and_never_shown() {
        let secret = by_command("printf 'k=ey \\n'").unwrap();
        assert_eq!(secret.expose(), "k=ey ");
        assert_eq!(format!("{secret} {secret:?}"), "[secret] [secret]");
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("key");
        std::fs::write(&path, "abc\r\n").unwrap();
        let kept = Kept { file: path.to_str(), ..Kept::default() };
        assert_eq!(kept.read("x").unwrap().expose(), "abc");
    }

    #[test]
    fn what_is_missing_is_named_by_its_key() {
        let error = Kept::default().read("supplier.cj.api_key").unwrap_err();
        assert_eq!(error.to_string(), "supplier.cj.api_key is not set");
        assert_eq!(error.hint(), "set api_key_env, api_key_file or api_key_command in the config");
        let kept = Kept { env: Some("DSF_TEST_NO_SUCH_VARIABLE"), ..Kept::default() };
        assert!(kept.read("x").unwrap_err().to_string().contains("DSF_TEST_NO_SUCH_VARIABLE"));
        assert!(
            matches!(by_command("printf hidden; exit 3"), Err(SecretError::Command { why, .. }) if !why.contains("hidden"))
        );
        assert!(matches!(by_command("true"), Err(SecretError::NotOneLine { .. })));
    }
}
