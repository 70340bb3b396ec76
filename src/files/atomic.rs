//! A file is there whole or not at all: written beside its name, flushed to disk, then renamed.

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use super::input::private_file;

/// Bytes under a temporary name, mode 0600. Dropped without [`Pending::commit`], nothing remains.
#[derive(Debug)]
pub struct Pending {
    temporary: PathBuf,
    target: PathBuf,
    file: Option<File>,
}

impl Pending {
    /// # Errors
    /// The folder of `target` cannot be written.
    pub fn create(target: &Path) -> io::Result<Self> {
        let folder = folder_of(target);
        let stem = target.file_name().map_or_else(|| "dsf".into(), |n| n.to_string_lossy().into_owned());
        let (temporary, file) = private_file(folder, &stem)?;
        Ok(Self { temporary, target: target.to_owned(), file: Some(file) })
    }

    /// Where the bytes lie now, for reading them back before they get their name.
    pub fn path(&self) -> &Path {
        &self.temporary
    }

    /// Waits until the bytes are on the disk; they still have their temporary name.
    ///
    /// # Errors
    /// The disk says no.
    pub fn sync(&self) -> io::Result<()> {
        self.file.as_ref().map_or(Ok(()), File::sync_all)
    }

    /// # Errors
    /// The disk says no; then the target is as it was.
    pub fn commit(mut self) -> io::Result<()> {
        if let Some(file) = self.file.take() {
            file.sync_all()?;
        }
        fs::rename(&self.temporary, &self.target)?;
        // The rename itself must survive a power cut; folders cannot be opened everywhere, and then nothing can be done.
        if let Ok(folder) = File::open(folder_of(&self.target)) {
            let _ = folder.sync_all();
        }
        self.temporary.clear();
        Ok(())
    }
}

impl Write for Pending {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.file.as_mut().map_or(Ok(0), |f| f.write(bytes))
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.as_mut().map_or(Ok(()), Write::flush)
    }
}

impl Drop for Pending {
    fn drop(&mut self) {
        if !self.temporary.as_os_str().is_empty() {
            let _ = fs::remove_file(&self.temporary);
        }
    }
}

/// Writes `bytes` as `target` in one step.
///
/// # Errors
/// The disk says no; then the target is as it was.
pub fn write(target: &Path, bytes: &[u8]) -> io::Result<()> {
    let mut pending = Pending::create(target)?;
    pending.write_all(bytes)?;
    pending.commit()
}

/// Gives bytes that are already on the disk their name.
///
/// # Errors
/// As [`Pending::commit`].
pub fn finish(temporary: &Path, target: &Path) -> io::Result<()> {
    fs::rename(temporary, target)?;
    if let Ok(folder) = File::open(folder_of(target)) {
        let _ = folder.sync_all();
    }
    Ok(())
}

fn folder_of(target: &Path) -> &Path {
    match target.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_whole_private_or_absent() {
        let folder = tempfile::tempdir().unwrap();
        let target = folder.path().join("po.csv");
        let mut pending = Pending::create(&target).unwrap();
        pending.write_all(b"half").unwrap();
        drop(pending);
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
        write(&target, b"one").unwrap();
        write(&target, b"two").unwrap();
        assert_eq!(fs::read(&target).unwrap(), b"two");
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
        #[cfg(unix)]
        assert_eq!(std::os::unix::fs::MetadataExt::mode(&fs::metadata(&target).unwrap()) & 0o777, 0o600);
    }
}
