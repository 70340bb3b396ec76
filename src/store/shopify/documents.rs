//! The GraphQL documents that dsf sends, as files. A test holds each against the schema of Shopify.

/// A document with what dsf does about its cost.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Document {
    pub name: &'static str,
    pub text: &'static str,
    pub writes: bool,
}

const fn asks(name: &'static str, text: &'static str) -> Document {
    Document { name, text, writes: false }
}

pub const ORDERS: Document = asks("orders", include_str!("queries/orders.graphql"));
pub const ORDERS_PLAIN: Document = asks("orders-plain", include_str!("queries/orders-plain.graphql"));
pub const ORDER: Document = asks("order", include_str!("queries/order.graphql"));
pub const ORDER_PLAIN: Document = asks("order-plain", include_str!("queries/order-plain.graphql"));
pub const LINES: Document = asks("lines", include_str!("queries/lines.graphql"));
pub const FULFILLMENT_ORDERS: Document = asks("fulfillment-orders", include_str!("queries/fulfillment-orders.graphql"));
pub const CHECK: Document = asks("check", include_str!("queries/check.graphql"));
pub const FULFILL: Document = Document { name: "fulfill", text: include_str!("queries/fulfill.graphql"), writes: true };

pub const ALL: &[Document] = &[ORDERS, ORDERS_PLAIN, ORDER, ORDER_PLAIN, LINES, FULFILLMENT_ORDERS, CHECK, FULFILL];
