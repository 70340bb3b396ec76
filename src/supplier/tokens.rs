//! Access tokens between runs: one private file a supplier in the state folder, bound to the account that got it.

use std::fs;
use std::path::{Path, PathBuf};

use jiff::Timestamp;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use crate::core::ids::hex;
use crate::files::atomic;
use crate::secret::Secret;

const A_DAY: i64 = 24 * 60 * 60;

#[derive(Clone, Debug)]
pub struct Token {
    pub value: Secret,
    pub got_at: Timestamp,
    /// As the supplier said; without it the token is not kept beyond this run.
    pub expires_at: Option<Timestamp>,
}

impl Token {
    /// A day before its end it is replaced; one that lives less than two days, at half its life.
    pub fn is_fresh(&self, now: Timestamp) -> bool {
        let Some(expires_at) = self.expires_at else { return true };
        let life = expires_at.as_second().saturating_sub(self.got_at.as_second()).max(0);
        now.as_second() < expires_at.as_second() - A_DAY.min(life / 2)
    }
}

/// Where the token of one supplier lies.
#[derive(Clone, Debug)]
pub struct TokenFile {
    path: PathBuf,
    account: String,
}

impl TokenFile {
    /// `account` says for whom the token is good: base URL and key. It is kept as a hash.
    pub fn of(state: &Path, supplier: &str, account: &str) -> Self {
        let account = hex(&Sha256::digest(account.as_bytes())[..16]);
        Self { path: state.join("tokens").join(format!("supplier.{supplier}.json")), account }
    }

    /// What was kept for this very account; anything else is as good as nothing.
    pub fn load(&self) -> Option<Token> {
        let kept: Value = serde_json::from_slice(&fs::read(&self.path).ok()?).ok()?;
        let text = |key: &str| kept.get(key).and_then(Value::as_str);
        if text("account")? != self.account {
            return None;
        }
        Some(Token {
            value: Secret::new(text("access_token")?),
            got_at: text("got_at")?.parse().ok()?,
            expires_at: Some(text("expires_at")?.parse().ok()?),
        })
    }

    /// A token that cannot be kept is asked for again next time: no reason to stop.
    pub fn save(&self, token: &Token) {
        let Some(expires_at) = token.expires_at else { return };
        let Some(folder) = self.path.parent() else { return };
        let kept = json!({
            "account": self.account,
            "access_token": token.value.expose(),
            "got_at": token.got_at.to_string(),
            "expires_at": expires_at.to_string(),
        });
        let mut builder = fs::DirBuilder::new();
        builder.recursive(true);
        #[cfg(unix)]
        std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
        if builder.create(folder).is_ok() {
            let _ = atomic::write(&self.path, kept.to_string().as_bytes());
        }
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
        let file = TokenFile::of(folder.path(), "cj", "a");
        let at = |text: &str| text.parse::<Timestamp>().unwrap();
        let token = Token {
            value: Secret::new("t"),
            got_at: at("2026-11-01T00:00:00Z"),
            expires_at: Some(at("2026-11-16T00:00:00+08:00")),
        };
        file.save(&token);
        let kept = file.load().unwrap();
        assert_eq!(kept.value.expose(), "t");
        assert!(kept.is_fresh(at("2026-11-14T15:59:59Z")) && !kept.is_fresh(at("2026-11-14T16:00:00Z")));
        assert!(TokenFile::of(folder.path(), "cj", "b").load().is_none());
        #[cfg(unix)]
        {
            let mode = |p: &Path| std::os::unix::fs::MetadataExt::mode(&fs::metadata(p).unwrap()) & 0o777;
            assert_eq!((mode(&file.path), mode(file.path.parent().unwrap())), (0o600, 0o700));
        }
        file.forget();
        assert!(file.load().is_none());
    }
}
