//! One store in a run: its client, until it turns out that nothing can be said to it.

use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::core::push::StoreParcels;
use crate::core::sending::AskError;
use crate::store::api::StoreApi;

pub struct Store {
    pub api: Box<dyn StoreApi>,
    line: Mutex<Line>,
}

/// What a run has found out about a store.
#[derive(Default)]
struct Line {
    ready: bool,
    dead: Option<AskError>,
}

impl Store {
    pub fn of(api: Box<dyn StoreApi>) -> Self {
        Self { api, line: Mutex::default() }
    }

    fn line(&self) -> MutexGuard<'_, Line> {
        self.line.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Nothing else goes to it in this run.
    pub fn give_up(&self, why: AskError) {
        self.line().dead = Some(why);
    }

    /// `None` where nothing was said to it; else whether it could be spoken to.
    pub fn spoken_to(&self) -> Option<Option<AskError>> {
        let line = self.line();
        (line.ready || line.dead.is_some()).then(|| line.dead.clone())
    }

    /// What the store knows of an order's parcels.
    ///
    /// # Errors
    /// It cannot be spoken to, as this run found out now or before.
    pub fn parcels(&self, order: &str) -> Result<StoreParcels, AskError> {
        self.begin()?;
        let seen = self.api.parcels(order);
        if let Err(AskError::KeyRefused(why)) = &seen {
            self.give_up(AskError::KeyRefused(why.clone()));
        }
        seen
    }

    /// Everybody waits until it is known whether the store can be spoken to at all.
    fn begin(&self) -> Result<(), AskError> {
        let mut line = self.line();
        if let Some(dead) = &line.dead {
            return Err(dead.clone());
        }
        if !line.ready {
            if let Err(why) = self.api.ready() {
                line.dead = Some(why.clone());
                return Err(why);
            }
            line.ready = true;
        }
        Ok(())
    }
}
