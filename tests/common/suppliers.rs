//! The suppliers with an API, as rows: how a shop of the tests buys from each one's sandbox. A test that is made over
//! [`ROWS`] runs for every supplier; a new one is a row here.
#![allow(dead_code, clippy::unwrap_used)]

use crate::common::{Shop, Shopify};
use crate::sandbox::alibaba::{self, Alibaba};
use crate::sandbox::aliexpress::{self, AliExpress};
use crate::sandbox::banggood::{self, Banggood};
use crate::sandbox::cj::{self, Cj};
use crate::sandbox::{Fault, Sandbox, iop};

pub struct Row {
    pub kind: &'static str,
    /// False: it cannot be asked by our reference, so what it did not answer to stays open until a person decides.
    pub finds: bool,
    /// With the code that its page of consent gives, where a person must allow it.
    pub start: fn() -> (Sandbox, Option<String>),
    /// Lines of the config besides kind, address, pace and waiting; secrets lie in the file `secret`.
    pub config: &'static str,
    pub secret: &'static str,
    /// How each of its tokens begins.
    pub token: &'static str,
    /// The API takes secret and token nowhere but in the query of a question.
    pub secret_in_url: bool,
    pub listing: &'static str,
    pub method: &'static str,
    /// What the sandbox asks for one, in dollars: price and shipping.
    pub price: &'static str,
    pub shipping: &'static str,
    /// End of the path that places an order.
    pub create: &'static str,
    /// End of the path that looks one up.
    pub look_up: &'static str,
    /// What the create can meet.
    pub faults: &'static [fn() -> Fault],
}

pub const ROWS: &[Row] = &[
    Row {
        kind: "cj",
        finds: true,
        start: || (Cj::start().1, None),
        config: "api_key_file = \"secret\"\n",
        secret: cj::KEY,
        token: "API@CJ",
        secret_in_url: false,
        listing: "1790000000000000001",
        method: "CJPacket Ordinary",
        price: "10.00",
        shipping: "7.81",
        create: "/shopping/order/createOrderV2",
        look_up: "/shopping/order/getOrderDetail",
        faults: &[
            || Fault::DropBefore,
            || Fault::DropAfter,
            || Fault::HalfBody,
            || Fault::named("500-after").unwrap(),
            || Fault::named("500-before").unwrap(),
            || Fault::named("not-json").unwrap(),
            || Fault::named("429").unwrap(),
            || Fault::error("1603000", "Order create fail", true),
            || Fault::error("1603000", "Order create fail", false),
            || Fault::error("1600301", "read timed out", true),
            || Fault::error("1600001", "Invalid API key or access token", false),
            || Fault::error("1600201", "Quota has been used up", false),
        ],
    },
    Row {
        kind: "banggood",
        finds: true,
        start: || (Banggood::start().1, None),
        config: "app_id = \"bg1000\"\napp_secret_file = \"secret\"\n",
        secret: banggood::SECRET,
        token: "0f1e2d3c4b5a",
        secret_in_url: true,
        listing: "1060897:15219",
        method: "airmail_airmail",
        price: "19.95",
        shipping: "2.65",
        create: "/order/importOrder",
        look_up: "/order/getOrderInfo",
        faults: &[
            || Fault::DropBefore,
            || Fault::DropAfter,
            || Fault::HalfBody,
            || Fault::named("500-after").unwrap(),
            || Fault::named("500-before").unwrap(),
            || Fault::named("not-json").unwrap(),
            || Fault::named("429").unwrap(),
            || Banggood::error("21010", "System error", true),
            || Banggood::error("1", "Cart question", false),
            || Banggood::error("12062", "Duplicate Sale_record_id", false),
            || Banggood::error("21020", "access_token is expired", false),
            || Banggood::error("99999", "of no table", true),
        ],
    },
    Row {
        kind: "aliexpress",
        finds: false,
        start: || {
            let (peer, sandbox) = AliExpress::start();
            let code = peer.state().gateway.new_code();
            (sandbox, Some(code))
        },
        config: "app_key = \"510000\"\napp_secret_file = \"secret\"\nredirect_uri = \"http://127.0.0.1/cb\"\n",
        secret: iop::SECRET,
        token: "50000access",
        secret_in_url: false,
        listing: aliexpress::BLACK_M,
        method: aliexpress::METHOD,
        price: "8.01",
        shipping: "1.99",
        create: aliexpress::ORDER_CREATE,
        look_up: "/aliexpress.trade.ds.order.get",
        faults: IOP_FAULTS,
    },
    Row {
        kind: "alibaba",
        finds: false,
        start: || {
            let (peer, sandbox) = Alibaba::start();
            let code = peer.state().gateway.new_code();
            (sandbox, Some(code))
        },
        config: "app_key = \"600100\"\napp_secret_file = \"secret\"\nredirect_uri = \"http://127.0.0.1/cb\"\n",
        secret: iop::SECRET,
        token: "50000access",
        secret_in_url: false,
        listing: alibaba::LAMP,
        method: alibaba::METHOD,
        price: "12.50",
        shipping: "18.40",
        create: alibaba::ORDER_CREATE,
        look_up: "/alibaba/order/get",
        faults: IOP_FAULTS,
    },
];

/// What a create of either gateway can meet: lost on the way, lost on the way back, refused by the limiter, said to fail.
const IOP_FAULTS: &[fn() -> Fault] = &[
    || Fault::DropBefore,
    || Fault::DropAfter,
    || Fault::HalfBody,
    || Fault::named("500-after").unwrap(),
    || Fault::named("500-before").unwrap(),
    || Fault::named("not-json").unwrap(),
    || Fault::named("429").unwrap(),
    || Fault::Instead(200, r#"{"error_response":{"code":"IllegalAccessToken","type":"ISV","msg":"?"}}"#.to_owned()),
    || Fault::Instead(200, r#"{"code":"ServiceUnavailable","type":"SYSTEM","message":"?"}"#.to_owned()),
    || Fault::Instead(200, r#"{"code":"of no table","type":"ISV","message":"?"}"#.to_owned()),
];

/// A shop with so many orders of one lamp, named and addressed as `cells` says of each, ready to buy.
pub fn shop(row: &Row, sandbox: &Sandbox, code: Option<&str>, orders: usize, cells: &[(&str, &str)]) -> Shop {
    let shop = Shop::new(&format!(
        "[store.us]\nkind = \"shopify\"\n[supplier.them]\nkind = \"{}\"\nbase_url = \"{}\"\n\
         requests_per_second = 1000\nsettle_after_seconds = 0\n{}",
        row.kind,
        sandbox.url(),
        row.config
    ));
    shop.write("secret", row.secret);
    let file = (1..=orders).fold(Shopify::new(), |file, n| {
        let (number, name) = (format!("100{n}"), format!("Nora Testwell {n}"));
        let mut all =
            vec![("Shipping Name", name.as_str()), ("Shipping Address2", "Apt 4"), ("Lineitem price", "60.00")];
        all.extend_from_slice(cells);
        file.order(&number, &all)
    });
    shop.write("orders.csv", file.csv()).modified("orders.csv", 0);
    let head = "supplier,listing_id,title,price,shipping,currency,ships_from,method";
    let listing = format!("them,{},Desk lamp,{},{},USD,CN,{}", row.listing, row.price, row.shipping, row.method);
    shop.write("listings.csv", format!("{head}\n{listing}\n"));
    shop.write("matches.csv", format!("sku,supplier,listing_id\nLAMP,them,{}\n", row.listing));
    shop.run("listings import listings.csv").exits(0);
    shop.run("match import matches.csv").exits(0);
    shop.run("import orders.csv").exits(0);
    if let Some(code) = code {
        shop.run_with_input("auth supplier.them", code.as_bytes()).exits(0);
    }
    shop
}
