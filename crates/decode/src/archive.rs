//! Archives, zip and tar: each member is read as a file of its own, and its rejects name it as
//! `archive.zip:member`.
//!
//! What an archive can cost is bounded in the number of its members, in the bytes that they
//! unpack to without any record, and by their sharing no bytes: the worst bombs have a million
//! members that are all the same data.

use std::io::{BufReader, Read, Seek, SeekFrom};

use zip::{ZipReadOptions, read::Config, unstable::read::ZipIterable};

use crate::{
    Caps, Decoded, Decoder, Verdict, Wanted, lenient,
    tally::{Past, Tally},
};

/// Members of one archive. A bucket of a year has as many files as that.
const MOST_MEMBERS: usize = 1_000_000;

/// Where the parts of the members go, and what they come to.
pub(crate) struct Members<'m> {
    path: &'m str,
    /// Reads the members.
    decoder: Decoder<'m>,
    caps: Caps,
    wanted: &'m Wanted,
    take: &'m mut dyn FnMut(Decoded),
    /// Of all members, and then what can be said of the archive itself.
    tally: Tally<'m>,
    verdict: Option<Verdict>,
    rejects: usize,
    idle_bytes: u64,
}

impl<'m> Members<'m> {
    pub(crate) fn new(
        path: &'m str,
        decoder: Decoder<'m>,
        caps: &'m Caps,
        wanted: &'m Wanted,
        take: &'m mut dyn FnMut(Decoded),
    ) -> Self {
        let tally = Tally::new(path, caps, Past::default(), decoder.watch());
        Self { path, decoder, caps: *caps, wanted, take, tally, verdict: None, rejects: 0, idle_bytes: 0 }
    }

    pub(crate) fn of_zip(mut self, mut zip: impl Read + Seek) -> Decoded {
        let length = zip.seek(SeekFrom::End(0)).unwrap_or_default();
        match ZipIterable::try_new(BufReader::new(zip), Config::default()) {
            Ok(archive) if archive.len() > MOST_MEMBERS => self.damage(&format!("more than {MOST_MEMBERS} members")),
            Ok(archive) => self.zip_members(archive, length),
            Err(error) => self.damage(&format!("zip cannot be opened: {error}")),
        }
        self.finish()
    }

    fn zip_members<R: Read + Seek>(&mut self, mut archive: ZipIterable<R>, length: u64) {
        let files = match archive.files() {
            Ok(files) => files,
            Err(error) => return self.damage(&format!("zip cannot be read: {error}")),
        };
        let mut packed_bytes = 0_u64;
        while let Some(entry) = files.next() {
            let entry = match entry {
                Ok(entry) => entry,
                Err(error) => return self.damage(&format!("zip is damaged: {error}")),
            };
            packed_bytes = packed_bytes.saturating_add(entry.compressed_size());
            if packed_bytes > length {
                return self.damage("members share bytes, as in a bomb: the rest is not read");
            }
            let name = String::from_utf8_lossy(entry.name_raw()).into_owned();
            if !entry.is_file() || is_attachment(&name) {
                continue;
            }
            if entry.encrypted() {
                self.refuse(&name, "encrypted member of a zip: unpack it and name the folder");
                continue;
            }
            match entry.with_reader(files.reader_mut(), ZipReadOptions::default()) {
                Ok(member) => self.member(&name, member),
                Err(error) => self.refuse(&name, &format!("member cannot be unpacked: {error}")),
            }
            if self.is_idle() {
                return;
            }
        }
    }

    pub(crate) fn of_tar(mut self, tar: impl Read) -> Decoded {
        let mut archive = tar::Archive::new(tar);
        match archive.entries() {
            Ok(entries) => self.tar_members(entries),
            Err(error) => self.damage(&format!("tar cannot be read: {error}")),
        }
        self.finish()
    }

    fn tar_members<R: Read>(&mut self, entries: tar::Entries<'_, R>) {
        for (count, entry) in entries.enumerate() {
            let entry = match entry {
                Ok(_) if count >= MOST_MEMBERS => return self.damage(&format!("more than {MOST_MEMBERS} members")),
                Ok(entry) => entry,
                Err(error) => return self.damage(&format!("tar is damaged: {error}")),
            };
            let name = String::from_utf8_lossy(&entry.path_bytes()).into_owned();
            if entry.header().entry_type().is_file() && !is_attachment(&name) {
                self.member(&name, entry);
                if self.is_idle() {
                    return;
                }
            }
        }
    }

    fn member(&mut self, name: &str, content: impl Read) {
        let path = self.path_of(name);
        let Self { decoder, wanted, take, caps, rejects, idle_bytes, .. } = self;
        let mut count = |mut part: Decoded| {
            part.rejects.truncate(caps.rejects.saturating_sub(*rejects));
            *rejects += part.rejects.len();
            let is_idle = part.records.kept + part.records.filtered == 0;
            *idle_bytes = if is_idle { *idle_bytes + part.unpacked_bytes } else { 0 };
            take(part);
        };
        let last = decoder.stream(&path, content, wanted, &mut count);
        let verdict = last.verdict;
        count(last);
        self.settle(verdict);
    }

    fn refuse(&mut self, name: &str, reason: &str) {
        let path = self.path_of(name);
        let mut tally = Tally::new(&path, &self.caps, Past::default(), self.decoder.watch());
        tally.damage(0, reason.to_owned());
        let mut part = tally.part(Verdict::Rejected, 0);
        part.rejects.truncate(self.caps.rejects.saturating_sub(self.rejects));
        self.rejects += part.rejects.len();
        self.settle(Verdict::Rejected);
        (self.take)(part);
    }

    fn path_of(&self, name: &str) -> String {
        format!("{}:{}", self.path, lenient::cap(name))
    }

    /// Bombs of what is never a record end, however many members they have.
    fn is_idle(&mut self) -> bool {
        let is_idle = self.idle_bytes > self.caps.idle_bytes;
        if is_idle {
            self.damage(&format!("no record in {} bytes of members: the rest is not read", self.caps.idle_bytes));
        }
        is_idle
    }

    fn damage(&mut self, reason: &str) {
        self.settle(Verdict::Rejected);
        self.tally.damage(0, reason.to_owned());
    }

    /// The verdict on an archive is the best that a member has.
    fn settle(&mut self, verdict: Verdict) {
        let rank = |verdict| match verdict {
            Verdict::Skipped(_) => 0,
            Verdict::Rejected => 1,
            Verdict::Read => 2,
        };
        if self.verdict.is_none_or(|known| rank(verdict) > rank(known)) {
            self.verdict = Some(verdict);
        }
    }

    /// What there is to say of the archive itself.
    fn finish(mut self) -> Decoded {
        let verdict = self.verdict.unwrap_or(Verdict::Skipped("archive without files"));
        self.tally.part(verdict, 0)
    }
}

/// What a Mac puts beside each file.
fn is_attachment(name: &str) -> bool {
    let file = name.rsplit('/').next().unwrap_or(name);
    name.starts_with("__MACOSX/") || file.starts_with("._") || file == ".DS_Store"
}
