//! How a person gets a parcel told that does not go by itself.

use crate::core::hold::HoldCode;
use crate::core::ids::{OrderId, PurchaseOrderId};

/// By the code of the push: something that can be typed or done.
pub fn fix(told_code: &str, order: &OrderId, po: Option<&PurchaseOrderId>, number: &str) -> String {
    let po = po.map_or_else(|| order.to_string(), ToString::to_string);
    match told_code {
        "CARRIER_UNKNOWN" | "CARRIER_DISAGREES" => format!("dsf track add {po} {number} --carrier CARRIER"),
        "CHECK_DIGIT" | "PLACEHOLDER" | "ROUNDED_NUMBER" => {
            format!("ask the supplier for the number again: dsf track add {po} NEW --replaces {number}")
        }
        "CONTENTS_UNKNOWN" => format!("dsf track add {po} {number} --line SKU=QTY"),
        "NUMBER_CHANGED" => format!("change the number at the store to {number}; the next dsf track sync sees it"),
        "UPLOAD_MISSING" => format!("if it was not uploaded: dsf track sync --again {number}"),
        "BY_HAND" => format!("type {number} in at the store, then import its next export"),
        "ABOVE_REMAINING" | "CLOSED_AT_STORE" => {
            format!("look at {order} at the store, then dsf track sync --again {number}")
        }
        "UNKNOWN" | "NO_ANSWER" | "NOT_SENT" | "REST_OF_KIT" => "the next dsf track sync looks again".to_owned(),
        "KEY_REFUSED" => "look at the store's key in the config, then dsf track sync".to_owned(),
        code if code.parse::<HoldCode>().is_ok() || code == "CANCELLED" => format!("dsf show {order}"),
        _ => format!("mend it at the store, then dsf track sync --again {number}"),
    }
}
