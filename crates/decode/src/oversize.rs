//! Passes over a value that is too large to be held, in constant memory.
//!
//! Only brackets and strings are followed, as with a value that is nested too deep. A record
//! of an audit log is some kilobytes long; one of many megabytes is damage or an attack, and is
//! rejected either way.

/// A value of which a part has been passed.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Oversize {
    depth: u64,
    place: Place,
}

#[derive(Debug, Clone, Copy, Default)]
enum Place {
    #[default]
    Outside,
    String,
    /// Behind a backslash in a string.
    Escape,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Passed {
    /// It goes on behind this text.
    Part,
    All,
    /// It is no value after all.
    Broken,
}

impl Oversize {
    /// How far the value goes in `text`, which is the next part of it.
    pub(crate) fn pass(&mut self, text: &[u8]) -> (usize, Passed) {
        for (at, &byte) in text.iter().enumerate() {
            match (self.place, byte) {
                (Place::String | Place::Escape, ..b' ') => return (at, Passed::Broken),
                (Place::String, b'"') if self.depth == 0 => return (at + 1, Passed::All),
                (Place::String, b'"') => self.place = Place::Outside,
                (Place::String, b'\\') => self.place = Place::Escape,
                (Place::String, _) => {}
                (Place::Escape, _) | (Place::Outside, b'"') => self.place = Place::String,
                (Place::Outside, b'{' | b'[') => self.depth += 1,
                // The end of a number or a word is found only behind it.
                (Place::Outside, b'}' | b']' | b',') if self.depth == 0 => return (at, Passed::All),
                (Place::Outside, b'}' | b']') if self.depth == 1 => return (at + 1, Passed::All),
                (Place::Outside, b'}' | b']') => self.depth -= 1,
                (Place::Outside, _) if is_between_strings(byte) => {}
                (Place::Outside, _) => return (at, Passed::Broken),
            }
        }
        (text.len(), Passed::Part)
    }
}

/// Blanks, commas, colons, and what numbers, `true`, `false` and `null` are made of.
fn is_between_strings(byte: u8) -> bool {
    b" \t\n\r,:0123456789+-.Eaeflnrstu".contains(&byte)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_ends_alike_wherever_it_is_cut() {
        let check = |text: &str, end: usize, expected: Passed| {
            for at in 0..=text.len() {
                let (first, second) = text.as_bytes().split_at(at);
                let mut oversize = Oversize::default();
                let passed = match oversize.pass(first) {
                    (_, Passed::Part) => {
                        let (more, passed) = oversize.pass(second);
                        (at + more, passed)
                    }
                    passed => passed,
                };
                assert_eq!(passed, (end, expected), "{text} at {at}");
            }
        };
        check(r#"{"a":"}\"\\","b":[{}]},{"c":1}"#, 22, Passed::All);
        check(r#"["a"]]"#, 5, Passed::All);
        check(r#""a\"b","c""#, 6, Passed::All);
        check("1234,5", 4, Passed::All);
        check("1234]", 4, Passed::All);
        check(r#"{"a":[1"#, 7, Passed::Part);
        check("{\"a\":\"b\n\"}", 7, Passed::Broken);
        check("{\"a\":x}", 5, Passed::Broken);
    }
}
