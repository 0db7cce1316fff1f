//! The one sentence of a finding, from the detection's template.

use std::fmt::Write as _;

use model::{Finding, Outcome};

/// Ids named in a sentence; all of them are in the finding's own lists.
const NAMED_IDS: usize = 3;

/// A checked template: text and placeholders in turn.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Message(Vec<Part>);

#[derive(Debug, Clone, PartialEq, Eq)]
enum Part {
    Text(String),
    Placeholder(Placeholder),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Placeholder {
    User,
    Session,
    Account,
    Region,
    Value,
    Did,
    Instances,
    Requests,
    Scopes,
    Because,
}

const PLACEHOLDERS: [(&str, Placeholder); 10] = [
    ("user", Placeholder::User),
    ("session", Placeholder::Session),
    ("vendor_account", Placeholder::Account),
    ("vendor_region", Placeholder::Region),
    ("value", Placeholder::Value),
    ("did", Placeholder::Did),
    ("instances", Placeholder::Instances),
    ("requests", Placeholder::Requests),
    ("scopes", Placeholder::Scopes),
    ("because", Placeholder::Because),
];

impl Message {
    /// `{name}` is replaced; there is no way to write a literal brace, and no need.
    pub fn parse(template: &str) -> Result<Self, String> {
        let mut parts = Vec::new();
        let mut rest = template;
        while let Some((text, after)) = rest.split_once('{') {
            let (name, after) = after.split_once('}').ok_or("`message` has `{` without `}`")?;
            parts.push(Part::Text(text.to_owned()));
            parts.push(Part::Placeholder(placeholder(name)?));
            rest = after;
        }
        parts.push(Part::Text(rest.to_owned()));
        Ok(Self(parts))
    }

    pub fn render(&self, finding: &Finding) -> String {
        self.0.iter().fold(String::new(), |mut sentence, part| {
            match part {
                Part::Text(text) => sentence.push_str(text),
                Part::Placeholder(placeholder) => placeholder.render(finding, &mut sentence),
            }
            sentence
        })
    }
}

fn placeholder(name: &str) -> Result<Placeholder, String> {
    PLACEHOLDERS.iter().find(|(known, _)| *known == name).map(|(_, placeholder)| *placeholder).ok_or_else(|| {
        let names: Vec<_> = PLACEHOLDERS.iter().map(|(known, _)| format!("`{{{known}}}`")).collect();
        format!("`message` has the unknown placeholder `{{{name}}}`, expected one of {}", names.join(", "))
    })
}

impl Placeholder {
    fn render(self, finding: &Finding, sentence: &mut String) {
        match self {
            Self::User => sentence.push_str(&finding.user),
            Self::Session => sentence.push_str(finding.session.as_deref().unwrap_or("no session")),
            Self::Account => sentence.push_str(finding.vendor_account.as_deref().unwrap_or("an unnamed account")),
            Self::Region => sentence.push_str(&regions(finding)),
            Self::Value => sentence.push_str(&finding.value),
            Self::Did => sentence.push_str(did(finding.outcome)),
            Self::Instances => sentence.push_str(&instances(finding)),
            Self::Requests => sentence.push_str(&plural(finding.requests, "request")),
            Self::Scopes => sentence.push_str(&scopes(finding)),
            Self::Because => sentence.push_str(finding.because.first().map_or("", String::as_str)),
        }
    }
}

fn did(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Ok => "launched",
        Outcome::DryRun => "asked, as a dry run, to launch",
        Outcome::Denied => "was denied to launch",
        Outcome::Quota => "tried, over quota, to launch",
        Outcome::Capacity => "tried, beyond capacity, to launch",
        Outcome::Verification => "tried, pending verification, to launch",
        Outcome::Other => "tried in vain to launch",
        Outcome::Pending => "began to launch",
    }
}

fn regions(finding: &Finding) -> String {
    match (&finding.vendor_region, finding.vendor_regions.len()) {
        (_, 2..) => format!("{} regions", finding.vendor_regions.len()),
        (Some(region), _) => region.to_string(),
        (None, _) => "an unnamed region".to_owned(),
    }
}

fn instances(finding: &Finding) -> String {
    let mut text = plural(finding.count, "instance");
    if let [first, rest @ ..] = &*finding.object_id {
        let _ = write!(text, " ({first}");
        for id in rest.iter().take(NAMED_IDS - 1) {
            let _ = write!(text, ", {id}");
        }
        text.push_str(if finding.object_id.len() > NAMED_IDS { ", …)" } else { ")" });
    }
    text
}

fn scopes(finding: &Finding) -> String {
    let names: Vec<_> = finding.scopes.iter().map(|scope| scope.as_str()).collect();
    names.join(" and ")
}

/// `1 instance`, `2 instances`, `3 launches`, `4 entries`, `5 dollars an hour`.
pub fn plural(count: u64, noun: &str) -> String {
    if count == 1 {
        return format!("1 {noun}");
    }
    if let Some((noun, an_hour)) = noun.split_once(" an ") {
        return format!("{} an {an_hour}", plural(count, noun));
    }
    match noun.strip_suffix('y') {
        Some(stem) if !stem.ends_with(['a', 'e', 'o']) => format!("{count} {stem}ies"),
        _ if noun.ends_with("ch") => format!("{count} {noun}es"),
        _ => format!("{count} {noun}s"),
    }
}
