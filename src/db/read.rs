//! Reading orders: one by name, those that are open, lists, counts, twins, purchase orders.

use std::collections::HashMap;

use jiff::Timestamp;
use rusqlite::{OptionalExtension, params};

use super::orders::load_lines;
use super::row::{self, ORDER_COLUMNS, ORDER_FROM};
use super::sources::Freshness;
use super::{Db, DbError, Result};
use crate::core::ids::{OrderId, OrderName, PurchaseOrderId, Slug};
use crate::core::order::{Order, State};
use crate::core::plan::Twin;
use crate::core::purchase::Purchase;

/// An order with what the database knows beside it.
pub struct Found {
    pub row: i64,
    pub store_kind: String,
    pub order: Order,
}

/// Which orders a list shows; `None` is all.
#[derive(Clone, Debug, Default)]
pub struct OrderFilter {
    pub store: Option<Slug>,
    pub states: Vec<State>,
    pub limit: Option<u32>,
}

impl Db {
    /// Every order that a name can mean; more than one when stores share the number.
    pub fn named(&self, name: &OrderName) -> Result<Vec<OrderId>> {
        let mut query = self.sql.prepare_cached(
            "SELECT s.slug, o.key FROM store s JOIN orders o ON o.store = s.id AND o.key = ?1 \
             WHERE ?2 IS NULL OR s.slug = ?2 ORDER BY s.slug",
        )?;
        let mut rows = query.query(params![name.key, name.store.as_ref().map(Slug::as_str)])?;
        let mut found = vec![];
        while let Some(r) = rows.next()? {
            let slug: String = r.get(0)?;
            let store = slug.parse().map_err(|_| DbError::Damaged { what: "store name", value: slug.clone() })?;
            found.push(OrderId { store, key: r.get(1)? });
        }
        Ok(found)
    }

    pub fn order(&self, id: &OrderId) -> Result<Option<Found>> {
        let mut query = self
            .sql
            .prepare_cached(&format!("SELECT {ORDER_COLUMNS} {ORDER_FROM} WHERE s.slug = ?1 AND o.key = ?2"))?;
        let mut rows = query.query(params![id.store.as_str(), id.key])?;
        let Some(first) = rows.next()? else { return Ok(None) };
        let (row, store_kind, mut order) = row::order(first)?;
        order.lines = load_lines(&self.sql, row, &mut Freshness::default())?;
        Ok(Some(Found { row, store_kind, order }))
    }

    /// Hands out orders one by one, the newest first, so that a long list needs no memory.
    pub fn each_order(&self, filter: &OrderFilter, take: &mut dyn FnMut(Found) -> Result<()>) -> Result<()> {
        let states: Vec<String> = filter.states.iter().map(|s| format!("'{s}'")).collect();
        let wanted = if states.is_empty() { "1".to_owned() } else { format!("o.state IN ({})", states.join(", ")) };
        let limit = filter.limit.map_or("-1".to_owned(), |n| n.to_string());
        let mut query = self.sql.prepare(&format!(
            "SELECT {ORDER_COLUMNS} {ORDER_FROM} WHERE {wanted} AND (?1 IS NULL OR s.slug = ?1) \
             ORDER BY o.placed_at DESC, o.id LIMIT {limit}"
        ))?;
        let mut rows = query.query([filter.store.as_ref().map(Slug::as_str)])?;
        let mut freshness = Freshness::default();
        while let Some(found) = rows.next()? {
            let (row, store_kind, mut order) = row::order(found)?;
            order.lines = load_lines(&self.sql, row, &mut freshness)?;
            take(Found { row, store_kind, order })?;
        }
        Ok(())
    }

    /// Orders with something to buy, and those that wait for a decision all the same. Found by indexes that history does
    /// not lengthen.
    pub fn open_orders(&self) -> Result<Vec<Found>> {
        let mut found = self.found(&format!(
            "SELECT {ORDER_COLUMNS} FROM orders o INDEXED BY orders_open JOIN store s ON s.id = o.store \
             JOIN source f ON f.id = o.source WHERE o.state IN ('ready', 'partly_ordered')"
        ))?;
        found.extend(self.found(&format!(
            "SELECT {ORDER_COLUMNS} FROM (SELECT DISTINCT order_id FROM standing_hold) h CROSS JOIN orders o ON o.id = h.order_id \
             JOIN store s ON s.id = o.store JOIN source f ON f.id = o.source \
             WHERE o.state IN ('not_paid', 'ordered', 'partly_shipped', 'shipped')"
        ))?);
        Ok(found)
    }

    fn found(&self, select: &str) -> Result<Vec<Found>> {
        let mut query = self.sql.prepare_cached(select)?;
        let mut rows = query.query([])?;
        let mut freshness = Freshness::default();
        let mut found = vec![];
        while let Some(r) = rows.next()? {
            let (row, store_kind, mut order) = row::order(r)?;
            order.lines = load_lines(&self.sql, row, &mut freshness)?;
            found.push(Found { row, store_kind, order });
        }
        Ok(found)
    }

    /// Orders in each state, of all stores together.
    pub fn counts(&self) -> Result<Vec<(State, u64)>> {
        let mut query = self.sql.prepare_cached("SELECT state, sum(n) FROM order_count GROUP BY state")?;
        let mut rows = query.query([])?;
        let mut counts: HashMap<State, u64> = HashMap::new();
        while let Some(r) = rows.next()? {
            let state: String = r.get(0)?;
            let state = state.parse().map_err(|value| DbError::Damaged { what: "order state", value })?;
            counts.insert(state, r.get(1)?);
        }
        Ok(State::ALL.into_iter().map(|s| (s, counts.get(&s).copied().unwrap_or(0))).collect())
    }

    pub fn purchases(&self, row: i64, id: &OrderId) -> Result<Vec<Purchase>> {
        let mut query = self.sql.prepare_cached(
            "SELECT counter, supplier, state, ship_to_hash FROM purchase_order WHERE order_id = ?1 ORDER BY counter",
        )?;
        let mut rows = query.query([row])?;
        let mut found = vec![];
        while let Some(r) = rows.next()? {
            let state: String = r.get(2)?;
            found.push(Purchase {
                id: PurchaseOrderId { order: id.clone(), counter: r.get(0)? },
                supplier: r.get(1)?,
                state: state.parse().map_err(|value| DbError::Damaged { what: "purchase order state", value })?,
                ship_to_hash: r.get(3)?,
            });
        }
        Ok(found)
    }

    /// Earlier orders of the same buyer within 24 hours, for each of `open`, by row.
    ///
    /// One pass over the index of each stretch of time, so that many open orders of one day cost one scan.
    pub fn twins(&self, open: &[Found]) -> Result<HashMap<i64, Vec<Twin>>> {
        let mut twins = HashMap::new();
        let mut stores: Vec<&Slug> = open.iter().map(|f| &f.order.id.store).collect();
        stores.sort();
        stores.dedup();
        for store in stores {
            let buyers: Vec<Buyer> = open.iter().filter(|f| f.order.id.store == *store).filter_map(Buyer::of).collect();
            for (from, to) in stretches(&buyers) {
                self.twins_between(store, from, to, &buyers, &mut twins)?;
            }
        }
        Ok(twins)
    }

    fn twins_between(
        &self,
        store: &Slug,
        from: i64,
        to: i64,
        buyers: &[Buyer],
        twins: &mut HashMap<i64, Vec<Twin>>,
    ) -> Result<()> {
        let mut by_hash: HashMap<(bool, i64), Vec<&Buyer>> = HashMap::new();
        for buyer in buyers {
            for (is_email, hash) in [(true, buyer.email), (false, buyer.ship_to)] {
                if let Some(hash) = hash {
                    by_hash.entry((is_email, hash)).or_default().push(buyer);
                }
            }
        }
        let mut query = self.sql.prepare_cached(
            "SELECT o.id, o.placed_at, o.email_hash, o.ship_hash FROM orders o \
             WHERE o.store = (SELECT id FROM store WHERE slug = ?1) AND o.placed_at BETWEEN ?2 AND ?3",
        )?;
        let mut rows = query.query(params![store.as_str(), from, to])?;
        while let Some(r) = rows.next()? {
            let (row, placed_at): (i64, i64) = (r.get(0)?, r.get(1)?);
            for (is_email, hash) in [(true, r.get::<_, Option<i64>>(2)?), (false, r.get(3)?)] {
                let Some(hash) = hash else { continue };
                for buyer in by_hash.get(&(is_email, hash)).into_iter().flatten() {
                    if buyer.has_earlier(row, placed_at)
                        && let Some(twin) = self.twin(row, if is_email { "e-mail" } else { "address" })?
                    {
                        twins.entry(buyer.row).or_default().push(twin);
                    }
                }
            }
        }
        Ok(())
    }

    /// `None` for an order of which nothing was or will be bought.
    fn twin(&self, row: i64, same: &'static str) -> Result<Option<Twin>> {
        let found = self
            .sql
            .prepare_cached(
                "SELECT s.slug, o.key, o.placed_at FROM orders o JOIN store s ON s.id = o.store WHERE o.id = ?1 \
                 AND o.state NOT IN ('not_paid', 'cancelled', 'test_order', 'nothing_to_order')",
            )?
            .query_row([row], |r| Ok((r.get::<_, String>(0)?, r.get(1)?, r.get::<_, i64>(2)?)))
            .optional()?;
        let Some((slug, key, placed_at)) = found else { return Ok(None) };
        let store = slug.parse().map_err(|_| DbError::Damaged { what: "store name", value: slug })?;
        let placed_at = Timestamp::from_second(placed_at)
            .map_err(|_| DbError::Damaged { what: "time", value: placed_at.to_string() })?;
        let lines = load_lines(&self.sql, row, &mut Freshness::default())?;
        let skus = lines.iter().map(|l| l.name().to_owned()).collect();
        Ok(Some(Twin { id: OrderId { store, key }, placed_at, skus, same }))
    }
}

const DAY: i64 = 24 * 60 * 60;

/// What makes an open order's buyer known again.
struct Buyer {
    row: i64,
    placed_at: i64,
    email: Option<i64>,
    ship_to: Option<i64>,
}

impl Buyer {
    fn of(found: &Found) -> Option<Self> {
        let head = found.order.head.as_ref()?;
        Some(Self {
            row: found.row,
            placed_at: head.placed_at?.as_second(),
            email: row::email_hash(head.email.as_deref()),
            ship_to: row::ship_hash(head.ship_to.as_ref()),
        })
    }

    /// Placed within a day before this one; of two at the same second the one known first is the earlier.
    fn has_earlier(&self, row: i64, placed_at: i64) -> bool {
        let gap = self.placed_at - placed_at;
        row != self.row && (0..=DAY).contains(&gap) && (gap > 0 || row < self.row)
    }
}

/// The day before each buyer's order, with overlapping days joined.
fn stretches(buyers: &[Buyer]) -> Vec<(i64, i64)> {
    let mut ends: Vec<i64> = buyers.iter().map(|b| b.placed_at).collect();
    ends.sort_unstable();
    let mut joined: Vec<(i64, i64)> = vec![];
    for end in ends {
        match joined.last_mut() {
            Some((_, to)) if end - DAY <= *to => *to = end,
            _ => joined.push((end - DAY, end)),
        }
    }
    joined
}
