//! Purchase orders that a supplier may have sent, with all that a row of a sheet is compared with; and the columns that a
//! person has mapped for a supplier's sheets.

use std::collections::BTreeMap;

use jiff::Timestamp;
use rusqlite::params;

use super::{Db, Kept, Result};

/// A purchase order with what belongs to it.
#[derive(Clone, Debug)]
pub struct Out {
    pub kept: Kept,
    pub order_number: String,
    /// The customer's order was cancelled or refunded as a whole.
    pub closed: bool,
    /// Another store has an order with that number.
    pub namesake: bool,
    pub ships_from: String,
    pub supplier_orders: Vec<String>,
    pub lines: Vec<OutLine>,
    pub parcels: Vec<OutParcel>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OutLine {
    pub position: u32,
    pub sku: String,
    pub listing_id: String,
    pub packs: u32,
    pub units: u32,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OutParcel {
    pub number: String,
    /// Position of the order line, units.
    pub lines: Vec<(u32, u32)>,
    pub superseded: bool,
}

impl Db {
    /// Of one supplier, in the order in which they were made: all that are out, and those of any state made since then.
    pub fn out(&self, supplier: &str, since: Timestamp) -> Result<Vec<Out>> {
        let states = "p.state IN ('handed_off', 'placed', 'paid', 'shipped', 'cancel_asked', 'unknown')";
        let kept =
            self.kept(&format!("p.supplier = ?1 AND ({states} OR p.made_at >= ?2)"), &[&supplier, &since.to_string()])?;
        kept.into_iter().map(|kept| self.out_of(kept)).collect()
    }

    fn out_of(&self, kept: Kept) -> Result<Out> {
        let mut query = self.sql.prepare_cached(
            "SELECT o.number, o.state = 'cancelled' OR o.payment = 'refunded', p.ships_from, \
             EXISTS (SELECT 1 FROM store s JOIN orders x ON x.store = s.id AND x.key = o.key WHERE s.id <> o.store) \
             FROM purchase_order p JOIN orders o ON o.id = p.order_id WHERE p.id = ?1",
        )?;
        let (order_number, closed, ships_from, namesake) = query.query_row([kept.row], |r| {
            Ok((r.get(0)?, r.get::<_, Option<bool>>(1)?.unwrap_or(false), r.get(2)?, r.get(3)?))
        })?;
        Ok(Out {
            order_number,
            closed,
            namesake,
            ships_from,
            supplier_orders: self.supplier_orders(kept.row)?,
            lines: self.out_lines(kept.row)?,
            parcels: self.out_parcels(kept.row)?,
            kept,
        })
    }

    fn out_lines(&self, purchase_order: i64) -> Result<Vec<OutLine>> {
        let mut query = self.sql.prepare_cached(
            "SELECT position, sku, listing_id, packs, units FROM purchase_line WHERE purchase_order = ?1 \
             ORDER BY position, listing_id",
        )?;
        let rows = query.query_map([purchase_order], |r| {
            Ok(OutLine {
                position: r.get(0)?,
                sku: r.get(1)?,
                listing_id: r.get(2)?,
                packs: r.get(3)?,
                units: r.get(4)?,
            })
        })?;
        Ok(rows.collect::<std::result::Result<_, _>>()?)
    }

    fn out_parcels(&self, purchase_order: i64) -> Result<Vec<OutParcel>> {
        let mut query = self.sql.prepare_cached(
            "SELECT k.id, k.number, l.position, l.units, k.superseded_by IS NOT NULL FROM parcel_line l \
             JOIN parcel k ON k.id = l.parcel WHERE l.purchase_order = ?1 ORDER BY k.id, l.position",
        )?;
        let mut rows = query.query([purchase_order])?;
        let mut parcels: BTreeMap<i64, OutParcel> = BTreeMap::new();
        while let Some(r) = rows.next()? {
            let (number, superseded) = (r.get(1)?, r.get(4)?);
            let parcel = parcels.entry(r.get(0)?).or_insert(OutParcel { number, lines: vec![], superseded });
            parcel.lines.push((r.get(2)?, r.get(3)?));
        }
        Ok(parcels.into_values().collect())
    }

    /// Field and header, as a person mapped them for the supplier's sheets.
    pub fn sheet_columns(&self, supplier: &str) -> Result<Vec<(String, String)>> {
        let mut query =
            self.sql.prepare_cached("SELECT field, header FROM sheet_column WHERE supplier = ?1 ORDER BY field")?;
        let rows = query.query_map([supplier], |r| Ok((r.get(0)?, r.get(1)?)))?;
        Ok(rows.collect::<std::result::Result<_, _>>()?)
    }

    /// Remembers a mapping; an empty header forgets it.
    pub fn map_sheet_column(&mut self, supplier: &str, field: &str, header: &str) -> Result<()> {
        if header.is_empty() {
            self.sql
                .execute("DELETE FROM sheet_column WHERE supplier = ?1 AND field = ?2", params![supplier, field])?;
        } else {
            self.sql.execute(
                "INSERT INTO sheet_column (supplier, field, header) VALUES (?1, ?2, ?3) \
                 ON CONFLICT (supplier, field) DO UPDATE SET header = excluded.header",
                params![supplier, field, header],
            )?;
        }
        Ok(())
    }
}
