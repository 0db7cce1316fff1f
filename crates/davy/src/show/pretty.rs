//! JSON from a log, indented and otherwise as it was written: the order of its members, keys that
//! occur twice, numbers of any length, and what is broken about it.

/// Deeper levels stand below each other: a thousand brackets must not make a megabyte of blanks.
const MOST_LEVELS: usize = 24;

pub fn json(text: &str) -> String {
    let mut page = Page { text: String::with_capacity(text.len() * 2), level: 0 };
    let mut rest = text.trim().chars().peekable();
    let (mut in_string, mut escaped) = (false, false);
    while let Some(character) = rest.next() {
        if in_string {
            page.text.push(character);
            in_string = escaped || character != '"';
            escaped = !escaped && character == '\\';
            continue;
        }
        let opens_nothing = rest.peek().is_some_and(|next| matches!((character, next), ('{', '}') | ('[', ']')));
        match character {
            '{' | '[' if opens_nothing => {
                page.text.push(character);
                page.text.extend(rest.next());
            }
            '{' | '[' => page.open(character),
            '}' | ']' => page.close(character),
            ',' => {
                page.text.push(',');
                page.line();
            }
            ':' => page.text.push_str(": "),
            _ if character.is_ascii_whitespace() => {}
            _ => page.text.push(character),
        }
        in_string = character == '"';
    }
    page.text
}

struct Page {
    text: String,
    level: usize,
}

impl Page {
    fn open(&mut self, bracket: char) {
        self.text.push(bracket);
        self.level += 1;
        self.line();
    }

    fn close(&mut self, bracket: char) {
        self.level = self.level.saturating_sub(1);
        self.line();
        self.text.push(bracket);
    }

    fn line(&mut self) {
        self.text.push('\n');
        self.text.push_str(&"  ".repeat(self.level.min(MOST_LEVELS)));
    }
}

#[cfg(test)]
mod tests {
    use super::json;

    #[test]
    fn nothing_but_blanks_is_changed() {
        assert_eq!(json(r#"{"b":1,"a":{},"b":[2, {"c":"d,\"{"}]}"#), BOTH);
        assert_eq!(json(r#"{"a":[1"#), "{\n  \"a\": [\n    1");
        assert_eq!(json("]]}"), "\n]\n]\n}");
        assert_eq!(json("no json"), "nojson");
    }

    const BOTH: &str = r#"{
  "b": 1,
  "a": {},
  "b": [
    2,
    {
      "c": "d,\"{"
    }
  ]
}"#;

    #[test]
    fn depth_costs_little() {
        assert!(json(&"[".repeat(10_000)).len() < 600_000);
    }
}
