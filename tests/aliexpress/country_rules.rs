//! What AliExpress asks of an address, country by country: held before anything is sent, and nothing is cut.

use dsf::core::address::compare::compare_echo;
use dsf::core::address::verdict::Overall;
use dsf::core::hold::HoldCode;
use dsf::core::sending::Dispatch;

use crate::{offline, order};

type Change = fn(&mut Dispatch);

fn problems(change: Change) -> Vec<(&'static str, HoldCode)> {
    let mut order = order();
    change(&mut order);
    let problems = offline().body(&order).err().unwrap_or_default();
    problems.into_iter().map(|p| (p.field, p.code)).collect()
}

/// The address that would be sent, with the rules that changed it; it must still be the customer's.
fn sent(change: Change) -> (serde_json::Value, Vec<&'static str>) {
    let mut order = order();
    change(&mut order);
    let client = offline();
    let body = client.body(&order).unwrap();
    let written = client.written(&body).unwrap();
    let proof = compare_echo(&order.ship_to, &written.ship_to, written.echo);
    assert_eq!(proof.verdict, Overall::Same, "{:?}", proof.reasons());
    let body = String::from_utf8(body).unwrap();
    let of = |name: &str| {
        let value = body.split('&').find_map(|p| p.strip_prefix(&format!("{name}="))).unwrap();
        serde_json::from_str::<serde_json::Value>(&crate::sandbox::http::plain(value)).unwrap()
    };
    let mut address = of("param_place_order_request4_open_api_d_t_o")["logistics_address"].take();
    address["extend"] = of("ds_extend_request");
    (address, client.changes(&order).into_iter().map(|c| c.rule).collect())
}

fn to(order: &mut Dispatch, country: &str, region: &str, city: &str, postcode: &str, phone: &str) {
    let to = &mut order.ship_to;
    (to.country, to.region, to.city) = (country.into(), region.into(), city.into());
    (to.postcode, to.phone, to.line1, to.line2) = (postcode.into(), phone.into(), "Calle Mayor 12".into(), "2B".into());
}

#[test]
fn tv12_a_line_of_41_is_divided_at_35_and_named_and_what_cannot_be_divided_is_held() {
    let (address, rules) = sent(|o| {
        o.ship_to.line1 = "12345 North Example Boulevard Building 66".into();
        assert_eq!(o.ship_to.line1.len(), 41);
    });
    assert!(rules.contains(&"wrap_lines"), "{rules:?}");
    assert!(address["address"].as_str().unwrap().len() <= 35);
    let joined = format!("{} {}", address["address"].as_str().unwrap(), address["address2"].as_str().unwrap());
    assert_eq!(joined.replace(',', ""), "12345 North Example Boulevard Building 66 Apt 4");
    assert_eq!(problems(|o| o.ship_to.line1 = "x".repeat(36)), [("line1", HoldCode::FieldTooLong)]);
    assert_eq!(problems(|o| o.ship_to.line1 = "1 Rd".into()), [("line1", HoldCode::AddressProblem)]);
}

#[test]
fn names_in_the_united_states() {
    assert_eq!(problems(|o| o.ship_to.name = "Ada".into()), [("name", HoldCode::AddressProblem)]);
    assert_eq!(problems(|o| o.ship_to.name = "A Example".into()), [("name", HoldCode::AddressProblem)]);
    assert_eq!(problems(|o| o.ship_to.name = format!("Ada {}", "x".repeat(33))), [("name", HoldCode::AddressProblem)]);
    assert_eq!(problems(|o| o.ship_to.name = format!("Ada {}", "x".repeat(63))), [("name", HoldCode::FieldTooLong)]);
    assert_eq!(problems(|o| o.ship_to.region = "Other".into()), [("region", HoldCode::RegionUnknown)]);
    assert_eq!(problems(|o| o.ship_to.region = String::new()), [("region", HoldCode::RegionUnknown)]);
}

#[test]
fn every_rewriting_is_a_named_rule() {
    let (address, rules) = sent(|o| o.ship_to.region = "CA".into());
    assert_eq!((address["province"].as_str(), rules), (Some("California"), vec!["region_name"]));
    let (address, rules) = sent(|o| {
        to(o, "DE", "", "Köln", "50667", "0221 123456");
        o.ship_to.name = "Jörg Größe".into();
        o.ship_to.company = "Müller GmbH".into();
    });
    assert_eq!((address["city"].as_str(), address["province"].as_str()), (Some("Koeln"), Some("Koeln")));
    assert_eq!(
        (address["full_name"].as_str(), address["address2"].as_str()),
        (Some("Joerg Groesse"), Some("Mueller GmbH, 2B"))
    );
    for rule in ["city_as_region", "ascii_letters", "company_in_line2"] {
        assert!(rules.contains(&rule), "{rule}");
    }
    let (address, rules) = sent(|o| to(o, "RU", "Москва", "Москва", "101000", "8 912 345-67-89"));
    assert_eq!((address["city"].as_str(), address["phone_country"].as_str()), (Some("Moskva"), Some("+7")));
    assert!(rules.contains(&"latin_letters"), "{rules:?}");
    assert_eq!(problems(|o| o.ship_to.name = "山田 太郎".into()), [("name", HoldCode::NotLatin)]);
}

#[test]
fn countries_that_aliexpress_writes_otherwise() {
    for (country, theirs) in [("GB", "UK"), ("RS", "SRB"), ("ME", "MNE"), ("GG", "GGY"), ("JE", "JEY")] {
        let mut order = order();
        to(&mut order, country, "", "Town", "11000", "+44 7700 900383");
        let client = offline();
        let body = client.body(&order).unwrap();
        assert!(String::from_utf8_lossy(&body).contains(&format!("%22country%22%3A%22{theirs}%22")), "{country}");
        assert_eq!(client.written(&body).unwrap().ship_to.country, country);
        assert!(client.changes(&order).iter().any(|c| c.rule == "aliexpress_country_code"), "{country}");
    }
    assert!(problems(|o| o.ship_to.country = "Atlantis".into()).contains(&("country", HoldCode::AddressProblem)));
}

#[test]
fn phones_in_two_parts() {
    let (address, _) = sent(|o| o.ship_to.phone = "(415) 555-0100".into());
    assert_eq!((address["phone_country"].as_str(), address["mobile_no"].as_str()), (Some("+1"), Some("4155550100")));
    for phone in ["", "no phone", "415 555 0100 ext. 4"] {
        let mut order = order();
        order.ship_to.phone = phone.into();
        let found = offline().body(&order).unwrap_err();
        assert_eq!((found[0].field, found[0].code, found.len()), ("phone", HoldCode::PhoneRequired, 1), "{phone}");
    }
    assert_eq!(
        problems(|o| to(o, "ES", "Madrid", "Madrid", "28013", "61234567")),
        [("phone", HoldCode::PhoneRequired)]
    );
    assert_eq!(problems(|o| to(o, "ES", "Madrid", "Madrid", "28013", "+34 612 345 678")), []);
}

#[test]
fn tax_ids_go_where_each_country_wants_them() {
    fn with(o: &mut Dispatch, id: &str) {
        o.tax_id = Some(id.to_owned());
    }
    let (address, _) = sent(|o| {
        to(o, "BR", "SP", "Campinas", "13010-000", "+55 19 91234-5678");
        with(o, "529.982.247-25");
    });
    assert_eq!((address["cpf"].as_str(), address["province"].as_str()), (Some("52998224725"), Some("Sao Paulo")));
    let (address, _) = sent(|o| {
        to(o, "AR", "Buenos Aires", "La Plata", "B1900", "+54 2211234567");
        with(o, "20123456786");
    });
    assert_eq!(address["passport_no"], "20-12345678-6");
    assert_eq!(
        (&address["foreigner_passport_no"], &address["is_foreigner"]),
        (&address["passport_no"], &"false".into())
    );
    let (address, _) = sent(|o| {
        to(o, "SA", "Riyadh", "Riyadh", "12211", "0512345678");
        o.ship_to.name = "أحمد علي".into();
        with(o, "raha3443");
    });
    assert_eq!(address["extend"]["trade_extra_param"]["nat_addr"], "RAHA3443");
    assert_eq!((&address["mobile_no"], &address["full_name"]), (&"512345678".into(), &"أحمد علي".into()));
    for (country, id) in
        [("BR", "1"), ("BR", ""), ("IL", "12345"), ("AR", "20-1"), ("MX", ""), ("KR", "123"), ("SA", "RAHA")]
    {
        let mut order = order();
        to(&mut order, country, "", "Town", "", "0512345678");
        order.ship_to.region = "Town".into();
        with(&mut order, id);
        let found = offline().body(&order).unwrap_err();
        assert!(
            found.iter().any(|p| p.field == "tax_id" && p.code == HoldCode::TaxIdRequired),
            "{country} {id}: {found:?}"
        );
    }
}

#[test]
fn what_is_no_listing_is_held_with_how_to_write_it() {
    let found = |change: Change| {
        let mut order = order();
        change(&mut order);
        offline().body(&order).unwrap_err().into_iter().map(|p| p.message).collect::<Vec<_>>()
    };
    let said = found(|o| o.lines[0].listing_id = "1005006000000001".into());
    assert!(said[0].contains("write product_id:sku_attr, or product_id: where there is one variant"), "{said:?}");
    assert_eq!(problems(|o| o.method = String::new()), [("method", HoldCode::NoMethod)]);
    assert_eq!(problems(|o| o.lines[0].quantity = 0), [("lines", HoldCode::ListingChanged)]);
}
