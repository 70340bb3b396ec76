//! Whose key a request brings. As WooCommerce does it: in the header only where the site takes itself for encrypted, else by
//! a signature over the address that the site knows itself by; and not at all where the address does not say `wp-json/wc`.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest, Sha256};

use super::super::http::{Called, Reply};
use super::{KEY, State, error};

const STRANGER: &str = "Sorry, you cannot list resources.";

pub fn turned_away(state: &mut State, called: &Called) -> Option<Reply> {
    let cannot = || Some(error(401, "woocommerce_rest_cannot_view", STRANGER));
    let failed = |why: &str| Some(error(401, "woocommerce_rest_authentication_error", why));
    if ["consumer_secret", "oauth_token"].iter().any(|name| called.query(name).is_some()) {
        state.wrong.push("a secret in the address".to_owned());
    }
    let ours = called.target.contains("wp-json/wc/") || called.target.contains("wp-json/wc-");
    let basic = called.header("Authorization").and_then(|h| h.strip_prefix("Basic "));
    match (ours, basic, called.query("oauth_consumer_key")) {
        (false, ..) => return cannot(),
        (_, Some(pair), _) if state.thinks_encrypted => {
            let pair = String::from_utf8(STANDARD.decode(pair).unwrap()).unwrap();
            match pair.split_once(':') {
                Some((KEY, secret)) if secret == state.secret => {}
                Some((KEY, _)) => return failed("Consumer secret is invalid."),
                _ => return cannot(),
            }
        }
        (_, _, Some(key)) if key == KEY => {
            if let Some(why) = signature_problem(state, called) {
                return failed(why);
            }
        }
        (_, Some(_), _) => {
            state.wrong.push("a key in clear over a line that is not encrypted".to_owned());
            return cannot();
        }
        _ => return cannot(),
    }
    let writes = called.method != "GET";
    (writes && state.read_only).then(|| {
        error(401, "woocommerce_rest_authentication_error", "The API key provided does not have write permissions.")
    })
}

fn signature_problem(state: &mut State, called: &Called) -> Option<&'static str> {
    let mut pairs: Vec<(String, String)> = called.query.clone();
    let at = pairs.iter().position(|(name, _)| name == "oauth_signature")?;
    let given = pairs.remove(at).1;
    pairs.sort();
    let scheme = if state.thinks_encrypted { "https" } else { "http" };
    let address = format!("{scheme}://{}{}", called.header("Host").unwrap_or_default(), called.path);
    let joined: Vec<String> = pairs.iter().map(|(k, v)| format!("{}={}", escaped(k), escaped(v))).collect();
    let base = format!("{}&{}&{}", called.method, escaped(&address), escaped(&joined.join("&")));
    if STANDARD.encode(hmac(format!("{}&", state.secret).as_bytes(), base.as_bytes())) != given {
        return Some("Invalid signature - provided signature does not match.");
    }
    let timestamp: i64 = called.query("oauth_timestamp")?.parse().unwrap_or(0);
    if state.clock.is_some_and(|clock| (clock.as_second() - timestamp).abs() > 900) {
        return Some("Invalid timestamp.");
    }
    let nonce = called.query("oauth_nonce").unwrap_or_default().to_owned();
    (!state.nonces.insert(nonce)).then_some("Invalid nonce - nonce has already been used.")
}

fn escaped(text: &str) -> String {
    let plain = |b: u8| b.is_ascii_alphanumeric() || b"-._~".contains(&b);
    text.bytes().map(|b| if plain(b) { char::from(b).to_string() } else { format!("%{b:02X}") }).collect()
}

fn hmac(key: &[u8], message: &[u8]) -> Vec<u8> {
    let mut block = key.to_vec();
    block.resize(64, 0);
    let with = |pad: u8| block.iter().map(|b| b ^ pad).collect::<Vec<u8>>();
    let inner = Sha256::digest([with(0x36), message.to_vec()].concat());
    Sha256::digest([with(0x5c), inner.to_vec()].concat()).to_vec()
}
