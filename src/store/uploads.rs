//! Files that tell a store without an API of parcels. Each is a template in `uploads/`: header, contents, rows and where a person
//! uploads it. Adding one is its file and its line in the table here.

use std::io;
use std::sync::LazyLock;

use serde::Deserialize;
use thiserror::Error;

use crate::core::parcel::bare;
use crate::core::push::{Push, PushLine};
use crate::files::sheet::{Escape, write_csv};

const BUILT_IN: [(&str, &str); 4] = [
    ("amazon-shipping-confirmation", include_str!("uploads/amazon-shipping-confirmation.toml")),
    ("ebay-fulfilment-feed", include_str!("uploads/ebay-fulfilment-feed.toml")),
    ("advanced-shipment-tracking", include_str!("uploads/advanced-shipment-tracking.toml")),
    ("matrixify", include_str!("uploads/matrixify.toml")),
];

static TEMPLATES: LazyLock<Vec<Template>> =
    LazyLock::new(|| BUILT_IN.iter().filter_map(|(_, text)| toml::from_str(text).ok()).collect());

#[derive(Debug, Error)]
pub enum TemplateError {
    #[error("{template}: {what} of order {order} cannot be written: \"{value}\"")]
    Cell { template: String, order: String, what: String, value: String },
}

impl TemplateError {
    pub fn hint(&self) -> String {
        match self {
            Self::Cell { order, .. } => format!("tell the store of order {order} by hand, then import its next export"),
        }
    }
}

/// One kind of upload file.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Template {
    pub name: String,
    /// Kinds of stores that take it.
    kinds: Vec<String>,
    /// Where a person uploads it.
    #[serde(rename = "where")]
    pub place: String,
    /// With `{store}`, `{date}` and `{n}`.
    file: String,
    delimiter: Delimiter,
    rows: Rows,
    /// How a day is written.
    date: String,
    /// The word for carriers that the store's list has not; without it their title stands there.
    other: Option<String>,
    #[serde(default)]
    plain_numbers: bool,
    #[serde(default)]
    complete: String,
    #[serde(default)]
    partial: String,
    #[serde(default)]
    yes: String,
    #[serde(default)]
    no: String,
    /// Header and content.
    columns: Vec<(String, Content)>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Delimiter {
    Comma,
    Tab,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Rows {
    /// One a line in the parcel.
    Lines,
    /// One for a parcel that holds the whole order; else one a line.
    LinesOfParts,
}

#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
enum Content {
    /// The store's own key of the order, or its number where it has none.
    Order,
    /// Only where it is a key, not the number.
    OrderId,
    Number,
    Line,
    Sku,
    Quantity,
    Date,
    Carrier,
    /// The title, where `carrier` is the word for others.
    OtherTitle,
    Tracking,
    Url,
    Completes,
    Notify,
    Text(String),
}

impl TryFrom<String> for Content {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        Ok(match text.as_str() {
            "order" => Self::Order,
            "order_id" => Self::OrderId,
            "#number" => Self::Number,
            "line" => Self::Line,
            "sku" => Self::Sku,
            "quantity" => Self::Quantity,
            "date" => Self::Date,
            "carrier" => Self::Carrier,
            "other_title" => Self::OtherTitle,
            "tracking" => Self::Tracking,
            "url" => Self::Url,
            "completes" => Self::Completes,
            "notify" => Self::Notify,
            "" => Self::Text(String::new()),
            other => {
                Self::Text(other.strip_prefix('=').ok_or_else(|| format!("\"{other}\" is no content"))?.to_owned())
            }
        })
    }
}

/// The template for a kind of store; `None` where dsf knows no file that it takes.
pub fn template_of(kind: &str) -> Option<&'static Template> {
    TEMPLATES.iter().find(|t| t.kinds.iter().any(|k| k == kind))
}

/// By its name.
pub fn template(name: &str) -> Option<&'static Template> {
    TEMPLATES.iter().find(|t| t.name == name)
}

impl Template {
    /// The rows of one parcel; `whole` says that everything the customer ordered is in it.
    ///
    /// # Errors
    /// A cell that the format cannot hold; nothing is cut to fit.
    pub fn rows(&self, push: &Push, whole: bool) -> Result<Vec<Vec<String>>, TemplateError> {
        if whole && self.rows == Rows::LinesOfParts {
            return Ok(vec![self.row(push, None)?]);
        }
        push.lines.iter().map(|line| self.row(push, Some(line))).collect()
    }

    /// The whole file. Read by machines, so no cell is escaped for spreadsheets.
    pub fn bytes(&self, rows: Vec<Vec<String>>) -> Vec<u8> {
        let mut all = vec![self.columns.iter().map(|(header, _)| header.clone()).collect()];
        all.extend(rows);
        self.written(&all)
    }

    /// `{store}`, `{date}` and `{n}` filled in.
    pub fn file_name(&self, store: &str, date: &str, n: u32) -> String {
        self.file.replace("{store}", store).replace("{date}", date).replace("{n}", &n.to_string())
    }

    fn row(&self, push: &Push, line: Option<&PushLine>) -> Result<Vec<String>, TemplateError> {
        let cell = |(header, content): &(String, Content)| {
            let value = self.cell(content, push, line);
            let missing = *content == Content::Line && line.is_some() && value.is_empty();
            if missing || value.contains(['\t', '\r', '\n']) {
                let order = push.number.clone();
                return Err(TemplateError::Cell { template: self.name.clone(), order, what: header.clone(), value });
            }
            Ok(value)
        };
        self.columns.iter().map(cell).collect()
    }

    fn cell(&self, content: &Content, push: &Push, line: Option<&PushLine>) -> String {
        let of_line = |value: fn(&PushLine) -> String| line.map(value).unwrap_or_default();
        let pick = |yes: bool, a: &String, b: &String| if yes { a.clone() } else { b.clone() };
        match content {
            Content::Order => push.order.clone(),
            Content::OrderId if push.order == push.number => String::new(),
            Content::OrderId => push.order.clone(),
            // Shopify puts a hash before a plain number; a name with letters is the whole name.
            Content::Number if push.number.bytes().all(|b| b.is_ascii_digit()) => format!("#{}", push.number),
            Content::Number => push.number.clone(),
            Content::Line => of_line(|l| l.line.clone().unwrap_or_default()),
            Content::Sku => of_line(|l| l.sku.clone()),
            Content::Quantity => of_line(|l| l.quantity.to_string()),
            Content::Date => push.shipped_at.strftime(&self.date).to_string(),
            Content::Carrier => {
                let title = || self.other.clone().unwrap_or_else(|| push.carrier_title.clone());
                push.carrier.clone().unwrap_or_else(title)
            }
            Content::OtherTitle if push.carrier.is_none() => push.carrier_title.clone(),
            Content::OtherTitle => String::new(),
            Content::Tracking if self.plain_numbers => bare(&push.tracking),
            Content::Tracking => push.tracking.clone(),
            Content::Url => push.url.clone().unwrap_or_default(),
            Content::Completes => pick(push.completes, &self.complete, &self.partial),
            Content::Notify => pick(push.notify, &self.yes, &self.no),
            Content::Text(text) => text.clone(),
        }
    }

    fn written(&self, rows: &[Vec<String>]) -> Vec<u8> {
        let mut bytes = Vec::new();
        match self.delimiter {
            Delimiter::Comma => {
                let rows = rows.iter().map(|row| row.iter().map(String::as_str));
                // Writing to memory cannot fail.
                let _: io::Result<()> = write_csv(&mut bytes, rows, Escape::None);
            }
            Delimiter::Tab => {
                for row in rows {
                    bytes.extend_from_slice(row.join("\t").as_bytes());
                    bytes.extend_from_slice(b"\r\n");
                }
            }
        }
        bytes
    }
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;

    use super::*;

    fn push(carrier: Option<&str>, completes: bool) -> Push {
        let line = |id: &str, sku: &str, quantity| PushLine {
            line: Some(id.into()),
            sku: sku.into(),
            title: sku.into(),
            ordinal: 1,
            quantity,
        };
        Push {
            order: "6201".into(),
            number: "1001".into(),
            tracking: "YT2203-621272033099".into(),
            carrier: carrier.map(str::to_owned),
            carrier_title: "YunExpress".into(),
            url: Some("https://example.com/YT1".into()),
            shipped_at: Timestamp::from_second(1_795_000_000).unwrap(),
            lines: vec![line("11", "LAMP", 2), line("12", "-BAG", 1)],
            notify: true,
            completes,
        }
    }

    fn file(name: &str, push: &Push, whole: bool) -> Vec<String> {
        let template = template(name).unwrap();
        let text = String::from_utf8(template.bytes(template.rows(push, whole).unwrap())).unwrap();
        text.split("\r\n").filter(|l| !l.is_empty()).map(str::to_owned).collect()
    }

    #[test]
    fn every_template_is_read() {
        assert_eq!(TEMPLATES.len(), BUILT_IN.len());
        for (name, text) in BUILT_IN {
            assert!(template(name).is_some(), "{name}: {:?}", toml::from_str::<Template>(text).err());
        }
        assert!(template_of("amazon").is_some() && template_of("etsy").is_none());
        assert_eq!(template_of("shopify").unwrap().file_name("us", "2026-11-24", 2), "us-Orders-2026-11-24-2.csv");
    }

    #[test]
    fn amazon_has_a_row_a_line_and_other_with_the_name() {
        let rows = file("amazon-shipping-confirmation", &push(None, false), false);
        assert!(rows[0].starts_with("order-id\torder-item-id\tquantity\tship-date\tcarrier-code\tcarrier-name"));
        assert_eq!(rows[1], "6201\t11\t2\t2026-11-18\tOther\tYunExpress\tYT2203-621272033099\tStandard");
        let named = file("amazon-shipping-confirmation", &push(Some("Yun Express"), false), true);
        assert!(named[1].contains("\tYun Express\t\tYT"), "{}", named[1]);
        assert_eq!(named.len(), 3);
    }

    #[test]
    fn ebay_and_woocommerce_have_one_row_for_a_whole_order() {
        assert_eq!(file("ebay-fulfilment-feed", &push(None, true), true)[1], "6201,,SHIPPED,Other,YT2203621272033099");
        let parts = file("ebay-fulfilment-feed", &push(Some("UPS"), false), false);
        assert_eq!(parts[1..], ["6201,11,SHIPPED,UPS,YT2203621272033099", "6201,12,SHIPPED,UPS,YT2203621272033099"]);
        let whole = file("advanced-shipment-tracking", &push(None, true), true);
        assert_eq!(whole[1], "6201,YunExpress,YT2203-621272033099,18-11-2026,1,,,");
        let part = file("advanced-shipment-tracking", &push(None, false), false);
        assert_eq!(part[2], "6201,YunExpress,YT2203-621272033099,18-11-2026,2,-BAG,1,");
    }

    #[test]
    fn matrixify_has_the_name_as_shopify_writes_it() {
        let rows = file("matrixify", &push(Some("YunExpress"), true), true);
        assert_eq!(
            rows[1],
            "6201,#1001,UPDATE,Fulfillment Line,LAMP,2,success,YunExpress,YT2203-621272033099,https://example.com/YT1,TRUE"
        );
    }

    #[test]
    fn a_line_without_the_stores_id_is_not_guessed() {
        let mut unknown = push(None, false);
        unknown.lines[0].line = None;
        let error = template_of("amazon").unwrap().rows(&unknown, false).unwrap_err();
        assert!(error.to_string().contains("order-item-id of order 1001"), "{error}");
        assert!(error.hint().contains("by hand"));
    }
}
