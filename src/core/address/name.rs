//! The person. Titles, order, dots, hyphens and accents are spelling; another given or family name, another
//! generation (Jr, III) or a masked name is another person. What cannot be told apart is for a person to look at.

use super::align;
use super::item::{self, Item, agree};
use super::lexicon::{Class, Langs};
use super::reason::nearly;
use super::token::Kind;
use super::verdict::{FieldVerdict, Verdict};

const FIELD: &str = "name";

/// A name read once.
struct Name {
    items: Vec<Item>,
    titles: Vec<String>,
    generation: Option<u16>,
    had_comma: bool,
}

impl Name {
    fn read(text: &str, langs: Langs, country: &str) -> Self {
        let items = item::read(std::iter::once(text), langs, country);
        let had_comma = items.windows(2).any(|w| w[0].segment() != w[1].segment());
        let mut name = Self { items, titles: Vec::new(), generation: None, had_comma };
        name.take_honorific_endings();
        name.take_generation();
        name.take_titles();
        name
    }

    /// 様 and 님 stand glued behind a name.
    fn take_honorific_endings(&mut self) {
        const ENDINGS: [&str; 10] = ["様", "さま", "殿", "さん", "님", "씨", "先生", "女士", "小姐", "御中"];
        let one = self.items.len() == 1;
        let Some(last) = self.items.last_mut().filter(|i| i.token.kind == Kind::Cjk) else { return };
        for ending in ENDINGS {
            let Some(name) = last.token.text.strip_suffix(ending) else { continue };
            if !name.is_empty() {
                last.token.text = name.to_owned();
            } else if !one {
                self.items.pop();
            }
            return;
        }
    }

    fn take_generation(&mut self) {
        let last = self.items.len().saturating_sub(1);
        if last == 0 {
            return;
        }
        let sense = self.items[last].sense(Class::Generation);
        // `García, Jr` has its comma for the generation, not for the order.
        if let Some(sense) = sense {
            self.generation = Some(sense.id);
            self.items.truncate(last);
            self.had_comma = self.items.windows(2).any(|w| w[0].segment() != w[1].segment());
        }
    }

    /// Titles stand at either end, and two words of a name must remain.
    fn take_titles(&mut self) {
        while self.items.len() > 2 && self.items[0].is(Class::Title) {
            self.titles.push(self.items.remove(0).token.text);
        }
        while self.items.len() > 2 && self.items.last().is_some_and(|i| i.is(Class::Title)) {
            self.titles.extend(self.items.pop().map(|i| i.token.text));
        }
    }

    /// `Last, First` as `First Last`.
    fn in_order(&self) -> Vec<Item> {
        let mut items = self.items.clone();
        if self.had_comma
            && let Some(first) = items.first().map(Item::segment)
        {
            let family = items.iter().take_while(|i| i.segment() == first).count();
            items.rotate_left(family);
        }
        items
    }
}

/// Compares the recipients; companies of either side may stand inside a name.
pub(super) fn compare(a: &str, b: &str, langs: Langs, country: &str, companies: [&str; 2]) -> Option<FieldVerdict> {
    let (blank_a, blank_b) = (a.trim().is_empty(), b.trim().is_empty());
    if blank_a && blank_b {
        return None;
    }
    if a == b {
        return Some(FieldVerdict::identical(FIELD, a, b));
    }
    if blank_a || blank_b {
        return Some(FieldVerdict::new(FIELD, Verdict::Missing, None, a, b, "the name is missing"));
    }
    let (x, y) = (Name::read(a, langs, country), Name::read(b, langs, country));
    let outcome = same(&x, &y)
        .or_else(|| beside_company(a, b, langs, country, companies))
        .or_else(|| with_company(&x, &y, langs, country, companies));
    Some(match outcome {
        Some(rule) => with_generation(&x, &y, rule, a, b),
        None => differing(&x, &y, a, b),
    })
}

/// The rule that makes both one name.
fn same(x: &Name, y: &Name) -> Option<&'static str> {
    if let Some(rule) = in_row(&x.items, &y.items) {
        if x.titles != y.titles {
            return Some("title");
        }
        return Some(rule);
    }
    if x.had_comma || y.had_comma {
        let (x, y) = (x.in_order(), y.in_order());
        if in_row(&x, &y).is_some() {
            return Some("name_order");
        }
    }
    rotated(&x.items, &y.items).then_some("name_order")
}

fn in_row(x: &[Item], y: &[Item]) -> Option<&'static str> {
    match align::prefix(x, y) {
        Some((used, rule)) if used == y.len() => Some(rule.name()),
        _ => cjk(x, y),
    }
}

/// Kanji and Hangul names ignore their space.
fn cjk(x: &[Item], y: &[Item]) -> Option<&'static str> {
    let run = |items: &[Item]| {
        items.iter().all(|i| i.token.kind == Kind::Cjk).then(|| items.iter().map(Item::text).collect::<String>())
    };
    (run(x)? == run(y)?).then_some("spacing")
}

/// Family name first or last, without a comma: the same words, turned.
fn rotated(x: &[Item], y: &[Item]) -> bool {
    x.len() == y.len()
        && x.len() > 1
        && (1..x.len()).any(|n| {
            let mut turned = x.to_vec();
            turned.rotate_left(n);
            turned.iter().zip(y).all(|(p, q)| agree(p, q).is_some())
        })
}

/// A company of one short word may be a family name: nothing is taken out of a name for it.
fn is_no_family_name(company: &str) -> bool {
    company.split_whitespace().count() > 1 || company.chars().count() > 7 || company.chars().any(super::fold::is_cjk)
}

/// The company's name stands as it is inside one of the names: the rest is compared.
fn beside_company(a: &str, b: &str, langs: Langs, country: &str, companies: [&str; 2]) -> Option<&'static str> {
    let rest = |name: &str, company: &str| {
        let at = name.to_lowercase().find(&company.to_lowercase())?;
        let end = at + company.len();
        let rest = format!("{} {}", name.get(..at)?, name.get(end..)?);
        Some(rest.trim_matches([' ', ',', '-', '/', '(', ')']).to_owned()).filter(|r| !r.is_empty())
    };
    companies.into_iter().map(str::trim).filter(|c| is_no_family_name(c)).find_map(|company| {
        let (x, y) = (rest(a, company), rest(b, company));
        if x.is_none() && y.is_none() {
            return None;
        }
        let (x, y) = (x.unwrap_or_else(|| a.to_owned()), y.unwrap_or_else(|| b.to_owned()));
        let (x, y) = (Name::read(&x, langs, country), Name::read(&y, langs, country));
        (x.generation == y.generation && same(&x, &y).is_some()).then_some("company_in_name")
    })
}

fn with_company(x: &Name, y: &Name, langs: Langs, country: &str, companies: [&str; 2]) -> Option<&'static str> {
    companies.into_iter().filter(|c| is_no_family_name(c)).find_map(|company| {
        let company = item::read(std::iter::once(company), langs, country);
        let (p, q) = (without(&x.items, &company), without(&y.items, &company));
        let shorter = p.len() < x.items.len() || q.len() < y.items.len();
        (shorter && !p.is_empty() && in_row(&p, &q).is_some()).then_some("company_in_name")
    })
}

/// The items without a run that spells the other ones.
fn without(items: &[Item], run: &[Item]) -> Vec<Item> {
    for start in 0..items.len() {
        if let Some((taken, _)) = align::prefix(run, &items[start..]) {
            let mut rest = items.to_vec();
            rest.drain(start..start + taken);
            return rest;
        }
    }
    items.to_vec()
}

fn with_generation(x: &Name, y: &Name, rule: &'static str, a: &str, b: &str) -> FieldVerdict {
    let made = |verdict, reason: &'static str| FieldVerdict::new(FIELD, verdict, Some("generation"), a, b, reason);
    match (x.generation, y.generation) {
        // Compared already, without the company that hid it.
        _ if rule == "company_in_name" => FieldVerdict::equivalent(FIELD, rule, a, b),
        (Some(p), Some(q)) if p != q => {
            made(Verdict::Different, "another generation: Jr, Sr, II and III are different people")
        }
        (None, Some(_)) | (Some(_), None) => made(Verdict::Suspicious, "only one side says Jr, Sr, II or III"),
        _ if rule == "title" && !x.titles.is_empty() && !y.titles.is_empty() && titles_differ(x, y) => {
            FieldVerdict::new(FIELD, Verdict::Suspicious, Some("title"), a, b, "the titles differ")
        }
        _ => FieldVerdict::equivalent(FIELD, rule, a, b),
    }
}

fn titles_differ(x: &Name, y: &Name) -> bool {
    const LADIES: [&str; 12] =
        ["mrs", "ms", "miss", "mme", "mlle", "frau", "sra", "srta", "senora", "signora", "pani", "mevr"];
    let lady = |n: &Name| n.titles.iter().any(|t| LADIES.contains(&t.as_str()));
    lady(x) != lady(y)
}

fn differing(x: &Name, y: &Name, a: &str, b: &str) -> FieldVerdict {
    let made = |verdict, rule, reason: String| FieldVerdict::new(FIELD, verdict, rule, a, b, reason);
    if let Some(reason) = masked(a).or_else(|| masked(b)) {
        return made(Verdict::Different, Some("masked"), reason.to_owned());
    }
    let cjk = |n: &Name| n.items.iter().any(|i| i.token.kind == Kind::Cjk);
    let script = |text: &str| text.chars().find(|c| c.is_alphabetic()).is_some_and(|c| u32::from(c) > 0x24f);
    if cjk(x) != cjk(y) || script(a) != script(b) {
        let reason = "the name is in two scripts, and no table says that they are one".to_owned();
        return made(Verdict::Suspicious, Some("other_script"), reason);
    }
    let (only_a, only_b) = leftovers(&x.in_order(), &y.in_order());
    let pairs = only_a.len().min(only_b.len());
    let looks_alike = |p: &Item, q: &Item| initial(p, q) || nearly(p.text(), q.text());
    let alike = only_a.iter().zip(&only_b).all(|(p, q)| looks_alike(p, q));
    let shared = x.items.len().saturating_sub(only_a.len());
    if shared == 0 || !alike || pairs > 2 {
        return made(Verdict::Different, None, format!("name {a} became {b}"));
    }
    let extra = only_a.len() != only_b.len();
    let reason = match (only_a.first(), only_b.first()) {
        (Some(p), Some(q)) if initial(p, q) => format!("only an initial: {a} against {b}"),
        (Some(_), Some(_)) => format!("a letter differs: {a} against {b}"),
        _ => format!("a part of the name is on one side only: {a} against {b}"),
    };
    let rule = if extra && pairs == 0 { "name_part_missing" } else { "name_nearly" };
    made(Verdict::Suspicious, Some(rule), reason)
}

fn initial(p: &Item, q: &Item) -> bool {
    (p.is_letter() || q.is_letter()) && p.text().chars().next() == q.text().chars().next()
}

fn masked(text: &str) -> Option<&'static str> {
    if text.contains("**") || text.contains('*') {
        return Some("the name is masked with ***");
    }
    (text.contains('?') || text.contains('\u{fffd}')).then_some("letters of the name are lost (??)")
}

/// What each side has and the other has not.
fn leftovers(x: &[Item], y: &[Item]) -> (Vec<Item>, Vec<Item>) {
    let mut only_b: Vec<Item> = y.to_vec();
    let mut only_a = Vec::new();
    for item in x {
        match only_b.iter().position(|other| agree(item, other).is_some()) {
            Some(at) => {
                only_b.remove(at);
            }
            None => only_a.push(item.clone()),
        }
    }
    (only_a, only_b)
}
