//! One sync: numbers and statuses from suppliers, statuses from trackers, parcels to stores by API, files for the others. It stops and
//! goes on anywhere; a source that does not answer stops nothing but itself.

pub mod report;
pub mod suppliers;
pub mod trackers;

use std::collections::BTreeMap;
use std::path::Path;

use self::suppliers::Asking;
use self::trackers::Watching;
use super::push::plan::{Matter, Planned, plan};
use super::push::{Run, Teller, Told};
use super::sync_error::SyncError;
use super::uploads::{Written, folder, without_api, write};
use crate::carrier::trackers::Tracker;
use crate::config::SupplierKind;
use crate::core::hold::Hold;
use crate::core::ids::{OrderId, PurchaseOrderId, Slug};
use crate::core::push_state::PushState;
use crate::core::sending::AskError;
use crate::db::{Db, KeptPush};
use crate::net::Net;
use crate::store::api::StoreApi;
use crate::supplier::api::SupplierApi;

/// What went wrong with one number.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failed {
    pub order: Option<OrderId>,
    pub purchase_order: Option<PurchaseOrderId>,
    pub number: String,
    pub code: String,
    pub message: String,
}

/// A source that could not be asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Silent {
    /// `supplier.cj`, `tracker.main`, `store.us`.
    pub what: String,
    pub why: String,
    pub key_refused: bool,
}

#[derive(Clone, Debug, Default)]
pub struct Outcome {
    /// Numbers that are new, and parcels with news.
    pub fetched: usize,
    pub told: Vec<Told>,
    pub files: Vec<Written>,
    pub failed: Vec<Failed>,
    /// Newly held in this run.
    pub held: Vec<Hold>,
    pub silent: Vec<Silent>,
    pub stopped: bool,
}

impl Outcome {
    /// Told by API or in a file in this run.
    pub fn pushed(&self) -> usize {
        self.told.iter().filter(|t| t.pushed).count()
    }

    pub fn waiting(&self) -> impl Iterator<Item = &Told> {
        self.told.iter().filter(|t| t.state == PushState::Planned)
    }
}

/// The clients of a run, each by its name in the config.
pub struct Clients {
    pub suppliers: BTreeMap<String, Box<dyn SupplierApi>>,
    pub trackers: BTreeMap<String, Box<dyn Tracker>>,
    pub stores: BTreeMap<Slug, Box<dyn StoreApi>>,
    /// What has no key: everything else goes on.
    pub without_key: Vec<Silent>,
}

impl Clients {
    /// Builds what the config names and this run needs; keys are read now.
    ///
    /// # Errors
    /// The database, or a base URL that cannot be meant.
    pub fn build(db: &Db, run: &Run, net: &Net) -> Result<Self, SyncError> {
        let mut clients = Self {
            suppliers: BTreeMap::new(),
            trackers: BTreeMap::new(),
            stores: BTreeMap::new(),
            without_key: vec![],
        };
        let out = db.outstanding()?;
        for (name, supplier) in &run.config.suppliers {
            if supplier.kind == SupplierKind::Sheet || !out.iter().any(|k| k.supplier == *name) {
                continue;
            }
            let built = crate::supplier::kinds::build(name, supplier, net).map_err(SyncError::from);
            let kept = clients.keep(format!("supplier.{name}"), built)?;
            clients.suppliers.extend(kept.map(|api| (name.clone(), api)));
        }
        let watched = !db.watched_parcels()?.is_empty() || !out.is_empty();
        for (name, tracker) in run.config.trackers.iter().filter(|_| watched) {
            let built = crate::carrier::trackers::build(name, tracker, net).map_err(SyncError::from);
            let kept = clients.keep(format!("tracker.{name}"), built)?;
            clients.trackers.extend(kept.map(|tracker| (name.clone(), tracker)));
        }
        for (slug, store) in &run.config.stores {
            let Some(kind) = crate::store::kinds::api_of(store) else { continue };
            let built = (kind.build)(slug, store, net).map_err(SyncError::from);
            let kept = clients.keep(format!("store.{slug}"), built)?;
            clients.stores.extend(kept.map(|api| (slug.clone(), api)));
        }
        Ok(clients)
    }

    fn keep<T>(&mut self, what: String, built: Result<T, SyncError>) -> Result<Option<T>, SyncError> {
        match built {
            Ok(built) => Ok(Some(built)),
            Err(error) if error.is_key() => {
                self.without_key.push(Silent { what, why: error.to_string(), key_refused: true });
                Ok(None)
            }
            Err(error) => Err(error),
        }
    }
}

/// What a sync would do, opening nothing and changing nothing.
#[derive(Clone, Debug, Default)]
pub struct Preview {
    /// Supplier, and purchase orders that it would be asked for.
    pub suppliers: Vec<(String, usize)>,
    /// Tracker, numbers to register, numbers to read.
    pub trackers: Vec<(String, usize, usize)>,
    /// State `planned` without a code: would be told, by API or in a file.
    pub told: Vec<Told>,
}

/// # Errors
/// The database.
pub fn preview(db: &Db, run: Run, clients: &Clients) -> Result<Preview, SyncError> {
    let mut preview = Preview::default();
    for name in clients.suppliers.keys() {
        preview.suppliers.push((name.clone(), suppliers::outstanding(db, name, run.now)?.len()));
    }
    for (name, tracker) in &clients.trackers {
        let (register, read) = Watching { name, tracker: tracker.as_ref(), run }.would(db)?;
        preview.trackers.push((name.clone(), register, read));
    }
    for push in db.open_pushes()? {
        preview.told.extend(would_tell(db, run, &push)?);
    }
    Ok(preview)
}

fn would_tell(db: &Db, run: Run, push: &KeptPush) -> Result<Option<Told>, SyncError> {
    let Some(matter) = Matter::read(db, push)? else { return Ok(None) };
    let again = run.wants_again(&matter.parcel.number);
    let (code, why) = match plan(db, run.config, push, &matter)? {
        Planned::Nothing { .. } => return Ok(None),
        Planned::Wait { code, why } => (code, why),
        Planned::Changed { why } => ("NUMBER_CHANGED".to_owned(), why),
        Planned::Tell(_) if push.state == PushState::Refused && !again => (push.code.clone(), push.why.clone()),
        Planned::Tell(telling) => {
            let lines: Vec<String> = telling.push.lines.iter().map(|l| format!("{} x {}", l.quantity, l.sku)).collect();
            let carrier = telling.push.carrier.unwrap_or(telling.push.carrier_title);
            (String::new(), format!("{carrier}, {}", lines.join(", ")))
        }
    };
    let purchase_order = matter.contents.first().map(|c| c.id.clone());
    let (order, number) = (push.order_id.clone(), matter.parcel.number);
    Ok(Some(Told { order, purchase_order, number, state: push.state, code, why, same: false, pushed: false }))
}

/// # Errors
/// The database or a disk; what a source says or fails to say is in the outcome.
pub fn sync(db: &mut Db, run: Run, clients: Clients, db_path: &Path) -> Result<Outcome, SyncError> {
    let mut outcome = Outcome::default();
    for silent in clients.without_key {
        db.note_sync(&silent.what, &silent.why, run.now)?;
        outcome.silent.push(silent);
    }
    for (name, api) in &clients.suppliers {
        let asking = Asking { name, api: api.as_ref(), run, has_tracker: !clients.trackers.is_empty() };
        let heard = asking.sync(db, &mut outcome)?;
        note(db, run, format!("supplier.{name}"), heard.err(), &mut outcome)?;
    }
    for (name, tracker) in &clients.trackers {
        let watching = Watching { name, tracker: tracker.as_ref(), run };
        let heard = watching.sync(db, &mut outcome)?;
        note(db, run, format!("tracker.{name}"), heard.err(), &mut outcome)?;
    }
    report::settle_released(db, run)?;
    let teller = Teller::new(db, run, clients.stores);
    let told = teller.tell()?;
    let spoken: Vec<(String, Option<AskError>)> =
        teller.spoken_to().into_iter().map(|(slug, why)| (format!("store.{slug}"), why)).collect();
    drop(teller);
    outcome.told.extend(told);
    for (what, why) in spoken {
        note(db, run, what, why, &mut outcome)?;
    }
    let stores = without_api(&run);
    let uploaded = write(db, run, &folder(&run, db_path), &stores)?;
    for file in &uploaded.files {
        db.note_sync(&format!("upload.{}", file.store), "", run.now)?;
    }
    outcome.told.extend(uploaded.told);
    outcome.files = uploaded.files;
    outcome.stopped = (run.stop)();
    Ok(outcome)
}

fn note(db: &mut Db, run: Run, what: String, error: Option<AskError>, outcome: &mut Outcome) -> Result<(), SyncError> {
    let why = error.as_ref().map(ToString::to_string).unwrap_or_default();
    db.note_sync(&what, &why, run.now)?;
    if let Some(error) = error {
        outcome.silent.push(Silent { what, why, key_refused: matches!(error, AskError::KeyRefused(_)) });
    }
    Ok(())
}
