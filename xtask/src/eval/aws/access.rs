//! IAM, and the doors of EC2: who may, and from where.

use serde_json::{Value, json};

use super::regions::VIRGINIA;
use crate::eval::story::changes;
use crate::sample::record::Call;
use crate::sample::rng::Rng;

pub(crate) const ADMINISTRATOR: &str = "arn:aws:iam::aws:policy/AdministratorAccess";

pub(crate) fn create_user(account: &str, name: &str, rng: &mut Rng) -> Call {
    let user = json!({
        "path": "/",
        "userName": name,
        "userId": format!("AIDA{}", rng.upper(17)),
        "arn": format!("arn:aws:iam::{account}:user/{name}"),
        "createDate": "Mar 9, 2026, 9:00:00 AM",
    });
    iam("CreateUser", json!({ "userName": name })).answered(json!({ "user": user }))
}

/// A second key for a user; `key` is what it will act with.
pub(crate) fn create_access_key(name: &str, key: &str) -> Call {
    let answer =
        json!({ "userName": name, "accessKeyId": key, "status": "Active", "createDate": "Mar 9, 2026, 9:00:00 AM" });
    iam("CreateAccessKey", json!({ "userName": name })).answered(json!({ "accessKey": answer }))
}

pub(crate) fn attach_user_policy(name: &str, policy: &str) -> Call {
    iam("AttachUserPolicy", json!({ "userName": name, "policyArn": policy }))
}

pub(crate) fn create_login_profile(name: &str) -> Call {
    let answer = json!({ "userName": name, "createDate": "Mar 9, 2026, 9:00:00 AM", "passwordResetRequired": false });
    iam("CreateLoginProfile", json!({ "userName": name, "passwordResetRequired": false }))
        .answered(json!({ "loginProfile": answer }))
}

pub(crate) fn create_role(account: &str, name: &str, service: &str, rng: &mut Rng) -> Call {
    let trust = json!({
        "Version": "2012-10-17",
        "Statement": [{ "Effect": "Allow", "Principal": { "Service": service }, "Action": "sts:AssumeRole" }],
    });
    let role = json!({
        "path": "/",
        "roleName": name,
        "roleId": format!("AROA{}", rng.upper(17)),
        "arn": format!("arn:aws:iam::{account}:role/{name}"),
        "createDate": "Mar 9, 2026, 9:00:00 AM",
    });
    iam("CreateRole", json!({ "roleName": name, "assumeRolePolicyDocument": trust.to_string() }))
        .answered(json!({ "role": role }))
}

pub(crate) fn attach_role_policy(name: &str, policy: &str) -> Call {
    iam("AttachRolePolicy", json!({ "roleName": name, "policyArn": policy }))
}

pub(crate) fn denied(call: Call, user: &str) -> Call {
    let message = format!("User: {user} is not authorized to perform this action because no policy allows it");
    call.refused("AccessDenied", message)
}

pub(crate) fn create_key_pair(region: &'static str, name: &str, rng: &mut Rng) -> Call {
    changes(region, "ec2", "CreateKeyPair", json!({ "keyName": name, "keyType": "rsa", "keyFormat": "pem" })).answered(
        json!({ "keyName": name, "keyPairId": rng.resource_id("key"), "keyMaterial": "<sensitiveDataRemoved>" }),
    )
}

/// A group, and the rule that opens it: two calls.
pub(crate) fn open_door(region: &'static str, name: &str, from: &str, ports: Ports, rng: &mut Rng) -> [Call; 2] {
    let group = rng.resource_id("sg");
    let (low, high) = match ports {
        Ports::Ssh => (22, 22),
        Ports::All => (0, 65_535),
    };
    let permission = json!({
        "ipProtocol": "tcp",
        "fromPort": low,
        "toPort": high,
        "groups": {},
        "ipRanges": { "items": [{ "cidrIp": from }] },
        "ipv6Ranges": {},
        "prefixListIds": {},
    });
    [
        changes(region, "ec2", "CreateSecurityGroup", json!({ "groupName": name, "groupDescription": name }))
            .answered(json!({ "_return": true, "groupId": group })),
        changes(
            region,
            "ec2",
            "AuthorizeSecurityGroupIngress",
            json!({ "groupId": group, "ipPermissions": { "items": [permission] } }),
        )
        .answered(json!({ "_return": true })),
    ]
}

#[derive(Debug, Clone, Copy)]
pub(crate) enum Ports {
    Ssh,
    All,
}

/// The flag by which an instance refuses to be terminated.
pub(crate) fn protect(region: &'static str, instance: &str) -> Call {
    let request = json!({ "instanceId": instance, "disableApiTermination": { "value": true } });
    changes(region, "ec2", "ModifyInstanceAttribute", request).answered(json!({ "_return": true }))
}

fn iam(name: &'static str, request: Value) -> Call {
    changes(VIRGINIA, "iam", name, request)
}
