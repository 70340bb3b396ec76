//! Match rules as rows.

use jiff::Timestamp;
use rusqlite::{Connection, params};

use super::{Db, DbError, Result, sources};
use crate::core::listing::{Listing, ListingKey};
use crate::core::matching::Rule;

impl Db {
    pub fn rules(&self) -> Result<Vec<Rule>> {
        rules(&self.sql)
    }

    /// Replaces, for each store and SKU that `rules` name, everything that was there.
    pub fn replace_rules(&mut self, rules: &[Rule], command: &str, now: Timestamp) -> Result<()> {
        let change = self.sql.transaction()?;
        sources::log_run(&change, command, now)?;
        for rule in rules {
            change
                .prepare_cached("DELETE FROM match_rule WHERE store = ?1 AND sku = ?2")?
                .execute(params![store_text(rule), rule.sku])?;
        }
        for rule in rules {
            insert(&change, rule)?;
        }
        remember_fingerprints(&change)?;
        change.commit()?;
        Ok(())
    }

    /// Puts one rule in place of the one with the same key.
    pub fn set_rule(&mut self, rule: &Rule, now: Timestamp) -> Result<()> {
        let change = self.sql.transaction()?;
        sources::log_run(&change, &format!("match set {} {}", rule.sku, rule.listing), now)?;
        insert(&change, rule)?;
        remember_fingerprints(&change)?;
        change.commit()?;
        Ok(())
    }
}

fn store_text(rule: &Rule) -> &str {
    rule.store.as_ref().map_or("", |s| s.as_str())
}

fn insert(sql: &Connection, rule: &Rule) -> Result<()> {
    sql.prepare_cached(
        "INSERT OR REPLACE INTO match_rule (store, sku, supplier, listing_id, quantity, country, priority, part, fingerprint) \
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
    )?
    .execute(params![
        store_text(rule),
        rule.sku,
        rule.listing.supplier,
        rule.listing.listing_id,
        rule.quantity,
        rule.country.as_deref().unwrap_or(""),
        rule.priority,
        rule.part,
        rule.fingerprint
    ])?;
    Ok(())
}

/// What each matched listing is now, for rules that do not remember it yet: a later change of the listing is then seen.
pub fn remember_fingerprints(sql: &Connection) -> Result<()> {
    for rule in rules(sql)?.iter().filter(|r| r.fingerprint.is_none()) {
        let print = sql
            .prepare_cached(
                "SELECT options, pack_size FROM listing WHERE supplier = ?1 AND listing_id = ?2 AND gone = 0",
            )?
            .query_map(params![rule.listing.supplier, rule.listing.listing_id], |r| {
                Ok((r.get::<_, String>(0)?, r.get(1)?))
            })?
            .next()
            .transpose()?;
        if let Some((options, pack_size)) = print {
            let rule = Rule { fingerprint: Some(Listing::fingerprint_of(&options, pack_size)), ..rule.clone() };
            insert(sql, &rule)?;
        }
    }
    Ok(())
}

fn rules(sql: &Connection) -> Result<Vec<Rule>> {
    let mut query = sql.prepare_cached(
        "SELECT store, sku, supplier, listing_id, quantity, country, priority, part, fingerprint FROM match_rule \
         ORDER BY sku, store, country, priority, part",
    )?;
    let mut rows = query.query([])?;
    let mut found = vec![];
    while let Some(r) = rows.next()? {
        let store: String = r.get(0)?;
        let country: String = r.get(5)?;
        let store = match store.as_str() {
            "" => None,
            slug => Some(slug.parse().map_err(|_| DbError::Damaged { what: "store name", value: slug.to_owned() })?),
        };
        found.push(Rule {
            store,
            sku: r.get(1)?,
            listing: ListingKey { supplier: r.get(2)?, listing_id: r.get(3)? },
            quantity: r.get(4)?,
            country: (!country.is_empty()).then_some(country),
            priority: r.get(6)?,
            part: r.get(7)?,
            fingerprint: r.get(8)?,
        });
    }
    Ok(found)
}
