//! The words of addresses, from the tables in `tables/`: what each can mean, in which languages.
//!
//! A spelling may mean several things (`St` is Street and Saint). Nobody decides which: two tokens in the same place
//! agree when they share a meaning, so `St` agrees with either and Street never agrees with Saint.

use std::collections::HashMap;
use std::sync::LazyLock;

use super::fold;

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Class {
    Type,
    Direction,
    Unit,
    Box,
    Road,
    /// Number words: `value` is the number.
    Number,
    Name,
    /// Which door of a floor: left, right, tv, Esq.
    Door,
    Label,
    /// de, della, dos: says nothing behind a street type.
    Particle,
    Care,
    Attention,
    Noise,
    Optional,
    Legal,
    Title,
    Generation,
}

/// Languages and country codes as bits.
pub(super) type Langs = u128;

#[derive(Clone, Copy, Debug)]
pub(super) struct Sense {
    pub class: Class,
    /// One id a meaning: equal ids are the same meaning.
    pub id: u16,
    pub langs: Langs,
    /// Number words: the number. Units: the class of the designator.
    pub value: u16,
}

/// Everything that begins with one word.
#[derive(Default, Debug)]
pub(super) struct Entry {
    pub senses: Vec<Sense>,
    /// Longer spellings (`po box`): the words behind the first, longest first.
    pub phrases: Vec<(Vec<String>, Vec<Sense>)>,
}

pub(super) struct Lexicon {
    entries: Table<Entry>,
    compounds: Vec<Compound>,
    /// Languages that glue the street type to the name.
    compound_langs: Langs,
    lang_bits: HashMap<String, u32>,
    /// Name of each meaning, for reasons.
    names: Vec<String>,
    unit_classes: Vec<String>,
}

/// A map keyed by short words of our own tables: no stranger chooses the keys, so a plain hash does.
pub(super) type Table<V> = HashMap<String, V, std::hash::BuildHasherDefault<WordHash>>;

/// FNV-1a.
pub(super) struct WordHash(u64);

impl Default for WordHash {
    fn default() -> Self {
        Self(0xcbf2_9ce4_8422_2325)
    }
}

impl std::hash::Hasher for WordHash {
    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.0 = (self.0 ^ u64::from(*byte)).wrapping_mul(0x100_0000_01b3);
        }
    }

    fn finish(&self) -> u64 {
        self.0
    }
}

struct Compound {
    full: String,
    langs: Langs,
    ending: String,
    needs_dot: bool,
}

pub(super) static LEXICON: LazyLock<Lexicon> = LazyLock::new(Lexicon::load);

const TABLES: [(&str, Option<Class>); 10] = [
    (include_str!("tables/street-types.tsv"), Some(Class::Type)),
    (include_str!("tables/directions.tsv"), Some(Class::Direction)),
    (include_str!("tables/units.tsv"), Some(Class::Unit)),
    (include_str!("tables/roads.tsv"), Some(Class::Road)),
    (include_str!("tables/number-words.tsv"), Some(Class::Number)),
    (include_str!("tables/noise.tsv"), Some(Class::Noise)),
    (include_str!("tables/optional.tsv"), Some(Class::Optional)),
    (include_str!("tables/words.tsv"), None),
    (include_str!("tables/company-forms.tsv"), Some(Class::Legal)),
    (include_str!("tables/titles.tsv"), None),
];

impl Lexicon {
    fn load() -> Self {
        let mut lexicon = Self {
            entries: Table::default(),
            compounds: Vec::new(),
            compound_langs: 0,
            lang_bits: HashMap::new(),
            names: Vec::new(),
            unit_classes: vec!["any".to_owned()],
        };
        for (table, class) in TABLES {
            for row in rows(table) {
                lexicon.row(&row, class);
            }
        }
        for row in rows(include_str!("tables/compounds.tsv")) {
            let [full, langs, endings @ ..] = row.as_slice() else { continue };
            let langs = lexicon.langs(langs);
            lexicon.compound_langs |= langs;
            for ending in endings {
                let (ending, needs_dot) = ending.strip_suffix('.').map_or((*ending, false), |e| (e, true));
                let full = (*full).to_owned();
                lexicon.compounds.push(Compound { full, langs, ending: ending.to_owned(), needs_dot });
            }
        }
        for entry in lexicon.entries.values_mut() {
            entry.phrases.sort_by_key(|(words, _)| std::cmp::Reverse(words.len()));
        }
        lexicon
    }

    fn row(&mut self, row: &[&str], class: Option<Class>) {
        let [meaning, langs, rest @ ..] = row else { return };
        let langs = self.langs(langs);
        let (class, spellings) = match class {
            Some(class) => (class, rest),
            None => match rest {
                [class, spellings @ ..] => (class_of(class), spellings),
                [] => return,
            },
        };
        let (class, value) = self.value(meaning, class);
        let id = u16::try_from(self.names.len()).unwrap_or(u16::MAX);
        self.names.push((*meaning).to_owned());
        for spelling in spellings {
            self.add(spelling, Sense { class, id, langs, value });
        }
    }

    fn value(&mut self, meaning: &str, class: Class) -> (Class, u16) {
        match class {
            Class::Number => (class, meaning.parse().unwrap_or(0)),
            Class::Unit => {
                let class = if matches!(meaning, "box" | "locked-bag" | "private-bag" | "packstation" | "locker") {
                    Class::Box
                } else {
                    Class::Unit
                };
                let known = self.unit_classes.iter().position(|c| c == meaning).unwrap_or_else(|| {
                    self.unit_classes.push(meaning.to_owned());
                    self.unit_classes.len() - 1
                });
                (class, u16::try_from(known).unwrap_or(0))
            }
            _ => (class, 0),
        }
    }

    fn add(&mut self, spelling: &str, sense: Sense) {
        for folded in foldings(spelling) {
            let mut words = folded.split(' ').filter(|w| !w.is_empty());
            let Some(first) = words.next() else { continue };
            let rest: Vec<String> = words.map(str::to_owned).collect();
            let entry = self.entries.entry(first.to_owned()).or_default();
            let senses = if rest.is_empty() {
                &mut entry.senses
            } else if let Some(i) = entry.phrases.iter().position(|(words, _)| *words == rest) {
                &mut entry.phrases[i].1
            } else {
                entry.phrases.push((rest, Vec::new()));
                let last = entry.phrases.len() - 1;
                &mut entry.phrases[last].1
            };
            if !senses.iter().any(|s| s.id == sense.id) {
                senses.push(sense);
            }
        }
    }

    fn langs(&mut self, list: &str) -> Langs {
        if list == "*" {
            return Langs::MAX;
        }
        list.split(',').fold(0, |bits, lang| {
            let next = u32::try_from(self.lang_bits.len()).unwrap_or(0);
            let bit = *self.lang_bits.entry(lang.to_owned()).or_insert(next);
            bits | 1_u128.checked_shl(bit).unwrap_or(0)
        })
    }

    /// The bits of languages and countries that some table names.
    pub fn bits(&self, langs: impl Iterator<Item = impl AsRef<str>>) -> Langs {
        langs.filter_map(|l| self.lang_bits.get(l.as_ref())).fold(0, |bits, bit| bits | 1_u128 << bit)
    }

    pub fn entry(&self, word: &str) -> Option<&Entry> {
        self.entries.get(word)
    }

    pub fn has_class(&self, word: &str, langs: Langs, classes: &[Class]) -> bool {
        self.entries
            .get(word)
            .is_some_and(|e| e.senses.iter().any(|s| s.langs & langs != 0 && classes.contains(&s.class)))
    }

    /// Letters that introduce a number, so that `Apt4` and `No12` are two tokens.
    pub fn begins_number(&self, word: &str, glued: bool, langs: Langs) -> bool {
        // One letter glued to a number is part of it (N2H), unless it is a unit's (U10, m5).
        if glued && word.chars().count() == 1 {
            return self.has_class(word, langs, &[Class::Unit, Class::Box]);
        }
        self.has_class(word, langs, &[Class::Unit, Class::Box, Class::Noise, Class::Road, Class::Type])
    }

    pub fn name(&self, id: u16) -> &str {
        self.names.get(usize::from(id)).map_or("", String::as_str)
    }

    pub fn unit_class(&self, value: u16) -> &str {
        self.unit_classes.get(usize::from(value)).map_or("unit", String::as_str)
    }

    pub fn unit_value(&self, class: &str) -> u16 {
        self.unit_classes.iter().position(|c| c == class).and_then(|i| u16::try_from(i).ok()).unwrap_or(0)
    }

    /// `hauptstr` is `hauptstrasse` where that is how streets are written; `None` when nothing changes.
    pub fn full_compound(&self, word: &str, dotted: bool, langs: Langs) -> Option<String> {
        if self.compound_langs & langs == 0 {
            return None;
        }
        self.compounds
            .iter()
            .filter(|c| c.langs & langs != 0 && (dotted || !c.needs_dot))
            .filter_map(|c| Some((c, word.strip_suffix(c.ending.as_str())?)))
            .filter(|(c, stem)| stem.chars().count() >= 2 && c.ending != c.full && !word.ends_with(c.full.as_str()))
            .max_by_key(|(c, _)| c.ending.len())
            .map(|(c, stem)| format!("{stem}{}", c.full))
    }
}

fn class_of(name: &str) -> Class {
    match name {
        "door" => Class::Door,
        "label" => Class::Label,
        "particle" => Class::Particle,
        "care" => Class::Care,
        "attn" => Class::Attention,
        "title" => Class::Title,
        "generation" => Class::Generation,
        _ => Class::Name,
    }
}

/// Rows of a table: cells between tabs, comments and empty lines left out.
pub(super) fn rows(table: &'static str) -> impl Iterator<Item = Vec<&'static str>> {
    table.lines().filter(|l| !l.is_empty() && !l.starts_with('#')).map(|l| l.split('\t').map(str::trim).collect())
}

/// A spelling as the tokens of an address would spell it: accents off, and the long form (tür, tuer) beside it.
fn foldings(spelling: &str) -> Vec<String> {
    let mut plain = String::new();
    let mut long = String::new();
    for c in spelling.trim_end_matches('/').chars().flat_map(char::to_lowercase) {
        match c {
            '.' | '\'' | '’' => {}
            '-' => {
                plain.push(' ');
                long.push(' ');
            }
            c => match fold::special(c) {
                Some(letter) => {
                    plain.push_str(letter.plain);
                    long.push_str(letter.long);
                }
                None => {
                    let c = fold::base(c);
                    plain.push(c);
                    long.push(c);
                }
            },
        }
    }
    if plain == long { vec![plain] } else { vec![plain, long] }
}
