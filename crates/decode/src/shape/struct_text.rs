//! The text that Presto and Hive make of a struct: `{type=IAMUser, sessioncontext={…}}`.
//!
//! It has neither quotes nor escapes. In `userIdentity`, for which it is read, that does no
//! harm: AWS allows no blank and no bracket in any name or id there, so nobody can write a
//! field of his own into it.

use super::rebuilt::Rebuilt;

/// Levels that are followed.
const LEVELS: usize = 8;

/// As JSON; `None` where it is something else.
pub(super) fn json(text: &[u8]) -> Option<Vec<u8>> {
    let (object, rest) = object(text.trim_ascii(), LEVELS)?;
    rest.trim_ascii().is_empty().then_some(object)
}

fn object(text: &[u8], levels: usize) -> Option<(Vec<u8>, &[u8])> {
    let mut rest = text.strip_prefix(b"{")?;
    let mut object = Rebuilt::default();
    loop {
        rest = rest.trim_ascii_start();
        if let Some(rest) = rest.strip_prefix(b"}") {
            return Some((object.finish(), rest));
        }
        let equals = rest.iter().position(|byte| matches!(byte, b'=' | b'}' | b'{'))?;
        let name = str::from_utf8(&rest[..equals]).ok()?;
        rest = rest[equals..].strip_prefix(b"=")?;
        if rest.starts_with(b"{") {
            let (inner, after) = self::object(rest, levels.checked_sub(1)?)?;
            object.raw(name, Some(&inner));
            rest = after;
        } else {
            let end = scalar_end(rest)?;
            object.text(name, Some(&rest[..end]).filter(|value| *value != b"null"));
            rest = &rest[end..];
        }
        rest = rest.strip_prefix(b",").unwrap_or(rest);
    }
}

/// A bracket that closes, or a comma with a blank: names have commas, but no blanks.
fn scalar_end(text: &[u8]) -> Option<usize> {
    let is_end = |at: &usize| text[*at] == b'}' || text[*at..].starts_with(b", ");
    (0..text.len()).find(is_end)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_struct_is_an_object() {
        let check = |text: &str, expected: &str| {
            let json = json(text.as_bytes()).map(|json| String::from_utf8(json).unwrap());
            assert_eq!(json.unwrap_or_default(), expected, "{text}");
        };
        check("{}", "{}");
        check("{type=Root, username=null, accountid=1}", r#"{"type":"Root","accountid":"1"}"#);
        check("{a={b={c=d}, e=f}, g=}", r#"{"a":{"b":{"c":"d"},"e":"f"}}"#);
        check("{username=a=b,arn=c, x=\"}", r#"{"username":"a=b,arn=c","x":"\""}"#);
        for broken in ["", "{", "{a", "{a=", "{a=b", "{a=b}}", "{{a=b}}", "a=b", &"{a=".repeat(9)] {
            check(broken, "");
        }
    }
}
