//! `CloudFormation`: what it makes is made in its name, in every region it is told.

use super::Ask;

const SET: &[(&str, &str)] = &[("stack_set", "request.stackSetName")];

pub(super) const STACKS: &[Ask] = &[
    Ask::of("CreateStack", &[&["request.stackName"], &["response.stackId"]]),
    Ask { parent: SET, ..Ask::of("CreateStackInstances", &[&["response.operationId"], &["request.regions"]]) },
    Ask::of("CreateStackSet", &[&["request.stackSetName"], &["response.stackSetId"]]),
    Ask::of("UpdateStack", &[&["request.stackName"], &["response.stackId"]]),
];
