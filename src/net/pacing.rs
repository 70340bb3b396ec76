//! The least gap between two requests of one account, kept by every run on this computer together.
//!
//! A small file in the state folder holds the time of the next free slot. Whoever wants to send locks it, takes the
//! slot, writes the one after it, unlocks and only then waits: nobody waits while holding the lock.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Read, Seek, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use sha2::{Digest, Sha256};

use super::clock::Clock;
use super::{Answer, Reply, Request, Wire};
use crate::core::ids::hex;

/// A slot further away than this was written under another clock.
const FURTHEST: i64 = 60 * 60 * 1000;
/// What "too many requests" without a time means.
const UNSAID: Duration = Duration::from_millis(1500);

#[derive(Clone)]
pub struct Pace {
    file: PathBuf,
    /// Milliseconds.
    gap: i64,
    clock: Arc<dyn Clock>,
}

impl Pace {
    /// Zero requests a second means no limit.
    pub fn of(state: &Path, account: &str, requests_per_second: u32, clock: Arc<dyn Clock>) -> Self {
        let name = hex(&Sha256::digest(account.as_bytes())[..8]);
        // A twentieth above the limit: a slow first packet must not bring two requests too close together over there.
        let gap = if requests_per_second == 0 { 0 } else { 1050 / i64::from(requests_per_second) };
        Self { file: state.join("pace").join(name), gap, clock }
    }

    /// Takes the next slot and waits for it.
    ///
    /// # Errors
    /// The file cannot be locked or written; without it nobody knows what other runs send.
    pub fn wait(&self) -> io::Result<()> {
        let now = self.clock.now().as_millisecond();
        let slot = self.change(|next| {
            let slot = next.max(now);
            (slot, slot + self.gap)
        })?;
        if slot > now {
            self.clock.sleep(Duration::from_millis(slot.abs_diff(now)));
        }
        Ok(())
    }

    /// Nobody of this account sends before `pause` has passed.
    ///
    /// # Errors
    /// As [`Pace::wait`].
    pub fn pause(&self, pause: Duration) -> io::Result<()> {
        let until = i64::try_from(pause.as_millis()).unwrap_or(FURTHEST).min(FURTHEST);
        let until = self.clock.now().as_millisecond() + until;
        self.change(|next| ((), next.max(until)))
    }

    /// Under the lock: from the next free slot to a result and the slot after it.
    fn change<T>(&self, step: impl FnOnce(i64) -> (T, i64)) -> io::Result<T> {
        let mut file = self.open()?;
        file.lock()?;
        let mut text = String::new();
        file.read_to_string(&mut text)?;
        let next = text.trim().parse().unwrap_or(0);
        let now = self.clock.now().as_millisecond();
        let (result, after) = step(if next > now + FURTHEST { 0 } else { next });
        file.set_len(0)?;
        file.rewind()?;
        file.write_all(after.to_string().as_bytes())?;
        Ok(result)
    }

    fn open(&self) -> io::Result<File> {
        if let Some(folder) = self.file.parent() {
            fs::create_dir_all(folder)?;
        }
        let mut options = OpenOptions::new();
        options.read(true).write(true).create(true).truncate(false);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        options.open(&self.file)
    }
}

/// A wire that keeps to a pace and remembers, for all runs, when the other side asked for quiet.
pub struct Paced<W> {
    wire: W,
    pace: Pace,
}

impl<W: Wire> Paced<W> {
    pub fn new(wire: W, pace: Pace) -> Self {
        Self { wire, pace }
    }
}

impl<W: Wire> Wire for Paced<W> {
    fn send(&self, request: &Request) -> Answer {
        if let Err(why) = self.pace.wait() {
            return Answer::NotSent(format!("the file that paces requests: {why}"));
        }
        let answer = self.wire.send(request);
        if let Answer::Reply(reply) = &answer
            && let Some(pause) = asked_pause(reply, self.pace.clock.now())
        {
            // The answer counts, whatever becomes of the note.
            let _ = self.pace.pause(pause);
        }
        answer
    }
}

/// How long the other side wants quiet: `Retry-After` in seconds or as a date, else a moment after a 429.
pub fn asked_pause(reply: &Reply, now: Timestamp) -> Option<Duration> {
    let said = reply.header("Retry-After").map(str::trim).and_then(|text| {
        if let Ok(seconds) = text.parse::<u64>() {
            return Some(Duration::from_secs(seconds));
        }
        let at = jiff::fmt::rfc2822::parse(text).ok()?.timestamp();
        Some(Duration::from_millis(u64::try_from(at.as_millisecond() - now.as_millisecond()).unwrap_or(0)))
    });
    match reply.status {
        429 => Some(said.unwrap_or(UNSAID)),
        503 => said,
        _ => None,
    }
}
