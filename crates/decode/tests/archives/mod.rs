//! Archives around logs, good and bad.

use std::io::{Cursor, Write};

use decode::{Caps, Decoded, Decoder, Verdict, Wanted, Which};
use flate2::{Compression, write::GzEncoder};
use zip::{ZipWriter, write::SimpleFileOptions};

const EVERYTHING: Wanted = Wanted { which: Which::Everything, instances: false, until: None };

fn record(id: usize) -> String {
    format!(r#"{{"eventName":"StopInstances","eventTime":"2026-03-07T03:12:38Z","eventID":"{id}"}}"#)
}

pub(super) fn gzip(content: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(content).unwrap();
    encoder.finish().unwrap()
}

pub(super) fn base64(content: &[u8]) -> String {
    use base64::{Engine as _, engine::general_purpose::STANDARD};
    STANDARD.encode(content)
}

fn zip(members: &[(&str, &[u8])]) -> Vec<u8> {
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, content) in members {
        if name.ends_with('/') {
            writer.add_directory(*name, SimpleFileOptions::default()).unwrap();
        } else {
            writer.start_file(*name, SimpleFileOptions::default()).unwrap();
            writer.write_all(content).unwrap();
        }
    }
    writer.finish().unwrap().into_inner()
}

fn tar(members: &[(&str, &[u8])]) -> Vec<u8> {
    let mut builder = tar::Builder::new(Vec::new());
    for (name, content) in members {
        let mut header = tar::Header::new_gnu();
        header.set_size(content.len() as u64);
        header.set_mode(0o644);
        if name.ends_with('/') {
            header.set_entry_type(tar::EntryType::Directory);
        }
        builder.append_data(&mut header, name, *content).unwrap();
    }
    builder.into_inner().unwrap()
}

/// Checks the ids of the events and the rejects, and that it does not matter how it is read.
#[track_caller]
fn check(content: &[u8], ids: &str, rejects: &[(&str, &str)]) -> Decoded {
    let decoded = decode::decode("a", content, &EVERYTHING, &Caps::default());
    let streamed = stream(content, &Caps { block_bytes: 50, ..Caps::default() });
    for decoded in [&decoded, &streamed] {
        let found: Vec<String> = decoded.events.iter().map(|event| event.id.to_string()).collect();
        // An id that is no UUID has the content behind it.
        let found: Vec<&str> = found.iter().filter_map(|id| id.split('@').next()).collect();
        assert_eq!(found.join(" "), ids, "{:?}", decoded.rejects);
        let found: Vec<_> = decoded.rejects.iter().map(|reject| (&*reject.path, &*reject.reason)).collect();
        assert_eq!(found.len(), rejects.len(), "{found:?}");
        for ((path, reason), expected) in found.into_iter().zip(rejects) {
            assert!(path == expected.0 && reason.starts_with(expected.1), "{path} {reason}");
        }
    }
    assert_eq!(decoded.verdict, streamed.verdict);
    decoded
}

fn stream(content: &[u8], caps: &Caps) -> Decoded {
    let (mut events, mut rejects) = (Vec::new(), Vec::new());
    let mut take = |part: &mut Decoded| {
        events.append(&mut part.events);
        rejects.append(&mut part.rejects);
    };
    let mut last = Decoder::new(*caps).stream("a", content, &EVERYTHING, &mut |mut part| take(&mut part));
    take(&mut last);
    Decoded { events, rejects, ..last }
}

#[test]
fn members_are_files_of_their_own() {
    let (first, second, third) = (record(1), gzip(record(2).as_bytes()), record(3));
    let members: [(&str, &[u8]); 7] = [
        ("folder/", b""),
        ("folder/one.json", first.as_bytes()),
        ("two.json.gz", &second),
        ("__MACOSX/._one.json", b"resource fork"),
        (".DS_Store", b"\0"),
        ("three.csv", format!("_raw\n\"{}\"\n", third.replace('"', "\"\"")).leak().as_bytes()),
        ("note.txt", b"hello"),
    ];
    let rejects = [("a:note.txt", "not JSON")];
    for archive in [zip(&members), tar(&members)] {
        assert_eq!(check(&archive, "1 2 3", &rejects).verdict, Verdict::Read);
        check(&gzip(&archive), "1 2 3", &rejects);
        check(&zstd::encode_all(&archive[..], 1).unwrap(), "1 2 3", &rejects);
        check(&gzip(&gzip(&archive)), "1 2 3", &rejects);
    }
}

#[test]
fn an_archive_in_an_archive_is_read_and_no_further() {
    let one = record(1);
    let mut archive = zip(&[("x", one.as_bytes())]);
    check(&tar(&[("z.zip", &archive)]), "1", &[]);
    check(&zip(&[("z.zip", &archive)]), "1", &[]);
    archive = zip(&[("y.zip", &archive)]);
    check(&zip(&[("z.zip", &archive)]), "", &[("a:z.zip:y.zip", "archive in an archive in an archive")]);
    let packed = (0..7).fold(one.into_bytes(), |content, _| gzip(&content));
    check(&packed, "", &[("a", "packed too many times")]);
}

#[test]
fn an_archive_is_what_its_members_are() {
    let verdict = |archive: &[u8], rejects: &[(&str, &str)]| check(archive, "", rejects).verdict;
    for pack in [zip, tar] {
        assert_eq!(verdict(&pack(&[("a/", b"")]), &[]), Verdict::Skipped("archive without files"));
        assert_eq!(verdict(&pack(&[("b", b"")]), &[]), Verdict::Skipped("empty file"));
        assert_eq!(verdict(&pack(&[("b", b""), ("c", b"x")]), &[("a:c", "not JSON")]), Verdict::Rejected);
        assert_eq!(verdict(&pack(&[("b", b"x"), ("c", b"[]")]), &[("a:b", "not JSON")]), Verdict::Read);
    }
    assert_eq!(verdict(&zip(&[]), &[]), Verdict::Skipped("archive without files"));
}

#[test]
fn what_is_damaged_is_said() {
    let (one, two) = (record(1), record(2));
    let members: [(&str, &[u8]); 2] = [("b", one.as_bytes()), ("c", two.as_bytes())];
    check(&tar(&members)[..1100], "1", &[("a", "tar is damaged")]);
    let archive = zip(&members);
    check(&archive[..archive.len() - 30], "", &[("a", "zip cannot be opened")]);
    let mut encrypted = archive.clone();
    // The flag of the first member, in the directory and before it.
    let directory = archive.windows(4).position(|window| window == b"PK\x01\x02").unwrap();
    encrypted[directory + 8] |= 1;
    encrypted[6] |= 1;
    check(&encrypted, "2", &[("a:b", "encrypted member of a zip")]);
    let mut twice = archive.clone();
    // The second member has the data of the first, and is as long as the whole archive.
    let second = directory + 46 + 1;
    assert_eq!(&twice[second..second + 4], b"PK\x01\x02");
    twice[second + 20..second + 24].copy_from_slice(&u32::try_from(archive.len()).unwrap().to_le_bytes());
    check(&twice, "1", &[("a", "members share bytes")]);
}

#[test]
fn bombs_do_not_go_off() {
    let spaces = vec![b' '; 1 << 20];
    let members: Vec<(String, &[u8])> = (0..50).map(|index| (format!("{index}"), &spaces[..])).collect();
    let members: Vec<(&str, &[u8])> = members.iter().map(|(name, content)| (&**name, *content)).collect();
    let caps = Caps { idle_bytes: 4 << 20, ..Caps::default() };
    for archive in [zip(&members), gzip(&tar(&members))] {
        let decoded = decode::decode("a", &archive, &EVERYTHING, &caps);
        assert!(decoded.unpacked_bytes < 6 << 20, "{}", decoded.unpacked_bytes);
        assert!(decoded.rejects[0].reason.starts_with("no record in 4194304 bytes of members"));
    }
}

#[test]
fn a_zip_of_any_size_is_read_from_a_file_and_a_small_one_from_a_stream() {
    let one = record(1);
    let archive = zip(&[("b", one.as_bytes())]);
    let caps = Caps { whole_bytes: 50, ..Caps::default() };
    let decoded = stream(&archive, &caps);
    assert!(decoded.rejects[0].reason.starts_with("zip of more than 50 bytes in a stream"));
    let mut kept = 0;
    let last = Decoder::new(caps).seek("a", Cursor::new(&archive), &EVERYTHING, &mut |part| kept += part.events.len());
    assert_eq!((kept, last.verdict), (1, Verdict::Read));
}
