//! Sixty-four bytes of JSON as bit masks: bit `n` speaks of byte `n`.
//!
//! Three implementations give the same masks: for AVX-512, for AVX2, chosen at run time, and
//! for every other machine. A property test holds them equal. Unsafe in the first two is the
//! load of a block; and so is calling them, unless the processor has been asked (`swift`).

/// What the bytes of a block are, wherever they stand.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Masks {
    pub(crate) quote: u64,
    pub(crate) backslash: u64,
    pub(crate) colon: u64,
    /// `{`, `}`, `[` and `]`.
    pub(crate) bracket: u64,
    /// Bytes that no JSON has between its strings.
    pub(crate) foreign: u64,
    /// Bytes that no JSON has in its strings.
    pub(crate) control: u64,
}

/// Which brackets the brackets of a block are. Of other bytes it says nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Kinds {
    pub(crate) opening: u64,
    pub(crate) square: u64,
}

/// The bits in which `[` `]` `{` `}` differ: 5b 5d 7b 7d.
const OPENING: u8 = 0x02;
const CURLY: u8 = 0x20;

/// The masks of a block, on every machine.
#[inline]
pub(crate) fn portable(block: &[u8; 64]) -> Masks {
    let mut masks = Masks::default();
    for (place, &byte) in block.iter().enumerate() {
        let class = CLASS[usize::from(byte)];
        masks.quote |= u64::from(byte == b'"') << place;
        masks.backslash |= u64::from(byte == b'\\') << place;
        masks.colon |= u64::from(byte == b':') << place;
        masks.bracket |= u64::from(class & BRACKET != 0) << place;
        masks.foreign |= u64::from(class == 0) << place;
        masks.control |= u64::from(byte < b' ') << place;
    }
    masks
}

#[inline]
pub(crate) fn portable_kinds(block: &[u8; 64]) -> Kinds {
    Kinds { opening: where_so(block, |byte| byte & OPENING != 0), square: where_so(block, |byte| byte & CURLY == 0) }
}

#[inline]
pub(crate) fn portable_quotes(block: &[u8; 64]) -> u64 {
    where_so(block, |byte| byte == b'"')
}

#[inline]
fn where_so(block: &[u8; 64], is_so: impl Fn(u8) -> bool) -> u64 {
    block.iter().enumerate().fold(0, |mask, (place, &byte)| mask | u64::from(is_so(byte)) << place)
}

/// Bit `n` is the parity of bits `0..=n`: of quotes, whether byte `n` is in a string.
#[inline]
pub(crate) fn portable_prefix_xor(mut bits: u64) -> u64 {
    for distance in [1, 2, 4, 8, 16, 32] {
        bits ^= bits << distance;
    }
    bits
}

/// The class of a bracket; it is the topmost bit so that the processor can collect it.
const BRACKET: u8 = 0x80;

/// What a byte can be between strings, by the two halves of its code: a class has a bit in
/// one entry of both tables. No common bit: the byte does not belong there.
const BY_LOW_HALF: [u8; 16] = by_low_half();
const BY_HIGH_HALF: [u8; 16] = [0x01, 0, 0x02, 0x04, 0x08, BRACKET, 0x10, 0x20 | BRACKET, 0, 0, 0, 0, 0, 0, 0, 0];

/// The bytes that may stand between strings: blanks, brackets, `,` and `:`, quotes, and what
/// numbers and words are made of.
const BETWEEN: &[u8] = b"\t\n\r \"+,-.0123456789:E[]aeflnrstu{}";

const fn by_low_half() -> [u8; 16] {
    let mut table = [0; 16];
    let mut at = 0;
    while at < BETWEEN.len() {
        let byte = BETWEEN[at];
        let class = match byte {
            b'[' | b']' | b'{' | b'}' => BRACKET,
            byte => BY_HIGH_HALF[(byte >> 4) as usize] & !BRACKET,
        };
        table[(byte & 15) as usize] |= class;
        at += 1;
    }
    table
}

/// The class of every byte, for machines that cannot look up thirty-two at once.
static CLASS: [u8; 256] = {
    let mut classes = [0; 256];
    let mut byte = 0;
    while byte < 256 {
        classes[byte] = BY_LOW_HALF[byte & 15] & BY_HIGH_HALF[byte >> 4];
        byte += 1;
    }
    classes
};

/// A table as the two numbers that vectors are made of.
#[cfg(target_arch = "x86_64")]
fn halves(table: &[u8; 16]) -> [i64; 2] {
    [&table[..8], &table[8..]].map(|half| half.iter().rev().fold(0, |number, &byte| number << 8 | i64::from(byte)))
}

#[cfg(target_arch = "x86_64")]
pub(crate) mod avx2 {
    //! The same masks, thirty-two bytes at a time.

    use std::arch::x86_64::{
        __m256i, _mm_clmulepi64_si128, _mm_cvtsi128_si64, _mm_set_epi64x, _mm_set1_epi8, _mm256_and_si256,
        _mm256_broadcastsi128_si256, _mm256_cmpeq_epi8, _mm256_loadu_si256, _mm256_min_epu8, _mm256_movemask_epi8,
        _mm256_set1_epi8, _mm256_setzero_si256, _mm256_shuffle_epi8, _mm256_slli_epi16, _mm256_srli_epi16,
    };

    use super::{BY_HIGH_HALF, BY_LOW_HALF, CURLY, Kinds, Masks, OPENING};

    #[inline]
    #[target_feature(enable = "avx2")]
    pub(crate) fn masks(block: &[u8; 64]) -> Masks {
        let bytes = [load::<0>(block), load::<32>(block)];
        let classes = [classes(bytes[0]), classes(bytes[1])];
        let nothing = _mm256_setzero_si256();
        let space_less_one = _mm256_set1_epi8(b' '.cast_signed() - 1);
        let low = |byte| _mm256_cmpeq_epi8(_mm256_min_epu8(byte, space_less_one), byte);
        Masks {
            quote: equal(bytes, b'"'),
            backslash: equal(bytes, b'\\'),
            colon: equal(bytes, b':'),
            bracket: bits(classes),
            foreign: bits([_mm256_cmpeq_epi8(classes[0], nothing), _mm256_cmpeq_epi8(classes[1], nothing)]),
            control: bits([low(bytes[0]), low(bytes[1])]),
        }
    }

    #[inline]
    #[target_feature(enable = "avx2")]
    pub(crate) fn kinds(block: &[u8; 64]) -> Kinds {
        const TO_OPENING: i32 = OPENING.leading_zeros().cast_signed();
        const TO_CURLY: i32 = CURLY.leading_zeros().cast_signed();
        let bytes = [load::<0>(block), load::<32>(block)];
        Kinds {
            opening: bits(bytes.map(|bytes| _mm256_slli_epi16::<TO_OPENING>(bytes))),
            square: !bits(bytes.map(|bytes| _mm256_slli_epi16::<TO_CURLY>(bytes))),
        }
    }

    #[inline]
    #[target_feature(enable = "avx2")]
    pub(crate) fn quotes(block: &[u8; 64]) -> u64 {
        equal([load::<0>(block), load::<32>(block)], b'"')
    }

    #[inline]
    #[target_feature(enable = "avx2,pclmulqdq")]
    pub(crate) fn prefix_xor(bits: u64) -> u64 {
        let product = _mm_clmulepi64_si128(_mm_set_epi64x(0, bits.cast_signed()), _mm_set1_epi8(-1), 0);
        _mm_cvtsi128_si64(product).cast_unsigned()
    }

    /// Thirty-two bytes from `FROM` on.
    #[inline]
    #[target_feature(enable = "avx2")]
    #[allow(unsafe_code, reason = "put together from numbers, it is not always made one load")]
    fn load<const FROM: usize>(block: &[u8; 64]) -> __m256i {
        const { assert!(FROM <= 32) };
        // SAFETY: the thirty-two bytes are in the block, and the load asks for no alignment.
        unsafe { _mm256_loadu_si256(block.as_ptr().add(FROM).cast()) }
    }

    #[inline]
    #[target_feature(enable = "avx2")]
    fn classes(bytes: __m256i) -> __m256i {
        let half = _mm256_set1_epi8(15);
        let low = _mm256_shuffle_epi8(table(&BY_LOW_HALF), _mm256_and_si256(bytes, half));
        let high = _mm256_shuffle_epi8(table(&BY_HIGH_HALF), _mm256_and_si256(_mm256_srli_epi16::<4>(bytes), half));
        _mm256_and_si256(low, high)
    }

    #[inline]
    #[target_feature(enable = "avx2")]
    fn table(entries: &[u8; 16]) -> __m256i {
        let [low, high] = super::halves(entries);
        _mm256_broadcastsi128_si256(_mm_set_epi64x(high, low))
    }

    #[inline]
    #[target_feature(enable = "avx2")]
    fn equal(bytes: [__m256i; 2], byte: u8) -> u64 {
        let byte = _mm256_set1_epi8(byte.cast_signed());
        bits([_mm256_cmpeq_epi8(bytes[0], byte), _mm256_cmpeq_epi8(bytes[1], byte)])
    }

    /// The topmost bit of each byte.
    #[inline]
    #[target_feature(enable = "avx2")]
    fn bits(bytes: [__m256i; 2]) -> u64 {
        let [low, high] = [_mm256_movemask_epi8(bytes[0]), _mm256_movemask_epi8(bytes[1])];
        u64::from(low.cast_unsigned()) | u64::from(high.cast_unsigned()) << 32
    }
}

#[cfg(target_arch = "x86_64")]
pub(crate) mod avx512 {
    //! The same masks, all sixty-four bytes at once: this processor compares into masks.

    use std::arch::x86_64::{
        __m512i, _mm_set_epi64x, _mm512_and_si512, _mm512_broadcast_i32x4, _mm512_cmpeq_epi8_mask,
        _mm512_cmplt_epu8_mask, _mm512_loadu_si512, _mm512_movepi8_mask, _mm512_set1_epi8, _mm512_shuffle_epi8,
        _mm512_srli_epi16, _mm512_test_epi8_mask, _mm512_testn_epi8_mask,
    };

    use super::{BY_HIGH_HALF, BY_LOW_HALF, CURLY, Kinds, Masks, OPENING};

    #[inline]
    #[target_feature(enable = "avx512f,avx512bw")]
    pub(crate) fn masks(block: &[u8; 64]) -> Masks {
        let bytes = load(block);
        let all = |byte: u8| _mm512_set1_epi8(byte.cast_signed());
        let half = all(15);
        let low = _mm512_shuffle_epi8(table(&BY_LOW_HALF), _mm512_and_si512(bytes, half));
        let high = _mm512_shuffle_epi8(table(&BY_HIGH_HALF), _mm512_and_si512(_mm512_srli_epi16::<4>(bytes), half));
        Masks {
            quote: _mm512_cmpeq_epi8_mask(bytes, all(b'"')),
            backslash: _mm512_cmpeq_epi8_mask(bytes, all(b'\\')),
            colon: _mm512_cmpeq_epi8_mask(bytes, all(b':')),
            bracket: _mm512_movepi8_mask(_mm512_and_si512(low, high)),
            foreign: _mm512_testn_epi8_mask(low, high),
            control: _mm512_cmplt_epu8_mask(bytes, all(b' ')),
        }
    }

    #[inline]
    #[target_feature(enable = "avx512f,avx512bw")]
    pub(crate) fn kinds(block: &[u8; 64]) -> Kinds {
        let bytes = load(block);
        let all = |byte: u8| _mm512_set1_epi8(byte.cast_signed());
        Kinds { opening: _mm512_test_epi8_mask(bytes, all(OPENING)), square: _mm512_testn_epi8_mask(bytes, all(CURLY)) }
    }

    #[inline]
    #[target_feature(enable = "avx512f,avx512bw")]
    pub(crate) fn quotes(block: &[u8; 64]) -> u64 {
        _mm512_cmpeq_epi8_mask(load(block), _mm512_set1_epi8(b'"'.cast_signed()))
    }

    #[inline]
    #[target_feature(enable = "avx512f")]
    #[allow(unsafe_code, reason = "put together from numbers, it is not always made one load")]
    fn load(block: &[u8; 64]) -> __m512i {
        // SAFETY: the block has sixty-four bytes, and the load asks for no alignment.
        unsafe { _mm512_loadu_si512(block.as_ptr().cast()) }
    }

    #[inline]
    #[target_feature(enable = "avx512f")]
    fn table(entries: &[u8; 16]) -> __m512i {
        let [low, high] = super::halves(entries);
        _mm512_broadcast_i32x4(_mm_set_epi64x(high, low))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn what_may_stand_between_strings() {
        for byte in 0..=u8::MAX {
            let class = CLASS[usize::from(byte)];
            assert_eq!(class != 0, BETWEEN.contains(&byte), "{byte:#x}");
            assert_eq!(class & BRACKET != 0, b"[]{}".contains(&byte), "{byte:#x}");
        }
    }

    #[test]
    fn the_kinds_of_brackets() {
        let mut block = [b' '; 64];
        block[..4].copy_from_slice(b"[]{}");
        let Kinds { opening, square } = portable_kinds(&block);
        assert_eq!((opening & 0b1111, square & 0b1111), (0b0101, 0b0011));
        assert_eq!(portable(&block).bracket, 0b1111);
    }

    proptest! {
        #[cfg(target_arch = "x86_64")]
        #[test]
        #[allow(unsafe_code, reason = "the processor is asked in the lines above each call")]
        fn all_machines_see_the_same(block in proptest::array::uniform32(any::<[u8; 2]>()), bits: u64) {
            let block: [u8; 64] = block.concat().try_into().unwrap();
            if is_x86_feature_detected!("avx2") && is_x86_feature_detected!("pclmulqdq") {
                prop_assert_eq!(unsafe { avx2::masks(&block) }, portable(&block));
                prop_assert_eq!(unsafe { avx2::kinds(&block) }, portable_kinds(&block));
                prop_assert_eq!(unsafe { avx2::quotes(&block) }, portable_quotes(&block));
                prop_assert_eq!(unsafe { avx2::prefix_xor(bits) }, portable_prefix_xor(bits));
            }
            if is_x86_feature_detected!("avx512f") && is_x86_feature_detected!("avx512bw") {
                prop_assert_eq!(unsafe { avx512::masks(&block) }, portable(&block));
                prop_assert_eq!(unsafe { avx512::kinds(&block) }, portable_kinds(&block));
                prop_assert_eq!(unsafe { avx512::quotes(&block) }, portable_quotes(&block));
            }
        }
    }

    #[test]
    fn parity_runs_from_quote_to_quote() {
        assert_eq!(portable_prefix_xor(0b0010_0100), 0b0001_1100);
        assert_eq!(portable_prefix_xor(1), u64::MAX);
    }
}
