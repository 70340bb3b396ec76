//! Tokens with their possible meanings: phrases found (`po box`), endings completed (`Hauptstr.`), numbers read
//! (`2nd`, `Second`). Two items agree when they share a text or a meaning; nothing is decided about one side alone.

use super::lexicon::{Class, LEXICON, Langs, Sense};
use super::script;
use super::token::{Kind, Token, Tokens};

#[derive(Clone, Debug)]
pub(super) struct Item {
    pub token: Token,
    senses: &'static [Sense],
    langs: Langs,
    /// The number that an ordinal or a number word names.
    pub number: Option<u16>,
}

impl Item {
    pub fn senses(&self) -> impl Iterator<Item = &'static Sense> {
        let langs = self.langs;
        self.senses.iter().filter(move |s| s.langs & langs != 0)
    }

    pub fn is(&self, class: Class) -> bool {
        self.senses().any(|s| s.class == class)
    }

    pub fn sense(&self, class: Class) -> Option<&'static Sense> {
        self.senses().find(|s| s.class == class)
    }

    pub fn text(&self) -> &str {
        &self.token.text
    }

    pub fn is_number(&self) -> bool {
        self.token.kind == Kind::Number
    }

    pub fn is_word(&self) -> bool {
        matches!(self.token.kind, Kind::Word | Kind::Cjk)
    }

    pub fn segment(&self) -> u16 {
        self.token.segment
    }

    pub fn is_letter(&self) -> bool {
        self.token.kind == Kind::Word && self.token.text.chars().count() == 1
    }

    /// A word that says something of its own: not only a type, a direction or "number".
    pub fn is_name(&self) -> bool {
        self.is_word() && !self.senses().any(|s| matches!(s.class, Class::Type | Class::Direction | Class::Noise))
    }
}

/// How two items were found to agree, the strongest reason first in the list of rules.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(super) enum Agree {
    Text,
    /// ä and ae.
    Spelling,
    Abbreviation(Class),
    Script,
}

impl PartialOrd for Class {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Class {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        (*self as u8).cmp(&(*other as u8))
    }
}

pub(super) fn agree(a: &Item, b: &Item) -> Option<Agree> {
    if a.token.text == b.token.text {
        return (a.token.kind == b.token.kind || a.is_word() == b.is_word()).then_some(Agree::Text);
    }
    if a.is_number() || b.is_number() {
        return numbers_agree(a, b).then_some(Agree::Abbreviation(Class::Number));
    }
    if !a.is_word() || !b.is_word() {
        return None;
    }
    // A phrase of single letters (s r l) and its word (srl).
    let alike = a.text().as_bytes().first() == b.text().as_bytes().first();
    if alike
        && a.text().contains(' ') != b.text().contains(' ')
        && without_spaces(a.text()).eq(without_spaces(b.text()))
    {
        return Some(Agree::Text);
    }
    // Two letters are two doors (12 E, 12 Y), whatever short words they also are.
    if a.is_letter() && b.is_letter() {
        return None;
    }
    if long_forms_meet(&a.token, &b.token) {
        return Some(Agree::Spelling);
    }
    // Particles, company forms and titles are left out, never taken for one another.
    let means_something =
        |s: &&Sense| !matches!(s.class, Class::Particle | Class::Legal | Class::Title | Class::Generation);
    if let Some(shared) = a.senses().filter(means_something).find(|s| b.senses().any(|t| t.id == s.id)) {
        return Some(Agree::Abbreviation(shared.class));
    }
    if completed(a, b) || completed(b, a) {
        return Some(Agree::Abbreviation(Class::Type));
    }
    script::same(&a.token.text, &b.token.text).then_some(Agree::Script)
}

fn without_spaces(text: &str) -> impl Iterator<Item = char> {
    text.chars().filter(|c| *c != ' ')
}

/// `Storg` without its dot is Storgatan when the other side says so.
fn completed(short: &Item, full: &Item) -> bool {
    let (x, y) = (short.text(), full.text());
    x.len() > 3
        && x.len() < y.len()
        && x.as_bytes()[..3] == y.as_bytes()[..3]
        && LEXICON.full_compound(x, true, short.langs).is_some_and(|x| x == y)
}

pub(super) fn long_forms_meet(a: &Token, b: &Token) -> bool {
    match (&a.long, &b.long) {
        (Some(long), None) => *long == b.text,
        (None, Some(long)) => *long == a.text,
        (Some(x), Some(y)) => x == y || *x == b.text || *y == a.text,
        (None, None) => false,
    }
}

/// `2nd` is Second, `2e` is `2ème`; `Sete` is 7. `2nd` is not 2: that may be a house.
fn numbers_agree(a: &Item, b: &Item) -> bool {
    match (a.number, b.number) {
        (Some(x), Some(y)) => x == y,
        // 30А and 30A: the letter in the script of each side.
        (None, None) if a.is_number() && b.is_number() => letters_agree(a.text(), b.text()),
        (Some(x), None) => a.is_word() && b.token.text.parse() == Ok(x),
        (None, Some(y)) => b.is_word() && a.token.text.parse() == Ok(y),
        (None, None) => false,
    }
}

fn letters_agree(a: &str, b: &str) -> bool {
    let end = |text: &str| text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
    let ((x, suffix_x), (y, suffix_y)) = (a.split_at(end(a)), b.split_at(end(b)));
    !x.is_empty() && x == y && script::same(suffix_x, suffix_y)
}

/// The items of some lines of an address.
pub(super) fn read<'t>(lines: impl Iterator<Item = &'t str>, langs: Langs, country: &str) -> Vec<Item> {
    let mut tokens = Tokens::new(&LEXICON, langs, country);
    for line in lines {
        tokens.push_line(line);
    }
    understand(tokens.list, langs)
}

fn understand(tokens: Vec<Token>, langs: Langs) -> Vec<Item> {
    let mut items = Vec::with_capacity(tokens.len());
    let mut tokens = tokens.into_iter().peekable();
    let mut ahead: std::collections::VecDeque<Token> = std::collections::VecDeque::new();
    while let Some(token) = ahead.pop_front().or_else(|| tokens.next()) {
        match token.kind {
            Kind::Number => {
                let number = ordinal(&token);
                items.push(Item { token, senses: &[], langs, number });
            }
            Kind::Word | Kind::Cjk => {
                while ahead.len() < 3 {
                    let Some(next) = tokens.next() else { break };
                    ahead.push_back(next);
                }
                let item = word(token, &mut ahead, langs);
                match items.last_mut() {
                    Some(tens) if is_tens(tens) && follows(tens, &item) => take_ones(tens, &item),
                    _ => items.push(item),
                }
            }
            Kind::Hash | Kind::Sign => items.push(Item { token, senses: &[], langs, number: None }),
        }
    }
    items
}

/// Twenty First is the 21st.
fn is_tens(item: &Item) -> bool {
    item.is_word() && item.text().ends_with("ty") && item.number.is_some_and(|n| n >= 20 && n % 10 == 0)
}

fn follows(tens: &Item, ones: &Item) -> bool {
    ones.is_word() && ones.segment() == tens.segment() && ones.number.is_some_and(|n| (1..10).contains(&n))
}

fn take_ones(tens: &mut Item, ones: &Item) {
    tens.number = tens.number.zip(ones.number).map(|(t, o)| t + o);
    tens.token.text.push(' ');
    tens.token.text.push_str(&ones.token.text);
    tens.senses = &[];
}

fn word(mut token: Token, ahead: &mut std::collections::VecDeque<Token>, langs: Langs) -> Item {
    let Some(entry) = LEXICON.entry(&token.text).or_else(|| LEXICON.entry(token.long.as_deref()?)) else {
        if let Some(full) = LEXICON.full_compound(&token.text, token.dotted, langs) {
            token.text = full;
            token.long = token.long.and_then(|l| LEXICON.full_compound(&l, token.dotted, langs));
        }
        return Item { token, senses: &[], langs, number: None };
    };
    for (words, senses) in &entry.phrases {
        let fits = words.len() <= ahead.len()
            && words.iter().zip(ahead.iter()).all(|(w, t)| *w == t.text && t.segment == token.segment)
            && senses.iter().any(|s| s.langs & langs != 0);
        if fits {
            for next in ahead.drain(..words.len()) {
                token.text.push(' ');
                token.text.push_str(&next.text);
                token.dotted = next.dotted;
            }
            return with_senses(token, senses, langs);
        }
    }
    with_senses(token, &entry.senses, langs)
}

fn with_senses(token: Token, senses: &'static [Sense], langs: Langs) -> Item {
    let number = senses.iter().find(|s| s.class == Class::Number && s.langs & langs != 0).map(|s| s.value);
    Item { token, senses, langs, number }
}

/// The number of `2nd`, `3º`, `2e`, `8ème`; a bare number is none.
fn ordinal(token: &Token) -> Option<u16> {
    let end = token.text.find(|c: char| !c.is_ascii_digit()).unwrap_or(token.text.len());
    let (digits, suffix) = token.text.split_at(end);
    let known = matches!(
        suffix,
        "st" | "nd"
            | "rd"
            | "th"
            | "e"
            | "er"
            | "re"
            | "eme"
            | "ieme"
            | "de"
            | "ste"
            | "nde"
            | "ere"
            | "ed"
            | "ro"
            | "do"
            | "to"
    );
    (known || token.ordinal_mark && suffix.is_empty()).then(|| digits.parse().ok()).flatten()
}

impl Item {
    /// Used when a number is made from a part of another item.
    pub fn forget_meanings(&mut self) {
        self.senses = &[];
        self.number = None;
    }
}
