//! What the operations of Google Cloud do, in the words of the CIM Change data model.

use model::Action::{self, Created, Deleted, Modified, Restarted, Started, Stopped};

/// The operation that launches. Whoever wants launches names it.
pub(crate) const LAUNCH: &str = "compute.instances.insert";

/// One operation, under its name without the version of the interface.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Command {
    pub(crate) name: &'static str,
    pub(crate) action: Action,
    pub(crate) object_category: &'static str,
    /// Its request says what machines are asked for.
    pub(crate) asks_for_machines: bool,
    /// The row was held against a real record.
    #[cfg_attr(not(test), expect(dead_code, reason = "for the page on the mapping, which a test writes"))]
    pub(crate) checked: bool,
}

pub(crate) fn find(name: &str) -> Option<&'static Command> {
    let at = COMMANDS.binary_search_by(|command| command.name.cmp(name)).ok()?;
    COMMANDS.get(at)
}

pub(crate) fn all() -> impl Iterator<Item = &'static Command> {
    COMMANDS.iter()
}

/// An operation that is not known, and may create instances for all that its name says.
pub(crate) fn looks_like_launch(name: &str) -> bool {
    name.starts_with("compute.") && name.contains("nstances.") && name.contains("nsert") && find(name).is_none()
}

/// A row that a real record has confirmed.
const fn seen(name: &'static str, action: Action, object_category: &'static str) -> Command {
    Command { name, action, object_category, asks_for_machines: false, checked: true }
}

/// A row that stands on what Google writes of it.
const fn told(name: &'static str, action: Action, object_category: &'static str) -> Command {
    Command { name, action, object_category, asks_for_machines: false, checked: false }
}

/// The request of this operation says what machines are asked for.
const fn machines(command: Command) -> Command {
    Command { asks_for_machines: true, ..command }
}

/// In the order of the names. Only three create instances that are logged as such; everything
/// else that starts machines is an event of its own kind, and so are the steps towards it.
const COMMANDS: &[Command] = &[
    seen("AssignResourceToBillingAccount", Modified, "billing"),
    told("CreateProject", Created, "project"),
    seen("SetIamPolicy", Modified, "policy"),
    told("SetOrgPolicy", Modified, "organization_policy"),
    told("UpdateBillingInfo", Modified, "billing"),
    machines(seen("compute.autoscalers.insert", Created, "autoscaler")),
    machines(told("compute.autoscalers.patch", Modified, "autoscaler")),
    machines(told("compute.autoscalers.update", Modified, "autoscaler")),
    told("compute.firewalls.delete", Deleted, "firewall"),
    seen("compute.firewalls.insert", Created, "firewall"),
    told("compute.firewalls.patch", Modified, "firewall"),
    machines(told("compute.images.insert", Created, "image")),
    machines(told("compute.instanceGroupManagers.createInstances", Modified, "autoscaling_group")),
    machines(told("compute.instanceGroupManagers.insert", Created, "autoscaling_group")),
    machines(told("compute.instanceGroupManagers.patch", Modified, "autoscaling_group")),
    machines(told("compute.instanceGroupManagers.resize", Modified, "autoscaling_group")),
    machines(seen("compute.instanceTemplates.insert", Created, "launch_template")),
    machines(seen("compute.instances.bulkInsert", Created, "instance")),
    seen("compute.instances.delete", Deleted, "instance"),
    machines(seen("compute.instances.insert", Created, "instance")),
    seen("compute.instances.reset", Restarted, "instance"),
    told("compute.instances.resume", Started, "instance"),
    machines(seen("compute.instances.setMachineType", Modified, "instance")),
    seen("compute.instances.setMetadata", Modified, "instance"),
    seen("compute.instances.start", Started, "instance"),
    seen("compute.instances.startWithEncryptionKey", Started, "instance"),
    seen("compute.instances.stop", Stopped, "instance"),
    seen("compute.instances.suspend", Stopped, "instance"),
    machines(told("compute.machineImages.insert", Created, "image")),
    told("compute.projects.setCommonInstanceMetadata", Modified, "project"),
    machines(told("compute.regionAutoscalers.insert", Created, "autoscaler")),
    machines(told("compute.regionAutoscalers.patch", Modified, "autoscaler")),
    machines(told("compute.regionAutoscalers.update", Modified, "autoscaler")),
    machines(told("compute.regionInstanceGroupManagers.createInstances", Modified, "autoscaling_group")),
    machines(told("compute.regionInstanceGroupManagers.insert", Created, "autoscaling_group")),
    machines(told("compute.regionInstanceGroupManagers.patch", Modified, "autoscaling_group")),
    machines(told("compute.regionInstanceGroupManagers.resize", Modified, "autoscaling_group")),
    machines(told("compute.regionInstanceTemplates.insert", Created, "launch_template")),
    machines(told("compute.regionInstances.bulkInsert", Created, "instance")),
    machines(seen("dataflow.jobs.create", Created, "job")),
    machines(told("google.api.cloudquotas.CloudQuotas.CreateQuotaPreference", Created, "quota")),
    machines(told("google.api.cloudquotas.CloudQuotas.UpdateQuotaPreference", Modified, "quota")),
    seen("google.api.servicemanagement.ServiceManager.ActivateServices", Created, "api_service"),
    seen("google.api.servicemanagement.ServiceManager.EnableService", Created, "api_service"),
    seen("google.api.serviceusage.ServiceUsage.BatchEnableServices", Created, "api_service"),
    seen("google.api.serviceusage.ServiceUsage.DisableService", Deleted, "api_service"),
    seen("google.api.serviceusage.ServiceUsage.EnableService", Created, "api_service"),
    machines(told("google.appengine.Versions.CreateVersion", Created, "app_version")),
    machines(told("google.cloud.aiplatform.EndpointService.DeployModel", Created, "endpoint")),
    machines(told("google.cloud.aiplatform.JobService.CreateBatchPredictionJob", Created, "job")),
    machines(told("google.cloud.aiplatform.JobService.CreateCustomJob", Created, "job")),
    machines(told("google.cloud.aiplatform.JobService.CreateHyperparameterTuningJob", Created, "job")),
    machines(told("google.cloud.aiplatform.NotebookService.AssignNotebookRuntime", Created, "notebook")),
    machines(told("google.cloud.aiplatform.NotebookService.CreateNotebookRuntimeTemplate", Created, "notebook")),
    machines(told("google.cloud.aiplatform.PersistentResourceService.CreatePersistentResource", Created, "cluster")),
    machines(told("google.cloud.aiplatform.PipelineService.CreatePipelineJob", Created, "job")),
    machines(told("google.cloud.aiplatform.PipelineService.CreateTrainingPipeline", Created, "job")),
    machines(told("google.cloud.batch.BatchService.CreateJob", Created, "job")),
    machines(seen("google.cloud.datafusion.DataFusion.CreateInstance", Created, "cluster")),
    machines(told("google.cloud.dataproc.BatchController.CreateBatch", Created, "job")),
    machines(seen("google.cloud.dataproc.ClusterController.CreateCluster", Created, "cluster")),
    machines(told("google.cloud.dataproc.ClusterController.UpdateCluster", Modified, "cluster")),
    machines(told("google.cloud.functions.CloudFunctionsService.CreateFunction", Created, "function")),
    seen("google.cloud.functions.CloudFunctionsService.SetIamPolicy", Modified, "policy"),
    machines(told("google.cloud.functions.FunctionService.CreateFunction", Created, "function")),
    machines(seen("google.cloud.ml.JobService.CreateJob", Created, "job")),
    machines(told("google.cloud.notebooks.ManagedNotebookService.CreateRuntime", Created, "notebook")),
    machines(told("google.cloud.notebooks.NotebookService.CreateInstance", Created, "notebook")),
    told("google.cloud.orgpolicy.OrgPolicy.CreatePolicy", Created, "organization_policy"),
    told("google.cloud.orgpolicy.OrgPolicy.DeletePolicy", Deleted, "organization_policy"),
    told("google.cloud.orgpolicy.OrgPolicy.UpdatePolicy", Modified, "organization_policy"),
    machines(told("google.cloud.run.Jobs.CreateJob", Created, "job")),
    told("google.cloud.run.Jobs.RunJob", Started, "job"),
    machines(told("google.cloud.run.Jobs.UpdateJob", Modified, "job")),
    machines(told("google.cloud.run.Services.CreateService", Created, "service")),
    machines(told("google.cloud.run.Services.ReplaceService", Modified, "service")),
    machines(told("google.cloud.run.Services.UpdateService", Modified, "service")),
    machines(told("google.cloud.tpu.Tpu.CreateNode", Created, "cluster")),
    machines(told("google.cloud.tpu.Tpu.CreateQueuedResource", Created, "cluster")),
    machines(told("google.cloud.workstations.Workstations.CreateWorkstationConfig", Created, "workstation")),
    machines(told("google.container.ClusterManager.CreateCluster", Created, "cluster")),
    machines(told("google.container.ClusterManager.CreateNodePool", Created, "node_pool")),
    machines(told("google.container.ClusterManager.SetNodePoolAutoscaling", Modified, "node_pool")),
    machines(told("google.container.ClusterManager.SetNodePoolSize", Modified, "node_pool")),
    machines(told("google.container.ClusterManager.UpdateCluster", Modified, "cluster")),
    machines(told("google.container.ClusterManager.UpdateNodePool", Modified, "node_pool")),
    machines(told("google.devtools.cloudbuild.CloudBuild.CreateBuild", Created, "build")),
    machines(told("google.devtools.cloudbuild.CloudBuild.CreateWorkerPool", Created, "cluster")),
    seen("google.iam.IAMPolicy.SetIamPolicy", Modified, "policy"),
    seen("google.iam.admin.CreateRole", Created, "role"),
    seen("google.iam.admin.CreateServiceAccount", Created, "service_account"),
    seen("google.iam.admin.CreateServiceAccountKey", Created, "access_key"),
    seen("google.iam.admin.DeleteServiceAccount", Deleted, "service_account"),
    told("google.iam.admin.DeleteServiceAccountKey", Deleted, "access_key"),
    told("google.iam.admin.DisableServiceAccount", Modified, "service_account"),
    told("google.iam.admin.DisableServiceAccountKey", Modified, "access_key"),
    told("google.iam.admin.EnableServiceAccount", Modified, "service_account"),
    seen("google.iam.admin.SetIAMPolicy", Modified, "service_account_policy"),
    told("google.iam.admin.UploadServiceAccountKey", Created, "access_key"),
    seen("google.logging.ConfigServiceV2.CreateExclusion", Created, "log_exclusion"),
    seen("google.logging.ConfigServiceV2.CreateSink", Created, "log_sink"),
    told("google.logging.ConfigServiceV2.DeleteSink", Deleted, "log_sink"),
    told("google.logging.ConfigServiceV2.UpdateSink", Modified, "log_sink"),
    seen("storage.buckets.create", Created, "bucket"),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_sorted_and_found() {
        let unsorted = COMMANDS.windows(2).find(|pair| pair[0].name >= pair[1].name);
        assert!(unsorted.is_none(), "{unsorted:?}");
        assert!(all().all(|command| find(command.name).is_some()));
        assert!(find("v1.compute.instances.insert").is_none());
    }

    #[test]
    fn no_name_has_a_version() {
        assert!(all().all(|command| super::super::normal::without_version(command.name) == command.name));
    }

    #[test]
    fn three_operations_create_instances() {
        let creating = all().filter(|c| c.action == Created && c.object_category == "instance");
        let names: Vec<_> = creating.map(|command| command.name).collect();
        assert_eq!(names, ["compute.instances.bulkInsert", LAUNCH, "compute.regionInstances.bulkInsert"]);
    }

    #[test]
    fn a_launch_that_is_new_is_noticed() {
        assert!(looks_like_launch("compute.instances.insertFromBackup"));
        assert!(looks_like_launch("compute.regionInstances.insert"));
        assert!(!looks_like_launch(LAUNCH));
        assert!(!looks_like_launch("compute.instances.setLabels"));
        assert!(!looks_like_launch("cloudsql.instances.insert"));
    }
}
