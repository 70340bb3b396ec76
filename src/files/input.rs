//! What is read: a file that a person named, standard input spooled to one, or bytes of our own before they have a name.
//!
//! A file is read several times (encoding, survey, rows), so a stream is first written to disk, never to memory.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Cursor, Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use jiff::Timestamp;

use super::problem::Unreadable;

/// A readable file with the name that people see.
#[derive(Debug)]
pub struct Input {
    from: Origin,
    name: String,
    size: u64,
    modified: Option<Timestamp>,
}

#[derive(Debug)]
enum Origin {
    File(PathBuf),
    /// A spooled stream is ours and goes when we go.
    Spooled(PathBuf),
    Bytes(Arc<[u8]>),
}

/// The bytes of an input, from their beginning.
#[derive(Debug)]
pub enum Bytes {
    File(File),
    Memory(Cursor<Arc<[u8]>>),
}

impl Input {
    /// # Errors
    /// Missing, a folder, or not readable.
    pub fn open(path: &Path) -> Result<Self, Unreadable> {
        let name = path.display().to_string();
        let about = fs::metadata(path).map_err(|source| match source.kind() {
            io::ErrorKind::NotFound => Unreadable::Missing { file: name.clone() },
            _ => Unreadable::Io { file: name.clone(), source },
        })?;
        if about.is_dir() {
            return Err(Unreadable::Folder { file: name });
        }
        let modified = about.modified().ok().and_then(|at| Timestamp::try_from(at).ok());
        Ok(Self { from: Origin::File(path.to_owned()), name, size: about.len(), modified })
    }

    /// Copies a stream to a private file in `folder`, which is removed when the value is dropped.
    ///
    /// # Errors
    /// The stream cannot be read or the folder not written.
    pub fn spool(name: &str, stream: &mut dyn Read, folder: &Path) -> Result<Self, Unreadable> {
        let io = |source| Unreadable::Io { file: name.to_owned(), source };
        let (path, mut file) = private_file(folder, "dsf-spool").map_err(io)?;
        let mut input = Self { from: Origin::Spooled(path), name: name.to_owned(), size: 0, modified: None };
        input.size = io::copy(stream, &mut file).map_err(io)?;
        Ok(input)
    }

    /// Bytes of our own, to be read back as a file of that name would be.
    pub fn of_bytes(name: &str, bytes: Vec<u8>) -> Self {
        let size = bytes.len() as u64;
        Self { from: Origin::Bytes(bytes.into()), name: name.to_owned(), size, modified: None }
    }

    /// Opens the bytes from the beginning.
    ///
    /// # Errors
    /// The file went away or may not be read.
    pub fn reader(&self) -> Result<Bytes, Unreadable> {
        match &self.from {
            Origin::File(path) | Origin::Spooled(path) => {
                File::open(path).map(Bytes::File).map_err(|source| self.io(source))
            }
            Origin::Bytes(bytes) => Ok(Bytes::Memory(Cursor::new(Arc::clone(bytes)))),
        }
    }

    pub fn name(&self) -> &str {
        &self.name
    }

    pub fn size(&self) -> u64 {
        self.size
    }

    /// `None` for a stream.
    pub fn modified(&self) -> Option<Timestamp> {
        self.modified
    }

    pub(super) fn io(&self, source: io::Error) -> Unreadable {
        Unreadable::Io { file: self.name.clone(), source }
    }
}

impl Drop for Input {
    fn drop(&mut self) {
        if let Origin::Spooled(path) = &self.from {
            // Nothing to do if it is already gone.
            let _ = fs::remove_file(path);
        }
    }
}

impl Read for Bytes {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        match self {
            Self::File(file) => file.read(buffer),
            Self::Memory(bytes) => bytes.read(buffer),
        }
    }
}

impl Seek for Bytes {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        match self {
            Self::File(file) => file.seek(to),
            Self::Memory(bytes) => bytes.seek(to),
        }
    }
}

/// A new file that only its owner may read, under a name nobody else uses.
pub(super) fn private_file(folder: &Path, stem: &str) -> io::Result<(PathBuf, File)> {
    for attempt in 0..1000_u32 {
        let path = folder.join(format!(".{stem}.{}.{attempt}", std::process::id()));
        match create_private(&path) {
            Err(e) if e.kind() == io::ErrorKind::AlreadyExists => {}
            other => return other.map(|file| (path, file)),
        }
    }
    Err(io::Error::new(io::ErrorKind::AlreadyExists, "no free name for a temporary file"))
}

fn create_private(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.write(true).read(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}
