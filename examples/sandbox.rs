//! `cargo run --example sandbox`: the suppliers and stores of the tests on this computer, to try dsf without an account.
#![allow(clippy::print_stdout, clippy::unwrap_used)]

#[path = "../tests/sandbox/mod.rs"]
mod sandbox;

use sandbox::Sandbox;
use sandbox::alibaba::{self, Alibaba};
use sandbox::aliexpress::{self, AliExpress};
use sandbox::banggood::{self, APP_ID, Banggood};
use sandbox::cj::{Cj, KEY};
use sandbox::iop::SECRET;
use sandbox::shop::{Sale, Shop};
use sandbox::shopify::{self, Shopify};
use sandbox::woocommerce::{self, WooCommerce};
use sandbox::{Service, amazon, bigcommerce, ebay, etsy, squarespace};

/// A token that needs no log-in.
const TOKEN: &str = "sandbox-token";

/// Each with orders of its own, and the table of the config that reaches it.
fn stores(orders: u32) -> (Vec<Box<dyn Service>>, Vec<String>) {
    let ebay = ebay::Ebay::default();
    ebay.state().tokens.access.push(TOKEN.to_owned());
    let etsy = etsy::Etsy::default();
    etsy.state().tokens.access.push(TOKEN.to_owned());
    let (bigcommerce, squarespace) = (bigcommerce::Bigcommerce::default(), squarespace::Squarespace::default());
    let amazon = amazon::Amazon::default();
    let shops: [&dyn Shop; 5] = [&ebay, &etsy, &bigcommerce, &squarespace, &amazon];
    for n in 0..orders {
        let changed_at = jiff::Timestamp::now() - jiff::SignedDuration::from_mins(i64::from(orders - n) + 5);
        let sale = Sale::of(&format!("{}", 2001 + n), changed_at);
        let whole = Sale { changed_at: jiff::Timestamp::from_second(changed_at.as_second()).unwrap(), ..sale };
        shops.iter().for_each(|shop| shop.sell(&whole));
    }
    let client =
        |id: &str, secret: &str| format!("client_id = \"{id}\"\nclient_secret_command = \"printf {secret}\"\n");
    let token = |token: &str| format!("token_command = \"printf {token}\"\n");
    let shop = |shop: &str| format!("shop = \"{shop}\"\n");
    let tables = vec![
        format!("[store.ebay]\nkind = \"ebay\"\n{}{}", client(ebay::CLIENT, ebay::SECRET), token(TOKEN)),
        format!(
            "[store.etsy]\nkind = \"etsy\"\n{}{}{}",
            shop(etsy::SHOP),
            client(etsy::KEY, etsy::SHARED),
            token(TOKEN)
        ),
        format!("[store.bc]\nkind = \"bigcommerce\"\n{}{}", shop(bigcommerce::HASH), token(bigcommerce::TOKEN)),
        format!("[store.sq]\nkind = \"squarespace\"\n{}", token(squarespace::KEY)),
        format!(
            "[store.amz]\nkind = \"amazon\"\n{}{}{}",
            shop(amazon::MARKETPLACE),
            client(amazon::CLIENT, amazon::SECRET),
            token(amazon::REFRESH)
        ),
    ];
    (vec![Box::new(ebay), Box::new(etsy), Box::new(bigcommerce), Box::new(squarespace), Box::new(amazon)], tables)
}

/// `sandbox [ADDRESS [ORDERS]]`: how many orders each store has; three when not said.
fn main() {
    let address = std::env::args().nth(1).unwrap_or_else(|| "127.0.0.1:8790".to_owned());
    let orders = std::env::args().nth(2).and_then(|n| n.parse().ok()).unwrap_or(3);
    let _sandbox = {
        let (mut services, tables) = stores(orders);
        services.extend([
            Box::new(Cj::default()) as Box<dyn Service>,
            Box::new(Banggood::default()),
            Box::new(Alibaba::default()),
            Box::new(AliExpress::default()),
            Box::new(shopify()),
            Box::new(woocommerce()),
        ]);
        let mut sandbox = Sandbox::start_on(&address, services);
        sandbox.strict = false;
        let base_url = format!("base_url = \"{}\"", sandbox.url());
        println!("{base_url}");
        println!("CJ: api_key {KEY}, vid 1790000000000000001, method CJPacket Ordinary");
        let secret = banggood::SECRET;
        println!("Banggood: app_id {APP_ID}, app_secret {secret}, listing 1060897:15219, method airmail_airmail");
        for (name, key, listing, method) in [
            ("AliExpress", aliexpress::KEY, aliexpress::BLACK_M, aliexpress::METHOD),
            ("Alibaba.com", alibaba::KEY, alibaba::LAMP, alibaba::METHOD),
        ] {
            println!("{name}: app_key {key}, app_secret {SECRET}, listing {listing}, method {method}; then dsf auth");
        }
        println!("Shopify: kind shopify, token {}, three orders", shopify::TOKEN);
        let (key, secret) = (woocommerce::KEY, woocommerce::SECRET);
        println!("WooCommerce: kind woocommerce, consumer_key {key}, consumer_secret {secret}, three orders");
        tables.iter().for_each(|table| println!("\n{table}{base_url}"));
        println!(
            "\nGET /_sandbox/orders shows the orders; POST /_sandbox/fault {{\"path\",\"fault\",\"times\"}} breaks calls."
        );
        println!("Ctrl-C ends it.");
        sandbox
    };
    loop {
        std::thread::park();
    }
}

fn shopify() -> Shopify {
    let shop = Shopify::default();
    for number in ["1001", "1002", "1003"] {
        let lines = vec![shopify::line("LAMP", "Desk Lamp", 2, "20.00"), shopify::line("BAG", "Bag", 1, "6.50")];
        shop.state().add(shopify::order(number, lines));
    }
    shop
}

fn woocommerce() -> WooCommerce {
    let site = WooCommerce::default();
    for id in [701, 702, 703] {
        site.state().add(woocommerce::order(id, vec![woocommerce::item("LAMP", "Lampe", 2, 2000)]));
    }
    site
}
