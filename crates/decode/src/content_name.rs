//! A name for a record that has none.

/// A record without an id is named by its content, so that the same one twice is still known.
pub(crate) fn name_of(record: &[u8]) -> String {
    let [first, second] = murmur3(record);
    format!("content:{first:016x}{second:016x}")
}

const FACTORS: [u64; 2] = [0x87c3_7b91_1142_53d5, 0x4cf5_ad43_2745_937f];

/// `MurmurHash3` in 128 bits: sixteen bytes at a time, for a record has two thousand. Not against
/// forgery: the provider writes the ids, not those who are logged.
fn murmur3(bytes: &[u8]) -> [u64; 2] {
    let (blocks, rest) = bytes.as_chunks::<16>();
    let mut hash = blocks.iter().fold([0, 0], |hash, block| mixed(hash, spread(block)));
    let mut last = [0; 16];
    last[..rest.len()].copy_from_slice(rest);
    let [first, second] = spread(&last);
    hash = [hash[0] ^ first ^ bytes.len() as u64, hash[1] ^ second ^ bytes.len() as u64];
    hash = crossed(crossed(hash).map(avalanche));
    hash
}

fn spread(block: &[u8; 16]) -> [u64; 2] {
    let [first, second] = [0, 8].map(|at| block[at..].first_chunk().map_or(0, |word| u64::from_le_bytes(*word)));
    [
        first.wrapping_mul(FACTORS[0]).rotate_left(31).wrapping_mul(FACTORS[1]),
        second.wrapping_mul(FACTORS[1]).rotate_left(33).wrapping_mul(FACTORS[0]),
    ]
}

fn mixed(hash: [u64; 2], block: [u64; 2]) -> [u64; 2] {
    let first = (hash[0] ^ block[0]).rotate_left(27).wrapping_add(hash[1]).wrapping_mul(5).wrapping_add(0x52dc_e729);
    let second = (hash[1] ^ block[1]).rotate_left(31).wrapping_add(first).wrapping_mul(5).wrapping_add(0x3849_5ab5);
    [first, second]
}

fn crossed([first, second]: [u64; 2]) -> [u64; 2] {
    let first = first.wrapping_add(second);
    [first, second.wrapping_add(first)]
}

fn avalanche(word: u64) -> u64 {
    let word = (word ^ word >> 33).wrapping_mul(0xff51_afd7_ed55_8ccd);
    let word = (word ^ word >> 33).wrapping_mul(0xc4ce_b9fe_1a85_ec53);
    word ^ word >> 33
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_what_others_make_of_the_content() {
        let check = |text: &str, expected: &str| assert_eq!(name_of(text.as_bytes()), format!("content:{expected}"));
        check("", "00000000000000000000000000000000");
        check("hello", "cbd8a7b341bd9b025b1e906a48ae1d19");
        check("The quick brown fox jumps over the lazy dog", "e34bbc7bbc071b6c7a433ca9c49a9347");
    }
}
