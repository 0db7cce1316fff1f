//! How long the functions of a Rust file are.

use crate::rust_text::code_only;

/// A function that has a body.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Function {
    pub(crate) name: String,
    /// Counted from one.
    pub(crate) line: usize,
    /// From the line of `fn` to that of the closing brace, both included.
    pub(crate) lines: usize,
    /// What the `// long:` comment above it gives as the reason, if there is one.
    pub(crate) excuse: Option<String>,
}

/// Every function of the file, in order; one inside another counts for itself and for the outer one.
pub(crate) fn functions(source: &str) -> Vec<Function> {
    let code = code_only(source);
    let lines: Vec<&str> = source.lines().collect();
    let mut functions = Vec::new();
    for (at, _) in code.match_indices("fn ") {
        let Some((name, lines_long)) = function_at(&code, at) else { continue };
        let line = line_of(&code, at);
        functions.push(Function { name, line, lines: lines_long, excuse: excuse_above(&lines, line) });
    }
    functions
}

/// The name and the number of lines of the function whose `fn` stands at `at`.
fn function_at(code: &str, at: usize) -> Option<(String, usize)> {
    if code[..at].ends_with(|c: char| c.is_alphanumeric() || c == '_') {
        return None;
    }
    let rest = code[at + "fn ".len()..].trim_start();
    let name: String = rest.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect();
    if name.is_empty() {
        return None;
    }
    let open = body_start(&code[at..])? + at;
    let close = closing_brace(&code[open..])? + open;
    Some((name, code[at..close].matches('\n').count() + 1))
}

/// Where the body opens; nowhere if a semicolon ends the declaration first. The one inside
/// `[u8; 4]` does not.
fn body_start(code: &str) -> Option<usize> {
    let mut brackets = 0;
    for (at, c) in code.char_indices() {
        match c {
            '[' | '(' => brackets += 1,
            ']' | ')' => brackets -= 1,
            ';' if brackets == 0 => return None,
            '{' if brackets == 0 => return Some(at),
            _ => {}
        }
    }
    None
}

fn closing_brace(code: &str) -> Option<usize> {
    let mut depth = 0;
    for (at, c) in code.char_indices() {
        match c {
            '{' => depth += 1,
            '}' => depth -= 1,
            _ => {}
        }
        if depth == 0 {
            return Some(at);
        }
    }
    None
}

fn line_of(code: &str, at: usize) -> usize {
    code[..at].matches('\n').count() + 1
}

/// Looks through the comments and attributes directly above the function.
fn excuse_above(lines: &[&str], line: usize) -> Option<String> {
    lines[..line - 1]
        .iter()
        .rev()
        .map(|text| text.trim())
        .take_while(|text| text.starts_with("//") || text.starts_with("#["))
        .find_map(|text| text.strip_prefix("// long:"))
        .map(|reason| reason.trim().to_owned())
        .filter(|reason| !reason.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    const SOURCE: &str = "\
trait T {
    fn declared(&self) -> [u8; 4];
}

/// Says hello.
// long: a table
#[inline]
pub fn outer() {
    // fn in_a_comment() {
    fn inner() { print!(\"}\") }
    let f: fn (u8) -> u8 = g;
}
";

    #[test]
    fn functions_are_found_and_measured() {
        let function = |name: &str, line, lines, excuse: Option<&str>| Function {
            name: name.to_owned(),
            line,
            lines,
            excuse: excuse.map(str::to_owned),
        };
        assert_eq!(functions(SOURCE), [function("outer", 8, 5, Some("a table")), function("inner", 10, 1, None)]);
    }
}
