//! Rows of the order tables to values of `core` and back.

use jiff::Timestamp;
use rusqlite::Row;

use super::{DbError, Result};
use crate::core::address::Address;
use crate::core::ids::{OrderId, Slug};
use crate::core::incoming::{Head, IncomingLine, Payment};
use crate::core::money::{Currency, Money, Price};
use crate::core::order::{AsOf, Line, LineKey, Order};

/// Columns of `orders o JOIN store s JOIN source f`, in the order in which [`order`] reads them.
pub const ORDER_COLUMNS: &str = "o.id, s.slug, o.key, o.number, o.external_id, o.has_head, f.newest, f.modified, \
     coalesce((SELECT max(p.complete_at, f.imported_at) FROM pull p WHERE p.store = o.store AND f.format = 'api'), \
     f.imported_at), \
     o.placed_at, o.payment, o.cancelled, o.test, o.fulfilled, o.currency, o.subtotal, o.discount, o.total, o.refunded, \
     o.pieces, o.ship_name, o.ship_company, o.ship_line1, o.ship_line2, o.ship_city, o.ship_region, o.ship_postcode, \
     o.ship_country, o.ship_phone, o.ship_email, o.has_billing, o.email, o.note, o.gift_message, o.method, o.ship_by, \
     o.risk, o.tax_id, s.kind, f.format = 'api'";

/// Which of [`ORDER_COLUMNS`] says that the newest source is the store's API.
pub const FROM_API: usize = 39;

pub const ORDER_FROM: &str = "FROM orders o JOIN store s ON s.id = o.store JOIN source f ON f.id = o.source";

/// An order without its lines, with its row id and the kind of its store.
pub fn order(row: &Row) -> Result<(i64, String, Order)> {
    let store: String = row.get(1)?;
    let store: Slug = store.parse().map_err(|_| DbError::Damaged { what: "store name", value: store.clone() })?;
    let as_of = as_of(row.get(6)?, row.get(7)?)?;
    let has_head: bool = row.get(5)?;
    let order = Order {
        id: OrderId { store, key: row.get(2)? },
        number: row.get(3)?,
        external_id: row.get(4)?,
        head: if has_head { Some(head(row)?) } else { None },
        as_of: has_head.then_some(as_of),
        imported_at: timestamp(&row.get::<_, String>(8)?)?,
        lines: vec![],
    };
    Ok((row.get(0)?, row.get(38)?, order))
}

fn head(row: &Row) -> Result<Head> {
    let currency = row.get::<_, Option<String>>(14)?.map(|c| currency(&c)).transpose()?;
    let money = |index: usize| -> Result<Option<Money>> {
        let minor: Option<i64> = row.get(index)?;
        Ok(minor.zip(currency).map(|(minor, currency)| Money { minor, currency }))
    };
    let ship_name: Option<String> = row.get(20)?;
    let ship_to = match ship_name {
        None => None,
        Some(name) => Some(Address {
            name,
            company: row.get(21)?,
            line1: row.get(22)?,
            line2: row.get(23)?,
            city: row.get(24)?,
            region: row.get(25)?,
            postcode: row.get(26)?,
            country: row.get(27)?,
            phone: row.get(28)?,
            email: row.get(29)?,
        }),
    };
    Ok(Head {
        placed_at: seconds(row.get(9)?)?,
        payment: row.get::<_, Option<String>>(10)?.map(|p| payment(&p)).transpose()?,
        cancelled: row.get(11)?,
        test: row.get(12)?,
        fulfilled: row.get(13)?,
        currency,
        subtotal: money(15)?,
        discount: money(16)?,
        total: money(17)?,
        refunded: money(18)?,
        pieces: row.get(19)?,
        ship_to,
        has_billing: row.get(30)?,
        email: row.get(31)?,
        note: row.get(32)?,
        gift_message: row.get(33)?,
        method: row.get(34)?,
        ship_by: seconds(row.get(35)?)?,
        risk: row.get(36)?,
        tax_id: row.get(37)?,
    })
}

pub const LINE_COLUMNS: &str = "l.position, l.key, l.sku, l.title, l.variant, l.personalisation, l.ordered, l.removed, \
     l.shipped_elsewhere, l.bought, l.shipped, l.delivered, l.unit_price, l.price_currency, l.requires_shipping, \
     l.cancelled, l.first_source, l.last_source, l.told";

/// A line; `as_of` answers how fresh a source is.
pub fn line(row: &Row, as_of: &mut dyn FnMut(i64) -> Result<AsOf>) -> Result<Line> {
    let key: String = row.get(1)?;
    let key = LineKey::from_text(&key);
    let price: Option<i64> = row.get(12)?;
    let unit_price = match (price, row.get::<_, Option<String>>(13)?) {
        (Some(ten_thousandths), Some(code)) => Some(Price { ten_thousandths, currency: currency(&code)? }),
        _ => None,
    };
    let said = IncomingLine {
        external_id: match &key {
            LineKey::External(id) => Some(id.clone()),
            LineKey::Ordinal(..) => None,
        },
        sku: row.get(2)?,
        title: row.get(3)?,
        variant: row.get(4)?,
        personalisation: row.get(5)?,
        quantity: row.get(6)?,
        removed: row.get(7)?,
        shipped: row.get(8)?,
        unit_price,
        bare_price: price.filter(|_| unit_price.is_none()),
        requires_shipping: row.get(14)?,
        cancelled: row.get(15)?,
        row: 0,
    };
    Ok(Line {
        position: row.get(0)?,
        key,
        said,
        bought: row.get(9)?,
        shipped: row.get(10)?,
        delivered: row.get(11)?,
        told: row.get(18)?,
        first_seen: as_of(row.get(16)?)?,
        last_seen: as_of(row.get(17)?)?,
    })
}

pub fn payment_text(payment: &Payment) -> String {
    match payment {
        Payment::Paid => "paid".to_owned(),
        Payment::PartlyRefunded => "partly_refunded".to_owned(),
        Payment::Refunded => "refunded".to_owned(),
        Payment::NotPaid(word) => format!("not_paid:{word}"),
        Payment::Unknown(word) => format!("unknown:{word}"),
    }
}

fn payment(text: &str) -> Result<Payment> {
    Ok(match text {
        "paid" => Payment::Paid,
        "partly_refunded" => Payment::PartlyRefunded,
        "refunded" => Payment::Refunded,
        other => match other.split_once(':') {
            Some(("not_paid", word)) => Payment::NotPaid(word.to_owned()),
            Some(("unknown", word)) => Payment::Unknown(word.to_owned()),
            _ => return Err(DbError::Damaged { what: "payment", value: other.to_owned() }),
        },
    })
}

pub fn as_of(newest: Option<i64>, modified: i64) -> Result<AsOf> {
    let damaged = || DbError::Damaged { what: "time", value: modified.to_string() };
    Ok(AsOf {
        newest: seconds(newest)?,
        modified: Timestamp::from_nanosecond(i128::from(modified)).map_err(|_| damaged())?,
    })
}

fn seconds(value: Option<i64>) -> Result<Option<Timestamp>> {
    let damaged = |v: i64| DbError::Damaged { what: "time", value: v.to_string() };
    value.map(|v| Timestamp::from_second(v).map_err(|_| damaged(v))).transpose()
}

pub fn timestamp(text: &str) -> Result<Timestamp> {
    text.parse().map_err(|_| DbError::Damaged { what: "time", value: text.to_owned() })
}

pub fn currency(text: &str) -> Result<Currency> {
    text.parse().map_err(|_| DbError::Damaged { what: "currency", value: text.to_owned() })
}

/// For `POSSIBLE_DUPLICATE`: the same e-mail, whatever its case. `None` for none.
pub fn email_hash(email: Option<&str>) -> Option<i64> {
    let email = email.map(str::trim).filter(|e| !e.is_empty())?;
    Some(loose_hash([email]))
}

/// For `POSSIBLE_DUPLICATE`: the same name and place, whatever case and spaces.
pub fn ship_hash(address: Option<&Address>) -> Option<i64> {
    let a = address.filter(|a| !a.is_blank())?;
    Some(loose_hash([&a.name, &a.line1, &a.line2, &a.city, &a.postcode, &a.country].map(String::as_str)))
}

/// FNV-1a over the texts without case and spaces. It finds orders to look at and proves nothing, so speed is what counts.
fn loose_hash<const N: usize>(texts: [&str; N]) -> i64 {
    const START: u64 = 0xcbf2_9ce4_8422_2325;
    const PRIME: u64 = 0x0100_0000_01b3;
    let mut hash = START;
    let mut add = |byte: u8| hash = (hash ^ u64::from(byte)).wrapping_mul(PRIME);
    for text in texts {
        if text.is_ascii() {
            text.bytes().filter(|b| !b.is_ascii_whitespace()).for_each(|b| add(b.to_ascii_lowercase()));
        } else {
            let mut bytes = [0; 4];
            for c in text.chars().filter(|c| !c.is_whitespace()).flat_map(char::to_lowercase) {
                c.encode_utf8(&mut bytes).bytes().for_each(&mut add);
            }
        }
        add(0x1f);
    }
    hash.cast_signed()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_buyer_is_known_whatever_case_and_spaces() {
        assert_eq!(email_hash(Some(" Nora@Example.com")), email_hash(Some("nora@example.COM")));
        assert_ne!(email_hash(Some("nora@example.com")), email_hash(Some("nara@example.com")));
        assert_eq!(email_hash(Some("  ")), None);
        let address =
            |name: &str, line1: &str| Address { name: name.into(), line1: line1.into(), ..Address::default() };
        assert_eq!(ship_hash(Some(&address("Zoë  Ü", "1 A St"))), ship_hash(Some(&address("ZOË Ü", "1 a  st"))));
        assert_ne!(ship_hash(Some(&address("A", "11 B"))), ship_hash(Some(&address("A1", "1 B"))));
    }
}
