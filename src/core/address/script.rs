//! Cyrillic and Greek words against their Latin form, letter by letter, by `tables/letters.tsv`: each letter has the
//! spellings that passports, maps and posts use. Scripts without such a table (kanji, Arabic, Hebrew) never agree here.

use std::collections::HashMap;
use std::sync::LazyLock;

use super::lexicon::rows;

static LETTERS: LazyLock<HashMap<&'static str, Vec<&'static str>>> = LazyLock::new(|| {
    rows(include_str!("tables/letters.tsv"))
        .filter_map(|row| {
            let [letter, latin @ ..] = row.as_slice() else { return None };
            Some((*letter, latin.iter().map(|l| if *l == "-" { "" } else { l }).collect()))
        })
        .collect()
});

/// True when one word is in Cyrillic or Greek and the other is a Latin spelling of it.
pub(super) fn same(a: &str, b: &str) -> bool {
    match (foreign(a), foreign(b)) {
        (true, false) => b.is_ascii() && spells(a, b),
        (false, true) => a.is_ascii() && spells(b, a),
        _ => false,
    }
}

fn foreign(word: &str) -> bool {
    word.chars().next().is_some_and(|c| matches!(c, '\u{370}'..='\u{3ff}' | '\u{400}'..='\u{52f}'))
}

/// Whether the Latin word is a spelling of the foreign one; tries the longest letter groups first.
fn spells(word: &str, latin: &str) -> bool {
    // A word is short; the guard keeps a hostile one from costing anything.
    if word.len() > 80 || latin.len() > 80 {
        return false;
    }
    let letters: Vec<char> = word.chars().collect();
    let mut open = vec![(0_usize, 0_usize)];
    let mut seen = std::collections::HashSet::new();
    while let Some((at, done)) = open.pop() {
        if at == letters.len() {
            if done == latin.len() {
                return true;
            }
            continue;
        }
        if !seen.insert((at, done)) {
            continue;
        }
        for take in [2, 1] {
            let Some(group) = letters.get(at..at + take) else { continue };
            let group: String = group.iter().collect();
            for spelling in LETTERS.get(group.as_str()).map_or(&[][..], Vec::as_slice) {
                if latin.get(done..).is_some_and(|rest| rest.starts_with(spelling)) {
                    open.push((at + take, done + spelling.len()));
                }
            }
        }
    }
    false
}

/// The usual Latin spelling of a text, letter by letter; `None` when a letter has none. Case follows the original.
pub(super) fn latin(text: &str) -> Option<String> {
    let letters: Vec<char> = text.chars().collect();
    let mut out = String::with_capacity(text.len());
    let mut at = 0;
    while at < letters.len() {
        let c = letters[at];
        let two: String = letters[at..(at + 2).min(letters.len())].iter().flat_map(|c| c.to_lowercase()).collect();
        let one: String = c.to_lowercase().collect();
        let (spelling, step) = match (LETTERS.get(two.as_str()), LETTERS.get(one.as_str())) {
            (Some(group), _) if two.chars().count() == 2 => (group.first(), 2),
            (_, Some(single)) => (single.first(), 1),
            _ => (None, 1),
        };
        match spelling {
            Some(spelling) if c.is_uppercase() => {
                let mut spelled = spelling.chars();
                out.extend(spelled.next().into_iter().flat_map(char::to_uppercase));
                let loud = letters.get(at + 1).is_some_and(|n| n.is_uppercase());
                spelled.for_each(|s| if loud { out.extend(s.to_uppercase()) } else { out.push(s) });
            }
            Some(spelling) => out.push_str(spelling),
            None if foreign(&one) => return None,
            None => out.push(c),
        }
        at += step;
    }
    Some(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_word_in_two_scripts() {
        for (a, b) in [
            ("иванов", "ivanov"),
            ("щербаков", "shcherbakov"),
            ("юлия", "yuliya"),
            ("юлия", "iuliia"),
            ("київ", "kyiv"),
            ("παπαδοπουλοσ", "papadopoulos"),
            ("αθηνα", "athina"),
        ] {
            assert!(same(a, b), "{a} {b}");
            assert!(same(b, a), "{b} {a}");
        }
        assert!(!same("иванов", "petrov"));
        assert!(!same("иван", "ivanov"));
        assert!(!same("ivan", "ivan"));
        assert_eq!(latin("Щербаков").as_deref(), Some("Shcherbakov"));
    }
}
