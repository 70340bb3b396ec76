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
    let (p, held_a) = place(a, b);
    let (q, held_b) = place(b, a);
    (Some(places(&p, &q, a.country, x, y)), [held_a, held_b])
}

/// The city's own words, without the postcode, region or country that stand beside it.
fn place(side: &Side<'_>, other: &Side<'_>) -> (Vec<Item>, Held) {
    let text = side.address.city.as_str();
    let mut items = item::read(std::iter::once(text), side.rules().langs, side.country);
    let mut held = Held::default();
    let pick =
        |mine: &'_ str, theirs: &'_ str| if mine.trim().is_empty() { theirs.to_owned() } else { mine.to_owned() };
    let code = postcode::key(&pick(&side.address.postcode, &other.address.postcode), side.country);
    let region = region::find(side.country, &pick(&side.address.region, &other.address.region)).map(|r| r.code);
    for from_end in [false, true] {
        for n in 1..=items.len().saturating_sub(1).min(4) {
            let part = if from_end { &items[items.len() - n..] } else { &items[..n] };
            let spelled = part.iter().map(Item::text).collect::<Vec<_>>().join(" ");
            let is_code = !code.is_empty() && postcode::key(&spelled, side.country) == code;
            let bordered = items.windows(2).any(|w| w[0].segment() != w[1].segment());
            let is_region = from_end
                && (bordered || held.postcode || spelled.len() == 2)
                && region.is_some()
                && region::find(side.country, &spelled).map(|r| r.code) == region;
            if is_code || is_region {
                held.postcode |= is_code;
                held.region |= is_region;
                if from_end {
                    items.truncate(items.len() - n);
                } else {
                    items.drain(..n);
                }
                break;
            }
        }
    }
    // `Springfield, IL 62701`: the region stands before the postcode that was just taken.
    if held.postcode && !held.region && items.len() > 1 {
        let last = items[items.len() - 1].text();
        if region.is_some() && region::find(side.country, last).map(|r| r.code) == region {
            items.pop();
            held.region = true;
        }
    }
    (items, held)
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
