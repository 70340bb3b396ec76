//! The engines: what happens in which order, with what committed in between. One room each.
//!
//! They know files, stores and the database, and speak to nobody: `cmd` shows what they return.

pub mod cancel;
pub mod crash;
pub mod evidence;
pub mod hand_off;
pub mod import;
pub mod journal;
pub mod listings;
pub mod number;
pub mod open_orders;
pub mod pairs;
pub mod parcels;
pub mod planning;
pub mod prove;
pub mod push;
pub mod record;
pub mod refresh;
pub mod rules;
pub mod send;
pub mod send_error;
pub mod sync;
pub mod sync_error;
pub mod table;
pub mod track_import;
pub mod uploads;
pub mod watching;
