//! `cargo run --example sandbox`: the suppliers of the tests on this computer, to try dsf without an account.
#![allow(clippy::print_stdout)]

#[path = "../tests/sandbox/mod.rs"]
mod sandbox;

use sandbox::Sandbox;
use sandbox::alibaba::{self, Alibaba};
use sandbox::aliexpress::{self, AliExpress};
use sandbox::banggood::{self, APP_ID, Banggood};
use sandbox::cj::{Cj, KEY};
use sandbox::iop::SECRET;
use sandbox::shopify::{self, Shopify};
use sandbox::woocommerce::{self, WooCommerce};

fn main() {
    let address = std::env::args().nth(1).unwrap_or_else(|| "127.0.0.1:0".to_owned());
    let _sandbox = {
        let mut sandbox = Sandbox::start_on(
            &address,
            vec![
                Box::new(Cj::default()),
                Box::new(Banggood::default()),
                Box::new(Alibaba::default()),
                Box::new(AliExpress::default()),
                Box::new(shopify()),
                Box::new(woocommerce()),
            ],
        );
        sandbox.strict = false;
        println!("base_url = \"{}\"", sandbox.url());
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
        println!(
            "GET /_sandbox/orders shows the orders; POST /_sandbox/fault {{\"path\",\"fault\",\"times\"}} breaks calls."
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
