//! What holds for every kind: orders come whole, once and oldest first; a parcel is told once; doubt stays doubt.

use dsf::core::incoming::Payment;
use dsf::core::push::Pushed;
use dsf::core::sending::AskError;
use dsf::store::api::{PullError, Pulled};
use jiff::SignedDuration;

use super::sandbox::Fault;
use super::sandbox::shop::{CITY, LINE1, LINE2, NAME, PHONE, POSTCODE, REGION, Sale};
use super::support::{ALL, Bench, NOW, api, at, bench, config, parcel};

fn sold(bench: &Bench, id: &str) -> Sale {
    let sale = Sale::of(id, at("2026-11-22T10:00:00Z"));
    bench.shop.sell(&sale);
    sale
}

fn one(bench: &Bench, id: &str) -> Pulled {
    bench.api.order(id).unwrap().unwrap()
}

#[test]
fn an_order_comes_whole() {
    for kind in ALL {
        let bench = bench(kind);
        bench.api.ready().unwrap();
        let sale = sold(&bench, "2001");
        let pulled = bench.pull(None).unwrap();
        assert_eq!(pulled.len(), 1, "{kind}");
        assert_eq!(pulled[0].said, one(&bench, "2001").said, "{kind}");
        let said = &pulled[0].said;
        assert_eq!(
            (said.number.trim_start_matches('0'), said.external_id.as_deref()),
            ("2001", Some("2001")),
            "{kind}"
        );
        assert_eq!(pulled[0].changed_at, sale.changed_at, "{kind}");
        for (line, sold) in said.lines.iter().zip(&sale.lines) {
            assert_eq!(line.external_id.as_deref(), Some(sold.id.as_str()), "{kind}");
            assert_eq!((line.sku.as_str(), line.title.as_str(), line.quantity), (sold.sku, sold.title, sold.quantity));
            let price = line.unit_price.unwrap();
            assert_eq!((price.ten_thousandths, price.currency.code()), (i64::from(sold.cents) * 100, "USD"), "{kind}");
            assert_eq!((line.shipped.unwrap_or(0), line.removed.unwrap_or(0)), (0, 0), "{kind}");
        }
        let head = said.head.as_ref().unwrap();
        assert_eq!((head.payment.clone(), head.cancelled), (Some(Payment::Paid), Some(false)), "{kind}");
        let to = head.ship_to.as_ref().unwrap();
        let got = [&to.name, &to.line1, &to.line2, &to.city, &to.region, &to.postcode, &to.country, &to.phone];
        // Etsy has no phone numbers.
        let phone = if *kind == "etsy" { "" } else { PHONE };
        assert_eq!(got, [NAME, LINE1, LINE2, CITY, REGION, POSTCODE, "US", phone], "{kind}");
    }
}

#[test]
fn pages_bring_each_order_once_and_the_longest_unchanged_first() {
    for kind in ALL {
        let bench = bench(kind);
        let first = at("2026-11-01T00:00:00Z");
        for n in 0..430 {
            // Many at once, then long nothing.
            let seconds = if n < 260 { n / 3 } else { n * 3600 };
            let changed_at = first + SignedDuration::from_secs(seconds);
            bench.shop.sell(&Sale::of(&format!("{}", 3000 + n), changed_at));
        }
        let all = bench.pull(Some(at("2026-10-31T00:00:00Z"))).unwrap();
        let mut ids: Vec<_> = all.iter().map(|o| o.said.external_id.clone().unwrap()).collect();
        assert!(all.windows(2).all(|w| w[0].changed_at <= w[1].changed_at), "{kind}");
        ids.sort();
        ids.dedup();
        assert_eq!((all.len(), ids.len()), (430, 430), "{kind}");
        let late = bench.pull(Some(first + SignedDuration::from_hours(420))).unwrap();
        assert_eq!(late.len(), 10, "{kind}");
        assert!(bench.api.orders(None, Some("what")).is_err(), "{kind}");
    }
}

#[test]
fn a_withheld_address_is_an_error_that_names_the_permission() {
    for kind in ALL {
        let bench = bench(kind);
        sold(&bench, "2001");
        bench.shop.withhold("2001");
        for error in [bench.pull(None).unwrap_err(), bench.api.order("2001").unwrap_err()] {
            let PullError::Withheld { order, permission, .. } = &error else { panic!("{kind}: {error}") };
            assert!(order.ends_with("2001") && !permission.is_empty(), "{kind}: {error}");
        }
        // Nobody sends a parcel for an order that was not paid, is cancelled or refunded.
        bench.shop.cancel("2001");
        assert!(one(&bench, "2001").said.head.unwrap().ship_to.is_none(), "{kind}");
        bench.shop.sell(&Sale { paid: false, ..Sale::of("2002", at("2026-11-22T10:00:00Z")) });
        if *kind != "squarespace" {
            bench.shop.withhold("2002");
        }
        assert!(bench.pull(None).is_ok(), "{kind}");
        assert_eq!(bench.api.order("9999").unwrap().map(|o| o.said), None, "{kind}");
    }
}

#[test]
fn cancelled_and_refunded_orders_are_not_bought_and_take_no_parcel() {
    for kind in ALL {
        let bench = bench(kind);
        let (gone, back) = (sold(&bench, "2001"), sold(&bench, "2002"));
        bench.shop.cancel("2001");
        bench.shop.refund("2002");
        assert_eq!(one(&bench, "2001").said.head.unwrap().cancelled, Some(true), "{kind}");
        let head = one(&bench, "2002").said.head.unwrap();
        let refunded = head.payment == Some(Payment::Refunded) || head.cancelled == Some(true);
        let all_back = head.refunded.is_some() && head.refunded >= head.total;
        assert!(refunded || all_back, "{kind}: {head:?}");
        for sale in [gone, back] {
            let push = parcel(&sale, "9400100000000000000001", &[2, 1]);
            let seen = bench.seen(&push);
            assert!(seen.closed.is_some(), "{kind}");
            assert!(matches!(bench.api.push(&push, &seen), Pushed::Refused { .. }), "{kind}");
            assert_eq!(bench.shop.told(&sale.id), [], "{kind}");
        }
        bench.shop.sell(&Sale { paid: false, ..Sale::of("2003", at("2026-11-22T10:00:00Z")) });
        // Squarespace has no order without its payment.
        if *kind == "squarespace" {
            continue;
        }
        let unpaid = one(&bench, "2003").said.head.unwrap().payment;
        assert!(matches!(unpaid, Some(Payment::NotPaid(_))), "{kind}: {unpaid:?}");
    }
}

#[test]
fn a_parcel_is_told_once_with_its_lines() {
    for kind in ALL {
        let bench = bench(kind);
        let sale = sold(&bench, "2001");
        let counts = bench.api.abilities().counts_lines;
        let parts = if counts { vec![vec![1, 0], vec![1, 1]] } else { vec![vec![2, 1]] };
        for (n, part) in parts.iter().enumerate() {
            let push = parcel(&sale, &format!("940010000000000000000{n}"), part);
            let Pushed::Done { id } = bench.push(&push) else { panic!("{kind}: {:?}", bench.push(&push)) };
            let seen = bench.seen(&push);
            // Where the answer names the parcel, it is the one that the look finds.
            assert!(id.is_empty() || seen.parcels.iter().any(|p| p.id == id), "{kind}: {id}");
            assert!(matches!(bench.push(&push), Pushed::Done { .. }), "{kind}");
            assert_eq!(bench.shop.told("2001").len(), n + 1, "{kind}");
        }
        let told = bench.shop.told("2001");
        assert!(told.iter().all(|t| t.carrier.eq_ignore_ascii_case("USPS")), "{kind}: {told:?}");
        if counts {
            let (one, two) = (sale.lines[0].id.clone(), sale.lines[1].id.clone());
            assert_eq!(told[0].lines, [(one.clone(), 1)], "{kind}");
            assert_eq!(told[1].lines, [(one.clone(), 1), (two, 1)], "{kind}");
            let more = parcel(&sale, "9400100000000000000009", &[1, 0]);
            assert!(matches!(bench.push(&more), Pushed::Refused { .. }), "{kind}");
            let other = parcel(&sale, "9400100000000000000000", &[2, 0]);
            assert!(matches!(bench.push(&other), Pushed::Refused { code, .. } if code == "known"), "{kind}");
            let shipped: u32 = one_shipped(&bench);
            assert_eq!(shipped, 3, "{kind}");
        } else {
            assert_eq!(one(&bench, "2001").said.head.unwrap().fulfilled, Some(true), "{kind}");
        }
    }
}

fn one_shipped(bench: &Bench) -> u32 {
    one(bench, "2001").said.lines.iter().map(|l| l.shipped.unwrap_or(0)).sum()
}

#[test]
fn half_a_shipment_is_counted_when_pulled() {
    for kind in ALL {
        let bench = bench(kind);
        let sale = sold(&bench, "2001");
        if !bench.api.abilities().counts_lines {
            assert_eq!(bench.seen(&parcel(&sale, "9400100000000000000001", &[1, 0])).remaining, None, "{kind}");
            continue;
        }
        bench.push(&parcel(&sale, "9400100000000000000001", &[1, 0]));
        let lines = one(&bench, "2001").said.lines;
        assert_eq!((lines[0].shipped, lines[1].shipped), (Some(1), Some(0)), "{kind}");
        // The lines alone say it; the order as a whole is not shipped.
        assert_ne!(one(&bench, "2001").said.head.unwrap().fulfilled, Some(true), "{kind}");
        assert_eq!(bench.pull(None).unwrap()[0].said.lines, lines, "{kind}");
    }
}

#[test]
fn what_may_have_been_taken_is_unknown_and_the_next_look_knows() {
    for kind in ALL {
        for (name, taken) in [
            ("drop-after", true),
            ("500-after", true),
            ("not-json", true),
            ("drop-before", false),
            ("500-before", false),
        ] {
            let bench = bench(kind);
            let sale = sold(&bench, "2001");
            let push = parcel(&sale, "9400100000000000000001", &[2, 1]);
            let seen = bench.seen(&push);
            bench.sandbox.fault(bench.pushes_to(), Fault::named(name).unwrap());
            let pushed = bench.api.push(&push, &seen);
            assert!(matches!(pushed, Pushed::Unknown { .. }), "{kind} {name}: {pushed:?}");
            assert_eq!(bench.shop.told("2001").len(), usize::from(taken), "{kind} {name}");
            assert_eq!(bench.seen(&push).parcels.len(), usize::from(taken), "{kind} {name}");
            assert!(matches!(bench.push(&push), Pushed::Done { .. }), "{kind} {name}");
            assert_eq!(bench.shop.told("2001").len(), 1, "{kind} {name}");
        }
    }
}

#[test]
fn a_limiter_is_waited_for_and_an_answer_that_is_none_stops_the_pull() {
    for kind in ALL {
        let bench = bench(kind);
        let sale = sold(&bench, "2001");
        let push = parcel(&sale, "9400100000000000000001", &[2, 1]);
        let seen = bench.seen(&push);
        bench.sandbox.fault(bench.pushes_to(), Fault::named("429").unwrap());
        assert!(matches!(bench.api.push(&push, &seen), Pushed::Done { .. }), "{kind}");
        assert!(!bench.clock.slept.lock().unwrap().is_zero(), "{kind}");
        bench.sandbox.fault("", Fault::Instead(200, "<html>".into()));
        assert!(bench.pull(None).is_err(), "{kind}");
    }
}

#[test]
fn lines_without_the_stores_key_are_found_by_sku() {
    for kind in ALL {
        let bench = bench(kind);
        let sale = sold(&bench, "2001");
        let mut push = parcel(&sale, "9400100000000000000001", &[2, 1]);
        push.lines.iter_mut().for_each(|l| l.line = None);
        if bench.api.abilities().counts_lines {
            let mut other = push.clone();
            other.lines[0].sku = "NO-SUCH".into();
            assert!(matches!(bench.push(&other), Pushed::Refused { code, .. } if code == "line"), "{kind}");
        }
        assert!(matches!(bench.push(&push), Pushed::Done { .. }), "{kind}");
        assert_eq!(bench.shop.told("2001").len(), 1, "{kind}");
    }
}

#[test]
fn a_key_that_ends_is_renewed_or_refused_by_name() {
    for kind in ALL {
        let bench = bench(kind);
        let sale = sold(&bench, "2001");
        bench.api.ready().unwrap();
        bench.shop.expire_tokens();
        let renews = dsf::store::kinds::KINDS.iter().any(|k| k.name == *kind && k.consent.is_some());
        let pushed = bench.api.parcels("2001").map(|seen| bench.api.push(&parcel(&sale, "940010000", &[2, 1]), &seen));
        match renews || *kind == "amazon" {
            true => assert!(matches!(pushed, Ok(Pushed::Done { .. })), "{kind}: {pushed:?}"),
            false => assert!(matches!(pushed, Err(AskError::KeyRefused(_))), "{kind}: {pushed:?}"),
        }
    }
}

#[test]
fn two_stores_of_a_kind_have_their_own_tokens() {
    for kind in ALL {
        let bench = bench(kind);
        bench.api.ready().unwrap();
        let other = api("eu", &config(kind, &bench.sandbox.url()), &bench.net);
        let consents = dsf::store::kinds::KINDS.iter().any(|k| k.name == *kind && k.consent.is_some());
        let kept =
            |slug: &str| std::fs::read_to_string(bench.state.path().join(format!("tokens/store.{slug}.json"))).ok();
        if consents {
            let Err(AskError::KeyRefused(why)) = other.ready() else { panic!("{kind}") };
            assert!(why.contains("dsf auth store.eu"), "{kind}: {why}");
            assert_eq!((kept("us").is_some(), kept("eu")), (true, None), "{kind}");
        } else {
            other.ready().unwrap();
            let (us, eu) = (kept("us"), kept("eu"));
            // Amazon's are got by a key of the config; the others have no tokens but that key.
            assert!(us.is_some() == (*kind == "amazon") && us.is_some() == eu.is_some(), "{kind}");
            assert!(us.is_none() || us != eu, "{kind}");
        }
        assert!(at(NOW) <= dsf::net::clock::Clock::now(&*bench.clock));
    }
}
