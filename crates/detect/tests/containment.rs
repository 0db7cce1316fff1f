//! The plan of the story, filled in.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod world;

use std::{collections::BTreeSet, fs};

use detect::{Phase, Plan};
use model::VendorProduct;

fn plan() -> Plan {
    Plan::parse(&fs::read_to_string(world::story_folder().join("containment.toml")).unwrap()).unwrap()
}

#[test]
fn every_cloud_has_steps_to_deny_and_to_end() {
    let plan = plan();
    for product in VendorProduct::ALL {
        let phases: BTreeSet<Phase> =
            plan.steps().iter().filter(|step| step.vendor_product == product).map(|step| step.phase).collect();
        assert_eq!(phases, Phase::ALL.into(), "{product}");
    }
}

#[test]
fn what_launches_again_comes_first_and_what_was_left_behind_last() {
    let phases: Vec<Phase> = plan().steps().iter().map(|step| step.phase).collect();
    assert!(phases.is_sorted());
}

#[test]
fn every_step_says_what_it_does_and_what_it_breaks() {
    for step in plan().steps() {
        assert!(!step.does.is_empty() && !step.breaks.is_empty(), "{step:?}");
    }
}

#[test]
fn a_plan_that_is_wrong_is_refused() {
    const STEP: &str = r#"
        [[step]]
        vendor_product = "AWS CloudTrail"
        phase = "terminate"
        for = "instance"
        together = true
        command = "aws ec2 terminate-instances --instance-ids {ids}"
        does = "ends them"
        breaks = "all"
    "#;
    assert_eq!(Plan::parse(STEP).unwrap().categories(), BTreeSet::from(["instance"]));
    for (from, to, expected) in [
        ("together = true", "", "`together` goes with `{ids}`, and only with it"),
        ("{ids}", "{id}", "`together` goes with `{ids}`"),
        ("{ids}", "{ids} {ip}", "unknown placeholder `{ip}`"),
        ("{ids}", "'{ids}", "a quote that is not closed"),
    ] {
        let error = Plan::parse(&STEP.replace(from, to)).unwrap_err().to_string();
        assert!(error.contains(expected), "{error}");
    }
}
