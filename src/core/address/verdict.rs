//! What a comparison says: a verdict for each field, one for the whole, and a reason a person understands.
//! How it is found stands in the files beside this one; words for a terminal stand in `ui`.

use std::borrow::Cow;

use serde::Serialize;

/// The whole address. `Same` means: nothing worse than a note in any field.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Overall {
    Same,
    Review,
    Different,
    Unavailable,
}

/// One field, from best to worst. Only `Identical`, `Equivalent` and `Note` leave the whole `Same`.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    Identical,
    Equivalent,
    /// Differs, but does not decide: a phone, an e-mail, a county nobody needs.
    Note,
    /// The other side never said this field, so there is nothing to compare.
    Unavailable,
    Suspicious,
    Missing,
    Different,
}

#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct FieldVerdict {
    pub field: &'static str,
    pub verdict: Verdict,
    /// The named rule that made two spellings one, or that raised the doubt.
    pub rule: Option<&'static str>,
    pub a: String,
    pub b: String,
    /// One line for a person; empty when the field is identical.
    #[serde(skip_serializing_if = "has_no_words")]
    pub reason: Cow<'static, str>,
}

#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Comparison {
    pub verdict: Overall,
    pub fields: Vec<FieldVerdict>,
}

impl Comparison {
    pub fn field(&self, name: &str) -> Option<&FieldVerdict> {
        self.fields.iter().find(|f| f.field == name)
    }

    /// What a person should look at, worst first.
    pub fn reasons(&self) -> Vec<&str> {
        let mut open: Vec<&FieldVerdict> = self.fields.iter().filter(|f| f.verdict > Verdict::Equivalent).collect();
        open.sort_by_key(|f| std::cmp::Reverse(f.verdict));
        open.iter().map(|f| f.reason.as_ref()).filter(|r| !r.is_empty()).collect()
    }
}

impl FieldVerdict {
    pub(super) fn identical(field: &'static str, a: &str, b: &str) -> Self {
        Self::new(field, Verdict::Identical, None, a, b, "")
    }

    pub(super) fn equivalent(field: &'static str, rule: &'static str, a: &str, b: &str) -> Self {
        Self::new(field, Verdict::Equivalent, Some(rule), a, b, "")
    }

    pub(super) fn new(
        field: &'static str,
        verdict: Verdict,
        rule: Option<&'static str>,
        a: &str,
        b: &str,
        reason: impl Into<Cow<'static, str>>,
    ) -> Self {
        Self { field, verdict, rule, a: a.to_owned(), b: b.to_owned(), reason: reason.into() }
    }
}

#[allow(clippy::ptr_arg)] // serde hands over the field as it is
fn has_no_words(reason: &Cow<'static, str>) -> bool {
    reason.is_empty()
}
