//! The signature of Alibaba's open platform (IOP): HMAC-SHA256 over the sorted parameters. Pure.
//!
//! Rule and vectors: openservice.aliexpress.com, "signature algorithm", checked against two clients of others.

use sha2::{Digest, Sha256};

use super::form::Params;
use crate::core::ids::hex;
use crate::secret::Secret;

/// Block of SHA-256 in bytes.
const BLOCK: usize = 64;

/// What is signed: the path (on `/rest` alone, without that word), then each name with its value, sorted by the bytes
/// of the names. `sign` itself and empty values are not in it, nor are they sent.
pub fn base(path: &str, params: &Params) -> String {
    let mut pairs: Vec<(&str, &str)> = params
        .iter()
        .map(|(name, value)| (name.as_str(), value.as_str()))
        .filter(|(name, value)| *name != "sign" && !value.is_empty())
        .collect();
    pairs.sort_unstable();
    let mut base = path.to_owned();
    for (name, value) in pairs {
        base += name;
        base += value;
    }
    base
}

/// Upper-case hex.
pub fn sign(secret: &Secret, base: &str) -> String {
    hex(&hmac_sha256(secret.expose().as_bytes(), base.as_bytes())).to_ascii_uppercase()
}

/// RFC 2104.
fn hmac_sha256(key: &[u8], message: &[u8]) -> [u8; 32] {
    let mut block = [0_u8; BLOCK];
    if key.len() > BLOCK {
        block[..32].copy_from_slice(&Sha256::digest(key));
    } else {
        block[..key.len()].copy_from_slice(key);
    }
    let inner = Sha256::new().chain_update(block.map(|b| b ^ 0x36)).chain_update(message).finalize();
    Sha256::new().chain_update(block.map(|b| b ^ 0x5c)).chain_update(inner).finalize().into()
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECRET: &str = "dsf-test-secret-0001";
    const AT: (&str, &str) = ("timestamp", "1763806034000");
    const METHOD: (&str, &str) = ("sign_method", "sha256");

    fn signed(secret: &str, path: &str, params: &[(&str, &str)]) -> (String, String) {
        let params = params.iter().map(|(n, v)| ((*n).to_owned(), (*v).to_owned())).collect();
        let base = base(path, &params);
        let sign = sign(&Secret::new(secret), &base);
        (base, sign)
    }

    #[test]
    fn v1_a_question() {
        let (base, sign) = signed(
            SECRET,
            "",
            &[
                ("app_key", "510000"),
                ("method", "aliexpress.ds.product.get"),
                ("session", "50000test"),
                METHOD,
                AT,
                ("format", "json"),
                ("product_id", "1005006000000001"),
                ("ship_to_country", "US"),
                ("target_currency", "USD"),
                ("target_language", "en_US"),
            ],
        );
        assert_eq!(
            base,
            "app_key510000formatjsonmethodaliexpress.ds.product.getproduct_id1005006000000001session50000test\
             ship_to_countryUSsign_methodsha256target_currencyUSDtarget_languageen_UStimestamp1763806034000"
        );
        assert_eq!(sign, "712F4BAC8EDA061158E790378B172FFFA68CE127DB348D0E269CBBE07DF7E0D7");
    }

    #[test]
    fn v2_an_order() {
        let order = r#"{"out_order_id":"PO-2026-0001","logistics_address":{"address":"742 Evergreen Terrace","address2":"","city":"Springfield","contact_person":"Jane Doe","country":"US","full_name":"Jane Doe","locale":"en_US","mobile_no":"2175550100","phone_country":"+1","province":"Illinois","zip":"62704"},"product_items":[{"product_count":2,"product_id":1005006000000001,"sku_attr":"14:193#Black;5:361386","logistics_service_name":"CAINIAO_STANDARD","order_memo":""}]}"#;
        let (_, sign) = signed(
            SECRET,
            "",
            &[
                ("app_key", "510000"),
                ("method", "aliexpress.ds.order.create"),
                ("session", "50000test"),
                METHOD,
                AT,
                ("format", "json"),
                ("ds_extend_request", r#"{"payment":{"pay_currency":"USD","try_to_pay":"false"}}"#),
                ("param_place_order_request4_open_api_d_t_o", order),
            ],
        );
        assert_eq!(sign, "067F4DA53816801EF2FA9004944CD51F060D90518FF7F79BB8B135BA46B64C65");
    }

    #[test]
    fn v3_v4_v7_with_the_path_before_it() {
        let key = ("app_key", "510000");
        let code = [key, ("code", "0_510000_abcDEF123"), METHOD, AT];
        let (base, sign) = signed(SECRET, "/auth/token/create", &code);
        assert!(base.starts_with("/auth/token/createapp_key510000code0_510000_abcDEF123sign_method"), "{base}");
        assert_eq!(sign, "CB36E4DDD109C0483BA757E0A09EE1AE1384E0ACE8B5E7C2EAA04337F2810270");
        let refresh = [key, ("refresh_token", "50001refresh"), METHOD, AT];
        let (_, sign) = signed(SECRET, "/auth/token/refresh", &refresh);
        assert_eq!(sign, "9072397A33D8239083761D02D1698A383214E25386AEE267892AB3B3C514FD33");
        let order = [
            ("access_token", "50000alib"),
            ("app_key", "600100"),
            ("e_trade_id", "234193410001028893"),
            ("language", "en_US"),
            METHOD,
            AT,
        ];
        let (_, sign) = signed(SECRET, "/alibaba/order/get", &order);
        assert_eq!(sign, "9EA54E547779CDFBF7321479857BDE562A62ED066A8526791AD67955A89003D7");
    }

    #[test]
    fn v5_the_bytes_of_utf_8_are_signed() {
        let query = r#"{"quantity":"1","shipToCountry":"FR","productId":"1005006000000001","language":"en_US","locale":"en_US","selectedSkuId":"12000030000000001","currency":"EUR","city":"Orléans"}"#;
        let (_, sign) = signed(
            SECRET,
            "",
            &[
                ("access_token", "50000test"),
                ("app_key", "510000"),
                ("method", "aliexpress.ds.freight.query"),
                METHOD,
                AT,
                ("queryDeliveryReq", query),
            ],
        );
        assert_eq!(sign, "7AC5F8F6628D69B8956BE275881A221968AD22923C5F2AF6CB04E35E2F8282C1");
    }

    #[test]
    fn a_vector_of_another_client_with_capitals_and_an_empty_value() {
        let (_, sign) = signed(
            "TEST_SECRET_123",
            "",
            &[
                ("app_key", "APPK"),
                ("method", "aliexpress.ds.text.search"),
                ("sign_method", "sha256"),
                ("timestamp", "1700000000000"),
                ("keyWord", "yoga mat"),
                ("countryCode", "FR"),
                ("session", "ATOK"),
                ("format", "json"),
                ("partner_id", ""),
                ("sign", "ANYTHING"),
            ],
        );
        assert_eq!(sign, "22ACCEEA01395E49C9A1964220A7147F247086AC1619303DAD6A951DCCA54DD2");
    }

    #[test]
    fn v8_the_same_hmac_and_a_key_longer_than_a_block() {
        let pushed = r#"510000{"data":{"buyerId":1861700001,"orderId":8190000000000001,"orderStatus":"OrderShipped"},"message_type":53,"seller_id":"1234","site":"ae_global","timestamp":1763806034}"#;
        let mac = hex(&hmac_sha256(SECRET.as_bytes(), pushed.as_bytes()));
        assert_eq!(mac, "8f292b4de40eaa028205f5680bd43f6fcbfa19099b249dced75a59c9d661731d");
        // RFC 4231, case 6.
        let mac = hex(&hmac_sha256(&[0xaa; 131], b"Test Using Larger Than Block-Size Key - Hash Key First"));
        assert_eq!(mac, "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54");
    }
}
