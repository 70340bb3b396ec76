//! Counters of East Asian addresses (4丁目25番12号, 114동 906호, 3樓之1) rewritten into the plain forms that people also
//! write (4-25-12, bldg 114 apt 906, fl 3-1), so that both meet in one reading. Only what follows a digit is touched.

use std::collections::HashMap;
use std::sync::LazyLock;

use super::fold::{digit, is_cjk};
use super::lexicon::rows;

/// Traditional, Japanese and variant forms of one character, by table.
static FORMS: LazyLock<HashMap<char, char>> = LazyLock::new(|| {
    let mut forms = HashMap::new();
    for row in rows(include_str!("tables/han-forms.tsv")) {
        let mut chars = row.iter().filter_map(|cell| cell.chars().next());
        let Some(plain) = chars.next() else { continue };
        forms.extend(chars.filter(|c| *c != plain).map(|c| (c, plain)));
    }
    forms
});

/// The plain form of a character that has several.
pub(super) fn plain(c: char) -> char {
    FORMS.get(&c).copied().unwrap_or(c)
}

/// What a counter becomes. The longer counter stands before the shorter one that begins it.
enum Becomes {
    /// A hyphen when a digit follows, nothing at the end: 丁目, 番地, の.
    Joint,
    /// A designator before the number.
    Unit(&'static str),
    /// Nothing: the number says it all (号室 after a building's name, 號 of a house).
    Nothing,
}

use Becomes::{Joint, Nothing, Unit};

const JAPAN: &[(&str, Becomes)] = &[
    ("丁目", Joint),
    ("番地の", Joint),
    ("番地", Joint),
    ("番", Joint),
    ("号室", Nothing),
    ("号", Joint),
    ("室", Nothing),
    ("階", Unit("fl")),
    ("の", Joint),
    ("ノ", Joint),
    ("ー", Joint),
];
const KOREA: &[(&str, Becomes)] = &[("번지", Nothing), ("동", Unit("bldg")), ("호", Unit("apt")), ("층", Unit("fl"))];
const CHINA: &[(&str, Becomes)] = &[
    ("号楼", Unit("bldg")),
    ("號樓", Unit("bldg")),
    ("号", Nothing),
    ("號", Nothing),
    ("栋", Unit("bldg")),
    ("棟", Unit("bldg")),
    ("幢", Unit("bldg")),
    ("座", Unit("bldg")),
    ("单元", Unit("entrance")),
    ("單元", Unit("entrance")),
    ("樓之", Unit("fl")),
    ("楼之", Unit("fl")),
    ("樓", Unit("fl")),
    ("楼", Unit("fl")),
    ("层", Unit("fl")),
    ("層", Unit("fl")),
    ("室", Unit("rm")),
    ("之", Joint),
];

fn counters(country: &str) -> &'static [(&'static str, Becomes)] {
    match country {
        "JP" => JAPAN,
        "KR" => KOREA,
        "CN" | "TW" | "HK" | "MO" | "SG" => CHINA,
        _ => &[],
    }
}

/// `None` when there is nothing to rewrite.
pub(super) fn rewrite(text: &str, country: &str) -> Option<String> {
    if country == "TH" {
        return thai(text);
    }
    let table = counters(country);
    if table.is_empty() || !text.chars().any(is_cjk) {
        return None;
    }
    let text = kanji_before_chome(text);
    let mut out = String::with_capacity(text.len() + 16);
    let mut rest = text.as_str();
    while let Some(c) = rest.chars().next() {
        if digit(c).is_some() {
            let end = rest.find(|c: char| digit(c).is_none() && c != '-').unwrap_or(rest.len());
            let number = &rest[..end];
            rest = &rest[end..];
            rest = counted(number, rest, table, &mut out);
        } else {
            out.push(c);
            rest = &rest[c.len_utf8()..];
        }
    }
    Some(out)
}

/// Thai writes the type of a street and its name as one word, and the type short with a dot.
fn thai(text: &str) -> Option<String> {
    const TYPES: [(&str, &str); 4] = [("ซอย", "ซอย "), ("ถนน", "ถนน "), ("ซ.", "ซอย "), ("ถ.", "ถนน ")];
    let mut spaced = text.to_owned();
    for (short, full) in TYPES {
        if spaced.contains(short) {
            spaced = spaced.replace(short, full);
        }
    }
    (spaced != text).then_some(spaced)
}

fn counted<'t>(number: &str, rest: &'t str, table: &[(&str, Becomes)], out: &mut String) -> &'t str {
    let after = rest.trim_start_matches(' ');
    // A name that only begins like a counter (115동 but 115동로) keeps its letters.
    let Some((word, becomes)) = table.iter().find(|(word, _)| after.starts_with(word)) else {
        out.push_str(number);
        return rest;
    };
    let left = &after[word.len()..];
    let digit_next = left.chars().find(|c| *c != ' ').is_some_and(|c| digit(c).is_some());
    match becomes {
        Joint => {
            out.push_str(number);
            if !digit_next {
                out.push(' ');
                return left;
            }
            out.push('-');
            return left.trim_start_matches(' ');
        }
        Unit(designator) => {
            let (number, left) = with_branch(number, word, left);
            for part in [" ", designator, " ", &number, " "] {
                out.push_str(part);
            }
            return left;
        }
        Nothing => {
            out.push_str(number);
            out.push(' ');
        }
    }
    left
}

/// 3樓之1 is one unit, 3-1.
fn with_branch<'t>(number: &str, word: &str, left: &'t str) -> (String, &'t str) {
    let branch = if word.ends_with('之') { Some(left) } else { left.strip_prefix('之') };
    match branch {
        Some(branch) => {
            let end = branch.find(|c: char| digit(c).is_none()).unwrap_or(branch.len());
            (format!("{number}-{}", &branch[..end]), &branch[end..])
        }
        None => (number.to_owned(), left),
    }
}

/// 三丁目 is 3丁目: only there is a kanji numeral certainly a number and not a part of a name.
fn kanji_before_chome(text: &str) -> String {
    const ONES: [char; 10] = ['〇', '一', '二', '三', '四', '五', '六', '七', '八', '九'];
    let mut text = text.to_owned();
    for (value, kanji) in ONES.iter().enumerate().skip(1) {
        let spelled = format!("{kanji}丁目");
        if text.contains(&spelled) && !text.contains(&format!("十{spelled}")) {
            text = text.replace(&spelled, &format!("{value}丁目"));
        }
    }
    if text.contains("十丁目") { text.replace("十丁目", "10丁目") } else { text }
}
