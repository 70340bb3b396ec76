//! What the REST clients of stores share: requests as values, answers with what their codes prove, tokens of users, and
//! the one function that touches the network (`line`). What a store's words mean is in the folder of its kind.

pub mod ask;
pub mod consent;
pub mod grant;
pub mod heard;
pub mod line;
pub mod look;
pub mod session;
pub mod setup;
pub mod slice;
pub mod value;
pub mod window;
pub mod words;
