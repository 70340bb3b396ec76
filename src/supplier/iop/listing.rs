//! A listing id of two parts, product and variant: `1005006000000001:14:193#Black;5:361386`. Pure.

/// Product and variant; the variant may be empty where a product has only one. `None` when it is not of this form.
pub fn parts(listing_id: &str) -> Option<(&str, &str)> {
    let (product, variant) = listing_id.split_once(':')?;
    let digits = !product.is_empty() && product.bytes().all(|b| b.is_ascii_digit());
    digits.then_some((product, variant))
}

pub fn id(product: &str, variant: &str) -> String {
    format!("{product}:{variant}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_variant_is_everything_behind_the_first_colon() {
        assert_eq!(parts("1005:14:193#Black;5:361386"), Some(("1005", "14:193#Black;5:361386")));
        assert_eq!(parts("1005:"), Some(("1005", "")));
        for text in ["1005", ":14", "ab:14", ""] {
            assert_eq!(parts(text), None, "{text}");
        }
        assert_eq!(id("1005", ""), "1005:");
    }
}
