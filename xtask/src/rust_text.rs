//! Rust source with its comments and literals blanked out, so that braces can be counted.
//!
//! Not a parser: it knows just enough to tell code from text.

/// The same text, of the same length and with the same line breaks, where every character of
/// a comment, string or character literal is a blank.
pub(crate) fn code_only(source: &str) -> String {
    let characters: Vec<char> = source.chars().collect();
    let mut code = String::with_capacity(source.len());
    let mut at = 0;
    while at < characters.len() {
        let end = at + text_length(&characters[at..], characters[..at].last().copied());
        if end == at {
            code.push(characters[at]);
            at += 1;
        } else {
            code.extend(characters[at..end].iter().map(|&c| if c == '\n' { '\n' } else { ' ' }));
            at = end;
        }
    }
    code
}

/// How many characters of comment or literal begin here; zero where code begins.
fn text_length(rest: &[char], before: Option<char>) -> usize {
    let in_a_word = before.is_some_and(|c| c.is_alphanumeric() || c == '_');
    match rest {
        ['/', '/', ..] => rest.iter().position(|&c| c == '\n').unwrap_or(rest.len()),
        ['/', '*', ..] => block_comment(rest),
        ['"', ..] => quoted(rest, '"'),
        ['r', '"' | '#', ..] if !in_a_word => raw_string(rest),
        ['\'', '\\', ..] | ['\'', _, '\'', ..] => quoted(rest, '\''),
        _ => 0,
    }
}

fn block_comment(rest: &[char]) -> usize {
    let mut depth = 0;
    let mut at = 0;
    while at < rest.len() {
        match rest[at..] {
            ['/', '*', ..] => (depth, at) = (depth + 1, at + 2),
            ['*', '/', ..] => (depth, at) = (depth - 1, at + 2),
            _ => at += 1,
        }
        if depth == 0 {
            return at;
        }
    }
    at
}

fn quoted(rest: &[char], quote: char) -> usize {
    let mut at = 1;
    while at < rest.len() {
        match rest[at] {
            '\\' => at += 2,
            c if c == quote => return at + 1,
            _ => at += 1,
        }
    }
    rest.len()
}

/// `r"…"`, `r#"…"#` and so on; a raw identifier such as `r#type` is code.
fn raw_string(rest: &[char]) -> usize {
    let hashes = rest[1..].iter().take_while(|&&c| c == '#').count();
    let open = 1 + hashes;
    if rest.get(open) != Some(&'"') {
        return 0;
    }
    let close: Vec<char> = std::iter::once('"').chain(std::iter::repeat_n('#', hashes)).collect();
    let body = &rest[open + 1..];
    body.windows(close.len()).position(|window| window == close).map_or(rest.len(), |at| open + 1 + at + close.len())
}

#[cfg(test)]
mod tests {
    use super::code_only;

    #[test]
    fn only_code_is_left() {
        for (source, code) in [
            ("let a = 1; // {", "let a = 1;     "),
            ("a /* { /* } */ */ b", "a                 b"),
            (r#"f("}\"{") + 1"#, "f(      ) + 1"),
            ("r#\"{\"}\"# + r#type", "         + r#type"),
            ("for\"{\"", "for   "),
            ("'{' '\\'' &'a str", "         &'a str"),
            ("\"{\n}\"", "  \n  "),
        ] {
            assert_eq!(code_only(source), code, "{source}");
        }
    }
}
