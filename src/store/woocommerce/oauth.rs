//! OAuth 1.0a with one leg, as RFC 5849 has it and WooCommerce checks it: a signature in the query, for sites without TLS.
//! Pure.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest, Sha256};

use crate::net::url::escaped;

/// What makes each signature another one.
#[derive(Clone, Debug)]
pub struct Once {
    pub nonce: String,
    /// Seconds.
    pub timestamp: i64,
}

/// The pairs that a signed query has, in the order in which they were signed.
///
/// `address` is the one that the server knows itself by, without a query.
pub fn signed(
    method: &str,
    address: &str,
    query: &[(String, String)],
    key: &str,
    secret: &str,
    once: &Once,
) -> Vec<(String, String)> {
    let mut pairs = query.to_vec();
    for (name, value) in [
        ("oauth_consumer_key", key.to_owned()),
        ("oauth_nonce", once.nonce.clone()),
        ("oauth_signature_method", "HMAC-SHA256".to_owned()),
        ("oauth_timestamp", once.timestamp.to_string()),
    ] {
        pairs.push((name.to_owned(), value));
    }
    pairs.sort();
    let signature = signature(&base_string(method, address, &pairs), secret);
    pairs.push(("oauth_signature".to_owned(), signature));
    pairs
}

fn base_string(method: &str, address: &str, sorted: &[(String, String)]) -> String {
    let joined: Vec<String> = sorted.iter().map(|(k, v)| format!("{}={}", escaped(k), escaped(v))).collect();
    format!("{method}&{}&{}", escaped(address), escaped(&joined.join("&")))
}

/// There is no token, so the key ends with the `&` that stands before its secret.
fn signature(base: &str, secret: &str) -> String {
    STANDARD.encode(hmac_sha256(format!("{}&", escaped(secret)).as_bytes(), base.as_bytes()))
}

/// RFC 2104.
fn hmac_sha256(key: &[u8], message: &[u8]) -> [u8; 32] {
    const BLOCK: usize = 64;
    let mut padded = [0_u8; BLOCK];
    if key.len() > BLOCK {
        padded[..32].copy_from_slice(&Sha256::digest(key));
    } else {
        padded[..key.len()].copy_from_slice(key);
    }
    let round = |pad: u8, message: &[u8]| -> [u8; 32] {
        let mut hash = Sha256::new();
        hash.update(padded.map(|b| b ^ pad));
        hash.update(message);
        hash.finalize().into()
    };
    round(0x5c, &round(0x36, message))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::core::ids::hex;

    /// RFC 4231, cases 1, 2 and 6.
    #[test]
    fn hmac_is_the_one_of_the_standard() {
        let cases: [(&[u8], &[u8], &str); 3] = [
            (&[0x0b; 20], b"Hi There", "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7"),
            (
                b"Jefe",
                b"what do ya want for nothing?",
                "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843",
            ),
            (
                &[0xaa; 131],
                b"Test Using Larger Than Block-Size Key - Hash Key First",
                "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54",
            ),
        ];
        for (key, message, want) in cases {
            assert_eq!(hex(&hmac_sha256(key, message)), want);
        }
    }

    /// The parts of the base string by RFC 5849 3.4.1: method, address and sorted pairs, each escaped once more.
    #[test]
    fn the_base_string_is_sorted_and_escaped_twice() {
        let once = Once { nonce: "n1".into(), timestamp: 1_700_000_000 };
        let query = [("per_page".into(), "100".into()), ("modified_after".into(), "2026-11-22T10:36:06Z".into())];
        let pairs = signed("GET", "http://127.0.0.1:8182/wp-json/wc/v3/orders", &query, "ck_1", "cs_1", &once);
        let base = base_string("GET", "http://127.0.0.1:8182/wp-json/wc/v3/orders", &pairs[..pairs.len() - 1]);
        assert_eq!(
            base,
            "GET&http%3A%2F%2F127.0.0.1%3A8182%2Fwp-json%2Fwc%2Fv3%2Forders&modified_after%3D2026-11-22T10%253A36%253A06Z\
             %26oauth_consumer_key%3Dck_1%26oauth_nonce%3Dn1%26oauth_signature_method%3DHMAC-SHA256%26oauth_timestamp%3D\
             1700000000%26per_page%3D100"
        );
        assert_eq!(pairs.last().unwrap().0, "oauth_signature");
        // Computed by another implementation of HMAC over the base string above.
        assert_eq!(pairs.last().unwrap().1, "6mGkFQECiW4YyusSWNqkmFr6bV5HndEDy4DibhOJVAc=");
    }
}
