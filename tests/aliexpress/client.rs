//! For each thing it can do: the request, a good answer in its many shapes, an error.

use std::sync::Arc;

use dsf::core::sending::{AskError, Asked, Outcome, Shipment, Step, SupplierStatus};
use dsf::supplier::api::SupplierApi;
use tempfile::TempDir;

use crate::iop::{given, said, value};
use crate::order;
use crate::sandbox::aliexpress::{BLACK_M, METHOD, SINGLE};
use crate::sandbox::iop::{joined, md5_between, signature};
use crate::wire::{FakeClock, Recorder, ship_to};

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
    Bench { wire, client: given("aliexpress", &net), _folder: folder }
}

#[test]
fn v6_and_anothers_vector_of_the_signature_that_the_sandbox_takes_beside_ours() {
    let params = |pairs: &[(&str, &str)]| pairs.iter().map(|(n, v)| ((*n).to_owned(), (*v).to_owned())).collect();
    let v6 = params(&[
        ("app_key", "510000"),
        ("format", "json"),
        ("method", "aliexpress.trade.ds.order.get"),
        ("session", "50000test"),
        ("sign_method", "md5"),
        ("single_order_query", r#"{"order_id":"8190000000000001"}"#),
        ("timestamp", "1763806034000"),
        ("v", "2.0"),
    ]);
    assert_eq!(signature("dsf-test-secret-0001", "", &v6), "1A77B4F43FC675005D8F43A02F8372F9");
    let other = params(&[("foo", "1"), ("bar", "2"), ("foo_bar", "3"), ("foobar", "4")]);
    assert_eq!(md5_between("testsecret", &joined(&other)), "54C22189FE38F1B7E6E4D701FB82851E");
}

#[test]
fn place() {
    let good = r#"{"aliexpress_ds_order_create_response":{"result":{"is_success":true,"order_list":{"number":[8190000000000001]}},"request_id":"r"}}"#;
    let b = bench(&[good]);
    let body = b.client.body(&order()).unwrap();
    let Outcome::Placed(placed) = b.client.place(&body) else { panic!() };
    assert_eq!((placed.supplier_orders, placed.asks), (vec!["8190000000000001".to_owned()], None));
    let request = &b.wire.seen()[0];
    assert_eq!(request.url, "http://127.0.0.1:1/sync", "nothing is in the URL");
    assert!(request.body.starts_with(&body), "the bytes that were saved are the beginning of what leaves");
    let said = said(request);
    assert_eq!(value(&said, "sign"), signature("dsf-test-secret-0001", "", &said));
    assert_eq!(
        (value(&said, "method"), value(&said, "session")),
        ("aliexpress.ds.order.create".into(), "50000test".into())
    );
    assert_eq!(value(&said, "timestamp"), "1795510800000");
    let sent: serde_json::Value =
        serde_json::from_str(&value(&said, "param_place_order_request4_open_api_d_t_o")).unwrap();
    assert_eq!(sent["out_order_id"], "US-1001-1");
    assert_eq!(sent["product_items"][0]["sku_attr"], "14:193#Black;5:361386");
    assert_eq!(sent["product_items"][0]["product_id"].to_string(), "1005006000000001");
    assert_eq!(value(&said, "ds_extend_request"), r#"{"payment":{"pay_currency":"USD","try_to_pay":"false"}}"#);
}

#[test]
fn answers_to_an_order_in_every_shape() {
    let answer = |body: &str| bench(&[body]).client.place(&offline_body());
    let placed = |body: &str| match answer(body) {
        Outcome::Placed(placed) => placed.supplier_orders,
        other => panic!("{body}: {other:?}"),
    };
    let under = |key: &str, result: &str| format!(r#"{{"{key}":{{"result":{result}}}}}"#);
    let create = "aliexpress_ds_order_create_response";
    for (body, orders) in [
        (
            under(create, r#"{"is_success":"true","order_list":{"number":["8190000000000001"]}}"#),
            vec!["8190000000000001"],
        ),
        (under(create, r#"{"is_success":true,"order_list":{"number":8190000000000001}}"#), vec!["8190000000000001"]),
        (under(create, r#"{"is_success":true,"order_list":[1,2]}"#), vec!["1", "2"]),
        (
            under("aliexpress_trade_buy_placeorder_response", r#"{"is_success":true,"order_list":{"number":[1,2]}}"#),
            vec!["1", "2"],
        ),
        (r#"{"result":{"is_success":true,"order_list":{"number":[3]}}}"#.to_owned(), vec!["3"]),
        (
            under(
                create,
                r#"{"is_success":true,"error_msg":"OrderCreated, autoPay fail:APIPayFail","order_list":{"number":[4]}}"#,
            ),
            vec!["4"],
        ),
    ] {
        assert_eq!(placed(&body), orders, "{body}");
    }
    let refusal = under(
        create,
        r#"{"is_success":false,"error_code":"B_DROPSHIPPER_DELIVERY_ADDRESS_VALIDATE_FAIL","error_msg":"Please enter a city near San Francisco"}"#,
    );
    // Its words are kept, without the city that we told it.
    let Outcome::Refused { code, message } = answer(&refusal) else { panic!() };
    assert_eq!(
        (code.as_str(), message.as_str()),
        ("B_DROPSHIPPER_DELIVERY_ADDRESS_VALIDATE_FAIL", "Please enter a city near …")
    );
    let elsewhere = under(create, r#"{"is_success":false,"error_code":"Item is not allowed to this country"}"#);
    assert!(matches!(answer(&elsewhere), Outcome::Refused { .. }), "a documented refusal in words");
    let disabled = under(create, r#"{"is_success":false,"error_code":"USER_ACCOUNT_DISABLED"}"#);
    assert!(matches!(answer(&disabled), Outcome::KeyRefused { .. }));
}

fn offline_body() -> Vec<u8> {
    crate::offline().body(&order()).unwrap()
}

const ORDER: &str = r#"{"aliexpress_trade_ds_order_get_response":{"result":{"order_status":"STATUS","logistics_status":"SELLER_SEND_GOODS",
  "user_order_amount":{"amount":"8.34","currency_code":"USD"},"logistics_info_list":{"aeop_order_logistics_info":[{"logistics_service":"X","logistics_no":"LP1"}]},
  "child_order_list":{"aeop_child_order_info":[{"product_count":1,"sku_id":"12","product_id":1005,"end_reason":"REASON"}]}}}}"#;
const NO_PARCEL: &str = r#"{"aliexpress_ds_order_tracking_get_response":{"result":{"ret":false,"msg":"TRACKING DATA NOT FOUND","code":"1001"}}}"#;

#[test]
fn where_an_order_stands() {
    let status = |raw: &str, reason: &str| {
        let order = ORDER.replace("STATUS", raw).replace("REASON", reason);
        bench(&[&order, NO_PARCEL]).client.progress(&["8190".into()]).unwrap().remove(0)
    };
    for (raw, want) in [
        ("PLACE_ORDER_SUCCESS", SupplierStatus::Unpaid),
        ("WAIT_SELLER_SEND_GOODS", SupplierStatus::Paid),
        ("SELLER_PART_SEND_GOODS", SupplierStatus::Paid),
        ("WAIT_BUYER_ACCEPT_GOODS", SupplierStatus::Shipped),
        ("FINISH", SupplierStatus::Unknown("FINISH".into())),
        ("RISK_CONTROL_HOLD", SupplierStatus::Unknown("RISK_CONTROL_HOLD".into())),
        ("SOMETHING_NEW", SupplierStatus::Unknown("SOMETHING_NEW".into())),
    ] {
        assert_eq!(status(raw, "").status, want, "{raw}");
    }
    let closed = status("WAIT_SELLER_SEND_GOODS", "CANCELED");
    assert_eq!(closed.status, SupplierStatus::Cancelled, "the parent's status goes on looking alive");
    assert_eq!(closed.asks.unwrap().to_string(), "8.34 USD");
    assert!(closed.ship_to.is_blank() && !closed.echo.has("name"));
    let arrived = ORDER.replace("STATUS", "FINISH").replace("\"SELLER_SEND_GOODS\"", "\"BUYER_ACCEPT_GOODS\"");
    assert_eq!(
        bench(&[&arrived, NO_PARCEL]).client.progress(&["1".into()]).unwrap()[0].status,
        SupplierStatus::Delivered
    );
}

#[test]
fn parcels_of_both_calls() {
    let tracking = r#"{"aliexpress_ds_order_tracking_get_response":{"result":{"ret":"true","data":{"tracking_detail_line_list":{"tracking_detail":[
        {"mail_no":"LP1","cp_name":"USPS","carrier_name":"AliExpress standard shipping"},{"mail_no":"LP2","carrier_name":"Cainiao"},{"mail_no":""}]}}}}}"#;
    let b = bench(&[ORDER, tracking]);
    let found = b.client.progress(&["8190".into()]).unwrap().remove(0);
    let parcels: Vec<_> = found.parcels.iter().map(|p| (p.number.as_str(), p.carrier.as_str())).collect();
    assert_eq!(parcels, [("LP1", "USPS"), ("LP2", "Cainiao")]);
    let asked = b.wire.seen().iter().map(said).collect::<Vec<_>>();
    assert_eq!(value(&asked[0], "single_order_query"), r#"{"order_id":"8190"}"#);
    assert_eq!((value(&asked[1], "ae_order_id"), value(&asked[1], "language")), ("8190".into(), "en_US".into()));
    let alone = bench(&[ORDER, NO_PARCEL]).client.progress(&["8190".into()]).unwrap().remove(0);
    assert_eq!(alone.parcels[0].number, "LP1");
}

#[test]
fn an_order_that_is_not_ours_is_left_out() {
    let foreign = r#"{"error_response":{"code":"15","type":"ISP","sub_code":"isv.insufficient-permission","sub_msg":"Insufficient permission.","msg":"Remote service error"}}"#;
    assert_eq!(bench(&[foreign]).client.progress(&["1".into()]), Ok(vec![]));
    // Asked three times, and not there yet.
    let busy = r#"{"error_response":{"code":"15","sub_code":"isp.service-unavailable","sub_msg":"busy"}}"#;
    let error = bench(&[busy, busy, busy]).client.progress(&["1".into()]);
    assert_eq!(error, Err(AskError::Answer { code: "isp.service-unavailable".into(), message: "busy".into() }));
}

const PRODUCT: &str = r#"{"aliexpress_ds_product_get_response":{"result":{"ae_item_base_info_dto":{"product_status_type":"onSelling","currency_code":"CNY"},
  "ae_item_sku_info_dtos":{"ae_item_sku_info_d_t_o":[
    {"sku_attr":"14:193#Black;5:361386","sku_id":"12000030000000001","sku_price":"22.23","offer_sale_price":"8.01","currency_code":"USD","sku_available_stock":"27"},
    {"sku_id":12000030000000009,"offer_sale_price":9.5,"currency_code":"USD","sku_available_stock":0,
     "ae_sku_property_dtos":{"ae_sku_property_d_t_o":[{"sku_property_id":14,"property_value_id":29},{"sku_property_id":"5","property_value_id":"100"}]}}]}},"rsp_code":200}}"#;

#[test]
fn price_and_stock() {
    let quotes = |answer: &str, listing: &str| {
        let asked = Asked { listing_id: listing.into(), ships_to: "GB".into(), ..Asked::default() };
        bench(&[answer]).client.quotes(&[asked])
    };
    let quote = quotes(PRODUCT, BLACK_M).unwrap().remove(0);
    assert_eq!((quote.price.unwrap().to_string(), quote.stock, quote.gone), ("8.01 USD".into(), Some(27), false));
    let rebuilt = quotes(PRODUCT, "1005006000000001:14:29;5:100").unwrap().remove(0);
    assert_eq!((rebuilt.price.unwrap().to_string(), rebuilt.stock), ("9.50 USD".into(), Some(0)));
    for gone in [
        (PRODUCT.to_owned(), "1005006000000001:14:29#Other;5:100"),
        (PRODUCT.replace("onSelling", "offline"), BLACK_M),
        (r#"{"aliexpress_ds_product_get_response":{"rsp_code":"605","rsp_msg":"ITEM_ID_NOT_FOUND"}}"#.into(), SINGLE),
        (r#"{"aliexpress_ds_product_get_response":{"rsp_code":602,"rsp_msg":"not allowed"}}"#.into(), SINGLE),
    ] {
        assert!(quotes(&gone.0, gone.1).unwrap()[0].gone, "{gone:?}");
    }
    let error = quotes(r#"{"aliexpress_ds_product_get_response":{"rsp_code":404,"rsp_msg":"System Error"}}"#, SINGLE);
    assert_eq!(error, Err(AskError::Answer { code: "404".into(), message: "System Error".into() }));

    let b = bench(&[PRODUCT]);
    let asked = |listing: &str| Asked { listing_id: listing.into(), ..Asked::default() };
    b.client.quotes(&[asked(BLACK_M), asked("1005006000000001:14:29;5:100")]).unwrap();
    assert_eq!(b.wire.seen().len(), 1, "a product is asked for once in a run");
    let said = said(&b.wire.seen()[0]);
    assert_eq!((value(&said, "product_id"), value(&said, "ship_to_country")), ("1005006000000001".into(), "US".into()));
}

#[test]
fn freight() {
    let answer = r#"{"aliexpress_ds_freight_query_response":{"result":{"code":200,"success":true,"delivery_options":{"delivery_option_d_t_o":[
        {"code":"CAINIAO_FULFILLMENT_STD","shipping_fee_currency":"USD","shipping_fee_cent":"1.99","free_shipping":false,"min_delivery_days":6,"max_delivery_days":8},
        {"code":"CAINIAO_ECONOMY","free_shipping":"true","min_delivery_days":"20","max_delivery_days":"40"},
        {"code":"NO_FEE","free_shipping":false}]}}}}"#;
    let to = ship_to();
    let shipment = |lines: Vec<(String, u32)>| Shipment { ships_from: "CN", ship_to: &to, tax_id: None, lines };
    let b = bench(&[PRODUCT, answer]);
    let found = b.client.freight(&shipment(vec![(BLACK_M.into(), 2)])).unwrap();
    let told: Vec<_> = found.iter().map(|f| (f.method.as_str(), f.cost.to_string(), f.days)).collect();
    assert_eq!(
        told,
        [(METHOD, "1.99 USD".into(), (Some(6), Some(8))), ("CAINIAO_ECONOMY", "0.00 USD".into(), (Some(20), Some(40)))]
    );
    let query: serde_json::Value = serde_json::from_str(&value(&said(&b.wire.seen()[1]), "queryDeliveryReq")).unwrap();
    assert_eq!((&query["selectedSkuId"], &query["quantity"]), (&"12000030000000001".into(), &"2".into()));
    assert!(!query.to_string().contains("Ada"), "who it is for is nobody's business yet");

    let two = vec![(BLACK_M.to_owned(), 1), ("1005006000000001:14:29;5:100".to_owned(), 1)];
    let found = bench(&[PRODUCT, answer, answer]).client.freight(&shipment(two)).unwrap();
    assert_eq!(found[0].cost.to_string(), "3.98 USD");
    for code in ["505", "501"] {
        let no =
            format!(r#"{{"aliexpress_ds_freight_query_response":{{"result":{{"code":{code},"success":false}}}}}}"#);
        assert_eq!(bench(&[PRODUCT, &no]).client.freight(&shipment(vec![(BLACK_M.into(), 1)])), Ok(vec![]));
    }
    let busy = r#"{"aliexpress_ds_freight_query_response":{"result":{"code":506,"msg":"DELIVERY_SERVICE_EXCEPTION"}}}"#;
    assert!(bench(&[PRODUCT, busy, busy]).client.freight(&shipment(vec![(BLACK_M.into(), 1)])).is_err());
    let after_a_moment = bench(&[PRODUCT, busy, answer]).client.freight(&shipment(vec![(BLACK_M.into(), 1)]));
    assert_eq!(after_a_moment.map(|found| found.len()), Ok(2), "506 is asked about once more");
}

#[test]
fn what_aliexpress_cannot_do_it_says() {
    let b = bench(&[]);
    assert!(
        matches!(b.client.pay("1"), Step::Refused { message, .. } if message.contains("paid on AliExpress's site"))
    );
    assert!(
        matches!(b.client.cancel("1"), Step::Refused { message, .. } if message.contains("cancelled on AliExpress's site"))
    );
    assert!(b.client.balance().unwrap_err().to_string().contains("AliExpress has no balance to ask for"));
    assert_eq!(b.client.track(&["1".into()]), Ok(vec![]));
    assert!(b.wire.seen().is_empty());
}
