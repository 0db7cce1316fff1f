//! No bytes make the decoder panic or lose count, and what it keeps of a few commands it also
//! keeps of everything.
//!
//! ```sh
//! RUSTC_BOOTSTRAP=1 cargo fuzz run decode --sanitizer none -- -max_len=8192
//! ```
#![no_main]

use std::collections::BTreeSet;

use decode::{Caps, Decoded, Wanted, Which};
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
    let everything = decode(content, Which::Everything);
    let launches = decode(content, Which::Commands(["RunInstances".into()].into()));
    assert_eq!(launches.records.read, everything.records.read);
    assert!(launches.records.rejected <= everything.records.rejected);
    decode(content, Which::Mentioning("i-1".into()));
    if is_limited(content) {
        return;
    }
    assert!(ids(&launches).is_subset(&ids(&everything)));
    let kept = everything.events.iter().filter(|event| &*event.command == "RunInstances").count();
    assert!(launches.events.len() >= kept);
});

fn decode(content: &[u8], which: Which) -> Decoded {
    let caps = caps(content);
    let decoded = decode::decode("", content, &Wanted { which, instances: true, until: None }, &caps);
    let records = decoded.records;
    assert_eq!(records.read, records.kept + records.filtered + records.rejected);
    assert_eq!(records.kept, decoded.events.len() as u64);
    assert!(decoded.rejected_total >= records.rejected);
    assert!(decoded.rejects.len() <= caps.rejects);
    assert!(decoded.unpacked_bytes <= caps.unpacked_bytes);
    decoded
}

fn ids(decoded: &Decoded) -> BTreeSet<String> {
    decoded.events.iter().map(|event| event.id.to_string()).collect()
}
