//! Who acted, under a name that stays the same from token to token.
//!
//! The claims are those of the token, so they are Entra's word and not the caller's. Users,
//! service principals and managed identities are objects of one directory with one space of
//! ids, so the id is `azure:<tenant>:<object id>`. The kind is no part of it: whether a token
//! tells a managed identity from another application depends on its age. Without claims the
//! caller is left: the mail address of a person, the object id of anything else.

use model::{Principal, Text, UserClass};

use super::{fields::Fields, record::Record};
use crate::lenient::cap;

const OBJECT: &[&str] = &["http://schemas.microsoft.com/identity/claims/objectidentifier", "oid"];
const TENANT: &[&str] = &["http://schemas.microsoft.com/identity/claims/tenantid", "tid"];
const NAMES: &[&str] = &[
    "http://schemas.xmlsoap.org/ws/2005/05/identity/claims/upn",
    "upn",
    "http://schemas.xmlsoap.org/ws/2005/05/identity/claims/name",
    "uniquename",
    "preferredusername",
    "http://schemas.xmlsoap.org/ws/2005/05/identity/claims/emailaddress",
    "email",
];
const SCOPE: &[&str] = &["http://schemas.microsoft.com/identity/claims/scope", "scp"];
const APPLICATION: &[&str] = &["appid", "azp"];
/// The resource whose identity it is, and the one that asked for the token.
const MANAGED: &[&str] = &["xmsmirid", "xmsazrid"];

/// Services of Azure that start machines for others, by the id of their application. No
/// customer can get a token of these.
const SERVICES: [(&str, &str); 2] = [
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
        name: stated.name(kind),
        session: stated.session.clone(),
        access_key_id: None,
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
struct Stated {
    object: Option<Text>,
    tenant: Option<Text>,
    caller: Option<Text>,
    user_name: Option<Text>,
    display_name: Option<Text>,
    application: Option<Text>,
    application_name: Option<Text>,
    managed: Option<Text>,
    session: Option<Text>,
    /// `user` or `app`.
    token_type: Option<Text>,
    /// `User`, `ServicePrincipal`…, as the role assignment has it.
    evidence: Option<Text>,
    /// Only tokens of people have any of these.
    is_personal: bool,
}

impl Stated {
    fn of(record: &Record<'_>) -> Self {
        let claims = record.claims();
        let opened = record.evidence();
        let evidence = opened.fields();
        let object = claims.text(OBJECT).or_else(|| evidence.text(&["principalid"]));
        Self {
            object: object.map(|id| dashed(&id)),
            tenant: claims.text(TENANT).or_else(|| issuer(&claims)).or_else(|| record.tenant()),
            caller: record.caller(),
            user_name: claims.text(NAMES),
            display_name: claims.text(&["name"]),
            application: claims.text(APPLICATION),
            application_name: claims.text(&["appdisplayname"]),
            managed: claims.text(MANAGED),
            session: claims.text(&["uti", "sid"]),
            token_type: claims.text(&["idtyp"]),
            evidence: evidence.text(&["principaltype"]),
            is_personal: claims.text(SCOPE).is_some() || claims.text(&["puid", "altsecid"]).is_some(),
        }
    }

    /// The id of whoever acted, or `None` when the record does not say.
    fn named(&self) -> Option<String> {
        let id = self.object.as_ref().or(self.caller.as_ref())?.to_lowercase();
        let tenant = self.tenant.as_deref().unwrap_or_default().to_lowercase();
        Some(format!("azure:{tenant}:{id}"))
    }

    fn kind(&self) -> Option<&'static str> {
        let is = |stated: &Option<Text>, word: &str| stated.as_deref().is_some_and(|s| s.eq_ignore_ascii_case(word));
        let is_mail = |text: &Option<Text>| text.as_deref().is_some_and(|text| text.contains('@'));
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
    fn name(&self, kind: Option<&str>) -> Option<Text> {
        let of_resource = || self.managed.as_deref()?.rsplit('/').find(|part| !part.is_empty()).map(Text::from);
        match kind {
            Some(MANAGED_IDENTITY) => of_resource(),
            Some(SERVICE_PRINCIPAL) => self.application_name.clone().or_else(|| self.application.clone()),
            _ => self.user_name.clone().or_else(|| self.mail()).or_else(|| self.display_name.clone()),
        }
    }

    fn mail(&self) -> Option<Text> {
        self.caller.clone().filter(|caller| caller.contains('@'))
    }

    /// The service of Azure whose own application it is.
    fn service(&self) -> Option<&'static str> {
        let id = self.application.as_deref()?;
        SERVICES.iter().find(|(known, _)| known.eq_ignore_ascii_case(id)).map(|(_, name)| *name)
    }
}

/// `https://sts.windows.net/<tenant>/`
fn issuer(claims: &Fields<'_>) -> Option<Text> {
    let issuer = claims.text(&["iss"])?;
    let tenant = issuer.strip_prefix("https://sts.windows.net/")?.split('/').next()?;
    (!tenant.is_empty()).then(|| tenant.into())
}

fn is_object_id(text: &str) -> bool {
    text.len() == 36 && text.bytes().all(|byte| byte == b'-' || byte.is_ascii_hexdigit())
}

/// An id of 32 digits, as role assignments write it, in the form that claims have.
fn dashed(id: &str) -> Text {
    if id.len() != 32 || !id.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return id.into();
    }
    format!("{}-{}-{}-{}-{}", &id[..8], &id[8..12], &id[12..16], &id[16..20], &id[20..]).into()
}

#[cfg(test)]
#[path = "identity_tests.rs"]
mod tests;
