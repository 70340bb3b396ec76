//! An order by the API against the same order out of the store's own export.

use std::ops::ControlFlow;

use dsf::core::ids::OrderId;
use dsf::core::incoming::{Incoming, IncomingLine};
use dsf::core::order::{AsOf, Order};
use dsf::files::Input;
use dsf::store::{self, Formats, Item, StoreFacts};

use super::support::at;

/// The order of that number in an example export.
pub fn exported(file: &str, number: &str) -> Incoming {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/exports").join(file);
    let input = Input::of_bytes(file, std::fs::read(path).unwrap());
    let facts = StoreFacts {
        zone: jiff::tz::TimeZone::UTC,
        currency: Some("USD".parse().unwrap()),
        date_order: None,
        now: at("2026-11-24T00:00:00Z"),
    };
    let detected = Formats::builtin().unwrap().detect(&input, None, None).unwrap();
    let survey = store::survey(&input, &detected, &facts).unwrap();
    let mut found = None;
    store::read(&input, &detected, &survey, &facts, &mut |item| {
        if let Item::Order(order) = item
            && order.number == number
        {
            found = Some(order);
        }
        ControlFlow::Continue(())
    })
    .unwrap();
    found.unwrap()
}

/// All that a purchase order or a push is made of. Line keys only where the export has them.
pub fn same(by_api: &Incoming, by_file: &Incoming) {
    assert_eq!(by_api.number, by_file.number);
    assert!(by_file.external_id.is_none() || by_api.external_id == by_file.external_id);
    type Told<'a> = (&'a str, &'a str, &'a str, u32, Option<String>, &'a str);
    fn line(l: &IncomingLine) -> Told<'_> {
        let price = l.unit_price.map(|p| format!("{} {}", p.amount(), p.currency));
        (&l.sku, &l.title, &l.variant, l.quantity, price, l.personalisation.as_deref().unwrap_or(""))
    }
    assert_eq!(by_api.lines.iter().map(line).collect::<Vec<_>>(), by_file.lines.iter().map(line).collect::<Vec<_>>());
    for (api, file) in by_api.lines.iter().zip(&by_file.lines) {
        assert!(file.external_id.is_none() || api.external_id == file.external_id);
    }
    let (api, file) = (by_api.head.as_ref().unwrap(), by_file.head.as_ref().unwrap());
    assert_eq!(api.ship_to, file.ship_to);
    assert_eq!((api.currency, &api.payment), (file.currency, &file.payment));
    assert!(file.total.is_none() || api.total == file.total);
    let order = |said: &Incoming| {
        let id = OrderId::new("us".parse().unwrap(), &said.number, 1);
        let now = at("2026-11-24T00:00:00Z");
        Order::first(id, said.clone(), AsOf { newest: None, modified: now }, now)
    };
    let (api, file) = (order(by_api), order(by_file));
    assert_eq!(api.state(), file.state());
    let orderable = |o: &Order| o.lines.iter().map(|l| o.orderable(l)).collect::<Vec<_>>();
    assert_eq!(orderable(&api), orderable(&file));
}
