//! A request as a value, but for what the line adds: app, time, token and signature. Pure.

use super::form::{Params, decode};
use crate::net::Effect;

/// The calls that the tables of refusals tell apart.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Call {
    Create,
    Pay,
    Cancel,
    Asking,
    /// Getting and refreshing a token.
    Token,
}

impl Call {
    pub fn name(self) -> &'static str {
        match self {
            Self::Create => "create",
            Self::Pay => "pay",
            Self::Cancel => "cancel",
            Self::Asking => "asking",
            Self::Token => "token",
        }
    }
}

#[derive(Clone, PartialEq, Debug)]
pub struct Ask {
    pub call: Call,
    pub effect: Effect,
    /// A dotted name is a method on `/sync`; one that begins with `/` is a path on `/rest`.
    pub api: &'static str,
    pub params: Params,
}

impl Ask {
    pub fn question(api: &'static str, params: &[(&str, String)]) -> Self {
        let params = params.iter().map(|(name, value)| ((*name).to_owned(), value.clone())).collect();
        Self { call: Call::Asking, effect: Effect::Reads, api, params }
    }

    #[must_use]
    pub fn writing(self, call: Call) -> Self {
        Self { call, effect: Effect::Writes, ..self }
    }

    /// An order from the bytes that were saved; they are the beginning of the body that leaves, letter for letter.
    /// `None` when they are no such bytes.
    pub fn create(api: &'static str, body: &[u8]) -> Option<Self> {
        Some(Self { call: Call::Create, effect: Effect::Writes, api, params: decode(body)? })
    }
}
