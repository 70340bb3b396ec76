//! Every GraphQL document that dsf sends is one that Shopify's schema allows. The facts of the schema that are needed lie
//! beside this file, with the script that made them.
#![allow(clippy::unwrap_used)]

use apollo_compiler::{ExecutableDocument, Schema};
use dsf::store::shopify::documents;

const FACTS: &str = include_str!("shopify_schema/facts.graphql");

#[test]
fn every_document_is_allowed_by_the_schema_and_each_file_is_one_of_them() {
    let schema = Schema::parse_and_validate(FACTS, "facts.graphql").unwrap();
    for document in documents::ALL {
        let read = ExecutableDocument::parse_and_validate(&schema, document.text, document.name);
        let read = read.unwrap_or_else(|e| unreachable!("{}: {e}", document.name));
        assert_eq!(read.operations.len(), 1, "{}", document.name);
        assert_eq!(read.operations.iter().next().unwrap().is_mutation(), document.writes, "{}", document.name);
    }
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("src/store/shopify/queries");
    let mut files: Vec<String> = std::fs::read_dir(folder)
        .unwrap()
        .map(|e| e.unwrap().path().file_stem().unwrap().to_str().unwrap().to_owned())
        .collect();
    let mut known: Vec<String> = documents::ALL.iter().map(|d| d.name.to_owned()).collect();
    files.sort();
    known.sort();
    assert_eq!(files, known);
}

#[test]
fn the_facts_catch_a_field_that_is_not_there() {
    let schema = Schema::parse_and_validate(FACTS, "facts.graphql").unwrap();
    for wrong in [
        "query { order(id: 1) { lineItem { id } } }",
        "query { orders(first: \"2\") { nodes { id } } }",
        "mutation { fulfillmentCreate(fulfilment: {}) { userErrors { message } } }",
    ] {
        assert!(ExecutableDocument::parse_and_validate(&schema, wrong, "wrong").is_err(), "{wrong}");
    }
}
