//! Pseudonyms for whatever names people and places, so that a report can be shared: principals,
//! accounts, addresses, keys. The same logs give the same pseudonyms, in every format.
//!
//! Everything that names is collected first, and then replaced wherever it occurs, in sentences and
//! commands too. A hash would not do: an account has twelve digits, which are soon tried.

use std::collections::{BTreeMap, BTreeSet};

use detect::Containment;
use model::{Finding, Incident, Object, Text};

use crate::report::{Found, Report, Summary};

/// Text by text, what it is called instead.
#[derive(Debug, Default)]
pub struct Pseudonyms {
    names: BTreeMap<String, String>,
    /// Lengths in bytes of the names, longest first.
    lengths: Vec<usize>,
    counts: BTreeMap<&'static str, usize>,
}

/// Ids that the provider made: they name nobody, and a claim for a refund needs them.
const PROVIDER_IDS: [&str; 9] = ["i-", "ami-", "lt-", "sir-", "sfr-", "fleet-", "vol-", "snap-", "r-"];

/// Roles that Google made are called the same everywhere; those of others have a project before this.
const PROVIDER_ROLE: &str = "roles/";

/// Shorter ones would be found in the middle of every sentence.
const SHORTEST: usize = 2;

/// The report with pseudonyms in it, and what is to be done about its incidents.
pub fn redact(mut report: Report, containments: &mut [Containment]) -> Report {
    let pseudonyms = Pseudonyms::of(&report);
    for containment in containments {
        pseudonyms.containment(containment);
    }
    report.incidents.iter_mut().for_each(|incident| pseudonyms.incident(incident));
    report.findings.iter_mut().for_each(|found| pseudonyms.finding(&mut found.finding));
    pseudonyms.summary(&mut report.summary);
    report
}

impl Pseudonyms {
    /// Collects whatever names anybody in a report.
    fn of(report: &Report) -> Self {
        let mut pseudonyms = Self::default();
        for account in &report.summary.accounts {
            pseudonyms.add("account", &account.account);
        }
        for incident in &report.incidents {
            pseudonyms.add_incident(incident);
        }
        for Found { finding, .. } in &report.findings {
            pseudonyms.add_finding(finding);
        }
        // Some principals have the name of a region in theirs, and a region names nobody.
        for region in report.summary.accounts.iter().flat_map(|account| &account.regions) {
            pseudonyms.names.remove(&region.region);
        }
        let lengths: BTreeSet<usize> = pseudonyms.names.keys().map(String::len).collect();
        pseudonyms.lengths = lengths.into_iter().rev().collect();
        pseudonyms
    }

    fn add_incident(&mut self, incident: &Incident) {
        incident.accounts.iter().for_each(|account| self.add("account", account));
        self.add_principal(&incident.principal);
        incident.principals.iter().for_each(|principal| self.add_principal(principal));
        for object in &incident.objects {
            self.add_object(object);
        }
        incident.verdict.iter().for_each(|judged| self.add("user", &judged.by));
        for moment in &incident.timeline {
            self.add_principal(&moment.user);
            moment.src.iter().for_each(|src| self.add_source(src));
            moment.account.iter().for_each(|account| self.add("account", account));
        }
    }

    fn add_finding(&mut self, finding: &Finding) {
        finding.vendor_account.iter().for_each(|account| self.add("account", account));
        self.add_principal(&finding.user);
        finding.user_name.iter().for_each(|name| self.add("user", name));
        finding.session.iter().for_each(|session| self.add("session", session));
        finding.src.iter().for_each(|src| self.add_source(src));
        finding.object_id.iter().for_each(|id| self.add_id(id));
    }

    fn add_object(&mut self, object: &Object) {
        match &*object.category {
            "principal" | "grant" => self.add_principal(&object.id),
            "access_key" => self.add("key", &object.id),
            _ => self.add_id(&object.id),
        }
        object.account.iter().for_each(|account| self.add("account", account));
        if let Some(parent) = object.parent.as_ref().filter(|parent| !parent.starts_with(PROVIDER_ROLE)) {
            self.add_principal(parent);
        }
    }

    /// All that a name is made of: `arn:aws:iam::111122223333:role/team/name` holds an account,
    /// a path and a name; `user:alice@example.com` a mail address.
    fn add_principal(&mut self, principal: &str) {
        const WORDS: [&str; 20] = [
            "arn",
            "aws",
            "aws-cn",
            "aws-us-gov",
            "iam",
            "sts",
            "user",
            "role",
            "assumed-role",
            "root",
            "google",
            "azure",
            "serviceAccount",
            "principal",
            "unknown",
            "aws-service-role",
            "aws-reserved",
            "federated-user",
            "instance",
            "https",
        ];
        for part in principal.split([':', '/']).filter(|part| !WORDS.contains(part)) {
            match part {
                _ if part.len() >= 12 && part.bytes().all(|byte| byte.is_ascii_digit()) => self.add("account", part),
                // Roles of services are called the same everywhere.
                _ if part.starts_with("AWSServiceRoleFor") || part.ends_with(".amazonaws.com") => {}
                _ => self.add("user", part),
            }
        }
    }

    /// An address; the services of a provider have none.
    fn add_source(&mut self, src: &str) {
        if !src.ends_with(".amazonaws.com") {
            self.add("address", src);
        }
    }

    fn add_id(&mut self, id: &str) {
        let is_of_provider = PROVIDER_IDS.iter().any(|begins| id.starts_with(begins)) || id.starts_with(PROVIDER_ROLE);
        if !is_of_provider && !id.bytes().all(|byte| byte.is_ascii_digit()) {
            self.add("name", id);
        }
    }

    fn add(&mut self, kind: &'static str, name: &str) {
        if name.len() < SHORTEST || self.names.contains_key(name) {
            return;
        }
        let count = self.counts.entry(kind).or_default();
        *count += 1;
        self.names.insert(name.to_owned(), format!("{kind}-{count}"));
    }

    /// Replaces every name that stands as a word of its own.
    fn in_text(&self, text: &str) -> String {
        let mut written = String::with_capacity(text.len());
        let mut at = 0;
        while let Some(character) = text[at..].chars().next() {
            if is_boundary(text[..at].chars().next_back(), character)
                && let Some((length, name)) = self.name_at(&text[at..])
            {
                written.push_str(name);
                at += length;
            } else {
                written.push(character);
                at += character.len_utf8();
            }
        }
        written
    }

    /// The longest name at the beginning of a text.
    fn name_at(&self, text: &str) -> Option<(usize, &str)> {
        self.lengths.iter().find_map(|&length| {
            let candidate = text.get(..length)?;
            let ends =
                text[length..].chars().next().is_none_or(|next| is_boundary(candidate.chars().next_back(), next));
            Some((length, self.names.get(candidate).filter(|_| ends)?.as_str()))
        })
    }

    fn text(&self, text: &mut Text) {
        *text = self.in_text(text).into();
    }

    fn string(&self, text: &mut String) {
        *text = self.in_text(text);
    }

    fn texts<'t>(&self, texts: impl IntoIterator<Item = &'t mut Text>) {
        texts.into_iter().for_each(|text| self.text(text));
    }

    fn incident(&self, incident: &mut Incident) {
        self.texts(incident.accounts.iter_mut().chain(&mut incident.principals).chain([&mut incident.principal]));
        self.string(&mut incident.message);
        incident.score_terms.iter_mut().for_each(|term| self.string(&mut term.reason));
        if let Some(judged) = &mut incident.verdict {
            self.texts([&mut judged.by, &mut judged.reason]);
        }
        for object in &mut incident.objects {
            self.object(object);
        }
        for moment in &mut incident.timeline {
            self.text(&mut moment.user);
            self.texts(moment.src.iter_mut().chain(&mut moment.account));
        }
    }

    fn containment(&self, containment: &mut Containment) {
        for measure in &mut containment.measures {
            self.texts(&mut measure.account);
            self.string(&mut measure.command);
        }
        for object in &mut containment.left_out {
            self.object(object);
        }
    }

    fn object(&self, object: &mut Object) {
        self.text(&mut object.id);
        self.texts(object.account.iter_mut().chain(&mut object.parent));
    }

    fn finding(&self, finding: &mut Finding) {
        let one = [&mut finding.user, &mut finding.value];
        let more = [&mut finding.vendor_account, &mut finding.user_name, &mut finding.session, &mut finding.src];
        self.texts(one.into_iter().chain(more.into_iter().flatten()));
        self.texts(finding.object_id.iter_mut().chain(&mut finding.image_id));
        self.string(&mut finding.message);
        finding.because.iter_mut().for_each(|sentence| self.string(sentence));
    }

    /// Paths of files hold accounts; a sample of what was not known may hold anything.
    fn summary(&self, summary: &mut Summary) {
        summary.accounts.iter_mut().for_each(|account| self.string(&mut account.account));
        summary.gates.iter_mut().filter_map(|gate| gate.account.as_mut()).for_each(|account| self.string(account));
        for reject in &mut summary.rejects {
            self.string(&mut reject.path);
            self.string(&mut reject.reason);
        }
        for drift in &mut summary.drifts {
            self.string(&mut drift.what);
            self.string(&mut drift.path);
            drift.sample.clear();
        }
    }
}

/// Whether a word may begin between these two.
fn is_boundary(before: Option<char>, next: char) -> bool {
    before.is_none_or(|before| !before.is_alphanumeric() || !next.is_alphanumeric())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pseudonyms(principals: &[&str]) -> Pseudonyms {
        let mut pseudonyms = Pseudonyms::default();
        for principal in principals {
            pseudonyms.add_principal(principal);
        }
        let lengths: BTreeSet<usize> = pseudonyms.names.keys().map(String::len).collect();
        pseudonyms.lengths = lengths.into_iter().rev().collect();
        pseudonyms
    }

    #[test]
    fn a_name_is_replaced_wherever_it_is_a_word() {
        let pseudonyms = pseudonyms(&[
            "arn:aws:iam::111122223333:role/ci",
            "user:alice@example.com",
            "arn:aws:iam::111122223333:user/ci-deploy",
        ]);
        for (text, written) in [
            ("arn:aws:iam::111122223333:role/ci launched", "arn:aws:iam::account-1:role/user-1 launched"),
            ("ci-deploy, ci and specific", "user-3, user-1 and specific"),
            ("mail to alice@example.com.", "mail to user-2."),
            ("logs/111122223333_CloudTrail.json", "logs/account-1_CloudTrail.json"),
            ("é ci é", "é user-1 é"),
        ] {
            assert_eq!(pseudonyms.in_text(text), written);
        }
    }

    #[test]
    fn what_the_provider_made_is_kept() {
        let mut pseudonyms = Pseudonyms::default();
        for id in ["i-0123", "ami-1", "12345", "roles/owner", "evil-group"] {
            pseudonyms.add_id(id);
        }
        assert_eq!(pseudonyms.names.into_keys().collect::<Vec<_>>(), ["evil-group"]);
    }
}
