//! Headers to column numbers, once per file. Later, cells are found by number alone.

use super::field::Field;
use super::format::{Format, Spellings};

/// Column of each field, by `Field as usize`.
pub(super) type Index = [Option<u16>; Field::COUNT];

/// Numbered columns beyond this are nobody's export.
const MOST_NUMBERED: usize = 2000;

/// The columns of one file as one format sees them.
#[derive(Clone, Debug)]
pub struct Columns {
    /// As found, for people.
    pub headers: Vec<String>,
    pub(super) index: Index,
    /// `SKU #1`, `SKU #2` …: one index per item.
    pub(super) numbered: Vec<Index>,
    /// Cells with packed items.
    pub(super) packed: Vec<u16>,
    /// Columns of the customer's own words, with their labels.
    pub(super) forms: Vec<(u16, String)>,
    pub(super) billing: Vec<u16>,
}

impl Columns {
    pub fn new(format: &Format, headers: Vec<String>) -> Self {
        let folded: Vec<String> = headers.iter().map(|h| fold(h)).collect();
        let find = |spelling: &str| position(&folded, spelling);
        let mut index: Index = [None; Field::COUNT];
        for (field, spellings) in &format.columns {
            index[*field as usize] = spellings.all().iter().filter(|s| !s.contains("{n}")).find_map(|s| find(s));
        }
        let forms = format.personalisation_columns.as_deref().map_or_else(Vec::new, |prefix| {
            let labelled = |(at, header): (usize, &String)| {
                let label = header.trim().strip_prefix(prefix)?.trim().to_owned();
                Some((u16::try_from(at).ok()?, label))
            };
            headers.iter().enumerate().filter_map(labelled).collect()
        });
        let billing = format.billing.iter().filter_map(|s| find(s)).collect();
        let numbered = numbered(format, &folded);
        let packed = format.packing.as_ref().map_or_else(Vec::new, |p| packed(&p.column, &folded));
        Self { headers, index, numbered, packed, forms, billing }
    }

    /// As found in the file; empty when the file has no such column.
    pub fn header(&self, field: Field) -> String {
        let at = self.index[field as usize].map_or(usize::MAX, usize::from);
        self.headers.get(at).map_or_else(String::new, |h| h.trim().to_owned())
    }

    pub fn has(&self, field: Field) -> bool {
        self.index[field as usize].is_some() || self.numbered.iter().any(|i| i[field as usize].is_some())
    }
}

/// How two headers are compared: no mark, no case, one space between words.
pub(super) fn fold(header: &str) -> String {
    let bare = header.trim_matches(|c: char| c == '\u{feff}' || c.is_whitespace());
    bare.split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase()
}

/// The first column of that name: of two blocks with equal names the first is the shipping block.
fn position(folded: &[String], spelling: &str) -> Option<u16> {
    let wanted = fold(spelling);
    folded.iter().position(|h| *h == wanted).and_then(|at| u16::try_from(at).ok())
}

pub(super) fn any_present(folded: &[String], spellings: &Spellings) -> bool {
    spellings.all().iter().any(|s| match s.contains("{n}") {
        true => position(folded, &s.replace("{n}", "1")).is_some(),
        false => position(folded, s).is_some(),
    })
}

fn numbered(format: &Format, folded: &[String]) -> Vec<Index> {
    let mut items = Vec::new();
    for n in 1..=MOST_NUMBERED {
        let mut index: Index = [None; Field::COUNT];
        for (field, spellings) in &format.columns {
            let numbered = spellings.all().iter().filter(|s| s.contains("{n}"));
            index[*field as usize] =
                numbered.map(|s| s.replace("{n}", &n.to_string())).find_map(|s| position(folded, &s));
        }
        if index.iter().all(Option::is_none) {
            break;
        }
        items.push(index);
    }
    items
}

fn packed(column: &str, folded: &[String]) -> Vec<u16> {
    if !column.contains("{n}") {
        return position(folded, column).into_iter().collect();
    }
    (1..=MOST_NUMBERED).map_while(|n| position(folded, &column.replace("{n}", &n.to_string()))).collect()
}
