//! The type of a sheet's TOML: its columns in order, and what the supplier needs written otherwise.
//!
//! Every key is explained here once; a template states facts about one supplier's sheet and holds no logic.

use std::fmt;
use std::marker::PhantomData;

use serde::de::value::StrDeserializer;
use serde::de::{self, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer};

use super::content::Content;
use super::rule::Rule;
use crate::core::address::compare::Echo;
use crate::core::address::{Address, check::LengthUnit};
use crate::files::sheet::Escape;

/// A template that was checked: `templates` is the only place that makes one.
#[derive(Clone, Debug)]
pub struct Sheet {
    pub name: String,
    pub facts: Facts,
    pub columns: Vec<Column>,
}

/// The keys of the file beside its columns.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Facts {
    /// One line: whose sheet it is and who reads it.
    pub about: String,
    /// `apostrophe` in front of what a spreadsheet takes for a formula; `none` in sheets that only a machine reads.
    #[serde(default, deserialize_with = "escape")]
    pub escape: Escape,
    /// What `longest` counts: characters, utf16, bytes, or columns (East Asian letters count two).
    #[serde(default, deserialize_with = "length_unit")]
    pub length_unit: LengthUnit,
    /// An order without a phone is held.
    #[serde(default)]
    pub phone_required: bool,
    /// A person types the order into the supplier's site, so it is also made as text.
    #[serde(default)]
    pub by_hand: bool,
    /// What the supplier must do with every parcel.
    #[serde(default)]
    pub standing_note: String,
    /// Named changes of the ship-to, in their order.
    #[serde(default)]
    pub rules: Vec<Rule>,
    /// Read by itself, so that an error knows its line.
    pub(super) columns: Vec<toml::Spanned<Column>>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Column {
    /// What is written first, and other spellings that are understood coming back.
    #[serde(deserialize_with = "one_or_many")]
    pub header: Vec<String>,
    /// What stands in it; several remarks may share a column.
    #[serde(default, deserialize_with = "one_or_many")]
    pub holds: Vec<Content>,
    /// The same text on every row, instead of `holds`.
    pub constant: Option<String>,
    /// The most that the supplier takes. What is longer is held, never cut.
    pub longest: Option<usize>,
    /// Filled only for these countries, by alpha-2 code; empty means all.
    #[serde(default)]
    pub countries: Vec<String>,
}

impl Column {
    pub fn title(&self) -> &str {
        self.header.first().map_or("", String::as_str)
    }

    /// The one thing that stands in it and can be read back; none for constants and shared columns.
    pub fn content(&self) -> Option<Content> {
        match self.holds[..] {
            [content] => Some(content),
            _ => None,
        }
    }

    pub fn serves(&self, country: &str) -> bool {
        self.countries.is_empty() || self.countries.iter().any(|c| c == country)
    }
}

impl Sheet {
    pub fn column(&self, content: Content) -> Option<&Column> {
        self.columns.iter().find(|c| c.holds.contains(&content))
    }

    pub fn carries(&self, content: Content) -> bool {
        self.column(content).is_some()
    }

    /// The fields of an address that have a column.
    pub fn echo(&self) -> Echo {
        let fields: Vec<&str> = self.columns.iter().filter_map(|c| c.content()?.address_field()).collect();
        Echo::only(&fields)
    }

    /// The most that a column for this takes.
    pub fn longest(&self, content: Content) -> Option<usize> {
        self.column(content).and_then(|c| c.longest)
    }

    /// What a wrapped line may have: the tighter of both columns.
    pub fn longest_line(&self) -> usize {
        [Content::Line1, Content::Line2].into_iter().filter_map(|c| self.longest(c)).min().unwrap_or(usize::MAX)
    }

    /// Fields of an address that no column of this sheet takes.
    pub fn lacks(&self) -> impl Iterator<Item = &'static str> {
        let echo = self.echo();
        Address::FIELDS.into_iter().filter(move |field| !echo.has(field))
    }
}

fn escape<'de, D: Deserializer<'de>>(from: D) -> Result<Escape, D::Error> {
    match String::deserialize(from)?.as_str() {
        "apostrophe" => Ok(Escape::Apostrophe),
        "none" => Ok(Escape::None),
        other => Err(de::Error::unknown_variant(other, &["apostrophe", "none"])),
    }
}

fn length_unit<'de, D: Deserializer<'de>>(from: D) -> Result<LengthUnit, D::Error> {
    match String::deserialize(from)?.as_str() {
        "characters" => Ok(LengthUnit::Characters),
        "utf16" => Ok(LengthUnit::Utf16),
        "bytes" => Ok(LengthUnit::Bytes),
        "columns" => Ok(LengthUnit::Columns),
        other => Err(de::Error::unknown_variant(other, &["characters", "utf16", "bytes", "columns"])),
    }
}

/// `"City"` or `["City", "Ort"]`; unlike an untagged enum it keeps the words of an error.
fn one_or_many<'de, D: Deserializer<'de>, T: Deserialize<'de>>(from: D) -> Result<Vec<T>, D::Error> {
    struct OneOrMany<T>(PhantomData<T>);

    impl<'de, T: Deserialize<'de>> Visitor<'de> for OneOrMany<T> {
        type Value = Vec<T>;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("a text or a list of texts")
        }

        fn visit_str<E: de::Error>(self, text: &str) -> Result<Vec<T>, E> {
            T::deserialize(StrDeserializer::new(text)).map(|one| vec![one])
        }

        fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Vec<T>, A::Error> {
            let mut many = vec![];
            while let Some(one) = list.next_element()? {
                many.push(one);
            }
            Ok(many)
        }
    }

    from.deserialize_any(OneOrMany(PhantomData))
}
