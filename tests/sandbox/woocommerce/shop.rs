//! WooCommerce in the words that all sandbox stores understand.

use serde_json::{Value, json};

use super::super::shop::{CITY, LINE1, LINE2, PHONE, POSTCODE, REGION, Sale, Shop, Told};
use super::{WooCommerce, item, order};

impl WooCommerce {
    fn change(&self, id: &str, change: impl FnOnce(&mut Value)) {
        change(&mut self.state().get(id.parse().unwrap()).order);
    }
}

impl Shop for WooCommerce {
    fn sell(&self, sale: &Sale) {
        let id: u64 = sale.id.parse().unwrap();
        let lines = sale.lines.iter().map(|sold| {
            let mut line = item(sold.sku, sold.title, sold.quantity.into(), sold.cents.into());
            line["id"] = json!(sold.id.parse::<u64>().unwrap());
            line
        });
        let mut order = order(id, lines.collect());
        order["currency"] = json!("USD");
        order["shipping"] = json!({ "first_name": "Nora", "last_name": "Testwell", "company": "", "address_1": LINE1,
            "address_2": LINE2, "city": CITY, "state": REGION, "postcode": POSTCODE, "country": "US", "phone": PHONE });
        if !sale.paid {
            order["status"] = json!("pending");
        }
        let mut state = self.state();
        state.add(order);
        let at = sale.changed_at.strftime("%Y-%m-%dT%H:%M:%S").to_string();
        state.get(id).order["date_modified_gmt"] = json!(at);
    }

    /// A real one keeps nothing back; some plugin may.
    fn withhold(&self, id: &str) {
        self.change(id, |o| {
            for key in ["first_name", "last_name", "address_1", "phone", "address_2", "city", "postcode"] {
                o["shipping"][key] = Value::Null;
            }
        });
    }

    fn cancel(&self, id: &str) {
        self.change(id, |o| o["status"] = json!("cancelled"));
    }

    fn refund(&self, id: &str) {
        self.change(id, |o| o["status"] = json!("refunded"));
    }

    fn told(&self, id: &str) -> Vec<Told> {
        let mut state = self.state();
        let order = state.get(id.parse().unwrap());
        let carrier = |note: &Value| {
            let text = note["note"].as_str().unwrap_or_default();
            text.split("Shipped with ").nth(1).and_then(|rest| rest.split('.').next()).unwrap_or_default().to_owned()
        };
        let carriers: Vec<String> = order.notes.iter().map(carrier).collect();
        let told = order.told().into_iter().zip(carriers);
        told.map(|((tracking, ..), carrier)| Told { tracking, carrier, lines: vec![] }).collect()
    }

    fn expire_tokens(&self) {
        self.state().secret = "cs_another".to_owned();
    }
}
