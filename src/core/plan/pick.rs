//! Which listings fill one order line, how many packs of each, and why a listing cannot be taken.

use std::collections::HashMap;

use super::{OpenOrder, PlannedLine, Terms};
use crate::core::hold::{Hold, HoldCode, release_hint, typed};
use crate::core::listing::{Listing, ListingKey, rose_beyond};
use crate::core::matching::{Found, Rule, Way};
use crate::core::order::Line;

/// What one line becomes.
pub struct Picked {
    pub lines: Vec<PlannedLine>,
    /// What a partial order leaves waiting; the person is told, and it stays to be ordered.
    pub left_out: Option<Hold>,
}

impl Picked {
    fn all(lines: Vec<PlannedLine>) -> Self {
        Self { lines, left_out: None }
    }
}

/// Finds listings for what may still be bought of `line`.
///
/// # Errors
/// The holds that stop it, with fallbacks offered in their hints.
pub fn pick(
    open: &OpenOrder,
    line: &Line,
    terms: &Terms,
    taken: &HashMap<ListingKey, u32>,
    so_far: &[PlannedLine],
) -> Result<Picked, Vec<Hold>> {
    let picker = Picker { open, line, terms, taken, so_far, country: country(open) };
    match terms.rules.find(&open.order.id.store, line.name(), picker.country) {
        Found::Nothing => Err(vec![picker.unmatched()]),
        Found::Ambiguous(rules) => Err(vec![picker.ambiguous(&rules)]),
        Found::Ways(ways) => picker.first_good(&ways),
    }
}

fn country(open: &OpenOrder) -> &str {
    open.order.head.as_ref().and_then(|h| h.ship_to.as_ref()).map_or("", |a| a.country.as_str())
}

struct Picker<'a> {
    open: &'a OpenOrder,
    line: &'a Line,
    terms: &'a Terms<'a>,
    taken: &'a HashMap<ListingKey, u32>,
    so_far: &'a [PlannedLine],
    country: &'a str,
}

/// One way, tried: what would be bought, and what speaks against it.
struct Tried {
    picks: Vec<PlannedLine>,
    holds: Vec<Hold>,
}

impl Picker<'_> {
    fn first_good(&self, ways: &[Way]) -> Result<Picked, Vec<Hold>> {
        let wanted = self.open.order.orderable(self.line);
        let first = self.try_way(&ways[0], wanted);
        if first.holds.is_empty() {
            return Ok(Picked::all(first.picks));
        }
        let because = first.holds.iter().map(|h| h.code.as_str()).collect::<Vec<_>>().join(", ");
        let mut offers = vec![];
        for way in &ways[1..] {
            let mut tried = self.try_way(way, wanted);
            if !tried.holds.is_empty() {
                continue;
            }
            let new: Vec<&ListingKey> =
                way.iter().map(|r| &r.listing).filter(|l| ways[0].iter().all(|r| r.listing != **l)).collect();
            let named = new.iter().all(|l| self.terms.choice.fallbacks.contains(l));
            if self.terms.guard.auto_fallback || named {
                for pick in tried.picks.iter_mut().filter(|p| new.contains(&&p.listing)) {
                    pick.fallback_because = Some(because.clone());
                }
                return Ok(Picked::all(tried.picks));
            }
            let flags: Vec<String> = new.iter().map(|l| format!("--fallback {l}")).collect();
            offers.push(format!("dsf fulfill {} {}", self.open.order.id, flags.join(" ")));
        }
        if self.terms.choice.partial_order
            && let Some((units, lines)) = self.as_many_as_there_are(&ways[0], wanted)
        {
            let left_out = first.holds.into_iter().next().map(|hold| self.left_out(hold, units, wanted));
            return Ok(Picked { lines, left_out });
        }
        let mut holds = first.holds;
        for hold in &mut holds {
            if let Some(offer) = offers.first() {
                hold.hint = format!("{offer}, or {}", hold.hint);
            }
        }
        Err(holds)
    }

    /// With a partial order: the largest number of whole units that stock allows.
    fn as_many_as_there_are(&self, way: &Way, wanted: u32) -> Option<(u32, Vec<PlannedLine>)> {
        let units = way
            .iter()
            .map(|rule| {
                let listing = self.terms.catalogue.get(&rule.listing)?;
                let pieces = u64::from(self.left(listing)?) * u64::from(listing.pack_size);
                Some(pieces / u64::from(rule.quantity.max(1)))
            })
            .map(|units| units.unwrap_or(u64::from(wanted)))
            .min()?;
        let units = u32::try_from(units).ok()?.min(wanted);
        let tried = self.try_way(way, units);
        (units > 0 && tried.holds.is_empty()).then_some((units, tried.picks))
    }

    fn left_out(&self, hold: Hold, units: u32, wanted: u32) -> Hold {
        let name = self.line.name();
        let message =
            format!("{name}: {units} of {wanted} are in this partial order, {} wait for stock", wanted - units);
        Hold { message, ..hold }
    }

    fn try_way(&self, way: &Way, units: u32) -> Tried {
        let mut tried = Tried { picks: vec![], holds: vec![] };
        let bundle = way.len() > 1;
        for rule in way {
            match self.packs(rule, units) {
                Ok(pick) => {
                    let problems = self.problems(rule, &pick, bundle);
                    tried.holds.extend(problems.into_iter().filter(|h| !self.terms.is_released(h)));
                    tried.picks.push(pick);
                }
                // Without a pick there is nothing that a release could let through.
                Err(hold) => tried.holds.push(hold),
            }
        }
        tried
    }

    /// Line quantity × rule quantity ÷ pack size, rounded up.
    fn packs(&self, rule: &Rule, units: u32) -> Result<PlannedLine, Hold> {
        let listing = self.listing(rule)?;
        let price = listing.price.ok_or_else(|| self.no_price(listing))?;
        let landed = listing.landed_price().ok_or_else(|| self.no_price(listing))?;
        let counted = units.checked_mul(rule.quantity).and_then(|pieces| {
            let packs = pieces.div_ceil(listing.pack_size.max(1));
            Some((pieces, packs, packs.checked_mul(listing.pack_size.max(1))? - pieces))
        });
        let Some((pieces, quantity, surplus)) = counted else {
            let message = format!("{units} x {} of {} is more than dsf counts", rule.quantity, listing.key);
            return Err(Hold { releasable: false, ..self.hold(HoldCode::OutOfStock, message) });
        };
        Ok(PlannedLine {
            position: self.line.position,
            sku: self.line.name().to_owned(),
            listing: listing.key.clone(),
            title: listing.title.clone(),
            options: listing.options.clone(),
            quantity,
            pieces,
            surplus,
            unit_cost: price,
            units,
            stock: listing.stock,
            checked_at: listing.checked_at,
            landed,
            fallback_because: None,
        })
    }

    fn listing(&self, rule: &Rule) -> Result<&Listing, Hold> {
        let hint = format!("dsf match suggest {}", self.line.name());
        let changed = |message: String| Hold {
            hint: hint.clone(),
            releasable: false,
            ..self.hold(HoldCode::ListingChanged, message)
        };
        let Some(listing) = self.terms.catalogue.get(&rule.listing) else {
            let hold =
                changed(format!("{} is matched to {}, which is not in the listings", self.line.name(), rule.listing));
            let ask = self.refresh(&rule.listing.supplier);
            return Err(Hold { hint: ask.map_or(hold.hint.clone(), |ask| format!("{ask}, or {}", hold.hint)), ..hold });
        };
        if listing.gone {
            return Err(changed(format!("{} is no longer in the catalogue of {}", listing.key, listing.key.supplier)));
        }
        Ok(listing)
    }

    /// The same id that means another variant or pack now.
    fn another_variant(&self, rule: &Rule, listing: &Listing) -> Option<Hold> {
        let known = rule.fingerprint.as_ref().filter(|known| **known != listing.fingerprint())?;
        let say = |fingerprint: &str| fingerprint.replace('\u{1f}', ", pack of ");
        let (was, is) = (say(known), say(&listing.fingerprint()));
        let message = format!("{} was \"{was}\" when it was matched and is \"{is}\" now", listing.key);
        Some(self.hold(HoldCode::ListingChanged, message))
    }

    fn problems(&self, rule: &Rule, pick: &PlannedLine, bundle: bool) -> Vec<Hold> {
        let Some(listing) = self.terms.catalogue.get(&rule.listing) else { return vec![] };
        let mut holds = Vec::from_iter(self.another_variant(rule, listing));
        let of_kit = |code| if bundle { HoldCode::KitIncomplete } else { code };
        let in_kit = if bundle { format!("; nothing of {} is ordered", self.line.name()) } else { String::new() };
        if !self.terms.suppliers.contains_key(&listing.key.supplier) {
            let supplier = &listing.key.supplier;
            let hold = self.hold(
                HoldCode::NoSupplier,
                format!("{} is matched, and there is no [supplier.{supplier}]", listing.key),
            );
            holds.push(Hold { hint: format!("add [supplier.{supplier}] to the config"), ..hold });
        }
        if !self.country.is_empty() && !listing.serves(self.country) {
            let to = listing.ships_to.join(" ");
            holds.push(self.hold(
                of_kit(HoldCode::CountryNotServed),
                format!("{} ships to {to}, not to {}{in_kit}", listing.key, self.country),
            ));
        }
        if let (Some(new), Some(old)) = (listing.price, listing.accepted_price)
            && rose_beyond(old, new, self.terms.guard.max_price_rise_percent)
        {
            let limit = self.terms.guard.max_price_rise_percent;
            holds.push(
                self.hold(
                    HoldCode::PriceJump,
                    format!("{} rose from {old} to {new}, more than {limit} %", listing.key),
                ),
            );
        }
        holds.extend(self.stale(listing));
        let left = self.left(listing);
        if let Some(left) = left.filter(|left| *left < pick.quantity) {
            let age = age_words(listing.checked_at, self.terms.now);
            let message = format!("{} has {left} in stock, {} are needed ({age}){in_kit}", listing.key, pick.quantity);
            let evidence = format!("{} {left} {}", listing.key, pick.quantity);
            holds.push(self.hold(of_kit(HoldCode::OutOfStock), message).resting_on(evidence));
        }
        if pick.quantity < listing.min_quantity {
            let message = format!(
                "{} sells at least {}, {} are needed{in_kit}",
                listing.key, listing.min_quantity, pick.quantity
            );
            holds.push(self.hold(of_kit(HoldCode::BelowMinimum), message));
        }
        holds
    }

    fn stale(&self, listing: &Listing) -> Option<Hold> {
        let limit = self.terms.guard.max_listing_age_days?;
        let days = listing.checked_at.map(|at| self.terms.now.duration_since(at).as_hours() / 24);
        if days.is_some_and(|days| days <= i64::from(limit)) {
            return None;
        }
        let message = match days {
            Some(days) => format!("price and stock of {} are {days} days old, the limit is {limit}", listing.key),
            None => format!("nobody said when price and stock of {} were true", listing.key),
        };
        let hold =
            self.hold(HoldCode::StaleListing, message).resting_on(format!("{} {:?}", listing.key, listing.checked_at));
        Some(Hold { hint: self.newer(listing), ..hold })
    }

    /// Where newer prices come from.
    fn newer(&self, listing: &Listing) -> String {
        self.refresh(&listing.key.supplier).unwrap_or_else(|| "dsf listings import FILE".to_owned())
    }

    /// The command that asks a supplier with an API.
    fn refresh(&self, supplier: &str) -> Option<String> {
        let asks = self.terms.suppliers.get(supplier)?.shipping.is_some();
        asks.then(|| format!("dsf listings refresh --supplier {supplier}"))
    }

    /// Packs that other lines and orders of this plan leave.
    fn left(&self, listing: &Listing) -> Option<u32> {
        let earlier = self.taken.get(&listing.key).copied().unwrap_or(0);
        let here: u32 = self.so_far.iter().filter(|p| p.listing == listing.key).map(|p| p.quantity).sum();
        listing.stock.map(|stock| stock.saturating_sub(earlier).saturating_sub(here))
    }

    fn no_price(&self, listing: &Listing) -> Hold {
        let hold = self
            .hold(HoldCode::NoPrice, format!("{} has no price, or its shipping is in another currency", listing.key));
        Hold { hint: self.newer(listing), ..hold }
    }

    fn unmatched(&self) -> Hold {
        let name = self.line.name();
        let what = if self.line.said.sku.is_empty() { "has no SKU and no rule for its title" } else { "has no rule" };
        let hold = self.hold(HoldCode::Unmatched, format!("\"{name}\" {what}"));
        Hold { hint: format!("dsf match suggest {}", typed(name)), ..hold }
    }

    fn ambiguous(&self, rules: &[&Rule]) -> Hold {
        let which: Vec<String> = rules.iter().map(|r| format!("{} ({})", r.listing, r.describe())).collect();
        let hold = self.hold(HoldCode::AmbiguousMatch, format!("two rules fit equally well: {}", which.join(" and ")));
        let id = &self.open.order.id.store;
        Hold {
            hint: format!("dsf match set {} LISTING --store {id} --country {}", typed(self.line.name()), self.country),
            ..hold
        }
    }

    fn hold(&self, code: HoldCode, message: String) -> Hold {
        Hold::new(&self.open.order.id, code, message, release_hint(&self.open.order.id, code))
    }
}

/// `3 h old`, `2 days old`, `age unknown`.
pub fn age_words(at: Option<jiff::Timestamp>, now: jiff::Timestamp) -> String {
    match at.map(|at| now.duration_since(at).as_hours()) {
        None => "age unknown".to_owned(),
        Some(hours) if hours < 48 => format!("{} h old", hours.max(0)),
        Some(hours) => format!("{} days old", hours / 24),
    }
}
