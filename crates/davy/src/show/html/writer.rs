//! HTML that nothing from a log can break out of: markup is written as constants, and everything
//! else goes through one escape.

use std::fmt::{self, Write as _};

use super::super::text;

/// A page while it is written.
#[derive(Debug, Default)]
pub struct Html(String);

impl Html {
    /// Markup; a constant, so that it cannot come from a log.
    pub fn raw(&mut self, markup: &'static str) -> &mut Self {
        self.0.push_str(markup);
        self
    }

    /// Text of any origin, in an element or in a quoted attribute.
    pub fn text(&mut self, any: &str) -> &mut Self {
        for character in text::safe(any).chars() {
            match character {
                '&' => self.0.push_str("&amp;"),
                '<' => self.0.push_str("&lt;"),
                '>' => self.0.push_str("&gt;"),
                '"' => self.0.push_str("&quot;"),
                '\'' => self.0.push_str("&#39;"),
                plain => self.0.push(plain),
            }
        }
        self
    }

    /// Text between constants: `element("<td>", name, "</td>")`.
    pub fn element(&mut self, open: &'static str, any: &str, close: &'static str) -> &mut Self {
        self.raw(open).text(any).raw(close)
    }

    /// A shape of a picture: numbers between constants. What is not a number is escaped like all else.
    pub fn shape(&mut self, open: &'static str, numbers: &[(&'static str, f64)], close: &'static str) -> &mut Self {
        self.0.push_str(open);
        for (name, number) in numbers {
            // Writing to a string does not fail.
            let _ = write!(self.0, " {name}=\"{:.1}\"", if number.is_finite() { *number } else { 0.0 });
        }
        self.0.push_str(close);
        self
    }

    /// A row of a table.
    pub fn row<'t>(&mut self, cells: impl IntoIterator<Item = &'t str>) -> &mut Self {
        self.raw("<tr>");
        for cell in cells {
            self.element("<td>", cell, "</td>");
        }
        self.raw("</tr>\n")
    }

    /// The heading of a table, and the table's beginning: `table("<table>", …)`.
    pub fn table(&mut self, open: &'static str, names: &[&'static str]) -> &mut Self {
        self.raw(open).raw("<thead><tr>");
        for name in names {
            self.element("<th>", name, "</th>");
        }
        self.raw("</tr></thead><tbody>\n")
    }
}

impl fmt::Display for Html {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_breaks_out() {
        for (text, written) in [
            ("<script>alert(1)</script>", "&lt;script&gt;alert(1)&lt;/script&gt;"),
            (r#"" onload="x"#, "&quot; onload=&quot;x"),
            ("' x='", "&#39; x=&#39;"),
            ("a & b", "a &amp; b"),
            ("a\u{202e}b\u{0}", "a\\u{202e}b\\u{0}"),
        ] {
            let mut html = Html::default();
            html.text(text);
            assert_eq!(html.to_string(), written);
        }
    }

    #[test]
    fn a_shape_has_numbers_only() {
        let mut html = Html::default();
        html.shape("<circle", &[("cx", 1.25), ("cy", f64::NAN)], "/>");
        assert_eq!(html.to_string(), r#"<circle cx="1.2" cy="0.0"/>"#);
    }
}
