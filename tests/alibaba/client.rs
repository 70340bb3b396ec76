//! For each thing it can do: the request, a good answer, an error.

use std::sync::Arc;

use dsf::core::address::compare::compare_echo;
use dsf::core::address::recorded::compare_recorded;
use dsf::core::address::verdict::Overall;
use dsf::core::hold::HoldCode;
use dsf::core::sending::{AskError, Asked, Dispatch, Outcome, Shipment, Step, SupplierStatus};
use dsf::supplier::api::SupplierApi;
use serde_json::Value;
use tempfile::TempDir;

use crate::iop::{given, said, value};
use crate::sandbox::alibaba::{CUPS, LAMP, METHOD};
use crate::sandbox::iop::signature;
use crate::wire::{FakeClock, Recorder, ship_to};
use crate::{offline, order};

struct Bench {
    wire: Arc<Recorder>,
    client: Box<dyn SupplierApi>,
    _folder: TempDir,
}

fn bench(answers: &[&str]) -> Bench {
    let wire = Arc::new(Recorder::default());
    answers.iter().for_each(|body| _ = wire.then(200, body));
    let folder = crate::iop::state_folder();
    let net = crate::iop::net(wire.clone(), &Arc::new(FakeClock::default()), folder.path());
    Bench { wire, client: given("alibaba", &net), _folder: folder }
}

impl Bench {
    /// Path and parameters of each call.
    fn asked(&self) -> Vec<(String, Vec<(String, String)>)> {
        self.wire.seen().iter().map(|r| (r.path().to_owned(), said(r))).collect()
    }
}

#[test]
fn place() {
    let b = bench(&[r#"{"code":"0","value":{"trade_id":"234193410001028893","pay_url":"https://example.invalid"}}"#]);
    let body = b.client.body(&order()).unwrap();
    let Outcome::Placed(placed) = b.client.place(&body) else { panic!() };
    assert_eq!(placed.supplier_orders, ["234193410001028893"], "18 digits");
    let request = &b.wire.seen()[0];
    assert_eq!(request.url, "http://127.0.0.1:1/rest/buynow/order/create", "nothing is in the URL");
    assert!(request.body.starts_with(&body));
    let (_, params) = b.asked().remove(0);
    assert_eq!(value(&params, "sign"), signature("dsf-test-secret-0001", "/buynow/order/create", &params));
    assert_eq!((value(&params, "access_token"), value(&params, "method")), ("50000test".into(), String::new()));
    assert_eq!(value(&params, "channel_refer_id"), "US-1001-1");
    let logistics: Value = serde_json::from_str(&value(&params, "logistics_detail")).unwrap();
    let to = &logistics["shipment_address"];
    assert_eq!((&to["country_code"], &to["country"]), (&"US".into(), &"United States".into()));
    assert_eq!((&to["province"], &to["province_code"]), (&"California".into(), &"CA".into()));
    assert_eq!(to["telephone"].to_string(), r#"{"country":"+1","area":"","number":"4155550100"}"#);
    assert_eq!(logistics["carrier_code"], METHOD);
    let products: Value = serde_json::from_str(&value(&params, "product_list")).unwrap();
    assert_eq!(products[1].to_string(), r#"{"product_id":"1600000000001","sku_id":"100000000002","quantity":"60"}"#);
    // A number keeps its digits too.
    let number = bench(&[r#"{"code":0,"value":{"trade_id":234193410001028893}}"#]).client.place(&body);
    assert!(matches!(number, Outcome::Placed(placed) if placed.supplier_orders == ["234193410001028893"]));
    // The envelope has two names for what is inside.
    let other = bench(&[r#"{"code":"0","result":{"trade_id":"234193410001028893"}}"#]).client.place(&body);
    assert!(matches!(other, Outcome::Placed(placed) if placed.supplier_orders == ["234193410001028893"]));
    let refused = bench(&[r#"{"code":"4027","type":"ISV","message":"find sku cost error"}"#]).client.place(&body);
    assert_eq!(refused, Outcome::Refused { code: "4027".into(), message: "find sku cost error".into() });
    let account = bench(&[r#"{"code":"110001","message":"China account"}"#]).client.place(&body);
    assert!(matches!(account, Outcome::KeyRefused { .. }));
}

#[test]
fn what_does_not_fit_is_held() {
    let problems = |change: fn(&mut Dispatch)| {
        let mut order = order();
        change(&mut order);
        let problems = offline().body(&order).err().unwrap_or_default();
        problems.into_iter().map(|p| (p.field, p.code)).collect::<Vec<_>>()
    };
    assert_eq!(problems(|o| o.ship_to.phone = String::new()), [], "a phone is not asked for");
    assert_eq!(problems(|o| o.ship_to.phone = "call me".into()), [("phone", HoldCode::PhoneRequired)]);
    assert_eq!(problems(|o| o.ship_to.name = String::new()), [("name", HoldCode::AddressProblem)]);
    assert_eq!(problems(|o| o.ship_to.country = "Atlantis".into())[0].0, "country");
    assert_eq!(problems(|o| o.method = String::new()), [("method", HoldCode::NoMethod)]);
    assert_eq!(problems(|o| o.lines[0].listing_id = "1600000000001:".into()), [("lines", HoldCode::ListingChanged)]);
    assert_eq!(problems(|o| o.lines.clear()), [("lines", HoldCode::ListingChanged)]);
    assert_eq!(problems(|o| o.expected = "5000.01 USD".parse().unwrap()), [("lines", HoldCode::CostLimit)]);
    assert_eq!(problems(|o| o.expected = "0.29 USD".parse().unwrap()), [("lines", HoldCode::CostLimit)]);
    assert_eq!(problems(|o| o.ship_to.region = "Zzz".into()), [("region", HoldCode::RegionUnknown)]);
    fn korea(o: &mut Dispatch) {
        (o.ship_to.country, o.ship_to.region, o.ship_to.city) = ("KR".into(), "Seoul".into(), "Seoul".into());
    }
    assert_eq!(problems(korea), [("tax_id", HoldCode::TaxIdRequired)]);
    let mut order = order();
    korea(&mut order);
    order.tax_id = Some("p123456789012".into());
    let body = String::from_utf8(offline().body(&order).unwrap()).unwrap();
    assert!(body.contains("clearance_code%22%3A%22P123456789012"), "{body}");
    let said = offline().body(&Dispatch { lines: vec![], ..order }).unwrap_err();
    assert_eq!(said[0].message, "Alibaba.com needs a quantity for each line");
}

#[test]
fn the_written_proof_knows_the_rules() {
    let mut order = order();
    order.ship_to.region = "CA".into();
    order.ship_to.company = "Example Works LLC".into();
    let client = offline();
    let written = client.written(&client.body(&order).unwrap()).unwrap();
    assert_eq!(compare_echo(&order.ship_to, &written.ship_to, written.echo).verdict, Overall::Same);
    let rules: Vec<_> = client.changes(&order).into_iter().map(|c| c.rule).collect();
    assert_eq!(rules, ["region_name", "company_in_line2"]);
}

const ORDER: &str = r#"{"code":"0","value":{"trade_id":"2341","trade_status":"unpay",
  "shipping_address":{"contact_person":"Ada Example","address":"500 Howard St","alternate_address":"Apt 4","city":"San Francisco",
   "province":"California","zip":"94105","country":"United States of America","country_code":"US",
   "mobile":{"country":"+1","area":"null","number":"4155550100"},"telephone":{"country":"+1","area":"null","number":"null"},"port":"null"},
  "order_products":[{"product_id":1600000000001,"sku_id":"100000000001","quantity":"2.0000"}],
  "total_amount":{"amount":"30.90","currency":"USD"}}}"#;

#[test]
fn what_was_recorded_comes_back_under_other_names() {
    let read = |body: &str| bench(&[body]).client.progress(&["2341".into()]);
    let found = read(ORDER).unwrap().remove(0);
    assert_eq!((found.status, found.asks.unwrap().to_string()), (SupplierStatus::Unpaid, "30.90 USD".into()));
    assert_eq!(found.lines, [(LAMP.to_owned(), 2)]);
    assert_eq!(found.ship_to.phone, "+14155550100");
    let verdict = |body: &str| {
        let found = read(body).unwrap().remove(0);
        compare_recorded(&ship_to(), &found.ship_to, found.echo).verdict
    };
    assert_eq!(verdict(ORDER), Overall::Same);
    assert_eq!(
        verdict(&ORDER.replace("\"mobile\"", "\"x\"").replace("\"number\":\"null\"", "\"number\":\"4155550100\"")),
        Overall::Same
    );
    assert_eq!(verdict(&ORDER.replace("Apt 4", "Apt 5")), Overall::Different);
    assert_eq!(
        verdict(&ORDER.replace("Apt 4", "null")),
        Overall::Different,
        "a unit that was recorded as nothing is lost"
    );
    assert_eq!(verdict(&ORDER.replace("Ada Example", "Bob Other")), Overall::Different);
    assert_eq!(verdict(&ORDER.replace("94105", "null")), Overall::Review);
    assert_eq!(verdict(&ORDER.replace("\"shipping_address\"", "\"x\"")), Overall::Unavailable);
    assert!(read(&ORDER.replace("\"2341\"", "\"9999\"")).is_err(), "another order is no answer");
    assert_eq!(
        read(r#"{"code":"20002","message":"order not exist"}"#),
        Err(AskError::Answer { code: "20002".into(), message: "order not exist".into() })
    );
}

#[test]
fn statuses_and_parcels() {
    let parcels = r#"{"code":"0","value":{"logistic_status":"SHIPPED","shipping_order_list":[{"voucher":{"tracking_number":"7712","service_provider":"FedEx"}},{"voucher":{"tracking_number":"null"}}]}}"#;
    for (raw, want) in [
        ("undeliver", SupplierStatus::Paid),
        ("wait_confirm_receipt", SupplierStatus::Shipped),
        ("trade_success", SupplierStatus::Delivered),
        ("frozen", SupplierStatus::Unknown("frozen".into())),
        ("brand_new", SupplierStatus::Unknown("brand_new".into())),
    ] {
        let b = bench(&[&ORDER.replace("unpay", raw), parcels]);
        let found = b.client.progress(&["2341".into()]).unwrap().remove(0);
        assert_eq!((found.status, found.parcels.len()), (want, 1), "{raw}");
        assert_eq!((found.parcels[0].number.as_str(), found.parcels[0].carrier.as_str()), ("7712", "FedEx"));
    }
    let b = bench(&[&ORDER.replace("unpay", "trade_close")]);
    assert_eq!(b.client.progress(&["2341".into()]).unwrap()[0].status, SupplierStatus::Cancelled);
    assert_eq!(b.asked().len(), 1, "what is not paid has no parcels");
}

#[test]
fn pay_and_cancel() {
    let pay = |body: &str| bench(&[body]).client.pay("2341");
    let said = |status: &str, code: &str| {
        format!(r#"{{"code":"0","value":{{"status":"{status}","reason_code":"{code}","reason_message":"why"}}}}"#)
    };
    assert_eq!(pay(&said("PAY_SUCCESS", "null")), Step::Done);
    assert_eq!(pay(&said("PAY_FAILED", "ORDER_HAVE_PAID")), Step::Done);
    let never = pay(&said("PAY_FAILED", "NEVER_PAY_SUCCESS_IN_DROPSHIPER"));
    assert!(
        matches!(never, Step::Refused { message, .. } if message.contains("the first payment of an account is made by hand"))
    );
    assert_eq!(pay(&said("PAY_FAILED", "CARD")), Step::Refused { code: "CARD".into(), message: "why".into() });
    for unknown in [
        said("PAYING", ""),
        r#"{"code":"50006","message":"pay failed"}"#.into(),
        r#"{"code":"0"}"#.into(),
        String::new(),
    ] {
        assert!(matches!(pay(&unknown), Step::Unknown { .. }), "{unknown}");
    }
    let b = bench(&[&said("PAY_SUCCESS", "")]);
    b.client.pay("2341");
    let (path, params) = b.asked().remove(0);
    let request: Value = serde_json::from_str(&value(&params, "param_order_pay_request")).unwrap();
    assert_eq!((path.as_str(), &request["order_id_list"][0]), ("/rest/alibaba/dropshipping/order/pay", &"2341".into()));

    assert_eq!(bench(&[r#"{"code":"0","value":{}}"#]).client.cancel("2341"), Step::Done);
    assert!(matches!(bench(&[r#"{"code":"20003"}"#]).client.cancel("2341"), Step::Unknown { .. }));
    assert!(bench(&[]).client.balance().unwrap_err().to_string().contains("Alibaba.com has no balance to ask for"));
}

const PRODUCT: &str = r#"{"code":"0","result":{"result_code":"200","result_data":{"product_id":"1600000000001","eCompanyId":"c1","currency":"USD","status":"PRODUCT_ONLINE",
  "skus":[{"sku_id":100000000001,"status":"NORMAL","ladder_price":[{"min_quantity":"100","price":"9.90","currency":"USD"},{"min_quantity":"1","price":"12.50","currency":"USD"}]},
          {"sku_id":"100000000002","status":"NORMAL","ladder_price":{"min_quantity":50,"price":0.4}},{"sku_id":"3","status":"OFF"}]}}}"#;
const STOCK: &str = r#"{"code":"0","result":{"result_code":200,"result_data":{"inventory_list":[
  {"shipping_from":"CN","inventory_list":[{"sku_id":"100000000001","inventory_count":"900"}]},{"shipping_from":"US","inventory_list":[{"sku_id":"100000000001","inventory_count":7}]}]}}}"#;

#[test]
fn price_stock_and_minimum() {
    let asked = |listing: &str, ships_from: &str| Asked {
        listing_id: listing.into(),
        ships_from: ships_from.into(),
        ships_to: "DE".into(),
    };
    let b = bench(&[PRODUCT, STOCK, STOCK]);
    let quotes = b.client.quotes(&[asked(LAMP, "CN"), asked(CUPS, "")]).unwrap();
    assert_eq!((quotes[0].price.unwrap().to_string(), quotes[0].stock), ("12.50 USD".into(), Some(900)));
    assert_eq!((quotes[1].price.unwrap().to_string(), quotes[1].stock), ("0.40 USD".into(), None));
    let (path, params) = b.asked().remove(0);
    assert_eq!(path, "/rest/eco/buyer/product/description");
    assert_eq!(value(&params, "query_req"), r#"{"product_id":"1600000000001","country":"DE"}"#);
    let one = |answers: &[&str], listing: &str| bench(answers).client.quotes(&[asked(listing, "")]);
    assert_eq!(one(&[PRODUCT, STOCK], LAMP).unwrap()[0].stock, Some(907));
    for gone in
        [PRODUCT.replace("PRODUCT_ONLINE", "PRODUCT_OFFLINE"), r#"{"code":"10005","message":"SKU not found"}"#.into()]
    {
        assert!(one(&[&gone], LAMP).unwrap()[0].gone);
    }
    assert!(one(&[PRODUCT], "1600000000001:3").unwrap()[0].gone, "a variant that is off");
    let hidden = r#"{"code":"0","result":{"result_code":"400","result_msg":"Parameter format is error!"}}"#;
    assert_eq!(
        one(&[hidden], LAMP),
        Err(AskError::Answer { code: "400".into(), message: "Parameter format is error!".into() })
    );
}

#[test]
fn freight_is_asked_for_this_very_order() {
    let answer = r#"{"code":"0","value":[{"vendor_code":"EX_ASP_JYC_FEDEX","fee":{"amount":"18.40","currency":"USD"},"delivery_time":"10~15"},{"vendor_code":"NO_FEE"}]}"#;
    let to = ship_to();
    let lines = vec![(LAMP.to_owned(), 1), (CUPS.to_owned(), 60)];
    let shipment = Shipment { ships_from: "", ship_to: &to, tax_id: None, lines };
    let b = bench(&[PRODUCT, answer]);
    let found = b.client.freight(&shipment).unwrap();
    assert_eq!((found.len(), found[0].cost.to_string(), found[0].days), (1, "18.40 USD".into(), (Some(10), Some(15))));
    let (path, params) = b.asked().remove(1);
    assert_eq!(
        (path.as_str(), value(&params, "e_company_id"), value(&params, "dispatch_location")),
        ("/rest/order/freight/calculate", "c1".into(), "CN".into())
    );
    assert!(!value(&params, "address").contains("Howard"), "who it is for is nobody's business yet");
    assert_eq!(bench(&[PRODUCT, r#"{"code":"0","value":[]}"#]).client.freight(&shipment), Ok(vec![]));

    let mut few = order();
    few.lines[1].quantity = 2;
    let told = bench(&[PRODUCT, answer]).client.route_problems(&few).unwrap();
    assert_eq!((told.len(), told[0].code), (1, HoldCode::BelowMinimum), "{told:?}");
    few.method = "OTHER".into();
    let told = bench(&[PRODUCT, answer]).client.route_problems(&few).unwrap();
    assert!(told[1].message.contains("Alibaba.com does not offer OTHER for this order"), "{told:?}");
    let other = PRODUCT.replace("\"c1\"", "\"c2\"");
    let shipment = Shipment { lines: vec![(LAMP.to_owned(), 1), ("16:100000000002".to_owned(), 60)], ..shipment };
    let error = bench(&[PRODUCT, &other]).client.freight(&shipment).unwrap_err();
    assert!(error.to_string().contains("the lines are of several sellers"), "{error}");
}
