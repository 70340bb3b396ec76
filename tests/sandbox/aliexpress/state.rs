//! What the sandbox AliExpress remembers.

use jiff::Timestamp;
use serde_json::Value;

use super::super::iop::Gateway;

pub struct Sku {
    pub attr: &'static str,
    pub id: u64,
    pub cents: u64,
    pub stock: u64,
}

pub struct Product {
    pub id: u64,
    pub store: u64,
    pub skus: Vec<Sku>,
    pub selling: bool,
    /// Countries to which it is not sold.
    pub barred: Vec<&'static str>,
}

#[derive(Clone, Debug)]
pub struct Order {
    pub id: u64,
    pub reference: String,
    pub at: Timestamp,
    /// The product items of this store, as they were sent.
    pub items: Vec<Value>,
    /// The address as it was sent: kept to look at, never told.
    pub address: Value,
    pub extend: Value,
    pub status: &'static str,
    pub logistics: &'static str,
    pub cancelled: bool,
    /// Number, carrier, whether order.get tells it, whether tracking tells it.
    pub parcels: Vec<(String, &'static str, bool, bool)>,
}

pub struct State {
    pub gateway: Gateway,
    pub products: Vec<Product>,
    pub orders: Vec<Order>,
    /// One element where a list is meant comes as itself.
    pub flattens: bool,
    /// Numbers come as text and the other way round.
    pub as_text: bool,
    /// A second order with the same `out_order_id` answers with the first one's numbers instead of an error.
    pub repeats_answer: bool,
    /// For so many seconds a new order cannot be read.
    pub hidden_seconds: i64,
    /// So many times freight answers 506.
    pub freight_busy: usize,
}

impl Default for State {
    fn default() -> Self {
        let sku = |attr, id, cents, stock| Sku { attr, id, cents, stock };
        Self {
            gateway: Gateway::of(super::KEY, 180),
            products: vec![
                Product {
                    id: 1_005_006_000_000_001,
                    store: 1_100_000_001,
                    skus: vec![
                        sku("14:193#Black;5:361386", 12_000_030_000_000_001, 801, 27),
                        sku("14:29#White Tee;5:361386", 12_000_030_000_000_002, 825, 2),
                    ],
                    selling: true,
                    barred: vec!["BY"],
                },
                Product {
                    id: 1_005_006_000_000_002,
                    store: 1_100_000_002,
                    skus: vec![sku("", 12_000_030_000_000_003, 450, 500)],
                    selling: true,
                    barred: vec![],
                },
            ],
            orders: vec![],
            flattens: false,
            as_text: false,
            repeats_answer: false,
            hidden_seconds: 0,
            freight_busy: 0,
        }
    }
}

impl State {
    pub fn product(&self, id: &str) -> Option<&Product> {
        self.products.iter().find(|p| p.id.to_string() == id)
    }

    pub fn order(&mut self, id: &str) -> Option<&mut Order> {
        self.orders.iter_mut().find(|o| o.id.to_string() == id)
    }

    pub fn pay(&mut self, reference: &str) {
        for order in self.orders.iter_mut().filter(|o| o.reference == reference) {
            (order.status, order.logistics) = ("WAIT_SELLER_SEND_GOODS", "WAIT_SELLER_SEND_GOODS");
        }
    }

    pub fn ship(&mut self, reference: &str, number: &str, in_order: bool, in_tracking: bool) {
        for order in self.orders.iter_mut().filter(|o| o.reference == reference) {
            (order.status, order.logistics) = ("WAIT_BUYER_ACCEPT_GOODS", "SELLER_SEND_GOODS");
            order.parcels.push((number.to_owned(), "USPS", in_order, in_tracking));
        }
    }
}
