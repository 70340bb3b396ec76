//! `application/x-www-form-urlencoded` with brackets in the keys, as PHP reads it. Pure.

use crate::net::url::escaped;

/// Keys are ours and stand as they are; values may be anything.
pub fn encoded<K: AsRef<str>, V: AsRef<str>>(pairs: impl IntoIterator<Item = (K, V)>) -> Vec<u8> {
    let pairs = pairs.into_iter().map(|(key, value)| format!("{}={}", key.as_ref(), escaped(value.as_ref())));
    pairs.collect::<Vec<_>>().join("&").into_bytes()
}

/// # Errors
/// The bytes are not such a form.
pub fn decoded(bytes: &[u8]) -> Result<Vec<(String, String)>, String> {
    let text = std::str::from_utf8(bytes).map_err(|_| "not text".to_owned())?;
    let pairs = text.split('&').filter(|pair| !pair.is_empty());
    pairs
        .map(|pair| {
            let (key, value) = pair.split_once('=').ok_or("a field without a value")?;
            Ok((plain(key)?, plain(value)?))
        })
        .collect()
}

fn plain(text: &str) -> Result<String, String> {
    let mut bytes = text.bytes();
    let mut out = vec![];
    while let Some(byte) = bytes.next() {
        out.push(match byte {
            b'+' => b' ',
            b'%' => {
                let mut digit = || bytes.next().and_then(|b| char::from(b).to_digit(16));
                let (high, low) = (digit(), digit());
                let value = high.zip(low).map(|(high, low)| high * 16 + low);
                value.and_then(|v| u8::try_from(v).ok()).ok_or("a percent sign without two digits")?
            }
            other => other,
        });
    }
    String::from_utf8(out).map_err(|_| "a value that is not text".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read() {
        let pairs = [("a[0][b]", "Straße 5 & 6=x+y%"), ("c", ""), ("d", "李")];
        let bytes = encoded(pairs);
        assert!(bytes.starts_with(b"a[0][b]=Stra%C3%9Fe%205%20%26%206%3Dx%2By%25&c=&d="));
        let read = decoded(&bytes).unwrap();
        assert!(read.iter().map(|(k, v)| (k.as_str(), v.as_str())).eq(pairs));
        assert_eq!(decoded(b"x=a+b").unwrap()[0].1, "a b");
        for bad in [&b"x"[..], b"x=%4", b"x=%zz", b"x=%ff", b"\xff=1"] {
            assert!(decoded(bad).is_err());
        }
    }
}
