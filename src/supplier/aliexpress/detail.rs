//! Where an order of AliExpress stands, and its parcels. It never says which address it recorded. Pure.

use serde_json::{Value, json};

use crate::core::address::Address;
use crate::core::address::compare::Echo;
use crate::core::money::{Amount, DecimalMark, Money};
use crate::core::sending::{ParcelNotice, Recorded, SupplierStatus};
use crate::supplier::iop::answer::{flag, list};
use crate::supplier::iop::ask::Ask;
use crate::supplier::loose::{count, text};

/// What is said of an order that the account does not have, or that is some seconds old.
pub const NOT_OURS: [&str; 2] = ["isv.insufficient-permission", "isv.invalid-authorization"];

pub fn ask(order: &str) -> Ask {
    let query = json!({ "order_id": order }).to_string();
    Ask::question("aliexpress.trade.ds.order.get", &[("single_order_query", query)])
}

pub fn tracking_ask(order: &str) -> Ask {
    let params = [("ae_order_id", order.to_owned()), ("language", "en_US".to_owned())];
    Ask::question("aliexpress.ds.order.tracking.get", &params)
}

/// Product, variant by `sku_id`, and how many: what an order holds, in AliExpress's own ids.
pub fn items(answer: &Value) -> Vec<(String, String, u32)> {
    let Some(result) = answer.get("result") else { return vec![] };
    let item = |l: &Value| Some((text(l, "product_id"), text(l, "sku_id"), count(l, "product_count")?));
    children(result).into_iter().filter_map(item).collect()
}

fn children(order: &Value) -> Vec<&Value> {
    list(order, "child_order_list", &["aeop_child_order_info", "ae_child_order_info"])
}

/// `None` when the answer has no order. Its variants go by another id than ours, so no lines are told here.
pub fn recorded(order: &str, answer: &Value) -> Option<Recorded> {
    let result = answer.get("result").filter(|r| r.is_object())?;
    let parcels = list(result, "logistics_info_list", &["aeop_order_logistics_info"])
        .into_iter()
        .map(|p| ParcelNotice { number: text(p, "logistics_no"), carrier: text(p, "logistics_service") })
        .filter(|p| !p.number.is_empty());
    Some(Recorded {
        supplier_order: order.to_owned(),
        status: status(result),
        ship_to: Address::default(),
        echo: Echo::only(&[]),
        lines: vec![],
        asks: money(result, "user_order_amount").or_else(|| money(result, "order_amount")),
        parcels: parcels.collect(),
    })
}

fn money(of: &Value, key: &str) -> Option<Money> {
    let of = of.get(key)?;
    let currency = text(of, "currency_code").parse().ok()?;
    Amount::parse(&text(of, "amount"), DecimalMark::Point).ok()?.price(currency).times(1).rounded().ok()
}

/// A line that ended as cancelled weighs more than the order's own status, which goes on looking alive.
fn status(order: &Value) -> SupplierStatus {
    let raw = text(order, "order_status");
    let lines = children(order);
    let ended = |l: &&Value| text(l, "end_reason").to_ascii_uppercase().starts_with("CANCEL");
    match lines.iter().filter(|l| ended(l)).count() {
        0 => {}
        all if all == lines.len() => return SupplierStatus::Cancelled,
        _ => return SupplierStatus::Unknown(format!("{raw}, some lines CANCELED")),
    }
    if raw == "FINISH" && text(order, "logistics_status") == "BUYER_ACCEPT_GOODS" {
        return SupplierStatus::Delivered;
    }
    let row = |line: &'static str| line.split_once('\t').filter(|(known, _)| *known == raw).map(|(_, means)| means);
    match include_str!("statuses.tsv").lines().filter(|l| !l.starts_with('#')).find_map(row) {
        Some("unpaid") => SupplierStatus::Unpaid,
        Some("paid") => SupplierStatus::Paid,
        Some("shipped") => SupplierStatus::Shipped,
        _ => SupplierStatus::Unknown(raw),
    }
}

/// One a parcel, the carrier by the name that people know. "Not found" says that nothing is known yet.
pub fn parcels(answer: &Value) -> Vec<ParcelNotice> {
    let result = answer.get("result").unwrap_or(answer);
    if flag(result, "ret") == Some(false) {
        return vec![];
    }
    let data = result.get("data").unwrap_or(result);
    let notice = |line: &Value| {
        let carrier = ["cp_name", "carrier_name"].iter().map(|key| text(line, key)).find(|c| !c.is_empty());
        ParcelNotice { number: text(line, "mail_no"), carrier: carrier.unwrap_or_default() }
    };
    let lines = list(data, "tracking_detail_line_list", &["tracking_detail"]);
    lines.into_iter().map(notice).filter(|p| !p.number.is_empty()).collect()
}

/// Either of the two calls may know a number that the other does not; the tracking knows the carrier better.
pub fn joined(tracked: Vec<ParcelNotice>, told: Vec<ParcelNotice>) -> Vec<ParcelNotice> {
    let mut all = tracked;
    for parcel in told {
        if all.iter().all(|known| known.number != parcel.number) {
            all.push(parcel);
        }
    }
    all
}
