//! One client against its sandbox over a real socket.

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use dsf::core::address::compare::compare_echo;
use dsf::core::address::verdict::Overall;
use dsf::core::sending::{Lookup, Outcome};
use dsf::net::http::Http;
use dsf::net::trace::{Trace, Traced};
use dsf::supplier::api::SupplierApi;
use dsf::supplier::kinds::KINDS;
use tempfile::TempDir;

use crate::rows::{Peer, ROWS, Row, orders};
use crate::sandbox::{Fault, Sandbox};
use crate::wire::{FakeClock, client_of, config_of, net};

struct Bench {
    row: &'static Row,
    peer: Box<dyn Peer>,
    sandbox: Sandbox,
    folder: TempDir,
    client: Box<dyn SupplierApi>,
}

fn net_of(clock: &Arc<FakeClock>, folder: &Path) -> dsf::net::Net {
    let http = Http::with_timeouts(Duration::from_secs(2), Duration::from_millis(900)).unwrap();
    let trace = Trace::append_to(&folder.join("trace")).unwrap();
    net(Arc::new(Traced::new(http, trace, clock.clone())), clock, folder)
}

fn bench(row: &'static Row) -> Bench {
    let (peer, sandbox) = (row.start)();
    let (clock, folder) = (Arc::new(FakeClock::default()), tempfile::tempdir().unwrap());
    peer.follow(clock.clone());
    let table = format!("{}base_url = \"{}\"\n", peer.table(folder.path()), sandbox.url());
    let net = net_of(&clock, folder.path());
    if let Some(code) = peer.code() {
        let config = config_of(&table);
        let consent = KINDS.iter().find(|k| k.name == row.kind).unwrap().consent.unwrap();
        consent("s", &config.suppliers["s"], &net).unwrap().take(&code).unwrap();
    }
    let client = client_of(&table, &net);
    Bench { row, peer, sandbox, folder, client }
}

/// A client that will never call.
fn unused(row: &'static Row) -> Bench {
    let mut bench = bench(row);
    bench.sandbox.strict = false;
    bench
}

impl Bench {
    fn place(&self) -> Outcome {
        self.client.place(&self.client.body(&self.row.dispatch()).unwrap())
    }
}

#[test]
fn every_kind_has_a_row() {
    let kinds: BTreeSet<&str> = KINDS.iter().map(|kind| kind.name).collect();
    let rows: BTreeSet<&str> = ROWS.iter().map(|row| row.kind).collect();
    assert_eq!((&kinds, kinds.len()), (&rows, ROWS.len()));
}

#[test]
fn the_bytes_say_the_reference_the_address_and_the_lines() {
    for row in ROWS {
        let b = unused(row);
        let order = row.dispatch();
        let body = b.client.body(&order).unwrap();
        assert!(String::from_utf8_lossy(&body).contains(order.reference.as_str()), "{}", row.kind);
        let written = b.client.written(&body).unwrap();
        assert_eq!(written.reference, order.reference.as_str(), "{}", row.kind);
        let proof = compare_echo(&order.ship_to, &written.ship_to, written.echo);
        assert_eq!(proof.verdict, Overall::Same, "{}: {:?}", row.kind, proof.reasons());
        let packs: u32 = written.lines.iter().map(|(_, packs)| packs).sum();
        assert!(packs == 3 && written.lines.iter().all(|(id, _)| row.listings.contains(&id.as_str())), "{}", row.kind);
        for bytes in ["", "{}", "[]", "a=1", "\u{0}"] {
            assert!(b.client.written(bytes.as_bytes()).is_err(), "{}: {bytes}", row.kind);
            assert!(matches!(b.client.place(bytes.as_bytes()), Outcome::NotSent { .. }), "{}: {bytes}", row.kind);
        }
    }
}

#[test]
fn an_order_is_placed_once() {
    for row in ROWS {
        let b = bench(row);
        let Outcome::Placed(placed) = b.place() else { panic!("{}", row.kind) };
        assert_eq!((orders(&b.sandbox), b.sandbox.calls(row.create)), (1, 1), "{}", row.kind);
        let found = match b.client.progress(&placed.supplier_orders).unwrap() {
            // A supplier whose answer names no order is asked by our reference.
            found if found.is_empty() => match b.client.find(&row.dispatch().reference) {
                Lookup::Found(found) => found,
                other => panic!("{}: {other:?}", row.kind),
            },
            found => found,
        };
        assert_eq!(found.len(), 1, "{}", row.kind);
        assert!(placed.supplier_orders.iter().all(|id| *id == found[0].supplier_order), "{}", row.kind);
    }
}

#[test]
fn what_may_have_arrived_is_unknown_and_looked_up_where_that_can_be_done() {
    for row in ROWS {
        for fault in
            [Fault::DropAfter, Fault::HalfBody, Fault::named("500-after").unwrap(), Fault::named("not-json").unwrap()]
        {
            let (b, what) = (bench(row), format!("{} {fault:?}", row.kind));
            b.sandbox.fault(row.create, fault);
            assert!(matches!(b.place(), Outcome::Unknown { .. }), "{what}");
            assert_eq!((orders(&b.sandbox), b.sandbox.calls(row.create)), (1, 1), "{what}");
            let kind = KINDS.iter().find(|kind| kind.name == row.kind).unwrap();
            assert_eq!(kind.finds_by_reference, b.client.abilities().finds_by_reference, "{}", row.kind);
            match (b.client.abilities().finds_by_reference, b.client.find(&row.dispatch().reference)) {
                (true, Lookup::Found(found)) => assert_eq!(found.len(), 1, "{what}"),
                (false, Lookup::Unclear { .. }) => {}
                (_, other) => panic!("{what}: {other:?}"),
            }
        }
        let b = bench(row);
        b.sandbox.fault(row.create, Fault::DropBefore);
        assert!(matches!(b.place(), Outcome::Unknown { .. }), "{}", row.kind);
        assert_eq!(orders(&b.sandbox), 0, "{}", row.kind);
    }
}

#[test]
fn an_answer_outside_of_the_table_of_refusals_proves_nothing() {
    let anywhere = ["", "{}", "[]", "null", "<html>", r#"{"code":"987654","message":"?"}"#, r#"{"error":"?"}"#];
    for row in ROWS {
        for body in anywhere.iter().chain(row.proves_nothing) {
            let b = bench(row);
            b.sandbox.fault(row.create, Fault::Instead(200, (*body).to_owned()));
            assert!(matches!(b.place(), Outcome::Unknown { .. }), "{}: {body}", row.kind);
        }
    }
}

#[test]
fn a_definite_refusal_is_one() {
    for row in ROWS {
        let b = bench(row);
        let mut order = row.dispatch();
        (row.refused)(&mut order);
        let outcome = b.client.place(&b.client.body(&order).unwrap());
        assert!(matches!(outcome, Outcome::Refused { .. }), "{}: {outcome:?}", row.kind);
        assert_eq!(orders(&b.sandbox), 0, "{}", row.kind);
    }
}

#[test]
fn without_a_connection_nothing_was_sent() {
    for row in ROWS {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        drop(listener);
        let b = unused(row);
        let table = format!("{}base_url = \"{url}\"\n", b.peer.table(b.folder.path()));
        let client = client_of(&table, &net_of(&Arc::new(FakeClock::default()), b.folder.path()));
        let outcome = client.place(&client.body(&row.dispatch()).unwrap());
        assert!(matches!(outcome, Outcome::NotSent { .. } | Outcome::KeyRefused { .. }), "{}: {outcome:?}", row.kind);
    }
}

#[test]
fn a_token_that_has_ended_is_replaced_and_the_order_is_placed_once() {
    for row in ROWS {
        let b = bench(row);
        b.client.ready().unwrap();
        b.peer.expire();
        assert!(matches!(b.place(), Outcome::Placed(_)), "{}", row.kind);
        assert_eq!((orders(&b.sandbox), b.sandbox.calls(row.create)), (1, 2), "{}", row.kind);
        b.peer.revoke();
        assert!(matches!(b.place(), Outcome::KeyRefused { .. }), "{}", row.kind);
        assert_eq!(orders(&b.sandbox), 1, "{}", row.kind);
    }
}

#[test]
fn a_limiter_is_waited_for_where_that_helps_and_never_makes_an_order_unknown() {
    for row in ROWS {
        let b = bench(row);
        b.client.ready().unwrap();
        b.sandbox.fault(row.create, Fault::TooMany { retry_after: None });
        let outcome = b.place();
        match row.tries {
            1 => assert!(matches!(outcome, Outcome::NotSent { .. }), "{}: {outcome:?}", row.kind),
            _ => assert!(matches!(outcome, Outcome::Placed(_)), "{}: {outcome:?}", row.kind),
        }
        assert_eq!(orders(&b.sandbox), usize::from(row.tries > 1), "{}", row.kind);
        for _ in 0..row.tries {
            b.sandbox.fault(row.create, Fault::TooMany { retry_after: None });
        }
        assert!(matches!(b.place(), Outcome::NotSent { .. }), "{}", row.kind);
    }
}

#[test]
fn a_value_that_is_too_long_is_held_or_sent_whole() {
    for row in ROWS {
        let b = unused(row);
        for field in ["name", "line1", "line2", "city", "region", "postcode", "company"] {
            for long in ["x".repeat(36), "xy ".repeat(30), "x".repeat(600)] {
                let mut order = row.dispatch();
                *order.ship_to.field_mut(field).unwrap() = long.trim().to_owned();
                let Ok(body) = b.client.body(&order) else { continue };
                let written = b.client.written(&body).unwrap();
                let all: String = written.ship_to.fields().map(|(_, value)| value).join(" ");
                let squashed = |text: &str| text.chars().filter(|c| *c == 'x').count();
                assert!(squashed(&all) >= squashed(&long), "{}: {field} was cut", row.kind);
            }
        }
        for field in ["name", "line1", "city"] {
            let mut order = row.dispatch();
            order.ship_to.field_mut(field).unwrap().clear();
            assert!(b.client.body(&order).is_err(), "{}: no {field}", row.kind);
        }
        let mut order = row.dispatch();
        order.method.clear();
        assert!(b.client.body(&order).is_err(), "{}: no method", row.kind);
        order = row.dispatch();
        order.lines.clear();
        assert!(b.client.body(&order).is_err(), "{}: no lines", row.kind);
    }
}

#[test]
fn nothing_of_a_customer_or_a_key_is_in_a_trace_or_an_error() {
    for row in ROWS {
        let b = bench(row);
        let mut said = format!("{:?}", b.place());
        for body in [
            r#"{"code":"1600300","message":"Ada Example, +14155550100, 500 Howard St"}"#,
            r#"{"error_response":{"code":"MissingParameter","msg":"4155550100 Ada Example"}}"#,
            r#"{"code":"4015","message":"500 Howard St, San Francisco 94105"}"#,
        ] {
            b.sandbox.fault(row.create, Fault::Instead(200, body.to_owned()));
            said += &format!("{:?}", b.place());
        }
        b.sandbox.fault(row.create, Fault::HalfBody);
        said += &format!("{:?}", b.place());
        b.peer.revoke();
        said += &format!("{:?}", b.place());
        said += &std::fs::read_to_string(b.folder.path().join("trace")).unwrap();
        assert!(said.contains("POST "), "{}: there is a trace", row.kind);
        let customer = ["Ada", "Howard", "Apt 4", "4155550100", "94105", "San Francisco"].map(str::to_owned);
        for hidden in b.peer.secrets().iter().chain(&customer) {
            assert!(!said.contains(hidden.as_str()), "{}: {hidden} is in:\n{said}", row.kind);
        }
    }
}
