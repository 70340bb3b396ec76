//! What commands refuse: orders that are not there, reasons that are none, decisions that cannot be made.

use crate::common::{Shop, Shopify, USUAL};
use crate::{all_fail, fails, shop};

#[test]
fn names_that_mean_no_order_or_two() {
    let config = USUAL.replace("[store.eu]\nkind = \"woocommerce\"", "[store.eu]\nkind = \"shopify\"");
    let shop = Shop::new(&config);
    shop.write("a.csv", Shopify::new().order("1", &[]).csv())
        .write("b.csv", Shopify::new().order("1", &[("Id", "9")]).csv());
    shop.run("import a.csv --store us").exits(0);
    shop.run("import b.csv --store eu").exits(0);
    all_fail(
        &shop,
        &[
            ("show us/9", 1, &["there is no order us/9"], "dsf orders"),
            ("show 1", 2, &["1 can be eu/1 or us/1"], "write it with its store: eu/1"),
            ("hold 1 --reason x", 2, &["1 can be eu/1 or us/1"], "write it with its store"),
            ("release fr/1 --reason x", 1, &["there is no order fr/1"], "dsf orders"),
            ("fulfill --dry-run us/9", 1, &["there is no order us/9"], "dsf orders"),
            ("address set us/9 --reason x", 1, &["there is no order us/9"], "dsf orders"),
        ],
    );
}

#[test]
fn decisions_that_cannot_be_made() {
    let shop = shop();
    all_fail(
        &shop,
        &[
            ("hold us/1 --reason \"  \"", 2, &["the reason is empty"], "--reason \""),
            ("release us/1 --reason \"\"", 2, &["the reason is empty"], "--reason \""),
            ("release us/1 PRICE_JMP --reason x", 2, &["\"PRICE_JMP\" is not a hold code"], "did you mean PRICE_JUMP?"),
            ("release us/1 PRICE_JUMP --reason x", 1, &["us/1 is not held for PRICE_JUMP"], "dsf show us/1"),
            (
                "release us/1 UNMATCHED --reason x",
                1,
                &["UNMATCHED of us/1 cannot be released: \"LAMP\" has no rule"],
                "dsf match suggest",
            ),
            ("release us/1 --reason x", 1, &["UNMATCHED of us/1 cannot be released"], "dsf match suggest"),
            ("store rename us us", 1, &["there is a store us already"], "choose another name"),
            ("store rename fr de", 1, &["no orders are known of a store fr"], "there are us"),
        ],
    );
    shop.write("refunded.csv", Shopify::new().order("2", &[("Financial Status", "refunded")]).csv());
    shop.run("import refunded.csv").exits(0);
    fails(&shop, "release us/2 --reason x", b"", 1, &["us/2 is not held"], "dsf show us/2");
}

#[test]
fn addresses_that_cannot_be_meant() {
    let shop = shop();
    let inputs: &[(&[u8], &str)] = &[
        (b"", "the address is empty"),
        (b"line1 = 5\n", "line1 must be text in quotes"),
        (b"street = \"x\"\n", "\"street\" is not a field of an address"),
        (b"country = \"Narnia\"\n", "\"Narnia\" is not a country that dsf knows"),
        (b"line1 = x\n", "the address cannot be read"),
        (b"{\"line1\": ", "the address is not JSON"),
        (b"just words", "the address cannot be read"),
        (
            b"name = \"\"\ncompany = \"\"\nline1 = \"\"\nline2 = \"\"\ncity = \"\"\nregion = \"\"\npostcode = \"\"\ncountry = \"\"\nphone = \"\"\nemail = \"\"\n",
            "the address would be empty",
        ),
    ];
    for (input, message) in inputs {
        fails(&shop, "address set us/1 --reason x", input, 1, &[message], "lines such as line2 = \"Apt 9\"");
    }
    fails(&shop, "address set us/1 --reason \" \"", b"line2 = \"x\"\n", 2, &["the reason is empty"], "--reason");
}

#[test]
fn plans_and_rules_that_cannot_be_meant() {
    let shop = shop();
    all_fail(
        &shop,
        &[
            ("fulfill --dry-run --supplier nobody", 2, &["there is no supplier nobody"], "the config has agent-li cj"),
            ("fulfill --dry-run --plan 00000000", 5, &["the plan is ", "not 00000000"], "dsf fulfill --dry-run"),
            ("fulfill --dry-run --fallback li:NOPE", 2, &["there is no listing li:NOPE"], "dsf listings"),
            ("fulfill --dry-run --fallback LAMP", 2, &["\"LAMP\" is not a listing"], "SUPPLIER:ID"),
            ("match set A nothing", 2, &["\"nothing\" is not a listing"], "SUPPLIER:ID, such as li:LAMP-L"),
            ("match set \" \" cj:1", 2, &["an empty SKU names no line"], "dsf match"),
            ("match set A cj: ", 2, &["\"cj:\" is not a listing"], "SUPPLIER:ID"),
            (
                "match set A cj:1 --country Narnia",
                2,
                &["\"Narnia\" is not a country that dsf knows"],
                "write US, GB, DE",
            ),
            ("match set A cj:1 --quantity 0", 2, &["quantity and priority begin at 1"], "leave them out"),
            ("match set A cj:1 --priority 0", 2, &["quantity and priority begin at 1"], "leave them out"),
            ("match export none/there.csv", 1, &["none/there.csv: "], "folder"),
        ],
    );
}

#[test]
fn words_that_the_command_line_does_not_know() {
    let shop = shop();
    for (call, message) in [
        ("nonsense", "unrecognized subcommand"),
        ("import --format shopify-orders", "required arguments"),
        ("import a.csv --stor us", "unexpected argument '--stor'"),
        ("show us/", "is not an order: write us/1001"),
        ("import a.csv --store U-S", "is not a store name"),
        ("orders --state nowhere", "there are not_paid cancelled"),
        ("import a.csv --wait soon", "--wait"),
        ("hold us/1", "--reason"),
    ] {
        shop.run(call).exits(2).complains("error: ").complains(message);
    }
}
