//! Over a real socket: signatures, the life of a token, consent, and every shape of the sandbox's answers.

use std::sync::Arc;
use std::time::Duration;

use dsf::core::sending::{AskError, Asked, Outcome, Shipment, SupplierStatus};
use dsf::net::http::Http;
use dsf::net::{Net, Wire};
use dsf::supplier::api::SupplierApi;
use jiff::Timestamp;
use tempfile::TempDir;

use crate::iop::{consent, table};
use crate::order;
use crate::sandbox::aliexpress::{APP_SECRET, AliExpress, BLACK_M, KEY, METHOD, ORDER_CREATE, SINGLE};
use crate::sandbox::{Fault, Sandbox};
use crate::wire::{FakeClock, client_of, ship_to};

struct Bench {
    state: AliExpress,
    sandbox: Sandbox,
    clock: Arc<FakeClock>,
    folder: TempDir,
    table: String,
}

const REFRESH: &str = "/auth/token/refresh";
const A_DAY: Duration = Duration::from_secs(86_400);

/// Nobody has allowed anything yet.
fn closed() -> Bench {
    let (state, sandbox) = AliExpress::start();
    let (clock, folder) = (Arc::new(FakeClock::default()), crate::iop::state_folder());
    let follow = clock.clone();
    state.state().gateway.now = Arc::new(move || dsf::net::clock::Clock::now(&*follow));
    let table = table("aliexpress", KEY, &sandbox.url());
    Bench { state, sandbox, clock, folder, table }
}

fn bench() -> Bench {
    let b = closed();
    let code = b.state.state().gateway.new_code();
    b.take(&code).unwrap();
    b
}

impl Bench {
    fn net(&self) -> Net {
        let http = Http::with_timeouts(Duration::from_secs(2), Duration::from_secs(2)).unwrap();
        crate::iop::net(Arc::new(http), &self.clock, self.folder.path())
    }

    fn take(&self, pasted: &str) -> Result<i64, AskError> {
        let token = consent("aliexpress", &self.table, &self.net()).take(pasted)?;
        Ok(token.days_left(self.now()).unwrap())
    }

    fn now(&self) -> Timestamp {
        dsf::net::clock::Clock::now(&*self.clock)
    }

    /// Another run.
    fn client(&self) -> Box<dyn SupplierApi> {
        client_of(&self.table, &self.net())
    }

    fn place(&self) -> Outcome {
        let client = self.client();
        client.place(&client.body(&order()).unwrap())
    }
}

#[test]
fn a_wrong_secret_or_app_or_clock_is_no_order() {
    let mut b = bench();
    b.sandbox.strict = false;
    b.state.state().gateway.secret = "another-secret".into();
    assert!(matches!(b.place(), Outcome::KeyRefused { why } if why.starts_with("IncompleteSignature")));
    b.state.state().gateway.secret = APP_SECRET.into();
    let ahead = b.now() + jiff::SignedDuration::from_hours(3);
    b.state.state().gateway.now = Arc::new(move || ahead);
    assert!(matches!(b.place(), Outcome::Unknown { .. }), "no table says what that time stamp means");
    b.table = b.table.replace("510000", "510001");
    assert!(matches!(b.client().ready(), Err(AskError::KeyRefused(_))), "the token belongs to another app");
    assert_eq!(b.sandbox.orders_of("US-1001-1"), 0);
}

#[test]
fn a_method_that_is_not_granted_is_a_key_that_does_not_work() {
    let b = bench();
    b.state.state().gateway.not_granted.push("aliexpress.ds.order.create".into());
    assert!(matches!(b.place(), Outcome::KeyRefused { why } if why.starts_with("InsufficientPermission")));
}

#[test]
fn a_code_is_good_once_and_for_three_minutes() {
    let b = closed();
    let code = b.state.state().gateway.new_code();
    assert_eq!(b.take(&code), Ok(60));
    assert!(matches!(b.take(&code), Err(AskError::KeyRefused(why)) if why.starts_with("InvalidCode")));
    let late = b.state.state().gateway.new_code();
    b.clock.advance(Duration::from_secs(181));
    assert!(matches!(b.take(&late), Err(AskError::KeyRefused(_))));
    b.state.state().gateway.launched = false;
    let trial = b.state.state().gateway.new_code();
    assert_eq!(b.take(&format!("http://127.0.0.1/cb?code={trial}")), Ok(2));
}

#[test]
fn the_link_goes_to_the_page_and_the_page_sends_a_code_back() {
    let b = closed();
    let consent = consent("aliexpress", &b.table, &b.net());
    let link = consent.link().unwrap();
    assert!(link.contains("redirect_uri=http%3A%2F%2F127.0.0.1%2Fcb&client_id=510000&state="), "{link}");
    assert!(!link.contains(APP_SECRET));
    let http = Http::new().unwrap();
    let answer = http.send(&dsf::net::Request::new(dsf::net::Method::Get, dsf::net::Effect::Reads, link));
    let dsf::net::Answer::Reply(reply) = answer else { panic!() };
    let back = reply.header("Location").unwrap().to_owned();
    let other = back.replace("state=", "state=x");
    assert!(matches!(consent.take(&other), Err(AskError::KeyRefused(why)) if why.contains("another account")));
    assert_eq!(consent.take(&back).unwrap().days_left(b.now()), Some(60));
    assert!(consent.kept().is_some());
    let without = crate::iop::consent("aliexpress", &b.table.replace("redirect_uri", "# redirect_uri"), &b.net());
    assert!(without.link().unwrap_err().to_string().contains("supplier.s has no redirect_uri"));
}

#[test]
fn without_a_token_the_person_is_told_what_to_type() {
    let mut b = closed();
    b.sandbox.strict = false;
    let why = b.client().ready().unwrap_err().to_string();
    assert!(why.contains("there is no token yet; dsf auth supplier.s"), "{why}");
    assert!(matches!(b.place(), Outcome::KeyRefused { .. }));
}

#[test]
fn a_token_is_refreshed_before_its_end_until_the_consent_has_run_out() {
    let b = bench();
    b.client().ready().unwrap();
    assert_eq!(b.sandbox.calls(REFRESH), 0);
    for (days, refreshes) in [(28, 0), (29, 1), (57, 1), (58, 2)] {
        let due = b.now();
        let start: Timestamp = "2026-11-24T09:00:00Z".parse().unwrap();
        let at = start + jiff::SignedDuration::from_hours(24 * days) + jiff::SignedDuration::from_mins(1);
        b.clock.advance(Duration::from_secs(u64::try_from((at - due).as_secs()).unwrap()));
        b.client().ready().unwrap();
        assert_eq!(b.sandbox.calls(REFRESH), refreshes, "after {days} days");
    }
    let kept = consent("aliexpress", &b.table, &b.net()).kept().unwrap();
    assert_eq!(kept.days_left(b.now()), Some(1), "a refresh does not move the end of the consent");
    assert!(matches!(b.place(), Outcome::Placed(_)));
    b.clock.advance(A_DAY * 31);
    let why = b.client().ready().unwrap_err().to_string();
    assert!(why.contains("the consent has run out; dsf auth supplier.s"), "{why}");
}

#[test]
fn an_answer_to_a_refresh_without_a_refresh_token_leaves_the_old_one() {
    let b = bench();
    b.state.state().gateway.silent_refresh = true;
    for _ in 0..2 {
        b.state.state().gateway.expire_access();
        assert!(b.client().quotes(&[asked()]).is_ok());
    }
    assert_eq!((b.sandbox.calls(REFRESH), b.state.state().gateway.refreshes), (2, 2));
}

fn asked() -> Asked {
    Asked { listing_id: BLACK_M.into(), ..Asked::default() }
}

#[test]
fn a_refresh_that_nobody_answers_does_not_cost_a_token_that_still_lives() {
    let b = bench();
    b.clock.advance(A_DAY * 29 + Duration::from_secs(60));
    for _ in 0..3 {
        b.sandbox.fault(REFRESH, Fault::Instead(502, "busy".into()));
    }
    assert!(matches!(b.place(), Outcome::Placed(_)));
    // One that does not live is needed, and nothing is sent without it. It is asked for before and after it is refused.
    b.state.state().gateway.expire_access();
    for _ in 0..6 {
        b.sandbox.fault(REFRESH, Fault::Instead(502, "busy".into()));
    }
    assert!(matches!(b.place(), Outcome::NotSent { why } if why.contains("no token")));
}

#[test]
fn many_runs_refresh_once() {
    let b = bench();
    b.state.state().gateway.expire_access();
    let clients: Vec<_> = (0..4).map(|_| b.client()).collect();
    std::thread::scope(|scope| {
        for client in &clients {
            scope.spawn(move || assert!(client.quotes(&[asked()]).is_ok()));
        }
    });
    assert_eq!(b.sandbox.calls(REFRESH), 1);
}

#[test]
fn a_token_of_the_config_is_used_and_never_refreshed() {
    let mut b = bench();
    b.table += "access_token_command = \"printf 50000nobody\"\n";
    assert!(matches!(b.place(), Outcome::KeyRefused { why } if why.starts_with("IllegalAccessToken")));
    assert_eq!((b.sandbox.calls(REFRESH), b.sandbox.calls(ORDER_CREATE)), (0, 1));
}

#[test]
fn every_shape_of_an_answer_reads_the_same() {
    for (flattens, as_text) in [(false, false), (true, false), (false, true), (true, true)] {
        let b = bench();
        (b.state.state().flattens, b.state.state().as_text) = (flattens, as_text);
        let client = b.client();
        let quote = client.quotes(&[asked(), Asked { listing_id: SINGLE.into(), ..Asked::default() }]).unwrap();
        assert_eq!(
            (quote[0].price.unwrap().to_string(), quote[0].stock, quote[1].stock),
            ("8.01 USD".into(), Some(27), Some(500))
        );
        let to = ship_to();
        let shipment = Shipment { ships_from: "CN", ship_to: &to, tax_id: None, lines: vec![(SINGLE.into(), 1)] };
        assert_eq!(client.freight(&shipment).unwrap()[0].cost.to_string(), "1.99 USD");
        let mut one = order();
        one.lines.truncate(1);
        let Outcome::Placed(placed) = client.place(&client.body(&one).unwrap()) else { panic!() };
        b.state.state().ship("US-1001-1", "4200000000000000000000000000000001", false, true);
        b.state.state().ship("US-1001-1", "LP00600000000001", true, false);
        let found = client.progress(&placed.supplier_orders).unwrap().remove(0);
        assert_eq!((found.parcels.len(), &found.status), (2, &SupplierStatus::Shipped), "{flattens} {as_text}");
    }
}

#[test]
fn items_of_two_stores_become_two_orders_of_one_purchase_order() {
    let b = bench();
    let mut two = order();
    two.lines[1].listing_id = SINGLE.into();
    let client = b.client();
    let Outcome::Placed(placed) = client.place(&client.body(&two).unwrap()) else { panic!() };
    let found = client.progress(&placed.supplier_orders).unwrap();
    assert_eq!((placed.supplier_orders.len(), found.len()), (2, 2));
    // Once there are parcels, what is in each of the two is told in our listings.
    b.state.state().ship("US-1001-1", "LP00600000000001", true, false);
    let found = client.progress(&placed.supplier_orders).unwrap();
    assert_eq!(found[0].lines, [(BLACK_M.to_owned(), 1)]);
    assert_eq!(found[1].lines, [(SINGLE.to_owned(), 2)]);
}

#[test]
fn the_same_reference_again_is_unknown_or_the_same_orders() {
    let b = bench();
    assert!(matches!(b.place(), Outcome::Placed(_)));
    assert!(matches!(b.place(), Outcome::Unknown { why } if why.starts_with("REPEATED_ORDER_ERROR")));
    b.state.state().repeats_answer = true;
    assert!(matches!(b.place(), Outcome::Placed(placed) if placed.supplier_orders.len() == 1));
    assert_eq!(b.sandbox.orders_of("US-1001-1"), 1);
}

#[test]
fn too_little_stock_is_refused_and_seen_before() {
    let b = bench();
    let mut many = order();
    many.lines[1].quantity = 3;
    let client = b.client();
    let told = client.route_problems(&many).unwrap();
    assert!(told[0].message.contains("AliExpress has 2 of LAMP-2"), "{told:?}");
    assert!(
        matches!(client.place(&client.body(&many).unwrap()), Outcome::Refused { code, .. } if code == "INVENTORY_HOLD_ERROR")
    );
    many.method = "No Such Method".into();
    let told = client.route_problems(&many).unwrap();
    assert!(told.iter().any(|p| p.message.contains("AliExpress does not offer No Such Method there")), "{told:?}");
    many = order();
    assert_eq!((many.method.as_str(), client.route_problems(&many)), (METHOD, Ok(vec![])));
}

#[test]
fn a_new_order_cannot_be_read_for_some_seconds_and_a_closed_one_looks_alive() {
    let b = bench();
    b.state.state().hidden_seconds = 10;
    let client = b.client();
    let Outcome::Placed(placed) = b.place() else { panic!() };
    assert_eq!(client.progress(&placed.supplier_orders), Ok(vec![]));
    b.clock.advance(Duration::from_secs(10));
    assert_eq!(client.progress(&placed.supplier_orders).unwrap()[0].status, SupplierStatus::Unpaid);
    b.state.state().pay("US-1001-1");
    b.state.state().orders[0].cancelled = true;
    assert_eq!(client.progress(&placed.supplier_orders).unwrap()[0].status, SupplierStatus::Cancelled);
    assert_eq!(client.progress(&["8190000000009999".into()]), Ok(vec![]), "not ours");
}

#[test]
fn the_limiter_and_a_busy_service_are_waited_for() {
    let b = bench();
    b.state.state().gateway.limit_every = 2;
    let client = b.client();
    for _ in 0..4 {
        assert!(client.quotes(&[Asked { listing_id: SINGLE.into(), ..Asked::default() }]).is_ok());
        assert!(client.progress(&["8190000000009999".into()]).is_ok());
    }
    assert!(b.clock.slept() >= Duration::from_millis(1500));
    b.state.state().gateway.limit_every = 0;
    b.sandbox.fault("/aliexpress.ds.product.get", Fault::Instead(502, String::new()));
    assert!(b.client().quotes(&[asked()]).is_ok(), "a read goes again");
}

#[test]
fn a_service_that_is_not_there_for_a_moment_is_asked_again_and_is_never_sent_an_order_twice() {
    let b = bench();
    let busy = r#"{"error_response":{"code":"15","type":"ISP","sub_code":"isp.service-unavailable","sub_msg":"x","msg":"Remote service error"}}"#;
    b.sandbox.fault("/aliexpress.ds.product.get", Fault::Instead(200, busy.to_owned()));
    assert!(b.client().quotes(&[asked()]).is_ok());
    b.sandbox.fault("/aliexpress.ds.order.create", Fault::Instead(200, busy.to_owned()));
    assert!(matches!(b.place(), Outcome::Unknown { .. }));
    assert_eq!(b.state.state().orders.len(), 0, "a write did not go again");
}
