//! Which encoding a text is in, and its bytes as UTF-8, streaming and without loss.
//!
//! UTF-8 is proved on the whole file. Anything else is a guess, and the caller says so aloud.

use std::io::{self, ErrorKind, Read};

use chardetng::{EncodingDetector, Iso2022JpDetection, Utf8Detection};
use encoding_rs::{DecoderResult, Encoding, UTF_8, UTF_16BE, UTF_16LE, WINDOWS_1252};

use super::input::Input;
use super::problem::Unreadable;

const CHUNK: usize = 256 * 1024;
/// Enough text for a guess; a longer look does not change it.
const GUESS_FROM: usize = 1024 * 1024;

/// How the bytes of one file become text.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Decoding {
    pub encoding: &'static Encoding,
    /// Not proved: worth saying.
    pub guessed: bool,
    /// Length of the byte order mark at the beginning.
    pub mark: u64,
}

impl Decoding {
    /// `utf-8`, `windows-1252`, as a person would type it.
    pub fn name(&self) -> &'static str {
        self.encoding.name()
    }

    /// Finds the encoding of `input`, or takes the one that was asked for.
    ///
    /// # Errors
    /// An unknown name, bytes of no text, or a file that cannot be read.
    pub fn of(input: &Input, wanted: Option<&str>) -> Result<Self, Unreadable> {
        let mut head = [0_u8; 4096];
        let length = fill(&mut input.reader()?, &mut head).map_err(|e| input.io(e))?;
        let head = &head[..length];
        let marked = Encoding::for_bom(head);
        if let Some(name) = wanted {
            let encoding = named(name)?;
            let mark = marked.filter(|(m, _)| *m == encoding).map_or(0, |(_, length)| length as u64);
            return Ok(Self { encoding, guessed: false, mark });
        }
        if let Some((encoding, length)) = marked {
            return Ok(Self { encoding, guessed: false, mark: length as u64 });
        }
        if let Some(encoding) = utf16_by_zeros(head) {
            return Ok(Self { encoding, guessed: true, mark: 0 });
        }
        if head.contains(&0) {
            return Err(Unreadable::Binary { file: input.name().to_owned(), found: "it holds zero bytes" });
        }
        let (encoding, guessed) = utf8_or_guess(input)?;
        Ok(Self { encoding, guessed, mark: 0 })
    }
}

/// The encoding that a person names; common second names are understood.
///
/// # Errors
/// A name that nobody registered.
pub fn named(name: &str) -> Result<&'static Encoding, Unreadable> {
    let usual = match name.trim().to_ascii_lowercase().as_str() {
        "cp932" | "ms932" => "shift_jis".to_owned(),
        "cp1252" | "ansi" => "windows-1252".to_owned(),
        "cp936" => "gbk".to_owned(),
        other => other.to_owned(),
    };
    Encoding::for_label_no_replacement(usual.as_bytes())
        .ok_or_else(|| Unreadable::UnknownEncoding { name: name.to_owned() })
}

/// Text in Latin letters as UTF-16 has a zero in every second byte.
fn utf16_by_zeros(head: &[u8]) -> Option<&'static Encoding> {
    let pairs = head.chunks_exact(2);
    let count = pairs.len();
    let first = pairs.clone().filter(|p| p[0] == 0).count();
    let second = pairs.filter(|p| p[1] == 0).count();
    match () {
        () if count < 4 => None,
        () if second * 10 > count * 7 && first * 10 < count => Some(UTF_16LE),
        () if first * 10 > count * 7 && second * 10 < count => Some(UTF_16BE),
        () => None,
    }
}

/// Reads the whole file once: strict UTF-8, or a guess made from the parts that are not ASCII.
fn utf8_or_guess(input: &Input) -> Result<(&'static Encoding, bool), Unreadable> {
    let mut file = input.reader()?;
    let mut buffer = vec![0_u8; CHUNK];
    let mut kept = 0;
    loop {
        let read = fill(&mut file, &mut buffer[kept..]).map_err(|e| input.io(e))?;
        let filled = kept + read;
        match std::str::from_utf8(&buffer[..filled]) {
            Ok(_) => kept = 0,
            Err(e) if e.error_len().is_none() && read > 0 => {
                buffer.copy_within(e.valid_up_to()..filled, 0);
                kept = filled - e.valid_up_to();
            }
            Err(_) => return guess(input).map(|encoding| (encoding, true)),
        }
        if read == 0 {
            return Ok((UTF_8, false));
        }
    }
}

/// Only called for bytes that are not UTF-8.
fn guess(input: &Input) -> Result<&'static Encoding, Unreadable> {
    let mut file = input.reader()?;
    let mut detector = EncodingDetector::new(Iso2022JpDetection::Deny);
    let mut buffer = vec![0_u8; CHUNK];
    let mut sample: Vec<u8> = Vec::new();
    while sample.len() < GUESS_FROM {
        let read = fill(&mut file, &mut buffer).map_err(|e| input.io(e))?;
        if read == 0 {
            break;
        }
        for line in buffer[..read].split_inclusive(|b| *b == b'\n').filter(|line| !line.is_ascii()) {
            sample.extend_from_slice(line);
        }
    }
    detector.feed(&sample, true);
    let best = detector.guess(None, Utf8Detection::Deny);
    let fits = best.decode_without_bom_handling_and_without_replacement(&sample).is_some();
    Ok(if fits { best } else { WINDOWS_1252 })
}

/// UTF-8 out of any encoding; stops with an error at the first byte that it cannot read.
pub struct Utf8Stream<R> {
    bytes: R,
    decoder: Option<encoding_rs::Decoder>,
    raw: Vec<u8>,
    raw_at: usize,
    raw_end: usize,
    ended: bool,
    /// A byte was met that is no text.
    broken: bool,
    text: Vec<u8>,
    text_at: usize,
}

impl<R: Read> Utf8Stream<R> {
    /// `bytes` begins after the byte order mark.
    pub fn new(bytes: R, encoding: &'static Encoding) -> Self {
        let plain = encoding == UTF_8;
        Self {
            bytes,
            decoder: (!plain).then(|| encoding.new_decoder_without_bom_handling()),
            raw: if plain { Vec::new() } else { vec![0; CHUNK] },
            raw_at: 0,
            raw_end: 0,
            ended: false,
            broken: false,
            text: Vec::new(),
            text_at: 0,
        }
    }

    /// Decodes the next piece into `self.text`; empty at the end.
    fn refill(&mut self) -> io::Result<()> {
        let Some(decoder) = self.decoder.as_mut() else { return Ok(()) };
        self.text.clear();
        self.text_at = 0;
        while self.text.is_empty() && !(self.ended && self.raw_at == self.raw_end) {
            if self.raw_at == self.raw_end && !self.ended {
                self.raw_at = 0;
                self.raw_end = fill(&mut self.bytes, &mut self.raw)?;
                self.ended = self.raw_end < self.raw.len();
            }
            self.text.resize(CHUNK * 3, 0);
            let source = &self.raw[self.raw_at..self.raw_end];
            let (result, read, written) =
                decoder.decode_to_utf8_without_replacement(source, &mut self.text, self.ended);
            self.text.truncate(written);
            self.raw_at += read;
            if matches!(result, DecoderResult::Malformed(..)) {
                // The text before it is handed over first.
                self.broken = true;
                break;
            }
            if self.ended && result == DecoderResult::InputEmpty {
                break;
            }
        }
        Ok(())
    }
}

impl<R: Read> Read for Utf8Stream<R> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        if self.decoder.is_none() {
            return self.bytes.read(out);
        }
        if self.text_at == self.text.len() && !self.broken {
            self.refill()?;
        }
        if self.text_at == self.text.len() && self.broken {
            return Err(io::Error::from(ErrorKind::InvalidData));
        }
        let count = out.len().min(self.text.len() - self.text_at);
        out[..count].copy_from_slice(&self.text[self.text_at..self.text_at + count]);
        self.text_at += count;
        Ok(count)
    }
}

/// Reads until `buffer` is full or the source ends.
pub(super) fn fill(source: &mut impl Read, buffer: &mut [u8]) -> io::Result<usize> {
    let mut filled = 0;
    while filled < buffer.len() {
        match source.read(&mut buffer[filled..]) {
            Ok(0) => break,
            Ok(read) => filled += read,
            Err(e) if e.kind() == ErrorKind::Interrupted => {}
            Err(e) => return Err(e),
        }
    }
    Ok(filled)
}
