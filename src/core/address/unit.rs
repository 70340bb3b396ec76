//! Units: flat, suite, floor, staircase, box number. Taken out of the flow of an address, so that their place in it
//! does not matter; what class they are of and in which order they stood is kept, because that is what must not change.

use super::item::Item;
use super::lexicon::{Class, LEXICON, Sense};
use super::token::Kind;

#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Unit {
    pub class: UnitClass,
    pub id: String,
}

/// `Any` is `#` or a bare national form: it agrees with every class but a post box.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum UnitClass {
    Any,
    Unit(u16),
    Box(u16),
}

impl UnitClass {
    pub fn meets(self, other: Self) -> bool {
        match (self, other) {
            (Self::Any, Self::Any | Self::Unit(_)) | (Self::Unit(_), Self::Any) => true,
            // 5º B, puerta B and departamento B of one floor are one door.
            (Self::Unit(_), Self::Unit(_)) if self != other => {
                matches!((self.name(), other.name()), ("apt", "door") | ("door", "apt"))
            }
            (a, b) => a == b,
        }
    }

    fn of(sense: &Sense) -> Self {
        if sense.class == Class::Box { Self::Box(sense.value) } else { Self::Unit(sense.value) }
    }

    pub fn name(self) -> &'static str {
        match self {
            Self::Any => "unit",
            Self::Unit(value) | Self::Box(value) => LEXICON.unit_class(value),
        }
    }
}

impl Unit {
    /// As a person reads it: `apt 4B`.
    pub fn write_to(&self, text: &mut String) {
        text.push_str(self.class.name());
        text.push(' ');
        text.extend(self.id.chars().flat_map(char::to_uppercase));
    }
}

impl std::fmt::Display for Unit {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let mut text = String::new();
        self.write_to(&mut text);
        f.write_str(&text)
    }
}

/// Countries where `#` stands before a house number (Carrera 7 # 12-34).
const HASH_IS_HOUSE: [&str; 18] =
    ["CO", "VE", "MX", "EC", "GT", "HN", "SV", "NI", "CR", "PA", "DO", "BO", "PE", "CL", "AR", "UY", "PY", "ES"];
/// Countries where `10F` is a floor.
const F_IS_FLOOR: [&str; 11] = ["JP", "KR", "HK", "TW", "CN", "PH", "SG", "TH", "MY", "ID", "MO"];

/// Takes the units out of the items.
pub(super) struct Units<'a> {
    items: &'a [Item],
    country: &'a str,
    postcode: &'a str,
    at: usize,
    found: Vec<Unit>,
    /// Places of the items that are no unit.
    flow: Vec<usize>,
}

/// `postcode`: the address's own, as a key; it may stand in a line behind what looks like a designator (FL, RM).
pub(super) fn take(items: Vec<Item>, country: &str, postcode: &str) -> (Vec<Unit>, Vec<Item>) {
    if !items.iter().any(may_be_unit) {
        return (Vec::new(), items);
    }
    let mut units =
        Units { items: &items, country, postcode, at: 0, found: Vec::new(), flow: Vec::with_capacity(items.len()) };
    while units.at < items.len() {
        units.step();
    }
    let Units { found, flow, .. } = units;
    let mut stays = flow.into_iter().peekable();
    let rest = items.into_iter().enumerate().filter(|(at, _)| stays.next_if_eq(at).is_some()).map(|(_, item)| item);
    (found, rest.collect())
}

fn may_be_unit(item: &Item) -> bool {
    item.token.kind == Kind::Hash
        || item.is(Class::Unit)
        || item.is(Class::Box)
        || item.is_number() && (item.token.ordinal_mark || item.token.dotted || item.token.text.ends_with('f'))
        || item.is(Class::Door)
}

impl Units<'_> {
    fn step(&mut self) {
        let items = self.items;
        let item = &items[self.at];
        let taken = match item.token.kind {
            Kind::Hash => self.hash(),
            Kind::Number => self.floor_and_door(item) || self.floor_by_f(item),
            Kind::Word | Kind::Cjk => self.designated(item),
            Kind::Sign => false,
        };
        if !taken {
            self.flow.push(self.at);
            self.at += 1;
        }
    }

    fn last_in_flow(&self) -> Option<&Item> {
        self.flow.last().and_then(|at| self.items.get(*at))
    }

    fn get(&self, at: usize) -> Option<&Item> {
        self.items.get(at)
    }

    fn hash(&mut self) -> bool {
        if HASH_IS_HOUSE.contains(&self.country) {
            self.at += 1;
            return true;
        }
        let at = self.at;
        self.id_from(at + 1, false).is_some_and(|(id, next)| {
            self.found.push(Unit { class: UnitClass::Any, id });
            self.at = next;
            true
        })
    }

    /// A designator with its number behind it, or a floor with its number before it.
    fn designated(&mut self, item: &Item) -> bool {
        let Some(sense) = item.senses().find(|s| matches!(s.class, Class::Unit | Class::Box)) else { return false };
        let class = UnitClass::of(sense);
        let is_floor = matches!(class.name(), "floor" | "level");
        if self.is_building_name(item, class) {
            return false;
        }
        if is_floor && self.floor_before(item, class) {
            return true;
        }
        let mut from = self.at + 1;
        while self.get(from).is_some_and(|i| i.is(Class::Noise) || i.token.kind == Kind::Hash) {
            from += 1;
        }
        let Some((id, next)) = self.id_from(from, true) else { return false };
        let floor_of_thousands = is_floor && id.bytes().filter(u8::is_ascii_digit).count() > 3;
        if floor_of_thousands || id == self.postcode {
            return false;
        }
        self.found.push(Unit { class, id });
        self.at = next;
        if is_floor {
            self.door_after();
        }
        true
    }

    /// `Sunrise Tower 45 Ayala Avenue`: the tower has a name, and the number begins the street.
    fn is_building_name(&self, item: &Item, class: UnitClass) -> bool {
        let in_part = |i: &&Item| i.segment() == item.segment();
        matches!(class.name(), "tower" | "building" | "block")
            && self.last_in_flow().filter(in_part).is_some_and(|before| before.is_name() && !before.is_letter())
            && self.get(self.at + 1).filter(in_part).is_some_and(Item::is_number)
            && self
                .get(self.at + 2)
                .filter(in_part)
                .is_some_and(|i| i.is_word() && !i.is(Class::Unit) && !i.is_letter())
    }

    /// 3rd floor, 8e étage, 3. OG, Second Floor.
    fn floor_before(&mut self, item: &Item, class: UnitClass) -> bool {
        // In Hungary the floor's number always stands before it.
        let number_behind = self.country != "HU"
            && self.get(self.at + 1).is_some_and(|n| n.is_number() && n.segment() == item.segment());
        let Some(before) = self.last_in_flow() else { return false };
        let certain = before.number.is_some() || before.token.dotted && before.is_number();
        let plain = before.is_number() && !number_behind && before.text().len() <= 3 && !item.is(Class::Type);
        if !certain && !plain {
            return false;
        }
        let id = before.number.map_or_else(|| before.text().to_owned(), |n| n.to_string());
        self.flow.pop();
        self.found.push(Unit { class, id });
        self.at += 1;
        self.door_after();
        true
    }

    /// `3º B`, `9.º C`, `3. tv`: the floor and the door, without a word for either.
    fn floor_and_door(&mut self, item: &Item) -> bool {
        let next = self.get(self.at + 1).filter(|n| n.segment() == item.segment());
        let door = next.is_some_and(|n| n.is(Class::Door) || n.is_letter() && item.token.ordinal_mark);
        let marked = item.token.ordinal_mark && next.is_none_or(|n| !n.is_word());
        // A floor stands behind a house number; alone it may be the house.
        let behind_house = self.flow.iter().any(|at| self.items[*at].is_number()) || self.at == 0 || item.segment() > 0;
        let designator_next = next.is_some_and(|n| n.is(Class::Unit));
        if designator_next || !(door || marked) || !behind_house {
            return false;
        }
        let id = item.number.map_or_else(|| item.text().to_owned(), |n| n.to_string());
        self.found.push(Unit { class: UnitClass::Unit(LEXICON.unit_value("floor")), id });
        self.at += 1;
        self.door_after();
        true
    }

    fn floor_by_f(&mut self, item: &Item) -> bool {
        let Some(id) = item.text().strip_suffix('f') else { return false };
        if !F_IS_FLOOR.contains(&self.country) || id.is_empty() || !id.bytes().all(|b| b.is_ascii_digit()) {
            return false;
        }
        self.found.push(Unit { class: UnitClass::Unit(LEXICON.unit_value("floor")), id: id.to_owned() });
        self.at += 1;
        true
    }

    /// The door that follows a floor: a letter, or left and right.
    fn door_after(&mut self) {
        let before = self.at.checked_sub(1).and_then(|at| self.get(at)).map(Item::segment);
        let Some(next) = self.get(self.at).filter(|n| Some(n.segment()) == before) else { return };
        // `K:2 D:8`: the letter is the word for the next number.
        if next.is(Class::Unit) && self.get(self.at + 1).is_some_and(Item::is_number) {
            return;
        }
        let id = match next.sense(Class::Door) {
            Some(sense) => LEXICON.name(sense.id).to_owned(),
            // 1º 2ª: first floor, second door.
            None if next.token.ordinal_mark => next.text().to_owned(),
            None if next.is_letter() && !next.is(Class::Noise) => next.text().to_owned(),
            None => return,
        };
        self.found.push(Unit { class: UnitClass::Unit(LEXICON.unit_value("door")), id });
        self.at += 1;
    }

    /// The number or letter of a unit, and where the flow goes on. `4 B` and `4B` are one id, so are `C5` and `C 5`.
    fn id_from(&self, from: usize, cross_line: bool) -> Option<(String, usize)> {
        let first = self.get(from)?;
        let segment = self.get(from.checked_sub(1)?)?.segment();
        let in_line = |at: usize| self.get(at).filter(|i| i.segment() == first.segment());
        if first.segment() != segment && !(cross_line && first.is_number() && in_line(from + 1).is_none()) {
            return None;
        }
        let goes_on = |at: usize| in_line(at).is_some_and(|i| i.is_word() && !i.is(Class::Unit) && !i.is(Class::Box));
        if first.is_number() {
            let floor = self.get(from - 1).and_then(|d| d.sense(Class::Unit));
            let floor = floor.is_some_and(|s| matches!(LEXICON.unit_class(s.value), "floor" | "level"));
            let id = first.number.filter(|_| floor).map_or_else(|| first.text().to_owned(), |n| n.to_string());
            // `Floor 3 B` is a floor and a door, not floor 3B.
            let letter = in_line(from + 1)
                .filter(|l| l.is_letter() && first.text().bytes().all(|b| b.is_ascii_digit()) && !goes_on(from + 2));
            return Some(match letter {
                Some(letter) if !floor && in_line(from + 2).is_none_or(|i| !i.is_number()) => {
                    (format!("{id}{}", letter.text()), from + 2)
                }
                _ => (id, from + 1),
            });
        }
        if first.token.kind != Kind::Word || first.text().chars().count() > 2 || first.is(Class::Noise) {
            return None;
        }
        let plain = |n: &&Item| n.is_number() && !n.text().ends_with('f') && first.is_letter();
        match in_line(from + 1).filter(plain).filter(|_| !goes_on(from + 2)) {
            Some(number) => Some((format!("{}{}", first.text(), number.text()), from + 2)),
            None if first.is_letter() || !first.is(Class::Type) && !first.is(Class::Unit) && !goes_on(from + 1) => {
                Some((first.text().to_owned(), from + 1))
            }
            None => None,
        }
    }
}

/// Two units of one class that changed places: floor 1, floor 2 is not floor 2, floor 1.
fn turned<'u>(a: &'u [Unit], b: &'u [Unit]) -> Option<(&'u Unit, &'u Unit)> {
    a.iter().find_map(|unit| {
        let mut of_class_a = a.iter().filter(|u| u.class == unit.class);
        let of_class_b = b.iter().filter(|u| u.class == unit.class);
        of_class_b.zip(&mut of_class_a).find(|(y, x)| x.id != y.id).map(|(y, x)| (x, y))
    })
}

/// Units that the other list lacks, after pairing. Explicit classes pair in any order; where a class is only `#` or a
/// national form, the order must be the same: 12/2/7 is not 12/7/2.
pub(super) fn unpaired<'u>(a: &'u [Unit], b: &'u [Unit]) -> (Vec<&'u Unit>, Vec<&'u Unit>) {
    let mut left_a: Vec<&Unit> = a.iter().collect();
    let mut left_b: Vec<&Unit> = b.iter().collect();
    left_a.retain(|unit| {
        let twin = left_b.iter().position(|other| *other == *unit && unit.class != UnitClass::Any);
        twin.is_none_or(|at| {
            left_b.remove(at);
            false
        })
    });
    if left_a.len() == left_b.len() && left_a.iter().zip(&left_b).all(|(x, y)| x.class.meets(y.class) && x.id == y.id) {
        return (Vec::new(), Vec::new());
    }
    if left_a.is_empty() && left_b.is_empty() {
        return turned(a, b).map_or_else(Default::default, |(x, y)| (vec![x], vec![y]));
    }
    if left_a.len() == 1 || left_b.len() == 1 {
        left_a.retain(|unit| {
            let twin = left_b.iter().position(|other| other.class.meets(unit.class) && other.id == unit.id);
            twin.is_none_or(|at| {
                left_b.remove(at);
                false
            })
        });
    }
    (left_a, left_b)
}
