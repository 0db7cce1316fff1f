//! A name for a record that has none.

/// A record without an id is named by its content, so that the same one twice is still known.
pub(crate) fn name_of(record: &[u8]) -> String {
    format!("content:{:032x}", fnv1a(record))
}

/// FNV-1a in 128 bits. Not against forgery: the provider writes the ids, not those who are
/// logged.
fn fnv1a(bytes: &[u8]) -> u128 {
    const BASIS: u128 = 0x6c62_272e_07bb_0142_62b8_2175_6295_c58d;
    const PRIME: u128 = 0x0000_0000_0100_0000_0000_0000_0000_013b;
    bytes.iter().fold(BASIS, |hash, &byte| (hash ^ u128::from(byte)).wrapping_mul(PRIME))
}
