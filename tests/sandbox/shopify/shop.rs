//! Shopify in the words that all sandbox stores understand.

use serde_json::{Value, json};

use super::super::shop::{CITY, LINE1, LINE2, NAME, PHONE, POSTCODE, REGION, Sale, Shop, Told, amount};
use super::{Shopify, line, order, tail};

impl Shopify {
    fn change(&self, id: &str, change: impl FnOnce(&mut Value)) {
        let mut state = self.state();
        change(state.orders.iter_mut().find(|o| o["legacyResourceId"] == id).unwrap());
    }
}

impl Shop for Shopify {
    fn sell(&self, sale: &Sale) {
        let lines = sale.lines.iter().map(|sold| {
            let mut line = line(sold.sku, sold.title, sold.quantity, &amount(sold.cents));
            line["id"] = json!(format!("gid://shopify/LineItem/{}", sold.id));
            line
        });
        let mut order = order(&sale.id, lines.collect());
        order["legacyResourceId"] = json!(sale.id);
        order["updatedAt"] = json!(sale.changed_at.to_string());
        order["shippingAddress"] = json!({ "name": NAME, "company": null, "address1": LINE1, "address2": LINE2,
            "city": CITY, "provinceCode": REGION, "zip": POSTCODE, "countryCodeV2": "US", "phone": PHONE });
        if !sale.paid {
            order["displayFinancialStatus"] = json!("PENDING");
        }
        self.state().add(order);
    }

    fn withhold(&self, id: &str) {
        self.change(id, |o| {
            for key in ["name", "address1", "address2", "zip", "phone"] {
                o["shippingAddress"][key] = Value::Null;
            }
        });
    }

    fn cancel(&self, id: &str) {
        self.change(id, |o| o["cancelledAt"] = json!("2026-11-23T10:00:00Z"));
    }

    fn refund(&self, id: &str) {
        self.change(id, |o| {
            o["displayFinancialStatus"] = json!("REFUNDED");
            o["totalRefundedSet"] = o["totalPriceSet"].clone();
        });
    }

    fn told(&self, id: &str) -> Vec<Told> {
        let state = self.state();
        let order = state.orders.iter().find(|o| o["legacyResourceId"] == id).unwrap();
        let text = |v: &Value| v.as_str().unwrap_or_default().to_owned();
        let told = |f: &Value| {
            let lines = f["fulfillmentLineItems"]["nodes"].as_array().unwrap().iter();
            let pieces = |l: &Value| u32::try_from(l["quantity"].as_u64().unwrap()).unwrap();
            Told {
                tracking: text(&f["trackingInfo"][0]["number"]),
                carrier: text(&f["trackingInfo"][0]["company"]),
                lines: lines.map(|l| (tail(&l["lineItem"]["id"]).to_owned(), pieces(l))).collect(),
            }
        };
        order["fulfillments"].as_array().unwrap().iter().map(told).collect()
    }

    fn expire_tokens(&self) {
        let mut state = self.state();
        state.token = "shpat_another".to_owned();
        state.expire_token();
    }
}
