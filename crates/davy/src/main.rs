//! Finds cryptomining in cloud audit logs.
fn main() {}
