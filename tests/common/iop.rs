//! A client of AliExpress or Alibaba.com with a token from an earlier run, against its sandbox or a list of answers.
#![allow(dead_code, clippy::unwrap_used)]

use std::path::Path;
use std::sync::Arc;

use dsf::net::Net;
use dsf::supplier::api::SupplierApi;
use dsf::supplier::kinds::KINDS;
use dsf::token::Consent;

use super::wire::{client_of, config_of};

/// Lines of the config for a kind.
pub fn table(kind: &str, app_key: &str, base_url: &str) -> String {
    format!(
        "kind = \"{kind}\"\napp_key = \"{app_key}\"\napp_secret_command = \"printf dsf-test-secret-0001\"\n\
         redirect_uri = \"http://127.0.0.1/cb\"\nbase_url = \"{base_url}\"\nrequests_per_second = 1000\n"
    )
}

pub fn consent(kind: &str, table: &str, net: &Net) -> Box<dyn Consent> {
    let of = KINDS.iter().find(|k| k.name == kind).unwrap().consent.unwrap();
    of("s", &config_of(table).suppliers["s"], net).unwrap()
}

/// A client whose token is in the config: nothing is asked before the first call.
pub fn given(kind: &str, net: &Net) -> Box<dyn SupplierApi> {
    let table = table(kind, "510000", "http://127.0.0.1:1");
    client_of(&format!("{table}access_token_command = \"printf 50000test\"\n"), net)
}

/// Name and value of what a request said, with the order in which they came.
pub fn said(request: &dsf::net::Request) -> Vec<(String, String)> {
    let body = String::from_utf8(request.body.clone()).unwrap();
    let pair = |pair: &str| {
        let (name, value) = pair.split_once('=').unwrap();
        (super::sandbox::http::plain(name), super::sandbox::http::plain(value))
    };
    body.split('&').map(pair).collect()
}

pub fn value(said: &[(String, String)], name: &str) -> String {
    said.iter().find(|(n, _)| n == name).map(|(_, v)| v.clone()).unwrap_or_default()
}

pub fn state_folder() -> tempfile::TempDir {
    tempfile::tempdir().unwrap()
}

pub fn net(wire: Arc<dyn dsf::net::Wire>, clock: &Arc<super::wire::FakeClock>, folder: &Path) -> Net {
    super::wire::net(wire, clock, folder)
}
