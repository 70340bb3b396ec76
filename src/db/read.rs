//! Reading orders: one by name, those that are open, lists, counts, twins, purchase orders.

use jiff::Timestamp;
use rusqlite::params;

use super::orders::load_lines;
use super::row::{self, ORDER_COLUMNS, ORDER_FROM};
use super::sources::Freshness;
use super::{Db, DbError, Result};
use crate::core::ids::{OrderId, OrderName, PurchaseOrderId, Slug};
use crate::core::order::{Order, State};
use crate::core::plan::Twin;

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

    /// The purchase order that bears a reference.
    pub fn by_reference(&self, reference: &str) -> Result<Option<PurchaseOrderId>> {
        let mut query = self.sql.prepare_cached(
            "SELECT s.slug, o.key, p.counter FROM purchase_order p JOIN orders o ON o.id = p.order_id \
             JOIN store s ON s.id = o.store WHERE p.reference = ?1",
        )?;
        let mut rows = query.query([reference])?;
        let Some(r) = rows.next()? else { return Ok(None) };
        let slug: String = r.get(0)?;
        let store = slug.parse().map_err(|_| DbError::Damaged { what: "store name", value: slug.clone() })?;
        Ok(Some(PurchaseOrderId { order: OrderId { store, key: r.get(1)? }, counter: r.get(2)? }))
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
             WHERE o.state IN ('not_paid', 'ordered', 'partly_shipped', 'shipped') OR EXISTS (SELECT 1 FROM standing_hold s \
             WHERE s.order_id = o.id AND s.code IN ('CHANGED_AFTER_PO', 'RECORDED_MISMATCH', 'CHARGE_DIFFERS') \
             AND o.state NOT IN ('ready', 'partly_ordered'))"
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

    /// Earlier orders of the same store and buyer within 24 hours of which something was or will be bought.
    pub fn twins(&self, found: &Found) -> Result<Vec<Twin>> {
        let head = found.order.head.as_ref();
        let Some((head, placed_at)) = head.and_then(|h| Some((h, h.placed_at?.as_second()))) else { return Ok(vec![]) };
        let mut twins = vec![];
        for (same, column, hash) in [
            ("e-mail", "email_hash", row::email_hash(head.email.as_deref())),
            ("address", "ship_hash", row::ship_hash(head.ship_to.as_ref())),
        ] {
            let Some(hash) = hash else { continue };
            // Of two at the same second the one known first is the earlier.
            let mut query = self.sql.prepare_cached(&format!(
                "SELECT t.id, t.key, t.placed_at FROM orders t JOIN orders o ON o.id = ?1 \
                 WHERE t.{column} = ?2 AND t.store = o.store AND t.id <> o.id AND t.placed_at BETWEEN ?3 AND ?4 \
                 AND (t.placed_at < ?4 OR t.id < o.id) \
                 AND t.state NOT IN ('not_paid', 'cancelled', 'test_order', 'nothing_to_order')"
            ))?;
            let mut rows = query.query(params![found.row, hash, placed_at - DAY, placed_at])?;
            while let Some(r) = rows.next()? {
                let placed_at: i64 = r.get(2)?;
                let lines = load_lines(&self.sql, r.get(0)?, &mut Freshness::default())?;
                if !lines.iter().any(|theirs| found.order.lines.iter().any(|mine| mine.name() == theirs.name())) {
                    continue;
                }
                twins.push(Twin {
                    id: OrderId { store: found.order.id.store.clone(), key: r.get(1)? },
                    placed_at: Timestamp::from_second(placed_at)
                        .map_err(|_| DbError::Damaged { what: "time", value: placed_at.to_string() })?,
                    skus: lines.iter().map(|l| l.name().to_owned()).collect(),
                    same,
                });
                // One is enough to hold the order; all of them, for each of a buyer's thousand orders, are a million.
                return Ok(twins);
            }
        }
        Ok(twins)
    }
}

const DAY: i64 = 24 * 60 * 60;
