//! `base_url`: scheme, host and port. Paths and queries are put behind it here, so that nothing is escaped twice.

use std::fmt;

use thiserror::Error;

#[derive(Clone, PartialEq, Eq, Debug)]
pub struct BaseUrl(String);

#[derive(Debug, Error, PartialEq, Eq)]
pub enum UrlError {
    #[error("base_url \"{0}\" is not scheme, host and port, such as https://example.com")]
    NotAnOrigin(String),
    #[error("base_url \"{0}\" would send the key unencrypted: https, or http to this computer only")]
    NotEncrypted(String),
}

impl BaseUrl {
    /// # Errors
    /// Anything behind the port, or plain http to another computer.
    pub fn parse(text: &str) -> Result<Self, UrlError> {
        let bad = || UrlError::NotAnOrigin(text.to_owned());
        let trimmed = text.trim().trim_end_matches('/');
        let (scheme, authority) = trimmed.split_once("://").ok_or_else(bad)?;
        let scheme = scheme.to_ascii_lowercase();
        let plain = authority.bytes().all(|b| b.is_ascii_alphanumeric() || b".-_:[]".contains(&b));
        let (host, port) = host_and_port(authority).ok_or_else(bad)?;
        if !plain || host.is_empty() || port.is_some_and(|p| p.parse::<u16>().is_err()) {
            return Err(bad());
        }
        match scheme.as_str() {
            "https" => {}
            "http" if is_this_computer(host) => {}
            "http" => return Err(UrlError::NotEncrypted(text.to_owned())),
            _ => return Err(bad()),
        }
        Ok(Self(format!("{scheme}://{authority}")))
    }

    /// `path` begins with `/` and is ours; the values of the query may be anything.
    pub fn join(&self, path: &str, query: &[(&str, &str)]) -> String {
        let mut url = format!("{}{path}", self.0);
        for (i, (key, value)) in query.iter().enumerate() {
            url.push(if i == 0 { '?' } else { '&' });
            url += &format!("{}={}", escaped(key), escaped(value));
        }
        url
    }
}

impl fmt::Display for BaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

fn host_and_port(authority: &str) -> Option<(&str, Option<&str>)> {
    if let Some(rest) = authority.strip_prefix('[') {
        let (host, rest) = rest.split_once(']')?;
        return match rest.strip_prefix(':') {
            Some(port) => Some((host, Some(port))),
            None => rest.is_empty().then_some((host, None)),
        };
    }
    Some(authority.split_once(':').map_or((authority, None), |(host, port)| (host, Some(port))))
}

fn is_this_computer(host: &str) -> bool {
    host.eq_ignore_ascii_case("localhost") || host.parse::<std::net::IpAddr>().is_ok_and(|ip| ip.is_loopback())
}

/// Percent-encoding by RFC 3986: everything but letters, digits and `-._~`.
pub fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            out.push(char::from(byte));
        } else {
            out += &format!("%{byte:02X}");
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_base_is_an_origin_and_nothing_more() {
        for (text, want) in [
            ("https://Example.com/", "https://Example.com"),
            ("http://127.0.0.1:8080", "http://127.0.0.1:8080"),
            ("http://[::1]:9", "http://[::1]:9"),
            ("HTTP://localhost:1", "http://localhost:1"),
        ] {
            assert_eq!(BaseUrl::parse(text).unwrap().to_string(), want);
        }
        for text in
            ["example.com", "https://a.com/api", "https://u:p@a.com", "ftp://a.com", "https://", "http://127.0.0.1:x"]
        {
            assert!(matches!(BaseUrl::parse(text), Err(UrlError::NotAnOrigin(_))), "{text}");
        }
        assert!(matches!(BaseUrl::parse("http://example.com"), Err(UrlError::NotEncrypted(_))));
    }

    #[test]
    fn values_of_a_query_are_escaped_once() {
        let base = BaseUrl::parse("https://a.com").unwrap();
        assert_eq!(base.join("/x", &[("a", "1 &2"), ("b", "é")]), "https://a.com/x?a=1%20%262&b=%C3%A9");
        assert_eq!(base.join("/x", &[]), "https://a.com/x");
    }
}
