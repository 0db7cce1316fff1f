//! Who acted, under a name that is the same in every project.
//!
//! Google names people and service accounts by their mail, which no two of them share. Where
//! only a federated identity is known, its `principal://` name is the id.

use model::{Principal, Text, UserClass};

use std::borrow::Cow;

use crate::{lenient::cap, tree::Object};

/// Service accounts through which a service of Google acts in a project, and their service.
///
/// Each is named in full. Whoever owns a project can name an account `service-1@` in it, so what
/// a mail looks like proves nothing; these projects belong to Google.
const AGENTS: [(&str, &str); 20] = [
    ("cloud-ml.google.com.iam.gserviceaccount.com", "ml.googleapis.com"),
    ("cloud-tpu.iam.gserviceaccount.com", "tpu.googleapis.com"),
    ("cloudcomposer-accounts.iam.gserviceaccount.com", "composer.googleapis.com"),
    ("compute-system.iam.gserviceaccount.com", "compute.googleapis.com"),
    ("container-engine-robot.iam.gserviceaccount.com", "container.googleapis.com"),
    ("containerregistry.iam.gserviceaccount.com", "containerregistry.googleapis.com"),
    ("dataflow-service-producer-prod.iam.gserviceaccount.com", "dataflow.googleapis.com"),
    ("dataproc-accounts.iam.gserviceaccount.com", "dataproc.googleapis.com"),
    ("gae-api-prod.google.com.iam.gserviceaccount.com", "appengine.googleapis.com"),
    ("gcf-admin-robot.iam.gserviceaccount.com", "cloudfunctions.googleapis.com"),
    ("gcp-gae-service.iam.gserviceaccount.com", "appengine.googleapis.com"),
    ("gcp-sa-aiplatform-cc.iam.gserviceaccount.com", "aiplatform.googleapis.com"),
    ("gcp-sa-aiplatform.iam.gserviceaccount.com", "aiplatform.googleapis.com"),
    ("gcp-sa-cloudbatch.iam.gserviceaccount.com", "batch.googleapis.com"),
    ("gcp-sa-cloudbuild.iam.gserviceaccount.com", "cloudbuild.googleapis.com"),
    ("gcp-sa-datafusion.iam.gserviceaccount.com", "datafusion.googleapis.com"),
    ("gcp-sa-notebooks.iam.gserviceaccount.com", "notebooks.googleapis.com"),
    ("gcp-sa-tpu.iam.gserviceaccount.com", "tpu.googleapis.com"),
    ("gcp-sa-workstations.iam.gserviceaccount.com", "workstations.googleapis.com"),
    ("serverless-robot-prod.iam.gserviceaccount.com", "run.googleapis.com"),
];

/// Google itself; the second gives the agents of its services their roles.
const GOOGLE: [&str; 2] = ["system@google.com", "service-agent-manager@system.gserviceaccount.com"];

/// Instance groups, Deployment Manager and others act as `<number>@` this.
const CLOUD_SERVICES: &str = "cloudservices.gserviceaccount.com";

/// Delegates named of one chain.
const DELEGATES: usize = 8;

/// Who acted; and the mail as written, where the id has it in another case.
///
/// `operation_user` is who an operation of Compute Engine was started by: some records say it
/// only there.
pub(super) fn principal(
    authentication: Object<'_>,
    operation_user: Option<Text>,
    project: &str,
) -> (Principal, Option<Text>) {
    let operation_user = operation_user.filter(|user| user.contains('@')).map(|user| Cow::Owned(user.to_string()));
    let written = stated(authentication, "principalEmail").or(operation_user);
    let mail = written.as_deref().map(str::to_lowercase);
    let subject = stated(authentication, "principalSubject");
    let agent = mail.as_deref().and_then(agent_of);
    let (id, kind) = match named(mail.as_deref(), subject.as_deref(), project) {
        Some((id, kind)) => (Some(id), Some(kind)),
        None => (None, None),
    };
    let borrower = if agent.is_none() { borrower(authentication, project) } else { None };
    let is_person = borrower.as_deref().is_some_and(|borrower| borrower.starts_with("user:"));
    // What a person does in the name of an account is done by a person.
    let class = class_of(if is_person { Some("user") } else { kind }, agent.is_some());
    let principal = Principal {
        attributed: id.is_some(),
        id: cap(&id.unwrap_or_else(|| format!("google:{project}:unknown"))),
        name: mail.as_deref().map(cap).or_else(|| subject.as_deref().map(Text::from)),
        kind: kind.map(Text::from),
        session: delegates(authentication),
        access_key_id: authentication.str("serviceAccountKeyName").map(|name| super::normal::last_part(&name).into()),
        borrower,
        invoked_by: agent.map(Text::from),
        service_linked: agent.is_some(),
        class,
    };
    (principal, written.filter(|written| mail.as_deref() != Some(&**written)).map(Text::from))
}

/// Who a member of a policy is, under the name that he has when he acts: nobody in particular, if
/// it is a group or everybody; and no agent of Google, which needs no rights of anybody.
pub(super) fn of_member(member: &str) -> Option<Text> {
    let (kind, name) = member.split_once(':')?;
    let name = name.to_lowercase();
    match kind {
        "user" | "serviceAccount" if name.contains('@') && agent_of(&name).is_none() => {
            Some(cap(&format!("{kind}:{name}")))
        }
        "principal" => Some(cap(member)),
        _ => None,
    }
}

/// Id and kind of whoever acted, or `None` when the record does not say.
fn named(mail: Option<&str>, subject: Option<&str>, project: &str) -> Option<(String, &'static str)> {
    let federated = subject.filter(|subject| subject.starts_with("principal:") || subject.starts_with("principalSet:"));
    if let Some(subject) = federated {
        return Some((subject.to_owned(), "principal"));
    }
    match (mail, subject.and_then(|subject| subject.split_once(':'))) {
        // A node or an account of a cluster: its name is known in the cluster only.
        (Some(name), _) if !name.contains('@') => Some((format!("google:{project}:{name}"), "principal")),
        (Some(mail), _) if mail.ends_with("gserviceaccount.com") => {
            Some((format!("serviceAccount:{mail}"), "serviceAccount"))
        }
        (Some(mail), _) => Some((format!("user:{mail}"), "user")),
        (None, Some(("user", mail))) => Some((format!("user:{}", mail.to_lowercase()), "user")),
        (None, Some(("serviceAccount", name))) => {
            Some((format!("serviceAccount:{}", name.to_lowercase()), "serviceAccount"))
        }
        (None, _) => Some((format!("google:{project}:{}", subject?), "principal")),
    }
}

fn class_of(kind: Option<&str>, is_agent: bool) -> UserClass {
    match kind {
        _ if is_agent => UserClass::Service,
        Some("user") => UserClass::User,
        Some(_) => UserClass::Workload,
        None => UserClass::Unknown,
    }
}

/// The service that acts under this mail.
fn agent_of(mail: &str) -> Option<&'static str> {
    if GOOGLE.contains(&mail) {
        return Some("google.com");
    }
    let (name, domain) = mail.split_once('@')?;
    let is_number = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    if domain == CLOUD_SERVICES {
        return is_number(name).then_some(CLOUD_SERVICES);
    }
    let at = AGENTS.binary_search_by(|(agent, _)| (*agent).cmp(domain)).ok()?;
    name.strip_prefix("service-").is_some_and(is_number).then_some(AGENTS[at].1)
}

/// Who acts under the name of the service account, if that is somebody with a name of his own: a
/// person, or another account. A workload of a cluster or of another cloud has a name that changes
/// from one to the next, and the token of a machine is delegated by an agent; there the account is
/// all that stays. Any agent is left out that looks like one: whoever names himself so is not
/// believed, and gains nothing by it.
fn borrower(authentication: Object<'_>, project: &str) -> Option<Text> {
    let link = authentication.objects("serviceAccountDelegationInfo").next()?;
    let mail = stated(link.object("firstPartyPrincipal"), "principalEmail").map(|mail| mail.to_lowercase());
    let (id, kind) = named(mail.as_deref(), stated(link, "principalSubject").as_deref(), project)?;
    let name = id.split_once(':').map_or("", |(_, name)| name);
    let is_agent = agent_of(name).is_some() || name.starts_with("service-");
    (kind != "principal" && name.contains('@') && !is_agent).then(|| cap(&id))
}

/// Who borrowed the name of the service account, and from whom in turn. It is a detail: a token
/// stolen from a machine is delegated by an agent of Google as well.
fn delegates(authentication: Object<'_>) -> Option<Text> {
    let chain = authentication.objects("serviceAccountDelegationInfo");
    let names: Vec<Cow<'_, str>> = chain.take(DELEGATES).filter_map(delegate).collect();
    (!names.is_empty()).then(|| cap(&names.join(", ")))
}

fn delegate(link: Object<'_>) -> Option<Cow<'_, str>> {
    let first_party = || link.object("firstPartyPrincipal").str("principalEmail");
    let third_party = || link.object("thirdPartyPrincipal").object("thirdPartyClaims").str("sub");
    first_party().or_else(|| link.str("principalSubject")).or_else(third_party)
}

/// A text, unless it is one of those that are written when there is none.
fn stated<'a>(object: Object<'a>, name: &str) -> Option<Cow<'a, str>> {
    let text = object.str(name)?;
    let placeholder = ["unknown", "null", "none", "-", "anonymous"];
    (!placeholder.iter().any(|word| text.trim().eq_ignore_ascii_case(word))).then_some(text)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tree::Document;

    fn read(authentication: &str) -> Principal {
        let document = Document::read(authentication.as_bytes()).unwrap();
        principal(document.value().object(), None, "p").0
    }

    #[track_caller]
    fn check(authentication: &str, id: &str, kind: &str) -> Principal {
        let principal = read(authentication);
        assert_eq!((&*principal.id, principal.kind.as_deref(), principal.attributed), (id, Some(kind), true));
        principal
    }

    #[test]
    fn the_agents_are_sorted() {
        assert!(AGENTS.is_sorted_by(|a, b| a.0 < b.0));
    }

    #[test]
    fn people_and_accounts_are_named_by_mail() {
        let alice = check(r#"{"principalEmail":"Alice@Example.com"}"#, "user:alice@example.com", "user");
        assert_eq!(alice.name.as_deref(), Some("alice@example.com"));
        check(
            r#"{"principalEmail":"a@example.com","principalSubject":"user:a@example.com"}"#,
            "user:a@example.com",
            "user",
        );
        check(r#"{"principalSubject":"user:A@example.com"}"#, "user:a@example.com", "user");
        let robot = r#"{"principalEmail":"ci@p.iam.gserviceaccount.com","serviceAccountKeyName":"//iam.googleapis.com/projects/p/serviceAccounts/ci@p.iam.gserviceaccount.com/keys/0a1b"}"#;
        let robot = check(robot, "serviceAccount:ci@p.iam.gserviceaccount.com", "serviceAccount");
        assert_eq!(robot.access_key_id.as_deref(), Some("0a1b"));
        assert!(!robot.service_linked && robot.invoked_by.is_none());
    }

    #[test]
    fn a_federated_identity_is_its_own_name() {
        let name = "principal://iam.googleapis.com/locations/global/workforcePools/pool/subject/Alice";
        let principal = check(&format!(r#"{{"principalSubject":"{name}"}}"#), name, "principal");
        assert_eq!(principal.name.as_deref(), Some(name));
    }

    #[test]
    fn a_node_is_of_its_project() {
        check(r#"{"principalEmail":"system:node:n"}"#, "google:p:system:node:n", "principal");
    }

    #[test]
    fn agents_of_google_are_known_and_not_copied() {
        let check = |mail: &str, service: Option<&str>| {
            let principal = read(&format!(r#"{{"principalEmail":"{mail}"}}"#));
            assert_eq!(
                (principal.invoked_by.as_deref(), principal.service_linked),
                (service, service.is_some()),
                "{mail}"
            );
        };
        check("123456789012@cloudservices.gserviceaccount.com", Some("cloudservices.gserviceaccount.com"));
        check("service-123456789012@compute-system.iam.gserviceaccount.com", Some("compute.googleapis.com"));
        check("service-123456789012@container-engine-robot.iam.gserviceaccount.com", Some("container.googleapis.com"));
        check("system@google.com", Some("google.com"));
        check("service-agent-manager@system.gserviceaccount.com", Some("google.com"));
        check("service-agent-manager@evil-project.iam.gserviceaccount.com", None);
        check("service-123456789012@evil-project.iam.gserviceaccount.com", None);
        check("service-123456789012@compute-system-x.iam.gserviceaccount.com", None);
        check("evil@compute-system.iam.gserviceaccount.com", None);
        check("123456789012@evil.cloudservices.gserviceaccount.com", None);
        check("123456789012-compute@developer.gserviceaccount.com", None);
        check("p@appspot.gserviceaccount.com", None);
    }

    #[test]
    fn a_borrowed_account_says_who_borrowed_it() {
        let borrowed = r#"{"principalEmail":"a@p.iam.gserviceaccount.com","serviceAccountDelegationInfo":[
            {"firstPartyPrincipal":{"principalEmail":"service-1@compute-system.iam.gserviceaccount.com"}},
            {"principalSubject":"principal://x"},{}]}"#;
        let principal = check(borrowed, "serviceAccount:a@p.iam.gserviceaccount.com", "serviceAccount");
        let expected = "service-1@compute-system.iam.gserviceaccount.com, principal://x";
        assert_eq!(principal.session.as_deref(), Some(expected));
        assert!(!principal.service_linked && principal.invoked_by.is_none());
    }

    #[test]
    fn a_borrower_with_a_name_of_his_own_is_named() {
        let check = |link: &str, expected: Option<&str>| {
            let principal = read(&format!(
                r#"{{"principalEmail":"a@p.iam.gserviceaccount.com","serviceAccountDelegationInfo":[{link},
                {{"principalSubject":"user:second@example.com"}}]}}"#
            ));
            let is_person = expected.is_some_and(|borrower| borrower.starts_with("user:"));
            let class = if is_person { UserClass::User } else { UserClass::Workload };
            assert_eq!((principal.borrower.as_deref(), principal.class), (expected, class), "{link}");
        };
        let alice = Some("user:alice@example.com");
        check(r#"{"firstPartyPrincipal":{"principalEmail":"Alice@example.com"}}"#, alice);
        check(r#"{"principalSubject":"user:alice@example.com"}"#, alice);
        let robot = "serviceAccount:ci@p.iam.gserviceaccount.com";
        check(&format!(r#"{{"principalSubject":"{robot}"}}"#), Some(robot));
        for nobody in [
            r#"{"firstPartyPrincipal":{"principalEmail":"service-1@compute-system.iam.gserviceaccount.com"}}"#,
            r#"{"firstPartyPrincipal":{"principalEmail":"service-1@gcp-sa-new.iam.gserviceaccount.com"}}"#,
            r#"{"principalSubject":"serviceAccount:p.svc.id.goog[web/api]"}"#,
            r#"{"principalSubject":"principal://iam.googleapis.com/projects/1/locations/global/workloadIdentityPools/g/subject/repo:a@b"}"#,
            r#"{"thirdPartyPrincipal":{"thirdPartyClaims":{"sub":"alice@example.com"}}}"#,
            "{}",
        ] {
            check(nobody, None);
        }
    }

    #[test]
    fn nobody_is_not_somebody() {
        for nobody in ["{}", "null", r#"{"principalEmail":""}"#, r#"{"principalEmail":"unknown"}"#, "[]"] {
            let principal = read(nobody);
            assert_eq!((&*principal.id, principal.attributed), ("google:p:unknown", false), "{nobody}");
            assert_eq!((principal.name, principal.kind), (None, None), "{nobody}");
        }
    }

    #[test]
    fn an_operation_says_who_started_it() {
        let (principal, written) = principal(Object::default(), Some("Bob@example.com".into()), "p");
        assert_eq!((&*principal.id, principal.attributed), ("user:bob@example.com", true));
        assert_eq!(written.as_deref(), Some("Bob@example.com"));
    }
}
