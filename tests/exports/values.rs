//! Points 18 to 27: what stands in the cells.

use dsf::core::date_order::DateOrder;
use dsf::core::incoming::Payment;
use dsf::store::FileProblem;

use crate::support::{Outcome, codes, example, facts, fixture, read, read_with, shopify, shopify_order, with};

#[test]
fn point_18_apostrophes_quotes_and_tabs_around_values() {
    for (zip, phone) in [("'02139", "'+16175550142"), ("\"02139\"", "\"+16175550142\""), ("02139", "+16175550142")] {
        let cells = with(
            with(with(shopify_order("#1", "71\t"), "Shipping Zip", zip), "Shipping Phone", phone),
            "Shipping Name",
            "'t Hart",
        );
        let outcome = read(&shopify().row(&cells).csv()).unwrap();
        let ship_to = outcome.orders[0].head.as_ref().unwrap().ship_to.clone().unwrap();
        assert_eq!((ship_to.postcode.as_str(), ship_to.phone.as_str()), ("02139", "+16175550142"));
        assert_eq!((ship_to.name.as_str(), outcome.orders[0].external_id.as_deref()), ("'t Hart", Some("71")));
    }
}

#[test]
fn point_19_what_a_spreadsheet_destroyed_is_refused() {
    let rows =
        shopify().row(&shopify_order("#1", "6.201E+12")).row(&with(shopify_order("#2", "72"), "Shipping Zip", "2139"));
    let outcome = read(&rows.csv()).unwrap();
    assert_eq!(codes(&outcome), ["DAMAGED_ID"]);
    assert!(outcome.refused[0].problems[0].message.contains("unopened"));
    // A zip that lost its zero is kept as found; whether it can be right is not for the reader to say.
    assert_eq!(outcome.orders[0].head.as_ref().unwrap().ship_to.as_ref().unwrap().postcode, "2139");
    let text = String::from_utf8(example("tiktok-orders.csv")).unwrap();
    let one = text.replace("576912345678901001", "5.76912E+17");
    assert_eq!(read(one.as_bytes()).unwrap().refused.len(), 1);
    let all =
        text.replace("576912345678901001", "576912345678901000").replace("576912345678901002", "576912345678902000");
    assert!(matches!(read(all.as_bytes()).unwrap_err(), FileProblem::RoundedIds { .. }));
}

#[test]
fn point_20_day_and_month_are_proved_asked_or_refused() {
    let rows = |dates: &[&str]| {
        let text = String::from_utf8(example("bigcommerce-orders.csv")).unwrap();
        let (header, order) = text.split_once('\n').unwrap();
        let rows: String = dates.iter().map(|d| order.replace("26/04/2026", d)).collect();
        format!("{header}\n{rows}").into_bytes()
    };
    let placed = |o: &Outcome| o.orders[0].head.as_ref().unwrap().placed_at.unwrap().to_string();
    let proved = read(&rows(&["01/02/2026", "26/04/2026"])).unwrap();
    assert_eq!((placed(&proved).as_str(), proved.survey.date_order), ("2026-02-01T00:00:00Z", Some(DateOrder::Dmy)));
    let open = read(&rows(&["01/02/2026", "03/04/2026"])).unwrap_err();
    assert!(
        matches!(open, FileProblem::AmbiguousDates { line: 2, .. }) && open.hint().contains("date_order"),
        "{open}"
    );
    let mixed = read(&rows(&["26/04/2026", "04/26/2026"])).unwrap_err();
    assert!(matches!(mixed, FileProblem::MixedDates { line: 3, .. }), "{mixed}");
    let told = dsf::store::StoreFacts { date_order: Some(DateOrder::Mdy), ..facts("AUD") };
    assert_eq!(placed(&read_with(&rows(&["01/02/2026"]), None, None, &told).unwrap()), "2026-01-02T00:00:00Z");
    assert!(matches!(read_with(&rows(&["26/04/2026"]), None, None, &told), Err(FileProblem::ConfigDates { .. })));
    assert_eq!(codes(&read(&rows(&["soon"])).unwrap()), ["BAD_DATE"]);
    // Two forms in one row, both month first.
    let etsy = read(&example("etsy-items.csv")).unwrap();
    assert_eq!((placed(&etsy).as_str(), etsy.survey.zoneless), ("2026-11-05T00:00:00Z", true));
    // Over the end of summer time: the offset decides.
    assert_eq!(
        read(&example("shopify-orders.csv")).unwrap().survey.newest.unwrap().to_string(),
        "2026-11-08T05:59:30Z"
    );
    let wix = read(&example("wix-orders.csv")).unwrap();
    assert_eq!(placed(&wix), "2025-12-08T09:15:51Z");
}

#[test]
fn point_20_a_stamp_of_the_future_is_no_news() {
    let rows = shopify().row(&shopify_order("#1", "71")).row(&with(
        shopify_order("#2", "72"),
        "Created at",
        "2126-11-08 01:58:02 -0500",
    ));
    assert_eq!(read(&rows.csv()).unwrap().survey.newest.unwrap().to_string(), "2026-11-08T06:58:02Z");
}

#[test]
fn point_21_money_in_many_dresses_and_line_totals() {
    let amount = |text: &str| {
        let outcome = read(&shopify().row(&with(shopify_order("#1", "71"), "Total", text)).csv()).unwrap();
        outcome.orders.first().map(|o| o.head.as_ref().unwrap().total.map(|m| m.minor))
    };
    assert_eq!(amount("$1,234.56"), Some(Some(123_456)));
    assert_eq!(amount("5.2"), Some(Some(520)));
    assert_eq!(amount("0"), Some(Some(0)));
    assert_eq!(amount("(3.00)"), Some(Some(-300)));
    assert_eq!(amount(""), Some(None));
    for bad in ["abc", "1e5", "1.234,56", "5.005", "12,50 €"] {
        assert_eq!(amount(bad), None, "{bad}");
    }
    let amazon = read(&example("amazon-new.txt")).unwrap();
    assert_eq!(amazon.orders[0].lines[0].unit_price.unwrap().to_string(), "9.99 EUR");
    let walmart = read(&example("walmart-orders.csv")).unwrap();
    assert_eq!(walmart.orders[0].lines[0].unit_price.unwrap().to_string(), "23.99 USD");
    let uneven = String::from_utf8(example("amazon-new.txt"))
        .unwrap()
        .replacen("\t2\tEUR", "\t3\tEUR", 1)
        .replacen("19.98", "10.00", 1);
    assert_eq!(read(uneven.as_bytes()).unwrap().orders[0].lines[0].unit_price, None);
}

#[test]
fn point_22_quantities() {
    for (cell, code) in [("", "BAD_QUANTITY"), ("abc", "BAD_QUANTITY"), ("-1", "BAD_QUANTITY"), ("1.5", "BAD_QUANTITY")]
    {
        assert_eq!(
            codes(&read(&shopify().row(&with(shopify_order("#1", "71"), "Lineitem quantity", cell)).csv()).unwrap()),
            [code],
            "{cell}"
        );
    }
    let zero = read(&shopify().row(&with(shopify_order("#1", "71"), "Lineitem quantity", "0")).csv()).unwrap();
    assert_eq!(zero.orders[0].lines[0].quantity, 0);
    let counts = |name: &str| {
        let outcome = read(&example(name)).unwrap();
        let line = &outcome.orders[0].lines[0];
        (line.quantity, line.removed, line.shipped)
    };
    assert_eq!(counts("tiktok-orders.csv"), (2, Some(1), None));
    assert_eq!(counts("amazon-unshipped.txt"), (3, Some(1), Some(1)));
    assert_eq!(counts("wix-orders.csv"), (2, Some(1), None));
    assert_eq!(counts("woo-webtoffee-lines.csv"), (2, Some(1), None));
}

#[test]
fn point_23_what_must_not_be_bought_says_so() {
    let payment = |status: &str| {
        let outcome = read(&shopify().row(&with(shopify_order("#1", "71"), "Financial Status", status)).csv()).unwrap();
        outcome.orders[0].head.as_ref().unwrap().payment.clone().unwrap()
    };
    assert_eq!(payment("paid"), Payment::Paid);
    assert_eq!(payment("partially_refunded"), Payment::PartlyRefunded);
    assert_eq!(payment("refunded"), Payment::Refunded);
    for word in ["voided", "pending", "authorized", "partially_paid"] {
        assert_eq!(payment(word), Payment::NotPaid(word.into()));
    }
    assert_eq!(payment("payé"), Payment::Unknown("payé".into()));
    assert_eq!(payment(""), Payment::Unknown(String::new()));

    let head = |name: &str, order: usize| read(&example(name)).unwrap().orders[order].head.clone().unwrap();
    assert_eq!(head("shopify-orders.csv", 2).cancelled, Some(true));
    assert_eq!(head("shopify-orders.csv", 0).cancelled, Some(false));
    assert_eq!(head("tiktok-orders.csv", 1).cancelled, Some(true));
    assert_eq!(head("woo-webtoffee.csv", 1).cancelled, Some(true));
    assert_eq!(head("woo-aoe-rows.csv", 1).payment, Some(Payment::NotPaid("On hold".into())));
    let walmart = read(&example("walmart-orders.csv")).unwrap();
    assert_eq!(walmart.orders[0].lines.iter().map(|l| l.cancelled).collect::<Vec<_>>(), [Some(false), Some(true)]);
    let text = String::from_utf8(example("amazon-new.txt")).unwrap();
    let asked = text.replacen("Happy birthday!\t\t", "Happy birthday!\t\ttrue", 1);
    let payment = read(asked.as_bytes()).unwrap().orders[0].head.as_ref().unwrap().payment.clone();
    assert_eq!(payment, Some(Payment::NotPaid("buyer asked to cancel".into())));
}

#[test]
fn an_order_that_the_store_calls_shipped_or_restocked_leaves_nothing_to_buy_whatever_its_lines_say() {
    for (word, shipped, removed) in [("fulfilled", 1, 0), ("restocked", 0, 1), ("unfulfilled", 0, 0)] {
        let head = with(shopify_order("#1", "71"), "Fulfillment Status", word);
        let order = read(&shopify().row(&with(head, "Lineitem fulfillment status", "pending")).csv()).unwrap();
        let line = &order.orders[0].lines[0];
        assert_eq!((line.shipped.unwrap_or(0), line.removed.unwrap_or(0)), (shipped, removed), "{word}");
    }
}

#[test]
fn point_24_shipped_already_in_whole_or_in_part() {
    let line = |status: &str| {
        read(&shopify().row(&with(shopify_order("#1", "71"), "Lineitem fulfillment status", status)).csv()).unwrap()
    };
    assert_eq!(line("fulfilled").orders[0].lines[0].shipped, Some(1));
    assert_eq!(line("pending").orders[0].lines[0].shipped, Some(0));
    assert_eq!(line("restocked").orders[0].lines[0].removed, Some(1));
    assert_eq!(codes(&line("partial")), ["UNKNOWN_STATUS"]);
    let etsy = read(&example("etsy-items.csv")).unwrap();
    let fulfilled: Vec<_> = etsy.orders.iter().map(|o| o.head.as_ref().unwrap().fulfilled).collect();
    assert_eq!(fulfilled, [Some(false), Some(true)]);
    let big = String::from_utf8(example("bigcommerce-orders.csv")).unwrap();
    let status = |word: &str| {
        let outcome = read(big.replacen("Awaiting Fulfillment", word, 1).as_bytes()).unwrap();
        let head = outcome.orders[0].head.clone().unwrap();
        (head.payment.unwrap(), head.fulfilled)
    };
    assert_eq!(status("Shipped"), (Payment::Paid, Some(true)));
    // Which part was shipped is not said, so nothing may be bought on the strength of this file.
    assert_eq!(status("Partially Shipped").0, Payment::Unknown("Partially Shipped".into()));
}

#[test]
fn point_25_test_orders_gift_wrap_and_blank_skus() {
    let outcome = read(&example("shopify-orders.csv")).unwrap();
    let tests: Vec<_> = outcome.orders.iter().map(|o| o.head.as_ref().unwrap().test).collect();
    assert_eq!(tests, [Some(false), Some(false), Some(false), Some(true)]);
    let wrap = &outcome.orders[0].lines[1];
    assert_eq!((wrap.sku.as_str(), wrap.requires_shipping), ("", Some(false)));
}

#[test]
fn point_26_personalisation_and_entities_once() {
    let etsy = read(&example("etsy-items.csv")).unwrap();
    let sign = &etsy.orders[0].lines[0];
    assert_eq!(
        (sign.title.as_str(), sign.variant.as_str()),
        ("Oak Sign & Stand 'Home'", "Size:8 x 10 inches, framed,Color:Walnut")
    );
    assert_eq!(sign.personalisation.as_deref(), Some("1. Ann & Bo\n2. Est. 1970, \"always\""));
    assert_eq!(etsy.orders[0].lines[1].personalisation.as_deref(), Some(""));
    let british = read(&example("etsy-items.uk.csv")).unwrap();
    assert_eq!(british.orders[0].lines[0].personalisation.as_deref(), Some("Ann"));
    let twice =
        String::from_utf8(example("etsy-items.csv")).unwrap().replacen("Oak Sign &amp; Stand", "A &amp;amp; B", 1);
    assert_eq!(read(twice.as_bytes()).unwrap().orders[0].lines[0].title, "A &amp; B 'Home'".replace("&#39;", "'"));
    let ring = read(&example("squarespace-orders.csv")).unwrap();
    assert_eq!(ring.orders[0].lines[0].personalisation.as_deref(), Some("Name to engrave: Ann, it's: yes"));
    assert_eq!(
        read(&example("wix-orders.csv")).unwrap().orders[0].lines[0].personalisation.as_deref(),
        Some("Team Tom")
    );
    assert_eq!(read(&example("shopify-orders.csv")).unwrap().orders[0].lines[0].personalisation, None);
}

#[test]
fn point_26_a_transaction_twice_is_one_line_unless_it_differs() {
    let text = String::from_utf8(fixture("etsy-twice.csv")).unwrap();
    let outcome = read(text.as_bytes()).unwrap();
    assert_eq!(outcome.orders.iter().map(|o| o.lines.len()).collect::<Vec<_>>(), [1]);
    let differs = text.replacen("Mug,Ann,1,", "Mug,Ann,2,", 1);
    assert_eq!(codes(&read(differs.as_bytes()).unwrap()), ["LINE_TWICE"]);
}

#[test]
fn point_27_notes_with_everything_in_them_and_gift_messages_apart() {
    let note = "line 1\r\nsays \"hi\" 😀 שלום";
    let outcome = read(&shopify().row(&with(shopify_order("#1", "71"), "Notes", note)).csv()).unwrap();
    assert_eq!(outcome.orders[0].head.as_ref().unwrap().note.as_deref(), Some(note));
    let amazon = read(&example("amazon-new.txt")).unwrap().orders[0].head.clone().unwrap();
    assert_eq!(amazon.gift_message.as_deref(), Some("Happy birthday!"));
    assert_eq!(amazon.note.as_deref(), Some("leave with neighbour"));
}
