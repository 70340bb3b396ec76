//! Points 11 to 17: which rows are which order.

use dsf::store::{FileProblem, Role};

use crate::support::{Table, codes, example, read, shopify, shopify_line, shopify_order, with};

#[test]
fn point_11_lines_of_one_order_adjacent_and_not() {
    let rows = shopify()
        .row(&shopify_order("#1", "71"))
        .row(&shopify_line("#1", "B"))
        // Real files repeat e-mail and date below, made-up ones the status: none of these begins an order.
        .row(&with(
            with(shopify_line("#1", "C"), "Created at", "2026-11-08 01:58:02 -0500"),
            "Financial Status",
            "paid",
        ))
        .row(&shopify_order("#2", "72"))
        .row(&shopify_line("#1", "D"));
    let outcome = read(&rows.csv()).unwrap();
    assert_eq!(outcome.orders.iter().map(|o| o.lines.len()).collect::<Vec<_>>(), [3, 1, 1]);
    let torn = &outcome.orders[2];
    assert_eq!((torn.number.as_str(), torn.head.is_none(), torn.row), ("1", true, 6));
    assert_eq!(torn.lines[0].unit_price, None);
}

#[test]
fn point_12_ebay_padding_summary_unpaid_and_footer() {
    let outcome = read(&example("ebay-orders.csv")).unwrap();
    assert_eq!(outcome.detected.header_line, 2);
    assert_eq!(outcome.orders.len(), 2);
    let order = &outcome.orders[0];
    assert_eq!((order.number.as_str(), order.external_id.as_deref()), ("11-22222-33333", Some("11-22222-33333")));
    assert_eq!(
        order.lines.iter().map(|l| (l.sku.as_str(), l.quantity, l.shipped)).collect::<Vec<_>>(),
        [("CLAMP-15", 2, Some(0)), ("BENCH", 1, Some(1))]
    );
    assert_eq!(order.lines[0].unit_price.unwrap().to_string(), "33.49 USD");
    assert_eq!(order.head.as_ref().unwrap().ship_to.as_ref().unwrap().line2, "ebay:abc12d3");
    assert_eq!(outcome.tally.skipped["unpaid commitment"], 1);
    assert_eq!(outcome.tally.skipped["footer"], 2);

    // The same report twice in one file, footers in the middle; then one whose footer counts more than there is.
    let joined = [example("ebay-orders.csv"), example("ebay-orders.csv")].concat();
    let outcome = read(&joined).unwrap();
    assert_eq!((outcome.orders.len(), outcome.notes.len()), (4, 0));
    assert_eq!(outcome.tally.skipped["repeated header"], 1);
    let text = String::from_utf8(example("ebay-orders.csv")).unwrap().replacen("\n3,", "\n9,", 1);
    assert_eq!(read(text.as_bytes()).unwrap().notes.len(), 1);
}

#[test]
fn point_12_ebay_items_without_an_order_number_and_orders_known_by_record_only() {
    let text = String::from_utf8(example("ebay-orders.csv")).unwrap();
    // The item rows lose their order number: they still belong to the summary above them.
    let items = text.replace("211,11-22222-33333,,,", "211,,,,");
    let outcome = read(items.as_bytes()).unwrap();
    assert_eq!((outcome.orders[0].lines.len(), outcome.tally.skipped["unpaid commitment"]), (2, 1));
    let record = read(text.replace("212,22-33333-44444,", "212,,").as_bytes()).unwrap();
    let order = &record.orders[1];
    // A record number repeats from account to account, so it is a number and never a key.
    assert_eq!((order.number.as_str(), order.external_id.as_deref()), ("212", None));
}

#[test]
fn point_13_rows_that_are_no_lines() {
    assert_eq!(read(&example("tiktok-orders.csv")).unwrap().tally.skipped["description row"], 1);
    let without: Vec<u8> = String::from_utf8(example("tiktok-orders.csv"))
        .unwrap()
        .lines()
        .filter(|l| !l.starts_with("Platform"))
        .flat_map(|l| format!("{l}\n").into_bytes())
        .collect();
    assert_eq!(read(&without).unwrap().orders.len(), 2);
    let amazon = read(&example("amazon-new.txt")).unwrap();
    assert_eq!((amazon.orders[0].lines.len(), amazon.tally.skipped["promotion row"]), (1, 1));
    let aoe = read(&example("woo-aoe-rows.csv")).unwrap();
    assert_eq!((aoe.orders[0].lines.len(), aoe.tally.skipped["coupon row"]), (2, 1));
}

#[test]
fn point_13_advanced_order_export_with_blank_rows_below() {
    let text = String::from_utf8(example("woo-aoe-rows.csv")).unwrap();
    let rows = Table::like("woo-aoe-rows.csv")
        .row(
            &[
                ("Order Number", "7"),
                ("Order Status", "Processing"),
                ("Order Total Amount", "9"),
                ("SKU", "A"),
                ("Item Name", "A"),
                ("Quantity", "1"),
            ]
            .map(|(h, v)| (h, v.to_owned())),
        )
        .row(&[("SKU", "B"), ("Item Name", "B"), ("Quantity", "2")].map(|(h, v)| (h, v.to_owned())));
    assert!(text.contains("Order Number"));
    let outcome = read(&rows.csv()).unwrap();
    assert_eq!((outcome.orders.len(), outcome.orders[0].lines.len()), (1, 2));
}

#[test]
fn point_14_items_packed_in_cells() {
    let toffee = read(&example("woo-webtoffee.csv")).unwrap();
    let lines: Vec<_> = toffee.orders[0].lines.iter().map(|l| (l.title.as_str(), l.sku.as_str(), l.quantity)).collect();
    assert_eq!(lines, [("Men's Cotton T-Shirt", "B11V2", 1), ("Hat: red | wide", "003", 2)]);
    assert_eq!(toffee.orders[0].lines[1].unit_price.unwrap().to_string(), "50.00 USD");

    let big = read(&example("bigcommerce-orders.csv")).unwrap();
    let shirt = &big.orders[0].lines[0];
    assert_eq!((shirt.title.as_str(), shirt.variant.as_str()), ("Shirt, long | slim", "Size: S (4), Height: 5' 9\""));
    assert_eq!((big.orders[0].lines[1].title.as_str(), big.orders[0].lines[1].sku.as_str()), ("Cap", ""));

    let sky = read(&example("woo-skyverge-orders.csv")).unwrap();
    assert_eq!(sky.orders[0].lines[0].title, "Lampe; petite");
    assert_eq!(sky.orders[0].lines[1].removed, Some(1));

    let columns = read(&example("woo-aoe-columns.csv")).unwrap();
    assert_eq!(columns.orders[0].lines.iter().map(|l| l.sku.as_str()).collect::<Vec<_>>(), ["HAT-R", "SOCK"]);

    // A title that imitates a key cannot be told from the key.
    let text = String::from_utf8(example("woo-webtoffee.csv")).unwrap().replacen("red | wide", "red|sku:666", 1);
    assert_eq!(codes(&read(text.as_bytes()).unwrap()), ["BAD_ITEMS"]);
}

#[test]
fn point_15_wrong_files_of_the_right_platform() {
    for (header, word) in [
        (
            "Date,Order #,N. Revenue (formatted),Status,Customer,Customer type,Product(s),Items sold,Coupon(s),Net Sales,Attribution",
            "no address",
        ),
        ("Listing title,eBay item ID,Start date,Quantity sold,Total sales", "per listing"),
        ("Transaction creation date,Type,Order number,Net amount,Payout ID", "money movements"),
        ("First Name,Last Name,Email,Accepts Email Marketing,Total Spent,Total Orders", "customers"),
    ] {
        let error = read(format!("{header}\n").as_bytes()).unwrap_err();
        assert!(matches!(error, FileProblem::Refused { .. }) && error.to_string().contains(word), "{error}");
        assert!(!error.hint().is_empty());
    }
    let orders = read(&example("etsy-orders.csv")).unwrap();
    assert_eq!(orders.detected.format.role, Role::Status);
    assert!(orders.orders[0].lines.is_empty());
    assert_eq!(orders.orders[0].head.as_ref().unwrap().fulfilled, Some(true));
}

#[test]
fn point_16_the_same_order_twice_and_equal_numbers() {
    let rows = shopify()
        .row(&shopify_order("#1", "71"))
        .row(&shopify_order("#1", "99"))
        .row(&shopify_order("#1", "99"))
        .row(&shopify_line("#1", "B"));
    let outcome = read(&rows.csv()).unwrap();
    let ids: Vec<_> = outcome.orders.iter().map(|o| (o.external_id.as_deref().unwrap(), o.lines.len())).collect();
    assert_eq!(ids, [("71", 1), ("99", 1), ("99", 2)]);
}

#[test]
fn point_17_a_file_cut_between_the_lines_of_an_order() {
    let outcome = read(&shopify().row(&shopify_line("#1", "B")).row(&shopify_order("#2", "72")).csv()).unwrap();
    assert!(outcome.orders[0].head.is_none() && outcome.orders[1].head.is_some());
    let no_number = read(&shopify().row(&shopify_line("", "B")).row(&shopify_order("#2", "72")).csv()).unwrap();
    assert_eq!((codes(&no_number), no_number.orders.len()), (vec!["NO_NUMBER"], 1));
}
