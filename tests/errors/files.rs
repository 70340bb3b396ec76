//! Files that cannot be read as orders: each says which file, which line, which column, and what to do.

use crate::common::{Shop, Shopify};
use crate::{all_fail, fails, shop, shop_with};

#[test]
fn files_that_are_not_there_or_are_no_files() {
    let shop = shop();
    std::fs::create_dir(shop.path("folder")).unwrap();
    shop.write("empty.csv", "").write("zip.csv", b"PK\x03\x04 something").write("page.csv", b"%PDF-1.7 something");
    shop.write("zeros.csv", b"a\0\0\0\x01\x02\x03")
        .write("book.xlsx", b"PK\x03\x04[Content_Types].xml xl/workbook.xml");
    shop.write("old.xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1");
    all_fail(
        &shop,
        &[
            ("import none.csv", 1, &["none.csv does not exist"], "ls"),
            ("import folder", 1, &["folder is a folder, not a file"], "dsf import folder/orders.csv"),
            ("import empty.csv", 1, &["empty.csv is empty"], "download the export again"),
            ("import zip.csv", 1, &["zip.csv is not a table", "zip"], "unzip zip.csv"),
            ("import page.csv", 1, &["page.csv is not a table", "PDF"], "download the export again"),
            ("import zeros.csv", 1, &["zeros.csv is not a table", "zero bytes"], "download the export again"),
            ("import old.xls", 1, &["old.xls is not a table", ".xls"], "XLSX"),
            ("import first.csv/x", 1, &["first.csv/x: "], "ls -l"),
            (
                "import first.csv --encoding klingon",
                1,
                &["\"klingon\" is not an encoding that dsf knows"],
                "windows-1252",
            ),
        ],
    );
    let ran = shop.run("import book.xlsx");
    assert_eq!(ran.code, 1, "{}", ran.err);
}

#[test]
fn bytes_quotes_and_rows_that_go_wrong_name_their_line() {
    let shop = shop();
    let export = Shopify::new().order("7", &[("Shipping Name", "QQQ")]).csv();
    shop.write("bytes.csv", export.replace("QQQ", "M\u{1}ller").replace('\u{1}', "\u{fc}").as_bytes());
    let mut latin = export.clone().into_bytes();
    let at = latin.windows(3).position(|w| w == b"QQQ").unwrap();
    latin[at] = 0xfc;
    shop.write("latin.csv", latin);
    shop.write("open.csv", export.replace("QQQ", "\"QQQ"));
    all_fail(
        &shop,
        &[
            (
                "import latin.csv --encoding utf-8",
                1,
                &["latin.csv line 2: bytes that are not UTF-8"],
                "dsf import latin.csv --encoding windows-1252",
            ),
            ("import open.csv", 1, &["open.csv line 2: a quoted cell that begins here never ends"], "on line 2"),
        ],
    );
    shop.write("long.csv", export.replace("QQQ", &"Q".repeat(3 << 20)));
    let ran = shop.run("import long.csv");
    assert!(ran.code == 0 || ran.err.contains("a row longer than"), "{}", ran.err);
}

#[test]
fn headers_that_no_format_has() {
    let shop = shop();
    let export = Shopify::new().order("7", &[]).csv();
    shop.write("what.csv", "what,is,this\n1,2,3\n")
        .write("near.csv", "Name,Financial Status,Lineitem name\n#1,paid,Mug\n");
    shop.write(
        "customers.csv",
        "First Name,Last Name,Email,Accepts Marketing,Total Spent,Total Orders\nA,B,c@x.org,no,1,1\n",
    );
    shop.write("short.csv", export.replacen("Lineitem quantity", "Pieces", 1));
    all_fail(
        &shop,
        &[
            (
                "import what.csv",
                1,
                &["what.csv line 1: no known export has these columns: what, is, this"],
                "formats/NAME.toml",
            ),
            (
                "import near.csv",
                1,
                &["near.csv line 1: no known export"],
                "nearest: shopify-orders lacks Lineitem quantity",
            ),
            ("import short.csv --format shopify-orders", 1, &["short.csv line 1: "], "Lineitem quantity"),
            (
                "import customers.csv",
                1,
                &["customers.csv line 1: Shopify: Customers, Export: it lists customers"],
                "in Shopify take Orders",
            ),
            (
                "import first.csv --format shopify-order",
                1,
                &["there is no format \"shopify-order\""],
                "did you mean --format shopify-orders?",
            ),
            (
                "import first.csv --format something-else",
                1,
                &["there is no format \"something-else\""],
                "leave --format out",
            ),
        ],
    );
}

const OWN: &str = "name = \"own\"\nabout = \"my list\"\nkind = \"shopify\"\nrequired = [\"number\", \"sku\", \"quantity\", \"placed_at\"]\n\
    paid = \"always\"\n[recognise]\nhas = [\"No\", \"Art\"]\n[columns]\nnumber = \"No\"\nexternal_id = \"Key\"\nsku = \"Art\"\n\
    quantity = \"Qty\"\nplaced_at = \"Day\"\n";

fn with_own(config: &str) -> Shop {
    let shop = shop_with(config);
    shop.write("formats/own.toml", OWN);
    shop
}

#[test]
fn dates_that_can_be_read_in_two_ways_are_asked_about() {
    let shop = with_own("[store.us]\nkind = \"shopify\"\n");
    shop.write("ask.csv", "No,Art,Qty,Day\n1,A,1,03/04/2026\n")
        .write("mixed.csv", "No,Art,Qty,Day\n1,A,1,13/04/2026\n2,A,1,04/13/2026\n");
    all_fail(
        &shop,
        &[
            (
                "import ask.csv",
                1,
                &["ask.csv line 2, column Day: \"03/04/2026\" may be day or month first"],
                "date_order = \"dmy\"",
            ),
            (
                "import mixed.csv",
                1,
                &["mixed.csv line 3, column Day: \"04/13/2026\" cannot be", "line 2 proves"],
                "export it again",
            ),
        ],
    );
    let shop = with_own("[store.us]\nkind = \"shopify\"\ndate_order = \"mdy\"\n");
    shop.write("day.csv", "No,Art,Qty,Day\n1,A,1,13/04/2026\n");
    let message: &[&str] = &["day.csv line 2: the config says date_order = \"mdy\", this line proves dmy"];
    fails(&shop, "import day.csv", b"", 1, message, "correct date_order in the config (\"dmy\")");
}

#[test]
fn columns_that_are_missing_ids_that_were_rounded_and_formats_that_are_none() {
    let shop = with_own("[store.us]\nkind = \"shopify\"\n");
    shop.write("lacks.csv", "No,Art,Day\n1,A,2026-11-23\n");
    shop.write(
        "round.csv",
        "No,Key,Art,Qty,Day\n1,620100000000000000,A,1,2026-11-23\n2,620100000000001000,A,1,2026-11-23\n",
    );
    all_fail(
        &shop,
        &[
            (
                "import lacks.csv",
                1,
                &["lacks.csv line 1: the column Qty is missing (own)"],
                "export again with the column Qty",
            ),
            (
                "import round.csv",
                1,
                &["round.csv line 2, column Key: \"620100000000000000\"", "rounded"],
                "without opening it in a spreadsheet",
            ),
        ],
    );
    shop.write("formats/twin.toml", OWN.replace("\"own\"", "\"twin\""));
    let message: &[&str] = &["lacks.csv line 1: fits several formats: own, twin"];
    fails(&shop, "import lacks.csv", b"", 1, message, "dsf import lacks.csv --format own");
    for (text, word) in [
        (OWN.replace("shopify", "shop"), "not a store kind"),
        (OWN.replace("required = ", "requires = "), "requires"),
        (OWN.replace("number = \"No\"", "nummer = \"No\""), "nummer"),
        (format!("{OWN}extends = 1\n"), ""),
        ("name = \n".to_owned(), ""),
        (OWN.replace("[recognise]", "extends = \"nothing\"\n[recognise]"), "there is no such format"),
    ] {
        shop.write("formats/twin.toml", text);
        fails(&shop, "import lacks.csv", b"", 1, &["twin.toml: ", word], "mend or remove ");
    }
}

#[test]
fn stores_that_do_not_fit() {
    let shop =
        shop_with("[store.us]\nkind = \"shopify\"\n\n[store.ca]\nkind = \"shopify\"\n\n[store.eu]\nkind = \"ebay\"\n");
    shop.write("woo.csv", crate::common::woo("7", "Eve", "X"));
    all_fail(
        &shop,
        &[
            ("import first.csv", 1, &["first.csv fits several stores: ca, us"], "dsf import first.csv --store ca"),
            (
                "import first.csv --store eu",
                1,
                &["first.csv is Shopify: Orders, Export, and eu is a store of eBay"],
                "leave --store out",
            ),
            (
                "import first.csv --store fr",
                1,
                &["there is no [store.fr] in the config"],
                "look at the names in the config",
            ),
            (
                "import woo.csv",
                1,
                &["woo.csv is WooCommerce", "and the config has no woocommerce store"],
                "[store.NAME] kind = \"woocommerce\"",
            ),
        ],
    );
}
