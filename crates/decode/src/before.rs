//! What stood before a block of a text, as far as it matters to what follows.

/// Enough to say whether a value can begin here, however much lies before it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Before {
    /// The last byte that is not blank.
    pub(crate) last: Option<u8>,
    /// A line ended since.
    pub(crate) new_line: bool,
    /// The very last byte ended a line.
    at_line: bool,
}

impl Before {
    /// As it is behind `text`.
    pub(crate) fn and(self, text: &[u8]) -> Self {
        let before = text.trim_ascii_end();
        let new_line = memchr::memchr(b'\n', &text[before.len()..]).is_some();
        let at_line = self.ends_line(text);
        match before.last() {
            Some(&last) => Self { last: Some(last), new_line, at_line },
            None => Self { last: self.last, new_line: self.new_line || new_line, at_line },
        }
    }

    pub(crate) fn pass(&mut self, text: &[u8]) {
        *self = self.and(text);
    }

    /// Whether a new line begins behind `text`.
    pub(crate) fn ends_line(self, text: &[u8]) -> bool {
        text.last().map_or(self.at_line, |&byte| byte == b'\n')
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_seen_alike_wherever_it_is_cut() {
        for text in ["", " ", "a", "a ", "a\n", "a\n ", "\n", "a\r\n\t b", "{},\n\n", "\n\x0c", "x\n y "] {
            let whole = Before::default().and(text.as_bytes());
            for at in 0..=text.len() {
                let (first, second) = text.as_bytes().split_at(at);
                assert_eq!(Before::default().and(first).and(second), whole, "{text:?} at {at}");
            }
        }
    }
}
