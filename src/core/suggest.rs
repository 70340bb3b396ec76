//! Listings that a SKU might be, with the reason for each. Suggestions are shown, never applied.

use std::collections::BTreeSet;

use super::listing::{Listing, ListingKey};

/// A listing that looks like the wanted thing.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Suggestion {
    pub listing: ListingKey,
    pub title: String,
    pub options: String,
    /// 0 to 100; orders the list and means nothing else.
    pub closeness: u32,
    pub reason: String,
}

/// Below this many percent of shared words a listing is not shown.
const LEAST_CLOSENESS: u32 = 34;
/// At most so many a SKU.
const MOST: usize = 3;

/// Up to three listings for a SKU with its title and variant, the closest first.
pub fn suggest<'a>(
    sku: &str,
    title: &str,
    variant: &str,
    listings: impl IntoIterator<Item = &'a Listing>,
) -> Vec<Suggestion> {
    let wanted = words(&format!("{title} {variant}"));
    let mut found: Vec<Suggestion> =
        listings.into_iter().filter(|l| !l.gone).filter_map(|l| close(sku, &wanted, l)).collect();
    found.sort_by(|a, b| b.closeness.cmp(&a.closeness).then_with(|| a.listing.cmp(&b.listing)));
    found.truncate(MOST);
    found
}

fn close(sku: &str, wanted: &BTreeSet<String>, listing: &Listing) -> Option<Suggestion> {
    let suggestion = |closeness, reason: String| Suggestion {
        listing: listing.key.clone(),
        title: listing.title.clone(),
        options: listing.options.clone(),
        closeness,
        reason,
    };
    if !sku.is_empty() && bare(sku) == bare(&listing.key.listing_id) {
        return Some(suggestion(100, "the supplier's id is the SKU".to_owned()));
    }
    let theirs = words(&format!("{} {}", listing.title, listing.options));
    let shared: Vec<&String> = wanted.intersection(&theirs).collect();
    let all = wanted.union(&theirs).count();
    let closeness = u32::try_from(shared.len() * 100 / all.max(1)).unwrap_or(0);
    (closeness >= LEAST_CLOSENESS).then(|| {
        let shared: Vec<&str> = shared.iter().map(|w| w.as_str()).collect();
        suggestion(closeness.min(99), format!("title and options share: {}", shared.join(" ")))
    })
}

fn bare(text: &str) -> String {
    text.chars().filter(|c| c.is_alphanumeric()).collect::<String>().to_lowercase()
}

fn words(text: &str) -> BTreeSet<String> {
    text.to_lowercase().split(|c: char| !c.is_alphanumeric()).filter(|w| !w.is_empty()).map(str::to_owned).collect()
}

#[cfg(test)]
mod tests {
    use super::super::listing::tests::listing;
    use super::*;

    #[test]
    fn the_same_id_comes_first_then_the_closest_titles_and_never_more_than_three() {
        let mut close = listing("li", "X1", "1.00");
        close.title = "Desk lamp".into();
        close.options = "black EU plug".into();
        let mut same = listing("cj", "lamp bk", "1.00");
        same.title = "Something else".into();
        let mut far = listing("li", "X2", "1.00");
        far.title = "Camping bag red".into();
        let listings = [far, close.clone(), same, close.clone(), close.clone(), close];
        let found = suggest("LAMP-BK", "Desk Lamp", "Black / EU plug", &listings);
        assert_eq!(found.len(), 3);
        assert_eq!(found[0].listing.to_string(), "cj:lamp bk");
        assert_eq!(found[1].reason, "title and options share: black desk eu lamp plug");
    }
}
