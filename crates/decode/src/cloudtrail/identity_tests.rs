//! Each kind of identity, as CloudTrail writes it.

use model::Text;

use super::*;
use crate::tree::Tree;

fn principal_of(identity: &str, recipient: Option<&str>) -> Principal {
    principal(Tree::default().read(identity.as_bytes()).unwrap().object(), recipient, &mut Names::default())
}

/// Compares id, name, session and whether it is attributed.
fn check(identity: &str, id: &str, name: &str, session: &str, attributed: bool) -> Principal {
    let user = principal_of(identity, Some("999988887777"));
    let shown = |text: &Option<Text>| text.as_deref().unwrap_or_default().to_owned();
    assert_eq!(&*user.id, id, "{identity}");
    assert_eq!(shown(&user.name), name, "{identity}");
    assert_eq!(shown(&user.session), session, "{identity}");
    assert_eq!(user.attributed, attributed, "{identity}");
    user
}

#[test]
fn an_iam_user_is_its_arn() {
    let full = r#"{"type":"IAMUser","principalId":"AIDA1","arn":"arn:aws:iam::111122223333:user/ops/alice","accountId":"111122223333","accessKeyId":"AKIAEXAMPLE","userName":"alice","sessionContext":{"sessionIssuer":{},"attributes":{}}}"#;
    let user = check(full, "arn:aws:iam::111122223333:user/ops/alice", "alice", "", true);
    assert_eq!(user.kind.as_deref(), Some("IAMUser"));
    assert_eq!(user.access_key_id.as_deref(), Some("AKIAEXAMPLE"));
    check(
        r#"{"type":"IAMUser","accountId":"111122223333","userName":"alice"}"#,
        "arn:aws:iam::111122223333:user/alice",
        "alice",
        "",
        true,
    );
    check(
        r#"{"type":"IAMUser","arn":"arn:aws:iam::111122223333:user/ops/alice"}"#,
        "arn:aws:iam::111122223333:user/ops/alice",
        "alice",
        "",
        true,
    );
    check(r#"{"type":"IAMUser","principalId":"AIDA1"}"#, "aws:999988887777:IAMUser:AIDA1", "", "", true);
}

#[test]
fn a_role_is_its_issuer_whatever_the_session() {
    let session = |rest: &str| {
        format!(
            r#"{{"type":"AssumedRole","principalId":"AROA1:bob@example.com","arn":"arn:aws:sts::111122223333:assumed-role/dev/bob@example.com","accountId":"111122223333"{rest}}}"#
        )
    };
    let issuer = r#","sessionContext":{"sessionIssuer":{"type":"Role","arn":"arn:aws:iam::111122223333:role/team/dev","userName":"dev"}}"#;
    check(&session(issuer), "arn:aws:iam::111122223333:role/team/dev", "dev", "bob@example.com", true);
    let empty = r#","sessionContext":{"sessionIssuer":{}}"#;
    check(&session(empty), "arn:aws:iam::111122223333:role/dev", "dev", "bob@example.com", true);
    check(&session(""), "arn:aws:iam::111122223333:role/dev", "dev", "bob@example.com", true);
    check(
        r#"{"type":"AssumedRole","principalId":"AROA1:bob","accountId":"111122223333"}"#,
        "aws:111122223333:AssumedRole:AROA1",
        "",
        "bob",
        true,
    );
    check(
        r#"{"type":"AssumedRole","arn":"arn:aws-cn:sts::111122223333:assumed-role/dev/bob"}"#,
        "arn:aws-cn:iam::111122223333:role/dev",
        "dev",
        "bob",
        true,
    );
    check(
        r#"{"arn":"arn:aws:sts::111122223333:assumed-role/dev/bob"}"#,
        "arn:aws:iam::111122223333:role/dev",
        "dev",
        "bob",
        true,
    );
}

#[test]
fn a_service_linked_role_is_known_by_its_path() {
    let role = |arn: &str| {
        let identity = format!(
            r#"{{"type":"AssumedRole","arn":"arn:aws:sts::1:assumed-role/AWSServiceRoleForAutoScaling/AutoScaling","invokedBy":"autoscaling.amazonaws.com","sessionContext":{{"sessionIssuer":{{"arn":"{arn}"}}}}}}"#
        );
        principal_of(&identity, None)
    };
    let real = role("arn:aws:iam::1:role/aws-service-role/autoscaling.amazonaws.com/AWSServiceRoleForAutoScaling");
    assert!(real.service_linked);
    assert_eq!(real.invoked_by.as_deref(), Some("autoscaling.amazonaws.com"));
    assert!(role("").service_linked);
    assert!(!role("arn:aws:iam::1:role/AWSServiceRoleForAutoScaling").service_linked, "a role that was named like one");
    let path =
        role("arn:aws:iam::1:role/x:role/aws-service-role/autoscaling.amazonaws.com/AWSServiceRoleForAutoScaling");
    assert!(!path.service_linked, "a path that anybody can choose");
}

#[test]
fn a_federated_user_is_its_issuer() {
    let federated = |rest: &str| {
        format!(
            r#"{{"type":"FederatedUser","principalId":"111122223333:carol","arn":"arn:aws:sts::111122223333:federated-user/carol","accountId":"111122223333"{rest}}}"#
        )
    };
    let issuer = r#","sessionContext":{"sessionIssuer":{"type":"IAMUser","arn":"arn:aws:iam::111122223333:user/portal","userName":"portal"}}"#;
    check(&federated(issuer), "arn:aws:iam::111122223333:user/portal", "portal", "carol", true);
    check(&federated(""), "arn:aws:sts::111122223333:federated-user/carol", "carol", "carol", true);
}

#[test]
fn root_is_the_owner_of_the_account() {
    let arn = "arn:aws:iam::111122223333:root";
    check(r#"{"type":"Root","arn":"arn:aws:iam::111122223333:root","accountId":"111122223333"}"#, arn, "", "", true);
    check(r#"{"type":"Root","accountId":"111122223333","userName":"my-alias"}"#, arn, "my-alias", "", true);
}

#[test]
fn services_and_accounts_are_named_within_an_account() {
    let service = r#"{"type":"AWSService","invokedBy":"ec2.amazonaws.com"}"#;
    check(service, "aws:999988887777:AWSService:ec2.amazonaws.com", "", "", true);
    let untyped = r#"{"invokedBy":"ec2.amazonaws.com"}"#;
    check(untyped, "aws:999988887777:AWSService:ec2.amazonaws.com", "", "", true);
    check(r#"{"type":"AWSService"}"#, "aws:999988887777:AWSService", "", "", false);
    let account = r#"{"type":"AWSAccount","principalId":"AIDA1","accountId":"444455556666"}"#;
    check(account, "aws:444455556666:AWSAccount:AIDA1", "", "", true);
    check(r#"{"type":"AWSAccount","accountId":"444455556666"}"#, "aws:444455556666:AWSAccount", "", "", true);
    check(r#"{"type":"AWSAccount"}"#, "aws:999988887777:AWSAccount", "", "", false);
}

#[test]
fn people_from_elsewhere_are_named_within_an_account() {
    let center = r#"{"type":"IdentityCenterUser","accountId":"111122223333","onBehalfOf":{"userId":"u-1","identityStoreArn":"arn:aws:identitystore::1:identitystore/d-1"},"credentialId":"c-1"}"#;
    check(center, "aws:111122223333:IdentityCenterUser:u-1", "", "", true);
    let credential = r#"{"type":"IdentityCenterUser","credentialId":"c-1"}"#;
    check(credential, "aws:999988887777:IdentityCenterUser:c-1", "", "", true);
    let saml = r#"{"type":"SAMLUser","principalId":"abc=:dave","userName":"dave","identityProvider":"abc="}"#;
    check(saml, "aws:999988887777:SAMLUser:abc=:dave", "dave", "", true);
    let web = r#"{"type":"WebIdentityUser","principalId":"accounts.google.com:app:1","userName":"1"}"#;
    check(web, "aws:999988887777:WebIdentityUser:accounts.google.com:app:1", "1", "", true);
    check(
        r#"{"type":"Directory","arn":"arn:aws:ds:eu-west-1:1:user/x"}"#,
        "arn:aws:ds:eu-west-1:1:user/x",
        "x",
        "",
        true,
    );
    check(r#"{"type":"Unknown","principalId":"p"}"#, "aws:999988887777:Unknown:p", "", "", true);
}

#[test]
fn nobody_is_nobody() {
    check("{}", "aws:999988887777:unknown", "", "", false);
    check("null", "aws:999988887777:unknown", "", "", false);
    check(r#"{"type":"Directory"}"#, "aws:999988887777:Directory", "", "", false);
    check(r#"{"type":"IAMUser","arn":"unknown","userName":""}"#, "aws:999988887777:IAMUser", "", "", false);
    check(r#"{"type":"Unknown","arn":"","principalId":"-"}"#, "aws:999988887777:Unknown", "", "", false);
    let nowhere = principal_of("{}", None);
    assert_eq!(&*nowhere.id, "aws::unknown");
}
