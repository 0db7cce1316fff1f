//! What a change of a policy gave away, and to whom.
//!
//! The request holds the whole policy as it is to be, and nobody can tell from it what is new. What
//! was added stands beside it as a list of changes; of a record that has none, nothing is known.

use std::borrow::Cow;

use model::Text;

use super::identity;
use crate::tree::Object;

/// Changes of one policy that are looked at: a policy holds 1500 members.
const CHANGES: usize = 2000;

/// Members that are everybody in the world, or everybody with an account at Google.
const EVERYBODY: [&str; 2] = ["allUsers", "allAuthenticatedUsers"];

/// A role that somebody has from now on.
pub(super) struct Grant<'a> {
    role: Cow<'a, str>,
    member: Cow<'a, str>,
}

/// What was added to a policy. An export to `BigQuery` has the list under a name of its own.
pub(super) fn added(payload: Object<'_>) -> impl Iterator<Item = Grant<'_>> {
    let parts =
        ["serviceData", "servicedata_v1_iam", "metadata"].map(|name| payload.object(name).object("policyDelta"));
    let delta = parts.into_iter().find(|delta| !delta.is_empty()).unwrap_or_default();
    delta.objects("bindingDeltas").take(CHANGES).filter_map(Grant::of)
}

/// The roles that were given away and let anybody do anything, and the names of everybody if they
/// are among those who got one.
pub(super) fn object_ids(payload: Object<'_>) -> Vec<Text> {
    let mut ids: Vec<Text> = Vec::new();
    for grant in added(payload) {
        let everybody = EVERYBODY.into_iter().find(|everybody| *grant.member == **everybody);
        let role = Some(&*grant.role).filter(|role| !lets_look_on(role));
        for id in [role, everybody].into_iter().flatten() {
            if !ids.iter().any(|known| **known == *id) {
                ids.push(id.into());
            }
        }
    }
    ids
}

impl<'a> Grant<'a> {
    fn of(change: Object<'a>) -> Option<Self> {
        let is_added = change.str("action").is_some_and(|action| action.eq_ignore_ascii_case("ADD"));
        Some(Self { role: change.str("role")?, member: change.str("member")? }).filter(|_| is_added)
    }

    /// Who can do something now, under the name that their own acts have. Whoever may only look on
    /// can not.
    pub(super) fn empowered(&self) -> Option<Text> {
        if lets_look_on(&self.role) {
            return None;
        }
        identity::of_member(&self.member)
    }
}

/// Google calls such roles `viewer`, and those of one service `roles/logging.viewer`,
/// `roles/compute.networkViewer`. What a role of one's own is called proves nothing.
fn lets_look_on(role: &str) -> bool {
    let Some(name) = role.strip_prefix("roles/") else { return false };
    name == "browser" || name.ends_with("viewer") || name.ends_with("Viewer")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tree::Document;

    fn of(payload: &str) -> (Vec<String>, Vec<String>) {
        let document = Document::read(payload.as_bytes()).unwrap();
        let payload = document.value().object();
        let empowered = added(payload).filter_map(|grant| grant.empowered());
        let ids = object_ids(payload).iter().map(ToString::to_string).collect();
        (ids, empowered.map(|id| id.to_string()).collect())
    }

    fn delta(part: &str, changes: &str) -> String {
        format!(r#"{{"{part}":{{"policyDelta":{{"bindingDeltas":[{changes}]}}}}}}"#)
    }

    #[test]
    fn only_what_was_added_is_given_away() {
        let changes = r#"{"action":"ADD","role":"roles/owner","member":"serviceAccount:Miner@p.iam.gserviceaccount.com"},
            {"action":"REMOVE","role":"roles/editor","member":"user:alice@example.com"},
            {"action":"ADD","role":"projects/p/roles/viewer","member":"user:Bob@example.com"}, 7, {"action":"ADD"}"#;
        for part in ["serviceData", "servicedata_v1_iam", "metadata"] {
            let (ids, empowered) = of(&delta(part, changes));
            assert_eq!(ids, ["roles/owner", "projects/p/roles/viewer"], "{part}");
            assert_eq!(empowered, ["serviceAccount:miner@p.iam.gserviceaccount.com", "user:bob@example.com"], "{part}");
        }
        assert_eq!(of(r#"{"request":{"policy":{"bindings":[{"role":"roles/owner"}]}}}"#), Default::default());
    }

    #[test]
    fn who_may_only_look_on_or_is_nobody_in_particular_is_not_empowered() {
        let change = |role: &str, member: &str| format!(r#"{{"action":"ADD","role":"{role}","member":"{member}"}}"#);
        for (role, member) in [
            ("roles/viewer", "user:a@example.com"),
            ("roles/compute.networkViewer", "user:a@example.com"),
            ("roles/editor", "group:all@example.com"),
            ("roles/editor", "domain:example.com"),
            ("roles/editor", "deleted:user:a@example.com?uid=1"),
            ("roles/editor", "service-1@compute-system.iam.gserviceaccount.com"),
            ("roles/editor", "serviceAccount:service-1@compute-system.iam.gserviceaccount.com"),
            ("roles/editor", "allUsers"),
        ] {
            assert!(of(&delta("serviceData", &change(role, member))).1.is_empty(), "{role} {member}");
        }
        let (ids, _) = of(&delta("serviceData", &change("roles/run.invoker", "allUsers")));
        assert_eq!(ids, ["roles/run.invoker", "allUsers"]);
    }

    #[test]
    fn a_giant_is_read_in_part() {
        let changes: Vec<String> =
            (0..50_000).map(|n| format!(r#"{{"action":"ADD","role":"roles/r{n}","member":"user:u{n}@x"}}"#)).collect();
        assert_eq!(of(&delta("serviceData", &changes.join(","))).1.len(), CHANGES);
    }
}
