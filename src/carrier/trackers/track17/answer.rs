//! 17TRACK's envelope, its errors and its reports. Pure; every field can be null or missing.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use jiff::Timestamp;
use serde_json::Value;

use super::super::{Heard, Registered};
use crate::core::address::arrival::Place;
use crate::core::parcel::{Event, Report, Status, words};
use crate::core::sending::AskError;
use crate::net::Answer;

static ERRORS: LazyLock<BTreeMap<&'static str, &'static str>> = LazyLock::new(|| table(include_str!("errors.tsv")));
static STATUSES: LazyLock<BTreeMap<&'static str, &'static str>> = LazyLock::new(|| table(include_str!("statuses.tsv")));

fn table(text: &'static str) -> BTreeMap<&'static str, &'static str> {
    text.lines().filter(|l| !l.starts_with('#')).filter_map(|l| l.split_once('\t')).collect()
}

/// What a code asks for; empty where no table knows it.
fn asks(code: &str) -> &'static str {
    ERRORS.get(code).copied().unwrap_or_default()
}

/// A status or sub-status in our vocabulary; an unknown sub-status of a known status is that status, an unknown status stays.
pub fn status(status: &str, sub: &str) -> Status {
    let known = |word: &str| STATUSES.get(word).map(|s| Status::read(s));
    if let Some(found) = known(sub) {
        return found;
    }
    let whole = if status.is_empty() { sub.split('_').next().unwrap_or_default() } else { status };
    match known(whole) {
        // A new kind of exception can mean anything, so it is shown as it is.
        Some(Status::Exception) if !sub.is_empty() && !KNOWN_EXCEPTIONS.contains(&sub) => {
            Status::Unknown(sub.to_owned())
        }
        Some(found) => found,
        None if whole.is_empty() => Status::New,
        None => Status::Unknown(whole.to_owned()),
    }
}

const KNOWN_EXCEPTIONS: [&str; 6] =
    ["Exception_Other", "Exception_NoBody", "Exception_Damage", "Exception_Rejected", "Exception_Cancel", "Exception"];

/// The `data` of a whole answer: HTTP status and code must both say yes, for some errors come with HTTP 200.
///
/// # Errors
/// The key is refused, the server is busy, or the answer cannot be read.
pub fn data(answer: Answer) -> Result<Value, AskError> {
    let reply = match answer {
        Answer::Reply(reply) => reply,
        Answer::NotSent(why) | Answer::Unknown(why) => return Err(AskError::Unreachable(why)),
    };
    let body: Value = serde_json::from_slice(&reply.body).unwrap_or_default();
    let code = text(&body["code"]);
    if reply.status == 200 && code == "0" {
        return Ok(body["data"].clone());
    }
    let first = items(&body["data"]["errors"]).into_iter().next().unwrap_or_default();
    let (inner, message) = (text(&first["code"]), words(&text(&first["message"])));
    let code = [inner, code].into_iter().find(|c| !c.is_empty() && c != "0").unwrap_or_default();
    match (asks(&code), reply.status) {
        ("key", _) | (_, 401 | 403) => Err(AskError::KeyRefused(format!("{code} {message}").trim().to_owned())),
        ("later", _) | (_, 429 | 500..=599) => {
            Err(AskError::Unreachable(format!("HTTP {}, {code} {message}", reply.status)))
        }
        _ if code.is_empty() => {
            let code = format!("HTTP {}", reply.status);
            Err(AskError::Answer { code, message: "no answer of 17TRACK's".to_owned() })
        }
        _ => Err(AskError::Answer { code, message }),
    }
}

/// Numbers that are left of the quota.
pub fn quota(data: &Value) -> Option<u64> {
    text(&data["quota_remain"]).parse().ok()
}

pub fn registered(data: &Value) -> BTreeMap<String, Registered> {
    let mut found = BTreeMap::new();
    for item in items(&data["accepted"]) {
        found.insert(text(&item["number"]), Registered::Yes { carrier: text(&item["carrier"]) });
    }
    for item in items(&data["rejected"]) {
        let (code, message) = (text(&item["error"]["code"]), words(&text(&item["error"]["message"])));
        let said = match asks(&code) {
            "registered" => Registered::Yes { carrier: text(&item["carrier"]) },
            "quota" | "later" => Registered::Later { code, message },
            _ => Registered::No { code, message },
        };
        found.insert(text(&item["number"]), said);
    }
    found.remove("");
    found
}

pub fn reports(data: &Value) -> BTreeMap<String, Heard> {
    let mut found = BTreeMap::new();
    for item in items(&data["accepted"]) {
        found.insert(text(&item["number"]), Heard::Report(Box::new(report(&item["track_info"]))));
    }
    for item in items(&data["rejected"]) {
        let (code, message) = (text(&item["error"]["code"]), words(&text(&item["error"]["message"])));
        let nothing = || Report { status: Status::NotFound, events: vec![], last_mile: None, goes_to: None };
        let said = match asks(&code) {
            "not_registered" => Heard::NotRegistered,
            "no_news" => Heard::Report(Box::new(nothing())),
            _ => Heard::No { code, message },
        };
        found.insert(text(&item["number"]), said);
    }
    found.remove("");
    found
}

fn report(info: &Value) -> Report {
    let latest = &info["latest_status"];
    let misc = &info["misc_info"];
    let mut events: Vec<Event> = vec![];
    for provider in items(&info["tracking"]["providers"]) {
        for event in items(&provider["events"]) {
            // The same event comes from several providers.
            events.extend(self::event(&event).filter(|e| !events.contains(e)));
        }
    }
    events.extend(event(&info["latest_event"]).filter(|e| !events.contains(e)));
    let last = (text(&misc["local_number"]), text(&misc["local_key"]));
    let key = if last.1 == "0" { text(&misc["local_provider"]) } else { last.1 };
    Report {
        status: status(&text(&latest["status"]), &text(&latest["sub_status"])),
        events,
        last_mile: (!last.0.is_empty()).then_some((last.0, key)),
        goes_to: Some(place(&info["shipping_info"]["recipient_address"])).filter(|p| *p != Place::default()),
    }
}

/// An event without a time cannot be put in order, so it is none. Local times without a zone are not guessed at.
fn event(value: &Value) -> Option<Event> {
    let time = |key: &str| text(&value[key]).parse::<Timestamp>().ok();
    let at = time("time_utc").or_else(|| time("time_iso"))?;
    let sub = text(&value["sub_status"]);
    let stage = text(&value["stage"]);
    Some(Event {
        at,
        status: match status("", &sub) {
            // An event with a stage alone says as much as the milestone of that name.
            Status::New => status(&stage, ""),
            found => found,
        },
        words: words(&text(&value["description"])),
        place: place(&value["address"]),
    })
}

/// Country, region, town and postcode alone: street and coordinates of an event can be the customer's door.
fn place(address: &Value) -> Place {
    let said = |key: &str| words(&text(&address[key]));
    Place { country: said("country"), region: said("state"), city: said("city"), postcode: said("postal_code") }
}

/// An array, or the one object that stands in its place.
fn items(value: &Value) -> Vec<Value> {
    match value {
        Value::Array(items) => items.clone(),
        Value::Object(_) => vec![value.clone()],
        _ => vec![],
    }
}

fn text(value: &Value) -> String {
    match value {
        Value::String(text) => text.trim().to_owned(),
        Value::Number(number) => number.to_string(),
        _ => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::net::Reply;

    fn said(status: u16, body: &Value) -> Result<Value, AskError> {
        data(Answer::Reply(Reply { status, headers: vec![], body: body.to_string().into_bytes() }))
    }

    #[test]
    fn words_that_no_table_knows_stay_unknown() {
        for (main, sub, want) in [
            ("InTransit", "InTransit_PickedUp", Status::InTransit),
            ("InTransit", "InTransit_Somersault", Status::InTransit),
            ("InTransit", "InTransit_CustomsRequiringInformation", Status::CustomsHold),
            ("Exception", "Exception_Returned", Status::Returned),
            ("Exception", "Exception_Damaged", Status::Unknown("Exception_Damaged".into())),
            ("Teleported", "", Status::Unknown("Teleported".into())),
            ("", "Delivered_Other", Status::Delivered),
            ("", "", Status::New),
        ] {
            assert_eq!(status(main, sub), want, "{main} {sub}");
        }
    }

    #[test]
    fn a_yes_is_http_200_and_code_0() {
        assert!(said(200, &json!({"code": 0, "data": {}})).is_ok());
        let key = json!({"code": -18010002, "data": {"errors": [{"code": -18010002, "message": "bad key"}]}});
        assert_eq!(said(401, &key), Err(AskError::KeyRefused("-18010002 bad key".into())));
        assert!(matches!(said(200, &json!({"code": 401, "data": {}})), Err(AskError::KeyRefused(_))));
        assert!(matches!(said(429, &json!({"code": 429, "data": {}})), Err(AskError::Unreachable(_))));
        assert!(matches!(said(200, &json!({"code": -18010014, "data": {}})), Err(AskError::Answer { .. })));
        assert!(matches!(said(200, &json!(null)), Err(AskError::Answer { .. })));
    }

    #[test]
    fn a_refusal_of_one_number_may_be_an_object_and_may_be_a_success() {
        let data =
            json!({"accepted": null, "rejected": {"number": "A1", "error": {"code": -18019901, "message": "known"}}});
        assert_eq!(registered(&data)["A1"], Registered::Yes { carrier: String::new() });
        let data = json!({"rejected": [{"number": "A1", "error": {"code": -18019908}}, {"number": "A2", "error": {"code": -1}}]});
        let found = registered(&data);
        assert!(matches!(found["A1"], Registered::Later { .. }) && matches!(found["A2"], Registered::No { .. }));
        let data = json!({"rejected": [{"number": "A1", "error": {"code": -18019909}}, {"number": "A2", "error": {"code": -18019902}}]});
        let found = reports(&data);
        assert!(matches!(&found["A1"], Heard::Report(r) if r.status == Status::NotFound));
        assert_eq!(found["A2"], Heard::NotRegistered);
    }

    #[test]
    fn a_report_full_of_nulls_is_no_news() {
        let found = report(
            &json!({"latest_status": null, "latest_event": {"time_utc": null}, "tracking": {"providers": null}}),
        );
        assert_eq!(found, Report { status: Status::New, events: vec![], last_mile: None, goes_to: None });
    }

    #[test]
    fn the_street_of_an_event_is_not_read() {
        let event = event(&json!({"time_utc": "2026-05-02T18:34:00Z", "stage": "Delivered", "sub_status": null,
            "description": "left at door", "address": {"country": "US", "street": "12 Sample Ln", "postal_code": "07307"}}))
        .unwrap();
        assert_eq!((event.status, event.place.postcode.as_str()), (Status::Delivered, "07307"));
        assert!(!format!("{:?}", event.place).contains("Sample"));
    }
}
