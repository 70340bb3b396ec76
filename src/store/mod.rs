//! Stores: where orders come from.
