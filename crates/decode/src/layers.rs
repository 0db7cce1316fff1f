//! Contents that are no text but hold one, or many: what was packed twice, archives, tables.

use std::io::{Cursor, Read, Seek};

use crate::{
    Caps, Decoded, Decoder, Verdict, Wanted,
    archive::Members,
    content::Content,
    tally::{Past, Tally},
    watch::{Watch, Watcher},
    wide::Narrowed,
};

/// Archives in each other. Folders of archives that were put into one are real.
const MOST_ARCHIVES: u8 = 2;

/// Archives and packings in each other. Some clients pack what was packed already.
const MOST_LAYERS: u8 = 5;

/// What a content is in, how deep, and who looks on.
#[derive(Clone, Default)]
pub(crate) struct Within<'w> {
    archives: u8,
    layers: u8,
    pub(crate) watcher: Option<Watcher<'w>>,
    /// From the outside to the inside; of no use to anybody but the watcher, and empty without.
    pub(crate) names: Vec<&'static str>,
}

impl<'w> Within<'w> {
    /// For a content of the outermost level.
    pub(crate) fn watched(watcher: Watcher<'w>) -> Self {
        Self { watcher: Some(watcher), ..Self::default() }
    }

    /// The same depth, in something of this name.
    pub(crate) fn named(&self, name: Option<&'static str>) -> Self {
        let mut named = self.clone();
        named.names.extend(name.filter(|_| self.watcher.is_some()));
        named
    }

    /// One level further in, unless that is too deep.
    fn below(&self, content: Content) -> Result<Self, &'static str> {
        let is_archive = matches!(content, Content::Zip | Content::Tar);
        let (archives, layers) = (self.archives + u8::from(is_archive), self.layers + 1);
        let below = Self { archives, layers, ..self.named(content.name()) };
        if below.archives > MOST_ARCHIVES {
            Err("archive in an archive in an archive: unpack it")
        } else if below.layers > MOST_LAYERS {
            Err("packed too many times: unpack it")
        } else {
            Ok(below)
        }
    }
}

/// What is needed to read what is inside.
pub(crate) struct Layer<'l> {
    pub(crate) path: &'l str,
    pub(crate) caps: &'l Caps,
    pub(crate) within: Within<'l>,
    pub(crate) wanted: &'l Wanted,
    pub(crate) take: &'l mut dyn FnMut(Decoded),
}

impl<'l> Layer<'l> {
    /// A zip has to be read from its end.
    pub(crate) fn zip(self, zip: impl Read + Seek) -> Decoded {
        match self.within.below(Content::Zip) {
            Ok(within) => self.members(within).of_zip(zip),
            Err(reason) => self.refuse(reason),
        }
    }

    pub(crate) fn stream(self, content: Content, source: Box<dyn Read + '_>) -> Decoded {
        match (content, self.within.below(content)) {
            (Content::Foreign(reason), _) | (_, Err(reason)) => self.refuse(reason),
            (Content::Zip, Ok(_)) => self.held_zip(source),
            (Content::Tar, Ok(within)) => self.members(within).of_tar(source),
            (Content::Wide { is_big_endian }, Ok(within)) => {
                let narrowed: Box<dyn Read + '_> = Box::new(Narrowed::new(source, is_big_endian));
                Decoder::inside(*self.caps, within).stream(self.path, narrowed, self.wanted, self.take)
            }
            (Content::Text | Content::Packed | Content::Rows(_), Ok(within)) => {
                Decoder::inside(*self.caps, within).stream(self.path, source, self.wanted, self.take)
            }
        }
    }

    /// What comes as a stream is held as far as any file is held whole.
    fn held_zip(self, source: Box<dyn Read + '_>) -> Decoded {
        let mut held = Vec::new();
        let most = self.caps.whole_bytes;
        match source.take(most as u64 + 1).read_to_end(&mut held) {
            Ok(length) if length > most => {
                let reason = format!("zip of more than {most} bytes in a stream: it can only be read as a file");
                self.refuse(&reason)
            }
            Ok(_) => self.zip(Cursor::new(held)),
            Err(error) => self.refuse(&format!("zip cannot be read: {error}")),
        }
    }

    fn members(self, within: Within<'l>) -> Members<'l> {
        let decoder = Decoder::inside(*self.caps, within);
        Members::new(self.path, decoder, self.caps, self.wanted, self.take)
    }

    fn refuse(&self, reason: &str) -> Decoded {
        let mut tally = Tally::new(self.path, self.caps, Past::default(), Watch::of(&self.within));
        tally.damage(0, reason.to_owned());
        tally.part(Verdict::Rejected, 0)
    }
}
