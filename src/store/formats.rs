//! The formats that dsf knows: those built in, and those in a person's config folder.

use std::fs;
use std::path::Path;
use std::sync::Arc;

use super::format::Format;
use super::problem::FileProblem;

macro_rules! built_in {
    ($($name:literal)*) => {
        /// One row a format: its file and its text.
        const BUILT_IN: &[(&str, &str)] =
            &[$((concat!($name, ".toml"), include_str!(concat!("formats/", $name, ".toml")))),*];
    };
}

built_in! {
    "shopify-orders"
    "shopify-customers"
    "woo-webtoffee"
    "woo-webtoffee-lines"
    "woo-skyverge-items"
    "woo-skyverge-orders"
    "woo-aoe-rows"
    "woo-aoe-columns"
    "woo-analytics"
    "ebay-orders"
    "ebay-listings"
    "ebay-transactions"
    "etsy-items"
    "etsy-orders"
    "amazon-new"
    "amazon-unshipped"
    "bigcommerce-orders"
    "squarespace-orders"
    "wix-orders"
    "tiktok-orders"
    "walmart-orders"
    "dsers-orders"
}

/// All formats by name; a later one of the same name replaces the earlier.
#[derive(Clone, Debug)]
pub struct Formats {
    all: Vec<Arc<Format>>,
    /// Tables as written, for formats that extend them.
    texts: Vec<(String, toml::Table)>,
}

impl Formats {
    /// # Errors
    /// None in a released program; a test reads them all.
    pub fn builtin() -> Result<Self, FileProblem> {
        let mut formats = Self { all: Vec::new(), texts: Vec::new() };
        for (file, text) in BUILT_IN {
            formats.add(file, text, false)?;
        }
        Ok(formats)
    }

    /// Adds the `*.toml` of a folder, in order of their names; a folder that is not there adds nothing.
    ///
    /// # Errors
    /// A file that cannot be read or is no format, with its name, line and key.
    pub fn with_folder(&mut self, folder: &Path) -> Result<(), FileProblem> {
        let Ok(entries) = fs::read_dir(folder) else { return Ok(()) };
        let mut paths: Vec<_> = entries.filter_map(|e| e.ok().map(|e| e.path())).collect();
        paths.retain(|p| p.extension().is_some_and(|e| e == "toml"));
        paths.sort();
        for path in paths {
            let file = path.display().to_string();
            let text = fs::read_to_string(&path)
                .map_err(|e| FileProblem::BadFormatFile { file: file.clone(), message: e.to_string() })?;
            self.add(&file, &text, true)?;
        }
        Ok(())
    }

    pub fn all(&self) -> impl Iterator<Item = &Arc<Format>> {
        self.all.iter()
    }

    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.all.iter().map(|f| f.name.as_str())
    }

    pub fn get(&self, name: &str) -> Option<Arc<Format>> {
        self.all.iter().find(|f| f.name == name).cloned()
    }

    fn add(&mut self, file: &str, text: &str, own: bool) -> Result<(), FileProblem> {
        let bad = |message: String| FileProblem::BadFormatFile { file: file.to_owned(), message };
        let table: toml::Table = toml::from_str(text).map_err(|e| bad(with_line(&e, text)))?;
        let table = match table.get("extends").and_then(toml::Value::as_str) {
            Some(base) => {
                let known = self.texts.iter().rev().find(|(name, _)| name == base).map(|(_, table)| table.clone());
                merged(known.ok_or_else(|| bad(format!("extends = \"{base}\": there is no such format")))?, table)
            }
            None => table,
        };
        // Read from the text where that is all there is: its errors know their lines.
        let read = if table.contains_key("extends") {
            table.clone().try_into::<Format>().map_err(|e| bad(at_line_of_key(e.message(), text)))
        } else {
            toml::from_str::<Format>(text).map_err(|e| bad(with_line(&e, text)))
        };
        let format = Format { own, ..read? };
        checked(&format).map_err(bad)?;
        self.all.retain(|f| f.name != format.name);
        self.texts.retain(|(name, _)| *name != format.name);
        self.texts.push((format.name.clone(), table));
        self.all.push(Arc::new(format));
        Ok(())
    }
}

/// `over` wins key by key; tables are merged, lists are replaced.
fn merged(mut base: toml::Table, over: toml::Table) -> toml::Table {
    for (key, value) in over {
        match (base.get_mut(&key), value) {
            (Some(toml::Value::Table(old)), toml::Value::Table(new)) => {
                let both = merged(std::mem::take(old), new);
                base.insert(key, toml::Value::Table(both));
            }
            (_, value) => {
                base.insert(key, value);
            }
        }
    }
    base
}

/// The parser's words with their line, without its picture of the place.
fn with_line(error: &toml::de::Error, text: &str) -> String {
    let before = error.span().map_or(0, |span| text.bytes().take(span.start).filter(|b| *b == b'\n').count());
    format!("line {}: {}", before + 1, error.message().lines().collect::<Vec<_>>().join(" "))
}

/// An error about a merged table has lost its place; the key that it names leads back to a line.
fn at_line_of_key(message: &str, text: &str) -> String {
    let key = message.split('`').nth(1).unwrap_or("");
    let line = text.lines().position(|l| !key.is_empty() && l.trim_start().starts_with(key));
    line.map_or_else(|| message.to_owned(), |at| format!("line {}: {message}", at + 1))
}

/// What the types cannot say.
fn checked(format: &Format) -> Result<(), String> {
    const KINDS: [&str; 10] =
        ["shopify", "woocommerce", "ebay", "etsy", "amazon", "bigcommerce", "squarespace", "wix", "tiktok", "walmart"];
    use super::format::{Role, Shape};
    if !KINDS.contains(&format.kind.as_str()) && format.kind != "file" {
        return Err(format!("kind = \"{}\": not a store kind ({}, file)", format.kind, KINDS.join(", ")));
    }
    if format.role == Role::Refused && (format.reason.is_none() || format.instead.is_none()) {
        return Err("role = \"refused\" needs reason and instead".into());
    }
    if format.role != Role::Refused && format.required.is_empty() {
        return Err("required is empty: name at least number".into());
    }
    if format.shape == Shape::Packed && format.packing.is_none() {
        return Err("shape = \"packed\" needs [packing]".into());
    }
    if format.shape == Shape::Blanks && format.head.is_empty() {
        return Err("shape = \"blanks\" needs head: the fields that only an order's first row has".into());
    }
    Ok(())
}
