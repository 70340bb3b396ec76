//! Points 1 to 10: bytes, delimiters, quotes, headers.

use dsf::store::FileProblem;

use crate::support::{codes, example, facts, fixture, read, read_as, read_with, shopify, shopify_order, with};

#[test]
fn point_01_utf8_bom_before_the_first_header() {
    let bytes = [b"\xef\xbb\xbf".as_slice(), &shopify().row(&shopify_order("#1", "71")).csv()].concat();
    let outcome = read(&bytes).unwrap();
    assert_eq!(outcome.orders[0].number, "1");
    assert!(!outcome.detected.encoding_guessed());
}

#[test]
fn point_02_windows_1252_cp932_and_utf16_are_decoded_or_refused() {
    let outcome = read(&fixture("amazon-cp1252.txt")).unwrap();
    assert_eq!(outcome.detected.encoding(), "windows-1252");
    assert!(outcome.detected.encoding_guessed());
    let ship_to = outcome.orders[0].head.as_ref().unwrap().ship_to.clone().unwrap();
    assert_eq!((ship_to.name.as_str(), ship_to.city.as_str()), ("Zoë O’Fiction", "Köln"));

    let japanese = read_as(&fixture("amazon-cp932.txt"), Some("cp932")).unwrap();
    assert_eq!(japanese.orders[0].head.as_ref().unwrap().ship_to.as_ref().unwrap().city, "横浜市");
    assert_eq!(japanese.orders[0].lines[0].title, "表示ソ能");

    for (name, encoding, city) in [("amazon-gbk.txt", "GBK", "上海市"), ("amazon-cp932.txt", "Shift_JIS", "横浜市")]
    {
        let outcome = read(&fixture(name)).unwrap();
        assert_eq!((outcome.detected.encoding(), outcome.detected.encoding_guessed()), (encoding, true));
        assert_eq!(outcome.orders[0].head.as_ref().unwrap().ship_to.as_ref().unwrap().city, city);
    }

    for little in [true, false] {
        let text =
            String::from_utf8(shopify().row(&with(shopify_order("#1", "71"), "Shipping City", "Köln")).csv()).unwrap();
        let text = format!("\u{feff}{}", text.replace(',', "\t"));
        let bytes: Vec<u8> =
            text.encode_utf16().flat_map(|u| if little { u.to_le_bytes() } else { u.to_be_bytes() }).collect();
        let outcome = read(&bytes).unwrap();
        assert_eq!(outcome.orders[0].head.as_ref().unwrap().ship_to.as_ref().unwrap().city, "Köln");
    }

    let wrong = read_as(&fixture("amazon-cp1252.txt"), Some("utf-8")).unwrap_err();
    assert!(wrong.to_string().contains("line 2") && wrong.hint().contains("--encoding"), "{wrong}");
    assert!(read_as(b"a,b", Some("klingon")).unwrap_err().hint().contains("windows-1252"));
}

#[test]
fn point_02_a_byte_that_is_no_letter_is_named_by_its_line() {
    let mut bytes = fixture("amazon-cp932.txt");
    let row = bytes.clone().split(|b| *b == b'\n').nth(1).unwrap().to_vec();
    bytes.extend_from_slice(&row);
    bytes.extend_from_slice(b"\nx\xfd\xff\n");
    let error = read_as(&bytes, Some("shift_jis")).unwrap_err();
    assert!(error.to_string().contains("line 4") && error.to_string().contains("Shift_JIS"), "{error}");
}

#[test]
fn point_02_mojibake_is_flagged_cell_by_cell() {
    let rows = shopify()
        .row(&with(shopify_order("#1", "71"), "Shipping City", "MÃ¼nchen"))
        .row(&with(shopify_order("#2", "72"), "Shipping Name", "Zo\u{fffd}"))
        .row(&with(shopify_order("#3", "73"), "Shipping Name", "José São"));
    let outcome = read(&rows.csv()).unwrap();
    assert_eq!(codes(&outcome), ["MOJIBAKE", "MOJIBAKE"]);
    assert_eq!(outcome.refused[0].problems[0].column, "Shipping City");
    assert_eq!(outcome.orders.len(), 1);
}

#[test]
fn point_03_line_ends_of_all_kinds_header_only_and_empty() {
    let rows = shopify().row(&with(shopify_order("#1", "71"), "Notes", "a\r\nb")).row(&shopify_order("#2", "72"));
    let unix = String::from_utf8(rows.csv()).unwrap();
    let mixed = unix.replacen('\n', "\r\n", 1);
    for text in [unix.clone(), mixed, unix.trim_end().to_owned()] {
        let outcome = read(text.as_bytes()).unwrap();
        assert_eq!(outcome.orders.len(), 2);
        assert_eq!(outcome.orders[0].head.as_ref().unwrap().note.as_deref(), Some("a\r\nb"));
        assert_eq!((outcome.orders[0].row, outcome.orders[1].row), (2, 4));
    }
    let mac = String::from_utf8(shopify().row(&shopify_order("#1", "71")).csv()).unwrap().replace('\n', "\r");
    assert_eq!(read(mac.as_bytes()).unwrap().orders.len(), 1);

    let header_only = read(&shopify().csv()).unwrap();
    assert_eq!((header_only.tally.rows, header_only.orders.len()), (0, 0));
    assert!(read(b"").unwrap_err().to_string().contains("empty"));
}

#[test]
fn point_04_semicolon_tab_and_declared_separators() {
    for delimiter in [';', '\t', '|'] {
        let text = shopify().row(&shopify_order("#1", "71")).delimited(delimiter);
        assert_eq!(read(&text).unwrap().orders.len(), 1, "{delimiter:?}");
    }
    let declared = [b"sep=;\r\n".as_slice(), &shopify().row(&shopify_order("#1", "71")).delimited(';')].concat();
    let outcome = read(&declared).unwrap();
    assert_eq!((outcome.orders[0].row, outcome.detected.header_line), (3, 2));
    // Semicolon and decimal comma: the German eBay report.
    let german = read_with(&example("ebay-orders.de.csv"), None, None, &facts("EUR")).unwrap();
    assert_eq!(german.orders[0].lines[0].unit_price.unwrap().to_string(), "1116.99 EUR");
}

#[test]
fn point_05_tsv_with_unbalanced_quote() {
    let outcome = read(&example("amazon-unshipped.txt")).unwrap();
    let titles: Vec<&str> = outcome.orders[0].lines.iter().map(|l| l.title.as_str()).collect();
    assert_eq!(titles, ["Ring Light 10\" \"Pro\" kit", "\"Tripod"]);
}

#[test]
fn point_06_quotes_that_mean_nothing_and_quotes_that_were_not_escaped() {
    let text = String::from_utf8(shopify().row(&shopify_order("#1", "71")).csv()).unwrap();
    // Quoted-empty equals empty; headers quoted unevenly.
    let text = text
        .replacen(",Mug,", ",\"Mug 15\" wide\",", 1)
        .replacen("Name,Email", "\"Name\",Email", 1)
        .replacen(",,", ",\"\",", 1);
    let outcome = read(text.as_bytes()).unwrap();
    assert_eq!(outcome.orders[0].lines[0].title, "Mug 15\" wide");
}

#[test]
fn point_06_a_quote_that_never_closes_is_an_error_with_its_line() {
    let mut bytes = shopify().row(&shopify_order("#1", "71")).csv();
    bytes.extend_from_slice(b"#2,\"lost quote,,,\n#3,x\n");
    let error = read(&bytes).unwrap_err();
    assert!(error.to_string().contains("line 3"), "{error}");
}

#[test]
fn point_07_ragged_rows_are_errors_with_their_lines_and_the_rest_goes_on() {
    let mut text =
        String::from_utf8(shopify().row(&shopify_order("#1", "71")).row(&shopify_order("#2", "72")).csv()).unwrap();
    text.push_str("#2,too,short\n");
    text.push_str(String::from_utf8(shopify().row(&shopify_order("#3", "73")).csv()).unwrap().lines().nth(1).unwrap());
    text.push_str(",one,more\n");
    let outcome = read(text.as_bytes()).unwrap();
    assert_eq!(codes(&outcome), ["RAGGED_ROW", "RAGGED_ROW"]);
    assert_eq!(outcome.orders.len(), 1);
    // The ragged line of #2 takes the whole order with it.
    assert_eq!((outcome.refused[0].number.as_str(), outcome.refused[0].rows), ("2", 2));
    assert_eq!(outcome.refused[0].problems[0].row, 4);
    assert_eq!(outcome.tally.rejected, 3);
}

#[test]
fn point_08_of_duplicate_headers_the_first_block_is_the_delivery() {
    let outcome = read(&example("wix-orders.csv")).unwrap();
    let ship_to = outcome.orders[0].head.as_ref().unwrap().ship_to.clone().unwrap();
    assert_eq!((ship_to.line1.as_str(), ship_to.country.as_str()), ("Erfundener Weg 5", "DE"));
}

#[test]
fn point_09_headers_match_without_case_and_spaces() {
    let text = String::from_utf8(shopify().row(&shopify_order("#1", "71")).csv()).unwrap();
    let text = text.replacen("Lineitem quantity", " LINEITEM  Quantity ", 1).replacen(
        "Shipping City",
        "shipping city\u{a0}",
        1,
    );
    let outcome = read(text.as_bytes()).unwrap();
    assert_eq!(outcome.orders[0].head.as_ref().unwrap().ship_to.as_ref().unwrap().city, "Austin");
}

#[test]
fn point_10_extra_missing_and_moved_columns() {
    let small = "Id,Lineitem sku,Lineitem quantity,Total,Financial Status,Lineitem name,My own column,Name\n\
                 71,MUG,2,10.00,paid,Mug,x,#1\n";
    let outcome = read(small.as_bytes()).unwrap();
    let head = outcome.orders[0].head.as_ref().unwrap();
    assert_eq!((outcome.orders[0].lines[0].quantity, head.ship_to.clone(), head.cancelled), (2, None, None));

    let text = String::from_utf8(example("amazon-unshipped.txt")).unwrap().replacen("product-name", "bezeichnung", 1);
    let error = read(text.as_bytes()).unwrap_err();
    assert!(
        matches!(&error, FileProblem::MissingColumn { spellings, .. } if spellings == &["product-name"]),
        "{error}"
    );
    assert!(error.hint().contains("product-name"));
}
