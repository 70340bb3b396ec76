//! `dsf track add`: a parcel of one purchase order, by hand.

use anyhow::Result;
use serde_json::json;

use crate::carrier::{Words, named};
use crate::cli::Add;
use crate::cmd::hold::actor;
use crate::cmd::named::purchase_order;
use crate::core::hold::typed;
use crate::core::parcel::Source;
use crate::core::tracking::Problem;
use crate::ctx::Ctx;
use crate::db::{Cause, Db, Kept, KeptParcel, Left};
use crate::exit::{Exit, Failure};
use crate::flow::number::{Number, numbers};
use crate::flow::parcels::{Admitted, Claim, admit};
use crate::ui::Tone;

pub fn run(ctx: &Ctx, options: &Add) -> Result<Exit> {
    let (_lock, mut db) = ctx.db_to_write()?;
    let kept = purchase_order(&db, &options.id)?;
    let said = options.carrier.as_deref().unwrap_or_default();
    let number = read(&kept, &options.number, said)?;
    let lines = lines(&kept, &options.line, &db.left_to_ship(kept.row)?)?;
    let replaces = options.replaces.as_deref().map(|old| read(&kept, old, "")).transpose()?;
    let actor = actor();
    let cause = Cause { why: "by hand", actor: &actor, now: ctx.now };
    let claim = Claim {
        purchase_order: &kept,
        number: &number.number,
        as_said: &options.number,
        carrier: number.carrier.as_deref(),
        carrier_said: said,
        source: Source::Hand,
        shipped_at: None,
        lines,
        replaces: replaces.as_ref().map(|n| n.number.as_str()),
        shared: false,
    };
    let admitted = admit(&mut db, &claim, cause)?;
    let (Admitted::New(row) | Admitted::Joined(row) | Admitted::Known(row)) = admitted;
    let mut parcel = stored(&db, row)?;
    if admitted == Admitted::Known(row) && !said.is_empty() && parcel.carrier.as_deref() != claim.carrier {
        db.set_carrier(&parcel, claim.carrier, said, cause)?;
        parcel = stored(&db, row)?;
    }
    tell(ctx, &db, &kept, &parcel, &number, admitted)
}

/// The row was written in this very run.
fn stored(db: &Db, row: i64) -> Result<KeptParcel> {
    db.parcel(row)?.ok_or_else(|| anyhow::anyhow!("the parcel is not in the database"))
}

/// One number, or why it is none.
fn read(kept: &Kept, text: &str, said: &str) -> Result<Number> {
    if let Words::Unknown { raw, like } = named(said) {
        let hint = like.map_or("dsf track detect NUMBER lists carriers".to_owned(), |l| format!("did you mean {l}?"));
        return Err(Failure::new(Exit::Usage, format!("no carrier is called \"{raw}\""), hint));
    }
    let mut found = numbers(text, said, &kept.method, &kept.ship_to);
    if found.len() > 1 {
        let message = format!("\"{text}\" holds {} numbers", found.len());
        return Err(Failure::new(
            Exit::Usage,
            message,
            format!("one parcel at a time: dsf track add {} NUMBER", kept.id),
        ));
    }
    let number = found.pop().unwrap_or_default();
    match number.refused().or_else(|| number.problems.contains(&Problem::CheckDigit).then_some(Problem::CheckDigit)) {
        Some(problem) => {
            let message = format!("{}: \"{text}\": {}", problem.as_str(), problem.words());
            Err(Failure::new(Exit::Failed, message, format!("dsf track detect {}", typed(text))))
        }
        None => Ok(number),
    }
}

/// `--line SKU=QTY`, as positions of the purchase order's lines.
fn lines(kept: &Kept, words: &[String], left: &[Left]) -> Result<Option<Vec<(u32, u32)>>> {
    let mut lines: Vec<(u32, u32)> = vec![];
    for word in words {
        let bad = |why: String| {
            let skus: Vec<String> = left.iter().map(|l| format!("{}={}", l.sku, l.remaining())).collect();
            Failure::new(Exit::Usage, why, format!("what remains of {}: {}", kept.id, skus.join(" ")))
        };
        let (sku, units) = word.rsplit_once('=').ok_or_else(|| bad(format!("\"{word}\" is not SKU=QUANTITY")))?;
        let units: u32 = units
            .trim()
            .parse()
            .ok()
            .filter(|n| *n > 0)
            .ok_or_else(|| bad(format!("\"{word}\": the quantity is no number above zero")))?;
        let of_sku: Vec<&Left> = left.iter().filter(|l| l.sku == sku).collect();
        if of_sku.is_empty() {
            return Err(bad(format!("{} has no line \"{sku}\"", kept.id)));
        }
        spread(&of_sku, units, &mut lines).map_err(|most| {
            bad(format!("{units} of \"{sku}\" are more than the {most} that remain to ship of {}", kept.id))
        })?;
    }
    Ok((!lines.is_empty()).then_some(lines))
}

/// The same SKU can stand on several lines: the first are filled first.
fn spread(of_sku: &[&Left], units: u32, lines: &mut Vec<(u32, u32)>) -> Result<(), u32> {
    let mut rest = units;
    for line in of_sku {
        let taken: u32 = lines.iter().filter(|(p, _)| *p == line.position).map(|(_, n)| n).sum();
        let here = line.remaining().saturating_sub(taken).min(rest);
        if here > 0 {
            match lines.iter_mut().find(|(p, _)| *p == line.position) {
                Some((_, n)) => *n += here,
                None => lines.push((line.position, here)),
            }
            rest -= here;
        }
    }
    if rest == 0 { Ok(()) } else { Err(units - rest) }
}

fn tell(ctx: &Ctx, db: &Db, kept: &Kept, parcel: &KeptParcel, number: &Number, admitted: Admitted) -> Result<Exit> {
    let contents = db.contents(parcel.row)?;
    let new = !matches!(admitted, Admitted::Known(_));
    if ctx.ui.json {
        let lines: Vec<_> =
            contents.iter().map(|c| json!({"purchase_order": c.id, "sku": c.sku, "quantity": c.units})).collect();
        ctx.ui.document(
            &json!({"schema": 1, "purchase_order": kept.id, "number": parcel.number, "carrier": parcel.carrier,
            "new": new, "lines": lines, "problems": number.problems}),
        )?;
        return Ok(Exit::Done);
    }
    let lines: Vec<String> = contents.iter().map(|c| format!("{} x {}", c.units, c.sku)).collect();
    let carrier = parcel.carrier.as_deref().unwrap_or("carrier unknown");
    let word = if new { "added" } else { "known already" };
    ctx.ui.line(format!(
        "{}  {}  {carrier}  {}  ({word})",
        kept.id,
        ctx.ui.paint(&parcel.number, Tone::Strong),
        lines.join(", ")
    ))?;
    if parcel.carrier.is_none() {
        let may: Vec<&str> = number.candidates.iter().take(4).map(String::as_str).collect();
        let may = if may.is_empty() { String::new() } else { format!("; it may be {}", may.join(", ")) };
        ctx.ui.note(format!("say whose it is{may}: dsf track add {} {} --carrier C", kept.id, parcel.number));
    }
    ctx.ui.note("dsf track sync tells the store");
    Ok(Exit::Done)
}
