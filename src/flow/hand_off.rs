//! Purchase orders to a person: one sheet a supplier and run, written under a temporary name, proved on the disk, committed as
//! handed off, then given its name. A purchase order is in one sheet only, unless a person asks for another.

use std::io::Write;
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};

use super::crash::may_crash;
use super::journal::{Entry, Journal};
use super::prove::against;
use super::send_error::SendError;
use crate::config::{SheetFormat, Supplier};
use crate::core::ids::hex;
use crate::core::plan::PlannedOrder;
use crate::db::{Cause, Db, NewSheet};
use crate::files::Input;
use crate::files::atomic::{Pending, finish};
use crate::supplier::sheet::{Fitted, Sheet, SheetOrder, bytes, check_code, fit, read_back, rows};

type Result<T> = std::result::Result<T, SendError>;

/// A sheet that lies in the outbox.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HandedOff {
    pub supplier: String,
    pub path: PathBuf,
    pub purchase_orders: usize,
}

/// Where and for whom.
pub struct Outbox<'a> {
    pub supplier: &'a str,
    pub config: &'a Supplier,
    pub sheet: &'a Sheet,
    pub folder: PathBuf,
}

impl<'a> Outbox<'a> {
    /// `outbox` of the config, else a folder beside the database.
    pub fn of(supplier: &'a str, config: &'a Supplier, sheet: &'a Sheet, db_path: &Path) -> Self {
        let beside = || db_path.parent().unwrap_or(Path::new(".")).join("outbox").join(supplier);
        let folder = config.outbox.as_deref().map_or_else(beside, expanded);
        Self { supplier, config, sheet, folder }
    }

    /// Writes one sheet under a temporary name and proves it.
    ///
    /// # Errors
    /// A purchase order that does not fit or does not come back as it was, a disk that says no.
    pub fn prepare(
        &self,
        db: &Db,
        planned: &[&PlannedOrder],
        orders: Vec<SheetOrder>,
        cause: Cause,
    ) -> Result<Prepared> {
        let fitted = self.fitted(orders)?;
        let path = self.free_name(db, cause)?;
        let pending = self.write(&path, &fitted)?;
        let text = |path: &Path| path.to_string_lossy().into_owned();
        let sheet = NewSheet {
            supplier: self.supplier.to_owned(),
            path: text(&path),
            temporary: text(pending.path()),
            sha256: sha256(pending.path())?,
        };
        let coded =
            planned.iter().map(|po| ((*po).clone(), check_code(po.reference.as_str(), &po.ship_to_hash))).collect();
        Ok(Prepared { sheet, planned: coded, pending, path })
    }

    /// Hands the same purchase orders out a second time, stamped, because a person asked for it.
    ///
    /// # Errors
    /// As [`Outbox::hand_off`].
    pub fn hand_out_again(&self, db: &Db, orders: Vec<SheetOrder>, cause: Cause) -> Result<HandedOff> {
        let count = orders.len();
        let fitted = self.fitted(orders)?;
        let path = self.free_name(db, cause)?;
        self.write(&path, &fitted)?.commit().map_err(SendError::io(&path))?;
        Ok(HandedOff { supplier: self.supplier.to_owned(), path, purchase_orders: count })
    }

    fn fitted<'o>(&self, orders: Vec<SheetOrder<'o>>) -> Result<Vec<Fitted<'o>>> {
        let mut fitted = vec![];
        for order in orders {
            match fit(self.sheet, order) {
                Ok(order) => fitted.push(order),
                Err(holds) => {
                    let why: Vec<&str> = holds.iter().map(|h| h.message.as_str()).collect();
                    return Err(SendError::Unfit { what: "a purchase order".to_owned(), why: why.join("; ") });
                }
            }
        }
        Ok(fitted)
    }

    /// The bytes on the disk, under a temporary name, read back from there and proved.
    fn write(&self, path: &Path, fitted: &[Fitted]) -> Result<Pending> {
        private_folder(&self.folder).map_err(SendError::io(&self.folder))?;
        let bytes = bytes(self.sheet, &rows(self.sheet, fitted), self.config.format).map_err(SendError::io(path))?;
        let mut pending = Pending::create(path).map_err(SendError::io(path))?;
        pending.write_all(&bytes).and_then(|()| pending.sync()).map_err(SendError::io(path))?;
        let read = read_back(self.sheet, &Input::open(pending.path())?)?;
        let (_, held) = against(self.sheet, fitted, &read);
        if let Some(hold) = held.first() {
            return Err(SendError::Unfit { what: hold.order.clone(), why: hold.message.clone() });
        }
        Ok(pending)
    }

    /// `li-2026-11-24-1.xlsx`, counted up past every name that was ever used.
    fn free_name(&self, db: &Db, cause: Cause) -> Result<PathBuf> {
        let day = cause.now.strftime("%Y-%m-%d");
        let ending = match self.config.format {
            SheetFormat::Xlsx => "xlsx",
            SheetFormat::Csv => "csv",
        };
        for n in 1_u32.. {
            let path = self.folder.join(format!("{}-{day}-{n}.{ending}", self.supplier));
            if !path.exists() && !db.knows_sheet(&path.to_string_lossy())? {
                return Ok(path);
            }
        }
        Err(SendError::Unfit { what: self.folder.display().to_string(), why: "it has no free name left".to_owned() })
    }
}

/// A sheet that lies under its temporary name, written and proved.
pub struct Prepared {
    sheet: NewSheet,
    /// With their check codes.
    planned: Vec<(PlannedOrder, String)>,
    pending: Pending,
    path: PathBuf,
}

/// Commits sheets, with the drafts of the same orders for other suppliers, and gives the files their names.
///
/// # Errors
/// The database, the journal or a disk that says no. Before the commit nothing is handed off.
pub fn hand_off(
    db: &mut Db,
    journal: &Journal,
    prepared: Vec<Prepared>,
    drafts: &[(PlannedOrder, Vec<u8>)],
    batch: &str,
    cause: Cause,
) -> Result<Vec<HandedOff>> {
    if prepared.is_empty() {
        return Ok(vec![]);
    }
    may_crash("sheet written");
    let sheets: Vec<_> = prepared.iter().map(|p| (p.sheet.clone(), p.planned.clone())).collect();
    db.hand_off(&sheets, drafts, batch, cause)?;
    may_crash("sheet committed");
    let planned = sheets.iter().flat_map(|(_, planned)| planned.iter().map(|(po, _)| po));
    let entries: Vec<Entry> =
        planned.chain(drafts.iter().map(|(po, _)| po)).map(|po| Entry::of(po, cause.now)).collect();
    journal.append(&entries)?;
    may_crash("sheet in journal");
    let mut handed_off = vec![];
    for one in prepared {
        one.pending.commit().map_err(SendError::io(&one.path))?;
        may_crash("sheet named");
        db.sheet_is_named(&one.sheet.path)?;
        let (supplier, purchase_orders) = (one.sheet.supplier, one.planned.len());
        handed_off.push(HandedOff { supplier, path: one.path, purchase_orders });
    }
    Ok(handed_off)
}

/// What a run finds of sheets whose naming was cut off.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Finished {
    pub named: Vec<String>,
    /// Committed, and neither the file nor its temporary form is there.
    pub missing: Vec<String>,
}

/// Gives sheets their name whose naming was cut off.
///
/// # Errors
/// The disk says no.
pub fn finish_sheets(db: &Db) -> Result<Finished> {
    let mut finished = Finished::default();
    for sheet in db.unnamed_sheets()? {
        let (temporary, path) = (Path::new(&sheet.temporary), Path::new(&sheet.path));
        if temporary.exists() && sha256(temporary)? == sheet.sha256 {
            finish(temporary, path).map_err(SendError::io(path))?;
            finished.named.push(sheet.path.clone());
        } else if !path.exists() {
            finished.missing.push(sheet.path);
            continue;
        }
        db.sheet_is_named(&sheet.path)?;
    }
    Ok(finished)
}

fn sha256(path: &Path) -> Result<String> {
    let bytes = std::fs::read(path).map_err(SendError::io(path))?;
    Ok(hex(&Sha256::digest(bytes)))
}

/// Customers' addresses lie in it: only its owner may look.
pub fn private_folder(folder: &Path) -> std::io::Result<()> {
    let mut builder = std::fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder)
}

/// `~/` is the home folder.
pub fn expanded(path: &str) -> PathBuf {
    match (path.strip_prefix("~/"), std::env::var_os("HOME")) {
        (Some(rest), Some(home)) => PathBuf::from(home).join(rest),
        _ => PathBuf::from(path),
    }
}
