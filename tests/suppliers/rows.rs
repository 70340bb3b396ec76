//! The rows: for each kind its sandbox, its lines of config, an order that it takes and one that it refuses.

use std::path::Path;
use std::sync::Arc;

use dsf::core::sending::Dispatch;
use dsf::net::clock::Clock;

use crate::sandbox::iop::Gateway;
use crate::sandbox::{Sandbox, alibaba, aliexpress, banggood, cj};
use crate::wire::{FakeClock, dispatch};

/// The sandbox's side of one supplier, as far as the suite turns it.
pub trait Peer {
    /// Lines of its table in the config, but for the base URL. Secrets are in files of the folder.
    fn table(&self, folder: &Path) -> String;
    /// It goes by this clock.
    fn follow(&self, _: Arc<FakeClock>) {}
    /// A code as its page of consent gives one; `None` where no person is needed.
    fn code(&self) -> Option<String> {
        None
    }
    /// The access token ends, whatever was said of its life.
    fn expire(&self);
    /// From now on no key, secret or consent is good.
    fn revoke(&self);
    /// What no trace and no error may show.
    fn secrets(&self) -> Vec<String>;
}

pub struct Row {
    pub kind: &'static str,
    pub start: fn() -> (Box<dyn Peer>, Sandbox),
    /// How the call that makes an order ends.
    pub create: &'static str,
    /// Listings of the sandbox, with the method that ships them.
    pub listings: [&'static str; 2],
    pub method: &'static str,
    /// What the second order of the suite changes, so that the supplier certainly refuses.
    pub refused: fn(&mut Dispatch),
    /// An answer to a create that is a definite refusal.
    pub refusal: &'static str,
    /// How often the client asks a limiter that says no to an order.
    pub tries: usize,
    /// Answers to a create that prove nothing, beside those that prove nothing anywhere.
    pub proves_nothing: &'static [&'static str],
}

impl Row {
    pub fn dispatch(&self) -> Dispatch {
        let mut order = dispatch();
        order.method = self.method.to_owned();
        for (line, listing) in order.lines.iter_mut().zip(self.listings) {
            line.listing_id = listing.to_owned();
        }
        order
    }
}

pub const ROWS: &[Row] = &[
    Row {
        kind: "cj",
        start: || {
            let (peer, sandbox) = cj::Cj::start();
            (Box::new(peer), sandbox)
        },
        create: "/shopping/order/createOrderV2",
        listings: ["1790000000000000001", "AAAAAAAA-1111-4222-8333-BBBBBBBBBBBB"],
        method: "CJPacket Ordinary",
        refused: |order| order.method = "No Such Method".to_owned(),
        refusal: r#"{"code":1605001,"result":false,"message":"Logistic invalid"}"#,
        tries: 3,
        proves_nothing: &[
            r#"{"code":1603000,"message":"Order create fail"}"#,
            r#"{"code":200,"result":true,"data":null}"#,
        ],
    },
    Row {
        kind: "banggood",
        start: || {
            let (peer, sandbox) = banggood::Banggood::start();
            (Box::new(peer), sandbox)
        },
        create: "/order/importOrder",
        listings: ["1060897:15219", "1000001:45,2"],
        method: "airmail_airmail",
        refused: |order| order.lines.iter_mut().for_each(|line| line.listing_id = "999:1".to_owned()),
        refusal: r#"{"code":12034,"msg":"Error product_id","lang":"en"}"#,
        // The limit is of the day.
        tries: 1,
        proves_nothing: &[
            r#"{"code":0,"sale_record_id":"US-1001-1","product_total":2,"success_total":1,"failure_total":1}"#,
            r#"{"code":12062,"msg":"Duplicate Sale_record_id"}"#,
            r#"{"code":21010,"msg":"system error"}"#,
        ],
    },
    Row {
        kind: "aliexpress",
        start: || {
            let (peer, sandbox) = aliexpress::AliExpress::start();
            (Box::new(peer), sandbox)
        },
        create: aliexpress::ORDER_CREATE,
        listings: [aliexpress::BLACK_M, aliexpress::WHITE_M],
        method: aliexpress::METHOD,
        refused: |order| order.method = "No Such Method".to_owned(),
        refusal: r#"{"aliexpress_ds_order_create_response":{"result":{"is_success":false,"error_code":"DELIVERY_METHOD_NOT_EXIST","error_msg":"?"}}}"#,
        tries: 3,
        proves_nothing: &[
            r#"{"aliexpress_ds_order_create_response":{"result":{"is_success":true,"order_list":{"number":[]}}}}"#,
            r#"{"aliexpress_ds_order_create_response":{"result":{"order_list":{"number":[8190000000000001]}}}}"#,
            r#"{"aliexpress_ds_order_create_response":{"result":{"is_success":false,"error_code":"REPEATED_ORDER_ERROR"}}}"#,
            r#"{"aliexpress_ds_order_create_response":{"result":{"is_success":false,"error_code":"ERROR_WHEN_BUILD_FOR_PLACE_ORDER"}}}"#,
            r#"{"aliexpress_ds_order_create_response":{"result":{"is_success":false}}}"#,
            r#"{"error_response":{"code":"15","type":"ISP","sub_code":"isp.service-unavailable","msg":"Remote service error"}}"#,
            r#"{"error_response":{"code":"ServiceUnavailable","type":"SYSTEM"}}"#,
        ],
    },
    Row {
        kind: "alibaba",
        start: || {
            let (peer, sandbox) = alibaba::Alibaba::start();
            (Box::new(peer), sandbox)
        },
        create: alibaba::ORDER_CREATE,
        listings: [alibaba::LAMP, alibaba::LAMP],
        method: alibaba::METHOD,
        refused: |order| order.method = "No Such Method".to_owned(),
        refusal: r#"{"code":"4028","type":"ISV","message":"order vendor code not match"}"#,
        tries: 3,
        proves_nothing: &[
            r#"{"code":"0","value":{"pay_url":"https://example.invalid/pay"}}"#,
            r#"{"code":"0","value":{"trade_id":"null"}}"#,
            r#"{"code":"4016","type":"ISP","message":"freight template service error"}"#,
            r#"{"code":"ServiceUnavailable","type":"SYSTEM","message":"?"}"#,
        ],
    },
];

impl Peer for cj::Cj {
    fn table(&self, folder: &Path) -> String {
        let key = folder.join("key");
        std::fs::write(&key, cj::KEY).unwrap();
        format!("kind = \"cj\"\napi_key_file = \"{}\"\n", key.display())
    }

    fn expire(&self) {
        self.state().expire_token();
    }

    fn revoke(&self) {
        self.state().expire_token();
        self.state().key = "another".to_owned();
    }

    fn secrets(&self) -> Vec<String> {
        vec![cj::KEY.to_owned(), "API@CJ".to_owned()]
    }
}

impl Peer for banggood::Banggood {
    fn table(&self, folder: &Path) -> String {
        let secret = folder.join("secret");
        std::fs::write(&secret, banggood::SECRET).unwrap();
        format!("kind = \"banggood\"\napp_id = \"{}\"\napp_secret_file = \"{}\"\n", banggood::APP_ID, secret.display())
    }

    fn expire(&self) {
        self.state().expire_token();
    }

    fn revoke(&self) {
        self.state().expire_token();
        self.state().secret = "another".to_owned();
    }

    fn secrets(&self) -> Vec<String> {
        vec![banggood::SECRET.to_owned(), "0f1e2d3c4b5a6978".to_owned()]
    }
}

fn iop_table(kind: &str, app_key: &str, folder: &Path) -> String {
    let secret = folder.join("secret");
    std::fs::write(&secret, crate::sandbox::iop::SECRET).unwrap();
    format!(
        "kind = \"{kind}\"\napp_key = \"{app_key}\"\napp_secret_file = \"{}\"\nredirect_uri = \"http://127.0.0.1/cb\"\n",
        secret.display()
    )
}

fn iop_secrets() -> Vec<String> {
    ["dsf-test-secret-0001", "50000access", "50001refresh"].map(str::to_owned).to_vec()
}

fn follow(gateway: &mut Gateway, clock: Arc<FakeClock>) {
    gateway.now = Arc::new(move || clock.now());
}

impl Peer for aliexpress::AliExpress {
    fn table(&self, folder: &Path) -> String {
        iop_table("aliexpress", aliexpress::KEY, folder)
    }

    fn follow(&self, clock: Arc<FakeClock>) {
        follow(&mut self.state().gateway, clock);
    }

    fn code(&self) -> Option<String> {
        Some(self.state().gateway.new_code())
    }

    fn expire(&self) {
        self.state().gateway.expire_access();
    }

    fn revoke(&self) {
        self.state().gateway.expire_all();
    }

    fn secrets(&self) -> Vec<String> {
        iop_secrets()
    }
}

impl Peer for alibaba::Alibaba {
    fn table(&self, folder: &Path) -> String {
        iop_table("alibaba", alibaba::KEY, folder)
    }

    fn follow(&self, clock: Arc<FakeClock>) {
        follow(&mut self.state().gateway, clock);
    }

    fn code(&self) -> Option<String> {
        Some(self.state().gateway.new_code())
    }

    fn expire(&self) {
        self.state().gateway.expire_access();
    }

    fn revoke(&self) {
        self.state().gateway.expire_all();
    }

    fn secrets(&self) -> Vec<String> {
        iop_secrets()
    }
}

/// All that a sandbox holds under the reference of the suite's order.
pub fn orders(sandbox: &Sandbox) -> usize {
    sandbox.orders_of("US-1001-1")
}
