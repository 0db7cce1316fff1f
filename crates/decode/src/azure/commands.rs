//! What the operations of Azure do, in the words of the CIM Change data model.
//!
//! Nearly every `write` is a PUT: it makes what is not there and changes what is. Which of the
//! two it was, the record says, or not (`change.rs`).

use std::sync::LazyLock;

use model::{
    Action::{self, Created, Deleted, Modified, Restarted, Started, Stopped},
    Text,
};

use crate::lenient::Scalar;

/// One operation.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Command {
    /// As Azure's list of operations spells it. Records also have it in capitals.
    pub(crate) name: &'static str,
    pub(super) does: Does,
    pub(crate) object_category: &'static str,
    /// Read in a real record, not only in documentation.
    #[cfg_attr(not(test), expect(dead_code, reason = "for the table in docs/mapping/azure.md"))]
    checked: bool,
}

/// What an operation does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Does {
    Always(Action),
    /// Creates or modifies.
    Puts,
}

impl Command {
    /// All that a record of this operation can say was done.
    pub(crate) fn actions(&self) -> &'static [Action] {
        match self.does {
            Does::Puts => &[Created, Modified],
            Does::Always(Created) => &[Created],
            Does::Always(Deleted) => &[Deleted],
            Does::Always(Modified) => &[Modified],
            Does::Always(Restarted) => &[Restarted],
            Does::Always(Started) => &[Started],
            Does::Always(Stopped) => &[Stopped],
            Does::Always(Action::Read) => &[Action::Read],
            Does::Always(Action::Updated) => &[Action::Updated],
        }
    }
}

/// In any spelling of capitals and small letters.
pub(crate) fn find(name: &str) -> Option<&'static Command> {
    static SMALL: LazyLock<Vec<String>> =
        LazyLock::new(|| COMMANDS.iter().map(|command| command.name.to_ascii_lowercase()).collect());
    let name = name.to_ascii_lowercase();
    let at = SMALL.binary_search_by(|known| (**known).cmp(&name)).ok()?;
    COMMANDS.get(at)
}

pub(crate) fn names() -> impl Iterator<Item = &'static str> {
    COMMANDS.iter().map(|command| command.name)
}

/// An operation in the form that events have: as the table spells it, or as it is written.
pub(crate) fn normal(written: &[u8]) -> Text {
    let text = Scalar::text_of(written);
    find(&text).map_or(text, |command| command.name.into())
}

pub(super) fn is_known(written: &[u8]) -> bool {
    find(&Scalar::text_of(written)).is_some()
}

/// Whether it looks as if it made machines, and is not in the table.
pub(super) fn is_unknown_compute(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    let makes_machines =
        name.starts_with("microsoft.compute/virtualmachine") || name.starts_with("microsoft.azurefleet/");
    makes_machines && name.ends_with("/write") && find(&name).is_none()
}

const fn puts(name: &'static str, object_category: &'static str) -> Command {
    Command { name, does: Does::Puts, object_category, checked: false }
}

const fn does(name: &'static str, action: Action, object_category: &'static str) -> Command {
    Command { name, does: Does::Always(action), object_category, checked: false }
}

const fn checked(command: Command) -> Command {
    Command { checked: true, ..command }
}

/// In the order of the names in small letters. What creates an `instance` is a launch.
const COMMANDS: &[Command] = &[
    puts("Microsoft.App/containerApps/write", "container_app"),
    puts("Microsoft.App/jobs/write", "container_app"),
    does("Microsoft.Authorization/elevateAccess/action", Modified, "role_assignment"),
    does("Microsoft.Authorization/policyAssignments/delete", Deleted, "policy"),
    puts("Microsoft.Authorization/policyAssignments/write", "policy"),
    puts("Microsoft.Authorization/policyExemptions/write", "policy_exemption"),
    does("Microsoft.Authorization/roleAssignments/delete", Deleted, "role_assignment"),
    puts("Microsoft.Authorization/roleAssignments/write", "role_assignment"),
    puts("Microsoft.Authorization/roleDefinitions/write", "role"),
    puts("Microsoft.Automation/automationAccounts/jobs/write", "automation_job"),
    puts("Microsoft.Automation/automationAccounts/runbooks/write", "automation_runbook"),
    puts("Microsoft.Automation/automationAccounts/write", "automation_account"),
    puts("Microsoft.AzureFleet/fleets/write", "fleet"),
    puts("Microsoft.Batch/batchAccounts/pools/write", "batch_pool"),
    puts("Microsoft.Batch/batchAccounts/write", "batch_account"),
    does("Microsoft.Batch/register/action", Modified, "provider"),
    does("Microsoft.Capacity/resourceProviders/locations/serviceLimits/write", Modified, "quota"),
    puts("Microsoft.Compute/availabilitySets/write", "availability_set"),
    checked(does("Microsoft.Compute/disks/delete", Deleted, "volume")),
    checked(puts("Microsoft.Compute/disks/write", "volume")),
    puts("Microsoft.Compute/galleries/images/versions/write", "image"),
    puts("Microsoft.Compute/images/write", "image"),
    does("Microsoft.Compute/register/action", Modified, "provider"),
    puts("Microsoft.Compute/snapshots/write", "snapshot"),
    does("Microsoft.Compute/virtualMachines/deallocate/action", Stopped, "instance"),
    checked(does("Microsoft.Compute/virtualMachines/delete", Deleted, "instance")),
    puts("Microsoft.Compute/virtualMachines/extensions/write", "extension"),
    does("Microsoft.Compute/virtualMachines/powerOff/action", Stopped, "instance"),
    does("Microsoft.Compute/virtualMachines/redeploy/action", Restarted, "instance"),
    does("Microsoft.Compute/virtualMachines/reimage/action", Modified, "instance"),
    does("Microsoft.Compute/virtualMachines/restart/action", Restarted, "instance"),
    does("Microsoft.Compute/virtualMachines/runCommand/action", Modified, "instance"),
    puts("Microsoft.Compute/virtualMachines/runCommands/write", "run_command"),
    does("Microsoft.Compute/virtualMachines/start/action", Started, "instance"),
    checked(puts("Microsoft.Compute/virtualMachines/write", "instance")),
    does("Microsoft.Compute/virtualMachineScaleSets/deallocate/action", Stopped, "instance"),
    does("Microsoft.Compute/virtualMachineScaleSets/delete", Deleted, "instance"),
    does("Microsoft.Compute/virtualMachineScaleSets/delete/action", Deleted, "instance"),
    puts("Microsoft.Compute/virtualMachineScaleSets/extensions/write", "extension"),
    does("Microsoft.Compute/virtualMachineScaleSets/manualUpgrade/action", Modified, "instance"),
    does("Microsoft.Compute/virtualMachineScaleSets/powerOff/action", Stopped, "instance"),
    does("Microsoft.Compute/virtualMachineScaleSets/reimage/action", Modified, "instance"),
    does("Microsoft.Compute/virtualMachineScaleSets/restart/action", Restarted, "instance"),
    does("Microsoft.Compute/virtualMachineScaleSets/scale/action", Modified, "instance"),
    does("Microsoft.Compute/virtualMachineScaleSets/start/action", Started, "instance"),
    does("Microsoft.Compute/virtualMachineScaleSets/virtualMachines/deallocate/action", Stopped, "instance"),
    does("Microsoft.Compute/virtualMachineScaleSets/virtualMachines/delete", Deleted, "instance"),
    does("Microsoft.Compute/virtualMachineScaleSets/virtualMachines/restart/action", Restarted, "instance"),
    does("Microsoft.Compute/virtualMachineScaleSets/virtualMachines/runCommand/action", Modified, "instance"),
    does("Microsoft.Compute/virtualMachineScaleSets/virtualMachines/start/action", Started, "instance"),
    puts("Microsoft.Compute/virtualMachineScaleSets/virtualMachines/write", "instance"),
    puts("Microsoft.Compute/virtualMachineScaleSets/write", "instance"),
    does("Microsoft.Consumption/budgets/delete", Deleted, "budget"),
    puts("Microsoft.ContainerInstance/containerGroups/write", "container_group"),
    puts("Microsoft.ContainerService/managedClusters/agentPools/write", "node_pool"),
    does("Microsoft.ContainerService/managedClusters/delete", Deleted, "cluster"),
    puts("Microsoft.ContainerService/managedClusters/write", "cluster"),
    puts("Microsoft.Databricks/workspaces/write", "databricks_workspace"),
    does("Microsoft.Features/providers/features/register/action", Modified, "provider"),
    puts("Microsoft.HDInsight/clusters/write", "cluster"),
    puts("Microsoft.MachineLearningServices/workspaces/computes/write", "ml_compute"),
    puts("Microsoft.MachineLearningServices/workspaces/write", "ml_workspace"),
    puts("Microsoft.ManagedIdentity/userAssignedIdentities/federatedIdentityCredentials/write", "federated_credential"),
    puts("Microsoft.ManagedIdentity/userAssignedIdentities/write", "managed_identity"),
    does("Microsoft.Quota/groupQuotas/write", Modified, "quota"),
    does("Microsoft.Quota/quotas/write", Modified, "quota"),
    puts("Microsoft.Resources/deployments/write", "deployment"),
    does("Microsoft.Resources/subscriptions/resourceGroups/delete", Deleted, "resource_group"),
    puts("Microsoft.Resources/subscriptions/resourceGroups/write", "resource_group"),
    does("Microsoft.Subscription/acceptOwnership/action", Modified, "subscription"),
    puts("Microsoft.Subscription/aliases/write", "subscription"),
    does("Microsoft.Subscription/cancel/action", Deleted, "subscription"),
    puts("Microsoft.Support/supportTickets/write", "support_ticket"),
    checked(puts("Microsoft.Web/sites/config/write", "app_settings")),
];

#[cfg(test)]
mod tests {
    use std::{env, fmt::Write, fs, path::Path};

    use super::*;

    #[test]
    fn the_table_is_sorted_and_found() {
        assert!(COMMANDS.is_sorted_by(|a, b| a.name.to_ascii_lowercase() < b.name.to_ascii_lowercase()));
        for name in names() {
            for spelled in [name.to_owned(), name.to_uppercase(), name.to_lowercase()] {
                assert_eq!(find(&spelled).map(|command| command.name), Some(name));
                assert_eq!(&*normal(format!("\"{spelled}\"").as_bytes()), name);
            }
        }
        assert_eq!(
            &*normal(br#""Microsoft.Authorization\/Policies/auditIfNotExists/action""#),
            "Microsoft.Authorization/Policies/auditIfNotExists/action"
        );
    }

    #[test]
    fn three_operations_launch() {
        let launching = COMMANDS.iter().filter(|c| c.actions().contains(&Created) && c.object_category == "instance");
        assert_eq!(
            launching.map(|command| command.name).collect::<Vec<_>>(),
            [
                "Microsoft.Compute/virtualMachines/write",
                "Microsoft.Compute/virtualMachineScaleSets/virtualMachines/write",
                "Microsoft.Compute/virtualMachineScaleSets/write",
            ]
        );
    }

    #[test]
    fn what_may_make_machines_and_is_not_known_is_noticed() {
        assert!(is_unknown_compute("MICROSOFT.COMPUTE/VIRTUALMACHINEGROUPS/WRITE"));
        assert!(is_unknown_compute("Microsoft.AzureFleet/swarms/write"));
        assert!(!is_unknown_compute("Microsoft.Compute/virtualMachines/write"));
        assert!(!is_unknown_compute("Microsoft.Compute/virtualMachineGroups/delete"));
        assert!(!is_unknown_compute("Microsoft.Storage/storageAccounts/write"));
    }

    /// `DAVY_BLESS=1` writes the table into the page.
    #[test]
    fn the_page_shows_the_table() {
        const BEGIN: &str = "<!-- operations: written by the tests, DAVY_BLESS=1 -->\n";
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/mapping/azure.md");
        let page = fs::read_to_string(&path).unwrap();
        let (before, _) = page.split_once(BEGIN).unwrap();
        let expected = format!("{before}{BEGIN}\n{}", table());
        if env::var_os("DAVY_BLESS").is_some_and(|bless| bless == "1") {
            fs::write(&path, expected).unwrap();
        } else {
            assert!(
                page == expected,
                "docs/mapping/azure.md is stale\nhint: DAVY_BLESS=1 cargo test -p davy-decode azure"
            );
        }
    }

    fn table() -> String {
        let mut table = String::from("| operation | action | object_category | checked |\n| --- | --- | --- | --- |\n");
        for Command { name, does, object_category, checked } in COMMANDS {
            let action = match does {
                Does::Always(action) => action.as_str(),
                Does::Puts => "created or modified",
            };
            let checked = if *checked { "yes" } else { "" };
            writeln!(table, "| `{name}` | {action} | {object_category} | {checked} |").unwrap();
        }
        table
    }
}
