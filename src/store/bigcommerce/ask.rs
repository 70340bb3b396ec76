//! The requests to BigCommerce. Pure.

use serde_json::{Number, Value, json};

use super::order::WORDS;
use crate::core::push::Push;
use crate::store::rest::ask::{Ask, piece};
use crate::store::rest::window::Window;

/// The documented page.
pub const AT_ONCE: usize = 50;

#[derive(Clone)]
pub struct Root(String);

impl Root {
    /// `hash` is the store's key in all addresses.
    pub fn of(hash: &str) -> Self {
        Self(format!("/stores/{}/v2/orders", piece(hash)))
    }

    pub fn orders(&self, window: &Window) -> Ask {
        let mut query = vec![
            ("sort", "date_modified:asc".to_owned()),
            ("limit", AT_ONCE.to_string()),
            ("page", (window.skip / AT_ONCE + 1).to_string()),
            // Products and addresses with the orders, instead of two more requests for each.
            ("include", "consignments.line_items".to_owned()),
            ("consignment_structure", "object".to_owned()),
        ];
        query.extend(window.from.map(|from| ("min_date_modified", from.strftime("%Y-%m-%dT%H:%M:%SZ").to_string())));
        Ask::get(self.0.clone(), query)
    }

    pub fn one(&self) -> Ask {
        Ask::get(self.0.clone(), vec![("limit", "1".to_owned())])
    }

    pub fn order(&self, id: &str) -> Ask {
        Ask::get(format!("{}/{}", self.0, piece(id)), vec![])
    }

    /// Products, shipping addresses or shipments of an order, from the first page on.
    pub fn inside(&self, id: &str, what: &str, page: usize) -> Ask {
        let query = vec![("limit", AT_ONCE.to_string()), ("page", page.to_string())];
        Ask::get(format!("{}/{}/{what}", self.0, piece(id)), query)
    }

    /// `None` when a key is no number, as BigCommerce's are.
    pub fn ship(&self, push: &Push, address: &str, lines: &[(String, u32)]) -> Option<Ask> {
        let items = lines.iter().map(|(id, quantity)| {
            let id = number(id)?;
            Some(json!({ "order_product_id": id, "quantity": quantity }))
        });
        let carrier = push.carrier.as_deref().unwrap_or_else(|| provider_called(&push.carrier_title));
        let own = WORDS.meaning("provider", carrier).is_some() || carrier.starts_with("carrier_");
        let mut body = json!({
            "order_address_id": number(address)?,
            "tracking_number": push.tracking,
            "shipping_provider": if own { carrier } else { "" },
            "tracking_carrier": if own { "" } else { carrier },
            "items": items.collect::<Option<Vec<_>>>()?,
        });
        // Where neither names the carrier, its own page is all that the customer can follow.
        if let (true, Some(url)) = (carrier.is_empty(), &push.url) {
            body["tracking_link"] = url.as_str().into();
        }
        Some(Ask::ship(format!("{}/{}/shipments", self.0, piece(&push.order)), &body))
    }
}

/// BigCommerce's own word for a carrier that people call so; nothing where it has none.
fn provider_called(title: &str) -> &'static str {
    let folded: String = title.chars().filter(char::is_ascii_alphanumeric).collect();
    WORDS.known_as("provider", &folded).unwrap_or_default()
}

/// Digit by digit: a key is never counted with.
fn number(key: &str) -> Option<Value> {
    let digits = !key.is_empty() && key.bytes().all(|b| b.is_ascii_digit());
    digits.then(|| serde_json::from_str::<Number>(key).ok().map(Value::Number))?
}
