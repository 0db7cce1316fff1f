//! Which of a thief's changes decide: those that are about compute, and not about any break-in.
//!
//! The line is AWS's own. Its deny list for leaked keys (`AWSCompromisedKeyQuarantineV3`) has two
//! halves: what is done to run and to spend, and what is done to come in and to stay. What is of the
//! first half or would belong there (requests for compute of every kind, refused and dry runs too;
//! templates, quotas, regions, services switched on; rules and trails removed; machines protected)
//! decides. The second half is done by every intruder and by every administrator: a name, a key, a
//! right, a sign-in. So are the doors of a network, which all launches have. Nobody can tell from
//! those alone what is to be stolen.

/// Everything that is not in this list decides.
const OF_ANY_BREAK_IN: &[&str] = &[
    // Who may act, and sign-ins.
    "AttachRolePolicy",
    "AttachUserPolicy",
    "ConsoleLogin",
    "CreateAccessKey",
    "CreateLoginProfile",
    "CreateRole",
    "CreateUser",
    "Microsoft.Authorization/elevateAccess/action",
    "Microsoft.Authorization/roleAssignments/write",
    // Doors.
    "AuthorizeSecurityGroupIngress",
    "CreateKeyPair",
    "CreateSecurityGroup",
];

pub(super) fn is_decisive(operation: &str) -> bool {
    !OF_ANY_BREAK_IN.contains(&operation)
}
