//! Who acted, under a name that stays the same from session to session.
//!
//! `userIdentity` has a dozen kinds. Where AWS has an ARN for what acts again and again, the
//! user or the role, that is the id. Everything else is `aws:account:kind`, with what else is
//! known of it, so that no two accounts share an actor.

use std::borrow::Cow;

use model::{Principal, UserClass};

use crate::{
    keys::Keys,
    lenient::capped,
    names::Names,
    tree::{Object, Value},
};

/// The path of roles that only a service of AWS can assume; nobody else can create one.
const SERVICE_ROLE_PATH: &str = "role/aws-service-role/";
const SERVICE_ROLE_NAME: &str = "AWSServiceRoleFor";

/// The path of roles that people sign in to through IAM Identity Center.
const PERSON_ROLE_PATH: &str = "role/aws-reserved/sso.amazonaws.com/";

/// `recipient` is the account whose trail the record is from.
pub(super) fn principal(identity: Object<'_>, recipient: Option<&str>, names: &mut Names) -> Principal {
    let stated = Stated::of(identity, recipient);
    let (id, service_linked) = (stated.named(), stated.is_service_linked());
    let mut name = |said: Option<&str>| said.map(|said| names.text(said));
    Principal {
        attributed: id.is_some(),
        name: name(stated.name()),
        session: name(stated.session()),
        service_linked,
        class: stated.class(service_linked),
        access_key_id: name(stated.access_key.as_deref()),
        borrower: None,
        kind: name(stated.kind.as_deref()),
        invoked_by: name(stated.invoked_by.as_deref()),
        id: names.text(&capped(id.unwrap_or_else(|| stated.nobody()))),
    }
}

/// What the record says of the identity; texts that say nothing are absent.
struct Stated<'a> {
    kind: Option<Cow<'a, str>>,
    arn: Option<Cow<'a, str>>,
    principal_id: Option<Cow<'a, str>>,
    account: Option<Cow<'a, str>>,
    recipient: Option<&'a str>,
    user_name: Option<Cow<'a, str>>,
    invoked_by: Option<Cow<'a, str>>,
    access_key: Option<Cow<'a, str>>,
    issuer_arn: Option<Cow<'a, str>>,
    issuer_name: Option<Cow<'a, str>>,
    /// User of IAM Identity Center.
    person: Option<Cow<'a, str>>,
}

static KEYS: Keys<10> = Keys::new([
    "type",
    "arn",
    "principalId",
    "accountId",
    "userName",
    "invokedBy",
    "accessKeyId",
    "credentialId",
    "sessionContext",
    "onBehalfOf",
]);

static ISSUER_KEYS: Keys<2> = Keys::new(["arn", "userName"]);

impl<'a> Stated<'a> {
    fn of(identity: Object<'a>, recipient: Option<&'a str>) -> Self {
        let [kind, arn, principal_id, account, user_name, invoked_by, access_key, credential, context, on_behalf_of] =
            identity.values(&KEYS);
        let object = |value: Option<Value<'a>>| value.map(Value::object).unwrap_or_default();
        let [issuer_arn, issuer_name] = object(context).object("sessionIssuer").values(&ISSUER_KEYS);
        let is_arn = |text: &Cow<'_, str>| text.starts_with("arn:");
        Self {
            kind: kind.and_then(Value::str),
            arn: stated(arn).filter(is_arn),
            principal_id: stated(principal_id),
            account: stated(account),
            recipient,
            user_name: stated(user_name),
            invoked_by: stated(invoked_by),
            access_key: access_key.and_then(Value::str),
            issuer_arn: stated(issuer_arn).filter(is_arn),
            issuer_name: stated(issuer_name),
            person: stated(object(on_behalf_of).value("userId")).or_else(|| stated(credential)),
        }
    }

    /// The id of whoever acted, or `None` when the record does not say.
    fn named(&self) -> Option<Cow<'_, str>> {
        match self.shape() {
            "IAMUser" => self.arn().or_else(|| self.user_arn()).or_else(|| self.by_principal_id()),
            "AssumedRole" => self.issuer_arn().or_else(|| self.role_arn()).or_else(|| self.by_principal_id()),
            "FederatedUser" => self.issuer_arn().or_else(|| self.arn()).or_else(|| self.by_principal_id()),
            "Root" => self.arn().or_else(|| self.root_arn()),
            "AWSService" => self.arn().or_else(|| self.service()),
            "AWSAccount" => self.by_principal_id().or_else(|| Some(id_of(self.account.as_deref()?, "AWSAccount"))),
            "IdentityCenterUser" => self.identity_center_user().or_else(|| self.by_principal_id()),
            "SAMLUser" | "WebIdentityUser" => self.by_principal_id().or_else(|| self.arn()),
            _ => self.arn().or_else(|| self.by_principal_id()),
        }
    }

    /// The kind of identity; where it is not stated, the kind that the rest looks like.
    fn shape(&self) -> &str {
        let arn = self.arn.as_deref().unwrap_or_default();
        match &self.kind {
            Some(kind) => kind,
            None if arn.contains(":assumed-role/") => "AssumedRole",
            None if arn.contains(":federated-user/") => "FederatedUser",
            None if arn.is_empty() && self.principal_id.is_none() && self.invoked_by.is_some() => "AWSService",
            None => "unknown",
        }
    }

    fn nobody(&self) -> Cow<'_, str> {
        id_of(self.acting_account(), self.kind.as_deref().unwrap_or("unknown"))
    }

    fn arn(&self) -> Option<Cow<'_, str>> {
        self.arn.as_deref().map(Cow::Borrowed)
    }

    fn issuer_arn(&self) -> Option<Cow<'_, str>> {
        self.issuer_arn.as_deref().map(Cow::Borrowed)
    }

    fn user_arn(&self) -> Option<Cow<'_, str>> {
        let name = self.user_name.as_deref()?;
        Some(format!("arn:aws:iam::{}:user/{name}", self.known_account()?).into())
    }

    fn root_arn(&self) -> Option<Cow<'_, str>> {
        Some(format!("arn:aws:iam::{}:root", self.known_account()?).into())
    }

    /// The role behind `arn:aws:sts::account:assumed-role/role/session`. Its path is not in
    /// there, so this is second to the ARN of the issuer.
    fn role_arn(&self) -> Option<Cow<'_, str>> {
        if let Some(session) = self.assumed_role() {
            let AssumedRole { partition, account, role, .. } = session;
            return Some(format!("arn:{partition}:iam::{account}:role/{role}").into());
        }
        let role = self.issuer_name.as_deref()?;
        Some(format!("arn:aws:iam::{}:role/{role}", self.known_account()?).into())
    }

    /// A service acts in the account whose trail this is.
    fn service(&self) -> Option<Cow<'_, str>> {
        let account = self.recipient.or(self.account.as_deref()).unwrap_or_default();
        Some(id_of(account, &format!("AWSService:{}", self.invoked_by.as_deref()?)))
    }

    fn identity_center_user(&self) -> Option<Cow<'_, str>> {
        let person = self.person.as_deref()?;
        Some(id_of(self.acting_account(), &format!("IdentityCenterUser:{person}")))
    }

    /// The part before the colon of a principal id stays the same from session to session.
    fn by_principal_id(&self) -> Option<Cow<'_, str>> {
        let id = self.principal_id.as_deref()?;
        let id = if self.shape() == "AssumedRole" { before_colon(id) } else { id };
        Some(id_of(self.acting_account(), &format!("{}:{id}", self.shape())))
    }

    fn acting_account(&self) -> &str {
        self.known_account().unwrap_or_default()
    }

    fn known_account(&self) -> Option<&str> {
        self.account.as_deref().or(self.recipient)
    }

    /// The bare name, as Splunk's `user` has it; the last part of a path where only that names
    /// the actor.
    fn name(&self) -> Option<&str> {
        let stated = self.user_name.as_deref().or(self.issuer_name.as_deref());
        stated.or_else(|| match self.assumed_role() {
            Some(session) => Some(session.role),
            None => last_part(self.arn.as_deref()?),
        })
    }

    fn session(&self) -> Option<&str> {
        match self.shape() {
            "AssumedRole" => {
                let from_arn = self.assumed_role().map(|session| session.session);
                from_arn.or_else(|| after_colon(self.principal_id.as_deref()?))
            }
            "FederatedUser" => {
                let from_arn = self.arn.as_deref().and_then(last_part);
                from_arn.or_else(|| after_colon(self.principal_id.as_deref()?))
            }
            _ => None,
        }
    }

    fn is_service_linked(&self) -> bool {
        match &self.issuer_arn {
            Some(arn) => is_of_path(arn, SERVICE_ROLE_PATH),
            None => self.assumed_role().is_some_and(|session| session.role.starts_with(SERVICE_ROLE_NAME)),
        }
    }

    fn class(&self, is_service_linked: bool) -> UserClass {
        let is_person = || self.issuer_arn.as_deref().is_some_and(|arn| is_of_path(arn, PERSON_ROLE_PATH));
        match self.shape() {
            "Root" => UserClass::Root,
            "AWSService" => UserClass::Service,
            "AssumedRole" if is_service_linked => UserClass::Service,
            "AssumedRole" if !is_person() => UserClass::Workload,
            "AWSAccount" => UserClass::Workload,
            "unknown" => UserClass::Unknown,
            _ => UserClass::User,
        }
    }

    fn assumed_role(&self) -> Option<AssumedRole<'_>> {
        AssumedRole::parse(self.arn.as_deref()?)
    }
}

fn id_of(account: &str, rest: &str) -> Cow<'static, str> {
    format!("aws:{account}:{rest}").into()
}

/// `arn:partition:sts::account:assumed-role/role/session`
struct AssumedRole<'a> {
    partition: &'a str,
    account: &'a str,
    role: &'a str,
    session: &'a str,
}

impl<'a> AssumedRole<'a> {
    fn parse(arn: &'a str) -> Option<Self> {
        let (_, rest) = cut(arn, b':')?;
        let (partition, rest) = cut(rest, b':')?;
        let rest = rest.strip_prefix("sts:")?;
        let (_, rest) = cut(rest, b':')?;
        let (account, resource) = cut(rest, b':')?;
        let (role, session) = cut(resource.strip_prefix("assumed-role/")?, b'/')?;
        Some(Self { partition, account, role, session })
    }
}

/// Before and behind the first of these bytes.
fn cut(text: &str, at: u8) -> Option<(&str, &str)> {
    let place = text.bytes().position(|byte| byte == at)?;
    Some((&text[..place], &text[place + 1..]))
}

/// Whether the resource of an ARN begins like this. Further on in it anything may stand: the path
/// of a role that anybody can create may have colons, and `role/` behind one.
fn is_of_path(arn: &str, path: &str) -> bool {
    let resource = (0..5).try_fold(arn, |rest, _| cut(rest, b':').map(|(_, rest)| rest));
    resource.is_some_and(|resource| resource.starts_with(path))
}

fn last_part(arn: &str) -> Option<&str> {
    arn.rsplit_once('/').map(|(_, name)| name).filter(|name| !name.is_empty())
}

fn before_colon(id: &str) -> &str {
    id.split_once(':').map_or(id, |(before, _)| before)
}

fn after_colon(id: &str) -> Option<&str> {
    id.split_once(':').map(|(_, after)| after).filter(|after| !after.is_empty())
}

/// A text, unless it is one of those that are written when there is none.
fn stated(value: Option<Value<'_>>) -> Option<Cow<'_, str>> {
    let text = value?.str()?;
    (!is_placeholder(text.as_bytes().trim_ascii())).then_some(text)
}

/// Most texts are told by their length alone.
fn is_placeholder(text: &[u8]) -> bool {
    let word: &[u8] = match text.len() {
        1 => b"-",
        4 => return text.eq_ignore_ascii_case(b"null") || text.eq_ignore_ascii_case(b"none"),
        7 => b"unknown",
        30 => b"HIDDEN_DUE_TO_SECURITY_REASONS",
        _ => return false,
    };
    text.eq_ignore_ascii_case(word)
}

#[cfg(test)]
#[path = "identity_tests.rs"]
mod tests;
