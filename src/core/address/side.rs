//! One side of a comparison: an address read once, with its units taken out and what it repeats from its own fields.

use super::Address;
use super::align;
use super::city;
use super::country;
use super::house;
use super::item::{self, Item, agree};
use super::lexicon::Langs;
use super::postcode;
use super::region;
use super::rules::{self, Country};
use super::text::squash;
use super::token::Kind;
use super::unit::{self, Unit, UnitClass};

#[derive(Clone)]
pub(super) struct Side<'a> {
    pub address: &'a Address,
    /// ISO code, or the text as it is when no table knows it.
    pub country: &'a str,
    pub units: Vec<Unit>,
    /// The lines without units and without words for "number".
    pub flow: Vec<Item>,
}

/// What a line of an address repeated, or held in place of its own field.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub(super) struct Repeats {
    pub city: bool,
    pub region: bool,
    pub postcode: bool,
    pub country: bool,
    pub company: bool,
    pub name: bool,
}

impl Repeats {
    pub fn any(self) -> bool {
        self != Self::default()
    }
}

impl<'a> Side<'a> {
    pub fn read(address: &'a Address, country: &'a str, langs: Langs) -> Self {
        let lines = [address.line1.as_str(), address.line2.as_str()];
        Self::of_lines(address, country, lines.into_iter(), langs)
    }

    fn of_lines<'t>(
        address: &'a Address,
        country: &'a str,
        lines: impl Iterator<Item = &'t str>,
        langs: Langs,
    ) -> Self {
        let items = item::read(lines, langs, country);
        let postcode = postcode::key(&address.postcode, country);
        let (mut units, mut flow) = unit::take(items, country, &postcode);
        house::settle(&mut units, &mut flow, country);
        Self { address, country, units, flow }
    }

    /// Without line 2 where line 1 already holds it. A bare number is no repetition: it may be the unit.
    pub fn said_once(&self, langs: Langs) -> Option<Self> {
        let (one, two) = (squash(&self.address.line1), squash(&self.address.line2));
        let repeated = two.chars().count() > 2
            && two.chars().any(char::is_alphabetic)
            && (one.ends_with(&two) || one.starts_with(&two))
            && one != two;
        repeated
            .then(|| Self::of_lines(self.address, self.country, std::iter::once(self.address.line1.as_str()), langs))
    }

    /// The same lines read as one: a supplier may have cut them anywhere.
    pub fn unbroken(&self, langs: Langs) -> Self {
        let text = format!("{} {}", self.address.line1, self.address.line2);
        Self::of_lines(self.address, self.country, std::iter::once(text.as_str()), langs)
    }

    /// The other side when its lines are the same text: nothing to read again, and nothing of it will be looked at.
    pub fn same_lines<'b>(&self, address: &'b Address, country: &'b str) -> Option<Side<'b>> {
        let same = self.address.line1 == address.line1 && self.address.line2 == address.line2;
        same.then(|| Side { address, country, units: Vec::new(), flow: Vec::new() })
    }

    pub fn rules(&self) -> &'static Country {
        rules::of(self.country)
    }

    pub fn numbers(&self) -> impl Iterator<Item = &Item> {
        self.flow.iter().filter(|i| i.is_number())
    }

    /// Takes out of the lines what only repeats another field: of this side, or of the other where this side lacks it.
    pub fn without_repeats(&self, other: &Self) -> (Self, Repeats) {
        let mut strip = Strip::new(self, other);
        strip.name_in_front();
        strip.glued_in_front();
        strip.whole_parts();
        strip.tail();
        let mut side = self.clone();
        let repeats = strip.repeats;
        side.flow = strip.flow;
        (side, repeats)
    }
}

struct Strip<'s> {
    flow: Vec<Item>,
    /// What the other side has: only what it lacks needs an explanation.
    other_flow: &'s [Item],
    repeats: Repeats,
    country: &'s str,
    city: Vec<Item>,
    names: Vec<Vec<Item>>,
    companies: Vec<Vec<Item>>,
    region_words: Vec<Item>,
    postcode: String,
    region: Option<&'static str>,
    /// A post box needs no street beside it.
    has_box: bool,
}

impl<'s> Strip<'s> {
    fn new(side: &'s Side<'_>, other: &'s Side<'_>) -> Self {
        let langs = side.rules().langs;
        let read = |text: &str| item::read(std::iter::once(text), langs, side.country);
        let own = |mine: &'s str, theirs: &'s str| if mine.trim().is_empty() { theirs } else { mine };
        let (a, b) = (side.address, other.address);
        let region = region::find(side.country, own(&a.region, &b.region));
        let companies = [a.company.as_str(), b.company.as_str()];
        Self {
            flow: side.flow.clone(),
            other_flow: &other.flow,
            repeats: Repeats::default(),
            country: side.country,
            city: read(own(&a.city, &b.city)),
            names: vec![read(&a.name)],
            companies: companies.into_iter().filter(|c| !c.trim().is_empty()).map(read).collect(),
            region_words: read(own(&a.region, &b.region)),
            postcode: postcode::key(own(&a.postcode, &b.postcode), side.country),
            region: region.map(|r| r.code),
            has_box: side.units.iter().any(|u| matches!(u.class, UnitClass::Box(_))),
        }
    }

    /// A street must remain: `Washington` alone is not a repeated city.
    fn remains(&self, from: usize, to: usize) -> bool {
        self.has_box || self.flow.iter().enumerate().any(|(at, i)| !(from..to).contains(&at) && i.is_word())
    }

    /// The recipient as the first line, with or without its comma.
    fn name_in_front(&mut self) {
        let own_name = self.names.iter().find(|n| n.iter().map(|i| i.text().chars().count()).sum::<usize>() > 2);
        let Some((taken, _)) = own_name.and_then(|name| align::prefix(name, &self.flow)) else { return };
        let border = self.flow.get(taken).is_some_and(|next| next.segment() != self.flow[taken - 1].segment());
        if border && self.remains(0, taken) && align::prefix(&self.flow[..taken], self.other_flow).is_none() {
            self.flow.drain(..taken);
            self.repeats.name = true;
        }
    }

    /// 東京都渋谷区神宮前: region and city stand before the street without a space.
    fn glued_in_front(&mut self) {
        let Some(first) = self.flow.first_mut().filter(|i| i.token.kind == Kind::Cjk) else { return };
        for (words, repeats) in [(&self.region_words, &mut self.repeats.region), (&self.city, &mut self.repeats.city)] {
            let name: String = words.iter().map(Item::text).collect();
            if !name.is_empty()
                && let Some(rest) = first.token.text.strip_prefix(&name)
                && !rest.is_empty()
            {
                first.token.text = rest.to_owned();
                *repeats = true;
            }
        }
    }

    fn whole_parts(&mut self) {
        let mut from = 0;
        while from < self.flow.len() {
            let segment = self.flow[from].segment();
            let to = from + self.flow[from..].iter().take_while(|i| i.segment() == segment).count();
            if self.repeated(from, to, true) {
                self.flow.drain(from..to);
            } else {
                from = to;
            }
        }
    }

    /// Without commas: `… Arvada CO 80005`. A city is only taken behind a border or before what was taken already.
    fn tail(&mut self) {
        let mut taken_any = false;
        loop {
            let end = self.flow.len();
            let taken = (1..=4.min(end)).rev().find(|n| {
                let from = end - n;
                let border = from > 0 && self.flow[from - 1].segment() != self.flow[from].segment();
                self.clone_check(from, end, border || taken_any)
            });
            let Some(n) = taken else { return };
            let from = end - n;
            self.repeated(from, end, true);
            self.flow.truncate(from);
            taken_any = true;
        }
    }

    fn clone_check(&mut self, from: usize, to: usize, city_too: bool) -> bool {
        let before = self.repeats;
        let found = self.repeated(from, to, city_too);
        self.repeats = before;
        found
    }

    /// Whether these items are the city, region, postcode, country, company or name; notes which.
    fn repeated(&mut self, from: usize, to: usize, city_too: bool) -> bool {
        let part = &self.flow[from..to];
        let count = |flow: &[Item], i: &Item| flow.iter().filter(|o| agree(i, o).is_some()).count();
        if !part.iter().any(|i| count(&self.flow, i) > count(self.other_flow, i)) {
            return false;
        }
        let is = |other: &[Item]| !other.is_empty() && align::in_row(part, other).is_some();
        let text = || part.iter().map(Item::text).collect::<Vec<_>>().join(" ");
        let companies = self.companies.iter().any(|c| is(c));
        let name = self.names.iter().any(|n| n.len() > 1 && is(n));
        if companies || name {
            self.repeats.company |= companies;
            self.repeats.name |= name;
            return true;
        }
        if !self.remains(from, to) {
            return false;
        }
        let spelled = text();
        let key = squash(&spelled);
        let may_be_code = !self.postcode.is_empty() && spelled.len() <= 12;
        if may_be_code && postcode::key(&spelled, self.country) == self.postcode {
            self.repeats.postcode = true;
        } else if city_too
            && (is(&self.city) || city::without_kind(part).is_some_and(|p| align::in_row(&p, &self.city).is_some()))
        {
            self.repeats.city = true;
        } else if city_too && is(&self.region_words)
            || self.region.is_some()
                && key.len() > 1
                && region::find_whole(self.country, &key).map(|r| r.code) == self.region
        {
            self.repeats.region = true;
        } else if key.len() > 2 && country::exact(&spelled) == Some(self.country) {
            self.repeats.country = true;
        } else {
            return city_too && self.city_line(part.to_vec(), &key);
        }
        true
    }

    /// `33602 Bielefeld`, `Springfield IL`: city with its postcode or region in one part.
    fn city_line(&mut self, part: Vec<Item>, key: &str) -> bool {
        if self.city.is_empty() || self.postcode.is_empty() {
            return false;
        }
        let city = squash(&self.city.iter().map(Item::text).collect::<Vec<_>>().join(""));
        let known = |front: &str| postcode::prefixes(self.country).contains(&front.to_uppercase().as_str());
        let behind = |front: &str| front.is_empty() || known(front);
        let code_first = format!("{}{city}", self.postcode).to_lowercase();
        if part.len() > 1 && key.strip_suffix(&code_first).is_some_and(behind) {
            self.repeats.city = true;
            self.repeats.postcode = true;
            return true;
        }
        let fits = part.len() > 1
            && (key == format!("{}{city}", self.postcode).to_lowercase()
                || key == format!("{city}{}", self.postcode).to_lowercase());
        self.repeats.city |= fits;
        self.repeats.postcode |= fits;
        fits
    }
}
