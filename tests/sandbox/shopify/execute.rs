//! A document that the schema allows, answered from the shop's orders: exactly the fields that it asks for.

use apollo_compiler::ExecutableDocument;
use apollo_compiler::ast::Value as Literal;
use apollo_compiler::executable::{Field, Selection, SelectionSet};
use serde_json::{Map, Value, json};

use super::{State, fulfil};

/// An object costs a point; of lists within lists Shopify's own formula is not known: a tenth.
pub fn cost(document: &ExecutableDocument, variables: &Value) -> u64 {
    let operation = document.operations.iter().next().unwrap();
    let size = |name: &str| variables[name].as_u64().unwrap_or(1);
    if operation.is_mutation() { 10 } else { 5 + size("first") * (1 + size("lines") / 10) }
}

pub fn execute(state: &mut State, document: &ExecutableDocument, variables: &Value) -> Value {
    let operation = document.operations.iter().next().unwrap();
    let run = Run { document, variables };
    let mut data = Map::new();
    for selection in &operation.selection_set.selections {
        let Selection::Field(field) = selection else { panic!("a fragment at the root") };
        let found = match field.name.as_str() {
            "orders" => orders(state, &run, field),
            "order" => {
                let id = run.argument(field, "id");
                state.orders.iter().find(|o| o["id"] == id).cloned().unwrap_or_default()
            }
            "shop" => json!({ "name": "Sample", "myshopifyDomain": "sample.myshopify.com", "currencyCode": "USD" }),
            "currentAppInstallation" => {
                json!({ "accessScopes": state.scopes.iter().map(|s| json!({ "handle": s })).collect::<Vec<_>>() })
            }
            "fulfillmentCreate" => fulfil::create(state, &run.argument(field, "fulfillment")),
            other => panic!("{other} is not answered here"),
        };
        let mut answer = run.select(&field.selection_set, &found);
        if state.withholds {
            withhold(&mut answer);
        }
        data.insert(field.name.to_string(), answer);
    }
    Value::Object(data)
}

/// As for an app without protected customer data.
fn withhold(value: &mut Value) {
    match value {
        Value::Array(list) => list.iter_mut().for_each(withhold),
        Value::Object(fields) => {
            for (key, value) in fields.iter_mut() {
                match (key.as_str(), value.is_object()) {
                    ("shippingAddress", true) => {
                        for hidden in ["name", "address1", "address2", "zip", "phone"] {
                            value[hidden] = Value::Null;
                        }
                    }
                    ("email", _) => *value = Value::Null,
                    _ => withhold(value),
                }
            }
        }
        _ => {}
    }
}

/// By their last change; the filter's date must be quoted, or the whole day counts.
fn orders(state: &mut State, run: &Run, field: &Field) -> Value {
    if run.argument(field, "sortKey") != "UPDATED_AT" {
        state.wrong.push("orders that are not sorted by their last change".to_owned());
    }
    let filter = run.argument(field, "query");
    let since = filter.as_str().map(|text| {
        let quoted = text.strip_prefix("updated_at:>='").and_then(|rest| rest.strip_suffix('\''));
        if quoted.is_none() {
            state.wrong.push(format!("a filter that means something else: {text}"));
        }
        quoted.unwrap_or_default().to_owned()
    });
    let mut found: Vec<&Value> = state.orders.iter().collect();
    found.retain(|o| since.as_ref().is_none_or(|since| o["updatedAt"].as_str().unwrap() >= since.as_str()));
    let place = |o: &&Value| (o["updatedAt"].as_str().unwrap().to_owned(), o["id"].as_str().unwrap().to_owned());
    if !found.is_sorted_by(|a, b| a["updatedAt"].as_str() < b["updatedAt"].as_str()) {
        found.sort_by_cached_key(place);
    }
    page(&found, &run.argument(field, "first"), &run.argument(field, "after"), cursor)
}

fn cursor(order: &Value) -> String {
    format!("{} {}", order["updatedAt"].as_str().unwrap_or_default(), order["id"].as_str().unwrap_or_default())
}

fn page(all: &[&Value], first: &Value, after: &Value, cursor: impl Fn(&Value) -> String) -> Value {
    // In order already: what comes behind the cursor is the end of it.
    let from = after.as_str().map_or(0, |after| all.partition_point(|v| cursor(v).as_str() <= after));
    let rest = &all[from..];
    let first = usize::try_from(first.as_u64().unwrap()).unwrap();
    let shown = &rest[..first.min(rest.len())];
    let end = shown.last().map(|last| cursor(last));
    json!({ "pageInfo": { "hasNextPage": rest.len() > shown.len(), "endCursor": end }, "nodes": shown })
}

struct Run<'a> {
    document: &'a ExecutableDocument,
    variables: &'a Value,
}

impl Run<'_> {
    fn argument(&self, field: &Field, name: &str) -> Value {
        let found = field.arguments.iter().find(|a| a.name == name);
        found.map(|a| self.value(&a.value)).unwrap_or_default()
    }

    fn value(&self, literal: &Literal) -> Value {
        match literal {
            Literal::Variable(name) => self.variables[name.as_str()].clone(),
            Literal::Enum(word) => json!(word.as_str()),
            Literal::String(text) => json!(text),
            Literal::Int(number) => json!(number.try_to_i32().unwrap()),
            Literal::Boolean(yes) => json!(yes),
            _ => Value::Null,
        }
    }

    fn select(&self, set: &SelectionSet, from: &Value) -> Value {
        match from {
            Value::Null => Value::Null,
            Value::Array(list) => list.iter().map(|one| self.select(set, one)).collect(),
            _ => {
                let mut fields = Map::new();
                self.fill(set, from, &mut fields);
                Value::Object(fields)
            }
        }
    }

    fn fill(&self, set: &SelectionSet, from: &Value, into: &mut Map<String, Value>) {
        for selection in &set.selections {
            match selection {
                Selection::Field(field) => {
                    let found = self.field(field, &from[field.name.as_str()]);
                    let deep = !field.selection_set.selections.is_empty();
                    let found = if deep { self.select(&field.selection_set, &found) } else { found };
                    into.insert(field.response_key().to_string(), found);
                }
                Selection::FragmentSpread(spread) => {
                    let fragment = self.document.fragments.get(&spread.fragment_name).unwrap();
                    self.fill(&fragment.selection_set, from, into);
                }
                Selection::InlineFragment(inline) => self.fill(&inline.selection_set, from, into),
            }
        }
    }

    /// A connection gives as many as were asked for.
    fn field(&self, field: &Field, from: &Value) -> Value {
        let first = self.argument(field, "first");
        match (from.get("nodes").and_then(Value::as_array), from.as_array(), first.as_u64()) {
            (Some(nodes), _, Some(_)) => {
                let keys: Vec<(usize, &Value)> = nodes.iter().enumerate().collect();
                let after = self.argument(field, "after");
                let skip = after.as_str().map_or(0, |a| a.parse::<usize>().unwrap());
                let take = usize::try_from(first.as_u64().unwrap()).unwrap();
                let shown: Vec<_> = keys.into_iter().skip(skip).take(take).collect();
                let end = shown.last().map(|(at, _)| (at + 1).to_string());
                let more = skip + shown.len() < nodes.len();
                let shown: Vec<&Value> = shown.into_iter().map(|(_, node)| node).collect();
                json!({ "pageInfo": { "hasNextPage": more, "endCursor": end }, "nodes": shown })
            }
            (_, Some(list), Some(take)) => {
                json!(list.iter().take(usize::try_from(take).unwrap()).collect::<Vec<_>>())
            }
            _ => from.clone(),
        }
    }
}
