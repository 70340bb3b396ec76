//! Which lines, and how many of each, are in a parcel: what the row says, never more than was ordered and not yet sent.

use std::collections::HashMap;

use super::{Line, Order, Row, Stop, Taken, stop};

pub(super) enum Given {
    Known,
    /// Position of the order line, units of it; zero: nobody says how many.
    Lines(Vec<(u32, u32)>),
}

/// A line of a purchase order while a sheet is read.
struct Open<'a> {
    line: &'a Line,
    /// Units in parcels known before this sheet. More than ordered when a parcel did not say how many.
    before: u32,
    /// Packs given to numbers of this sheet, by number.
    now: Vec<(String, u32)>,
}

pub(super) struct Allotment<'a> {
    orders: &'a [Order],
    open: Vec<Vec<Open<'a>>>,
    /// Who has a number: from parcels known, of any supplier, and from rows above. Purchase order and hash of its ship-to.
    holders: HashMap<String, Vec<(String, String)>>,
    /// Units given to numbers of this sheet, by purchase order and position.
    given: HashMap<(usize, u32), u32>,
}

impl<'a> Allotment<'a> {
    pub(super) fn of(orders: &'a [Order], taken: &[Taken]) -> Self {
        let mut holders: HashMap<String, Vec<(String, String)>> = HashMap::new();
        for order in orders {
            for parcel in &order.parcels {
                let holder = (order.id.to_string(), order.ship_to_hash.clone());
                holders.entry(parcel.number.clone()).or_default().push(holder);
            }
        }
        for one in taken {
            let holder = (one.purchase_order.to_string(), one.ship_to_hash.clone());
            holders.entry(one.number.clone()).or_default().push(holder);
        }
        let open = orders.iter().map(open_lines).collect();
        Self { orders, open, holders, given: HashMap::new() }
    }

    /// # Errors
    /// Another customer's number, a line that is not of the purchase order, more than was ordered, all sent already.
    pub(super) fn give(
        &mut self,
        at: usize,
        row: &Row,
        number: &str,
        seen: &HashMap<String, u64>,
    ) -> Result<Given, Stop> {
        let order = &self.orders[at];
        self.of_one_customer(at, number, seen)?;
        let lines = named_lines(row, order)?;
        let quantity = quantity(row)?;
        let known = order.parcels.iter().find(|p| p.number == number);
        if let Some(parcel) = known {
            let has = |at: &usize| parcel.lines.iter().any(|(position, _)| *position == order.lines[*at].position);
            if parcel.superseded || lines.is_empty() || lines.iter().any(has) {
                return Ok(Given::Known);
            }
        }
        let given = if lines.is_empty() { self.whole(at, number)? } else { self.some(at, &lines, quantity, number)? };
        let holder = (order.id.to_string(), order.ship_to_hash.clone());
        self.holders.entry(number.to_owned()).or_default().push(holder);
        Ok(given)
    }

    /// A number on two orders of one recipient is a parcel for both; on two recipients one of them is wrong.
    fn of_one_customer(&self, at: usize, number: &str, seen: &HashMap<String, u64>) -> Result<(), Stop> {
        let own = &self.orders[at].ship_to_hash;
        let other = self.holders.get(number).into_iter().flatten().find(|(_, hash)| hash != own);
        let Some((other, _)) = other else { return Ok(()) };
        let row = seen.get(number).map_or(String::new(), |row| format!(" (row {row})"));
        Err(stop("OTHER_CUSTOMER", format!("{number} is on {other} already{row}, another customer's")))
    }

    /// A row that names no line: everything that is not in a parcel yet.
    fn whole(&mut self, at: usize, number: &str) -> Result<Given, Stop> {
        let order = &self.orders[at];
        let open = &mut self.open[at];
        if open.iter().any(|o| o.now.iter().any(|(n, _)| n == number)) {
            return Ok(Given::Known);
        }
        if open.iter().all(|o| o.before >= o.line.units) {
            return Err(changed(order, number));
        }
        let mut wanted: Vec<(&Line, u32)> = vec![];
        for one in open.iter_mut().filter(|o| o.before < o.line.units) {
            one.now.push((number.to_owned(), one.line.packs));
            wanted.push((one.line, one.before));
        }
        wanted.dedup_by_key(|(line, _)| line.position);
        let lines = wanted.into_iter().map(|(line, before)| (line.position, self.take(at, line, before, line.units)));
        Ok(Given::Lines(lines.collect()))
    }

    /// Units of a line for a number, while any are left. What comes after them shares the line, and nobody says how it is divided.
    fn take(&mut self, at: usize, line: &Line, before: u32, wanted: u32) -> u32 {
        let given = self.given.entry((at, line.position)).or_default();
        let units = wanted.min(line.units.saturating_sub(before + *given));
        *given += units;
        units
    }

    /// A row of one line. Lines that are alike (the same SKU twice) take the rows in their order.
    fn some(&mut self, at: usize, lines: &[usize], quantity: Option<u32>, number: &str) -> Result<Given, Stop> {
        let order = &self.orders[at];
        let open = &mut self.open[at];
        let unsent = |o: &Open<'_>| o.before < o.line.units;
        let fresh = |o: &Open<'_>| o.now.is_empty() && unsent(o) && quantity.is_none_or(|q| q <= o.line.packs);
        let first = |wanted: &dyn Fn(&Open<'_>) -> bool| lines.iter().copied().find(|i| wanted(&open[*i]));
        let has = |o: &Open<'_>| o.now.iter().any(|(n, _)| n == number);
        let found = first(&|o| fresh(o) && quantity == Some(o.line.packs)).or_else(|| first(&fresh));
        let Some(line) = found.or_else(|| first(&has)).or_else(|| first(&unsent)) else {
            return Err(changed(order, number));
        };
        let one = &mut open[line];
        if has(one) {
            return Ok(Given::Known);
        }
        let (packs, ordered, sku) = (quantity.unwrap_or(one.line.packs), one.line.packs, &one.line.sku);
        if packs == 0 || packs > ordered {
            return Err(stop("QUANTITY", format!("the row says {packs} of {sku}, and {ordered} were ordered")));
        }
        let given: u32 = one.now.iter().map(|(_, packs)| packs).sum();
        // Each number with the whole quantity: a line in several parcels, and nobody says how it is divided.
        let undivided = given > 0 && packs == ordered && one.now.iter().all(|(_, p)| *p == ordered);
        if given + packs > ordered && !undivided {
            return Err(stop(
                "QUANTITY",
                format!("with the rows above it is more than the {ordered} of {sku} that were ordered"),
            ));
        }
        one.now.push((number.to_owned(), packs));
        let (line, before) = (one.line, one.before);
        Ok(Given::Lines(vec![(line.position, self.take(at, line, before, units_of(line, packs)))]))
    }
}

fn open_lines(order: &Order) -> Vec<Open<'_>> {
    let mut lines: Vec<Open<'_>> = vec![];
    for line in &order.lines {
        let of_line = |p: &super::Parcel| {
            p.lines.iter().find(|l| l.0 == line.position).map(|l| if l.1 == 0 { line.units } else { l.1 })
        };
        let before =
            order.parcels.iter().filter(|p| !p.superseded).filter_map(of_line).fold(0_u32, u32::saturating_add);
        lines.push(Open { line, before: before.min(line.units), now: vec![] });
    }
    lines
}

fn units_of(line: &Line, packs: u32) -> u32 {
    if packs == line.packs {
        return line.units;
    }
    if line.units.checked_rem(line.packs) == Some(0) { packs * (line.units / line.packs) } else { 0 }
}

/// The lines that SKU and listing name; empty when the row names none.
fn named_lines(row: &Row, order: &Order) -> Result<Vec<usize>, Stop> {
    let (sku, listing) = (row.sku.trim(), row.listing_id.trim());
    if sku.is_empty() && listing.is_empty() {
        return Ok(vec![]);
    }
    let fits = |l: &Line| (sku.is_empty() || l.sku == sku) && (listing.is_empty() || l.listing_id == listing);
    let found: Vec<usize> = order.lines.iter().enumerate().filter(|(_, l)| fits(l)).map(|(i, _)| i).collect();
    if found.is_empty() {
        let what = if sku.is_empty() { listing } else { sku };
        return Err(stop("LINE_DISAGREES", format!("{} has no such line as {what}", order.id)));
    }
    Ok(found)
}

fn quantity(row: &Row) -> Result<Option<u32>, Stop> {
    let text = row.quantity.trim();
    let text = text.strip_suffix(".0").unwrap_or(text);
    if text.is_empty() {
        return Ok(None);
    }
    text.parse().map(Some).map_err(|_| stop("QUANTITY", format!("\"{text}\" is not a whole number")))
}

fn changed(order: &Order, number: &str) -> Stop {
    let old = order.parcels.iter().rev().find(|p| !p.superseded).map_or("another number", |p| p.number.as_str());
    let id = &order.id;
    stop(
        "NUMBER_CHANGED",
        format!(
            "all of {id} is in {old}: if the new number takes its place, dsf track add {id} {number} --replaces {old}"
        ),
    )
}
