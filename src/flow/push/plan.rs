//! What a store would be told of a parcel now: its lines and quantities, the number and the carrier in the store's own words; or
//! why it is not told. Opens nothing, changes nothing.

use std::collections::{BTreeMap, HashSet};

use serde_json::json;

use crate::config::Config;
use crate::core::address::Address;
use crate::core::hold::Hold;
use crate::core::order::{Line, LineKey, Order};
use crate::core::push::{Push, PushLine};
use crate::core::push_state::{PushState, forbidden};
use crate::core::tracking::Problem;
use crate::db::{Content, Db, Found, KeptParcel, KeptPush, Result};
use crate::flow::number::{carrier, numbers, universal_link};

/// What is to be done about one push.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Planned {
    Tell(Box<Telling>),
    /// Not now; what is missing, for scripts and for people.
    Wait {
        code: String,
        why: String,
    },
    /// The store has another number for these pieces; only a person can change it there.
    Changed {
        why: String,
    },
    /// Nothing of it is left to tell.
    Nothing {
        why: String,
    },
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Telling {
    pub push: Push,
    /// Position of the order line, and units.
    pub lines: Vec<(u32, u32)>,
}

impl Telling {
    /// As it is kept: enough to say later what was told, nothing of the customer.
    pub fn frozen(&self) -> String {
        let p = &self.push;
        let lines: Vec<_> = p
            .lines
            .iter()
            .map(|l| json!({"line": l.line, "sku": l.sku, "ordinal": l.ordinal, "quantity": l.quantity}))
            .collect();
        json!({"order": p.order, "number": p.number, "tracking": p.tracking, "carrier": p.carrier, "title": p.carrier_title,
               "url": p.url, "shipped_at": p.shipped_at.to_string(), "notify": p.notify, "completes": p.completes, "lines": lines})
        .to_string()
    }
}

impl Telling {
    /// The same number, carrier and pieces as were told before; whether it completes the order changes by itself.
    pub fn is(&self, frozen: &str) -> bool {
        let read = |text: &str| serde_json::from_str::<serde_json::Value>(text).unwrap_or_default();
        let (now, then) = (read(&self.frozen()), read(frozen));
        ["tracking", "carrier", "title", "lines"].iter().all(|key| now[*key] == then[*key])
    }
}

/// What one push is about, read once.
pub struct Matter {
    pub found: Found,
    pub parcel: KeptParcel,
    pub contents: Vec<Content>,
}

impl Matter {
    /// # Errors
    /// The database cannot be read. `None`: the order or the parcel is not there.
    pub fn read(db: &Db, push: &KeptPush) -> Result<Option<Self>> {
        let (Some(found), Some(parcel)) = (db.order(&push.order_id)?, db.parcel(push.parcel)?) else { return Ok(None) };
        let mut contents = db.contents(push.parcel)?;
        contents.retain(|c| c.order == found.row);
        Ok(Some(Self { found, parcel, contents }))
    }

    /// The store's own key of the order, or its number where it has none.
    pub fn order_key(&self) -> String {
        let order = &self.found.order;
        order.external_id.clone().unwrap_or_else(|| order.number.clone())
    }
}

fn wait(code: &str, why: impl Into<String>) -> Planned {
    Planned::Wait { code: code.to_owned(), why: why.into() }
}

/// # Errors
/// The database cannot be read.
pub fn plan(db: &Db, config: &Config, push: &KeptPush, matter: &Matter) -> Result<Planned> {
    let order = &matter.found.order;
    let mut released = HashSet::new();
    db.add_released(matter.found.row, &mut released)?;
    let is_released = |hold: &Hold| hold.releasable && released.contains(&hold.release_key());
    let standing = db.standing_holds(matter.found.row, &order.id)?;
    let purchases = db.purchases(matter.found.row, &order.id)?;
    if let Some((code, why)) = forbidden(order, &purchases, &standing, &is_released) {
        return Ok(wait(code, why));
    }
    if let Some(problem) = number_problem(&matter.parcel) {
        let why = format!("{}: {}", matter.parcel.number, problem.words());
        return Ok(wait(problem.as_str(), why));
    }
    let lines = match lines(db, push, matter)? {
        Ok(lines) => lines,
        Err(instead) => return Ok(instead),
    };
    Ok(match named(matter) {
        None => wait("CARRIER_UNKNOWN", format!("nobody says whose {} is", matter.parcel.number)),
        Some(shown) => Planned::Tell(Box::new(telling(config, matter, lines, shown))),
    })
}

/// What was told before, for a person who wants it once more.
pub fn retold(config: &Config, matter: &Matter, lines: Vec<(u32, u32)>) -> Option<Telling> {
    Some(telling(config, matter, lines, named(matter)?))
}

/// A number that cannot be right is told to nobody.
fn number_problem(parcel: &KeptParcel) -> Option<Problem> {
    let said = parcel.carrier.as_deref().unwrap_or_default();
    let found = numbers(&parcel.number, said, "", &Address::default());
    let number = found.first()?;
    let bad = |p: &&Problem| matches!(p, Problem::CheckDigit | Problem::Placeholder | Problem::RoundedNumber);
    number.problems.iter().find(bad).copied()
}

type Lines = std::result::Result<Vec<(u32, u32)>, Planned>;

/// The units of each order line that this parcel completes and that no other push has: never more than the customer waits for.
fn lines(db: &Db, push: &KeptPush, matter: &Matter) -> Result<Lines> {
    let order = &matter.found.order;
    let mut inside: BTreeMap<u32, u32> = BTreeMap::new();
    for content in &matter.contents {
        // Parts of a bundle in one parcel are one unit of the line.
        let units = inside.entry(content.position).or_default();
        *units = (*units).max(content.units);
    }
    if inside.values().all(|units| *units == 0) {
        let why = format!("nobody says what is in {}", matter.parcel.number);
        return Ok(Err(wait("CONTENTS_UNKNOWN", why)));
    }
    let given: BTreeMap<u32, u32> = db.units_given(push.order, push.row)?.into_iter().collect();
    let given = |position: u32| given.get(&position).copied().unwrap_or(0);
    let mut lines = vec![];
    let mut short = false;
    for (position, units) in inside {
        let Some(line) = order.lines.iter().find(|l| l.position == position) else { continue };
        let complete = line.shipped.saturating_sub(given(position));
        let awaited = line.wanted().saturating_sub(line.shipped_elsewhere()).saturating_sub(given(position));
        short |= line.shipped < line.bought;
        let told = units.min(complete).min(awaited);
        if told > 0 {
            lines.push((position, told));
        }
    }
    if lines.is_empty() {
        return Ok(Err(nothing_to_tell(db, push, matter, short)?));
    }
    Ok(Ok(lines))
}

fn nothing_to_tell(db: &Db, push: &KeptPush, matter: &Matter, short: bool) -> Result<Planned> {
    for old in db.parcels_of(push.order)? {
        let told = || -> Result<bool> {
            let pushes = db.pushes_of_parcel(old.row)?;
            Ok(pushes.iter().any(|p| p.order == push.order && !p.store_id.is_empty() && p.state == PushState::Done))
        };
        if old.superseded_by == Some(matter.parcel.row) && told()? {
            let why = format!("the store has {} for these pieces; it is {} now", old.number, matter.parcel.number);
            return Ok(Planned::Changed { why });
        }
    }
    Ok(if short {
        wait("REST_OF_KIT", format!("{} holds a part; the rest of it has no number yet", matter.parcel.number))
    } else {
        Planned::Nothing { why: "its pieces are told with another number, or the store knows".to_owned() }
    })
}

/// How a store is told of the number: the number, the name at this store, the title, the link.
struct Shown {
    number: String,
    name: Option<String>,
    title: String,
    url: String,
}

/// The carrier by the store's own name; the one at the door where the store has no name for the first; else title and link.
fn named(matter: &Matter) -> Option<Shown> {
    let (parcel, kind) = (&matter.parcel, matter.found.store_kind.as_str());
    let ship_to = matter.found.order.head.as_ref().and_then(|h| h.ship_to.as_ref());
    let place = ship_to.map_or(("", ""), |a| (a.postcode.as_str(), a.country.as_str()));
    let shown = |number: &str, id: Option<&str>| {
        let carrier = carrier(id)?;
        Some(Shown {
            number: number.to_owned(),
            name: carrier.name_at(kind).map(str::to_owned),
            title: carrier.title.to_owned(),
            url: carrier.link(number, place.0, place.1),
        })
    };
    let first = shown(&parcel.number, parcel.carrier.as_deref());
    if first.as_ref().is_none_or(|f| f.name.is_none())
        && let Some((number, id)) = &parcel.last_mile
        && let Some(last) = shown(number, Some(id)).filter(|l| l.name.is_some())
    {
        return Some(last);
    }
    first.or_else(|| {
        let said = parcel.carrier_said.trim();
        (!said.is_empty()).then(|| Shown {
            number: parcel.number.clone(),
            name: None,
            title: said.to_owned(),
            url: universal_link(&parcel.number),
        })
    })
}

fn telling(config: &Config, matter: &Matter, lines: Vec<(u32, u32)>, shown: Shown) -> Telling {
    let (order, parcel) = (&matter.found.order, &matter.parcel);
    let told = |line: &Line| lines.iter().find(|(p, _)| *p == line.position).map_or(0, |(_, n)| *n);
    let open = |line: &Line| {
        order
            .to_send(line)
            .saturating_sub(line.shipped_elsewhere())
            .saturating_sub(line.told)
            .saturating_sub(told(line))
    };
    let push = Push {
        order: matter.order_key(),
        number: order.number.clone(),
        tracking: shown.number,
        carrier: shown.name,
        carrier_title: shown.title,
        url: Some(shown.url),
        shipped_at: parcel.shipped_at.or(parcel.first_scan).unwrap_or(parcel.added_at),
        lines: order.lines.iter().filter(|l| told(l) > 0).map(|l| push_line(order, l, told(l))).collect(),
        notify: config.stores.get(&order.id.store).and_then(|s| s.notify).unwrap_or(true),
        completes: order.lines.iter().all(|l| open(l) == 0),
    };
    Telling { push, lines }
}

fn push_line(order: &Order, line: &Line, quantity: u32) -> PushLine {
    let same = |l: &&Line| l.said.sku == line.said.sku && l.position <= line.position;
    PushLine {
        line: match &line.key {
            LineKey::External(id) => Some(id.clone()),
            LineKey::Ordinal(..) => None,
        },
        sku: line.said.sku.clone(),
        title: line.said.title.clone(),
        ordinal: u32::try_from(order.lines.iter().filter(same).count()).unwrap_or(1),
        quantity,
    }
}
