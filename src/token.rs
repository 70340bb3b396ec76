//! Access tokens between runs: one private file an account in the state folder, bound to who got it, and what a person
//! must do to get one. How a token is asked for is each client's.

use std::fs::{self, File, OpenOptions};
use std::io;
use std::path::{Path, PathBuf};

use jiff::Timestamp;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use crate::core::ids::hex;
use crate::core::sending::AskError;
use crate::files::atomic;
use crate::secret::Secret;

const A_DAY: i64 = 24 * 60 * 60;

#[derive(Clone, Debug)]
pub struct Token {
    pub value: Secret,
    pub got_at: Timestamp,
    /// As the other side said; without it, and without a refresh token, the token is not kept beyond this run.
    pub expires_at: Option<Timestamp>,
    pub refresh: Option<Refresh>,
}

/// What a new token is got with when this one ends, without the person.
#[derive(Clone, Debug)]
pub struct Refresh {
    pub value: Secret,
    pub expires_at: Option<Timestamp>,
}

impl Token {
    /// A day before its end it is replaced; one that lives less than two days, at half its life.
    pub fn is_fresh(&self, now: Timestamp) -> bool {
        let Some(expires_at) = self.expires_at else { return true };
        let life = expires_at.as_second().saturating_sub(self.got_at.as_second()).max(0);
        now.as_second() < expires_at.as_second() - A_DAY.min(life / 2)
    }

    /// Whole days until a person must log in again; `None` where nobody said.
    pub fn days_left(&self, now: Timestamp) -> Option<i64> {
        let end = match &self.refresh {
            Some(refresh) => refresh.expires_at,
            None => self.expires_at,
        };
        end.map(|end| (end.as_second().saturating_sub(now.as_second())).max(0) / A_DAY)
    }
}

/// An account that a person must allow in a browser: a link to open, and the code that comes back.
pub trait Consent {
    /// The token that is at hand from an earlier run, fresh or not.
    fn kept(&self) -> Option<Token> {
        None
    }

    /// # Errors
    /// The config lacks what the link needs.
    fn link(&self) -> Result<String, AskError>;

    /// `pasted` is the code, or the whole address that the browser was sent to. Keeps the token and returns it.
    ///
    /// # Errors
    /// The code is refused (exit 4), or nobody answers.
    fn take(&self, pasted: &str) -> Result<Token, AskError>;
}

/// Where the token of one account lies.
#[derive(Clone, Debug)]
pub struct TokenFile {
    path: PathBuf,
    account: String,
}

impl TokenFile {
    /// `side` is `store` or `supplier`, `name` its name in the config. `account` says for whom the token is good: base
    /// URL and key. It is kept as a hash.
    pub fn of(state: &Path, side: &str, name: &str, account: &str) -> Self {
        let account = hex(&Sha256::digest(account.as_bytes())[..16]);
        Self { path: state.join("tokens").join(format!("{side}.{name}.json")), account }
    }

    /// What was kept for this very account; anything else is as good as nothing.
    pub fn load(&self) -> Option<Token> {
        let kept: Value = serde_json::from_slice(&fs::read(&self.path).ok()?).ok()?;
        let text = |key: &str| kept.get(key).and_then(Value::as_str);
        let time = |key: &str| text(key).and_then(|t| t.parse().ok());
        if text("account")? != self.account {
            return None;
        }
        let refresh = text("refresh_token")
            .map(|value| Refresh { value: Secret::new(value), expires_at: time("refresh_expires_at") });
        Some(Token {
            value: Secret::new(text("access_token")?),
            got_at: time("got_at")?,
            expires_at: time("expires_at"),
            refresh,
        })
    }

    /// A token of unknown life is not kept, unless another can be got with it.
    ///
    /// # Errors
    /// It cannot be written. For a token that is asked for with a key that is no reason to stop; a refresh token that
    /// is good for one use only is lost.
    pub fn save(&self, token: &Token) -> io::Result<()> {
        if token.expires_at.is_none() && token.refresh.is_none() {
            return Ok(());
        }
        let time = |t: Option<Timestamp>| t.map(|t| t.to_string());
        let kept = json!({
            "account": self.account,
            "access_token": token.value.expose(),
            "got_at": token.got_at.to_string(),
            "expires_at": time(token.expires_at),
            "refresh_token": token.refresh.as_ref().map(|r| r.value.expose()),
            "refresh_expires_at": time(token.refresh.as_ref().and_then(|r| r.expires_at)),
        });
        self.make_folder()?;
        atomic::write(&self.path, kept.to_string().as_bytes())
    }

    /// One process at a time asks for a new token: hold it, load again, and ask only if it is still the old one.
    /// Released when the file is dropped.
    ///
    /// # Errors
    /// The lock cannot be made.
    pub fn lock(&self) -> io::Result<File> {
        self.make_folder()?;
        let mut options = OpenOptions::new();
        options.create(true).append(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let file = options.open(self.path.with_extension("lock"))?;
        file.lock()?;
        Ok(file)
    }

    fn make_folder(&self) -> io::Result<()> {
        let mut builder = fs::DirBuilder::new();
        builder.recursive(true);
        #[cfg(unix)]
        std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
        self.path.parent().map_or(Ok(()), |folder| builder.create(folder))
    }

    pub fn forget(&self) {
        let _ = fs::remove_file(&self.path);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_is_kept_for_its_account_and_replaced_in_time() {
        let folder = tempfile::tempdir().unwrap();
        let file = TokenFile::of(folder.path(), "supplier", "cj", "a");
        let at = |text: &str| text.parse::<Timestamp>().unwrap();
        let token = Token {
            value: Secret::new("t"),
            got_at: at("2026-11-01T00:00:00Z"),
            expires_at: Some(at("2026-11-16T00:00:00+08:00")),
            refresh: None,
        };
        file.save(&token).unwrap();
        let kept = file.load().unwrap();
        assert_eq!(kept.value.expose(), "t");
        assert!(kept.is_fresh(at("2026-11-14T15:59:59Z")) && !kept.is_fresh(at("2026-11-14T16:00:00Z")));
        assert_eq!(kept.days_left(at("2026-11-10T16:00:00Z")), Some(5));
        assert!(TokenFile::of(folder.path(), "supplier", "cj", "b").load().is_none());
        assert!(TokenFile::of(folder.path(), "store", "cj", "a").load().is_none());
        #[cfg(unix)]
        {
            let mode = |p: &Path| std::os::unix::fs::MetadataExt::mode(&fs::metadata(p).unwrap()) & 0o777;
            assert_eq!((mode(&file.path), mode(file.path.parent().unwrap())), (0o600, 0o700));
        }
        file.forget();
        assert!(file.load().is_none());
    }

    #[test]
    fn a_refresh_token_is_kept_with_its_own_end() {
        let folder = tempfile::tempdir().unwrap();
        let file = TokenFile::of(folder.path(), "store", "us", "a");
        let now: Timestamp = "2026-11-01T00:00:00Z".parse().unwrap();
        let refresh = Refresh { value: Secret::new("r"), expires_at: Some("2026-12-01T00:00:00Z".parse().unwrap()) };
        let token = Token { value: Secret::new("t"), got_at: now, expires_at: None, refresh: Some(refresh) };
        file.save(&token).unwrap();
        let _held = file.lock().unwrap();
        let kept = file.load().unwrap();
        assert_eq!(kept.refresh.as_ref().unwrap().value.expose(), "r");
        assert_eq!(kept.days_left(now), Some(30));
        file.save(&Token { refresh: None, ..token }).unwrap();
        assert!(file.load().unwrap().refresh.is_some(), "what cannot be kept takes nothing away");
    }
}
