//! A name for a record that has none.

/// A record without an id is named by its content, so that the same one twice is still known: by
/// the first half of its BLAKE3 hash. Whoever is logged writes part of that content, and must not
/// be able to make two records alike, of which the second would be taken for the first.
pub(crate) fn name_of(record: &[u8]) -> String {
    let hash = blake3::hash(record).to_hex();
    format!("content:{}", &hash[..32])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_what_others_make_of_the_content() {
        assert_eq!(name_of(b""), "content:af1349b9f5f9a1a6a0404dea36dcc949");
        assert_ne!(name_of(b"hello"), name_of(b"hello "));
    }
}
