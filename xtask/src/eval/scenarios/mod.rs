//! The scenarios: twelve thefts and fourteen days that only look like one. Each is a file.
//!
//! They are written from public reports, and not from what any detection can see.

mod a01_leaked_key_sweep;
mod a02_containers_and_groups;
mod a03_container_blitz;
mod a04_by_hand_in_the_console;
mod a05_stolen_machine_role;
mod a06_micro_swarm;
mod a07_without_machines;
mod a08_one_gpu;
mod a09_google_service_account;
mod a10_azure_takeover;
mod a11_low_and_slow;
mod a12_spot_fleets;
mod b01_group_burst;
mod b02_build_day;
mod b03_image_rollout;
mod b04_new_region;
mod b05_karpenter_churn;
mod b06_nightly_cluster;
mod b07_disaster_drill;
mod b08_new_colleague;
mod b09_release_day;
mod b10_group_heals;
mod b11_cluster_grows;
mod b12_first_gpu;
mod b13_security_drill;
mod b14_load_test;
mod thieves;

use super::label::Severity;
use super::story::Story;

/// A story, and when it may begin.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Scenario {
    pub(crate) id: &'static str,
    pub(crate) title: &'static str,
    /// Earliest and latest hour of the day: thieves come at any time, colleagues do not.
    pub(crate) hours: (u64, u64),
    /// What it may be taken for at most.
    pub(crate) ceiling: Severity,
    pub(crate) tell: fn(&mut Story),
}

impl Scenario {
    pub(crate) fn named(id: &str) -> Option<&'static Self> {
        SCENARIOS.iter().find(|scenario| scenario.id.eq_ignore_ascii_case(id))
    }

    pub(crate) fn is_attack(&self) -> bool {
        self.id.starts_with('A')
    }

    /// B1 to B11: an alarm about any of them is false, whoever looks.
    pub(crate) fn must_not_be_high(&self) -> bool {
        let number = self.id.strip_prefix('B').map(|rest| rest.trim_end_matches('u').parse());
        matches!(number, Some(Ok(1..=11)))
    }

    /// A11 is expected to be missed: it is there to say where the limit is.
    pub(crate) fn is_judged_for_recall(&self) -> bool {
        self.is_attack() && self.id != "A11"
    }
}

const fn attack(id: &'static str, title: &'static str, tell: fn(&mut Story)) -> Scenario {
    Scenario { id, title, hours: (0, 20), ceiling: Severity::Critical, tell }
}

const fn benign(id: &'static str, title: &'static str, ceiling: Severity, tell: fn(&mut Story)) -> Scenario {
    Scenario { id, title, hours: (8, 13), ceiling, tell }
}

/// A world in which nothing happens, for the alerts of ordinary life.
fn tell_nothing(_: &mut Story) {}

pub(crate) const SCENARIOS: &[Scenario] = &[
    attack("A1", "leaked key sweep", a01_leaked_key_sweep::tell),
    attack("A1q", "leaked key sweep, quarantined", a01_leaked_key_sweep::tell_quarantined),
    attack("A2", "containers and groups", a02_containers_and_groups::tell),
    attack("A3", "container blitz", a03_container_blitz::tell),
    attack("A4", "by hand in the console", a04_by_hand_in_the_console::tell),
    attack("A5", "stolen machine role", a05_stolen_machine_role::tell),
    attack("A6", "micro swarm", a06_micro_swarm::tell),
    attack("A7", "without machines", a07_without_machines::tell),
    attack("A8", "one GPU", a08_one_gpu::tell),
    attack("A9", "Google service account key", a09_google_service_account::tell),
    attack("A9s", "the same, key disabled by Google", a09_google_service_account::tell_stopped),
    attack("A10", "Azure takeover", a10_azure_takeover::tell),
    attack("A11", "low and slow", a11_low_and_slow::tell),
    attack("A12", "spot fleets", a12_spot_fleets::tell),
    benign("B1", "group burst", Severity::None, b01_group_burst::tell),
    benign("B2", "build day", Severity::None, b02_build_day::tell),
    benign("B3", "image rollout", Severity::None, b03_image_rollout::tell),
    benign("B4", "new region", Severity::Low, b04_new_region::tell),
    benign("B5", "Karpenter churn", Severity::Low, b05_karpenter_churn::tell),
    benign("B6", "nightly cluster", Severity::None, b06_nightly_cluster::tell),
    benign("B7", "disaster drill", Severity::Low, b07_disaster_drill::tell),
    benign("B7u", "disaster drill, undeclared", Severity::Medium, b07_disaster_drill::tell),
    benign("B8", "new colleague", Severity::Low, b08_new_colleague::tell),
    benign("B9", "release day", Severity::None, b09_release_day::tell),
    benign("B10", "Google group heals", Severity::None, b10_group_heals::tell),
    benign("B11", "Azure cluster grows", Severity::None, b11_cluster_grows::tell),
    benign("B12", "first GPU", Severity::Medium, b12_first_gpu::tell),
    benign("B13", "security drill", Severity::Low, b13_security_drill::tell),
    benign("B14", "load test", Severity::Low, b14_load_test::tell),
    benign("quiet", "ordinary life", Severity::None, tell_nothing),
];
