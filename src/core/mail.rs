//! E-mails as files: messages of an mbox, headers, the readable text of a body with its links. As much of MIME as shipping
//! notices use (multipart, quoted-printable, base64, encoded headers); anything else is read as plain text, and nothing panics.

use std::borrow::Cow;

/// How deep parts may lie in parts; a notice has three levels.
const DEEPEST: usize = 8;

#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Mail {
    /// Domain of the sender's address, in small letters.
    pub from_domain: String,
    pub subject: String,
    /// The `Date` header as it stands.
    pub date: String,
    /// Words and links, without tags.
    pub text: String,
}

/// Whether a file begins like a mail or an mbox.
pub fn is_mail(head: &[u8]) -> bool {
    let text = String::from_utf8_lossy(head.get(..head.len().min(4096)).unwrap_or(head));
    let first = text.trim_start_matches('\u{feff}').trim_start();
    if first.starts_with("From ") {
        return true;
    }
    const STARTS: [&str; 9] = [
        "return-path:",
        "received:",
        "delivered-to:",
        "from:",
        "mime-version:",
        "date:",
        "subject:",
        "message-id:",
        "dkim-signature:",
    ];
    let line = first.lines().next().unwrap_or("").to_ascii_lowercase();
    STARTS.iter().any(|s| line.starts_with(s)) && text.to_ascii_lowercase().contains("from:")
}

/// The messages of an mbox, or the one of an .eml.
pub fn messages(bytes: &[u8]) -> Vec<Mail> {
    let text = decoded(bytes);
    let text = text.replace("\r\n", "\n");
    if !text.trim_start().starts_with("From ") {
        return vec![message(text.trim_start_matches('\u{feff}'))];
    }
    let mut mails = vec![];
    let mut one = String::new();
    let mut after_blank = true;
    for line in text.lines() {
        if after_blank && line.starts_with("From ") {
            if !one.trim().is_empty() {
                mails.push(message(&one));
            }
            one.clear();
        } else {
            // An mbox puts a sign before lines that would begin another message.
            let bare = line.trim_start_matches('>');
            one.push_str(if bare.len() < line.len() && bare.starts_with("From ") {
                line.get(1..).unwrap_or(line)
            } else {
                line
            });
            one.push('\n');
        }
        after_blank = line.is_empty();
    }
    if !one.trim().is_empty() {
        mails.push(message(&one));
    }
    mails
}

fn message(text: &str) -> Mail {
    let (head, _) = split(text);
    let from = header(head, "from");
    let domain = from
        .rsplit('@')
        .next()
        .unwrap_or("")
        .split(['>', ' ', '"', ';', ','])
        .next()
        .unwrap_or("")
        .to_ascii_lowercase();
    Mail {
        from_domain: if from.contains('@') { domain } else { String::new() },
        subject: words_of_header(&header(head, "subject")),
        date: header(head, "date"),
        text: body(text, 0),
    }
}

fn split(text: &str) -> (&str, &str) {
    text.split_once("\n\n").unwrap_or((text, ""))
}

/// A header by its name, with folded lines joined.
fn header(head: &str, name: &str) -> String {
    let mut value: Option<String> = None;
    for line in head.lines() {
        if let Some(value) = value.as_mut().filter(|_| line.starts_with([' ', '\t'])) {
            value.push(' ');
            value.push_str(line.trim());
            continue;
        }
        if value.is_some() {
            break;
        }
        if let Some((key, rest)) = line.split_once(':')
            && key.trim().eq_ignore_ascii_case(name)
        {
            value = Some(rest.trim().to_owned());
        }
    }
    value.unwrap_or_default()
}

/// The readable parts, one after the other.
fn body(part: &str, depth: usize) -> String {
    let (head, body_text) = split(part);
    let kind = header(head, "content-type");
    let low = kind.to_ascii_lowercase();
    if low.starts_with("multipart/") && depth < DEEPEST {
        let Some(boundary) = parameter(&kind, "boundary").filter(|b| !b.is_empty()) else { return String::new() };
        let mark = format!("--{boundary}");
        let parts = body_text.split(mark.as_str()).skip(1).take_while(|p| !p.starts_with("--"));
        return parts.map(|p| body(p.trim_start_matches('\n'), depth + 1)).collect::<Vec<_>>().join("\n");
    }
    if low.starts_with("message/") && depth < DEEPEST {
        return body(body_text, depth + 1);
    }
    if !(low.is_empty() || low.starts_with("text/")) {
        return String::new();
    }
    let encoding = header(head, "content-transfer-encoding").to_ascii_lowercase();
    let text: Cow<'_, str> = match encoding.trim() {
        "quoted-printable" => decoded(&quoted_printable(body_text, false)).into(),
        "base64" => decoded(&base64(body_text)).into(),
        _ => body_text.into(),
    };
    if low.starts_with("text/html") { without_tags(&text) } else { text.into_owned() }
}

fn parameter(header: &str, name: &str) -> Option<String> {
    header.split(';').skip(1).find_map(|pair| {
        let (key, value) = pair.split_once('=')?;
        key.trim().eq_ignore_ascii_case(name).then(|| value.trim().trim_matches('"').to_owned())
    })
}

/// UTF-8, else each byte as the Latin-1 letter: numbers and links are ASCII in both.
fn decoded(bytes: &[u8]) -> String {
    match std::str::from_utf8(bytes) {
        Ok(text) => text.to_owned(),
        Err(_) => bytes.iter().map(|b| char::from(*b)).collect(),
    }
}

fn quoted_printable(text: &str, in_header: bool) -> Vec<u8> {
    let bytes = text.as_bytes();
    let mut out = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while let Some(byte) = bytes.get(at) {
        at += 1;
        match byte {
            b'_' if in_header => out.push(b' '),
            b'=' => {
                let rest = bytes.get(at..).unwrap_or(&[]);
                if rest.first() == Some(&b'\n') {
                    at += 1;
                } else if let Some(value) =
                    rest.get(..2).and_then(|h| std::str::from_utf8(h).ok()).and_then(|h| u8::from_str_radix(h, 16).ok())
                {
                    out.push(value);
                    at += 2;
                } else {
                    out.push(b'=');
                }
            }
            other => out.push(*other),
        }
    }
    out
}

fn base64(text: &str) -> Vec<u8> {
    let mut out = vec![];
    let (mut buffer, mut bits) = (0_u32, 0);
    for c in text.bytes() {
        let value = match c {
            b'A'..=b'Z' => c - b'A',
            b'a'..=b'z' => c - b'a' + 26,
            b'0'..=b'9' => c - b'0' + 52,
            b'+' | b'-' => 62,
            b'/' | b'_' => 63,
            _ => continue,
        };
        buffer = (buffer << 6 | u32::from(value)) & 0xff_ffff;
        bits += 6;
        if bits >= 8 {
            bits -= 8;
            out.push((buffer >> bits & 0xff) as u8);
        }
    }
    out
}

/// `=?utf-8?Q?Track_your_package?=` in a header.
fn words_of_header(text: &str) -> String {
    let mut out = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("=?") {
        let mut parts = after.splitn(3, '?');
        let (Some(_), Some(kind), Some(tail)) = (parts.next(), parts.next(), parts.next()) else { break };
        let Some((word, next)) = tail.split_once("?=") else { break };
        if !before.trim().is_empty() {
            out.push_str(before);
        }
        out.push_str(&decoded(&if kind.eq_ignore_ascii_case("b") {
            base64(word)
        } else {
            quoted_printable(word, true)
        }));
        rest = next;
    }
    out + rest
}

/// Text of an HTML part; links stand where they were, since they carry numbers.
fn without_tags(html: &str) -> String {
    let mut out = String::with_capacity(html.len() / 2);
    let mut rest = html;
    while let Some((before, after)) = rest.split_once('<') {
        out.push_str(before);
        let (tag, next) = after.split_once('>').unwrap_or((after, ""));
        let low = tag.to_ascii_lowercase();
        if let Some(link) = low.find("href=").filter(|_| low.starts_with("a ")).and_then(|at| tag.get(at + 5..)) {
            let link = link.trim_start_matches(['"', '\'']).split(['"', '\'', ' ']).next().unwrap_or("");
            out.push(' ');
            out.push_str(link);
        }
        out.push(' ');
        let skipped = ["style", "script"].iter().find(|s| low.starts_with(**s));
        rest = match skipped.and_then(|s| next.to_ascii_lowercase().find(&format!("</{s}"))) {
            Some(end) => next.get(end..).unwrap_or(""),
            None => next,
        };
    }
    out.push_str(rest);
    [("&nbsp;", " "), ("&#160;", " "), ("&quot;", "\""), ("&#39;", "'"), ("&lt;", "<"), ("&gt;", ">"), ("&amp;", "&")]
        .iter()
        .fold(out, |text, (entity, plain)| text.replace(entity, plain))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn parts_encodings_and_links() {
        let text = "From: \"Shop\" <no-reply@mail.example.com>\nSubject: =?utf-8?B?VHJhY2sg?=\n =?utf-8?Q?your_package?=\n\
            Content-Type: multipart/alternative;\n boundary=\"x1\"\n\npreamble\n--x1\nContent-Type: text/plain\n\n\
            plain words\n--x1\nContent-Type: text/html; charset=utf-8\nContent-Transfer-Encoding: quoted-printable\n\n\
            <style>p {}</style><p>Order&nbsp;=C3=BC</p><a href=3D\"https://e.com/t?order_=\nid=3D1&amp;x\">go</a>\n--x1--\nend";
        let mail = &messages(text.replace('\n', "\r\n").as_bytes())[0];
        assert_eq!((mail.from_domain.as_str(), mail.subject.as_str()), ("mail.example.com", "Track your package"));
        assert!(mail.text.contains("plain words") && mail.text.contains("Order ü"), "{}", mail.text);
        assert!(mail.text.contains("https://e.com/t?order_id=1&x") && !mail.text.contains("p {}"), "{}", mail.text);
        assert!(!mail.text.contains("preamble") && !mail.text.contains("end"));
    }

    #[test]
    fn an_mbox_is_several_mails() {
        let text = "From a@b Mon\nFrom: a@b.com\n\none\n>From here\n\nFrom c@d Tue\nFrom: c@d.com\nContent-Transfer-Encoding: base64\n\ndHdv\n";
        let mails = messages(text.as_bytes());
        assert_eq!(mails.len(), 2);
        assert!(mails[0].text.contains("one\nFrom here"));
        assert_eq!((mails[1].from_domain.as_str(), mails[1].text.as_str()), ("d.com", "two"));
        assert!(is_mail(text.as_bytes()) && is_mail(b"Date: x\nFrom: y\n\n") && !is_mail(b"po,tracking\n1,2\n"));
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 500, failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn any_bytes(bytes in prop_oneof![
            prop::collection::vec(any::<u8>(), 0..200),
            "(From |From: a@b\n|Content-Type: (multipart/mixed; boundary=x|text/html)\n|\n|--x\n|=\\?u\\?B\\?|<a href=|&amp;|=3|é){0,20}"
                .prop_map(String::into_bytes),
        ]) {
            let _ = is_mail(&bytes);
            prop_assert!(messages(&bytes).len() < 100);
        }
    }
}
