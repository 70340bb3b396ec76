//! The order as its store tells it now: asked for right before something of it leaves, and taken in as an import would.

use super::{Result, Sender, Stop};
use crate::core::ids::OrderId;
use crate::core::sending::AskError;
use crate::flow::import::{ApplyError, take_one};
use crate::store::api::PullError;

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
        let Some(store) = self.round.config.stores.get(&id.store) else { return Ok(Ok(())) };
        match take_one(self.db, id, store, pulled, self.round.now) {
            Ok(()) => Ok(Ok(())),
            Err(ApplyError::Db(error)) => Err(error.into()),
            Err(error) => Ok(Err(Stop::not_sent(error.to_string()))),
        }
    }
}
