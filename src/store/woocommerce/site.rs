//! Where a WordPress site is, as a person writes it, and how its REST routes are reached. Pure.

use crate::net::url::{UrlError, escaped};

/// WooCommerce looks for this in the address before it looks at a key (its check of the request's URI). Routes of a
/// site without permalinks do not have it, so it is put behind them.
const MARK: &str = "wp-json/wc/";

/// Scheme, host, port and path, without a slash at the end.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Site {
    pub encrypted: bool,
    authority: String,
    path: String,
}

/// How the site's routes are spelled.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Form {
    /// `/wp-json/wc/v3/orders`
    Pretty,
    /// `/index.php/wp-json/wc/v3/orders`, where the server rewrites no addresses and permalinks say so.
    Index,
    /// `/index.php?rest_route=/wc/v3/orders`, where permalinks are plain.
    Plain,
}

impl Site {
    /// `example.com`, `https://example.com/shop`, or http for a server of this computer or network. What a person copies
    /// with it from a page about the API or from the browser is left out.
    ///
    /// # Errors
    /// Not an address, or one that would send customers over the open net unencrypted.
    pub fn parse(text: &str) -> Result<Self, UrlError> {
        let bad = || UrlError::NotAnOrigin(text.to_owned());
        let (scheme, rest) = text.trim().split_once("://").unwrap_or(("https", text.trim()));
        let (authority, path) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
        let authority_fits = authority.bytes().all(|b| b.is_ascii_alphanumeric() || b".-_:[]".contains(&b));
        let path_fits = path.bytes().all(|b| b.is_ascii_alphanumeric() || b"/-._~%".contains(&b));
        if authority.is_empty() || !authority_fits || !path_fits {
            return Err(bad());
        }
        let encrypted = match scheme.to_ascii_lowercase().as_str() {
            "https" => true,
            "http" if is_near(host(authority)) => false,
            "http" => return Err(UrlError::NotEncrypted(text.to_owned())),
            _ => return Err(bad()),
        };
        let path = site_path(path).to_owned();
        Ok(Self { encrypted, authority: authority.to_ascii_lowercase(), path })
    }

    /// As a site calls itself, whatever its scheme; for signing alone.
    pub fn parse_any(text: &str) -> Option<Self> {
        let (_, rest) = text.split_once("://")?;
        Self::parse(&format!("https://{rest}")).ok()
    }

    pub fn scheme(&self) -> &'static str {
        if self.encrypted { "https" } else { "http" }
    }

    /// The same site by another scheme: as the site thinks of itself.
    pub fn spelled(&self, scheme: &str) -> String {
        format!("{scheme}://{}{}", self.authority, self.path)
    }

    /// Address and query of a route, before the query is signed.
    pub fn route(&self, form: Form, route: &str, query: &[(String, String)]) -> (String, Vec<(String, String)>) {
        let site = self.spelled(self.scheme());
        match form {
            Form::Pretty => (format!("{site}/wp-json{route}"), query.to_vec()),
            Form::Index => (format!("{site}/index.php/wp-json{route}"), query.to_vec()),
            Form::Plain => {
                let mut all = vec![("rest_route".to_owned(), route.to_owned()), ("via".to_owned(), MARK.to_owned())];
                all.extend_from_slice(query);
                (format!("{site}/index.php"), all)
            }
        }
    }
}

/// A path up to the first part that is WordPress's own.
fn site_path(path: &str) -> &str {
    const OWN: [&str; 4] = ["wp-json", "wp-admin", "wp-login.php", "index.php"];
    let mut end = 0;
    for part in path.split('/') {
        if OWN.contains(&part) {
            return path[..end].trim_end_matches('/');
        }
        end += part.len() + 1;
    }
    path.trim_end_matches('/')
}

/// A query in which the mark stays readable.
pub fn query(pairs: &[(String, String)]) -> String {
    let value = |value: &str| if value == MARK { MARK.to_owned() } else { escaped(value) };
    pairs.iter().map(|(k, v)| format!("{}={}", escaped(k), value(v))).collect::<Vec<_>>().join("&")
}

fn host(authority: &str) -> &str {
    match authority.strip_prefix('[') {
        Some(rest) => rest.split(']').next().unwrap_or(rest),
        None => authority.split(':').next().unwrap_or(authority),
    }
}

/// This computer, a private network, or a name that the open net does not have.
fn is_near(host: &str) -> bool {
    use std::net::IpAddr;
    match host.parse::<IpAddr>() {
        Ok(IpAddr::V4(ip)) => ip.is_loopback() || ip.is_private() || ip.is_link_local(),
        Ok(IpAddr::V6(ip)) => ip.is_loopback() || ip.is_unique_local() || ip.is_unicast_link_local(),
        Err(_) => {
            let host = host.to_ascii_lowercase();
            let own = [".local", ".localhost", ".test", ".internal", ".lan"];
            !host.contains('.') || own.iter().any(|end| host.ends_with(end))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_site_may_lie_in_a_folder_and_near_by() {
        let site = |text: &str| Site::parse(text).map(|s| s.spelled(s.scheme()));
        assert_eq!(site("example.com").unwrap(), "https://example.com");
        assert_eq!(site("https://Example.com/shop/").unwrap(), "https://example.com/shop");
        for near in [
            "http://127.0.0.1:8080",
            "http://192.168.1.5",
            "http://wordpress",
            "http://shop.test:1/x",
            "http://[::1]:9",
        ] {
            assert_eq!(site(near).unwrap(), near);
        }
        assert!(matches!(site("http://example.com"), Err(UrlError::NotEncrypted(_))));
        assert!(matches!(site("http://8.8.8.8"), Err(UrlError::NotEncrypted(_))));
        for wrong in ["https://", "https://u:p@a.com", "ftp://a.com", "https://a.com/?x=1"] {
            assert!(matches!(site(wrong), Err(UrlError::NotAnOrigin(_))), "{wrong}");
        }
    }

    #[test]
    fn an_address_copied_with_the_route_of_the_api_is_the_sites() {
        for copied in
            ["/shop/wp-json/wc/v3", "/shop/wp-json/", "/shop/wp-admin/", "/shop/index.php", "/shop//", "/shop"]
        {
            let site = Site::parse(&format!("https://a.com{copied}")).unwrap();
            assert_eq!(site.spelled("https"), "https://a.com/shop", "{copied}");
        }
        assert_eq!(Site::parse("https://a.com/wp-json/wc/v3").unwrap().spelled("https"), "https://a.com");
        assert_eq!(Site::parse("https://a.com/my-wp-json/").unwrap().spelled("https"), "https://a.com/my-wp-json");
    }

    #[test]
    fn a_plain_route_carries_the_mark_that_lets_a_key_count() {
        let site = Site::parse("http://127.0.0.1:80/shop").unwrap();
        let (address, pairs) = site.route(Form::Plain, "/wc/v3/orders", &[("page".into(), "2".into())]);
        assert_eq!(address, "http://127.0.0.1:80/shop/index.php");
        assert_eq!(query(&pairs), "rest_route=%2Fwc%2Fv3%2Forders&via=wp-json/wc/&page=2");
    }
}
