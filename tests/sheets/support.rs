//! Purchase orders to put into sheets.

use dsf::config::SheetFormat;
use dsf::core::address::Address;
use dsf::core::hold::Hold;
use dsf::core::ids::{OrderId, PurchaseOrderId};
use dsf::core::money::{Money, Price};
use dsf::core::purchase::ship_to_hash;
use dsf::core::sending::{Dispatch, DispatchLine};
use dsf::files::Input;
use dsf::flow::prove::{Proved, written};
use dsf::supplier::sheet::{BUILT_IN, Sheet, SheetOrder, SheetRead, bytes, fit, read_back, rows};

pub const FORMATS: [SheetFormat; 2] = [SheetFormat::Csv, SheetFormat::Xlsx];

pub fn all_built_in() -> Vec<Sheet> {
    BUILT_IN.iter().map(|(name, _)| Sheet::built_in(name).unwrap()).collect()
}

pub fn sheet(name: &str) -> Sheet {
    Sheet::built_in(name).unwrap()
}

pub fn nora() -> Address {
    Address {
        name: "Nora van Testwell".into(),
        line1: "12 Sample Ln".into(),
        line2: "Apt 4".into(),
        city: "Exampleton".into(),
        region: "MA".into(),
        postcode: "02139".into(),
        country: "US".into(),
        phone: "+16175550142".into(),
        email: "nora@example.com".into(),
        ..Address::default()
    }
}

pub fn line(listing: &str, quantity: u32) -> DispatchLine {
    DispatchLine {
        position: 1,
        sku: "LAMP".into(),
        listing_id: listing.into(),
        title: "Desk lamp".into(),
        options: "black".into(),
        quantity,
        unit_cost: Price { ten_thousandths: 41_000, currency: "USD".parse().unwrap() },
    }
}

/// The e-mail stays in, to see that it goes nowhere.
pub fn dispatch(number: &str, ship_to: Address) -> Dispatch {
    let order = OrderId { store: "us".parse().unwrap(), key: number.into() };
    let id = PurchaseOrderId { order, counter: 1 };
    Dispatch {
        reference: id.reference(),
        id,
        supplier: "li".into(),
        ship_to_hash: ship_to_hash(&ship_to),
        ship_to,
        lines: vec![line("1005001:14:771#Black;5:100", 1), line("0007", 3)],
        method: "YunExpress".into(),
        ships_from: "CN".into(),
        order_number: number.into(),
        note: Some("leave at the door".into()),
        gift_message: Some("Happy birthday".into()),
        tax_id: None,
        expected: Money { minor: 1640, currency: "USD".parse().unwrap() },
    }
}

pub fn prove<'a>(sheet: &Sheet, format: SheetFormat, orders: &'a [Dispatch]) -> Proved<'a> {
    written(sheet, format, orders.iter().map(SheetOrder::of))
}

pub fn made(sheet: &Sheet, format: SheetFormat, orders: &[Dispatch]) -> Vec<u8> {
    let fitted: Vec<_> = orders.iter().map(|o| fit(sheet, SheetOrder::of(o)).unwrap()).collect();
    bytes(sheet, &rows(sheet, &fitted), format).unwrap()
}

pub fn read(sheet: &Sheet, bytes: Vec<u8>) -> SheetRead {
    read_back(sheet, &Input::of_bytes("back", bytes)).unwrap()
}

pub fn codes(holds: &[Hold]) -> Vec<&'static str> {
    holds.iter().map(|h| h.code.as_str()).collect()
}
