//! Each kind of caller, as the claims of its token have it.

use super::{super::inner::Texts, *};

const TENANT_CLAIM: &str = "http://schemas.microsoft.com/identity/claims/tenantid";
const OBJECT_CLAIM: &str = "http://schemas.microsoft.com/identity/claims/objectidentifier";

fn of(record: &str, account: Option<&str>) -> Principal {
    let texts = Texts::default();
    principal(&Record::of(texts.read(record.as_bytes()).unwrap(), &texts), account)
}

/// Compares id, name and kind.
fn check(record: &str, id: &str, name: &str, kind: &str) -> Principal {
    let user = of(record, Some("sub"));
    let shown = |text: &Option<Text>| text.as_deref().unwrap_or_default().to_owned();
    assert_eq!((&*user.id, &*shown(&user.name), &*shown(&user.kind)), (id, name, kind), "{record}");
    user
}

#[test]
fn a_person_is_the_object_of_the_directory() {
    let claims = format!(
        r#"{{"{TENANT_CLAIM}":"T","{OBJECT_CLAIM}":"O","name":"Alice","http://schemas.xmlsoap.org/ws/2005/05/identity/claims/upn":"alice@example.com","http://schemas.microsoft.com/identity/claims/scope":"user_impersonation","appid":"A","uti":"U"}}"#
    );
    let user = check(&format!(r#"{{"claims":{claims}}}"#), "azure:t:o", "alice@example.com", "User");
    assert!(user.attributed && !user.service_linked);
    assert_eq!((user.session.as_deref(), user.access_key_id), (Some("U"), None));
    check(&format!(r#"{{"identity":{{"claims":{claims}}}}}"#), "azure:t:o", "alice@example.com", "User");
    check(r#"{"claims":{"tid":"T","oid":"O","unique_name":"a@b","scp":"x"}}"#, "azure:t:o", "a@b", "User");
    check(r#"{"claims":{"iss":"https://sts.windows.net/T/","oid":"O","idtyp":"user"}}"#, "azure:t:o", "", "User");
}

#[test]
fn without_claims_the_caller_is_left() {
    check(r#"{"caller":"Alice@Example.com","tenantId":"T"}"#, "azure:t:alice@example.com", "Alice@Example.com", "User");
    let app = "00000000-0000-4000-8000-000000000001";
    check(&format!(r#"{{"caller":"{app}"}}"#), &format!("azure::{app}"), "", "ServicePrincipal");
    let nobody = check("{}", "azure:sub:unknown", "", "");
    assert!(!nobody.attributed);
}

/// Log Analytics calls its workspace a tenant.
#[test]
fn a_workspace_is_no_tenant() {
    check(r#"{"Caller":"a@b","TenantId":"W","TimeGenerated":"x"}"#, "azure::a@b", "a@b", "User");
}

#[test]
fn an_application_is_told_from_a_managed_identity() {
    let app = |more: &str| format!(r#"{{"claims":{{"tid":"T","oid":"O","idtyp":"app","appid":"A"{more}}}}}"#);
    check(&app(""), "azure:t:o", "A", "ServicePrincipal");
    check(&app(r#","app_displayname":"deployer""#), "azure:t:o", "deployer", "ServicePrincipal");
    let managed = r#","xms_mirid":"/subscriptions/s/resourcegroups/r/providers/Microsoft.ManagedIdentity/userAssignedIdentities/ci""#;
    check(&app(managed), "azure:t:o", "ci", "ManagedIdentity");
    check(&app(r#","xms_az_rid":"/subscriptions/s/virtualMachines/web-1""#), "azure:t:o", "web-1", "ManagedIdentity");
}

#[test]
fn the_right_that_was_used_names_whoever_had_it() {
    let with = |kind: &str| {
        format!(
            r#"{{"identity":{{"authorization":{{"evidence":{{"principalId":"95fdefa0a7b847b969df046862c9a979","principalType":"{kind}"}}}}}}}}"#
        )
    };
    let id = "azure::95fdefa0-a7b8-47b9-69df-046862c9a979";
    check(&with("User"), id, "", "User");
    check(&with("ServicePrincipal"), id, "", "ServicePrincipal");
}

/// A person can use the program of a service, and is not the service.
#[test]
fn only_an_application_is_a_service() {
    let with = |claims: &str| {
        let record = format!(r#"{{"claims":{{"oid":"O","appid":"ddbf3205-c6bd-46ae-8127-60eb93363864"{claims}}}}}"#);
        of(&record, None)
    };
    assert_eq!(with(r#","idtyp":"app""#).invoked_by.as_deref(), Some("Azure Batch"));
    assert_eq!(with(r#","scp":"user_impersonation""#).invoked_by, None);
}
