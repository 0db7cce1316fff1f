//! Groups that grow and shrink by themselves: Auto Scaling, and the cluster with Karpenter.

use serde_json::json;

use super::Today;
use super::automation::instant_fleet;
use super::cast::{self, NODE_IMAGE, PRODUCTION};
use crate::eval::aws::groups;
use crate::eval::aws::machines::Machines;
use crate::eval::aws::refusal::Refusal;
use crate::eval::aws::regions::{IRELAND, VIRGINIA};
use crate::eval::story::{Story, changes};
use crate::sample::launch::stop;

/// An Auto Scaling group that is older than the log.
pub(crate) struct Group {
    pub(crate) region: &'static str,
    pub(crate) name: &'static str,
    pub(crate) template: &'static str,
    pub(crate) instance_type: &'static str,
    /// The image that the weekly rollout gives it.
    pub(crate) image: &'static str,
}

pub(crate) const GROUPS: [Group; 2] = [
    Group {
        region: VIRGINIA,
        name: "web-production",
        template: "lt-0d5c1f7a92e8b3640",
        instance_type: "m6i.xlarge",
        image: "web",
    },
    Group {
        region: IRELAND,
        name: "api-production",
        template: "lt-09a3e6b8d4c7f1025",
        instance_type: "c5.xlarge",
        image: "api",
    },
];

impl Group {
    /// The service starts so many more.
    pub(crate) fn grow(&self, story: &mut Story, count: u64, week: i64) -> Vec<String> {
        let machines = self.child(count, week);
        story.starts(&cast::auto_scaling(PRODUCTION), &machines)
    }

    pub(crate) fn child(&self, count: u64, week: i64) -> Machines {
        let image = cast::own_image(self.image, week);
        groups::child(
            self.region,
            self.name,
            self.template,
            Machines::new(self.region, self.instance_type, image, count),
        )
    }
}

/// More in the morning, less at night.
pub(crate) fn auto_scaling(story: &mut Story, today: &Today) {
    for group in &GROUPS {
        // The image is that of the last Tuesday that history tells of.
        let week = (today.day.number.min(today.last) - 1).div_euclid(7);
        let rounds = if today.works() { story.rng.between(2, 5) } else { 1 };
        for round in 0..rounds {
            story.at_hour(0, 7 + 2 * round.cast_signed(), 0);
            story.wait(100, 3000);
            let count = story.rng.between(1, 4);
            let ids = group.grow(story, count, week);
            story.at_hour(0, 20, 0);
            story.wait(100, 3000);
            story.does(&cast::auto_scaling(PRODUCTION), stop(group.region, "TerminateInstances", &ids));
        }
    }
}

/// Pods come and go, and machines with them. Now and then the controller asks what it may do.
pub(crate) fn karpenter(story: &mut Story, today: &Today) {
    let rounds = if today.works() { story.rng.between(12, 20) } else { story.rng.between(4, 8) };
    for round in 0..rounds {
        let (hour, minute) = (story.rng.between(0, 22), story.rng.between(0, 59));
        story.at_hour(0, hour.cast_signed(), minute.cast_signed());
        if round % 6 == 0 {
            dry_runs(story);
        }
        scale_up(story, NODE_TYPES);
    }
}

/// "Would I be allowed to?", as the controller asks after each change of its node class.
pub(crate) fn dry_runs(story: &mut Story) {
    let karpenter = cast::karpenter();
    let machines = Machines::new(VIRGINIA, "m5.large", NODE_IMAGE, 1);
    let probe = machines.refused(PRODUCTION, Refusal::DryRun, &mut story.rng);
    story.does(&karpenter, probe);
    for (name, wrapper) in
        [("CreateFleet", "CreateFleetRequest"), ("CreateLaunchTemplate", "CreateLaunchTemplateRequest")]
    {
        story.wait(1, 2);
        let request = json!({ wrapper: { "DryRun": true } });
        story.does(&karpenter, Refusal::DryRun.of(changes(VIRGINIA, "ec2", name, request)));
    }
}

/// One node, of the cheapest of these types that is to be had.
pub(crate) fn scale_up(story: &mut Story, types: &[&'static str]) -> Vec<String> {
    let first = *story.rng.pick(types);
    let tags =
        vec![("karpenter.sh/nodepool", "default".to_owned()), ("kubernetes.io/cluster/prod-blue", "owned".to_owned())];
    let ids = instant_fleet(story, &cast::karpenter(), cast::KARPENTER_ROLE, NODE_IMAGE, &[first, "m5.xlarge"], &tags);
    story.wait(1500, 3000);
    story.does(&cast::karpenter(), stop(VIRGINIA, "TerminateInstances", &ids));
    ids
}

const NODE_TYPES: &[&str] = &[
    "m5.large",
    "m5.xlarge",
    "m5.2xlarge",
    "m6i.large",
    "m6i.xlarge",
    "m6i.4xlarge",
    "c5.large",
    "c5.2xlarge",
    "c5.4xlarge",
    "c6i.2xlarge",
];
