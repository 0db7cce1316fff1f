//! AWS: the calls of which scenarios and ordinary life are made.

pub(crate) mod access;
pub(crate) mod containers;
pub(crate) mod fleets;
pub(crate) mod groups;
pub(crate) mod machines;
pub(crate) mod quotas;
pub(crate) mod refusal;
pub(crate) mod regions;
pub(crate) mod signin;
