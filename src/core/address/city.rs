//! The city: abbreviations, foreign names of known cities, and a postcode or region written beside it.

use std::collections::HashMap;
use std::sync::LazyLock;

use super::align;
use super::item::{self, Item, agree};
use super::lexicon::rows;
use super::postcode;
use super::reason::nearly;
use super::region;
use super::side::Side;
use super::text::squash;
use super::verdict::{FieldVerdict, Verdict};

const FIELD: &str = "city";

/// `country, own name, foreign names`: one city a row.
static EXONYMS: LazyLock<HashMap<String, usize>> = LazyLock::new(|| {
    let mut names = HashMap::new();
    for (id, row) in rows(include_str!("tables/cities.tsv")).enumerate() {
        let Some((country, spellings)) = row.split_first() else { continue };
        for name in spellings {
            names.insert(format!("{country}{}", squash(name)), id);
        }
    }
    names
});

fn known(country: &str, text: &str) -> Option<usize> {
    EXONYMS.get(&format!("{country}{}", squash(text))).copied()
}

/// Two names of one city of the table; also for regions that are called after their city.
pub(super) fn one_city(country: &str, a: &str, b: &str) -> bool {
    known(country, a).is_some_and(|id| known(country, b) == Some(id))
}

/// What the city field of one side also held.
#[derive(Clone, Copy, Default)]
pub(super) struct Held {
    pub postcode: bool,
    pub region: bool,
}

/// `elsewhere`: the missing city was found in a line of its side.
pub(super) fn compare(a: &Side<'_>, b: &Side<'_>, elsewhere: bool) -> (Option<FieldVerdict>, [Held; 2]) {
    let (x, y) = (a.address.city.as_str(), b.address.city.as_str());
    let none = [Held::default(); 2];
    let (blank_x, blank_y) = (x.trim().is_empty(), y.trim().is_empty());
    if blank_x && blank_y {
        return (None, none);
    }
    if x == y {
        return (Some(FieldVerdict::identical(FIELD, x, y)), none);
    }
    if blank_x || blank_y {
        let found = if elsewhere {
            FieldVerdict::equivalent(FIELD, "found_in_other_field", x, y)
        } else {
            let reason = format!("city {} is missing", if blank_x { y } else { x });
            FieldVerdict::new(FIELD, Verdict::Missing, None, x, y, reason)
        };
        return (Some(found), none);
    }
    let (readings_a, readings_b) = (readings(a, b), readings(b, a));
    let fits = |p: &Reading, q: &Reading| align::flows(&p.items, &q.items).is_some();
    let pair = readings_a.iter().flat_map(|p| readings_b.iter().map(move |q| (p, q))).find(|(p, q)| fits(p, q));
    // Where no reading fits, the ones without a postcode say best what differs.
    fn barest(readings: &[Reading]) -> Option<&Reading> {
        readings.iter().rev().find(|r| !r.held.region)
    }
    let Some((p, q)) = pair.or_else(|| barest(&readings_a).zip(barest(&readings_b))) else { return (None, none) };
    (Some(places(&p.items, &q.items, a.country, x, y)), [p.held, q.held])
}

/// A way to read the city field.
struct Reading {
    items: Vec<Item>,
    held: Held,
}

/// The field as it is, then without the postcode and without the region that stand beside the city.
fn readings(side: &Side<'_>, other: &Side<'_>) -> Vec<Reading> {
    let mut items = item::read(std::iter::once(side.address.city.as_str()), side.rules().langs, side.country);
    let mut held = Held::default();
    let pick = |mine: &str, theirs: &str| if mine.trim().is_empty() { theirs.to_owned() } else { mine.to_owned() };
    let code = postcode::key(&pick(&side.address.postcode, &other.address.postcode), side.country);
    let region_text = squash(&pick(&side.address.region, &other.address.region));
    let region = region::find_whole(side.country, &region_text).map(|r| r.code);
    let spelled = |part: &[Item]| part.iter().map(Item::text).collect::<Vec<_>>().join(" ");
    let is_code = |text: &str| !code.is_empty() && postcode::key(text, side.country) == code;
    let is_region = |text: &str| {
        let key = squash(text);
        key == region_text || region.is_some() && region::find_whole(side.country, &key).map(|r| r.code) == region
    };
    let mut readings = vec![Reading { items: items.clone(), held }];
    for _ in 0..3 {
        let longest = items.len().saturating_sub(1).min(4);
        let find = |test: &dyn Fn(&[Item], usize) -> bool| (1..=longest).rev().find(|n| test(&items, *n));
        let front = find(&|items, n| is_code(&spelled(&items[..n])));
        let back = find(&|items, n| is_code(&spelled(&items[items.len() - n..])));
        // Behind a border or as a short code: the Delhi of New Delhi is no region beside a city.
        let region_back = find(&|items, n| {
            let (rest, part) = items.split_at(items.len() - n);
            let border = rest.last().is_some_and(|r| r.segment() != part[0].segment());
            let text = spelled(part);
            !held.region && (border || text.len() <= 3) && rest.iter().any(Item::is_word) && is_region(&text)
        });
        match (front, back, region_back) {
            (Some(n), _, _) => {
                items.drain(..n);
                held.postcode = true;
            }
            (_, Some(n), _) => {
                items.truncate(items.len() - n);
                held.postcode = true;
            }
            (_, _, Some(n)) => {
                items.truncate(items.len() - n);
                held.region = true;
            }
            _ => break,
        }
        readings.push(Reading { items: items.clone(), held });
    }
    readings
}

fn places(p: &[Item], q: &[Item], country: &str, x: &str, y: &str) -> FieldVerdict {
    let made = |verdict, rule, reason: String| FieldVerdict::new(FIELD, verdict, rule, x, y, reason);
    if let Some(rule) = align::flows(p, q) {
        return FieldVerdict::equivalent(FIELD, rule.name(), x, y);
    }
    let joined = |items: &[Item]| items.iter().map(Item::text).collect::<Vec<_>>().join(" ");
    let (jp, jq) = (joined(p), joined(q));
    if let (Some(i), Some(j)) = (known(country, &jp), known(country, &jq))
        && i == j
    {
        return FieldVerdict::equivalent(FIELD, "city_name", x, y);
    }
    let script = |text: &str| text.chars().find(|c| c.is_alphabetic()).map(|c| u32::from(c) > 0x24f);
    if script(&jp) != script(&jq) {
        let reason = format!("city in two scripts, and no table says that they are one: {x} against {y}");
        return made(Verdict::Suspicious, Some("other_script"), reason);
    }
    let within = |inner: &[Item], outer: &[Item]| {
        !inner.is_empty() && inner.iter().all(|i| outer.iter().any(|o| agree(i, o).is_some()))
    };
    // A village and a town may share a name: only one side may say its kind.
    let one_kind = kinds(p) == 0 || kinds(q) == 0;
    let bare = without_kind(p).zip(without_kind(q));
    if one_kind && bare.is_some_and(|(p, q)| align::flows(&p, &q).is_some()) {
        return FieldVerdict::equivalent(FIELD, "kind_of_place", x, y);
    }
    if within(p, q) || within(q, p) {
        return made(Verdict::Suspicious, Some("city_part"), format!("one city name holds the other: {x} against {y}"));
    }
    if nearly(&squash(&jp), &squash(&jq)) {
        return made(
            Verdict::Suspicious,
            Some("city_nearly"),
            format!("a letter of the city differs: {x} against {y}"),
        );
    }
    made(Verdict::Different, None, format!("city {x} became {y}"))
}

/// Words that say what kind of place it is: г. Москва, Suwon-si; 港区 against Minato-ku stays for the tables.
const KINDS: [&str; 18] = [
    "г",
    "гор",
    "город",
    "місто",
    "м",
    "с",
    "село",
    "пос",
    "пгт",
    "смт",
    "si",
    "gu",
    "gun",
    "shi",
    "ku",
    "cho",
    "kota",
    "cedex",
];

fn kinds(items: &[Item]) -> usize {
    items.iter().filter(|i| KINDS.contains(&i.text())).count()
}

/// The words without their kind; `None` when nothing remains.
pub(super) fn without_kind(items: &[Item]) -> Option<Vec<Item>> {
    let kept: Vec<Item> = items.iter().filter(|i| !KINDS.contains(&i.text())).cloned().collect();
    (!kept.is_empty()).then_some(kept)
}
