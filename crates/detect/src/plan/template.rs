//! A command of a plan with places in it, filled in so that a shell takes every value as one word.
//!
//! The thief named his users, roles and groups. A value outside of quotes is quoted; within
//! quotes, or where an option could begin, only a value that needs no quoting is put in.

use model::Object;

/// A checked command.
#[derive(Debug, Clone)]
pub(super) struct Template(Vec<Part>);

#[derive(Debug, Clone)]
enum Part {
    Literal(String),
    Place { place: Place, shield: Shield },
}

/// What is put in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Place {
    Id,
    Ids,
    /// The last part of the id.
    Name,
    Account,
    Region,
    Parent,
    /// The last part of what it belongs to.
    ParentName,
}

/// What protects a value from the shell.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Shield {
    /// It is quoted if need be.
    Word,
    /// The same behind a `=`, so that a value that begins with `-` is no option.
    Behind,
    /// It stands in quotes already.
    Quotes,
}

const PLACES: [(&str, Place); 7] = [
    ("id", Place::Id),
    ("ids", Place::Ids),
    ("name", Place::Name),
    ("account", Place::Account),
    ("region", Place::Region),
    ("parent", Place::Parent),
    ("parent_name", Place::ParentName),
];

impl Template {
    pub(super) fn parse(text: &str) -> Result<Self, String> {
        let (mut parts, mut literal, mut quote) = (Vec::new(), String::new(), None);
        let mut rest = text;
        while let Some(character) = rest.chars().next() {
            if character.is_control() {
                return Err("a control character".to_owned());
            }
            if let Some((name, behind)) = placeholder(rest) {
                let place = PLACES.iter().find(|(known, _)| *known == name).map(|(_, place)| *place);
                let place = place.ok_or_else(|| format!("unknown placeholder `{{{name}}}`"))?;
                let shield = match quote {
                    Some(_) => Shield::Quotes,
                    None if literal.ends_with('=') => Shield::Behind,
                    None => Shield::Word,
                };
                parts.push(Part::Literal(std::mem::take(&mut literal)));
                parts.push(Part::Place { place, shield });
                rest = behind;
                continue;
            }
            quote = match (character, quote) {
                ('\'' | '"', None) => Some(character),
                (_, Some(open)) if character == open => None,
                _ => quote,
            };
            literal.push(character);
            rest = &rest[character.len_utf8()..];
        }
        if quote.is_some() {
            return Err("a quote that is not closed".to_owned());
        }
        parts.push(Part::Literal(literal));
        Ok(Self(parts))
    }

    pub(super) fn names_many(&self) -> bool {
        self.0.iter().any(|part| matches!(part, Part::Place { place: Place::Ids, .. }))
    }

    /// Whether what this object is called can be put in, and nothing is missing of it.
    pub(super) fn takes(&self, object: &Object) -> bool {
        self.0.iter().all(|part| match part {
            Part::Literal(_) => true,
            Part::Place { place, shield } => place.of(object).is_some_and(|value| shield.takes(value)),
        })
    }

    /// The command for objects of one account and region; all of them must be taken.
    pub(super) fn fill(&self, objects: &[&Object]) -> String {
        let Some(first) = objects.first() else { return String::new() };
        self.0
            .iter()
            .map(|part| match part {
                Part::Literal(text) => text.clone(),
                Part::Place { place: Place::Ids, shield } => {
                    let ids: Vec<String> = objects.iter().map(|object| shield.guard(&object.id)).collect();
                    ids.join(" ")
                }
                Part::Place { place, shield } => shield.guard(place.of(first).unwrap_or_default()),
            })
            .collect()
    }
}

impl Place {
    fn of(self, object: &Object) -> Option<&str> {
        match self {
            Self::Id | Self::Ids => Some(&object.id),
            Self::Name => Some(last_part(&object.id)),
            Self::Account => object.account.as_deref(),
            Self::Region => object.region.as_deref(),
            Self::Parent => object.parent.as_deref(),
            Self::ParentName => object.parent.as_deref().map(last_part),
        }
    }
}

impl Shield {
    fn takes(self, value: &str) -> bool {
        let visible =
            !value.is_empty() && value.chars().all(|character| !character.is_control() && !is_hidden(character));
        match self {
            Self::Word => visible && !value.starts_with('-'),
            Self::Behind => visible,
            Self::Quotes => visible && is_plain(value),
        }
    }

    fn guard(self, value: &str) -> String {
        if self == Self::Quotes || is_plain(value) {
            return value.to_owned();
        }
        format!("'{}'", value.replace('\'', r"'\''"))
    }
}

/// What a shell takes as it is, in quotes and outside.
fn is_plain(value: &str) -> bool {
    value.chars().all(|character| character.is_ascii_alphanumeric() || "-_./:@%+,".contains(character))
}

/// Characters that are not seen, or turn the reading direction around.
fn is_hidden(character: char) -> bool {
    matches!(character,
        '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
        | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}')
}

fn last_part(id: &str) -> &str {
    id.rsplit(['/', ':']).next().unwrap_or(id)
}

/// `{name}` at the beginning, and what follows it. Braces of JSON are none.
fn placeholder(text: &str) -> Option<(&str, &str)> {
    let (name, behind) = text.strip_prefix('{')?.split_once('}')?;
    let is_name = !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_');
    is_name.then_some((name, behind))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn named(id: &str) -> Object {
        Object {
            category: "user".into(),
            id: id.into(),
            kind: None,
            account: Some("1".into()),
            region: None,
            parent: None,
            alive: true,
            protected: false,
        }
    }

    fn filled(template: &str, id: &str) -> Option<String> {
        let template = Template::parse(template).unwrap();
        let object = named(id);
        template.takes(&object).then(|| template.fill(&[&object]))
    }

    #[test]
    fn a_value_is_one_word_or_is_left_out() {
        for (template, id, expected) in [
            ("rm --user={name}", "arn:aws:iam::1:user/eve", Some("rm --user=eve")),
            ("rm --user={id}", "$(reboot)", Some("rm --user='$(reboot)'")),
            ("rm --user={id}", "it's", Some(r"rm --user='it'\''s'")),
            ("rm --user={id}", "--all", Some("rm --user=--all")),
            ("rm --user {id}", "--all", None),
            ("rm --user {id}", "a\nb", None),
            ("rm --user {id}", "a\u{202e}b", None),
            ("rm --user {id}", "", None),
            ("rm --filter='id={id}'", "i-1", Some("rm --filter='id=i-1'")),
            ("rm --filter='id={id}'", "i'1", None),
            (r#"rm --filter="id={id}""#, "$(x)", None),
            ("rm --region={region} {id}", "a", None),
            (r#"put '{"Effect":"Deny"}' {id}"#, "a b", Some(r#"put '{"Effect":"Deny"}' 'a b'"#)),
        ] {
            assert_eq!(filled(template, id).as_deref(), expected, "{template} {id}");
        }
    }

    #[test]
    fn a_template_is_checked() {
        assert_eq!(Template::parse("rm {ip}").unwrap_err(), "unknown placeholder `{ip}`");
        assert_eq!(Template::parse("rm '{id}").unwrap_err(), "a quote that is not closed");
        assert!(Template::parse("rm\n{id}").is_err());
    }
}
