//! What the operations of AWS do, in the words of the CIM Change data model.

use std::{collections::HashMap, sync::LazyLock};

use foldhash::fast::RandomState;
use model::Action::{self, Created, Deleted, Modified, Restarted, Started, Stopped};

use super::{
    asks::{self, Ask},
    facts::Facts,
};

/// One operation of one service; or of any, where the name means the same in all.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Command {
    name: &'static str,
    source: Option<&'static str>,
    /// What the record must say for it to be this one; else it is the next of the same name.
    when: When,
    pub(crate) action: Action,
    pub(crate) object_category: &'static str,
}

/// One of these paths says one of these values. No paths: always.
#[derive(Debug, Clone, Copy)]
struct When {
    paths: &'static [&'static str],
    values: &'static [&'static str],
}

impl Command {
    pub(super) fn ask(&self) -> Option<&'static Ask> {
        asks::find(self.name, self.source)
    }

    fn is_of(&self, source: Option<&str>) -> bool {
        self.source.is_none() || self.source == source
    }
}

impl When {
    const ALWAYS: Self = Self { paths: &[], values: &[] };

    fn holds(&self, facts: &Facts<'_>) -> bool {
        let says = |path| facts.scalars(path).iter().any(|text| self.values.contains(&&**text));
        self.paths.is_empty() || self.paths.iter().copied().any(says)
    }
}

/// The operation of a record of this service.
pub(super) fn find(name: &str, source: Option<&str>, facts: &Facts<'_>) -> Option<&'static Command> {
    named(name).iter().find(|command| command.is_of(source) && command.when.holds(facts))
}

/// All that is called by this name.
pub(crate) fn named(name: &str) -> &'static [Command] {
    BY_NAME.get(name).copied().unwrap_or_default()
}

static BY_NAME: LazyLock<HashMap<&str, &[Command], RandomState>> =
    LazyLock::new(|| COMMANDS.chunk_by(|one, next| one.name == next.name).map(|same| (same[0].name, same)).collect());

pub(crate) fn names() -> impl Iterator<Item = &'static str> {
    COMMANDS.iter().map(|command| command.name)
}

/// Beginnings of names that start machines, whatever comes behind.
const STARTS: [&str; 3] = ["LaunchInstance", "RequestSpot", "RunInstances"];

/// Whether an operation that is not known has a name like one that asks for machines: a new
/// version of it, or another spelling.
pub(crate) fn is_suspect(name: &str) -> bool {
    if !named(name).is_empty() {
        return false;
    }
    let stem = stem(name);
    let is_like = |command: &Command| self::stem(command.name).eq_ignore_ascii_case(stem);
    // Most names are done with before the table is gone through: a file has fifty.
    let is_odd = stem.len() < name.len() || !is_spelt_as_usual(name);
    STARTS.iter().any(|start| name.starts_with(start))
        || (is_odd && COMMANDS.iter().any(|command| is_like(command) && command.asks_for_compute()))
}

/// As all names in the table: a capital, and then a small letter.
fn is_spelt_as_usual(name: &str) -> bool {
    matches!(name.as_bytes(), [b'A'..=b'Z', b'a'..=b'z', ..])
}

impl Command {
    fn asks_for_compute(&self) -> bool {
        self.name == "RunInstances" || self.ask().is_some_and(Ask::is_for_compute)
    }
}

/// A name without its version: `CreateFunction20150331v2`, `RunInstancesV2`.
fn stem(name: &str) -> &str {
    let digits = |c: char| c.is_ascii_digit() || c == '_';
    let bare = name.trim_end_matches(digits);
    match bare.strip_suffix(['v', 'V']) {
        Some(unversioned) if bare.len() < name.len() => unversioned.trim_end_matches(digits),
        _ => bare,
    }
}

/// An operation whose name is used by one service, or means the same in all.
const fn any(name: &'static str, action: Action, object_category: &'static str) -> Command {
    Command { name, source: None, when: When::ALWAYS, action, object_category }
}

const fn of(source: &'static str, name: &'static str, action: Action, object_category: &'static str) -> Command {
    Command { name, source: Some(source), when: When::ALWAYS, action, object_category }
}

const ACCOUNT: &str = "account.amazonaws.com";
const AMPLIFY: &str = "amplify.amazonaws.com";
const APPLICATION_AUTO_SCALING: &str = "application-autoscaling.amazonaws.com";
const APP_RUNNER: &str = "apprunner.amazonaws.com";
const APP_STREAM: &str = "appstream.amazonaws.com";
const AUTO_SCALING: &str = "autoscaling.amazonaws.com";
const BATCH: &str = "batch.amazonaws.com";
const CLOUD_FORMATION: &str = "cloudformation.amazonaws.com";
const CLOUD_FRONT: &str = "cloudfront.amazonaws.com";
const CLOUD_TRAIL: &str = "cloudtrail.amazonaws.com";
const CODE_BUILD: &str = "codebuild.amazonaws.com";
const EC2: &str = "ec2.amazonaws.com";
const ECS: &str = "ecs.amazonaws.com";
const EKS: &str = "eks.amazonaws.com";
const ELASTIC_MAP_REDUCE: &str = "elasticmapreduce.amazonaws.com";
const GAME_LIFT: &str = "gamelift.amazonaws.com";
const GLUE: &str = "glue.amazonaws.com";
const GUARD_DUTY: &str = "guardduty.amazonaws.com";
const IMAGE_BUILDER: &str = "imagebuilder.amazonaws.com";
const KAFKA: &str = "kafka.amazonaws.com";
const LAMBDA: &str = "lambda.amazonaws.com";
const LIGHTSAIL: &str = "lightsail.amazonaws.com";
const MONITORING: &str = "monitoring.amazonaws.com";
const ORGANIZATIONS: &str = "organizations.amazonaws.com";
const SAGE_MAKER: &str = "sagemaker.amazonaws.com";
const SERVICE_QUOTAS: &str = "servicequotas.amazonaws.com";
const SUPPORT: &str = "support.amazonaws.com";
const WORK_SPACES: &str = "workspaces.amazonaws.com";

/// An instance that cannot be stopped or terminated until this is taken back. The value may be
/// withheld where the attribute is named.
const PROTECTED: When = When {
    paths: &[
        "request.disableApiTermination.value",
        "request.disableApiTermination",
        "request.disableApiStop.value",
        "request.disableApiStop",
        "request.attribute",
    ],
    values: &["true", "disableApiTermination", "disableApiStop"],
};

/// A function that anybody may call.
const FOR_ALL: When = When { paths: &["request.principal"], values: &["*"] };

/// An address of a function under which nobody has to say who he is.
const UNSIGNED: When = When { paths: &["request.authType"], values: &["NONE"] };

/// Machines that are reached from everywhere.
const FROM_ANYWHERE: When = When {
    paths: &["request.ipPermissions.ipRanges.cidrIp", "request.ipPermissions.ipv6Ranges.cidrIpv6", "request.cidrIp"],
    values: &["0.0.0.0/0", "::/0"],
};

/// In the order of the names, and of the services under one name. Only `RunInstances` creates
/// instances: fleets, spot requests and groups launch through it, in a record that the service
/// writes.
const COMMANDS: &[Command] = &[
    any("AddClientIDToOpenIDConnectProvider", Created, "identity_provider"),
    of(ELASTIC_MAP_REDUCE, "AddInstanceFleet", Created, "instance_fleet"),
    of(ELASTIC_MAP_REDUCE, "AddInstanceGroups", Created, "instance_group"),
    Command { when: FOR_ALL, ..of(LAMBDA, "AddPermission20150331v2", Modified, "public_function_permission") },
    of(LAMBDA, "AddPermission20150331v2", Modified, "function_permission"),
    any("AddRoleToInstanceProfile", Created, "instance_profile"),
    any("AddUserToGroup", Created, "group"),
    of(EC2, "AllocateHosts", Created, "dedicated_host"),
    any("AttachGroupPolicy", Modified, "group"),
    any("AttachRolePolicy", Modified, "role"),
    any("AttachUserPolicy", Modified, "user"),
    Command { when: FROM_ANYWHERE, ..of(EC2, "AuthorizeSecurityGroupIngress", Modified, "public_security_group") },
    of(EC2, "AuthorizeSecurityGroupIngress", Modified, "security_group"),
    of(EC2, "CopyImage", Created, "image"),
    of(EKS, "CreateAccessEntry", Created, "access_entry"),
    any("CreateAccessKey", Created, "access_key"),
    of(ORGANIZATIONS, "CreateAccount", Created, "account"),
    any("CreateAccountAlias", Created, "account"),
    of(AMPLIFY, "CreateApp", Created, "amplify_app"),
    of(SAGE_MAKER, "CreateApp", Created, "sagemaker_app"),
    of(APP_RUNNER, "CreateAutoScalingConfiguration", Created, "autoscaling_configuration"),
    any("CreateAutoScalingGroup", Created, "autoscaling_group"),
    of(AMPLIFY, "CreateBackendEnvironment", Created, "backend_environment"),
    of(AMPLIFY, "CreateBranch", Created, "branch"),
    any("CreateBucket", Created, "bucket"),
    of(ECS, "CreateCapacityProvider", Created, "capacity_provider"),
    of(EC2, "CreateCapacityReservation", Created, "capacity_reservation"),
    of(SUPPORT, "CreateCase", Created, "support_case"),
    of(ECS, "CreateCluster", Created, "ecs_cluster"),
    of(EKS, "CreateCluster", Created, "eks_cluster"),
    of(SAGE_MAKER, "CreateCluster", Created, "sagemaker_cluster"),
    of(KAFKA, "CreateClusterV2", Created, "kafka_cluster"),
    of(IMAGE_BUILDER, "CreateComponent", Created, "image_component"),
    of(BATCH, "CreateComputeEnvironment", Created, "compute_environment"),
    of(LIGHTSAIL, "CreateContainerService", Created, "container_service"),
    any("CreateDeliveryStream", Created, "delivery_stream"),
    of(AMPLIFY, "CreateDeployment", Created, "amplify_job"),
    of(GLUE, "CreateDevEndpoint", Created, "dev_endpoint"),
    of(SAGE_MAKER, "CreateEndpoint", Created, "sagemaker_endpoint"),
    of(SAGE_MAKER, "CreateEndpointConfig", Created, "endpoint_config"),
    of(EKS, "CreateFargateProfile", Created, "fargate_profile"),
    of(GUARD_DUTY, "CreateFilter", Created, "finding_filter"),
    of(APP_STREAM, "CreateFleet", Created, "appstream_fleet"),
    of(CODE_BUILD, "CreateFleet", Created, "build_fleet"),
    of(EC2, "CreateFleet", Created, "fleet"),
    of(GAME_LIFT, "CreateFleet", Created, "gamelift_fleet"),
    of(LAMBDA, "CreateFunction", Created, "function"),
    any("CreateFunction20150331", Created, "function"),
    of(CLOUD_FRONT, "CreateFunction2020_05_31", Created, "edge_function"),
    Command { when: UNSIGNED, ..of(LAMBDA, "CreateFunctionUrlConfig", Created, "public_function_url") },
    of(LAMBDA, "CreateFunctionUrlConfig", Created, "function_url"),
    of(GAME_LIFT, "CreateGameServerGroup", Created, "game_server_group"),
    any("CreateGroup", Created, "group"),
    of(EC2, "CreateImage", Created, "image"),
    of(IMAGE_BUILDER, "CreateImage", Created, "image_build"),
    of(IMAGE_BUILDER, "CreateImagePipeline", Created, "image_pipeline"),
    of(IMAGE_BUILDER, "CreateInfrastructureConfiguration", Created, "image_infrastructure"),
    any("CreateInstanceProfile", Created, "instance_profile"),
    of(LIGHTSAIL, "CreateInstances", Created, "lightsail_instance"),
    of(LIGHTSAIL, "CreateInstancesFromSnapshot", Created, "lightsail_instance"),
    of(GLUE, "CreateJob", Created, "glue_job"),
    of(BATCH, "CreateJobQueue", Created, "job_queue"),
    of(EC2, "CreateKeyPair", Created, "key_pair"),
    any("CreateKeyspace", Created, "keyspace"),
    of(AUTO_SCALING, "CreateLaunchConfiguration", Created, "launch_configuration"),
    of(EC2, "CreateLaunchTemplate", Created, "launch_template"),
    of(EC2, "CreateLaunchTemplateVersion", Created, "launch_template"),
    any("CreateLogGroup", Created, "log_group"),
    any("CreateLogStream", Created, "log_stream"),
    any("CreateLoginProfile", Created, "login_profile"),
    any("CreateNetworkAcl", Created, "network_acl"),
    any("CreateNetworkInterface", Created, "network_interface"),
    of(EKS, "CreateNodegroup", Created, "nodegroup"),
    of(SAGE_MAKER, "CreateNotebookInstance", Created, "notebook_instance"),
    of(SAGE_MAKER, "CreateNotebookInstanceLifecycleConfig", Created, "notebook_lifecycle_config"),
    any("CreateOpenIDConnectProvider", Created, "identity_provider"),
    any("CreatePlatformEndpoint", Created, "endpoint"),
    any("CreatePolicy", Created, "policy"),
    any("CreatePolicyVersion", Created, "policy"),
    of(SAGE_MAKER, "CreateProcessingJob", Created, "processing_job"),
    of(CODE_BUILD, "CreateProject", Created, "build_project"),
    any("CreateQueue", Created, "queue"),
    any("CreateRole", Created, "role"),
    any("CreateSAMLProvider", Created, "identity_provider"),
    any("CreateSecurityGroup", Created, "security_group"),
    of(APP_RUNNER, "CreateService", Created, "apprunner_service"),
    of(ECS, "CreateService", Created, "ecs_service"),
    any("CreateServiceLinkedRole", Created, "service_linked_role"),
    any("CreateStack", Created, "stack"),
    of(CLOUD_FORMATION, "CreateStackInstances", Created, "stack"),
    of(CLOUD_FORMATION, "CreateStackSet", Created, "stack_set"),
    any("CreateTable", Created, "table"),
    any("CreateTags", Created, "tag"),
    of(ECS, "CreateTaskSet", Created, "ecs_service"),
    of(SAGE_MAKER, "CreateTrainingJob", Created, "training_job"),
    of(SAGE_MAKER, "CreateTransformJob", Created, "transform_job"),
    any("CreateUser", Created, "user"),
    any("CreateVolume", Created, "volume"),
    of(WORK_SPACES, "CreateWorkspaces", Created, "workspace"),
    of(MONITORING, "DeleteAlarms", Deleted, "alarm"),
    of(GUARD_DUTY, "DeleteDetector", Deleted, "detector"),
    of(SAGE_MAKER, "DeleteEndpoint", Deleted, "sagemaker_endpoint"),
    of(SAGE_MAKER, "DeleteNotebookInstance", Deleted, "notebook_instance"),
    of(ECS, "DeleteService", Deleted, "ecs_service"),
    of(CLOUD_TRAIL, "DeleteTrail", Deleted, "trail"),
    of(ACCOUNT, "EnableRegion", Modified, "region"),
    of(EC2, "ImportKeyPair", Created, "key_pair"),
    of(ORGANIZATIONS, "InviteAccountToOrganization", Modified, "account"),
    of(AUTO_SCALING, "LaunchInstances", Started, "autoscaling_group"),
    of(ORGANIZATIONS, "LeaveOrganization", Modified, "account"),
    of(EC2, "ModifyFleet", Modified, "fleet"),
    Command { when: PROTECTED, ..of(EC2, "ModifyInstanceAttribute", Modified, "instance_protection") },
    of(EC2, "ModifyInstanceAttribute", Modified, "instance"),
    of(ELASTIC_MAP_REDUCE, "ModifyInstanceGroups", Modified, "instance_group"),
    of(EC2, "ModifySpotFleetRequest", Modified, "spot_fleet"),
    of(CLOUD_TRAIL, "PutEventSelectors", Modified, "trail"),
    of(LAMBDA, "PutFunctionConcurrency20171031", Modified, "function"),
    any("PutGroupPolicy", Modified, "group"),
    of(ELASTIC_MAP_REDUCE, "PutManagedScalingPolicy", Modified, "job_flow"),
    of(LAMBDA, "PutProvisionedConcurrencyConfig", Modified, "function"),
    any("PutRolePolicy", Modified, "role"),
    of(AUTO_SCALING, "PutScalingPolicy", Modified, "scaling_policy"),
    of(AUTO_SCALING, "PutScheduledUpdateGroupAction", Modified, "scheduled_action"),
    any("PutUserPolicy", Modified, "user"),
    of(EC2, "RebootInstances", Restarted, "instance"),
    of(EC2, "RegisterImage", Created, "image"),
    of(BATCH, "RegisterJobDefinition", Created, "job_definition"),
    of(APPLICATION_AUTO_SCALING, "RegisterScalableTarget", Modified, "scalable_target"),
    of(ECS, "RegisterTaskDefinition", Created, "task_definition"),
    of(SERVICE_QUOTAS, "RequestServiceQuotaIncrease", Modified, "quota"),
    of(EC2, "RequestSpotFleet", Created, "spot_fleet"),
    of(EC2, "RequestSpotInstances", Created, "spot_request"),
    of(EC2, "RunInstances", Created, "instance"),
    of(ELASTIC_MAP_REDUCE, "RunJobFlow", Created, "job_flow"),
    of(EC2, "RunScheduledInstances", Created, "scheduled_instance"),
    of(ECS, "RunTask", Created, "ecs_task"),
    of(AUTO_SCALING, "SetDesiredCapacity", Modified, "autoscaling_group"),
    of(CODE_BUILD, "StartBuild", Started, "build"),
    of(CODE_BUILD, "StartBuildBatch", Started, "build"),
    of(APP_STREAM, "StartFleet", Started, "appstream_fleet"),
    of(IMAGE_BUILDER, "StartImagePipelineExecution", Started, "image_build"),
    of(EC2, "StartInstances", Started, "instance"),
    of(AMPLIFY, "StartJob", Started, "amplify_job"),
    of(GLUE, "StartJobRun", Started, "glue_job_run"),
    of(SAGE_MAKER, "StartNotebookInstance", Started, "notebook_instance"),
    of(ECS, "StartTask", Created, "ecs_task"),
    of(CODE_BUILD, "StopBuild", Stopped, "build"),
    of(CODE_BUILD, "StopBuildBatch", Stopped, "build"),
    of(EC2, "StopInstances", Stopped, "instance"),
    of(CLOUD_TRAIL, "StopLogging", Stopped, "trail"),
    of(SAGE_MAKER, "StopNotebookInstance", Stopped, "notebook_instance"),
    of(SAGE_MAKER, "StopProcessingJob", Stopped, "processing_job"),
    of(ECS, "StopTask", Stopped, "ecs_task"),
    of(SAGE_MAKER, "StopTrainingJob", Stopped, "training_job"),
    of(SAGE_MAKER, "StopTransformJob", Stopped, "transform_job"),
    of(BATCH, "SubmitJob", Created, "batch_job"),
    any("TagUser", Created, "tag"),
    of(EC2, "TerminateInstances", Deleted, "instance"),
    any("UpdateAssumeRolePolicy", Modified, "role"),
    of(AUTO_SCALING, "UpdateAutoScalingGroup", Modified, "autoscaling_group"),
    of(BATCH, "UpdateComputeEnvironment", Modified, "compute_environment"),
    of(GUARD_DUTY, "UpdateDetector", Modified, "detector"),
    of(GLUE, "UpdateDevEndpoint", Modified, "dev_endpoint"),
    of(APP_STREAM, "UpdateFleet", Modified, "appstream_fleet"),
    of(GAME_LIFT, "UpdateFleetCapacity", Modified, "gamelift_fleet"),
    of(LAMBDA, "UpdateFunctionCode20150331v2", Modified, "function"),
    of(LAMBDA, "UpdateFunctionConfiguration20150331v2", Modified, "function"),
    any("UpdateLoginProfile", Modified, "login_profile"),
    of(EKS, "UpdateNodegroupConfig", Modified, "nodegroup"),
    of(ECS, "UpdateService", Modified, "ecs_service"),
    of(CLOUD_FORMATION, "UpdateStack", Modified, "stack"),
    of(CLOUD_TRAIL, "UpdateTrail", Modified, "trail"),
];

#[cfg(test)]
pub(super) fn all() -> &'static [Command] {
    COMMANDS
}

#[cfg(test)]
impl Command {
    pub(super) fn name(&self) -> &'static str {
        self.name
    }

    /// Paths, and the values of which one must stand at one of them.
    pub(super) fn condition(&self) -> (&'static [&'static str], &'static [&'static str]) {
        (self.when.paths, self.when.values)
    }

    pub(super) fn source(&self) -> Option<&'static str> {
        self.source
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_sorted_and_found() {
        assert!(COMMANDS.is_sorted_by_key(|command| (command.name, command.source)));
        for command in COMMANDS {
            let same = |other: &&Command| other.source == command.source && other.when.paths.is_empty();
            let unconditional = named(command.name).iter().filter(same).count();
            assert_eq!(unconditional, 1, "{}", command.name);
        }
        assert!(named("DescribeInstances").is_empty() && named("").is_empty() && named("~").is_empty());
        assert_eq!(named("CreateFleet").len(), 4);
    }

    #[test]
    fn every_ask_is_of_a_command() {
        for (source, ask) in asks::all() {
            let commands = named(ask.name).iter().filter(|command| source.is_none() || command.is_of(source));
            assert!(commands.clone().count() > 0, "{source:?} {}", ask.name);
            for command in commands {
                assert!(command.ask().is_some_and(|found| std::ptr::eq(found, ask)), "{source:?} {}", ask.name);
            }
        }
    }

    #[test]
    fn only_run_instances_creates_instances() {
        let creating = COMMANDS.iter().filter(|c| c.action == Created && c.object_category == "instance");
        assert_eq!(creating.map(|command| command.name).collect::<Vec<_>>(), ["RunInstances"]);
    }

    #[test]
    fn a_new_version_or_spelling_of_a_command_is_suspect() {
        let suspect = [
            "RunInstancesV2",
            "RunInstancesWithModel",
            "runInstances",
            "CreateFleetV3",
            "CreateFunction20240101",
            "CreateFunction20240101v3",
            "CREATEAUTOSCALINGGROUP",
            "RequestSpotCapacity",
            "RunTask2",
        ];
        assert_eq!(suspect.map(is_suspect), [true; 9]);
        let ordinary = [
            "RunInstances",
            "DescribeInstances",
            "CreateFunction2020_05_31",
            "CreateFunction20150331",
            "CreateClusterV2",
            "CreateDistribution2020_05_31",
            "DeleteFunction20150331",
            "CreateFleetMetric",
            "CreateUser2",
            "",
            "20150331",
            "v2",
            "V",
        ];
        for name in ordinary {
            assert!(!is_suspect(name), "{name}");
        }
    }
}
