//! How each purchase order is sent: the method that its listings name, else the one that the person's rule takes from what
//! the supplier offered.

use super::pick::age_words;
use super::{OpenOrder, PlannedLine, Terms};
use crate::core::address::Address;
use crate::core::hold::{Hold, HoldCode};
use crate::core::ids::PurchaseOrderId;
use crate::core::listing::Listing;
use crate::core::sending::Freight;
use crate::core::shipping::{Parcel, ShippingRule};

/// How it goes and, where the supplier was asked, at what cost.
pub struct Way {
    pub method: String,
    pub ships_from: String,
    pub freight: Option<Freight>,
}

/// The parcel to ask about, where the listings do not say how it goes or what sending costs.
pub fn quoted(supplier: &str, lines: &[PlannedLine], ship_to: &Address, terms: &Terms) -> Option<Parcel> {
    let rule = terms.suppliers.get(supplier)?.shipping.as_ref()?;
    let named = named(lines, terms);
    let cost_is_known = listings(lines, terms).all(|l| l.shipping.is_some());
    if (named.is_empty() && rule.is_empty()) || (!named.is_empty() && cost_is_known) {
        return None;
    }
    Some(parcel(supplier, lines, ship_to, terms))
}

/// # Errors
/// No method: nothing was asked yet, nothing that is offered fits the rule, or what is known is too old.
pub fn of(
    open: &OpenOrder,
    id: &PurchaseOrderId,
    supplier: &str,
    lines: &[PlannedLine],
    ship_to: &Address,
    terms: &Terms,
) -> Result<Way, Hold> {
    let method = named(lines, terms);
    let ships_from = ships_from(lines, terms);
    let Some(parcel) = quoted(supplier, lines, ship_to, terms) else {
        return Ok(Way { method, ships_from, freight: None });
    };
    let known = terms.freight.get(&parcel.key);
    let rule = terms.suppliers.get(supplier).and_then(|s| s.shipping.clone()).unwrap_or_default();
    if !method.is_empty() {
        // The listing names the method; what is offered says only what it costs.
        let freight = known.and_then(|k| k.offers.iter().find(|o| o.method == method)).cloned();
        return Ok(Way { method, ships_from, freight });
    }
    let order = &open.order.id;
    let refresh = format!("dsf listings refresh --supplier {supplier}");
    let hold =
        |code, message: String, hint: String| Hold { releasable: false, ..Hold::new(order, code, message, hint) };
    let country = &ship_to.country;
    let Some(known) = known else {
        let message = format!("{supplier} was not asked yet what sending {} to {country} costs", id.reference());
        return Err(hold(HoldCode::NoMethod, message, refresh));
    };
    if let Some(limit) = terms.guard.max_listing_age_days {
        let days = terms.now.duration_since(known.checked_at).as_hours() / 24;
        if days > i64::from(limit) {
            let age = age_words(Some(known.checked_at), terms.now);
            let message = format!("what {supplier} asks for sending to {country} is {age}, the limit is {limit} days");
            return Err(hold(HoldCode::StaleListing, message, refresh));
        }
    }
    match rule.choose(country, &known.offers) {
        Ok(offer) => Ok(Way { method: offer.method.clone(), ships_from, freight: Some(offer.clone()) }),
        Err(why) => {
            let message = format!("{supplier} to {country}: {why} ({})", age_words(Some(known.checked_at), terms.now));
            Err(hold(HoldCode::NoMethod, message, other_rule(supplier, &rule, country)))
        }
    }
}

fn other_rule(supplier: &str, rule: &ShippingRule, country: &str) -> String {
    let more_time = if rule.within_days.is_some() { "a larger within_days, or " } else { "" };
    format!("{more_time}{country} = \"METHOD\" under [supplier.{supplier}.shipping] in the config")
}

fn listings<'a>(lines: &'a [PlannedLine], terms: &'a Terms) -> impl Iterator<Item = &'a Listing> {
    lines.iter().filter_map(|l| terms.catalogue.get(&l.listing))
}

/// The first method that a listing names.
fn named(lines: &[PlannedLine], terms: &Terms) -> String {
    listings(lines, terms).map(|l| l.method.clone()).find(|m| !m.is_empty()).unwrap_or_default()
}

fn ships_from(lines: &[PlannedLine], terms: &Terms) -> String {
    listings(lines, terms).map(|l| l.ships_from.clone()).find(|c| !c.is_empty()).unwrap_or_default()
}

fn parcel(supplier: &str, lines: &[PlannedLine], ship_to: &Address, terms: &Terms) -> Parcel {
    Parcel::new(supplier, &ships_from(lines, terms), ship_to, lines.iter().map(|l| (&l.listing, l.quantity)))
}
