//! Cuts a record as [`crate::header::cut`] does, at four times its speed, or not at all.
//!
//! Sixty-four bytes at a time, bit masks tell strings from what is between them. Brackets tell
//! where the record ends and where its own level is; below that level a block's brackets are
//! taken in at once where that comes to the same as one after the other. The keys of the own
//! level are gathered on the way, and when the record has ended those of the header are looked
//! up among them: loops that always run alike are what a processor foresees best. A nested key,
//! or one in a text inside a text, is at another depth or inside a string, and is not seen at
//! all: a decoy cannot be mistaken.
//!
//! Whatever is out of the ordinary is left to the exact cutter: a fault of any kind, an escape
//! at the record's own level, a document around records, deep nesting, a giant. So this file
//! need only be right where it answers, and its law is: where it answers, the exact cutter
//! gives the same, or finds the record to be no JSON. Property tests hold it to
//! that. All that a thief gains by escapes in his user agent is that his own records are read
//! at the exact cutter's speed.
#![expect(clippy::inline_always, reason = "all of it must become one loop, compiled for one kind of processor")]

use crate::{
    beginnings::Beginnings,
    header::{self, Header},
    lenient,
    masks::{self, Kinds, Masks},
    members::{self, Written},
    own_keys::{Found, OwnKeys, ROOM},
    scan::{self, Next},
};

/// A record of AWS is at most 256 KiB; past this the exact cutter may say what it is.
const LONGEST: usize = 4 << 20;

/// Levels followed here.
const DEEPEST: usize = 60;

const EVEN_BITS: u64 = 0x5555_5555_5555_5555;

/// Why a record is left to the exact cutter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Left {
    /// Something is out of the ordinary, whatever may follow.
    Unusual,
    /// Nothing is, as far as the text goes. If there is more of it, more can be said.
    EndsEarly,
}

/// Where the record that opens at `open` ends, with its header.
#[inline]
#[cfg_attr(target_arch = "x86_64", allow(unsafe_code, reason = "the processor has been asked for what is called"))]
pub(crate) fn cut<'a>(
    beginnings: &mut Beginnings,
    text: &'a [u8],
    open: usize,
    depth: usize,
    header: &mut Header<'a>,
) -> Result<usize, Left> {
    #[cfg(target_arch = "x86_64")]
    match (fit(), header.expects_entry) {
        (Fit::Avx512, false) => return unsafe { cut_avx512::<0>(beginnings, text, open, depth, header) },
        (Fit::Avx512, true) => return unsafe { cut_avx512::<1>(beginnings, text, open, depth, header) },
        (Fit::Avx2, false) => return unsafe { cut_avx2::<0>(beginnings, text, open, depth, header) },
        (Fit::Avx2, true) => return unsafe { cut_avx2::<1>(beginnings, text, open, depth, header) },
        (Fit::Neither, _) => {}
    }
    cut_portable(beginnings, text, open, depth, header)
}

/// What the functions below are compiled for, and nothing less.
#[cfg(target_arch = "x86_64")]
enum Fit {
    Avx512,
    Avx2,
    Neither,
}

#[cfg(target_arch = "x86_64")]
#[inline(always)]
fn fit() -> Fit {
    let carryless = is_x86_feature_detected!("pclmulqdq") && is_x86_feature_detected!("avx2");
    let counts = is_x86_feature_detected!("bmi1") && is_x86_feature_detected!("lzcnt");
    if !carryless || !counts || !is_x86_feature_detected!("popcnt") {
        Fit::Neither
    } else if is_x86_feature_detected!("avx512f") && is_x86_feature_detected!("avx512bw") {
        Fit::Avx512
    } else {
        Fit::Avx2
    }
}

/// A macro, because only within a function that is compiled for a processor are its own made
/// part of the loop.
#[cfg(target_arch = "x86_64")]
macro_rules! machine {
    ($of:ident) => {
        Machine {
            masks: |block: &_| masks::$of::masks(block),
            kinds: |block: &_| masks::$of::kinds(block),
            quotes: |block: &_| masks::$of::quotes(block),
            prefix_xor: |bits| masks::avx2::prefix_xor(bits),
        }
    };
}
#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx512f,avx512bw,avx2,bmi1,lzcnt,popcnt,pclmulqdq")]
fn cut_avx512<'a, const INNER: usize>(
    beginnings: &mut Beginnings,
    text: &'a [u8],
    open: usize,
    depth: usize,
    header: &mut Header<'a>,
) -> Result<usize, Left> {
    cut_by::<INNER, _, _, _, _>(&machine!(avx512), beginnings, text, open, depth, header)
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx2,bmi1,lzcnt,popcnt,pclmulqdq")]
fn cut_avx2<'a, const INNER: usize>(
    beginnings: &mut Beginnings,
    text: &'a [u8],
    open: usize,
    depth: usize,
    header: &mut Header<'a>,
) -> Result<usize, Left> {
    cut_by::<INNER, _, _, _, _>(&machine!(avx2), beginnings, text, open, depth, header)
}

/// The twin that every machine can run.
pub(crate) fn cut_portable<'a>(
    beginnings: &mut Beginnings,
    text: &'a [u8],
    open: usize,
    depth: usize,
    header: &mut Header<'a>,
) -> Result<usize, Left> {
    if header.expects_entry {
        cut_by::<1, _, _, _, _>(&PORTABLE, beginnings, text, open, depth, header)
    } else {
        cut_by::<0, _, _, _, _>(&PORTABLE, beginnings, text, open, depth, header)
    }
}

type Portable = Machine<fn(&[u8; 64]) -> Masks, fn(&[u8; 64]) -> Kinds, fn(&[u8; 64]) -> u64, fn(u64) -> u64>;

const PORTABLE: Portable = Machine {
    masks: masks::portable,
    kinds: masks::portable_kinds,
    quotes: masks::portable_quotes,
    prefix_xor: masks::portable_prefix_xor,
};

/// Where the object or list that opens at `open` ends, in a text whose brackets are known to
/// match: so they need only be counted.
#[cfg_attr(target_arch = "x86_64", allow(unsafe_code, reason = "the processor has been asked for what is called"))]
pub(crate) fn nested_end(text: &[u8], open: usize) -> Option<usize> {
    #[cfg(target_arch = "x86_64")]
    if is_x86_feature_detected!("avx2") && is_x86_feature_detected!("pclmulqdq") {
        return unsafe { nested_end_avx2(text, open) };
    }
    nested_end_by(text, open, masks::portable, masks::portable_kinds, masks::portable_prefix_xor)
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx2,pclmulqdq")]
fn nested_end_avx2(text: &[u8], open: usize) -> Option<usize> {
    nested_end_by(
        text,
        open,
        |block| masks::avx2::masks(block),
        |block| masks::avx2::kinds(block),
        |bits| masks::avx2::prefix_xor(bits),
    )
}

#[inline(always)]
fn nested_end_by(
    text: &[u8],
    open: usize,
    masks: impl Fn(&[u8; 64]) -> Masks,
    kinds: impl Fn(&[u8; 64]) -> Kinds,
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
        let brackets = masks.bracket & !inside.strings;
        let opening = brackets & kinds(block).opening;
        let closing = brackets & !opening;
        // Where fewer close than are open the end is not here.
        if closing.count_ones() < depth {
            depth = depth + opening.count_ones() - closing.count_ones();
        } else if let Some(place) = end_among(brackets, opening, &mut depth) {
            return Some(at + place + 1);
        }
        at += 64;
    }
    None
}

/// Which of the brackets closes the outermost, followed one by one.
#[inline(always)]
fn end_among(mut brackets: u64, opening: u64, depth: &mut u32) -> Option<usize> {
    while brackets != 0 {
        let bit = brackets & brackets.wrapping_neg();
        brackets ^= bit;
        if opening & bit != 0 {
            *depth += 1;
        } else if *depth == 1 {
            return Some(bit.trailing_zeros() as usize);
        } else {
            *depth -= 1;
        }
    }
    None
}

/// What a kind of processor does in its own way.
struct Machine<M, K, Q, P> {
    masks: M,
    kinds: K,
    quotes: Q,
    prefix_xor: P,
}

#[inline(always)]
fn cut_by<'a, const INNER: usize, M, K, Q, P>(
    machine: &Machine<M, K, Q, P>,
    beginnings: &mut Beginnings,
    text: &'a [u8],
    open: usize,
    depth: usize,
    header: &mut Header<'a>,
) -> Result<usize, Left>
where
    M: Fn(&[u8; 64]) -> Masks,
    K: Fn(&[u8; 64]) -> Kinds,
    Q: Fn(&[u8; 64]) -> u64,
    P: Fn(u64) -> u64,
{
    if INNER == 0 {
        let known = beginnings.known(text, open);
        let end = cut_from::<0, M, K, Q, P>(machine, text, open, known, depth, header)?;
        if known == 0 && header.recipient_account_id.is_some() {
            beginnings.learn(text, open, header);
        }
        if known == 0 || header.recipient_account_id.is_some() {
            return Ok(end);
        }
    }
    cut_from::<INNER, M, K, Q, P>(machine, text, open, 0, depth, header)
}

/// The same, where the record is known up to a key: that many bytes.
#[inline(always)]
fn cut_from<'a, const INNER: usize, M, K, Q, P>(
    machine: &Machine<M, K, Q, P>,
    text: &'a [u8],
    open: usize,
    known: usize,
    depth: usize,
    header: &mut Header<'a>,
) -> Result<usize, Left>
where
    M: Fn(&[u8; 64]) -> Masks,
    K: Fn(&[u8; 64]) -> Kinds,
    Q: Fn(&[u8; 64]) -> u64,
    P: Fn(u64) -> u64,
{
    let record = &text[open..];
    let mut keys = Keys::<INNER>::new();
    let end = keys_by::<INNER, false, M, K, Q, P>(machine, record, known, depth, &mut keys)?;
    // Where there is too little text behind the record to be looked at, nothing is said of it.
    let left = if record.len() < end + ROOM { Left::EndsEarly } else { Left::Unusual };
    keys.note(record, end, &machine.quotes, header).map(|()| open + end).ok_or(left)
}

/// Where the object ends that this text begins with, and where the keys in it are. `INNER`: also
/// those one level down, for a record of which an operation or a place stands there. `ESCAPED`:
/// there may be escapes at its own level; else one may be in a key, and so make another of it.
#[inline(always)]
fn keys_by<const INNER: usize, const ESCAPED: bool, M, K, Q, P>(
    machine: &Machine<M, K, Q, P>,
    record: &[u8],
    known: usize,
    depth: usize,
    keys: &mut Keys<INNER>,
) -> Result<usize, Left>
where
    M: Fn(&[u8; 64]) -> Masks,
    K: Fn(&[u8; 64]) -> Kinds,
    Q: Fn(&[u8; 64]) -> u64,
    P: Fn(u64) -> u64,
{
    let (mut levels, mut strings) = (Levels::new(depth), Strings::default());
    // The bracket that opens the record is known.
    let (mut opening, mut colon, mut closed, mut at) = (u64::from(known == 0), 0, 0, known);
    let mut padded = [b' '; 64];
    while at < record.len().min(LONGEST) {
        let block = block_at(record, at, &mut padded);
        let masks = (machine.masks)(block);
        let Some(inside) = strings.inside(&masks, &machine.prefix_xor) else { return Err(Left::Unusual) };
        // A value stands right behind its colon, a key never does.
        let after_colon = masks.colon << 1 | std::mem::replace(&mut colon, masks.colon >> 63);
        let brackets = masks.bracket & !inside.strings & !std::mem::take(&mut opening);
        let part = if brackets == 0 {
            levels.whole_block::<INNER>()
        } else {
            let kinds = (machine.kinds)(block);
            let Some(part) = levels.follow::<INNER>(record, at, brackets, &kinds, after_colon) else {
                return Err(Left::Unusual);
            };
            part
        };
        if !ESCAPED && masks.backslash & part.own != 0 {
            return Err(Left::Unusual);
        }
        // Behind anything else than a name a colon makes no member: nobody may take it for one.
        if ESCAPED {
            let closing = inside.quotes & !inside.strings;
            let behind_name = closing << 1 | std::mem::replace(&mut closed, closing >> 63);
            if masks.colon & !inside.strings & part.own & !behind_name != 0 {
                return Err(Left::Unusual);
            }
        }
        keys.own_escapes |= masks.backslash & part.own;
        let starts = inside.quotes & inside.strings & !after_colon;
        keys.own.add(at, starts & part.own);
        for inner in &mut keys.inner {
            inner.add(at, starts & part.inner);
            keys.inner_escapes |= masks.backslash & part.inner;
        }
        if let Some(end) = part.end {
            return Ok(end);
        }
        at += 64;
    }
    Err(if record.len() < LONGEST { Left::EndsEarly } else { Left::Unusual })
}

/// The members of an object that is this text from its beginning to its end; `None` for anything
/// unusual.
#[cfg_attr(target_arch = "x86_64", allow(unsafe_code, reason = "the processor has been asked for what is called"))]
pub(crate) fn members<'a>(object: &'a [u8], take: impl FnMut(Written<'a>)) -> Option<()> {
    #[cfg(target_arch = "x86_64")]
    match fit() {
        Fit::Avx512 => return unsafe { members_avx512(object, take) },
        Fit::Avx2 => return unsafe { members_avx2(object, take) },
        Fit::Neither => {}
    }
    members_by(&PORTABLE, object, take)
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx512f,avx512bw,avx2,bmi1,lzcnt,popcnt,pclmulqdq")]
fn members_avx512<'a>(object: &'a [u8], take: impl FnMut(Written<'a>)) -> Option<()> {
    members_by(&machine!(avx512), object, take)
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx2,bmi1,lzcnt,popcnt,pclmulqdq")]
fn members_avx2<'a>(object: &'a [u8], take: impl FnMut(Written<'a>)) -> Option<()> {
    members_by(&machine!(avx2), object, take)
}

#[inline(always)]
fn members_by<'a, M, K, Q, P>(
    machine: &Machine<M, K, Q, P>,
    object: &'a [u8],
    take: impl FnMut(Written<'a>),
) -> Option<()>
where
    M: Fn(&[u8; 64]) -> Masks,
    K: Fn(&[u8; 64]) -> Kinds,
    Q: Fn(&[u8; 64]) -> u64,
    P: Fn(u64) -> u64,
{
    let mut keys = Keys::<0>::new();
    let end = keys_by::<0, true, M, K, Q, P>(machine, object, 0, DEEPEST, &mut keys).ok()?;
    let places = keys.own.places().filter(|_| end == object.len())?;
    members::note(object, &(0..end), places, keys.own_escapes != 0, &machine.quotes, take)
}

/// Where the strings of a text begin and end: a bit for each byte, set for quotes that are not
/// escaped. Says whether there are escapes; `None` if some byte stands where no JSON has it, or a
/// string does not end.
#[cfg_attr(target_arch = "x86_64", allow(unsafe_code, reason = "the processor has been asked for what is called"))]
pub(crate) fn quotes(text: &[u8], quotes: &mut Vec<u64>) -> Option<bool> {
    #[cfg(target_arch = "x86_64")]
    match fit() {
        Fit::Avx512 => return unsafe { quotes_avx512(text, quotes) },
        Fit::Avx2 => return unsafe { quotes_avx2(text, quotes) },
        Fit::Neither => {}
    }
    quotes_by(&PORTABLE, text, quotes)
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx512f,avx512bw,avx2,bmi1,lzcnt,popcnt,pclmulqdq")]
fn quotes_avx512(text: &[u8], quotes: &mut Vec<u64>) -> Option<bool> {
    quotes_by(&machine!(avx512), text, quotes)
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx2,bmi1,lzcnt,popcnt,pclmulqdq")]
fn quotes_avx2(text: &[u8], quotes: &mut Vec<u64>) -> Option<bool> {
    quotes_by(&machine!(avx2), text, quotes)
}

#[inline(always)]
fn quotes_by<M, K, Q, P>(machine: &Machine<M, K, Q, P>, text: &[u8], quotes: &mut Vec<u64>) -> Option<bool>
where
    M: Fn(&[u8; 64]) -> Masks,
    P: Fn(u64) -> u64,
{
    let (mut strings, mut backslashes, mut at) = (Strings::default(), 0, 0);
    let mut padded = [b' '; 64];
    quotes.clear();
    while at < text.len() {
        let masks = (machine.masks)(block_at(text, at, &mut padded));
        quotes.push(strings.inside(&masks, &machine.prefix_xor)?.quotes);
        backslashes |= masks.backslash;
        at += 64;
    }
    (strings.open == 0).then_some(backslashes != 0)
}

/// Where keys begin: those of the record, and if `INNER` is not nought those of the objects in it.
struct Keys<const INNER: usize> {
    own: OwnKeys,
    inner: [OwnKeys; INNER],
    /// Not zero if there are escapes on the level.
    own_escapes: u64,
    inner_escapes: u64,
}

impl<const INNER: usize> Keys<INNER> {
    #[inline(always)]
    fn new() -> Self {
        let inner = std::array::from_fn(|_| OwnKeys::default());
        Self { own: OwnKeys::default(), inner, own_escapes: 0, inner_escapes: 0 }
    }

    /// What they say of the record, which ends at `end`; `None` for anything unusual.
    #[inline(always)]
    fn note<'a>(
        &self,
        record: &'a [u8],
        end: usize,
        quotes: impl Fn(&[u8; 64]) -> u64,
        header: &mut Header<'a>,
    ) -> Option<()> {
        let mut found = Found::default();
        self.own.find(record, &mut found)?;
        found.note(record, header, &quotes)?;
        header.expects_entry &= header.recipient_account_id.is_none();
        if header.recipient_account_id.is_some() {
            return Some(());
        }
        let take = |member| header.members.push(member);
        if members::note(record, &(0..end), self.own.places()?, false, &quotes, take).is_none() {
            leave_members(&record[..end], header)?;
        }
        // Only an old record of CloudTrail names no account beside an identity; there the exact
        // cutter looks further.
        if header.members.iter().any(|(name, _)| *name == b"userIdentity") {
            return None;
        }
        self.note_inner(record, quotes, header);
        Some(())
    }

    /// The members of the parts that an entry of Google Cloud is judged by.
    #[inline(always)]
    fn note_inner<'a>(&self, record: &'a [u8], quotes: impl Fn(&[u8; 64]) -> u64, header: &mut Header<'a>) {
        let parts =
            header::PARTS.map(|name| header.members.iter().find(|(key, _)| *key == name).map(|(_, part)| *part));
        header.expects_entry = parts[0].is_some();
        for opened in &mut header.parts {
            opened.whole = b"";
            opened.members.clear();
        }
        let Some(places) = self.inner.first().and_then(OwnKeys::places) else { return };
        for (part, opened) in parts.into_iter().flatten().zip(&mut header.parts) {
            let start = part.as_ptr().addr() - record.as_ptr().addr();
            let object = start..start + part.len();
            let keys = places.clone().skip_while(|key| *key < object.start).take_while(|key| *key < object.end);
            let take = |member| opened.members.push(member);
            if members::note(record, &object, keys, self.inner_escapes != 0, &quotes, take).is_some() {
                opened.whole = part;
            }
        }
    }
}

/// Leaves the members to whoever knows the record, if there is nothing else between them: as
/// much as the exact cutter asks for. Here it is done for a record that is written for people,
/// with blanks and lines.
#[inline(never)]
fn leave_members<'a>(record: &'a [u8], header: &mut Header<'a>) -> Option<()> {
    header.members.clear();
    let mut at = 1;
    while let Next::Key(key) = scan::next_key(record, at).ok()? {
        at = lenient::value_end(record, key.value)?;
        header.members.push((key.raw, &record[key.value..at]));
    }
    Some(())
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

/// What of a block is of the record's own level, what is in objects one level down, and where
/// the record ends if it ends there.
struct Part {
    own: u64,
    inner: u64,
    end: Option<usize>,
}

/// The brackets that are open, one bit each, the innermost lowest: a one for a list. The topmost
/// one stands for the record.
struct Levels {
    open: u64,
    /// Levels that are not to be used.
    spare: u32,
}

impl Levels {
    #[expect(clippy::cast_possible_truncation, reason = "it is sixty at most")]
    fn new(depth: usize) -> Self {
        Self { open: 1, spare: u64::BITS - depth.min(DEEPEST) as u32 }
    }

    #[inline(always)]
    fn is_own(&self) -> bool {
        self.open == 1
    }

    /// In an object, one level down.
    #[inline(always)]
    fn is_inner(&self) -> bool {
        self.open == 0b10
    }

    /// A block without brackets.
    #[inline(always)]
    fn whole_block<const INNER: usize>(&self) -> Part {
        let all_if = |is_so: bool| if is_so { u64::MAX } else { 0 };
        Part { own: all_if(self.is_own()), inner: all_if(INNER > 0 && self.is_inner()), end: None }
    }

    /// Takes in the brackets of a block; `None` if they do not match, or one is out of place.
    #[inline(always)]
    fn follow<const INNER: usize>(
        &mut self,
        text: &[u8],
        at: usize,
        mut left: u64,
        kinds: &Kinds,
        after_colon: u64,
    ) -> Option<Part> {
        let (mut part, mut from) = (Part { own: 0, inner: 0, end: None }, u64::MAX);
        loop {
            if self.pass::<INNER>(left, kinds, after_colon) {
                return Some(part);
            }
            let bit = left & left.wrapping_neg();
            let passed = from & bit.wrapping_sub(1);
            if self.is_own() {
                part.own |= passed;
            } else if INNER > 0 && self.is_inner() {
                part.inner |= passed;
            }
            if bit == 0 {
                return Some(part);
            }
            (left, from) = (left ^ bit, !(bit - 1));
            let place = at + bit.trailing_zeros() as usize;
            let list = kinds.square & bit != 0;
            if kinds.opening & bit != 0 {
                self.open(text, place, list, after_colon & bit != 0)?;
            } else if self.is_own() {
                return (!list).then_some(Part { end: Some(place + 1), ..part });
            } else {
                self.close(list)?;
            }
        }
    }

    /// Takes in all that is left of a block at once, if that does not lead back to a level whose
    /// keys are gathered and none of it has to be looked at: no list begins or ends, and each
    /// object begins behind a colon. As the innermost levels are objects, as many as are closed,
    /// it is the same in whatever order they are closed and others opened.
    #[inline(always)]
    fn pass<const INNER: usize>(&mut self, left: u64, kinds: &Kinds, after_colon: u64) -> bool {
        if self.is_own() || INNER > 0 && self.is_inner() {
            return false;
        }
        let opening = left & kinds.opening;
        let (opened, closed) = (opening.count_ones(), (left & !opening).count_ones());
        let unusual = left & kinds.square | opening & !after_colon;
        // One level further up there may be an object that is looked into.
        let innermost = self.open.trailing_zeros() - u32::from(INNER > 0 && self.open & 0b1 == 0);
        let passes = unusual == 0 && closed < innermost && opened + self.spare <= self.open.leading_zeros();
        if passes {
            self.open = self.open >> closed << opened;
        }
        passes
    }

    #[inline(always)]
    fn open(&mut self, text: &[u8], place: usize, list: bool, after_colon: bool) -> Option<()> {
        let in_list = !self.is_own() && self.open & 1 == 1;
        // `{"a":{}:{}}` has a value too many.
        if after_colon && self.is_own() && text[place - 2] != b'"' {
            return None;
        }
        let expected = !in_list && after_colon || may_open(text, place, in_list);
        let may_be_of_records = list && self.is_own() && ends_like_a_list(text, place);
        if !expected || self.open.leading_zeros() <= self.spare || may_be_of_records && is_of_records(text, place) {
            return None;
        }
        self.open = self.open << 1 | u64::from(list);
        Some(())
    }

    #[inline(always)]
    fn close(&mut self, list: bool) -> Option<()> {
        let due = (self.open & 1 == 1) == list;
        self.open >>= 1;
        due.then_some(())
    }
}

/// Whether a bracket can open here, blanks between or not.
#[inline(always)]
fn may_open(text: &[u8], place: usize, in_list: bool) -> bool {
    let before = match text[place - 1] {
        byte if scan::is_blank(byte) => last_before(text, place),
        byte => Some(byte),
    };
    if in_list { matches!(before, Some(b',' | b'[')) } else { before == Some(b':') }
}

/// Out of the way: within the loop, any call costs what it keeps in registers.
#[cold]
#[inline(never)]
fn last_before(text: &[u8], place: usize) -> Option<u8> {
    scan::byte_before(text, place)
}

/// Whether the last letters of the name before a list are those of a list of records, or stand
/// somewhere else. Every third record has a list of resources.
#[inline(always)]
fn ends_like_a_list(text: &[u8], place: usize) -> bool {
    match text[..place].last_chunk::<5>() {
        Some([letters @ .., b'"', b':']) => header::LIST_ENDS.contains(letters),
        _ => true,
    }
}

/// Whether this list may be that of a document around records. To be known at once: until its
/// end it would be read in vain.
#[cold]
#[inline(never)]
fn is_of_records(text: &[u8], place: usize) -> bool {
    let before = text[..place].trim_ascii_end().strip_suffix(b":").map(<[u8]>::trim_ascii_end);
    let name = before.and_then(|key| key.strip_suffix(b"\"")?.rsplit(|&byte| byte == b'"').next());
    name.is_some_and(|name| header::is_list(name, text.get(place)))
}

/// The law of this file, for the fuzz target: what this text may hold.
#[cfg(fuzzing)]
pub(crate) fn assert_law(text: &[u8]) {
    for (open, depth) in memchr::memchr_iter(b'{', text).take(16).zip([512, 16, 3].into_iter().cycle()) {
        let (mut swift, mut portable, mut exact) = (Header::default(), Header::default(), Header::default());
        portable.expects_entry = true;
        let end = cut(&mut Beginnings::default(), text, open, depth, &mut swift);
        assert_eq!(end, cut_portable(&mut Beginnings::default(), text, open, depth, &mut portable));
        let Ok(end) = end else { continue };
        assert_eq!((swift.summary(), &swift.members), (portable.summary(), &portable.members));
        match header::cut_exactly(text, open, depth, &mut exact) {
            Ok(cut) => {
                assert_eq!((cut, swift.summary()), (header::Cut::Record { end }, exact.summary()));
            }
            Err(_) => assert!(serde_json::from_slice::<serde::de::IgnoredAny>(&text[open..end]).is_err()),
        }
    }
}

#[cfg(test)]
#[path = "swift_tests.rs"]
mod tests;
