//! What AliExpress says of an address when an order is made, with its own messages.

use serde_json::Value;

const ADDRESS: &str = "B_DROPSHIPPER_DELIVERY_ADDRESS_VALIDATE_FAIL";

/// Code and message of the first thing that is wrong.
pub fn address(to: &Value, extend: &Value) -> Option<(&'static str, &'static str)> {
    let of = |key: &str| to[key].as_str().unwrap_or_default();
    let length = |key: &str| of(key).chars().count();
    let country = of("country");
    let digits = |text: &str, many: usize| text.len() == many && text.bytes().all(|b| b.is_ascii_digit());
    let between = |key: &str, least, most| (least..=most).contains(&length(key));
    let spaced = of("full_name").contains(' ');
    let fail = |message| Some((ADDRESS, message));
    if of("city").is_empty() {
        return fail("Please enter a city");
    }
    if of("province").is_empty() {
        return fail("Please select a State/Province/County");
    }
    if of("mobile_no").is_empty() {
        return fail("Please enter mobile phone number");
    }
    if !of("mobile_no").bytes().all(|b| b.is_ascii_digit()) {
        return fail("Please enter the country code and phone number without any spaces or special characters");
    }
    let texts = ["full_name", "contact_person", "address", "address2", "city", "province", "zip"];
    if country != "SA" && texts.iter().any(|key| !of(key).is_ascii()) {
        return fail("Please use English letters only");
    }
    let sides = |key: &str| {
        of(key).split_once(' ').is_some_and(|(a, b)| [a, b].iter().all(|s| (2..=32).contains(&s.chars().count())))
    };
    let broken = match country {
        "US" => !sides("contact_person") || !sides("full_name"),
        "SA" => !spaced || !between("full_name", 2, 128),
        "AU" | "NZ" => !spaced || of("full_name").bytes().any(|b| b.is_ascii_digit()),
        "DZ" | "ZA" => !spaced,
        _ => false,
    };
    if broken {
        return fail("Please enter between 2 - 32 characters");
    }
    let id = of("passport_no");
    let broken = match country {
        "US" => !between("address", 5, 35) || of("province").eq_ignore_ascii_case("other"),
        "SA" => !between("address", 5, 256) || !between("zip", 1, 10) || !between("phone_country", 1, 8),
        "MX" => length("address2") > 60 || id.is_empty(),
        "ES" => !digits(of("mobile_no"), 9),
        "AR" => !digits(of("mobile_no"), 10) || id.len() != 13 || id != of("foreigner_passport_no"),
        "IL" => !digits(id, 9) || of("is_foreigner") != "false" || id != of("foreigner_passport_no"),
        "KR" => !id.starts_with('P') || !digits(&id[1..], 12),
        "BR" => of("city").eq_ignore_ascii_case("other"),
        "GB" | "RS" | "ME" | "XK" => true,
        _ => false,
    };
    if broken {
        return fail("Please check the address");
    }
    if country == "SA" {
        let nat = extend["trade_extra_param"]["nat_addr"].as_str().unwrap_or_default();
        if nat.len() != 8 || !digits(&nat[4..], 4) {
            return fail("Please enter a 8-digit national address in right format, eg. ABCD1234.");
        }
        if of("mobile_no").len() != 9 || !of("mobile_no").starts_with('5') {
            return fail("Please enter mobile phone number");
        }
    }
    let cpf = country == "BR" && !digits(of("cpf"), 11);
    cpf.then_some(("B_DROPSHIPPER_DELIVERY_ADDRESS_CPF_CN_INVALID", "CPF is invalid"))
}
