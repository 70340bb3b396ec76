//! From what a person typed to the one order it means.

use anyhow::Result;

use crate::core::ids::{OrderId, OrderName};
use crate::db::{Db, Found, Kept};
use crate::exit::{Exit, Failure};

/// A reference such as `US-1001-1` is what every list shows first, so it may be typed where an order or purchase order is
/// wanted; an order that is called so goes before.
///
/// # Errors
/// The database.
pub fn meant(db: &Db, name: &OrderName) -> Result<OrderName> {
    if name.store.is_some() || !db.named(name)?.is_empty() {
        return Ok(name.clone());
    }
    let of_reference = db.by_reference(&name.key)?;
    Ok(of_reference.map_or_else(
        || name.clone(),
        |id| OrderName { store: Some(id.order.store), key: id.order.key, purchase_order: Some(id.counter) },
    ))
}

/// # Errors
/// No order of that name, or several.
pub fn order_id(db: &Db, name: &OrderName) -> Result<OrderId> {
    let mut found = db.named(&meant(db, name)?)?;
    match found.len() {
        1 => Ok(found.remove(0)),
        0 => Err(Failure::new(Exit::Failed, format!("there is no order {name}"), "dsf orders")),
        _ => {
            let ids: Vec<String> = found.iter().map(ToString::to_string).collect();
            let message = format!("{name} can be {}", ids.join(" or "));
            Err(Failure::new(Exit::Usage, message, format!("write it with its store: {}", ids[0])))
        }
    }
}

/// # Errors
/// As [`order_id`].
pub fn order(db: &Db, name: &OrderName) -> Result<Found> {
    let id = order_id(db, name)?;
    db.order(&id)?.ok_or_else(|| Failure::new(Exit::Failed, format!("there is no order {id}"), "dsf orders"))
}

/// # Errors
/// As [`order_id`], or no such purchase order; a name without its counter is an error when the order has several.
pub fn purchase_order(db: &Db, name: &OrderName) -> Result<Kept> {
    let name = &meant(db, name)?;
    let found = order(db, name)?;
    let mut kept = db.purchase_orders(found.row)?;
    kept.retain(|k| name.purchase_order.is_none_or(|counter| counter == k.id.counter));
    let ids: Vec<String> = kept.iter().map(|k| k.id.to_string()).collect();
    match ids.as_slice() {
        [] => Err(Failure::new(
            Exit::Failed,
            format!("there is no purchase order {name}"),
            format!("dsf show {}", found.order.id),
        )),
        [_] => Ok(kept.remove(0)),
        [first, ..] => Err(Failure::new(
            Exit::Usage,
            format!("{name} can be {}", ids.join(" or ")),
            format!("write it whole: {first}"),
        )),
    }
}
