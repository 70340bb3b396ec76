//! The order as its store tells it now: asked for right before something of it leaves, and taken in as an import would.

use jiff::Timestamp;

use super::{Result, Sender, Stop};
use crate::config::Config;
use crate::core::change::{NotTaken, Why, merge};
use crate::core::hold::{Hold, HoldCode};
use crate::core::ids::OrderId;
use crate::core::order::{AsOf, Order};
use crate::core::plan::changed_after_purchase;
use crate::core::sending::AskError;
use crate::db::{Applied, Db, NewSource};
use crate::store::api::{PullError, Pulled};

impl Sender<'_> {
    /// Asks the order's store, where it has an API. Nothing is bought on old news.
    pub(super) fn ask_store(&mut self, id: &OrderId) -> Result<std::result::Result<(), Stop>> {
        let Some(api) = self.partners.stores.get(&id.store) else { return Ok(Ok(())) };
        let name = format!("store.{}", id.store);
        if let Some(why) = self.out_of_reach.get(&name) {
            return Ok(Err(Stop::NotSent { why: why.clone(), key_refused: false }));
        }
        let Some(found) = self.db.order(id)? else {
            return Ok(Err(Stop::not_sent(format!("there is no order {id} any more"))));
        };
        let Some(external_id) = found.order.external_id.clone() else {
            let why = format!(
                "the store's own id of {id} is not known, so it cannot be asked: dsf import --store {}",
                id.store
            );
            return Ok(Err(Stop::not_sent(why)));
        };
        let pulled = match api.order(&external_id) {
            Ok(Some(pulled)) if pulled.said.external_id.as_deref() == Some(&external_id) => pulled,
            Ok(Some(_)) => return Ok(Err(Stop::not_sent(format!("{name} answered with another order")))),
            Ok(None) => return Ok(Err(Stop::not_sent(format!("{name} does not know this order any more")))),
            Err(error) => {
                let why = format!("{name} cannot be asked whether the order is still the same: {error}");
                let key_refused = matches!(error, PullError::Ask(AskError::KeyRefused(_)));
                if matches!(error, PullError::Ask(AskError::KeyRefused(_) | AskError::Unreachable(_))) {
                    self.out_of_reach.insert(name, why.clone());
                }
                return Ok(Err(Stop::NotSent { why, key_refused }));
            }
        };
        take(self.db, self.round.config, &found.order, &pulled, self.round.now)?;
        Ok(Ok(()))
    }
}

/// Merges what the store says into what is known; nothing is written where it says the same.
///
/// # Errors
/// The database.
pub fn take(db: &mut Db, config: &Config, known: &Order, pulled: &Pulled, now: Timestamp) -> Result<()> {
    let Some(store) = config.stores.get(&known.id.store) else { return Ok(()) };
    let as_of = AsOf { newest: Some(pulled.changed_at), modified: pulled.changed_at };
    let source = NewSource {
        store: known.id.store.clone(),
        kind: store.kind.name,
        name: format!("{} API", known.id.store),
        format: "api".to_owned(),
        sha256: String::new(),
        as_of,
    };
    let mut writer = db.begin_import(&source, "look before sending", now)?;
    let Some(stored) = writer.by_key(&known.id.key)? else { return Ok(()) };
    // A history that cannot be read must not let an old value back in.
    let was_replaced = |field: &str, value: &str| writer.was_replaced(stored.row, field, value).unwrap_or(true);
    let merged = merge(&stored.order, &pulled.said, as_of, false, &was_replaced);
    if merged.changes.is_empty() && merged.not_taken.is_empty() {
        return Ok(());
    }
    let purchases = writer.purchases(stored.row, &known.id)?;
    if let Some(hold) = changed_after_purchase(&merged.order, &purchases) {
        writer.hold(stored.row, &hold, now)?;
    }
    for not_taken in &merged.not_taken {
        if let Some(hold) = conflict(&merged.order, not_taken) {
            writer.hold(stored.row, &hold, now)?;
        }
    }
    let lines = u64::try_from(pulled.said.lines.len()).unwrap_or(0);
    if merged.touched {
        let order = Order { imported_at: now, ..merged.order };
        writer.update(&stored, &order, &merged.changes, now)?;
    }
    writer.commit(Applied { rows: 1, orders: 1, lines, rejected: 0 })?;
    Ok(())
}

/// The store and an export that is as new disagree, or the store brings back what was replaced: a person decides.
fn conflict(order: &Order, not_taken: &NotTaken) -> Option<Hold> {
    let NotTaken { change, why } = not_taken;
    let why = match why {
        Why::Older => return None,
        Why::Tie => "is as new as what is known",
        Why::CameBack => "brings back what was replaced",
    };
    let id = &order.id;
    let message = format!("{}: \"{}\" is known, the store says \"{}\" and {why}", change.field, change.from, change.to);
    let hint = format!("dsf release {id} CONFLICTING_EXPORTS --reason \"…\" keeps \"{}\"", change.from);
    let evidence = format!("{} {} {}", change.field, change.from, change.to);
    Some(Hold::new(id, HoldCode::ConflictingExports, message, hint).resting_on(evidence))
}
