//! 17TRACK, by the real binary: what is registered and read, what becomes of each report, and the delivered proof.

use crate::common::{Shop, Shopify};
use crate::sandbox::track17::{KEY, Track17, delivered, moving, nulls, scene};
use crate::sandbox::{Fault, Sandbox};
use crate::support::{YUN, YUN_2, buy, needs, parcels, shop, two_lamps_and_a_bag};

const NEXT_DAY: &str = "2026-11-26T09:00:00Z";
const HOME: [&str; 4] = ["US", "NJ", "JERSEY CITY", "07307"];

struct Bench {
    track: Track17,
    sandbox: Sandbox,
    shop: Shop,
}

/// One order, us/1001/1, with one parcel whose store was told in a file.
fn bench() -> Bench {
    let (track, sandbox) = Track17::start();
    let shop = with(&sandbox, Shopify::new().order("1001", &[]));
    shop.run(&format!("track add us/1001/1 {YUN}")).exits(0);
    Bench { track, sandbox, shop }
}

fn with(sandbox: &Sandbox, orders: Shopify) -> Shop {
    let tracker = format!(
        "[tracker.main]\nkind = \"17track\"\napi_key_file = \"key\"\nbase_url = \"{}\"\nrequests_per_second = 1000\n",
        sandbox.url()
    );
    let shop = shop("shopify", &tracker);
    shop.write("key", KEY);
    buy(&shop, orders, &["LAMP"]);
    shop
}

impl Bench {
    fn at(&mut self, now: &str) -> &Self {
        self.shop.now = now.to_owned();
        self
    }

    fn status(&self) -> String {
        parcels(&self.shop, "us/1001")[0]["status"].as_str().unwrap().to_owned()
    }
}

#[test]
fn from_registered_to_delivered_and_closed() {
    let mut b = bench();
    b.track.plays(
        YUN,
        vec![nulls(), moving("2026-11-24T12:00:00Z"), delivered("2026-11-26T08:00:00Z", "2026-11-24T12:00:00Z", HOME)],
    );
    let first = b.shop.run("track sync").exits(0);
    assert!(first.out.contains("UPLOAD") && !first.out.contains(YUN), "{}", first.out);
    assert_eq!(b.status(), "new", "an answer full of nulls is no news");
    // Nothing is due a minute later, and nothing is said.
    b.at("2026-11-24T09:01:00Z").shop.run("track sync").exits(0);
    assert_eq!(b.sandbox.calls("gettrackinfo"), 1);
    let quiet = b.at("2026-11-24T20:00:00Z").shop.run("track sync").exits(0);
    assert_eq!((quiet.out.as_str(), quiet.err.as_str()), ("", ""), "silent when all went well");
    assert_eq!(b.status(), "in_transit");
    let json = b.at(NEXT_DAY).shop.run("track sync --json").exits(0).json();
    assert_eq!((&json["schema"], &json["fetched"], &json["failed"]), (&1.into(), &1.into(), &serde_json::json!([])));
    assert_eq!(b.shop.order("us/1001")["state"], "delivered");
    b.shop.run("show us/1001").exits(0).says("shipped -> delivered").says("delivered address: same");
    b.shop.run("verify us/1001/1").exits(0).says("delivered  same").says("JERSEY CITY");
    b.shop.run("status").exits(0).says("delivered  1").says("sync tracker.main: worked 0 min ago");
    b.shop.run("track times").exits(0).says("YunExpress").says("US");
    let times = b.shop.run("track times --json").json()["delivery"][0].clone();
    assert_eq!((&times["median_days"], &times["p90_days"], &times["sample"]), (&1.into(), &1.into(), &1.into()));
    // One more look a day later, then it is left alone.
    b.at("2026-11-27T10:00:00Z").shop.run("track sync").exits(0);
    b.at("2026-11-29T10:00:00Z").shop.run("track sync").exits(0);
    assert_eq!(b.sandbox.calls("gettrackinfo"), 4);
    assert_eq!((b.track.state().used, b.sandbox.calls("register")), (1, 1));
    let body = b.track.state().bodies[1].clone();
    assert_eq!(body[0]["destination_postal_code"], "07307");
    assert_eq!((&body[0]["tag"], &body[0]["carrier"]), (&"US-1001-1".into(), &190_008.into()));
    assert!(!body.to_string().contains("Nora") && !body.to_string().contains("Sample"));
    let db = std::fs::read(b.shop.path("dsf.db")).unwrap();
    assert!(!String::from_utf8_lossy(&db).contains("SECRET LANE"), "the street of an event is not kept");
}

#[test]
fn delivered_elsewhere_is_never_closed_until_a_person_says_so() {
    let mut b = bench();
    b.track.plays(
        YUN,
        vec![delivered("2026-11-25T08:00:00Z", "2026-11-24T12:00:00Z", ["US", "CA", "LOS ANGELES", "90001"])],
    );
    b.at(NEXT_DAY)
        .shop
        .run("track sync")
        .exits(3)
        .says("DELIVERED_ELSEWHERE")
        .says("90001 instead of 07307")
        .says("dsf release");
    b.shop.run("track sync").exits(0);
    assert_eq!(b.shop.order("us/1001")["state"], "shipped");
    b.shop.run("status").says("DELIVERED_ELSEWHERE");
    b.shop.run("verify us/1001/1").exits(3).says("delivered  different").says("LOS ANGELES");
    b.shop.run("release us/1001 DELIVERED_ELSEWHERE --reason \"the customer moved and has it\"").exits(0);
    b.shop.run("track sync").exits(0);
    assert_eq!(b.shop.order("us/1001")["state"], "delivered");
    b.shop.run("show us/1001").exits(0).says("a person decided that the place is all right");
}

#[test]
fn a_number_that_was_used_before_says_nothing_of_this_parcel() {
    let mut b = bench();
    b.track.plays(YUN, vec![delivered("2026-08-02T08:00:00Z", "2026-07-20T12:00:00Z", HOME)]);
    b.at(NEXT_DAY).shop.run("track sync").exits(3).says("SCANNED_BEFORE_ORDER").says("2026-07-20");
    assert_eq!(b.status(), "not_found");
    assert_eq!(b.shop.order("us/1001")["state"], "shipped");
    assert_eq!(parcels(&b.shop, "us/1001")[0]["events"][0]["early"], true);
}

#[test]
fn a_delivery_that_is_taken_back_shows_why() {
    let mut b = bench();
    let back = scene(
        "Exception",
        "Exception_Returning",
        &[
            ("2026-11-26T15:00:00Z", "Returning", "Exception_Returning", ["US", "NJ", "NEWARK", ""]),
            ("2026-11-25T08:00:00Z", "Delivered", "Delivered_Other", HOME),
        ],
    );
    b.track.plays(YUN, vec![delivered("2026-11-25T08:00:00Z", "2026-11-24T12:00:00Z", HOME), back]);
    b.at("2026-11-25T09:00:00Z").shop.run("track sync").exits(0);
    assert_eq!(b.shop.order("us/1001")["state"], "delivered");
    b.at("2026-11-26T16:00:00Z").shop.run("track sync").exits(0);
    assert_eq!((b.status().as_str(), &b.shop.order("us/1001")["state"]), ("returning", &"shipped".into()));
    b.shop.run("show us/1001").says("delivered -> shipped  the carrier, 2026-11-26 15:00");
    assert!(needs(&b.shop).contains(&("us/1001/1".into(), "RETURNED".into())));
    b.shop.run("release us/1001 RETURNED --reason \"sent again\"").exits(0);
    assert!(!needs(&b.shop).iter().any(|(_, code)| code == "RETURNED"));
}

#[test]
fn unknown_words_stay_unknown_and_forgetting_is_no_news() {
    let mut b = bench();
    let odd = scene("Exception", "Exception_Damaged", &[]);
    b.track.plays(YUN, vec![odd, moving("2026-11-24T12:00:00Z"), scene("NotFound", "NotFound_Other", &[])]);
    b.shop.run("track sync").exits(0);
    assert_eq!(b.status(), "unknown:Exception_Damaged");
    b.at("2026-11-25T09:00:00Z").shop.run("track sync").exits(0);
    assert_eq!(b.status(), "in_transit");
    b.at("2026-11-26T09:00:00Z").shop.run("track sync").exits(0);
    assert_eq!(b.status(), "in_transit");
}

#[test]
fn silence_is_said_with_its_days() {
    let mut b = bench();
    b.shop.run("track sync").exits(0);
    b.at("2026-11-26T10:00:00Z").shop.run("track sync").exits(0);
    b.shop.run("status").says("NO_SCAN").says("was given 2 days ago and no carrier has scanned it").says("(2 days)");
    b.track.plays(YUN, vec![moving("2026-11-26T12:00:00Z")]);
    b.at("2026-11-27T10:00:00Z").shop.run("track sync").exits(0);
    assert!(!needs(&b.shop).iter().any(|(_, code)| code.starts_with("NO_")));
    b.at("2026-12-04T10:00:00Z").shop.run("status").says("NO_NEWS").says("nothing was heard of it for 7 days");
    b.at("2026-12-24T10:00:00Z").shop.run("status").says("LATE").says("the limit is 25");
}

#[test]
fn the_last_mile_is_kept_and_another_country_holds() {
    let mut b = bench();
    let mut info = moving("2026-11-24T12:00:00Z");
    info["misc_info"]["local_number"] = "9400111202508825522526".into();
    info["misc_info"]["local_key"] = 21_051.into();
    info["shipping_info"]["recipient_address"] = serde_json::json!({"country": "DE"});
    b.track.plays(YUN, vec![info]);
    b.at(NEXT_DAY).shop.run("track sync").exits(3).says("GOES_ELSEWHERE").says("goes to DE, the order to US");
    let parcel = parcels(&b.shop, "us/1001").remove(0);
    assert_eq!(parcel["last_mile"], serde_json::json!({"number": "9400111202508825522526", "carrier": "usps"}));
    // Held, so no file told the store of it.
    assert_eq!(parcel["pushes"][0]["state"], "planned");
    assert_eq!(parcel["pushes"][0]["code"], "GOES_ELSEWHERE");
}

#[test]
fn what_is_refused_is_said_once_and_a_quota_only_delays() {
    let (track, sandbox) = Track17::start();
    track.state().quota = 1;
    track.state().unknown = YUN_2;
    track.state().object = true;
    let shop = with(&sandbox, Shopify::new().order("1001", &[]).order("1002", &[]).order("1003", &[]));
    for (po, number) in [("us/1001/1", YUN), ("us/1002/1", YUN_2), ("us/1003/1", "YT2203621272033555")] {
        shop.run(&format!("track add {po} {number}")).exits(0);
    }
    let ran = shop.run("track sync").exits(3).says("NO_QUOTA");
    assert_eq!(ran.out.matches("NO_QUOTA").count(), 2);
    track.state().quota = 10;
    shop.run("track sync").exits(3).says("-18019903").says("Carrier cannot be detected.").never_says("NO_QUOTA");
    shop.run("track sync").exits(0).never_says("-18019903");
    assert_eq!(track.state().used, 2);
}

#[test]
fn a_key_that_is_refused_or_missing_is_exit_4_and_a_silent_tracker_is_1() {
    let b = bench();
    b.shop.write("key", "another");
    b.shop.run("track sync").exits(4).complains("tracker.main").never_says("another");
    b.shop.run("status").says("sync tracker.main: never worked, failed 0 min ago");
    std::fs::remove_file(b.shop.path("key")).unwrap();
    b.shop.run("track sync").exits(4).complains("api_key_file");
    b.shop.run("track sync --dry-run").exits(0).says("would register 1 number and read 1 at main");
    b.shop.write("key", KEY);
    (0..3).for_each(|_| b.sandbox.fault("getquota", Fault::named("500-before").unwrap()));
    b.shop.run("track sync").exits(1).complains("HTTP 500");
    b.shop.run("track sync").exits(0);
}

#[test]
fn forty_in_a_request_and_no_information_yet() {
    let (track, sandbox) = Track17::start();
    track.state().silent_reads = 1;
    let orders = (1..=90).fold(Shopify::new(), |file, n| {
        let number = format!("{}", 2000 + n);
        let (name, mail) = (format!("Nora Testwell {n}"), format!("b{n}@example.com"));
        file.order(&number, &[("Shipping Name", &name), ("Email", &mail)])
    });
    let shop = with(&sandbox, orders);
    for n in 1..=90 {
        shop.run(&format!("track add us/{}/1 YT22036212720{:05}", 2000 + n, 10_000 + n)).exits(0);
    }
    shop.run("track sync").exits(0);
    let calls = track.state().calls.clone();
    let of = |call: &str| calls.iter().filter(|(c, _)| c == call).map(|(_, n)| *n).collect::<Vec<_>>();
    assert_eq!((of("register"), of("gettrackinfo"), of("getquota").len()), (vec![40, 40, 10], vec![40, 40, 10], 1));
    assert_eq!(shop.run("status --json").json()["parcels"]["not_found"], 90);
}

#[test]
fn a_tracker_that_cannot_be_meant_is_named_with_what_there_is() {
    for (lines, words) in [
        ("kind = \"18track\"", "tracker.main: \"18track\" is no kind of tracker; there is 17track"),
        ("kind = \"17track\"\nbase_url = \"ftp://127.0.0.1\"", "tracker.main: "),
    ] {
        let shop = two_lamps_and_a_bag(&format!("[tracker.main]\n{lines}\napi_key_command = \"printf k\"\n"));
        shop.run(&format!("track add us/1001/1 {YUN}")).exits(0);
        shop.run("track sync").exits(1).complains(words).complains("hint: look at this tracker in the config");
    }
    let shop = two_lamps_and_a_bag("[tracker.main]\nkind = \"17track\"\napi_key_env = \"DSF_NOT_SET\"\n");
    shop.run(&format!("track add us/1001/1 {YUN}")).exits(0);
    shop.run("track sync").exits(4).complains("the environment has no DSF_NOT_SET");
}
