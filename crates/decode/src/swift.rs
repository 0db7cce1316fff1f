//! Cuts a record as [`crate::header::cut`] does, at four times its speed, or not at all.
//!
//! Sixty-four bytes at a time, bit masks tell strings from what is between them. Brackets are
//! followed one by one, for where the record ends and where its own keys are; of its own keys
//! those of the header are looked at. A nested key, or one in a text inside a text, is at
//! another depth or inside a string, and is not seen at all: a decoy cannot be mistaken.
//!
//! Whatever is out of the ordinary is left to the exact cutter: a fault of any kind, an escape
//! at the record's own level, a document around records, deep nesting, a giant. So this file
//! need only be right where it answers, and its law is: where it answers, the exact cutter
//! gives the same, or finds the record to be no JSON. Property tests hold it to
//! that. All that a thief gains by escapes in his user agent is that his own records are read
//! at the exact cutter's speed.
#![expect(clippy::inline_always, reason = "all of it must become one loop, compiled for one kind of processor")]

use crate::{
    header::Header,
    masks::{self, Masks},
    scan,
};

/// A record of AWS is at most 256 KiB; past this the exact cutter may say what it is.
const LONGEST: usize = 4 << 20;

/// Levels followed here.
const DEEPEST: usize = 60;

/// The bits in which `[` `]` `{` `}` differ: 5b 5d 7b 7d.
const OPENING: u8 = 0x02;
const CURLY: u8 = 0x20;

const EVEN_BITS: u64 = 0x5555_5555_5555_5555;

/// Where the record that opens at `open` ends, and its header; `None` for anything unusual.
#[inline]
#[cfg_attr(target_arch = "x86_64", allow(unsafe_code, reason = "the processor has been asked for what is called"))]
pub(crate) fn cut(text: &[u8], open: usize, depth: usize) -> Option<(usize, Header<'_>)> {
    #[cfg(target_arch = "x86_64")]
    {
        // All that the two functions are compiled for, and nothing less.
        let carryless = is_x86_feature_detected!("pclmulqdq") && is_x86_feature_detected!("avx2");
        let wide = is_x86_feature_detected!("avx512f") && is_x86_feature_detected!("avx512bw");
        if carryless && wide && is_x86_feature_detected!("bmi1") {
            return unsafe { cut_avx512(text, open, depth) };
        }
        if carryless {
            return unsafe { cut_avx2(text, open, depth) };
        }
    }
    cut_portable(text, open, depth)
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx512f,avx512bw,avx2,bmi1,pclmulqdq")]
fn cut_avx512(text: &[u8], open: usize, depth: usize) -> Option<(usize, Header<'_>)> {
    cut_by(text, open, depth, |block| masks::avx512::masks(block), |bits| masks::avx2::prefix_xor(bits))
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx2,pclmulqdq")]
fn cut_avx2(text: &[u8], open: usize, depth: usize) -> Option<(usize, Header<'_>)> {
    cut_by(text, open, depth, |block| masks::avx2::masks(block), |bits| masks::avx2::prefix_xor(bits))
}

/// Where the object or list that opens at `open` ends, in a text whose brackets are known to
/// match: so they need only be counted.
#[cfg_attr(target_arch = "x86_64", allow(unsafe_code, reason = "the processor has been asked for what is called"))]
pub(crate) fn nested_end(text: &[u8], open: usize) -> Option<usize> {
    #[cfg(target_arch = "x86_64")]
    if is_x86_feature_detected!("avx2") && is_x86_feature_detected!("pclmulqdq") {
        return unsafe { nested_end_avx2(text, open) };
    }
    nested_end_by(text, open, masks::portable, masks::portable_prefix_xor)
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx2,pclmulqdq")]
fn nested_end_avx2(text: &[u8], open: usize) -> Option<usize> {
    nested_end_by(text, open, |block| masks::avx2::masks(block), |bits| masks::avx2::prefix_xor(bits))
}

#[inline(always)]
fn nested_end_by(
    text: &[u8],
    open: usize,
    masks: impl Fn(&[u8; 64]) -> Masks,
    prefix_xor: impl Fn(u64) -> u64,
) -> Option<usize> {
    let mut strings = Strings::default();
    let mut depth = 0_u32;
    let mut padded = [b' '; 64];
    let mut at = open;
    while at < text.len() {
        let block = block_at(text, at, &mut padded);
        let masks = masks(block);
        let inside = strings.inside(&masks, &prefix_xor)?;
        let mut brackets = masks.bracket & !inside.strings;
        while brackets != 0 {
            let place = brackets.trailing_zeros() as usize;
            brackets &= brackets - 1;
            if block[place & 63] & OPENING != 0 {
                depth += 1;
            } else if depth == 1 {
                return Some(at + place + 1);
            } else {
                depth -= 1;
            }
        }
        at += 64;
    }
    None
}

/// The twin that every machine can run.
pub(crate) fn cut_portable(text: &[u8], open: usize, depth: usize) -> Option<(usize, Header<'_>)> {
    cut_by(text, open, depth, masks::portable, masks::portable_prefix_xor)
}

#[inline(always)]
fn cut_by(
    text: &[u8],
    open: usize,
    depth: usize,
    masks: impl Fn(&[u8; 64]) -> Masks,
    prefix_xor: impl Fn(u64) -> u64,
) -> Option<(usize, Header<'_>)> {
    let deepest = depth.min(DEEPEST);
    let mut cutter = Cutter { text, header: Header::default(), deepest, depth: 0, lists: 0, colon: 0 };
    let mut strings = Strings::default();
    let last = text.len().min(open + LONGEST);
    let mut padded = [b' '; 64];
    let mut at = open;
    while at < last {
        let block = block_at(text, at, &mut padded);
        let masks = masks(block);
        let inside = strings.inside(&masks, &prefix_xor)?;
        match cutter.block(at, block, &masks, &inside) {
            Step::Block => at += 64,
            // Only an old record names no account here; the exact cutter looks further.
            Step::End(_) if cutter.header.recipient_account_id.is_none() => return None,
            Step::End(end) => {
                cutter.header.is_plain = true;
                return Some((end, cutter.header));
            }
            Step::Unusual => return None,
        }
    }
    None
}

/// The block that begins at `at`; the last one of a text is filled up with blanks.
#[inline(always)]
fn block_at<'b>(text: &'b [u8], at: usize, padded: &'b mut [u8; 64]) -> &'b [u8; 64] {
    let rest = &text[at..];
    if let Some(block) = rest.first_chunk() {
        return block;
    }
    padded[..rest.len()].copy_from_slice(rest);
    padded
}

/// What runs on from block to block.
#[derive(Default)]
struct Strings {
    /// All ones within a string.
    open: u64,
    /// 1 if the first byte of the next block is escaped.
    escaping: u64,
}

/// The bytes of a block that are inside strings, opening quotes included, closing ones not;
/// and the quotes that are not escaped.
struct Inside {
    strings: u64,
    quotes: u64,
}

impl Strings {
    /// `None` if a byte stands where no JSON has it.
    #[inline(always)]
    fn inside(&mut self, masks: &Masks, prefix_xor: impl Fn(u64) -> u64) -> Option<Inside> {
        let quotes = masks.quote & !self.escaped(masks.backslash);
        let strings = prefix_xor(quotes) ^ self.open;
        self.open = (strings.cast_signed() >> 63).cast_unsigned();
        let misplaced = masks.foreign & !strings | masks.control & strings;
        (misplaced == 0).then_some(Inside { strings, quotes })
    }

    /// The bytes behind an odd number of backslashes. An addition carries through each run of
    /// them; where it comes out tells odd from even.
    #[inline(always)]
    fn escaped(&mut self, backslash: u64) -> u64 {
        if backslash == 0 {
            return std::mem::take(&mut self.escaping);
        }
        let starting = backslash & !self.escaping;
        let odd = !EVEN_BITS;
        let series = (starting << 1 | odd).wrapping_sub(starting) ^ odd;
        let escaped = series ^ (backslash | self.escaping);
        self.escaping = (series & backslash) >> 63;
        escaped
    }
}

/// What a block led to.
enum Step {
    /// The next one.
    Block,
    /// The end of the record.
    End(usize),
    /// Something for the exact cutter.
    Unusual,
}

struct Cutter<'a> {
    text: &'a [u8],
    header: Header<'a>,
    deepest: usize,
    depth: usize,
    /// The kind of each open bracket, the innermost lowest: 1 for a list.
    lists: u64,
    /// The last byte of the block before is a colon.
    colon: u64,
}

/// What the own level of a record has in one block: its keys, quotes and backslashes.
struct OwnLevel {
    at: usize,
    keys: u64,
    quotes: u64,
    backslashes: u64,
}

impl Cutter<'_> {
    /// Takes a block in.
    #[inline(always)]
    fn block(&mut self, at: usize, block: &[u8; 64], masks: &Masks, inside: &Inside) -> Step {
        // A value stands right behind its colon, a key never does.
        let after_colon = masks.colon << 1 | std::mem::replace(&mut self.colon, masks.colon >> 63);
        let keys = inside.quotes & inside.strings & !after_colon;
        let own = OwnLevel { at, keys, quotes: inside.quotes, backslashes: masks.backslash };
        let mut brackets = masks.bracket & !inside.strings;
        let mut from = u64::MAX;
        while brackets != 0 {
            let bit = brackets & brackets.wrapping_neg();
            if self.depth == 1 && self.own_level(&own, from & (bit - 1)).is_none() {
                return Step::Unusual;
            }
            from = !(bit - 1);
            brackets ^= bit;
            let place = bit.trailing_zeros() as usize;
            let byte = block[place & 63];
            let list = u64::from(byte & CURLY == 0);
            let position = || at + place;
            let closed = if byte & OPENING != 0 {
                self.open(list, after_colon & bit != 0, position).map(|()| false)
            } else {
                self.close(list)
            };
            match closed {
                Some(false) => {}
                Some(true) => return Step::End(position() + 1),
                None => return Step::Unusual,
            }
        }
        if self.depth == 1 && self.own_level(&own, from).is_none() {
            return Step::Unusual;
        }
        Step::Block
    }

    #[inline(always)]
    fn open(&mut self, list: u64, after_colon: bool, position: impl Fn() -> usize) -> Option<()> {
        let in_object = self.lists & 1 == 0;
        let expected = in_object && after_colon || self.depth == 0 || self.may_open(position());
        if !expected || self.depth == self.deepest {
            return None;
        }
        self.lists = self.lists << 1 | list;
        self.depth += 1;
        Some(())
    }

    /// True if this closes the record.
    #[inline(always)]
    fn close(&mut self, list: u64) -> Option<bool> {
        if self.lists & 1 != list {
            return None;
        }
        self.lists >>= 1;
        self.depth -= 1;
        Some(self.depth == 0)
    }

    /// Whether a bracket can open here, blanks between or not.
    #[inline]
    fn may_open(&self, position: usize) -> bool {
        let before = match self.text[position - 1] {
            byte if scan::is_blank(byte) => scan::byte_before(self.text, position),
            byte => Some(byte),
        };
        if self.lists & 1 == 1 { matches!(before, Some(b',' | b'[')) } else { before == Some(b':') }
    }

    /// The keys of the record itself in a part of a block. An escape may be in a key, and so
    /// make another of it.
    #[inline(always)]
    fn own_level(&mut self, own: &OwnLevel, part: u64) -> Option<()> {
        if own.backslashes & part != 0 {
            return None;
        }
        let mut keys = own.keys & part;
        while keys != 0 {
            let quote = own.at + keys.trailing_zeros() as usize;
            keys &= keys - 1;
            // So near the end of the text that no key of the header has room.
            let spelled: &[u8; ROOM] = self.text[quote..].first_chunk()?;
            if let Some(key) = find(spelled) {
                self.note(key, quote, own)?;
            }
        }
        Some(())
    }

    /// A text at the record's own level that begins like a key of the header.
    #[inline(always)]
    fn note(&mut self, key: &Key, quote: usize, own: &OwnLevel) -> Option<()> {
        let field = match key.field {
            Field::EventName => &mut self.header.event_name,
            Field::EventTime => &mut self.header.event_time,
            Field::EventSource => &mut self.header.event_source,
            Field::EventType => &mut self.header.event_type,
            Field::EventCategory => &mut self.header.event_category,
            Field::AwsRegion => &mut self.header.aws_region,
            Field::RecipientAccountId => &mut self.header.recipient_account_id,
            Field::NotOfARecord => return None,
        };
        if field.is_some() {
            return None;
        }
        let value = quote + key.length - 1;
        *field = Some(&self.text[value..=closing_quote(self.text, value, own)?]);
        Some(())
    }
}

#[derive(Clone, Copy)]
enum Field {
    EventName,
    EventTime,
    EventSource,
    EventType,
    EventCategory,
    AwsRegion,
    RecipientAccountId,
    /// Of a document around records, or of a digest; or a key of the header, spelled otherwise.
    NotOfARecord,
}

/// A key that is looked for, as AWS writes it, up to the opening quote of its value.
#[derive(Clone, Copy)]
struct Key {
    field: Field,
    length: usize,
    /// In three words, with the bits of them that it fills.
    words: [u64; 3],
    filled: [u64; 3],
}

/// Bytes that the longest key takes.
const ROOM: usize = 24;

const KEYS: [Key; 25] = [
    Key::new(Field::EventName, b"\"eventName\":\""),
    Key::new(Field::EventTime, b"\"eventTime\":\""),
    Key::new(Field::EventSource, b"\"eventSource\":\""),
    Key::new(Field::EventType, b"\"eventType\":\""),
    Key::new(Field::EventCategory, b"\"eventCategory\":\""),
    Key::new(Field::AwsRegion, b"\"awsRegion\":\""),
    Key::new(Field::RecipientAccountId, b"\"recipientAccountId\":\""),
    Key::new(Field::NotOfARecord, b"\"digestS"),
    // The lists of `header::is_list`, by their first eight bytes.
    Key::new(Field::NotOfARecord, b"\"Records"),
    Key::new(Field::NotOfARecord, b"\"records"),
    Key::new(Field::NotOfARecord, b"\"value\":"),
    Key::new(Field::NotOfARecord, b"\"value\" "),
    Key::new(Field::NotOfARecord, b"\"value\"\t"),
    Key::new(Field::NotOfARecord, b"\"value\"\n"),
    Key::new(Field::NotOfARecord, b"\"value\"\r"),
    Key::new(Field::NotOfARecord, b"\"entries"),
    Key::new(Field::NotOfARecord, b"\"Events\""),
    Key::new(Field::NotOfARecord, b"\"events\""),
    Key::new(Field::NotOfARecord, b"\"logEven"),
    Key::new(Field::NotOfARecord, b"\"auditEv"),
    Key::new(Field::NotOfARecord, b"\"receive"),
    Key::new(Field::NotOfARecord, b"\"Message"),
    Key::new(Field::NotOfARecord, b"\"results"),
    // A row of a search, as `header::is_raw` has it.
    Key::new(Field::NotOfARecord, b"\"_raw\":\""),
    Key::new(Field::NotOfARecord, b"\"_raw\": "),
];

impl Key {
    const fn new(field: Field, spelled: &[u8]) -> Self {
        let (mut words, mut filled) = ([0; 3], [0; 3]);
        let mut at = 0;
        while at < spelled.len() {
            words[at / 8] |= (spelled[at] as u64) << (at % 8 * 8);
            filled[at / 8] |= 0xff << (at % 8 * 8);
            at += 1;
        }
        Self { field, length: spelled.len(), words, filled }
    }
}

/// The keys by their first eight bytes, each at a place of its own: one multiplication and one
/// comparison tell whether a text begins like any of them.
static BY_START: [Key; PLACES] = by_start();
const PLACES: usize = 64;
const SPREAD: u64 = spread();

/// A place that no key has.
const NOTHING: Key = Key { field: Field::NotOfARecord, length: 0, words: [0; 3], filled: [u64::MAX; 3] };

/// A key that begins alike but is spelled otherwise is found as not of a record.
const OTHERWISE: &Key = &NOTHING;

/// The key that is spelled here, if any.
#[inline(always)]
fn find(spelled: &[u8; ROOM]) -> Option<&'static Key> {
    let word = |at: usize| spelled[at..].first_chunk().map_or(0, |word| u64::from_le_bytes(*word));
    let key = &BY_START[place(word(0), SPREAD)];
    if key.words[0] != word(0) {
        return None;
    }
    let differs = (word(8) ^ key.words[1]) & key.filled[1] | (word(16) ^ key.words[2]) & key.filled[2];
    Some(if differs == 0 { key } else { OTHERWISE })
}

#[expect(clippy::cast_possible_truncation, reason = "six bits are left of it")]
const fn place(start: u64, spread: u64) -> usize {
    (start.wrapping_mul(spread) >> (64 - PLACES.ilog2())) as usize
}

/// A multiplier that sends no two keys to one place.
const fn spread() -> u64 {
    let mut spread: u64 = 0x9e37_79b9_7f4a_7c15;
    loop {
        let mut taken = 0_u64;
        let mut at = 0;
        while at < KEYS.len() {
            taken |= 1 << place(KEYS[at].words[0], spread);
            at += 1;
        }
        if taken.count_ones() as usize == KEYS.len() {
            return spread;
        }
        spread = spread.wrapping_mul(0x5851_f42d_4c95_7f2d).wrapping_add(2);
    }
}

const fn by_start() -> [Key; PLACES] {
    let mut table = [NOTHING; PLACES];
    let mut at = 0;
    while at < KEYS.len() {
        table[place(KEYS[at].words[0], SPREAD)] = KEYS[at];
        at += 1;
    }
    table
}

/// Where the string that opens at `quote` closes. A backslash in it would have the record
/// refused, so the next quote is the one.
#[inline(always)]
fn closing_quote(text: &[u8], quote: usize, own: &OwnLevel) -> Option<usize> {
    // The bits above the quote's own; shifted out entirely when it is beyond the block.
    let later = u32::try_from(quote + 1 - own.at).ok().and_then(|place| u64::MAX.checked_shl(place));
    match own.quotes & later.unwrap_or(0) {
        0 => Some(scan::string_end(text, quote.max(own.at + 63)).ok()?.0 - 1),
        later => Some(own.at + later.trailing_zeros() as usize),
    }
}

#[cfg(test)]
mod tests {
    use proptest::{collection::vec, prelude::*, sample};

    use super::*;
    use crate::header::{Cut, cut_exactly};

    const RECORD: &str = r#"{"eventVersion":"1.11","userIdentity":{"type":"Root","eventName":"Decoy"},"eventTime":"2026-03-07T03:12:38Z","eventSource":"ec2.amazonaws.com","eventName":"RunInstances","awsRegion":"eu-west-1","requestParameters":{"policy":"{\"eventName\":\"Decoy\"}","items":[{"a":1},{"b":[]}]},"recipientAccountId":"111122223333","eventType":"AwsApiCall"}"#;

    fn all(text: &str) -> [Option<(usize, Header<'_>)>; 2] {
        let swift = cut(text.as_bytes(), 0, 512);
        let portable = cut_portable(text.as_bytes(), 0, 512);
        [swift, portable]
    }

    #[test]
    fn an_ordinary_record_is_cut_like_the_exact_cutter_cuts_it() {
        let Ok(Cut::Record { end, header }) = cut_exactly(RECORD.as_bytes(), 0, 512) else { panic!() };
        for padding in ["", " ", ",", &",{}".repeat(40)] {
            let text = format!("{RECORD}{padding}");
            for (swift_end, swift_header) in all(&text).map(Option::unwrap) {
                assert_eq!(swift_end, end);
                assert_eq!(swift_header.summary(), header.summary());
            }
        }
    }

    /// The law of this file, on any bytes.
    fn check_law(text: &[u8]) -> Result<(), TestCaseError> {
        let swift = cut(text, 0, 512).map(|(end, header)| (end, header.summary()));
        let portable = cut_portable(text, 0, 512).map(|(end, header)| (end, header.summary()));
        prop_assert_eq!(&swift, &portable);
        let Some((end, summary)) = swift else { return Ok(()) };
        match cut_exactly(text, 0, 512) {
            Ok(Cut::Record { end: exact_end, header }) => {
                prop_assert_eq!((end, summary), (exact_end, header.summary()));
            }
            Ok(Cut::List { .. }) => prop_assert!(false, "a document was cut as a record"),
            Err(_) => prop_assert!(serde_json::from_slice::<serde_json::Value>(&text[..end]).is_err()),
        }
        Ok(())
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(4000))]

        #[test]
        fn the_law_holds_for_damaged_records(
            changes in vec((0..RECORD.len() * 2, sample::select(&b"{}[]\":,\\ \n\x01ae0\xff"[..])), 0..4),
            cuts in vec((0..RECORD.len() * 2, 0..40_usize), 0..2),
            gap in sample::select(&["", ",", " ,\n"][..]),
        ) {
            let mut text = format!("{RECORD}{gap}{RECORD}").into_bytes();
            for (place, byte) in changes {
                let place = place % text.len();
                text[place] = byte;
            }
            for (place, length) in cuts {
                let place = place % text.len();
                text.drain(place..(place + length).min(text.len()));
            }
            if text.first() == Some(&b'{') {
                check_law(&text)?;
            }
        }

        #[test]
        fn the_law_holds_for_text_made_of_json(parts in vec(sample::select(&PARTS[..]), 0..60)) {
            check_law(format!("{{{}", parts.concat()).as_bytes())?;
        }
    }

    const PARTS: [&str; 29] = [
        "{",
        "}",
        "[",
        "]",
        "\"",
        ":",
        ",",
        " ",
        "\\",
        "\\\"",
        "\n",
        "1",
        "null",
        "x",
        "\"a\":",
        "\"a\"",
        "\"eventName\":",
        "\"eventName\":\"RunInstances\"",
        "\"eventTime\":\"2026\",",
        "\"Records\":[",
        "\"value\":[",
        "\"_raw\":\"{}\"",
        "\"value\"",
        "\"logEvents\":[{",
        "\"Events\" : [",
        "\"recipientAccountId\":\"1\"",
        "\"eventN\\u0061me\":\"x\"",
        "                                                              ",
        "\"b\":{},",
    ];

    #[test]
    fn a_nested_value_ends_where_the_exact_cutter_ends_it() {
        let text = RECORD.as_bytes();
        for (open, _) in text.iter().enumerate().filter(|(_, byte)| b"{[".contains(byte)) {
            let Ok(end) = scan::value_end(text, open, 512) else { continue };
            let portable = nested_end_by(text, open, masks::portable, masks::portable_prefix_xor);
            assert_eq!([nested_end(text, open), portable], [Some(end); 2], "{open}");
        }
    }

    #[test]
    fn whatever_is_unusual_is_left_to_the_exact_cutter() {
        for (from, to) in [
            ("eventName\":\"RunInstances", "eventN\\u0061me\":\"RunInstances"),
            ("eventName\":\"RunInstances", "eventName\":\"Run\\u0049nstances"),
            ("\"eventType\":\"AwsApiCall\"", "\"eventName\":\"Other\""),
            ("\"eventName\":\"RunInstances\"", "\"eventName\" : \"RunInstances\""),
            ("\"recipientAccountId\":\"111122223333\",", ""),
            ("\"eventType\":\"AwsApiCall\"", "\"Records\":[]"),
            ("{", "{\"Events\":[],"),
            ("{", "{\"_raw\":\"\","),
            ("{", "{\"_raw\": \"\","),
            ("{", "{\"value\"\n:[],"),
            ("{\"a\":1}", "{\"a\":1]"),
            ("{\"a\":1}", "{\"a\":1"),
            ("\"a\":1", "\"a\":x"),
            ("\"a\":1", "\"a\":\"\u{1}\""),
            ("\"b\":[]", "\"b\"[]"),
        ] {
            let text = RECORD.replacen(from, to, 1);
            assert_ne!(text, RECORD, "{from}");
            assert!(all(&text).iter().all(Option::is_none), "{to}");
        }
    }
}
