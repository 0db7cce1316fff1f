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

/// Small, so that the limits are met too.
const CAPS: Caps = Caps { unpacked_bytes: 1 << 20, depth: 16, rejects: 10 };

fuzz_target!(|content: &[u8]| {
    let everything = decode(content, Which::Everything);
    let launches = decode(content, Which::Commands(["RunInstances".into()].into()));
    assert_eq!(launches.records.read, everything.records.read);
    assert!(launches.records.rejected <= everything.records.rejected);
    assert!(ids(&launches).is_subset(&ids(&everything)));
    let kept = everything.events.iter().filter(|event| &*event.command == "RunInstances").count();
    assert!(launches.events.len() >= kept);
    decode(content, Which::Mentioning("i-1".into()));
});

fn decode(content: &[u8], which: Which) -> Decoded {
    let decoded = decode::decode("", content, &Wanted { which, instances: true }, &CAPS);
    let records = decoded.records;
    assert_eq!(records.read, records.kept + records.filtered + records.rejected);
    assert_eq!(records.kept, decoded.events.len() as u64);
    assert!(decoded.rejected_total >= records.rejected);
    assert!(decoded.rejects.len() <= CAPS.rejects);
    assert!(decoded.unpacked_bytes <= CAPS.unpacked_bytes.max(content.len() as u64));
    decoded
}

fn ids(decoded: &Decoded) -> BTreeSet<String> {
    decoded.events.iter().map(|event| event.id.to_string()).collect()
}
