//! What the stores' own API descriptions say there is (`tests/openapi`), held against every call and every answer.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::http::{Called, Reply};

/// One call of the description.
#[derive(Default)]
struct Call {
    query: BTreeMap<&'static str, bool>,
    /// Field, its type, whether it is required.
    body: Vec<(&'static str, &'static str, bool)>,
    answer: BTreeMap<&'static str, &'static str>,
}

pub struct Facts {
    base: &'static str,
    calls: Vec<(&'static str, &'static str, Call)>,
}

impl Facts {
    pub fn of(kind: &str) -> Self {
        let text = match kind {
            "ebay" => include_str!("../openapi/ebay.tsv"),
            "etsy" => include_str!("../openapi/etsy.tsv"),
            "bigcommerce" => include_str!("../openapi/bigcommerce.tsv"),
            "amazon" => include_str!("../openapi/amazon.tsv"),
            other => panic!("no description of {other}"),
        };
        let mut facts = Self { base: "", calls: vec![] };
        for line in text.lines() {
            let cells: Vec<&str> = line.split('\t').collect();
            if cells[0] == "call" {
                facts.calls.push((cells[1], cells[2], Call::default()));
            }
            let call = facts.calls.last_mut().map(|(_, _, call)| call);
            match (cells.as_slice(), call) {
                (["base", base], _) => facts.base = base,
                (["query", name, _, need], Some(call)) => _ = call.query.insert(name, *need == "required"),
                (["body", field, kind, need], Some(call)) => call.body.push((field, kind, *need == "required")),
                (["answer", field, kind], Some(call)) => _ = call.answer.insert(field, kind),
                _ => {}
            }
        }
        facts
    }

    /// All that the description does not know or wants otherwise.
    pub fn wrong(&self, called: &Called, reply: &Reply) -> Vec<String> {
        let name = format!("{} {}", called.method, called.path);
        let Some(call) = self.find(&called.method, &called.path) else {
            return vec![format!("{name} is not in the description")];
        };
        let mut wrong = vec![];
        for (key, _) in called.query.iter().filter(|(k, _)| !call.query.contains_key(k.as_str())) {
            wrong.push(format!("{name}: no parameter {key}"));
        }
        for (key, _) in call.query.iter().filter(|(k, need)| **need && called.query(k).is_none()) {
            wrong.push(format!("{name}: {key} is required"));
        }
        wrong.extend(call.body_problems(&called.json).into_iter().map(|w| format!("{name}: {w}")));
        if (200..300).contains(&reply.status) {
            let body: Value = serde_json::from_slice(&reply.body).unwrap_or_default();
            wrong.extend(call.answer_problems(&body).into_iter().map(|w| format!("{name} answers: {w}")));
        }
        wrong
    }

    fn find(&self, method: &str, path: &str) -> Option<&Call> {
        let fits = |a: &str, b: &str| a == b || (a.starts_with('{') && !b.is_empty());
        self.calls.iter().find_map(|(m, template, call)| {
            let whole = format!("{}{template}", self.base);
            let (want, is): (Vec<_>, Vec<_>) = (whole.split('/').collect(), path.split('/').collect());
            let same = *m == method && want.len() == is.len() && want.iter().zip(&is).all(|(a, b)| fits(a, b));
            same.then_some(call)
        })
    }
}

impl Call {
    fn body_problems(&self, body: &Value) -> Vec<String> {
        let mut found = BTreeMap::new();
        leaves(body, String::new(), &mut |path, value| _ = found.insert(path.to_owned(), value.clone()));
        let mut wrong: Vec<String> = vec![];
        for (path, value) in &found {
            match self.body.iter().find(|(field, ..)| field == path) {
                None => wrong.push(format!("no field {path} in the body")),
                Some((_, kind, _)) if !is_of(value, kind) => wrong.push(format!("{path} is not of type {kind}")),
                Some(_) => {}
            }
        }
        // Required within its object: only where that object is there.
        let there: BTreeSet<&str> = found.keys().map(String::as_str).collect();
        for (field, _, _) in self.body.iter().filter(|(_, _, need)| *need) {
            let parent = field.rsplit_once('.').map_or("", |(parent, _)| parent.trim_end_matches("[]"));
            if (parent.is_empty() || there.contains(parent)) && !there.contains(field) {
                wrong.push(format!("{field} is required in the body"));
            }
        }
        wrong
    }

    fn answer_problems(&self, body: &Value) -> Vec<String> {
        let mut wrong = vec![];
        leaves(body, String::new(), &mut |path, value| match self.answer.get(path) {
            None => wrong.push(format!("no field {path}")),
            Some(kind) if !is_of(value, kind) => wrong.push(format!("{path} is not of type {kind}")),
            Some(_) => {}
        });
        wrong.sort();
        wrong.dedup();
        wrong
    }
}

/// Every field by its path, objects and lists too.
fn leaves(value: &Value, path: String, told: &mut impl FnMut(&str, &Value)) {
    match value {
        Value::Object(fields) => {
            for (name, inner) in fields {
                let inside = if path.is_empty() { name.clone() } else { format!("{path}.{name}") };
                told(&inside, inner);
                leaves(inner, inside, told);
            }
        }
        Value::Array(list) => list.iter().for_each(|inner| leaves(inner, format!("{path}[]"), told)),
        _ => {}
    }
}

/// A description that says nothing, or "object", takes anything.
fn is_of(value: &Value, kind: &str) -> bool {
    match kind {
        "string" => value.is_string() || value.is_null(),
        "integer" | "number" => value.is_number() || value.is_null(),
        "boolean" => value.is_boolean() || value.is_null(),
        "array" => value.is_array() || value.is_null(),
        _ => true,
    }
}
