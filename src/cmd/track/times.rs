//! `dsf track times`: how many days parcels took that arrived. What is called late rests on it.

use anyhow::Result;
use serde_json::json;

use crate::ctx::Ctx;
use crate::exit::Exit;
use crate::ui::{Table, right};

pub fn run(ctx: &Ctx) -> Result<Exit> {
    let transits = ctx.db_to_read()?.transits()?;
    if ctx.ui.json {
        let roads: Vec<_> = transits
            .roads()
            .map(|(road, t)| {
                json!({"supplier": road.supplier, "country": road.country, "method": road.method, "median_days": t.median,
                       "p90_days": t.p90, "sample": t.sample})
            })
            .collect();
        ctx.ui.document(&json!({"schema": 1, "delivery": roads}))?;
        return Ok(Exit::Done);
    }
    let columns =
        ["supplier".into(), "to".into(), "method".into(), right("median"), right("nine of ten"), right("parcels")];
    let mut table = Table::new(columns);
    for (road, t) in transits.roads() {
        let numbers = [t.median, t.p90, t.sample].map(|n| n.to_string());
        let [median, p90, sample] = numbers;
        table.row([road.supplier.clone(), road.country.clone(), road.method.clone(), median, p90, sample]);
    }
    if table.is_empty() {
        ctx.ui.line("no parcel has arrived yet")?;
    } else {
        ctx.ui.table(&table)?;
    }
    Ok(Exit::Done)
}
