//! Who makes a call: the identity as `CloudTrail` writes it, the address and the program.

use jiff::{SignedDuration, Timestamp};
use serde::Serialize;
use serde_json::{Value, json};

use super::record::instant;
use super::rng::Rng;

/// An identity at work: a user with a key, or one session of a role.
#[derive(Debug, Clone)]
pub(crate) struct Actor {
    pub(crate) account: &'static str,
    pub(crate) identity: Identity,
    /// An address, or the name of the service that calls on somebody's behalf.
    pub(crate) address: String,
    pub(crate) agent: &'static str,
}

#[derive(Debug, Clone)]
pub(crate) enum Identity {
    /// A user with a key that does not expire.
    User { name: &'static str, id: String, key: String },
    /// A session of a role.
    Session { role: Role, name: String, key: String },
    /// A session of a role that only a service can assume.
    Service { role: Role, name: &'static str, service: &'static str },
    /// A service on its own account.
    Provider { service: &'static str },
    /// A workflow that trades the token of its forge for a session.
    Workflow { provider: &'static str, subject: &'static str },
}

/// A role of an account.
#[derive(Debug, Clone)]
pub(crate) struct Role {
    pub(crate) account: &'static str,
    /// With slashes at the end and without one at the start; mostly empty.
    pub(crate) path: &'static str,
    pub(crate) name: &'static str,
    pub(crate) id: String,
}

impl Role {
    /// The id is made from the name, so the role is the same wherever it is named.
    pub(crate) fn new(account: &'static str, path: &'static str, name: &'static str) -> Self {
        let id = format!("AROA{}", Rng::new(&format!("role {account} {name}")).upper(17));
        Self { account, path, name, id }
    }

    pub(crate) fn session(&self, name: impl Into<String>, key: String) -> Identity {
        Identity::Session { role: self.clone(), name: name.into(), key }
    }

    pub(crate) fn arn(&self) -> String {
        format!("arn:aws:iam::{}:role/{}{}", self.account, self.path, self.name)
    }
}

impl Actor {
    /// `userIdentity` of a call made at this time.
    pub(crate) fn user_identity(&self, at: Timestamp) -> UserIdentity {
        match &self.identity {
            Identity::User { name, id, key } => UserIdentity {
                kind: "IAMUser",
                principal_id: Some(id.clone()),
                arn: Some(format!("arn:aws:iam::{}:user/{name}", self.account)),
                account_id: Some(self.account),
                access_key_id: Some(key.clone()),
                user_name: Some(name),
                ..UserIdentity::default()
            },
            Identity::Session { role, name, key } => {
                UserIdentity { access_key_id: Some(key.clone()), ..session_of(role, name, at) }
            }
            Identity::Service { role, name, service } => {
                UserIdentity { invoked_by: Some(service), ..session_of(role, name, at) }
            }
            Identity::Provider { service } => {
                UserIdentity { kind: "AWSService", invoked_by: Some(service), ..UserIdentity::default() }
            }
            Identity::Workflow { provider, subject } => UserIdentity {
                kind: "WebIdentityUser",
                principal_id: Some(format!("{provider}:sts.amazonaws.com:{subject}")),
                user_name: Some(subject),
                identity_provider: Some(provider),
                ..UserIdentity::default()
            },
        }
    }

    /// Whether the call came over a connection of the caller's own.
    pub(crate) fn is_remote(&self) -> bool {
        !matches!(self.identity, Identity::Service { .. } | Identity::Provider { .. })
    }
}

/// In the order in which AWS writes the fields.
#[derive(Debug, Clone, Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct UserIdentity {
    #[serde(rename = "type")]
    kind: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    principal_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    arn: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    account_id: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    access_key_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    user_name: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    session_context: Option<Value>,
    #[serde(skip_serializing_if = "Option::is_none")]
    invoked_by: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    identity_provider: Option<&'static str>,
}

fn session_of(role: &Role, session: &str, at: Timestamp) -> UserIdentity {
    UserIdentity {
        kind: "AssumedRole",
        principal_id: Some(format!("{}:{session}", role.id)),
        arn: Some(format!("arn:aws:sts::{}:assumed-role/{}/{session}", role.account, role.name)),
        account_id: Some(role.account),
        session_context: Some(json!({
            "sessionIssuer": {
                "type": "Role",
                "principalId": role.id,
                "arn": role.arn(),
                "accountId": role.account,
                "userName": role.name,
            },
            "attributes": { "creationDate": instant(session_start(at)), "mfaAuthenticated": "false" },
        })),
        ..UserIdentity::default()
    }
}

/// Sessions begin on the hour here. Real ones do not, but nothing hangs on it.
fn session_start(at: Timestamp) -> Timestamp {
    at - SignedDuration::from_secs(at.as_second().rem_euclid(3600))
}
