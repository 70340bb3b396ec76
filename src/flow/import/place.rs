//! Which known order a source speaks of: design §8's rules of external ids, numbers and second orders.

use thiserror::Error;

use crate::core::hold::{Hold, HoldCode, release_hint};
use crate::core::ids::{OrderId, Slug};
use crate::core::incoming::Incoming;
use crate::core::order::Order;
use crate::core::store_kind::StoreKind;
use crate::db::{DbError, ImportWriter, Stored};

#[derive(Debug, Error)]
pub enum PlaceError {
    #[error(transparent)]
    Db(#[from] DbError),
    #[error("order {number} ({external_id}) is already known as an order of store {other}")]
    OtherStore { number: String, external_id: String, other: String, store: Slug },
}

impl PlaceError {
    pub fn hint(&self) -> Option<String> {
        match self {
            Self::Db(error) => error.hint(),
            Self::OtherStore { other, store, .. } => {
                Some(format!("if {store} is the new name of {other}: dsf store rename {other} {store}"))
            }
        }
    }
}

pub enum Place {
    Known(Box<Stored>),
    New(OrderId, Option<Hold>),
}

/// # Errors
/// An external id that another store of the same kind has: one store under two names.
pub fn place(writer: &mut ImportWriter, store: &Slug, kind: &StoreKind, said: &Incoming) -> Result<Place, PlaceError> {
    let Some(external_id) = &said.external_id else { return by_number(writer, store, said) };
    if let Some(known) = writer.by_external_id(external_id)? {
        return Ok(Place::Known(Box::new(known)));
    }
    if kind.ids_global
        && let Some(other) = writer.other_store_with(external_id)?
    {
        let (number, external_id) = (said.number.clone(), external_id.clone());
        return Err(PlaceError::OtherStore { number, external_id, other, store: store.clone() });
    }
    let mut same_number = with_number(writer, &said.number)?;
    // An order known only by its number takes the id, when it is the only one that can.
    if same_number.len() == 1 && same_number[0].order.external_id.is_none() {
        return Ok(match contradiction(&same_number[0].order, said) {
            None => Place::Known(Box::new(same_number.remove(0))),
            Some(why) => apart(next_id(store, &said.number, 1), &same_number[0].order, &why),
        });
    }
    Ok(Place::New(next_id(store, &said.number, same_number.len()), None))
}

/// The source knows no external id.
fn by_number(writer: &mut ImportWriter, store: &Slug, said: &Incoming) -> Result<Place, PlaceError> {
    let same_number = with_number(writer, &said.number)?;
    let known = same_number.len();
    let id = next_id(store, &said.number, known);
    let mut against = None;
    let mut fitting = vec![];
    for stored in same_number {
        match contradiction(&stored.order, said) {
            None => fitting.push(stored),
            Some(why) => against = Some((stored, why)),
        }
    }
    if fitting.len() > 1 {
        let without_id: Vec<usize> = (0..fitting.len()).filter(|i| fitting[*i].order.external_id.is_none()).collect();
        return Ok(match without_id.as_slice() {
            [one] => Place::Known(Box::new(fitting.swap_remove(*one))),
            _ => {
                let known: Vec<String> = fitting.iter().map(|s| s.order.id.to_string()).collect();
                let message = format!("the export gives no id, and {} have this number", known.join(" and "));
                let hint = "export again with the store's own order id";
                Place::New(id.clone(), Some(Hold::new(&id, HoldCode::AmbiguousOrder, message, hint)))
            }
        });
    }
    Ok(match (fitting.pop(), against) {
        (Some(known), _) => Place::Known(Box::new(known)),
        (None, Some((stored, why))) => apart(id, &stored.order, &why),
        (None, None) => Place::New(id, None),
    })
}

/// Two sources give one number to what cannot be one order: the lines of one must not go to the address of the other.
fn apart(id: OrderId, known: &Order, why: &str) -> Place {
    let message = format!("{} has this number too, and {why}: two orders, or one export read wrongly", known.id);
    let hold = Hold::new(&id, HoldCode::ConflictingExports, message, release_hint(&id, HoldCode::ConflictingExports));
    Place::New(id, Some(hold))
}

/// Times without a zone, and dates without a time, differ by less than this for one order.
const ONE_ORDER_HOURS: i64 = 48;

/// What never changes about an order and is not the same here. A shared number alone does not make one order of two.
fn contradiction(known: &Order, said: &Incoming) -> Option<String> {
    let (known, said) = (known.head.as_ref()?, said.head.as_ref()?);
    if let (Some(was), Some(is)) = (known.currency, said.currency)
        && was != is
    {
        return Some(format!("that one is in {was}, this one in {is}"));
    }
    if let (Some(was), Some(is)) = (known.placed_at, said.placed_at)
        && is.duration_since(was).as_hours().abs() >= ONE_ORDER_HOURS
    {
        return Some(format!("that one was placed {was}, this one {is}"));
    }
    None
}

/// All orders of the store with this number: `1001`, `1001~2`, …
fn with_number(writer: &mut ImportWriter, number: &str) -> Result<Vec<Stored>, DbError> {
    let mut found = vec![];
    for ordinal in 1.. {
        let key = if ordinal == 1 { number.to_owned() } else { format!("{number}~{ordinal}") };
        match writer.by_key(&key)? {
            Some(stored) => found.push(stored),
            None => break,
        }
    }
    Ok(found)
}

fn next_id(store: &Slug, number: &str, known: usize) -> OrderId {
    OrderId::new(store.clone(), number, u32::try_from(known).unwrap_or(u32::MAX).saturating_add(1))
}
