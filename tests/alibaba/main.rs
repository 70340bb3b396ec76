//! Alibaba.com: the client by itself, over a socket, and the whole program.
#![allow(clippy::unwrap_used, clippy::panic)]

mod client;
#[path = "../common/mod.rs"]
mod common;
#[path = "../common/iop.rs"]
mod iop;
mod over_the_wire;
mod program;
#[path = "../sandbox/mod.rs"]
mod sandbox;
#[path = "../common/wire.rs"]
mod wire;

use dsf::core::sending::Dispatch;
use dsf::supplier::api::SupplierApi;

use sandbox::alibaba::{CUPS, LAMP, METHOD};

/// The suite's order with Alibaba.com's listings: a lamp and sixty cups.
fn order() -> Dispatch {
    let mut order = wire::dispatch();
    order.method = METHOD.to_owned();
    order.lines[0].listing_id = LAMP.to_owned();
    order.lines[1].listing_id = CUPS.to_owned();
    order.lines[1].quantity = 60;
    order
}

/// A client that can be asked for bytes alone.
fn offline() -> Box<dyn SupplierApi> {
    let folder = tempfile::tempdir().unwrap();
    wire::client_of("kind = \"alibaba\"\n", &dsf::net::Net::offline(folder.path()))
}
