//! Whatever the bytes of a file: an error or orders, every row accounted for, never a panic.

use crate::support::{example, examples, facts, read_with};
use proptest::prelude::*;

fn workbook() -> Vec<u8> {
    let text = String::from_utf8(example("dsers-orders.csv")).unwrap();
    dsf::files::sheet::xlsx("Orders", text.lines().map(|l| l.split(','))).unwrap()
}

/// An example with bytes cut out, doubled, overwritten or swapped.
fn damaged() -> impl Strategy<Value = Vec<u8>> {
    let mut files: Vec<Vec<u8>> = examples().iter().map(|p| std::fs::read(p).unwrap()).collect();
    files.extend(vec![workbook(); 10]);
    let spots = prop::collection::vec((any::<prop::sample::Index>(), any::<u8>(), 0..4_u8, 0..40_usize), 1..6);
    (prop::sample::select(files), spots).prop_map(|(mut bytes, spots)| {
        for (at, byte, how, length) in spots {
            if bytes.is_empty() {
                break;
            }
            let at = at.index(bytes.len());
            let end = (at + length).min(bytes.len());
            match how {
                0 => drop(bytes.drain(at..end)),
                1 => bytes.extend_from_within(at..end),
                2 => bytes[at] = byte,
                _ => bytes.insert(at, [b'"', b',', b'\n', b'\r', 0, b'\t', b'*', 0xff][usize::from(byte % 8)]),
            }
        }
        bytes
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn damaged_exports_never_panic(bytes in damaged()) {
        let _ = read_with(&bytes, None, None, &facts("USD"));
    }

    #[test]
    fn random_bytes_never_panic(bytes in prop::collection::vec(any::<u8>(), 0..2000), format in any::<bool>()) {
        let _ = read_with(&bytes, format.then_some("shopify-orders"), None, &facts("USD"));
    }

    #[test]
    fn random_rows_below_a_header_never_panic(text in "[ -~\n\r\t\"éΩ*'&;|:=]{0,400}", file in any::<prop::sample::Index>()) {
        let paths = examples();
        let example = std::fs::read(&paths[file.index(paths.len())]).unwrap();
        let bytes = [example.as_slice(), text.as_bytes()].concat();
        let _ = read_with(&bytes, None, None, &facts("EUR"));
    }
}
