//! Over a real socket, against the sandbox.

use std::sync::Arc;
use std::time::Duration;

use dsf::core::sending::{AskError, Asked, Outcome, Shipment, Step, SupplierStatus};
use dsf::net::http::Http;
use dsf::supplier::api::SupplierApi;
use tempfile::TempDir;

use crate::iop::{consent, table};
use crate::order;
use crate::sandbox::Sandbox;
use crate::sandbox::alibaba::{Alibaba, CUPS, KEY, LAMP, METHOD};
use crate::wire::{FakeClock, client_of, ship_to};

struct Bench {
    state: Alibaba,
    _sandbox: Sandbox,
    _folder: TempDir,
    client: Box<dyn SupplierApi>,
}

fn bench() -> Bench {
    let (state, sandbox) = Alibaba::start();
    let (clock, folder) = (Arc::new(FakeClock::default()), crate::iop::state_folder());
    let follow = clock.clone();
    state.state().gateway.now = Arc::new(move || dsf::net::clock::Clock::now(&*follow));
    let table = table("alibaba", KEY, &sandbox.url());
    let http = Http::with_timeouts(Duration::from_secs(2), Duration::from_secs(2)).unwrap();
    let net = crate::iop::net(Arc::new(http), &clock, folder.path());
    let code = state.state().gateway.new_code();
    consent("alibaba", &table, &net).take(&code).unwrap();
    Bench { state, _sandbox: sandbox, _folder: folder, client: client_of(&table, &net) }
}

#[test]
fn from_the_quote_to_the_parcel() {
    let b = bench();
    let asked = [LAMP, CUPS].map(|id| Asked { listing_id: id.into(), ..Asked::default() });
    let quotes = b.client.quotes(&asked).unwrap();
    assert_eq!((quotes[0].price.unwrap().to_string(), quotes[1].stock), ("12.50 USD".into(), Some(9000)));
    let to = ship_to();
    let shipment = Shipment { ships_from: "CN", ship_to: &to, tax_id: None, lines: vec![(LAMP.into(), 1)] };
    assert_eq!(b.client.freight(&shipment).unwrap()[0].method, METHOD);
    assert_eq!(b.client.route_problems(&order()), Ok(vec![]));
    let body = b.client.body(&order()).unwrap();
    let Outcome::Placed(placed) = b.client.place(&body) else { panic!() };
    let trade = &placed.supplier_orders[0];
    assert_eq!(trade.len(), 18);
    let recorded = b.client.progress(&placed.supplier_orders).unwrap().remove(0);
    assert_eq!(
        (recorded.lines, recorded.asks.unwrap().to_string()),
        (b.client.written(&body).unwrap().lines, "54.90 USD".into())
    );
    assert_eq!(b.client.pay(trade), Step::Done);
    assert_eq!(b.client.pay(trade), Step::Done, "it is paid already");
    assert_eq!(b.state.state().paid, 1);
    b.state.state().trades[0].status = "delivering";
    b.state.state().trades[0].parcels.push(("7712".into(), "FedEx"));
    let recorded = b.client.progress(&placed.supplier_orders).unwrap().remove(0);
    assert_eq!((recorded.status, recorded.parcels[0].number.as_str()), (SupplierStatus::Shipped, "7712"));
    assert!(matches!(b.client.cancel(trade), Step::Unknown { .. }), "no table says what that refusal means");
}

#[test]
fn below_the_minimum_and_above_the_limits_nothing_is_bought() {
    let b = bench();
    let mut few = order();
    few.lines[1].quantity = 49;
    assert!(b.client.route_problems(&few).unwrap()[0].message.contains("from 50 on; this is 49"));
    assert!(matches!(b.client.place(&b.client.body(&few).unwrap()), Outcome::Refused { code, .. } if code == "4027"));
    few.lines[1].quantity = 9001;
    assert!(matches!(b.client.place(&b.client.body(&few).unwrap()), Outcome::Refused { code, .. } if code == "130703"));
    few.lines[1].quantity = 60;
    few.lines[0].quantity = 600;
    assert!(matches!(b.client.place(&b.client.body(&few).unwrap()), Outcome::Refused { code, .. } if code == "480006"));
    assert!(b.state.state().trades.is_empty());
}

#[test]
fn an_unpaid_order_can_be_cancelled_and_one_that_is_unknown_has_an_error() {
    let b = bench();
    let Outcome::Placed(placed) = b.client.place(&b.client.body(&order()).unwrap()) else { panic!() };
    assert_eq!(b.client.cancel(&placed.supplier_orders[0]), Step::Done);
    assert_eq!(b.client.progress(&placed.supplier_orders).unwrap()[0].status, SupplierStatus::Cancelled);
    assert!(matches!(b.client.progress(&["234100000000000000".into()]), Err(AskError::Answer { .. })));
    b.state.state().online = false;
    assert!(b.client.quotes(&[Asked { listing_id: LAMP.into(), ..Asked::default() }]).unwrap()[0].gone);
}
