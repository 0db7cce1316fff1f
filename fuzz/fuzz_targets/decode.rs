//! No bytes make the decoder panic or lose count, and what it keeps of a few commands it also
//! keeps of everything. All that it opens is gone over: containers, envelopes, tables, archives.
//! Where the swift cutter answers, the exact one answers the same.
//!
//! ```sh
//! RUSTC_BOOTSTRAP=1 cargo fuzz run decode --sanitizer none -- -max_len=8192
//! ```
//!
//! The fixtures of `crates/decode/tests/shapes` are a good corpus to begin with.
#![no_main]

use std::{collections::BTreeSet, io::Cursor};

use decode::{Caps, Decoded, Decoder, Wanted, Which};
use libfuzzer_sys::fuzz_target;

/// Small ones, so that the limits are met too; but no events are dropped with the others.
fn caps(content: &[u8]) -> Caps {
    let unpacked_bytes = if is_limited(content) { 1 << 13 } else { 1 << 30 };
    Caps { unpacked_bytes, depth: 16, rejects: 10, ..Caps::default() }
}

fn is_limited(content: &[u8]) -> bool {
    content.len() % 4 == 0
}

fuzz_target!(|content: &[u8]| {
    decode::assert_swift_law(content);
    let everything = decode(content, Which::Everything);
    let launches = decode(content, Which::commands(["RunInstances"]));
    assert_eq!(launches.records.read, everything.records.read);
    assert!(launches.records.rejected <= everything.records.rejected);
    decode(content, Which::Mentioning("i-1".into()));
    in_blocks(content);
    if is_limited(content) {
        return;
    }
    assert!(ids(&launches).is_subset(&ids(&everything)));
    let kept = everything.events.iter().filter(|event| &*event.command == "RunInstances").count();
    assert!(launches.events.len() >= kept);
});

fn decode(content: &[u8], which: Which) -> Decoded {
    let caps = caps(content);
    let decoded = decode::decode("", content, &wanted(which), &caps);
    let records = decoded.records;
    assert_eq!(records.read, records.kept + records.filtered + records.rejected);
    assert_eq!(records.kept, decoded.events.len() as u64);
    assert!(decoded.rejected_total >= records.rejected);
    assert!(decoded.rejects.len() <= caps.rejects);
    decoded
}

/// A record cannot be larger than a block there, nor a row; otherwise it is the same.
fn in_blocks(content: &[u8]) {
    let caps = Caps { block_bytes: 100, record_bytes: 2000, idle_bytes: 1 << 16, whole_bytes: 1 << 12, ..caps(content) };
    let (mut kept, mut read) = (0, 0);
    let mut take = |part: Decoded| {
        kept += part.events.len() as u64;
        read += part.records.read;
        assert_eq!(part.records.kept, part.events.len() as u64);
    };
    let last = Decoder::new(caps).seek("", Cursor::new(content), &wanted(Which::Everything), &mut take);
    take(last);
    assert!(read >= kept);
}

fn wanted(which: Which) -> Wanted {
    Wanted { which, instances: true, until: None }
}

fn ids(decoded: &Decoded) -> BTreeSet<String> {
    decoded.events.iter().map(|event| event.id.to_string()).collect()
}
