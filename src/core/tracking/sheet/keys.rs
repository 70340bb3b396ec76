//! The one purchase order that a row names: by our reference, the supplier's order id, or store and order number. Exactly.

use std::collections::HashMap;

use super::{Order, Row, Stop, stop};
use crate::core::tracking::damage::is_exponent;

/// One way in which a row names its purchase order.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Key {
    Reference,
    SupplierOrder,
    Order,
}

pub(super) struct Keys<'a> {
    orders: &'a [Order],
    by: [HashMap<String, Vec<usize>>; 3],
}

impl<'a> Keys<'a> {
    pub(super) fn of(orders: &'a [Order]) -> Self {
        let mut keys = Self { orders, by: Default::default() };
        for (at, order) in orders.iter().enumerate() {
            keys.put(Key::Reference, plain(&order.reference), at);
            keys.put(Key::Reference, plain(&order.id.to_string()), at);
            for id in &order.supplier_orders {
                keys.put(Key::SupplierOrder, plain(id), at);
            }
            let store = order.id.order.store.as_str();
            for number in [&order.order_number, &order.id.order.key] {
                keys.put(Key::Order, plain(&format!("{store}-{number}")), at);
                keys.put(Key::Order, plain(number), at);
            }
        }
        keys
    }

    fn put(&mut self, key: Key, text: String, at: usize) {
        let places = self.by[key as usize].entry(text).or_default();
        if !places.contains(&at) {
            places.push(at);
        }
    }

    /// # Errors
    /// No key, none of that name, several, or keys that mean different purchase orders.
    pub(super) fn find(&self, row: &Row) -> Result<usize, Stop> {
        let store = row.store.trim();
        let order = if store.is_empty() { row.order.clone() } else { format!("{store}-{}", number(&row.order)) };
        let order = if row.order.trim().is_empty() { String::new() } else { order };
        let said = [
            (Key::Reference, row.reference.trim()),
            (Key::SupplierOrder, row.supplier_order.trim()),
            (Key::Order, order.trim()),
        ];
        let said = || said.iter().filter(|(_, text)| !text.is_empty());
        if let Some((_, text)) = said().find(|(_, text)| is_exponent(text)) {
            return Err(stop(
                "DAMAGED_KEY",
                format!("a spreadsheet has made a number of {text}: format the column as text"),
            ));
        }
        let mut fits: Option<Vec<usize>> = None;
        let mut exact = false;
        for (key, text) in said().copied() {
            let hits = self.hits(key, text);
            if hits.is_empty() {
                // The supplier's own number of a purchase order that was handed off is not known here before it comes back.
                if key == Key::SupplierOrder
                    && fits.as_ref().is_some_and(|f| f.iter().all(|at| self.orders[*at].supplier_orders.is_empty()))
                {
                    continue;
                }
                return Err(stop("UNKNOWN_ORDER", format!("there is no purchase order \"{text}\" with this supplier")));
            }
            exact |= !self.is_bare(text, &hits);
            fits = Some(match fits {
                None => hits,
                Some(before) => {
                    let both: Vec<usize> = before.iter().copied().filter(|at| hits.contains(at)).collect();
                    if both.is_empty() {
                        let name =
                            |list: &[usize]| list.first().map_or(String::new(), |at| self.orders[*at].id.to_string());
                        let message = format!("the row names {} and {}: have rows moved?", name(&before), name(&hits));
                        return Err(stop("ROWS_SHIFTED", message));
                    }
                    both
                }
            });
        }
        match fits.as_deref() {
            None => Err(stop("NO_KEY", "the row has no reference, no supplier order number and no order number")),
            Some([at]) if exact || !self.orders[*at].namesake => Ok(*at),
            Some([at]) => {
                let order = &self.orders[*at];
                let message =
                    format!("another store has an order {} too: ask for {}", order.order_number, order.reference);
                Err(stop("AMBIGUOUS_ORDER", message))
            }
            Some(many) => Err(self.several(many)),
        }
    }

    /// A reference exactly as it went out is that one. Else people write order numbers and references in either column.
    fn hits(&self, key: Key, text: &str) -> Vec<usize> {
        let of = |key: Key, text: &str| self.by[key as usize].get(&plain(text)).cloned().unwrap_or_default();
        if key == Key::SupplierOrder {
            return of(key, text);
        }
        let mut hits = of(Key::Reference, text);
        if hits.iter().any(|at| self.orders[*at].reference == text) {
            return hits;
        }
        for at in of(Key::Order, number(text)) {
            if !hits.contains(&at) {
                hits.push(at);
            }
        }
        hits
    }

    /// An order's number without its store.
    fn is_bare(&self, text: &str, hits: &[usize]) -> bool {
        let own = |at: &usize| [&self.orders[*at].order_number, &self.orders[*at].id.order.key];
        hits.iter().all(|at| own(at).iter().any(|n| plain(n) == plain(number(text))))
    }

    fn several(&self, many: &[usize]) -> Stop {
        let ids: Vec<String> = many.iter().take(4).map(|at| self.orders[*at].id.to_string()).collect();
        stop("AMBIGUOUS_ORDER", format!("it can be {}: ask for the reference", ids.join(" or ")))
    }
}

/// `us#1001`, `us/1001`, `US-1001`: one spelling. What else differs is another key.
fn plain(text: &str) -> String {
    let text = text.trim().trim_start_matches('\'');
    let text = text.strip_suffix(".0").filter(|t| t.bytes().all(|b| b.is_ascii_digit())).unwrap_or(text);
    text.chars().map(|c| if matches!(c, '#' | '/') { '-' } else { c.to_ascii_uppercase() }).collect()
}

/// An order number without the hash that stores print in front.
fn number(text: &str) -> &str {
    text.trim().trim_start_matches(['#', '\'']).trim()
}
