//! What a shipping route asks of an address: the rule tips of freightCalculateTip. Pure.
//!
//! A rule is an expression in Java's flavour that the whole field must match, or least and most characters. An
//! expression that cannot be read here is reported, never passed over: CJ would stop the order later.

use regex::Regex;
use serde_json::Value;

use crate::core::address::Address;
use crate::core::hold::HoldCode;
use crate::supplier::api::Problem;
use crate::supplier::loose::{count, items, list, text};

/// Java counts UTF-16 units, and so do the rules.
fn length(text: &str) -> usize {
    text.encode_utf16().count()
}

/// The address as it is sent, and what goes with it.
pub struct Sent<'a> {
    pub method: &'a str,
    pub ship_to: &'a Address,
    pub tax_id: &'a str,
}

/// Only strong rules of the chosen method: a soft one is CJ's advice and stops nothing. `None` when the answer does not
/// speak of that method. That its `enName` is the name in freightCalculate is inferred, so this refuses nothing by itself.
pub fn problems(data: &Value, sent: &Sent<'_>) -> Option<Vec<Problem>> {
    let options = items(data);
    let chosen = options.iter().find(|option| method(option) == sent.method)?;
    // A route that CJ lists with an error cannot be used.
    if let Some(why) = ["errorEn", "error"].iter().map(|key| text(chosen, key)).find(|why| !why.is_empty()) {
        let message = format!("CJ does not offer {} for this: {why}", sent.method);
        return Some(vec![Problem { field: "method", code: HoldCode::NoMethod, message }]);
    }
    let mut rules = list(chosen, "allRuleTips");
    if rules.is_empty() {
        rules = list(chosen, "ruleTips");
    }
    let strong = rules.into_iter().filter(|rule| text(rule, "interceptType") != "1");
    Some(strong.filter_map(|rule| broken(rule, sent)).collect())
}

/// CJ has no such way of shipping there.
pub fn not_offered(method: &str) -> Problem {
    let message = format!("CJ does not offer {method} there");
    Problem { field: "method", code: HoldCode::NoMethod, message }
}

fn method(option: &Value) -> String {
    let inner = option.get("option").map(|o| text(o, "enName")).filter(|name| !name.is_empty());
    inner.unwrap_or_else(|| text(option, "logisticName"))
}

fn broken(rule: &Value, sent: &Sent<'_>) -> Option<Problem> {
    let kind = text(rule, "type");
    let (field, code, value) = subject(&kind, sent)?;
    let tip = text(rule, "msgEn");
    let problem = |why: String| {
        let message = if tip.is_empty() { why } else { format!("{why}: {tip}") };
        Some(Problem { field, code, message })
    };
    let expression = text(rule, "expression");
    if !expression.is_empty() {
        return match Regex::new(&format!("^(?:{expression})$")) {
            Ok(form) if form.is_match(&value) => None,
            Ok(_) => problem(format!("{} does not accept this {kind}", sent.method)),
            Err(_) => problem(format!("{} has a rule for {kind} that dsf cannot read", sent.method)),
        };
    }
    let (least, most) = (count(rule, "min"), count(rule, "max"));
    let too_short = least.is_some_and(|n| length(&value) < n as usize);
    // A missing or zero maximum is none.
    let too_long = most.is_some_and(|n| n > 0 && length(&value) > n as usize);
    match (too_short, too_long) {
        (true, _) => problem(format!("{} needs a longer {kind}", sent.method)),
        (_, true) => problem(format!("{kind} is longer than {} accepts", sent.method)),
        _ => None,
    }
}

/// Our field, the hold it leads to, and the value as it is sent. `None` for a rule about what dsf never sends (an e-mail,
/// an IOSS number): CJ says so when the order is made.
fn subject(kind: &str, sent: &Sent<'_>) -> Option<(&'static str, HoldCode, String)> {
    let to = sent.ship_to;
    let (field, code, value) = match kind {
        "phone" => ("phone", HoldCode::PhoneRequired, &to.phone),
        "zip" => ("postcode", HoldCode::PostcodeInvalid, &to.postcode),
        "province" => ("region", HoldCode::RegionUnknown, &to.region),
        "city" => ("city", HoldCode::AddressProblem, &to.city),
        "recipientName" => ("name", HoldCode::AddressProblem, &to.name),
        "recipientAddress" => return Some(("line1", HoldCode::AddressProblem, format!("{}{}", to.line1, to.line2))),
        "dutyNo" => {
            return Some(("tax_id", HoldCode::TaxIdRequired, sent.tax_id.to_owned()));
        }
        // Sent inside the lines of the address, never as fields of their own: the rule says that this route wants them.
        "town" | "houseNumber" | "recipientId" => return Some(("line1", HoldCode::AddressProblem, String::new())),
        _ => return None,
    };
    Some((field, code, value.clone()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn codes(option: &str) -> Vec<(&'static str, HoldCode)> {
        let data = serde_json::from_str(option).unwrap();
        let ship_to = Address {
            name: "Ada Example".into(),
            line1: "500 Howard St".into(),
            line2: "Apt 4".into(),
            phone: "415555".into(),
            ..Address::default()
        };
        let sent = Sent { method: "CJPacket", ship_to: &ship_to, tax_id: "" };
        problems(&data, &sent).unwrap().into_iter().map(|p| (p.field, p.code)).collect()
    }

    #[test]
    fn lengths_expressions_and_routes_with_an_error() {
        let rule = |rule: &str| codes(&format!(r#"[{{"option":{{"enName":"CJPacket"}},"allRuleTips":{rule}}}]"#));
        // One rule where a list is meant; numbers as text; "null" for none.
        assert_eq!(rule(r#"{"type":"recipientName","min":"2","max":"20","expression":"null"}"#), []);
        let name = rule(r#"[{"type":"recipientName","min":2,"max":10,"expression":null}]"#);
        assert_eq!(name, [("name", HoldCode::AddressProblem)]);
        let address = rule(r#"[{"type":"recipientAddress","min":null,"max":17}]"#);
        assert_eq!(address, [("line1", HoldCode::AddressProblem)], "both lines together");
        let phone = r#"[{"type":"phone","expression":"\\d{7,20}","interceptType":INTERCEPT}]"#;
        assert_eq!(rule(&phone.replace("INTERCEPT", "0")), [("phone", HoldCode::PhoneRequired)]);
        assert_eq!(rule(&phone.replace("INTERCEPT", "\"1\"")), []);
        assert_eq!(rule(r#"[{"type":"dutyNo","min":1}]"#), [("tax_id", HoldCode::TaxIdRequired)]);
        let broken = r#"{"option":{"enName":"CJPacket"},"allRuleTips":[],"errorEn":"weight over the limit"}"#;
        assert_eq!(codes(broken), [("method", HoldCode::NoMethod)]);
        let ship_to = Address::default();
        let sent = Sent { method: "CJPacket", ship_to: &ship_to, tax_id: "" };
        assert_eq!(problems(&Value::Null, &sent), None, "no rules are no refusal");
    }
}
