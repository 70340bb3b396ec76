//! Parameters as a form body. Everything goes into it and nothing into the URL, so that no address or token is in a log
//! of URLs. Encoding is canonical: what was decoded encodes to the same bytes again. Pure.

use crate::net::url::escaped;

/// Names and values, not escaped, in the order in which they are sent.
pub type Params = Vec<(String, String)>;

pub const CONTENT_TYPE: &str = "application/x-www-form-urlencoded;charset=UTF-8";

/// Empty values are not sent.
pub fn encode(params: &[(String, String)]) -> Vec<u8> {
    let pairs = params.iter().filter(|(_, value)| !value.is_empty());
    let pairs: Vec<String> = pairs.map(|(name, value)| format!("{}={}", escaped(name), escaped(value))).collect();
    pairs.join("&").into_bytes()
}

/// `None` when these are not bytes that [`encode`] makes.
pub fn decode(bytes: &[u8]) -> Option<Params> {
    let text = std::str::from_utf8(bytes).ok().filter(|text| !text.is_empty())?;
    let pair = |pair: &str| {
        let (name, value) = pair.split_once('=')?;
        Some((plain(name)?, plain(value)?))
    };
    let params: Params = text.split('&').map(pair).collect::<Option<_>>()?;
    (encode(&params) == bytes).then_some(params)
}

/// Percent-decoded, whoever encoded it.
pub fn plain(text: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let [first, tail @ ..] = rest {
        if *first == b'%' {
            let hex = std::str::from_utf8(tail.get(..2)?).ok()?;
            bytes.push(u8::from_str_radix(hex, 16).ok()?);
            rest = &tail[2..];
        } else {
            bytes.push(*first);
            rest = tail;
        }
    }
    String::from_utf8(bytes).ok()
}

/// Value of a name; empty when it is absent.
pub fn value<'a>(params: &'a [(String, String)], name: &str) -> &'a str {
    params.iter().find(|(n, _)| n == name).map_or("", |(_, v)| v)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_encoded_comes_back_and_nothing_else_is_read() {
        let params: Params = vec![("a".into(), "é & = +%".into()), ("b".into(), r#"{"x":"14:1#B;5:2"}"#.into())];
        let bytes = encode(&params);
        assert_eq!(bytes, b"a=%C3%A9%20%26%20%3D%20%2B%25&b=%7B%22x%22%3A%2214%3A1%23B%3B5%3A2%22%7D");
        assert_eq!(decode(&bytes).unwrap(), params);
        for bytes in [&b""[..], b"a", b"a=%", b"a=%zz", b"a=%FF", b"a=1+2", b"a=%41", b"a=", b"a=1&"] {
            assert_eq!(decode(bytes), None, "{}", String::from_utf8_lossy(bytes));
        }
        assert_eq!((value(&params, "a"), value(&params, "c")), ("é & = +%", ""));
    }
}
