//! What a record says of compute that is not understood: each a sentence, shown with the file.
//!
//! The record is kept as far as it could be read. Whoever reads these learns that AWS has
//! changed, or that somebody hides in a shape that nobody reads.

use crate::{
    lenient::{Object, Scalar},
    reason,
};

/// Longest error code that is still one.
const CODE_BYTES: usize = 100;

/// The sentences on one record.
#[derive(Debug, Default)]
pub(super) struct Drifted(Vec<String>);

impl Drifted {
    pub(super) fn into_sentences(self) -> Vec<String> {
        self.0
    }

    /// What every record of a request for compute has.
    pub(super) fn record(&mut self, command: &str, fields: &Object<'_>) {
        for name in ["requestParameters", "responseElements"] {
            self.expect(command, name, fields.raw(name).filter(|raw| !is_nothing(raw)), "an object", |raw| {
                raw.starts_with(b"{")
            });
        }
        self.expect(command, "errorCode", fields.raw("errorCode"), "an error code", is_error_code);
    }

    /// What a launch has: a list of instances, with their number, in the request.
    pub(super) fn launch(&mut self, request: &Object<'_>, response: &Object<'_>) {
        let command = "RunInstances";
        for side in [request, response] {
            self.expect(command, "instancesSet", side.raw("instancesSet"), "a set of instances", is_set);
        }
        let items = request.items("instancesSet");
        for side in items.iter().chain([request]) {
            for name in ["minCount", "maxCount"] {
                if let Some(written) = side.text(name).filter(|_| side.number(name).is_none()) {
                    self.number(command, name, &written);
                }
            }
        }
    }

    pub(super) fn number(&mut self, command: &str, what: &str, written: &str) {
        self.say(format!("{what} of `{command}` is {}, not a number", reason::quoted(written.as_bytes())));
    }

    fn expect(&mut self, command: &str, name: &str, raw: Option<&[u8]>, what: &str, is: impl Fn(&[u8]) -> bool) {
        if let Some(raw) = raw.filter(|raw| !is(raw)) {
            self.say(format!("`{name}` of `{command}` is {}, not {what}", kind(raw)));
        }
    }

    /// A thousand instances of one request say the same thing once.
    fn say(&mut self, sentence: String) {
        if !self.0.contains(&sentence) {
            self.0.push(sentence);
        }
    }
}

/// Edited and exported records write the word instead of the value.
fn is_nothing(raw: &[u8]) -> bool {
    matches!(raw, b"\"null\"" | b"\"\"")
}

/// Empty, or with items; one alone may stand without a list.
fn is_set(raw: &[u8]) -> bool {
    let set = Object::of(raw);
    match set.raw("items") {
        Some(items) => matches!(items, [b'[' | b'{', ..]),
        None => raw.starts_with(b"{") && set.is_empty(),
    }
}

/// `Client.InvalidInstanceID.Malformed`, `ThrottlingException`.
fn is_error_code(raw: &[u8]) -> bool {
    let Some(code) = Scalar::of(raw).filter(|_| raw.starts_with(b"\"")) else { return false };
    let is_word = |word: &[u8]| {
        word.first().is_some_and(u8::is_ascii_alphabetic)
            && word.iter().all(|byte| matches!(byte, b'-' | b'_') || byte.is_ascii_alphanumeric())
    };
    code.is_empty() || (code.len() <= CODE_BYTES && code.split(|&byte| byte == b'.' || byte == b':').all(is_word))
}

fn kind(raw: &[u8]) -> String {
    match raw.first() {
        Some(b'{') => "an object".to_owned(),
        Some(b'[') => "a list".to_owned(),
        _ => reason::quoted(Scalar::of(raw).as_deref().unwrap_or(raw)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_error_code_is_words_joined_by_dots() {
        let is_code = |code: &str| is_error_code(format!("\"{code}\"").as_bytes());
        for code in [
            "Client.VcpuLimitExceeded",
            "AccessDenied",
            "Client.InvalidInstanceID.Malformed",
            "",
            "ValidationException",
        ] {
            assert!(is_code(code), "{code}");
        }
        for code in ["no more machines", "Client..X", "403", "<xml>", &"x".repeat(200)] {
            assert!(!is_code(code), "{code}");
        }
        assert!(!is_error_code(b"403") && !is_error_code(b"{}") && !is_error_code(b"[\"AccessDenied\"]"));
    }
}
