//! What a record says of compute that is not understood: each a sentence, shown with the file.
//!
//! The record is kept as far as it could be read. Whoever reads these learns that AWS has
//! changed, or that somebody hides in a shape that nobody reads.

use super::fields::Fields;
use crate::{
    lenient::Scalar,
    reason,
    tree::{Object, Value},
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
    pub(super) fn record(&mut self, command: &str, fields: &Fields<'_>) {
        let sides = [("requestParameters", fields.request_parameters), ("responseElements", fields.response_elements)];
        for (name, side) in sides {
            let stated = side.filter(|value| !is_nothing(value.raw().as_bytes()));
            let is_object = |value: Value<'_>| value.is_object();
            self.expect(command, name, stated, "an object", is_object);
        }
        let is_code = |value: Value<'_>| is_error_code(value.raw().as_bytes());
        self.expect(command, "errorCode", fields.error_code, "an error code", is_code);
    }

    /// What a launch has: a list of instances, with their number, in the request.
    pub(super) fn launch(&mut self, request: Object<'_>, response: Object<'_>) {
        let command = "RunInstances";
        for side in [request, response] {
            self.expect(command, "instancesSet", side.value("instancesSet"), "a set of instances", is_set);
        }
        let items = request.items("instancesSet");
        for side in items.into_iter().chain([request]) {
            for name in ["minCount", "maxCount"] {
                if let Some(written) = side.str(name).filter(|_| side.number(name).is_none()) {
                    self.number(command, name, &written);
                }
            }
        }
    }

    pub(super) fn number(&mut self, command: &str, what: &str, written: &str) {
        self.say(format!("{what} of `{command}` is {}, not a number", reason::quoted(written.as_bytes())));
    }

    fn expect(
        &mut self,
        command: &str,
        name: &str,
        stated: Option<Value<'_>>,
        what: &str,
        is: impl Fn(Value<'_>) -> bool,
    ) {
        if let Some(value) = stated.filter(|value| !is(*value)) {
            self.say(format!("`{name}` of `{command}` is {}, not {what}", kind(value.raw().as_bytes())));
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
fn is_set(value: Value<'_>) -> bool {
    let set = value.object();
    match set.value("items") {
        Some(items) => items.is_list() || items.is_object(),
        None => value.is_object() && set.is_empty(),
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
