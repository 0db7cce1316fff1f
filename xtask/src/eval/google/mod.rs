//! Google Cloud: audit log entries as a sink writes them.

pub(crate) mod compute;
pub(crate) mod entry;
