//! What 17TRACK says of a parcel, as its `track_info`.

use serde_json::{Value, json};

/// One event: time, stage, sub-status, country, state, city, postcode.
pub type Told<'a> = (&'a str, &'a str, &'a str, [&'a str; 4]);

fn event((time, stage, sub, place): &Told) -> Value {
    let or_null = |text: &str| if text.is_empty() { Value::Null } else { json!(text) };
    let [country, state, city, postcode] = place.map(or_null);
    json!({"time_iso": time, "time_utc": time, "time_raw": {"date": null, "time": null, "timezone": null},
        "description": format!("{stage} at the sorting centre"), "description_translation": null, "location": city,
        "stage": or_null(stage), "sub_status": or_null(sub),
        // The street of a delivery can be the customer's door: dsf must not keep it.
        "address": {"country": country, "state": state, "city": city, "street": "12 SECRET LANE", "postal_code": postcode,
            "coordinates": {"longitude": "1.0", "latitude": "2.0"}}})
}

/// Events the newest first, as 17TRACK has them.
pub fn scene(status: &str, sub: &str, events: &[Told]) -> Value {
    let events: Vec<Value> = events.iter().map(event).collect();
    json!({"shipping_info": {"shipper_address": {"country": "CN"}, "recipient_address": {"country": null, "postal_code": null}},
        "latest_status": {"status": status, "sub_status": sub, "sub_status_descr": null},
        "latest_event": events.first().cloned(), "time_metrics": null, "milestone": [],
        "misc_info": {"risk_factor": 0, "local_number": null, "local_provider": null, "local_key": 0},
        "tracking": {"providers_hash": 1, "providers": [
            {"provider": {"key": 190_008, "name": "YunExpress"}, "events_hash": 1, "events": events},
            // Another leg repeats what the first said.
            {"provider": {"key": 21_051, "name": "USPS"}, "events_hash": 2, "events": events}]}})
}

pub fn moving(time: &str) -> Value {
    scene("InTransit", "InTransit_Departure", &[(time, "Departure", "InTransit_Departure", ["CN", "", "SHENZHEN", ""])])
}

pub fn delivered(time: &str, picked_up: &str, place: [&str; 4]) -> Value {
    scene(
        "Delivered",
        "Delivered_Other",
        &[
            (time, "Delivered", "Delivered_Other", place),
            (picked_up, "PickedUp", "InTransit_PickedUp", ["CN", "", "SHENZHEN", ""]),
        ],
    )
}

/// Everything that can be null is.
pub fn nulls() -> Value {
    json!({"shipping_info": null, "latest_status": {"status": null, "sub_status": null}, "latest_event": null,
        "time_metrics": null, "milestone": null, "misc_info": null, "tracking": null})
}
