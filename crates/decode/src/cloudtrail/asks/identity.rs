//! Who may act: users, roles, keys and what they are allowed, accounts and regions.

use super::{Ask, Count};

const USER: &[&str] = &["request.userName"];
const ROLE: &[&str] = &["request.roleName"];
const GROUP: &[&str] = &["request.groupName"];
const POLICY: &[&str] = &["request.policyArn", "request.policyName"];

/// A user who makes a key for himself does not name himself in the request.
const OF_USER: &[(&str, &str)] = &[("user", "request.userName"), ("user", "response.accessKey|loginProfile.userName")];

pub(super) const IDENTITY: &[Ask] = &[
    Ask::of("AddUserToGroup", &[USER, GROUP]),
    Ask::of("AttachGroupPolicy", &[GROUP, POLICY]),
    Ask::of("AttachRolePolicy", &[ROLE, POLICY]),
    Ask::of("AttachUserPolicy", &[USER, POLICY]),
    Ask { parent: OF_USER, ..Ask::of("CreateAccessKey", &[&["response.accessKey.accessKeyId"]]) },
    Ask::of("CreateAccount", &[&["response.createAccountStatus.accountId", "response.createAccountStatus.id"]]),
    Ask::of("CreateBucket", &[&["request.bucketName"]]),
    Ask {
        parent: OF_USER,
        ..Ask::of("CreateLoginProfile", &[&["request.userName", "response.loginProfile.userName"]])
    },
    Ask::of("CreateRole", &[ROLE]),
    Ask::of("CreateServiceLinkedRole", &[&["response.role.roleName"], &["request.aWSServiceName"]]),
    Ask::of("CreateUser", &[USER]),
    Ask::of("EnableRegion", &[&["request.RegionName"]]),
    Ask::of("InviteAccountToOrganization", &[&["request.target.id"]]),
    Ask::of("PutGroupPolicy", &[GROUP, POLICY]),
    Ask::of("PutRolePolicy", &[ROLE, POLICY]),
    Ask::of("PutUserPolicy", &[USER, POLICY]),
    Ask {
        // The value that is wished for, in the unit of the quota.
        count: Count::Stated(&["request.desiredValue"]),
        parent: &[("service", "request.serviceCode")],
        ..Ask::of("RequestServiceQuotaIncrease", &[&["request.quotaCode"]])
    },
    Ask::of("UpdateAssumeRolePolicy", &[ROLE]),
    Ask::of("UpdateLoginProfile", &[USER]),
];
