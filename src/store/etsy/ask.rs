//! The requests to Etsy. Pure.

use serde_json::json;

use crate::core::push::Push;
use crate::store::rest::ask::{Ask, piece};
use crate::store::rest::window::Window;

pub const AT_ONCE: usize = 100;
/// For a carrier that Etsy does not list.
const OTHER_CARRIER: &str = "other";

fn root(shop: &str) -> String {
    format!("/v3/application/shops/{}/receipts", piece(shop))
}

pub fn receipts(shop: &str, window: &Window) -> Ask {
    let mut query = vec![
        ("limit", AT_ONCE.to_string()),
        ("offset", window.skip.to_string()),
        ("sort_on", "updated".to_owned()),
        ("sort_order", "asc".to_owned()),
    ];
    query.extend(window.from.map(|from| ("min_last_modified", from.as_second().to_string())));
    Ask::get(root(shop), query)
}

pub fn one(shop: &str) -> Ask {
    Ask::get(root(shop), vec![("limit", "1".to_owned())])
}

pub fn receipt(shop: &str, id: &str) -> Ask {
    Ask::get(format!("{}/{}", root(shop), piece(id)), vec![])
}

/// The whole receipt: Etsy counts no lines. It writes to the buyer each time; only the copy to the seller is ours to choose.
pub fn ship(shop: &str, push: &Push) -> Ask {
    let body = json!({
        "tracking_code": push.tracking,
        "carrier_name": push.carrier.as_deref().unwrap_or(OTHER_CARRIER),
        "send_bcc": false,
    });
    Ask::ship(format!("{}/{}/tracking", root(shop), piece(&push.order)), &body)
}
