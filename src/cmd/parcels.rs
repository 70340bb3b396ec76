//! The parcels of an order, for `show`: number, carrier, what is in it, where it is, what the store was told.

use anyhow::Result;
use serde_json::{Value, json};

use crate::core::push_state::PushState;
use crate::ctx::Ctx;
use crate::db::{Content, Db, KeptParcel, KeptPush};
use crate::flow::push::fix;
use crate::ui::{Tone, short_time};

/// A parcel with everything that belongs to one order.
struct Shown {
    parcel: KeptParcel,
    contents: Vec<Content>,
    pushes: Vec<KeptPush>,
    successor: Option<String>,
}

fn of(db: &Db, order: i64) -> Result<Vec<Shown>> {
    let all = db.parcels_of(order)?;
    let number = |row: i64| all.iter().find(|p| p.row == row).map(|p| p.number.clone());
    let shown = |parcel: &KeptParcel| {
        let mut contents = db.contents(parcel.row)?;
        contents.retain(|c| c.order == order);
        let mut pushes = db.pushes_of_parcel(parcel.row)?;
        pushes.retain(|p| p.order == order);
        let successor = parcel.superseded_by.and_then(number);
        Ok(Shown { parcel: parcel.clone(), contents, pushes, successor })
    };
    all.iter().map(shown).collect()
}

pub fn show(ctx: &Ctx, db: &Db, order: i64) -> Result<()> {
    let ui = &ctx.ui;
    for Shown { parcel, contents, pushes, successor } in of(db, order)? {
        let carrier = parcel.carrier.as_deref().unwrap_or(if parcel.carrier_said.is_empty() {
            "carrier unknown"
        } else {
            &parcel.carrier_said
        });
        let lines: Vec<String> = contents.iter().map(|c| format!("{} x {} of {}", c.units, c.sku, c.id)).collect();
        let since = parcel.status_at.map_or(String::new(), |at| format!(" since {}", short_time(at)));
        let mut words = vec![carrier.to_owned(), lines.join(", "), format!("{}{since}", parcel.status)];
        words.extend(
            parcel.last_mile.as_ref().map(|(number, by)| format!("at the door {number} {by}").trim_end().to_owned()),
        );
        words.extend(successor.map(|number| format!("replaced by {number}")));
        ui.line(format!("parcel {}  {}", ui.paint(&parcel.number, Tone::Strong), words.join(", ")))?;
        if let Some((verdict, _)) = &parcel.arrival {
            ui.line(format!("  delivered address: {verdict}"))?;
        }
        for push in &pushes {
            let why = [push.code.as_str(), push.why.as_str()]
                .into_iter()
                .filter(|w| !w.is_empty())
                .collect::<Vec<_>>()
                .join(" ");
            let why = if why.is_empty() { why } else { format!("  {why}") };
            ui.line(format!("  store {}: {}{why}", push.order_id.store, push.state))?;
            if push.state != PushState::Done && !push.code.is_empty() {
                let po = contents.first().map(|c| &c.id);
                ui.line(format!("    {}", fix(&push.code, &push.order_id, po, &parcel.number)))?;
            }
        }
        for step in db.parcel_steps(parcel.row)?.iter().filter(|s| !s.old.is_empty()) {
            ui.line(format!(
                "  {}  {} -> {}  {} ({})",
                short_time(step.at),
                step.old,
                step.new,
                step.cause,
                step.actor
            ))?;
        }
        if ui.verbose {
            for (event, early) in db.events(parcel.row)? {
                let place =
                    [event.place.city.as_str(), &event.place.region, &event.place.postcode, &event.place.country];
                let place = place.into_iter().filter(|p| !p.is_empty()).collect::<Vec<_>>().join(" ");
                let mark = if early { "  (before the purchase order)" } else { "" };
                ui.line(format!("  {}  {}  {place}  {}{mark}", short_time(event.at), event.status, event.words))?;
            }
        }
    }
    Ok(())
}

pub fn json(db: &Db, order: i64) -> Result<Value> {
    let mut all = vec![];
    for Shown { parcel, contents, pushes, successor } in of(db, order)? {
        let lines: Vec<Value> =
            contents.iter().map(|c| json!({"purchase_order": c.id, "sku": c.sku, "quantity": c.units})).collect();
        let told: Vec<Value> = pushes
            .iter()
            .map(|p| json!({"store": p.order_id.store, "state": p.state.as_str(), "code": p.code, "message": p.why, "id": p.store_id}))
            .collect();
        let events: Vec<Value> = db
            .events(parcel.row)?
            .iter()
            .map(|(e, early)| json!({"at": e.at.to_string(), "status": e.status.to_string(), "message": e.words, "place": e.place, "early": early}))
            .collect();
        all.push(json!({"number": parcel.number, "as_said": parcel.as_said, "carrier": parcel.carrier, "carrier_said": parcel.carrier_said,
            "supplier": parcel.supplier, "source": parcel.source, "status": parcel.status.to_string(),
            "status_at": parcel.status_at.map(|at| at.to_string()), "delivered": parcel.delivered,
            "delivered_verdict": parcel.arrival.as_ref().map(|a| &a.0), "last_mile": parcel.last_mile.as_ref().map(|l| json!({"number": l.0, "carrier": l.1})),
            "replaced_by": successor, "lines": lines, "pushes": told, "events": events}));
    }
    Ok(all.into())
}
