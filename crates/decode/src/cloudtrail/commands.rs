//! What the operations of AWS do, in the words of the CIM Change data model.

use model::Action::{self, Created, Deleted, Restarted, Started, Stopped};

/// One operation.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Command {
    name: &'static str,
    /// The only service in which this name means this, where others use it too.
    source: Option<&'static str>,
    pub(crate) action: Action,
    pub(crate) object_category: &'static str,
}

impl Command {
    /// Whether a record of this service is of this operation.
    pub(crate) fn is_of(&self, event_source: Option<&str>) -> bool {
        self.source.is_none() || self.source == event_source
    }
}

pub(crate) fn find(name: &str) -> Option<&'static Command> {
    let at = COMMANDS.binary_search_by(|command| command.name.cmp(name)).ok()?;
    COMMANDS.get(at)
}

pub(crate) fn names() -> impl Iterator<Item = &'static str> {
    COMMANDS.iter().map(|command| command.name)
}

const EC2: &str = "ec2.amazonaws.com";

/// An operation whose name is used by one service, or means the same in all.
const fn any(name: &'static str, action: Action, object_category: &'static str) -> Command {
    Command { name, source: None, action, object_category }
}

const fn ec2(name: &'static str, action: Action, object_category: &'static str) -> Command {
    Command { name, source: Some(EC2), action, object_category }
}

/// In the order of the names. Only `RunInstances` creates instances: fleets, spot requests
/// and groups launch through it, in a record that the service writes.
const COMMANDS: &[Command] = &[
    any("AddClientIDToOpenIDConnectProvider", Created, "identity_provider"),
    any("AddRoleToInstanceProfile", Created, "instance_profile"),
    any("AddUserToGroup", Created, "group"),
    ec2("CopyImage", Created, "image"),
    any("CreateAccountAlias", Created, "account"),
    any("CreateAutoScalingGroup", Created, "autoscaling_group"),
    any("CreateBucket", Created, "bucket"),
    any("CreateDeliveryStream", Created, "delivery_stream"),
    ec2("CreateFleet", Created, "fleet"),
    any("CreateFunction20150331", Created, "function"),
    any("CreateGroup", Created, "group"),
    ec2("CreateImage", Created, "image"),
    any("CreateInstanceProfile", Created, "instance_profile"),
    any("CreateKeyspace", Created, "keyspace"),
    ec2("CreateLaunchTemplate", Created, "launch_template"),
    any("CreateLogGroup", Created, "log_group"),
    any("CreateLogStream", Created, "log_stream"),
    any("CreateNetworkAcl", Created, "network_acl"),
    any("CreateNetworkInterface", Created, "network_interface"),
    any("CreateOpenIDConnectProvider", Created, "identity_provider"),
    any("CreatePlatformEndpoint", Created, "endpoint"),
    any("CreatePolicy", Created, "policy"),
    any("CreatePolicyVersion", Created, "policy"),
    any("CreateQueue", Created, "queue"),
    any("CreateRole", Created, "role"),
    any("CreateSAMLProvider", Created, "identity_provider"),
    any("CreateSecurityGroup", Created, "security_group"),
    any("CreateStack", Created, "stack"),
    any("CreateTable", Created, "table"),
    any("CreateTags", Created, "tag"),
    any("CreateUser", Created, "user"),
    any("CreateVolume", Created, "volume"),
    ec2("RebootInstances", Restarted, "instance"),
    ec2("RegisterImage", Created, "image"),
    ec2("RequestSpotFleet", Created, "spot_fleet"),
    ec2("RequestSpotInstances", Created, "spot_request"),
    ec2("RunInstances", Created, "instance"),
    ec2("StartInstances", Started, "instance"),
    ec2("StopInstances", Stopped, "instance"),
    any("TagUser", Created, "tag"),
    ec2("TerminateInstances", Deleted, "instance"),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_sorted_and_found() {
        assert!(COMMANDS.is_sorted_by(|a, b| a.name < b.name));
        assert!(names().all(|name| find(name).is_some()));
        assert!(find("DescribeInstances").is_none());
    }

    #[test]
    fn only_run_instances_creates_instances() {
        let creating = COMMANDS.iter().filter(|c| c.action == Created && c.object_category == "instance");
        assert_eq!(creating.map(|command| command.name).collect::<Vec<_>>(), ["RunInstances"]);
    }
}
