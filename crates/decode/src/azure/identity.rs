//! Who acted, under a name that stays the same from token to token.
//!
//! The claims are those of the token, so they are Entra's word and not the caller's. Users,
//! service principals and managed identities are objects of one directory with one space of
//! ids, so the id is `azure:<tenant>:<object id>`. The kind is no part of it: whether a token
//! tells a managed identity from another application depends on its age. Without claims the
//! caller is left: the mail address of a person, the object id of anything else.

use std::borrow::Cow;

use model::{Principal, Text, UserClass};

use super::{
    record::Record,
    table::{Known, Table, places},
};
use crate::{lenient::cap, tree::Value};

/// The claims that are asked for, in the order of their letters.
const CLAIMS: [&str; 25] = [
    "altsecid",
    "appdisplayname",
    "appid",
    "azp",
    "email",
    "http://schemas.microsoft.com/identity/claims/objectidentifier",
    "http://schemas.microsoft.com/identity/claims/scope",
    "http://schemas.microsoft.com/identity/claims/tenantid",
    "http://schemas.xmlsoap.org/ws/2005/05/identity/claims/emailaddress",
    "http://schemas.xmlsoap.org/ws/2005/05/identity/claims/name",
    "http://schemas.xmlsoap.org/ws/2005/05/identity/claims/upn",
    "idtyp",
    "iss",
    "name",
    "oid",
    "preferredusername",
    "puid",
    "scp",
    "sid",
    "tid",
    "uniquename",
    "upn",
    "uti",
    "xmsazrid",
    "xmsmirid",
];

static TABLE: Table<{ CLAIMS.len() }> = Table::new(CLAIMS);

const OBJECT: [usize; 2] = places(&CLAIMS, ["http://schemas.microsoft.com/identity/claims/objectidentifier", "oid"]);
const TENANT: [usize; 2] = places(&CLAIMS, ["http://schemas.microsoft.com/identity/claims/tenantid", "tid"]);
const NAMES: [usize; 7] = places(
    &CLAIMS,
    [
        "http://schemas.xmlsoap.org/ws/2005/05/identity/claims/upn",
        "upn",
        "http://schemas.xmlsoap.org/ws/2005/05/identity/claims/name",
        "uniquename",
        "preferredusername",
        "http://schemas.xmlsoap.org/ws/2005/05/identity/claims/emailaddress",
        "email",
    ],
);
const SCOPE: [usize; 2] = places(&CLAIMS, ["http://schemas.microsoft.com/identity/claims/scope", "scp"]);
const APPLICATION: [usize; 2] = places(&CLAIMS, ["appid", "azp"]);
/// The resource whose identity it is, and the one that asked for the token.
const MANAGED: [usize; 2] = places(&CLAIMS, ["xmsmirid", "xmsazrid"]);
const NAME: [usize; 1] = places(&CLAIMS, ["name"]);
const APPLICATION_NAME: [usize; 1] = places(&CLAIMS, ["appdisplayname"]);
const SESSION: [usize; 2] = places(&CLAIMS, ["uti", "sid"]);
/// `user` or `app`.
const TOKEN: [usize; 1] = places(&CLAIMS, ["idtyp"]);
/// Only tokens of people have any of these.
const PERSONAL: [usize; 2] = places(&CLAIMS, ["puid", "altsecid"]);
const ISSUER: [usize; 1] = places(&CLAIMS, ["iss"]);

/// Services of Azure that start machines for others, or give them the roles that they may have, by
/// the id of their application. No customer can get a token of these.
const SERVICES: [(&str, &str); 3] = [
    ("01fc33a7-78ba-4d2f-a4b7-768e336e890e", "Azure Privileged Identity Management"),
    ("7319c514-987d-4e9b-ac3d-d38c4f427f4c", "Azure Kubernetes Service"),
    ("ddbf3205-c6bd-46ae-8127-60eb93363864", "Azure Batch"),
];

const USER: &str = "User";
const SERVICE_PRINCIPAL: &str = "ServicePrincipal";
const MANAGED_IDENTITY: &str = "ManagedIdentity";

/// `account` is the subscription in which it happened.
pub(super) fn principal(record: &Record<'_>, account: Option<&str>) -> Principal {
    let stated = Stated::of(record);
    let kind = stated.kind();
    let named = stated.named();
    let invoked_by = if kind == Some(USER) { None } else { stated.service() };
    Principal {
        attributed: named.is_some(),
        id: cap(&named.unwrap_or_else(|| nobody(account, kind))),
        name: stated.name(kind).map(Text::from),
        session: stated.session.as_deref().map(Text::from),
        access_key_id: None,
        borrower: None,
        service_linked: invoked_by.is_some(),
        class: class(kind, invoked_by.is_some()),
        invoked_by: invoked_by.map(Text::from),
        kind: kind.map(Text::from),
    }
}

fn class(kind: Option<&str>, is_service: bool) -> UserClass {
    match kind {
        _ if is_service => UserClass::Service,
        Some(USER) => UserClass::User,
        Some(_) => UserClass::Workload,
        None => UserClass::Unknown,
    }
}

fn nobody(account: Option<&str>, kind: Option<&str>) -> String {
    format!("azure:{}:{}", account.unwrap_or_default(), kind.unwrap_or("unknown"))
}

/// What the record says of the caller.
struct Stated<'a> {
    object: Option<Cow<'a, str>>,
    tenant: Option<Cow<'a, str>>,
    caller: Option<Cow<'a, str>>,
    user_name: Option<Cow<'a, str>>,
    display_name: Option<Cow<'a, str>>,
    application: Option<Cow<'a, str>>,
    application_name: Option<Cow<'a, str>>,
    managed: Option<Cow<'a, str>>,
    session: Option<Cow<'a, str>>,
    /// `user` or `app`.
    token_type: Option<Cow<'a, str>>,
    /// `User`, `ServicePrincipal`…, as the role assignment has it.
    evidence: Option<Cow<'a, str>>,
    /// Only tokens of people have any of these.
    is_personal: bool,
}

impl<'a> Stated<'a> {
    fn of(record: &Record<'a>) -> Self {
        let claims = TABLE.read(record.claims().map(Value::object).unwrap_or_default());
        let evidence = record.evidence();
        let object = claims.str(&OBJECT).or_else(|| evidence.str(&["principalid"]));
        Self {
            object: object.map(dashed),
            tenant: claims.str(&TENANT).or_else(|| issuer(&claims)).or_else(|| record.tenant()),
            caller: record.caller(),
            user_name: claims.str(&NAMES),
            display_name: claims.str(&NAME),
            application: claims.str(&APPLICATION),
            application_name: claims.str(&APPLICATION_NAME),
            managed: claims.str(&MANAGED),
            session: claims.str(&SESSION),
            token_type: claims.str(&TOKEN),
            evidence: evidence.str(&["principaltype"]),
            is_personal: claims.scalar(&SCOPE).is_some() || claims.scalar(&PERSONAL).is_some(),
        }
    }

    /// The id of whoever acted, or `None` when the record does not say.
    fn named(&self) -> Option<String> {
        let id = self.object.as_ref().or(self.caller.as_ref())?.to_lowercase();
        let tenant = self.tenant.as_deref().unwrap_or_default().to_lowercase();
        Some(format!("azure:{tenant}:{id}"))
    }

    fn kind(&self) -> Option<&'static str> {
        let is =
            |stated: &Option<Cow<'_, str>>, word: &str| stated.as_deref().is_some_and(|s| s.eq_ignore_ascii_case(word));
        let is_mail = |text: &Option<Cow<'_, str>>| text.as_deref().is_some_and(|text| text.contains('@'));
        let is_app = is(&self.token_type, "app");
        if is(&self.token_type, "user") || (!is_app && self.is_personal) {
            Some(USER)
        } else if self.managed.is_some() {
            Some(MANAGED_IDENTITY)
        } else if is_app || is(&self.evidence, SERVICE_PRINCIPAL) {
            Some(SERVICE_PRINCIPAL)
        } else if is(&self.evidence, USER) || is_mail(&self.caller) || is_mail(&self.user_name) {
            Some(USER)
        } else if self.application.is_some() || self.caller.as_deref().is_some_and(is_object_id) {
            Some(SERVICE_PRINCIPAL)
        } else {
            None
        }
    }

    /// Of a person the name to sign in with, of an identity that of its resource, of an
    /// application its own or its id.
    fn name(&self, kind: Option<&str>) -> Option<&str> {
        let of_resource = || self.managed.as_deref()?.rsplit('/').find(|part| !part.is_empty());
        match kind {
            Some(MANAGED_IDENTITY) => of_resource(),
            Some(SERVICE_PRINCIPAL) => self.application_name.as_deref().or(self.application.as_deref()),
            _ => self.user_name.as_deref().or_else(|| self.mail()).or(self.display_name.as_deref()),
        }
    }

    fn mail(&self) -> Option<&str> {
        self.caller.as_deref().filter(|caller| caller.contains('@'))
    }

    /// The service of Azure whose own application it is.
    fn service(&self) -> Option<&'static str> {
        let id = self.application.as_deref()?;
        SERVICES.iter().find(|(known, _)| known.eq_ignore_ascii_case(id)).map(|(_, name)| *name)
    }
}

/// `https://sts.windows.net/<tenant>/`
fn issuer<'a>(claims: &Known<'a, { CLAIMS.len() }>) -> Option<Cow<'a, str>> {
    let issuer = claims.str(&ISSUER)?;
    let tenant = issuer.strip_prefix("https://sts.windows.net/")?.split('/').next()?;
    (!tenant.is_empty()).then(|| tenant.to_owned().into())
}

fn is_object_id(text: &str) -> bool {
    text.len() == 36 && text.bytes().all(|byte| byte == b'-' || byte.is_ascii_hexdigit())
}

/// An id of 32 digits, as role assignments write it, in the form that claims have.
fn dashed(id: Cow<'_, str>) -> Cow<'_, str> {
    if id.len() != 32 || !id.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return id;
    }
    format!("{}-{}-{}-{}-{}", &id[..8], &id[8..12], &id[12..16], &id[16..20], &id[20..]).into()
}

#[cfg(test)]
#[path = "identity_tests.rs"]
mod tests;
