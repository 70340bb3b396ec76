//! Files for stores without an API: each parcel in one file only, committed before the file gets its name. What a crash left is
//! finished; a file that is not there may have been uploaded, so a person is asked.

use std::io::Write;
use std::path::{Path, PathBuf};

use super::crash::may_crash;
use super::hand_off::{expanded, private_folder};
use super::push::plan::{Matter, Planned, Telling, plan};
use super::push::{Run, Told};
use super::sync_error::SyncError;
use crate::core::ids::Slug;
use crate::core::push_state::PushState;
use crate::db::{Db, KeptPush, NewUpload, PushStep};
use crate::files::atomic::{Pending, finish};
use crate::store::uploads::{Template, template_of};

type Result<T> = std::result::Result<T, SyncError>;

/// A file that a person must upload.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Written {
    pub store: Slug,
    pub path: PathBuf,
    pub parcels: usize,
    /// Where in the store's own pages.
    pub place: &'static str,
}

/// What was written, and what became of each push.
#[derive(Clone, Debug, Default)]
pub struct Uploaded {
    pub files: Vec<Written>,
    pub told: Vec<Told>,
}

/// Where the files go: the config's folder, or one beside the database.
pub fn folder(run: &Run, db_path: &Path) -> PathBuf {
    let beside = || db_path.parent().unwrap_or(Path::new(".")).join("uploads");
    run.config.tracking.uploads.as_deref().map_or_else(beside, expanded)
}

/// Finishes what a crash left, then writes one file for each store that takes files and has something to be told.
///
/// # Errors
/// The database, or a disk that says no.
pub fn write(db: &mut Db, run: Run, folder: &Path, stores: &[Slug]) -> Result<Uploaded> {
    finish_uploads(db, run)?;
    let mut uploaded = Uploaded::default();
    for slug in stores {
        if (run.stop)() {
            break;
        }
        let (mut going, mut again) = (vec![], vec![]);
        let open = db.open_pushes()?.into_iter().filter(|p| p.order_id.store == *slug);
        db.together(|db| {
            for push in open {
                going.extend(ready(db, run, push, &mut uploaded)?);
            }
            Ok::<(), SyncError>(())
        })?;
        for push in wanted_again(db, run, slug)? {
            again.extend(once_more(db, run, push)?);
        }
        let Some(template) = run.config.stores.get(slug).and_then(|s| template_of(s.kind.name)) else { continue };
        if !going.is_empty() || !again.is_empty() {
            let file = File { slug, template, folder };
            uploaded.files.push(file.write(db, run, &going, &again)?);
            let written = |g: &Ready| Told {
                pushed: true,
                ..told(&g.push, &g.matter, PushState::Done, "", "in an upload file", false)
            };
            uploaded.told.extend(going.iter().chain(&again).map(written));
        }
    }
    Ok(uploaded)
}

/// One parcel that goes into the file.
struct Ready {
    push: KeptPush,
    matter: Matter,
    telling: Telling,
    rows: Vec<Vec<String>>,
}

fn ready(db: &mut Db, run: Run, push: KeptPush, uploaded: &mut Uploaded) -> Result<Option<Ready>> {
    let Some(matter) = Matter::read(db, &push)? else { return Ok(None) };
    let number = &matter.parcel.number;
    if push.state != PushState::Planned && !run.wants_again(number) {
        return Ok(None);
    }
    let stay = |db: &mut Db, to: PushState, code: &str, why: &str| -> Result<Told> {
        let same = push.state == to && push.code == code;
        if !same || push.why != why {
            db.step_push(&push, to, &PushStep { code, why, ..PushStep::default() }, run.cause(""))?;
        }
        Ok(told(&push, &matter, to, code, why, same))
    };
    let order = &matter.found.order;
    let shipped = order.head.as_ref().and_then(|h| h.fulfilled) == Some(true);
    let planned = if shipped {
        Planned::Nothing { why: "the store says that the order is shipped".to_owned() }
    } else {
        plan(db, run.config, &push, &matter)?
    };
    let kind = run.config.stores.get(&push.order_id.store).map(|s| s.kind);
    match planned {
        Planned::Wait { code, why } => uploaded.told.push(stay(db, push.state, &code, &why)?),
        Planned::Nothing { why } => uploaded.told.push(stay(db, push.state.done()?, "", &why)?),
        Planned::Changed { why } if push.state == PushState::Planned => {
            uploaded.told.push(stay(db, push.state.refused()?, "NUMBER_CHANGED", &why)?);
        }
        Planned::Changed { .. } => {}
        Planned::Tell(telling) => {
            let Some(template) = kind.and_then(|k| template_of(k.name)) else {
                let title = kind.map_or("the store", |k| k.title);
                let why = format!("dsf knows no file that {title} takes");
                uploaded.told.push(stay(db, push.state, "BY_HAND", &why)?);
                return Ok(None);
            };
            return match rows(template, &matter, &telling) {
                Ok(rows) => {
                    // Kept at once, so that the next parcel of this order does not take the same pieces.
                    let to = if push.state == PushState::Planned { push.state } else { push.state.planned_again()? };
                    let step = PushStep { lines: Some(&telling.lines), ..PushStep::default() };
                    db.step_push(&push, to, &step, run.cause(""))?;
                    Ok(Some(Ready { push: KeptPush { state: to, ..push }, matter, telling: *telling, rows }))
                }
                Err(why) => {
                    uploaded.told.push(stay(db, push.state, "BY_HAND", &why)?);
                    Ok(None)
                }
            };
        }
    }
    Ok(None)
}

fn rows(template: &Template, matter: &Matter, telling: &Telling) -> std::result::Result<Vec<Vec<String>>, String> {
    let order = &matter.found.order;
    let all = |l: &crate::core::order::Line| {
        telling.lines.iter().find(|(p, _)| *p == l.position).map_or(0, |(_, n)| *n) == order.to_send(l)
    };
    template.rows(&telling.push, order.lines.iter().all(all)).map_err(|e| e.to_string())
}

/// Done, and a person wants it in a file once more.
fn wanted_again(db: &Db, run: Run, store: &Slug) -> Result<Vec<KeptPush>> {
    let mut found = vec![];
    for number in run.again {
        for parcel in db.parcels_numbered(&crate::core::parcel::bare(number))? {
            found.extend(db.pushes_of_parcel(parcel.row)?);
        }
    }
    found.retain(|p| {
        p.state == PushState::Done && p.order_id.store == *store && p.channel != "api" && !p.store_id.is_empty()
    });
    Ok(found)
}

fn once_more(db: &Db, run: Run, push: KeptPush) -> Result<Option<Ready>> {
    let Some(matter) = Matter::read(db, &push)? else { return Ok(None) };
    let lines = db.push_lines(push.row)?;
    let Some(template) = run.config.stores.get(&push.order_id.store).and_then(|s| template_of(s.kind.name)) else {
        return Ok(None);
    };
    let Some(telling) = super::push::plan::retold(run.config, &matter, lines) else { return Ok(None) };
    let rows = rows(template, &matter, &telling).ok();
    Ok(rows.map(|rows| Ready { push, matter, telling, rows }))
}

struct File<'a> {
    slug: &'a Slug,
    template: &'static Template,
    folder: &'a Path,
}

impl File<'_> {
    fn write(&self, db: &mut Db, run: Run, going: &[Ready], again: &[Ready]) -> Result<Written> {
        private_folder(self.folder).map_err(SyncError::io(self.folder))?;
        let path = self.free_name(db, run)?;
        let rows = going.iter().chain(again).flat_map(|r| r.rows.clone()).collect();
        let mut pending = Pending::create(&path).map_err(SyncError::io(&path))?;
        let bytes = self.template.bytes(rows);
        pending.write_all(&bytes).and_then(|()| pending.sync()).map_err(SyncError::io(&path))?;
        let text = |path: &Path| path.to_string_lossy().into_owned();
        let upload = NewUpload {
            store: self.slug.to_string(),
            template: self.template.name.clone(),
            path: text(&path),
            temporary: text(pending.path()),
        };
        let pushes: Vec<_> = going.iter().map(|g| (g.push.clone(), g.telling.lines.clone())).collect();
        may_crash("upload written");
        db.write_upload(&upload, &pushes, run.cause("in an upload file"))?;
        may_crash("upload committed");
        pending.commit().map_err(SyncError::io(&path))?;
        may_crash("upload named");
        db.upload_is_named(&upload.path, run.cause("in an upload file"))?;
        for ready in again {
            let step =
                PushStep { why: "in an upload file once more", store_id: Some(&upload.path), ..PushStep::default() };
            db.step_push(&ready.push, PushState::Done, &step, run.cause("asked for again"))?;
        }
        let parcels = going.len() + again.len();
        Ok(Written { store: self.slug.clone(), path, parcels, place: &self.template.place })
    }

    /// Counted up past every name that was ever used.
    fn free_name(&self, db: &Db, run: Run) -> Result<PathBuf> {
        let day = run.now.strftime("%Y-%m-%d").to_string();
        for n in 1_u32..10_000 {
            let path = self.folder.join(self.template.file_name(self.slug.as_str(), &day, n));
            if !path.exists() && !db.knows_upload(&path.to_string_lossy())? {
                return Ok(path);
            }
        }
        let source = std::io::Error::other("it has no free name left");
        Err(SyncError::Io { path: self.folder.display().to_string(), source })
    }
}

/// Gives files their name whose naming was cut off.
fn finish_uploads(db: &mut Db, run: Run) -> Result<()> {
    for upload in db.unnamed_uploads()? {
        let (path, temporary) = (Path::new(&upload.path), Path::new(&upload.temporary));
        if !path.exists() && temporary.exists() {
            finish(temporary, path).map_err(SyncError::io(path))?;
        }
        if path.exists() {
            db.upload_is_named(&upload.path, run.cause("finished"))?;
        } else {
            db.upload_is_missing(&upload.path, run.cause("neither the file nor its temporary form is there"))?;
        }
    }
    Ok(())
}

fn told(push: &KeptPush, matter: &Matter, state: PushState, code: &str, why: &str, same: bool) -> Told {
    Told {
        order: push.order_id.clone(),
        purchase_order: matter.contents.first().map(|c| c.id.clone()),
        number: matter.parcel.number.clone(),
        state,
        code: code.to_owned(),
        why: why.to_owned(),
        same,
        pushed: false,
    }
}

/// Stores of the config that take no parcels by API.
pub fn without_api(run: &Run) -> Vec<Slug> {
    let none = |(_, store): &(&Slug, &crate::config::Store)| crate::store::kinds::api_of(store).is_none();
    run.config.stores.iter().filter(none).map(|(slug, _)| slug.clone()).collect()
}
